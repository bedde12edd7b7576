// The vendor-neutral records: checkpoints, orders, events, notifies, causes, algorithms, names of commands.
#include "knowledge/loading.h"

#include <stdlib.h>

static const char *const opens_word[] = {
    [OPENS_NOTHING] = "nothing", [OPENS_IKE] = "ike", [OPENS_CHILD] = "child"};
enum { OPENS_WORDS = sizeof opens_word / sizeof *opens_word };
static const char *const hinders_word[HINDERS_WORDS] = {
    [HINDERS_NOTHING] = "nothing", [HINDERS_PART] = "part", [HINDERS_ALL] = "all"};

// The mapping `notifies`: NAME: [spellings]. Names stand in the registry, spellings are what daemons write.
static void
claim_notifies(struct loading *l)
{
    for (size_t p = 0; p < l->pack_count; p++) {
        const struct node *map = field_map(l->problems, l->packs[p].root, "notifies", FIELD_OPTIONAL);
        for (size_t i = 0; map && i < map->count; i++)
            index_add(&l->notifies, map->items[i].key, (int)i, &l->scratch);
    }
}

static void
claim_causes(struct loading *l)
{
    for (size_t p = 0; p < l->pack_count; p++) {
        const struct node *map = field_map(l->problems, l->packs[p].root, "causes", FIELD_OPTIONAL);
        for (size_t i = 0; map && i < map->count; i++)
            records_claim(l, &l->causes, map->items[i].key,
                          &(struct record){&map->items[i], l->packs[p].layer, -1});
    }
}

void
claim_neutral(struct loading *l)
{
    loading_claim_section(l, "events", false, &l->events);
    loading_claim_section(l, "orders", false, &l->orders);
    loading_claim_section(l, "algorithms", false, &l->algorithms);
    loading_claim_section(l, "commands", false, &l->commands);
    claim_notifies(l);
    claim_causes(l);
}

static void
read_checkpoints(struct loading *l)
{
    static const char *const keys[] = {"id", "title", "signature-title", "question", "explanation"};
    for (size_t p = 0; p < l->pack_count; p++) {
        const struct node *list = field_list(l->problems, l->packs[p].root, "checkpoints", FIELD_OPTIONAL);
        for (size_t i = 0; list && i < list->count; i++) {
            const struct node *item = &list->items[i];
            if (!FIELD_MAPPING(l->problems, item, keys))
                continue;
            int id = field_word(l->problems, item, "id", checkpoint_word, CP_COUNT, CP_COUNT);
            struct checkpoint_text text = {
                .title = field_text(l->problems, item, "title", FIELD_NEEDED),
                .question = field_text(l->problems, item, "question", FIELD_NEEDED),
                .signature_title = field_text(l->problems, item, "signature-title", FIELD_OPTIONAL),
                .explanation = field_text(l->problems, item, "explanation", FIELD_NEEDED),
            };
            if (id < CP_COUNT)
                l->k->checkpoint[id] = text;
        }
    }
}

static void
read_order(struct loading *l, const struct node *node, struct order *order)
{
    static const char *const keys[] = {"id", "title", "order"};
    if (!FIELD_MAPPING(l->problems, node, keys))
        return;
    order->id = field_text(l->problems, node, "id", FIELD_NEEDED);
    order->title = field_text(l->problems, node, "title", FIELD_NEEDED);
    const struct node *list = field_list(l->problems, node, "order", FIELD_NEEDED);
    unsigned seen = 0;
    for (size_t i = 0; list && i < list->count; i++) {
        int at =
            field_word_of(l->problems, &list->items[i], "checkpoint", checkpoint_word, CP_COUNT, CP_COUNT);
        if (i < CP_COUNT)
            order->rung[i] = (enum checkpoint)at;
        seen |= 1u << at;
    }
    if (list && (list->count != CP_COUNT || (seen & ((1u << CP_COUNT) - 1)) != (1u << CP_COUNT) - 1))
        NODE_PROBLEM(l->problems, list, "an order names each of the %d checkpoints once", CP_COUNT);
}

