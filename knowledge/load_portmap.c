// The rules of the path view: the mapping `portmap` of one pack. A higher layer takes the place of a lower
// one as a whole.
#include "knowledge/loading.h"

#include "diag/path.h"
#include "diag/text.h"

struct portmap_load {
    struct loading *l;
    struct portmap *map;
    struct index facts, families, fixes;
};

// The records of a section, and room for them.
static const struct node *
section(struct portmap_load *m, const struct node *root, const char *key, bool needed, size_t *count)
{
    const struct node *list = field_list(m->l->problems, root, key, needed);
    *count = list ? list->count : 0;
    return list ? list->items : NULL;
}

static int
named(struct portmap_load *m, const struct index *x, const char *what, const struct node *node, struct str id)
{
    int found = index_find(x, id);
    if (found < 0)
        NODE_PROBLEM(m->l->problems, node, "unknown %s \"%.*s\"%s", what, STR_ARG(id),
                     loading_nearest(m->l, x, id));
    return found < 0 ? 0 : found;
}

static int
family_of(struct portmap_load *m, const struct node *record)
{
    struct str id = field_text(m->l->problems, record, "family", FIELD_NEEDED);
    return id.len ? named(m, &m->families, "family", record, id) : 0;
}

// A list of families, or none for all.
static unsigned
families_of(struct portmap_load *m, const struct node *record, const char *key, unsigned otherwise)
{
    unsigned set = 0;
    const struct node *list = field_list(m->l->problems, record, key, FIELD_OPTIONAL);
    for (size_t i = 0; list && i < list->count; i++)
        set |= 1u << named(m, &m->families, "family", &list->items[i],
                           field_scalar(m->l->problems, &list->items[i]));
    return list ? set : otherwise;
}

static void
claim(struct portmap_load *m, struct index *x, const char *what, const struct node *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str id = field_text(m->l->problems, &items[i], "id", FIELD_NEEDED);
        if (index_add(x, id, (int)i, &m->l->scratch) != (int)i)
            NODE_PROBLEM(m->l->problems, &items[i], "%s \"%.*s\" stands here already", what, STR_ARG(id));
    }
}

// Is the text one that the fact can have?
static void
check_value(struct portmap_load *m, const struct node *node, int fact, struct str text)
{
    struct err e = {0};
    struct str value;
    if (!path_value_fits(&m->map->facts[fact], text, &m->l->scratch, &value, &e))
        NODE_PROBLEM(m->l->problems, node, "%s", e.text);
}

static struct path_when
read_when(struct portmap_load *m, const struct node *node)
{
    struct path_when when = {.other = -1};
    struct str rest = str_trim(field_scalar(m->l->problems, node)), words[2];
    for (size_t i = 0; i < 2; i++) {
        words[i] = (struct str){rest.at, str_find(rest, STR(" "))};
        rest = str_trim(str_from(rest, words[i].len));
    }
    int test = word_index(path_test_word, PATH_TESTS, words[1]);
    bool bare = test == PATH_KNOWN || test == PATH_NOT_KNOWN;
    if (test < 0 || bare != (rest.len == 0)) {
        NODE_PROBLEM(
            m->l->problems, node,
            "a condition is \"FACT is WORD\", \"FACT isnt WORD\", \"FACT same FACT\", \"FACT differs "
            "FACT\", \"FACT known\" or \"FACT unknown\"");
        return when;
    }
    when.test = (enum path_test)test;
    when.fact = named(m, &m->facts, "fact", node, words[0]);
    when.word = rest;
    if (test == PATH_SAME || test == PATH_DIFFERS)
        when.other = named(m, &m->facts, "fact", node, rest);
    else if (!bare)
        check_value(m, node, when.fact, rest);
    return when;
}

static struct path_when_list
read_whens(struct portmap_load *m, const struct node *record)
{
    size_t count;
    const struct node *items = section(m, record, "when", FIELD_OPTIONAL, &count);
    struct path_when *at = ARENA_ARRAY(m->l->keep, struct path_when, count);
    for (size_t i = 0; i < count; i++)
        at[i] = read_when(m, &items[i]);
    return (struct path_when_list){at, count};
}

