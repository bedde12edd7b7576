// Builds the full view of one tunnel from its judgement (view.h).
#include "diag/view_build.h"

#include "diag/fill.h"

#include <stdlib.h>

const char *const tunnel_state_word[TUNNEL_STATES] = {
    [TUNNEL_UNKNOWN] = "unknown",
    [TUNNEL_UP] = "up",
    [TUNNEL_DEGRADED] = "degraded",
    [TUNNEL_DOWN] = "down",
};

struct str
view_title(const struct knowledge *k, enum checkpoint checkpoint, int auth)
{
    const struct checkpoint_text *text = &k->checkpoint[checkpoint];
    return auth == AUTH_SIGNATURE && text->signature_title.len ? text->signature_title : text->title;
}

static struct proof
make_proof(struct facts *f, const struct event_line *e, bool deciding)
{
    struct str text = quote_text(f->quotes, e, f->arena);
    return (struct proof){.source = e->source,
                          .line = f->quotes->uncounted ? 0 : e->line - f->quotes->lines_before[e->source],
                          .offset = e->offset,
                          .time = e->time,
                          .year_known = e->year_known,
                          .text = text,
                          .body = quote_body(f->quotes, e, f->arena),
                          .count = e->count,
                          .last_time = e->last_time,
                          .deciding = deciding};
}

// Values while they are gathered: one entry a key, several texts.
struct gather {
    struct arena *arena;
    struct value values[32];
    size_t count;
};

static void
gather_add(struct gather *g, struct str key, struct str text, int proof)
{
    if (text.len == 0 || g->count == sizeof g->values / sizeof g->values[0])
        return;
    for (size_t i = 0; i < g->count; i++) {
        struct value *v = &g->values[i];
        if (!str_eq(v->key, key))
            continue;
        for (size_t t = 0; t < v->count; t++)
            if (str_eq(v->text[t], text))
                return;
        struct str *grown = ARENA_ARRAY(g->arena, struct str, v->count + 1);
        memcpy(grown, v->text, v->count * sizeof *grown);
        grown[v->count++] = text;
        v->text = grown;
        return;
    }
    struct str *one = ARENA_NEW(g->arena, struct str);
    *one = text;
    g->values[g->count++] = (struct value){key, one, 1, proof};
}

// Slots that name a place or a number and no value of the negotiation stay out of the report.
static bool
is_value(struct str key)
{
    for (int i = SLOT_VALUE + 1; i < SLOT_NAMES; i++)
        if (i != SLOT_NOTIFY && i != SLOT_ERRNO && str_eq(key, str_of(slot_word[i])))
            return false;
    return true;
}

static void
gather_line(struct facts *f, struct gather *g, const struct event_line *e, int proof)
{
    struct said *said = NULL;
    quote_values(f->quotes, e, f->arena, &said);
    for (; said; said = said->next)
        if (is_value(said->key))
            gather_add(g, said->key, said->text, proof);
}

static const struct value *
gather_done(struct gather *g, size_t *count)
{
    struct value *values = ARENA_ARRAY(g->arena, struct value, g->count);
    memcpy(values, g->values, g->count * sizeof *values);
    *count = g->count;
    return values;
}

static struct rung
make_rung(struct facts *f, enum checkpoint c)
{
    const struct walk_step *s = &f->judged->walk.step[c];
    struct rung r = {.checkpoint = c, .state = s->state, .basis = s->basis};
    struct proof *proofs = ARENA_ARRAY(f->arena, struct proof, (size_t)s->proofs);
    struct gather g = {.arena = f->arena};
    int ike = attempt_fact(&f->judged->attempt, FACT_IKE);
    if (c == CP_IKE_VERSION && ike != IKE_UNKNOWN)
        gather_add(&g, STR("ike"), ike == IKE_V2 ? STR("IKEv2") : STR("IKEv1"), -1);
    for (int i = 0; i < s->proofs; i++) {
        proofs[i] = make_proof(f, s->proof[i].line, s->proof[i].deciding);
        gather_line(f, &g, s->proof[i].line, i);
    }
    r.proofs = proofs;
    r.proof_count = (size_t)s->proofs;
    r.values = gather_done(&g, &r.value_count);
    return r;
}

