#include "diag/merging.h"

#include "diag/narrow.h"
#include "diag/path_weigh.h"
#include "diag/records.h"

#include <stdlib.h>

static const struct event *
deciding_event(const struct two *t, int end)
{
    const struct walk *w = &t->judged[end].walk;
    const struct event_line *line = walk_deciding(w, w->stuck);
    return line ? event_of(t->judged[end].around.negos->knowledge, line) : NULL;
}

// Nothing was refused: an answer is missing, or lines repeat.
bool
merge_is_silence(const struct two *t, int end)
{
    const struct walk *w = &t->judged[end].walk;
    const struct event_line *line = walk_deciding(w, w->stuck);
    const struct event *e = deciding_event(t, end);
    if (w->stuck == CP_NONE || !line || line->notify >= 0)
        return false;
    return w->step[w->stuck].state == ST_SUSPECTED || !e || e->repeats || e->ends == END_TIMEOUT;
}

enum worth
merge_worth(const struct two *t, int end)
{
    const struct walk *w = &t->judged[end].walk;
    const struct finding *rule = t->rule[end];
    if (w->stuck == CP_NONE)
        return WORTH_HEALTHY;
    const struct event_line *line = walk_deciding(w, w->stuck);
    if (merge_is_silence(t, end) && !(rule && rule->certainty == SURE_CERTAIN))
        return WORTH_SILENT;
    if (!rule || rule->certainty == SURE_POSSIBLE)
        return WORTH_POSSIBLE;
    if (rule->certainty == SURE_CERTAIN)
        return rule->alternative_count ? WORTH_CERTAIN : WORTH_PROVEN;
    return line && line->notify >= 0 ? WORTH_GENERIC : WORTH_SAID;
}

int
merge_role(const struct two *t, int end)
{
    return attempt_fact(&t->judged[end].attempt, FACT_ROLE);
}

int
merge_responder(const struct two *t)
{
    return merge_role(t, 0) == ROLE_RESPONDER || merge_role(t, 1) == ROLE_INITIATOR ? 0 : 1;
}

static int64_t
deciding_time(const struct two *t, int end, enum checkpoint c)
{
    const struct event_line *line = walk_deciding(&t->judged[end].walk, c);
    return line ? pair_moment(t->pairs, end, line->time) : LINE_NO_TIME;
}

// Who asks has heard the first answer and fears something else than a message that is lost, while who answers
// waits: then he broke off by himself.
static bool
broke_off(const struct two *t, int asks)
{
    return t->same && attempt_fact(&t->judged[asks].attempt, FACT_STAGE) == STAGE_FIRST &&
           t->judged[asks].walk.stuck != CP_CONTACT && t->judged[!asks].walk.stuck == CP_CONTACT &&
           merge_seen(merge_step_of(t, asks, CP_CONTACT), ST_PASSED);
}

// Who answers is told more than who asks; of two that both name a reason the first one caused the other.
static int
choose_end(const struct two *t)
{
    enum worth a = merge_worth(t, 0), b = merge_worth(t, 1);
    if (a != b)
        return a > b ? 0 : 1;
    if (a == WORTH_SILENT && broke_off(t, !merge_responder(t)))
        return !merge_responder(t);
    int64_t when_a = deciding_time(t, 0, t->judged[0].walk.stuck);
    int64_t when_b = deciding_time(t, 1, t->judged[1].walk.stuck);
    int64_t apart = 2000000 + t->pairs->clock.spread;
    if (a >= WORTH_CERTAIN && t->pairs->clock.known && when_a != LINE_NO_TIME && when_b != LINE_NO_TIME &&
        (when_a - when_b > apart || when_b - when_a > apart))
        return when_a < when_b ? 0 : 1;
    return merge_responder(t);
}

const struct nego *
merge_leaf(const struct attempt *a)
{
    return a->child ? a->child : a->ike;
}

void
merge_window(const struct attempt *a, int64_t *first, int64_t *last)
{
    const struct nego *g = merge_leaf(a);
    *first = g ? g->first : LINE_NO_TIME;
    *last = g ? g->last : LINE_NO_TIME;
}

