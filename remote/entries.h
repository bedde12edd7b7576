// A journal as journalctl -o export and -o verbose write it, a row for each field of an entry, to lines as
// syslog writes them. rows calls it row by row, json_lines makes the line.
#ifndef IKEWALK_REMOTE_ENTRIES_H
#define IKEWALK_REMOTE_ENTRIES_H

#include "diag/str.h"

#include <stdbool.h>

// Are the rows of this start fields of entries, and messages among them?
bool entries_learn(struct str start);

struct entries;

struct entries *entries_new(void);
void entries_free(struct entries *n);
// The next row, with the end of its line.
void entries_row(struct entries *n, struct str row, struct buf *out);
// The end: what was gathered is an entry.
void entries_end(struct entries *n, struct buf *out);

#endif
