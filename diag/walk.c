#include "diag/walk.h"

enum {
    AT_ONCE_SECONDS = 2,
    AT_ONCE_LINES = 4,
    DROPPED_SECONDS = 1,
};

static const unsigned P1 = 1u << CP_CONTACT | 1u << CP_IKE_VERSION | 1u << CP_P1_CIPHER;
static const unsigned P1_WHOLE =
    1u << CP_CONTACT | 1u << CP_IKE_VERSION | 1u << CP_P1_CIPHER | 1u << CP_PSK | 1u << CP_ID;

// The bit that stands for an event, and for some others, in a set of events.
static uint64_t
event_bit(int event)
{
    return UINT64_C(1) << (event & 63);
}

struct attempt
attempt_of(const struct knowledge *k, const struct nego *ike, const struct nego *child,
           const struct nego *config, const struct nego *said)
{
    const struct nego *const from[4] = {ike, child, config, said};
    struct attempt a = {ike, child, config, said, 0};
    for (int i = 0; i < 4; i++)
        for (uint16_t e = 0; from[i] && e < from[i]->event_count; e++) {
            int event = event_index(k, &from[i]->events[e]);
            a.seen |= event < 0 ? 0 : event_bit(event);
        }
    return a;
}

// A connection that this gateway starts again proves itself as it did before, though a daemon may say how
// only once: when it reads its key.
static int
auth_before(const struct nego *ike)
{
    enum { LOOK = 8 };
    if (!ike || ike->fact[FACT_ROLE] != ROLE_INITIATOR)
        return 0;
    const struct nego *g = ike->older;
    for (int i = 0; g && i < LOOK; i++, g = g->older)
        if (g->kind == NEGO_IKE && g->fact[FACT_ROLE] == ROLE_INITIATOR && g->fact[FACT_AUTH])
            return g->fact[FACT_AUTH];
    return 0;
}

int
attempt_fact(const struct attempt *a, enum fact fact)
{
    const struct nego *first = a->ike, *second = a->child;
    if (fact == FACT_ROLE || fact == FACT_STAGE || fact == FACT_REKEY) {
        first = a->child;
        second = a->ike;
    }
    if (fact == FACT_PHASE)
        return a->child || (a->ike && a->ike->established) ? PHASE_P2 : PHASE_P1;
    int word = first ? first->fact[fact] : 0;
    if (!word && second)
        word = second->fact[fact];
    return word || fact != FACT_AUTH ? word : auth_before(a->ike);
}

static bool
nego_saw(const struct knowledge *k, const struct nego *g, const struct when *when)
{
    for (uint16_t i = 0; g && i < g->event_count; i++) {
        const struct message *m = event_message(k, &g->events[i]);
        if (when->event >= 0 ? event_index(k, &g->events[i]) == when->event
                             : m == &k->messages[when->message])
            return true;
    }
    return false;
}

bool
attempt_saw(const struct knowledge *k, const struct attempt *a, const struct when *when)
{
    if (when->event >= 0 && !(a->seen & event_bit(when->event)))
        return false;
    return nego_saw(k, a->ike, when) || nego_saw(k, a->child, when) || nego_saw(k, a->config, when) ||
           nego_saw(k, a->said, when);
}

// Is the fact the word of the condition? notify and errno are the line's own; their words are free.
static bool
free_fact_is(const struct knowledge *k, const struct event_line *e, const struct when *w)
{
    uint64_t number;
    if (w->fact == FACT_NOTIFY)
        return e->notify >= 0 && str_eq(k->notifies[e->notify].value, w->word);
    return e->errno_value >= 0 && str_number(w->word, &number) && number == (uint64_t)e->errno_value;
}

// Do these conditions hold for one line of the attempt? Only facts, events and messages, no free values.
static bool
walk_holds(const struct knowledge *k, const struct attempt *a, const struct event_line *e,
           struct when_list when)
{
    for (size_t i = 0; i < when.count; i++) {
        const struct when *w = &when.at[i];
        if (w->test == TEST_SAW || w->test == TEST_NEVER) {
            if (attempt_saw(k, a, w) != (w->test == TEST_SAW))
                return false;
            continue;
        }
        bool known, same;
        if (w->fact == FACT_NOTIFY || w->fact == FACT_ERRNO) {
            known = (w->fact == FACT_NOTIFY ? e->notify : e->errno_value) >= 0;
            same = free_fact_is(k, e, w);
        } else { // phase and stage are the line's own, the rest is the attempt's
            int word = w->fact == FACT_PHASE   ? e->phase
                       : w->fact == FACT_STAGE ? e->stage
                                               : attempt_fact(a, (enum fact)w->fact);
            known = word != 0;
            same = known && word == w->value;
        }
        if (w->test == TEST_IS ? !same : w->test == TEST_ISNT ? same : w->test == TEST_KNOWN ? !known : known)
            return false;
    }
    return true;
}

