// What a line has to do with the children of an IKE SA, though it may be logged under another number
// (RFC 7296, sections 1.2 and 2.8).
#include "diag/taking.h"
#include "diag/walk.h"

// Does the event fail or suspect anything when it stands at a child with this notify?
static bool
fails_child(const struct taking *t)
{
    int notify = t->msg->meaning.notify;
    for (size_t i = 0; i < t->event->statement_count; i++) {
        const struct statement *s = &t->event->statements[i];
        if (s->state != ST_FAILED && s->state != ST_SUSPECTED)
            continue;
        bool holds = true;
        for (size_t j = 0; j < s->when.count && holds; j++) {
            const struct when *w = &s->when.at[j];
            if (w->test == TEST_IS && w->fact == FACT_NOTIFY)
                holds = notify >= 0 && str_eq(t->n->knowledge->notifies[notify].value, w->word);
            else if (w->test == TEST_IS && w->fact == FACT_PHASE)
                holds = str_eq(w->word, STR("p2"));
        }
        if (holds)
            return true;
    }
    return false;
}

static bool
outstanding(const struct nego *child)
{
    return !child->established && child->ending == END_NONE;
}

// Did what stands come up while this IKE SA was there already? Then a child of it is the tunnel's own: the
// peer asked before, and asks once more.
static bool
is_left_over(const struct nego *child)
{
    const struct nego *live = child->tunnel->live, *ike = child->parent;
    return ike && live->parent != ike && ike->first_line < live->established_line;
}

// A responder's child whose networks no connection has is no fault of the tunnel that stands beside it: like
// any peer for whom there is no connection it is named after the peer.
void
child_set_apart(struct taking *t, struct nego *child)
{
    const struct nego_rare *rare = child->parent ? child->parent->rare : NULL;
    struct str peer = t->named->slot[SLOT_PEER].len ? t->named->slot[SLOT_PEER]
                      : rare && rare->peer.len      ? rare->peer
                                                    : child->tunnel->peer;
    if (!child->strange || child->tunnel->stranger || !peer.len || child->fact[FACT_ROLE] == ROLE_INITIATOR ||
        child->fact[FACT_REKEY] || !child->tunnel->live || is_left_over(child))
        return;
    struct tunnel *apart = tunnel_stranger(t->n, t->daemon, peer);
    apart->attempts++;
    nego_move(t->n, child, apart);
    tunnel_touch(apart, t->line);
}

// Does it fail nothing but what is done behind the agreement?
static bool
only_updown(const struct event *e)
{
    bool updown = false;
    for (size_t i = 0; i < e->statement_count; i++) {
        const struct statement *s = &e->statements[i];
        if (s->state == ST_FAILED && s->checkpoints != 1u << CP_UPDOWN)
            return false;
        updown |= s->state == ST_FAILED;
    }
    return updown;
}

// The newest child of an IKE SA that stands.
static struct nego *
standing(const struct nego *ike)
{
    for (struct nego *c = ike->child; c; c = c->sibling)
        if (c->established && c->ending == END_NONE)
            return c;
    return NULL;
}

// The child that stands and that the line speaks of: of what is done behind the agreement, or that this
// gateway gave up waiting when just that had failed.
static struct nego *
unfinished(const struct taking *t, const struct nego *ike)
{
    struct nego *c = standing(ike);
    if (!c || only_updown(t->event))
        return c;
    const struct event *last =
        c->event_count ? event_of(t->n->knowledge, &c->events[c->event_count - 1]) : NULL;
    return t->event->ends == END_TIMEOUT && last && only_updown(last) ? c : NULL;
}

// The one quick mode whose repeats stayed unanswered, when the line says that this gateway gave up: it is
// given up, and the IKE SA with it, though the line names only that.
static struct nego *
given_up(const struct taking *t, const struct nego *ike)
{
    if (!t->event || !t->event->repeats || t->event->ends != END_TIMEOUT || !ike->established ||
        ike->fact[FACT_IKE] == IKE_V2)
        return NULL;
    struct nego *found = NULL;
    for (struct nego *c = ike->child; c; c = c->sibling) {
        if (!outstanding(c))
            continue;
        const struct event *last =
            c->event_count ? event_of(t->n->knowledge, &c->events[c->event_count - 1]) : NULL;
        if (found || !last || !last->repeats || c->fact[FACT_STAGE] != STAGE_CHILD)
            return NULL;
        found = c;
    }
    return found;
}

