// The log of a gateway: a piece of a file, what the journal has, or the buffer of a device; the first time
// and whenever somebody wants what is new.
#include "remote/source_ssh.h"

#include "diag/arena.h"
#include "remote/unpack.h"

#include <stdio.h>
#include <stdlib.h>

enum { SEEN = 512, TEXT_BLOCK = 256 * 1024 };

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
    buf_set(&k->held, str_from(text, start));
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
            return err_set(e, ERR_PARSE, "%s: cannot unpack what it sends: %.400s. What came before stays",
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
        ready = k.unpack || err_set(e, why.kind, "%s: %.400s", g->shown, why.text);
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
    good = good && run_judge(g, &r, k.out > 0 || cursor, log->filtered, e);
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
    r.take = run_collect;
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
            gate_note(
                g, str_of(err_say("the log was rotated while nobody looked; its end may be missing here\n")));
        }
        g->log.inode = inode[0];
        g->piece = (struct gather_piece){0};
    } else if (size[0] < g->piece.from) {
        gate_note(g, str_of(err_say("the log was cut shorter there; it is read from its beginning again\n")));
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
    bool good = device_show(g, d, gather_device_log(), &all, e);
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
        gate_note(
            g, str_of(err_say(
                   "the device's log turned over since the last look; lines in between may be missing\n")));
    if (text.len && !refused) {
        good = gate_add(g, s, text, e) && good;
        size_t keep = text.len < SEEN ? text.len : SEEN;
        buf_set(&g->seen, str_from(text, text.len - keep));
    }
    buf_release(&all);
    return good;
}

bool
log_read(struct gate *g, bool first, struct err *e)
{
    struct stream *s = &g->streams[0];
    size_t row = gate_row(g, &s->row, STAGE_LOG);
    gate_stage_set(g, row, STAGE_NOW, "%s", "");
    bool good;
    if (g->device) {
        struct device *d = device_quiet(g, e);
        good = d && read_device(g, d, e);
        device_close(d);
    } else {
        good = first || g->log.form != GATHER_FILE ? read_piece(g, &g->log, e) : read_more_of_file(g, e);
    }
    gate_stage_set(g, row, good ? STAGE_PASSED : STAGE_FAILED, "%s", good ? "" : e->text);
    gate_end(g, s, good ? NULL : e);
    return good;
}
