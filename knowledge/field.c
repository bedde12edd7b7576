#include "knowledge/field.h"

#include "diag/rules.h"
#include "diag/text.h"

static void
unknown_word(struct problems *p, const struct node *node, bool at_key, const char *what, struct str word,
             const char *const words[], size_t count)
{
    const char *near = text_nearest(word, words, count);
    struct buf all = {0};
    if (near)
        buf_addf(&all, "; the nearest is %s", near);
    else
        for (size_t i = 0; i < count && count <= 16; i++)
            if (words[i])
                buf_addf(&all, "%s%s", all.len ? ", " : "; it is one of ", words[i]);
    problems_add(p, *node->file, at_key ? node->key_line : node->line,
                 at_key ? node->key_column : node->column, "unknown %s \"%.*s\"%s", what, STR_ARG(word),
                 buf_cstr(&all));
    buf_release(&all);
}

bool
field_mapping(struct problems *p, const struct node *node, const char *const keys[], size_t count)
{
    if (node->kind != NODE_MAPPING) {
        NODE_PROBLEM(p, node, "this must be a mapping (key: value)");
        return false;
    }
    for (size_t i = 0; i < node->count; i++)
        if (word_index(keys, count, node->items[i].key) < 0)
            unknown_word(p, &node->items[i], true, "key", node->items[i].key, keys, count);
    return true;
}

static const struct node *
field_of_kind(struct problems *p, const struct node *record, const char *key, bool needed,
              enum node_kind kind, const char *kind_name)
{
    const struct node *node = node_get(record, key);
    if (!node && needed)
        NODE_PROBLEM(p, record, "\"%s\" is missing here", key);
    if (node && node->kind != kind) {
        NODE_PROBLEM(p, node, "\"%s\" must be %s", key, kind_name);
        return NULL;
    }
    return node;
}

struct str
field_text(struct problems *p, const struct node *record, const char *key, bool needed)
{
    const struct node *node = field_of_kind(p, record, key, needed, NODE_SCALAR, "text");
    if (!node)
        return STR_NONE;
    struct str text = str_trim(node->text);
    if (text.len == 0 && needed)
        NODE_PROBLEM(p, node, "\"%s\" is empty", key);
    return text;
}

struct str
field_scalar(struct problems *p, const struct node *node)
{
    if (node->kind == NODE_SCALAR)
        return node->text;
    NODE_PROBLEM(p, node, "this must be text, not a list or a mapping");
    return STR_NONE;
}

const struct node *
field_list(struct problems *p, const struct node *record, const char *key, bool needed)
{
    return field_of_kind(p, record, key, needed, NODE_SEQUENCE, "a list (- item)");
}

const struct node *
field_map(struct problems *p, const struct node *record, const char *key, bool needed)
{
    return field_of_kind(p, record, key, needed, NODE_MAPPING, "a mapping (key: value)");
}

int
field_word_of(struct problems *p, const struct node *node, const char *what, const char *const words[],
              size_t count, int otherwise)
{
    if (node->kind != NODE_SCALAR) {
        NODE_PROBLEM(p, node, "this must be the name of a %s", what);
        return otherwise;
    }
    int found = word_index(words, count, str_trim(node->text));
    if (found >= 0)
        return found;
    unknown_word(p, node, false, what, node->text, words, count);
    return otherwise;
}

int
field_word(struct problems *p, const struct node *record, const char *key, const char *const words[],
           size_t count, int otherwise)
{
    const struct node *node = node_get(record, key);
    return node ? field_word_of(p, node, key, words, count, otherwise) : otherwise;
}

bool
field_yes(struct problems *p, const struct node *record, const char *key)
{
    static const char *const words[] = {"no", "yes"};
    return field_word(p, record, key, words, 2, 0) == 1;
}

bool
field_is_id(struct str id)
{
    bool word = false; // the last byte belonged to a word
    for (size_t i = 0; i < id.len; i++) {
        char c = id.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && !(word && (c == '-' || c == '.' || c == '/')))
            return false;
        word = letter;
    }
    return word;
}