// {published: ${listen}, mode: tcp, open-esp: unknown}
static const struct path_setting *
read_settings(struct portmap_load *m, const struct node *record, bool with_slots, size_t *count)
{
    const struct node *map = field_map(m->l->problems, record, "set", FIELD_OPTIONAL);
    *count = map ? map->count : 0;
    struct path_setting *at = ARENA_ARRAY(m->l->keep, struct path_setting, *count);
    for (size_t i = 0; i < *count; i++) {
        const struct node *item = &map->items[i];
        struct str text = str_trim(field_scalar(m->l->problems, item));
        at[i] = (struct path_setting){named(m, &m->facts, "fact", item, item->key), -1, text};
        bool hole = str_starts(text, STR("${")) && text.at[text.len - 1] == '}';
        if (hole && !with_slots)
            at[i].from = named(m, &m->facts, "fact", item, (struct str){text.at + 2, text.len - 3});
        else if (str_eq(text, STR("unknown")))
            at[i].value = STR_NONE;
        else if (!hole)
            check_value(m, item, at[i].fact, text);
    }
    return at;
}

static void
read_families(struct portmap_load *m, const struct node *root)
{
    static const char *const keys[] = {"id", "title", "note"};
    size_t count;
    const struct node *items = section(m, root, "families", FIELD_NEEDED, &count);
    if (count > PATH_FAMILIES) {
        NODE_PROBLEM(m->l->problems, root, "there are more than %d families", PATH_FAMILIES);
        count = PATH_FAMILIES;
    }
    claim(m, &m->families, "family", items, count);
    struct path_family *at = ARENA_ARRAY(m->l->keep, struct path_family, count);
    for (size_t i = 0; i < count; i++)
        if (FIELD_MAPPING(m->l->problems, &items[i], keys))
            at[i] = (struct path_family){field_text(m->l->problems, &items[i], "id", FIELD_NEEDED),
                                         field_text(m->l->problems, &items[i], "title", FIELD_NEEDED),
                                         field_text(m->l->problems, &items[i], "note", FIELD_NEEDED)};
    m->map->families = at;
    m->map->family_count = count;
}

static void
read_facts(struct portmap_load *m, const struct node *root)
{
    static const char *const keys[] = {"id", "title", "note", "kind", "words", "form"};
    size_t count;
    const struct node *items = section(m, root, "facts", FIELD_NEEDED, &count);
    if (count > PATH_FACTS) {
        NODE_PROBLEM(m->l->problems, root, "there are more than %d facts", PATH_FACTS);
        count = PATH_FACTS;
    }
    claim(m, &m->facts, "fact", items, count);
    struct path_fact *at = ARENA_ARRAY(m->l->keep, struct path_fact, count);
    for (size_t i = 0; i < count; i++) {
        if (!FIELD_MAPPING(m->l->problems, &items[i], keys))
            continue;
        at[i].id = field_text(m->l->problems, &items[i], "id", FIELD_NEEDED);
        at[i].title = field_text(m->l->problems, &items[i], "title", FIELD_NEEDED);
        at[i].note = field_text(m->l->problems, &items[i], "note", FIELD_OPTIONAL);
        at[i].kind = (enum path_kind)field_word(m->l->problems, &items[i], "kind", path_kind_word, PATH_KINDS,
                                                PATH_WORD);
        at[i].words = loading_texts(m->l, field_list(m->l->problems, &items[i], "words", FIELD_OPTIONAL),
                                    &at[i].word_count);
        at[i].form = families_of(m, &items[i], "form", 0);
        if ((at[i].kind == PATH_WORD) != (at[i].word_count > 0))
            NODE_PROBLEM(m->l->problems, &items[i], "a fact has words, or a kind (port, number, text)");
    }
    m->map->facts = at;
    m->map->fact_count = count;
}

static void
read_assumptions(struct portmap_load *m, const struct node *root)
{
    static const char *const keys[] = {"families", "set", "when", "why"};
    size_t count;
    const struct node *items = section(m, root, "assume", FIELD_OPTIONAL, &count);
    struct path_assumption *at = ARENA_ARRAY(m->l->keep, struct path_assumption, count);
    for (size_t i = 0; i < count; i++) {
        size_t settings;
        if (!FIELD_MAPPING(m->l->problems, &items[i], keys))
            continue;
        at[i].families = families_of(m, &items[i], "families", (1u << PATH_FAMILIES) - 1);
        const struct path_setting *set = read_settings(m, &items[i], false, &settings);
        if (settings != 1)
            NODE_PROBLEM(m->l->problems, &items[i], "an assumption sets one fact");
        else
            at[i].setting = *set;
        at[i].when = read_whens(m, &items[i]);
        at[i].why = field_text(m->l->problems, &items[i], "why", FIELD_OPTIONAL);
    }
    m->map->assumptions = at;
    m->map->assumption_count = count;
}

