// The records of a journal as its own tool writes them out as JSON, one object for each message, to the lines
// that the same tool prints: "2024-11-07T04:45:35.123456+00:00 host name[123]: text"; and the records in
// which a runtime keeps what a container printed. unpack feeds it and takes the text; what is no such record
// passes as it is.
#ifndef IKEWALK_REMOTE_JOURNAL_JSON_H
#define IKEWALK_REMOTE_JOURNAL_JSON_H

#include "diag/str.h"

struct journal_json;

struct journal_json *journal_json_new(void);
void journal_json_free(struct journal_json *r);
// The next bytes; last: nothing comes behind them.
void journal_json_put(struct journal_json *r, struct str bytes, bool last);
// Text that is made, at most room bytes; 0: it is hungry.
size_t journal_json_get(struct journal_json *r, char *into, size_t room);

#endif
