// Dialects: prefixes, words, spellings, messages with their templates, and what a sibling inherits.
#include "knowledge/loading.h"

void
claim_dialects(struct loading *l)
{
    for (size_t p = 0; p < l->pack_count; p++) {
        const struct pack *pack = &l->packs[p];
        if (pack->dialect.len == 0)
            continue;
        int dialect = index_find(&l->dialects.index, pack->dialect);
        if (dialect < 0)
            dialect =
                records_claim(l, &l->dialects, pack->dialect, &(struct record){pack->root, pack->layer, -1});
        const struct node *list = field_list(l->problems, pack->root, "messages", FIELD_OPTIONAL);
        for (size_t i = 0; list && i < list->count; i++) {
            const struct node *item = &list->items[i];
            struct str id = field_text(l->problems, item, "id", FIELD_NEEDED);
            struct str key = arena_strf(&l->scratch, "%.*s/%.*s", STR_ARG(pack->dialect), STR_ARG(id));
            if (id.len)
                records_claim(l, &l->messages, key, &(struct record){item, pack->layer, dialect});
        }
    }
}

// The node under a key in the packs of a dialect: the highest layer that has it.
static const struct node *
part(struct loading *l, struct str dialect, const char *key)
{
    const struct node *found = NULL;
    int layer = -1;
    for (size_t p = l->pack_count; p-- > 0;) {
        const struct pack *pack = &l->packs[p];
        const struct node *here = str_eq(pack->dialect, dialect) ? node_get(pack->root, key) : NULL;
        if (here && !found) {
            found = here;
            layer = pack->layer;
        } else if (here && layer == pack->layer)
            NODE_KEY_PROBLEM(l->problems, found, "\"%s\" of dialect %.*s stands in %.*s already", key,
                             STR_ARG(dialect), STR_ARG(*here->file));
    }
    return found;
}

static struct str
part_text(struct loading *l, struct str dialect, const char *key, bool needed)
{
    const struct node *node = part(l, dialect, key);
    if (!node && needed)
        NODE_PROBLEM(l->problems, l->dialects.at[index_find(&l->dialects.index, dialect)].node,
                     "\"%s\" of dialect %.*s is missing", key, STR_ARG(dialect));
    return node ? str_trim(field_scalar(l->problems, node)) : STR_NONE;
}

// All entries of the mappings under a key in the packs of a dialect, higher layers first; an entry of a lower
// layer gives way. Borrowed nodes in the scratch arena.
static const struct node **
merged(struct loading *l, struct str dialect, const char *key, size_t *count)
{
    size_t room = 0;
    for (size_t p = 0; p < l->pack_count; p++) {
        const struct node *map =
            str_eq(l->packs[p].dialect, dialect) ? node_get(l->packs[p].root, key) : NULL;
        room += map ? map->count : 0;
    }
    const struct node **at = ARENA_ARRAY(&l->scratch, const struct node *, room);
    struct index seen = {0};
    *count = 0;
    for (size_t p = l->pack_count; p-- > 0;) {
        if (!str_eq(l->packs[p].dialect, dialect))
            continue;
        const struct node *map = field_map(l->problems, l->packs[p].root, key, FIELD_OPTIONAL);
        for (size_t i = 0; map && i < map->count; i++)
            if (index_add(&seen, map->items[i].key, (int)*count, &l->scratch) == (int)*count)
                at[(*count)++] = &map->items[i];
    }
    return at;
}

static bool
read_template(struct loading *l, const struct node *node, int message, struct template *into)
{
    *into = (struct template){.text = loading_log_text(l, node), .message = message, .line = node->line};
    if (node->kind != NODE_SCALAR)
        return false;
    if (into->text.len == 0 || memchr(into->text.at, '\n', into->text.len)) {
        NODE_PROBLEM(l->problems, node, "a template is one line of text");
        return false;
    }
    struct err e = {0};
    into->tmpl = tmpl_compile(into->text, l->keep, &e);
    if (!into->tmpl)
        NODE_PROBLEM(l->problems, node, "%s", e.text);
    return into->tmpl != NULL;
}

