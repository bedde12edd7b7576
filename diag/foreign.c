#include "diag/foreign.h"

#include "diag/envelope_inside.h"
#include "diag/lanes.h"

enum { SHORTEST = 3, DIGITS = 7, LOOKED_AT = FOREIGN_NAME + LANES };

static inline uint32_t
half_word(const char *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

// The byte behind the name counts as part of it. Many names begin alike, and many end alike.
static inline struct foreign_tag *
set_of(struct foreign *f, const char *name, size_t length)
{
    uint32_t hash = (half_word(name) * 31 + half_word(name + length - SHORTEST)) * 0x9e3779b1u;
    return f->set[hash / (UINT32_MAX / FOREIGN_SETS + 1)];
}

static inline bool
is_tag(const struct foreign_tag *tag, const char *at)
{
    _Static_assert(sizeof tag->word / sizeof *tag->word == 3, "all words are compared");
    uint64_t differs = (literal_word(at) ^ tag->word[0]) & tag->mask[0];
    differs |= (literal_word(at + 8) ^ tag->word[1]) & tag->mask[1];
    differs |= (literal_word(at + 16) ^ tag->word[2]) & tag->mask[2];
    return !differs && tag->length;
}

void
foreign_keep(struct foreign *f, const struct line *line)
{
    const char *name = line->tag.at;
    size_t length = line->tag.len;
    char word[FOREIGN_NAME] = "", mask[FOREIGN_NAME] = "";
    if (length < SHORTEST || length >= FOREIGN_NAME || (*name >= '0' && *name <= '9') ||
        name + length == line->raw.at + line->raw.len || (name[length] != '[' && name[length] != ':'))
        return;
    memcpy(word, name, length + 1);
    memset(mask, 0xff, length + 1);
    struct foreign_tag *set = set_of(f, word, length);
    for (int i = 0; i < FOREIGN_WAYS; i++)
        if (is_tag(&set[i], word))
            return;
    memmove(set + 1, set, (FOREIGN_WAYS - 1) * sizeof *set);
    bool numbered = name[length] == '[';
    *set = (struct foreign_tag){.rest = half_word(numbered ? "]: " : " \0\0"),
                                .rest_mask = half_word(numbered ? "\xff\xff\xff" : "\xff\0\0"),
                                .length = (uint8_t)(length + 1),
                                .rest_length = numbered ? 3 : 1,
                                .digits = numbered ? DIGITS : 0};
    memcpy(set->word, word, sizeof word);
    memcpy(set->mask, mask, sizeof mask);
}

// How many digits stand at `at`; eight at most.
static inline unsigned
digits(const char *at)
{
    const uint64_t each = 0x0101010101010101u, tops = 0x80 * each;
    uint64_t word = literal_word(at), seven = word & 0x7f * each;
    uint64_t others = (~(seven + (0x80 - '0') * each) | (seven + (0x7f - '9') * each) | word) & tops;
    return others ? (unsigned)literal_first_byte(others) : sizeof word;
}

bool
foreign_tagged(struct foreign *f, const char *at, const char *end)
{
    if (end - at < LOOKED_AT)
        return false;
    uint32_t ends = lanes_equal(at, '[') | lanes_equal(at, ':');
    if (!ends)
        ends = (lanes_equal(at + LANES, '[') | lanes_equal(at + LANES, ':')) << LANES;
    size_t length = ends ? (size_t)__builtin_ctz(ends) : 0;
    if (length < SHORTEST)
        return false;
    const struct foreign_tag *tag = set_of(f, at, length);
    if (!is_tag(tag, at) && !is_tag(++tag, at))
        return false;
    at += tag->length;
    // From here on without a branch that only one of two daemons takes.
    unsigned count = digits(at) & tag->digits;
    at += count;
    if (((half_word(at) ^ tag->rest) & tag->rest_mask) | ((tag->digits != 0) & (count == 0)))
        return false;
    at += tag->rest_length;
    unsigned first = envelope_class[(unsigned char)at[0]], fourth = envelope_class[(unsigned char)at[3]];
    bool month = ((first & OPENS_MONTH) != 0) & ((fourth & ENDS_MONTH) != 0);
    return !((first & OPENS_STAMP) | month);
}
