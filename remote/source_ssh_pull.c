// What the thread of a gateway does: go there, find out what runs there, read its log and its state, and then
// wait until somebody wants to know what is new.
#include "remote/source_ssh.h"

#include "diag/arena.h"
#include "remote/unpack.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ANSWER_MOST = 64 * 1024, DEVICE_MOST = 64 << 20, SEEN = 512, TEXT_BLOCK = 256 * 1024 };

static bool
collect(void *self, struct str bytes, struct err *e)
{
    struct buf *b = self;
    (void)e;
    if (b->len < ANSWER_MOST)
        buf_add(b, (struct str){bytes.at, bytes.len < ANSWER_MOST ? bytes.len : ANSWER_MOST});
    return true;
}

// What a device shows has no end of its own that could be relied on.
static bool
collect_shown(void *self, struct str bytes, struct err *e)
{
    struct buf *b = self;
    if (b->len + bytes.len > DEVICE_MOST)
        return err_set(e, ERR_LIMIT, "cannot read on: it shows more than %d MB. What came before stays",
                       DEVICE_MOST >> 20);
    buf_add(b, bytes);
    return true;
}

static double
wall_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct run
run_of(const struct gate *g, const char *command)
{
    return (struct run){.command = command, .silence = g->timeout, .total = 2 * g->timeout, .status = -1};
}

// The first line of what a command complained of.
static struct str
complaint_of(const struct run *r)
{
    struct str text = str_trim(str_of(r->complaint));
    text.len = str_find(text, STR("\n"));
    return text;
}

static bool
probe_shell(struct gate *g, struct err *e)
{
    struct buf command = {0}, answer = {0};
    struct err why = {0};
    bool good = gather_probe(&g->wish, &command, e);
    struct run r = run_of(g, buf_cstr(&command));
    r.take = collect;
    r.self = &answer;
    double begun = wall_clock();
    good = good && run_command(g, &r, e);
    double middle = (begun + wall_clock()) / 2;
    if (good && !gather_read_probe(buf_str(&answer), &g->wish, middle, &g->host, &why)) {
        struct str said = complaint_of(&r);
        err_set(e, why.kind, "%s: %.300s%s%.*s", g->shown, why.text, said.len ? ". It said: " : "",
                (int)(said.len < 120 ? said.len : 120), said.at);
        good = false;
    }
    buf_release(&command);
    buf_release(&answer);
    return good;
}

// Its command line, which from now on shows all of an answer at once; NULL: e says why.
static struct device *
quiet_device(struct gate *g, struct err *e)
{
    struct device *d = device_open(g, e);
    const char *command;
    for (size_t n = 0; d && (command = gather_device_quiet(g->host.platform, n)); n++) {
        struct buf answer = {0};
        if (!device_ask(g, d, command, collect, &answer, e)) {
            device_close(d);
            d = NULL;
        }
        buf_release(&answer);
    }
    return d;
}

