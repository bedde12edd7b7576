#include "diag/path.h"

#include "diag/pathing.h"

const char *const path_kind_word[PATH_KINDS] = {"word", "port", "number", "text"};
const char *const path_outcome_word[PATH_OUTCOMES] = {"unknown", "works", "half-up", "no-connect"};
const char *const path_basis_word[KNOWN_COUNT] = {
    [KNOWN_SEED] = "seed", [KNOWN_RULE] = "rule", [KNOWN_RFC] = "rfc", [KNOWN_INFERRED] = "inferred"};
const char *const path_test_word[PATH_TESTS] = {"is", "isnt", "known", "unknown", "same", "differs"};
const char *const path_origin_word[FROM_COUNT] = {
    [FROM_NOWHERE] = "",        [FROM_ASSUMED] = "assumed", [FROM_LOG] = "log",  [FROM_GATEWAY] = "gateway",
    [FROM_CAPTURE] = "capture", [FROM_PROBE] = "probe",     [FROM_FORM] = "form"};

int
path_fact_named(const struct portmap *map, struct str id)
{
    for (size_t i = 0; i < map->fact_count; i++)
        if (str_eq(map->facts[i].id, id))
            return (int)i;
    return -1;
}

int
path_family_named(const struct portmap *map, struct str id)
{
    for (size_t i = 0; i < map->family_count; i++)
        if (str_eq(map->families[i].id, id))
            return (int)i;
    return -1;
}

static bool
not_a_word(const struct path_fact *fact, struct str text, struct err *e)
{
    struct buf words = {0};
    for (size_t i = 0; i < fact->word_count; i++) {
        buf_add(&words, i ? STR(", ") : STR_NONE);
        buf_add(&words, fact->words[i]);
    }
    err_set(e, ERR_USAGE, "%.*s %.*s: cannot use this value: it is one of %s", STR_ARG(fact->id),
            STR_ARG(text), buf_cstr(&words));
    buf_release(&words);
    return false;
}

bool
path_value_fits(const struct path_fact *fact, struct str text, struct arena *arena, struct str *value,
                struct err *e)
{
    uint64_t number, most = fact->kind == PATH_PORT ? 65535 : 1000000000;
    switch (fact->kind) {
    case PATH_WORD:
        for (size_t i = 0; i < fact->word_count; i++)
            if (str_eq(fact->words[i], text)) {
                *value = fact->words[i];
                return true;
            }
        return not_a_word(fact, text, e);
    case PATH_PORT:
    case PATH_NUMBER:
        if (!str_number(text, &number) || number > most || (fact->kind == PATH_PORT && number == 0))
            return err_set(e, ERR_USAGE, "%.*s %.*s: cannot use this value: it is a number from %d to %llu",
                           STR_ARG(fact->id), STR_ARG(text), fact->kind == PATH_PORT,
                           (unsigned long long)most);
        *value = arena_strf(arena, "%llu", (unsigned long long)number);
        return true;
    default:
        *value = arena_str(arena, text);
        return true;
    }
}

void
path_set(struct path *p, int fact, struct str text, enum path_origin origin, const struct proof *proof)
{
    if (fact < 0 || (p->at[fact].text.len && p->at[fact].origin > origin))
        return;
    p->at[fact] =
        (struct path_value){.text = text, .origin = text.len ? origin : FROM_NOWHERE, .proof = proof};
}

struct str
path_get(const struct path *p, struct str id)
{
    int fact = path_fact_named(p->map, id);
    return fact < 0 ? STR_NONE : p->at[fact].text;
}

bool
path_is(const struct path *p, const char *id, const char *word)
{
    return str_eq(path_get(p, str_of(id)), str_of(word));
}

struct str
path_fill(const struct path *p, struct str text, struct arena *arena)
{
    struct buf out = {0};
    while (text.len) {
        size_t at = str_find(text, STR("${"));
        buf_add(&out, (struct str){text.at, at});
        text = str_from(text, at);
        size_t end = str_find(text, STR("}"));
        if (end == text.len) {
            buf_add(&out, text);
            break;
        }
        struct str known = path_get(p, (struct str){text.at + 2, end - 2});
        buf_add(&out, known.len ? known : STR("(not known)"));
        text = str_from(text, end + 1);
    }
    struct str filled = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return filled;
}

static enum truth
test_one(const struct path *p, const struct path_when *when)
{
    struct str have = p->at[when->fact].text;
    struct str want = when->other >= 0 ? p->at[when->other].text : when->word;
    switch (when->test) {
    case PATH_KNOWN:
        return have.len ? TRUE_YES : TRUE_NO;
    case PATH_NOT_KNOWN:
        return have.len ? TRUE_NO : TRUE_YES;
    case PATH_IS:
    case PATH_SAME:
        return !have.len || !want.len ? TRUE_OPEN : str_eq(have, want) ? TRUE_YES : TRUE_NO;
    default:
        return !have.len || !want.len ? TRUE_OPEN : str_eq(have, want) ? TRUE_NO : TRUE_YES;
    }
}

enum truth
path_holds(const struct path *p, struct path_when_list when)
{
    enum truth all = TRUE_YES;
    for (size_t i = 0; i < when.count; i++) {
        enum truth one = test_one(p, &when.at[i]);
        if (one == TRUE_NO)
            return TRUE_NO;
        if (one == TRUE_OPEN)
            all = TRUE_OPEN;
    }
    return all;
}

void
path_assume(struct path *p)
{
    for (size_t i = 0; i < p->map->assumption_count; i++) {
        const struct path_assumption *a = &p->map->assumptions[i];
        struct path_value *into = &p->at[a->setting.fact];
        struct str text = a->setting.from >= 0 ? p->at[a->setting.from].text : a->setting.value;
        if (!(a->families & 1u << p->family) || into->text.len || !text.len ||
            path_holds(p, a->when) != TRUE_YES)
            continue;
        *into = (struct path_value){.text = text, .origin = FROM_ASSUMED, .why = a->why};
        if (a->setting.from >= 0 && !a->why.len)
            *into = p->at[a->setting.from];
    }
}

// A later rule counts only when no earlier one may hold as well; when all that may hold come to the same, so
// does the whole.
enum path_outcome
path_decide(const struct path *p, const struct path_rule **rule, uint64_t open_rules[PATH_RULE_SETS])
{
    enum path_outcome all = PATH_OUTCOMES;
    bool open = false;
    *rule = NULL;
    for (size_t i = 0; i < p->map->rule_count; i++) {
        const struct path_rule *r = &p->map->rules[i];
        enum truth holds = r->family == p->family ? path_holds(p, r->when) : TRUE_NO;
        if (holds == TRUE_NO)
            continue;
        all = all == PATH_OUTCOMES || all == r->outcome ? r->outcome : PATH_UNKNOWN;
        if (holds == TRUE_YES) {
            *rule = open ? NULL : r;
            return all;
        }
        open = true;
        open_rules[i / 64] |= UINT64_C(1) << i % 64;
    }
    return PATH_UNKNOWN;
}

enum path_outcome
path_try(const struct path *given, const struct path_rule **rule)
{
    struct path p = *given;
    const struct path_rule *decides;
    uint64_t open_rules[PATH_RULE_SETS] = {0};
    path_assume(&p);
    enum path_outcome outcome = path_decide(&p, &decides, open_rules);
    if (rule)
        *rule = decides;
    return outcome;
}
