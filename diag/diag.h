// The door to the core: bytes of logs in, views of what they mean out. Not thread safe: one thread owns a
// case (the wizard's worker, or check's only thread); the views it makes may be read by others.
#ifndef IKEWALK_DIAG_DIAG_H
#define IKEWALK_DIAG_DIAG_H

#include "diag/line.h"
#include "diag/path.h"
#include "diag/view.h"

#define DIAG_SOURCES 64
#define DIAG_TUNNELS 200000 // beyond it the longest silent healthy ones are forgotten, and counted

struct diag;

// What the core needs from outside. read gives `want` bytes of a source at an offset (text is not kept, it is
// read again when it is quoted) and returns how many it could; NULL: nothing is quoted. trace may be NULL; it
// gets one sentence per decision.
struct diag_host {
    void *self;
    size_t (*read)(void *self, int source, uint64_t offset, char *into, size_t want);
    void (*trace)(void *self, struct str sentence);
};

// Borrows knowledge and host for the life of the case.
struct diag *diag_new(const struct knowledge *knowledge, const struct diag_host *host);
void diag_free(struct diag *d);

// A new source; returns its index, or -1 when there are DIAG_SOURCES already. Copies name and kind ("file",
// "stdin" ...).
int diag_source(struct diag *d, struct str name, struct str kind);
// This source goes on where `before` ended: the next member of a rotated set. What both tell is one log; feed
// them in order.
void diag_source_follows(struct diag *d, int source, int before);
// This source tells what the gateway at the other end of the tunnels logged (end 1); sources are of end 0
// unless told otherwise. With sources of both ends the tunnels of end 0 are shown with what the other end
// adds.
void diag_source_of_end(struct diag *d, int source, int end);
// The person knows how the clocks differ: B = A + offset, in microseconds. known false: estimated again.
void diag_clock(struct diag *d, bool known, int64_t offset);
void diag_feed(struct diag *d, int source, const char *bytes, size_t count);
// No more bytes for now: the unfinished last line counts as a line. problem empty: all was read.
void diag_source_end(struct diag *d, int source, bool complete, struct str problem);
// Lines before this moment (same clock as struct line) are counted but not diagnosed. Of a log without years
// only day and time are compared.
void diag_since(struct diag *d, int64_t time);
// All lines are those of this dialect (its id), whatever daemon they name. Before anything is fed.
void diag_format(struct diag *d, struct str dialect);
// What is fed is the end of a log that was not read yet: its lines are quoted without numbers.
void diag_uncounted(struct diag *d);
// The n-th file, or pattern of files, that a configuration includes; empty behind the last. What a gateway's
// own includes lies there, and is not named.
struct str diag_include(const struct diag *d, int source, size_t n);
// The operator states that tunnels which are up carry nothing.
void diag_tell_no_traffic(struct diag *d);

// All tunnels, one row each; gives, view_free. Safe to read in another thread.
struct view *diag_view(struct diag *d);
void view_free(struct view *v);
// For whoever asks for very many tunnels: this one is asked for VIEW_SOON calls of diag_tunnel later. Only a
// hint.
void diag_soon(struct diag *d, uint32_t id);
// One tunnel in full, in the caller's arena. attempt: index into attempts, or -1 for the one that counts.
// NULL when the id is not known any more.
const struct tunnel_view *diag_tunnel(struct diag *d, uint32_t id, int attempt, struct arena *arena);

// Sets what the sources tell about the path of a tunnel, or (NULL) about the first path of a capture. p has
// its map and family; lines are quoted into the arena, other texts are borrowed from the case and from t.
void diag_path(struct diag *d, const struct tunnel_view *t, struct arena *arena, struct path *p);

// What one line means on its own, for explain and the log view.
struct reading {
    const struct dialect *dialect; // NULL: no dialect claims the line
    const struct message *message; // NULL: not understood
    bool of_ike;                   // understood, and for certain a daemon's or a gateway's
    const struct template *template;
    enum tmpl_fit fit;
    struct line line;
    size_t body;        // where the message begins in the raw line
    struct slots slots; // of prefixes and message
};
// Reads a line with all dialects, or with one (its id); fills slots that borrow raw.
void diag_read(struct diag *d, struct str raw, struct str dialect, struct reading *r);

#endif
