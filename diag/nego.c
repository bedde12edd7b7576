#include "diag/adopt.h"
#include "diag/diag.h"
#include "diag/job.h"
#include "diag/late.h"
#include "diag/rare.h"
#include "diag/thread.h"

// The state that a line names tells where earlier lines of a log that begins in between stand: what is in its
// first step was never any further, and what stands stood then.
static void
place_earlier(struct nego *g)
{
    const uint8_t stage = g->fact[FACT_STAGE];
    g->way += (uint64_t)g->event_count * stage;
    for (uint16_t i = 0; i < g->event_count; i++) {
        if (stage == STAGE_FIRST)
            g->events[i].stage = STAGE_FIRST;
        else if (stage == STAGE_DONE)
            g->events[i].phase = PHASE_P2;
    }
}

// Puts the line into a negotiation and lets it act there.
static void
book(struct taking *t, struct nego *g)
{
    t->before = g->last_line;
    nego_touch(g, t->line);
    if (t->message->part != PART_NO)
        return;
    if (t->message->child_event >= 0 && (nego_is_child(g) || g->established))
        t->event = &t->n->knowledge->events[t->message->child_event];
    child_after_all(t, g);
    if (t->event && g->kind == NEGO_IKE &&
        (t->event->establishes == OPENS_CHILD || (t->event->opens == OPENS_CHILD && t->daemon->apart)))
        g = child_under(t, g);
    if (nego_is_child(g))
        child_name_parent(t, g);
    // What the daemon writes of a packet comes before what it makes of it.
    if (t->event && t->event->opens == OPENS_IKE && !g->established)
        g->partial = false;
    if (child_give(t, g))
        return;
    bool unplaced = g->partial && g->fact[FACT_STAGE] == STAGE_UNKNOWN && t->msg->meaning.state;
    taking_set_facts(g, t);
    if (unplaced)
        place_earlier(g);
    if (t->msg->meaning.state)
        nego_stood(g, t->line);
    taking_append(t, g, false);
    if (g->kind == NEGO_CHILD) {
        g->strange |= t->event && t->event->refuses_networks;
        child_set_apart(t, g);
    }
    if (t->event && t->event->establishes != OPENS_NOTHING)
        nego_establish(g, t->event->establishes, t->line);
    if (t->event && t->event->establishes == OPENS_IKE)
        child_inherit(t, g);
}

// A replacement of something that stood, or of a replacement that did not come up, is a re-key. What a log
// that begins behind it does not show may have stood, or was one more attempt.
static void
note_rekey(struct taking *t, struct nego *g)
{
    uint64_t old = t->named->number[SLOT_REPLACES];
    if (old == UINT64_MAX)
        return;
    const struct nego *before = number_find(t->n, number_key(t->daemon, old, false));
    if (!before || before == g) {
        if (!nego_is_child(g))
            g->fact[FACT_REKEY] = REKEY_MAYBE;
        return;
    }
    // What was given up is not renewed: a new attempt follows.
    if (before->ending == END_TIMEOUT && !before->tunnel->ever_up)
        return;
    g->fact[FACT_REKEY] = before->established || before->partial ? REKEY_YES : before->fact[FACT_REKEY];
}

static struct nego *
open_nego(struct taking *t, struct tunnel *tunnel, uint64_t key)
{
    struct nego *g;
    bool opens = t->event && t->event->opens != OPENS_NOTHING;
    // A new number that opens nothing while an IKE SA stands is a child whose opening line the daemon does
    // not write.
    const unsigned phase_1 = 1u << CP_IKE_VERSION | 1u << CP_P1_CIPHER | 1u << CP_PSK | 1u << CP_ID;
    bool of_ike = t->event && (t->event->about == OPENS_IKE || event_speaks_of(t->event, phase_1));
    if (t->daemon->apart ? t->named->number[SLOT_CHILD] != UINT64_MAX
                         : child_is_meant(t) || (!opens && child_likely_parent(tunnel) && !of_ike)) {
        g = child_open(t, tunnel);
    } else {
        if (opens)
            adopt_refused(t, tunnel);
        g = nego_new(t->n, tunnel, NEGO_IKE, NULL, t->line);
        tunnel->attempts++;
        if (opens && t->daemon->pending)
            adopt_pending(t, g);
    }
    g->partial = !opens;
    if (key) {
        number_set(t->n, g, key);
        g->serial = number_shown(t->named->number[SLOT_CHILD] != UINT64_MAX ? t->named->number[SLOT_CHILD]
                                                                            : t->named->number[SLOT_SERIAL]);
        child_adopt(t, g);
    }
    return g;
}

