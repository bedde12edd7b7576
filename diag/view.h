// What the core concluded, as plain read-only data: reports print it, screens draw it. Made by diag/diag.c in
// an arena of its own, so a view stays valid and unchanged while the log goes on growing. Texts from the log
// in here are raw: whoever shows them passes them through text_safe.
#ifndef IKEWALK_DIAG_VIEW_H
#define IKEWALK_DIAG_VIEW_H

#include "diag/rules.h"

// One line as proof.
struct proof {
    int source;
    uint64_t line; // from 1 in the decompressed source; 0: not counted (diag_uncounted)
    uint64_t offset;
    int64_t time;
    bool year_known;
    struct str text; // the whole line as logged
    size_t body;     // where the message begins in text
    uint64_t count;  // this line and its repeats
    int64_t last_time;
    bool deciding; // the line that fixes the state of its checkpoint
};

// A named value; several texts when the log gave several (two refused transforms).
struct value {
    struct str key;
    const struct str *text;
    size_t count;
    int proof; // index of the line it was read from in the same rung, or -1 when it was computed
};

struct rung {
    enum checkpoint checkpoint;
    enum state state;
    enum basis basis;
    const struct value *values;
    size_t value_count;
    const struct proof *proofs;
    size_t proof_count;
};

// Steps and texts of a finding with the values filled in.
struct step_view {
    enum where where;
    struct str act, command, expect; // command may be empty, may hold several lines
    bool weak;
    bool instead;   // of the step before
    bool other_log; // read the other gateway's log
};
struct finding_view {
    const struct finding *rule;
    enum checkpoint checkpoint;
    enum severity severity; // a mended failure is a note whatever the rule says
    enum certainty certainty;
    bool mended;
    struct str title, explanation;
    const struct str *unknown;
    size_t unknown_count;
    const struct value *values;
    size_t value_count;
    const struct proof *proofs;
    size_t proof_count;
    const struct alternative *alternatives; // cause and the filled-in way to tell it apart
    size_t alternative_count;
    const struct step_view *steps;
    size_t step_count;
    uint64_t attempts; // how many attempts ended like this
};

enum tunnel_state { TUNNEL_UNKNOWN, TUNNEL_UP, TUNNEL_DEGRADED, TUNNEL_DOWN, TUNNEL_STATES };
extern const char *const tunnel_state_word[TUNNEL_STATES];

struct verdict {
    enum checkpoint checkpoint; // CP_NONE: healthy
    enum state state;
    enum certainty certainty;
    const struct finding *finding; // NULL when healthy or nothing known fits
};

// One row of the tunnel list.
struct tunnel_row {
    uint32_t id;     // stable while the case lives; diag_tunnel takes it
    struct str name; // connection, with [instance] when the daemon numbers instances
    struct str peer; // address, empty when never seen
    struct str local;
    struct str host; // from the envelope
    int dialect;
    int source;
    int auth;      // AUTH_... word: with AUTH_SIGNATURE the checkpoint psk asks about certificates
    int ike, role; // IKE_..., ROLE_... words; role 3 is both
    int nat;       // NAT_... word
    bool rekey;    // what is stuck was to replace an SA
    const struct order *order;              // in which the checkpoints of the exchange come
    struct str our_id, bytes_in, bytes_out; // empty: unknown, or not detailed
    enum tunnel_state state;
    struct verdict verdict;
    uint64_t attempts;
    uint64_t lines;
    int64_t first, last;
    bool year_known;
    bool stranger;      // named after its peer: no connection matched
    enum ending ending; // why it is down when no failure is
};

// One attempt, for walking through them.
struct attempt_row {
    uint32_t serial;
    enum checkpoint stuck; // CP_NONE: came up
    enum state state;
    int role, ike;
    uint64_t first_line, last_line;
    int64_t first, last;
};

struct tunnel_view {
    struct tunnel_row row;
    const struct order *order;
    bool order_seen;                     // else assumed
    struct rung ladder[CP_COUNT];        // in the order of the exchange
    const struct finding_view *findings; // the verdict's finding first, then by severity
    size_t finding_count;
    const struct attempt_row *attempts; // the ones kept whole, oldest first
    size_t attempt_count;
    size_t attempt; // which of them the ladder shows
    uint64_t
        stuck[CP_COUNT + 1]; // failed attempts by where they stopped, older ones included; [CP_NONE]: came up
    struct str start;        // command that lets the daemon try now; empty: not known
};

// What a checkpoint is called in a tunnel with this kind of authentication.
struct str view_title(const struct knowledge *k, enum checkpoint checkpoint, int auth);

struct source_view {
    struct str name, kind;
    const struct str *dialects;
    size_t dialect_count;
    uint64_t lines, bytes;
    uint64_t recognised;     // lines some dialect understood
    uint64_t not_understood; // lines of a dialect's daemon that no message claimed
    uint64_t other;          // lines of other programs, skipped
    uint64_t cut;            // lines longer than LINE_KEEP
    int64_t first, last;
    bool year_known;
    bool complete;
    struct str problem;          // empty: none
    const struct proof *samples; // up to three lines that were not understood
    size_t sample_count;
};

struct view {
    struct arena arena;
    const struct knowledge *knowledge;
    const struct source_view *sources;
    size_t source_count;
    const struct tunnel_row *rows; // worst first, then most recent
    size_t row_count;
    bool detailed;      // there are few enough rows that each was asked for values of its lines
    uint64_t forgotten; // tunnels dropped because there were more than DIAG_TUNNELS
};

#endif
