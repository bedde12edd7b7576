// Facts about the path of a tunnel and what comes of them: can its carrier work, what will one see, what to
// change. Facts come from a form, a log, a capture or a probe; each knows from where. The path view,
// `ikewalk encap` and the report call it. Pure; everything made lies in the caller's arena.
#ifndef IKEWALK_DIAG_PATH_H
#define IKEWALK_DIAG_PATH_H

#include "diag/err.h"
#include "diag/sizes.h"
#include "diag/view.h"

enum path_origin {
    FROM_NOWHERE,
    FROM_ASSUMED,
    FROM_LOG,
    FROM_GATEWAY,
    FROM_CAPTURE,
    FROM_PROBE,
    FROM_FORM,
    FROM_COUNT
};
extern const char *const path_origin_word[FROM_COUNT];

struct event_line;
struct path_value {
    struct str text; // empty: not known
    enum path_origin origin;
    struct str why;                // of what was assumed
    const struct proof *proof;     // the line that says so, or NULL
    const struct event_line *line; // the same as diag keeps it, inside of diag only; or NULL
};

struct path {
    const struct portmap *map;
    int family;
    struct path_value at[PATH_FACTS];
};

// The number of a fact or a family by its id, or -1.
int path_fact_named(const struct portmap *map, struct str id);
int path_family_named(const struct portmap *map, struct str id);
// Is this a value that the fact can have? Ports and numbers come back without leading zeros, in the arena.
bool path_value_fits(const struct path_fact *fact, struct str text, struct arena *arena, struct str *value,
                     struct err *e);
// Sets what is not known, or known from a weaker source; texts are borrowed.
void path_set(struct path *p, int fact, struct str text, enum path_origin origin, const struct proof *proof);
struct str path_get(const struct path *p, struct str id);
bool path_is(const struct path *p, const char *id, const char *word);
// Replaces ${fact} in a text of the pack.
struct str path_fill(const struct path *p, struct str text, struct arena *arena);

struct path_check_view {
    const struct path_check *check;
    const struct path_row *row; // that answers, NULL: not enough is known
    enum state state;
    struct str why;
    const struct value *values;
    size_t value_count;
    const struct proof *proofs;
    size_t proof_count;
};

struct path_fix_view {
    const struct path_fix *fix;
    struct str act;
    const struct str *steps;
    size_t step_count;
    enum path_outcome outcome; // when it is done
    struct str rule;           // that then decides
    struct str caution;        // to be read before, or empty
};

struct path_view {
    struct path facts; // with what was assumed
    enum path_outcome outcome;
    const struct path_rule *rule; // NULL: several are possible, or none holds
    struct str why;
    const int *missing; // facts that would decide
    size_t missing_count;
    const struct path_check_view *checks;
    size_t check_count;
    const struct str *symptoms;
    size_t symptom_count;
    const struct path_fix_view *fixes; // those that help first
    size_t fix_count;
    const struct str *remarks;
    size_t remark_count;
    const struct str *cautions; // before a change of what is now
    size_t caution_count;
    bool sized;
    struct sizes sizes;
    struct str no_sizes; // why there are none
    int packet;          // of this many bytes, 0: not asked
    int packet_outer, packet_pieces;
};

// Judges the facts; given is not changed.
void path_judge(const struct path *given, struct arena *arena, struct path_view *v);
// Only the outcome, for trying a change. rule may be NULL.
enum path_outcome path_try(const struct path *given, const struct path_rule **rule);

#endif
