#include "tui/xdg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tui/words.h"

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

// Makes the folders above the file.
static bool
make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES;
        *slash = '/';
        if (!made)
            return false;
    }
    return true;
}

static bool
read_all(int fd, struct buf *bytes)
{
    char block[16 * 1024];
    size_t begun = bytes->len;
    for (;;) {
        ssize_t got = read(fd, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        buf_add(bytes, (struct str){block, (size_t)got});
        if (bytes->len - begun > XDG_FILE_MOST) {
            errno = EFBIG;
            return false;
        }
    }
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
    bool good = fd < 0 && (errno == ENOENT || errno == ENOTDIR);
    if (fd >= 0 && fstat(fd, &about) == 0) {
        errno = EINVAL;
        good = S_ISREG(about.st_mode) && read_all(fd, bytes);
    }
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (!good) {
        bytes->len = begun;
        err_set(e, ERR_IO, _("%s: cannot read it: %s"), buf_cstr(&path), strerror(why));
    }
    buf_release(&path);
    return good;
}

static bool
write_all(int fd, struct str text)
{
    while (text.len) {
        ssize_t written = write(fd, text.at, text.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text = str_from(text, (size_t)written);
    }
    return true;
}

// Writes a new file beside the place and moves it there.
static bool
replace(const char *path, struct str bytes)
{
    struct buf passing = {0};
    buf_addf(&passing, "%s.%d", path, (int)getpid());
    const char *beside = buf_cstr(&passing);
    unlink(beside); // of a run that was killed with this number
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write_all(fd, bytes) && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false;
        why = errno;
    }
    if (good && rename(beside, path) != 0) {
        good = false;
        why = errno;
    }
    if (!good && fd >= 0)
        unlink(beside);
    buf_release(&passing);
    errno = why;
    return good;
}

bool
xdg_write(enum xdg_folder folder, const char *name, struct str bytes, struct err *e)
{
    struct buf path = {0};
    bool good = xdg_path(folder, name, &path, e);
    if (good) {
        buf_cstr(&path);
        good = make_folders(path.at) && replace(path.at, bytes);
        if (!good)
            err_set(e, ERR_IO, _("%s: cannot write it: %s"), buf_cstr(&path), strerror(errno));
    }
    buf_release(&path);
    return good;
}
