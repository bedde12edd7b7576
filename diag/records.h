// What a gateway says of its own state: the output of commands that list connections, SAs with their
// counters, kernel policies, routes, settings, sockets, NAT and filter rules. Such a source is read by the
// dialects whose pack says `state: yes`; a line begins a record or adds to the one before it. Judged beside
// the log of the same gateway: counters prove traffic, and evidence of a fault turns a suspicion
// about updown into a failure.
//
// Inside of diag only: diag.c feeds it and asks it to weigh a judged tunnel.
#ifndef IKEWALK_DIAG_RECORDS_H
#define IKEWALK_DIAG_RECORDS_H

#include "diag/judge.h"
#include "diag/quote.h"

#define RECORDS_MOST 50000      // of all sources; more are counted
#define RECORD_VALUES_MOST 1000 // of one record; more are counted

struct record_value {
    struct record_value *next;
    struct str key, text;
    uint32_t line; // index into the lines of the state
};

struct record {
    enum record_kind kind;
    uint8_t source;
    uint8_t end;                        // which gateway
    uint32_t line;                      // its first
    struct record_value *values, *last; // in the order of their lines
    size_t value_count;
};

struct records {
    struct arena arena;
    struct record *records;
    size_t record_count, record_room;
    struct event_line *lines;
    size_t line_count, line_room;
    bool full;         // a record was left out, and what joins it will be
    uint64_t left_out; // records beyond RECORDS_MOST, and lines of one beyond RECORD_VALUES_MOST
};

void records_release(struct records *s);
// Takes one read line, in this dialect, of a source that belongs to a gateway (end). Copies what it keeps.
void records_take(struct records *s, const struct dialect *dialect, int end, int source,
                  const struct line *line, const struct msg *msg);

// A connection with what the parts that it names (and those that all of its source share) add where it says
// nothing itself; in the arena.
const struct record *records_whole(const struct records *s, const struct record *connection,
                                   struct arena *arena);
// A connection as two places tell of it, for example what is loaded and what stands in its file: what the
// first does not say is taken from the second.
const struct record *records_joined(const struct record *a, const struct record *b, struct arena *arena);
// The same connection from its other side: what was ours is the peer's.
const struct record *records_turned(const struct record *connection, struct arena *arena);
// What a line of a configuration said, see quote_values.
const struct said *records_values(const struct records *s, const struct event_line *e, struct arena *arena);
// A value of a record by its key, or NULL; its text, empty; its leading number (units behind it are passed).
const struct record_value *record_get(const struct record *r, const char *key);
struct str record_text(const struct record *r, const char *key);
uint64_t record_number(const struct record *r, const char *key, bool *known);

// What the state says of one tunnel. Empty: not known.
struct record_facts {
    struct str flow;       // both, out-only, in-only, none: the bytes that its SAs have carried
    struct str grows;      // the same of two readings of the counters
    struct str grown;      // a counter of the gateway's drops that grew between two readings
    struct str own_source; // what packets of the gateway itself come from, outside of our networks
    struct str fault;      // policy, overlap, route, nat-before-ipsec, forwarding, firewall, reverse-path,
                           // esp-firewall
    struct str detail;     // of the fault: the device, the setting, the rule
    struct str unlike;     // in what the configured connection differs from what the peer asked: version,
                           // exchange, auth, id
    const struct record *connection; // as configured
    const struct record *child;      // as it stands, when it is the only one with the peer
};
// Weighs the state of its gateway in a judged tunnel: lines become proofs of updown and traffic, whose states
// may change, and what is configured stands beside what the log says of the checkpoint where it is stuck. f
// gives the values of the log, and takes what the state adds to them (f->state, in its arena).
void records_weigh(struct facts *f, struct judged *j);

#endif