static void
read_fixes(struct portmap_load *m, const struct node *root)
{
    static const char *const keys[] = {"id", "family", "do", "set", "steps"};
    size_t count;
    const struct node *items = section(m, root, "fixes", FIELD_OPTIONAL, &count);
    claim(m, &m->fixes, "fix", items, count);
    struct path_fix *at = ARENA_ARRAY(m->l->keep, struct path_fix, count);
    for (size_t i = 0; i < count; i++) {
        if (!FIELD_MAPPING(m->l->problems, &items[i], keys))
            continue;
        at[i].id = field_text(m->l->problems, &items[i], "id", FIELD_NEEDED);
        at[i].family = family_of(m, &items[i]);
        at[i].act = field_text(m->l->problems, &items[i], "do", FIELD_NEEDED);
        at[i].settings = read_settings(m, &items[i], false, &at[i].setting_count);
        at[i].steps = loading_texts(m->l, field_list(m->l->problems, &items[i], "steps", FIELD_NEEDED),
                                    &at[i].step_count);
    }
    m->map->fixes = at;
    m->map->fix_count = count;
}

static void
read_rule(struct portmap_load *m, const struct node *node, struct path_rule *rule)
{
    static const char *const keys[] = {"id",    "family", "when",     "outcome",
                                       "basis", "why",    "symptoms", "fixes"};
    struct problems *p = m->l->problems;
    if (!FIELD_MAPPING(p, node, keys))
        return;
    rule->id = field_text(p, node, "id", FIELD_NEEDED);
    rule->family = family_of(m, node);
    rule->when = read_whens(m, node);
    rule->outcome =
        (enum path_outcome)field_word(p, node, "outcome", path_outcome_word, PATH_OUTCOMES, PATH_UNKNOWN);
    if (rule->outcome == PATH_UNKNOWN)
        NODE_PROBLEM(p, node, "a rule says works, half-up or no-connect");
    rule->basis = (enum path_basis)field_word(p, node, "basis", path_basis_word, KNOWN_COUNT, KNOWN_INFERRED);
    rule->why = field_text(p, node, "why", FIELD_NEEDED);
    rule->symptoms =
        loading_texts(m->l, field_list(p, node, "symptoms", FIELD_OPTIONAL), &rule->symptom_count);
    const struct node *fixes = field_list(p, node, "fixes", FIELD_OPTIONAL);
    int *at = ARENA_ARRAY(m->l->keep, int, fixes ? fixes->count : 0);
    for (; fixes && rule->fix_count < fixes->count; rule->fix_count++) {
        const struct node *item = &fixes->items[rule->fix_count];
        at[rule->fix_count] = named(m, &m->fixes, "fix", item, field_scalar(p, item));
    }
    rule->fixes = at;
    rule->line = node->line;
}

static void
read_check(struct portmap_load *m, const struct node *node, struct path_check *check)
{
    static const char *const keys[] = {"id", "families", "title", "facts", "rows"};
    static const char *const row_keys[] = {"when", "state", "basis", "why"};
    struct problems *p = m->l->problems;
    if (!FIELD_MAPPING(p, node, keys))
        return;
    check->id = field_text(p, node, "id", FIELD_NEEDED);
    check->families = families_of(m, node, "families", (1u << PATH_FAMILIES) - 1);
    check->title = field_text(p, node, "title", FIELD_NEEDED);
    size_t count;
    const struct node *items = section(m, node, "facts", FIELD_OPTIONAL, &check->fact_count);
    int *facts = ARENA_ARRAY(m->l->keep, int, check->fact_count);
    for (size_t i = 0; i < check->fact_count; i++)
        facts[i] = named(m, &m->facts, "fact", &items[i], field_scalar(p, &items[i]));
    check->facts = facts;
    items = section(m, node, "rows", FIELD_NEEDED, &count);
    struct path_row *rows = ARENA_ARRAY(m->l->keep, struct path_row, count);
    for (size_t i = 0; i < count; i++) {
        if (!FIELD_MAPPING(p, &items[i], row_keys))
            continue;
        rows[i].when = read_whens(m, &items[i]);
        rows[i].state = field_word(p, &items[i], "state", state_word, ST_COUNT, ST_UNKNOWN);
        rows[i].basis =
            (enum path_basis)field_word(p, &items[i], "basis", path_basis_word, KNOWN_COUNT, KNOWN_INFERRED);
        rows[i].why = field_text(p, &items[i], "why", FIELD_NEEDED);
        rows[i].line = items[i].line;
    }
    check->rows = rows;
    check->row_count = count;
}