// Nobody answers before he is asked, and nobody is let in who still waits for the first answer (as far as his
// log goes): such attempts are not one and the same.
static bool
answers_it(const struct two *t, const struct attempt *a, const struct attempt *b)
{
    int role_a = attempt_fact(a, FACT_ROLE), role_b = attempt_fact(b, FACT_ROLE);
    bool a_asks = role_a == ROLE_INITIATOR || role_b == ROLE_RESPONDER;
    const struct attempt *asks = a_asks ? a : b, *answers = a_asks ? b : a;
    int64_t asked, answered, last;
    merge_window(asks, &asked, &last);
    merge_window(answers, &answered, &last);
    if ((role_a || role_b) && answers->ike && answers->ike->established &&
        attempt_fact(asks, FACT_STAGE) == STAGE_FIRST &&
        !merge_log_stops(t, !a_asks, pair_established_at(answers->ike)))
        return false;
    if ((!role_a && !role_b) || !t->pairs->clock.known || answered == LINE_NO_TIME)
        return true;
    // Nor does anybody begin to answer whose peer is let in already: that is another attempt.
    int64_t stood =
        answers->child || !answers->ike || !asks->ike ? LINE_NO_TIME : pair_established_at(asks->ike);
    if (stood != LINE_NO_TIME && !answers->ike->partial &&
        pair_moment(t->pairs, a_asks, answered) - pair_moment(t->pairs, !a_asks, stood) >
            t->pairs->clock.spread)
        return false;
    if (merge_leaf(asks)->partial || asked == LINE_NO_TIME)
        return true;
    return pair_moment(t->pairs, !a_asks, asked) - pair_moment(t->pairs, a_asks, answered) <=
           2000000 + t->pairs->clock.spread;
}

static int
with_other(const struct two *t, int end, const struct attempt *a)
{
    const struct judged *j = &t->judged[end];
    return a->ike ? end_has(&t->pairs->about[!end], attempt_peer(j->tunnel, a)) : 0;
}

// Is it with another peer? Not where no attempt is with an address of the other end: NAT hides those.
static bool
is_with_third(const struct two *t, int end, const struct attempt *a)
{
    const struct judged *j = &t->judged[end];
    bool told = false;
    for (int i = 0; i < j->leaf_count && !told; i++)
        told = with_other(t, end, &j->leaves[i].attempt) > 0;
    return told && with_other(t, end, a) < 0;
}

static bool
meet(const struct two *t, const struct attempt *a, const struct attempt *b)
{
    int ra = attempt_fact(a, FACT_ROLE), rb = attempt_fact(b, FACT_ROLE);
    int64_t fa, la, fb, lb;
    if (!merge_leaf(a) || !merge_leaf(b) || (ra && ra == rb) || is_with_third(t, 0, a) ||
        is_with_third(t, 1, b))
        return false;
    merge_window(a, &fa, &la);
    merge_window(b, &fb, &lb);
    return pair_meets(t->pairs, fa, la, fb, lb) && answers_it(t, a, b);
}

// How far apart two attempts began, in the clock of end A.
static int64_t
apart(const struct two *t, const struct attempt *a, const struct attempt *b)
{
    int64_t fa, fb, last;
    merge_window(a, &fa, &last);
    merge_window(b, &fb, &last);
    return llabs(pair_moment(t->pairs, 0, fa) - pair_moment(t->pairs, 1, fb));
}

// Of an end's attempts the one that met this one of the other end and began nearest to it, -1: none.
static int
nearest(const struct two *t, const struct attempt *lead, int follows)
{
    const struct judged *j = &t->judged[follows];
    int best = -1;
    int64_t least = INT64_MAX;
    for (int n = -1; n < j->leaf_count; n++) {
        int leaf = n < 0 ? j->counts : n; // of equally near ones the one that counts there
        const struct attempt *other = &j->leaves[leaf].attempt;
        const struct attempt *a = follows ? lead : other, *b = follows ? other : lead;
        if (!meet(t, a, b) || apart(t, a, b) >= least)
            continue;
        least = apart(t, a, b);
        best = leaf;
    }
    return best;
}

static void
take_leaf(struct judged *j, int leaf)
{
    const struct surroundings around = j->around;
    if (leaf != j->counts)
        judge_tunnel(j->tunnel, &around, leaf, j);
}

// What the state of its gateway adds to the log of an end, and which finding holds then.
static void
weigh_end(struct two *t, int end)
{
    records_weigh(&t->facts[end], &t->judged[end]);
    path_weigh(&t->facts[end], &t->judged[end]);
    t->rule[end] = judge_finding(&t->facts[end], t->judged[end].walk.stuck);
}

// A connection may have several peers: of its attempts the newest with the other end counts here.
static void
leave_thirds(struct two *t, int end)
{
    struct judged *j = &t->judged[end];
    if (j->counts < 0 || !is_with_third(t, end, &j->leaves[j->counts].attempt))
        return;
    for (int i = 0; i < j->leaf_count; i++)
        if (with_other(t, end, &j->leaves[i].attempt) > 0) {
            take_leaf(j, i);
            weigh_end(t, end);
            return;
        }
}

