// Which negotiation a line without name and number speaks of, in the log of a daemon that writes the number
// of its worker thread: what the thread did just before, else what the address or the latest work points at.
// Inside of diag only; nego.c tells it what each thread works on and asks it for the lines that do not say.
#ifndef IKEWALK_DIAG_THREAD_H
#define IKEWALK_DIAG_THREAD_H

#include "diag/nego.h"

enum { THREADS = 64 };
#define THREAD_UNNAMED UINT64_MAX // the log does not say which; then each SA counts as a thread of its own

// What one thread last worked on. An IKE SA, never a child.
struct thread {
    uint64_t number;
    struct nego *ike;
    uint64_t line;
    int64_t time;
};

// All threads of a daemon; at[0..count). More than THREADS: the one that was silent longest gives way.
struct threads {
    struct thread at[THREADS];
    size_t count;
};

// The thread speaks of this negotiation (of a child: of its IKE SA).
void thread_note(struct daemon *d, uint64_t thread, struct nego *g, const struct line *line);
// What the thread works on, when its last line is not too long ago; or NULL.
struct nego *thread_busy(const struct daemon *d, uint64_t thread, const struct line *line);
// The latest work of the daemon with this peer (empty: with any), of what is over only when there is nothing
// else. waiting: only what waits for an answer.
struct nego *thread_latest(const struct daemon *d, struct str peer, uint16_t port, bool waiting);
// Can packets from this port of its peer (0: not told) be of this negotiation? Two peers behind one NAT
// differ by nothing else. 0: of another one rather, 1: it may, 2: they were before.
int thread_fits(const struct nego *g, uint16_t port);
// The negotiation is about to be dropped.
void thread_forget(struct daemon *d, const struct nego *g);

#endif
