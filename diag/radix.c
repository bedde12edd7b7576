#include "diag/radix.h"

#include "diag/literal.h"

#include <stdlib.h>

enum { NODE_DEPTH = 64 };

// The text on the way to a node and the templates whose literal head ends here.
struct node {
    struct literal edge;
    uint32_t child, children;     // first child and their count; siblings stand in a row
    uint32_t template, templates; // into tree.order
};

struct radix {
    uint32_t top[256]; // child of the root by first byte, 0: none (node 0 is the root)
    struct node *nodes;
    unsigned char *begins; // beside nodes: the first byte of each one's edge
    uint32_t node_count, node_room;
    const struct template **order; // templates sorted by head, then by weight
    uint8_t *shared;               // beside order: what each has in common with the one before, see tmpl.h
    uint32_t count;
    const struct template **open; // templates without a head, heaviest first
    uint32_t open_count;
};

static int
by_head(const void *a, const void *b)
{
    const struct template *x = *(const struct template *const *)a, *y = *(const struct template *const *)b;
    int order = str_compare(tmpl_head(x->tmpl), tmpl_head(y->tmpl));
    size_t wx = tmpl_weight(x->tmpl), wy = tmpl_weight(y->tmpl);
    return order ? order : (wx < wy) - (wx > wy);
}

static uint32_t
node_new(struct radix *t, uint32_t count)
{
    if (t->node_count + count > t->node_room) {
        t->node_room = (t->node_count + count) * 2;
        t->nodes = mem_resize(t->nodes, mem_product(t->node_room, sizeof *t->nodes));
        t->begins = mem_resize(t->begins, t->node_room);
    }
    uint32_t first = t->node_count;
    memset(t->nodes + first, 0, count * sizeof *t->nodes);
    t->node_count += count;
    return first;
}

static size_t
shared_length(struct str a, struct str b, size_t from)
{
    size_t end = a.len < b.len ? a.len : b.len;
    while (from < end && a.at[from] == b.at[from])
        from++;
    return from;
}

// Fills a node with the templates [low, high) of order, whose heads share their first `depth` bytes.
static void
node_fill(struct radix *t, uint32_t node, uint32_t low, uint32_t high, size_t depth)
{
    uint32_t ends = low;
    while (ends < high && tmpl_head(t->order[ends]->tmpl).len == depth)
        ends++;
    t->nodes[node].template = low;
    t->nodes[node].templates = ends - low;
    uint32_t groups = 0;
    for (uint32_t i = ends; i < high; i++)
        groups +=
            i == ends || tmpl_head(t->order[i]->tmpl).at[depth] != tmpl_head(t->order[i - 1]->tmpl).at[depth];
    uint32_t child = node_new(t, groups);
    t->nodes[node].child = child;
    t->nodes[node].children = groups;
    for (uint32_t i = ends, next; i < high; i = next, child++) {
        struct str head = tmpl_head(t->order[i]->tmpl);
        for (next = i + 1; next < high && tmpl_head(t->order[next]->tmpl).at[depth] == head.at[depth];)
            next++;
        size_t deeper = shared_length(head, tmpl_head(t->order[next - 1]->tmpl), depth);
        t->nodes[child].edge = literal_of((struct str){head.at + depth, deeper - depth});
        t->begins[child] = (unsigned char)head.at[depth];
        node_fill(t, child, i, next, deeper);
    }
}

struct radix *
radix_new(const struct dialect *d)
{
    struct radix *t = mem_new(sizeof *t);
    t->order = mem_new(mem_product(d->template_count, sizeof(void *)));
    t->open = mem_new(mem_product(d->template_count, sizeof(void *)));
    for (size_t i = 0; i < d->template_count; i++) {
        if (tmpl_head(d->templates[i].tmpl).len)
            t->order[t->count++] = &d->templates[i];
        else
            t->open[t->open_count++] = &d->templates[i];
    }
    qsort(t->order, t->count, sizeof(void *), by_head);
    qsort(t->open, t->open_count, sizeof(void *), by_head);
    t->shared = mem_new(t->count);
    for (uint32_t i = 1; i < t->count; i++)
        t->shared[i] = (uint8_t)tmpl_shared(t->order[i - 1]->tmpl, t->order[i]->tmpl);
    node_fill(t, node_new(t, 1), 0, t->count, 0);
    for (uint32_t i = 0; i < t->nodes[0].children; i++) {
        uint32_t child = t->nodes[0].child + i;
        t->top[t->begins[child]] = child;
    }
    return t;
}

