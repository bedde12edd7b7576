// Messages to negotiations: which attempt of which tunnel a line belongs to. Inside of diag only:
// diag.c feeds it in the order of the log, walk.c and judge.c read what it kept.
//
// A negotiation keeps the lines that say something (place and template, never the text), repeats as counts.
// Memory stays flat: of each tunnel the newest negotiations stay whole (fewer of them where there are many
// tunnels, for a machine pays for every page of memory), and for each checkpoint the newest one that failed
// there.
#ifndef IKEWALK_DIAG_NEGO_H
#define IKEWALK_DIAG_NEGO_H

#include "diag/msg.h"

enum {
    NEGO_EVENTS = 64,
    NEGO_OWN = 8,
    NEGO_RECENT = 8,
    NEGO_OPENING = 8,
    TUNNEL_NEGOS = 8,
    TUNNELS_MANY = 10000,
    TUNNEL_NEGOS_OF_MANY = 4,
    TUNNEL_LABEL = 32,
    STUCK_OPEN = 255,
    ORIGINS = CP_ID - CP_P1_CIPHER + 1
};

// One line, or one and its repeats, in a negotiation. A log of 100,000 tunnels keeps two million of them.
struct event_line {
    uint64_t offset;
    uint64_t line : 56; // counts through the members of a rotated set, so that it orders them
    uint64_t phase : 2, stage : 4;
    bool year_known : 1;
    bool shared : 1; // several children were outstanding: it may concern any of them
    int64_t time;
    int32_t span; // to the newest repeat, milliseconds
    uint32_t count;
    int16_t template;
    int16_t notify;      // index into knowledge.notifies, -1: none
    int16_t errno_value; // -1: none
    uint8_t dialect, source;
};
// The place of a line; what the line says is filled in by whoever understood it.
static inline struct event_line
event_line_of(const struct line *line, int source)
{
    return (struct event_line){.offset = line->offset,
                               .line = line->number & UINT64_MAX >> 8,
                               .time = line->time,
                               .count = 1,
                               .source = (uint8_t)source,
                               .year_known = line->year_known};
}

// How long behind a line this moment is, as `span` keeps it; 0 when either is not known.
static inline int32_t
event_span(const struct event_line *e, int64_t time)
{
    if (e->time == LINE_NO_TIME || time == LINE_NO_TIME)
        return 0;
    int64_t span = (time - e->time) / 1000;
    return (int32_t)(span > INT32_MAX ? INT32_MAX : span < INT32_MIN ? INT32_MIN : span);
}

// When it was said last.
static inline int64_t
event_last(const struct event_line *e)
{
    return e->time == LINE_NO_TIME ? LINE_NO_TIME : e->time + e->span * INT64_C(1000);
}

enum nego_kind { NEGO_IKE, NEGO_CHILD, NEGO_CONFIG };

// What only few negotiations have.
struct nego_rare {
    struct event_line alarm; // with alarms, the newest such line, without a message
    // Of an IKE SA that took the place of another: the lines that proved phase 1 cipher, key and identity
    // when the peer was authenticated, for that is not done again (RFC 7296 section 1.3.2). count 0: not
    // known.
    struct event_line origin[ORIGINS];
    struct str peer; // whom an IKE SA was begun with, where its connection has several peers
    uint64_t lent;   // a second key: of the number of its first child, until that stands; 0: none
};

