#include "remote/fronts.h"

enum {
    LINES = 200, // that are looked at
    FEW = 3,     // of fewer nobody can tell
    SURE = 4,    // so often nothing but the width breaks a line at the same place
    COLUMN = 40, // where a line has its clock
    DIGITS = 7,  // of the number of a line
    INITIALS = 4,
    NARROWEST = 60, // lines that are folded,
    WIDEST = 250,
    CONSOLE = 80, // columns that most consoles have; others have WIDE
    WIDE = 132,
};

struct str
fronts_line(struct str *text)
{
    const char *end = text->len ? memchr(text->at, '\n', text->len) : NULL;
    struct str line = {text->at, end ? (size_t)(end - text->at) : text->len};
    *text = str_from(*text, line.len + 1);
    line.len -= line.len && line.at[line.len - 1] == '\r';
    return line;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
in_name(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || memchr("._-", c, 3);
}

static size_t
blanks(struct str s, size_t at)
{
    while (at < s.len && (s.at[at] == ' ' || s.at[at] == '\t'))
        at++;
    return at;
}

size_t
fronts_clock(struct str s, size_t most)
{
    for (size_t i = 0; i + 8 <= s.len && i < most; i++)
        if (s.at[i + 2] == ':' && s.at[i + 5] == ':' && is_digit(s.at[i]) && is_digit(s.at[i + 1]) &&
            is_digit(s.at[i + 3]) && is_digit(s.at[i + 4]) && is_digit(s.at[i + 6]) && is_digit(s.at[i + 7]))
            return i + 8;
    return 0;
}

// Stands a time of day where lines of logs have theirs?
static bool
has_clock(struct str s)
{
    return fronts_clock(s, COLUMN) > 0;
}

// A name that no plain word looks like: it has a digit, or a dash, and letters. The place behind it, or `at`.
static size_t
behind_name(struct str s, size_t at, unsigned *dashes)
{
    bool telling = false, letter = false;
    size_t p = at;
    *dashes = 0;
    for (; p < s.len && in_name(s.at[p]); p++) {
        *dashes += s.at[p] == '-';
        telling |= is_digit(s.at[p]) || s.at[p] == '-';
        letter |= (s.at[p] | 0x20) >= 'a' && (s.at[p] | 0x20) <= 'z';
    }
    return telling && letter ? p : at;
}

// --- one front

// "12" and what separates it from the line: the place behind that, or 0. *sign: what stood behind the number.
static size_t
behind_number(struct str s, uint64_t *number, char *sign)
{
    static const struct str bar = {"\xE2\x94\x82", 3};
    size_t from = blanks(s, 0);
    if (from < s.len && memchr("([L#", s.at[from], 4))
        from++;
    size_t p = from;
    while (p < s.len && is_digit(s.at[p]))
        p++;
    if (p == from || p - from > DIGITS || !str_number((struct str){s.at + from, p - from}, number))
        return 0;
    if (p == s.len) // of an empty line
        return p;
    *sign = s.at[p];
    size_t gap = blanks(s, p);
    if (str_starts(str_from(s, gap), bar))
        return blanks(s, gap + bar.len);
    if (gap < s.len && s.at[gap] == '|')
        return blanks(s, gap + 1);
    if (memchr(")]:-", *sign, 4))
        return blanks(s, p + 1);
    return gap > p ? gap : 0;
}

static size_t
behind_quote(struct str s)
{
    size_t p = blanks(s, 0), from = p;
    while (p < s.len && p - from < INITIALS && s.at[p] >= 'A' && s.at[p] <= 'Z')
        p++;
    size_t marks = p;
    while (p < s.len && s.at[p] == '>')
        p += p + 1 < s.len && s.at[p + 1] == ' ' ? 2 : 1;
    return p > marks ? p : 0;
}

// Behind the name of a pod, and of its container where it has one; tools write a sign between the two.
static size_t
behind_pod(struct str s, bool container)
{
    static const struct str arrow = {"\xE2\x80\xBA ", 4};
    unsigned dashes;
    size_t p = behind_name(s, 0, &dashes), next = blanks(s, p);
    if (!dashes || next == p || has_clock((struct str){s.at, next}))
        return 0;
    if (!container) // then it is no host
        return dashes > 1 ? next : 0;
    next += str_starts(str_from(s, next), arrow) ? arrow.len : 0;
    for (p = next; p < s.len && in_name(s.at[p]);)
        p++;
    if (p == next || blanks(s, p) == p)
        return 0;
    p = blanks(s, p);
    return p + 1 < s.len && s.at[p] == '|' ? blanks(s, p + 1) : p;
}

// What stands in front of a stamp: the name of a host, or a bar.
static size_t
behind_host(struct str s)
{
    unsigned dashes;
    if (str_starts(s, STR("| ")))
        return has_clock(s) ? 2 : 0;
    bool bracket = s.len && s.at[0] == '[';
    size_t p = behind_name(s, bracket, &dashes), next;
    if (p == bracket || p == s.len || s.at[p] != (bracket ? ']' : ':'))
        return 0;
    next = blanks(s, p + 1);
    return next > p + 1 && has_clock(str_from(s, next)) ? next : 0;
}

static size_t
behind(enum front_kind kind, bool container, struct str s)
{
    uint64_t number;
    char sign;
    switch (kind) {
    case FRONT_NUMBER:
        return behind_number(s, &number, &sign);
    case FRONT_QUOTE:
        return behind_quote(s);
    case FRONT_POD:
        return behind_pod(s, container);
    case FRONT_HOST:
        return behind_host(s);
    default:
        return 0;
    }
}

// --- what all lines have

struct sample {
    struct str line[LINES];
    size_t count;
};

static struct sample
sample_of(struct str start)
{
    struct sample s = {.count = 0};
    while (start.len && s.count < LINES) {
        bool whole = memchr(start.at, '\n', start.len) != NULL;
        struct str line = fronts_line(&start);
        if (str_trim(line).len && (whole || s.count < FEW))
            s.line[s.count++] = line;
    }
    return s;
}

// Do the lines begin with numbers that grow, mostly by one?
static bool
are_numbered(const struct sample *s)
{
    uint64_t before = 0, number;
    size_t grown = 0, next = 0, found = 0;
    bool hit = false, around = false; // "12:" and "12-" of a search that shows the lines around as well
    for (size_t i = 0; i < s->count; i++) {
        char sign = ' ';
        if (!behind_number(s->line[i], &number, &sign))
            continue;
        found++;
        grown += number > before;
        next += number == before + 1;
        hit |= sign == ':';
        around |= sign == '-';
        before = number;
    }
    bool grows = hit || around ? hit && around : (next + 1) * 10 >= found * 9;
    return found * 10 >= s->count * 9 && grown == found && grows;
}

static bool
is_same(struct str a, struct str b, size_t length)
{
    return length && a.len >= length && b.len >= length && str_same(a.at, b.at, length);
}

// Does every line begin with the name of one of few pods? Then with that of a container as well, if all lines
// of a pod go on alike.
static bool
name_pods(const struct sample *s, bool *container)
{
    enum { PODS = 8 };
    struct str pod[PODS];
    size_t pods = 0, clocks = 0;
    *container = true;
    for (size_t i = 0; i < s->count; i++) {
        struct str line = s->line[i];
        unsigned dashes;
        size_t name = behind_name(line, 0, &dashes), both = behind_pod(line, true), k = 0;
        clocks += has_clock(line);
        if (!both && !behind_pod(line, false))
            return false;
        while (k < pods && !is_same(line, pod[k], name))
            k++;
        if (k == PODS)
            return false;
        if (k == pods)
            pod[pods++] = line;
        *container &= both && is_same(line, pod[k], both);
    }
    for (size_t i = 0; i < s->count && !*container; i++)
        if (!behind_pod(s->line[i], false))
            return false;
    return s->count > pods * 2 && clocks * 2 < s->count;
}

static size_t
count_of(const struct sample *s, enum front_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++)
        count += behind(kind, false, s->line[i]) > 0;
    return count;
}

