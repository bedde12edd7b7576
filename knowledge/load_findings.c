// Findings and cases: what a verdict means for a person, and the logs that prove it.
#include "knowledge/loading.h"

static const char *const tunnel_words[] = {"unknown", "up", "degraded", "down"};

void
claim_findings(struct loading *l)
{
    loading_claim_section(l, "findings", true, &l->findings);
    loading_claim_section(l, "cases", true, &l->cases);
}

// The word under a key that must be there.
static int
needed_word(struct loading *l, const struct node *node, const char *key, const char *const words[],
            size_t count)
{
    if (!node_get(node, key))
        NODE_PROBLEM(l->problems, node, "\"%s\" is missing here", key);
    return field_word(l->problems, node, key, words, count, 0);
}

// The name under a key, or nothing; "null" counts as nothing.
static struct str
name_or_none(struct loading *l, const struct node *node)
{
    if (!node || (node->kind == NODE_SCALAR && node->style == NODE_PLAIN &&
                  (str_eq(node->text, STR("null")) || str_eq(node->text, STR("~")))))
        return STR_NONE;
    return str_trim(field_scalar(l->problems, node));
}

// The cause under a key, which must exist.
static struct str
known_cause(struct loading *l, const struct node *record)
{
    const struct node *node = node_get(record, "cause");
    struct str name = name_or_none(l, node);
    if (name.len)
        records_find(l, &l->causes, node, name);
    return name;
}

// Findings and cases prove each other and change no diagnosis, so one that is missing is told by lint only.
static struct str
proof_name(struct loading *l, const struct node *node, const struct records *among)
{
    struct str name = name_or_none(l, node);
    if (name.len && index_find(&among->index, name) < 0)
        MILD_PROBLEM(l, node, "unknown %s \"%.*s\"%s", among->what, STR_ARG(name),
                     loading_nearest(l, &among->index, name));
    return name;
}

static void
read_step(struct loading *l, const struct node *node, struct step *step)
{
    static const char *const keys[] = {"where", "do", "command", "expect", "weak", "instead", "other-log"};
    if (!FIELD_MAPPING(l->problems, node, keys))
        return;
    step->where = (enum where)needed_word(l, node, "where", where_word, AT_COUNT);
    step->act = field_text(l->problems, node, "do", FIELD_NEEDED);
    step->expect = field_text(l->problems, node, "expect", FIELD_OPTIONAL);
    const struct node *command = node_get(node, "command");
    step->command = command ? loading_command(l, command, str_trim(field_scalar(l->problems, command))) : -1;
    step->weak = field_yes(l->problems, node, "weak");
    step->instead = field_yes(l->problems, node, "instead");
    step->other_log = field_yes(l->problems, node, "other-log");
}

static void
read_steps(struct loading *l, const struct node *node, struct finding *finding)
{
    const struct node *list = field_list(l->problems, node, "steps", FIELD_OPTIONAL);
    size_t count = list ? list->count : 0;
    struct step *at = ARENA_ARRAY(l->keep, struct step, count);
    for (size_t i = 0; i < count; i++)
        read_step(l, &list->items[i], &at[i]);
    finding->steps = at;
    finding->step_count = count;
    if (count && at[0].weak)
        MILD_PROBLEM(l, &list->items[0], "a step that allows weaker cryptography is never the first");
    if (count && at[0].instead)
        MILD_PROBLEM(l, &list->items[0], "the first step has none before it that it could stand instead of");
    if (!count && finding->severity == SEV_ERROR)
        MILD_PROBLEM(l, node, "finding %.*s is an error and has no step", STR_ARG(finding->id));
}

static void
read_alternatives(struct loading *l, const struct node *node, struct finding *finding)
{
    static const char *const keys[] = {"cause", "tell-apart"};
    const struct node *list = field_list(l->problems, node, "alternatives", FIELD_OPTIONAL);
    size_t count = list ? list->count : 0;
    struct alternative *at = ARENA_ARRAY(l->keep, struct alternative, count);
    for (size_t i = 0; i < count; i++) {
        const struct node *item = &list->items[i];
        if (!FIELD_MAPPING(l->problems, item, keys))
            continue;
        at[i].cause = field_text(l->problems, item, "cause", FIELD_NEEDED);
        at[i].tell_apart = field_text(l->problems, item, "tell-apart", FIELD_NEEDED);
        if (at[i].cause.len)
            records_find(l, &l->causes, item, at[i].cause);
    }
    finding->alternatives = at;
    finding->alternative_count = count;
}