// The attempts of both ends that the verdict speaks of: the one that counts for the end that knows more (or
// one before it that ended like it, when nothing of the other log meets that), and of the other, of those
// that met it, the one that began nearest to it, for the next attempt begins where one ends. Without stamps
// or without a clock nothing can be aligned; then a single attempt at each end must be the same.
static void
align(struct two *t)
{
    struct judged *j = t->judged;
    if (j[0].counts < 0 || j[1].counts < 0)
        return;
    // Of two that only wait, who asks has given up an attempt when who answers may still wait in it.
    bool wait = merge_worth(t, 0) <= WORTH_SILENT && merge_worth(t, 1) <= WORTH_SILENT;
    int leads = wait ? !merge_responder(t) : choose_end(t);
    const struct leaf newest = j[leads].leaves[j[leads].counts];
    for (int n = -1; n < j[leads].leaf_count && !t->same; n++) {
        int leaf = n < 0 ? j[leads].counts : n;
        const struct leaf *l = &j[leads].leaves[leaf];
        int other = nearest(t, &l->attempt, !leads);
        if (l->stuck != newest.stuck || l->state != newest.state || other < 0)
            continue;
        take_leaf(&j[!leads], other);
        take_leaf(&j[leads], leaf);
        t->same = true;
    }
    int64_t first[2], last;
    merge_window(&j[0].attempt, &first[0], &last);
    merge_window(&j[1].attempt, &first[1], &last);
    if (!t->same && !t->pairs->clock.known && (first[0] == LINE_NO_TIME || first[1] == LINE_NO_TIME))
        t->same = j[0].leaf_count == 1 && j[1].leaf_count == 1;
}

const struct walk_step *
merge_step_of(const struct two *t, int end, enum checkpoint c)
{
    return &t->judged[end].walk.step[c];
}

// One common answer is given to these; key, identity and installation are each end's own check of the other,
// so that one may pass and the other fail.
static const unsigned common =
    1u << CP_IKE_VERSION | 1u << CP_P1_CIPHER | 1u << CP_SUBNETS | 1u << CP_P2_CIPHER;

// Who answers may refuse late what its first answer let pass: then it has cleared what lies behind.
static bool
went_on(const struct two *t, int end, enum checkpoint c)
{
    const struct walk *w = &t->judged[end].walk;
    int i = 0;
    while (i < CP_COUNT && w->order->rung[i] != c)
        i++;
    for (i++; i < CP_COUNT; i++)
        if (merge_seen(&w->step[w->order->rung[i]], ST_PASSED))
            return true;
    return false;
}

// Both have a line, and the lines say the opposite of one common answer.
static bool
contradict(const struct two *t, enum checkpoint c)
{
    int fails = merge_seen(merge_step_of(t, 0, c), ST_FAILED) ? 0 : 1;
    if (!t->same || !(common & 1u << c) || !merge_seen(merge_step_of(t, fails, c), ST_FAILED) ||
        !merge_seen(merge_step_of(t, !fails, c), ST_PASSED) || went_on(t, fails, c))
        return false;
    // Who asked looks at the answer last, and may not take what the other end has agreed to.
    if (merge_role(t, fails) == ROLE_INITIATOR && (c == CP_P1_CIPHER || c == CP_SUBNETS || c == CP_P2_CIPHER))
        return false;
    const struct event_line *line = walk_deciding(&t->judged[fails].walk, c);
    return line && line->notify < 0;
}

// The pass came after the failure: a retry inside the attempt.
static bool
superseded(const struct two *t, enum checkpoint c)
{
    int fails = merge_seen(merge_step_of(t, 0, c), ST_FAILED) ? 0 : 1;
    int64_t failed = deciding_time(t, fails, c), passed = deciding_time(t, !fails, c);
    return t->pairs->clock.known && failed != LINE_NO_TIME && passed != LINE_NO_TIME &&
           passed - failed > t->pairs->clock.spread && t->judged[!fails].walk.up;
}

static void
add_other_proofs(struct walk_step *into, const struct walk_step *from)
{
    for (int i = 0; i < from->proofs && into->proofs < STEP_PROOFS; i++)
        into->proof[into->proofs++] = (struct step_proof){from->proof[i].line, false};
}

// A pass as end A has it or as the other end has it.
static void
take_pass(struct two *t, enum checkpoint c, struct walk_step *into)
{
    const struct walk_step *a = merge_step_of(t, 0, c), *b = merge_step_of(t, 1, c);
    bool here =
        a->state == ST_PASSED && !(a->basis == BASIS_IMPLIED && !a->proofs && merge_seen(b, ST_PASSED));
    if (here) {
        *into = *a;
        return;
    }
    *into = *b;
    into->basis = BASIS_OTHER_END;
}

