// The tables behind nego.h: daemons, tunnels by name and by peer.
#include "diag/diag.h"
#include "diag/job.h"
#include "diag/thread.h"

#include <stdlib.h>

void
negos_init(struct negos *n, const struct knowledge *knowledge, const struct msgs *msgs)
{
    *n = (struct negos){.knowledge = knowledge, .msgs = msgs, .next_id = 1, .named = named_new()};
}

void
negos_release(struct negos *n)
{
    for (size_t i = 0; i < n->daemon_count; i++)
        jobs_drop(&n->daemons[i]);
    nego_blocks_free(n);
    free(n->tunnels);
    free(n->names);
    free(n->peers);
    free(n->numbers);
    free(n->daemons);
    free(n->named);
    arena_release(&n->arena);
    *n = (struct negos){0};
}

static void
daemon_hash(struct daemon *d)
{
    uint64_t seed = ((uint64_t)d->source << 40) ^ ((uint64_t)d->dialect << 32);
    d->place = str_hash(d->host, seed);
    d->hash = str_hash(d->host, (seed ^ d->epoch) * 0x9e3779b97f4a7c15u);
}

static bool
has_slot(const struct template *templates, size_t count, enum slot_name slot)
{
    for (size_t i = 0; i < count; i++)
        if (tmpl_has_slot(templates[i].tmpl, slot))
            return true;
    return false;
}

// What the dialect tells of all its daemons.
static void
daemon_ways(struct negos *n, struct daemon *d)
{
    const struct dialect *speaks = &n->knowledge->dialects[d->dialect];
    d->late = speaks->late;
    d->apart = has_slot(speaks->templates, speaks->template_count, SLOT_CHILD);
    for (size_t i = 0; i < speaks->prefix_count && !d->threads; i++)
        if (has_slot(speaks->prefixes[i].templates, speaks->prefixes[i].count, SLOT_THREAD))
            d->threads = arena_take(&n->arena, sizeof *d->threads);
}

static inline bool
is_of(const struct daemon *d, int source, int dialect, const struct line *line)
{
    return d->source == source && d->dialect == dialect && str_eq(d->host, line->host);
}

// Another process number means that it was started anew (R3).
struct daemon *
daemon_find(struct negos *n, int source, int dialect, const struct line *line)
{
    n->writer = line->writer;
    struct daemon *d = n->daemons ? &n->daemons[n->daemon_last] : NULL;
    if (d && !is_of(d, source, dialect, line))
        d = NULL;
    else if (d && d->pid == line->pid && str_eq(d->tag, line->tag))
        return d;
    for (size_t i = 0; n->daemons && i < n->daemon_count && !d; i++)
        if (is_of(&n->daemons[i], source, dialect, line))
            d = &n->daemons[i];
    if (!d) {
        n->daemons = mem_resize(n->daemons, mem_product(n->daemon_count + 1, sizeof *d));
        d = &n->daemons[n->daemon_count++];
        *d = (struct daemon){.source = source, .dialect = dialect, .host = arena_str(&n->arena, line->host)};
        d->pid = line->pid;
        d->tag = arena_str(&n->arena, line->tag);
        daemon_hash(d);
        daemon_ways(n, d);
    }
    n->daemon_last = (size_t)(d - n->daemons);
    // The program that starts a daemon may repeat its lines under a name and number of its own.
    bool same = str_eq(d->tag, line->tag);
    if (line->pid && d->pid && !same)
        return d;
    if (line->pid && d->pid && line->pid != d->pid)
        daemon_restart(n, d);
    if (line->pid) {
        d->pid = line->pid;
        if (!same)
            d->tag = arena_str(&n->arena, line->tag);
    }
    return d;
}

void
daemon_restart(struct negos *n, struct daemon *d)
{
    d->epoch++;
    jobs_drop(d);
    d->hindered_count = 0;
    d->pending = d->making = d->current = NULL;
    daemon_hash(d);
    for (size_t i = 0; i < n->tunnel_count; i++) {
        struct tunnel *t = n->tunnels[i];
        if (t->source != d->source || t->dialect != d->dialect || !str_eq(t->host, d->host))
            continue;
        for (struct nego *g = t->newest; g; g = g->older) {
            number_drop(n, g);
            if (g->ending != END_NONE)
                continue;
            t->standing[nego_is_child(g)] -= nego_stands(g);
            g->ending = END_DELETED;
            tunnel_fell(t, g);
            if (g->established && nego_is_child(g)) {
                t->ended = END_DELETED;
                t->ended_line = g->last_line;
            }
        }
    }
}

// Its numbers stay: it says goodbye to each SA.
void
daemon_stop(const struct negos *n, const struct daemon *d, const struct line *line)
{
    for (size_t i = 0; i < n->tunnel_count; i++) {
        struct tunnel *t = n->tunnels[i];
        if (t->source == d->source && t->dialect == d->dialect && str_eq(t->host, d->host) &&
            (t->standing[0] || t->standing[1]))
            tunnel_end(t, END_DELETED, line);
    }
}

