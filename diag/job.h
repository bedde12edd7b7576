// Lines that name nobody, and the line right behind them does. They wait for that line and go where it goes:
// else, with several tunnels in one log, they would go to the one that spoke last. Of a daemon that names its
// threads (thread.h) it is the first lines of a job, a message that is sent again or a child that is asked
// for, and the packet that the same thread sends, and a first message that the peer may only have sent again;
// of one that numbers late (late.h) it is the reason of a failure, and the failure, and the head of a
// negotiation. Inside of diag only; nego.c asks.
#ifndef IKEWALK_DIAG_JOB_H
#define IKEWALK_DIAG_JOB_H

#include "diag/taking.h"

// A line that waits, with a text of its own.
struct job_line {
    struct line line;
    struct msg msg;
    int source;
    bool asked_again; // what it would begin was begun before
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
struct nego *job_told(const struct job_line *j, struct taking *t);
void job_free(struct job_line *j);
// Lets go of all that wait.
void jobs_drop(struct daemon *d);

#endif
