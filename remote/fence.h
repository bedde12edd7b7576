// Which bytes of a stream are one command's when one shell on a gateway runs many, one behind the other: the
// shell prints a line before and a line behind each, with a mark that nobody can know before. What lies
// outside was written by the start of the account's own shell, or by something that a command left behind.
#ifndef IKEWALK_REMOTE_FENCE_H
#define IKEWALK_REMOTE_FENCE_H

#include "diag/str.h"

enum { FENCE_MARK = 40 };

// One of the shell's two streams. What comes is put behind block[have], then fence_look is called.
struct fence {
    enum { FENCE_BEFORE, FENCE_WITHIN, FENCE_BEHIND } at;
    char *block;
    size_t have;
    int status; // of the command, once it is FENCE_BEHIND
};

// A new mark; false when there is no randomness.
bool fence_mark(char mark[FENCE_MARK]);
// What to write to a POSIX shell so that it runs the command between its fences on both streams.
void fence_command(const char *mark, const char *command, struct buf *script);
// So many bytes came, which are behind block[have]: adds them, and looks for fences. So many bytes at the
// start of the block are none of the command's: the start of the account's shell, with the first fence behind
// it. The caller drops them.
size_t fence_look(struct fence *f, const char *mark, size_t bytes);
// So many bytes at the start of the block are the command's, whatever comes next.
size_t fence_ready(const struct fence *f);
void fence_drop(struct fence *f, size_t bytes);

#endif
