// What path.c and path_judge.c share. Inside of diag only.
#ifndef IKEWALK_DIAG_PATHING_H
#define IKEWALK_DIAG_PATHING_H

#include "diag/path.h"

enum { PATH_RULE_SETS = PATH_RULES / 64 }; // a bit for each rule

// A condition over a fact that is not known is open.
enum truth { TRUE_NO, TRUE_OPEN, TRUE_YES };
enum truth path_holds(const struct path *p, struct path_when_list when);
// Fills in what is taken for true when nobody said otherwise.
void path_assume(struct path *p);
// The outcome; rule is the one that decides, NULL when none does alone. Marks the rules that may hold as
// well.
enum path_outcome path_decide(const struct path *p, const struct path_rule **rule,
                              uint64_t open_rules[PATH_RULE_SETS]);

#endif
