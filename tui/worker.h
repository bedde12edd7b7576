// The thread that reads: loads the knowledge, opens and steps sources, feeds the core, judges, and brings
// what the drawing side asked for. It is the desk of the program: asking takes a short lock, never longer
// than a pointer swap.
#ifndef IKEWALK_TUI_WORKER_H
#define IKEWALK_TUI_WORKER_H

#include "tui/desk.h"

struct worker;

// kb: a folder of packs that lies over the built-in ones, or NULL. Gives, worker_free, which stops the
// thread. What is asked of it waits until it is started: the wizard shows its first frame before that, which
// need not share memory and caches with the loading of the knowledge then.
struct worker *worker_new(const char *kb, struct err *e);
bool worker_start(struct worker *w, struct err *e);
// Remembers the logs that are read from now on, and tells of those that were. Before anything is opened.
void worker_remember(struct worker *w);
void worker_free(struct worker *w);
struct desk worker_desk(struct worker *w);
// Readable when there is news.
int worker_fd(const struct worker *w);
// Waits until everything that was asked for has been done, at most so many milliseconds; false when it took
// longer. For tests: the wizard never waits.
bool worker_settle(struct worker *w, int timeout);

#endif
