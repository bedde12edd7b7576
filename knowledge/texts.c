#include "knowledge/texts.h"

#include "diag/teach.h"

struct visit {
    texts_visit *visit;
    void *self;
    struct str id; // of the record whose texts are visited
};

// The rows of a knowledge are read-only for those who judge; its memory is not.
static void
give(const struct visit *v, const struct str *text, const char *what)
{
    if (text->len)
        v->visit(v->self, (struct str *)text, v->id, what);
}

static void
give_all(const struct visit *v, const struct str *texts, size_t count, const char *what)
{
    for (size_t i = 0; i < count; i++)
        give(v, &texts[i], what);
}

static void
each_of_finding(const struct visit *v, const struct finding *f)
{
    give(v, &f->title, "title");
    give(v, &f->word, "in place of DOWN in the list of tunnels");
    give(v, &f->explanation, "explanation");
    give_all(v, f->unknown, f->unknown_count, "unknown");
    for (size_t i = 0; i < f->alternative_count; i++)
        give(v, &f->alternatives[i].tell_apart, "tell-apart");
    for (size_t i = 0; i < f->step_count; i++) {
        give(v, &f->steps[i].act, "do");
        give(v, &f->steps[i].expect, "expect");
    }
}

static void
each_of_path(struct visit *v, const struct portmap *map)
{
    for (size_t i = 0; i < map->family_count; i++) {
        v->id = map->families[i].id;
        give(v, &map->families[i].title, "title");
        give(v, &map->families[i].note, "note");
    }
    for (size_t i = 0; i < map->fact_count; i++) {
        v->id = map->facts[i].id;
        give(v, &map->facts[i].title, "title");
        give(v, &map->facts[i].note, "note");
    }
    v->id = STR("assumption");
    for (size_t i = 0; i < map->assumption_count; i++)
        give(v, &map->assumptions[i].why, "why");
    for (size_t i = 0; i < map->rule_count; i++) {
        v->id = map->rules[i].id;
        give(v, &map->rules[i].why, "why");
        give_all(v, map->rules[i].symptoms, map->rules[i].symptom_count, "symptom");
    }
    for (size_t i = 0; i < map->check_count; i++) {
        v->id = map->checks[i].id;
        give(v, &map->checks[i].title, "title");
        for (size_t r = 0; r < map->checks[i].row_count; r++)
            give(v, &map->checks[i].rows[r].why, "why");
    }
    for (size_t i = 0; i < map->fix_count; i++) {
        v->id = map->fixes[i].id;
        give(v, &map->fixes[i].act, "do");
        give_all(v, map->fixes[i].steps, map->fixes[i].step_count, "step");
    }
    v->id = STR("caution");
    for (size_t i = 0; i < map->caution_count; i++)
        give(v, &map->cautions[i].text, "text");
    v->id = STR("remark");
    for (size_t i = 0; i < map->remark_count; i++)
        give(v, &map->remarks[i].text, "text");
}

static void
each_of_lesson(const struct visit *v, const struct lesson *l)
{
    give(v, &l->title, "title");
    give(v, &l->about, "about");
    for (size_t i = 0; i < l->step_count; i++) {
        const struct lesson_step *step = &l->steps[i];
        give(v, &step->text, lesson_kind_word[step->kind]);
        give(v, &step->hint, "hint");
        for (size_t c = 0; c < step->choice_count; c++) {
            give(v, &step->choices[c].text, "choice");
            give(v, &step->choices[c].reply, "reply");
        }
    }
}

void
texts_each(struct knowledge *k, texts_visit *visit, void *self)
{
    struct visit v = {visit, self, STR_NONE};
    give(&v, &k->not_known, "in place of a value");
    give(&v, &k->untimed, "in place of ${time}");
    for (size_t c = 0; c < CP_COUNT; c++) {
        const struct checkpoint_text *text = &k->checkpoint[c];
        v.id = str_of(checkpoint_word[c]);
        give(&v, &text->title, "title");
        give(&v, &text->signature_title, "signature-title");
        give(&v, &text->question, "question");
        give(&v, &text->explanation, "explanation");
    }
    for (size_t i = 0; i < k->finding_count; i++) {
        v.id = k->findings[i].id;
        each_of_finding(&v, &k->findings[i]);
    }
    for (size_t i = 0; i < k->cause_count; i++) {
        v.id = k->causes[i].key;
        give(&v, &k->causes[i].value, "cause");
    }
    for (size_t i = 0; i < k->order_count; i++) {
        v.id = k->orders[i].id;
        give(&v, &k->orders[i].title, "why this order");
    }
    for (size_t i = 0; i < k->message_count; i++) {
        const struct message *m = &k->messages[i];
        v.id = m->id;
        if (m->event >= 0 && k->events[m->event].hinders != HINDERS_NOTHING)
            give(&v, &m->note, "what hinders the daemon");
        for (size_t p = 0; p < m->value_count; p++)
            if (str_eq(m->values[p].key, STR("stands")))
                give(&v, &m->note, "what a state says of a connection");
    }
    each_of_path(&v, &k->portmap);
    for (size_t i = 0; i < k->lesson_count; i++) {
        v.id = k->lessons[i].id;
        each_of_lesson(&v, &k->lessons[i]);
    }
    for (size_t i = 0; i < k->case_count; i++)
        if (k->cases[i].sample) {
            v.id = k->cases[i].id;
            give(&v, &k->cases[i].title, "sample log");
        }
    for (size_t i = 0; i < k->concept_count; i++) {
        v.id = k->concepts[i].id;
        give(&v, &k->concepts[i].title, "title");
        give(&v, &k->concepts[i].text, "text");
    }
}

void
texts_each_note(struct knowledge *k, texts_visit *visit, void *self)
{
    struct visit v = {visit, self, STR_NONE};
    for (size_t i = 0; i < k->event_count; i++) {
        v.id = k->events[i].id;
        give(&v, &k->events[i].note, "note");
    }
    for (size_t i = 0; i < k->message_count; i++) {
        v.id = k->messages[i].id;
        give(&v, &k->messages[i].note, "note");
    }
}
