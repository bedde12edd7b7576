// The shape of what teaches: lessons on recorded logs and pages on concepts. knowledge/load_lessons.c fills
// it from the packs, kb test proves every claim of a lesson by running its log, tui plays and prints it. All
// slices borrow from the knowledge arena.
#ifndef IKEWALK_DIAG_TEACH_H
#define IKEWALK_DIAG_TEACH_H

#include "diag/path.h"
#include "diag/rules.h"

// What a step says about its log, each part only when it is set. kb test runs the log and compares.
struct claim {
    uint64_t line;                // the line that the claim is about, from 1; 0: about the whole
    struct str message;           // that line is this message
    int proves;                   // that line is among the proofs of this checkpoint; -1: not claimed
    bool decides;                 // and it is the one that decides
    int checkpoint, state, basis; // the ladder holds this; -1: not claimed
    int verdict;                  // CP_NONE for healthy; -1: not claimed
    int certainty;                // of the verdict; -1: not claimed
    struct str cause;             // of the verdict
    struct str value, text;       // the report holds this text under this key
    struct str untold;            // the report holds nothing under this key
    struct str order;             // the order of this exchange
    struct str finding;           // comes out
    int at_line;                  // in the pack file
};

struct choice {
    struct str text, reply; // why it is right or wrong
    bool right;             // of ask
    int outcome;            // of predict: enum path_outcome, which the path must come to for it to be right
};

// read: text and lines. guess: the trainee places the fault on the ladder, the diagnosis of the log is the
// answer. ask: one right choice. answer: text beside the real ladder. try: the log opens in the walk itself.
// predict: what comes of a path; its judgement is the answer, and the path view opens with its facts.
enum lesson_kind {
    LESSON_READ,
    LESSON_GUESS,
    LESSON_ASK,
    LESSON_ANSWER,
    LESSON_TRY,
    LESSON_PREDICT,
    LESSON_KINDS
};
extern const char *const lesson_kind_word[LESSON_KINDS];

// From first to last, both included.
struct line_range {
    uint64_t first, last;
};

struct lesson_step {
    enum lesson_kind kind;
    struct str text, hint;
    struct str log, tunnel; // of the lesson where the step has none of its own; tunnel empty: the worst
    const struct line_range *lines; // shown with the step
    size_t line_count;
    const struct choice *choices; // of ask and predict
    size_t choice_count;
    struct str path; // of predict: the id of a case of the portmap
    const struct claim *claims;
    size_t claim_count;
    int at_line;
};

struct lesson {
    struct str id, title, about;
    int number; // its place in the list, 1, 2, 3 ...; `ikewalk lesson 4` takes it as well as the id
    const struct lesson_step *steps;
    size_t step_count;
    struct str file;
    int line;
};

// One checkpoint, exchange or term in half a page.
struct concept {
    struct str id, title, text;
    struct str source;       // where it is written down: the RFC and its section
    const struct str *about; // checkpoints, causes and orders that lead here
    size_t about_count;
    const struct str *see; // ids of other concepts
    size_t see_count;
    struct str file;
    int line;
};

// The concepts that this word (a checkpoint, cause or order) leads to, from `from` on; NULL when there is no
// further one.
const struct concept *concept_about(const struct knowledge *k, struct str word, size_t *from);
const struct concept *concept_named(const struct knowledge *k, struct str id);
// Has the page words that begin with all of these, whatever their case: in its title or id, or with whole set
// in its text as well?
bool concept_holds(const struct concept *c, struct str words, bool whole);
const struct lesson *lesson_named(const struct knowledge *k, struct str id_or_number);
// The case of the portmap that a step predicts; NULL when it predicts none.
const struct path_case *lesson_case(const struct knowledge *k, const struct lesson_step *step);
// Is this choice right? Of predict the judgement of the path says so.
bool lesson_right(const struct knowledge *k, const struct lesson_step *step, size_t choice);

#endif
