// Logs that come out of something else than a log: tables of comma-separated values as collectors of logs
// export them (RFC 4180) and as pages show them, lines that are quoted as one value of such a table, text
// that was copied out of the source of a page, of a program, of an editor or of a terminal, and lines that a
// tool numbered, a mail quoted and broke or a page ran together, and events with a row for each field.
// source_file finds out by the first bytes, unpack feeds it and takes the plain lines.
#ifndef IKEWALK_REMOTE_ROWS_H
#define IKEWALK_REMOTE_ROWS_H

#include "diag/str.h"

// In the order in which one may stand inside of another.
enum rows_form {
    ROWS_UNSURE,  // ask again with more, or with last
    ROWS_NONE,    // plain lines
    ROWS_CODES,   // with codes of a terminal, or with ends of lines that are carriage returns
    ROWS_MAIL,    // as a mail goes over the wire
    ROWS_ENTRIES, // a journal with a row for each field of an entry
    ROWS_TABLE,   // the first line names the columns, and one of them holds messages; or rows with a time
    ROWS_QUOTED,  // every line is a value in quotes
    ROWS_PAGE,    // quotes and brackets are written as a page or an editor writes them
    ROWS_FLAT,    // lines were run together
    ROWS_FRONTS,  // every line has something in front that is no part of it
    ROWS_FOLDED,  // long lines are broken
    ROWS_FIELDS,  // every row is one field of an event
};

// after: what was found before and is taken off; ROWS_NONE: nothing.
enum rows_form rows_detect(struct str start, bool last, enum rows_form after);

struct rows;

struct rows *rows_new(enum rows_form form);
void rows_free(struct rows *r);
// The next bytes; last: nothing comes behind them.
void rows_put(struct rows *r, struct str bytes, bool last);
// Text that is made, at most room bytes; 0: it is hungry.
size_t rows_get(struct rows *r, char *into, size_t room);

// The same of a text that is at hand as a whole. False, and nothing appended: it is plain.
bool rows_whole(struct str text, struct buf *out);

#endif