static struct str
command_for(struct facts *f, const struct step *s)
{
    const struct knowledge *k = f->judged->around.negos->knowledge;
    // Of a peer that did not tell what it is, the words of this gateway still show what is meant.
    int peer = s->where == AT_PEER ? facts_peer_dialect(f) : -1;
    for (int d = peer >= 0 ? peer : f->judged->tunnel->dialect; d >= 0; d = k->dialects[d].like)
        for (size_t i = 0; i < s->command_count; i++)
            if (s->commands[i].dialect.len == 0 || str_eq(s->commands[i].dialect, k->dialects[d].id))
                return fill_command(f, s->commands[i].text);
    return STR_NONE;
}

static void
fill_steps(struct facts *f, struct finding_view *v)
{
    const struct finding *rule = v->rule;
    struct step_view *steps = ARENA_ARRAY(f->arena, struct step_view, rule->step_count);
    for (size_t i = 0; i < rule->step_count; i++)
        steps[i] = (struct step_view){.where = rule->steps[i].where,
                                      .act = fill_text(f, rule->steps[i].act),
                                      .command = command_for(f, &rule->steps[i]),
                                      .expect = fill_text(f, rule->steps[i].expect),
                                      .weak = rule->steps[i].weak,
                                      .instead = rule->steps[i].instead,
                                      .other_log = rule->steps[i].other_log};
    v->steps = steps;
    v->step_count = rule->step_count;
    struct str *unknown = ARENA_ARRAY(f->arena, struct str, rule->unknown_count);
    for (size_t i = 0; i < rule->unknown_count; i++)
        unknown[i] = fill_text(f, rule->unknown[i]);
    v->unknown = unknown;
    v->unknown_count = rule->unknown_count;
    struct alternative *others = ARENA_ARRAY(f->arena, struct alternative, rule->alternative_count);
    for (size_t i = 0; i < rule->alternative_count; i++)
        others[i] =
            (struct alternative){rule->alternatives[i].cause, fill_text(f, rule->alternatives[i].tell_apart)};
    v->alternatives = others;
    v->alternative_count = rule->alternative_count;
}

// The lines a finding rests on: those of its checkpoint, and for a remark the lines its conditions saw.
static void
prove_finding(struct facts *f, struct finding_view *v)
{
    const struct knowledge *k = f->judged->around.negos->knowledge;
    const struct event_line *lines[STEP_PROOFS];
    size_t count = 0;
    const struct walk_step *s = v->checkpoint == CP_NONE ? NULL : &f->judged->walk.step[v->checkpoint];
    bool deciding[STEP_PROOFS] = {false};
    for (int i = 0; s && v->rule->severity == SEV_ERROR && i < s->proofs; i++) {
        deciding[count] = s->proof[i].deciding;
        lines[count++] = s->proof[i].line;
    }
    const struct nego *const from[3] = {f->judged->attempt.config, f->judged->attempt.ike,
                                        f->judged->attempt.child};
    for (size_t w = 0; count == 0 && w < v->rule->when.count; w++)
        for (int i = 0; i < 3 && v->rule->when.at[w].test == TEST_SAW; i++)
            for (uint16_t e = 0; from[i] && e < from[i]->event_count && count < STEP_PROOFS; e++) {
                const struct message *m = event_message(k, &from[i]->events[e]);
                const struct when *when = &v->rule->when.at[w];
                if (when->event >= 0 ? event_index(k, &from[i]->events[e]) == when->event
                                     : m == &k->messages[when->message])
                    lines[count++] = &from[i]->events[e];
            }
    struct proof *proofs = ARENA_ARRAY(f->arena, struct proof, count);
    struct gather g = {.arena = f->arena};
    for (size_t i = 0; i < count; i++) {
        proofs[i] = make_proof(f, lines[i], deciding[i]);
        gather_line(f, &g, lines[i], (int)i);
    }
    v->proofs = proofs;
    v->proof_count = count;
    v->values = gather_done(&g, &v->value_count);
}