static void
read_stage(struct loading *l, const struct node *list, struct prefix_stage *stage)
{
    if (list->kind != NODE_SEQUENCE || list->count == 0) {
        NODE_PROBLEM(l->problems, list, "a stage of prefixes is a list of templates (- - |-)");
        return;
    }
    if (list->count > STAGE_TEMPLATES) {
        NODE_PROBLEM(l->problems, list, "these are %zu templates; a stage of prefixes has at most %d",
                     list->count, STAGE_TEMPLATES);
        return;
    }
    struct template *at = ARENA_ARRAY(l->keep, struct template, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const struct node *node = &list->items[i];
        if (!read_template(l, node, -1, &at[stage->count]))
            continue;
        struct str text = at[stage->count].text;
        if (text.at[text.len - 1] != '}')
            NODE_PROBLEM(l->problems, node, "a prefix ends with ${}, the rest of the line");
        stage->count++;
    }
    stage->templates = at;
}

static void
read_prefixes(struct loading *l, struct dialect *d)
{
    const struct node *list = part(l, d->id, "prefixes");
    if (!list)
        return;
    if (list->kind != NODE_SEQUENCE) {
        NODE_PROBLEM(l->problems, list, "\"prefixes\" must be a list of stages");
        return;
    }
    if (list->count > PREFIX_STAGES) {
        NODE_PROBLEM(l->problems, list, "these are %zu stages of prefixes; a dialect has at most %d",
                     list->count, PREFIX_STAGES);
        return;
    }
    struct prefix_stage *stages = ARENA_ARRAY(l->keep, struct prefix_stage, list->count);
    for (size_t i = 0; i < list->count; i++)
        read_stage(l, &list->items[i], &stages[i]);
    d->prefixes = stages;
    d->prefix_count = list->count;
}

static void
read_words(struct loading *l, struct dialect *d)
{
    const struct node **at = merged(l, d->id, "words", &d->word_count);
    struct word_meaning *words = ARENA_ARRAY(l->keep, struct word_meaning, d->word_count);
    for (size_t i = 0; i < d->word_count; i++) {
        words[i].word = at[i]->key;
        words[i].settings = loading_settings(l, at[i], true, &words[i].setting_count);
    }
    d->words = words;
}

// orders and spells: names that must exist on the left, or on both sides.
static const struct pair *
read_pairs(struct loading *l, struct dialect *d, const char *key, const struct records *left,
           const struct records *right, size_t *count)
{
    const struct node **at = merged(l, d->id, key, count);
    struct pair *pairs = ARENA_ARRAY(l->keep, struct pair, *count);
    for (size_t i = 0; i < *count; i++) {
        pairs[i] = (struct pair){at[i]->key, str_trim(field_scalar(l->problems, at[i]))};
        if (left->count && index_find(&left->index, pairs[i].key) < 0)
            records_find(l, left, at[i], pairs[i].key);
        if (right)
            records_find(l, right, at[i], pairs[i].value);
    }
    return pairs;
}

// start: TEXT, or start: {v1: TEXT, v2: TEXT}
static struct wording
read_wording(struct loading *l, const struct node *node)
{
    static const char *const keys[] = {"v1", "v2"};
    struct wording w = {
        .command = loading_command(l, node, node->key), .file = *node->file, .line = node->line};
    if (node->kind == NODE_SCALAR)
        w.v1 = w.v2 = str_trim(node->text);
    else if (FIELD_MAPPING(l->problems, node, keys)) {
        w.v1 = field_text(l->problems, node, "v1", FIELD_OPTIONAL);
        w.v2 = field_text(l->problems, node, "v2", FIELD_OPTIONAL);
    }
    return w;
}

static void
read_wordings(struct loading *l, struct dialect *d)
{
    size_t count;
    const struct node **at = merged(l, d->id, "commands", &count);
    struct wording *wordings = ARENA_ARRAY(l->keep, struct wording, count);
    for (size_t i = 0; i < count; i++) {
        struct wording w = read_wording(l, at[i]);
        if (w.command >= 0)
            wordings[d->wording_count++] = w;
    }
    d->wordings = wordings;
}

// The index of the word under a key; the first one when the key is missing.
static int
part_word(struct loading *l, struct str dialect, const char *key, const char *const words[], size_t count)
{
    const struct node *node = part(l, dialect, key);
    return node ? field_word_of(l->problems, node, "choice", words, count, 0) : 0;
}