static void
read_rules(struct portmap_load *m, const struct node *root)
{
    size_t count;
    const struct node *items = section(m, root, "rules", FIELD_NEEDED, &count);
    if (count > PATH_RULES) {
        NODE_PROBLEM(m->l->problems, root, "there are more than %d rules", PATH_RULES);
        count = PATH_RULES;
    }
    struct path_rule *rules = ARENA_ARRAY(m->l->keep, struct path_rule, count);
    for (size_t i = 0; i < count; i++)
        read_rule(m, &items[i], &rules[i]);
    m->map->rules = rules;
    m->map->rule_count = count;
    items = section(m, root, "checks", FIELD_NEEDED, &count);
    struct index asked = {0};
    claim(m, &asked, "check", items, count);
    struct path_check *checks = ARENA_ARRAY(m->l->keep, struct path_check, count);
    for (size_t i = 0; i < count; i++)
        read_check(m, &items[i], &checks[i]);
    m->map->checks = checks;
    m->map->check_count = count;
}

static void
read_words(struct portmap_load *m, const struct node *root)
{
    static const char *const caution_keys[] = {"family", "fact", "to", "text"};
    static const char *const remark_keys[] = {"family", "when", "text"};
    struct problems *p = m->l->problems;
    size_t count;
    const struct node *items = section(m, root, "cautions", FIELD_OPTIONAL, &count);
    struct path_caution *cautions = ARENA_ARRAY(m->l->keep, struct path_caution, count);
    for (size_t i = 0; i < count; i++) {
        if (!FIELD_MAPPING(p, &items[i], caution_keys))
            continue;
        cautions[i].family = family_of(m, &items[i]);
        cautions[i].fact =
            named(m, &m->facts, "fact", &items[i], field_text(p, &items[i], "fact", FIELD_NEEDED));
        cautions[i].to = field_text(p, &items[i], "to", FIELD_NEEDED);
        cautions[i].text = field_text(p, &items[i], "text", FIELD_NEEDED);
        check_value(m, &items[i], cautions[i].fact, cautions[i].to);
    }
    m->map->cautions = cautions;
    m->map->caution_count = count;
    items = section(m, root, "remarks", FIELD_OPTIONAL, &count);
    struct path_remark *remarks = ARENA_ARRAY(m->l->keep, struct path_remark, count);
    for (size_t i = 0; i < count; i++) {
        if (!FIELD_MAPPING(p, &items[i], remark_keys))
            continue;
        remarks[i] = (struct path_remark){family_of(m, &items[i]), read_whens(m, &items[i]),
                                          field_text(p, &items[i], "text", FIELD_NEEDED)};
    }
    m->map->remarks = remarks;
    m->map->remark_count = count;
}

// Slots and their texts: "0" must be it, "not 0" must not.
static const struct path_slot *
read_slots(struct portmap_load *m, const struct node *record, size_t *count)
{
    const struct node *map = field_map(m->l->problems, record, "slots", FIELD_OPTIONAL);
    *count = map ? map->count : 0;
    struct path_slot *at = ARENA_ARRAY(m->l->keep, struct path_slot, *count);
    for (size_t i = 0; i < *count; i++) {
        struct str text = str_trim(field_scalar(m->l->problems, &map->items[i]));
        bool isnt = str_starts(text, STR("not "));
        at[i] = (struct path_slot){map->items[i].key, isnt ? str_from(text, 4) : text, isnt};
    }
    return at;
}

