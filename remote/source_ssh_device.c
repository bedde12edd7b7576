// A device with a command line of its own: one shell on a terminal, questions typed into it, answers read up
// to its prompt.
#include <libssh/libssh.h>

#include "diag/arena.h"
#include "remote/source_ssh.h"

#include <poll.h>
#include <stdlib.h>

enum { BLOCK = 1 << 20, QUIET = 150, SLICE = 20, PROMPT = 100, LINE_MOST = 64 * 1024, SHOWN_MOST = 64 << 20 };

struct device {
    ssh_channel channel;
    char prompt[PROMPT];
    struct buf kept; // the end of what came: it may become the prompt
};

// The last line, when it can be a prompt.
static struct str
last_line(struct str text)
{
    size_t start = text.len;
    while (start && text.at[start - 1] != '\n' && text.at[start - 1] != '\r')
        start--;
    struct str line = str_from(text, start);
    struct str end = str_trim(line);
    bool prompt =
        end.len > 1 && end.len < PROMPT && (end.at[end.len - 1] == '#' || end.at[end.len - 1] == '>');
    return prompt ? end : STR_NONE;
}

// Reads until the device is quiet behind a prompt (its own, once that is known); everything before the last
// line goes to take.
static bool
read_answer(struct gate *g, struct device *d, bool (*take)(void *, struct str, struct err *), void *self,
            struct err *e)
{
    ssh_session s = link_session(g->link);
    char *block = mem_new(BLOCK);
    int64_t moved = gate_now(), begun = moved;
    bool good = true, done = false;
    while (good && !done) {
        int got = ssh_channel_read_timeout(d->channel, block, BLOCK, 0, 0);
        int64_t now = gate_now();
        if (got > 0) {
            moved = now;
            buf_add(&d->kept, (struct str){block, (size_t)got});
            struct str all = buf_str(&d->kept);
            size_t line = all.len;
            while (line && all.at[line - 1] != '\n')
                line--;
            if (!line && all.len > LINE_MOST)
                line = all.len; // no prompt is that long
            if (line) {
                good = !take || take(self, (struct str){all.at, line}, e);
                struct buf rest = {0};
                buf_add(&rest, str_from(all, line));
                buf_release(&d->kept);
                d->kept = rest;
            }
            continue;
        }
        struct str prompt = last_line(buf_str(&d->kept));
        done = now - moved >= QUIET && prompt.len && (!*d->prompt || str_eq(prompt, str_of(d->prompt)));
        if (done && !*d->prompt)
            memcpy(d->prompt, prompt.at, prompt.len);
        if (done)
            break;
        if (gate_over(g))
            good = gate_cancelled(g, e);
        else if (got == SSH_ERROR || !ssh_is_connected(s) || ssh_channel_is_eof(d->channel))
            good = link_fail(g, s, err_say("read on: the device closed its command line"), e);
        else if (now - moved > g->timeout || now - begun > (int64_t)GATE_LOG_TOTAL * 1000)
            good = err_set(e, ERR_NET, "%s: cannot read on: no prompt came for %d s. What came before stays",
                           g->shown, g->timeout / 1000);
        struct pollfd ready = {ssh_get_fd(s), POLLIN, 0};
        if (good)
            poll(&ready, 1, SLICE);
    }
    free(block);
    return good;
}

static struct device *
device_open(struct gate *g, struct err *e)
{
    struct device *d = mem_new(sizeof *d);
    ssh_session s = link_session(g->link);
    gate_limit(g, true);
    ssh_set_blocking(s, 1);
    d->channel = ssh_channel_new(s);
    bool open = d->channel && ssh_channel_open_session(d->channel) == SSH_OK &&
                ssh_channel_request_pty_size(d->channel, "dumb", 500, 1000) == SSH_OK &&
                ssh_channel_request_shell(d->channel) == SSH_OK;
    ssh_set_blocking(s, 0);
    bool good = open && read_answer(g, d, NULL, NULL, e);
    gate_limit(g, false);
    if (good)
        return d;
    if (!open || gate_late(g))
        link_fail(g, s, err_say("open its command line"), e);
    device_close(d);
    return NULL;
}

void
device_close(struct device *d)
{
    if (!d)
        return;
    if (d->channel) {
        ssh_channel_close(d->channel);
        ssh_channel_free(d->channel);
    }
    buf_release(&d->kept);
    free(d);
}

// Leaves the echo of the command out.
struct answer {
    bool (*take)(void *self, struct str bytes, struct err *e);
    void *self;
    bool begun;
};

static bool
take_behind_echo(void *self, struct str bytes, struct err *e)
{
    struct answer *a = self;
    if (!a->begun) {
        bytes = str_from(bytes, str_find(bytes, STR("\n")) + 1);
        a->begun = true;
    }
    return !bytes.len || a->take(a->self, bytes, e);
}

bool
device_ask(struct gate *g, struct device *d, const char *command,
           bool (*take)(void *self, struct str bytes, struct err *e), void *self, struct err *e)
{
    struct answer a = {take, self, false};
    struct buf line = {0};
    buf_clear(&d->kept);
    buf_addf(&line, "%s\n", command);
    ssh_session s = link_session(g->link);
    ssh_set_blocking(s, 1);
    bool sent = ssh_channel_write(d->channel, line.at, (uint32_t)line.len) == (int)line.len;
    ssh_set_blocking(s, 0);
    buf_release(&line);
    if (!sent)
        return link_fail(g, s, err_say("type a command"), e);
    return read_answer(g, d, take_behind_echo, &a, e);
}

struct showing {
    const struct gate *g;
    struct buf *into;
};

// What a device shows has no end of its own that could be relied on.
static bool
collect_shown(void *self, struct str bytes, struct err *e)
{
    struct showing *s = self;
    if (s->into->len + bytes.len > SHOWN_MOST)
        return err_set(e, ERR_LIMIT, "%s: cannot read on: it shows more than %d MB. What came before stays",
                       s->g->shown, SHOWN_MOST >> 20);
    buf_add(s->into, bytes);
    return true;
}

bool
device_show(struct gate *g, struct device *d, const char *command, struct buf *into, struct err *e)
{
    return device_ask(g, d, command, collect_shown, &(struct showing){g, into}, e);
}

struct device *
device_quiet(struct gate *g, struct err *e)
{
    struct device *d = device_open(g, e);
    const char *command;
    for (size_t n = 0; d && (command = gather_device_quiet(g->host.platform, n)); n++) {
        struct buf answer = {0};
        if (!device_ask(g, d, command, run_collect, &answer, e)) {
            device_close(d);
            d = NULL;
        }
        buf_release(&answer);
    }
    return d;
}
