#include "remote/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
fail(struct err *e, const char *path, bool writing)
{
    char text[128];
    const char *why = strerror_r(errno, text, sizeof text);
    return writing ? err_set(e, ERR_IO, "%.200s: cannot write: %s", path, why)
                   : err_set(e, ERR_IO, "%.200s: cannot read: %s", path, why);
}

bool
whole_read(int fd, const char *path, size_t most, struct buf *text, struct err *e)
{
    char block[8192];
    for (;;) {
        ssize_t got = read(fd, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(e, path, false);
        if (got == 0)
            return true;
        if (text->len + (size_t)got > most)
            return err_set(e, ERR_LIMIT, "%.200s: cannot read: it is larger than %zu bytes", path, most);
        buf_add(text, (struct str){block, (size_t)got});
    }
}

static bool
write_out(int fd, struct str text)
{
    while (text.len) {
        ssize_t count = write(fd, text.at, text.len);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        text = str_from(text, (size_t)count);
    }
    return fsync(fd) == 0;
}

static bool
write_beside(const char *path, struct str text, struct err *e)
{
    struct buf beside = {0};
    buf_addf(&beside, "%s.XXXXXX", path);
    buf_cstr(&beside);
    int fd = mkostemp(beside.at, O_CLOEXEC); // O_EXCL, 0600
    bool good = fd >= 0 && write_out(fd, text);
    int failed = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        failed = errno;
        good = false;
    }
    if (good && rename(beside.at, path) != 0) {
        failed = errno;
        good = false;
    }
    if (fd >= 0 && !good)
        unlink(beside.at);
    buf_release(&beside);
    errno = failed;
    return good || fail(e, path, true);
}

bool
whole_write(const char *path, struct str text, struct err *e)
{
    struct buf folder = {0};
    const char *slash = strrchr(path, '/');
    if (slash && slash != path) {
        buf_add(&folder, (struct str){path, (size_t)(slash - path)});
        for (size_t i = 1; i <= folder.len; i++) { // its parents too
            if (i < folder.len && folder.at[i] != '/')
                continue;
            char *part = strndup(folder.at, i);
            if (part)
                mkdir(part, 0700);
            free(part);
        }
    }
    buf_release(&folder);
    char *linked = realpath(path, NULL);
    bool good = write_beside(linked ? linked : path, text, e);
    free(linked);
    return good;
}
