// From facts to what the path view shows.
#include "diag/pathing.h"

#include <stdlib.h>

static void
list_missing(const struct path *p, const uint64_t open_rules[PATH_RULE_SETS], struct arena *arena,
             struct path_view *v)
{
    bool wanted[PATH_FACTS] = {false};
    for (size_t i = 0; i < p->map->rule_count; i++) {
        const struct path_rule *r = &p->map->rules[i];
        if (!(open_rules[i / 64] & UINT64_C(1) << i % 64))
            continue;
        for (size_t k = 0; k < r->when.count; k++) {
            const struct path_when *w = &r->when.at[k];
            wanted[w->fact] |= !p->at[w->fact].text.len;
            if (w->other >= 0)
                wanted[w->other] |= !p->at[w->other].text.len;
        }
    }
    int *missing = ARENA_ARRAY(arena, int, PATH_FACTS);
    for (size_t i = 0; i < p->map->fact_count; i++)
        if (wanted[i] && p->map->facts[i].form & 1u << p->family)
            missing[v->missing_count++] = (int)i;
    v->missing = missing;
}

// The facts of a check as values, and the lines that they were read from.
static void
show_facts(const struct path *p, struct arena *arena, struct path_check_view *c)
{
    struct value *values = ARENA_ARRAY(arena, struct value, c->check->fact_count);
    struct proof *proofs = ARENA_ARRAY(arena, struct proof, c->check->fact_count);
    for (size_t i = 0; i < c->check->fact_count; i++) {
        const struct path_value *have = &p->at[c->check->facts[i]];
        if (!have->text.len)
            continue;
        struct str *text = ARENA_NEW(arena, struct str);
        *text = have->text;
        struct buf key = {0};
        struct str id = p->map->facts[c->check->facts[i]].id;
        for (size_t k = 0; k < id.len; k++)
            buf_add_char(&key, id.at[k] == '-' ? '_' : id.at[k]);
        values[c->value_count] = (struct value){arena_str(arena, buf_str(&key)), text, 1, -1};
        buf_release(&key);
        if (have->proof) {
            values[c->value_count].proof = (int)c->proof_count;
            proofs[c->proof_count++] = *have->proof;
        }
        c->value_count++;
    }
    c->values = values;
    c->proofs = proofs;
}

static void
answer(const struct path *p, struct arena *arena, struct path_check_view *c)
{
    show_facts(p, arena, c);
    for (size_t i = 0; i < c->check->row_count; i++) {
        const struct path_row *row = &c->check->rows[i];
        enum truth holds = path_holds(p, row->when);
        if (holds == TRUE_NO)
            continue;
        if (holds == TRUE_OPEN)
            break;
        c->row = row;
        c->state = (enum state)row->state;
        c->why = path_fill(p, row->why, arena);
        return;
    }
    c->state = ST_UNKNOWN;
    c->why = STR("Not enough is known to say.");
}

static void
ask_checks(const struct path *p, struct arena *arena, struct path_view *v)
{
    struct path_check_view *checks = ARENA_ARRAY(arena, struct path_check_view, p->map->check_count);
    for (size_t i = 0; i < p->map->check_count; i++) {
        if (!(p->map->checks[i].families & 1u << p->family))
            continue;
        struct path_check_view *c = &checks[v->check_count++];
        c->check = &p->map->checks[i];
        answer(p, arena, c);
    }
    v->checks = checks;
}

static struct str
caution_for(const struct portmap *map, const struct path *p, int fact, struct str to)
{
    for (size_t i = 0; i < map->caution_count; i++) {
        const struct path_caution *c = &map->cautions[i];
        if (c->family == p->family && c->fact == fact && str_eq(c->to, to) && !str_eq(p->at[fact].text, to))
            return c->text;
    }
    return STR_NONE;
}

// What follows from a change must not stay as it was concluded before it.
static struct path
changed(const struct path *given, const struct path *now, const struct path_fix *fix)
{
    struct path after = *given;
    for (size_t i = 0; i < fix->setting_count; i++) {
        const struct path_setting *s = &fix->settings[i];
        struct str text = s->from >= 0 ? now->at[s->from].text : s->value;
        after.at[s->fact] = (struct path_value){.text = text, .origin = FROM_FORM};
    }
    return after;
}

static void
try_fix(const struct path *given, const struct path *now, struct arena *arena, struct path_fix_view *f)
{
    const struct path after = changed(given, now, f->fix);
    const struct path_rule *rule;
    f->outcome = path_try(&after, &rule);
    f->rule = rule ? rule->id : STR_NONE;
    f->act = path_fill(now, f->fix->act, arena);
    struct str *steps = ARENA_ARRAY(arena, struct str, f->fix->step_count);
    for (size_t i = 0; i < f->fix->step_count; i++)
        steps[i] = path_fill(now, f->fix->steps[i], arena);
    f->steps = steps;
    f->step_count = f->fix->step_count;
    for (size_t i = 0; i < f->fix->setting_count && !f->caution.len; i++)
        f->caution = caution_for(now->map, now, f->fix->settings[i].fact, f->fix->settings[i].value);
    f->caution = path_fill(now, f->caution, arena);
}

