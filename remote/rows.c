#include "remote/rows.h"

#include "diag/arena.h"
#include "remote/made.h"

#include <stdlib.h>
#include <strings.h>

enum {
    RECORD_MOST = 1 << 20, // a longer one is taken as it is
    LOOKED_AT = 64 * 1024, // bytes of the start
    LINE_WAITED = 4096,    // a first line that is longer names no columns
    COLUMNS = 200,
    MARKED_OF = 4, // a page: one line of so many at least has marks that may have come into it otherwise,
    SURELY = 5,    // or so many times fewer that have others
};

enum column { COLUMN_TIME, COLUMN_HOST, COLUMN_NAME, COLUMN_TEXT, COLUMN_KINDS };

struct rows {
    enum rows_form form;
    char separator;
    int column[COLUMN_KINDS]; // of the table, -1: none
    bool named;               // its first record was read
    struct buf record;        // what came of the record at hand
    bool quoted;              // it ends inside of quotes so far
    struct buf value;         // its values without their quotes,
    size_t end[COLUMNS];      // each up to here
    int values;
    struct made made;
};

// --- tables

static struct str
first_line(struct str s)
{
    const char *end = s.len ? memchr(s.at, '\n', s.len) : NULL;
    s.len = end ? (size_t)(end - s.at) : s.len;
    s.len -= s.len && s.at[s.len - 1] == '\r';
    return s;
}

// The separator behind the value that begins at s, or the end of the record; *text is the value without its
// quotes. False: a quote stands where none may.
static bool
read_value(struct str s, char separator, struct buf *text, size_t *length)
{
    size_t at = 0;
    if (s.len && s.at[0] == '"') {
        for (at = 1; at < s.len; at++) {
            if (s.at[at] == '"' && (at + 1 == s.len || s.at[at + 1] != '"'))
                break;
            at += s.at[at] == '"';
            buf_add_char(text, s.at[at]);
        }
        if (at++ >= s.len || (at < s.len && s.at[at] != separator))
            return false;
    } else {
        while (at < s.len && s.at[at] != separator)
            buf_add_char(text, s.at[at++]);
    }
    *length = at;
    return true;
}

static bool
read_values(struct rows *r, struct str record)
{
    buf_clear(&r->value);
    r->values = 0;
    for (;;) {
        size_t length;
        if (r->values == COLUMNS || !read_value(record, r->separator, &r->value, &length))
            return false;
        r->end[r->values++] = r->value.len;
        if (length == record.len)
            return true;
        record = str_from(record, length + 1);
    }
}

static struct str
value_of(const struct rows *r, enum column kind)
{
    int n = r->column[kind];
    if (n < 0 || n >= r->values)
        return STR_NONE;
    size_t from = n ? r->end[n - 1] : 0;
    return (struct str){r->value.at + from, r->end[n] - from};
}

// Which kind of column is called so? As collectors of logs name them; COLUMN_KINDS: none that is wanted.
static enum column
kind_of(struct str name)
{
    static const char *const names[COLUMN_KINDS][12] = {
        [COLUMN_TIME] = {"@timestamp", "timestamp", "time", "_time", "ts", "date", "datetime",
                         "timegenerated [utc]", "timegenerated", "eventtime"},
        [COLUMN_HOST] = {"host", "hostname", "host.name", "host.hostname", "source", "computer"},
        [COLUMN_NAME] = {"program", "appname", "app_name", "ident", "process", "process.name", "processname",
                         "syslog_identifier", "application_name", "tag"},
        [COLUMN_TEXT] = {"message", "@message", "msg", "log", "line", "short_message", "_raw",
                         "syslogmessage", "rawmessage", "raw", "text"},
    };
    for (int kind = 0; kind < COLUMN_KINDS; kind++)
        for (const char *const *n = names[kind]; n < names[kind] + 12 && *n; n++)
            if (name.len == strlen(*n) && strncasecmp(*n, name.at, name.len) == 0)
                return (enum column)kind;
    return COLUMN_KINDS;
}

// Takes the columns from the names in the first record. Of a table that is read one holds messages, and
// another tells when or who.
static bool
name_columns(struct rows *r, struct str record)
{
    static const char separators[] = ",;\t";
    if (str_starts(record, STR("\xEF\xBB\xBF")))
        record = str_from(record, 3);
    for (const char *c = separators; *c; c++) {
        r->separator = *c;
        for (int kind = 0; kind < COLUMN_KINDS; kind++)
            r->column[kind] = -1;
        if (!read_values(r, record) || r->values < 2)
            continue;
        for (int n = 0; n < r->values; n++) {
            size_t from = n ? r->end[n - 1] : 0;
            enum column kind = kind_of(str_trim((struct str){r->value.at + from, r->end[n] - from}));
            if (kind != COLUMN_KINDS && r->column[kind] < 0)
                r->column[kind] = n;
        }
        bool beside =
            r->column[COLUMN_TIME] >= 0 || r->column[COLUMN_HOST] >= 0 || r->column[COLUMN_NAME] >= 0;
        if (r->column[COLUMN_TEXT] >= 0 && beside)
            return true;
    }
    return false;
}

