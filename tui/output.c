#include "tui/output.h"

#include "diag/arena.h"
#include "tui/words.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// A file under construction has no name where the file system can do that, so that nothing is left behind
// when we are killed; elsewhere it has a temporary one. Both stand in the folder of the target, for only
// there rename is atomic.
struct output {
    char *path;        // NULL: standard output
    struct buf shown;  // what errors call it
    struct buf hidden; // name of the temporary file
    bool named;        // it exists under that name
    bool fresh;        // nothing may stand under the name of the target
    int fd;
    bool failed;
};

enum { NAMES_TRIED = 100 };

static bool
fail(struct output *o, struct err *e, const char *what, int why)
{
    o->failed = true;
    return err_set(e, why == EEXIST ? ERR_EXISTS : ERR_IO, "%s: cannot %s: %s", buf_cstr(&o->shown), _(what),
                   strerror(why));
}

static void
temporary_name(struct output *o, int attempt)
{
    const char *slash = strrchr(o->path, '/');
    int folder = slash ? (int)(slash - o->path) + 1 : 0;
    buf_clear(&o->hidden);
    buf_addf(&o->hidden, "%.*s.%s.%ld-%d", folder, o->path, o->path + folder, (long)getpid(), attempt);
}

// A file without a name; -1 when the file system knows no such thing.
static int
open_nameless(const struct output *o)
{
    struct buf folder = {0};
    const char *slash = strrchr(o->path, '/');
    buf_add(&folder, slash ? (struct str){o->path, (size_t)(slash - o->path) + 1} : STR("."));
    int fd = open(buf_cstr(&folder), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    buf_release(&folder);
    return fd;
}

static int
open_named(struct output *o)
{
    for (int i = 0; i < NAMES_TRIED; i++) {
        temporary_name(o, i);
        int fd = open(buf_cstr(&o->hidden), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST) {
            o->named = fd >= 0;
            return fd;
        }
    }
    return -1;
}

static bool
open_file(struct output *o, struct err *e)
{
    struct stat there;
    bool exists = lstat(o->path, &there) == 0;
    if (exists && !S_ISREG(there.st_mode))
        return err_set(e, ERR_USAGE, "%s: cannot write the report there: %s. Name a file",
                       buf_cstr(&o->shown),
                       S_ISDIR(there.st_mode) ? _("it is a folder") : _("it is not a regular file"));
    if (exists && o->fresh)
        return fail(o, e, N_("create the file"), EEXIST);
    o->fd = open_nameless(o);
    if (o->fd < 0)
        o->fd = open_named(o);
    if (o->fd < 0)
        return fail(o, e, N_("create the file"), errno);
    // A file that others could read before stays readable for them.
    if (exists && fchmod(o->fd, there.st_mode & 0777) != 0)
        return fail(o, e, N_("set its permissions"), errno);
    return true;
}

static void
release(struct output *o)
{
    if (o->path && o->fd >= 0)
        close(o->fd);
    if (o->named)
        unlink(buf_cstr(&o->hidden));
    buf_release(&o->shown);
    buf_release(&o->hidden);
    free(o->path);
    free(o);
}

static struct output *
open_output(const char *path, bool fresh, struct err *e)
{
    struct output *o = mem_new(sizeof *o);
    o->fd = STDOUT_FILENO;
    o->fresh = fresh;
    buf_addf(&o->shown, "%s", path ? path : "standard output");
    bool good;
    if (path) {
        o->path = mem_text(path);
        o->fd = -1;
        good = open_file(o, e);
    } else {
        good = fcntl(o->fd, F_GETFD) >= 0 || fail(o, e, N_("write the report"), errno);
    }
    if (good)
        return o;
    release(o);
    return NULL;
}

struct output *
output_open(const char *path, struct err *e)
{
    return open_output(path, false, e);
}

struct output *
output_new(const char *path, struct err *e)
{
    return open_output(path, true, e);
}

bool
output_write(struct output *o, struct str bytes, struct err *e)
{
    while (bytes.len && !o->failed) {
        ssize_t done = write(o->fd, bytes.at, bytes.len);
        struct pollfd wait = {.fd = o->fd, .events = POLLOUT};
        if (done >= 0)
            bytes = str_from(bytes, (size_t)done);
        else if (errno == EAGAIN)
            poll(&wait, 1, -1);
        else if (errno != EINTR)
            return fail(o, e, N_("write the report"), errno);
    }
    return !o->failed ||
           err_set(e, ERR_IO, "%s: cannot write the report: an earlier part is missing", buf_cstr(&o->shown));
}

// The file without a name gets the temporary one.
static bool
give_name(struct output *o)
{
    char self[32];
    snprintf(self, sizeof self, "/proc/self/fd/%d", o->fd);
    for (int i = 0; i < NAMES_TRIED && !o->named; i++) {
        temporary_name(o, i);
        o->named = linkat(AT_FDCWD, self, AT_FDCWD, buf_cstr(&o->hidden), AT_SYMLINK_FOLLOW) == 0;
        if (!o->named && errno != EEXIST)
            break;
    }
    return o->named;
}

static bool
keep_file(struct output *o, struct err *e)
{
    if (fsync(o->fd) != 0)
        return fail(o, e, N_("write the report"), errno);
    if (!o->named && !give_name(o))
        return fail(o, e, N_("name the file"), errno);
    int fd = o->fd;
    o->fd = -1;
    if (close(fd) != 0)
        return fail(o, e, N_("write the report"), errno);
    // A link is made only where nothing stands; some file systems know none.
    bool linked = o->fresh && link(buf_cstr(&o->hidden), o->path) == 0;
    if (o->fresh && !linked && errno != EPERM && errno != ENOTSUP)
        return fail(o, e, N_("put the report in place"), errno);
    if (linked)
        return true; // the temporary name goes with the output
    if (rename(buf_cstr(&o->hidden), o->path) != 0)
        return fail(o, e, N_("put the report in place"), errno);
    o->named = false;
    return true;
}

// Some file systems tell only on closing that there was no room; the descriptor itself stays open.
static bool
settle_stream(struct output *o, struct err *e)
{
    int copy = fcntl(o->fd, F_DUPFD_CLOEXEC, 3);
    return (copy >= 0 && close(copy) == 0) || fail(o, e, N_("write the report"), errno);
}

bool
output_close(struct output *o, struct err *e)
{
    bool good = !o->failed ||
                err_set(e, ERR_IO, "%s: cannot write the report: a part is missing", buf_cstr(&o->shown));
    if (good)
        good = o->path ? keep_file(o, e) : settle_stream(o, e);
    release(o);
    return good;
}

void
output_drop(struct output *o)
{
    if (o)
        release(o);
}
