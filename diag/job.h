// The first lines of a worker thread's job: a message is sent again, a child is asked for. They name nobody,
// and the same thread writes an address, a name or a number right behind them. So they wait for that line,
// and go where it goes: else, with several tunnels in one log, they would go to the one that spoke last.
// Inside of diag only; nego.c asks, for daemons that name their threads (thread.h).
#ifndef IKEWALK_DIAG_JOB_H
#define IKEWALK_DIAG_JOB_H

#include "diag/taking.h"

// A line that waits, with a text of its own.
struct job_line {
    struct line line;
    struct msg msg;
    int source;
    char *text;
    struct job_line *next;
};

// Does the line wait? It begins a job, or goes on with one that waits, and names nobody.
bool job_waits(const struct taking *t);
void job_keep(const struct taking *t);
// Takes the next line out whose waiting ends with this one, or NULL: this one tells of whom its thread
// speaks, begins another job, or comes too late. t NULL: any line of d. gives, job_free
struct job_line *job_due(struct daemon *d, const struct taking *t);
// Of whom the line that waited speaks, as this one tells it; NULL: it does not.
struct nego *job_told(const struct job_line *j, const struct taking *t);
void job_free(struct job_line *j);
// Lets go of all that wait.
void jobs_drop(struct daemon *d);

#endif