static bool
passed_by_any(const struct two *t, enum checkpoint c, bool line)
{
    const struct walk_step *a = merge_step_of(t, 0, c), *b = merge_step_of(t, 1, c);
    if (line)
        return merge_seen(a, ST_PASSED) || merge_seen(b, ST_PASSED);
    return a->state == ST_PASSED || b->state == ST_PASSED;
}

static void
merge_step(struct two *t, enum checkpoint c, bool behind)
{
    struct walk_step *s = &t->walk.step[c];
    const struct walk_step *d = merge_step_of(t, t->decides, c), *o = merge_step_of(t, !t->decides, c);
    bool stuck = t->walk.stuck != CP_NONE;
    if (c == t->walk.stuck) {
        *s = *d;
        if (t->decides == 1)
            s->basis = BASIS_OTHER_END;
        if (o->state == ST_FAILED || o->state == ST_SUSPECTED || t->disagree)
            add_other_proofs(s, o);
        if (t->disagree)
            s->state = ST_UNKNOWN;
    } else if (passed_by_any(t, c, behind) && (!stuck || behind || d->state == ST_PASSED ||
                                               d->state == ST_UNKNOWN || o->state == ST_PASSED)) {
        take_pass(t, c, s);
    } else if (stuck) {
        *s = (struct walk_step){.state = behind ? ST_NOT_REACHED : d->state,
                                .basis = behind ? BASIS_NONE : d->basis};
    } else {
        *s = d->state != ST_UNKNOWN ? *d : *o;
    }
}

// The rung that the other end feared or was told of without a reason is cleared by the end that knows better.
static void
merge_ladder(struct two *t)
{
    const struct walk *d = &t->judged[t->decides].walk;
    const struct walk *r = &t->judged[merge_responder(t)].walk;
    t->walk = *d;
    t->walk.order = r->order;
    t->walk.order_seen = r->order_seen;
    bool behind = false;
    for (int i = 0; i < CP_COUNT; i++) {
        enum checkpoint c = t->walk.order->rung[i];
        // Contact that is lost in one direction says nothing of what was cleared before.
        merge_step(t, c, behind);
        behind |= c == t->walk.stuck;
    }
    t->walk.up = t->judged[t->outlived ? t->decides : 0].walk.up;
}

static void
decide(struct two *t)
{
    for (int end = 0; end < 2; end++)
        if (merge_cut_off(t, end)) {
            t->outlived = true;
            t->decides = !end;
            return;
        }
    t->decides = choose_end(t);
    bool lost = merge_lost(t);
    enum checkpoint stuck = t->judged[t->decides].walk.stuck;
    if (stuck == CP_NONE || lost)
        return;
    if (contradict(t, stuck)) {
        if (!superseded(t, stuck)) {
            t->disagree = true;
        } else {
            t->decides = !t->decides;
        }
    }
}

// Each end may name the other by its own address. A peer that is none of the addresses which the other log
// names is what NAT looks like, and what another gateway looks like.
static bool
met_by_guess(const struct two *t)
{
    for (int end = 0; end < 2; end++) {
        const struct tunnel *of = t->judged[end].tunnel;
        if (of && end_has(&t->pairs->about[!end], of->peer) < 0)
            return true;
    }
    return false;
}

// Of what the finding holds possible, what the other end has shown to be otherwise falls away. When a line
// said that it failed and nothing else is left, that line decides.
static void
settle_certainty(struct two *t)
{
    if (!t->finding)
        return;
    t->certainty = t->finding->certainty;
    const struct event_line *line = walk_deciding(&t->walk, t->walk.stuck);
    bool left = false;
    for (size_t i = 0; i < t->finding->alternative_count; i++)
        left |= merge_fits(t, t->finding->alternatives[i].cause);
    if (t->same && !left && t->finding->alternative_count && line && !merge_is_silence(t, t->decides) &&
        !t->lost)
        t->certainty = SURE_CERTAIN;
    if (t->certainty == SURE_CERTAIN && t->lost && met_by_guess(t))
        t->certainty = SURE_LIKELY;
    if (t->certainty == SURE_CERTAIN && (judge_doubted(&t->judged[0]) || judge_doubted(&t->judged[1])))
        t->certainty = SURE_LIKELY;
    if (t->disagree)
        t->certainty = SURE_POSSIBLE;
}

