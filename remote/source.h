// Where bytes come from: a file, a rotated set read as one, standard input, later the journal and gateways
// over SSH. The worker of the wizard and check open, step and close them; nothing here knows what a log
// means.
//
// Whatever cannot be read twice at an offset (compressed, a pipe, UTF-16) is spooled to an unlinked temporary
// file (0600), so that source_read works for every source.
#ifndef IKEWALK_REMOTE_SOURCE_H
#define IKEWALK_REMOTE_SOURCE_H

#include "diag/err.h"
#include "diag/str.h"

// Where reading stops on purpose, in bytes; SOURCE_FAILED tells it.
#define SOURCE_PLAIN_MOST (UINT64_C(64) << 30)   // of a plain file
#define SOURCE_SPOOLED_MOST (UINT64_C(16) << 30) // of text from a pipe or a packed file
#define SOURCE_RATIO_MOST 1000 // text against its packed form, from SOURCE_RATIO_FROM bytes of text on
#define SOURCE_RATIO_FROM (UINT64_C(256) << 20)

struct source;

enum source_step {
    SOURCE_MORE,  // bytes are in *block; it may be empty, when much packed input gave no text yet
    SOURCE_WAIT,  // nothing right now; poll source_fd
    SOURCE_DONE,  // the end, and all of it was read
    SOURCE_FAILED // the end, and *e says why; what came before is good
};

// Opens a SOURCE as contract.md writes it (PATH or -). Regular files, FIFOs and standard input only;
// directories and devices are refused with a sentence. NULL and e filled on failure. gives, source_close.
struct source *source_open(const char *name, struct err *e);
void source_close(struct source *s);
const char *source_name(const struct source *s);
const char *source_kind(const struct source *s); // "file", "stdin"
// The next block; borrowed until the next call on this source. Never blocks longer than one read of a regular
// file.
enum source_step source_step(struct source *s, struct str *block, struct err *e);
// To poll for input while SOURCE_WAIT; -1 when a source never waits.
int source_fd(const struct source *s);
// Bytes of the decompressed text at an offset that has been handed over before; returns how many.
size_t source_read(struct source *s, uint64_t offset, char *into, size_t want);
// How far: compressed or raw bytes taken and their total (0: unknown), for the progress line.
void source_progress(const struct source *s, uint64_t *taken, uint64_t *total);
// After SOURCE_DONE of a regular file: look again for what was appended, rotated or cut. Returns SOURCE_MORE
// when a step is worth while, SOURCE_DONE when nothing changed, SOURCE_FAILED with a notice in e when the
// file was replaced, cut or removed (then open it anew).
enum source_step source_again(struct source *s, struct err *e);
// After source_again failed: what was read cannot be read a second time any more (cut, written over). Else
// it can, and another file or none stands under the name.
bool source_is_lost(const struct source *s);

#endif
