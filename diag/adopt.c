#include "diag/adopt.h"

#include "diag/thread.h"

// For how long a peer waits for the answer that names its connection, and for how long one that was refused
// may have tried another way.
enum { WAITS_LINES = 32, FALLBACK_SECONDS = 60, FALLBACK_LINES = 40 };

// Has it waited too long? A log that dumps every message writes hundreds of lines within the second.
static bool
waited_long(const struct nego *waiting, const struct line *line)
{
    if (line->number - waiting->last_line <= WAITS_LINES)
        return false;
    return waiting->last == LINE_NO_TIME || line->time == LINE_NO_TIME ||
           line->time - waiting->last > INT64_C(1000000) || line->time < waiting->last;
}

// Begins this gateway by itself, so that it answers nobody?
static bool
begins_here(const struct event *e)
{
    for (size_t i = 0; i < e->setting_count; i++)
        if (e->settings[i].fact == FACT_ROLE)
            return e->settings[i].word == ROLE_INITIATOR;
    return false;
}

void
adopt_pending(struct taking *t, struct nego *g)
{
    struct nego *waiting = t->daemon->pending;
    struct str peer = waiting->tunnel->peer, told = t->named->slot[SLOT_PEER];
    const struct tunnel *own = tunnel_by_peer(t->n, t->daemon->source, peer);
    bool other = told.len ? !str_eq(peer, told) : own && own != g->tunnel;
    bool late = waited_long(waiting, t->line);
    if (!late && (other || begins_here(t->event))) {
        if (!told.len && !own && t->n->name_count == 1 && !g->tunnel->peer.len) { // of no other was heard
            tunnel_set_peer(t->n, g->tunnel, peer);
            g->tunnel->peer_guessed = true;
        }
        return;
    }
    t->daemon->pending = NULL;
    if (late)
        return;
    tunnel_set_peer(t->n, g->tunnel, peer);
    for (uint16_t i = 0; i < waiting->event_count; i++)
        nego_append(t->n->knowledge, g, &waiting->events[i], (uint32_t)i);
    g->first_line = waiting->first_line;
    g->first = waiting->first;
    struct tunnel *left = waiting->tunnel;
    left->attempts--;
    nego_unlink(waiting);
    left->roles = left->newest ? left->roles : 0; // what was read of a role is told of the one that was named
    nego_drop(t->n, waiting);
}

// Was this refused just now?
static bool
is_recent(const struct nego *g, const struct line *line)
{
    if (g->last != LINE_NO_TIME && line->time != LINE_NO_TIME)
        return line->time - g->last <= FALLBACK_SECONDS * INT64_C(1000000);
    return line->number - g->last_line <= FALLBACK_LINES;
}

void
adopt_refused(struct taking *t, struct tunnel *tunnel)
{
    struct str peer = t->named->slot[SLOT_PEER].len ? t->named->slot[SLOT_PEER] : tunnel->peer;
    if (!peer.len || tunnel->stranger || begins_here(t->event))
        return;
    const struct tunnel *from = tunnel_strange(t->n, t->daemon->source, peer);
    struct nego *g = from ? from->newest : NULL;
    if (g && g->stranger && !g->older && g->ending != END_NONE && is_recent(g, t->line) &&
        g != t->daemon->pending)
        nego_move(t->n, g, tunnel);
}

struct nego *
adopt_begun(const struct taking *t, const struct nego *g)
{
    struct nego *begun = g->tunnel->newest;
    bool first = t->event->opens == OPENS_IKE && t->named->number[SLOT_THREAD] != THREAD_UNNAMED;
    bool awaits = begun && begun != g && begun->kind == NEGO_IKE && begun->serial && !begun->established &&
                  begun->ending == END_NONE && !taking_saw(t, begun);
    return first && awaits ? begun : NULL;
}

// What a message itself settles of a fact, 0 when it says nothing of it.
static int
settled(const struct message *m, enum fact fact)
{
    for (size_t i = 0; i < m->setting_count; i++)
        if (m->settings[i].fact == fact)
            return m->settings[i].word;
    return 0;
}

