#include "diag/page.h"

#include "diag/err.h"
#include "diag/line.h"
#include "diag/text.h"

enum { FLUSH_AT = 64 * 1024 };

const char *
page_say(const struct page *p, const char *words)
{
    return p->r->say ? p->r->say(words) : words;
}

void
page_put(struct page *p, const char *text)
{
    buf_add(&p->out, str_of(text));
}

void
page_paint(struct page *p, enum paint paint, struct str text)
{
    const char *const *colours = paint == PAINT_PLAIN ? NULL : p->r->paint;
    if (colours)
        page_put(p, colours[paint]);
    buf_add(&p->out, text);
    if (colours)
        page_put(p, colours[PAINT_PLAIN]);
}

void
page_end_line(struct page *p)
{
    while (p->out.len > p->line && p->out.at[p->out.len - 1] == ' ')
        p->out.len--;
    buf_add_char(&p->out, '\n');
    p->line = p->out.len;
    if (p->out.len < FLUSH_AT)
        return;
    if (!p->failed)
        p->failed = !p->r->write(p->r->self, buf_str(&p->out), p->e);
    buf_clear(&p->out);
    p->line = 0;
}

void
page_pad(struct page *p, size_t columns, size_t width)
{
    for (; columns < width; columns++)
        buf_add_char(&p->out, ' ');
}

struct str
page_clean(struct page *p, struct str text, bool log)
{
    buf_clear(&p->clean);
    report_clean(p->r, text, log, &p->clean);
    if (!p->r->ascii)
        return buf_str(&p->clean);
    buf_clear(&p->ascii);
    report_ascii(buf_str(&p->clean), &p->ascii);
    return buf_str(&p->ascii);
}

struct str
page_file(struct page *p, int source)
{
    struct str name = redact_file(p->r->redact, p->r->view->sources[source].name);
    if (name.len > 1 && name.at[name.len - 1] == ':') // "journal:"; behind each name stands a colon anyway
        name.len--;
    return page_clean(p, name, true);
}

// 214220 -> 214,220
void
page_count(struct page *p, uint64_t n, const char *one, const char *many)
{
    text_count(n, &p->out);
    buf_addf(&p->out, " %s", p->r->say ? err_say_n(one, many, n) : n == 1 ? one : many);
}

void
page_wrap(struct page *p, struct str s, size_t column, size_t indent)
{
    size_t end = p->out.len;
    text_wrap(s, column, indent, PAGE_WIDTH, &p->out);
    for (; end < p->out.len; end++)
        if (p->out.at[end] == '\n')
            p->line = end + 1;
}

size_t
page_label(struct page *p, const char *label)
{
    page_put(p, "  ");
    page_paint(p, PAINT_STRONG, str_of(label));
    size_t columns = 2 + text_columns(str_of(label));
    if (*label) {
        page_put(p, ":");
        columns++;
    }
    if (columns >= LABEL_WIDTH) { // a longer word of another language
        page_put(p, " ");
        columns++;
    }
    page_pad(p, columns, LABEL_WIDTH);
    return columns > LABEL_WIDTH ? columns : LABEL_WIDTH;
}

void
page_paragraph(struct page *p, const char *label, struct str text)
{
    if (!text.len)
        return;
    size_t column = page_label(p, label);
    page_wrap(p, page_clean(p, text, false), column, LABEL_WIDTH);
    page_end_line(p);
}

bool
page_finish(struct page *p)
{
    if (!p->failed && p->out.len)
        p->failed = !p->r->write(p->r->self, buf_str(&p->out), p->e);
    buf_release(&p->out);
    buf_release(&p->clean);
    buf_release(&p->ascii);
    return !p->failed;
}

const struct finding_view *
page_finding(const struct tunnel_view *t)
{
    for (size_t i = 0; i < t->finding_count; i++) {
        const struct finding_view *f = &t->findings[i];
        if (t->row.verdict.finding ? f->rule == t->row.verdict.finding
                                   : t->row.verdict.checkpoint == CP_NONE && f->severity == SEV_WARNING)
            return f;
    }
    return NULL;
}

static const struct proof *
proof_of(const struct finding_view *f)
{
    return view_deciding(f->proofs, f->proof_count);
}

// Where two failures are of one moment, or of none, they stay in the order of their checkpoints.
static bool
is_newer(const struct finding_view *a, const struct finding_view *b)
{
    const struct proof *x = proof_of(a), *y = proof_of(b);
    int64_t at = x ? x->time : LINE_NO_TIME, other = y ? y->time : LINE_NO_TIME;
    return at > other || (at == other && a < b);
}

const struct finding_view *
page_mended(const struct tunnel_view *t, size_t n)
{
    for (size_t i = 0; i < t->finding_count; i++) {
        const struct finding_view *f = &t->findings[i];
        size_t before = 0;
        for (size_t k = 0; k < t->finding_count; k++)
            before += t->findings[k].mended && is_newer(&t->findings[k], f);
        if (f->mended && before == n)
            return f;
    }
    return NULL;
}

void
page_overcame(const struct page *p, const struct tunnel_view *t, const struct finding_view *f,
              struct buf *out)
{
    const struct proof *proof = proof_of(f);
    char stamp[32] = "";
    buf_addf(out, ": %s (%llu %s",
             t->row.state == TUNNEL_UP ? page_say(p, "up now, failed before") : page_say(p, "failed before"),
             (unsigned long long)f->attempts,
             f->attempts == 1 ? page_say(p, "attempt") : page_say(p, "attempts"));
    if (proof)
        line_time_text(proof->time, proof->year_known, stamp);
    char *between = strchr(stamp, 'T');
    if (between)
        *between = ' ';
    if (*stamp) // "--11-22" where the log has no year
        buf_addf(out, ", %s%s%s", f->attempts > 1 ? page_say(p, "the last") : "", f->attempts > 1 ? " " : "",
                 stamp + strspn(stamp, "-"));
    buf_add(out, STR("): "));
}
