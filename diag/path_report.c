#include "diag/path_report.h"

#include "diag/text.h"

#include <jansson.h>
#include <stdlib.h>

#define SAY(words) (say ? say(words) : (words))

const char *
path_outcome_text(enum path_outcome outcome)
{
    static const char *const texts[PATH_OUTCOMES] = {
        [PATH_UNKNOWN] = "not enough is known to say",
        [PATH_WORKS] = "works",
        [PATH_HALF_UP] = "connects, but data does not pass",
        [PATH_NO_CONNECT] = "does not connect",
    };
    return texts[outcome];
}

const char *
path_basis_text(enum path_basis basis)
{
    static const char *const texts[KNOWN_COUNT] = {
        [KNOWN_SEED] = "experiment",
        [KNOWN_RULE] = "rule",
        [KNOWN_RFC] = "RFC",
        [KNOWN_INFERRED] = "inferred",
    };
    return texts[basis];
}

static json_t *
text_json(struct str text)
{
    struct buf safe = {0};
    text_safe(text, &safe);
    json_t *j = json_stringn(safe.len ? safe.at : "", safe.len);
    buf_release(&safe);
    return j;
}

static json_t *
texts_json(const struct str *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, text_json(texts[i]));
    return list;
}

static json_t *
check_json(const struct path_check_view *c)
{
    json_t *check = json_object(), *values = json_object();
    for (size_t i = 0; i < c->value_count; i++)
        json_object_set_new(values, c->values[i].key.at, text_json(c->values[i].text[0]));
    json_object_set_new(check, "id", text_json(c->check->id));
    json_object_set_new(check, "state", json_string(state_word[c->state]));
    json_object_set_new(check, "values", values);
    json_object_set_new(check, "why", text_json(c->why));
    json_object_set_new(check, "basis", c->row ? json_string(path_basis_word[c->row->basis]) : json_null());
    return check;
}

static json_t *
fix_json(const struct path_fix_view *f)
{
    json_t *fix = json_object();
    json_object_set_new(fix, "id", text_json(f->fix->id));
    json_object_set_new(fix, "do", text_json(f->act));
    json_object_set_new(fix, "steps", texts_json(f->steps, f->step_count));
    json_object_set_new(fix, "outcome", json_string(path_outcome_word[f->outcome]));
    json_object_set_new(fix, "caution", f->caution.len ? text_json(f->caution) : json_null());
    return fix;
}

static json_t *
size_json(int bytes)
{
    return bytes < 0 ? json_null() : json_integer(bytes);
}

static json_t *
sizes_json(const struct path_view *v)
{
    if (!v->sized)
        return json_null();
    json_t *sizes = json_object();
    json_object_set_new(sizes, "inner_mtu", size_json(v->sizes.inner_mtu));
    json_object_set_new(sizes, "mss_ipv4", size_json(v->sizes.mss_ipv4));
    json_object_set_new(sizes, "mss_ipv6", size_json(v->sizes.mss_ipv6));
    json_object_set_new(sizes, "outer_size", size_json(v->sizes.outer_size));
    return sizes;
}

static json_t *
packet_json(const struct path_view *v)
{
    if (!v->packet)
        return json_null();
    json_t *packet = json_object();
    json_object_set_new(packet, "size", size_json(v->packet));
    json_object_set_new(packet, "outer_size", size_json(v->packet_outer));
    json_object_set_new(packet, "pieces", size_json(v->packet_pieces));
    return packet;
}

static json_t *
facts_json(const struct path *p)
{
    json_t *facts = json_object();
    for (size_t i = 0; i < p->map->fact_count; i++) {
        const struct path_value *have = &p->at[i];
        if (!have->text.len || !p->map->facts[i].form)
            continue;
        json_t *fact = json_object();
        json_object_set_new(fact, "value", text_json(have->text));
        json_object_set_new(fact, "from", json_string(path_origin_word[have->origin]));
        json_object_set_new(facts, p->map->facts[i].id.at, fact);
    }
    return facts;
}