static int
part_dialect(struct loading *l, struct str dialect, const char *key)
{
    const struct node *node = part(l, dialect, key);
    return node ? records_find(l, &l->dialects, node, field_scalar(l->problems, node)) : -1;
}

static const struct str *
part_list(struct loading *l, struct str dialect, const char *key, size_t *count)
{
    const struct node *list = part(l, dialect, key);
    if (list && list->kind != NODE_SEQUENCE) {
        NODE_PROBLEM(l->problems, list, "\"%s\" must be a list (- item)", key);
        return NULL;
    }
    return loading_texts(l, list, count);
}

static void
read_dialect(struct loading *l, struct dialect *d)
{
    static const char *const inherits[] = {"all", "messages"}, *const headed[] = {"no", "yes", "first"};
    static const char *const states[] = {"no", "yes", "configuration"}, *const sides[] = {"told", "either"};
    d->title = part_text(l, d->id, "title", FIELD_NEEDED);
    d->note = part_text(l, d->id, "note", FIELD_OPTIONAL);
    d->like = part_dialect(l, d->id, "like");
    d->host = part_dialect(l, d->id, "host");
    d->apart = part_word(l, d->id, "inherits", inherits, 2) == 1;
    read_wordings(l, d);
    const struct node *numbers = part(l, d->id, "numbers");
    d->late = numbers && str_eq(field_scalar(l->problems, numbers), STR("late"));
    if (numbers && !d->late)
        NODE_PROBLEM(l->problems, numbers, "\"numbers\" can only be late");
    int heads = part_word(l, d->id, "headed", headed, 3);
    d->headed = heads > 0;
    d->behind = heads == 2;
    d->daemons = part_list(l, d->id, "daemons", &d->daemon_count);
    d->relays = part_list(l, d->id, "relays", &d->relay_count);
    int state = part_word(l, d->id, "state", states, 3);
    d->state = state > 0;
    d->configuration = state == 2;
    d->defaults = part_text(l, d->id, "defaults", FIELD_OPTIONAL);
    d->either = part_word(l, d->id, "sides", sides, 2) == 1;
    read_prefixes(l, d);
    read_words(l, d);
    d->orders = read_pairs(l, d, "orders", &l->orders, &l->orders, &d->order_count);
    d->spells = read_pairs(l, d, "spells", &l->algorithms, NULL, &d->spell_count);
}

static void
read_example(struct loading *l, const struct node *node, struct example *example)
{
    static const char *const keys[] = {"line", "gives"};
    example->at_line = node->line;
    if (node->kind == NODE_SCALAR) {
        example->line = loading_log_text(l, node);
        return;
    }
    if (!FIELD_MAPPING(l->problems, node, keys))
        return;
    const struct node *line = node_get(node, "line");
    if (!line)
        NODE_PROBLEM(l->problems, node, "\"line\" is missing here");
    else
        example->line = loading_log_text(l, line);
    const struct node *gives = field_map(l->problems, node, "gives", FIELD_OPTIONAL);
    example->gives = loading_pairs(l, gives, &example->give_count);
}

static void
read_examples(struct loading *l, const struct node *node, struct message *m)
{
    const struct node *list = field_list(l->problems, node, "examples", FIELD_OPTIONAL);
    if (!list || list->count == 0) {
        MILD_PROBLEM(l, node, "message %.*s has no example", STR_ARG(m->id));
        return;
    }
    struct example *at = ARENA_ARRAY(l->keep, struct example, list->count);
    for (size_t i = 0; i < list->count; i++)
        read_example(l, &list->items[i], &at[i]);
    m->examples = at;
    m->example_count = list->count;
}

static struct str
read_notify(struct loading *l, const struct node *node)
{
    struct str name = field_scalar(l->problems, node);
    if (name.len && index_find(&l->notifies, name) < 0)
        NODE_PROBLEM(l->problems, node, "unknown notify \"%.*s\"%s", STR_ARG(name),
                     loading_nearest(l, &l->notifies, name));
    return name;
}