// The IKE SA that is to take the place of this one, where the last request under it was for that: it is asked
// for, and refused, in words of a child (RFC 7296 section 1.3.2).
static struct nego *
renewal_of(const struct nego *ike)
{
    if (!ike->established || !ike->fact[FACT_REKEY] || ike->fact[FACT_STAGE] != STAGE_CHILD)
        return NULL;
    for (struct nego *g = ike->tunnel->newest; g && g != ike; g = g->older)
        if (g->kind == NEGO_IKE && !g->established && g->ending == END_NONE &&
            g->first_line > ike->established_line)
            return g;
    return NULL;
}

// Of those outstanding an answer is for whoever spoke behind the line that the IKE SA had before, and a
// second line about it for whom the first one was given to. The number of the first line that makes a child
// one of them, 0: any may be meant.
static uint64_t
answered_from(const struct taking *t, const struct nego *ike)
{
    bool given = false;
    for (const struct nego *c = ike->child; c; c = c->sibling) {
        if (outstanding(c) && c->last_line > t->before)
            return t->before + 1;
        given |= outstanding(c) && c->last_line == t->before;
    }
    return given ? t->before : 0;
}

// What is logged under the IKE SA's number though it concerns a child: to the one that is outstanding, to
// those that may be meant when there are several, or to a child that the log does not name.
bool
child_give(struct taking *t, struct nego *ike)
{
    struct nego *given = ike->kind == NEGO_IKE ? given_up(t, ike) : NULL;
    if (given) {
        nego_touch(given, t->line);
        taking_append(t, given, false);
        return true;
    }
    if (!t->event || t->event->about != OPENS_CHILD || ike->kind != NEGO_IKE)
        return false;
    bool fails = fails_child(t);
    if (!fails && t->event->setting_count == 0 && t->msg->meaning.notify >= 0)
        return false;
    unsigned count = 0;
    for (struct nego *c = ike->child; c; c = c->sibling)
        count += outstanding(c);
    if (count == 0 && (!ike->established || !(fails || t->event->setting_count)))
        return false;
    struct nego *up = count == 0 ? unfinished(t, ike) : NULL;
    if (up) {
        nego_touch(up, t->line);
        taking_append(t, up, false);
        return true;
    }
    struct nego *renewal = count == 0 ? renewal_of(ike) : NULL;
    if (renewal) {
        renewal->fact[FACT_REKEY] = REKEY_YES;
        renewal->fact[FACT_STAGE] = STAGE_CHILD;
        nego_touch(renewal, t->line);
        taking_append(t, renewal, false);
        return true;
    }
    if (count == 0)
        nego_new(t->n, ike->tunnel, NEGO_CHILD, ike, t->line);
    const uint64_t from = answered_from(t, ike);
    unsigned meant = 0;
    for (struct nego *c = ike->child; c; c = c->sibling)
        meant += outstanding(c) && c->last_line >= from;
    for (struct nego *c = ike->child; c; c = c->sibling) {
        if (!outstanding(c) || c->last_line < from)
            continue;
        nego_touch(c, t->line);
        taking_set_facts(c, t);
        taking_append(t, c, meant > 1);
        c->strange |= t->event->refuses_networks;
        child_set_apart(t, c);
    }
    return true;
}

static bool
is_v1(const struct message *m)
{
    for (size_t i = 0; i < m->setting_count; i++)
        if (m->settings[i].fact == FACT_IKE)
            return m->settings[i].word != IKE_V2;
    return false;
}

// The number was taken for that of an IKE SA.
static void
become_child(struct nego *g)
{
    g->kind = NEGO_CHILD;
    g->tunnel->attempts -= g->tunnel->attempts > 0;
}