// The fields that every line touches stand first, in one or two cache lines: with many tunnels that is what a
// line costs.
struct nego {
    _Alignas(64) uint64_t key; // in the table of live numbers, 0: not in it
    struct tunnel *tunnel;
    struct event_line *events; // own, while they find room there
    uint16_t event_count, event_room;
    uint8_t fact[FACT_COUNT]; // words of role, ike, auth, nat, stage, rekey
    bool established, stranger, partial;
    bool sampled;       // kept in the history of its tunnel, not in the list
    bool held;          // out of the list; kept only for the sampled children that name it
    bool strange;       // a child whose networks no connection here has
    bool moved;         // the peer's port changed, as it does once when NAT is found
    uint8_t kind;       // enum nego_kind
    uint8_t ending;     // enum ending
    uint8_t stuck;      // CP_... where it failed, worked out while its lines are at hand; STUCK_OPEN before
    uint16_t peer_port; // from where the peer's packets came last; 0: not told
    uint32_t serial;    // 0: the daemon gave it no number of its own
    uint32_t alarms;    // lines that look like errors and were not understood
    uint32_t again;     // further attempts of a stranger that the same line ended: they are not kept apart
    uint32_t recent[NEGO_RECENT]; // marks of the last events, newest at event_count - 1 modulo NEGO_RECENT
    uint64_t way; // hash of what its lines said, in their order; neither place nor time is in it
    uint64_t last_line;
    int64_t last, first;
    uint64_t first_line, established_line;
    struct nego *parent;          // the IKE SA of a child
    struct nego *older, *newer;   // of the same tunnel
    struct nego *child, *sibling; // newest child of an IKE SA, and the next older child of the same one
    struct nego_rare *rare;       // own
    struct event_line own[NEGO_OWN];
};

// A place in the table of live numbers; key 0: free.
struct number {
    uint64_t key;
    struct nego *nego;
};

struct history {
    uint64_t count;      // failed attempts that were counted and dropped, without the sample
    struct nego *sample; // the newest of them, kept whole
};

// What a tunnel is called while nothing names it.
#define TUNNEL_UNNAMED STR("unnamed")

struct tunnel {
    struct str name;
    uint64_t lines, touched; // touched: number of the last line
    int64_t last;
    char label[TUNNEL_LABEL]; // where a short name stands, beside what every line touches
    struct str peer;
    struct nego *newest, *oldest; // negotiations, newest first
    struct nego *live;            // the newest child that stands
    struct nego *ike;             // the newest IKE SA that stands
    uint32_t standing[2];         // how many IKE SAs and children of the list stand
    int64_t first;
    uint32_t id, kept;
    int dialect, source;
    int roles; // bit set of 1 << ROLE_...
    bool stranger, year_known, ever_up;
    bool redirected;   // its peer sent this gateway to another one
    bool peer_guessed; // the peer's address is that of a packet that names no connection
    enum ending ended; // how the last SA ended
    struct str local, host;
    struct nego *config; // what was said of the connection outside any attempt
    uint64_t ended_line, last_up_line;
    uint64_t first_up_line; // 0: it stood before the log began, or never
    uint64_t named; // of a peer without a name: first line of the newest attempt that got one, 0: none
    uint64_t attempts;
    struct tunnel *asked_before, *asked_after; // of the same daemon
    struct history history[CP_COUNT];
};

enum { DAEMON_HINDERED = 3 };

// One daemon's numbering: a process on a host in a source, between two starts.
struct daemon {
    int source, dialect;
    struct str host;
    uint32_t pid, epoch;
    uint64_t hash, place;     // place: the same without the epoch, for a connection outlives a restart
    struct str tag;           // the name under which it wrote pid
    bool apart;               // its dialect numbers children apart from IKE SAs
    bool late;                // it numbers IKE SAs late, see late.h
    struct threads *threads;  // what its threads work on; NULL: its dialect names no threads
    struct job_line *waiting; // lines that wait for one that tells of whom, the oldest first, see job.h
    struct nego *said;        // what it said of itself
    struct event_line hindered[DAEMON_HINDERED]; // the newest lines of what hinders it, the oldest first;
    unsigned hindered_count;                     // none once it negotiates
    struct tunnel *nameless;                     // of the negotiations whose connection is not named
    struct tunnel *asked;                        // the tunnel that asked its peer last, see tunnel_asked
    struct nego *making;                         // without a number yet, of a daemon that numbers late
    struct nego *current;                        // of which it spoke last
    struct nego *pending; // lines of a peer that no connection was named for yet; the next answer adopts them
};

// Where an attempt that went just so got stuck, see nego_settle.
struct settled {
    uint64_t way; // hash of what its lines were, 0: free
    uint8_t stuck;
};
enum { SETTLED = 1024, SETTLED_BESIDE = 4 }; // in groups of 4 that a way may stand in

