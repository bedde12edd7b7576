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

void
ticks_read(struct ticks *t, int64_t now)
{
    struct buf bytes = {0};
    struct err e;
    if (t->read)
        return;
    t->read = true;
    if (!xdg_read(XDG_STATE, FILE_NAME, &bytes, &e))
        buf_clear(&bytes);
    struct str rest = buf_str(&bytes);
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

static size_t
find(const struct ticks *t, const char *tunnel, const struct finding *finding, size_t step)
{
    size_t i = 0;
    while (i < t->count && !(t->at[i].step == step && str_eq(str_of(t->at[i].finding), finding->id) &&
                             strcmp(t->at[i].tunnel, tunnel) == 0))
        i++;
    return i;
}

bool
ticks_is_done(const struct ticks *t, const struct tunnel_row *row, const struct finding *finding, size_t step)
{
    struct buf key = {0};
    bool done = t->count && find(t, key_of(row, &key), finding, step) < t->count;
    buf_release(&key);
    return done;
}

bool
ticks_set(struct ticks *t, const struct tunnel_row *row, const struct finding *finding, size_t step,
          bool done, int64_t now, struct err *e)
{
    struct buf key = {0};
    size_t at = find(t, key_of(row, &key), finding, step);
    bool changed = done != (at < t->count);
    if (changed && done)
        add(t, buf_str(&key), finding->id, step, now);
    else if (changed)
        t->at[at] = t->at[--t->count];
    buf_release(&key);
    return !changed || keep(t, e);
}

bool
ticks_drop(struct ticks *t, const struct tunnel_row *row, const struct finding *finding, struct err *e)
{
    struct buf key = {0};
    size_t kept = 0;
    key_of(row, &key);
    for (size_t i = 0; i < t->count; i++)
        if (!str_eq(str_of(t->at[i].finding), finding->id) || strcmp(t->at[i].tunnel, buf_cstr(&key)) != 0)
            t->at[kept++] = t->at[i];
    bool changed = kept != t->count;
    t->count = kept;
    buf_release(&key);
    return !changed || keep(t, e);
}