static struct finding_view
make_finding(struct facts *f, const struct finding *rule, bool mended, uint64_t attempts)
{
    struct finding_view v = {.rule = rule,
                             .checkpoint = rule->checkpoint,
                             .severity = mended ? SEV_NOTE : rule->severity,
                             .certainty = rule->certainty,
                             .mended = mended,
                             .title = fill_text(f, rule->title),
                             .explanation = fill_text(f, rule->explanation),
                             .attempts = attempts};
    fill_steps(f, &v);
    prove_finding(f, &v);
    return v;
}

// Failures that a later attempt overcame, or that stand at another checkpoint than the one that counts now.
static void
add_mended(struct facts *f, struct finding_view *list, size_t *count)
{
    const struct tunnel *t = f->judged->tunnel;
    const struct knowledge *k = f->judged->around.negos->knowledge;
    enum checkpoint now = f->judged->walk.stuck;
    struct attempt past[CP_COUNT] = {{0}};
    uint64_t attempts[CP_COUNT] = {0};
    for (int c = 0; c < CP_COUNT; c++)
        if (t->history[c].sample) {
            const struct nego *g = t->history[c].sample;
            past[c] =
                (struct attempt){nego_is_child(g) ? g->parent : g, nego_is_child(g) ? g : NULL, NULL, NULL};
            attempts[c] = t->history[c].count + 1;
        }
    for (int i = f->judged->leaf_count - 1; i >= 0; i--) {
        const struct leaf *l = &f->judged->leaves[i];
        if (i == f->judged->counts || l->stuck == CP_NONE || l->state != ST_FAILED)
            continue;
        past[l->stuck] = l->attempt;
        attempts[l->stuck]++;
    }
    for (int c = 0; c < CP_COUNT; c++) {
        if (!attempts[c])
            continue;
        if (c == (int)now) {
            if (*count)
                list[0].attempts += attempts[c];
            continue;
        }
        if (f->judged->walk.step[c].state != ST_PASSED)
            continue; // nobody has shown yet that it is mended
        struct judged *j = ARENA_NEW(f->arena, struct judged);
        *j = *f->judged;
        j->attempt = past[c];
        walk_attempt(k, &j->attempt, true, &j->walk);
        struct facts then = {.judged = j, .quotes = f->quotes, .arena = f->arena};
        const struct finding *rule = judge_finding(&then, j->walk.stuck);
        if (rule)
            list[(*count)++] = make_finding(&then, rule, true, attempts[c]);
    }
}

static void
add_findings(struct facts *f, struct tunnel_view *v)
{
    const struct knowledge *k = f->judged->around.negos->knowledge;
    const struct finding **rules = ARENA_ARRAY(f->arena, const struct finding *, k->finding_count + 1);
    size_t rule_count = 0, count = 0;
    const struct finding *rule = judge_finding(f, f->judged->walk.stuck);
    if (rule)
        rules[rule_count++] = rule;
    for (int severity = SEV_WARNING; severity >= SEV_NOTE; severity--)
        for (size_t i = 0; i < k->finding_count; i++)
            if ((int)k->findings[i].severity == severity && f->judged->counts >= 0 &&
                facts_hold(f, k->findings[i].when))
                rules[rule_count++] = &k->findings[i];
    struct finding_view *list = ARENA_ARRAY(f->arena, struct finding_view, rule_count + CP_COUNT);
    while (count < rule_count) {
        list[count] = make_finding(f, rules[count], false, 1);
        count++;
    }
    add_mended(f, list, &count);
    v->findings = list;
    v->finding_count = count;
}

static bool
is_stuck(const struct leaf *l)
{
    return l->state == ST_FAILED || l->state == ST_SUSPECTED;
}

