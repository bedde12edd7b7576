// What the words in the slots of a message mean: states and exchanges of its dialect, notifications, error
// numbers. Inside of diag only; msg.c asks it once for what it read, taking.c goes by the answer.
#ifndef IKEWALK_DIAG_MEANING_H
#define IKEWALK_DIAG_MEANING_H

#include "diag/msg.h"

struct meaning meaning_of(const struct knowledge *k, const struct msg *msg);

#endif
