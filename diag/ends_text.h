// The stretch of the text report that tells what each of two ends says, how their clocks differ and what they
// have. report_text.c writes it for a tunnel of which both ends are at hand.
#ifndef IKEWALK_DIAG_ENDS_TEXT_H
#define IKEWALK_DIAG_ENDS_TEXT_H

#include "diag/page.h"

// t->both is not NULL.
void ends_put(struct page *p, const struct tunnel_view *t);
// The text to send to the other end, where its log would tell more and is not at hand, and the report is
// about one tunnel; empty otherwise. Appended raw.
void ends_request(const struct page *p, const struct tunnel_view *t, struct buf *out);
// What the configurations of both ends let expect, see view.predicted; nothing without them.
void ends_put_predicted(struct page *p);

#endif