static void
read_sightings(struct portmap_load *m, const struct node *root)
{
    static const char *const keys[] = {"message", "slots", "set"};
    size_t count;
    const struct node *items = section(m, root, "sightings", FIELD_OPTIONAL, &count);
    struct path_sighting *at = ARENA_ARRAY(m->l->keep, struct path_sighting, count);
    for (size_t i = 0; i < count; i++) {
        if (!FIELD_MAPPING(m->l->problems, &items[i], keys))
            continue;
        struct str id = field_text(m->l->problems, &items[i], "message", FIELD_NEEDED);
        at[i].message = records_find(m->l, &m->l->messages, &items[i], id);
        at[i].slots = read_slots(m, &items[i], &at[i].slot_count);
        at[i].settings = read_settings(m, &items[i], true, &at[i].setting_count);
    }
    m->map->sightings = at;
    m->map->sighting_count = count;
}

// A list of words of a table, as a bit set.
static unsigned
read_set(struct portmap_load *m, const struct node *record, const char *key, const char *const words[],
         size_t word_count)
{
    unsigned set = 0;
    const struct node *list = field_list(m->l->problems, record, key, FIELD_OPTIONAL);
    for (size_t i = 0; list && i < list->count; i++)
        set |= 1u << field_word_of(m->l->problems, &list->items[i], key, words, word_count, 0);
    return set;
}

static void
read_evidence(struct portmap_load *m, const struct node *root)
{
    static const char *const keys[] = {"at", "stages", "role", "when", "passed", "suspected", "failed"};
    static const int states[] = {ST_PASSED, ST_SUSPECTED, ST_FAILED};
    struct problems *p = m->l->problems;
    size_t count;
    const struct node *items = section(m, root, "evidence", FIELD_OPTIONAL, &count);
    struct path_evidence *at = ARENA_ARRAY(m->l->keep, struct path_evidence, count);
    for (size_t i = 0; i < count; i++) {
        if (!FIELD_MAPPING(p, &items[i], keys))
            continue;
        at[i].at = read_set(m, &items[i], "at", checkpoint_word, CP_COUNT);
        at[i].stages = read_set(m, &items[i], "stages", fact_words[FACT_STAGE], fact_word_count(FACT_STAGE));
        at[i].role = field_word(p, &items[i], "role", fact_words[FACT_ROLE], fact_word_count(FACT_ROLE), 0);
        at[i].when = read_whens(m, &items[i]);
        int said = 0;
        for (size_t s = 0; s < sizeof states / sizeof *states; s++)
            if (node_get(&items[i], keys[4 + s])) {
                at[i].checkpoint = field_word(p, &items[i], keys[4 + s], checkpoint_word, CP_COUNT, 0);
                at[i].state = states[s];
                said++;
            }
        if (said != 1 || !at[i].at || !at[i].when.count)
            NODE_PROBLEM(p, &items[i],
                         "evidence has \"at\", \"when\", and one checkpoint that is passed, "
                         "suspected or failed");
    }
    m->map->evidence = at;
    m->map->evidence_count = count;
}

static int
bytes_of(struct portmap_load *m, const struct node *record, const char *key)
{
    uint64_t n = 0;
    struct str text = field_text(m->l->problems, record, key, FIELD_OPTIONAL);
    if (text.len && (!str_number(text, &n) || n > 64))
        NODE_PROBLEM(m->l->problems, record, "\"%s\" is a number of bytes, 64 at most", key);
    return (int)n;
}

static void
read_transforms(struct portmap_load *m, const struct node *root)
{
    static const char *const keys[] = {"id", "kind", "iv", "align", "icv", "names"};
    static const char *const kinds[TRANSFORM_KINDS] = {"cipher", "integrity", "both"};
    struct problems *p = m->l->problems;
    size_t count;
    const struct node *items = section(m, root, "transforms", FIELD_OPTIONAL, &count);
    struct transform *at = ARENA_ARRAY(m->l->keep, struct transform, count);
    for (size_t i = 0; i < count; i++) {
        if (!FIELD_MAPPING(p, &items[i], keys))
            continue;
        at[i].id = field_text(p, &items[i], "id", FIELD_NEEDED);
        at[i].kind = (enum transform_kind)field_word(p, &items[i], "kind", kinds, TRANSFORM_KINDS, 0);
        at[i].iv = bytes_of(m, &items[i], "iv");
        at[i].align = bytes_of(m, &items[i], "align");
        at[i].icv = bytes_of(m, &items[i], "icv");
        at[i].names = loading_texts(m->l, field_list(p, &items[i], "names", FIELD_NEEDED), &at[i].name_count);
        if (at[i].kind != TRANSFORM_INTEGRITY && at[i].align <= 0) {
            NODE_PROBLEM(p, &items[i], "a cipher has an \"align\": packets are padded to a multiple of it");
            at[i].align = 1;
        }
        for (size_t n = 0; n < at[i].name_count; n++)
            for (size_t c = 0; c < at[i].names[n].len; c++)
                if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789", at[i].names[n].at[c])) {
                    NODE_PROBLEM(p, &items[i], "\"%.*s\": names here are small letters and digits only",
                                 STR_ARG(at[i].names[n]));
                    break;
                }
    }
    m->map->transforms = at;
    m->map->transform_count = count;
}

