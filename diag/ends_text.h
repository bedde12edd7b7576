// The stretch of the text report that tells what each of two ends says, how their clocks differ and what they
// have. report_text.c writes it for a tunnel of which both ends are at hand.
#ifndef IKEWALK_DIAG_ENDS_TEXT_H
#define IKEWALK_DIAG_ENDS_TEXT_H

#include "diag/page.h"

// t->both is not NULL.
void ends_put(struct page *p, const struct tunnel_view *t);
// What the configurations of both ends let expect, see view.predicted; nothing without them.
void ends_put_predicted(struct page *p);

#endif