uint64_t
tunnel_key(const struct daemon *d, struct str conn, struct str instance)
{
    uint64_t h = str_hash(conn, d->place);
    return instance.len ? str_hash(instance, h) : h;
}

bool
tunnel_provisional(const struct tunnel *t)
{
    return str_eq(t->name, TUNNEL_UNNAMED) || str_eq(t->name, t->peer);
}

bool
tunnel_is(const struct tunnel *t, struct str conn, struct str instance)
{
    if (!str_starts(t->name, conn))
        return false;
    struct str rest = str_from(t->name, conn.len);
    if (instance.len == 0)
        return rest.len == 0;
    return rest.len == instance.len + 2 && rest.at[0] == '[' &&
           str_same(rest.at + 1, instance.at, instance.len);
}

bool
tunnel_is_instance(const struct tunnel *t, struct str conn)
{
    struct str rest = str_starts(t->name, conn) ? str_from(t->name, conn.len) : STR_NONE;
    return rest.len > 2 && rest.at[0] == '[' && rest.at[rest.len - 1] == ']';
}

static bool
name_is(const struct tunnel *t, const struct daemon *d, struct str conn, struct str instance)
{
    return t->source == d->source && t->dialect == d->dialect && str_eq(t->host, d->host) &&
           tunnel_is(t, conn, instance);
}

static struct tunnel *
tunnel_new(struct negos *n, const struct daemon *d, struct str name, bool stranger)
{
    if (n->tunnel_count == n->tunnel_room) {
        n->tunnel_room = n->tunnel_room ? n->tunnel_room * 2 : 64;
        n->tunnels = mem_resize(n->tunnels, mem_product(n->tunnel_room, sizeof(void *)));
    }
    struct tunnel *t = n->spare_tunnel;
    if (t)
        n->spare_tunnel = t->asked_after;
    else
        t = ARENA_NEW(&n->arena, struct tunnel);
    *t = (struct tunnel){.id = n->next_id++, .host = d->host, .dialect = d->dialect};
    t->name = name.len < TUNNEL_LABEL ? (struct str){memcpy(t->label, name.at, name.len), name.len}
                                      : arena_str(&n->arena, name);
    t->source = d->source;
    t->stranger = stranger;
    t->first = t->last = LINE_NO_TIME;
    n->tunnels[n->tunnel_count++] = t;
    return t;
}

// A slot of an open-addressed table of tunnels: the matching entry's or the first free one's index.
#define TABLE_FIND(table, slots, hash, matches)                                                              \
    size_t at = (hash) & ((slots)-1);                                                                        \
    while ((table)[at] && !(matches))                                                                        \
        at = (at + 1) & ((slots)-1);

static void
names_grow(struct negos *n)
{
    size_t slots = n->name_slots ? n->name_slots * 2 : 256;
    struct tunnel **grown = mem_new(mem_product(slots, sizeof *grown));
    for (size_t i = 0; i < n->tunnel_count; i++) {
        const struct tunnel *t = n->tunnels[i];
        if (t->stranger)
            continue;
        struct daemon d = {.source = t->source, .dialect = t->dialect, .host = t->host};
        daemon_hash(&d);
        struct str conn = t->name, instance = STR_NONE;
        const char *open = conn.len && conn.at[conn.len - 1] == ']' ? memrchr(conn.at, '[', conn.len) : NULL;
        if (open) {
            instance = (struct str){open + 1, (size_t)(conn.at + conn.len - open) - 2};
            conn.len = (size_t)(open - conn.at);
        }
        TABLE_FIND(grown, slots, tunnel_key(&d, conn, instance), false)
        grown[at] = n->tunnels[i];
    }
    free(n->names);
    n->names = grown;
    n->name_slots = slots;
}

void
tunnels_index(struct negos *n)
{
    free(n->names);
    free(n->peers);
    n->names = n->peers = NULL;
    n->name_slots = n->name_count = n->peer_slots = n->peer_count = 0;
    for (size_t i = 0; i < n->tunnel_count; i++)
        n->name_count += !n->tunnels[i]->stranger;
    // names_grow doubles, and all of them must find room in its table.
    for (n->name_slots = 128; n->name_slots <= n->name_count;)
        n->name_slots *= 2;
    names_grow(n);
    for (size_t i = 0; i < n->tunnel_count; i++) {
        struct tunnel *t = n->tunnels[i];
        struct str peer = t->peer;
        bool guessed = t->peer_guessed;
        t->peer = STR_NONE;
        tunnel_set_peer(n, t, peer);
        t->peer_guessed = guessed;
    }
}

