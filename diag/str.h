// Borrowed slices of bytes and one growing buffer: the normal strings of the house.
// Everybody uses them; no function here looks at locale or terminal.
#ifndef IKEWALK_DIAG_STR_H
#define IKEWALK_DIAG_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A slice borrows its bytes: whoever made them says how long they live. Not terminated by NUL.
struct str {
    const char *at;
    size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})
// For printf: printf("%.*s", STR_ARG(s))
#define STR_ARG(s) (int)(s).len, (s).at

static inline struct str
str_of(const char *text)
{
    return text ? (struct str){text, strlen(text)} : STR_NONE;
}

static inline bool
str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool
str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.at, prefix.at, prefix.len) == 0);
}

static inline struct str
str_from(struct str s, size_t start)
{
    // An empty slice may have no bytes to point behind.
    size_t skip = start < s.len ? start : s.len;
    return (struct str){skip ? s.at + skip : s.at, s.len - skip};
}

// Order of bytes, for sorting: below, equal or above zero.
int str_compare(struct str a, struct str b);
// Where needle begins in s, or s.len.
size_t str_find(struct str s, struct str needle);
// Without blanks, tabs and line ends at both ends.
struct str str_trim(struct str s);
// Decimal digits only, no sign, no blanks; false (and *value untouched) on anything else or on overflow.
bool str_number(struct str s, uint64_t *value);
// A 64-bit FNV-1a style hash; seed lets hashes be chained.
uint64_t str_hash(struct str s, uint64_t seed);

// A growing buffer of bytes on the heap; buf_release frees it. {0} is an empty buffer.
struct buf {
    char *at;
    size_t len, room;
};

void buf_add(struct buf *b, struct str s);
void buf_add_char(struct buf *b, char c);
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str buf_str(const struct buf *b);
// The text with a NUL behind it; borrowed until the next change.
const char *buf_cstr(struct buf *b);
void buf_clear(struct buf *b);
void buf_release(struct buf *b);

#endif