bool
merge_fits(const struct two *t, struct str cause)
{
    size_t dot = str_find(cause, STR("."));
    int c = word_index(checkpoint_word, CP_COUNT, (struct str){cause.at, dot});
    if (!t->same || c < 0 || c == (int)t->walk.stuck)
        return true;
    return t->walk.step[c].state != ST_PASSED || !passed_by_any(t, (enum checkpoint)c, true);
}

void
merge_ends(struct two *t, const struct pairs *pairs, const struct tunnel *a, const struct tunnel *b,
           const struct surroundings around[2], struct quotes *quotes, struct arena *arena)
{
    t->pairs = pairs;
    const struct tunnel *const tunnels[2] = {a, b};
    for (int end = 0; end < 2; end++) {
        t->judged[end].around = around[end];
        t->judged[end].counts = -1;
        t->judged[end].walk.stuck = CP_NONE;
        if (tunnels[end])
            judge_tunnel(tunnels[end], &around[end], -1, &t->judged[end]);
        t->facts[end] =
            (struct facts){.judged = &t->judged[end], .quotes = quotes, .arena = arena, .two = t, .end = end};
        if (tunnels[end])
            weigh_end(t, end);
    }
    for (int end = 0; b && end < 2; end++)
        leave_thirds(t, end);
    if (b)
        align(t);
    for (int end = 0; end < 2; end++) {
        // Another attempt may have been chosen, and each now knows the other.
        t->facts[end].said = NULL;
        if (tunnels[end])
            weigh_end(t, end);
    }
    for (int end = 0; end < 2; end++)
        t->alone[end] =
            (struct verdict){.checkpoint = t->judged[end].walk.stuck,
                             .state = t->judged[end].walk.stuck == CP_NONE
                                          ? ST_PASSED
                                          : t->judged[end].walk.step[t->judged[end].walk.stuck].state,
                             .certainty = judge_certainty(&t->judged[end], t->rule[end]),
                             .finding = t->rule[end]};
    merge_hear_silence(t);
    if (!t->same && !t->silent_other) {
        t->walk = t->judged[0].walk; // nothing is added to what end A knows
        t->finding = judge_finding(&t->facts[0], t->walk.stuck);
        t->certainty = judge_certainty(&t->judged[0], t->finding);
        return;
    }
    decide(t);
    if (t->same)
        merge_ladder(t);
    else
        t->walk = t->judged[0].walk;
    t->finding = judge_finding(&t->facts[t->decides], t->walk.stuck);
    t->certainty = SURE_POSSIBLE;
    settle_certainty(t);
}

struct str
merge_mirrored(struct str key, struct arena *arena)
{
    static const char *const twins[][2] = {
        {"spi_in", "spi_out"},
        {"bytes_in", "bytes_out"},
        {"expected_id", "peer_expected_id"},
        {"inner_from", "inner_to"},
        {"local", "peer"},
        {"local_port", "peer_port"},
        {"chosen", "chosen"},
        {"ike", "ike"},
        {"encapsulation", "encapsulation"},
        {"mode", "mode"},
        {"group", "group"},
        {"auth_method", "auth_method"},
    };
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        for (int k = 0; k < 2; k++)
            if (str_eq(key, str_of(twins[i][k])))
                return str_of(twins[i][!k]);
    if (str_starts(key, STR("our_")))
        return arena_strf(arena, "peer_%.*s", STR_ARG(str_from(key, 4)));
    if (str_starts(key, STR("peer_")))
        return arena_strf(arena, "our_%.*s", STR_ARG(str_from(key, 5)));
    return STR_NONE;
}

struct str
merge_fact(struct facts *f, struct str name)
{
    static const char *const words[] = {
        [LOST_NOT] = "", [LOST_FORWARD] = "forward", [LOST_BACK] = "back", [LOST_UNKNOWN] = "untold"};
    struct two *t = f->two;
    if (str_eq(name, STR("ends")))
        return t->same ? STR("both") : STR("one");
    if (str_eq(name, STR("lost")))
        return str_of(words[t->lost]);
    if (str_eq(name, STR("lost-after"))) {
        int stage = attempt_fact(&t->judged[!merge_responder(t)].attempt, FACT_STAGE);
        return t->lost && stage ? str_of(fact_words[FACT_STAGE][stage]) : STR_NONE;
    }
    if (str_eq(name, STR("disagree")))
        return t->disagree ? STR("yes") : STR("no");
    if (str_eq(name, STR("networks")))
        return narrow_apart(t);
    if (str_eq(name, STR("clock")))
        return t->pairs->clock.known ? STR("known") : STR_NONE;
    struct str twin = t->same ? merge_mirrored(name, f->arena) : STR_NONE;
    return twin.len ? facts_said(&t->facts[!f->end], twin) : STR_NONE;
}
