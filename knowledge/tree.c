#include "knowledge/tree.h"

#include <assert.h>

enum { KIND_BITS = 2, KIND_MASK = (1 << KIND_BITS) - 1 };

static void
put_number(struct buf *b, size_t number)
{
    for (; number > 0x7f; number >>= 7)
        buf_add_char(b, (char)(0x80 | (number & 0x7f)));
    buf_add_char(b, (char)number);
}

static void
put_text(struct buf *b, struct str text)
{
    put_number(b, text.len);
    buf_add(b, text);
    buf_add_char(b, '\0');
}

static void
put_node(struct buf *b, const struct node *node, bool keyed)
{
    buf_add_char(b, (char)(node->kind | (unsigned)node->style << KIND_BITS));
    put_number(b, (size_t)node->line);
    put_number(b, (size_t)node->column);
    if (keyed) {
        put_number(b, (size_t)node->key_line);
        put_number(b, (size_t)node->key_column);
        put_text(b, node->key);
    }
    if (node->kind == NODE_SCALAR) {
        put_text(b, node->text);
        return;
    }
    put_number(b, node->count);
    for (size_t i = 0; i < node->count; i++)
        put_node(b, &node->items[i], node->kind == NODE_MAPPING);
}

void
tree_write(const struct node *root, struct buf *b)
{
    put_node(b, root, false);
}

static size_t
get_number(const char **at)
{
    size_t number = 0;
    for (int shift = 0;; shift += 7) {
        unsigned char byte = (unsigned char)*(*at)++;
        number |= (size_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return number;
    }
}

static struct str
get_text(const char **at)
{
    size_t len = get_number(at);
    struct str text = {*at, len};
    *at += len + 1;
    return text;
}

static void
get_node(const char **at, bool keyed, struct node *node, const struct str *file, struct arena *nodes)
{
    unsigned char head = (unsigned char)*(*at)++;
    node->kind = head & KIND_MASK;
    node->style = head >> KIND_BITS;
    node->line = (int)get_number(at);
    node->column = (int)get_number(at);
    node->file = file;
    if (keyed) {
        node->key_line = (int)get_number(at);
        node->key_column = (int)get_number(at);
        node->key = get_text(at);
    }
    if (node->kind == NODE_SCALAR) {
        node->text = get_text(at);
        return;
    }
    node->count = get_number(at);
    struct node *items = ARENA_ARRAY(nodes, struct node, node->count);
    for (size_t i = 0; i < node->count; i++)
        get_node(at, node->kind == NODE_MAPPING, &items[i], file, nodes);
    node->items = items;
}

const struct node *
tree_read(struct str bytes, const struct str *file, struct arena *nodes)
{
    const char *at = bytes.at;
    struct node *root = ARENA_NEW(nodes, struct node);
    get_node(&at, false, root, file, nodes);
    assert(at == bytes.at + bytes.len);
    return root;
}
