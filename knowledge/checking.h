// The parts of check, each with its promises; check.c calls them in turn, nobody else includes this.
#ifndef IKEWALK_KNOWLEDGE_CHECKING_H
#define IKEWALK_KNOWLEDGE_CHECKING_H

#include "knowledge/check.h"
#include "knowledge/index.h"

// check.c: a problem of one case or lesson: "case ID: ..." with its place.
void check_tell(struct check_report *report, struct str file, int line, const char *what, struct str id,
                const char *format, ...) __attribute__((format(printf, 6, 7)));
// Does the case name the finding, as its verdict or beside it?
bool check_case_names(const struct rule_case *c, struct str finding);
// check_examples.c: every template claims an example, no example is claimed twice, values come out exactly.
// Fills the figures of the dialects.
void check_examples(const struct knowledge *k, struct check_report *report);
// check_names.c: everything that findings use can be said, every cause is spoken of, every finding has its
// case.
void check_names(const struct knowledge *k, struct check_report *report);
// check_map.c: which dialect can show which checkpoint from which side.
void check_map(const struct knowledge *k, struct check_report *report);
// check_cases.c: runs the cases.
void check_cases(const struct knowledge *k, struct check_report *report);
// check_lessons.c: every claim of a lesson holds on its log, every line that its texts name is claimed.
void check_lessons(const struct knowledge *k, struct check_report *report);
// check_concepts.c: each page has its own title, is half a page at most, and something leads to it.
void check_concepts(const struct knowledge *k, struct check_report *report);
// check_portmap.c: every rule and every row of the path view has a case; with `compare` what comes out of
// each case is what must.
void check_portmap(const struct knowledge *k, bool compare, struct check_report *report);

#endif