// Attaches a line as proof; when the row is full the second oldest gives way, the first stays.
static void
step_prove(struct walk_step *s, const struct event_line *line, bool deciding)
{
    if (deciding)
        for (int i = 0; i < s->proofs; i++)
            s->proof[i].deciding = false;
    for (int i = 0; i < s->proofs; i++)
        if (s->proof[i].line == line) {
            s->proof[i].deciding |= deciding;
            return;
        }
    if (s->proofs == STEP_PROOFS) {
        memmove(s->proof + 1, s->proof + 2, (STEP_PROOFS - 2) * sizeof s->proof[0]);
        s->proofs--;
    }
    s->proof[s->proofs++] = (struct step_proof){line, deciding};
}

// One statement about one checkpoint. The latest definite one wins; a suspicion does not undo a failure, and
// undoes a pass only where contact was lost again, where user name and password are asked for behind a key
// that held, or where the other end looks last. aside: the line fails another checkpoint, and passes this one
// by the way.
static void
step_set(struct walk_step *s, enum checkpoint c, enum state state, const struct event_line *line, bool aside,
         bool reopens)
{
    bool again_open = c == CP_CONTACT || (c == CP_PSK && line->stage == STAGE_XAUTH) || reopens;
    bool counts = state == ST_PASSED || state == ST_FAILED || s->state == ST_UNKNOWN ||
                  s->state == ST_SUSPECTED || (s->state == ST_PASSED && again_open);
    if (state == ST_UNKNOWN || !counts) {
        step_prove(s, line, false);
        return;
    }
    // The first line that passed a checkpoint stays its proof; further ones stand beside it where they add
    // values.
    bool again = s->state == state && s->basis == BASIS_SEEN && state == ST_PASSED;
    if (again && (aside || c == CP_CONTACT || c == CP_IKE_VERSION))
        return;
    s->state = state;
    s->basis = BASIS_SEEN;
    step_prove(s, line, !again);
}

// What an exchange must have passed to come this far. A suspicion from before phase 2 was unfounded when
// phase 2 goes on.
static void
imply(struct walk *w, unsigned checkpoints, const struct event_line *line)
{
    bool phase_2 = line->stage == STAGE_CHILD || line->stage == STAGE_LAST;
    for (; checkpoints; checkpoints &= checkpoints - 1) {
        int c = __builtin_ctz(checkpoints);
        struct walk_step *s = &w->step[c];
        if (s->state != ST_UNKNOWN &&
            (s->state != ST_SUSPECTED || (c != CP_CONTACT && !(phase_2 && P1_WHOLE & 1u << c))))
            continue;
        s->state = ST_PASSED;
        s->basis = BASIS_IMPLIED;
        step_prove(s, line, true);
    }
}

// How far an exchange came proves what lies behind: who waits for message 6 has had messages 2 and 4 (RFC
// 2409 section 5, RFC 7296 section 1.2).
static void
imply_stage(struct walk *w, const struct attempt *a, const struct event_line *e)
{
    bool aggressive = attempt_fact(a, FACT_IKE) == IKE_V1_AGGRESSIVE;
    switch (e->stage) {
    case STAGE_THIRD:
    case STAGE_AUTH:
        imply(w, P1, e);
        break;
    case STAGE_KEYED:
        imply(w, aggressive ? P1 | 1u << CP_ID : P1, e);
        break;
    case STAGE_XAUTH:
        imply(w, P1, e);
        break;
    case STAGE_CHILD:
        imply(w, P1_WHOLE, e);
        break;
    case STAGE_LAST:
        imply(w, P1_WHOLE | 1u << CP_SUBNETS | 1u << CP_P2_CIPHER, e);
        break;
    default:
        break;
    }
}

static void
walk_event(const struct knowledge *k, const struct attempt *a, struct walk *w, const struct event_line *e,
           const struct event *says)
{
    // A line that says nothing of a checkpoint, at a stage that was reached before, proves nothing anew:
    // silence may stand between.
    if ((says && says->statement_count) || e->stage != w->stage)
        imply_stage(w, a, e);
    w->stage = e->stage;
    uint64_t holds = 0; // a bit for each statement
    bool fails = false;
    for (size_t i = 0; says && i < says->statement_count; i++) {
        const struct statement *s = &says->statements[i];
        if (!walk_holds(k, a, e, s->when))
            continue;
        holds |= UINT64_C(1) << i;
        fails |= s->state == ST_FAILED || s->state == ST_SUSPECTED;
    }
    for (; holds; holds &= holds - 1) {
        const struct statement *s = &says->statements[__builtin_ctzll(holds)];
        enum state state = s->state == ST_FAILED && e->shared ? ST_SUSPECTED : s->state;
        for (unsigned left = s->checkpoints; left; left &= left - 1) {
            int c = __builtin_ctz(left);
            step_set(&w->step[c], (enum checkpoint)c, state, e, fails, says->reopens);
        }
    }
}

