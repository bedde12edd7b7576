#include "diag/addr.h"

#include <arpa/inet.h>

enum { LONGEST = 45 };

static bool
is_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool
parse(struct str s, int family, struct addr *a)
{
    char text[LONGEST + 1];
    if (s.len == 0 || s.len > LONGEST)
        return false;
    memcpy(text, s.at, s.len);
    text[s.len] = '\0';
    a->size = family == AF_INET ? 4 : 16;
    return inet_pton(family, text, a->byte) == 1;
}

// Length of the IPv4 address at the start of s, or 0; a fifth number makes it something else.
static size_t
read_v4(struct str s, struct addr *a)
{
    size_t end = 0;
    while (end < s.len && end <= LONGEST && (is_digit(s.at[end]) || s.at[end] == '.'))
        end++;
    size_t dots = 0, length = 0;
    while (length < end &&
           !(s.at[length] == '.' && (++dots == 4 || length + 1 == end || s.at[length + 1] == '.')))
        length++;
    if (length < end && s.at[length] == '.' && length + 1 < end && is_digit(s.at[length + 1]))
        return 0;
    if (length < s.len && is_word(s.at[length]))
        return 0;
    return parse((struct str){s.at, length}, AF_INET, a) ? length : 0;
}

static size_t
read_v6(struct str s, struct addr *a)
{
    size_t end = 0, colons = 0;
    for (; end < s.len && end <= LONGEST && (is_hex(s.at[end]) || s.at[end] == ':' || s.at[end] == '.');
         end++)
        colons += s.at[end] == ':';
    if (colons < 2 || (end < s.len && is_word(s.at[end])))
        return 0;
    for (int drop = 0; drop < 3 && end; drop++, end--) {
        if (parse((struct str){s.at, end}, AF_INET6, a))
            return end;
        if (s.at[end - 1] != ':' && s.at[end - 1] != '.')
            return 0;
    }
    return 0;
}

static size_t
read_one(struct str s, struct addr *a)
{
    size_t length = read_v4(s, a);
    return length ? length : read_v6(s, a);
}

// The bits of a net mask, or -1.
static int
mask_bits(const struct addr *a)
{
    uint32_t mask = 0;
    for (size_t i = 0; i < 4; i++)
        mask = mask << 8 | a->byte[i];
    uint32_t rest = ~mask;
    if (a->size != 4 || mask == 0 || (rest & (rest + 1)) != 0)
        return -1;
    return 32 - __builtin_popcount(rest);
}

// Length of "/24", "/255.255.255.0" or " 255.255.255.0" behind an address.
static size_t
read_prefix(struct str s, const struct addr *a, unsigned *bits)
{
    struct addr mask;
    if (s.len < 2 || (s.at[0] != '/' && s.at[0] != ' '))
        return 0;
    size_t length = read_v4(str_from(s, 1), &mask);
    int count = length ? mask_bits(&mask) : -1;
    if (count >= 0 && a->size == 4) {
        *bits = (unsigned)count;
        return length + 1;
    }
    unsigned value = 0;
    size_t at = 1;
    while (s.at[0] == '/' && at < s.len && at < 4 && is_digit(s.at[at]))
        value = value * 10 + (unsigned)(s.at[at++] - '0');
    if (at == 1 || value > a->size * 8 || (at < s.len && is_word(s.at[at])))
        return 0;
    *bits = value;
    return at;
}

// Leaves only the first bits; the rest becomes 0, or 1.
static struct addr
cut(struct addr a, unsigned bits, bool ones)
{
    for (unsigned i = bits; i < a.size * 8; i++) {
        unsigned char bit = (unsigned char)(0x80 >> i % 8);
        a.byte[i / 8] = (unsigned char)(ones ? a.byte[i / 8] | bit : a.byte[i / 8] & ~bit);
    }
    return a;
}

// A range that is a network has its prefix, any other one the bits of a single address.
static unsigned
range_bits(const struct addr *first, const struct addr *last)
{
    for (unsigned bits = 0; bits < first->size * 8; bits++) {
        struct addr low = cut(*first, bits, false), high = cut(*first, bits, true);
        if (memcmp(low.byte, first->byte, first->size) == 0 && memcmp(high.byte, last->byte, last->size) == 0)
            return bits;
    }
    return first->size * 8;
}

bool
addr_find(struct str text, size_t at, struct addr_found *found)
{
    struct str s = str_from(text, at);
    bool inside =
        at && (is_word(text.at[at - 1]) || (text.at[at - 1] == '.' && (at < 2 || text.at[at - 2] != '.')));
    *found = (struct addr_found){0};
    if (inside || s.len < 2 || (!is_hex(s.at[0]) && s.at[0] != ':'))
        return false;
    found->host = found->length = read_one(s, &found->first);
    if (!found->length)
        return false;
    found->form = ADDR_HOST;
    found->last = found->first;
    found->prefix = found->first.size * 8;
    struct addr last;
    size_t more = read_prefix(str_from(s, found->length), &found->first, &found->prefix);
    if (more) {
        found->form = found->prefix < found->first.size * 8 ? ADDR_NET : ADDR_HOST;
        found->last = cut(found->first, found->prefix, true);
        found->first = cut(found->first, found->prefix, false);
        found->length += more;
    } else if (found->length + 1 < s.len && s.at[found->length] == '-' &&
               (more = read_one(str_from(s, found->length + 1), &last)) && last.size == found->first.size) {
        found->form = ADDR_RANGE;
        found->last = last;
        found->prefix = range_bits(&found->first, &last);
        found->length += more + 1;
    }
    return true;
}

bool
addr_is(struct str text)
{
    struct addr_found found;
    return addr_find(text, 0, &found) && found.length == text.len;
}

bool
addr_names_nobody(const struct addr *a)
{
    static const unsigned char none[16], loop[16] = {[15] = 1};
    if (a->size == 4)
        return a->byte[0] == 0 || a->byte[0] == 127 || a->byte[0] >= 224 || mask_bits(a) >= 0;
    return memcmp(a->byte, none, 16) == 0 || memcmp(a->byte, loop, 16) == 0 || a->byte[0] == 0xff;
}

bool
addr_is_private(const struct addr *a)
{
    const unsigned char *b = a->byte;
    if (a->size == 4)
        return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) ||
               (b[0] == 100 && (b[1] & 0xc0) == 64) || (b[0] == 169 && b[1] == 254);
    return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

void
addr_text(const struct addr *a, char *text, size_t room)
{
    if (!inet_ntop(a->size == 4 ? AF_INET : AF_INET6, a->byte, text, (socklen_t)room))
        text[0] = '\0';
}

struct str
addr_network(struct str address, struct str mask, bool wildcard, struct arena *arena)
{
    struct addr a, m;
    int bits = -1;
    if (parse(address, AF_INET, &a) && parse(mask, AF_INET, &m)) {
        bool none = true;
        for (size_t i = 0; i < m.size; i++) {
            m.byte[i] = (unsigned char)(wildcard ? ~m.byte[i] : m.byte[i]);
            none &= m.byte[i] == 0;
        }
        bits = none ? 0 : mask_bits(&m);
    }
    if (bits < 0)
        return arena_strf(arena, "%.*s/%.*s", STR_ARG(address), STR_ARG(mask));
    char text[LONGEST + 1];
    a = cut(a, (unsigned)bits, false);
    addr_text(&a, text, sizeof text);
    return arena_strf(arena, "%s/%d", text, bits);
}