static enum front_kind
front_of(const struct sample *s, bool *container)
{
    if (s->count < FEW)
        return FRONT_NOTHING;
    if (are_numbered(s))
        return FRONT_NUMBER;
    // A mail that breaks lines leaves the second half of them without a mark.
    if (count_of(s, FRONT_QUOTE) * 2 >= s->count)
        return FRONT_QUOTE;
    if (count_of(s, FRONT_HOST) * 10 >= s->count * 9)
        return FRONT_HOST;
    return name_pods(s, container) ? FRONT_POD : FRONT_NOTHING;
}

bool
fronts_learn(struct fronts *f, struct str start)
{
    struct sample s = sample_of(start);
    *f = (struct fronts){.layers = 0};
    while (f->layers < FRONT_LAYERS) {
        bool container = false;
        enum front_kind kind = front_of(&s, &container);
        if (kind == FRONT_NOTHING)
            break;
        f->container |= kind == FRONT_POD && container;
        f->layer[f->layers++] = kind;
        for (size_t i = 0; i < s.count; i++)
            s.line[i] = str_from(s.line[i], behind(kind, container, s.line[i]));
    }
    return f->layers > 0;
}

struct str
fronts_off(const struct fronts *f, struct str line)
{
    for (int i = 0; i < f->layers; i++)
        line = str_from(line, behind(f->layer[i], f->container, line));
    return line;
}

