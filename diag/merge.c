#include "diag/merge.h"

#include "diag/path_weigh.h"
#include "diag/records.h"

// How much the words of one end are worth: from nothing is wrong to a line that says exactly this.
enum worth {
    WORTH_HEALTHY,
    WORTH_SILENT,
    WORTH_POSSIBLE,
    WORTH_GENERIC,
    WORTH_SAID,
    WORTH_CERTAIN,
    WORTH_PROVEN
};

static const struct event *
deciding_event(const struct two *t, int end)
{
    const struct walk *w = &t->judged[end].walk;
    const struct event_line *line = walk_deciding(w, w->stuck);
    return line ? event_of(t->judged[end].around.negos->knowledge, line) : NULL;
}

// Nothing was refused: an answer is missing, or lines repeat.
static bool
is_silence(const struct two *t, int end)
{
    const struct walk *w = &t->judged[end].walk;
    const struct event_line *line = walk_deciding(w, w->stuck);
    const struct event *e = deciding_event(t, end);
    if (w->stuck == CP_NONE || !line || line->notify >= 0)
        return false;
    return w->step[w->stuck].state == ST_SUSPECTED || !e || e->repeats || e->ends == END_TIMEOUT;
}

static enum worth
worth_of(const struct two *t, int end)
{
    const struct walk *w = &t->judged[end].walk;
    const struct finding *rule = t->rule[end];
    if (w->stuck == CP_NONE)
        return WORTH_HEALTHY;
    const struct event_line *line = walk_deciding(w, w->stuck);
    if (is_silence(t, end) && !(rule && rule->certainty == SURE_CERTAIN))
        return WORTH_SILENT;
    if (!rule || rule->certainty == SURE_POSSIBLE)
        return WORTH_POSSIBLE;
    if (rule->certainty == SURE_CERTAIN)
        return rule->alternative_count ? WORTH_CERTAIN : WORTH_PROVEN;
    return line && line->notify >= 0 ? WORTH_GENERIC : WORTH_SAID;
}

static int
role_of(const struct two *t, int end)
{
    return attempt_fact(&t->judged[end].attempt, FACT_ROLE);
}

static int
responder_of(const struct two *t)
{
    return role_of(t, 0) == ROLE_RESPONDER || role_of(t, 1) == ROLE_INITIATOR ? 0 : 1;
}

static int64_t
deciding_time(const struct two *t, int end, enum checkpoint c)
{
    const struct event_line *line = walk_deciding(&t->judged[end].walk, c);
    return line ? pair_moment(t->pairs, end, line->time) : LINE_NO_TIME;
}

// Who answers is told more than who asks; of two that both name a reason the first one caused the other.
static int
choose_end(const struct two *t)
{
    enum worth a = worth_of(t, 0), b = worth_of(t, 1);
    if (a != b)
        return a > b ? 0 : 1;
    int64_t when_a = deciding_time(t, 0, t->judged[0].walk.stuck);
    int64_t when_b = deciding_time(t, 1, t->judged[1].walk.stuck);
    int64_t apart = 2000000 + t->pairs->clock.spread;
    if (a >= WORTH_CERTAIN && t->pairs->clock.known && when_a != LINE_NO_TIME && when_b != LINE_NO_TIME &&
        (when_a - when_b > apart || when_b - when_a > apart))
        return when_a < when_b ? 0 : 1;
    return responder_of(t);
}

static const struct nego *
leaf_of(const struct attempt *a)
{
    return a->child ? a->child : a->ike;
}

static void
window(const struct attempt *a, int64_t *first, int64_t *last)
{
    const struct nego *g = leaf_of(a);
    *first = g ? g->first : LINE_NO_TIME;
    *last = g ? g->last : LINE_NO_TIME;
}

static bool
meet(const struct two *t, const struct attempt *a, const struct attempt *b)
{
    int ra = attempt_fact(a, FACT_ROLE), rb = attempt_fact(b, FACT_ROLE);
    int64_t fa, la, fb, lb;
    if (!leaf_of(a) || !leaf_of(b) || (ra && ra == rb))
        return false;
    window(a, &fa, &la);
    window(b, &fb, &lb);
    return pair_meets(t->pairs, fa, la, fb, lb);
}

// The attempts of both ends that the verdict speaks of: the one that counts for the end that knows more, and
// of the other the newest that met it. Without stamps or without a clock nothing can be aligned; then a
// single attempt at each end must be the same.
static void
align(struct two *t)
{
    struct judged *j = t->judged;
    if (j[0].counts < 0 || j[1].counts < 0)
        return;
    if (meet(t, &j[0].attempt, &j[1].attempt)) {
        t->same = true;
        return;
    }
    int leads = choose_end(t), follows = !leads;
    for (int i = 0; i < j[follows].leaf_count && !t->same; i++) {
        const struct attempt *other = &j[follows].leaves[i].attempt;
        if (leads == 0 ? !meet(t, &j[0].attempt, other) : !meet(t, other, &j[1].attempt))
            continue;
        const struct surroundings around = j[follows].around;
        judge_tunnel(j[follows].tunnel, &around, i, &j[follows]);
        t->same = true;
    }
    int64_t first[2], last;
    window(&j[0].attempt, &first[0], &last);
    window(&j[1].attempt, &first[1], &last);
    if (!t->same && !t->pairs->clock.known && (first[0] == LINE_NO_TIME || first[1] == LINE_NO_TIME))
        t->same = j[0].leaf_count == 1 && j[1].leaf_count == 1;
}

