// What this user has learned: how far each lesson was played, and how practice went for each checkpoint. Kept
// in lessons.yaml in the state folder of the user; the list of lessons and practice read it, the players
// write it.
#ifndef IKEWALK_TUI_LEARNED_H
#define IKEWALK_TUI_LEARNED_H

#include "diag/arena.h"
#include "diag/err.h"
#include "diag/rules.h"

struct lesson_mark {
    struct str id;
    unsigned step; // the furthest one that was reached
    unsigned right, asked;
    bool done;
};

struct practice_mark {
    unsigned right, asked;
};

struct learned {
    struct arena arena;
    struct lesson_mark *lessons;
    size_t lesson_count;
    struct practice_mark practice[CP_COUNT + 1]; // the last: healthy tunnels
    struct str *seen;                            // logs that were drawn in practice
    size_t seen_count;
};

// {0} before, learned_release after, also when it failed. Nothing was learned yet when there is no file.
bool learned_read(struct learned *l, struct err *e);
void learned_release(struct learned *l);
// The mark of a lesson, or NULL.
const struct lesson_mark *learned_of(const struct learned *l, struct str lesson);
bool learned_saw(const struct learned *l, struct str log);
// Writes how far a lesson was played; what stands there stays when it is more. False and e filled when the
// file cannot be written.
bool learned_lesson(struct str id, const struct lesson_mark *mark, struct err *e);
// Writes how a drawn log was answered.
bool learned_practice(struct str log, enum checkpoint checkpoint, bool right, struct err *e);

#endif
