// Conditions and fixed facts: the two small notations inside records.
#include "knowledge/loading.h"

#include "diag/path.h"
#include "diag/text.h"
#include "knowledge/load.h"

static const char *const yes_no[] = {"yes", "no"};
static const char *const flow_word[] = {"both", "out-only", "in-only", "none"};
static const char *const fault_word[] = {"policy",     "overlap",  "route",        "nat-before-ipsec",
                                         "forwarding", "firewall", "reverse-path", "esp-firewall"};
static const char *const differs_in[] = {"cipher", "integrity", "hash", "prf", "group", "ke"};
static const char *const unlike[] = {"version", "exchange", "auth", "id"};
static const char *const ends[] = {"one", "both"}, *const directions[] = {"forward", "back", "untold"};
static const char *const narrows[] = {"here", "peer"}, *const parts[] = {"apart", "part"};
// Free values whose words are known. `said`: a log says it, in a slot; all others are computed by the core.
static const struct {
    const char *name;
    const char *const *words; // NULL: any text or number
    size_t count;
    bool said;
} values[] = {
    {"was-up", yes_no, 2, false},
    {"ended", ending_word, END_COUNT, false},
    {"in-progress", yes_no, 2, false},
    {"retransmits", NULL, 0, false},
    {"attempts", NULL, 0, false},
    {"other-role", yes_no, 2, false},
    {"alive", yes_no, 2, false},
    {"stated", NULL, 0, false},
    {"stranger", yes_no, 2, false},
    {"partial", yes_no, 2, false},
    {"attempted", yes_no, 2, false},
    {"established", yes_no, 2, false},
    {"conn", NULL, 0, false},
    {"peer", NULL, 0, false},
    {"local", NULL, 0, false},
    {"time", NULL, 0, false},
    {"fips", yes_no, 2, true},
    {"flow", flow_word, 4, false},
    {"grows", flow_word, 4, false},
    {"fault", fault_word, 8, false},
    {"fault-detail", NULL, 0, false},
    {"differs-in", differs_in, sizeof differs_in / sizeof *differs_in, false},
    {"unlike", unlike, sizeof unlike / sizeof *unlike, false},
    {"grown", NULL, 0, false},
    {"own-source", NULL, 0, false},
    {"hosts", yes_no, 2, false},
    {"inner-port", NULL, 0, false},
    {"brief", yes_no, 2, false},
    {"stood_s", NULL, 0, false},
    {"told-to-end", yes_no, 2, false},
    {"churns", yes_no, 2, false},
    {"starts-over", yes_no, 2, false},
    {"nothing-asked", yes_no, 2, false},
    {"narrowed", narrows, 2, false},
    {"narrowed-from", NULL, 0, false},
    {"narrowed-ours", NULL, 0, false},
    {"narrowed-theirs", NULL, 0, false},
    {"again", yes_no, 2, false},
    {"redirected", yes_no, 2, false},
    {"set-up-anew", yes_no, 2, false},
    {"own-identity", yes_no, 2, false},
    {"alternates", yes_no, 2, false},
    {"shared", yes_no, 2, false},
    {"disagrees", yes_no, 2, false},
    {"against", NULL, 0, false},
    {"ends", ends, 2, false},
    {"lost", directions, 3, false},
    {"lost-after", NULL, 0, false},
    {"networks", parts, 2, false},
    {"clock", NULL, 0, false},
    {"disagree", yes_no, 2, false},
    {"alarms", NULL, 0, false},
    {"peer_expected_id", NULL, 0, false}, // what the other end expects of this one
};
enum { VALUES = sizeof values / sizeof *values };

bool
knowledge_computes(struct str name)
{
    for (size_t i = 0; i < VALUES; i++)
        if (!values[i].said && str_eq(name, str_of(values[i].name)))
            return true;
    return word_index(fact_name, FACT_COUNT, name) >= 0 || str_starts(name, STR(PATH_PREFIX));
}

static struct str
next_word(struct str *rest)
{
    size_t end = str_find(*rest, STR(" "));
    struct str word = {rest->at, end};
    *rest = str_trim(str_from(*rest, end));
    return word;
}

size_t
fact_word_count(enum fact fact)
{
    size_t n = 0;
    while (fact_words[fact] && fact_words[fact][n])
        n++;
    return n;
}

static int
path_fact_of(const struct loading *l, struct str name)
{
    return path_fact_named(&l->k->portmap, str_from(name, sizeof PATH_PREFIX - 1));
}

static void
check_path_word(struct loading *l, const struct node *node, const struct when *when)
{
    struct err e = {0};
    struct str value;
    int fact = path_fact_of(l, when->name);
    if (fact >= 0 && !path_value_fits(&l->k->portmap.facts[fact], when->word, &l->scratch, &value, &e))
        NODE_PROBLEM(l->problems, node, "%s", e.text);
}

