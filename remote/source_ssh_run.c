// Commands on the gateway, one behind the other in one shell there: to sign in and to start the account's own
// shell can cost more than all of them. Each has its output as it comes, its stderr up to a limit, and an end
// that is found even when something it left behind keeps the streams open.
#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include "diag/arena.h"
#include "remote/fence.h"
#include "remote/source_ssh.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    GATHERED = 256 * 1024,
    STDERR_BLOCK = 32 * 1024,
    SLICE = 100,
    MOMENT = 10, // so long may what came wait for more
    LATE = 3000,
    ANSWER_MOST = 64 * 1024,
    SPARE = 64 * 1024,
    SIGNALLED = 128,
    SIGNALS = 32
};

// Reading has five results; libssh answers 0 for three of them.
enum reading { READ_DATA, READ_NOTHING, READ_END, READ_TIMEOUT, READ_ERROR };

struct shell {
    ssh_session session;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;
    char mark[FENCE_MARK];
    struct fence out, err;
    uint32_t offered; // of the window
    bool complains;   // the other stream had something last time
    // How the shell itself ended.
    bool ended;
    int status; // -1: it did not tell
    char signal[40];
};

struct running {
    struct gate *g;
    struct run *r;
    struct shell *shell;
    int64_t begun, moved; // when it started, when the last byte came
};

static void
take_status(ssh_session session, ssh_channel channel, int status, void *self)
{
    struct shell *s = self;
    (void)session, (void)channel;
    s->status = status;
    s->ended = true;
}

static void
take_signal(ssh_session session, ssh_channel channel, const char *name, int core, const char *text,
            const char *language, void *self)
{
    struct shell *s = self;
    (void)session, (void)channel, (void)core, (void)text, (void)language;
    snprintf(s->signal, sizeof s->signal, "%s", name ? name : "unknown");
    s->ended = true;
}

static void
complain(struct run *r, struct str text)
{
    size_t kept = strlen(r->complaint), room = sizeof r->complaint - 1 - kept;
    for (size_t i = 0; i < text.len && i < room; i++)
        r->complaint[kept + i] = text.at[i] ? text.at[i] : ' ';
}

// Takes what came on one stream. Of what the start of the account's shell wrote nothing is left once a
// command begins; when none ever does, it is all there is to show.
static void
take_stream(struct running *w, struct fence *f, int got)
{
    if (got <= 0)
        return;
    w->moved = gate_now();
    bool before = f->at == FENCE_BEFORE;
    size_t outside = fence_look(f, w->shell->mark, (size_t)got);
    complain(w->r, (struct str){f->block, outside});
    fence_drop(f, outside);
    if (before && f->at != FENCE_BEFORE) {
        memset(w->r->complaint, 0, sizeof w->r->complaint);
        gate_limit(w->g, false);
    }
    if (f == &w->shell->err) {
        size_t ready = fence_ready(f);
        complain(w->r, (struct str){f->block, ready});
        fence_drop(f, ready);
    }
}

static enum reading
read_some(struct running *w)
{
    struct shell *s = w->shell;
    bool behind = s->out.at == FENCE_BEHIND;
    int wait = behind || s->complains ? 0 : fence_ready(&s->out) ? MOMENT : SLICE;
    int got = link_read(s->channel, s->out.block + s->out.have, &s->offered, wait), said = 0;
    take_stream(w, &s->out, got);
    if (got <= 0) {
        wait = behind ? MOMENT : 0;
        said = ssh_channel_read_timeout(s->channel, s->err.block + s->err.have, STDERR_BLOCK, 1, wait);
        take_stream(w, &s->err, said);
    }
    s->complains = said > 0;
    if (s->out.at == FENCE_BEHIND && s->err.at == FENCE_BEHIND)
        return READ_END;
    int64_t now = gate_now();
    if (now - w->moved > w->r->silence || now - w->begun > w->r->total)
        return READ_TIMEOUT;
    if (got > 0 || said > 0)
        return READ_DATA;
    bool eof = ssh_channel_is_eof(s->channel);
    if (ssh_is_connected(s->session) &&
        (ssh_channel_is_closed(s->channel) || (eof && (s->ended || now - w->moved > LATE))))
        return READ_END;
    if (eof)
        ssh_channel_get_exit_status(s->channel); // reading no longer looks at what comes behind the end
    if (got == SSH_ERROR || !ssh_is_connected(s->session) || ssh_get_error_code(s->session) == SSH_FATAL)
        return READ_ERROR;
    if (eof)
        poll(NULL, 0, MOMENT); // reading no longer waits
    return READ_NOTHING;
}