// A child stands under a number that was taken for an IKE SA's: it is a child after all, or, where the two
// are not numbered apart, the one child of this IKE SA.
struct nego *
child_under(struct taking *t, struct nego *g)
{
    uint64_t parent = t->named->number[SLOT_PARENT];
    if (parent != UINT64_MAX && parent != g->serial && !g->established && !g->child) {
        struct nego *ike = number_find(t->n, number_key(t->daemon, parent, false));
        become_child(g);
        if (ike && ike != g && ike->kind == NEGO_IKE)
            nego_join(g, ike);
        return g;
    }
    // In IKEv1 a child is asked for when the IKE SA stands, though this log may begin behind that.
    if (!g->established && is_v1(t->message))
        nego_establish(g, OPENS_IKE, t->line);
    struct nego *child = g->child;
    while (child && !outstanding(child))
        child = child->sibling;
    if (!child)
        child = nego_new(t->n, g->tunnel, NEGO_CHILD, g, t->line);
    uint64_t number = t->named->number[SLOT_SERIAL], key = number_key(t->daemon, number, false);
    if (g->rare && g->rare->lent && g->rare->lent == key) { // its own from here on
        number_set(t->n, child, key);
        child->serial = number_shown(number);
    }
    return child;
}

static void
inherit_origin(const struct knowledge *k, struct nego *ike, const struct nego *before)
{
    const struct attempt a = attempt_of(k, before, NULL, NULL, NULL);
    struct walk w;
    walk_attempt(k, &a, true, &w);
    for (int i = 0; i < ORIGINS; i++) {
        const struct event_line *line = walk_deciding(&w, (enum checkpoint)(CP_P1_CIPHER + i));
        if (line && w.step[CP_P1_CIPHER + i].state == ST_PASSED)
            nego_rare(ike)->origin[i] = *line;
    }
}

// Says the message itself that an SA is renewed?
static bool
tells_renewal(const struct message *m)
{
    for (size_t i = 0; i < m->setting_count; i++)
        if (m->settings[i].fact == FACT_REKEY)
            return true;
    return false;
}

// The one IKE SA that stands, where the line tells of a renewal and not of which. Of several nobody knows.
static struct nego *
standing_before(const struct nego *ike)
{
    struct nego *found = NULL;
    for (struct nego *g = ike->tunnel->newest; g; g = g->older)
        if (g != ike && g->kind == NEGO_IKE && g->established && g->ending == END_NONE) {
            if (found)
                return NULL;
            found = g;
        }
    return found;
}

// An IKEv2 SA that takes the place of another takes over its children (RFC 7296 section 2.8), and its peer
// stays authenticated.
void
child_inherit(const struct taking *t, struct nego *ike)
{
    uint64_t old = t->named->number[SLOT_REPLACES];
    struct nego *before = old == UINT64_MAX ? NULL : number_find(t->n, number_key(t->daemon, old, false));
    if (old == UINT64_MAX && tells_renewal(t->message))
        before = standing_before(ike);
    if (!before || before == ike || before->kind != NEGO_IKE || before->fact[FACT_IKE] != IKE_V2)
        return;
    ike->fact[FACT_IKE] = IKE_V2;
    inherit_origin(t->n->knowledge, ike, before);
    for (struct nego *c = before->child, *next; c; c = next) {
        next = c->sibling;
        if (c->ending != END_NONE)
            continue;
        nego_leave(c);
        nego_join(c, ike);
    }
}

void
child_adopt(const struct taking *t, struct nego *ike)
{
    struct nego *child = ike->older;
    if (ike->kind != NEGO_IKE || !t->event || t->event->opens != OPENS_NOTHING || !child ||
        !nego_is_child(child) || child->parent || child->serial <= ike->serial)
        return;
    // What is given up with its peer takes along what stood under it.
    bool stood = t->event->ends == END_LOST && child->established && child->ending == END_NONE;
    if (!stood && (t->event->about != OPENS_CHILD || !outstanding(child)))
        return;
    nego_join(child, ike);
}