// Is the word of "FACT is WORD" one that the fact can have?
static void
check_word(struct loading *l, const struct node *node, struct when *when)
{
    const char *const *words = NULL;
    size_t count = 0;
    if (when->fact < FACT_COUNT) {
        words = fact_words[when->fact];
        count = fact_word_count((enum fact)when->fact);
    } else {
        for (size_t i = 0; i < VALUES; i++)
            if (str_eq(when->name, str_of(values[i].name))) {
                words = values[i].words;
                count = values[i].count;
            }
    }
    if (str_starts(when->name, STR(PATH_PREFIX))) {
        check_path_word(l, node, when);
        return;
    }
    if (when->fact == FACT_NOTIFY && index_find(&l->notifies, when->word) < 0)
        NODE_PROBLEM(l->problems, node, "unknown notify \"%.*s\"%s", STR_ARG(when->word),
                     loading_nearest(l, &l->notifies, when->word));
    int place = words ? word_index(words, count, when->word) : 0;
    if (place >= 0) {
        when->value = when->fact < FACT_COUNT ? place : 0;
        return;
    }
    const char *near = text_nearest(when->word, words, count);
    NODE_PROBLEM(l->problems, node, "\"%.*s\" is never \"%.*s\"%s%s", STR_ARG(when->name),
                 STR_ARG(when->word), near ? "; the nearest is " : "", near ? near : "");
}

static void
parse_saw(struct loading *l, const struct node *node, struct when *when)
{
    when->event = index_find(&l->events.index, when->name);
    when->message = when->event < 0 ? index_find(&l->messages.index, when->name) : -1;
    if (when->event >= 0 || when->message >= 0)
        return;
    const char *near = loading_nearest(l, &l->events.index, when->name);
    if (!*near)
        near = loading_nearest(l, &l->messages.index, when->name);
    NODE_PROBLEM(l->problems, node, "unknown event or message \"%.*s\"%s", STR_ARG(when->name),
                 *near ? near : " (messages are written DIALECT/ID)");
}

static void
parse_test(struct loading *l, const struct node *node, struct str verb, struct when *when, bool in_finding)
{
    static const char *const verbs[] = {
        [TEST_IS] = "is", [TEST_ISNT] = "isnt", [TEST_KNOWN] = "known", [TEST_UNKNOWN] = "unknown"};
    int test = word_index(verbs, 4, verb);
    int fact = word_index(fact_name, FACT_COUNT, when->name);
    when->fact = fact < 0 ? FACT_COUNT : fact;
    bool compares = test == TEST_IS || test == TEST_ISNT;
    if (test < 0 || compares != (when->word.len > 0)) {
        NODE_PROBLEM(l->problems, node,
                     "a condition is \"FACT is WORD\", \"FACT isnt WORD\", \"FACT known\", \"FACT unknown\", "
                     "\"saw NAME\" or \"never NAME\"");
        return;
    }
    when->test = (enum test)test;
    if (fact < 0 && !in_finding) {
        const char *near = text_nearest(when->name, fact_name, FACT_COUNT);
        NODE_PROBLEM(l->problems, node, "unknown fact \"%.*s\"%s%s", STR_ARG(when->name),
                     near ? "; the nearest is " : "", near ? near : "");
        return;
    }
    if (str_starts(when->name, STR(PATH_PREFIX)) && path_fact_of(l, when->name) < 0)
        NODE_PROBLEM(l->problems, node, "unknown fact of the path \"%.*s\"", STR_ARG(when->name));
    if (compares)
        check_word(l, node, when);
}

static struct when
parse_when(struct loading *l, const struct node *node, bool in_finding)
{
    struct when when = {.fact = FACT_COUNT, .event = -1, .message = -1};
    struct str rest = str_trim(field_scalar(l->problems, node));
    struct str first = next_word(&rest);
    struct str second = next_word(&rest);
    if (str_eq(first, STR("saw")) || str_eq(first, STR("never"))) {
        when.test = str_eq(first, STR("saw")) ? TEST_SAW : TEST_NEVER;
        when.name = second;
        parse_saw(l, node, &when);
        return when;
    }
    when.name = first;
    when.word = rest;
    parse_test(l, node, second, &when, in_finding);
    return when;
}

struct when_list
loading_when(struct loading *l, const struct node *list, bool in_finding)
{
    if (!list)
        return (struct when_list){0};
    if (list->kind != NODE_SEQUENCE) {
        NODE_PROBLEM(l->problems, list, "\"when\" must be a list of conditions");
        return (struct when_list){0};
    }
    struct when *at = ARENA_ARRAY(l->keep, struct when, list->count);
    for (size_t i = 0; i < list->count; i++)
        at[i] = parse_when(l, &list->items[i], in_finding);
    return (struct when_list){at, list->count};
}

struct setting *
loading_settings(struct loading *l, const struct node *map, bool of_state, size_t *count)
{
    // Only the name of a state says that it is a child's.
    static const char *const settable[] = {"role", "ike", "auth", "nat", "stage", "rekey", "phase"};
    const size_t known = sizeof settable / sizeof *settable - !of_state;
    *count = 0;
    if (!map || !field_mapping(l->problems, map, settable, known))
        return NULL;
    struct setting *at = ARENA_ARRAY(l->keep, struct setting, map->count);
    for (size_t i = 0; i < map->count; i++) {
        const struct node *item = &map->items[i];
        int fact = word_index(fact_name, FACT_COUNT, item->key);
        if (fact < 0 || word_index(settable, known, item->key) < 0)
            continue;
        int word = field_word_of(l->problems, item, fact_name[fact], fact_words[fact],
                                 fact_word_count((enum fact)fact), 0);
        at[(*count)++] = (struct setting){(enum fact)fact, word};
    }
    return at;
}
