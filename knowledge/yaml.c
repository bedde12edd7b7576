#include "knowledge/yaml.h"

#include "diag/text.h"
#include "knowledge/index.h"

#include <stdlib.h>
#include <yaml.h>

// One open sequence or mapping: its children are collected on the stack above `base`.
struct open {
    struct node node;
    size_t base;
    bool have_key; // a mapping whose key was read and whose value comes next
    struct node key;
};

struct reading {
    yaml_parser_t parser;
    const struct str *file;
    struct arena *nodes, *texts;
    struct problems *problems;
    struct node *stack; // finished children of the open collections
    size_t height, room;
    struct open open[YAML_DEPTH + 1];
    size_t depth;
    const struct node *root;
    int documents;
};

static bool
refuse(struct reading *r, yaml_mark_t mark, const char *sentence)
{
    problems_add(r->problems, *r->file, (int)mark.line + 1, (int)mark.column + 1, "%s", sentence);
    return false;
}

// A key that stands twice would silently win over the first one.
static bool
keys_differ(struct reading *r, const struct node *items, size_t count)
{
    struct index seen = {0};
    struct arena scratch = {0};
    bool differ = true;
    for (size_t i = 0; i < count && differ; i++) {
        int first = index_add(&seen, items[i].key, (int)i, &scratch);
        differ = first == (int)i;
        if (!differ)
            NODE_KEY_PROBLEM(r->problems, &items[i],
                             "the key \"%.*s\" stands here a second time; line %d has it",
                             STR_ARG(items[i].key), items[first].key_line);
    }
    arena_release(&scratch);
    return differ;
}

static bool
few_keys_differ(struct reading *r, const struct node *items, size_t count)
{
    if (count > 12)
        return keys_differ(r, items, count);
    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (str_eq(items[i].key, items[j].key))
                return keys_differ(r, items, count);
    return true;
}

// Gives a finished node to the collection that is open, or makes it the root.
static bool
place(struct reading *r, struct node node, yaml_mark_t mark)
{
    if (r->depth == 0) {
        struct node *root = ARENA_NEW(r->nodes, struct node);
        *root = node;
        r->root = root;
        return true;
    }
    struct open *in = &r->open[r->depth - 1];
    if (in->node.kind == NODE_MAPPING && !in->have_key) {
        if (node.kind != NODE_SCALAR || node.text.len == 0)
            return refuse(r, mark, "a key must be a word");
        in->key = node;
        in->have_key = true;
        return true;
    }
    if (in->node.kind == NODE_MAPPING) {
        node.key = in->key.text;
        node.key_line = in->key.line;
        node.key_column = in->key.column;
        in->have_key = false;
    }
    if (r->height == r->room) {
        r->room = r->room ? r->room * 2 : 256;
        r->stack = mem_resize(r->stack, mem_product(r->room, sizeof *r->stack));
    }
    r->stack[r->height++] = node;
    return true;
}

static struct node
node_at(const struct reading *r, enum node_kind kind, yaml_mark_t mark)
{
    return (struct node){
        .kind = kind, .line = (int)mark.line + 1, .column = (int)mark.column + 1, .file = r->file};
}

static bool
take_scalar(struct reading *r, const yaml_event_t *event)
{
    struct node node = node_at(r, NODE_SCALAR, event->start_mark);
    struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (event->data.scalar.anchor || event->data.scalar.tag)
        return refuse(r, event->start_mark, "anchors and tags are not used in packs");
    node.text = arena_str(r->texts, text);
    switch (event->data.scalar.style) {
    case YAML_LITERAL_SCALAR_STYLE:
        // `|` and `|+` keep the line end, which no line of a log has.
        node.style = text.len && text.at[text.len - 1] == '\n' ? NODE_FOLDED : NODE_BLOCK;
        break;
    case YAML_FOLDED_SCALAR_STYLE:
        node.style = NODE_FOLDED;
        break;
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        node.style = NODE_QUOTED;
        break;
    case YAML_ANY_SCALAR_STYLE:
    case YAML_PLAIN_SCALAR_STYLE:
        node.style = NODE_PLAIN;
        break;
    }
    return place(r, node, event->start_mark);
}

