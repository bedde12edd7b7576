#include "diag/str.h"

#include "diag/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int
str_compare(struct str a, struct str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.at, b.at, shared) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

size_t
str_find(struct str s, struct str needle)
{
    if (needle.len == 0)
        return 0;
    const char *hit = s.len ? memmem(s.at, s.len, needle.at, needle.len) : NULL;
    return hit ? (size_t)(hit - s.at) : s.len;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct str
str_trim(struct str s)
{
    while (s.len && is_blank(s.at[0]))
        s.at++, s.len--;
    return str_trim_end(s);
}

struct str
str_trim_end(struct str s)
{
    while (s.len && is_blank(s.at[s.len - 1]))
        s.len--;
    return s;
}

enum { DIGITS_SAFE = 19 }; // of a decimal number that surely fits in 64 bits

bool
str_number(struct str s, uint64_t *value)
{
    uint64_t sum = 0;
    size_t safe = s.len < DIGITS_SAFE ? s.len : DIGITS_SAFE;
    for (size_t i = 0; i < safe; i++) {
        unsigned digit = (unsigned)(s.at[i] - '0');
        if (digit > 9)
            return false;
        sum = sum * 10 + digit;
    }
    for (size_t i = safe; i < s.len; i++) {
        unsigned digit = (unsigned)(s.at[i] - '0');
        if (digit > 9 || __builtin_mul_overflow(sum, 10u, &sum) || __builtin_add_overflow(sum, digit, &sum))
            return false;
    }
    if (s.len)
        *value = sum;
    return s.len > 0;
}

// The two halves of a product of 128 bits, which every bit of both has a part in; where a machine has none,
// what comes near to it.
static inline uint64_t
mixed(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t product = (a ^ (b << 32 | b >> 32)) * 0x9e3779b97f4a7c15u;
    return product ^ product >> 32;
#endif
}

uint64_t
str_hash(struct str s, uint64_t seed)
{
    const uint64_t odd = 0x9e3779b97f4a7c15u, other = 0xcbf29ce484222325u;
    uint64_t h = seed ^ s.len, a = 0, b = 0;
    size_t i = 0;
    for (; i + 16 < s.len; i += 16) {
        memcpy(&a, s.at + i, 8);
        memcpy(&b, s.at + i + 8, 8);
        h = mixed(a ^ h ^ odd, b ^ other);
    }
    // The last words overlap those before.
    if (s.len >= 8) {
        memcpy(&a, s.at + s.len - 8, 8);
        memcpy(&b, s.at + (s.len >= 16 ? s.len - 16 : 0), 8);
    } else {
        for (a = b = 0; i < s.len; i++)
            a = a << 8 | (unsigned char)s.at[i];
    }
    return mixed(mixed(a ^ h ^ odd, b ^ other) ^ odd, other);
}

void
buf_grow(struct buf *b, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(b->len, more, &need) || need > SIZE_MAX / 2)
        need = mem_product(SIZE_MAX, 2);
    if (need <= b->room)
        return;
    size_t room = b->room ? b->room : 64;
    while (room < need)
        room *= 2;
    b->at = mem_resize(b->at, room);
    b->room = room;
}

void
buf_addf(struct buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (need > 0) {
        buf_grow(b, (size_t)need + 1);
        vsnprintf(b->at + b->len, (size_t)need + 1, format, again);
        b->len += (size_t)need;
    }
    va_end(again);
}

struct str
buf_str(const struct buf *b)
{
    return (struct str){b->at ? b->at : "", b->len};
}

const char *
buf_cstr(struct buf *b)
{
    buf_grow(b, 1);
    b->at[b->len] = '\0';
    return b->at;
}

void
buf_clear(struct buf *b)
{
    b->len = 0;
}

void
buf_set(struct buf *b, struct str s)
{
    buf_clear(b);
    buf_add(b, s);
}

void
buf_release(struct buf *b)
{
    free(b->at);
    *b = (struct buf){0};
}
