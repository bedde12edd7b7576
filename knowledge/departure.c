#include "knowledge/departure.h"

#include "diag/tmpl.h"

enum { REACH_LEAST = 6, QUOTE_MOST = 48 }; // fewer bytes in common say nothing; more are not quoted

// The template up to a byte of its text, and whatever follows: what it leaves over is where the two part.
static struct tmpl *
begin_of(struct str template, size_t end, struct arena *arena)
{
    struct buf text = {0};
    struct err e = {0};
    buf_add(&text, (struct str){template.at, end});
    buf_add(&text, STR("${}"));
    struct tmpl *t = tmpl_compile(arena_str(arena, buf_str(&text)), arena, &e);
    buf_release(&text);
    return t;
}

static bool
starts_word(struct str line, size_t at)
{
    if (at == 0)
        return true;
    char before = line.at[at - 1];
    return !((before >= '0' && before <= '9') || (before >= 'A' && before <= 'Z') ||
             (before >= 'a' && before <= 'z') || before == '_');
}

// The farthest that a beginning of the template goes, from any word of the line.
static bool
try_begin(const struct tmpl *begin, struct str line, struct departure *d)
{
    for (size_t at = 0; at < line.len; at++) {
        struct slots slots = {.count = 0};
        if (!starts_word(line, at) || tmpl_match(begin, str_from(line, at), &slots) == FIT_NONE)
            continue;
        d->has = slots.rest;
        d->reached = line.len - at - slots.rest.len;
        return d->reached >= REACH_LEAST;
    }
    return false;
}

// Behind the hole that begins here, or here when none does.
static size_t
skip_hole(struct str template, size_t at)
{
    struct str rest = str_from(template, at);
    return str_starts(rest, STR("${")) ? at + str_find(rest, STR("}")) + 1 : at;
}

bool
departure_find(struct str template, struct str line, struct departure *d)
{
    struct arena arena = {0};
    bool found = false;
    *d = (struct departure){0};
    // Beginnings that end in text, shortest first: each takes what the one before took, and one byte more.
    for (size_t at = skip_hole(template, 0); at < template.len; at = skip_hole(template, at + 1)) {
        const struct tmpl *begin = begin_of(template, at + 1, &arena);
        struct departure farther = {0};
        if (!begin || !try_begin(begin, line, &farther)) {
            if (found)
                break;
            continue;
        }
        *d = farther;
        d->wants = str_from(template, at + 1);
        found = true;
    }
    arena_release(&arena);
    size_t hole = skip_hole(d->wants, 0);
    d->wants.len = hole ? hole : str_find(d->wants, STR("${"));
    return found && d->wants.len > 0;
}

static struct str
quote(struct str text)
{
    return (struct str){text.at, text.len < QUOTE_MOST ? text.len : QUOTE_MOST};
}

struct str
departure_tell(const struct knowledge *k, const struct dialect *d, const struct message *only,
               struct str line, struct arena *arena)
{
    struct departure best = {0}, here;
    const struct template *nearest = NULL;
    for (size_t i = 0; i < d->template_count; i++) {
        const struct template *t = &d->templates[i];
        if (only && &k->messages[t->message] != only)
            continue;
        if (departure_find(t->text, line, &here) && here.reached > best.reached) {
            best = here;
            nearest = t;
        }
    }
    if (!nearest)
        return STR_NONE;
    return arena_strf(arena, "; nearest is \"%.*s\", which wants \"%.*s\" where the line has \"%.*s\"",
                      STR_ARG(nearest->text), STR_ARG(quote(best.wants)), STR_ARG(quote(best.has)));
}
