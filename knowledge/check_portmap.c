#include "knowledge/checking.h"

#include "diag/path.h"

#include <stdlib.h>

struct path_trial {
    const struct portmap *map;
    struct check_report *report;
    const struct path_case *c;
};

#define DIFFERS(t, ...) check_tell((t)->report, (t)->map->file, (t)->c->line, "case", (t)->c->id, __VA_ARGS__)

static void
compare_checks(struct path_trial *t, const struct path_view *v)
{
    for (size_t i = 0; i < t->c->check_count; i++) {
        const struct path_pair *want = &t->c->checks[i];
        const struct path_check_view *found = NULL;
        for (size_t k = 0; k < v->check_count && !found; k++)
            if (str_eq(v->checks[k].check->id, want->key))
                found = &v->checks[k];
        if (!found)
            DIFFERS(t, "there is no check %.*s in this family", STR_ARG(want->key));
        else if (!str_eq(str_of(state_word[found->state]), want->value))
            DIFFERS(t, "the check %.*s is %s; %.*s is wanted", STR_ARG(want->key), state_word[found->state],
                    STR_ARG(want->value));
    }
}

static void
compare_case(struct path_trial *t, const struct path_view *v)
{
    struct str rule = v->rule ? v->rule->id : STR("none");
    struct str fix = v->fix_count && v->fixes[0].outcome == PATH_WORKS ? v->fixes[0].fix->id : STR("none");
    if (v->outcome != t->c->outcome)
        DIFFERS(t, "the outcome is %s; %s is wanted", path_outcome_word[v->outcome],
                path_outcome_word[t->c->outcome]);
    if (t->c->rule.len && !str_eq(rule, t->c->rule))
        DIFFERS(t, "the rule is %.*s; %.*s is wanted", STR_ARG(rule), STR_ARG(t->c->rule));
    if (t->c->fix.len && !str_eq(fix, t->c->fix))
        DIFFERS(t, "the first fix that works is %.*s; %.*s is wanted", STR_ARG(fix), STR_ARG(t->c->fix));
    compare_checks(t, v);
}

static void
judge_case(const struct path_trial *t, struct arena *arena, struct path_view *v)
{
    struct path p = {.map = t->map, .family = t->c->family};
    for (size_t i = 0; i < t->c->fact_count; i++)
        path_set(&p, path_fact_named(t->map, t->c->facts[i].key), t->c->facts[i].value, FROM_FORM, NULL);
    path_judge(&p, arena, v);
}

// Which rules and rows some case ends in, by their place in the pack.
static void
mark_lines(const struct path_view *v, bool *reached, int lines)
{
    if (v->rule && v->rule->line < lines)
        reached[v->rule->line] = true;
    for (size_t i = 0; i < v->check_count; i++)
        if (v->checks[i].row && v->checks[i].row->line < lines)
            reached[v->checks[i].row->line] = true;
}

static int
last_line(const struct portmap *map)
{
    int last = 0;
    for (size_t i = 0; i < map->rule_count; i++)
        last = map->rules[i].line > last ? map->rules[i].line : last;
    for (size_t i = 0; i < map->check_count; i++)
        for (size_t k = 0; k < map->checks[i].row_count; k++)
            last = map->checks[i].rows[k].line > last ? map->checks[i].rows[k].line : last;
    return last;
}

static void
tell_unreached(const struct portmap *map, const bool *reached, struct check_report *report)
{
    for (size_t i = 0; i < map->rule_count; i++)
        if (!reached[map->rules[i].line])
            problems_add(&report->problems, map->file, map->rules[i].line, 0, "rule %.*s has no case",
                         STR_ARG(map->rules[i].id));
    for (size_t i = 0; i < map->check_count; i++)
        for (size_t k = 0; k < map->checks[i].row_count; k++)
            if (!reached[map->checks[i].rows[k].line])
                problems_add(&report->problems, map->file, map->checks[i].rows[k].line, 0,
                             "row %zu of the check %.*s has no case", k + 1, STR_ARG(map->checks[i].id));
}

void
check_portmap(const struct knowledge *k, bool compare, struct check_report *report)
{
    const struct portmap *map = &k->portmap;
    int lines = last_line(map) + 1;
    bool *reached = mem_new((size_t)lines);
    struct check_case *cases =
        ARENA_ARRAY(&report->arena, struct check_case, report->case_count + map->case_count);
    if (report->case_count)
        memcpy(cases, report->cases, report->case_count * sizeof *cases);
    for (size_t i = 0; i < map->case_count; i++) {
        struct path_trial t = {.map = map, .report = report, .c = &map->cases[i]};
        struct arena arena = {0};
        struct path_view v;
        judge_case(&t, &arena, &v);
        mark_lines(&v, reached, lines);
        if (compare) {
            size_t before = problems_total(&report->problems);
            compare_case(&t, &v);
            cases[report->case_count++] =
                (struct check_case){.id = arena_strf(&report->arena, "portmap/%.*s", STR_ARG(t.c->id)),
                                    .title = arena_str(&report->arena, map->families[t.c->family].title),
                                    .good = problems_total(&report->problems) == before};
        }
        arena_release(&arena);
    }
    report->cases = cases;
    if (!compare)
        tell_unreached(map, reached, report);
    free(reached);
}