static bool
hand_over(struct running *w, bool all, struct err *e)
{
    struct fence *f = &w->shell->out;
    struct str bytes = {f->block, all && f->at != FENCE_BEFORE ? f->have : fence_ready(f)};
    bool good = !bytes.len || w->r->take(w->r->self, bytes, e);
    fence_drop(f, bytes.len);
    return good;
}

static bool
say_timeout(struct running *w, struct err *e)
{
    int64_t now = gate_now();
    if (now - w->moved > w->r->silence)
        return err_set(e, ERR_NET,
                       "%s: cannot read on: nothing came for %lld s. What came before stays; --timeout "
                       "waits longer",
                       w->g->shown, (long long)w->r->silence / 1000);
    return err_set(e, ERR_NET,
                   "%s: cannot read on: one command ran for %lld s. What came before stays; --timeout waits "
                   "longer",
                   w->g->shown, (long long)w->r->total / 1000);
}

static bool
read_all(struct running *w, struct err *e)
{
    for (;;) {
        enum reading got = gate_over(w->g) ? READ_ERROR : read_some(w);
        bool pause = got != READ_DATA, over = pause && got != READ_NOTHING;
        if ((pause || w->shell->out.have >= GATHERED) && !hand_over(w, over, e))
            return false;
        if (got == READ_END)
            return true;
        if (got == READ_ERROR)
            return link_fail(w->g, w->shell->session,
                             w->shell->out.at == FENCE_BEFORE ? err_say("start a shell there")
                                                              : err_say("read on: the connection was lost"),
                             e);
        if (got == READ_TIMEOUT)
            return say_timeout(w, e);
    }
}

void
shell_close(struct gate *g)
{
    struct shell *s = g->shell;
    g->shell = NULL;
    if (!s)
        return;
    if (s->channel) {
        if (ssh_is_connected(s->session))
            ssh_channel_close(s->channel);
        ssh_remove_channel_callbacks(s->channel, &s->callbacks);
        ssh_channel_free(s->channel);
    }
    free(s->out.block);
    free(s->err.block);
    free(s);
}

static bool
shell_open(struct gate *g, struct err *e)
{
    struct shell *s = g->shell = mem_new(sizeof *s);
    s->session = link_session(g->link);
    s->status = -1;
    s->out.block = mem_new(GATHERED + LINK_WINDOW + SPARE);
    s->err.block = mem_new(STDERR_BLOCK + SPARE);
    ssh_callbacks_init(&s->callbacks);
    s->callbacks.userdata = s;
    s->callbacks.channel_exit_status_function = take_status;
    s->callbacks.channel_exit_signal_function = take_signal;
    if (!fence_mark(s->mark))
        return err_set(e, ERR_LIMIT, "%s: cannot read: there is no randomness on this machine", g->shown);
    ssh_set_blocking(s->session, 1);
    s->channel = ssh_channel_new(s->session);
    bool good = s->channel && ssh_set_channel_callbacks(s->channel, &s->callbacks) == SSH_OK &&
                ssh_channel_open_session(s->channel) == SSH_OK;
    int64_t asked = gate_now();
    good = good && ssh_channel_request_exec(s->channel, "/bin/sh") == SSH_OK;
    link_measured(g->link, gate_now() - asked);
    ssh_set_blocking(s->session, 0);
    return good || link_fail(g, s->session, err_say("start a shell there"), e);
}