// A number that was in use and opens anew belongs to a daemon that was restarted without saying so.
static bool
begins_again(const struct taking *t, const struct nego *g)
{
    if (!t->event || t->event->opens == OPENS_NOTHING || !(g->ending != END_NONE || g->established))
        return false;
    return taking_saw(t, g);
}

// What a negotiation is called whose connection the log does not name: after its peer.
static struct str
nameless(const struct taking *t)
{
    if (t->named->slot[SLOT_PEER].len)
        return t->named->slot[SLOT_PEER];
    if (t->daemon->pending)
        return t->daemon->pending->tunnel->peer;
    return t->daemon->nameless ? t->daemon->nameless->name : TUNNEL_UNNAMED;
}

// What the thread worked on without a number gets its number now, unless that is of another peer.
static struct nego *
now_numbered(struct taking *t, uint64_t key)
{
    struct nego *g = thread_busy(t->daemon, t->named->number[SLOT_THREAD], t->line);
    struct str peer = t->named->slot[SLOT_PEER];
    if (!g || g->serial != 0)
        return NULL;
    struct str its = g->rare && g->rare->peer.len ? g->rare->peer : g->tunnel->peer;
    if (peer.len && its.len && !str_eq(peer, its))
        return NULL;
    number_set(t->n, g, key);
    g->serial = number_shown(t->named->number[SLOT_SERIAL]);
    return g;
}

// The negotiation of a line whose number is not yet that of one with this name; g has the number, or NULL.
RARE static struct nego *
find_named(struct taking *t, struct str conn, uint64_t key, struct nego *g)
{
    bool child_space = t->named->number[SLOT_CHILD] != UINT64_MAX;
    const struct tunnel *again = NULL; // the same number tries again
    uint8_t nat = 0;
    if (g && begins_again(t, g)) {
        struct nego *begun = adopt_begun(t, g);
        if (begun)
            return begun;
        again = g->tunnel;
        nat = g->fact[FACT_NAT];
        g = NULL;
    }
    bool opens_ike = t->event && t->event->opens == OPENS_IKE;
    if (!g && !child_space && !opens_ike && (g = now_numbered(t, key)) && !conn.len)
        return g;
    struct tunnel *named = t->ike && !conn.len ? t->ike->tunnel
                                               : tunnel_named(t->n, t->daemon, conn.len ? conn : nameless(t),
                                                              t->named->slot[SLOT_INSTANCE]);
    if (!conn.len && !t->ike)
        t->daemon->nameless = named;
    struct nego *given_up = thread_gave_up(t);
    if (given_up)
        nego_move(t->n, given_up, named);
    if (g && g->tunnel != named)
        nego_move(t->n, g, named);
    if (!g && !child_space && (g = adopt_continued(t, named)))
        number_lend(t->n, g, key);
    if (!g) {
        g = open_nego(t, named, key);
        note_rekey(t, g);
        if (again == named) // NAT that was found is not told anew
            g->fact[FACT_NAT] = nat;
    }
    return g;
}