// The newest IKE SA of a tunnel that a child without a named parent can belong to: not one that has ended,
// for what comes behind that end begins anew.
struct nego *
child_likely_parent(const struct tunnel *tunnel)
{
    if (tunnel->ike)
        return tunnel->ike;
    for (struct nego *g = tunnel->newest; g; g = g->older)
        if (g->kind == NEGO_IKE && g->ending == END_NONE &&
            (g->fact[FACT_STAGE] == STAGE_AUTH || g->established))
            return g;
    return NULL;
}

bool
event_speaks_of(const struct event *e, unsigned checkpoints)
{
    bool speaks = false;
    for (size_t i = 0; e && i < e->statement_count; i++)
        speaks |= e->statements[i].when.count == 0 && (e->statements[i].checkpoints & checkpoints);
    return speaks;
}

// Can it only be said of a child? The same notify may come in either phase, so its name alone does not tell.
static bool
speaks_of_child(const struct event *e)
{
    const unsigned phase_2 = 1u << CP_SUBNETS | 1u << CP_P2_CIPHER | 1u << CP_UPDOWN | 1u << CP_TRAFFIC;
    if (e->about != OPENS_CHILD)
        return false;
    for (size_t i = 0; i < e->statement_count; i++) {
        const struct statement *s = &e->statements[i];
        bool facts = false; // what other lines say changes what it means, not of what it speaks
        for (size_t j = 0; j < s->when.count; j++)
            facts |= s->when.at[j].test != TEST_SAW && s->when.at[j].test != TEST_NEVER;
        if (!facts && (s->checkpoints & phase_2))
            return true;
    }
    return false;
}

// Does the name of a state tell that a child is in it? One of IKEv1 that is neither main nor aggressive
// mode's and stands, or waits for its end, is quick mode's.
static bool
is_of_child(const struct word_meaning *state)
{
    bool v1 = false, done = false;
    for (size_t i = 0; state && i < state->setting_count; i++) {
        struct setting s = state->settings[i];
        if ((s.fact == FACT_PHASE && s.word == PHASE_P2) ||
            (s.fact == FACT_STAGE && (s.word == STAGE_CHILD || s.word == STAGE_LAST)))
            return true;
        v1 |= s.fact == FACT_IKE && s.word == IKE_V1;
        done |= s.fact == FACT_STAGE && s.word == STAGE_DONE;
    }
    return v1 && done;
}

bool
child_is_meant(const struct taking *t)
{
    const struct event *e = t->event;
    if (e && (e->opens == OPENS_CHILD || e->establishes == OPENS_CHILD || speaks_of_child(e)))
        return true;
    if (e && (e->opens == OPENS_IKE || e->establishes == OPENS_IKE))
        return false;
    return is_of_child(t->msg->meaning.state) || t->named->number[SLOT_PARENT] != UINT64_MAX;
}

void
child_after_all(const struct taking *t, struct nego *g)
{
    uint64_t target = t->named->number[SLOT_TARGET];
    bool open = g->kind == NEGO_IKE && g->partial && !nego_stands(g) && !g->child && !g->fact[FACT_REKEY];
    if (!open || !is_of_child(t->msg->meaning.state) ||
        (target != UINT64_MAX && number_shown(target) != g->serial))
        return;
    become_child(g);
    g->tunnel->ever_up |= g->established;
}

// A child that was opened under its IKE SA's number gets its own.
static struct nego *
unnumbered_child(const struct tunnel *tunnel, const struct nego *ike)
{
    for (struct nego *c = ike ? ike->child : NULL; c; c = c->sibling)
        if (c->tunnel == tunnel && c->serial == 0 && outstanding(c) && !c->strange)
            return c;
    return NULL;
}

// A child that was asked for before its IKE SA was heard of, as in the words of a command, belongs to the one
// of which its next line is said.
void
child_come_home(struct taking *t, struct nego *child)
{
    struct nego *ike = t->ike;
    if (!ike || ike->kind != NEGO_IKE || !nego_is_child(child) || child->parent || !outstanding(child) ||
        child->tunnel == ike->tunnel || !str_eq(child->tunnel->name, TUNNEL_UNNAMED))
        return;
    struct nego *begun = unnumbered_child(ike->tunnel, ike);
    nego_move(t->n, child, ike->tunnel);
    nego_join(child, ike);
    if (!begun)
        return;
    for (uint16_t i = 0; i < begun->event_count; i++)
        nego_append(t->n->knowledge, child, &begun->events[i], (uint32_t)i);
    memcpy(child->fact, begun->fact, sizeof child->fact);
    nego_unlink(begun);
    nego_drop(t->n, begun);
}

