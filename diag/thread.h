// Which negotiation a line without name and number speaks of, in the log of a daemon that writes the number
// of its worker thread: what the thread did just before, else what the address or the latest work points at.
// Inside of diag only; nego.c tells it what each thread works on and asks it for the lines that do not say,
// job.c holds back those of which the thread's next line says it.
#ifndef IKEWALK_DIAG_THREAD_H
#define IKEWALK_DIAG_THREAD_H

#include "diag/taking.h"

enum { THREADS = 64, SILENT = 32 };
#define THREAD_UNNAMED UINT64_MAX // the log does not say which; then each SA counts as a thread of its own

// What one thread last worked on. An IKE SA, never a child.
struct thread {
    uint64_t number;
    struct nego *ike;
    const struct message *opened; // the last line of it that told something began it; NULL: it did not
    uint64_t line;
    int64_t time;
    bool sent;    // a packet went out, which is the last that a job does
    bool at_hand; // its last line named it by its number and told no more: what comes next is of it
};

// An IKE SA whose message was sent again, and nothing was heard since.
struct silent {
    struct nego *ike;
    unsigned repeats;
    uint64_t line; // of the latest
};

// All threads of a daemon; at[0..count). More than THREADS: the one that was silent longest gives way.
struct threads {
    struct thread at[THREADS];
    size_t count;
    struct silent silent[SILENT]; // ike NULL: free; the one that was repeated longest ago gives way
    bool ever_silent;             // mostly nothing is
};

// The line was of this negotiation (of a child: of its IKE SA).
void thread_note(const struct taking *t, struct nego *g);
// What the thread works on, when its last line is not too long ago; or NULL.
struct nego *thread_busy(const struct daemon *d, uint64_t thread, const struct line *line);
// Has the thread done what it last worked on, so that this line begins another job?
bool thread_rests(const struct daemon *d, uint64_t thread, const struct line *line);
// What a line without a number speaks of; NULL: nothing that is known.
struct nego *thread_speaks_of(const struct taking *t);
// What nobody has named yet and the thread gave up right before this line, which names the connection that it
// begins anew; NULL: nothing.
struct nego *thread_gave_up(const struct taking *t);
// Remembers the port of the peer that a line names.
void thread_note_port(const struct taking *t, struct nego *g);
// The negotiation is about to be dropped.
void thread_forget(struct daemon *d, const struct nego *g);

#endif
