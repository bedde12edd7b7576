#include "remote/journal_json.h"

#include "diag/arena.h"

#include <jansson.h>
#include <stdlib.h>
#include <time.h>

enum { RECORD_MOST = 1 << 20 }; // a longer record passes as it is

struct journal_json {
    struct buf record; // what came of the record at hand
    struct buf made;   // lines that nobody took yet,
    size_t taken;      // from this byte on
};

struct journal_json *
journal_json_new(void)
{
    return mem_new(sizeof(struct journal_json));
}

void
journal_json_free(struct journal_json *r)
{
    if (!r)
        return;
    buf_release(&r->record);
    buf_release(&r->made);
    free(r);
}

// The first of these fields that holds text.
static struct str
text_of(const json_t *record, const char *first, const char *second)
{
    const json_t *value = json_object_get(record, first);
    if (!json_is_string(value))
        value = json_object_get(record, second);
    return json_is_string(value) ? (struct str){json_string_value(value), json_string_length(value)}
                                 : STR_NONE;
}

// The text of a message: a string, or the bytes of one that is no UTF-8, as numbers.
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
stamp_of(const json_t *record, char stamp[40])
{
    uint64_t micros;
    struct tm day;
    if (!str_number(text_of(record, "__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP"), &micros))
        return false;
    time_t seconds = (time_t)(micros / 1000000);
    if (!gmtime_r(&seconds, &day))
        return false;
    char date[24];
    if (!strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &day))
        return false;
    snprintf(stamp, 40, "%s.%06u+00:00", date, (unsigned)(micros % 1000000));
    return true;
}

// What a container printed, as its runtime keeps it: a line with its end, the stream and the time. It becomes
// the line that other runtimes write, "2024-11-07T04:45:35.123Z stdout F text". False: it is nothing of the
// kind.
static bool
write_printed(const json_t *record, struct buf *out)
{
    struct str text = text_of(record, "log", "log"), stream = text_of(record, "stream", "stream");
    struct str time = text_of(record, "time", "time");
    if (!json_is_string(json_object_get(record, "log")) || !stream.len || !time.len)
        return false;
    while (text.len && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r'))
        text.len--;
    buf_addf(out, "%.*s %.*s F ", (int)time.len, time.at, (int)stream.len, stream.at);
    buf_add(out, text);
    buf_add_char(out, '\n');
    return true;
}

// Writes the record as lines, one for each line of its message. False: it is none.
static bool
write_lines(const json_t *record, struct buf *out)
{
    char stamp[40];
    struct buf text = {0};
    bool good = stamp_of(record, stamp) && message_of(record, &text);
    struct str host = text_of(record, "_HOSTNAME", "HOSTNAME"), left = buf_str(&text);
    struct str name = text_of(record, "SYSLOG_IDENTIFIER", "_COMM"),
               pid = text_of(record, "_PID", "SYSLOG_PID");
    do {
        const char *end = good && left.len ? memchr(left.at, '\n', left.len) : NULL;
        struct str line = end ? (struct str){left.at, (size_t)(end - left.at)} : left;
        left = end ? str_from(left, line.len + 1) : STR_NONE;
        if (!good)
            break;
        buf_addf(out, "%s ", stamp);
        if (host.len)
            buf_addf(out, "%.*s ", (int)host.len, host.at);
        buf_add(out, name.len ? name : STR("journal"));
        if (pid.len)
            buf_addf(out, "[%.*s]", (int)pid.len, pid.at);
        buf_add(out, STR(": "));
        buf_add(out, line);
        buf_add_char(out, '\n');
    } while (left.len);
    buf_release(&text);
    return good;
}

// What was gathered is a record as a whole, or no record.
static void
finish(struct journal_json *r)
{
    json_error_t error;
    json_t *record = r->record.len ? json_loadb(r->record.at, r->record.len, JSON_ALLOW_NUL, &error) : NULL;
    if (!json_is_object(record) || !(write_lines(record, &r->made) || write_printed(record, &r->made)))
        buf_add(&r->made, buf_str(&r->record));
    json_decref(record);
    buf_clear(&r->record);
}

// Is the record whole with this line? One that is written over several lines ends with a brace that stands
// alone.
static bool
is_whole(const struct journal_json *r, struct str line)
{
    while (line.len && (line.at[line.len - 1] == '\n' || line.at[line.len - 1] == '\r'))
        line.len--;
    bool spread = r->record.len > line.len + 2 || (line.len == 1 && line.at[0] == '{');
    return spread ? line.len == 1 && line.at[0] == '}' : true;
}

void
journal_json_put(struct journal_json *r, struct str bytes, bool last)
{
    if (r->taken == r->made.len) {
        buf_clear(&r->made);
        r->taken = 0;
    }
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
journal_json_get(struct journal_json *r, char *into, size_t room)
{
    size_t left = r->made.len - r->taken, count = left < room ? left : room;
    if (count)
        memcpy(into, r->made.at + r->taken, count);
    r->taken += count;
    return count;
}