void
path_json(const struct path_view *v, struct buf *out)
{
    const struct portmap *map = v->facts.map;
    json_t *all = json_object(), *checks = json_array(), *fixes = json_array(), *missing = json_array();
    for (size_t i = 0; i < v->check_count; i++)
        json_array_append_new(checks, check_json(&v->checks[i]));
    for (size_t i = 0; i < v->fix_count; i++)
        json_array_append_new(fixes, fix_json(&v->fixes[i]));
    for (size_t i = 0; i < v->missing_count; i++)
        json_array_append_new(missing, text_json(map->facts[v->missing[i]].id));
    json_object_set_new(all, "schema", json_string("ikewalk-encap/1"));
    json_object_set_new(all, "family", text_json(map->families[v->facts.family].id));
    json_object_set_new(all, "outcome", json_string(path_outcome_word[v->outcome]));
    json_object_set_new(all, "rule", v->rule ? text_json(v->rule->id) : json_null());
    json_object_set_new(all, "basis", v->rule ? json_string(path_basis_word[v->rule->basis]) : json_null());
    json_object_set_new(all, "why", v->rule ? text_json(v->why) : json_null());
    json_object_set_new(all, "missing", missing);
    json_object_set_new(all, "facts", facts_json(&v->facts));
    json_object_set_new(all, "checks", checks);
    json_object_set_new(all, "symptoms", texts_json(v->symptoms, v->symptom_count));
    json_object_set_new(all, "fixes", fixes);
    json_object_set_new(all, "cautions", texts_json(v->cautions, v->caution_count));
    json_object_set_new(all, "remarks", texts_json(v->remarks, v->remark_count));
    json_object_set_new(all, "sizes", sizes_json(v));
    json_object_set_new(all, "packet", packet_json(v));
    char *text = json_dumps(all, JSON_INDENT(1));
    buf_add(out, str_of(text));
    buf_add_char(out, '\n');
    free(text);
    json_decref(all);
}

void
path_say_value(const struct path_value *value, const char *(*say)(const char *words), struct buf *out)
{
    text_safe(value->text, out);
    if (value->origin == FROM_NOWHERE || (value->origin == FROM_ASSUMED && !value->why.len))
        return;
    buf_addf(out, " (%s", SAY(path_origin_word[value->origin]));
    if (value->why.len)
        buf_addf(out, ": %.*s", STR_ARG(value->why));
    if (value->proof)
        buf_addf(out, " L%llu", (unsigned long long)value->proof->line);
    buf_add_char(out, ')');
}

static void
list_texts(const char *title, const struct str *texts, size_t count, struct buf *out)
{
    if (count)
        buf_addf(out, "\n%s\n", title);
    for (size_t i = 0; i < count; i++) {
        buf_add(out, STR("  - "));
        text_safe(texts[i], out);
        buf_add_char(out, '\n');
    }
}

static void
say_check(const struct path *p, const struct path_check_view *c, const char *(*say)(const char *words),
          struct buf *out)
{
    static const char *const words[ST_COUNT] = {
        [ST_UNKNOWN] = "not known", [ST_PASSED] = "passed",           [ST_FAILED] = "failed",
        [ST_SUSPECTED] = "suspect", [ST_NOT_REACHED] = "not reached", [ST_NOT_APPLICABLE] = "not applicable",
    };
    const char *word = SAY(words[c->state]);
    int taken = (int)text_columns(str_of(word));
    buf_addf(out, "  %s%*s ", word, taken < 14 ? 14 - taken : 0, "");
    text_safe(c->check->title, out);
    buf_add(out, STR("\n                 "));
    text_safe(c->row ? c->why : str_of(SAY("Not enough is known to say.")), out);
    if (c->row)
        buf_addf(out, " [%s]", SAY(path_basis_text(c->row->basis)));
    buf_add_char(out, '\n');
    bool any = false;
    for (size_t i = 0; i < c->check->fact_count; i++) {
        const struct path_value *have = &p->at[c->check->facts[i]];
        if (!have->text.len)
            continue;
        buf_add(out, any ? STR("; ") : STR("                 "));
        buf_addf(out, "%.*s: ", STR_ARG(p->map->facts[c->check->facts[i]].title));
        path_say_value(have, say, out);
        any = true;
    }
    if (any)
        buf_add_char(out, '\n');
}