// A time that a line may begin with: "2024-11-07 04:45:35", or "Nov 7, 2024 @ 04:45:35.123", of which comma
// and sign are left out. False: it is of another form.
static bool
write_time(struct str time, struct buf *out)
{
    bool iso = time.len >= 19 && time.at[4] == '-' && time.at[7] == '-' && time.at[13] == ':';
    size_t sign = str_find(time, STR(", ")), clock = str_find(time, STR(" @ "));
    if (iso) {
        buf_add(out, time);
    } else if (sign < clock && clock < time.len) {
        buf_add(out, (struct str){time.at, sign});
        buf_add(out, (struct str){time.at + sign + 1, clock - sign - 1});
        buf_add(out, str_from(time, clock + 2));
    }
    return iso || clock < time.len;
}

// A row as lines of a log, one for each of its text: behind time and name of the program, or, where none is
// named, the time and the stream as the runtime of a container writes what was printed, mostly a whole line.
static void
write_row(struct rows *r)
{
    struct str text = str_trim(value_of(r, COLUMN_TEXT)), name = value_of(r, COLUMN_NAME),
               host = value_of(r, COLUMN_HOST);
    struct buf head = {0};
    if (write_time(value_of(r, COLUMN_TIME), &head)) {
        if (name.len && host.len)
            buf_addf(&head, " %.*s", STR_ARG(host));
        if (name.len)
            buf_addf(&head, " %.*s: ", STR_ARG(name));
        else
            buf_add(&head, STR(" stdout F "));
    }
    for (bool first = true; first || text.len; first = false) {
        struct str line = first_line(text);
        size_t end = str_find(text, STR("\n"));
        text = str_from(text, end < text.len ? end + 1 : text.len);
        if (!first)
            buf_add_char(&r->made.text, '\n');
        buf_add(&r->made.text, buf_str(&head));
        buf_add(&r->made.text, line);
    }
    buf_release(&head);
}

static void
take_row(struct rows *r, struct str record)
{
    bool names = !r->named && r->form == ROWS_TABLE;
    if (names)
        name_columns(r, record);
    if (!r->named && !names) {
        r->separator = '\0';
        memset(r->column, -1, sizeof r->column);
        r->column[COLUMN_TEXT] = 0;
    }
    r->named = true;
    if (names || !read_values(r, record))
        buf_add(&r->made.text, record);
    else
        write_row(r);
}

// --- pages

static const struct {
    const char *written, *meant;
    int tells; // that it is a page; 0: nothing, for logs have it as well
} marks[] = {
    {"&quot;", "\"", SURELY},  {"&#x22;", "\"", SURELY},  {"&#x27;", "'", SURELY},
    {"&#34;", "\"", SURELY},   {"&#39;", "'", SURELY},    {"&apos;", "'", SURELY},
    {"&lt;", "<", SURELY},     {"&gt;", ">", SURELY},     {"&nbsp;", " ", SURELY},
    {"&amp;", "&", 0},         {"<br>", "", 0},           {"<br/>", "", 0},
    {"<br />", "", 0},         {"\\\"", "\"", 1},         {"\\[", "[", 1},
    {"\\]", "]", 1},           {"\\_", "_", 0},           {"\\*", "*", 0},
    {"\\#", "#", 0},           {"\xE2\x80\x9C", "\"", 1}, // typographic quotes
    {"\xE2\x80\x9D", "\"", 1}, {"\xE2\x80\x9E", "\"", 1}, {"\xE2\x80\x98", "'", 0},
    {"\xE2\x80\x99", "'", 0},
};

enum { MARKS = sizeof marks / sizeof *marks };

// The mark that begins here, or -1.
static int
mark_at(struct str s)
{
    if (!s.len || !strchr("&<\\\xE2", s.at[0]))
        return -1;
    for (int i = 0; i < MARKS; i++)
        if (str_starts(s, str_of(marks[i].written)))
            return i;
    return -1;
}

// The length of an element's mark that begins here (<span style="...">, </code>), or 0. Logs write names in
// such brackets as well, but none of these.
static size_t
element_at(struct str s)
{
    static const char *const names[] = {"span", "code", "pre", "font", "strong",
                                        "em",   "div",  "td",  "tr",   "li"};
    if (s.len < 2 || s.at[0] != '<')
        return 0;
    struct str rest = str_from(s, s.at[1] == '/' ? 2 : 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str name = str_of(names[i]);
        if (!str_starts(rest, name) || rest.len == name.len)
            continue;
        struct str behind = str_from(rest, name.len);
        const char *end = memchr(behind.at, '>', behind.len);
        if (end && (end == behind.at || behind.at[0] == ' '))
            return (size_t)(end + 1 - s.at);
    }
    return 0;
}

