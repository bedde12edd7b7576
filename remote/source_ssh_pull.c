// What the thread of a gateway does: go there, find out what runs there, have its log and its state read, and
// then wait until somebody wants to know what is new.
#include "remote/source_ssh.h"

static bool
probe_shell(struct gate *g, struct err *e)
{
    struct buf command = {0}, answer = {0};
    struct err why = {0};
    bool good = gather_probe(&g->wish, &command, e);
    struct run r = run_of(g, buf_cstr(&command));
    r.take = run_collect;
    r.self = &answer;
    double begun = gate_clock();
    good = good && run_command(g, &r, e);
    double middle = (begun + gate_clock()) / 2;
    if (good && !gather_read_probe(buf_str(&answer), &g->wish, middle, &g->host, &why)) {
        struct str said = run_complaint(&r);
        said.len ? err_set(e, why.kind, "%s: %.400s. It said: %.*s", g->shown, why.text,
                           (int)(said.len < 120 ? said.len : 120), said.at)
                 : err_set(e, why.kind, "%s: %.400s", g->shown, why.text);
        good = false;
    }
    buf_release(&command);
    buf_release(&answer);
    return good;
}

static bool
probe_device(struct gate *g, struct err *e)
{
    struct buf answer = {0};
    g->host = (struct gather_host){.platform = g->wish.platform ? gather_platform(g->wish.platform) : -1};
    struct device *d = device_quiet(g, e);
    bool good = d && device_ask(g, d, gather_device_version(), run_collect, &answer, e);
    if (good && gather_device_platform(buf_str(&answer), &g->host) < 0)
        good = err_set(
            e, ERR_PARSE,
            "%s: cannot find out what it is: its version names nothing that is known here. Name it with "
            "--platform, or platform: in its profile",
            g->shown);
    buf_release(&answer);
    device_close(d);
    return good;
}

static void
tell_probe(struct gate *g)
{
    struct buf text = {0}, note = {0};
    buf_add(&text, str_of(*g->host.version ? g->host.version : gather_platform_title(g->host.platform)));
    if (g->log_chosen) {
        if (g->log.form == GATHER_FILE)
            buf_addf(&text, err_say(", log in %s"), g->log.path);
        else if (g->log.form == GATHER_JOURNAL)
            buf_add(&text, str_of(err_say(", log in the journal")));
        gather_tell_log(&g->log, &note);
    }
    if (g->host.clock_told && g->host.clock > -0.05 && g->host.clock < 0.05)
        buf_add(&text, str_of(err_say(", clock as ours")));
    else if (g->host.clock_told)
        buf_addf(&text, err_say(", clock %+.1f s to ours"), g->host.clock);
    gate_stage_set(g, g->probe_row - 1, STAGE_PASSED, "%s", buf_cstr(&text));
    gate_note(g, buf_str(&note));
    buf_release(&text);
    buf_release(&note);
}

static bool
find_out(struct gate *g, struct err *e)
{
    size_t row = gate_row(g, &g->probe_row, STAGE_PROBE);
    struct err why = {0};
    gate_stage_set(g, row, STAGE_NOW, "%s", "");
    g->device = gather_is_device(link_greeting(g->link), g->wish.platform);
    if (!(g->device ? probe_device(g, e) : probe_shell(g, e))) {
        gate_stage_set(g, row, STAGE_FAILED, "%s", e->text);
        return false;
    }
    g->probed = true;
    if (g->device) {
        g->log = (struct gather_log){.form = GATHER_DEVICE, .platform = g->host.platform};
        g->log_chosen = true;
    } else {
        g->log_chosen = gather_choose_log(&g->host, &g->wish, &g->log, &why);
        g->piece = (struct gather_piece){.to = g->log.size};
        if (link_is_here(g->link))
            g->log.pack = NULL;
    }
    tell_probe(g);
    gate_row(g, &g->streams[0].row, STAGE_LOG);
    if (!g->planned)
        states_plan(g);
    if (!g->log_chosen) {
        err_set(e, why.kind, "%s: %.600s", g->shown, why.text);
        gate_stage_set(g, g->streams[0].row - 1, STAGE_FAILED, "%s", e->text);
    }
    return g->log_chosen;
}

static bool
open_up(struct gate *g, struct err *e)
{
    if (!link_alive(g->link)) {
        link_close(g);
        if (!link_open(g, e))
            return false;
    }
    return (g->probed && g->log_chosen) || find_out(g, e);
}

// All that is wanted, once.
static void
serve(struct gate *g)
{
    struct err e = {0};
    pthread_mutex_lock(&g->lock);
    g->pull.over = false;
    bool log = g->streams[0].wanted;
    g->streams[0].wanted = false;
    pthread_mutex_unlock(&g->lock);
    bool begun = g->log_chosen;
    bool up = open_up(g, &e);
    pthread_mutex_lock(&g->lock);
    for (size_t i = 1; !g->planned && i < g->stream_count; i++)
        g->streams[i].wanted = true;
    g->planned |= g->probed;
    pthread_mutex_unlock(&g->lock);
    if (log && up)
        log_read(g, !begun, &e);
    else if (log)
        gate_end(g, &g->streams[0], &e);
    states_read(g);
    if (gate_over(g))
        link_close(g);
    pthread_mutex_lock(&g->lock);
    g->pull.over = true;
    g->pull.serial++;
    pthread_mutex_unlock(&g->lock);
    gate_signal(g);
}

static bool
wait_wanted(struct gate *g)
{
    bool wanted = false;
    pthread_mutex_lock(&g->lock);
    while (!wanted && !g->cancel) {
        for (size_t i = 0; i < g->stream_count; i++)
            wanted |= g->streams[i].wanted;
        if (!wanted)
            pthread_cond_wait(&g->changed, &g->lock);
    }
    bool over = g->cancel;
    pthread_mutex_unlock(&g->lock);
    return !over;
}

void *
gate_run(void *self)
{
    struct gate *g = self;
    pthread_mutex_lock(&g->lock);
    g->streams[0].wanted = true;
    pthread_mutex_unlock(&g->lock);
    while (wait_wanted(g))
        serve(g);
    link_close(g);
    return NULL;
}
