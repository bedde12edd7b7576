#include "tui/xdg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "remote/whole.h"
#include "tui/words.h"

enum { LOCK_TRIES = 125, LOCK_PAUSE = 2000000 }; // nanoseconds

bool
xdg_path(enum xdg_folder folder, const char *name, struct buf *path, struct err *e)
{
    static const char *const variable[] = {"XDG_CONFIG_HOME", "XDG_STATE_HOME"};
    static const char *const below[] = {".config", ".local/state"};
    const char *root = getenv(variable[folder]), *home = getenv("HOME");
    if (root && *root == '/')
        buf_addf(path, "%s/ikewalk/%s", root, name);
    else if (home && *home == '/')
        buf_addf(path, "%s/%s/ikewalk/%s", home, below[folder], name);
    else
        return err_set(e, ERR_IO, _("HOME: cannot find %s: it is not set; set HOME or %s"), name,
                       variable[folder]);
    return true;
}

static bool
cannot_read(struct err *e, struct buf *path, const char *why)
{
    return err_set(e, ERR_IO, _("%s: cannot read it: %s"), buf_cstr(path), why);
}

bool
xdg_read(enum xdg_folder folder, const char *name, struct buf *bytes, struct err *e)
{
    struct buf path = {0};
    struct stat about;
    if (!xdg_path(folder, name, &path, e)) {
        buf_release(&path);
        return false;
    }
    size_t begun = bytes->len;
    int fd = open(buf_cstr(&path), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    bool good;
    if (fd < 0)
        good = errno == ENOENT || errno == ENOTDIR || cannot_read(e, &path, strerror(errno));
    else if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
        good = cannot_read(e, &path, _("it is no regular file"));
    else
        good = whole_read(fd, buf_cstr(&path), XDG_FILE_MOST, bytes, e);
    if (fd >= 0)
        close(fd);
    if (!good)
        bytes->len = begun;
    buf_release(&path);
    return good;
}

bool
xdg_write(enum xdg_folder folder, const char *name, struct str bytes, struct err *e)
{
    struct buf path = {0};
    bool good = xdg_path(folder, name, &path, e) && whole_write(buf_cstr(&path), bytes, e);
    buf_release(&path);
    return good;
}

int
xdg_lock(enum xdg_folder folder)
{
    struct buf path = {0};
    struct err e;
    int lock = -1;
    if (xdg_path(folder, "", &path, &e))
        lock = open(buf_cstr(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0;
         lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK && i < LOCK_TRIES; i++)
        nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE}, NULL);
    buf_release(&path);
    return lock;
}

void
xdg_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}