struct tunnel *
tunnel_named(struct negos *n, const struct daemon *d, struct str conn, struct str instance)
{
    if (2 * (n->name_count + 1) > n->name_slots)
        names_grow(n);
    TABLE_FIND(n->names, n->name_slots, tunnel_key(d, conn, instance),
               name_is(n->names[at], d, conn, instance))
    if (!n->names[at]) {
        struct buf name = {0};
        buf_add(&name, conn);
        if (instance.len)
            buf_addf(&name, "[%.*s]", STR_ARG(instance));
        n->names[at] = tunnel_new(n, d, buf_str(&name), false);
        buf_release(&name);
        n->name_count++;
    }
    return n->names[at];
}

static uint64_t
peer_hash(int source, struct str peer)
{
    return str_hash(peer, (uint64_t)source + 1);
}

static void
peers_grow(struct negos *n)
{
    size_t slots = n->peer_slots ? n->peer_slots * 2 : 256, count = 0;
    struct tunnel **grown = mem_new(mem_product(slots, sizeof *grown));
    for (size_t i = 0; i < n->peer_slots; i++) {
        if (!n->peers[i])
            continue;
        TABLE_FIND(grown, slots, peer_hash(n->peers[i]->source, n->peers[i]->peer), grown[at] == n->peers[i])
        count += !grown[at];
        grown[at] = n->peers[i];
    }
    free(n->peers);
    n->peer_count = count;
    n->peers = grown;
    n->peer_slots = slots;
}

// What a line that was cut off leaves of an address: digits, and fewer numbers than an address has.
static bool
is_torn(struct str peer)
{
    int dots = 0;
    for (size_t i = 0; i < peer.len; i++) {
        if (peer.at[i] != '.' && (peer.at[i] < '0' || peer.at[i] > '9'))
            return false;
        dots += peer.at[i] == '.';
    }
    return dots < 3;
}

// Entries of one peer stand in a row of the table, so that several tunnels with one peer are seen as several.
// What stands there under an old address stays and is not found any more.
void
tunnel_take_peer(struct negos *n, struct tunnel *t, struct str peer)
{
    if (is_torn(peer))
        return;
    t->peer_guessed = false;
    if (str_eq(t->peer, peer))
        return;
    t->peer = arena_str(&n->arena, peer);
    if (2 * (n->peer_count + 1) > n->peer_slots)
        peers_grow(n);
    TABLE_FIND(n->peers, n->peer_slots, peer_hash(t->source, peer), n->peers[at] == t)
    n->peer_count += !n->peers[at];
    n->peers[at] = t;
}

void
tunnel_asked(struct daemon *d, struct tunnel *t)
{
    if (d->asked == t)
        return;
    if (t->asked_after)
        t->asked_after->asked_before = t->asked_before;
    if (t->asked_before)
        t->asked_before->asked_after = t->asked_after;
    t->asked_before = d->asked;
    t->asked_after = NULL;
    if (d->asked)
        d->asked->asked_after = t;
    d->asked = t;
}

void
tunnel_redirect(struct negos *n, struct tunnel *t, struct str peer)
{
    if (peer.len == 0 || is_torn(peer))
        return;
    t->redirected = true;
    if (str_eq(t->peer, peer))
        return;
    t->peer = STR_NONE;
    tunnel_set_peer(n, t, peer);
}

static struct tunnel *
peer_find(const struct negos *n, int source, struct str peer, bool stranger, bool *several)
{
    struct tunnel *found = NULL;
    *several = false;
    if (!n->peer_slots)
        return NULL;
    for (size_t at = peer_hash(source, peer) & (n->peer_slots - 1); n->peers[at];
         at = (at + 1) & (n->peer_slots - 1)) {
        struct tunnel *t = n->peers[at];
        if (t->source != source || t->stranger != stranger || !str_eq(t->peer, peer))
            continue;
        *several = found && found != t;
        if (*several)
            return found;
        found = t;
    }
    return found;
}

struct tunnel *
tunnel_by_peer(const struct negos *n, int source, struct str peer)
{
    bool several;
    struct tunnel *t = peer_find(n, source, peer, false, &several);
    return several ? NULL : t;
}

const struct tunnel *
tunnel_strange(const struct negos *n, int source, struct str peer)
{
    bool several;
    return peer_find(n, source, peer, true, &several);
}

struct tunnel *
tunnel_own(const struct negos *n, int source, struct str peer)
{
    struct tunnel *found = NULL;
    for (size_t at = n->peer_slots ? peer_hash(source, peer) & (n->peer_slots - 1) : 0;
         n->peer_slots && n->peers[at]; at = (at + 1) & (n->peer_slots - 1)) {
        struct tunnel *t = n->peers[at];
        if (t->source != source || t->stranger || !str_eq(t->peer, peer) || str_eq(t->name, peer))
            continue;
        if (found && found != t)
            return NULL;
        found = t;
    }
    return found;
}

