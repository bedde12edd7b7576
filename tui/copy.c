#include "tui/copy.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/words.h"
#include "tui/xdg.h"

#define COPIED "copied.txt"

extern char **environ;

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
    // It fits into the pipe, so it neither blocks nor goes in parts.
    bool sent = started && write(ends[1], text.at, text.len) == (ssize_t)text.len;
    close(ends[1]);
    return sent;
}

static void (*terminal)(struct str bytes);

void
copy_through(void (*send)(struct str bytes))
{
    terminal = send;
}

static void
add_base64(struct str text, struct buf *out)
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < text.len; i += 3) {
        size_t left = text.len - i;
        uint32_t three = (uint32_t)(unsigned char)text.at[i] << 16;
        three |= left > 1 ? (uint32_t)(unsigned char)text.at[i + 1] << 8 : 0;
        three |= left > 2 ? (uint32_t)(unsigned char)text.at[i + 2] : 0;
        buf_add_char(out, signs[three >> 18]);
        buf_add_char(out, signs[three >> 12 & 63]);
        buf_add_char(out, left > 1 ? signs[three >> 6 & 63] : '=');
        buf_add_char(out, left > 2 ? signs[three & 63] : '=');
    }
}

// Asks the terminal to take the text (OSC 52 of xterm). Whether it did it does not say, so it is called sent.
static bool
tell_terminal(struct str text)
{
    if (!terminal || text.len > COPY_MOST)
        return false;
    struct buf bytes = {0};
    buf_add(&bytes, STR("\033]52;c;"));
    add_base64(text, &bytes);
    buf_add_char(&bytes, '\a');
    terminal(buf_str(&bytes));
    buf_release(&bytes);
    return true;
}

bool
copy_text(struct str text, struct buf *told, struct err *e)
{
    struct buf path = {0}, lines = {0};
    buf_add(&lines, text);
    buf_add_char(&lines, '\n');
    bool good = xdg_path(XDG_STATE, COPIED, &path, e) && xdg_write(XDG_STATE, COPIED, buf_str(&lines), e);
    if (good)
        buf_addf(told,
                 tell_tmux(text)       ? _("Sent to tmux, and written to %s")
                 : tell_terminal(text) ? _("Sent to the terminal, and written to %s")
                                       : _("Written to %s"),
                 buf_cstr(&path));
    buf_release(&path);
    buf_release(&lines);
    return good;
}
