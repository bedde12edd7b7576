#include "diag/thread.h"

// What the slots of one message name, gathered once.
struct named {
    struct str slot[SLOT_NAMES];
    uint64_t number[SLOT_NAMES]; // of the slots that are numbers, UINT64_MAX: none
    const struct word_meaning *state, *exchange;
    int notify, errno_value;
};

// One line on its way into a negotiation.
struct taking {
    struct negos *n;
    const struct line *line;
    const struct msg *msg;
    const struct message *message;
    const struct event *event; // NULL: only informs
    struct daemon *daemon;
    int source;
    struct named named;
    struct nego *ike; // what a line without a number speaks of, or NULL
};

static const struct word_meaning *
word_find(const struct dialect *d, struct str word)
{
    for (size_t i = 0; word.len && i < d->word_count; i++) {
        struct str known = d->words[i].word;
        // These names differ at their ends.
        if (known.len == word.len && known.at[word.len - 1] == word.at[word.len - 1] && str_eq(known, word))
            return &d->words[i];
    }
    return NULL;
}

static void
gather(struct taking *t)
{
    struct named *named = &t->named;
    const struct knowledge *k = t->n->knowledge;
    const struct dialect *d = &k->dialects[t->msg->dialect];
    memset(named->slot, 0, sizeof named->slot);
    memset(named->number, 0xff, sizeof named->number); // UINT64_MAX
    for (size_t i = 0; i < t->msg->slots.count; i++) {
        const struct slot *s = &t->msg->slots.at[i];
        if (s->known == SLOT_VALUE || s->value.len == 0)
            continue;
        uint64_t before = named->number[s->known];
        named->slot[s->known] = s->value;
        if (s->known == SLOT_SERIAL || s->known == SLOT_PARENT || s->known == SLOT_REPLACES ||
            s->known == SLOT_TARGET || s->known == SLOT_CHILD || s->known == SLOT_THREAD)
            str_number(s->value, &named->number[s->known]);
        // One SA speaks of the next: that one takes its place.
        if (s->known == SLOT_SERIAL && before != UINT64_MAX && before != named->number[SLOT_SERIAL])
            named->number[SLOT_REPLACES] = before;
    }
    // Where the two are numbered apart, a child's line names its IKE SA by that one's own number.
    if (t->daemon->apart && named->number[SLOT_CHILD] != UINT64_MAX &&
        named->number[SLOT_PARENT] == UINT64_MAX)
        named->number[SLOT_PARENT] = named->number[SLOT_SERIAL];
    named->state = word_find(d, named->slot[SLOT_STATE]);
    named->exchange = word_find(d, named->slot[SLOT_EXCHANGE]);
    named->notify = named->errno_value = -1;
    for (size_t i = 0; named->slot[SLOT_NOTIFY].len && i < k->notify_count && named->notify < 0; i++)
        if (str_eq(k->notifies[i].key, named->slot[SLOT_NOTIFY]))
            named->notify = (int)i;
    uint64_t number;
    if (str_number(named->slot[SLOT_ERRNO], &number) && number <= INT16_MAX)
        named->errno_value = (int)number;
}

static void
set_fact(struct nego *g, struct setting s)
{
    // The exchange is never made vaguer again, and extended authentication keeps its name.
    if (s.fact == FACT_IKE && s.word == IKE_V1 && g->fact[FACT_IKE] != IKE_UNKNOWN)
        return;
    if (s.fact == FACT_AUTH && g->fact[FACT_AUTH] == AUTH_XAUTH)
        return;
    g->fact[s.fact] = (uint8_t)s.word;
}

static void
set_facts(struct nego *g, const struct taking *t)
{
    for (size_t i = 0; t->event && i < t->event->setting_count; i++)
        set_fact(g, t->event->settings[i]);
    for (size_t i = 0; t->named.state && i < t->named.state->setting_count; i++)
        set_fact(g, t->named.state->settings[i]);
    for (size_t i = 0; t->named.exchange && i < t->named.exchange->setting_count; i++)
        set_fact(g, t->named.exchange->settings[i]);
    for (size_t i = 0; i < t->message->setting_count; i++)
        set_fact(g, t->message->settings[i]);
    if (g->fact[FACT_ROLE])
        g->tunnel->roles |= 1 << g->fact[FACT_ROLE];
}

