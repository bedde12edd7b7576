// What an added log has nothing to say about: why the two ends of a tunnel do not make one answer.
#ifndef IKEWALK_TUI_UNMERGED_H
#define IKEWALK_TUI_UNMERGED_H

#include "tui/prose.h"
#include "tui/session.h"

// The first log of the end that this tunnel's does not belong to, or NULL.
const struct source_view *unmerged_log(const struct view *v, const struct tunnel_view *t);
// A sentence, translated; NULL: they are merged, or only one end is at hand.
const char *unmerged_why(const struct view *v, const struct tunnel_view *t);
// Adds it to a text, once all is read.
void unmerged_mention(const struct session *s, const struct tunnel_view *t, const struct canvas *c, int w,
                      struct prose *text);

#endif