static void
write_plain(struct rows *r, struct str line)
{
    while (line.len) {
        int mark = mark_at(line);
        size_t element = element_at(line);
        if (mark >= 0)
            buf_add(&r->made.text, str_of(marks[mark].meant));
        else if (!element)
            buf_add_char(&r->made.text, line.at[0]);
        line = str_from(line, mark >= 0 ? strlen(marks[mark].written) : element ? element : 1);
    }
}

static int
tells_page(struct str line)
{
    int most = 0;
    for (; line.len; line = str_from(line, 1)) {
        int mark = mark_at(line);
        if (element_at(line))
            most = SURELY;
        else if (mark >= 0 && marks[mark].tells > most)
            most = marks[mark].tells;
    }
    return most;
}

// --- what it is

// Is the line one value in quotes, and no more? A name in quotes at the start of a line is none.
static bool
is_quoted(struct str line)
{
    struct buf text = {0};
    size_t length;
    bool whole =
        line.len > 2 && line.at[0] == '"' && read_value(line, '\0', &text, &length) && length == line.len;
    buf_release(&text);
    return whole;
}

static bool
is_page(struct str start)
{
    size_t lines = 0, told = 0;
    while (start.len) {
        struct str line = first_line(start);
        const char *end = memchr(start.at, '\n', start.len);
        start = end ? str_from(start, (size_t)(end + 1 - start.at)) : STR_NONE;
        lines += str_trim(line).len > 0;
        told += (size_t)tells_page(line);
    }
    return told && told * MARKED_OF >= lines;
}

enum rows_form
rows_detect(struct str start, bool last)
{
    if (start.len > LOOKED_AT)
        start.len = LOOKED_AT;
    // Only the names of columns and a quote are worth waiting for the rest of their line.
    bool ended = last || start.len >= LINE_WAITED || (start.len && memchr(start.at, '\n', start.len));
    bool table_like = start.len && (*start.at == '"' || memchr(start.at, ',', start.len) ||
                                    memchr(start.at, ';', start.len) || memchr(start.at, '\t', start.len));
    if (!ended && table_like)
        return ROWS_UNSURE;
    struct rows r = {0};
    struct str line = first_line(start);
    bool table = line.len < LINE_WAITED && name_columns(&r, line);
    buf_release(&r.value);
    return table ? ROWS_TABLE : is_quoted(line) ? ROWS_QUOTED : is_page(start) ? ROWS_PAGE : ROWS_NONE;
}

// --- bytes in, lines out

struct rows *
rows_new(enum rows_form form)
{
    struct rows *r = mem_new(sizeof *r);
    r->form = form;
    return r;
}

void
rows_free(struct rows *r)
{
    if (!r)
        return;
    buf_release(&r->record);
    buf_release(&r->value);
    buf_release(&r->made.text);
    free(r);
}

static void
finish(struct rows *r)
{
    struct str record = buf_str(&r->record);
    bool ended = record.len && record.at[record.len - 1] == '\n';
    record.len -= ended;
    record.len -= record.len && record.at[record.len - 1] == '\r';
    if (r->form == ROWS_PAGE)
        write_plain(r, record);
    else
        take_row(r, record);
    if (ended)
        buf_add_char(&r->made.text, '\n');
    buf_clear(&r->record);
    r->quoted = false;
}

void
rows_put(struct rows *r, struct str bytes, bool last)
{
    made_begin(&r->made);
    while (bytes.len) {
        const char *end = memchr(bytes.at, '\n', bytes.len);
        struct str part = end ? (struct str){bytes.at, (size_t)(end + 1 - bytes.at)} : bytes;
        buf_add(&r->record, part);
        bytes = str_from(bytes, part.len);
        for (size_t i = 0; r->form == ROWS_TABLE && i < part.len; i++) // a value may have line ends in it
            r->quoted ^= part.at[i] == '"';
        if ((end && !r->quoted) || r->record.len > RECORD_MOST)
            finish(r);
    }
    if (last && r->record.len)
        finish(r);
}

size_t
rows_get(struct rows *r, char *into, size_t room)
{
    return made_get(&r->made, into, room);
}

bool
rows_whole(struct str text, struct buf *out)
{
    enum rows_form form = rows_detect(text, true);
    struct rows *r = form == ROWS_NONE ? NULL : rows_new(form);
    if (!r)
        return false;
    rows_put(r, text, true);
    buf_add(out, buf_str(&r->made.text));
    rows_free(r);
    return true;
}