static void
add_attempts(struct facts *f, struct tunnel_view *v)
{
    const struct judged *j = f->judged;
    struct attempt_row *rows = ARENA_ARRAY(f->arena, struct attempt_row, (size_t)j->leaf_count);
    for (int i = 0; i < j->leaf_count; i++) {
        const struct leaf *l = &j->leaves[j->leaf_count - 1 - i];
        const struct nego *first = l->attempt.ike     ? l->attempt.ike
                                   : l->attempt.child ? l->attempt.child
                                                      : l->attempt.config;
        const struct nego *last = l->attempt.child ? l->attempt.child : first;
        rows[i] = (struct attempt_row){.serial = last->serial,
                                       .stuck = l->stuck,
                                       .state = l->state,
                                       .role = attempt_fact(&l->attempt, FACT_ROLE),
                                       .ike = attempt_fact(&l->attempt, FACT_IKE),
                                       .first_line = first->first_line,
                                       .last_line = last->last_line,
                                       .first = first->first,
                                       .last = last->last};
    }
    v->attempts = rows;
    v->attempt_count = (size_t)j->leaf_count;
    v->attempt = j->counts < 0 ? 0 : (size_t)(j->leaf_count - 1 - j->counts);
    for (int c = 0; c < CP_COUNT; c++)
        v->stuck[c] = j->tunnel->history[c].count + (j->tunnel->history[c].sample != NULL);
    for (int i = 0; i < j->leaf_count; i++)
        v->stuck[j->leaves[i].stuck] += j->leaves[i].stuck == CP_NONE || is_stuck(&j->leaves[i]);
}

struct tunnel_row
view_row(struct facts *f)
{
    const struct judged *j = f->judged;
    const struct tunnel *t = j->tunnel;
    const struct finding *rule = judge_finding(f, j->walk.stuck);
    bool both = t->roles == (1 << ROLE_INITIATOR | 1 << ROLE_RESPONDER);
    int role = attempt_fact(&j->attempt, FACT_ROLE);
    return (struct tunnel_row){
        .id = t->id,
        .name = arena_str(f->arena, t->name),
        .peer = arena_str(f->arena, t->peer),
        .local = arena_str(f->arena, t->local),
        .host = arena_str(f->arena, t->host),
        .dialect = t->dialect,
        .source = t->source,
        .auth = attempt_fact(&j->attempt, FACT_AUTH),
        .ike = attempt_fact(&j->attempt, FACT_IKE),
        .role = j->walk.stuck == CP_NONE && both ? 3 : role,
        .nat = attempt_fact(&j->attempt, FACT_NAT),
        .rekey = attempt_fact(&j->attempt, FACT_REKEY) != 0,
        .order = j->walk.order,
        .state = j->state,
        .verdict = {.checkpoint = j->walk.stuck,
                    .state = j->walk.stuck == CP_NONE ? ST_PASSED : j->walk.step[j->walk.stuck].state,
                    .certainty = rule ? rule->certainty : SURE_POSSIBLE,
                    .finding = rule},
        .attempts = t->attempts ? t->attempts : (uint64_t)j->leaf_count,
        .lines = t->lines,
        .first = t->first,
        .last = t->last,
        .year_known = t->year_known,
        .stranger = t->stranger,
        .ending = j->ending};
}

const struct tunnel_view *
view_tunnel(struct facts *f, struct judged *j)
{
    judge_gather(j);
    struct tunnel_view *v = ARENA_NEW(f->arena, struct tunnel_view);
    v->row = view_row(f);
    v->order = f->judged->walk.order;
    v->order_seen = f->judged->walk.order_seen;
    for (int i = 0; i < CP_COUNT; i++)
        v->ladder[i] = make_rung(f, v->order->rung[i]);
    add_findings(f, v);
    add_attempts(f, v);
    const struct knowledge *k = j->around.negos->knowledge;
    if (j->tunnel->dialect >= 0)
        v->start = fill_command(f, k->dialects[j->tunnel->dialect].start);
    return v;
}
