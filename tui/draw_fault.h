// Which recorded log practice shows next: one that was not seen, of a checkpoint that went badly more often
// than of one that went well. The log's own diagnosis is the examiner, so any folder of logs will do.
#ifndef IKEWALK_TUI_DRAW_FAULT_H
#define IKEWALK_TUI_DRAW_FAULT_H

#include "tui/learned.h"

// A log that can be drawn.
struct fault {
    struct str source;          // as the contract writes a source, or sample:NAME
    enum checkpoint checkpoint; // what it is about; CP_COUNT: healthy or not known before it is read
};

struct faults {
    struct arena arena;
    struct fault *at;
    size_t count;
};

// The logs of the cases, each once. {0} before, faults_release after.
void faults_of_cases(struct faults *f, const struct knowledge *k);
// The files of a folder; false and e filled when it cannot be read or holds none.
bool faults_of_folder(struct faults *f, const char *folder, struct err *e);
void faults_release(struct faults *f);
// Draws one; chance is any number, the same one draws the same. NULL when there is none.
const struct fault *faults_draw(const struct faults *f, const struct learned *l, uint64_t chance);

#endif