// Its own `checkpoint`, else the one that its cause belongs to.
static enum checkpoint
finding_checkpoint(struct loading *l, const struct node *node, struct str cause)
{
    struct str rung = {cause.at, str_find(cause, STR("."))};
    int at = word_index(checkpoint_word, CP_COUNT, rung);
    return (enum checkpoint)field_word(l->problems, node, "checkpoint", checkpoint_word, CP_COUNT,
                                       at < 0 ? CP_CONTACT : at);
}

static void
read_finding(struct loading *l, const struct node *node, struct finding *f)
{
    static const char *const keys[] = {"id",    "cause", "checkpoint",  "severity", "certainty",
                                       "when",  "title", "explanation", "unknown",  "alternatives",
                                       "steps", "case",  "word"};
    struct problems *p = l->problems;
    if (!FIELD_MAPPING(p, node, keys))
        return;
    f->id = field_text(p, node, "id", FIELD_NEEDED);
    f->cause = known_cause(l, node);
    if (f->cause.len == 0)
        NODE_PROBLEM(p, node, "\"cause\" is missing here");
    f->checkpoint = finding_checkpoint(l, node, f->cause);
    f->severity = (enum severity)needed_word(l, node, "severity", severity_word, SEV_COUNT);
    f->certainty = (enum certainty)needed_word(l, node, "certainty", certainty_word, SURE_COUNT);
    f->when = loading_when(l, node_get(node, "when"), true);
    f->title = field_text(p, node, "title", FIELD_NEEDED);
    f->explanation = field_text(p, node, "explanation", FIELD_NEEDED);
    f->unknown = loading_texts(l, field_list(p, node, "unknown", FIELD_OPTIONAL), &f->unknown_count);
    f->word = field_text(p, node, "word", FIELD_OPTIONAL);
    f->in_case = proof_name(l, node_get(node, "case"), &l->cases);
    f->file = *node->file;
    f->line = node->line;
    read_alternatives(l, node, f);
    read_steps(l, node, f);
}

// Those of a severity, of one checkpoint or (CP_NONE) of all.
static struct finding_list
findings_of(struct loading *l, enum severity severity, int checkpoint)
{
    const struct finding **at = ARENA_ARRAY(l->keep, const struct finding *, l->k->finding_count);
    size_t count = 0;
    for (size_t i = 0; i < l->k->finding_count; i++) {
        const struct finding *f = &l->k->findings[i];
        if (f->severity == severity && (checkpoint == CP_NONE || (int)f->checkpoint == checkpoint))
            at[count++] = f;
    }
    return (struct finding_list){at, count};
}

// New findings of an overlay come first, so that they are asked before the built-in ones that always hold;
// one that replaces a built-in one keeps its place.
static void
read_all_findings(struct loading *l)
{
    struct finding *at = ARENA_ARRAY(l->keep, struct finding, l->findings.count);
    int *first_layer = ARENA_ARRAY(&l->scratch, int, l->findings.count);
    for (size_t p = 0; p < l->pack_count; p++) {
        const struct node *list = node_get(l->packs[p].root, "findings");
        for (size_t i = 0; list && list->kind == NODE_SEQUENCE && i < list->count; i++) {
            const struct node *id = node_get(&list->items[i], "id");
            int index = id ? index_find(&l->findings.index, str_trim(id->text)) : -1;
            if (index >= 0 && first_layer[index] == 0)
                first_layer[index] = l->packs[p].layer + 1;
        }
    }
    size_t count = 0;
    for (int layer = l->layers; layer > 0; layer--)
        for (size_t i = 0; i < l->findings.count; i++)
            if (first_layer[i] == layer)
                read_finding(l, l->findings.at[i].node, &at[count++]);
    l->k->findings = at;
    l->k->finding_count = count;
    for (int c = 0; c < CP_COUNT; c++)
        l->k->errors[c] = findings_of(l, SEV_ERROR, c);
    for (int severity = SEV_NOTE; severity < SEV_ERROR; severity++)
        l->k->remarks[severity] = findings_of(l, (enum severity)severity, CP_NONE);
}

