#include "diag/text.h"

#include "diag/literal.h"
#include "diag/runes.h"

enum { MARKS_SHOWN = 4, WORD_LONGEST = 64 };

size_t
text_rune(struct str s, int32_t *rune)
{
    if (s.len == 0) {
        *rune = -1;
        return 0;
    }
    const unsigned char *b = (const unsigned char *)s.at;
    if (b[0] < 0x80) {
        *rune = b[0];
        return 1;
    }
    *rune = -1;
    size_t length = b[0] >= 0xF0 ? 4 : b[0] >= 0xE0 ? 3 : 2;
    if (b[0] < 0xC2 || b[0] > 0xF4 || s.len < length)
        return 1;
    int32_t value = b[0] & (0xFF >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((b[i] & 0xC0) != 0x80)
            return 1;
        value = value << 6 | (b[i] & 0x3F);
    }
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 1;
    *rune = value;
    return length;
}

static bool
is_plain(char c)
{
    return c >= 0x20 && c < 0x7F;
}

#define EACH_BYTE(n) (UINT64_C(0x0101010101010101) * (n))

// Bytes that are to be looked at one by one are marked by 0x80; one behind such a byte may be marked as well.
static inline uint64_t
mark_unplain(uint64_t x)
{
    return ((x - EACH_BYTE(0x20)) | (x + EACH_BYTE(1)) | x) & EACH_BYTE(0x80);
}

static inline uint64_t
mark_quoted(uint64_t x)
{
    uint64_t zero = ((x ^ EACH_BYTE('"')) - EACH_BYTE(1)) | ((x ^ EACH_BYTE('\\')) - EACH_BYTE(1));
    return mark_unplain(x) | (zero & EACH_BYTE(0x80));
}

// How many bytes at the beginning are printable ASCII. The last eight overlap those before.
static size_t
plain_run(struct str s)
{
    size_t run = 0;
    while (run + 8 <= s.len && !mark_unplain(literal_word(s.at + run)))
        run += 8;
    if (s.len >= 8 && run + 8 > s.len && !mark_unplain(literal_word(s.at + s.len - 8)))
        return s.len;
    while (run < s.len && is_plain(s.at[run]))
        run++;
    return run;
}

size_t
text_unquoted(struct str s)
{
    size_t run = 0;
    while (run + 8 <= s.len && !mark_quoted(literal_word(s.at + run)))
        run += 8;
    if (s.len >= 8 && run + 8 > s.len && !mark_quoted(literal_word(s.at + s.len - 8)))
        return s.len;
    while (run < s.len && is_plain(s.at[run]) && s.at[run] != '"' && s.at[run] != '\\')
        run++;
    return run;
}

static bool
is_control(int32_t rune)
{
    return (rune >= 0 && rune < 0x20) || (rune >= 0x7F && rune < 0xA0);
}

void
text_safe(struct str s, struct buf *out)
{
    int marks = MARKS_SHOWN; // a mark with nothing before it would land on whatever stands left of the text
    while (s.len) {
        size_t plain = plain_run(s);
        if (plain) {
            buf_add(out, (struct str){s.at, plain});
            s = str_from(s, plain);
            marks = 0;
            continue;
        }
        int32_t rune;
        size_t length = text_rune(s, &rune);
        enum runes_class class = runes_class(rune);
        if (rune == '\t')
            buf_add_char(out, ' ');
        else if (rune < 0)
            buf_addf(out, "<%02X>", (unsigned char)s.at[0]);
        else if (is_control(rune))
            buf_addf(out, "\\x%02x", (unsigned)rune);
        else if (class == RUNES_UNSEEN || (class == RUNES_COMBINING && marks == MARKS_SHOWN))
            buf_addf(out, "<U+%04X>", (unsigned)rune);
        else
            buf_add(out, (struct str){s.at, length});
        if (class != RUNES_COMBINING)
            marks = 0;
        else if (marks < MARKS_SHOWN)
            marks++;
        s = str_from(s, length);
    }
}

int
text_width(int32_t rune)
{
    switch (runes_class(rune)) {
    case RUNES_COMBINING:
        return 0;
    case RUNES_WIDE:
        return 2;
    default:
        return 1;
    }
}