// Two lines with the same mark say the same; only repeats may then be counted instead of kept.
static uint32_t
event_mark(const struct event_line *e, uint32_t text_hash)
{
    uint64_t h = (uint64_t)(uint16_t)e->template << 48 ^ (uint64_t)(uint16_t)e->notify << 32 ^ text_hash;
    h ^= (uint64_t)(uint16_t)e->errno_value << 20 ^ (uint64_t)e->dialect << 8 ^ (uint64_t)e->stage << 4 ^
         e->phase;
    h *= 0x9e3779b97f4a7c15u;
    return (uint32_t)(h >> 32) | 1u;
}

// Appends a line, or counts it when one of the last few says the same.
static void
append(struct nego *g, const struct event_line *e, uint32_t text_hash)
{
    uint32_t mark = event_mark(e, text_hash);
    for (unsigned back = 1; back <= NEGO_RECENT && back <= g->event_count; back++) {
        unsigned at = g->event_count - back;
        if (g->recent[at % NEGO_RECENT] != mark)
            continue;
        g->events[at].count++;
        g->events[at].last_time = e->time;
        return;
    }
    if (g->event_count == NEGO_EVENTS) {
        // Full: the older half behind the opening lines gives way, so that the marks keep their places.
        unsigned gone = NEGO_RECENT * ((NEGO_EVENTS - 8) / 2 / NEGO_RECENT);
        memmove(g->events + 8, g->events + 8 + gone, (NEGO_EVENTS - 8 - gone) * sizeof *e);
        g->event_count = (uint16_t)(g->event_count - gone);
    }
    if (g->event_count == g->event_room) {
        g->event_room = (uint16_t)(g->event_room ? g->event_room * 2 : 8);
        g->events = mem_resize(g->events, mem_product(g->event_room, sizeof *e));
    }
    g->recent[g->event_count % NEGO_RECENT] = mark;
    g->events[g->event_count++] = *e;
}

// Of a line that holds values, so that equal ones fold and different ones do not.
static uint32_t
text_hash(const struct taking *t)
{
    const struct tmpl *tmpl = t->n->knowledge->dialects[t->msg->dialect].templates[t->msg->template].tmpl;
    return tmpl_has_values(tmpl) ? (uint32_t)str_hash(t->msg->body, 0) : 0;
}

static struct event_line
event_line(const struct taking *t, const struct nego *g)
{
    const struct line *line = t->line;
    bool p2 = g->kind == NEGO_CHILD || g->established;
    return (struct event_line){.offset = line->offset,
                               .line = line->number,
                               .time = line->time,
                               .last_time = line->time,
                               .count = 1,
                               .source = (uint8_t)t->source,
                               .dialect = (uint8_t)t->msg->dialect,
                               .template = (int16_t)t->msg->template,
                               .notify = (int16_t)t->named.notify,
                               .errno_value = (int16_t)t->named.errno_value,
                               .phase = p2 ? PHASE_P2 : PHASE_P1,
                               .stage = g->fact[FACT_STAGE],
                               .year_known = line->year_known};
}

static void
touch(struct nego *g, const struct line *line)
{
    g->last_line = line->number;
    if (line->time != LINE_NO_TIME) {
        g->last = line->time;
        if (g->first == LINE_NO_TIME)
            g->first = line->time;
    }
}

// A negotiation is over. What stood and falls is remembered for the tunnel; IKEv2 children fall with their
// IKE SA (RFC 7296 section 1.4.1).
static void
end_nego(struct nego *g, enum ending ending, const struct line *line)
{
    if (g->ending != END_NONE)
        return;
    g->ending = ending;
    // In a log that begins behind it, the end of what had nothing to wait for is the end of what stood.
    if (!g->established && g->partial && g->fact[FACT_STAGE] == STAGE_DONE) {
        g->established = true;
        g->tunnel->ever_up |= nego_is_child(g);
    }
    if (!g->established)
        return;
    tunnel_fell(g->tunnel, g);
    if (nego_is_child(g)) {
        // What this gateway takes down right after the peer asked for it was ended by the peer.
        if (ending == END_DELETED && g->tunnel->ended == END_PEER &&
            line->number - g->tunnel->ended_line <= 4)
            g->ending = ending = END_PEER;
        g->tunnel->ended = ending;
        g->tunnel->ended_line = line->number;
        return;
    }
    if (g->fact[FACT_IKE] == IKE_V2)
        for (struct nego *c = g->child; c; c = c->sibling)
            end_nego(c, ending, line);
}

