// A message that one end sent and the other never got. That is claimed where both logs say so: what was sent,
// and a log that covers the moment and goes on without it.
#include "diag/merging.h"

// By the stamps as they are: does the log of an end go on through a moment of another end's?
static bool
stamps_cover(const struct two *t, int end, int whose, int64_t time)
{
    const struct end_about *e = &t->pairs->about[end];
    if (time == LINE_NO_TIME || e->first == LINE_NO_TIME)
        return false;
    int64_t moment = pair_moment(t->pairs, whose, time);
    return pair_moment(t->pairs, end, e->first) <= moment && moment <= pair_moment(t->pairs, end, e->last);
}

// Without a clock nobody can tell.
static bool
covers(const struct two *t, int end, int whose, int64_t time)
{
    return t->pairs->clock.known && stamps_cover(t, end, whose, time);
}

// The other log goes on through the whole time in which this end asked, and nothing of it arrived there. It
// must be the log of the gateway that was asked.
void
merge_hear_silence(struct two *t)
{
    const struct walk *w = &t->judged[0].walk;
    if (t->same || !merge_is_silence(t, 0) || w->stuck != CP_CONTACT || merge_role(t, 0) == ROLE_RESPONDER ||
        attempt_fact(&t->judged[0].attempt, FACT_STAGE) != STAGE_FIRST ||
        end_has(&t->pairs->about[1], t->judged[0].tunnel->peer) <= 0)
        return;
    int64_t first, last;
    merge_window(&t->judged[0].attempt, &first, &last);
    t->uncovered = !stamps_cover(t, 1, 0, first) || !stamps_cover(t, 1, 0, last);
    t->silent_other = !t->uncovered && t->pairs->clock.known;
    if (!t->uncovered && !t->silent_other)
        t->lost = LOST_UNKNOWN;
}

bool
merge_log_stops(const struct two *t, int end, int64_t time_there)
{
    const struct end_about *e = &t->pairs->about[end];
    return t->pairs->clock.known && time_there != LINE_NO_TIME && e->last != LINE_NO_TIME &&
           pair_moment(t->pairs, end, e->last) <=
               pair_moment(t->pairs, !end, time_there) + t->pairs->clock.spread;
}

bool
merge_cut_off(const struct two *t, int end)
{
    const struct nego *g = merge_leaf(&t->judged[end].attempt), *there = merge_leaf(&t->judged[!end].attempt);
    if (!t->same || merge_worth(t, end) != WORTH_SILENT || merge_worth(t, !end) != WORTH_HEALTHY ||
        g->ending != END_NONE || !g->event_count)
        return false;
    // Who has repeated his message in vain has waited.
    const struct event *last =
        event_of(t->judged[end].around.negos->knowledge, &g->events[g->event_count - 1]);
    return !(last && last->repeats) && merge_log_stops(t, end, pair_established_at(there));
}

// Has the message arrived that this end's stage still names? What came of it is not said.
static bool
has_read(const struct two *t, int end)
{
    const struct nego *g = merge_leaf(&t->judged[end].attempt);
    int stage = attempt_fact(&t->judged[end].attempt, FACT_STAGE);
    for (uint16_t i = 0; g && i < g->event_count; i++) {
        const struct event *e = event_of(t->judged[end].around.negos->knowledge, &g->events[i]);
        if (e && e->reads && g->events[i].stage == stage)
            return true;
    }
    return false;
}

// Two ends that both only wait: what each has sent and got says which message never arrived. The stages are
// those of rules.h.
static enum lost
lost_between(const struct two *t)
{
    int r = merge_responder(t), i = !r;
    int asks = attempt_fact(&t->judged[i].attempt, FACT_STAGE);
    int answers = attempt_fact(&t->judged[r].attempt, FACT_STAGE);
    const struct attempt *there = &t->judged[r].attempt;
    bool ike_stands = there->ike && there->ike->established;
    switch (asks) {
    case STAGE_FIRST:
        // Who has heard the answer and still stands there broke off by itself.
        if (merge_seen(merge_step_of(t, i, CP_CONTACT), ST_PASSED))
            return LOST_NOT;
        return answers == STAGE_THIRD || answers == STAGE_KEYED || answers == STAGE_AUTH ? LOST_BACK
                                                                                         : LOST_NOT;
    case STAGE_THIRD:
        // In IKEv2 it is a further key exchange, and who has answered the first message waits for what comes.
        return answers == STAGE_THIRD || answers == STAGE_AUTH ? LOST_FORWARD
               : answers == STAGE_KEYED                        ? LOST_BACK
                                                               : LOST_NOT;
    case STAGE_KEYED:
        return answers == STAGE_KEYED ? LOST_FORWARD : ike_stands ? LOST_BACK : LOST_NOT;
    case STAGE_AUTH:
        return answers == STAGE_AUTH || answers == STAGE_KEYED ? LOST_FORWARD
               : ike_stands                                    ? LOST_BACK
                                                               : LOST_NOT;
    case STAGE_CHILD:
        return answers == STAGE_LAST ? LOST_BACK : LOST_NOT;
    case STAGE_DONE:
        return answers == STAGE_LAST && t->judged[i].walk.up ? LOST_FORWARD : LOST_NOT;
    default:
        return LOST_NOT;
    }
}

static bool
only_waits(const struct two *t, int end)
{
    enum worth w = merge_worth(t, end);
    return w <= WORTH_SILENT && !(w == WORTH_SILENT && t->judged[end].tunnel->ever_up);
}