size_t
text_columns(struct str safe)
{
    size_t columns = 0;
    while (safe.len) {
        int32_t rune;
        size_t length = text_rune(safe, &rune);
        columns += is_plain(safe.at[0]) ? 1 : (size_t)text_width(rune);
        safe = str_from(safe, length);
    }
    return columns;
}

bool
text_may_break(int32_t before, int32_t behind)
{
    static const int32_t opens[] = {0x2018, 0x201C, 0x3008, 0x300A, 0x300C, 0x300E, 0x3010, 0xFF08, '(', '['};
    static const int32_t closes[] = {0x2019, 0x201D, 0x3001, 0x3002, 0x3009, 0x300B, 0x300D, 0x300F,
                                     0x3011, 0xFF01, 0xFF09, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF1F, '.',
                                     ',',    ':',    ';',    ')',    ']',    '%',    ' '};
    if ((before < 0x1100 || text_width(before) < 2) && (behind < 0x1100 || text_width(behind) < 2))
        return false;
    for (size_t i = 0; i < sizeof opens / sizeof *opens; i++)
        if (before == opens[i] || before == ' ')
            return false;
    for (size_t i = 0; i < sizeof closes / sizeof *closes; i++)
        if (behind == closes[i])
            return false;
    return true;
}

// The length of the text that has to stand in one line, from its beginning.
static size_t
unbroken(struct str safe)
{
    int32_t before = ' ', rune;
    size_t at = 0;
    while (at < safe.len && safe.at[at] != ' ' && safe.at[at] != '\n') {
        size_t length = text_rune(str_from(safe, at), &rune);
        if (at && text_may_break(before, rune))
            break;
        before = rune;
        at += length;
    }
    return at;
}

void
text_wrap(struct str safe, size_t column, size_t indent, size_t width, struct buf *out)
{
    bool first = true;
    while (safe.len) {
        size_t blank = 0;
        while (blank < safe.len && (safe.at[blank] == ' ' || safe.at[blank] == '\n'))
            blank++;
        safe = str_from(safe, blank);
        struct str word = {safe.at, unbroken(safe)};
        size_t columns = text_columns(word), gap = !first && blank;
        if (!first && column + gap + columns > width) {
            buf_addf(out, "\n%*s", (int)indent, "");
            column = indent;
            gap = 0;
        }
        if (gap && word.len)
            buf_add_char(out, ' ');
        column += columns + gap;
        buf_add(out, word);
        safe = str_from(safe, word.len);
        first = false;
    }
}

// Edits (change, drop, add, swap of neighbours) from a to b, or more than `most` when it cannot be fewer.
static size_t
edits(struct str a, struct str b, size_t most)
{
    size_t rows[3][WORD_LONGEST + 1];
    if (a.len > b.len + most || b.len > a.len + most)
        return most + 1;
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t best = above[j - 1] + (a.at[i - 1] != b.at[j - 1]);
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            bool swapped = i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1];
            if (swapped && above2[j - 2] + 1 < best)
                best = above2[j - 2] + 1;
            row[j] = best;
        }
    }
    return rows[a.len % 3][b.len];
}

void
text_count(uint64_t n, struct buf *out)
{
    char digits[32];
    size_t at = sizeof digits, count = 0;
    do {
        if (count && count % 3 == 0)
            digits[--at] = ',';
        digits[--at] = (char)('0' + n % 10);
        count++;
    } while (n /= 10);
    buf_add(out, (struct str){digits + at, sizeof digits - at});
}

const char *
text_nearest(struct str word, const char *const words[], size_t n)
{
    if (word.len > WORD_LONGEST)
        return NULL;
    size_t most = word.len / 3;
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        struct str candidate = str_of(words[i]);
        if (candidate.len > WORD_LONGEST)
            continue;
        size_t count = edits(word, candidate, most);
        if (count <= most && (!nearest || count < most)) {
            nearest = words[i];
            most = count;
        }
    }
    return nearest;
}

size_t
text_begun(struct str word, const char *const words[], size_t n, const char *mark, struct buf *out)
{
    size_t count = 0;
    for (size_t i = 0; i < n && word.len; i++)
        if (str_starts(str_of(words[i]), word))
            buf_addf(out, "%s%s%s", count++ ? ", " : "", mark, words[i]);
    return count;
}
