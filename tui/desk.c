#include "tui/desk.h"

#include <stdlib.h>

struct opening *
opening_new(struct str title, size_t count)
{
    struct opening *o = mem_new(sizeof *o);
    o->title = arena_str(&o->arena, title).at;
    o->parts = ARENA_ARRAY(&o->arena, const char *, count);
    o->count = count;
    o->since = LINE_NO_TIME;
    return o;
}

struct opening *
opening_copy(const struct opening *o)
{
    struct opening *copy = opening_new(str_of(o->title), o->count);
    copy->apart = o->apart;
    copy->since = o->since;
    if (o->format)
        copy->format = arena_str(&copy->arena, str_of(o->format)).at;
    if (o->text.at)
        copy->text = arena_str(&copy->arena, o->text);
    copy->other = o->other ? opening_copy(o->other) : NULL;
    copy->beside = o->beside ? opening_copy(o->beside) : NULL;
    for (size_t i = 0; i < o->count; i++)
        copy->parts[i] = arena_str(&copy->arena, str_of(o->parts[i])).at;
    return copy;
}

bool
opening_is_gateway(const struct opening *o)
{
    return source_is_gateway(o->parts[0]);
}

void
opening_free(struct opening *o)
{
    if (!o)
        return;
    opening_free(o->other);
    opening_free(o->beside);
    arena_release(&o->arena);
    free(o);
}

void
shot_free(struct shot *s)
{
    if (!s)
        return;
    arena_release(&s->arena);
    free(s);
}

void
excerpt_free(struct excerpt *p)
{
    if (!p)
        return;
    arena_release(&p->arena);
    free(p);
}

void
meaning_free(struct meaning *m)
{
    if (!m)
        return;
    arena_release(&m->arena);
    free(m);
}

void
exported_free(struct exported *x)
{
    if (!x)
        return;
    buf_release(&x->text);
    free(x);
}

void
folder_free(struct folder *f)
{
    if (!f)
        return;
    arena_release(&f->arena);
    free(f);
}

void
recents_free(struct recents *r)
{
    if (!r)
        return;
    arena_release(&r->arena);
    free(r);
}

void
news_release(struct news *n)
{
    view_free(n->view);
    shot_free(n->shot);
    excerpt_free(n->excerpt);
    meaning_free(n->meaning);
    folder_free(n->folder);
    exported_free(n->exported);
    recents_free(n->recents);
    free(n->pull);
    *n = (struct news){.knowledge = n->knowledge, .progress = n->progress};
}