// --- folded lines

static size_t
first_word(struct str s)
{
    size_t from = blanks(s, 0), p = from;
    while (p < s.len && s.at[p] != ' ')
        p++;
    return p - from;
}

static size_t
length_of(struct str line)
{
    while (line.len && line.at[line.len - 1] == ' ')
        line.len--;
    return line.len;
}

// May a console have broken the line at its end? A remark of a configuration is none of its lines, and what
// is drawn across one ("####", "----") ends there.
static bool
may_break(struct str line)
{
    enum { DRAWN = 4 };
    if (line.len < DRAWN || *line.at == '#')
        return false;
    const char *last = line.at + line.len - DRAWN;
    return memcmp(last, last + 1, DRAWN - 1) != 0;
}

// Does the line begin as lines of this log do, and so is no second half of another one?
static bool
begins(const struct folds *f, struct str line)
{
    if (!f->heads)
        return has_clock(line);
    for (int i = 0; i < f->heads; i++)
        if (line.len >= FOLD_HEAD && memcmp(line.at, f->head[i], FOLD_HEAD) == 0)
            return true;
    return line.len && (*line.at == ' ' || *line.at == '\t');
}

// Of lines without a time: what a tenth of those begin with that follow no line of this length.
static void
learn_heads(struct folds *f, const struct sample *s, size_t width)
{
    size_t count[FOLD_HEADS] = {0}, asked = 0;
    for (size_t i = 0; i < s->count; i++) {
        struct str line = s->line[i];
        if (line.len < FOLD_HEAD || (i && s->line[i - 1].len == width))
            continue;
        asked++;
        int k = 0;
        while (k < f->heads && memcmp(line.at, f->head[k], FOLD_HEAD) != 0)
            k++;
        if (k == FOLD_HEADS)
            continue;
        if (k == f->heads)
            memcpy(f->head[f->heads++], line.at, FOLD_HEAD);
        count[k]++;
    }
    int kept = 0;
    for (int k = 0; k < f->heads; k++)
        if (count[k] * 10 >= asked)
            memcpy(f->head[kept++], f->head[k], FOLD_HEAD);
    f->heads = kept;
}

// How often lines must be broken at one width, so that it is no accident.
static size_t
often_enough(size_t width)
{
    return width == CONSOLE || width == WIDE ? 2 : SURE;
}

// Does a word go on from the one line to the next?
static bool
in_word(struct str line, struct str next)
{
    char last = line.at[line.len - 1], first = next.len ? *next.at : ' ';
    bool small = first >= 'a' && first <= 'z', letter = (last | 0x20) >= 'a' && (last | 0x20) <= 'z';
    return (small && letter) || (first >= '0' && first <= '9' && last >= '0' && last <= '9');
}

