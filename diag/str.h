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

// Do both hold the same n bytes? Names are short, and many are compared for every line of a log: up to 16
// bytes are two words each, of which the last overlaps the first.
static inline bool
str_same(const char *a, const char *b, size_t n)
{
    uint64_t x[2], y[2];
    uint32_t v, w;
    if (n > 16)
        return memcmp(a, b, n) == 0;
    if (n >= 8) {
        memcpy(&x[0], a, sizeof *x);
        memcpy(&y[0], b, sizeof *y);
        memcpy(&x[1], a + n - 8, sizeof *x);
        memcpy(&y[1], b + n - 8, sizeof *y);
        return !((x[0] ^ y[0]) | (x[1] ^ y[1]));
    }
    if (n >= 4) {
        memcpy(&v, a, sizeof v);
        memcpy(&w, b, sizeof w);
        if (v != w)
            return false;
        memcpy(&v, a + n - 4, sizeof v);
        memcpy(&w, b + n - 4, sizeof w);
        return v == w;
    }
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

// Most names that are compared differ in length already, hence inline whatever the compiler thinks.
__attribute__((always_inline)) static inline bool
str_eq(struct str a, struct str b)
{
    return a.len == b.len && str_same(a.at, b.at, a.len);
}

// Is it these letters? For a name that is compared with many.
#define STR_IS(s, literal)                                                                                   \
    ((s).len == sizeof(literal) - 1 && memcmp((s).at, (literal), sizeof(literal) - 1) == 0)

static inline bool
str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_same(s.at, prefix.at, prefix.len);
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
struct str str_trim_end(struct str s);
// Decimal digits only, no sign, no blanks; false (and *value untouched) on anything else or on overflow.
bool str_number(struct str s, uint64_t *value);
// A 64-bit FNV-1a style hash; seed lets hashes be chained.
uint64_t str_hash(struct str s, uint64_t seed);

// A growing buffer of bytes on the heap; buf_release frees it. {0} is an empty buffer.
struct buf {
    char *at;
    size_t len, room;
};

// Makes room for so many bytes more.
void buf_grow(struct buf *b, size_t more);

// A report is written in pieces of a few bytes each, hence inline.
static inline void
buf_add(struct buf *b, struct str s)
{
    if (s.len == 0)
        return;
    if (b->room - b->len < s.len)
        buf_grow(b, s.len);
    memcpy(b->at + b->len, s.at, s.len);
    b->len += s.len;
}

static inline void
buf_add_char(struct buf *b, char c)
{
    if (b->room == b->len)
        buf_grow(b, 1);
    b->at[b->len++] = c;
}

void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str buf_str(const struct buf *b);
// The text with a NUL behind it; borrowed until the next change.
const char *buf_cstr(struct buf *b);
void buf_clear(struct buf *b);
void buf_set(struct buf *b, struct str s); // in place of what it holds, and no part of that
void buf_release(struct buf *b);

#endif