struct nego *
adopt_continued(const struct taking *t, const struct tunnel *tunnel)
{
    struct nego *g = tunnel->newest;
    if (!g || g->kind != NEGO_IKE || g->established || g->ending != END_NONE ||
        (t->event && t->event->opens != OPENS_NOTHING))
        return NULL;
    int role = settled(t->message, FACT_ROLE), stage = g->fact[FACT_STAGE];
    bool goes_on = g->fact[FACT_IKE] == IKE_V2 && settled(t->message, FACT_IKE) == IKE_V2 &&
                   g->fact[FACT_ROLE] == role && settled(t->message, FACT_STAGE) == STAGE_AUTH;
    // Who asks comes with the request, and who answers with the refusal, of which one attempt has one.
    bool asked = role == ROLE_INITIATOR && stage == STAGE_FIRST;
    bool answered = role == ROLE_RESPONDER && stage != STAGE_FIRST && !taking_saw(t, g);
    return goes_on && (asked || answered) ? g : NULL;
}

struct nego *
adopt_answered(const struct taking *t)
{
    struct str peer = t->named->slot[SLOT_PEER];
    struct nego *found[2] = {NULL, NULL}; // of a peer that was not told, and of this one
    unsigned count[2] = {0, 0};
    for (const struct tunnel *own = t->daemon->asked; own && tunnel_right_behind(t->line, own);
         own = own->asked_before) {
        bool told = own->peer.len && !own->peer_guessed, same = str_eq(own->peer, peer);
        if (own->stranger || (told && !same) || !own->newest || !nego_asks(own->newest) ||
            !taking_right_behind(t->line, own->newest))
            continue;
        found[same] = own->newest;
        count[same]++;
    }
    bool known = count[1];
    return count[known] == 1 ? found[known] : NULL;
}

// Does its daemon number children apart? Then they have no connection of their own, and a tunnel is all of an
// IKE SA.
static bool
is_whole(const struct negos *n, const struct tunnel *t)
{
    for (size_t i = 0; i < n->daemon_count; i++) {
        const struct daemon *d = &n->daemons[i];
        if (d->source == t->source && d->dialect == t->dialect && str_eq(d->host, t->host))
            return d->apart;
    }
    return false;
}

// Did the other end ask for a child under a connection of its own, that has none but such and no child that
// stands? What was set apart here may be the answer to that.
static bool
asked_apart(const struct negos *n, const struct tunnel *apart)
{
    for (size_t i = 0; i < n->tunnel_count; i++) {
        const struct tunnel *t = n->tunnels[i];
        const struct nego *g = t->newest;
        if (t->source != apart->source && !t->stranger && g && nego_is_child(g) && !t->live &&
            (!g->parent || g->parent->tunnel != t) && g->fact[FACT_ROLE] != ROLE_RESPONDER && !is_whole(n, t))
            return true;
    }
    return false;
}

// The tunnel to which the only negotiation of this one belongs after all: that of its IKE SA, or the one
// named tunnel of the peer, where the daemon begins anew with that peer. NULL: none.
static struct tunnel *
belongs_to(const struct negos *n, const struct tunnel *apart)
{
    const struct nego *g = apart->newest;
    if (!g || g->older)
        return NULL;
    if (nego_is_child(g))
        return apart->stranger && g->parent && is_whole(n, apart) && !asked_apart(n, apart)
                   ? g->parent->tunnel
                   : NULL;
    bool nameless = g->kind == NEGO_IKE && !apart->ever_up && !g->established &&
                    g->fact[FACT_ROLE] == ROLE_RESPONDER && str_eq(apart->name, apart->peer);
    return nameless ? tunnel_own(n, apart->source, apart->peer) : NULL;
}

void
adopt_set_apart(struct negos *n)
{
    for (size_t i = 0; i < n->tunnel_count; i++) {
        struct tunnel *apart = n->tunnels[i], *own = belongs_to(n, apart);
        struct nego *g = apart->newest;
        if (!own || own == apart || own->stranger || !own->newest || own->newest->first_line > g->first_line)
            continue;
        if (nego_is_child(g))
            apart->attempts -= apart->attempts > 0;
        nego_move(n, g, own);
    }
}
