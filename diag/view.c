// Builds the full view of one tunnel from its judgement (view.h).
#include "diag/view_build.h"

#include "diag/command.h"
#include "diag/compare.h"
#include "diag/speak.h"

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

struct str
view_word(const struct tunnel_row *row, const char *plain, const char *silent)
{
    const struct finding *finding = row->verdict.finding;
    if (finding && finding->word.len)
        return finding->word;
    return str_of(finding && row->verdict.checkpoint == CP_CONTACT ? silent : plain);
}

const struct rung *
view_rung(const struct tunnel_view *t, enum checkpoint checkpoint)
{
    for (size_t i = 0; i < CP_COUNT; i++)
        if (t->ladder[i].checkpoint == checkpoint)
            return &t->ladder[i];
    return NULL;
}

const struct proof *
view_deciding(const struct proof *proofs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (proofs[i].deciding)
            return &proofs[i];
    return count ? &proofs[count - 1] : NULL;
}

// Which end a line is of.
static int
end_of(const struct facts *f, const struct event_line *e)
{
    return f->two ? f->two->pairs->end[e->source] != f->two->pairs->end[f->two->judged[0].tunnel->source] : 0;
}

static enum side
side_of(const struct facts *f, int end)
{
    return merge_letter(f->two, end) == 'A' ? SIDE_A : SIDE_B;
}

static struct proof
make_proof(struct facts *f, const struct event_line *e, bool deciding)
{
    struct str text = quote_text(f->quotes, e, f->arena);
    return (struct proof){.side = f->two ? side_of(f, end_of(f, e)) : SIDE_NONE,
                          .source = e->source,
                          .line = f->quotes->uncounted ? 0 : quote_line(f->quotes, e),
                          .offset = e->offset,
                          .time = e->time,
                          .year_known = e->year_known,
                          .text = text,
                          .body = quote_body(f->quotes, e, f->arena),
                          .count = e->count,
                          .last_time = event_last(e),
                          .deciding = deciding,
                          .told = e->notify >= 0};
}

// Values while they are gathered: one entry a key, several texts.
struct gather {
    struct arena *arena;
    struct value values[32]; // count of them are filled
    size_t count;
};

static void
gather_begin(struct gather *g, struct arena *arena)
{
    g->arena = arena;
    g->count = 0;
}

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

// A line of the other end says "ours" of what is the peer's here.
static void
gather_line(struct facts *f, struct gather *g, const struct event_line *e, int proof)
{
    int end = end_of(f, e);
    for (const struct said *said = quote_values(f->quotes, e, f->arena); said; said = said->next) {
        if (!said->shown)
            continue;
        struct str key = end ? merge_mirrored(said->key, f->arena) : said->key;
        gather_add(g, key.len ? key : said->key, said->text, proof);
    }
}