// The shell takes the command, and all else it may write from here on is the command's.
static bool
begin(struct running *w, struct err *e)
{
    struct shell *s = w->shell;
    struct buf script = {0};
    s->out.at = s->err.at = FENCE_BEFORE;
    s->out.have = s->err.have = 0;
    fence_command(s->mark, w->r->command, &script);
    ssh_set_blocking(s->session, 1);
    bool good = ssh_channel_write(s->channel, script.at, (uint32_t)script.len) == (int)script.len;
    ssh_set_blocking(s->session, 0);
    buf_release(&script);
    return good || link_fail(w->g, s->session, err_say("run a command there"), e);
}

bool
run_command(struct gate *g, struct run *r, struct err *e)
{
    r->status = -1;
    r->signal[0] = '\0';
    memset(r->complaint, 0, sizeof r->complaint);
    // One that ended while nobody read it is of no use.
    if (g->shell && (ssh_channel_poll(g->shell->channel, 0) < 0 || !ssh_channel_is_open(g->shell->channel)))
        shell_close(g);
    struct running w = {.g = g, .r = r, .begun = gate_now()};
    gate_limit(g, true);
    bool good = g->shell || shell_open(g, e);
    w.shell = g->shell;
    good = good && begin(&w, e);
    w.moved = gate_now();
    good = good && read_all(&w, e);
    gate_limit(g, false);
    if (good && w.shell->out.at == FENCE_BEHIND) {
        r->status = w.shell->out.status;
        if (r->status > SIGNALLED && r->status < SIGNALLED + SIGNALS) // as shells tell it
            snprintf(r->signal, sizeof r->signal, "%d", r->status - SIGNALLED);
        return true;
    }
    if (good) { // the shell itself ended
        r->status = w.shell->status;
        memcpy(r->signal, w.shell->signal, sizeof r->signal);
        if (w.shell->out.at == FENCE_BEFORE)
            complain(r, (struct str){w.shell->out.block, w.shell->out.have});
        complain(r, (struct str){w.shell->err.block, w.shell->err.have});
        if (w.shell->out.at == FENCE_WITHIN && !*r->signal)
            good = err_set(e, ERR_NET,
                           "%s: cannot read on: the shell there ended before its command did. What came "
                           "before stays",
                           g->shown);
    }
    shell_close(g);
    return good;
}

struct run
run_of(const struct gate *g, const char *command)
{
    return (struct run){.command = command, .silence = g->timeout, .total = 2 * g->timeout, .status = -1};
}

bool
run_collect(void *self, struct str bytes, struct err *e)
{
    struct buf *b = self;
    (void)e;
    if (b->len < ANSWER_MOST)
        buf_add(b, (struct str){bytes.at, bytes.len < ANSWER_MOST ? bytes.len : ANSWER_MOST});
    return true;
}

struct str
run_complaint(const struct run *r)
{
    struct str text = str_trim(str_of(r->complaint));
    text.len = str_find(text, STR("\n"));
    return text;
}

bool
run_judge(struct gate *g, const struct run *r, bool got_something, bool filter, struct err *e)
{
    struct str said = run_complaint(r);
    bool fine = r->status == 0 || (filter && r->status == 1);
    int room = (int)(said.len < 200 ? said.len : 200);
    if (*r->signal)
        return err_set(e, ERR_IO,
                       "%s: cannot read on: the command there was ended by the signal %s. What came before "
                       "stays",
                       g->shown, r->signal);
    if (!fine && !got_something)
        return err_set(e, ERR_IO, "%s: cannot read it: the command there ended with %d: %.*s", g->shown,
                       r->status, room, said.at);
    if (said.len && !got_something)
        return err_set(e, ERR_IO, "%s: cannot read it: %.*s", g->shown, room, said.at);
    if (said.len) {
        struct buf note = {0};
        buf_addf(&note, err_say("%s: a command there complained: %.*s\n"), g->shown, room, said.at);
        gate_note(g, buf_str(&note));
        buf_release(&note);
    }
    return true;
}
