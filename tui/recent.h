// The logs that were read lately, for the start screen: kept in a file of our own, newest first. The worker
// notes a log when it is read to its end; samples and pasted texts are not noted.
#ifndef IKEWALK_TUI_RECENT_H
#define IKEWALK_TUI_RECENT_H

#include "tui/desk.h"

#define RECENT_FILE "recent.yaml"

// What the file holds; gives, recents_free. A file that cannot be read or understood is an empty list.
struct recents *recents_read(void);
// Puts one in front, with how many tunnels are in it and how many of them are down, and writes the file.
// when: seconds since 1970.
void recents_note(const struct opening *o, uint64_t tunnels, uint64_t down, int64_t when);

#endif