// Values that must come out; a list under a key stands for a value with several texts.
static void
read_values(struct loading *l, const struct node *map, struct rule_case *c)
{
    size_t room = 0;
    for (size_t i = 0; map && i < map->count; i++)
        room += map->items[i].kind == NODE_SEQUENCE ? map->items[i].count : 1;
    struct pair *at = ARENA_ARRAY(l->keep, struct pair, room);
    for (size_t i = 0; map && i < map->count; i++) {
        const struct node *item = &map->items[i];
        if (item->kind != NODE_SEQUENCE)
            at[c->value_count++] = (struct pair){item->key, field_scalar(l->problems, item)};
        for (size_t j = 0; item->kind == NODE_SEQUENCE && j < item->count; j++)
            at[c->value_count++] = (struct pair){item->key, field_scalar(l->problems, &item->items[j])};
    }
    c->values = at;
}

static void
read_ladder(struct loading *l, const struct node *map, struct rule_case *c)
{
    c->ladder = loading_pairs(l, map, &c->ladder_count);
    for (size_t i = 0; map && i < map->count; i++) {
        const struct node *item = &map->items[i];
        if (word_index(checkpoint_word, CP_COUNT, item->key) < 0)
            NODE_KEY_PROBLEM(l->problems, item, "unknown checkpoint \"%.*s\"", STR_ARG(item->key));
        field_word_of(l->problems, item, "state", state_word, ST_COUNT, 0);
    }
}

static void
read_verdict(struct loading *l, const struct node *node, struct rule_case *c)
{
    static const char *const keys[] = {"checkpoint", "cause", "certainty", "finding", "state"};
    if (!node || !FIELD_MAPPING(l->problems, node, keys))
        return;
    c->checkpoint = field_text(l->problems, node, "checkpoint", FIELD_OPTIONAL);
    c->certainty = field_text(l->problems, node, "certainty", FIELD_OPTIONAL);
    c->state = field_text(l->problems, node, "state", FIELD_OPTIONAL);
    field_word(l->problems, node, "checkpoint", checkpoint_word, CP_COUNT + 1, 0);
    field_word(l->problems, node, "certainty", certainty_word, SURE_COUNT, 0);
    field_word(l->problems, node, "state", tunnel_words, sizeof tunnel_words / sizeof *tunnel_words, 0);
    c->cause = known_cause(l, node);
    c->finding = proof_name(l, node_get(node, "finding"), &l->findings);
}

static void
read_case(struct loading *l, const struct node *node, struct rule_case *c)
{
    static const char *const keys[] = {"id",        "title",  "log",     "text",    "sample", "tunnel",
                                       "verdict",   "ladder", "values",  "also",    "stated", "peer",
                                       "peer-text", "beside", "capture", "telltale"};
    struct problems *p = l->problems;
    if (!FIELD_MAPPING(p, node, keys))
        return;
    c->id = field_text(p, node, "id", FIELD_NEEDED);
    c->title = field_text(p, node, "title", FIELD_NEEDED);
    c->peer_log = field_text(p, node, "peer", FIELD_OPTIONAL);
    c->peer_text = loading_log_under(l, node, "peer-text");
    c->log = field_text(p, node, "log", FIELD_OPTIONAL);
    c->text = loading_log_under(l, node, "text");
    c->beside = loading_log_under(l, node, "beside");
    c->capture = loading_log_under(l, node, "capture");
    if ((c->log.len > 0) == (c->text.len > 0))
        NODE_PROBLEM(p, node, "a case has either \"log\" (a file below assets/logs) or \"text\"");
    c->sample = field_yes(p, node, "sample");
    c->telltale = field_yes(p, node, "telltale");
    static const char *const statements[] = {"", "no-traffic"};
    c->no_traffic = field_word(p, node, "stated", statements, 2, 0) == 1;
    c->tunnel = field_text(p, node, "tunnel", FIELD_OPTIONAL);
    read_verdict(l, field_map(p, node, "verdict", FIELD_NEEDED), c);
    read_ladder(l, field_map(p, node, "ladder", FIELD_OPTIONAL), c);
    read_values(l, field_map(p, node, "values", FIELD_OPTIONAL), c);
    const struct node *also = field_list(p, node, "also", FIELD_OPTIONAL);
    c->also = loading_texts(l, also, &c->also_count);
    for (size_t i = 0; i < c->also_count; i++)
        proof_name(l, &also->items[i], &l->findings);
    c->file = *node->file;
    c->line = node->line;
}

void
read_findings(struct loading *l)
{
    read_all_findings(l);
    struct rule_case *cases = ARENA_ARRAY(l->keep, struct rule_case, l->cases.count);
    for (size_t i = 0; i < l->cases.count; i++)
        read_case(l, l->cases.at[i].node, &cases[i]);
    l->k->cases = cases;
    l->k->case_count = l->cases.count;
}
