#include "remote/rows.h"

#include "diag/arena.h"
#include "remote/copied.h"
#include "remote/entries.h"
#include "remote/fronts.h"
#include "remote/made.h"
#include "remote/plain.h"

#include <stdlib.h>
#include <strings.h>

enum {
    RECORD_MOST = 1 << 20, // a longer one is taken as it is
    LOOKED_AT = 64 * 1024, // bytes of the start
    LINE_WAITED = 4096,    // a first line that is longer names no columns
    COLUMNS = 200,
    GUESSED_BY = 20,   // rows, where nothing names the columns,
    GUESSED_FROM = 3,  // and so many at least
    GUESSED_MOST = 8,  // of so few columns
    TIME_LONGEST = 40, // bytes
};

enum column { COLUMN_TIME, COLUMN_HOST, COLUMN_NAME, COLUMN_TEXT, COLUMN_KINDS };

struct rows {
    enum rows_form form;
    char separator;
    int column[COLUMN_KINDS]; // of the table, -1: none
    bool named;               // its first record was read
    struct buf record;        // what came of the record at hand
    bool quoted;              // it ends inside of quotes so far
    struct fronts fronts;
    struct folds folds;
    struct copied_flat flat;
    struct entries *entries;
    bool row;                // one of a page's table is open
    char field[COPIED_WORD]; // the first one of the event at hand
    bool begun;
    bool returns;        // lines end with a carriage return alone
    bool wrote;          // a line that may go on
    struct buf value;    // its values without their quotes, or the row of a page,
    size_t end[COLUMNS]; // each up to here
    int values;
    struct made made;
};

// --- tables

static struct str
first_line(struct str s)
{
    return fronts_line(&s);
}