static const struct path_pair *
read_pairs(struct portmap_load *m, const struct node *record, const char *key, bool facts, size_t *count)
{
    const struct node *map = field_map(m->l->problems, record, key, FIELD_OPTIONAL);
    *count = map ? map->count : 0;
    struct path_pair *at = ARENA_ARRAY(m->l->keep, struct path_pair, *count);
    for (size_t i = 0; i < *count; i++) {
        at[i] = (struct path_pair){map->items[i].key, str_trim(field_scalar(m->l->problems, &map->items[i]))};
        if (facts)
            check_value(m, &map->items[i], named(m, &m->facts, "fact", &map->items[i], at[i].key),
                        at[i].value);
    }
    return at;
}

static void
read_cases(struct portmap_load *m, const struct node *root)
{
    static const char *const keys[] = {"id", "family", "facts", "outcome", "rule", "checks", "fix"};
    struct problems *p = m->l->problems;
    size_t count;
    const struct node *items = section(m, root, "cases", FIELD_OPTIONAL, &count);
    struct index seen = {0};
    claim(m, &seen, "case", items, count);
    struct path_case *at = ARENA_ARRAY(m->l->keep, struct path_case, count);
    for (size_t i = 0; i < count; i++) {
        if (!FIELD_MAPPING(p, &items[i], keys))
            continue;
        at[i].id = field_text(p, &items[i], "id", FIELD_NEEDED);
        at[i].family = family_of(m, &items[i]);
        at[i].facts = read_pairs(m, &items[i], "facts", true, &at[i].fact_count);
        at[i].checks = read_pairs(m, &items[i], "checks", false, &at[i].check_count);
        at[i].outcome = (enum path_outcome)field_word(p, &items[i], "outcome", path_outcome_word,
                                                      PATH_OUTCOMES, PATH_UNKNOWN);
        at[i].rule = field_text(p, &items[i], "rule", FIELD_OPTIONAL);
        at[i].fix = field_text(p, &items[i], "fix", FIELD_OPTIONAL);
        at[i].line = items[i].line;
    }
    m->map->cases = at;
    m->map->case_count = count;
}

void
read_portmap(struct loading *l)
{
    static const char *const keys[] = {"families", "facts",   "assume",     "fixes",     "rules",    "checks",
                                       "cautions", "remarks", "transforms", "sightings", "evidence", "cases"};
    const struct node *root = NULL;
    int layer = -1;
    for (size_t p = 0; p < l->pack_count; p++) {
        const struct node *here = field_map(l->problems, l->packs[p].root, "portmap", FIELD_OPTIONAL);
        if (here && layer == l->packs[p].layer)
            NODE_PROBLEM(l->problems, here, "another pack has a \"portmap\" already");
        if (here) {
            root = here;
            layer = l->packs[p].layer;
        }
    }
    if (!root || !FIELD_MAPPING(l->problems, root, keys))
        return;
    struct portmap_load m = {.l = l, .map = &l->k->portmap};
    m.map->file = arena_str(l->keep, *root->file);
    read_families(&m, root);
    read_facts(&m, root);
    if (!m.map->fact_count || !m.map->family_count)
        return;
    read_assumptions(&m, root);
    read_fixes(&m, root);
    read_rules(&m, root);
    read_words(&m, root);
    read_sightings(&m, root);
    read_evidence(&m, root);
    read_transforms(&m, root);
    read_cases(&m, root);
}