void
radix_free(struct radix *t)
{
    free(t->nodes);
    free(t->begins);
    free(t->order);
    free(t->shared);
    free(t->open);
    free(t);
}

// Tries the templates of one node; a whole fit beats one that leaves text over, then the heavier one wins.
// By its last byte most cannot fit whole: those are tried in a second round, when no other did.
static bool
node_match(const struct radix *t, const struct node *node, const char *behind, struct str body,
           struct msg *msg, const struct template **won)
{
    const unsigned char last = (unsigned char)body.at[body.len - 1];
    const size_t before = msg->slots.count;
    struct slot kept[TMPL_SLOTS]; // of the first that left text over
    size_t count = 0;
    uint32_t first = node->templates;
    for (int round = 0; round < 2; round++) {
        struct trail trail;
        unsigned shared = 0; // with the one tried before
        for (uint32_t i = 0; i < (round ? first : node->templates); i++) {
            const uint32_t at = node->template + i;
            shared = shared < t->shared[at] ? shared : t->shared[at];
            if (tmpl_may_end(t->order[at]->tmpl, last) == round)
                continue;
            enum tmpl_fit fit =
                tmpl_match_next(t->order[at]->tmpl, shared, behind, body, &msg->slots, &trail);
            shared = TRAIL_HOLES;
            if (fit == FIT_WHOLE) {
                msg->fit = fit;
                *won = t->order[at];
                return true;
            }
            if (fit == FIT_START && i < first) {
                first = i;
                count = msg->slots.count;
                memcpy(kept, msg->slots.at + before, (count - before) * sizeof *kept);
            }
            msg->slots.count = before;
        }
    }
    if (first == node->templates)
        return false;
    memcpy(msg->slots.at + before, kept, (count - before) * sizeof *kept);
    msg->slots.count = count;
    msg->fit = FIT_START;
    *won = t->order[node->template + first];
    return true;
}

static bool
open_match(const struct radix *t, struct str body, struct msg *msg, const struct template **won)
{
    for (uint32_t i = 0; i < t->open_count; i++) {
        const struct tmpl *tmpl = t->open[i]->tmpl;
        struct str needle = tmpl_longest(tmpl);
        if (!tmpl_may_begin(tmpl, (unsigned char)body.at[0]))
            continue;
        if (needle.len && !memchr(needle.at, ' ', needle.len) && str_find(body, needle) == body.len)
            continue;
        enum tmpl_fit fit = tmpl_match(tmpl, body, &msg->slots);
        if (fit == FIT_NONE)
            continue;
        msg->fit = fit;
        *won = t->open[i];
        return true;
    }
    return false;
}

// What an edge that takes the text at p begins with: a tab or a no-break space is a blank as well.
static unsigned char
edge_byte(const char *p, const char *end)
{
    return *p == '\t' || *p == '\xc2' ? (literal_blank(p, end) ? ' ' : (unsigned char)*p) : (unsigned char)*p;
}

static uint32_t
node_child(const struct radix *t, const struct node *node, unsigned char byte)
{
    for (uint32_t i = node->child; i < node->child + node->children; i++)
        if (t->begins[i] == byte)
            return i;
    return 0;
}

// Walks down as far as the body carries, then tries the templates met on the way, the deepest first.
bool
radix_match(const struct radix *t, struct str body, struct msg *msg, const struct template **won)
{
    if (body.len == 0)
        return false;
    struct {
        const struct node *node;
        const char *behind;
    } way[NODE_DEPTH];
    size_t depth = 0;
    const char *p = body.at, *end = body.at + body.len;
    uint32_t child = t->top[edge_byte(p, end)];
    while (child && depth < NODE_DEPTH) {
        const struct node *node = &t->nodes[child];
        p = literal_end(&node->edge, p, end);
        if (!p)
            break;
        if (node->templates) {
            way[depth].node = node;
            way[depth++].behind = p;
        }
        child = p < end ? node_child(t, node, edge_byte(p, end)) : 0;
    }
    while (depth-- > 0)
        if (node_match(t, way[depth].node, way[depth].behind, body, msg, won))
            return true;
    return open_match(t, body, msg, won);
}