// The separator behind the value that begins at s, or the end of the record; *text is the value without its
// quotes. False: a quote stands where none may.
static bool
read_value(struct str s, char separator, struct buf *text, size_t *length)
{
    size_t at = 0;
    if (separator == '|') { // of a page: nothing is quoted, and a bar of the text has a sign in front
        while (at < s.len && s.at[at] != '|') {
            at += s.at[at] == '\\' && at + 1 < s.len && s.at[at + 1] == '|';
            buf_add_char(text, s.at[at++]);
        }
    } else if (s.len && s.at[0] == '"') {
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
    if (r->separator == '|') { // they stand around the row as well
        record = str_trim(record);
        if (record.len < 2 || record.at[0] != '|' || record.at[record.len - 1] != '|')
            return false;
        record = (struct str){record.at + 1, record.len - 2};
    }
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

static const char separators[] = ",;\t|";

// Takes the columns from the names in the first record. Of a table that is read one holds messages, and
// another tells when or who.
static bool
name_columns(struct rows *r, struct str record)
{
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

// Is it a time and nothing else: words with digits, and of others only names of months, days and zones?
static bool
is_time(struct str s)
{
    bool clock = false;
    for (s = str_trim(s); s.len && s.len <= TIME_LONGEST;) {
        struct str word = {s.at, str_find(s, STR(" "))};
        bool digit = false;
        for (size_t i = 0; i < word.len; i++)
            digit |= word.at[i] >= '0' && word.at[i] <= '9';
        if (!digit && word.len != 3 && !str_eq(word, STR("@")))
            return false;
        clock |= digit && str_find(word, STR(":")) + 6 <= word.len;
        s = str_trim(str_from(s, word.len));
    }
    return clock && !s.len;
}

// A time that a line may begin with: "2024-11-07 04:45:35", "Nov  7 04:45:35", or "Nov 7, 2024 @
// 04:45:35.123", of which comma and sign are left out. False: it is of another form.
static bool
write_time(struct str time, struct buf *out)
{
    time = str_trim(time);
    bool iso = time.len >= 19 && time.at[4] == '-' && time.at[7] == '-' && time.at[13] == ':';
    size_t sign = str_find(time, STR(", ")), clock = str_find(time, STR(" @ "));
    bool month = sign == time.len && time.len >= 15 && time.at[3] == ' ' && is_time(time);
    if (iso || month) {
        buf_add(out, time);
    } else if (sign < clock && clock < time.len) {
        buf_add(out, (struct str){time.at, sign});
        buf_add(out, (struct str){time.at + sign + 1, clock - sign - 1});
        buf_add(out, str_from(time, clock + 2));
    }
    return iso || month || clock < time.len;
}

// A row as lines of a log, one for each of its text: behind time and name of the program, or, where none is
// named, the time and the stream as the runtime of a container writes what was printed, mostly a whole line.
static void
write_row(struct rows *r)
{
    struct str text = str_trim(value_of(r, COLUMN_TEXT)), name = str_trim(value_of(r, COLUMN_NAME)),
               host = str_trim(value_of(r, COLUMN_HOST));
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

// The value of a line that is one in quotes, and no more, as tables, programs and their lists write them: "a
// ""b""", 'a', b"a \"b\"", with a comma behind it. False: it is none; a name in quotes at the start of a line
// is none.
static bool
unquote(struct str line, struct buf *out)
{
    line = str_trim(line);
    line.len -= line.len && line.at[line.len - 1] == ',';
    line = str_from(line, line.len && *line.at == 'b');
    char quote = line.len > 2 ? *line.at : '\0';
    if ((quote != '"' && quote != '\'') || line.at[line.len - 1] != quote)
        return false;
    size_t before = out->len;
    for (size_t i = 1; i + 1 < line.len; i++) {
        char c = line.at[i], next = line.at[i + 1];
        bool last = i + 2 == line.len, twice = c == '"' && next == '"' && !last;
        if (c == '"' && quote == '"' && !twice) {
            out->len = before;
            return false;
        }
        if ((c == '\\' && !last && strchr("\\\"'", next)) || twice)
            buf_add_char(out, line.at[++i]);
        else if (c == '\\' && next == 'n' && i + 3 == line.len) // the end of the line
            i++;
        else
            buf_add_char(out, c);
    }
    return true;
}

static bool
is_quoted(struct str line)
{
    struct buf text = {0};
    bool whole = unquote(line, &text);
    buf_release(&text);
    return whole;
}

// Takes the columns from what the first rows hold, where nothing names them: as many values in each, one of
// the first two a time, and the longest one the text.
static bool
guess_columns(struct rows *r, struct str start)
{
    for (const char *c = separators; *c; c++) {
        size_t rows = 0, good = 0, length[GUESSED_MOST] = {0}, times[2] = {0};
        int count = 0;
        r->separator = *c;
        for (struct str rest = start; rest.len && rows < GUESSED_BY;) {
            bool whole = memchr(rest.at, '\n', rest.len) || !rows;
            struct str line = fronts_line(&rest);
            if (!line.len || !whole)
                continue;
            rows++;
            if (!read_values(r, line) || r->values < 2 || r->values > GUESSED_MOST)
                continue;
            count = count ? count : r->values;
            good += r->values == count;
            for (int n = 0; n < r->values && r->values == count; n++) {
                size_t from = n ? r->end[n - 1] : 0;
                length[n] += r->end[n] - from;
                if (n < 2)
                    times[n] += is_time((struct str){r->value.at + from, r->end[n] - from});
            }
        }
        int time = times[0] >= times[1] ? 0 : 1, text = time + 1;
        if (good < GUESSED_FROM || good + 2 < rows || times[time] + 2 < rows || times[time] < GUESSED_FROM)
            continue;
        for (int n = text; n < count; n++)
            text = length[n] > length[text] ? n : text;
        for (int kind = 0; kind < COLUMN_KINDS; kind++)
            r->column[kind] = -1;
        r->column[COLUMN_TIME] = time;
        r->column[COLUMN_TEXT] = text;
        return text < count;
    }
    return false;
}

// A table without names begins with a row of its own.
static void
begin(struct rows *r, struct str start)
{
    if (start.len > LOOKED_AT)
        start.len = LOOKED_AT;
    r->begun = true;
    if (r->form == ROWS_TABLE)
        r->named = !name_columns(r, first_line(start)) && guess_columns(r, start);
    else if (r->form == ROWS_FRONTS)
        fronts_learn(&r->fronts, start);
    else if (r->form == ROWS_FOLDED)
        folds_learn(&r->folds, start);
    else if (r->form == ROWS_FLAT)
        copied_flat_learn(&r->flat, start);
    r->returns = r->form == ROWS_CODES && !memchr(start.at, '\n', start.len);
}

static void
take_row(struct rows *r, struct str record)
{
    bool names = !r->named;
    r->named = true;
    if (names || !read_values(r, record))
        buf_add(&r->made.text, record);
    else
        write_row(r);
}

// --- what it is

// Lines that end with a carriage return alone.
static bool
has_returns(struct str start)
{
    const char *first = start.len ? memchr(start.at, '\r', start.len) : NULL;
    return first && !memchr(start.at, '\n', start.len) &&
           memchr(first + 1, '\r', (size_t)(start.at + start.len - first - 1));
}

static bool
is_table(struct str start, struct str line)
{
    struct rows r = {0};
    bool table = line.len < LINE_WAITED && (name_columns(&r, line) || guess_columns(&r, start));
    buf_release(&r.value);
    return table;
}

enum rows_form
rows_detect(struct str start, bool last, enum rows_form after)
{
    if (start.len > LOOKED_AT)
        start.len = LOOKED_AT;
    // Only the names of columns and a quote are worth waiting for the rest of their line.
    bool ended = last || start.len >= LINE_WAITED || (start.len && memchr(start.at, '\n', start.len));
    bool table_like = start.len && (strchr("\"|'b", *start.at) || memchr(start.at, ',', start.len) ||
                                    memchr(start.at, ';', start.len) || memchr(start.at, '\t', start.len));
    if (!ended && table_like)
        return ROWS_UNSURE;
    struct str line = {start.at, str_find(start, STR("\n"))};
    struct fronts fronts;
    struct folds folds;
    struct copied_flat flat;
    if (after < ROWS_CODES && (plain_has_codes(start) || has_returns(start)))
        return ROWS_CODES;
    if (after < ROWS_MAIL && plain_is_mail(start))
        return ROWS_MAIL;
    line.len -= line.len && line.at[line.len - 1] == '\r';
    if (after < ROWS_ENTRIES && entries_learn(start))
        return ROWS_ENTRIES;
    if (after < ROWS_TABLE && table_like && is_table(start, line))
        return ROWS_TABLE;
    if (after < ROWS_QUOTED && is_quoted(line))
        return ROWS_QUOTED;
    if (after < ROWS_PAGE && plain_is_page(start))
        return ROWS_PAGE;
    if (after < ROWS_FLAT && copied_flat_learn(&flat, start))
        return ROWS_FLAT;
    if (after < ROWS_FRONTS && fronts_learn(&fronts, start))
        return ROWS_FRONTS;
    if (after < ROWS_FOLDED && folds_learn(&folds, start))
        return ROWS_FOLDED;
    return after < ROWS_FIELDS && copied_is_fields(start) ? ROWS_FIELDS : ROWS_NONE;
}

// --- bytes in, lines out

struct rows *
rows_new(enum rows_form form)
{
    struct rows *r = mem_new(sizeof *r);
    r->form = form;
    r->entries = form == ROWS_ENTRIES ? entries_new() : NULL;
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
    entries_free(r->entries);
    free(r);
}

// The end of a line is written when the next one does not go on with it.
static void
take_folded(struct rows *r, struct str record)
{
    if (folds_go_on(&r->folds, record)) {
        if (r->folds.blank)
            buf_add_char(&r->made.text, ' ');
        if (!r->folds.hard && !r->folds.console)
            record = str_trim(record);
    } else if (r->wrote) {
        buf_add_char(&r->made.text, '\n');
    }
    r->wrote = true;
    buf_add(&r->made.text, record);
}

// Each line that was run together with the one before gets an end.
static void
take_flat(struct rows *r, struct str record)
{
    for (size_t at; record.len; record = str_from(record, at)) {
        at = copied_flat_next(&r->flat, record);
        buf_add(&r->made.text, at < record.len ? str_trim((struct str){record.at, at}) : record);
        if (at < record.len)
            buf_add_char(&r->made.text, '\n');
    }
}

static void
take_field(struct rows *r, struct str record)
{
    struct str row = str_trim(record);
    if (!row.len) {
        r->field[0] = '\0'; // the next event begins
        return;
    }
    bool opens = copied_opens_event(row, r->field);
    if (r->wrote)
        buf_add_char(&r->made.text, opens ? '\n' : ' ');
    r->wrote = true;
    buf_add(&r->made.text, row);
}

// A row of a table may stand on several lines. True: the line has its end, or none yet.
static bool
take_page(struct rows *r, struct str record)
{
    plain_page(record, &r->value, &r->row);
    struct str text = buf_str(&r->value);
    if (r->row && text.len < LINE_WAITED)
        return true;
    r->row = false;
    buf_add(&r->made.text, text);
    bool ended = text.len && text.at[text.len - 1] == '\n';
    buf_clear(&r->value);
    return ended;
}

static void
finish(struct rows *r)
{
    struct str record = buf_str(&r->record), whole = record;
    bool ended = record.len && record.at[record.len - 1] == '\n', goes_on = false;
    record.len -= ended;
    record.len -= record.len && record.at[record.len - 1] == '\r';
    switch (r->form) {
    case ROWS_CODES:
        plain_codes(record, &r->made.text);
        break;
    case ROWS_MAIL:
        plain_mail(record, &r->made.text, &goes_on);
        break;
    case ROWS_ENTRIES: // a value may hold bytes that only look like the end of a line
        entries_row(r->entries, whole, &r->made.text);
        goes_on = true;
        break;
    case ROWS_PAGE:
        goes_on = take_page(r, record);
        break;
    case ROWS_FRONTS:
        buf_add(&r->made.text, fronts_off(&r->fronts, record));
        break;
    case ROWS_FOLDED:
        take_folded(r, record);
        goes_on = true;
        break;
    case ROWS_FLAT:
        take_flat(r, record);
        break;
    case ROWS_FIELDS:
        take_field(r, record);
        goes_on = true;
        break;
    case ROWS_QUOTED:
        if (!unquote(record, &r->made.text))
            buf_add(&r->made.text, record);
        break;
    default:
        take_row(r, record);
    }
    if (ended && !goes_on)
        buf_add_char(&r->made.text, '\n');
    buf_clear(&r->record);
    r->quoted = false;
}

void
rows_put(struct rows *r, struct str bytes, bool last)
{
    made_begin(&r->made);
    if (!r->begun && bytes.len)
        begin(r, bytes);
    while (bytes.len) {
        const char *end = memchr(bytes.at, r->returns ? '\r' : '\n', bytes.len);
        struct str part = end ? (struct str){bytes.at, (size_t)(end + 1 - bytes.at)} : bytes;
        buf_add(&r->record, part);
        if (r->returns && end)
            r->record.at[r->record.len - 1] = '\n';
        bytes = str_from(bytes, part.len);
        for (size_t i = 0; r->form == ROWS_TABLE && i < part.len; i++) // a value may have line ends in it
            r->quoted ^= part.at[i] == '"';
        if ((end && !r->quoted) || r->record.len > RECORD_MOST)
            finish(r);
    }
    if (last && r->record.len)
        finish(r);
    if (last && r->row)
        buf_add(&r->made.text, buf_str(&r->value));
    if (last && r->entries)
        entries_end(r->entries, &r->made.text);
    if (last && r->wrote)
        buf_add_char(&r->made.text, '\n');
    r->wrote &= !last;
}

size_t
rows_get(struct rows *r, char *into, size_t room)
{
    return made_get(&r->made, into, room);
}

bool
rows_whole(struct str text, struct buf *out)
{
    struct buf made = {0};
    bool any = false;
    for (enum rows_form form = ROWS_NONE; (form = rows_detect(text, true, form)) != ROWS_NONE; any = true) {
        struct rows *r = rows_new(form);
        rows_put(r, text, true);
        struct buf before = made;
        made = r->made.text;
        r->made.text = before;
        text = buf_str(&made);
        rows_free(r);
    }
    if (any)
        buf_add(out, text);
    buf_release(&made);
    return any;
}