static void
end_tunnel(struct tunnel *tunnel, enum ending ending, const struct line *line)
{
    for (struct nego *g = tunnel->newest; g; g = g->older)
        if (g->established || ending == END_LOST)
            end_nego(g, ending, line);
    tunnel->ended = ending;
    tunnel->ended_line = line->number;
}

static void
establish(struct nego *g, enum opens what, const struct line *line)
{
    g->established = true;
    g->established_line = line->number;
    if (what != OPENS_CHILD) {
        if (!nego_is_child(g))
            g->tunnel->ike = g;
        return;
    }
    g->tunnel->live = g;
    g->tunnel->ever_up = true;
    g->tunnel->last_up_line = line->number;
    if (g->parent && !g->parent->established)
        establish(g->parent, OPENS_IKE, line);
}

// Does the event fail or suspect anything when it stands at a child with this notify?
static bool
fails_child(const struct taking *t, const struct nego *ike)
{
    struct nego child = *ike;
    child.kind = NEGO_CHILD;
    struct event_line e = event_line(t, &child);
    e.stage = STAGE_CHILD;
    for (size_t i = 0; i < t->event->statement_count; i++) {
        const struct statement *s = &t->event->statements[i];
        if (s->state != ST_FAILED && s->state != ST_SUSPECTED)
            continue;
        bool holds = true;
        for (size_t j = 0; j < s->when.count && holds; j++) {
            const struct when *w = &s->when.at[j];
            if (w->test == TEST_IS && w->fact == FACT_NOTIFY)
                holds = e.notify >= 0 && str_eq(t->n->knowledge->notifies[e.notify].value, w->word);
            else if (w->test == TEST_IS && w->fact == FACT_PHASE)
                holds = str_eq(w->word, STR("p2"));
        }
        if (holds)
            return true;
    }
    return false;
}

static void
move_nego(struct negos *n, struct nego *g, struct tunnel *to)
{
    if (g->tunnel->attempts && g->kind == NEGO_IKE)
        g->tunnel->attempts--;
    nego_unlink(g);
    g->held = false;
    nego_link(g, to);
    if (g->established && g->ending == END_NONE)
        *(nego_is_child(g) ? &to->live : &to->ike) = g;
    to->attempts += g->kind == NEGO_IKE;
    to->roles |= 1 << g->fact[FACT_ROLE];
    tunnel_fold(n, to);
}

static void
tunnel_touch(struct tunnel *tunnel, const struct line *line)
{
    tunnel->lines++;
    tunnel->touched = line->number;
    if (line->time == LINE_NO_TIME)
        return;
    if (tunnel->first == LINE_NO_TIME)
        tunnel->first = line->time;
    tunnel->last = line->time;
    tunnel->year_known = line->year_known;
}

static bool
outstanding(const struct nego *child)
{
    return !child->established && child->ending == END_NONE;
}

static struct nego *
child_new(struct taking *t, struct tunnel *tunnel, struct nego *ike)
{
    struct nego *child = nego_blank(t->n);
    if (ike) {
        nego_join(child, ike); // before anything is folded
        child->fact[FACT_IKE] = ike->fact[FACT_IKE];
        child->fact[FACT_NAT] = ike->fact[FACT_NAT];
    }
    nego_enter(t->n, child, tunnel, NEGO_CHILD, t->line);
    return child;
}

// A responder's child whose networks no connection has is no fault of the tunnel that stands beside it: like
// any peer for whom there is no connection it is named after the peer.
static void
set_apart(struct taking *t, struct nego *child)
{
    struct str peer = t->named.slot[SLOT_PEER].len ? t->named.slot[SLOT_PEER] : child->tunnel->peer;
    if (!child->strange || child->tunnel->stranger || !peer.len || child->fact[FACT_ROLE] == ROLE_INITIATOR ||
        child->fact[FACT_REKEY] || !child->tunnel->live)
        return;
    struct tunnel *apart = tunnel_stranger(t->n, t->daemon, peer);
    apart->attempts++;
    move_nego(t->n, child, apart);
    tunnel_touch(apart, t->line);
}