static bool
probe_device(struct gate *g, struct err *e)
{
    struct buf answer = {0};
    g->host = (struct gather_host){.platform = g->wish.platform ? gather_platform(g->wish.platform) : -1};
    struct device *d = quiet_device(g, e);
    bool good = d && device_ask(g, d, gather_device_version(), collect, &answer, e);
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

// Streams and rows for everything that will be read besides the log.
static void
plan_states(struct gate *g)
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

static void
tell_probe(struct gate *g)
{
    struct buf text = {0}, note = {0};
    buf_add(&text, str_of(*g->host.version ? g->host.version : gather_platform_title(g->host.platform)));
    if (g->log_chosen) {
        if (g->log.form == GATHER_FILE)
            buf_addf(&text, ", log in %s", g->log.path);
        else if (g->log.form == GATHER_JOURNAL)
            buf_add(&text, STR(", log in the journal"));
        gather_tell_log(&g->log, &note);
    }
    if (!g->device)
        buf_addf(&text, ", clock %+.1f s to ours", g->host.clock);
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
        plan_states(g);
    if (!g->log_chosen) {
        err_set(e, why.kind, "%s: %.450s", g->shown, why.text);
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

// The way from what a command sends to the stream.
struct sink {
    struct gate *g;
    struct stream *stream;
    struct unpack *unpack; // NULL: it is not packed
    char *text;
    bool journal;      // its last line is a cursor
    struct buf held;   // that may be it
    uint64_t raw, out; // bytes that came, that went on
    int64_t begun;
};

static bool
pass_on(struct sink *k, struct str text, struct err *e)
{
    if (!text.len)
        return true;
    k->out += text.len;
    return gate_add(k->g, k->stream, text, e);
}

// Everything but the last line goes on at once.
static bool
pass_lines(struct sink *k, struct str text, struct err *e)
{
    size_t start = text.len;
    if (!k->journal)
        return pass_on(k, text, e);
    while (start > 1 && text.at[start - 2] != '\n')
        start--;
    if (start <= 1 && !(k->held.len && k->held.at[k->held.len - 1] == '\n')) {
        buf_add(&k->held, text); // the line at hand goes on
        return true;
    }
    start = start <= 1 ? 0 : start - 1;
    bool good = pass_on(k, buf_str(&k->held), e) && pass_on(k, (struct str){text.at, start}, e);
    buf_clear(&k->held);
    buf_add(&k->held, str_from(text, start));
    return good;
}

static bool
sink_take(void *self, struct str bytes, struct err *e)
{
    struct sink *k = self;
    k->raw += bytes.len;
    gate_stage_bytes(k->g, k->stream->row - 1, k->raw, (double)(gate_now() - k->begun) / 1e3);
    if (!k->unpack)
        return pass_lines(k, bytes, e);
    unpack_put(k->unpack, bytes, false);
    for (;;) {
        size_t got = 0;
        struct err why = {0};
        switch (unpack_get(k->unpack, k->text, TEXT_BLOCK, &got, &why)) {
        case UNPACK_MORE:
            if (!pass_lines(k, (struct str){k->text, got}, e))
                return false;
            break;
        case UNPACK_HUNGRY:
        case UNPACK_DONE:
            return true;
        case UNPACK_DAMAGED:
            return err_set(e, ERR_PARSE, "%s: cannot unpack what it sends: %.300s. What came before stays",
                           k->g->shown, why.text);
        }
    }
}

// The last line; true when it was a cursor.
static bool
sink_end(struct sink *k)
{
    static const struct str mark = {"-- cursor: ", sizeof "-- cursor: " - 1};
    struct gate *g = k->g;
    struct str line = str_trim(buf_str(&k->held));
    struct err ignored;
    bool cursor = str_starts(line, mark) && line.len - mark.len < sizeof g->cursor;
    if (cursor) {
        memcpy(g->cursor, line.at + mark.len, line.len - mark.len);
        g->cursor[line.len - mark.len] = '\0';
    } else if (!str_starts(line, STR("-- c"))) {
        pass_on(k, buf_str(&k->held), &ignored);
    }
    buf_release(&k->held);
    unpack_free(k->unpack);
    free(k->text);
    return cursor;
}

// A command that ran to its end may have failed all the same.
static bool
judge_run(struct gate *g, const struct run *r, bool got_something, bool filter, struct err *e)
{
    struct str said = complaint_of(r);
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

static bool
read_piece(struct gate *g, const struct gather_log *log, struct err *e)
{
    struct stream *s = &g->streams[0];
    struct buf command = {0};
    struct sink k = {.g = g, .stream = s, .journal = log->form == GATHER_JOURNAL, .begun = gate_now()};
    if (log->form == GATHER_FILE && g->piece.from >= g->piece.to)
        return true; // an empty file
    bool ready = gather_log_command(&g->host, log, &g->piece, g->wish.sudo, &command, e);
    if (ready && log->pack) {
        struct err why = {0};
        k.unpack = unpack_new(strcmp(log->pack, "zstd") == 0 ? UNPACK_ZSTD : UNPACK_GZIP, &why);
        ready = k.unpack || err_set(e, why.kind, "%s: %.300s", g->shown, why.text);
    }
    if (!ready) {
        buf_release(&command);
        return false;
    }
    k.text = k.unpack ? mem_new(TEXT_BLOCK) : NULL;
    pthread_mutex_lock(&g->lock);
    snprintf(g->pull.stages[s->row - 1].command, sizeof g->pull.stages[0].command, "%s", buf_cstr(&command));
    pthread_mutex_unlock(&g->lock);
    struct run r = run_of(g, buf_cstr(&command));
    r.take = sink_take;
    r.self = &k;
    r.total = (int64_t)GATE_LOG_TOTAL * 1000;
    bool good = run_command(g, &r, e);
    bool cursor = sink_end(&k);
    good = good && judge_run(g, &r, k.out > 0 || cursor, log->filtered, e);
    buf_release(&command);
    if (!good) {
        g->piece.skip += k.out;
        return false;
    }
    g->piece = (struct gather_piece){
        .from = g->piece.to, .to = g->piece.to, .cursor = *g->cursor ? g->cursor : NULL};
    return true;
}

// Where the file and what it was before it was rotated are now.
static bool
look_again(struct gate *g, uint64_t inode[2], uint64_t size[2], struct err *e)
{
    struct buf command = {0}, answer = {0};
    bool good = gather_look_command(&g->log, g->wish.sudo, &command, e);
    struct run r = run_of(g, buf_cstr(&command));
    r.take = collect;
    r.self = &answer;
    good = good && run_command(g, &r, e);
    struct str rest = buf_str(&answer);
    for (size_t i = 0; i < 2; i++) {
        struct str line = str_trim((struct str){rest.at, str_find(rest, STR("\n"))});
        size_t gap = str_find(line, STR(" "));
        if (!str_number((struct str){line.at, gap}, &inode[i]) ||
            !str_number(str_from(line, gap + 1), &size[i]))
            inode[i] = size[i] = 0;
        rest = str_from(rest, str_find(rest, STR("\n")) + 1);
    }
    if (good && !inode[0])
        good = err_set(e, ERR_IO, "%s: cannot read on: %s is no longer there. What came before stays",
                       g->shown, g->log.path);
    buf_release(&command);
    buf_release(&answer);
    return good;
}

static bool
read_more_of_file(struct gate *g, struct err *e)
{
    uint64_t inode[2] = {0}, size[2] = {0};
    if (!look_again(g, inode, size, e))
        return false;
    if (inode[0] != g->log.inode) {
        struct gather_log old = g->log;
        size_t length = strlen(old.path);
        if (inode[1] == g->log.inode && length + sizeof ".1" <= sizeof old.path) {
            memcpy(old.path + length, ".1", sizeof ".1");
            g->piece.to = size[1] > g->piece.to ? size[1] : g->piece.to;
            if (!read_piece(g, &old, e))
                return false;
        } else {
            gate_note(g, STR("the log was rotated while nobody looked; its end may be missing here\n"));
        }
        g->log.inode = inode[0];
        g->piece = (struct gather_piece){0};
    } else if (size[0] < g->piece.from) {
        gate_note(g, STR("the log was cut shorter there; it is read from its beginning again\n"));
        g->piece = (struct gather_piece){0};
    }
    if (!g->piece.skip || !g->log.filtered) // a filtered piece is read again as it was
        g->piece.to = size[0] > g->piece.to ? size[0] : g->piece.to;
    if (!read_piece(g, &g->log, e))
        return false;
    g->piece.to = size[0] > g->piece.to ? size[0] : g->piece.to;
    return read_piece(g, &g->log, e);
}

// A device shows its whole buffer each time: what was seen before is left out.
static bool
read_device(struct gate *g, struct device *d, struct err *e)
{
    struct buf all = {0};
    struct stream *s = &g->streams[0];
    bool good = device_ask(g, d, gather_device_log(), collect_shown, &all, e);
    struct str text = buf_str(&all), seen = buf_str(&g->seen);
    const char *refused = good ? gather_device_refused(text) : NULL;
    if (refused)
        good = err_set(e, ERR_AUTH,
                       "%s: cannot read its log: %s. Sign in with an account that may (privilege 15)",
                       g->shown, refused);
    size_t at = seen.len ? str_find(text, seen) : text.len;
    if (at < text.len)
        text = str_from(text, at + seen.len);
    else if (seen.len && good)
        gate_note(g,
                  STR("the device's log turned over since the last look; lines in between may be missing\n"));
    if (text.len && !refused) {
        good = gate_add(g, s, text, e) && good;
        size_t keep = text.len < SEEN ? text.len : SEEN;
        buf_clear(&g->seen);
        buf_add(&g->seen, str_from(text, text.len - keep));
    }
    buf_release(&all);
    return good;
}

static bool
read_log(struct gate *g, bool first, struct err *e)
{
    struct stream *s = &g->streams[0];
    size_t row = gate_row(g, &s->row, STAGE_LOG);
    gate_stage_set(g, row, STAGE_NOW, "%s", "");
    bool good;
    if (g->device) {
        struct device *d = quiet_device(g, e);
        good = d && read_device(g, d, e);
        device_close(d);
    } else {
        good = first || g->log.form != GATHER_FILE ? read_piece(g, &g->log, e) : read_more_of_file(g, e);
    }
    gate_stage_set(g, row, good ? STAGE_PASSED : STAGE_FAILED, "%s", good ? "" : e->text);
    gate_end(g, s, good ? NULL : e);
    return good;
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
    time_t there = (time_t)(wall_clock() + g->host.clock) + (time_t)g->host.zone;
    long zone = (long)(g->host.zone < 0 ? -g->host.zone : g->host.zone) / 60;
    gmtime_r(&there, &tm);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
    buf_addf(&head, "# read at %s%c%02ld:%02ld\n$ %s\n", stamp, g->host.zone < 0 ? '-' : '+', zone / 60,
             zone % 60, s->command);
    bool good = gate_add(g, s, buf_str(&head), e);
    buf_release(&head);
    return good;
}

static bool
read_state(struct gate *g, struct stream *s, struct device *d, struct err *e)
{
    struct sink k = {.g = g, .stream = s, .begun = gate_now()};
    if (!begin_state(g, s, e))
        return false;
    if (g->device) {
        struct buf answer = {0};
        bool good = device_ask(g, d, s->command, collect_shown, &answer, e);
        const char *refused = good ? gather_device_refused(buf_str(&answer)) : NULL;
        good = good && (!refused || err_set(e, ERR_IO, "%s: %s: %s", g->shown, s->command, refused)) &&
               pass_on(&k, buf_str(&answer), e);
        buf_release(&answer);
        return good;
    }
    struct run r = run_of(g, s->command);
    r.take = sink_take;
    r.self = &k;
    if (!run_command(g, &r, e) || !judge_run(g, &r, k.out > 0, false, e)) {
        if (permission(e->text)) {
            struct err why = *e;
            err_set(e, ERR_AUTH,
                    "%.330s. This account may not: sign in as root, or set sudo: yes in the profile",
                    why.text);
        }
        return false;
    }
    return true;
}

static void
read_states(struct gate *g)
{
    struct err e = {0};
    struct device *d = g->device && g->stream_count > 1 ? quiet_device(g, &e) : NULL;
    for (size_t i = 1; i < g->stream_count; i++) {
        struct stream *s = &g->streams[i];
        pthread_mutex_lock(&g->lock);
        bool wanted = s->wanted;
        s->wanted = false;
        pthread_mutex_unlock(&g->lock);
        if (!wanted)
            continue;
        if (gate_over(g) || !link_alive(g->link) || (g->device && !d)) {
            if (!e.kind || e.kind == ERR_IO || e.kind == ERR_AUTH)
                gate_cancelled(g, &e);
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

// All that is wanted, once.
static void
serve(struct gate *g, bool first)
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
    g->planned |= g->probed || first;
    pthread_mutex_unlock(&g->lock);
    if (log && up)
        read_log(g, !begun, &e);
    else if (log)
        gate_end(g, &g->streams[0], &e);
    read_states(g);
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
    for (bool first = true; wait_wanted(g); first = false)
        serve(g, first);
    link_close(g);
    return NULL;
}