// The negotiation of a numbered line; conn may be empty, when the daemon does not name connections.
static struct nego *
find_nego(struct taking *t, struct str conn)
{
    bool child_space = t->named->number[SLOT_CHILD] != UINT64_MAX;
    uint64_t number = t->named->number[child_space ? SLOT_CHILD : SLOT_SERIAL];
    uint64_t key = number_key(t->daemon, number, child_space);
    struct nego *g = t->daemon->current;
    if (!g || g->key != key)
        g = number_find(t->n, key);
    if (!g || begins_again(t, g))
        return find_named(t, conn, key, g);
    if (!conn.len)
        child_come_home(t, g);
    else if (!tunnel_is(g->tunnel, conn, t->named->slot[SLOT_INSTANCE]) &&
             (t->named->slot[SLOT_INSTANCE].len || !tunnel_is_instance(g->tunnel, conn)))
        return find_named(t, conn, key, g);
    return g;
}

// Ends the line something? Few do.
static bool
ends(const struct taking *t)
{
    return t->event && t->event->ends != END_NONE;
}

static void
take_ending(struct taking *t, struct nego *g, struct tunnel *tunnel)
{
    const enum ending ending = t->event->ends;
    if (t->named->number[SLOT_TARGET] != UINT64_MAX) {
        struct nego *target = number_find(t->n, number_key(t->daemon, t->named->number[SLOT_TARGET], false));
        // Only an IKE SA that stands carries the peer's word about another one.
        if (ending == END_PEER && g && g != target && g->kind == NEGO_IKE && g->partial && !g->established)
            nego_establish(g, OPENS_IKE, t->line);
        if (target && target != g) {
            book(t, target);
            nego_end(target, ending, t->line);
        } else if (target) {
            nego_end(target, ending, t->line);
        } else {
            if (g && !g->serial && g->kind == NEGO_IKE) { // this is the only line with its number
                nego_end(g, ending, t->line);
                return;
            }
            tunnel->ended = ending; // its beginning is not in this log
            tunnel->ended_line = t->line->number;
        }
        return;
    }
    // The peer asks for the end of a child that the line does not number: the line that takes it down does.
    if (ending == END_PEER && t->event->about == OPENS_CHILD && g && g->kind == NEGO_IKE) {
        if (tunnel->live || g->partial) { // in a log that begins behind it nobody saw it come up
            tunnel->ended = ending;
            tunnel->ended_line = t->line->number;
        }
        return;
    }
    if (ending == END_LOST || !g)
        tunnel_end(tunnel, ending, t->line);
    if (!g)
        return;
    nego_end(g, ending, t->line);
    if (!g->established && !g->child)
        nego_settle(t->n, g);
}

// What is said of a connection, or of the daemon, outside any attempt.
static void
note(struct taking *t, struct nego **at, struct tunnel *tunnel)
{
    if (!*at) {
        *at = nego_new(t->n, tunnel, NEGO_CONFIG, NULL, t->line);
        (*at)->fact[FACT_IKE] = IKE_UNKNOWN;
    }
    if (t->message->part != PART_NO)
        return;
    taking_append(t, *at, false);
    if (t->event && t->event->loads && tunnel)
        taking_set_facts(*at, t);
    nego_touch(*at, t->line);
}

static struct nego *
begin_partial(struct taking *t, struct tunnel *tunnel)
{
    struct nego *g = nego_new(t->n, tunnel, NEGO_IKE, NULL, t->line);
    g->partial = true;
    tunnel->attempts++;
    return g;
}

// Of a daemon that names its connections and leaves the numbers out: a line that begins an attempt begins
// one, and the others belong to what was begun so. NULL: it is about the connection.
static struct nego *
take_numberless(struct taking *t, struct tunnel *tunnel)
{
    const struct event *e = t->event;
    if (e && (e->loads || e->restart))
        return NULL;
    struct nego *g = tunnel->newest;
    if (e && e->begins) {
        while (g && g->kind != NEGO_IKE)
            g = g->older;
        return g ? g : begin_partial(t, tunnel);
    }
    while (g && (g->kind != NEGO_IKE || g->serial || g->stranger || g->ending != END_NONE))
        g = g->older;
    if (e && e->opens == OPENS_IKE && e->statement_count && (!g || taking_saw(t, g))) {
        g = nego_new(t->n, tunnel, NEGO_IKE, NULL, t->line);
        tunnel->attempts++;
        if (t->daemon->pending)
            adopt_pending(t, g);
    }
    return g;
}

