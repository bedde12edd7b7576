#include "tui/ticks.h"

#include <stdlib.h>
#include <string.h>

#include "diag/text.h"
#include "tui/xdg.h"

#define FILE_NAME "steps.tsv"

void
ticks_release(struct ticks *t)
{
    arena_release(&t->arena);
    free(t->at);
    *t = (struct ticks){0};
}

// Host, name and peer of a tunnel in one word of a line: safe, and without tabs.
static const char *
key_of(const struct tunnel_row *row, struct buf *out)
{
    const struct str parts[] = {row->host, row->name, row->peer};
    for (size_t i = 0; i < 3; i++) {
        buf_add(out, i ? STR("|") : STR(""));
        text_safe(parts[i], out);
    }
    for (size_t i = 0; i < out->len; i++)
        if (out->at[i] == '\t' || out->at[i] == '\n')
            out->at[i] = ' ';
    return buf_cstr(out);
}

static void
add(struct ticks *t, struct str tunnel, struct str finding, size_t step, int64_t at)
{
    if (t->count == t->room) {
        t->room = t->room ? 2 * t->room : 32;
        t->at = mem_resize(t->at, mem_product(t->room, sizeof *t->at));
    }
    t->at[t->count++] =
        (struct tick){arena_str(&t->arena, tunnel).at, arena_str(&t->arena, finding).at, step, at};
}

// The text before the next tab, which is taken off.
static struct str
field(struct str *line)
{
    size_t end = str_find(*line, STR("\t"));
    struct str text = {line->at, end};
    *line = str_from(*line, end + 1);
    return text;
}

// Appends what the file holds and is not too old.
static bool
load(struct ticks *t, int64_t now, struct err *e)
{
    struct buf bytes = {0};
    bool good = xdg_read(XDG_STATE, FILE_NAME, &bytes, e);
    struct str rest = good ? buf_str(&bytes) : STR_NONE;
    while (rest.len && t->count < TICKS_MOST) {
        size_t end = str_find(rest, STR("\n"));
        struct str line = {rest.at, end};
        rest = str_from(rest, end + 1);
        uint64_t at, step;
        struct str when = field(&line), number = field(&line), finding = field(&line);
        if (!str_number(when, &at) || !str_number(number, &step) || !finding.len || !line.len)
            continue;
        if (at <= INT64_MAX && (int64_t)at + TICKS_DAYS * INT64_C(86400) > now)
            add(t, line, finding, (size_t)step, (int64_t)at);
    }
    buf_release(&bytes);
    t->read = true;
    return good;
}

void
ticks_read(struct ticks *t, int64_t now)
{
    struct err e;
    if (!t->read)
        load(t, now, &e);
}

static bool
keep(const struct ticks *t, struct err *e)
{
    struct buf bytes = {0};
    size_t from = t->count > TICKS_MOST ? t->count - TICKS_MOST : 0;
    for (size_t i = from; i < t->count; i++)
        buf_addf(&bytes, "%lld\t%zu\t%s\t%s\n", (long long)t->at[i].at, t->at[i].step, t->at[i].finding,
                 t->at[i].tunnel);
    bool good = xdg_write(XDG_STATE, FILE_NAME, buf_str(&bytes), e);
    buf_release(&bytes);
    return good;
}

#define ALL_STEPS SIZE_MAX

// What is to become of the ticks of one finding of a tunnel.
struct change {
    const char *tunnel;
    struct str finding;
    size_t step; // ALL_STEPS: they are taken away
    bool done;
    int64_t now;
};

static bool
is_of(const struct tick *tick, const struct change *c)
{
    return (c->step == ALL_STEPS || tick->step == c->step) && str_eq(str_of(tick->finding), c->finding) &&
           strcmp(tick->tunnel, c->tunnel) == 0;
}

static bool
holds(const struct ticks *t, const struct change *c)
{
    size_t i = 0;
    while (i < t->count && !is_of(&t->at[i], c))
        i++;
    return i < t->count;
}

static void
apply(struct ticks *t, const struct change *c)
{
    size_t kept = 0;
    if (c->done && holds(t, c))
        return;
    for (size_t i = 0; i < t->count; i++)
        if (!is_of(&t->at[i], c))
            t->at[kept++] = t->at[i];
    t->count = kept;
    if (c->done)
        add(t, str_of(c->tunnel), c->finding, c->step, c->now);
}

// Changes what the file holds by now: another wizard may have ticked something meanwhile.
static bool
change(struct ticks *t, const struct change *c, struct err *e)
{
    struct ticks fresh = {0};
    int lock = xdg_lock(XDG_STATE);
    bool good = load(&fresh, c->now, e);
    apply(&fresh, c);
    good = good && keep(&fresh, e);
    xdg_unlock(lock);
    if (good) {
        ticks_release(t);
        *t = fresh;
        return true;
    }
    ticks_release(&fresh);
    apply(t, c);
    return false;
}

bool
ticks_is_done(const struct ticks *t, const struct tunnel_row *row, const struct finding *finding, size_t step)
{
    struct buf key = {0};
    bool done = t->count && holds(t, &(struct change){key_of(row, &key), finding->id, step, true, 0});
    buf_release(&key);
    return done;
}

bool
ticks_set(struct ticks *t, const struct tunnel_row *row, const struct finding *finding, size_t step,
          bool done, int64_t now, struct err *e)
{
    struct buf key = {0};
    bool good = change(t, &(struct change){key_of(row, &key), finding->id, step, done, now}, e);
    buf_release(&key);
    return good;
}

bool
ticks_drop(struct ticks *t, const struct tunnel_row *row, const struct finding *finding, int64_t now,
           struct err *e)
{
    struct buf key = {0};
    const struct change c = {key_of(row, &key), finding->id, ALL_STEPS, false, now};
    bool good = !holds(t, &c) || change(t, &c, e);
    buf_release(&key);
    return good;
}
