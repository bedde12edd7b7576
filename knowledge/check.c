#include "knowledge/checking.h"

#include "diag/teach.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
check_tell(struct check_report *report, struct str file, int line, const char *what, struct str id,
           const char *format, ...)
{
    char text[ERR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    problems_add(&report->problems, file, line, 0, "%s %.*s: %s", what, STR_ARG(id), text);
}

bool
check_case_names(const struct rule_case *c, struct str finding)
{
    bool named = str_eq(c->finding, finding);
    for (size_t i = 0; i < c->also_count && !named; i++)
        named = str_eq(c->also[i], finding);
    return named;
}

static int
by_place(const void *a, const void *b)
{
    const struct problem *x = a, *y = b;
    int order = str_compare(x->file, y->file);
    if (order == 0)
        order = (x->line > y->line) - (x->line < y->line);
    if (order == 0)
        order = (x->column > y->column) - (x->column < y->column);
    return order ? order : str_compare(x->sentence, y->sentence);
}

static bool
finish(struct check_report *report)
{
    struct problems *p = &report->problems;
    if (p->count > 1)
        qsort(p->at, p->count, sizeof *p->at, by_place);
    return p->count == 0;
}

// The dialects with their names; the parts fill in the figures.
static void
begin_dialects(const struct knowledge *k, struct check_report *report)
{
    report->dialects = ARENA_ARRAY(&report->arena, struct check_dialect, k->dialect_count);
    report->dialect_count = k->dialect_count;
    for (size_t i = 0; i < k->dialect_count; i++) {
        report->dialects[i].id = arena_str(&report->arena, k->dialects[i].id);
        report->dialects[i].title = arena_str(&report->arena, k->dialects[i].title);
        report->dialects[i].note = arena_str(&report->arena, k->dialects[i].note);
    }
}

bool
check_lint(const struct pack_text *packs, size_t count, struct check_report *report)
{
    struct knowledge *k = knowledge_load_all(packs, count, true, &report->problems);
    if (k) {
        begin_dialects(k, report);
        check_examples(k, report);
        check_names(k, report);
        check_map(k, report);
        check_concepts(k, report);
        check_portmap(k, false, report);
        knowledge_free(k);
    }
    return finish(report);
}

bool
check_test(const struct pack_text *packs, size_t count, struct check_report *report)
{
    struct knowledge *k = knowledge_load_all(packs, count, false, &report->problems);
    if (k) {
        begin_dialects(k, report);
        check_examples(k, report);
        check_map(k, report);
        check_cases(k, report);
        check_lessons(k, report);
        check_portmap(k, true, report);
        knowledge_free(k);
    }
    return finish(report);
}

static void
add_row(struct check_report *r, const char *kind, struct str id, struct str title, struct str file, int line)
{
    r->rows[r->row_count++] = (struct check_row){.kind = str_of(kind),
                                                 .id = arena_str(&r->arena, id),
                                                 .title = arena_str(&r->arena, title),
                                                 .file = arena_str(&r->arena, file),
                                                 .line = line};
}

static int
by_kind_and_id(const void *a, const void *b)
{
    const struct check_row *x = a, *y = b;
    int order = str_compare(x->kind, y->kind);
    return order ? order : str_compare(x->id, y->id);
}

static void
list_rows(const struct knowledge *k, struct check_report *r)
{
    size_t room = k->dialect_count + k->message_count + k->event_count + k->order_count + k->finding_count +
                  k->case_count + k->cause_count + k->algorithm_count + k->lesson_count + k->concept_count +
                  k->command_count;
    r->rows = ARENA_ARRAY(&r->arena, struct check_row, room);
    for (size_t i = 0; i < k->dialect_count; i++)
        add_row(r, "dialect", k->dialects[i].id, k->dialects[i].title, STR_NONE, 0);
    for (size_t i = 0; i < k->message_count; i++) {
        const struct message *m = &k->messages[i];
        struct str id =
            arena_strf(&r->arena, "%.*s/%.*s", STR_ARG(k->dialects[m->dialect].id), STR_ARG(m->id));
        add_row(r, "message", id, m->note, m->file, m->line);
    }
    for (size_t i = 0; i < k->event_count; i++)
        add_row(r, "event", k->events[i].id, k->events[i].note, STR_NONE, 0);
    for (size_t i = 0; i < k->order_count; i++)
        add_row(r, "order", k->orders[i].id, k->orders[i].title, STR_NONE, 0);
    for (size_t i = 0; i < k->finding_count; i++)
        add_row(r, "finding", k->findings[i].id, k->findings[i].title, k->findings[i].file,
                k->findings[i].line);
    for (size_t i = 0; i < k->case_count; i++)
        add_row(r, "case", k->cases[i].id, k->cases[i].title, k->cases[i].file, k->cases[i].line);
    for (size_t i = 0; i < k->cause_count; i++)
        add_row(r, "cause", k->causes[i].key, k->causes[i].value, STR_NONE, 0);
    for (size_t i = 0; i < k->algorithm_count; i++)
        add_row(r, "algorithm", k->algorithms[i].id, k->algorithms[i].kind, STR_NONE, 0);
    for (size_t i = 0; i < k->command_count; i++)
        add_row(r, "command", k->commands[i].id, k->commands[i].note, k->commands[i].file,
                k->commands[i].line);
    for (size_t i = 0; i < k->lesson_count; i++)
        add_row(r, "lesson", k->lessons[i].id, k->lessons[i].title, k->lessons[i].file, k->lessons[i].line);
    for (size_t i = 0; i < k->concept_count; i++)
        add_row(r, "concept", k->concepts[i].id, k->concepts[i].title, k->concepts[i].file,
                k->concepts[i].line);
    qsort(r->rows, r->row_count, sizeof *r->rows, by_kind_and_id);
}

bool
check_list(const struct pack_text *packs, size_t count, struct check_report *report)
{
    struct knowledge *k = knowledge_load_all(packs, count, false, &report->problems);
    if (k) {
        list_rows(k, report);
        knowledge_free(k);
    }
    return finish(report);
}

void
check_release(struct check_report *report)
{
    problems_release(&report->problems);
    arena_release(&report->arena);
    *report = (struct check_report){0};
}