static void
say_fixes(const struct path_view *v, const char *(*say)(const char *words), struct buf *out)
{
    if (v->fix_count)
        buf_addf(out, "\n%s\n", SAY("What to do, the best first"));
    for (size_t i = 0; i < v->fix_count; i++) {
        const struct path_fix_view *f = &v->fixes[i];
        buf_addf(out, "  %zu ", i + 1);
        text_safe(f->act, out);
        buf_addf(out, " -> %s\n", SAY(path_outcome_text(f->outcome)));
        if (f->caution.len) {
            buf_add(out, STR("      ! "));
            text_safe(f->caution, out);
            buf_add_char(out, '\n');
        }
        for (size_t k = 0; k < f->step_count; k++) {
            buf_add(out, STR("      - "));
            text_safe(f->steps[k], out);
            buf_add_char(out, '\n');
        }
    }
}

void
path_say_sizes(const struct path_view *v, const char *(*say)(const char *words), struct buf *out)
{
    const struct path *p = &v->facts;
    if (!v->sized) {
        buf_addf(out, "  %s: %.*s\n", SAY("none"), STR_ARG(v->no_sizes));
        return;
    }
    bool stream = path_is(p, "carrier", "tcp");
    buf_addf(out, "  %s %d\n", SAY("largest packet inside (MTU)"), v->sizes.inner_mtu);
    if (v->sizes.mss_ipv4 >= 0)
        buf_addf(out, "  %s %d\n", SAY("MSS of TCP over IPv4"), v->sizes.mss_ipv4);
    if (v->sizes.mss_ipv6 >= 0)
        buf_addf(out, "  %s %d\n", SAY("MSS of TCP over IPv6"), v->sizes.mss_ipv6);
    buf_addf(out, "  %s %d; %s %d\n", SAY("it is outside"), v->sizes.outer_size, SAY("with one byte more"),
             v->sizes.outer_size_one_more);
    if (!v->packet)
        return;
    buf_addf(out, "  %s %d -> %d: ", SAY("a packet of"), v->packet, v->packet_outer);
    if (v->packet_pieces == 1)
        buf_addf(out, "%s\n", SAY("it leaves whole"));
    else
        buf_addf(out, "%d %s; %s %d\n", v->packet_pieces,
                 stream ? SAY("TCP segments") : SAY("IP fragments, which a filter may drop"),
                 SAY("set the MTU of the tunnel to"), v->sizes.inner_mtu);
}

void
path_text(const struct path_view *v, const char *(*say)(const char *words), struct buf *out)
{
    const struct portmap *map = v->facts.map;
    text_safe(map->families[v->facts.family].title, out);
    buf_addf(out, ": %s", SAY(path_outcome_text(v->outcome)));
    if (v->rule)
        buf_addf(out, "  (%s %.*s, %s)", SAY("rule"), STR_ARG(v->rule->id),
                 SAY(path_basis_text(v->rule->basis)));
    buf_add_char(out, '\n');
    if (v->rule) {
        buf_add(out, STR("  "));
        text_safe(v->why, out);
        buf_add_char(out, '\n');
    }
    for (size_t i = 0; i < v->missing_count; i++)
        buf_addf(out, "%s%.*s%s", i ? ", " : SAY("  To say more, it must be known: "),
                 STR_ARG(map->facts[v->missing[i]].id), i + 1 == v->missing_count ? "\n" : "");
    buf_addf(out, "\n%s\n", SAY("Checks"));
    for (size_t i = 0; i < v->check_count; i++)
        say_check(&v->facts, &v->checks[i], say, out);
    list_texts(SAY("What you will see"), v->symptoms, v->symptom_count, out);
    say_fixes(v, say, out);
    list_texts(SAY("Before a change"), v->cautions, v->caution_count, out);
    list_texts(SAY("Remarks"), v->remarks, v->remark_count, out);
    buf_addf(out, "\n%s\n", SAY("Sizes"));
    path_say_sizes(v, say, out);
}
