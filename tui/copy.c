#include "tui/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tui/words.h"

extern char **environ;

// Makes the folder and those above it.
static bool
make_folder(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES;
        *slash = '/';
        if (!made)
            return false;
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
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

// Through a temporary file in the same folder, so that a full disk leaves the old copy whole.
static bool
write_file(struct buf *path, struct str text, struct err *e)
{
    struct buf passing = {0};
    buf_addf(&passing, "%s.%d", buf_cstr(path), (int)getpid());
    int fd = open(buf_cstr(&passing), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write_all(fd, text) && write_all(fd, STR("\n")) && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false;
        why = errno;
    }
    if (good && rename(buf_cstr(&passing), buf_cstr(path)) != 0) {
        good = false;
        why = errno;
    }
    if (!good && fd >= 0)
        unlink(buf_cstr(&passing));
    buf_release(&passing);
    return good || err_set(e, ERR_IO, _("%s: cannot write the copy: %s"), buf_cstr(path), strerror(why));
}

static bool
state_folder(struct buf *path, struct err *e)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && *state == '/')
        buf_addf(path, "%s/ikewalk", state);
    else if (home && *home == '/')
        buf_addf(path, "%s/.local/state/ikewalk", home);
    else
        return err_set(e, ERR_IO, "%s",
                       _("HOME: cannot write the copy: it is not set; set HOME or XDG_STATE_HOME"));
    buf_cstr(path);
    if (!make_folder(path->at))
        return err_set(e, ERR_IO, _("%s: cannot make the folder: %s"), buf_cstr(path), strerror(errno));
    return true;
}

// Hands the text to tmux and does not wait for it; SIGCHLD is ignored, so it leaves nothing behind.
static bool
tell_tmux(struct str text)
{
    const char *tmux = getenv("TMUX");
    int ends[2];
    if (!tmux || !*tmux || text.len > COPY_MOST || pipe2(ends, O_CLOEXEC) != 0)
        return false;
    posix_spawn_file_actions_t files;
    char *const args[] = {"tmux", "load-buffer", "-w", "-", NULL};
    pid_t child;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[0], 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    bool started = posix_spawnp(&child, "tmux", &files, NULL, args, environ) == 0;
    posix_spawn_file_actions_destroy(&files);
    close(ends[0]);
    bool sent = started && write_all(ends[1], text); // fits into the pipe, so it does not block
    close(ends[1]);
    return sent;
}

bool
copy_text(struct str text, struct buf *told, struct err *e)
{
    struct buf path = {0};
    bool good = state_folder(&path, e);
    if (good) {
        buf_add(&path, STR("/copied.txt"));
        good = write_file(&path, text, e);
    }
    if (good)
        buf_addf(told, tell_tmux(text) ? _("Sent to tmux, and written to %s") : _("Written to %s"),
                 buf_cstr(&path));
    buf_release(&path);
    return good;
}
