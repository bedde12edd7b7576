#include "knowledge/load.h"

#include "knowledge/folder.h"
#include "knowledge/loading.h"
#include "knowledge/tree.h"

#include <stdlib.h>

int
records_claim(struct loading *l, struct records *r, struct str id, const struct record *record)
{
    if (!r->spelled_freely && !field_is_id(id))
        MILD_PROBLEM(l, record->node, "\"%.*s\": names are lower-case words joined by '-', '.' or '/'",
                     STR_ARG(id));
    int at = index_add(&r->index, id, (int)r->count, &l->scratch);
    if (at < (int)r->count) {
        const struct record *older = &r->at[at];
        if (older->layer == record->layer) {
            NODE_PROBLEM(l->problems, record->node, "%s \"%.*s\" stands in %.*s:%d already", r->what,
                         STR_ARG(id), STR_ARG(*older->node->file), older->node->line);
            return -1;
        }
        r->at[at] = *record;
        return at;
    }
    // A power of two: the list is full and moves to one twice as long.
    if ((r->count & (r->count - 1)) == 0) {
        struct record *wider = ARENA_ARRAY(&l->scratch, struct record, r->count ? r->count * 2 : 1);
        if (r->count)
            memcpy(wider, r->at, r->count * sizeof *wider);
        r->at = wider;
    }
    r->at[r->count++] = *record;
    return at;
}

const char *
loading_nearest(struct loading *l, const struct index *x, struct str word)
{
    enum { NEAREST_GIVEN = 30, NAME_LONGEST = 80 };
    if (problems_total(l->problems) >= NEAREST_GIVEN || word.len > NAME_LONGEST)
        return "";
    const char *near = index_nearest(x, word, &l->scratch);
    return near ? arena_strf(&l->scratch, "; the nearest is %s", near).at : "";
}

int
records_find(struct loading *l, const struct records *r, const struct node *at, struct str id)
{
    id = str_trim(id);
    int found = index_find(&r->index, id);
    if (found >= 0)
        return found;
    NODE_PROBLEM(l->problems, at, "unknown %s \"%.*s\"%s", r->what, STR_ARG(id),
                 loading_nearest(l, &r->index, id));
    return -1;
}

int
records_named(struct loading *l, const struct records *r, const struct node *node, const char *key)
{
    const struct node *name = node_get(node, key);
    return name ? records_find(l, r, name, field_scalar(l->problems, name)) : -1;
}

struct str
loading_log_text(struct loading *l, const struct node *node)
{
    struct str text = field_scalar(l->problems, node);
    if (node->kind == NODE_SCALAR && node->style != NODE_BLOCK)
        MILD_PROBLEM(l, node, "text of a log is written as a block: |- and the text in the next line");
    return text;
}

struct str
loading_log_under(struct loading *l, const struct node *node, const char *key)
{
    const struct node *text = node_get(node, key);
    return text ? loading_log_text(l, text) : STR_NONE;
}

void
loading_claim_section(struct loading *l, const char *section, bool of_dialects, struct records *into)
{
    for (size_t p = 0; p < l->pack_count; p++) {
        if (l->packs[p].dialect.len && !of_dialects)
            continue;
        const struct node *list = field_list(l->problems, l->packs[p].root, section, FIELD_OPTIONAL);
        for (size_t i = 0; list && i < list->count; i++) {
            const struct node *item = &list->items[i];
            struct str id = field_text(l->problems, item, "id", FIELD_NEEDED);
            if (id.len)
                records_claim(l, into, id, &(struct record){item, l->packs[p].layer, -1});
        }
    }
}

const struct str *
loading_texts(struct loading *l, const struct node *list, size_t *count)
{
    *count = list ? list->count : 0;
    struct str *texts = ARENA_ARRAY(l->keep, struct str, *count);
    for (size_t i = 0; i < *count; i++)
        texts[i] = str_trim(field_scalar(l->problems, &list->items[i]));
    return texts;
}

const struct pair *
loading_pairs(struct loading *l, const struct node *map, size_t *count)
{
    *count = map ? map->count : 0;
    struct pair *pairs = ARENA_ARRAY(l->keep, struct pair, *count);
    for (size_t i = 0; i < *count; i++)
        pairs[i] = (struct pair){map->items[i].key, field_scalar(l->problems, &map->items[i])};
    return pairs;
}

int
loading_command(struct loading *l, const struct node *at, struct str name)
{
    int found = index_find(&l->commands.index, name);
    if (found < 0)
        MILD_PROBLEM(l, at, "unknown command \"%.*s\"%s", STR_ARG(name),
                     loading_nearest(l, &l->commands.index, name));
    return found;
}

