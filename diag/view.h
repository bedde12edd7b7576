// What the core concluded, as plain read-only data: reports print it, screens draw it. Made by diag/diag.c in
// an arena of its own, so a view stays valid and unchanged while the log goes on growing. Texts from the log
// in here are raw: whoever shows them passes them through text_safe.
#ifndef IKEWALK_DIAG_VIEW_H
#define IKEWALK_DIAG_VIEW_H

#include "diag/rules.h"

// So many tunnels before its turn whoever reports all of them says which one comes (diag_soon).
enum { VIEW_SOON = 12 };

// An end of a tunnel where both are at hand.
enum side { SIDE_NONE, SIDE_A, SIDE_B };

// One line as proof.
struct proof {
    enum side side; // whose log it stands in
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
    bool told;     // the other end said it: a word of refusal came in
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
    enum side side; // with both ends at hand: on which of them
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
    enum side side;    // with both ends at hand: whose words these are
};

// How a tunnel was recognised in the log of the other end.
enum paired_by {
    PAIRED_NOT,
    PAIRED_NUMBERS,   // the two ends log the same numbers of an SA, mirrored
    PAIRED_ADDRESSES, // their addresses mirror each other
    PAIRED_TIMES,     // their lines answer each other, and no address speaks against it
};

// How the clock of end B stands to that of end A.
struct clock_view {
    bool known, stated; // stated: by the person
    int64_t offset;     // B = A + offset, microseconds
    int64_t spread;     // give or take
    unsigned pairs;     // of a line and its answer at the other end that it was estimated from
};

enum tunnel_state { TUNNEL_UNKNOWN, TUNNEL_UP, TUNNEL_DEGRADED, TUNNEL_DOWN, TUNNEL_STATES };
extern const char *const tunnel_state_word[TUNNEL_STATES];

struct verdict {
    enum checkpoint checkpoint; // CP_NONE: healthy
    enum state state;
    enum certainty certainty;
    const struct finding *finding; // NULL when healthy or nothing known fits, and in a row without details
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

// One row of the table that compares the two ends.
enum agree { AGREE_UNKNOWN, AGREE_YES, AGREE_NO };
struct compared_side {
    struct str text; // empty: not known
    int source;      // where it stands, -1: it follows from the exchange
    uint64_t line;
};
struct compared {
    struct str title;
    enum checkpoint checkpoint;
    enum agree agree;
    struct compared_side side[2]; // as A and as B have it
};

// A connection as the configurations of both ends have it. Nothing was negotiated: it is a prediction.
struct predicted {
    struct str name[2];         // as A and as B call it
    enum checkpoint checkpoint; // the first at which they cannot agree, CP_NONE: nothing speaks against it
    const struct compared *compared;
    size_t compared_count;
};

// What the log of the other end adds to a tunnel.
struct both_view {
    enum paired_by by; // PAIRED_NOT: the other log shows nothing of this tunnel
    bool same;         // both ends speak of one attempt, and their words are merged
    bool disagree;     // they say the opposite of one answer
    bool silent_other; // the other log covers the time and shows nothing of it
    bool uncovered;    // the other log does not cover the time of the attempt
    bool untold;       // whether what one end sent reached the other is not known
    bool turned;       // end 0 of what follows is B, for only B knows this tunnel
    int decides;       // whose words the verdict takes
    struct clock_view clock;
    uint32_t id; // the tunnel at the other end, 0: none
    struct str name;
    int dialect;             // of the other end, -1: not known
    int source;              // of the other end's tunnel, -1: none
    struct verdict alone[2]; // what each end would say alone
    struct str title[2];     // of its finding, empty: none
    enum tunnel_state state[2];
    const struct compared *compared;
    size_t compared_count;
};

struct tunnel_view {
    struct tunnel_row row;
    const struct both_view *both; // NULL: only one end is at hand
    const struct order *order;
    bool order_seen;                     // else assumed
    struct rung ladder[CP_COUNT];        // in the order of the exchange
    const struct finding_view *findings; // the verdict's finding first, then by severity
    size_t finding_count;
    const struct attempt_row *attempts; // the ones kept whole, oldest first
    size_t attempt_count;
    size_t attempt; // which of them the ladder shows
    uint64_t stuck[CP_COUNT +
                   1]; // attempts by where they stopped, older ones included; [CP_NONE]: without a failure
    uint64_t came_up;  // of those without a failure the ones that stood
    struct str start;  // command that lets the daemon try now; empty: not known
    int peer_dialect;  // of the daemon at the other end, by its log or what it says of itself; -1
    struct str ours, theirs; // networks, of the log or as configured; empty: not known
};

// The rung of a checkpoint; NULL for none of them.
const struct rung *view_rung(const struct tunnel_view *t, enum checkpoint checkpoint);
// The line that fixes the state of a rung, else its last line, or NULL.
const struct proof *view_deciding(const struct proof *proofs, size_t count);

// How a tunnel stands that is down or of which it is not known: in the word of its finding, else in one of
// these two.
struct str view_word(const struct tunnel_row *row, const char *plain, const char *silent);

// What a checkpoint is called in a tunnel with this kind of authentication.
struct str view_title(const struct knowledge *k, enum checkpoint checkpoint, int auth);

// A line of a gateway's state that says how a connection or an SA stands, and what that means.
struct stated {
    struct proof line;
    struct str conn, means;
};

struct source_view {
    struct str name, kind;
    int end; // 0, or 1 for the other end's
    const struct str *dialects;
    size_t dialect_count;
    uint64_t lines, bytes;
    uint64_t recognised;     // lines some dialect understood
    uint64_t not_understood; // lines of a dialect's daemon that no message claimed
    uint64_t other;          // lines of other programs, skipped
    uint64_t before;         // lines before the time that was asked for, skipped
    uint64_t cut;            // lines longer than LINE_KEEP
    int64_t first, last;
    bool year_known;
    bool complete;
    struct str problem;          // empty: none
    const struct proof *samples; // up to three lines that were not understood
    size_t sample_count;
    const struct proof *hindered; // the newest lines in which a daemon says what keeps it from working, and
    size_t hindered_count;        // behind which it neither began anew nor negotiated
    enum hinders hinders;         // the most that one of them says
    size_t hindering;             // the last that says so, of hindered
    struct str hindrance;         // what that one means, in the words of the packs
    const struct stated *stated;  // only where no connection was seen to negotiate
    size_t stated_count;
};

struct view {
    struct arena arena;
    const struct knowledge *knowledge;
    const struct source_view *sources;
    size_t source_count;
    const struct tunnel_row *rows; // worst first, then most recent
    size_t row_count;
    bool detailed;      // there are few enough rows that each was asked for values of its lines; without
                        // these, of a single end, it has neither finding nor certainty
    uint64_t forgotten; // tunnels dropped because there were more than DIAG_TUNNELS
    uint64_t left_out;  // lines of a gateway's state and facts of a path that found no room
    bool both_ends;     // sources of two ends are at hand
    size_t paired;      // tunnels recognised in both
    const struct predicted *predicted; // from the configurations of both ends
    size_t predicted_count;
    size_t unmatched; // configured connections that the other end's configuration does not mirror
    struct clock_view clock;
};

#endif