static void
read_message(struct dialects *ds, size_t i)
{
    static const char *const keys[] = {"id",     "match", "says",     "says-of-child", "notify",
                                       "sets",   "note",  "collects", "part",          "examples",
                                       "record", "joins", "pairs",    "flags",         "peer-speaks",
                                       "values", "names", "networks", "wildcards",     "alone"};
    static const char *const parts[] = {"no", "line", "first"};
    struct loading *l = ds->l;
    const struct node *node = l->messages.at[i].node;
    struct message *m = &ds->messages[i];
    if (!FIELD_MAPPING(l->problems, node, keys))
        return;
    *m = (struct message){.id = field_text(l->problems, node, "id", FIELD_NEEDED),
                          .note = field_text(l->problems, node, "note", FIELD_OPTIONAL),
                          .collects = field_text(l->problems, node, "collects", FIELD_OPTIONAL),
                          .part = (enum block_part)field_word(l->problems, node, "part", parts, 3, PART_NO),
                          .dialect = l->messages.at[i].dialect,
                          .event = records_named(l, &l->events, node, "says"),
                          .child_event = records_named(l, &l->events, node, "says-of-child"),
                          .peer_speaks = records_named(l, &l->dialects, node, "peer-speaks"),
                          .file = *node->file,
                          .line = node->line};
    m->record =
        (enum record_kind)field_word(l->problems, node, "record", record_word, RECORD_KINDS, RECORD_NONE);
    m->pairs = loading_pairs(l, field_map(l->problems, node, "pairs", FIELD_OPTIONAL), &m->pair_count);
    m->flags = loading_pairs(l, field_map(l->problems, node, "flags", FIELD_OPTIONAL), &m->flag_count);
    m->values = loading_pairs(l, field_map(l->problems, node, "values", FIELD_OPTIONAL), &m->value_count);
    m->names = loading_pairs(l, field_map(l->problems, node, "names", FIELD_OPTIONAL), &m->name_count);
    m->networks = field_text(l->problems, node, "networks", FIELD_OPTIONAL);
    m->wildcards = field_yes(l->problems, node, "wildcards");
    m->joins = field_yes(l->problems, node, "joins");
    m->alone = field_yes(l->problems, node, "alone");
    if (m->note.len == 0)
        MILD_PROBLEM(l, node, "message %.*s has no note: say in one or two sentences what it means",
                     STR_ARG(m->id));
    const struct node *notify = node_get(node, "notify");
    if (notify)
        m->notify = read_notify(l, notify);
    m->settings = loading_settings(l, node_get(node, "sets"), false, &m->setting_count);
    const struct node *match = field_list(l->problems, node, "match", FIELD_NEEDED);
    if (match && match->count == 0)
        NODE_PROBLEM(l->problems, match, "message %.*s has no template", STR_ARG(m->id));
    struct template *at = ARENA_ARRAY(l->keep, struct template, match ? match->count : 0);
    for (size_t t = 0; match && t < match->count; t++)
        ds->own_count[i] += read_template(l, &match->items[t], (int)i, &at[ds->own_count[i]]);
    for (size_t t = 0; t < ds->own_count[i]; t++)
        if (m->part == PART_NO && tmpl_has_slot(at[t].tmpl, SLOT_PART))
            m->part = PART_LINE;
    ds->own[i] = at;
    read_examples(l, node, m);
}

void
read_dialects(struct loading *l)
{
    size_t messages = l->messages.count, dialects = l->dialects.count;
    struct dialects ds = {
        .l = l,
        .at = ARENA_ARRAY(l->keep, struct dialect, dialects),
        .messages = ARENA_ARRAY(l->keep, struct message, messages),
        .own = ARENA_ARRAY(&l->scratch, const struct template *, messages),
        .own_count = ARENA_ARRAY(&l->scratch, size_t, messages),
        .progress = ARENA_ARRAY(&l->scratch, char, dialects),
    };
    for (size_t i = 0; i < dialects; i++) {
        ds.at[i].id = str_trim(node_get(l->dialects.at[i].node, "dialect")->text);
        read_dialect(l, &ds.at[i]);
    }
    for (size_t i = 0; i < messages; i++)
        read_message(&ds, i);
    inherit_dialects(&ds);
    l->k->dialects = ds.at;
    l->k->dialect_count = dialects;
    l->k->messages = ds.messages;
    l->k->message_count = messages;
}