// The line with which an end sent what it waits for an answer to: the first one at the stage where it stands.
static const struct event_line *
sent_last(const struct two *t, int end)
{
    const struct nego *g = merge_leaf(&t->judged[end].attempt);
    const struct event_line *sent = NULL;
    int stage = attempt_fact(&t->judged[end].attempt, FACT_STAGE);
    for (uint16_t i = 0; g && i < g->event_count; i++) {
        const struct event *e = event_of(t->judged[end].around.negos->knowledge, &g->events[i]);
        if (e && (e->repeats || e->ends == END_TIMEOUT))
            continue;
        if (!sent || sent->stage != stage)
            sent = &g->events[i];
    }
    return sent;
}

// The last line of the attempt at which it was still waiting.
static const struct event_line *
last_line(const struct two *t, int end)
{
    const struct nego *g = t->same ? merge_leaf(&t->judged[end].attempt) : NULL;
    const struct event_line *last = NULL;
    for (uint16_t i = 0; g && i < g->event_count; i++) {
        const struct event *e = event_of(t->judged[end].around.negos->knowledge, &g->events[i]);
        if (!last || !e || e->ends == END_NONE || e->ends == END_TIMEOUT)
            last = &g->events[i];
    }
    return last;
}

// The end whose message was lost.
static int
sender_of(const struct two *t)
{
    int r = merge_responder(t);
    return t->silent_other ? 0 : t->lost == LOST_FORWARD ? !r : r;
}

// Did an end that waits for a message ask for it once more, after the other had sent it? Without that it may
// have it and be busy with what it says, for a script may take its time.
static bool
asks_after(const struct two *t, int end, const struct event_line *sent)
{
    const struct nego *g = merge_leaf(&t->judged[end].attempt);
    int64_t moment = pair_moment(t->pairs, !end, sent->time);
    for (uint16_t i = 0; g && i < g->event_count; i++) {
        const struct event_line *l = &g->events[i];
        const struct event *e = event_of(t->judged[end].around.negos->knowledge, l);
        if (e && (e->repeats || e->ends == END_TIMEOUT) && l->time != LINE_NO_TIME &&
            pair_moment(t->pairs, end, l->time) >= moment)
            return true;
    }
    return false;
}

static void
find_lost(struct two *t)
{
    int r = merge_responder(t);
    if (t->same && merge_role(t, r) != ROLE_INITIATOR && only_waits(t, 0) && only_waits(t, 1) &&
        merge_worth(t, 0) + merge_worth(t, 1) > WORTH_HEALTHY)
        t->lost = lost_between(t);
    // What one end waits for, the other has long behind it: the answer did not arrive.
    for (int end = 0; end < 2 && !t->lost && t->same; end++) {
        enum checkpoint c = t->judged[end].walk.stuck;
        const struct attempt *there = &t->judged[!end].attempt;
        if (attempt_fact(&t->judged[end].attempt, FACT_STAGE) == STAGE_XAUTH || !there->ike ||
            !there->ike->established)
            continue;
        if (merge_worth(t, end) == WORTH_SILENT && only_waits(t, end) &&
            merge_worth(t, !end) == WORTH_HEALTHY && merge_seen(merge_step_of(t, !end, c), ST_PASSED))
            t->lost = merge_role(t, end) == ROLE_RESPONDER ? LOST_FORWARD : LOST_BACK;
    }
    // What arrived and was dropped is not lost.
    if ((t->lost == LOST_FORWARD && has_read(t, r)) || (t->lost == LOST_BACK && has_read(t, !r)))
        t->lost = LOST_NOT;
    if (t->silent_other)
        t->lost = LOST_FORWARD;
    if (t->lost == LOST_FORWARD || t->lost == LOST_BACK) {
        int sender = sender_of(t);
        const struct event_line *sent = sent_last(t, sender);
        bool last = attempt_fact(&t->judged[!sender].attempt, FACT_STAGE) == STAGE_LAST;
        if (!sent || !covers(t, !sender, sender, sent->time) || (last && !asks_after(t, !sender, sent)))
            t->lost = LOST_UNKNOWN;
        else
            t->decides = t->silent_other ? 0 : !r;
    }
}

static void
add_pair(struct walk_step *into, const struct event_line *line)
{
    for (int i = 0; line && i < into->proofs; i++)
        if (into->proof[i].line == line)
            into->proof[i--] = into->proof[--into->proofs];
    if (line && into->proofs == STEP_PROOFS)
        into->proofs--;
    if (line)
        into->proof[into->proofs++] = (struct step_proof){line, true};
}

// What is missing is the contact of one direction, whatever each end had to think alone. The proof is a pair:
// what one end sent, and where the other, whose log covers that moment, was left.
static void
lose_contact(struct two *t)
{
    struct walk *w = &t->judged[t->decides].walk;
    struct walk_step *contact = &w->step[CP_CONTACT];
    int sender = sender_of(t);
    for (int i = 0; i < contact->proofs; i++)
        contact->proof[i].deciding = false;
    if (contact->proofs > STEP_PROOFS - 2)
        contact->proofs = STEP_PROOFS - 2;
    add_pair(contact, sent_last(t, sender));
    add_pair(contact, last_line(t, !sender));
    contact->state = ST_FAILED;
    contact->basis = BASIS_SEEN;
    if (w->stuck != CP_CONTACT && w->stuck != CP_NONE) {
        w->step[w->stuck].state = ST_NOT_REACHED;
        w->step[w->stuck].basis = BASIS_NONE;
    }
    w->stuck = CP_CONTACT;
}

bool
merge_lost(struct two *t)
{
    find_lost(t);
    bool lost = t->lost == LOST_FORWARD || t->lost == LOST_BACK;
    if (lost)
        lose_contact(t);
    return lost;
}