// The lines of IKE SA, child and configuration that are still to come.
struct coming {
    const struct event_line *at[3], *end[3];
};

static struct coming
coming_of(const struct attempt *a)
{
    const struct nego *const from[3] = {a->ike, a->child, a->config};
    struct coming c = {0};
    for (int i = 0; i < 3; i++)
        if (from[i]) {
            c.at[i] = from[i]->events;
            c.end[i] = c.at[i] + from[i]->event_count;
        }
    return c;
}

// The next one in the order of the log, NULL behind the last.
static const struct event_line *
coming_next(struct coming *c)
{
    int next = -1;
    for (int i = 0; i < 3; i++)
        if (c->at[i] != c->end[i] && (next < 0 || c->at[i]->line < c->at[next]->line))
            next = i;
    return next < 0 ? NULL : c->at[next]++;
}

static const struct order *
order_named(const struct knowledge *k, struct str id)
{
    for (size_t i = 0; i < k->order_count; i++)
        if (str_eq(k->orders[i].id, id))
            return &k->orders[i];
    return NULL;
}

// The order of this exchange: by IKE version, exchange and kind of authentication, unless the dialect has its
// own.
static void
choose_order(const struct knowledge *k, const struct attempt *a, struct walk *w)
{
    int ike = attempt_fact(a, FACT_IKE);
    const struct nego *any = a->ike ? a->ike : a->child ? a->child : a->config;
    struct str id = ike == IKE_V2                                  ? STR("v2")
                    : ike == IKE_V1_AGGRESSIVE                     ? STR("v1-aggressive")
                    : attempt_fact(a, FACT_AUTH) == AUTH_SIGNATURE ? STR("v1-main-sig")
                                                                   : STR("v1-main");
    const struct dialect *d = &k->dialects[any->tunnel->dialect];
    for (size_t i = 0; i < d->order_count; i++)
        if (str_eq(d->orders[i].key, id))
            id = d->orders[i].value;
    w->order = order_named(k, id);
    w->order_seen = ike == IKE_V2 || ike == IKE_V1_MAIN || ike == IKE_V1_AGGRESSIVE;
    if (!w->order)
        w->order = &k->orders[0];
}

static enum checkpoint
first_in(const struct walk *w, enum state state)
{
    for (int i = 0; i < CP_COUNT; i++)
        if (w->step[w->order->rung[i]].state == state)
            return w->order->rung[i];
    return CP_NONE;
}

// A checkpoint that silence had cast doubt on and another one cleared: the repeats prove nothing of it.
static void
drop_silence(const struct knowledge *k, struct walk_step *s)
{
    int kept = 0;
    for (int i = 0; i < s->proofs; i++) {
        const struct event *e = event_of(k, s->proof[i].line);
        if (!e || !e->repeats)
            s->proof[kept++] = s->proof[i];
    }
    s->proofs = kept;
}

// Does nothing speak of it but the word of refusal, which goes out whatever was refused?
static bool
only_a_word(const struct walk_step *s)
{
    for (int i = 0; i < s->proofs; i++)
        if (s->proof[i].line->notify < 0)
            return false;
    return true;
}