// The ladder that is shown: of both ends where both speak of the attempt.
static const struct walk *
ladder_of(const struct facts *f)
{
    return f->two ? &f->two->walk : &f->judged->walk;
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
    const struct walk_step *s = &ladder_of(f)->step[c];
    struct rung r = {.checkpoint = c, .state = s->state, .basis = s->basis};
    struct proof *proofs = ARENA_ARRAY(f->arena, struct proof, (size_t)s->proofs);
    struct gather g;
    gather_begin(&g, f->arena);
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

static void
fill_steps(struct facts *f, struct finding_view *v)
{
    const struct finding *rule = v->rule;
    struct step_view *steps = ARENA_ARRAY(f->arena, struct step_view, rule->step_count);
    for (size_t i = 0; i < rule->step_count; i++) {
        const struct step *s = &rule->steps[i];
        if (s->other_log && f->two && f->two->same)
            continue; // it has been read
        int end = command_end(f, s);
        steps[v->step_count++] = (struct step_view){.where = end < 0    ? s->where
                                                             : end == 0 ? AT_THIS_GATEWAY
                                                                        : AT_PEER,
                                                    .act = speak_step(f, s->act),
                                                    .command = command_for(f, s),
                                                    .expect = speak_step(f, s->expect),
                                                    .weak = s->weak,
                                                    .instead = s->instead,
                                                    .other_log = s->other_log,
                                                    .side = end < 0 ? SIDE_NONE : side_of(f, end)};
    }
    v->steps = steps;
    struct str *unknown = ARENA_ARRAY(f->arena, struct str, rule->unknown_count);
    for (size_t i = 0; i < rule->unknown_count; i++)
        unknown[i] = speak_fill(f, rule->unknown[i]);
    v->unknown = unknown;
    v->unknown_count = rule->unknown_count;
    struct alternative *others = ARENA_ARRAY(f->arena, struct alternative, rule->alternative_count);
    for (size_t i = 0; i < rule->alternative_count; i++)
        if (!f->two || merge_fits(f->two, rule->alternatives[i].cause))
            others[v->alternative_count++] = (struct alternative){
                rule->alternatives[i].cause, speak_fill(f, rule->alternatives[i].tell_apart)};
    v->alternatives = others;
}

// The lines a finding rests on: those of its checkpoint, and for a remark the lines its conditions saw, or
// else those that tell the values that it asks for.
static void
prove_finding(struct facts *f, struct finding_view *v)
{
    const struct knowledge *k = f->judged->around.negos->knowledge;
    const struct event_line *lines[STEP_PROOFS];
    size_t count = 0;
    const struct walk_step *s = v->checkpoint == CP_NONE ? NULL : &ladder_of(f)->step[v->checkpoint];
    bool deciding[STEP_PROOFS] = {false};
    for (int i = 0; s && v->rule->severity == SEV_ERROR && i < s->proofs; i++) {
        deciding[count] = s->proof[i].deciding;
        lines[count++] = s->proof[i].line;
    }
    const struct nego *const from[3] = {f->judged->attempt.config, f->judged->attempt.ike,
                                        f->judged->attempt.child};
    for (size_t w = 0; w < v->rule->when.count; w++)
        for (int i = 1; i < 3 && str_eq(v->rule->when.at[w].name, STR("alarms")); i++)
            if (from[i] && from[i]->alarms && count < STEP_PROOFS)
                lines[count++] = &from[i]->rare->alarm;
    for (size_t w = 0; count == 0 && w < v->rule->when.count; w++)
        for (int i = 0; i < 3 && v->rule->when.at[w].test == TEST_SAW; i++)
            for (uint16_t e = 0; from[i] && e < from[i]->event_count && count < STEP_PROOFS; e++) {
                const struct message *m = event_message(k, &from[i]->events[e]);
                const struct when *when = &v->rule->when.at[w];
                if (when->event >= 0 ? event_index(k, &from[i]->events[e]) == when->event
                                     : m == &k->messages[when->message])
                    lines[count++] = &from[i]->events[e];
            }
    for (size_t w = 0, seen = count; seen == 0 && w < v->rule->when.count; w++) {
        const struct when *when = &v->rule->when.at[w];
        bool told = when->fact == FACT_COUNT && (when->test == TEST_IS || when->test == TEST_KNOWN);
        const struct event_line *line = told ? facts_line(f, when->name) : NULL;
        if (line && count < STEP_PROOFS && (count == 0 || lines[count - 1] != line))
            lines[count++] = line;
    }
    struct proof *proofs = ARENA_ARRAY(f->arena, struct proof, count);
    struct gather g;
    gather_begin(&g, f->arena);
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
                             .certainty = judge_certainty(f->judged, rule),
                             .mended = mended,
                             .title = speak_fill(f, rule->title),
                             .explanation = speak_fill(f, rule->explanation),
                             .attempts = attempts,
                             .side = f->two ? side_of(f, f->end) : SIDE_NONE};
    if (f->two && rule == f->two->finding && !mended)
        v.certainty = f->two->certainty;
    fill_steps(f, &v);
    prove_finding(f, &v);
    return v;
}

// Findings while they are gathered.
struct findings {
    struct finding_view *at;
    size_t count, room;
};

static void
findings_add(struct facts *f, struct findings *list, struct finding_view v)
{
    if (list->count == list->room) {
        list->room = list->room ? list->room * 2 : 4;
        struct finding_view *grown = ARENA_ARRAY(f->arena, struct finding_view, list->room);
        if (list->count)
            memcpy(grown, list->at, list->count * sizeof *grown);
        list->at = grown;
    }
    list->at[list->count++] = v;
}

