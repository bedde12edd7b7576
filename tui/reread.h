// Lines are read a second time when they are quoted, many times over and close to each other: a report of
// 100,000 tunnels asks three million times. This keeps the blocks that were read last. check puts it between
// the core and its sources.
#ifndef IKEWALK_TUI_REREAD_H
#define IKEWALK_TUI_REREAD_H

#include <stddef.h>
#include <stdint.h>

struct reread;

// How a source is really read; see struct diag_host.
typedef size_t (*reread_source)(void *self, int source, uint64_t offset, char *into, size_t want);

struct reread *reread_new(reread_source read, void *self); // borrows self; gives, reread_free
void reread_free(struct reread *r);
// The same as the source itself would give. Blocks that are not full yet are never kept, so a source may
// grow.
size_t reread_get(struct reread *r, int source, uint64_t offset, char *into, size_t want);

#endif