// Was the last line of a negotiation a refusal?
static bool
ends_refused(const struct knowledge *k, const struct nego *g)
{
    for (uint16_t i = 0; i < g->event_count; i++) {
        const struct event_line *e = &g->events[i];
        const struct event *says = event_of(k, e);
        for (size_t s = 0; says && nego_is_last(g, e) && s < says->statement_count; s++)
            if (says->statements[s].state == ST_FAILED)
                return true;
    }
    return false;
}

// Is this word that goes out the one behind what was said of `before` last? Of a peer that was not told yet
// only where that was a refusal, for words to others go out as well.
static bool
tells_refusal(const struct taking *t, const struct nego *before, struct str peer)
{
    return taking_right_behind(t->line, before) &&
           (before->tunnel->peer.len ? str_eq(before->tunnel->peer, peer)
                                     : ends_refused(t->n->knowledge, before));
}

// A peer for whom no connection was named: his lines wait for the answer that names one, a refusal ends the
// attempt.
RARE static struct tunnel *
take_stranger(struct taking *t)
{
    struct str peer = t->named->slot[SLOT_PEER];
    bool refused = ends(t);
    struct nego *before = t->daemon->current,
                *asked = t->event && t->event->answers ? adopt_answered(t) : NULL;
    bool told = t->msg->meaning.notify >= 0 && !refused && before && tells_refusal(t, before, peer);
    if (asked || told) {
        before = asked ? asked : before;
        bool guessed = asked && (!before->tunnel->peer.len || before->tunnel->peer_guessed);
        tunnel_set_peer(t->n, before->tunnel, peer);
        before->tunnel->peer_guessed |= guessed;
        book(t, before);
        tunnel_touch(before->tunnel, t->line);
        if (nego_asks(before))
            tunnel_asked(t->daemon, before->tunnel);
        return before->tunnel;
    }
    struct tunnel *tunnel = refused ? tunnel_by_peer(t->n, t->daemon->source, peer) : NULL;
    if (!tunnel)
        tunnel = tunnel_stranger(t->n, t->daemon, peer);
    struct nego *g = tunnel->newest;
    bool again = g && g->stranger && g->ending != END_NONE && refused && g->event_count &&
                 event_message(t->n->knowledge, &g->events[g->event_count - 1]) == t->message;
    if (again || (g && g->stranger && g->ending == END_NONE)) {
        tunnel->attempts += again;
        g->again += again;
    } else {
        g = nego_new(t->n, tunnel, NEGO_IKE, NULL, t->line);
        g->stranger = true;
        tunnel->attempts++;
    }
    book(t, g);
    tunnel_touch(tunnel, t->line);
    if (ends(t))
        take_ending(t, g, tunnel);
    t->daemon->pending = g->ending == END_NONE ? g : NULL;
    t->daemon->current = g;
    t->daemon->hindered_count = 0;
    return tunnel;
}

static struct tunnel *
take_daemon(struct taking *t)
{
    struct daemon *d = t->daemon;
    note(t, &d->said, NULL);
    if (t->event && t->event->ends == END_DELETED)
        daemon_stop(t->n, d, t->line);
    if (!t->event || !t->event->hinders)
        return NULL;
    if (d->hindered_count == DAEMON_HINDERED)
        memmove(d->hindered, d->hindered + 1, --d->hindered_count * sizeof *d->hindered);
    struct event_line *e = &d->hindered[d->hindered_count++];
    *e = event_line_of(t->line, t->source);
    e->template = (int16_t)t->msg->template;
    e->dialect = (uint8_t)t->msg->dialect;
    return NULL;
}

