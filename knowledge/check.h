// The promises of the packs, proved: `kb lint`, `kb test` and ctest call it. Nothing is printed here.
#ifndef IKEWALK_KNOWLEDGE_CHECK_H
#define IKEWALK_KNOWLEDGE_CHECK_H

#include "knowledge/load.h"

// What a dialect is made of.
struct check_dialect {
    struct str id, title, note;
    size_t messages, templates; // own ones
    size_t inherited;           // templates of the dialect that it is like
    size_t examples;
    size_t open_heads; // templates that begin with a hole or with fewer than 4 literal bytes: each costs time
                       // per line
    // What its messages can show of each checkpoint, for an initiator [0] and a responder [1]: bit set of 1u
    // << enum state. The bit of ST_UNKNOWN stands for values alone. 0: blind.
    unsigned shows[CP_COUNT][2];
    bool state;       // it reads no log
    size_t worded;    // commands of steps that it has words for
    struct str *mute; // ids of those that it has none for
    size_t mute_count;
};

// One case that was run.
struct check_case {
    struct str id, title;
    bool good;
};

// One record, for `kb list`.
struct check_row {
    struct str kind, id, title; // "finding", "psk-missing", "..."
    struct str file;
    int line; // 0: its kind does not keep its place
};

// {0} before, check_release after. Everything in it is a copy and outlives the packs.
struct check_report {
    struct arena arena;
    struct problems problems; // empty: clean. Sorted by file and line
    struct check_dialect *dialects;
    size_t dialect_count;
    struct str *unsaid; // ids of events that no message of any dialect says
    size_t unsaid_count;
    struct check_case *cases;
    size_t case_count;
    size_t lessons, claims, claims_good; // lessons, what they claim, and how much of it holds
    struct check_row *rows;
    size_t row_count;
};

// Each returns true when there is no problem. Packs that cannot even be loaded give their problems and
// nothing else. Every promise that needs no diagnosis, the figures of the dialects and what each can show.
bool check_lint(const struct pack_text *packs, size_t count, struct check_report *report);
// The examples of the messages, the cases with their logs, and the claims of the lessons: what comes out
// against what must.
bool check_test(const struct pack_text *packs, size_t count, struct check_report *report);
// All records, by kind and id: dialect, message, event, order, finding, case, cause, algorithm, command,
// lesson, concept.
bool check_list(const struct pack_text *packs, size_t count, struct check_report *report);
void check_release(struct check_report *report);

#endif
