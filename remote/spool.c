#include "remote/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int
open_in(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    // A file system without nameless files: a name that is taken away at once.
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/ikewalk-XXXXXX", folder);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

bool
spool_open(struct spool *s, struct err *e)
{
    const char *wanted = getenv("TMPDIR");
    const char *const folders[] = {wanted && *wanted ? wanted : "/var/tmp", "/var/tmp", "/tmp"};
    *s = (struct spool){.fd = -1};
    int failed = 0; // in the folder that is named below
    for (size_t i = 0; i < sizeof folders / sizeof *folders && s->fd < 0; i++) {
        s->fd = open_in(folders[i]);
        failed = i ? failed : errno;
    }
    if (s->fd >= 0)
        return true;
    char why[128];
    return err_set(e, ERR_IO,
                   "%.200s: cannot make a temporary file: %s. Set TMPDIR to a folder with free space",
                   folders[0], strerror_r(failed, why, sizeof why));
}

bool
spool_add(struct spool *s, struct str bytes, struct err *e)
{
    while (bytes.len) {
        ssize_t count = pwrite(s->fd, bytes.at, bytes.len, (off_t)s->size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) {
            char why[128];
            return err_set(
                e, ERR_IO,
                "temporary file: cannot write to it: %s. Set TMPDIR to a folder with more free space",
                count ? strerror_r(errno, why, sizeof why) : err_say("nothing was written"));
        }
        s->size += (uint64_t)count;
        bytes = str_from(bytes, (size_t)count);
    }
    return true;
}

size_t
spool_pread(int fd, uint64_t offset, char *into, size_t want, int *failed)
{
    size_t done = 0;
    *failed = 0;
    while (done < want && offset <= INT64_MAX - done) {
        ssize_t count = pread(fd, into + done, want - done, (off_t)(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            *failed = errno;
        if (count <= 0)
            break;
        done += (size_t)count;
    }
    return done;
}

size_t
spool_read(const struct spool *s, uint64_t offset, char *into, size_t want)
{
    int failed;
    return spool_pread(s->fd, offset, into, want, &failed);
}

void
spool_close(struct spool *s)
{
    if (s->fd >= 0)
        close(s->fd);
    *s = (struct spool){.fd = -1};
}