// Failures that a later attempt overcame, or that stand at another checkpoint than the one that counts now.
static void
add_mended(struct facts *f, struct findings *list)
{
    const struct tunnel *t = f->judged->tunnel;
    const struct knowledge *k = f->judged->around.negos->knowledge;
    enum checkpoint now = ladder_of(f)->stuck;
    struct attempt past[CP_COUNT] = {{0}};
    uint64_t attempts[CP_COUNT] = {0};
    for (int c = 0; c < CP_COUNT; c++)
        if (t->history[c].sample) {
            const struct nego *g = t->history[c].sample;
            past[c] =
                attempt_of(k, nego_is_child(g) ? g->parent : g, nego_is_child(g) ? g : NULL, NULL, NULL);
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
            if (list->count)
                list->at[0].attempts += attempts[c];
            continue;
        }
        if (ladder_of(f)->step[c].state != ST_PASSED)
            continue; // nobody has shown yet that it is mended
        struct judged *j = ARENA_NEW(f->arena, struct judged);
        *j = *f->judged;
        j->attempt = past[c];
        walk_attempt(k, &j->attempt, true, &j->walk);
        struct facts then = {.judged = j, .quotes = f->quotes, .arena = f->arena};
        const struct finding *rule = judge_finding(&then, j->walk.stuck);
        if (rule)
            findings_add(f, list, make_finding(&then, rule, true, attempts[c]));
    }
}

static bool
has_finding(const struct findings *list, const struct finding *rule)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i].rule == rule)
            return true;
    return false;
}

static void
add_remarks(struct facts *f, enum severity severity, struct findings *list)
{
    const struct finding_list remarks = f->judged->around.negos->knowledge->remarks[severity];
    for (size_t i = 0; i < remarks.count && f->judged->counts >= 0; i++)
        if (!has_finding(list, remarks.at[i]) && facts_hold(f, remarks.at[i]->when))
            findings_add(f, list, make_finding(f, remarks.at[i], false, 1));
}

static void
add_findings(struct facts *f, struct tunnel_view *v)
{
    struct findings list = {0};
    struct facts *decides = f->two ? &f->two->facts[f->two->decides] : f;
    struct facts *other = f->two && f->two->same ? &f->two->facts[1] : NULL;
    const struct finding *rule = v->row.verdict.finding;
    if (rule)
        findings_add(f, &list, make_finding(decides, rule, false, 1));
    for (int severity = SEV_WARNING; severity >= SEV_NOTE; severity--) {
        add_remarks(f, (enum severity)severity, &list);
        if (other)
            add_remarks(other, (enum severity)severity, &list);
    }
    add_mended(f, &list);
    v->findings = list.at;
    v->finding_count = list.count;
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
    for (int i = 0; i < j->leaf_count; i++) {
        const struct leaf *l = &j->leaves[i];
        const struct nego *last = l->attempt.child ? l->attempt.child : l->attempt.ike;
        v->came_up += l->stuck == CP_NONE && last && last->established;
        if (l->stuck == CP_NONE)
            v->stuck[CP_NONE]++;
        else if (is_stuck(l))
            v->stuck[l->stuck] += 1 + (l->attempt.ike ? l->attempt.ike->again : 0);
    }
}

struct tunnel_row
view_row(struct facts *f)
{
    const struct judged *j = f->judged;
    const struct tunnel *t = j->tunnel;
    bool both = t->roles == (1 << ROLE_INITIATOR | 1 << ROLE_RESPONDER);
    int role = attempt_fact(&j->attempt, FACT_ROLE);
    return (struct tunnel_row){
        .id = t->id,
        .name = arena_str(f->arena, t->name),
        .peer = arena_str(f->arena, judge_peer(j)),
        .local = arena_str(f->arena, t->local),
        .host = arena_str(f->arena, t->host),
        .dialect = t->dialect,
        .source = t->source,
        .auth = attempt_fact(&j->attempt, FACT_AUTH),
        .ike = attempt_fact(&j->attempt, FACT_IKE),
        .role = j->walk.stuck == CP_NONE && both ? 3 : role,
        .nat = attempt_fact(&j->attempt, FACT_NAT),
        .rekey = attempt_fact(&j->attempt, FACT_REKEY) == REKEY_YES,
        .order = j->walk.order,
        .state = j->state,
        .verdict = {.checkpoint = j->walk.stuck,
                    .state = j->walk.stuck == CP_NONE ? ST_PASSED : j->walk.step[j->walk.stuck].state},
        .attempts = t->attempts ? t->attempts : (uint64_t)j->leaf_count,
        .lines = t->lines,
        .first = t->first,
        .last = t->last,
        .year_known = t->year_known,
        .stranger = t->stranger,
        .ending = j->ending};
}

