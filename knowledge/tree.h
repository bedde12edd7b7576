// The tree of a pack as bytes: what the packs of the program are kept as, so that no start reads YAML again.
// knowledge/plant.c writes them when the program is built, the loader reads them for every pack of its own.
//
// A node is, in this order: its kind and style (a byte), its line and column; below a mapping the line and
// column of its key and the key; then its text, or the count of its items and each of them. Numbers are
// little-endian base 128, the high bit says that more follows; a text is its length, its bytes and a NUL.
#ifndef IKEWALK_KNOWLEDGE_TREE_H
#define IKEWALK_KNOWLEDGE_TREE_H

#include "knowledge/yaml.h"

// Adds the bytes of the tree to b.
void tree_write(const struct node *root, struct buf *b);
// The root of the tree that tree_write wrote: equal to what it was given but for `file`. Nodes live in
// `nodes`; texts are borrowed from bytes, which are trusted.
const struct node *tree_read(struct str bytes, const struct str *file, struct arena *nodes);

#endif