bool
tunnel_followed(const struct negos *n, const struct tunnel *t)
{
    for (size_t at = n->peer_slots ? peer_hash(t->source, t->peer) & (n->peer_slots - 1) : 0;
         n->peer_slots && n->peers[at]; at = (at + 1) & (n->peer_slots - 1)) {
        const struct tunnel *other = n->peers[at];
        if (other != t && other->source == t->source && !other->stranger && str_eq(other->peer, t->peer) &&
            other->newest && other->newest->first_line > t->newest->last_line)
            return true;
    }
    return false;
}

struct tunnel *
tunnel_stranger(struct negos *n, const struct daemon *d, struct str peer)
{
    bool several;
    struct tunnel *t = peer_find(n, d->source, peer, true, &several);
    if (t)
        return t;
    t = tunnel_new(n, d, peer, true);
    tunnel_set_peer(n, t, peer);
    return t;
}

struct nego *
nego_new(struct negos *n, struct tunnel *t, enum nego_kind kind, struct nego *ike, const struct line *line)
{
    if (kind != NEGO_CONFIG)
        tunnel_fold(n, t, ike);
    struct nego *g = nego_blank(n);
    g->kind = kind;
    g->tunnel = t;
    g->first_line = g->last_line = line->number;
    g->first = g->last = line->time;
    if (kind == NEGO_CONFIG)
        return g;
    if (ike) {
        nego_join(g, ike);
        g->fact[FACT_IKE] = ike->fact[FACT_IKE];
        g->fact[FACT_NAT] = ike->fact[FACT_NAT];
    }
    g->stuck = STUCK_OPEN;
    nego_link(g, t);
    return g;
}

void
nego_link(struct nego *g, struct tunnel *t)
{
    g->tunnel = t;
    g->older = t->newest;
    g->newer = NULL;
    *(t->newest ? &t->newest->newer : &t->oldest) = g;
    t->newest = g;
    t->kept++;
    t->standing[nego_is_child(g)] += nego_stands(g);
}

void
tunnel_fell(struct tunnel *t, const struct nego *g)
{
    if (g != t->live && g != t->ike)
        return;
    struct nego **at = g == t->live ? &t->live : &t->ike;
    bool child = g == t->live;
    *at = NULL;
    for (struct nego *o = t->newest; t->standing[child] && o && !*at; o = o->older)
        if (o != g && nego_is_child(o) == child && o->established && o->ending == END_NONE)
            *at = o;
}

void
nego_unlink(struct nego *g)
{
    struct tunnel *t = g->tunnel;
    if (g->held)
        return;
    t->standing[nego_is_child(g)] -= nego_stands(g);
    tunnel_fell(t, g);
    *(g->newer ? &g->newer->older : &t->newest) = g->older;
    *(g->older ? &g->older->newer : &t->oldest) = g->newer;
    g->older = g->newer = NULL;
    t->kept--;
}

void
nego_forget(struct negos *n, struct nego *g)
{
    number_drop(n, g);
    for (size_t i = 0; i < n->daemon_count; i++) {
        struct daemon *d = &n->daemons[i];
        struct nego **const at[] = {&d->pending, &d->making, &d->current};
        for (size_t a = 0; a < sizeof at / sizeof *at; a++)
            if (*at[a] == g)
                *at[a] = NULL;
        thread_forget(d, g);
    }
}

void
nego_join(struct nego *child, struct nego *ike)
{
    child->parent = ike;
    child->way += child->event_count; // what it said before stands elsewhere among the lines of this one
    child->sibling = ike->child;
    ike->child = child;
}

struct nego *
nego_leave(struct nego *child)
{
    struct nego *parent = child->parent;
    if (!parent)
        return NULL;
    struct nego **at = &parent->child;
    while (*at != child)
        at = &(*at)->sibling;
    *at = child->sibling;
    child->parent = NULL;
    return parent;
}

void
nego_drop(struct negos *n, struct nego *g)
{
    nego_forget(n, g);
    struct nego *parent = nego_leave(g);
    for (struct nego *c = g->child; c; c = c->sibling)
        c->parent = NULL;
    nego_give_back(n, g);
    if (parent && parent->held && !parent->child)
        nego_drop(n, parent);
}

void
tunnel_free(struct negos *n, struct tunnel *t)
{
    for (int c = 0; c < CP_COUNT; c++)
        if (t->history[c].sample)
            nego_drop(n, t->history[c].sample);
    for (struct nego *g = t->newest, *older; g; g = older) {
        older = g->older;
        nego_unlink(g);
        nego_drop(n, g);
    }
    if (t->config)
        nego_give_back(n, t->config);
    t->asked_after = n->spare_tunnel;
    n->spare_tunnel = t;
}
