// Lessons and concept pages: what teaches, and what each step claims of its log.
#include "knowledge/loading.h"

#include "diag/teach.h"

#include <stdlib.h>

void
claim_lessons(struct loading *l)
{
    loading_claim_section(l, "lessons", false, &l->lessons);
    loading_claim_section(l, "concepts", false, &l->concepts);
}

// "12" or "12-15".
static bool
read_range(struct str text, struct line_range *range)
{
    text = str_trim(text);
    size_t dash = str_find(text, STR("-"));
    if (!str_number(str_trim((struct str){text.at, dash}), &range->first))
        return false;
    range->last = range->first;
    if (dash < text.len && !str_number(str_trim(str_from(text, dash + 1)), &range->last))
        return false;
    return range->first > 0 && range->last >= range->first;
}

static void
read_lines(struct loading *l, const struct node *record, struct lesson_step *step)
{
    const struct node *list = field_list(l->problems, record, "lines", FIELD_OPTIONAL);
    step->line_count = list ? list->count : 0;
    struct line_range *lines = ARENA_ARRAY(l->keep, struct line_range, step->line_count);
    for (size_t i = 0; i < step->line_count; i++)
        if (!read_range(field_scalar(l->problems, &list->items[i]), &lines[i]))
            NODE_PROBLEM(l->problems, &list->items[i], "a line is written 12, a piece of the log 12-15");
    step->lines = lines;
}

// The index of the word under a key, or -1 when the key is missing.
static int
word_or_none(struct loading *l, const struct node *node, const char *key, const char *const words[],
             size_t count)
{
    return field_word(l->problems, node, key, words, count, -1);
}

static void
read_claim(struct loading *l, const struct node *node, struct claim *c)
{
    static const char *const keys[] = {"line",  "is",     "proves",  "decides",   "checkpoint",
                                       "state", "basis",  "verdict", "cause",     "value",
                                       "text",  "untold", "order",   "certainty", "finding"};
    struct problems *p = l->problems;
    if (!FIELD_MAPPING(p, node, keys))
        return;
    struct str line = field_text(p, node, "line", FIELD_OPTIONAL);
    if (line.len && !str_number(line, &c->line))
        NODE_PROBLEM(p, node, "\"line\" is the number of a line of the log");
    int decides = word_or_none(l, node, "decides", checkpoint_word, CP_COUNT);
    c->decides = decides >= 0;
    c->proves = c->decides ? decides : word_or_none(l, node, "proves", checkpoint_word, CP_COUNT);
    c->checkpoint = word_or_none(l, node, "checkpoint", checkpoint_word, CP_COUNT);
    c->state = word_or_none(l, node, "state", state_word, ST_COUNT);
    static const char *const bases[] = {"none", "seen", "implied", "other-end", "measured", "stated"};
    c->basis = word_or_none(l, node, "basis", bases, sizeof bases / sizeof *bases);
    c->verdict = word_or_none(l, node, "verdict", checkpoint_word, CP_COUNT + 1);
    c->certainty = word_or_none(l, node, "certainty", certainty_word, SURE_COUNT);
    c->message = field_text(p, node, "is", FIELD_OPTIONAL);
    c->cause = field_text(p, node, "cause", FIELD_OPTIONAL);
    c->value = field_text(p, node, "value", FIELD_OPTIONAL);
    c->text = field_text(p, node, "text", FIELD_OPTIONAL);
    c->untold = field_text(p, node, "untold", FIELD_OPTIONAL);
    c->order = field_text(p, node, "order", FIELD_OPTIONAL);
    c->finding = field_text(p, node, "finding", FIELD_OPTIONAL);
    c->at_line = node->line;
    if (c->cause.len)
        records_find(l, &l->causes, node_get(node, "cause"), c->cause);
    if (c->finding.len)
        records_find(l, &l->findings, node_get(node, "finding"), c->finding);
    if (c->order.len)
        records_find(l, &l->orders, node_get(node, "order"), c->order);
    if ((c->message.len || c->proves >= 0) && !c->line)
        NODE_PROBLEM(p, node, "\"is\", \"proves\" and \"decides\" need the \"line\" that they speak of");
    if ((c->state >= 0 || c->basis >= 0) && c->checkpoint < 0)
        NODE_PROBLEM(p, node, "\"state\" and \"basis\" need the \"checkpoint\" that they speak of");
    if (c->value.len && !c->text.len)
        NODE_PROBLEM(p, node, "\"value\" needs the \"text\" that the log gives it");
}

