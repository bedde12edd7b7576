#include "remote/plain.h"

#include "remote/fronts.h"

#include <strings.h>

enum {
    MARKED_OF = 4, // a page: one line of so many at least has marks that may have come into it otherwise,
    SURELY = 5,    // or so many times fewer that have others
    TAG_MOST = 400,
    MAIL_WIDTH = 76,   // RFC 2045 section 6.7
    MAIL_GOES_ON = 10, // in a mail one line of so many at least
};

static const struct {
    const char *written, *meant;
    int tells; // that it is a page; 0: nothing, for logs have it as well
} marks[] = {
    {"&quot;", "\"", SURELY},  {"&#x22;", "\"", SURELY},  {"&#x27;", "'", SURELY},  {"&#34;", "\"", SURELY},
    {"&#39;", "'", SURELY},    {"&apos;", "'", SURELY},   {"&lt;", "<", SURELY},    {"&gt;", ">", SURELY},
    {"&#91;", "[", SURELY},    {"&#93;", "]", SURELY},    {"&nbsp;", " ", SURELY},  {"&amp;", "&", 0},
    {"\\\"", "\"", 1},         {"\\[", "[", 1},           {"\\]", "]", 1},          {"\\_", "_", 0},
    {"\\*", "*", 0},           {"\\#", "#", 0},           {"\\r\\n", "\n", 1},      {"\\n", "\n", 1},
    {"\xE2\x80\x9C", "\"", 1}, // typographic quotes
    {"\xE2\x80\x9D", "\"", 1}, {"\xE2\x80\x9E", "\"", 1}, {"\xE2\x80\x98", "'", 0}, {"\xE2\x80\x99", "'", 0},
};

// Of a page's tags; meant: what stands in their place.
static const struct {
    const char *name, *meant;
} tags[] = {
    {"br", "\n"},  {"p", "\n"},   {"div", "\n"}, {"tr", "\n"},       {"li", "\n"}, {"pre", "\n"},
    {"td", "\t"},  {"th", "\t"},  {"span", ""},  {"code", ""},       {"b", ""},    {"strong", ""},
    {"i", ""},     {"em", ""},    {"font", ""},  {"a", ""},          {"ul", ""},   {"ol", ""},
    {"table", ""}, {"tbody", ""}, {"thead", ""}, {"html", ""},       {"body", ""}, {"head", ""},
    {"u", ""},     {"tt", ""},    {"mark", ""},  {"textarea", "\n"},
};

enum { MARKS = sizeof marks / sizeof *marks, TAGS = sizeof tags / sizeof *tags };

// The mark that begins here, or -1.
static int
mark_at(struct str s)
{
    if (!s.len || !strchr("&\\\xE2", s.at[0]))
        return -1;
    for (int i = 0; i < MARKS; i++)
        if (str_starts(s, str_of(marks[i].written)))
            return i;
    return -1;
}

static bool
is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

// "<span class=x>", "</span>": its length, or 0. *tells as of marks: a name alone in brackets is met in logs.
static size_t
tag_at(struct str s, const char **meant, int *tells)
{
    if (s.len < 3 || s.at[0] != '<')
        return 0;
    bool closes = s.at[1] == '/';
    size_t from = 1 + closes, p = from;
    while (p < s.len && is_letter(s.at[p]))
        p++;
    struct str name = {s.at + from, p - from}, rest = str_from(s, p);
    const char *end = memchr(s.at, '>', s.len < TAG_MOST ? s.len : TAG_MOST);
    if (!name.len || !end || !rest.len || !strchr(" />", rest.at[0]))
        return 0;
    size_t i = 0;
    while (i < TAGS &&
           (name.len != strlen(tags[i].name) || strncasecmp(name.at, tags[i].name, name.len) != 0))
        i++;
    if (i == TAGS)
        return 0;
    *meant = closes || tags[i].meant[0] == '\0' || i == 0 ? tags[i].meant : "";
    *tells = closes || (rest.at[0] == ' ' && memchr(s.at, '=', (size_t)(end - s.at))) ? SURELY : 0;
    return (size_t)(end + 1 - s.at);
}

static bool
is_capital(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

// "OFFICE\nina": where a domain in capitals and a name meet, if the line has this one mark of an end only;
// else NULL.
static const char *
account_in(struct str line)
{
    size_t at = str_find(line, STR("\\n"));
    size_t from = at;
    while (from > 0 && is_capital(line.at[from - 1]))
        from--;
    struct str behind = str_from(line, at < line.len ? at + 2 : line.len);
    bool named = behind.len && behind.at[0] >= 'a' && behind.at[0] <= 'z';
    bool domain = at < line.len && at - from > 1 && (from == 0 || line.at[from - 1] == ' ');
    return named && domain && str_find(behind, STR("\\n")) >= behind.len ? line.at + at : NULL;
}

static int
tells_page(struct str line)
{
    int most = 0;
    const char *account = account_in(line);
    for (; line.len; line = str_from(line, 1)) {
        const char *meant;
        int mark = account && line.at == account ? -1 : mark_at(line),
            tells = mark >= 0 ? marks[mark].tells : 0;
        if (mark < 0)
            tag_at(line, &meant, &tells);
        if (tells > most)
            most = tells;
    }
    return most;
}

// Does it begin as a page does that was saved as a whole?
static bool
begins_page(struct str start)
{
    static const char *const starts[] = {"<!doctype html", "<html"};
    start = str_trim(start);
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t n = strlen(starts[i]);
        if (start.len > n && strncasecmp(start.at, starts[i], n) == 0)
            return true;
    }
    return false;
}

