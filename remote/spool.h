// A temporary file without a name (0600) for bytes that cannot be read a second time: pipes, unpacked and
// recoded text. The sources write it; it lives in TMPDIR, else /var/tmp or /tmp, and is gone with its
// descriptor.
#ifndef IKEWALK_REMOTE_SPOOL_H
#define IKEWALK_REMOTE_SPOOL_H

#include "diag/err.h"
#include "diag/str.h"

// {.fd = -1} is no spool.
struct spool {
    int fd;
    uint64_t size;
};

bool spool_open(struct spool *s, struct err *e);
bool spool_add(struct spool *s, struct str bytes, struct err *e);
size_t spool_read(const struct spool *s, uint64_t offset, char *into, size_t want);
void spool_close(struct spool *s);

// pread that goes on after signals and short answers; returns what it got, *failed is errno or 0.
size_t spool_pread(int fd, uint64_t offset, char *into, size_t want, int *failed);

#endif
