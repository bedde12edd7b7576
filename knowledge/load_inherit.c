// What a dialect takes over from the one that it is like: all that it does not say itself.
#include "knowledge/loading.h"

// Own templates, those of higher layers first, then the inherited ones whose message was not replaced.
static void
collect_templates(struct dialects *ds, int index)
{
    struct loading *l = ds->l;
    struct dialect *d = &ds->at[index];
    size_t inherited = d->like >= 0 ? ds->at[d->like].template_count : 0, room = inherited;
    for (size_t i = 0; i < l->messages.count; i++)
        if (l->messages.at[i].dialect == index)
            room += ds->own_count[i];
    struct template *at = ARENA_ARRAY(l->keep, struct template, room);
    size_t count = 0;
    for (int layer = l->layers; layer-- > 0;)
        for (size_t i = 0; i < l->messages.count; i++)
            if (l->messages.at[i].dialect == index && l->messages.at[i].layer == layer)
                for (size_t t = 0; t < ds->own_count[i]; t++)
                    at[count++] = ds->own[i][t];
    for (size_t t = 0; t < inherited; t++) {
        const struct template *above = &ds->at[d->like].templates[t];
        struct str id = ds->messages[above->message].id;
        struct str key = arena_strf(&l->scratch, "%.*s/%.*s", STR_ARG(d->id), STR_ARG(id));
        if (index_find(&l->messages.index, key) < 0)
            at[count++] = *above;
    }
    d->templates = at;
    d->template_count = count;
}

static void
inherit_words(struct loading *l, struct dialect *d, const struct dialect *parent)
{
    struct word_meaning *at = ARENA_ARRAY(l->keep, struct word_meaning, d->word_count + parent->word_count);
    struct index own = {0};
    size_t count = 0;
    for (; count < d->word_count; count++) {
        at[count] = d->words[count];
        index_add(&own, at[count].word, (int)count, &l->scratch);
    }
    for (size_t i = 0; i < parent->word_count; i++)
        if (index_find(&own, parent->words[i].word) < 0)
            at[count++] = parent->words[i];
    d->words = at;
    d->word_count = count;
}

static const struct pair *
inherit_pairs(struct loading *l, const struct pair *own, const struct pair *parents, size_t parent_count,
              size_t *count)
{
    struct pair *at = ARENA_ARRAY(l->keep, struct pair, *count + parent_count);
    struct index seen = {0};
    for (size_t i = 0; i < *count; i++) {
        at[i] = own[i];
        index_add(&seen, own[i].key, (int)i, &l->scratch);
    }
    for (size_t i = 0; i < parent_count; i++)
        if (index_find(&seen, parents[i].key) < 0)
            at[(*count)++] = parents[i];
    return at;
}

static void
inherit_wordings(struct loading *l, struct dialect *d, const struct dialect *parent)
{
    struct wording *at = ARENA_ARRAY(l->keep, struct wording, d->wording_count + parent->wording_count);
    size_t own = d->wording_count;
    if (own)
        memcpy(at, d->wordings, own * sizeof *at);
    for (size_t i = 0; i < parent->wording_count; i++) {
        size_t have = 0;
        while (have < own && at[have].command != parent->wordings[i].command)
            have++;
        if (have == own)
            at[d->wording_count++] = parent->wordings[i];
    }
    d->wordings = at;
}

static void
inherit(struct dialects *ds, int index)
{
    struct loading *l = ds->l;
    struct dialect *d = &ds->at[index];
    if (ds->progress[index] == 2)
        return;
    if (ds->progress[index] == 1) {
        NODE_PROBLEM(l->problems, l->dialects.at[index].node, "dialect %.*s inherits from itself",
                     STR_ARG(d->id));
        d->like = -1;
        return;
    }
    ds->progress[index] = 1;
    if (d->like >= 0) {
        const struct dialect *parent = &ds->at[d->like];
        inherit(ds, d->like);
        if (!d->prefixes) {
            d->prefixes = parent->prefixes;
            d->prefix_count = parent->prefix_count;
        }
        if (!d->apart) {
            if (d->host < 0)
                d->host = parent->host;
            inherit_wordings(l, d, parent);
        }
        inherit_words(l, d, parent);
        d->orders = inherit_pairs(l, d->orders, parent->orders, parent->order_count, &d->order_count);
        d->spells = inherit_pairs(l, d->spells, parent->spells, parent->spell_count, &d->spell_count);
    }
    collect_templates(ds, index);
    ds->progress[index] = 2;
}

void
inherit_dialects(struct dialects *ds)
{
    for (size_t i = 0; i < ds->l->dialects.count; i++)
        inherit(ds, (int)i);
}
