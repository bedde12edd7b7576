#include "remote/copied.h"

#include "remote/fronts.h"

#include <string.h>

enum {
    FLAT_FROM = 200, // bytes of a first line that may be several ones
    FLAT_MORE = 3,   // lines in it behind its first one, at least
    FLAT_APART = 24, // bytes from one to the next, at least
    FIELD_ROWS = 8   // rows of one field each, at least
};

static bool
is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// --- lines that were run together

// Does the word stand here as it does in front of a line?
static bool
begins_with(const char *word, struct str at)
{
    size_t n = strlen(word);
    if (at.len < n + 2 || memcmp(at.at, word, n) != 0)
        return false;
    char c = at.at[n], next = at.at[n + 1];
    return c == ':' || c == '(' || c == '[' ||
           (c == ' ' && (next == '(' || next == 'V' || (next >= '0' && next <= '9')));
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// A time of day near the start of the line: all up to its end.
static size_t
time_length(struct str line)
{
    return fronts_clock(line, COPIED_TIME - 8);
}

// Digits in the place of digits, or of the blank of a day below ten; letters in that of letters.
static bool
has_shape(const char *time, struct str at)
{
    size_t n = strlen(time);
    if (at.len < n || !n)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool digit = is_digit(time[i]), letter = is_word_byte(time[i]) && !digit;
        char c = at.at[i];
        bool day = (digit && c == ' ') || (time[i] == ' ' && is_digit(c) && i > 0 && time[i - 1] == ' ');
        if (digit ? !is_digit(c) && !day : letter ? !is_word_byte(c) || is_digit(c) : c != time[i] && !day)
            return false;
    }
    return true;
}

static bool
opens_line(const struct copied_flat *f, struct str at)
{
    return f->time[0] ? has_shape(f->time, at) : begins_with(f->word, at);
}

size_t
copied_flat_next(const struct copied_flat *f, struct str line)
{
    for (size_t i = FLAT_APART; i + 1 < line.len; i++)
        if (line.at[i - 1] == ' ' && line.at[i] != ' ' && opens_line(f, str_from(line, i)))
            return i;
    return line.len;
}

bool
copied_flat_learn(struct copied_flat *f, struct str start)
{
    *f = (struct copied_flat){0};
    struct str line = str_trim(fronts_line(&start));
    if (line.len < FLAT_FROM)
        return false;
    size_t n = time_length(line);
    if (n) {
        memcpy(f->time, line.at, n);
    } else {
        while (n < line.len && n < COPIED_WORD - 1 && is_word_byte(line.at[n]))
            n++;
        memcpy(f->word, line.at, n);
        if (n < 3 || !begins_with(f->word, line))
            return false;
    }
    int more = 0;
    for (size_t at; more < FLAT_MORE && (at = copied_flat_next(f, line)) < line.len; more++)
        line = str_from(line, at);
    return more == FLAT_MORE;
}

// --- a row for each field

// "name=" in front of a value that is one word, or all in quotes: the length of the name, or 0.
static size_t
field_name(struct str row)
{
    size_t n = 0;
    while (n < row.len && is_word_byte(row.at[n]))
        n++;
    if (!n || n >= COPIED_WORD || n == row.len || row.at[n] != '=')
        return 0;
    struct str value = str_from(row, n + 1);
    bool quoted = value.len > 1 && value.at[0] == '"' && value.at[value.len - 1] == '"' &&
                  !memchr(value.at + 1, '"', value.len - 2);
    return quoted || !memchr(value.at, ' ', value.len) ? n : 0;
}

bool
copied_is_fields(struct str start)
{
    int rows = 0;
    bool timed = false; // an event has a time of day, a list of settings has none
    while (start.len && rows < FIELD_ROWS) {
        struct str row = str_trim(fronts_line(&start));
        size_t n = field_name(row);
        if (row.len && !n)
            return false;
        rows += row.len > 0;
        struct str value = str_from(row, n + 1);
        size_t quote = value.len && value.at[0] == '"';
        timed |= n && fronts_clock(str_from(value, quote), 1);
    }
    return rows == FIELD_ROWS && timed;
}

bool
copied_opens_event(struct str row, char first[COPIED_WORD])
{
    size_t n = field_name(row);
    bool opens = !first[0] || (n && strlen(first) == n && memcmp(first, row.at, n) == 0);
    if (opens && n) {
        memset(first, 0, COPIED_WORD);
        memcpy(first, row.at, n);
    }
    return opens;
}