static bool
open_collection(struct reading *r, enum node_kind kind, const yaml_event_t *event, bool marked)
{
    if (marked)
        return refuse(r, event->start_mark, "anchors and tags are not used in packs");
    if (r->depth == YAML_DEPTH)
        return refuse(r, event->start_mark, "nested deeper than 64 levels");
    if (r->depth && r->open[r->depth - 1].node.kind == NODE_MAPPING && !r->open[r->depth - 1].have_key)
        return refuse(r, event->start_mark, "a key must be a word");
    r->open[r->depth++] =
        (struct open){.node = node_at(r, kind, event->start_mark), .base = r->height, .have_key = false};
    return true;
}

static bool
close_collection(struct reading *r, yaml_mark_t mark)
{
    struct open *done = &r->open[--r->depth];
    size_t count = r->height - done->base;
    struct node *items = ARENA_ARRAY(r->nodes, struct node, count);
    if (count)
        memcpy(items, &r->stack[done->base], count * sizeof *items);
    r->height = done->base;
    done->node.items = items;
    done->node.count = count;
    if (done->node.kind == NODE_MAPPING && !few_keys_differ(r, items, count))
        return false;
    return place(r, done->node, mark);
}

static bool
take_event(struct reading *r, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return r->documents++ == 0 || refuse(r, event->start_mark, "a second document begins; a pack is one");
    case YAML_ALIAS_EVENT:
        return refuse(r, event->start_mark, "aliases are not used in packs");
    case YAML_SCALAR_EVENT:
        return take_scalar(r, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(r, NODE_SEQUENCE, event,
                               event->data.sequence_start.anchor || event->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return open_collection(r, NODE_MAPPING, event,
                               event->data.mapping_start.anchor || event->data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(r, event->start_mark);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
    return true;
}

// libyaml's own sentence, at the place it is about.
static bool
libyaml_problem(struct reading *r)
{
    const yaml_parser_t *parser = &r->parser;
    if (parser->error == YAML_MEMORY_ERROR && mem_exhausted)
        mem_exhausted();
    const char *what = parser->problem ? parser->problem : "not YAML";
    if (parser->error != YAML_READER_ERROR)
        return refuse(r, parser->problem_mark, what);
    problems_add(r->problems, *r->file, (int)parser->mark.line + 1, (int)parser->mark.column + 1,
                 "%s at byte %zu", what, parser->problem_offset);
    return false;
}

// The depth is counted here, while libyaml hands over one event at a time: it looks at most 1024 characters
// ahead for the end of a key, so its work, which grows with the square of the open brackets, never gets near
// to a second. Asking it for the whole document first takes seconds for 50 KB of brackets.
static bool
read_events(struct reading *r)
{
    for (bool more = true; more;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&r->parser, &event))
            return libyaml_problem(r);
        bool good = take_event(r, &event);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (!good)
            return false;
    }
    return true;
}

const struct node *
yaml_read(struct str bytes, const struct str *file, struct arena *nodes, struct arena *texts,
          struct problems *problems)
{
    if (bytes.len > YAML_SIZE) {
        problems_add(problems, *file, 0, 0, "%zu bytes; a pack has at most %d", bytes.len, YAML_SIZE);
        return NULL;
    }
    struct reading *r = mem_new(sizeof *r);
    r->file = file;
    r->nodes = nodes;
    r->texts = texts;
    r->problems = problems;
    if (!yaml_parser_initialize(&r->parser)) {
        free(r);
        if (mem_exhausted)
            mem_exhausted();
        abort();
    }
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)bytes.at, bytes.len);
    bool good = read_events(r);
    const struct node *root = good ? r->root : NULL;
    if (good && !root)
        problems_add(problems, *file, 1, 1, "the pack is empty");
    yaml_parser_delete(&r->parser);
    free(r->stack);
    free(r);
    return root;
}

const struct node *
node_get(const struct node *mapping, const char *key)
{
    if (!mapping || mapping->kind != NODE_MAPPING)
        return NULL;
    struct str wanted = str_of(key);
    for (size_t i = 0; i < mapping->count; i++)
        if (str_eq(mapping->items[i].key, wanted))
            return &mapping->items[i];
    return NULL;
}

bool
yaml_quote(struct str text, struct buf *out)
{
    buf_add_char(out, '"');
    while (text.len) {
        int32_t rune;
        size_t length = text_rune(text, &rune);
        if (rune < 0)
            return false;
        if (rune == '"' || rune == '\\')
            buf_add_char(out, '\\');
        if (rune < ' ' || (rune >= 0x7F && rune < 0xA0))
            buf_addf(out, "\\x%02x", (unsigned)rune);
        else
            buf_add(out, (struct str){text.at, length});
        text = str_from(text, length);
    }
    buf_add_char(out, '"');
    return true;
}
