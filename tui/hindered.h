// What keeps a daemon from working, by its own words in its log: on the page of a log without tunnels, below
// the list of tunnels, and where the log opens then.
#ifndef IKEWALK_TUI_HINDERED_H
#define IKEWALK_TUI_HINDERED_H

#include "tui/prose.h"
#include "tui/session.h"

// Appends it with its lines, in rows of w columns; false: nothing of the kind was said.
bool hindered_say(const struct view *v, const struct canvas *c, int w, struct prose *text);
// The same in one sentence for each source.
void hindered_mention(const struct view *v, const struct canvas *c, int w, struct prose *text);
// The line that says it, when there is one.
void hindered_place(const struct view *v, int *source, uint64_t *line);
// What could not be read of a source; of a state that came with a gateway, which one that is.
void problem_mention(const struct source_view *source, const struct canvas *c, int w, struct prose *text);

#endif