// {failed: [p1-cipher], when: [...]}
static bool
read_statement(struct loading *l, const struct node *node, struct statement *statement)
{
    static const char *const keys[] = {"passed", "failed", "suspected", "info", "when"};
    static const enum state states[] = {ST_PASSED, ST_FAILED, ST_SUSPECTED, ST_UNKNOWN};
    if (!FIELD_MAPPING(l->problems, node, keys))
        return false;
    const struct node *list = NULL;
    for (size_t i = 0; i < 4; i++) {
        const struct node *here = field_list(l->problems, node, keys[i], FIELD_OPTIONAL);
        if (here && list)
            NODE_PROBLEM(l->problems, here, "a statement says one thing; write a second one for \"%s\"",
                         keys[i]);
        if (here) {
            list = here;
            statement->state = states[i];
        }
    }
    if (!list) {
        NODE_PROBLEM(l->problems, node, "a statement says passed, failed, suspected or info of checkpoints");
        return false;
    }
    for (size_t i = 0; i < list->count; i++) {
        int at =
            field_word_of(l->problems, &list->items[i], "checkpoint", checkpoint_word, CP_COUNT, CP_COUNT);
        if (at < CP_COUNT)
            statement->checkpoints |= 1u << at;
    }
    statement->when = loading_when(l, node_get(node, "when"), false);
    return true;
}

// Statements of the event itself, then those of the event that it speaks like.
static void
read_statements(struct loading *l, const struct node *node, struct event *event)
{
    const struct node *own = field_list(l->problems, node, "says", FIELD_OPTIONAL);
    const struct node *like = node_get(node, "says-like"), *other = NULL;
    if (like) {
        int found = records_find(l, &l->events, like, field_scalar(l->problems, like));
        other = found < 0 ? NULL : l->events.at[found].node;
        if (other && node_get(other, "says-like"))
            NODE_PROBLEM(l->problems, like, "that event speaks like another itself; name the last one");
        other = other ? node_get(other, "says") : NULL;
        if (other && other->kind != NODE_SEQUENCE)
            other = NULL; // told where it stands
    }
    size_t count = (own ? own->count : 0) + (other ? other->count : 0);
    if (count > EVENT_STATEMENTS) {
        NODE_PROBLEM(l->problems, own ? own : like, "these are %zu statements; an event has at most %d",
                     count, EVENT_STATEMENTS);
        return;
    }
    struct statement *at = ARENA_ARRAY(l->keep, struct statement, count);
    event->statements = at;
    for (size_t i = 0; own && i < own->count; i++)
        event->statement_count += read_statement(l, &own->items[i], &at[event->statement_count]);
    for (size_t i = 0; other && i < other->count; i++)
        event->statement_count += read_statement(l, &other->items[i], &at[event->statement_count]);
    for (size_t i = 0; i < event->statement_count; i++)
        event->refuses_networks |=
            at[i].state == ST_FAILED && at[i].checkpoints == 1u << CP_SUBNETS && at[i].when.count == 0;
}

static void
read_event(struct loading *l, const struct node *node, struct event *event)
{
    static const char *const keys[] = {"id",      "note",      "opens",   "establishes", "ends",      "about",
                                       "repeats", "restart",   "loads",   "hinders",     "unmatched", "reads",
                                       "early",   "redirects", "reopens", "asks-end",    "begins",    "sets",
                                       "says",    "says-like", "doubts",  "answers",     "echoes"};
    struct problems *p = l->problems;
    if (!FIELD_MAPPING(p, node, keys))
        return;
    event->id = field_text(p, node, "id", FIELD_NEEDED);
    event->note = field_text(p, node, "note", FIELD_NEEDED);
    event->opens = (enum opens)field_word(p, node, "opens", opens_word, OPENS_WORDS, OPENS_NOTHING);
    event->establishes =
        (enum opens)field_word(p, node, "establishes", opens_word, OPENS_WORDS, OPENS_NOTHING);
    event->about = (enum opens)field_word(p, node, "about", opens_word, OPENS_WORDS, OPENS_NOTHING);
    event->ends = (enum ending)field_word(p, node, "ends", ending_word, END_COUNT, END_NONE);
    event->repeats = field_yes(p, node, "repeats");
    event->unmatched = field_yes(p, node, "unmatched");
    event->restart = field_yes(p, node, "restart");
    event->loads = field_yes(p, node, "loads");
    event->hinders =
        (enum hinders)field_word(p, node, "hinders", hinders_word, HINDERS_WORDS, HINDERS_NOTHING);
    event->reads = field_yes(p, node, "reads");
    event->doubts = field_yes(p, node, "doubts");
    event->early = field_yes(p, node, "early");
    event->redirects = field_yes(p, node, "redirects");
    event->reopens = field_yes(p, node, "reopens");
    event->answers = field_yes(p, node, "answers");
    event->asks_end = field_yes(p, node, "asks-end");
    event->echoes = field_yes(p, node, "echoes");
    event->begins = field_yes(p, node, "begins");
    event->settings = loading_settings(l, node_get(node, "sets"), false, &event->setting_count);
    read_statements(l, node, event);
}