bool
plain_is_page(struct str start)
{
    if (begins_page(start))
        return true;
    size_t lines = 0, told = 0;
    while (start.len) {
        struct str line = fronts_line(&start);
        lines += str_trim(line).len > 0;
        told += (size_t)tells_page(line);
    }
    return told && told * MARKED_OF >= lines;
}

static bool
is_gap(char c)
{
    return c == ' ' || c == '\t';
}

// A cell or a row ends: without blanks at its end, and a cell without text leaves nothing.
static void
end_cell(struct buf *out, char sign)
{
    while (out->len && is_gap(out->at[out->len - 1]))
        out->len--;
    if (out->len && out->at[out->len - 1] != '\n')
        buf_add_char(out, sign);
}

// A sign of the text. Blanks in front of the text of a cell are the page's, but for the first one.
static void
add_sign(char c, bool row, struct buf *out)
{
    bool behind = out->len && (is_gap(out->at[out->len - 1]) || out->at[out->len - 1] == '\n');
    if (!row || !is_gap(c) || !behind)
        buf_add_char(out, c);
}

static bool
is_called(struct str tag, const char *name)
{
    return strncasecmp(tag.at + 1, name, strlen(name)) == 0;
}

// A tag, and what stands in its place. A row of a table is a line, its cells have tabs between them; what
// keeps its own ends of lines inside of one ends that.
static void
put_tag(struct str tag, const char *meant, bool at_end, bool *row, struct buf *out)
{
    bool ends = *row && (is_called(tag, "/tr") || is_called(tag, "br") || is_called(tag, "pre") ||
                         is_called(tag, "textarea"));
    *row = !ends && (*row || is_called(tag, "tr"));
    if (ends)
        end_cell(out, '\n');
    else if (meant[0] == '\t')
        end_cell(out, '\t');
    else if (*row && meant[0] && out->len)
        add_sign(' ', true, out);
    else if (meant[0] != '\n' || !at_end) // the end of the line is one already
        buf_add(out, str_of(meant));
}

void
plain_page(struct str line, struct buf *out, bool *row)
{
    const char *account = account_in(line);
    while (*row && line.len && is_gap(line.at[0]))
        line = str_from(line, 1);
    while (line.len) {
        const char *meant = NULL;
        int tells, mark = account && line.at == account ? -1 : mark_at(line);
        size_t length = mark >= 0 ? strlen(marks[mark].written) : tag_at(line, &meant, &tells);
        if (!length)
            add_sign(line.at[0], *row, out);
        else if (mark < 0)
            put_tag(line, meant, length == line.len, row, out);
        else if (marks[mark].meant[0] != '\n' || length < line.len)
            buf_add(out, str_of(marks[mark].meant));
        line = str_from(line, length ? length : 1);
    }
    if (*row && out->len)
        add_sign(' ', true, out);
}

// --- mails

static bool
ends_open(struct str line)
{
    return line.len && line.at[line.len - 1] == '=';
}

bool
plain_is_mail(struct str start)
{
    size_t lines = 0, open = 0;
    while (start.len) {
        struct str line = fronts_line(&start);
        if (line.len > MAIL_WIDTH)
            return false;
        lines++;
        open += ends_open(line);
    }
    return open && open * MAIL_GOES_ON >= lines;
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void
plain_mail(struct str line, struct buf *out, bool *goes_on)
{
    *goes_on = ends_open(line);
    line.len -= *goes_on;
    while (line.len) {
        int high = line.len > 2 && line.at[0] == '=' ? hex_digit(line.at[1]) : -1;
        int low = high >= 0 ? hex_digit(line.at[2]) : -1;
        buf_add_char(out, low < 0 ? line.at[0] : (char)(high << 4 | low));
        line = str_from(line, low < 0 ? 1 : 3);
    }
}

// --- terminals

// "[31m" or, behind an escape, "[K" and "[m": its length, or 0.
static size_t
code_at(struct str s, bool escaped)
{
    size_t p = 1;
    if (!s.len || s.at[0] != '[')
        return 0;
    while (p < s.len && ((s.at[p] >= '0' && s.at[p] <= '9') || s.at[p] == ';'))
        p++;
    bool code = p < s.len && (s.at[p] == 'm' || (escaped && s.at[p] == 'K'));
    return code && (escaped || p > 1) ? p + 1 : 0;
}

// The length of the code that begins here, with what stands for the escape in front of it, or 0.
static size_t
escaped_at(struct str s)
{
    size_t before = str_starts(s, STR("\x1b")) ? 1 : str_starts(s, STR("^[")) ? 2 : 0;
    size_t code = code_at(str_from(s, before), before > 0);
    return code ? before + code : 0;
}

bool
plain_has_codes(struct str start)
{
    static const struct str escape = {"\x1b[", 2}, shown = {"^[[", 3}, lost = {"[0m", 3};
    size_t at = str_find(start, escape), pager = str_find(start, shown);
    if (at < start.len && escaped_at(str_from(start, at)))
        return true;
    if (pager < start.len && escaped_at(str_from(start, pager)))
        return true;
    return str_find(start, lost) < start.len;
}

void
plain_codes(struct str line, struct buf *out)
{
    while (line.len) {
        size_t length = escaped_at(line);
        if (!length)
            buf_add_char(out, line.at[0]);
        line = str_from(line, length ? length : 1);
    }
}
