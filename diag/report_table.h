// The head of the text report: a line for each connection, with its peer, how it stands and where it is
// stuck. report_text.c begins with it.
#ifndef IKEWALK_DIAG_REPORT_TABLE_H
#define IKEWALK_DIAG_REPORT_TABLE_H

#include "diag/page.h"

// Of the connections that the report shows; columns are as wide as their words.
void report_table(struct page *p);

#endif