// What follows from being stuck: what lies before was cleared, what lies behind was not reached. Where the
// order is only assumed, key and identity say nothing about each other.
static void
settle(const struct knowledge *k, const struct attempt *a, struct walk *w)
{
    w->stuck = first_in(w, ST_FAILED);
    bool failed = w->stuck != CP_NONE;
    if (!failed)
        w->stuck = first_in(w, ST_SUSPECTED);
    if (w->stuck == CP_NONE)
        return;
    // Where there was no exchange nothing was passed, and what the daemon said of its configuration, and not
    // of a child, happened outside of it.
    bool behind = false, aside = !a->ike && !a->child, early = false;
    for (int i = 0; i < w->step[w->stuck].proofs; i++) {
        const struct step_proof *p = &w->step[w->stuck].proof[i];
        const struct event *e = event_of(k, p->line);
        aside |= p->deciding && e && e->loads && p->line->phase != PHASE_P2;
        early |= e && e->early;
    }
    // Who starts and fails before anything came back has passed nothing.
    aside |= w->step[CP_CONTACT].state == ST_UNKNOWN && attempt_fact(a, FACT_ROLE) == ROLE_INITIATOR &&
             attempt_fact(a, FACT_STAGE) == STAGE_FIRST;
    // In a log that begins when all is done, silence of the peer says nothing of what was reached before.
    const struct nego *leaf = a->child ? a->child : a->ike;
    bool stood = !failed && w->stuck == CP_CONTACT && leaf && leaf->partial &&
                 attempt_fact(a, FACT_STAGE) == STAGE_DONE;
    for (int i = 0; i < CP_COUNT; i++) {
        enum checkpoint c = w->order->rung[i];
        struct walk_step *s = &w->step[c];
        bool unsure =
            !w->order_seen && ((c == CP_PSK && w->stuck == CP_ID) || (c == CP_ID && w->stuck == CP_PSK));
        if (early && c == CP_ID && s->state == ST_SUSPECTED && only_a_word(s))
            s->state = ST_UNKNOWN;
        unsure |= early && c == CP_ID && s->state == ST_UNKNOWN;
        if (c == w->stuck) {
            behind = true;
        } else if (unsure || (behind && stood)) {
            continue;
        } else if (!behind && failed && !aside && (s->state == ST_UNKNOWN || s->state == ST_SUSPECTED)) {
            s->state = ST_PASSED;
            s->basis = BASIS_IMPLIED;
            drop_silence(k, s);
        } else if (behind && (s->state == ST_UNKNOWN || (failed && s->state == ST_SUSPECTED))) {
            s->state = ST_NOT_REACHED;
            s->basis = BASIS_NONE;
            drop_silence(k, s);
        }
    }
}

// A child that stands proves all that led to it; what was refused or feared before is history of this
// attempt.
static void
clear_before(struct walk *w, uint64_t established)
{
    for (int c = CP_CONTACT; c <= CP_P2_CIPHER; c++) {
        struct walk_step *s = &w->step[c];
        bool later = false;
        for (int i = 0; i < s->proofs; i++)
            later |= s->proof[i].deciding && s->proof[i].line->line > established;
        if (s->state == ST_PASSED || later)
            continue;
        s->state = ST_PASSED;
        s->basis = BASIS_IMPLIED;
    }
}

const struct event_line *
walk_established(const struct nego *g)
{
    for (uint16_t i = 0; i < g->event_count; i++)
        if (g->events[i].line == g->established_line)
            return &g->events[i];
    return NULL;
}

bool
walk_denies(const struct nego *child, const struct event_line *line)
{
    const struct event_line *at = walk_established(child);
    int64_t stood = at ? at->time : LINE_NO_TIME;
    if (line->notify < 0 || line->line <= child->established_line)
        return false;
    if (stood != LINE_NO_TIME && line->time != LINE_NO_TIME)
        return line->time - stood <= AT_ONCE_SECONDS * INT64_C(1000000);
    return line->line - child->established_line <= AT_ONCE_LINES;
}

static void
note_contradiction(struct walk *w, const struct nego *child)
{
    for (int c = CP_IKE_VERSION; c <= CP_P2_CIPHER; c++) {
        struct walk_step *s = &w->step[c];
        const struct event_line *line = walk_deciding(w, (enum checkpoint)c);
        if ((s->state != ST_FAILED && s->state != ST_SUSPECTED) || !line || !walk_denies(child, line))
            continue;
        s->state = ST_UNKNOWN;
        s->basis = BASIS_NONE;
        w->against = line;
    }
}

static const struct event *
silence(const struct knowledge *k)
{
    for (size_t i = 0; i < k->event_count; i++)
        if (k->events[i].repeats && k->events[i].ends == END_NONE)
            return &k->events[i];
    return NULL;
}

// Does this line speak of the checkpoint without a judgement, as one does that tells of a repeat of the peer?
// A request that goes out does so as well and is none.
static bool
remarks(const struct knowledge *k, const struct event_line *e, enum checkpoint c)
{
    const struct event *says = event_of(k, e);
    if (c == CP_NONE || !says || says->opens != OPENS_NOTHING)
        return false;
    for (size_t i = 0; i < says->statement_count; i++)
        if (says->statements[i].state == ST_UNKNOWN && says->statements[i].checkpoints & 1u << c)
            return true;
    return false;
}

// Taken down here before an answer was due: nobody waited for one, so none is missing.
static bool
was_dropped(const struct nego *leaf)
{
    return (leaf->ending == END_DELETED || leaf->ending == END_REPLACED) && leaf->first != LINE_NO_TIME &&
           leaf->last - leaf->first <= DROPPED_SECONDS * INT64_C(1000000);
}

