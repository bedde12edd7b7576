#include "knowledge/index.h"

#include "diag/text.h"

static struct index_entry *
slot_of(const struct index *x, struct str key, uint64_t hash)
{
    size_t i = (size_t)hash & (x->room - 1);
    while (x->at[i].key.at && !(x->at[i].hash == hash && str_eq(x->at[i].key, key)))
        i = (i + 1) & (x->room - 1);
    return &x->at[i];
}

static void
grow(struct index *x, struct arena *arena)
{
    struct index old = *x;
    x->room = old.room ? old.room * 2 : 16;
    x->at = ARENA_ARRAY(arena, struct index_entry, x->room);
    for (size_t i = 0; i < old.room; i++)
        if (old.at[i].key.at)
            *slot_of(x, old.at[i].key, old.at[i].hash) = old.at[i];
}

int
index_add(struct index *x, struct str key, int value, struct arena *arena)
{
    if (x->count * 2 >= x->room)
        grow(x, arena);
    if (!key.at)
        key = STR("");
    uint64_t hash = str_hash(key, 0);
    struct index_entry *entry = slot_of(x, key, hash);
    if (entry->key.at)
        return entry->value;
    *entry = (struct index_entry){key, hash, value};
    x->count++;
    return value;
}

int
index_find(const struct index *x, struct str key)
{
    if (x->count == 0)
        return -1;
    const struct index_entry *entry = slot_of(x, key, str_hash(key, 0));
    return entry->key.at ? entry->value : -1;
}

const char *
index_nearest(const struct index *x, struct str word, struct arena *arena)
{
    const char **words = ARENA_ARRAY(arena, const char *, x->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < x->room; i++)
        if (x->at[i].key.at)
            words[n++] = arena_str(arena, x->at[i].key).at;
    return text_nearest(word, words, n);
}
