// Where a report goes: standard output, or a file that appears whole or not at all (R6). check writes through
// it, the wizard's export does.
#ifndef IKEWALK_TUI_OUTPUT_H
#define IKEWALK_TUI_OUTPUT_H

#include "diag/err.h"
#include "diag/str.h"

struct output;

// path NULL: standard output. Else a new file, or one that takes the place of a regular file; anything else
// (a folder, a device, a link) is refused. Until output_close nothing under that name changes. NULL and e
// filled on failure. gives, output_close or output_drop.
struct output *output_open(const char *path, struct err *e);
// The same for a file that must not exist yet, neither now nor when it is put in place.
struct output *output_new(const char *path, struct err *e);
// Takes bytes; false and e filled when they could not be written, and from then on always.
bool output_write(struct output *o, struct str bytes, struct err *e);
// Everything is written out and the file stands under its name, or false and e filled. Frees o in any case.
bool output_close(struct output *o, struct err *e);
// Forgets what was written to a file; frees o.
void output_drop(struct output *o);

#endif
