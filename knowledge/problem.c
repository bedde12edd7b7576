#include "knowledge/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
problems_add(struct problems *p, struct str file, int line, int column, const char *format, ...)
{
    if (p->count == PROBLEMS_KEPT) {
        p->more++;
        return;
    }
    if (p->count == p->room) {
        p->room = p->room ? p->room * 2 : 16;
        p->at = mem_resize(p->at, mem_product(p->room, sizeof *p->at));
    }
    char sentence[ERR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    p->at[p->count++] = (struct problem){
        .file = arena_str(&p->arena, file),
        .line = line,
        .column = column,
        .sentence = arena_str(&p->arena, str_of(sentence)),
    };
}

size_t
problems_total(const struct problems *p)
{
    return p->count + p->more;
}

bool
problems_none(const struct problems *p, struct err *e)
{
    if (p->count == 0)
        return true;
    const struct problem *first = &p->at[0];
    if (first->line == 0)
        return err_set(e, ERR_PARSE, "%.*s: cannot use the pack: %.*s", STR_ARG(first->file),
                       STR_ARG(first->sentence));
    return err_set(e, ERR_PARSE, "%.*s:%d:%d: cannot use the pack: %.*s", STR_ARG(first->file), first->line,
                   first->column, STR_ARG(first->sentence));
}

void
problems_release(struct problems *p)
{
    arena_release(&p->arena);
    free(p->at);
    *p = (struct problems){0};
}
