// YAML text to a tree of nodes that know their place. libyaml does the reading; the limits of R4 are enforced
// here, so that no text can cost more than its bytes. The loader of the packs calls it once for each pack,
// and whoever keeps a small file of this form for the user.
//
// One plain subset of YAML 1.1: mappings with plain words as keys, sequences, scalars. Anchors, aliases,
// tags, a second document and a key that stands twice in its mapping are refused.
#ifndef IKEWALK_KNOWLEDGE_YAML_H
#define IKEWALK_KNOWLEDGE_YAML_H

#include "knowledge/problem.h"

#define YAML_SIZE (4 * 1024 * 1024)
#define YAML_DEPTH 64

enum node_kind { NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING };
// How a scalar was written. NODE_BLOCK is `|-`, the only form that keeps pasted log text as it is.
enum node_style { NODE_PLAIN, NODE_QUOTED, NODE_BLOCK, NODE_FOLDED };

struct node {
    enum node_kind kind;
    enum node_style style;
    int line, column;         // where the node begins, from 1
    int key_line, key_column; // where its key stands, when it is a value of a mapping
    struct str key;           // empty outside mappings; a NUL stands behind it
    struct str text;          // of a scalar; a NUL stands behind it
    const struct node *items; // members of a sequence, values of a mapping in written order
    size_t count;
    const struct str *file;
};

// The root of the tree, or NULL with one problem more. Borrows bytes only for the call; file for the life of
// the tree. Nodes live in `nodes`, texts in `texts` (which may be the same arena).
const struct node *yaml_read(struct str bytes, const struct str *file, struct arena *nodes,
                             struct arena *texts, struct problems *problems);
// The value under a key of a mapping, or NULL.
const struct node *node_get(const struct node *mapping, const char *key);
// A problem at the place of a node, or of its key.
#define NODE_PROBLEM(problems, node, ...)                                                                    \
    problems_add((problems), *(node)->file, (node)->line, (node)->column, __VA_ARGS__)
#define NODE_KEY_PROBLEM(problems, node, ...)                                                                \
    problems_add((problems), *(node)->file, (node)->key_line, (node)->key_column, __VA_ARGS__)

// Appends a scalar in double quotes, as YAML writes any text; false for what is no UTF-8, which it cannot
// hold: then a part of it was appended.
bool yaml_quote(struct str text, struct buf *out);

#endif