static void
read_claims(struct loading *l, const struct node *record, struct lesson_step *step)
{
    const struct node *list = field_list(l->problems, record, "claims", FIELD_OPTIONAL);
    step->claim_count = list ? list->count : 0;
    struct claim *claims = ARENA_ARRAY(l->keep, struct claim, step->claim_count);
    for (size_t i = 0; i < step->claim_count; i++)
        read_claim(l, &list->items[i], &claims[i]);
    step->claims = claims;
}

static void
read_choices(struct loading *l, const struct node *record, struct lesson_step *step)
{
    static const char *const keys[] = {"text", "reply", "right", "outcome"};
    const bool predicts = step->kind == LESSON_PREDICT, asks = step->kind == LESSON_ASK || predicts;
    const struct node *list =
        field_list(l->problems, record, "choices", asks ? FIELD_NEEDED : FIELD_OPTIONAL);
    if (list && !asks)
        NODE_PROBLEM(l->problems, list, "only \"ask\" and \"predict\" have choices");
    step->choice_count = list ? list->count : 0;
    struct choice *choices = ARENA_ARRAY(l->keep, struct choice, step->choice_count);
    size_t right = 0;
    for (size_t i = 0; i < step->choice_count; i++) {
        const struct node *item = &list->items[i];
        if (!FIELD_MAPPING(l->problems, item, keys))
            continue;
        choices[i].text = field_text(l->problems, item, "text", FIELD_NEEDED);
        choices[i].reply = field_text(l->problems, item, "reply", FIELD_NEEDED);
        choices[i].right = field_yes(l->problems, item, "right");
        choices[i].outcome = word_or_none(l, item, "outcome", path_outcome_word, PATH_OUTCOMES);
        right += choices[i].right;
        if (predicts != (choices[i].outcome >= 0))
            NODE_PROBLEM(l->problems, item, "a choice of \"predict\", and no other, has an \"outcome\"");
    }
    if (predicts && right)
        NODE_PROBLEM(l->problems, list,
                     "the path itself says which prediction is right; leave \"right\" out");
    if (list && asks && !predicts && right != 1)
        NODE_PROBLEM(l->problems, list, "exactly one choice is right; %zu are marked so", right);
    if (step->choice_count > 6)
        NODE_PROBLEM(l->problems, list, "six choices are the most");
    step->choices = choices;
}

static void
read_step(struct loading *l, const struct node *node, const struct lesson_step *usual,
          struct lesson_step *step)
{
    static const char *const keys[] = {"read",  "guess",  "ask",     "answer", "try",     "hint", "log",
                                       "lines", "tunnel", "choices", "claims", "predict", "path"};
    struct problems *p = l->problems;
    if (!FIELD_MAPPING(p, node, keys))
        return;
    size_t kinds = 0;
    for (size_t k = 0; k < LESSON_KINDS; k++)
        if (node_get(node, lesson_kind_word[k])) {
            step->kind = (enum lesson_kind)k;
            step->text = field_text(p, node, lesson_kind_word[k], FIELD_NEEDED);
            kinds++;
        }
    if (kinds != 1)
        NODE_PROBLEM(p, node, "a step is one of read, guess, ask, answer, try and predict");
    step->hint = field_text(p, node, "hint", FIELD_OPTIONAL);
    step->log = field_text(p, node, "log", FIELD_OPTIONAL);
    step->tunnel = field_text(p, node, "tunnel", FIELD_OPTIONAL);
    if (!step->log.len) {
        step->log = usual->log;
        step->tunnel = step->tunnel.len ? step->tunnel : usual->tunnel;
    }
    step->path = field_text(p, node, "path", step->kind == LESSON_PREDICT ? FIELD_NEEDED : FIELD_OPTIONAL);
    if (step->path.len && step->kind != LESSON_PREDICT)
        NODE_PROBLEM(p, node, "only \"predict\" has a \"path\"");
    step->at_line = node->line;
    read_lines(l, node, step);
    read_choices(l, node, step);
    read_claims(l, node, step);
    bool needs_log = step->kind == LESSON_GUESS || step->kind == LESSON_ANSWER || step->kind == LESSON_TRY ||
                     step->line_count || step->claim_count;
    if (needs_log && !step->log.len)
        NODE_PROBLEM(p, node, "this step speaks of a log: name one here or in the lesson");
}

