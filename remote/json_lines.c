#include "remote/json_lines.h"

#include "diag/arena.h"
#include "remote/made.h"

#include <jansson.h>
#include <stdlib.h>
#include <time.h>

enum {
    RECORD_MOST = 32 << 20, // a longer record passes as it is
    LEVELS = 64,            // of brackets in brackets
    NESTED = 8,             // of records in what an interface answers
};

struct json_lines {
    struct buf line;   // what came of the line at hand
    struct buf record; // the lines of the record at hand
    int level;         // of brackets that are open at its end; a list of records around all of it is none
    uint64_t objects;  // which of them are of objects
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
    buf_release(&r->line);
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
    static const char *const names[] = {"@timestamp", "timestamp", "time", "_time", "ts", "date", NULL};
    struct str text = text_of(record, names);
    uint64_t nanos;
    if (str_number(text, &nanos)) // since 1970
        return write_stamp(nanos / 1000, out);
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

// What a daemon that serves many keeps apart from its text: the thread, the part of it that speaks, and the
// SA that is spoken of, as its plain lines have them in front.
static bool
write_speaker(const json_t *record, struct buf *out)
{
    struct str group = TEXT_OF(record, "group", "GROUP"), thread = TEXT_OF(record, "THREAD");
    const json_t *number = json_object_get(record, "thread");
    if (!group.len || (!thread.len && !json_is_integer(number)))
        return false;
    if (thread.len)
        buf_addf(out, "%s%.*s", thread.len < 2 ? "0" : "", STR_ARG(thread));
    else
        buf_addf(out, "%02d", (int)json_integer_value(number));
    buf_addf(out, "[%.*s] ", STR_ARG(group));
    struct str name = TEXT_OF(record, "ikesa-name", "IKE_SA_NAME");
    struct str unique = TEXT_OF(record, "ikesa-uniqueid", "IKE_SA_UNIQUE_ID");
    if (unique.len)
        buf_addf(out, "<%.*s%s%.*s> ", STR_ARG(name), name.len ? "|" : "", STR_ARG(unique));
    return true;
}

// The head of a record of a journal, and its text. False: it is none.
static bool
read_journal(const json_t *record, struct buf *head, struct buf *text)
{
    uint64_t micros;
    struct str time = TEXT_OF(record, "__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP");
    bool counted = str_number(time, &micros) && write_stamp(micros, head);
    if (!message_of(record, text))
        return false;
    if (!counted)
        buf_add(head, time);
    struct str host = TEXT_OF(record, "_HOSTNAME", "HOSTNAME"), pid = TEXT_OF(record, "_PID", "SYSLOG_PID");
    struct str name = TEXT_OF(record, "SYSLOG_IDENTIFIER", "_COMM");
    if (host.len && name.len)
        buf_addf(head, "%s%.*s", head->len ? " " : "", STR_ARG(host));
    if (name.len)
        buf_addf(head, "%s%.*s", head->len ? " " : "", STR_ARG(name));
    else if (head->len)
        buf_add(head, STR(" stdout F "));
    if (name.len && pid.len)
        buf_addf(head, "[%.*s]", STR_ARG(pid));
    if (name.len)
        buf_add(head, STR(": "));
    (void)write_speaker(record, head);
    return true;
}

// A record that a daemon itself wrote.
static bool
read_own(const json_t *record, struct buf *head, struct buf *text)
{
    struct str said = TEXT_OF(record, "msg");
    if (!said.at)
        return false;
    if (write_time(record, head))
        buf_add_char(head, ' ');
    buf_add(text, said);
    return write_speaker(record, head);
}

// A line as it came over the network has its facility and level in front, "<166>", behind which it begins.
static struct str
behind_priority(struct str said)
{
    size_t digits = 0;
    while (1 + digits < said.len && said.at[1 + digits] >= '0' && said.at[1 + digits] <= '9')
        digits++;
    bool is_one = said.len && said.at[0] == '<' && digits && digits <= 3 && 1 + digits < said.len &&
                  said.at[1 + digits] == '>';
    return is_one ? str_from(said, 2 + digits) : said;
}

// What stands in front of a record that a collector of logs or the runtime of a container kept: program and
// host. Where no program is named the text is what that printed, mostly a whole line, and stands behind the
// time and the stream as other runtimes write it; without a time nothing does.
static void
write_origin(const json_t *record, struct buf *head)
{
    struct str name = TEXT_OF(record, "program", "_program", "appname", "app_name", "ident", "process");
    struct str host = TEXT_OF(record, "host", "hostname"), stream = TEXT_OF(record, "stream");
    bool timed = head->len > 0;
    if (name.len && host.len && timed)
        buf_addf(head, " %.*s", STR_ARG(host));
    if (name.len)
        buf_addf(head, "%s%.*s: ", timed ? " " : "", STR_ARG(name));
    else if (timed)
        buf_addf(head, " %.*s F ", STR_ARG(stream.len ? stream : STR("stdout")));
}

// The same of such a record; its time may be that of what it lies in. timeless: it may have none.
static bool
read_collected(const json_t *record, struct str above, bool timeless, struct buf *head, struct buf *text)
{
    struct str said =
        TEXT_OF(record, "message", "msg", "log", "line", "short_message", "_raw", "textPayload");
    if (!said.at || (!write_time(record, head) && !above.len && !timeless))
        return false;
    if (!head->len)
        buf_add(head, above);
    write_origin(record, head);
    buf_add(text, behind_priority(said));
    return true;
}

// A record that is one itself, whoever wrote it.
static bool
read_record(const json_t *record, struct str above, bool timeless, struct buf *out)
{
    struct buf head = {0}, text = {0};
    bool good = json_is_object(record) && read_journal(record, &head, &text);
    if (!good && json_is_object(record)) {
        buf_clear(&head);
        buf_clear(&text);
        good = read_own(record, &head, &text);
    }
    if (!good && json_is_object(record)) {
        buf_clear(&head);
        buf_clear(&text);
        good = read_collected(record, above, timeless, &head, &text);
    }
    if (good)
        write_lines(buf_str(&head), buf_str(&text), out);
    buf_release(&head);
    buf_release(&text);
    return good;
}

static bool read_nested(const json_t *value, int level, struct str above, struct buf *out);

// What lies in a list or an object.
static bool
read_inner(const json_t *value, int level, struct str above, struct buf *out)
{
    bool good = false;
    size_t at;
    const char *key;
    const json_t *inner;
    json_array_foreach(value, at, inner)
    {
        if (json_is_string(inner))
            write_lines(STR_NONE, (struct str){json_string_value(inner), json_string_length(inner)}, out);
        good |= json_is_string(inner) || read_nested(inner, level, above, out);
    }
    json_object_foreach((json_t *)(uintptr_t)value, key, inner)
    {
        if (json_is_object(inner) || json_is_array(inner))
            good |= read_nested(inner, level, above, out);
    }
    return good;
}

// Records of a log, or a list of lines, that lie in what an interface or another program wrapped around them.
// above: the time of that. False: there are none.
static bool
read_nested(const json_t *value, int level, struct str above, struct buf *out)
{
    if (read_record(value, above, false, out))
        return true;
    if (level == NESTED)
        return false;
    struct buf time = {0};
    // "[nanoseconds, line]"
    uint64_t nanos;
    const json_t *line = json_array_size(value) >= 2 ? json_array_get(value, 1) : NULL;
    const char *since = line ? json_string_value(json_array_get(value, 0)) : NULL;
    bool good = since && json_is_string(line) && str_number(str_of(since), &nanos) &&
                write_stamp(nanos / 1000, &time);
    if (good) {
        buf_add(&time, STR(" stdout F "));
        write_lines(buf_str(&time), (struct str){json_string_value(line), json_string_length(line)}, out);
    } else {
        bool own = json_is_object(value) && write_time(value, &time);
        good = read_inner(value, level + 1, own ? buf_str(&time) : above, out) ||
               read_record(value, above, true, out);
    }
    buf_release(&time);
    return good;
}

void
json_lines_entry(const json_t *entry, struct buf *out)
{
    struct buf head = {0}, text = {0};
    if (read_journal(entry, &head, &text))
        write_lines(buf_str(&head), buf_str(&text), out);
    buf_release(&head);
    buf_release(&text);
}

// What was gathered is a record as a whole, or no record.
static void
finish(struct json_lines *r)
{
    json_error_t error;
    struct str record = str_trim(buf_str(&r->record));
    record.len -= record.len && record.at[record.len - 1] == ','; // of a list
    json_t *value =
        record.len ? json_loadb(record.at, record.len, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error) : NULL;
    size_t before = r->made.text.len;
    if (json_is_string(value)) {
        write_lines(STR_NONE, (struct str){json_string_value(value), json_string_length(value)},
                    &r->made.text);
    } else if (!value || !read_nested(value, 0, STR_NONE, &r->made.text)) {
        r->made.text.len = before;
        buf_add(&r->made.text, buf_str(&r->record));
    }
    json_decref(value);
    buf_clear(&r->record);
    r->level = 0;
}

// Follows the brackets of a line. False: it is broken, for text does not go on behind the end of a line.
static bool
follow(struct json_lines *r, struct str line)
{
    bool text = false;
    for (size_t i = 0; i < line.len; i++) {
        char c = line.at[i];
        if (text) {
            i += c == '\\';
            text = c != '"';
        } else if (c == '"') {
            text = true;
        } else if (c == '{' || c == '[') {
            if (r->level == LEVELS)
                return false;
            r->objects = r->objects << 1 | (c == '{');
            r->level++;
        } else if (c == '}' || c == ']') {
            if (r->level == 0)
                return false;
            r->objects >>= 1;
            r->level--;
        }
    }
    return !text;
}

// The bracket of a list around all records, alone in its line.
static bool
is_list_bracket(const struct json_lines *r, struct str line)
{
    line = str_trim(line);
    return r->level == 0 && (str_eq(line, STR("[")) || str_eq(line, STR("]")));
}

static void
take_line(struct json_lines *r, struct str line)
{
    if (is_list_bracket(r, line))
        return;
    // No object goes on with a line that begins another one: the one at hand was cut.
    if (r->level && r->objects & 1 && str_starts(line, STR("{\"")))
        finish(r);
    buf_add(&r->record, line);
    if (!follow(r, line) || r->level == 0 || r->record.len > RECORD_MOST)
        finish(r);
}

void
json_lines_put(struct json_lines *r, struct str bytes, bool last)
{
    made_begin(&r->made);
    while (bytes.len) {
        const char *end = memchr(bytes.at, '\n', bytes.len);
        struct str part = end ? (struct str){bytes.at, (size_t)(end + 1 - bytes.at)} : bytes;
        bytes = str_from(bytes, part.len);
        buf_add(&r->line, part);
        if (!end && r->line.len < RECORD_MOST)
            break;
        take_line(r, buf_str(&r->line));
        buf_clear(&r->line);
    }
    if (!last)
        return;
    if (r->line.len)
        take_line(r, buf_str(&r->line));
    buf_clear(&r->line);
    if (r->record.len)
        finish(r);
}

size_t
json_lines_get(struct json_lines *r, char *into, size_t room)
{
    return made_get(&r->made, into, room);
}