// The IKE SA that a child names, in a log that begins behind it.
static struct nego *
unseen_parent(struct taking *t, struct tunnel *tunnel)
{
    struct nego *ike = nego_new(t->n, tunnel, NEGO_IKE, NULL, t->line);
    ike->partial = true;
    ike->serial = number_shown(t->named->number[SLOT_PARENT]);
    number_set(t->n, ike, number_key(t->daemon, t->named->number[SLOT_PARENT], false));
    tunnel->attempts++;
    return ike;
}

void
child_name_parent(struct taking *t, struct nego *child)
{
    uint64_t number = t->named->number[SLOT_PARENT];
    if (child->parent || number == UINT64_MAX)
        return;
    struct nego *ike = number_find(t->n, number_key(t->daemon, number, false));
    if (!ike)
        ike = unseen_parent(t, child->tunnel);
    if (ike->kind == NEGO_IKE)
        nego_join(child, ike);
}

// The IKE SA of a child whose state is told in a log that begins between the two: the newest one that was
// heard of before, by its number. Nothing has ended it, unless the child stood then.
static struct nego *
cut_parent(const struct taking *t, const struct tunnel *tunnel)
{
    const struct word_meaning *state = t->msg->meaning.state;
    uint64_t number = t->named->number[SLOT_SERIAL];
    bool stood = t->event && t->event->ends != END_NONE && speaks_of_child(t->event);
    if ((!is_of_child(state) && !stood) || number == UINT64_MAX)
        return NULL;
    for (size_t i = 0; state && i < state->setting_count; i++)
        stood |= state->settings[i].fact == FACT_STAGE && state->settings[i].word == STAGE_DONE;
    for (struct nego *g = tunnel->newest; g; g = g->older)
        if (g->kind == NEGO_IKE)
            return g->partial && (stood || g->ending == END_NONE) && g->serial &&
                           g->serial < number_shown(number)
                       ? g
                       : NULL;
    return NULL;
}

bool
child_is_lost(const struct taking *t)
{
    const struct event *e = t->event;
    uint64_t number = t->named->number[SLOT_SERIAL];
    const struct nego *before = t->daemon->current;
    if (!e || e->statement_count || e->opens != OPENS_NOTHING || e->establishes != OPENS_NOTHING ||
        e->ends != END_NONE || t->msg->meaning.state || number == UINT64_MAX ||
        !t->named->slot[SLOT_CONN].len)
        return false;
    return before && before->kind == NEGO_IKE && !before->established &&
           (before->ending == END_REFUSED || before->ending == END_TIMEOUT) &&
           taking_right_behind(t->line, before) && !number_find(t->n, number_key(t->daemon, number, false));
}

struct nego *
child_open(struct taking *t, struct tunnel *tunnel)
{
    struct nego *ike = t->ike;
    if (t->named->number[SLOT_PARENT] != UINT64_MAX)
        ike = number_find(t->n, number_key(t->daemon, t->named->number[SLOT_PARENT], false));
    if (ike && ike->kind != NEGO_IKE)
        ike = NULL;
    if (!ike && t->named->number[SLOT_PARENT] != UINT64_MAX)
        ike = unseen_parent(t, tunnel);
    if (!ike)
        ike = child_likely_parent(tunnel);
    if (!ike)
        ike = cut_parent(t, tunnel);
    struct nego *child = unnumbered_child(tunnel, ike);
    if (!child)
        child = nego_new(t->n, tunnel, NEGO_CHILD, ike, t->line);
    // Somebody who asks for a child has an IKE SA, though this log may begin behind it.
    if (ike && !ike->established && ike->ending == END_NONE && ike->fact[FACT_IKE] != IKE_V2)
        nego_establish(ike, OPENS_IKE, t->line);
    return child;
}