struct negos {
    const struct knowledge *knowledge;
    const struct msgs *msgs;
    struct arena arena; // names
    struct tunnel **tunnels;
    size_t tunnel_count, tunnel_room;
    struct tunnel **names, **peers; // hash tables, open addressing, by name and by peer
    size_t name_slots, name_count, peer_slots, peer_count;
    struct number *numbers; // hash table, open addressing, by daemon and number
    size_t number_slots, number_count;
    struct daemon *daemons;
    size_t daemon_count;
    size_t daemon_last;
    uint64_t writer;     // of the line that was the last daemon's, see struct line
    struct named *named; // see taking.h
    struct settled settled[SETTLED];
    struct nego_block *blocks;   // all negotiations there ever were, see nego_memory.c
    struct nego *spare;          // dropped ones, linked by `older`, whose event rows are used again
    struct tunnel *spare_tunnel; // likewise, linked by `asked_after`
    uint32_t next_id;
    uint64_t forgotten;
};

// number.c: a key names a number within one daemon's epoch; children numbered apart have a space of their
// own.
uint64_t number_key(const struct daemon *d, uint64_t number, bool child_space);
// Where a key's search begins in a table that is not empty. Its first bits say it: daemons count their
// numbers on, and a product with a golden ratio lays such keys evenly there.
static inline size_t
number_home(const struct negos *n, uint64_t key)
{
    return (size_t)(key >> (__builtin_clzll(n->number_slots) + 1));
}

struct nego *number_find(const struct negos *n, uint64_t key);
// Gives a negotiation its number; one that had it before loses it.
void number_set(struct negos *n, struct nego *g, uint64_t key);
// Gives it a second one (nego_rare), beside its own.
void number_lend(struct negos *n, struct nego *g, uint64_t key);
// Takes its numbers away; it may have none.
void number_drop(struct negos *n, struct nego *g);
// tunnel.c: the tables of daemons and of tunnels. Others ask daemon_get and tunnel_set_peer, below.
struct daemon *daemon_find(struct negos *n, int source, int dialect, const struct line *line);
// Its numbers begin again, and what stood is gone.
void daemon_restart(struct negos *n, struct daemon *d);
// It ends: so does all that stands.
void daemon_stop(const struct negos *n, const struct daemon *d, const struct line *line);
// Where the search for a named tunnel begins in the table of names.
uint64_t tunnel_key(const struct daemon *d, struct str conn, struct str instance);
struct tunnel *tunnel_named(struct negos *n, const struct daemon *d, struct str conn, struct str instance);
// Is the tunnel called so?
bool tunnel_is(const struct tunnel *t, struct str conn, struct str instance);
// Is it an instance of this connection? The last lines of one are often written without its number.
bool tunnel_is_instance(const struct tunnel *t, struct str conn);
// Has it only the name that it got while nothing better was known?
bool tunnel_provisional(const struct tunnel *t);
struct tunnel *tunnel_stranger(struct negos *n, const struct daemon *d, struct str peer);
// Remembers the peer's address; tells tunnel_by_peer about it.
void tunnel_take_peer(struct negos *n, struct tunnel *t, struct str peer);
// The peer sent this gateway to another one.
void tunnel_redirect(struct negos *n, struct tunnel *t, struct str peer);
// The one named tunnel with this peer in the source, or NULL when there is none or several.
struct tunnel *tunnel_by_peer(const struct negos *n, int source, struct str peer);
// That of attempts of this peer for which no connection was named, or NULL.
const struct tunnel *tunnel_strange(const struct negos *n, int source, struct str peer);
// The same of tunnels that are not named after the peer.
struct tunnel *tunnel_own(const struct negos *n, int source, struct str peer);
// Did this peer begin under a name after the last attempt of t?
bool tunnel_followed(const struct negos *n, const struct tunnel *t);
// Makes a child one of this IKE SA.
void nego_join(struct nego *child, struct nego *ike);
// The other way; returns the IKE SA that it belonged to, or NULL.
struct nego *nego_leave(struct nego *child);
// Begins a negotiation in a tunnel; ike: the IKE SA of a child, or NULL. One of the kind NEGO_CONFIG hangs
// elsewhere, and its tunnel may be NULL.
struct nego *nego_new(struct negos *n, struct tunnel *t, enum nego_kind kind, struct nego *ike,
                      const struct line *line);
