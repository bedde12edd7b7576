// Logs that are kept as JSON, one object for each message, to lines as syslog writes them: the records of a
// journal ("2024-11-07T04:45:35.123456+00:00 host name[123]: text"), those in which a runtime keeps what a
// container printed, and those that collectors of logs hand out. unpack feeds it and takes the text; what is
// no such record passes as it is.
#ifndef IKEWALK_REMOTE_JSON_LINES_H
#define IKEWALK_REMOTE_JSON_LINES_H

#include "diag/str.h"

struct json_lines;
struct json_t;

struct json_lines *json_lines_new(void);
void json_lines_free(struct json_lines *r);
// The next bytes; last: nothing comes behind them.
void json_lines_put(struct json_lines *r, struct str bytes, bool last);
// Text that is made, at most room bytes; 0: it is hungry.
size_t json_lines_get(struct json_lines *r, char *into, size_t room);

// The lines of one entry of a journal, an object of its fields; nothing of what has no message.
void json_lines_entry(const struct json_t *entry, struct buf *out);

#endif
