#include "remote/json_lines.h"

#include "diag/arena.h"
#include "remote/made.h"

#include <jansson.h>
#include <stdlib.h>
#include <time.h>

enum { RECORD_MOST = 1 << 20 }; // a longer record passes as it is

struct json_lines {
    struct buf record; // what came of the record at hand
    struct made made;
};

struct json_lines *
json_lines_new(void)
{
    return mem_new(sizeof(struct json_lines));
}

void
json_lines_free(struct json_lines *r)
{
    if (!r)
        return;
    buf_release(&r->record);
    buf_release(&r->made.text);
    free(r);
}

// The first of these fields that holds text, by itself or as the name of an object; names end with NULL.
static struct str
text_of(const json_t *record, const char *const *names)
{
    for (; *names; names++) {
        const json_t *value = json_object_get(record, *names);
        if (json_is_object(value))
            value = json_object_get(value, "name");
        if (json_is_string(value))
            return (struct str){json_string_value(value), json_string_length(value)};
    }
    return STR_NONE;
}
#define TEXT_OF(record, ...) text_of(record, (const char *const[]){__VA_ARGS__, NULL})

// The text of a message of a journal: a string, or the bytes of one that is no UTF-8, as numbers.
static bool
message_of(const json_t *record, struct buf *text)
{
    const json_t *message = json_object_get(record, "MESSAGE");
    if (json_is_string(message))
        buf_add(text, (struct str){json_string_value(message), json_string_length(message)});
    size_t at;
    const json_t *byte;
    json_array_foreach(message, at, byte) buf_add_char(text, (char)json_integer_value(byte));
    return json_is_string(message) || json_is_array(message);
}

static bool
write_stamp(uint64_t micros, struct buf *out)
{
    time_t seconds = (time_t)(micros / 1000000);
    struct tm day;
    char date[24];
    if (!gmtime_r(&seconds, &day) || !strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &day))
        return false;
    buf_addf(out, "%s.%06u+00:00", date, (unsigned)(micros % 1000000));
    return true;
}

#define SECONDS_MOST 1e11 // larger ones are milliseconds

// When it was logged, as text or as the seconds or milliseconds since 1970.
static bool
write_time(const json_t *record, struct buf *out)
{
    static const char *const names[] = {"@timestamp", "timestamp", "time", "_time", "ts", NULL};
    struct str text = text_of(record, names);
    if (text.len) {
        buf_add(out, text);
        return true;
    }
    for (const char *const *name = names; *name; name++) {
        double since = json_number_value(json_object_get(record, *name));
        if (since > SECONDS_MOST)
            since /= 1e3;
        if (since > 0 && since < SECONDS_MOST)
            return write_stamp((uint64_t)(since * 1e6), out);
    }
    return false;
}

// One line for each line of the text, behind the same head.
static void
write_lines(struct str head, struct str text, struct buf *out)
{
    while (text.len && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r'))
        text.len--;
    do {
        const char *end = text.len ? memchr(text.at, '\n', text.len) : NULL;
        struct str line = end ? (struct str){text.at, (size_t)(end - text.at)} : text;
        text = end ? str_from(text, line.len + 1) : STR_NONE;
        buf_add(out, head);
        buf_add(out, line);
        buf_add_char(out, '\n');
    } while (text.len);
}

// The head of a record of a journal, and its text. False: it is none.
static bool
read_journal(const json_t *record, struct buf *head, struct buf *text)
{
    uint64_t micros;
    if (!str_number(TEXT_OF(record, "__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP"), &micros) ||
        !write_stamp(micros, head) || !message_of(record, text))
        return false;
    struct str host = TEXT_OF(record, "_HOSTNAME", "HOSTNAME"), pid = TEXT_OF(record, "_PID", "SYSLOG_PID");
    struct str name = TEXT_OF(record, "SYSLOG_IDENTIFIER", "_COMM");
    if (host.len)
        buf_addf(head, " %.*s", STR_ARG(host));
    buf_addf(head, " %.*s", STR_ARG(name.len ? name : STR("journal")));
    if (pid.len)
        buf_addf(head, "[%.*s]", STR_ARG(pid));
    buf_add(head, STR(": "));
    return true;
}

// The same of what a collector of logs or the runtime of a container kept. Where no program is named the text
// is what that printed, mostly a whole line, and stands behind the time and the stream as other runtimes
// write it.
static bool
read_collected(const json_t *record, struct buf *head, struct buf *text)
{
    struct str said = TEXT_OF(record, "message", "msg", "log", "line", "short_message", "_raw");
    if (!said.at || !write_time(record, head))
        return false;
    struct str name = TEXT_OF(record, "program", "_program", "appname", "app_name", "ident", "process");
    struct str host = TEXT_OF(record, "host", "hostname"), stream = TEXT_OF(record, "stream");
    if (name.len && host.len)
        buf_addf(head, " %.*s", STR_ARG(host));
    if (name.len)
        buf_addf(head, " %.*s: ", STR_ARG(name));
    else
        buf_addf(head, " %.*s F ", STR_ARG(stream.len ? stream : STR("stdout")));
    buf_add(text, said);
    return true;
}

// What was gathered is a record as a whole, or no record.
static void
finish(struct json_lines *r)
{
    json_error_t error;
    json_t *record = r->record.len ? json_loadb(r->record.at, r->record.len, JSON_ALLOW_NUL, &error) : NULL;
    struct buf head = {0}, text = {0};
    bool good = json_is_object(record) && read_journal(record, &head, &text);
    if (!good) {
        buf_clear(&head);
        good = json_is_object(record) && read_collected(record, &head, &text);
    }
    if (good)
        write_lines(buf_str(&head), buf_str(&text), &r->made.text);
    else
        buf_add(&r->made.text, buf_str(&r->record));
    buf_release(&head);
    buf_release(&text);
    json_decref(record);
    buf_clear(&r->record);
}

// Is the record whole with this line? One that is written over several lines ends with a brace that stands
// alone.
static bool
is_whole(const struct json_lines *r, struct str line)
{
    while (line.len && (line.at[line.len - 1] == '\n' || line.at[line.len - 1] == '\r'))
        line.len--;
    bool spread = r->record.len > line.len + 2 || (line.len == 1 && line.at[0] == '{');
    return spread ? line.len == 1 && line.at[0] == '}' : true;
}

void
json_lines_put(struct json_lines *r, struct str bytes, bool last)
{
    made_begin(&r->made);
    while (bytes.len) {
        const char *end = memchr(bytes.at, '\n', bytes.len);
        struct str part = end ? (struct str){bytes.at, (size_t)(end + 1 - bytes.at)} : bytes;
        size_t begun = r->record.len;
        while (begun && r->record.at[begun - 1] != '\n')
            begun--;
        buf_add(&r->record, part);
        bytes = str_from(bytes, part.len);
        struct str line = str_from(buf_str(&r->record), begun);
        if ((end && is_whole(r, line)) || r->record.len > RECORD_MOST)
            finish(r);
    }
    if (last)
        finish(r);
}

size_t
json_lines_get(struct json_lines *r, char *into, size_t room)
{
    return made_get(&r->made, into, room);
}
