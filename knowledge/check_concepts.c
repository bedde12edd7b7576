#include "knowledge/checking.h"

#include "diag/teach.h"

enum { HALF_A_PAGE = 1200 };

static bool
is_reached(const struct knowledge *k, const struct concept *c)
{
    if (c->about_count)
        return true;
    for (size_t i = 0; i < k->concept_count; i++)
        for (size_t n = 0; n < k->concepts[i].see_count; n++)
            if (&k->concepts[i] != c && str_eq(k->concepts[i].see[n], c->id))
                return true;
    return false;
}

void
check_concepts(const struct knowledge *k, struct check_report *report)
{
    for (size_t i = 0; i < k->concept_count; i++) {
        const struct concept *c = &k->concepts[i];
        for (size_t n = 0; n < i; n++)
            if (str_eq(k->concepts[n].title, c->title))
                problems_add(&report->problems, c->file, c->line, 0, "concept %.*s has the title of %.*s",
                             STR_ARG(c->id), STR_ARG(k->concepts[n].id));
        for (size_t n = 0; n < c->see_count; n++)
            if (str_eq(c->see[n], c->id))
                problems_add(&report->problems, c->file, c->line, 0, "concept %.*s leads to itself",
                             STR_ARG(c->id));
        if (c->text.len > HALF_A_PAGE)
            problems_add(&report->problems, c->file, c->line, 0,
                         "concept %.*s has %zu characters, more than half a page (%d)", STR_ARG(c->id),
                         c->text.len, HALF_A_PAGE);
        if (!is_reached(k, c))
            problems_add(
                &report->problems, c->file, c->line, 0,
                "nothing leads to concept %.*s: give it \"about\", or name it in the \"see\" of another",
                STR_ARG(c->id));
    }
}
