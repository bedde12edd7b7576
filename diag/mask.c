#include "diag/mask.h"

#include <strings.h>

// Digits of a blob from which on it may be a key: 128 bits.
enum { BLOB_DIGITS = 32, KEY_DIGITS = 16, DUMP_LINE = 4 };

// Answers to whether a kind of secret is used at all ("xauth=no"), which are no secrets.
static const char *const choices[] = {"yes", "no", "none", "true", "false", "on", "off"};

// Words that a secret follows.
static const struct str labels[] = {
    {"psk", 3},
    {"secret", 6},
    {"password", 8},
    {"passwd", 6},
    {"pass", 4},
    {"passphrase", 10},
    {"shared-key", 10},
    {"pre-shared-key", 14},
    {"preshared-key", 13},
    {"shared-secret", 13},
    {"xauth", 5},
    {"eap", 3},
};

enum { BLANK = 1, DIGIT = 2, HEX = 4, LETTER = 8, WORD = DIGIT | LETTER };
static const unsigned char kind_of[256] = {
    [' '] = BLANK,
    ['\t'] = BLANK,
    ['0' ... '9'] = DIGIT | HEX,
    ['A' ... 'F'] = LETTER | HEX,
    ['G' ... 'Z'] = LETTER,
    ['a' ... 'f'] = LETTER | HEX,
    ['g' ... 'z'] = LETTER,
    ['_'] = LETTER,
    ['-'] = LETTER,
};

static bool
is(char c, int kind)
{
    return kind_of[(unsigned char)c] & kind;
}

// Length of the run of such characters at `from`.
static size_t
run(struct str s, size_t from, int kind)
{
    size_t end = from;
    while (end < s.len && is(s.at[end], kind))
        end++;
    return end - from;
}

static bool
is_choice(struct str word)
{
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        if (str_eq(word, str_of(choices[i])))
            return true;
    return false;
}

static bool
is_label(struct str word)
{
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (word.len == labels[i].len && strncasecmp(word.at, labels[i].at, word.len) == 0)
            return true;
    return false;
}

// Does the word name a key: "enckey", "SK_ai", "SKEYID_d"?
static bool
is_key(struct str word)
{
    if (word.len < 3)
        return false;
    if ((word.at[word.len - 1] | 0x20) == 'y' && strncasecmp(word.at + word.len - 3, "key", 3) == 0)
        return true;
    return (word.at[1] | 0x20) == 'k' &&
           (strncasecmp(word.at, "sk_", 3) == 0 || (word.len >= 6 && strncasecmp(word.at, "skeyid", 6) == 0));
}

// The blob written 0x... or 0s... at `from`: its length, and how many bits it may hold in hex digits.
static size_t
blob(struct str s, size_t from, size_t *digits)
{
    if (from + 2 > s.len || s.at[from] != '0')
        return 0;
    size_t length = 0;
    if (s.at[from + 1] == 'x' || s.at[from + 1] == 'X')
        length = *digits = run(s, from + 2, HEX);
    if (s.at[from + 1] == 's' || s.at[from + 1] == 'S') {
        while (from + 2 + length < s.len &&
               (is(s.at[from + 2 + length], DIGIT | LETTER) || memchr("+/=", s.at[from + 2 + length], 3)))
            length++;
        *digits = length * 3 / 2;
    }
    return length ? length + 2 : 0;
}

// The secret behind a label that ends at `from`: where it begins, and its length.
static size_t
secret(struct str s, size_t from, size_t *begin)
{
    size_t at = from + run(s, from, BLANK);
    bool given = at < s.len && s.at[at] == '=';
    if (at < s.len && (s.at[at] == ':' || given))
        at += 1 + run(s, at + 1, BLANK);
    if (at >= s.len || at == from)
        return 0;
    *begin = at;
    if (s.at[at] == '"' || s.at[at] == '\'') {
        const char *close = memchr(s.at + at + 1, s.at[at], s.len - at - 1);
        *begin = at + 1;
        return (close ? (size_t)(close - s.at) : s.len) - *begin;
    }
    size_t digits;
    size_t length = blob(s, at, &digits);
    if (length || !given)
        return length;
    while (at < s.len && !is(s.at[at], BLANK) && !memchr(",;)]}", s.at[at], 5))
        at++;
    return is_choice((struct str){s.at + *begin, at - *begin}) ? 0 : at - *begin;
}

// Could it be a word of a dump?
static bool
is_dumped(struct str word)
{
    return (word.len == 2 || word.len == 4 || word.len == 8) && is(word.at[0], HEX);
}