// A child that was asked for is answered under its IKE SA, or never (RFC 2409 section 5.5).
static bool
lost_its_ike(const struct attempt *a)
{
    return a->child && a->ike && a->ike->ending != END_NONE;
}

// Was the message of the IKE SA answered for which this line waits? Then it is none that its child waits for.
static bool
was_answered(const struct attempt *a, const struct event_line *e)
{
    return a->child && a->ike && a->ike->established && e->line < a->ike->established_line;
}

// What took the place of another IKE SA has only the line that says so for key and identity; what proves them
// was said of the first one.
static void
prove_by_origin(const struct attempt *a, struct walk *w)
{
    for (int i = 0; a->ike && a->ike->rare && i < ORIGINS; i++) {
        const struct event_line *e = &a->ike->rare->origin[i];
        struct walk_step *s = &w->step[CP_P1_CIPHER + i];
        const enum checkpoint c = (enum checkpoint)(CP_P1_CIPHER + i);
        const struct event_line *own = walk_deciding(w, c);
        if (!e->count || s->state != ST_PASSED || !own || own->line != a->ike->established_line)
            continue;
        walk_add_proof(w, c, e);
        for (int p = 0; p < s->proofs; p++)
            s->proof[p].deciding = s->proof[p].line == e;
    }
}

void
walk_attempt(const struct knowledge *k, const struct attempt *a, bool quiet, struct walk *w)
{
    // Only what is read before it is written: the rows of proofs are large, and attempts are many.
    for (int c = 0; c < CP_COUNT; c++) {
        w->step[c].state = ST_UNKNOWN;
        w->step[c].basis = BASIS_NONE;
        w->step[c].proofs = 0;
    }
    w->stuck = CP_NONE;
    w->stage = 0;
    w->waiting = w->fresh = w->up = false;
    w->against = NULL;
    choose_order(k, a, w);
    struct coming lines = coming_of(a);
    const struct event_line *last = NULL;
    const struct nego *leaf = a->child ? a->child : a->ike;
    // An awaited message that arrived: none is missing until the next goes out.
    const struct event_line *read = NULL;
    for (const struct event_line *e; (e = coming_next(&lines));) {
        const struct event *says = event_of(k, e);
        walk_event(k, a, w, e, says);
        if (says && says->reads)
            read = e;
        else if (says && says->repeats)
            read = NULL;
        // What a child waits for is not told by lines of its IKE SA, which stands.
        bool beside = a->child && e->stage == STAGE_DONE;
        if (leaf && e->stage && !beside && !(says && says->ends != END_NONE && !says->repeats))
            last = e;
    }
    w->up = a->child && a->child->established;
    if (w->up) {
        clear_before(w, a->child->established_line);
        note_contradiction(w, a->child);
    }
    bool stands = leaf && leaf->established;
    w->stuck = first_in(w, ST_FAILED);
    if (w->stuck == CP_NONE && !stands && leaf && last && !was_answered(a, last) && !was_dropped(leaf)) {
        // Nobody refused: where the answer is awaited says what to think of first.
        w->waiting = leaf->ending == END_NONE && !quiet && !lost_its_ike(a);
        if (first_in(w, ST_SUSPECTED) == CP_NONE && last->stage != STAGE_DONE &&
            !(read && read->stage == last->stage)) {
            walk_event(k, a, w, last, silence(k));
            w->fresh = w->waiting && last->notify < 0 && last->stage != STAGE_FIRST &&
                       !remarks(k, last, first_in(w, ST_SUSPECTED));
        }
    }
    settle(k, a, w);
    prove_by_origin(a, w);
}

void
walk_add_proof(struct walk *w, enum checkpoint c, const struct event_line *line)
{
    struct walk_step *s = &w->step[c];
    if (s->proofs == STEP_PROOFS)
        return;
    int at = s->proofs;
    while (at > 0 && s->proof[at - 1].line->line > line->line)
        at--;
    memmove(s->proof + at + 1, s->proof + at, (size_t)(s->proofs - at) * sizeof s->proof[0]);
    s->proof[at] = (struct step_proof){line, false};
    s->proofs++;
}

const struct event_line *
walk_deciding(const struct walk *w, enum checkpoint c)
{
    const struct event_line *last = NULL;
    for (int i = 0; c != CP_NONE && i < w->step[c].proofs; i++) {
        last = w->step[c].proof[i].line;
        if (w->step[c].proof[i].deciding)
            return last;
    }
    return last;
}
