// A literal text of a template and how it is found in a line: byte for byte, but that one blank takes any run
// of blanks (tabs and no-break spaces too). Inside of diag only; tmpl.c and the tree of msg.c compare several
// of them for every line of a log, hence inline.
#ifndef IKEWALK_DIAG_LITERAL_H
#define IKEWALK_DIAG_LITERAL_H

#include "diag/str.h"

struct literal {
    uint64_t first, mask; // its first eight bytes, and which of them count
    struct str text;      // borrowed; runs of blanks are one blank
    bool blanks, ends_blank;
};

static inline uint64_t
literal_word(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

// Which byte of a word, in the order of memory, is the first that is not zero.
static inline int
literal_first_byte(uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return __builtin_ctzll(word) / 8;
#else
    return __builtin_clzll(word) / 8;
#endif
}

static inline struct literal
literal_of(struct str text)
{
    struct literal l = {.text = text};
    char first[8] = "", mask[8] = "";
    size_t count = text.len < 8 ? text.len : 8;
    if (count) {
        memcpy(first, text.at, count);
        memset(mask, 0xff, count);
        l.blanks = memchr(text.at, ' ', text.len) != NULL;
        l.ends_blank = text.at[text.len - 1] == ' ';
    }
    l.first = literal_word(first);
    l.mask = literal_word(mask);
    return l;
}

// Bytes that a blank takes at p: blank, tab or the two bytes of a no-break space.
static inline size_t
literal_blank(const char *p, const char *end)
{
    if (p == end)
        return 0;
    if (*p == ' ' || *p == '\t')
        return 1;
    return *p == '\xc2' && end - p > 1 && p[1] == '\xa0' ? 2 : 0;
}

// The end of a literal that stands at p, where the text has other blanks than it; or NULL.
const char *literal_loose(const struct literal *l, const char *p, const char *end);

// The end of a literal that stands at p, or NULL.
static inline const char *
literal_end(const struct literal *l, const char *p, const char *end)
{
    size_t left = (size_t)(end - p), len = l->text.len;
    bool same;
    if (left >= 8) {
        uint64_t differs = (literal_word(p) ^ l->first) & l->mask;
        if (differs) {
            // Other blanks explain it only where the text has one.
            char c = p[literal_first_byte(differs)];
            return l->blanks && (c == ' ' || c == '\t' || c == '\xc2') ? literal_loose(l, p, end) : NULL;
        }
        same = len <= 8 || (left >= len && str_same(p + 8, l->text.at + 8, len - 8));
    } else {
        same = left >= len && str_same(p, l->text.at, len);
    }
    if (!same)
        return l->blanks ? literal_loose(l, p, end) : NULL;
    p += len;
    if (l->ends_blank)
        for (size_t blank; (blank = literal_blank(p, end));)
            p += blank;
    return p;
}

#endif