static void
try_fixes(const struct path *given, struct arena *arena, struct path_view *v)
{
    const struct path_rule *r = v->rule;
    if (!r)
        return;
    struct path_fix_view *fixes = ARENA_ARRAY(arena, struct path_fix_view, r->fix_count);
    struct path_fix_view *tried = ARENA_ARRAY(arena, struct path_fix_view, r->fix_count);
    for (size_t i = 0; i < r->fix_count; i++) {
        tried[i].fix = &given->map->fixes[r->fixes[i]];
        try_fix(given, &v->facts, arena, &tried[i]);
    }
    for (int helps = 1; helps >= 0; helps--)
        for (size_t i = 0; i < r->fix_count; i++)
            if ((tried[i].outcome == PATH_WORKS) == helps)
                fixes[v->fix_count++] = tried[i];
    v->fixes = fixes;
}

static void
add_texts(struct arena *arena, struct path_view *v)
{
    const struct path *p = &v->facts;
    const struct portmap *map = p->map;
    struct str *symptoms = ARENA_ARRAY(arena, struct str, v->rule ? v->rule->symptom_count : 0);
    for (size_t i = 0; v->rule && i < v->rule->symptom_count; i++)
        symptoms[v->symptom_count++] = path_fill(p, v->rule->symptoms[i], arena);
    v->symptoms = symptoms;
    struct str *remarks = ARENA_ARRAY(arena, struct str, map->remark_count);
    for (size_t i = 0; i < map->remark_count; i++)
        if (map->remarks[i].family == p->family && path_holds(p, map->remarks[i].when) == TRUE_YES)
            remarks[v->remark_count++] = path_fill(p, map->remarks[i].text, arena);
    v->remarks = remarks;
    struct str *cautions = ARENA_ARRAY(arena, struct str, map->caution_count);
    for (size_t i = 0; i < map->caution_count; i++) {
        const struct path_caution *c = &map->cautions[i];
        if (c->family == p->family && p->at[c->fact].text.len && !str_eq(p->at[c->fact].text, c->to))
            cautions[v->caution_count++] = path_fill(p, c->text, arena);
    }
    v->cautions = cautions;
}

static int
number_of(const struct path *p, const char *id)
{
    uint64_t n = 0;
    return str_number(path_get(p, str_of(id)), &n) && n <= SIZES_MOST ? (int)n : -1;
}

static bool
read_carrier(const struct path *p, struct sizes_ask *ask)
{
    if (path_is(p, "carrier", "tcp"))
        ask->carrier = path_is(p, "timestamps", "yes") ? CARRIER_TCP_TS : CARRIER_TCP;
    else if (path_is(p, "carrier", "natt") || path_is(p, "floats", "yes"))
        ask->carrier = CARRIER_NATT;
    else if (path_is(p, "carrier", "esp") || path_is(p, "floats", "no"))
        ask->carrier = CARRIER_ESP;
    else
        return false;
    return true;
}

static void
measure(const struct path *p, struct path_view *v)
{
    struct str cipher = path_get(p, STR("cipher"));
    struct sizes_ask ask = {.outer_ip = number_of(p, "outer-ip"),
                            .outer_mtu = number_of(p, "outer-mtu"),
                            .transport = path_is(p, "ipsec-mode", "transport")};
    if (!cipher.len)
        v->no_sizes = STR("the cipher is not known");
    else if (!sizes_cipher(p->map, cipher, &ask))
        v->no_sizes = STR("what this cipher adds to a packet is not known");
    else if (!read_carrier(p, &ask))
        v->no_sizes = STR("whether NAT is on the way, and so the carrier, is not known");
    else if (ask.outer_mtu < SIZES_LEAST || !sizes_of(&ask, &v->sizes))
        v->no_sizes = STR("the outer MTU is too small");
    else
        v->sized = true;
    v->packet = number_of(p, "packet");
    if (!v->sized || v->packet <= 0)
        v->packet = 0;
    if (v->packet) {
        v->packet_outer = sizes_outer(&ask, v->packet);
        v->packet_pieces = sizes_pieces(&ask, v->packet);
    }
}

void
path_judge(const struct path *given, struct arena *arena, struct path_view *v)
{
    uint64_t open_rules[PATH_RULE_SETS] = {0};
    *v = (struct path_view){.facts = *given};
    path_assume(&v->facts);
    v->outcome = path_decide(&v->facts, &v->rule, open_rules);
    if (v->rule) {
        v->why = path_fill(&v->facts, v->rule->why, arena);
    } else {
        list_missing(&v->facts, open_rules, arena, v);
    }
    ask_checks(&v->facts, arena, v);
    try_fixes(given, arena, v);
    add_texts(arena, v);
    measure(&v->facts, v);
}
