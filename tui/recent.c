#include "tui/recent.h"

#include <limits.h>
#include <stdlib.h>

#include "knowledge/yaml.h"
#include "tui/sample.h"
#include "tui/xdg.h"

static uint64_t
number_of(const struct node *mapping, const char *key)
{
    const struct node *node = node_get(mapping, key);
    uint64_t number = 0;
    if (node && node->kind == NODE_SCALAR)
        str_number(node->text, &number);
    return number;
}

// False when the node is none that recents_note wrote.
static bool
take_one(const struct node *node, struct arena *arena, struct recent *one)
{
    const struct node *title = node_get(node, "title"), *parts = node_get(node, "parts");
    if (!title || title->kind != NODE_SCALAR || !parts || parts->kind != NODE_SEQUENCE || !parts->count)
        return false;
    const char **names = ARENA_ARRAY(arena, const char *, parts->count);
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->items[i].kind != NODE_SCALAR || !parts->items[i].text.len)
            return false;
        names[i] = arena_str(arena, parts->items[i].text).at;
    }
    *one = (struct recent){.title = arena_str(arena, title->text).at,
                           .parts = names,
                           .count = parts->count,
                           .apart = number_of(node, "apart") != 0,
                           .when = (int64_t)number_of(node, "when"),
                           .tunnels = number_of(node, "tunnels"),
                           .down = number_of(node, "down")};
    return true;
}

struct recents *
recents_read(void)
{
    struct recents *r = mem_new(sizeof *r);
    struct buf bytes = {0};
    struct arena nodes = {0};
    struct problems problems = {0};
    struct err e;
    static const struct str file = {RECENT_FILE, sizeof RECENT_FILE - 1};
    const struct node *root = NULL, *list = NULL;
    if (xdg_read(XDG_STATE, RECENT_FILE, &bytes, &e) && bytes.len)
        root = yaml_read(buf_str(&bytes), &file, &nodes, &nodes, &problems);
    if (root && root->kind == NODE_MAPPING)
        list = node_get(root, "recent");
    for (size_t i = 0; list && list->kind == NODE_SEQUENCE && i < list->count && r->count < RECENT_MOST; i++)
        if (list->items[i].kind == NODE_MAPPING)
            r->count += take_one(&list->items[i], &r->arena, &r->at[r->count]);
    buf_release(&bytes);
    arena_release(&nodes);
    problems_release(&problems);
    return r;
}

static bool
write_one(const struct recent *one, struct buf *out)
{
    buf_addf(out, "  - when: %lld\n    tunnels: %llu\n    down: %llu\n    apart: %d\n    title: ",
             (long long)one->when, (unsigned long long)one->tunnels, (unsigned long long)one->down,
             one->apart);
    bool good = yaml_quote(str_of(one->title), out);
    buf_add(out, STR("\n    parts:\n"));
    for (size_t i = 0; i < one->count; i++) {
        buf_add(out, STR("      - "));
        good = good && yaml_quote(str_of(one->parts[i]), out);
        buf_add_char(out, '\n');
    }
    return good;
}

static bool
is_same(const struct recent *a, const struct recent *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->parts[i], b->parts[i]) != 0)
            return false;
    return true;
}

// A path means the same from every folder; what is no file stays as it is written.
static const char *
lasting(struct arena *arena, const char *part)
{
    char *whole = realpath(part, NULL);
    const char *kept = arena_str(arena, str_of(whole ? whole : part)).at;
    free(whole);
    return kept;
}

static bool
is_lasting(const struct opening *o)
{
    bool good = !o->text.at && o->count;
    for (size_t i = 0; i < o->count; i++)
        good = good && strcmp(o->parts[i], "-") != 0 && !sample_is(o->parts[i]);
    return good;
}

void
recents_note(const struct opening *o, uint64_t tunnels, uint64_t down, int64_t when)
{
    if (!is_lasting(o))
        return;
    int lock = xdg_lock(XDG_STATE); // until what is read here is written again
    struct recents *old = recents_read();
    struct recent one = {.title = o->title,
                         .count = o->count,
                         .apart = o->apart,
                         .when = when,
                         .tunnels = tunnels,
                         .down = down};
    one.parts = ARENA_ARRAY(&old->arena, const char *, o->count);
    for (size_t i = 0; i < o->count; i++)
        one.parts[i] = lasting(&old->arena, o->parts[i]);
    struct buf text = {0};
    struct err e; // remembering is a convenience: when it fails the log is read all the same
    buf_add(&text, STR("recent:\n"));
    bool good = write_one(&one, &text);
    for (size_t i = 0, kept = 1; good && i < old->count && kept < RECENT_MOST; i++)
        if (!is_same(&old->at[i], &one)) {
            good = write_one(&old->at[i], &text);
            kept++;
        }
    if (good)
        xdg_write(XDG_STATE, RECENT_FILE, buf_str(&text), &e);
    xdg_unlock(lock);
    buf_release(&text);
    recents_free(old);
}
