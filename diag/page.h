// A page of text that grows downwards, at most 80 columns where its words can be broken. The text report, its
// part on both ends and printed lessons are written with it.
#ifndef IKEWALK_DIAG_PAGE_H
#define IKEWALK_DIAG_PAGE_H

#include "diag/report.h"

enum { PAGE_WIDTH = 80, LABEL_WIDTH = 12 };

// {.r = report, .e = e} is an empty page.
struct page {
    const struct report *r;
    struct err *e;
    struct buf out, clean, ascii;
    size_t line; // where the current line begins in out
    bool failed; // writing failed, e says why
};

// The words in the language of the report.
const char *page_say(const struct page *p, const char *words);
// A text from outside as it may be shown, see report_clean; borrowed until the next call.
struct str page_clean(struct page *p, struct str text, bool log);
// The name of a source's file.
struct str page_file(struct page *p, int source);

void page_put(struct page *p, const char *text);
void page_paint(struct page *p, enum paint paint, struct str text);
// The number and what is counted, for one or for many of them.
void page_count(struct page *p, uint64_t n, const char *one, const char *many);
void page_pad(struct page *p, size_t columns, size_t width);
// Ends the line, without blanks at its end.
void page_end_line(struct page *p);
// Words of a clean text, broken at blanks so that lines end before PAGE_WIDTH; further lines begin at the
// indent.
void page_wrap(struct page *p, struct str s, size_t column, size_t indent);
// "  why:      " and the columns it took.
size_t page_label(struct page *p, const char *label);
// A label and its words; nothing when there are none.
void page_paragraph(struct page *p, const char *label, struct str text);
// What the verdict rests on; of a tunnel without a failure what it is warned of, NULL: nothing.
const struct finding_view *page_finding(const struct tunnel_view *t);
// What failed before and does not any more, the newest first: the n-th, NULL when there are not so many.
const struct finding_view *page_mended(const struct tunnel_view *t, size_t n);
// What is said of such a failure between the tunnel's name and the title: ": up now, failed before (6
// attempts, the last 2024-11-22 05:27:56): ".
void page_overcame(const struct page *p, const struct tunnel_view *t, const struct finding_view *f,
                   struct buf *out);
// Writes what is left and frees the page; false when writing failed, now or before.
bool page_finish(struct page *p);

#endif