// Two ends that both only wait: what each has sent and got says which message never arrived. The stages are
// those of rules.h.
static enum lost
lost_between(const struct two *t)
{
    int r = responder_of(t), i = !r;
    int asks = attempt_fact(&t->judged[i].attempt, FACT_STAGE);
    int answers = attempt_fact(&t->judged[r].attempt, FACT_STAGE);
    const struct attempt *there = &t->judged[r].attempt;
    bool ike_stands = there->ike && there->ike->established;
    switch (asks) {
    case STAGE_FIRST:
        return answers == STAGE_THIRD || answers == STAGE_KEYED || answers == STAGE_AUTH ? LOST_BACK
                                                                                         : LOST_NOT;
    case STAGE_THIRD:
        return answers == STAGE_THIRD ? LOST_FORWARD : answers == STAGE_KEYED ? LOST_BACK : LOST_NOT;
    case STAGE_KEYED:
        return answers == STAGE_KEYED ? LOST_FORWARD : ike_stands ? LOST_BACK : LOST_NOT;
    case STAGE_AUTH:
        return answers == STAGE_AUTH ? LOST_FORWARD : ike_stands ? LOST_BACK : LOST_NOT;
    case STAGE_CHILD:
        return answers == STAGE_LAST ? LOST_BACK : LOST_NOT;
    case STAGE_DONE:
        return answers == STAGE_LAST && t->judged[i].walk.up ? LOST_FORWARD : LOST_NOT;
    default:
        return LOST_NOT;
    }
}

static const struct walk_step *
step_of(const struct two *t, int end, enum checkpoint c)
{
    return &t->judged[end].walk.step[c];
}

static bool
seen(const struct walk_step *s, enum state state)
{
    return s->state == state && s->basis == BASIS_SEEN;
}

static bool
only_waits(const struct two *t, int end)
{
    enum worth w = worth_of(t, end);
    return w <= WORTH_SILENT && !(w == WORTH_SILENT && t->judged[end].tunnel->ever_up);
}

static void
find_lost(struct two *t)
{
    int r = responder_of(t);
    if (t->same && role_of(t, r) != ROLE_INITIATOR && only_waits(t, 0) && only_waits(t, 1) &&
        worth_of(t, 0) + worth_of(t, 1) > WORTH_HEALTHY)
        t->lost = lost_between(t);
    // What one end waits for, the other has long behind it: the answer did not arrive.
    for (int end = 0; end < 2 && !t->lost && t->same; end++) {
        enum checkpoint c = t->judged[end].walk.stuck;
        if (worth_of(t, end) == WORTH_SILENT && only_waits(t, end) && worth_of(t, !end) == WORTH_HEALTHY &&
            seen(step_of(t, !end, c), ST_PASSED))
            t->lost = role_of(t, end) == ROLE_RESPONDER ? LOST_FORWARD : LOST_BACK;
    }
    if (!t->lost && t->silent_other)
        t->lost = LOST_FORWARD;
    if (t->lost)
        t->decides = t->silent_other ? 0 : !r;
}

// One common answer is given to these; key, identity and installation are each end's own check of the other,
// so that one may pass and the other fail.
static const unsigned common =
    1u << CP_IKE_VERSION | 1u << CP_P1_CIPHER | 1u << CP_SUBNETS | 1u << CP_P2_CIPHER;

// Both have a line, and the lines say the opposite of one common answer.
static bool
contradict(const struct two *t, enum checkpoint c)
{
    int fails = seen(step_of(t, 0, c), ST_FAILED) ? 0 : 1;
    if (!t->same || !(common & 1u << c) || !seen(step_of(t, fails, c), ST_FAILED) ||
        !seen(step_of(t, !fails, c), ST_PASSED))
        return false;
    const struct event_line *line = walk_deciding(&t->judged[fails].walk, c);
    return line && line->notify < 0;
}

// The pass came after the failure: a retry inside the attempt.
static bool
superseded(const struct two *t, enum checkpoint c)
{
    int fails = seen(step_of(t, 0, c), ST_FAILED) ? 0 : 1;
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
    const struct walk_step *a = step_of(t, 0, c), *b = step_of(t, 1, c);
    bool here = a->state == ST_PASSED && !(a->basis == BASIS_IMPLIED && !a->proofs && seen(b, ST_PASSED));
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
    const struct walk_step *a = step_of(t, 0, c), *b = step_of(t, 1, c);
    if (line)
        return seen(a, ST_PASSED) || seen(b, ST_PASSED);
    return a->state == ST_PASSED || b->state == ST_PASSED;
}

