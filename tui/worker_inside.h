// What the thread that reads (worker.c) and the side that asks it (worker_desk.c) share; nobody else includes
// it.
#ifndef IKEWALK_TUI_WORKER_INSIDE_H
#define IKEWALK_TUI_WORKER_INSIDE_H

#include "tui/worker.h"

#include <pthread.h>

// What the drawing side asked for; of each kind the newest counts.
struct asks {
    bool stop, open, tunnel, excerpt, meaning, look, export, remember;
    struct export_ask paper;
    struct opening *opening;
    uint32_t id;
    int attempt;
    struct excerpt_ask piece;
    uint64_t *near;
    int source;
    uint64_t line;
    char *folder;
    char *probe;             // the address that is asked
    bool halt, reply;        // of a gateway
    bool clock, clock_known; // the person states it
    int64_t offset;
    struct source_answer answer;
};

struct worker {
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; // held for copying asks and swapping news only
    int wake, ready;      // eventfds: to the worker, to the drawing side
    struct asks asks;     // under the lock
    struct news news;     // under the lock
    bool fresh, idle;     // under the lock
    bool following;       // under the lock

    // The thread's own.
    char *kb;
    struct knowledge *knowledge;
    struct diag *reader; // reads single lines
    struct casefile *file;
    struct scout *scout;
    struct progress progress;
    bool looking;            // somebody waits for what was added
    bool remembers, noted;   // logs that are read; the one that is open
    int64_t published, cost; // milliseconds
    int64_t pulled;          // when news of a gateway were published, and
    unsigned pull_stamp;     // which
    int64_t looked;          // when files were last asked for more
};

// Wakes whoever polls this eventfd.
void worker_signal(int fd);
// Takes what was signalled.
void worker_drain(int fd);

#endif