static size_t
count_spellings(struct loading *l)
{
    size_t total = 0;
    for (size_t p = 0; p < l->pack_count; p++) {
        const struct node *map = node_get(l->packs[p].root, "notifies");
        for (size_t i = 0; map && i < map->count; i++)
            total += map->items[i].count;
    }
    return total;
}

// Higher layers first, so that their spelling of a name is the one that is found.
static void
read_notifies(struct loading *l)
{
    struct pair *pairs = ARENA_ARRAY(l->keep, struct pair, count_spellings(l));
    size_t count = 0;
    struct index seen = {0};
    for (size_t p = l->pack_count; p-- > 0;) {
        const struct node *map = node_get(l->packs[p].root, "notifies");
        for (size_t i = 0; map && map->kind == NODE_MAPPING && i < map->count; i++) {
            const struct node *list = &map->items[i];
            if (list->kind != NODE_SEQUENCE)
                NODE_PROBLEM(l->problems, list, "a notify has a list of spellings");
            for (size_t j = 0; list->kind == NODE_SEQUENCE && j < list->count; j++) {
                struct str name = field_scalar(l->problems, &list->items[j]);
                int first = index_add(&seen, name, (int)count, &l->scratch);
                if (first == (int)count)
                    pairs[count++] = (struct pair){name, list->key};
                else if (l->layers == 1 && !str_eq(pairs[first].value, list->key))
                    NODE_PROBLEM(l->problems, &list->items[j], "\"%.*s\" is a spelling of %.*s already",
                                 STR_ARG(name), STR_ARG(pairs[first].value));
            }
        }
    }
    l->k->notifies = pairs;
    l->k->notify_count = count;
}

static void
read_algorithm(struct loading *l, const struct node *node, struct algorithm *algorithm)
{
    static const char *const keys[] = {"id", "kind", "weak", "names"};
    static const char *const kinds[] = {"cipher", "integrity", "hash", "prf", "group", "ke", "esn", "none"};
    if (!FIELD_MAPPING(l->problems, node, keys))
        return;
    algorithm->id = field_text(l->problems, node, "id", FIELD_NEEDED);
    algorithm->kind = field_text(l->problems, node, "kind", FIELD_NEEDED);
    (void)field_word(l->problems, node, "kind", kinds, sizeof kinds / sizeof *kinds, 0);
    algorithm->weak = field_yes(l->problems, node, "weak");
    const struct node *names = field_list(l->problems, node, "names", FIELD_OPTIONAL);
    algorithm->names = loading_texts(l, names, &algorithm->name_count);
    int mine = (int)(algorithm - l->k->algorithms);
    for (size_t i = 0; names && i < names->count; i++) {
        int first = index_add(&l->spellings, algorithm->names[i], mine, &l->scratch);
        if (first != mine)
            NODE_PROBLEM(l->problems, &names->items[i], "\"%.*s\" is a spelling of %.*s already",
                         STR_ARG(algorithm->names[i]), STR_ARG(l->k->algorithms[first].id));
    }
}

// Of two spellings that are the same, the first algorithm's is asked first.
static int
compare_spellings(const void *a, const void *b)
{
    const struct spelling *x = a, *y = b;
    unsigned char first = (unsigned char)x->name.at[0], other = (unsigned char)y->name.at[0];
    if (first != other)
        return first - other;
    if (x->name.len != y->name.len)
        return x->name.len < y->name.len ? 1 : -1;
    return (x->algorithm > y->algorithm) - (x->algorithm < y->algorithm);
}