static bool
has_tunnel(const struct negos *n, const struct daemon *d)
{
    for (size_t i = 0; i < n->tunnel_count; i++)
        if (n->tunnels[i]->source == d->source && n->tunnels[i]->dialect == d->dialect)
            return true;
    return false;
}

// A line that names nothing, of a daemon that names what it speaks of: it belongs to the lines right before
// it. In an excerpt that names nothing at all it belongs to the one attempt that this is about.
static struct nego *
take_unnamed(struct taking *t)
{
    struct daemon *d = t->daemon;
    struct nego *g = d->current;
    if (d->threads || !taking_speaks(t))
        return NULL;
    if (g)
        return g->tunnel == d->nameless || t->line->number - g->last_line <= UNNAMED_NEAR ? g : NULL;
    if (has_tunnel(t->n, d))
        return NULL;
    d->nameless = tunnel_named(t->n, d, TUNNEL_UNNAMED, STR_NONE);
    g = nego_new(t->n, d->nameless, NEGO_IKE, NULL, t->line);
    g->partial = true;
    d->nameless->attempts++;
    return g;
}

// A line without a number, in the log of a daemon that names its threads. NULL: it is about no attempt.
static struct nego *
take_threaded(struct taking *t, struct nego *told)
{
    struct str conn = t->named->slot[SLOT_CONN];
    if (t->event && (t->event->loads || t->event->restart))
        return NULL;
    struct nego *g = told ? told : thread_speaks_of(t);
    if (!g) {
        if (!taking_speaks(t))
            return NULL;
        const struct nego *busy = thread_busy(t->daemon, t->named->number[SLOT_THREAD], t->line);
        struct str peer = busy && !t->named->slot[SLOT_PEER].len ? busy->tunnel->peer : STR_NONE;
        struct str name = conn.len ? conn : peer.len ? peer : nameless(t);
        struct tunnel *tunnel = tunnel_named(t->n, t->daemon, name, STR_NONE);
        tunnel_set_peer(t->n, tunnel, peer);
        g = begin_partial(t, tunnel);
    } else if (conn.len && !tunnel_is(g->tunnel, conn, STR_NONE)) {
        nego_move(t->n, g, tunnel_named(t->n, t->daemon, conn, STR_NONE));
    } else {
        taking_name(t, g);
    }
    return g;
}

// Remembers between whom it is; g may be NULL.
static void
note_addresses(const struct taking *t, struct nego *g, struct tunnel *tunnel)
{
    struct str peer = t->named->slot[SLOT_PEER], local = t->named->slot[SLOT_LOCAL];
    if (t->event && t->event->redirects)
        tunnel_redirect(t->n, tunnel, peer);
    else
        tunnel_set_peer(t->n, tunnel, peer);
    if (g && g->kind == NEGO_IKE && tunnel_provisional(tunnel))
        nego_set_peer(t->n, g, tunnel->peer, peer);
    if (local.len && !tunnel->local.len)
        tunnel->local = arena_str(&t->n->arena, local);
}

// Gathers what a line names; what the line before named is forgotten. All lines of a log come this way. In
// place: a copy of what was just written is waited for.
static inline __attribute__((always_inline)) void
begin(struct taking *t, struct negos *n, struct daemon *d, int source, const struct line *line,
      const struct msg *msg)
{
    *t = (struct taking){.n = n,
                         .line = line,
                         .msg = msg,
                         .message = msg->message,
                         .event = msg->message->event < 0 ? NULL : &n->knowledge->events[msg->message->event],
                         .daemon = d,
                         .named = n->named,
                         .source = source};
    taking_gather(t);
}