static void
check_keys(struct loading *l, const struct node *root)
{
    static const char *const neutral[] = {"checkpoints", "orders",   "events",  "notifies", "causes",
                                          "algorithms",  "findings", "cases",   "lessons",  "concepts",
                                          "portmap",     "alarms",   "commands"};
    static const char *const of_dialect[] = {
        "dialect", "title",    "like",     "daemons",  "note",     "prefixes", "words",    "orders",
        "spells",  "messages", "causes",   "findings", "cases",    "numbers",  "commands", "relays",
        "state",   "sides",    "defaults", "host",     "inherits", "headed"};
    if (node_get(root, "dialect"))
        FIELD_MAPPING(l->problems, root, of_dialect);
    else
        FIELD_MAPPING(l->problems, root, neutral);
}

static void
parse_pack(struct loading *l, const struct pack_text *text, struct pack *pack)
{
    struct str *name = ARENA_NEW(l->keep, struct str);
    *name = arena_str(l->keep, text->name);
    *pack = (struct pack){.name = *name, .layer = text->layer};
    pack->root = text->tree ? tree_read(text->bytes, name, &l->scratch)
                            : yaml_read(text->bytes, name, &l->scratch, l->keep, l->problems);
    if (!pack->root)
        return;
    if (pack->root->kind != NODE_MAPPING) {
        NODE_PROBLEM(l->problems, pack->root, "a pack is a mapping (key: value)");
        return;
    }
    check_keys(l, pack->root);
    pack->dialect = field_text(l->problems, pack->root, "dialect", FIELD_OPTIONAL);
    if (node_get(pack->root, "dialect") && pack->dialect.len == 0)
        NODE_PROBLEM(l->problems, pack->root, "\"dialect\" is empty");
}

// False when a pack could not even be read as a tree; looking for names in the others would tell only
// untruths.
static bool
parse_packs(struct loading *l, const struct pack_text *texts, size_t count)
{
    struct pack *packs = ARENA_ARRAY(&l->scratch, struct pack, count);
    for (size_t i = 0; i < count; i++)
        if (texts[i].layer >= l->layers)
            l->layers = texts[i].layer + 1;
    for (int layer = 0; layer < l->layers; layer++)
        for (size_t i = 0; i < count; i++)
            if (texts[i].layer == layer)
                parse_pack(l, &texts[i], &packs[l->pack_count++]);
    l->packs = packs;
    for (size_t i = 0; i < l->pack_count; i++)
        if (!packs[i].root || packs[i].root->kind != NODE_MAPPING)
            return false;
    return true;
}

struct knowledge *
knowledge_load_all(const struct pack_text *packs, size_t count, bool strict, struct problems *problems)
{
    struct knowledge *k = mem_new(sizeof *k);
    struct loading l = {
        .k = k,
        .keep = &k->arena,
        .problems = problems,
        .strict = strict,
        .dialects.what = "dialect",
        .messages.what = "message",
        .events.what = "event",
        .orders.what = "order",
        .causes.what = "cause",
        .algorithms.what = "algorithm",
        .algorithms.spelled_freely = true,
        .commands.what = "command",
        .findings.what = "finding",
        .cases.what = "case",
        .lessons.what = "lesson",
        .concepts.what = "concept",
    };
    size_t before = problems_total(problems);
    k->not_known = STR("(not known)");
    k->untimed = STR("the time of this attempt");
    if (parse_packs(&l, packs, count)) {
        claim_neutral(&l);
        claim_dialects(&l);
        claim_findings(&l);
        claim_lessons(&l);
        read_neutral(&l);
        read_dialects(&l);
        read_portmap(&l); // its facts are names in conditions of findings
        read_findings(&l);
        read_lessons(&l);
    }
    arena_release(&l.scratch);
    if (problems_total(problems) == before + l.mild)
        return k;
    knowledge_free(k);
    return NULL;
}

struct knowledge *
knowledge_load(const struct pack_text *packs, size_t count, struct err *e)
{
    struct problems problems = {0};
    struct knowledge *k = knowledge_load_all(packs, count, false, &problems);
    problems_none(&problems, e);
    problems_release(&problems);
    return k;
}

struct knowledge *
knowledge_load_builtin(const struct overlay *overlays, size_t count, struct err *e)
{
    struct folder folder = {0};
    folder_builtin(&folder);
    bool read = true;
    for (size_t i = 0; i < count && read; i++)
        if (overlays[i].folder)
            read = folder_read(&folder, overlays[i].folder, overlays[i].must, (int)i + 1, e);
    struct knowledge *k = read ? knowledge_load(folder.packs, folder.count, e) : NULL;
    folder_release(&folder);
    return k;
}

void
knowledge_free(struct knowledge *k)
{
    if (!k)
        return;
    arena_release(&k->arena);
    free(k);
}