static void
sort_spellings(struct loading *l)
{
    struct knowledge *k = l->k;
    size_t count = 0;
    for (size_t i = 0; i < k->algorithm_count; i++)
        count += 1 + k->algorithms[i].name_count;
    struct spelling *at = ARENA_ARRAY(l->keep, struct spelling, count);
    count = 0;
    for (size_t i = 0; i < k->algorithm_count; i++)
        for (size_t n = 0; n <= k->algorithms[i].name_count; n++) {
            struct str name = n == 0 ? k->algorithms[i].id : k->algorithms[i].names[n - 1];
            if (name.len)
                at[count++] = (struct spelling){name, &k->algorithms[i]};
        }
    qsort(at, count, sizeof *at, compare_spellings);
    k->spellings = at;
    for (size_t i = 0; i < count; i++)
        k->spelling_from[(unsigned char)at[i].name.at[0] + 1] = i + 1;
    for (int c = 1; c <= 256; c++)
        if (!k->spelling_from[c])
            k->spelling_from[c] = k->spelling_from[c - 1];
}

static void
read_commands(struct loading *l)
{
    static const char *const keys[] = {"id", "note", "text"};
    struct command *at = ARENA_ARRAY(l->keep, struct command, l->commands.count);
    for (size_t i = 0; i < l->commands.count; i++) {
        const struct node *node = l->commands.at[i].node;
        if (!FIELD_MAPPING(l->problems, node, keys))
            continue;
        at[i] = (struct command){.id = field_text(l->problems, node, "id", FIELD_NEEDED),
                                 .note = field_text(l->problems, node, "note", FIELD_NEEDED),
                                 .text = field_text(l->problems, node, "text", FIELD_OPTIONAL),
                                 .file = *node->file,
                                 .line = node->line};
    }
    l->k->commands = at;
    l->k->command_count = l->commands.count;
}

static void
read_causes(struct loading *l)
{
    struct pair *causes = ARENA_ARRAY(l->keep, struct pair, l->causes.count);
    for (size_t i = 0; i < l->causes.count; i++) {
        const struct node *node = l->causes.at[i].node;
        struct str rung = {node->key.at, str_find(node->key, STR("."))};
        causes[i] = (struct pair){node->key, str_trim(field_scalar(l->problems, node))};
        if (word_index(checkpoint_word, CP_COUNT, rung) < 0 || rung.len + 1 >= node->key.len)
            NODE_KEY_PROBLEM(l->problems, node, "a cause is CHECKPOINT.WORD, and \"%.*s\" is no checkpoint",
                             STR_ARG(rung));
    }
    l->k->causes = causes;
    l->k->cause_count = l->causes.count;
}

// Lists of several packs add up: a user's own adds words to the built-in ones.
static void
read_alarms(struct loading *l)
{
    size_t room = 0, count = 0;
    for (size_t p = 0; p < l->pack_count; p++) {
        const struct node *list = field_list(l->problems, l->packs[p].root, "alarms", FIELD_OPTIONAL);
        room += list ? list->count : 0;
    }
    struct str *words = ARENA_ARRAY(l->keep, struct str, room);
    for (size_t p = 0; p < l->pack_count && count < room; p++) {
        const struct node *list = node_get(l->packs[p].root, "alarms");
        for (size_t i = 0; list && list->kind == NODE_SEQUENCE && i < list->count; i++) {
            struct str word = field_scalar(l->problems, &list->items[i]);
            if (word.len)
                words[count++] = word;
        }
    }
    l->k->alarms = words;
    l->k->alarm_count = count;
}

void
read_neutral(struct loading *l)
{
    struct knowledge *k = l->k;
    read_checkpoints(l);
    read_causes(l);
    read_notifies(l);
    read_alarms(l);
    read_commands(l);
    struct order *orders = ARENA_ARRAY(l->keep, struct order, l->orders.count);
    for (size_t i = 0; i < l->orders.count; i++)
        read_order(l, l->orders.at[i].node, &orders[i]);
    k->orders = orders;
    k->order_count = l->orders.count;
    struct event *events = ARENA_ARRAY(l->keep, struct event, l->events.count);
    for (size_t i = 0; i < l->events.count; i++)
        read_event(l, l->events.at[i].node, &events[i]);
    k->events = events;
    k->event_count = l->events.count;
    struct algorithm *algorithms = ARENA_ARRAY(l->keep, struct algorithm, l->algorithms.count);
    k->algorithms = algorithms;
    k->algorithm_count = l->algorithms.count;
    for (size_t i = 0; i < l->algorithms.count; i++)
        read_algorithm(l, l->algorithms.at[i].node, &algorithms[i]);
    sort_spellings(l);
}