// Is the text one line of a dump that begins like the payload of a notify, its length and the domain of IPsec
// (RFC 2408 section 3.14)? Such a one holds a number of an SA and the word that counts, and no key.
static bool
is_notify(struct str s)
{
    enum { NOTIFY_LINE = 80 };
    char digits[16];
    size_t n = 0, at = 0;
    if (s.len > NOTIFY_LINE)
        return false;
    while (at < s.len && (is(s.at[at], BLANK) || s.at[at] == '|' || s.at[at] == ':'))
        at++;
    for (; at < s.len && n < sizeof digits; at++) {
        if (is(s.at[at], HEX))
            digits[n++] = s.at[at];
        else if (!is(s.at[at], BLANK))
            return false;
    }
    return n == sizeof digits && memcmp(digits, "000000", 6) == 0 && memcmp(digits + 8, "00000001", 8) == 0;
}

// A dump of bytes in hex at `from`: words of two, four or eight digits. Its length, to the end of the text,
// for the same bytes stand there as letters.
static size_t
dump(struct str s, size_t from)
{
    size_t width = run(s, from, HEX), at = from, words = 0;
    if (width != 2 && width != 4 && width != 8)
        return 0;
    while (at < s.len && run(s, at, HEX) == width) {
        words++;
        at += width;
        size_t gap = run(s, at, BLANK);
        if (at < s.len && !gap)
            return 0;
        at += gap;
    }
    size_t before = from;
    while (before && is(s.at[before - 1], BLANK))
        before--;
    bool own_line = at >= s.len && (before == 0 || s.at[before - 1] == '|' || s.at[before - 1] == ':');
    size_t least = own_line ? DUMP_LINE : width == 2 ? KEY_DIGITS / 2 : BLOB_DIGITS / width;
    return words >= least && !is_notify(s) ? s.len - from : 0;
}

// Bytes of two digits with colons between them at `from`: their length.
static size_t
colon_bytes(struct str s, size_t from)
{
    size_t at = from, bytes = 0;
    while (run(s, at, HEX) == 2) {
        bytes++;
        at += 2;
        if (at >= s.len || s.at[at] != ':')
            break;
        at++;
    }
    return bytes >= DUMP_LINE ? at - from : 0;
}

// Could the word be a secret, or one that a secret follows? Most words of a log are neither, by their first
// two letters and the last one.
static inline bool
may_tell(struct str word)
{
    if (word.len < 2)
        return false;
#define PAIR(a, b) ((a) << 8 | (b))
    switch (PAIR(word.at[0] | 0x20, word.at[1] | 0x20)) {
    case PAIR('0', 'x'):
    case PAIR('0', 's'):
    case PAIR('p', 's'): // of labels
    case PAIR('p', 'a'):
    case PAIR('p', 'r'):
    case PAIR('s', 'e'):
    case PAIR('s', 'h'):
    case PAIR('x', 'a'):
    case PAIR('e', 'a'):
    case PAIR('s', 'k'): // SK_, SKEYID
        return true;
    default:
        return (word.at[word.len - 1] | 0x20) == 'y' || is_dumped(word);
    }
#undef PAIR
}

// What is to be masked at the beginning of a word: where it begins and its length, 0 when nothing is.
static size_t
find(struct str s, size_t at, struct str word, size_t *begin)
{
    *begin = at;
    size_t digits = 0, length = s.at[at] == '0' ? blob(s, at, &digits) : 0;
    if (length)
        return digits >= BLOB_DIGITS ? length : 0;
    if (is_dumped(word) && (length = dump(s, at)))
        return length;
    if (is_label(word))
        return secret(s, at + word.len, begin);
    if (!is_key(word))
        return 0;
    size_t value = at + word.len;
    while (value < s.len && (is(s.at[value], BLANK) || s.at[value] == ':' || s.at[value] == '='))
        value++;
    *begin = value;
    if ((length = colon_bytes(s, value)))
        return length;
    length = run(s, value, HEX);
    return length >= KEY_DIGITS && !run(s, value + length, WORD) ? length : 0;
}

size_t
mask_text(struct str text, struct buf *out)
{
    size_t places = 0, done = 0;
    for (size_t at = 0; at < text.len; at++) {
        struct str word = {text.at + at, run(text, at, WORD)};
        size_t begin, length = may_tell(word) ? find(text, at, word, &begin) : 0;
        at += word.len;
        if (length) {
            buf_add(out, (struct str){text.at + done, begin - done});
            buf_add(out, STR(MASK_TEXT));
            done = at = begin + length;
            at += run(text, at, WORD);
            places++;
        }
    }
    if (places)
        buf_add(out, str_from(text, done));
    return places;
}
