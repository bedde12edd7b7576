// A table from names to numbers, so that names in packs are resolved at once however many there are. Keys are
// borrowed; memory comes from an arena.
#ifndef IKEWALK_KNOWLEDGE_INDEX_H
#define IKEWALK_KNOWLEDGE_INDEX_H

#include "diag/arena.h"

struct index_entry {
    struct str key;
    uint64_t hash;
    int value;
};

// {0} is an empty table.
struct index {
    struct index_entry *at; // room entries, a power of two; an entry with key.at NULL is free
    size_t room, count;
};

// Adds the key unless it is there already. Returns the value that stands under it afterwards, so
// `index_add(x, key, n, arena) != n` tells a second one.
int index_add(struct index *x, struct str key, int value, struct arena *arena);
// The value, or -1.
int index_find(const struct index *x, struct str key);
// The key nearest to a misspelt one as a C string in the arena, or NULL.
const char *index_nearest(const struct index *x, struct str word, struct arena *arena);

#endif
