// What is read of a gateway besides its log: the outputs of commands about its state, each a stream of its
// own.
#include "remote/source_ssh.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

// Streams and rows for everything that will be read besides the log.
void
states_plan(struct gate *g)
{
    for (size_t n = 0; !g->wish.only_log; n++) {
        struct buf command = {0}, plain = {0}, name = {0};
        enum source_stage_kind kind;
        const char *typed = NULL;
        bool more = g->device ? gather_device_status(g->host.platform, n, &kind, &typed)
                              : gather_status(&g->host, &g->wish, n, &kind, &plain, &command);
        if (typed) {
            buf_add(&plain, str_of(typed));
            buf_add(&command, str_of(typed));
        }
        buf_addf(&name, "%s: %s", g->hops[g->hop_count - 1].name, buf_cstr(&plain));
        struct stream *s = more ? gate_stream(g, "status", buf_cstr(&name)) : NULL;
        if (s) {
            snprintf(s->command, sizeof s->command, "%s", buf_cstr(&command));
            s->stage = kind;
            s->row = gate_stage(g, kind, s->command) + 1;
        }
        buf_release(&command);
        buf_release(&plain);
        buf_release(&name);
        if (!s)
            return;
    }
}

static bool
permission(const char *text)
{
    static const char *const words[] = {"ermission denied",     "not permitted", "must be root",
                                        "password is required", "need root",     "may not run sudo"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i]))
            return true;
    return false;
}

// A state begins with when it was read, by the gateway's clock, and by which command.
static bool
begin_state(struct gate *g, struct stream *s, struct err *e)
{
    struct buf head = {0};
    char stamp[40];
    struct tm tm;
    time_t there = (time_t)(gate_clock() + g->host.clock) + (time_t)g->host.zone;
    long zone = (long)(g->host.zone < 0 ? -g->host.zone : g->host.zone) / 60;
    gmtime_r(&there, &tm);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
    buf_addf(&head, "# read at %s%c%02ld:%02ld\n$ %s\n", stamp, g->host.zone < 0 ? '-' : '+', zone / 60,
             zone % 60, s->command);
    bool good = gate_add(g, s, buf_str(&head), e);
    buf_release(&head);
    return good;
}

// What a command about the state sends, on its way to the stream.
struct telling {
    struct gate *g;
    struct stream *stream;
    uint64_t bytes;
    int64_t begun;
};

static bool
take(void *self, struct str bytes, struct err *e)
{
    struct telling *t = self;
    t->bytes += bytes.len;
    gate_stage_bytes(t->g, t->stream->row - 1, t->bytes, (double)(gate_now() - t->begun) / 1e3);
    return gate_add(t->g, t->stream, bytes, e);
}

static bool
read_state(struct gate *g, struct stream *s, struct device *d, struct err *e)
{
    struct telling t = {.g = g, .stream = s, .begun = gate_now()};
    if (!begin_state(g, s, e))
        return false;
    if (g->device) {
        struct buf answer = {0};
        bool good = device_show(g, d, s->command, &answer, e);
        const char *refused = good ? gather_device_refused(buf_str(&answer)) : NULL;
        if (s->stage == STAGE_CONFIGURATION && answer.len)
            gather_mask(&answer);
        good = good && (!refused || err_set(e, ERR_IO, "%s: %s: %s", g->shown, s->command, refused)) &&
               (!answer.len || take(&t, buf_str(&answer), e));
        buf_release(&answer);
        return good;
    }
    struct run r = run_of(g, s->command);
    r.take = take;
    r.self = &t;
    if (!run_command(g, &r, e) || !run_judge(g, &r, t.bytes > 0, false, e)) {
        if (permission(e->text)) {
            struct err why = *e;
            g->wish.sudo
                ? err_set(e, ERR_AUTH,
                          "%.500s. This account may not, not with sudo either: allow it this command "
                          "there, or sign in as root",
                          why.text)
                : err_set(e, ERR_AUTH,
                          "%.500s. This account may not: sign in as root, or set sudo: yes in the "
                          "profile",
                          why.text);
        }
        return false;
    }
    return true;
}

void
states_read(struct gate *g)
{
    struct err e = {0};
    struct device *d = g->device && g->stream_count > 1 ? device_quiet(g, &e) : NULL;
    for (size_t i = 1; i < g->stream_count; i++) {
        struct stream *s = &g->streams[i];
        pthread_mutex_lock(&g->lock);
        bool wanted = s->wanted;
        s->wanted = false;
        pthread_mutex_unlock(&g->lock);
        if (!wanted)
            continue;
        if (gate_over(g) || !link_alive(g->link) || (g->device && !d)) {
            if (gate_over(g))
                gate_cancelled(g, &e);
            else if (!link_alive(g->link))
                err_set(&e, ERR_NET, "%s: cannot read it: the connection was lost before. Read it once more",
                        g->shown);
            gate_stage_set(g, s->row - 1, STAGE_SKIPPED, "%s", "");
            gate_end(g, s, &e);
            continue;
        }
        struct err why = {0};
        gate_stage_set(g, s->row - 1, STAGE_NOW, "%s", "");
        bool good = read_state(g, s, d, &why);
        gate_stage_set(g, s->row - 1, good ? STAGE_PASSED : STAGE_FAILED, "%s", good ? "" : why.text);
        gate_end(g, s, good ? NULL : &why);
        e = good ? e : why;
    }
    device_close(d);
}
