#include "diag/report.h"

#include "diag/line.h"
#include "diag/text.h"

bool
report_shows(const struct report *r, const struct tunnel_row *row)
{
    if (r->only_id && row->id != *r->only_id)
        return false;
    if (r->only.len == 0 || str_eq(row->name, r->only))
        return true;
    return row->name.len > r->only.len && row->name.at[r->only.len] == '[' && str_starts(row->name, r->only);
}

void
report_learn(const struct report *r)
{
    if (!redact_names(r->redact))
        return;
    redact_learn_view(r->redact, r->view);
    for (size_t i = 0; i < r->view->row_count; i++) {
        struct arena arena = {0};
        const struct tunnel_view *t =
            report_shows(r, &r->view->rows[i]) ? r->tunnel(r->self, r->view->rows[i].id, &arena) : NULL;
        if (t)
            redact_learn_tunnel(r->redact, t);
        arena_release(&arena);
    }
}

static void
sentence(struct buf *out)
{
    if (out->len)
        buf_add(out, STR("; "));
}

void
report_problem(const struct report *r, size_t source, struct buf *out)
{
    const struct source_view *s = &r->view->sources[source];
    struct str problem = s->problem;
    size_t name = s->name.len ? str_find(problem, s->name) : problem.len;
    if (name < problem.len) {
        buf_add(out, (struct str){problem.at, name});
        buf_add(out, redact_file(r->redact, s->name));
        problem = str_from(problem, name + s->name.len);
    }
    buf_add(out, problem);
    if (s->hindered_count) {
        sentence(out);
        uint64_t line = s->hindered[s->hindering].line;
        buf_add(out, str_of(s->hinders == HINDERS_ALL
                                ? err_say("the daemon could not work")
                                : err_say("the daemon could not load all of its configuration")));
        if (line)
            buf_addf(out, err_say(" (line %llu)"), (unsigned long long)line);
        buf_addf(out, ": %.*s", STR_ARG(s->hindrance));
    }
    if (s->cut) {
        sentence(out);
        buf_addf(out,
                 err_say_n("%llu line is longer than %d bytes, and only that much of it was looked at",
                           "%llu lines are longer than %d bytes, and only that much of them was looked at",
                           s->cut),
                 (unsigned long long)s->cut, LINE_KEEP);
    }
    if (source == 0 && r->view->forgotten) {
        sentence(out);
        buf_addf(out,
                 err_say_n("%llu tunnel that had been silent longest was forgotten, there were too many",
                           "%llu tunnels that had been silent longest were forgotten, there were too many",
                           r->view->forgotten),
                 (unsigned long long)r->view->forgotten);
    }
    if (source == 0 && r->view->left_out) {
        sentence(out);
        buf_addf(out,
                 err_say_n(
                     "%llu line about the state of a gateway or its path was left out, there were too many",
                     "%llu lines about the state of a gateway or its path were left out, there were too many",
                     r->view->left_out),
                 (unsigned long long)r->view->left_out);
    }
}

// Lines of a pack's text end in \n, which text_safe would show as an escape.
static void
safe_lines(struct str text, bool keep_lines, struct buf *out)
{
    const char *end;
    while (keep_lines && text.len && (end = memchr(text.at, '\n', text.len))) {
        size_t length = (size_t)(end - text.at);
        text_safe((struct str){text.at, length}, out);
        buf_add_char(out, '\n');
        text = str_from(text, length + 1);
    }
    text_safe(text, out);
}

void
report_clean(const struct report *r, struct str text, bool log, struct buf *out)
{
    struct buf hidden = {0};
    if (redact_text(r->redact, text, log, &hidden))
        text = buf_str(&hidden);
    safe_lines(text, !log, out);
    buf_release(&hidden);
}

void
report_ascii(struct str safe, struct buf *out)
{
    while (safe.len) {
        int32_t rune;
        size_t length = text_rune(safe, &rune);
        if (rune >= 0x80)
            buf_addf(out, "<U+%04X>", (unsigned)rune);
        else
            buf_add(out, (struct str){safe.at, length});
        safe = str_from(safe, length);
    }
}