// told: of whom a line speaks that names nobody, or NULL when it is to be found out.
static struct tunnel *
take(struct taking *t, struct nego *told)
{
    struct negos *n = t->n;
    const struct line *line = t->line;
    if (t->event && t->event->restart)
        daemon_restart(n, t->daemon);
    struct str conn = t->named->slot[SLOT_CONN];
    bool numbered = t->named->number[SLOT_SERIAL] != UINT64_MAX || t->named->number[SLOT_CHILD] != UINT64_MAX;
    const bool late = t->daemon->late;
    numbered &= late || !child_is_lost(t);
    // What is loaded, and what a daemon says of itself, is of no attempt.
    const bool apart = t->event && t->event->loads && (conn.len || !t->event->statement_count);
    if (late && !apart)
        t->ike = told ? told : late_find(t);
    else if (t->daemon->threads && t->named->number[SLOT_SERIAL] == UINT64_MAX)
        t->ike = take_threaded(t, told);
    if (!conn.len && !t->ike && (late || !numbered)) {
        if (t->named->slot[SLOT_PEER].len && !late)
            return take_stranger(t);
        t->ike = late ? NULL : take_unnamed(t);
        if (!t->ike)
            return take_daemon(t);
    }
    struct tunnel *tunnel = NULL;
    struct nego *g = NULL;
    if (numbered && !late) {
        g = find_nego(t, conn);
        tunnel = g->tunnel;
        book(t, g);
    } else if (t->ike) {
        g = t->ike;
        tunnel = g->tunnel;
        if (!late || late_tells(t))
            book(t, g);
        else
            nego_touch(g, line);
    } else if (conn.len) {
        tunnel = tunnel_named(n, t->daemon, conn, t->named->slot[SLOT_INSTANCE]);
        g = take_numberless(t, tunnel);
        if (g)
            book(t, g);
        else
            note(t, &tunnel->config, tunnel);
    } else {
        return take_daemon(t);
    }
    tunnel_touch(tunnel, line);
    note_addresses(t, g, tunnel);
    if (g) {
        t->daemon->hindered_count = 0;
        if (nego_asks(g))
            tunnel_asked(t->daemon, g->tunnel);
        thread_note(t, g);
        thread_note_port(t, g);
    }
    if (g && !late)
        t->daemon->current = g;
    // Without a number it is the end of all that stands with the peer.
    if (ends(t))
        take_ending(t, late && t->named->number[SLOT_SERIAL] == UINT64_MAX ? NULL : g, tunnel);
    if (t->message->alone && g && !g->established) {
        nego_end(g, END_REFUSED, line);
        t->daemon->current = NULL;
    }
    return tunnel;
}

static void
take_kept(struct negos *n, struct daemon *d, struct job_line *j, struct nego *told)
{
    struct taking t;
    begin(&t, n, d, j->source, &j->line, &j->msg);
    take(&t, told);
    job_free(j);
}

// Takes what waited for this line.
static void
take_waiting(struct taking *t)
{
    for (struct job_line *j; (j = job_due(t->daemon, t));) {
        take_kept(t->n, t->daemon, j, job_told(j, t));
        begin(t, t->n, t->daemon, t->source, t->line, t->msg);
    }
}

struct tunnel *
negos_take(struct negos *n, int log, int source, const struct line *line, const struct msg *msg)
{
    // Before anything of a tunnel is held; one line opens two at most.
    if (n->tunnel_count + 2 > DIAG_TUNNELS)
        tunnels_forget(n);
    struct taking t;
    begin(&t, n, daemon_get(n, log, msg->dialect, line), source, line, msg);
    if (t.daemon->threads || t.daemon->late) {
        bool waits = job_waits(&t);
        if (t.daemon->waiting)
            take_waiting(&t);
        if (waits) {
            job_keep(&t);
            return NULL;
        }
    }
    return take(&t, NULL);
}

void
negos_take_waiting(struct negos *n)
{
    for (size_t i = 0; i < n->daemon_count; i++) {
        struct daemon *d = &n->daemons[i];
        for (struct job_line *j; (j = job_due(d, NULL));)
            take_kept(n, d, j, NULL);
    }
}