// A console breaks what is longer than it is wide, wherever that falls. Then no line is longer, and what
// comes behind one of that length does not begin as lines do. A log may have its longest lines of one length
// by itself, so other widths than those of consoles must be seen more often.
static bool
learn_console(struct folds *f, const struct sample *s)
{
    size_t width = 0, stamped = 0, goes_on = 0, anew = 0, torn = 0;
    for (size_t i = 0; i < s->count; i++) {
        width = s->line[i].len > width ? s->line[i].len : width;
        stamped += has_clock(s->line[i]);
    }
    if (width < NARROWEST || width > WIDEST)
        return false;
    *f = (struct folds){.width = width, .console = true};
    bool by_clock = stamped * 3 >= s->count;
    if (!by_clock)
        learn_heads(f, s, width);
    if (!by_clock && !f->heads)
        return false;
    for (size_t i = 1; i < s->count; i++) {
        bool full = s->line[i - 1].len == width && may_break(s->line[i - 1]);
        goes_on += full && !begins(f, s->line[i]);
        torn += full && !begins(f, s->line[i]) && in_word(s->line[i - 1], s->line[i]);
        anew += full && begins(f, s->line[i]);
    }
    // Every line has a time but for these: one is enough.
    bool pure = by_clock && stamped + goes_on == s->count && stamped > 1;
    // A window has any width, and a mail, which breaks between words, is not that wide.
    size_t wanted = pure && torn == goes_on && width > CONSOLE ? 2 : often_enough(width);
    return goes_on >= (pure && wanted < SURE ? 1 : wanted) && goes_on >= anew * 4;
}

bool
folds_learn(struct folds *f, struct str start)
{
    struct sample s = sample_of(start);
    size_t stamped = 0, longest = 0, soft[WIDE + 1] = {0}, hard[WIDE + 1] = {0};
    for (size_t i = 0; i < s.count; i++) {
        longest = s.line[i].len > longest ? s.line[i].len : longest;
        if (has_clock(s.line[i])) {
            stamped++;
            continue;
        }
        size_t before = i ? length_of(s.line[i - 1]) : 0;
        for (size_t w = NARROWEST; w <= WIDE; w++)
            soft[w] += before <= w && before + 1 + first_word(s.line[i]) > w;
        if (i && s.line[i - 1].len <= WIDE)
            hard[s.line[i - 1].len]++;
    }
    size_t best = 0, folded = s.count - stamped;
    *f = (struct folds){.hard = false};
    for (size_t w = NARROWEST; w <= WIDE; w++) {
        if (soft[w] > best || hard[w] > best) {
            best = soft[w] > hard[w] ? soft[w] : hard[w];
            f->width = w;
            f->hard =
                hard[w] >= soft[w] && hard[w] == folded && folded >= (longest == w ? often_enough(w) : SURE);
        }
    }
    bool folds = stamped >= FEW && folded >= 2 && folded * 20 >= s.count && best * 5 >= folded * 4;
    struct folds console;
    if ((folds && f->hard) || !learn_console(&console, &s))
        return folds;
    // What breaks between words leaves lines of all lengths.
    if (!folds || console.width > WIDE || (hard[console.width] + hard[console.width - 1]) * 5 >= folded * 4)
        *f = console;
    return true;
}

bool
folds_go_on(struct folds *f, struct str line)
{
    size_t before = f->before;
    f->before = f->hard || f->console ? line.len : length_of(line);
    f->blank = before != f->width || (!f->hard && !f->console);
    if (f->console) {
        if (!may_break(line))
            f->before = 0;
        if (line.len > f->width) // it was no console
            f->width = 0;
        // A blank at the break is lost where the text was copied without.
        bool full = before == f->width || (!f->heads && before + 1 == f->width);
        return full && f->width && line.len && !begins(f, line);
    }
    if (f->hard)
        return before == f->width;
    return before && length_of(line) && !has_clock(line) && before + 1 + first_word(line) > f->width;
}
