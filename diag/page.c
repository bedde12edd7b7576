#include "diag/page.h"

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
page_paint(struct page *p, enum paint paint, const char *text)
{
    const char *const *colours = paint == PAINT_PLAIN ? NULL : p->r->paint;
    if (colours)
        page_put(p, colours[paint]);
    page_put(p, text);
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
    return page_clean(p, redact_file(p->r->redact, p->r->view->sources[source].name), true);
}

// 214220 -> 214,220
void
page_number(struct page *p, uint64_t n)
{
    char digits[32];
    size_t at = sizeof digits, count = 0;
    do {
        if (count && count % 3 == 0)
            digits[--at] = ',';
        digits[--at] = (char)('0' + n % 10);
        count++;
    } while (n /= 10);
    buf_add(&p->out, (struct str){digits + at, sizeof digits - at});
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
    page_paint(p, PAINT_STRONG, label);
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