static bool
refuses_networks(const struct event *e)
{
    for (size_t i = 0; e && i < e->statement_count; i++)
        if (e->statements[i].state == ST_FAILED && e->statements[i].checkpoints == 1u << CP_SUBNETS &&
            e->statements[i].when.count == 0)
            return true;
    return false;
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

// What is logged under the IKE SA's number though it concerns a child: to the one that is outstanding, to all
// of them when there are several, or to a child that the log does not name.
static bool
give_to_children(struct taking *t, struct nego *ike)
{
    if (!t->event || t->event->about != OPENS_CHILD || ike->kind != NEGO_IKE)
        return false;
    bool fails = fails_child(t, ike);
    if (!fails && t->event->setting_count == 0 && t->named.notify >= 0)
        return false;
    unsigned count = 0;
    for (struct nego *c = ike->child; c; c = c->sibling)
        count += outstanding(c);
    if (count == 0 && (!ike->established || !(fails || t->event->setting_count)))
        return false;
    struct nego *up = count == 0 && only_updown(t->event) ? standing(ike) : NULL;
    if (up) {
        touch(up, t->line);
        struct event_line e = event_line(t, up);
        append(up, &e, text_hash(t));
        return true;
    }
    if (count == 0) {
        child_new(t, ike->tunnel, ike);
        count = 1;
    }
    for (struct nego *c = ike->child; c; c = c->sibling) {
        if (!outstanding(c))
            continue;
        touch(c, t->line);
        set_facts(c, t);
        struct event_line e = event_line(t, c);
        e.shared = count > 1;
        append(c, &e, text_hash(t));
        c->strange |= refuses_networks(t->event);
        set_apart(t, c);
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

// A child stands under a number that was taken for an IKE SA's: it is a child after all, or, where the two
// are not numbered apart, the one child of this IKE SA.
static struct nego *
as_child(struct taking *t, struct nego *g)
{
    uint64_t parent = t->named.number[SLOT_PARENT];
    if (parent != UINT64_MAX && parent != g->serial && !g->established && !g->child) {
        struct nego *ike = number_find(t->n, number_key(t->daemon, parent, false));
        g->kind = NEGO_CHILD;
        if (ike && ike != g && ike->kind == NEGO_IKE)
            nego_join(g, ike);
        g->tunnel->attempts -= g->tunnel->attempts > 0;
        return g;
    }
    // In IKEv1 a child is asked for when the IKE SA stands, though this log may begin behind that.
    if (!g->established && is_v1(t->message))
        establish(g, OPENS_IKE, t->line);
    for (struct nego *c = g->child; c; c = c->sibling)
        if (outstanding(c))
            return c;
    return child_new(t, g->tunnel, g);
}

// An IKEv2 SA that takes the place of another takes over its children (RFC 7296 section 2.8).
static void
inherit(const struct taking *t, struct nego *ike)
{
    uint64_t old = t->named.number[SLOT_REPLACES];
    struct nego *before = old == UINT64_MAX ? NULL : number_find(t->n, number_key(t->daemon, old, false));
    if (!before || before == ike || before->kind != NEGO_IKE || before->fact[FACT_IKE] != IKE_V2)
        return;
    ike->fact[FACT_IKE] = IKE_V2;
    for (struct nego *c = before->child, *next; c; c = next) {
        next = c->sibling;
        if (c->ending != END_NONE)
            continue;
        nego_leave(c);
        nego_join(c, ike);
    }
}

// Puts the line into a negotiation and lets it act there.
static void
book(struct taking *t, struct nego *g)
{
    touch(g, t->line);
    if (t->event && g->kind == NEGO_IKE &&
        (t->event->establishes == OPENS_CHILD || (t->event->opens == OPENS_CHILD && t->daemon->apart)))
        g = as_child(t, g);
    // What the daemon writes of a packet comes before what it makes of it.
    if (t->event && t->event->opens == OPENS_IKE && !g->established)
        g->partial = false;
    if (give_to_children(t, g))
        return;
    set_facts(g, t);
    struct event_line e = event_line(t, g);
    append(g, &e, text_hash(t));
    if (g->kind == NEGO_CHILD) {
        g->strange |= refuses_networks(t->event);
        set_apart(t, g);
    }
    if (t->event && t->event->establishes != OPENS_NOTHING)
        establish(g, t->event->establishes, t->line);
    if (t->event && t->event->establishes == OPENS_IKE)
        inherit(t, g);
}

// The newest IKE SA of a tunnel that a child without a named parent can belong to.
static struct nego *
likely_parent(const struct tunnel *tunnel)
{
    if (tunnel->ike)
        return tunnel->ike;
    for (struct nego *g = tunnel->newest; g; g = g->older)
        if (g->kind == NEGO_IKE && (g->fact[FACT_STAGE] == STAGE_AUTH || g->established))
            return g;
    return NULL;
}

static bool
speaks_of(const struct event *e, unsigned checkpoints)
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
    const unsigned phase_2 = 1u << CP_SUBNETS | 1u << CP_P2_CIPHER | 1u << CP_UPDOWN;
    return e->about == OPENS_CHILD && speaks_of(e, phase_2);
}

static bool
is_child_line(const struct taking *t)
{
    const struct event *e = t->event;
    if (e && (e->opens == OPENS_CHILD || e->establishes == OPENS_CHILD || speaks_of_child(e)))
        return true;
    if (e && (e->opens == OPENS_IKE || e->establishes == OPENS_IKE))
        return false;
    // A state of IKEv1 that is neither main nor aggressive mode's and stands, or waits for its end, is quick
    // mode's.
    const struct word_meaning *w = t->named.state;
    bool v1 = false, done = false;
    for (size_t i = 0; w && i < w->setting_count; i++) {
        int word = w->settings[i].word;
        if (w->settings[i].fact == FACT_STAGE && (word == STAGE_CHILD || word == STAGE_LAST))
            return true;
        v1 |= w->settings[i].fact == FACT_IKE && word == IKE_V1;
        done |= w->settings[i].fact == FACT_STAGE && word == STAGE_DONE;
    }
    if (v1 && done)
        return true;
    return t->named.number[SLOT_PARENT] != UINT64_MAX;
}

// A replacement of something that stood, or of a replacement that did not come up, is a re-key.
static void
note_rekey(struct taking *t, struct nego *g)
{
    uint64_t old = t->named.number[SLOT_REPLACES];
    if (old == UINT64_MAX)
        return;
    const struct nego *before = number_find(t->n, number_key(t->daemon, old, false));
    bool stood =
        before && before != g && (before->established || before->fact[FACT_REKEY] || before->partial);
    // An IKE SA that is replaced stood, else there would be a new attempt and no replacement; of a child in a
    // log that begins behind it nobody knows.
    if (before && before != g ? !stood : nego_is_child(g))
        return;
    g->fact[FACT_REKEY] = 1;
}

// The lines of a peer for whom no connection was named yet become the first lines of the answer that names
// one.
static void
adopt_pending(struct taking *t, struct nego *g)
{
    struct nego *waiting = t->daemon->pending;
    t->daemon->pending = NULL;
    if (!waiting || t->line->number - waiting->last_line > 32)
        return;
    struct str peer = waiting->tunnel->peer;
    if (t->named.slot[SLOT_PEER].len && !str_eq(peer, t->named.slot[SLOT_PEER]))
        return;
    tunnel_set_peer(t->n, g->tunnel, peer);
    for (uint16_t i = 0; i < waiting->event_count; i++)
        append(g, &waiting->events[i], (uint32_t)i);
    g->first_line = waiting->first_line;
    g->first = waiting->first;
    waiting->tunnel->attempts--;
    nego_unlink(waiting);
    nego_drop(t->n, waiting);
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

// The IKE SA that a child names, in a log that begins behind it.
static struct nego *
unseen_parent(struct taking *t, struct tunnel *tunnel)
{
    struct nego *ike = nego_new(t->n, tunnel, NEGO_IKE, t->line);
    ike->partial = true;
    ike->serial = (uint32_t)t->named.number[SLOT_PARENT];
    number_set(t->n, ike, number_key(t->daemon, t->named.number[SLOT_PARENT], false));
    tunnel->attempts++;
    return ike;
}

static struct nego *
open_child(struct taking *t, struct tunnel *tunnel)
{
    struct nego *ike = t->ike;
    if (t->named.number[SLOT_PARENT] != UINT64_MAX)
        ike = number_find(t->n, number_key(t->daemon, t->named.number[SLOT_PARENT], false));
    if (ike && ike->kind != NEGO_IKE)
        ike = NULL;
    if (!ike && t->named.number[SLOT_PARENT] != UINT64_MAX)
        ike = unseen_parent(t, tunnel);
    if (!ike)
        ike = likely_parent(tunnel);
    struct nego *child = unnumbered_child(tunnel, ike);
    if (!child)
        child = child_new(t, tunnel, ike);
    // Somebody who asks for a child has an IKE SA, though this log may begin behind it.
    if (ike && !ike->established && ike->fact[FACT_IKE] != IKE_V2)
        establish(ike, OPENS_IKE, t->line);
    return child;
}

static struct nego *
open_nego(struct taking *t, struct tunnel *tunnel, uint64_t key)
{
    struct nego *g;
    bool opens = t->event && t->event->opens != OPENS_NOTHING;
    // A new number that opens nothing while an IKE SA stands is a child whose opening line the daemon does
    // not write.
    const unsigned phase_1 = 1u << CP_IKE_VERSION | 1u << CP_P1_CIPHER | 1u << CP_PSK | 1u << CP_ID;
    if (t->daemon->apart
            ? t->named.number[SLOT_CHILD] != UINT64_MAX
            : is_child_line(t) || (!opens && likely_parent(tunnel) && !speaks_of(t->event, phase_1))) {
        g = open_child(t, tunnel);
    } else {
        g = nego_new(t->n, tunnel, NEGO_IKE, t->line);
        tunnel->attempts++;
        if (opens && t->daemon->pending)
            adopt_pending(t, g);
    }
    g->partial = !opens;
    if (key) {
        number_set(t->n, g, key);
        g->serial = (uint32_t)(t->named.number[SLOT_CHILD] != UINT64_MAX ? t->named.number[SLOT_CHILD]
                                                                         : t->named.number[SLOT_SERIAL]);
    }
    return g;
}

static bool
saw_message(const struct taking *t, const struct nego *g)
{
    for (uint16_t i = 0; i < g->event_count; i++)
        if (event_message(t->n->knowledge, &g->events[i]) == t->message)
            return true;
    return false;
}

// A number that was in use and opens anew belongs to a daemon that was restarted without saying so.
static bool
begins_again(const struct taking *t, const struct nego *g)
{
    if (!t->event || t->event->opens == OPENS_NOTHING || !(g->ending != END_NONE || g->established))
        return false;
    return saw_message(t, g);
}

// What a negotiation is called whose connection the log does not name: after its peer.
static struct str
nameless(const struct taking *t)
{
    if (t->named.slot[SLOT_PEER].len)
        return t->named.slot[SLOT_PEER];
    if (t->daemon->pending)
        return t->daemon->pending->tunnel->peer;
    return t->daemon->nameless ? t->daemon->nameless->name : STR("unnamed");
}

// What the thread worked on without a number gets its number now.
static struct nego *
now_numbered(struct taking *t, uint64_t key)
{
    struct nego *g = thread_busy(t->daemon, t->named.number[SLOT_THREAD], t->line);
    if (!g || g->serial != 0)
        return NULL;
    number_set(t->n, g, key);
    g->serial = (uint32_t)t->named.number[SLOT_SERIAL];
    return g;
}

// The negotiation of a numbered line; conn may be empty, when the daemon does not name connections.
static struct nego *
find_nego(struct taking *t, struct str conn)
{
    bool child_space = t->named.number[SLOT_CHILD] != UINT64_MAX;
    uint64_t number = t->named.number[child_space ? SLOT_CHILD : SLOT_SERIAL];
    uint64_t key = number_key(t->daemon, number, child_space);
    struct nego *g = number_find(t->n, key);
    if (g && begins_again(t, g))
        g = NULL;
    if (g && (conn.len == 0 || tunnel_is(g->tunnel, conn, t->named.slot[SLOT_INSTANCE])))
        return g;
    struct tunnel *named = t->ike && !conn.len ? t->ike->tunnel
                                               : tunnel_named(t->n, t->daemon, conn.len ? conn : nameless(t),
                                                              t->named.slot[SLOT_INSTANCE]);
    if (!conn.len && !t->ike)
        t->daemon->nameless = named;
    if (!g && !child_space && !(t->event && t->event->opens == OPENS_IKE))
        g = now_numbered(t, key);
    if (g && g->tunnel != named)
        move_nego(t->n, g, named);
    if (!g) {
        g = open_nego(t, named, key);
        note_rekey(t, g);
    }
    return g;
}

static void
take_ending(struct taking *t, struct nego *g, struct tunnel *tunnel)
{
    enum ending ending = t->event ? t->event->ends : END_NONE;
    if (ending == END_NONE)
        return;
    if (t->named.number[SLOT_TARGET] != UINT64_MAX) {
        struct nego *target = number_find(t->n, number_key(t->daemon, t->named.number[SLOT_TARGET], false));
        if (target && target != g) {
            book(t, target);
            end_nego(target, ending, t->line);
        } else if (target) {
            end_nego(target, ending, t->line);
        } else {
            tunnel->ended = ending; // its beginning is not in this log
            tunnel->ended_line = t->line->number;
        }
        return;
    }
    if (ending == END_LOST || !g)
        end_tunnel(tunnel, ending, t->line);
    if (!g)
        return;
    end_nego(g, ending, t->line);
    if (!g->established && !g->child)
        nego_settle(t->n, g);
}

// What is said of a connection, or of the daemon, outside any attempt.
static void
note(struct taking *t, struct nego **at, struct tunnel *tunnel)
{
    if (!*at) {
        *at = nego_new(t->n, tunnel, NEGO_CONFIG, t->line);
        (*at)->fact[FACT_IKE] = IKE_UNKNOWN;
    }
    struct event_line e = event_line(t, *at);
    if (t->event && t->event->loads && tunnel)
        set_facts(*at, t);
    append(*at, &e, text_hash(t));
    touch(*at, t->line);
}

// A peer for whom no connection was named: his lines wait for the answer that names one, a refusal ends the
// attempt.
static struct tunnel *
take_stranger(struct taking *t)
{
    struct str peer = t->named.slot[SLOT_PEER];
    bool refused = t->event && t->event->ends != END_NONE;
    struct tunnel *tunnel = refused ? tunnel_by_peer(t->n, t->daemon->source, peer) : NULL;
    if (!tunnel)
        tunnel = tunnel_stranger(t->n, t->daemon, peer);
    struct nego *g = tunnel->newest;
    bool again = g && g->stranger && g->ending != END_NONE && refused && g->event_count &&
                 event_message(t->n->knowledge, &g->events[g->event_count - 1]) == t->message;
    if (again || (g && g->stranger && g->ending == END_NONE)) {
        tunnel->attempts += again;
    } else {
        g = nego_new(t->n, tunnel, NEGO_IKE, t->line);
        g->stranger = true;
        g->fact[FACT_ROLE] = ROLE_RESPONDER;
        tunnel->attempts++;
    }
    book(t, g);
    tunnel_touch(tunnel, t->line);
    take_ending(t, g, tunnel);
    t->daemon->pending = g->ending == END_NONE ? g : NULL;
    return tunnel;
}

static struct tunnel *
take_daemon(struct taking *t)
{
    note(t, &t->daemon->said, NULL);
    return NULL;
}

// What a line without a number speaks of, in the log of a daemon that names its threads.
static struct nego *
spoken_of(const struct taking *t)
{
    struct str peer = t->named.slot[SLOT_PEER];
    struct nego *busy = thread_busy(t->daemon, t->named.number[SLOT_THREAD], t->line);
    if (t->event && t->event->opens == OPENS_IKE && busy &&
        (busy->established || busy->ending != END_NONE || saw_message(t, busy)))
        return NULL; // another one begins
    if (busy && (!peer.len || !busy->tunnel->peer.len || str_eq(busy->tunnel->peer, peer)) &&
        (busy->ending == END_NONE || !t->event || !peer.len))
        return busy;
    if (!peer.len && t->event && (t->event->repeats || t->event->ends != END_NONE)) {
        struct nego *waits = thread_latest(t->daemon, STR_NONE, true);
        return waits ? waits : thread_latest(t->daemon, STR_NONE, false);
    }
    struct nego *latest = thread_latest(t->daemon, peer, peer.len > 0);
    if (!latest && peer.len)
        latest = thread_latest(t->daemon, peer, false);
    if (!peer.len || (latest && latest->ending == END_NONE))
        return latest;
    const struct tunnel *tunnel = tunnel_by_peer(t->n, t->daemon->source, peer);
    return tunnel ? tunnel->ike : NULL;
}

// Says the line something about an attempt, so that one may begin with it?
static bool
speaks(const struct event *e)
{
    return e && !e->loads && !e->restart && e->statement_count > 0;
}

// A line without a number, in the log of a daemon that names its threads. NULL: it is about no attempt.
static struct nego *
take_threaded(struct taking *t)
{
    struct str conn = t->named.slot[SLOT_CONN];
    if (t->event && (t->event->loads || t->event->restart))
        return NULL;
    struct nego *g = spoken_of(t);
    if (!g) {
        if (!speaks(t->event))
            return NULL;
        const struct nego *busy = thread_busy(t->daemon, t->named.number[SLOT_THREAD], t->line);
        struct str peer = busy && !t->named.slot[SLOT_PEER].len ? busy->tunnel->peer : STR_NONE;
        struct str name = conn.len ? conn : peer.len ? peer : nameless(t);
        struct tunnel *tunnel = tunnel_named(t->n, t->daemon, name, STR_NONE);
        tunnel_set_peer(t->n, tunnel, peer);
        g = nego_new(t->n, tunnel, NEGO_IKE, t->line);
        g->partial = true;
        tunnel->attempts++;
    } else if (conn.len && !tunnel_is(g->tunnel, conn, STR_NONE)) {
        move_nego(t->n, g, tunnel_named(t->n, t->daemon, conn, STR_NONE));
    }
    return g;
}

struct tunnel *
negos_take(struct negos *n, int log, int source, const struct line *line, const struct msg *msg)
{
    struct taking t = {.n = n, .line = line, .msg = msg, .message = msg->message, .source = source};
    t.event = t.message->event < 0 ? NULL : &n->knowledge->events[t.message->event];
    t.daemon = daemon_get(n, log, msg->dialect, line);
    gather(&t);
    if (t.event && t.event->restart)
        daemon_restart(n, t.daemon);
    struct str conn = t.named.slot[SLOT_CONN];
    bool numbered = t.named.number[SLOT_SERIAL] != UINT64_MAX || t.named.number[SLOT_CHILD] != UINT64_MAX;
    if (t.daemon->threads && t.named.number[SLOT_SERIAL] == UINT64_MAX)
        t.ike = take_threaded(&t);
    if (!conn.len && !numbered && !t.ike)
        return t.named.slot[SLOT_PEER].len ? take_stranger(&t) : take_daemon(&t);
    struct tunnel *tunnel = NULL;
    struct nego *g = NULL;
    if (numbered) {
        g = find_nego(&t, conn);
        tunnel = g->tunnel;
        book(&t, g);
    } else if (t.ike) {
        g = t.ike;
        tunnel = g->tunnel;
        book(&t, g);
    } else if (conn.len) {
        tunnel = tunnel_named(n, t.daemon, conn, t.named.slot[SLOT_INSTANCE]);
        note(&t, &tunnel->config, tunnel);
    } else {
        return take_daemon(&t);
    }
    tunnel_touch(tunnel, line);
    tunnel_set_peer(n, tunnel, t.named.slot[SLOT_PEER]);
    if (t.named.slot[SLOT_LOCAL].len && !tunnel->local.len)
        tunnel->local = arena_str(&n->arena, t.named.slot[SLOT_LOCAL]);
    if (g)
        thread_note(t.daemon, t.named.number[SLOT_THREAD], g, line);
    take_ending(&t, g, tunnel);
    return tunnel;
}
