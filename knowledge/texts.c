#include "knowledge/texts.h"

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
each_of_finding(const struct visit *v, const struct finding *f)
{
    give(v, &f->title, "title");
    give(v, &f->explanation, "explanation");
    for (size_t i = 0; i < f->unknown_count; i++)
        give(v, &f->unknown[i], "unknown");
    for (size_t i = 0; i < f->alternative_count; i++)
        give(v, &f->alternatives[i].tell_apart, "tell-apart");
    for (size_t i = 0; i < f->step_count; i++) {
        give(v, &f->steps[i].act, "do");
        give(v, &f->steps[i].expect, "expect");
    }
}

void
texts_each(struct knowledge *k, texts_visit *visit, void *self)
{
    struct visit v = {visit, self, STR_NONE};
    give(&v, &k->not_known, "in place of a value");
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
}