static void
read_lesson(struct loading *l, const struct node *node, struct lesson *lesson)
{
    static const char *const keys[] = {"id", "number", "title", "about", "log", "tunnel", "steps"};
    struct problems *p = l->problems;
    if (!FIELD_MAPPING(p, node, keys))
        return;
    uint64_t number = 0;
    lesson->id = field_text(p, node, "id", FIELD_NEEDED);
    lesson->title = field_text(p, node, "title", FIELD_NEEDED);
    lesson->about = field_text(p, node, "about", FIELD_NEEDED);
    struct str text = field_text(p, node, "number", FIELD_NEEDED);
    if (text.len && (!str_number(text, &number) || number == 0 || number > 999))
        NODE_PROBLEM(p, node_get(node, "number"), "the number of a lesson is between 1 and 999");
    lesson->number = (int)number;
    const struct lesson_step usual = {.log = field_text(p, node, "log", FIELD_OPTIONAL),
                                      .tunnel = field_text(p, node, "tunnel", FIELD_OPTIONAL)};
    const struct node *list = field_list(p, node, "steps", FIELD_NEEDED);
    lesson->step_count = list ? list->count : 0;
    struct lesson_step *steps = ARENA_ARRAY(l->keep, struct lesson_step, lesson->step_count);
    for (size_t i = 0; i < lesson->step_count; i++)
        read_step(l, &list->items[i], &usual, &steps[i]);
    if (list && list->count == 0)
        NODE_PROBLEM(p, list, "a lesson has at least one step");
    lesson->steps = steps;
    lesson->file = *node->file;
    lesson->line = node->line;
}

static int
by_number(const void *a, const void *b)
{
    const struct lesson *x = a, *y = b;
    return x->number == y->number ? str_compare(x->id, y->id) : x->number < y->number ? -1 : 1;
}

static void
read_concept(struct loading *l, const struct node *node, struct concept *c)
{
    static const char *const keys[] = {"id", "title", "source", "text", "about", "see"};
    struct problems *p = l->problems;
    if (!FIELD_MAPPING(p, node, keys))
        return;
    c->id = field_text(p, node, "id", FIELD_NEEDED);
    c->title = field_text(p, node, "title", FIELD_NEEDED);
    c->text = field_text(p, node, "text", FIELD_NEEDED);
    c->source = field_text(p, node, "source", FIELD_NEEDED);
    const struct node *about = field_list(p, node, "about", FIELD_OPTIONAL);
    const struct node *see = field_list(p, node, "see", FIELD_OPTIONAL);
    c->about = loading_texts(l, about, &c->about_count);
    c->see = loading_texts(l, see, &c->see_count);
    for (size_t i = 0; i < c->about_count; i++) {
        struct str word = c->about[i];
        if (word_index(checkpoint_word, CP_COUNT, word) < 0 && index_find(&l->causes.index, word) < 0 &&
            index_find(&l->orders.index, word) < 0)
            NODE_PROBLEM(p, &about->items[i], "\"%.*s\" is no checkpoint, cause or order", STR_ARG(word));
    }
    for (size_t i = 0; i < c->see_count; i++)
        records_find(l, &l->concepts, &see->items[i], c->see[i]);
    c->file = *node->file;
    c->line = node->line;
}

void
read_lessons(struct loading *l)
{
    struct lesson *lessons = ARENA_ARRAY(l->keep, struct lesson, l->lessons.count);
    for (size_t i = 0; i < l->lessons.count; i++)
        read_lesson(l, l->lessons.at[i].node, &lessons[i]);
    if (l->lessons.count)
        qsort(lessons, l->lessons.count, sizeof *lessons, by_number);
    for (size_t i = 1; i < l->lessons.count; i++)
        if (lessons[i].number == lessons[i - 1].number && lessons[i].number)
            problems_add(l->problems, lessons[i].file, lessons[i].line, 0,
                         "lesson %.*s has the number %d of %.*s", STR_ARG(lessons[i].id), lessons[i].number,
                         STR_ARG(lessons[i - 1].id));
    l->k->lessons = lessons;
    l->k->lesson_count = l->lessons.count;
    struct concept *concepts = ARENA_ARRAY(l->keep, struct concept, l->concepts.count);
    for (size_t i = 0; i < l->concepts.count; i++)
        read_concept(l, l->concepts.at[i].node, &concepts[i]);
    l->k->concepts = concepts;
    l->k->concept_count = l->concepts.count;
}