static void
merge_step(struct two *t, enum checkpoint c, bool behind)
{
    struct walk_step *s = &t->walk.step[c];
    const struct walk_step *d = step_of(t, t->decides, c), *o = step_of(t, !t->decides, c);
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

static void
lose_contact(struct two *t)
{
    // What is missing is the contact of one direction, whatever each end had to think alone.
    int speaks = t->decides;
    struct walk *w = &t->judged[speaks].walk;
    enum checkpoint was = w->stuck;
    struct walk_step *contact = &w->step[CP_CONTACT];
    enum checkpoint there = t->judged[!speaks].walk.stuck;
    // The last one decides: what this end waits for, or when it is content what the other end waits for.
    if (was != CP_CONTACT && was != CP_NONE)
        add_other_proofs(contact, &w->step[was]);
    else if (was == CP_NONE && there != CP_NONE)
        add_other_proofs(contact, step_of(t, !speaks, there));
    for (int i = 0; i < contact->proofs; i++)
        contact->proof[i].deciding = i == contact->proofs - 1;
    contact->state = ST_FAILED;
    contact->basis = BASIS_SEEN;
    if (was != CP_CONTACT && was != CP_NONE) {
        w->step[was].state = ST_NOT_REACHED;
        w->step[was].basis = BASIS_NONE;
    }
    w->stuck = CP_CONTACT;
}

// The rung that the other end feared or was told of without a reason is cleared by the end that knows better.
static void
merge_ladder(struct two *t)
{
    const struct walk *d = &t->judged[t->decides].walk;
    const struct walk *r = &t->judged[responder_of(t)].walk;
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
    t->walk.up = t->judged[0].walk.up;
}

static void
decide(struct two *t)
{
    t->decides = choose_end(t);
    find_lost(t);
    if (t->lost)
        lose_contact(t);
    enum checkpoint stuck = t->judged[t->decides].walk.stuck;
    if (stuck == CP_NONE || t->lost)
        return;
    if (contradict(t, stuck)) {
        if (!superseded(t, stuck)) {
            t->disagree = true;
        } else {
            t->decides = !t->decides;
        }
    }
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
    if (t->same && !left && t->finding->alternative_count && line && !is_silence(t, t->decides) && !t->lost)
        t->certainty = SURE_CERTAIN;
    if (t->certainty == SURE_CERTAIN && judge_alarms(&t->judged[t->decides]))
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

// The other log goes on through the whole time in which this end asked, and nothing of it arrived there. It
// must be the log of the gateway that was asked.
static void
hear_silence(struct two *t, const struct tunnel *other)
{
    const struct end_about *there = &t->pairs->about[1];
    const struct walk *w = &t->judged[0].walk;
    if (t->same || !is_silence(t, 0) || w->stuck != CP_CONTACT || role_of(t, 0) == ROLE_RESPONDER ||
        attempt_fact(&t->judged[0].attempt, FACT_STAGE) != STAGE_FIRST ||
        end_has(there, t->judged[0].tunnel->peer) <= 0 || (other && !t->pairs->clock.known))
        return;
    int64_t first, last;
    window(&t->judged[0].attempt, &first, &last);
    t->uncovered = first == LINE_NO_TIME || there->first == LINE_NO_TIME ||
                   pair_moment(t->pairs, 1, there->first) > pair_moment(t->pairs, 0, first) ||
                   pair_moment(t->pairs, 1, there->last) < pair_moment(t->pairs, 0, last);
    t->silent_other = !t->uncovered;
}

// What the state of its gateway adds to the log of an end, and which finding holds then.
static void
weigh_end(struct two *t, int end)
{
    records_weigh(&t->facts[end], &t->judged[end]);
    path_weigh(&t->facts[end], &t->judged[end]);
    t->rule[end] = judge_finding(&t->facts[end], t->judged[end].walk.stuck);
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
    if (b)
        align(t);
    for (int end = 0; end < 2; end++) {
        // Another attempt may have been chosen, and each now knows the other.
        t->facts[end].said = NULL;
        t->facts[end].loaded = false;
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
    hear_silence(t, b);
    if (!t->same && !t->silent_other) {
        t->walk = t->judged[0].walk; // nothing is added to what end A knows
        t->finding = t->rule[0];
        t->certainty = t->alone[0].certainty;
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
    struct two *t = f->two;
    if (str_eq(name, STR("ends")))
        return t->same ? STR("both") : STR("one");
    if (str_eq(name, STR("lost")))
        return t->lost == LOST_FORWARD ? STR("forward") : t->lost == LOST_BACK ? STR("back") : STR_NONE;
    if (str_eq(name, STR("lost-after"))) {
        int stage = attempt_fact(&t->judged[!responder_of(t)].attempt, FACT_STAGE);
        return t->lost && stage ? str_of(fact_words[FACT_STAGE][stage]) : STR_NONE;
    }
    if (str_eq(name, STR("disagree")))
        return t->disagree ? STR("yes") : STR("no");
    if (str_eq(name, STR("clock")))
        return t->pairs->clock.known ? STR("known") : STR_NONE;
    struct str twin = t->same ? merge_mirrored(name, f->arena) : STR_NONE;
    return twin.len ? facts_said(&t->facts[!f->end], twin) : STR_NONE;
}
