#include "remote/entries.h"

#include "diag/arena.h"
#include "remote/fronts.h"
#include "remote/json_lines.h"

#include <jansson.h>
#include <stdlib.h>

enum {
    LOOKED_AT = 60, // rows of the start
    OF_FOUR = 3,    // so many rows are fields
    NAME_MOST = 64, // bytes
    SIZE_BYTES = 8, // in front of a value that may hold ends of lines
    VALUE_MOST = 1 << 20
};

struct entries {
    json_t *entry;         // what came of the entry at hand
    char first[NAME_MOST]; // its first field: one that names it again begins another entry
    char name[NAME_MOST];  // the field that was named last
    struct buf value;      // what came of its value, where that stands behind its size
    bool sized;            // it does
};

static bool
is_name_byte(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// "NAME" at the start of a row: its length, or 0.
static size_t
name_length(struct str row)
{
    size_t n = 0;
    while (n < row.len && is_name_byte(row.at[n]))
        n++;
    return n < NAME_MOST ? n : 0;
}

// "Fri 2024-11-22 05:26:31.567248 UTC [s=0639f...;i=...]": the length of its time, or 0.
static size_t
heading(struct str row)
{
    size_t at = str_find(row, STR(" [s="));
    return at < row.len && row.at[row.len - 1] == ']' && fronts_clock(row, at) ? at : 0;
}

static bool
is_field(struct str row)
{
    size_t n = name_length(row);
    return n && n < row.len && row.at[n] == '=';
}

bool
entries_learn(struct str start)
{
    int rows = 0, fields = 0;
    bool message = false;
    while (start.len && rows < LOOKED_AT) {
        struct str row = str_trim(fronts_line(&start));
        if (!row.len)
            continue;
        bool field = is_field(row);
        if (!rows && !field && !heading(row))
            return false;
        rows++;
        fields += field || heading(row);
        message |= str_starts(row, STR("MESSAGE=")) || str_eq(row, STR("MESSAGE"));
    }
    return message && fields * 4 >= rows * OF_FOUR;
}

struct entries *
entries_new(void)
{
    struct entries *n = mem_new(sizeof *n);
    n->entry = json_object();
    return n;
}

void
entries_free(struct entries *n)
{
    if (!n)
        return;
    json_decref(n->entry);
    buf_release(&n->value);
    free(n);
}

void
entries_end(struct entries *n, struct buf *out)
{
    if (json_object_size(n->entry))
        json_lines_entry(n->entry, out);
    json_object_clear(n->entry);
    n->first[0] = n->name[0] = '\0';
    n->sized = false;
    buf_clear(&n->value);
}

static void
keep_name(struct entries *n, struct str name, struct buf *out)
{
    char text[NAME_MOST] = "";
    memcpy(text, name.at, name.len);
    if (strcmp(text, n->first) == 0)
        entries_end(n, out);
    if (!n->first[0])
        memcpy(n->first, text, sizeof text);
    memcpy(n->name, text, sizeof text);
}

static void
keep_value(struct entries *n, struct str value)
{
    json_object_set_new_nocheck(n->entry, n->name, json_stringn_nocheck(value.at, value.len));
}

// A value behind its size, eight bytes with the lowest first, and an end of line behind it: does it go on
// with the next row?
static bool
goes_on(struct entries *n, struct str row)
{
    buf_add(&n->value, row);
    struct str got = buf_str(&n->value);
    size_t size = 0;
    for (size_t i = SIZE_BYTES; got.len > SIZE_BYTES && i-- > 0;)
        size = size << 8 | (unsigned char)got.at[i];
    bool more = got.len <= SIZE_BYTES || got.len - SIZE_BYTES <= size;
    if (more && got.len < VALUE_MOST)
        return true;
    if (!more)
        keep_value(n, (struct str){got.at + SIZE_BYTES, size});
    buf_clear(&n->value);
    return false;
}

void
entries_row(struct entries *n, struct str row, struct buf *out)
{
    if (n->sized) {
        n->sized = goes_on(n, row);
        return;
    }
    struct str whole = row;
    row = str_trim(row);
    size_t time = heading(row), name = name_length(row);
    if (!row.len || time)
        entries_end(n, out);
    if (time) {
        keep_name(n, STR("__REALTIME_TIMESTAMP"), out);
        keep_value(n, (struct str){row.at, time});
    } else if (is_field(row)) {
        keep_name(n, (struct str){row.at, name}, out);
        keep_value(n, str_from(row, name + 1));
    } else if (name && name == row.len && whole.at[0] != ' ') {
        keep_name(n, row, out);
        n->sized = true;
    } else if (row.len && strcmp(n->name, "MESSAGE") == 0) { // its next line
        struct buf text = {0};
        json_t *before = json_object_get(n->entry, "MESSAGE");
        buf_add(&text, (struct str){json_string_value(before), json_string_length(before)});
        buf_add_char(&text, '\n');
        buf_add(&text, row);
        keep_value(n, buf_str(&text));
        buf_release(&text);
    }
}
