// Text as pages, editors, mails and terminals write it, back to what it was in the log. rows calls it line by
// line.
#ifndef IKEWALK_REMOTE_PLAIN_H
#define IKEWALK_REMOTE_PLAIN_H

#include "diag/str.h"

// Do so many of the lines hold marks of a page that it must be one?
bool plain_is_page(struct str start);
// *row: a row of a table is open at its end, and the next line goes on with it.
void plain_page(struct str line, struct buf *out, bool *row);

// Is it the body of a mail that was taken as it went over the wire (quoted-printable)? *goes_on: the line
// goes on with the next one.
bool plain_is_mail(struct str start);
void plain_mail(struct str line, struct buf *out, bool *goes_on);

// Codes by which a terminal is told colours, wherever they stand: as they are, as a pager shows them,
// "^[[31m", or with the escape lost, "[31m".
bool plain_has_codes(struct str start);
void plain_codes(struct str line, struct buf *out);

#endif