void
view_find(struct facts *f, struct tunnel_row *row)
{
    row->verdict.finding = judge_finding(f, f->judged->walk.stuck);
    row->verdict.certainty = judge_certainty(f->judged, row->verdict.finding);
}

struct tunnel_row
view_row_of_two(struct two *t)
{
    struct facts *f = &t->facts[0];
    struct tunnel_row r = view_row(f);
    const struct walk *w = &t->walk;
    int auth = attempt_fact(&t->judged[t->decides].attempt, FACT_AUTH);
    if (t->same && auth)
        r.auth = auth; // the end whose words are taken may alone know what was asked for
    r.order = w->order;
    r.verdict = (struct verdict){.checkpoint = w->stuck,
                                 .state = w->stuck == CP_NONE ? ST_PASSED : w->step[w->stuck].state,
                                 .certainty = t->certainty,
                                 .finding = t->finding};
    if (t->outlived) {
        r.state = t->judged[t->decides].state;
        r.ending = t->judged[t->decides].ending;
    }
    if (w->stuck != CP_NONE && r.state == TUNNEL_UP)
        r.state = TUNNEL_DEGRADED;
    if (w->stuck != CP_NONE && r.state == TUNNEL_UNKNOWN)
        r.state = TUNNEL_DOWN;
    return r;
}

static const struct both_view *
make_both(struct two *t)
{
    struct both_view *b = ARENA_NEW(t->facts[0].arena, struct both_view);
    const struct tunnel *other = t->judged[1].tunnel;
    *b = (struct both_view){.by = t->by,
                            .same = t->same,
                            .disagree = t->disagree,
                            .silent_other = t->silent_other,
                            .uncovered = t->uncovered,
                            .untold = t->lost == LOST_UNKNOWN,
                            .turned = t->turned,
                            .decides = t->decides,
                            .clock = t->pairs->clock,
                            .id = other ? other->id : 0,
                            .name = other ? arena_str(t->facts[0].arena, other->name) : STR_NONE,
                            .dialect = other ? other->dialect : -1,
                            .source = other ? other->source : -1};
    if (t->same)
        b->compared = compare_ends(t, &b->compared_count);
    for (int end = 0; end < 2; end++) {
        b->alone[end] = t->alone[end];
        b->state[end] = t->judged[end].state;
        if (t->alone[end].finding)
            b->title[end] = speak_step(&t->facts[end], t->alone[end].finding->title);
    }
    return b;
}

const struct tunnel_view *
view_tunnel(struct facts *f, struct judged *j)
{
    // Lines of other attempts of one end would stand between those of the two.
    if (!f->two || !f->two->same)
        judge_gather(j);
    struct tunnel_view *v = ARENA_NEW(f->arena, struct tunnel_view);
    v->row = f->two ? view_row_of_two(f->two) : view_row(f);
    v->both = f->two ? make_both(f->two) : NULL;
    if (!f->two)
        view_find(f, &v->row);
    v->order = ladder_of(f)->order;
    v->order_seen = ladder_of(f)->order_seen;
    for (int i = 0; i < CP_COUNT; i++)
        v->ladder[i] = make_rung(f, v->order->rung[i]);
    add_findings(f, v);
    add_attempts(f, v);
    v->start = command_to_start(f);
    v->peer_dialect = v->both && v->both->dialect >= 0 ? v->both->dialect : facts_peer_dialect(f);
    v->ours = facts_get(f, STR("our_subnets"));
    v->theirs = facts_get(f, STR("peer_subnets"));
    return v;
}

static int
trouble(const struct tunnel_row *r)
{
    static const int weight[TUNNEL_STATES] = {
        [TUNNEL_DOWN] = 3, [TUNNEL_DEGRADED] = 2, [TUNNEL_UNKNOWN] = 1, [TUNNEL_UP] = 0};
    return weight[r->state] * 2 + (r->verdict.checkpoint != CP_NONE);
}

// Worst first, then the most recent.
static int
by_trouble(const void *a, const void *b)
{
    const struct tunnel_row *x = a, *y = b;
    int tx = trouble(x), ty = trouble(y);
    if (tx != ty)
        return ty - tx;
    if (x->last != y->last)
        return x->last < y->last ? 1 : -1;
    return str_compare(x->name, y->name);
}

void
view_sort(struct tunnel_row *rows, size_t count)
{
    qsort(rows, count, sizeof *rows, by_trouble);
}
