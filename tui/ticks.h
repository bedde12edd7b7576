// Which steps of a fix are done, by tunnel, kept over a restart in $XDG_STATE_HOME/ikewalk/steps.tsv: names
// of tunnels and of findings and the day, never a value of a log. The session asks and tells.
#ifndef IKEWALK_TUI_TICKS_H
#define IKEWALK_TUI_TICKS_H

#include "diag/err.h"
#include "diag/view.h"

#define TICKS_DAYS 30 // what was ticked longer ago is another fault
#define TICKS_MOST 2000

struct tick {
    const char *tunnel, *finding;
    size_t step;
    int64_t at; // seconds
};

// {0} is not read yet.
struct ticks {
    struct arena arena; // names
    struct tick *at;
    size_t count, room;
    bool read;
};

void ticks_release(struct ticks *t);
// Reads what was kept, once; a file that cannot be read counts as empty.
void ticks_read(struct ticks *t, int64_t now);
bool ticks_is_done(const struct ticks *t, const struct tunnel_row *row, const struct finding *finding,
                   size_t step);
// Sets or takes away a tick and keeps it, with what other wizards ticked meanwhile; false and e filled when
// it cannot be kept, then it holds for this run.
bool ticks_set(struct ticks *t, const struct tunnel_row *row, const struct finding *finding, size_t step,
               bool done, int64_t now, struct err *e);
// The finding is mended: its steps begin anew the next time.
bool ticks_drop(struct ticks *t, const struct tunnel_row *row, const struct finding *finding, int64_t now,
                struct err *e);

#endif