// Into its tunnel's list as the newest, and out of it.
void nego_link(struct nego *g, struct tunnel *t);
void nego_unlink(struct nego *g);
// It does not stand any more: another one may.
void tunnel_fell(struct tunnel *t, const struct nego *g);
// Takes it out of every table that could still be asked for it.
void nego_forget(struct negos *n, struct nego *g);
void nego_drop(struct negos *n, struct nego *g);
void tunnel_free(struct negos *n, struct tunnel *t);
// nego_memory.c: a blank negotiation, borrowed until it is given back or negos_release.
struct nego *nego_blank(struct negos *n);
void nego_give_back(struct negos *n, struct nego *g);
// Where one more line goes.
struct event_line *nego_room(struct nego *g);
// What only few have, made when it is asked for first.
struct nego_rare *nego_rare(struct nego *g);
void nego_blocks_free(struct negos *n);
// fold.c: works out where it failed while its lines are at hand.
void nego_settle(struct negos *n, struct nego *g);
// Makes room in a tunnel for one more; ike: the IKE SA of what is to come, which stays, or NULL.
void tunnel_fold(struct negos *n, struct tunnel *t, struct nego *ike);
// This tunnel is the one that asked its peer last: a packet that names no connection may be an answer, and
// with many tunnels only those that asked just now can be looked at.
void tunnel_asked(struct daemon *d, struct tunnel *t);
// Keeps the number of tunnels within limits.
void tunnels_forget(struct negos *n);
// Enters all tunnels into fresh tables of names and peers.
void tunnels_index(struct negos *n);

void negos_init(struct negos *n, const struct knowledge *knowledge, const struct msgs *msgs);
void negos_release(struct negos *n);
// Takes one read message of a source; log is the first source of its rotated set. Returns the tunnel it was
// booked to, or NULL when it concerns none or waits for a line that tells of whom it speaks.
struct tunnel *negos_take(struct negos *n, int log, int source, const struct line *line,
                          const struct msg *msg);
// Takes what still waits: nothing comes that would tell.
void negos_take_waiting(struct negos *n);

// The daemon of a line; mostly it is that of the line before.
static inline struct daemon *
daemon_get(struct negos *n, int source, int dialect, const struct line *line)
{
    if (n->writer && n->writer == line->writer) {
        struct daemon *last = &n->daemons[n->daemon_last];
        if (last->source == source && last->dialect == dialect)
            return last;
    }
    return daemon_find(n, source, dialect, line);
}

// What is known for certain stays, so mostly there is nothing to do.
static inline void
tunnel_set_peer(struct negos *n, struct tunnel *t, struct str peer)
{
    if (peer.len && (!t->peer.len || t->peer_guessed))
        tunnel_take_peer(n, t, peer);
}

// The template, message and event (NULL: only informs) of a kept line. Asked for every line of a log, hence
// inline.
static inline const struct template *
event_template(const struct knowledge *k, const struct event_line *e)
{
    return &k->dialects[e->dialect].templates[e->template];
}

static inline const struct message *
event_message(const struct knowledge *k, const struct event_line *e)
{
    return &k->messages[event_template(k, e)->message];
}

static inline int
event_index(const struct knowledge *k, const struct event_line *e)
{
    const struct message *m = event_message(k, e);
    return m->child_event >= 0 && e->phase == PHASE_P2 ? m->child_event : m->event;
}

static inline const struct event *
event_of(const struct knowledge *k, const struct event_line *e)
{
    int event = event_index(k, e);
    return event < 0 ? NULL : &k->events[event];
}

// Is it one of those that its tunnel counts as standing?
static inline bool
nego_stands(const struct nego *g)
{
    return g->established && g->ending == END_NONE && !g->held && !g->sampled;
}

// Has this gateway asked, and waits?
static inline bool
nego_asks(const struct nego *g)
{
    return g->kind == NEGO_IKE && !g->established && g->ending == END_NONE &&
           g->fact[FACT_ROLE] == ROLE_INITIATOR && g->fact[FACT_STAGE] != STAGE_UNKNOWN;
}

static inline bool
nego_is_child(const struct nego *g)
{
    return g->kind == NEGO_CHILD;
}

#endif
