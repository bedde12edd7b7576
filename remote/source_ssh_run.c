// One command on the gateway: its output as it comes, its stderr up to a limit, and an end that is found even
// when the gateway does not say it.
#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include "remote/source_ssh.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

// In libssh 0.10 the bytes asked for at once are the window that is offered to the gateway, and on a long
// line the window is the speed.
enum {
    WINDOW = 16 << 20,
    GATHERED = 2 << 20,
    STDERR_BLOCK = 32 * 1024,
    SLICE = 100,
    DRAIN = 300,
    LATE = 3000,
    ANSWER_MOST = 64 * 1024
};

// Reading has five results; libssh answers 0 for three of them.
enum reading { READ_DATA, READ_NOTHING, READ_END, READ_TIMEOUT, READ_ERROR };

struct running {
    struct gate *g;
    struct run *r;
    ssh_session session;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;
    char *block; // room for what was gathered and one window more
    size_t have;
    int64_t begun, moved; // when it started, when the last byte came
    int64_t ended;        // when it told its status, or its end; 0: not yet
};

static void
take_status(ssh_session session, ssh_channel channel, int status, void *self)
{
    struct running *w = self;
    (void)session, (void)channel;
    w->r->status = status;
    w->ended = w->ended ? w->ended : gate_now();
}

static void
take_signal(ssh_session session, ssh_channel channel, const char *name, int core, const char *text,
            const char *language, void *self)
{
    struct running *w = self;
    (void)session, (void)channel, (void)core, (void)text, (void)language;
    snprintf(w->r->signal, sizeof w->r->signal, "%s", name ? name : "unknown");
    w->ended = w->ended ? w->ended : gate_now();
}

static bool
drain_stderr(struct running *w)
{
    char block[STDERR_BLOCK];
    int got = ssh_channel_read_timeout(w->channel, block, sizeof block, 1, 0);
    if (got <= 0)
        return false;
    size_t kept = strlen(w->r->complaint), room = sizeof w->r->complaint - 1 - kept;
    size_t take = (size_t)got < room ? (size_t)got : room;
    for (size_t i = 0; i < take; i++)
        w->r->complaint[kept + i] = block[i] ? block[i] : ' ';
    w->r->complained += (size_t)got;
    return true;
}

static enum reading
read_some(struct running *w)
{
    bool complained = drain_stderr(w);
    int got = ssh_channel_read_timeout(w->channel, w->block + w->have, WINDOW, 0, 0);
    int64_t now = gate_now();
    if (got > 0 || complained) {
        w->moved = now;
        w->have += got > 0 ? (size_t)got : 0;
        return READ_DATA;
    }
    if (w->ended &&
        (now - (w->moved > w->ended ? w->moved : w->ended) > DRAIN || ssh_channel_is_eof(w->channel)))
        return READ_END;
    if (ssh_channel_is_closed(w->channel) && ssh_is_connected(w->session))
        return READ_END;
    if (ssh_channel_is_eof(w->channel) && now - w->moved > LATE)
        return READ_END; // its status never comes
    if (ssh_channel_is_eof(w->channel))
        ssh_channel_get_exit_status(w->channel); // reading no longer looks at what comes behind the end
    if (got == SSH_ERROR || !ssh_is_connected(w->session) || ssh_get_error_code(w->session) == SSH_FATAL)
        return READ_ERROR;
    if (now - w->moved > w->r->silence || now - w->begun > w->r->total)
        return READ_TIMEOUT;
    return READ_NOTHING;
}

static bool
hand_over(struct running *w, struct err *e)
{
    struct str bytes = {w->block, w->have};
    w->have = 0;
    return !bytes.len || w->r->take(w->r->self, bytes, e);
}

static bool
say_timeout(struct running *w, struct err *e)
{
    int64_t now = gate_now();
    bool silent = now - w->moved > w->r->silence;
    return err_set(e, ERR_NET,
                   "%s: cannot read on: %s for %lld seconds. What came before stays; --timeout waits longer",
                   w->g->shown, silent ? "nothing came" : "one command ran",
                   (long long)(silent ? w->r->silence : w->r->total) / 1000);
}

static bool
read_all(struct running *w, struct err *e)
{
    for (;;) {
        if (gate_over(w->g)) {
            struct err ignored;
            hand_over(w, &ignored);
            return gate_cancelled(w->g, e);
        }
        enum reading got = read_some(w);
        if ((got != READ_DATA || w->have >= GATHERED) && !hand_over(w, e))
            return false;
        if (got == READ_END)
            return true;
        if (got == READ_ERROR)
            return link_fail(w->g, w->session, "read on: the connection was lost", e);
        if (got == READ_TIMEOUT)
            return say_timeout(w, e);
        struct pollfd ready = {ssh_get_fd(w->session), POLLIN, 0};
        if (got == READ_NOTHING)
            poll(&ready, 1, SLICE);
    }
}

static bool
start(struct running *w, struct err *e)
{
    ssh_callbacks_init(&w->callbacks);
    w->callbacks.userdata = w;
    w->callbacks.channel_exit_status_function = take_status;
    w->callbacks.channel_exit_signal_function = take_signal;
    ssh_set_blocking(w->session, 1);
    w->channel = ssh_channel_new(w->session);
    bool good = w->channel && ssh_set_channel_callbacks(w->channel, &w->callbacks) == SSH_OK &&
                ssh_channel_open_session(w->channel) == SSH_OK;
    link_measured(w->g->link, gate_now() - w->begun);
    good = good && ssh_channel_request_exec(w->channel, w->r->command) == SSH_OK;
    ssh_set_blocking(w->session, 0);
    return good || link_fail(w->g, w->session, "run a command there", e);
}

bool
run_command(struct gate *g, struct run *r, struct err *e)
{
    struct running w = {.g = g, .r = r, .session = link_session(g->link)};
    size_t room = GATHERED + WINDOW;
    r->status = -1;
    r->signal[0] = r->complaint[0] = '\0';
    r->complained = 0;
    void *block = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED)
        return err_set(e, ERR_LIMIT, "%s: cannot read: no memory is left", g->shown);
    w.block = block;
    w.begun = w.moved = gate_now();
    bool good = start(&w, e);
    w.moved = gate_now();
    good = good && read_all(&w, e);
    if (w.channel) {
        if (ssh_is_connected(w.session))
            ssh_channel_close(w.channel);
        ssh_remove_channel_callbacks(w.channel, &w.callbacks);
        ssh_channel_free(w.channel);
    }
    munmap(block, room);
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
        buf_addf(&note, "%s: a command there complained: %.*s\n", g->shown, room, said.at);
        gate_note(g, buf_str(&note));
        buf_release(&note);
    }
    return true;
}
