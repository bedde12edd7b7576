// The shape of the rules about a tunnel's path: facts, rules, checks and cures of each family of
// encapsulation, and what the transforms cost in bytes. knowledge/load_portmap fills it from
// packs/portmap.yaml, diag/path.c judges with it. All slices borrow from the knowledge arena.
#ifndef IKEWALK_DIAG_PORTMAP_H
#define IKEWALK_DIAG_PORTMAP_H

#include "diag/str.h"

#define PATH_FACTS 96
#define PATH_FAMILIES 8
#define PATH_RULES 256
#define PATH_PREFIX "path." // of a fact of the path, in conditions of findings and in their texts

enum path_kind { PATH_WORD, PATH_PORT, PATH_NUMBER, PATH_TEXT, PATH_KINDS };
enum path_outcome { PATH_UNKNOWN, PATH_WORKS, PATH_HALF_UP, PATH_NO_CONNECT, PATH_OUTCOMES };
// How a row is known: seen in an experiment, a rule of its author, a standard, or our own conclusion.
enum path_basis { KNOWN_SEED, KNOWN_RULE, KNOWN_RFC, KNOWN_INFERRED, KNOWN_COUNT };

extern const char *const path_kind_word[PATH_KINDS];
extern const char *const path_outcome_word[PATH_OUTCOMES];
extern const char *const path_basis_word[KNOWN_COUNT];

// What can be known about a path. Its number is its place in struct portmap.
struct path_fact {
    struct str id, title, note;
    enum path_kind kind;
    const struct str *words; // of PATH_WORD
    size_t word_count;
    unsigned form; // bit set of the families whose form asks for it
};

// All conditions of a record must hold. A comparison with a fact that is not known is neither true nor false.
enum path_test { PATH_IS, PATH_ISNT, PATH_KNOWN, PATH_NOT_KNOWN, PATH_SAME, PATH_DIFFERS, PATH_TESTS };
extern const char *const path_test_word[PATH_TESTS];
struct path_when {
    enum path_test test;
    int fact, other; // other: of same and differs
    struct str word; // of is and isnt
};
struct path_when_list {
    const struct path_when *at;
    size_t count;
};

// A fact gets a value, or that of another fact.
struct path_setting {
    int fact, from; // from -1: value
    struct str value;
};

// What is taken for true when nobody said otherwise; in order.
struct path_assumption {
    unsigned families;
    struct path_setting setting;
    struct path_when_list when;
    struct str why; // empty: it only draws a conclusion, and is not shown
};

struct path_family {
    struct str id, title, note;
};

struct path_fix {
    struct str id, act;
    int family;
    const struct path_setting *settings; // what it changes
    size_t setting_count;
    const struct str *steps;
    size_t step_count;
};

// The first rule of a family that holds says what comes of the whole.
struct path_rule {
    struct str id, why;
    int family;
    enum path_outcome outcome;
    enum path_basis basis;
    struct path_when_list when;
    const struct str *symptoms;
    size_t symptom_count;
    const int *fixes; // best first
    size_t fix_count;
    int line;
};

struct path_row {
    struct path_when_list when;
    int state; // enum state
    enum path_basis basis;
    struct str why;
    int line;
};

// One question about the path; its first row that holds answers it.
struct path_check {
    struct str id, title;
    unsigned families;
    const int *facts; // shown beside it
    size_t fact_count;
    const struct path_row *rows;
    size_t row_count;
};

// To be read before a fact is changed to a word.
struct path_caution {
    int family, fact;
    struct str to, text;
};

struct path_remark {
    int family;
    struct path_when_list when;
    struct str text;
};

// What a message of a log, a capture or a gateway's state tells about the path: when its slots hold these
// texts, facts get values. `${slot}` in a value stands for the text of a slot.
struct path_slot {
    struct str slot, text;
    bool isnt;
};
struct path_sighting {
    int message; // index into knowledge.messages
    const struct path_slot *slots;
    size_t slot_count;
    const struct path_setting *settings;
    size_t setting_count;
};

// What facts that were measured say of a tunnel whose log only suspects: where it is stuck at one of these
// checkpoints in one of these stages, the first row that holds gives a checkpoint its state, and the lines of
// its facts are the proof.
struct path_evidence {
    unsigned at;     // bit set of 1u << enum checkpoint
    unsigned stages; // bit set of 1u << STAGE_...; 0: any
    int role;        // ROLE_..., 0: any
    struct path_when_list when;
    int checkpoint, state; // enum checkpoint, enum state
};

// What a transform adds to a packet.
enum transform_kind { TRANSFORM_CIPHER, TRANSFORM_INTEGRITY, TRANSFORM_BOTH, TRANSFORM_KINDS };
struct transform {
    struct str id;
    enum transform_kind kind;
    int iv, align, icv;
    const struct str *names; // small letters and digits only, as all signs between are skipped
    size_t name_count;
};

struct path_pair {
    struct str key, value;
};
struct path_case {
    struct str id;
    int family;
    const struct path_pair *facts, *checks;
    size_t fact_count, check_count;
    enum path_outcome outcome;
    struct str rule, fix; // fix: the first that makes it work
    int line;
};

struct portmap {
    struct str file; // the pack it is from
    const struct path_family *families;
    size_t family_count;
    const struct path_fact *facts;
    size_t fact_count;
    const struct path_assumption *assumptions;
    size_t assumption_count;
    const struct path_rule *rules;
    size_t rule_count;
    const struct path_check *checks;
    size_t check_count;
    const struct path_fix *fixes;
    size_t fix_count;
    const struct path_caution *cautions;
    size_t caution_count;
    const struct path_remark *remarks;
    size_t remark_count;
    const struct path_sighting *sightings;
    size_t sighting_count;
    const struct path_evidence *evidence;
    size_t evidence_count;
    const struct transform *transforms;
    size_t transform_count;
    const struct path_case *cases;
    size_t case_count;
};

#endif
