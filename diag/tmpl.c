#include "diag/tmpl.h"

#include "diag/text.h"

#include <limits.h>

enum kind { TEXT, WORD, INT, HEX, NUM, ADDR, NAME, CAPS, QUOTED, BYTES, KINDS };

static const char *const kind_names[KINDS] = {
    [TEXT] = "text", [WORD] = "word", [INT] = "int",   [HEX] = "hex",       [NUM] = "num",
    [ADDR] = "addr", [NAME] = "name", [CAPS] = "caps", [QUOTED] = "quoted", [BYTES] = "bytes",
};

const char *const slot_word[SLOT_NAMES] = {
    [SLOT_CONN] = "conn",     [SLOT_INSTANCE] = "instance",   [SLOT_SERIAL] = "serial",
    [SLOT_PEER] = "peer",     [SLOT_PEER_PORT] = "peer_port", [SLOT_LOCAL] = "local",
    [SLOT_STATE] = "state",   [SLOT_EXCHANGE] = "exchange",   [SLOT_NOTIFY] = "notify",
    [SLOT_ERRNO] = "errno",   [SLOT_PARENT] = "parent",       [SLOT_REPLACES] = "replaces",
    [SLOT_TARGET] = "target", [SLOT_CHILD] = "child",         [SLOT_MSGID] = "msgid",
    [SLOT_THREAD] = "thread", [SLOT_PART] = "part",
};

struct step {
    bool hole;
    enum kind kind;
    enum slot_name known;
    bool sure;        // the hole takes all bytes of its kind: the literal behind it begins with another byte
    struct str text;  // the literal, or the name of the hole
    struct str start; // what the hole must begin with
};

struct tmpl {
    struct str head, longest;
    size_t weight, count;
    bool has_known, has_values;
    struct step step[];
};

// What a match in progress carries; budget bounds the work on hostile text.
struct run {
    const struct tmpl *tmpl;
    const char *end;
    struct slots *slots;
    int budget;
};

enum { STEP_BUDGET = 4000 };

static bool
is_word(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

// Bytes that a blank takes at p: blank, tab or the two bytes of a no-break space.
static size_t
blank_at(const char *p, const char *end)
{
    if (p == end)
        return 0;
    if (*p == ' ' || *p == '\t')
        return 1;
    return end - p > 1 && p[0] == '\xc2' && p[1] == '\xa0' ? 2 : 0;
}

// The bytes of the closed kinds (a bit for each kind that takes the byte), and those that the open kinds do
// not take.
#define BIT(kind) (uint16_t)(1u << (kind))
static const uint16_t closed_takes[256] = {
    ['0' ... '9'] = BIT(INT) | BIT(HEX) | BIT(NUM) | BIT(CAPS) | BIT(NAME),
    ['A' ... 'F'] = BIT(HEX) | BIT(CAPS) | BIT(NAME),
    ['G' ... 'Z'] = BIT(CAPS) | BIT(NAME),
    ['a' ... 'f'] = BIT(HEX) | BIT(NAME),
    ['g' ... 'w'] = BIT(NAME),
    ['x'] = BIT(HEX) | BIT(NAME),
    ['y' ... 'z'] = BIT(NAME),
    ['_'] = BIT(CAPS) | BIT(NAME),
    ['.'] = BIT(NUM) | BIT(NAME),
    ['-'] = BIT(NUM) | BIT(NAME),
    ['+'] = BIT(NAME),
};
static const uint16_t open_stops[256] = {
    [' '] = BIT(WORD) | BIT(ADDR), ['\t'] = BIT(WORD) | BIT(ADDR), [','] = BIT(ADDR), ['='] = BIT(ADDR),
    ['"'] = BIT(QUOTED),
};

static bool
in_kind(enum kind kind, unsigned char c)
{
    if (kind == TEXT)
        return true;
    if (kind == BYTES)
        return c == '0';
    return kind == WORD || kind == ADDR || kind == QUOTED ? !(open_stops[c] & BIT(kind))
                                                          : closed_takes[c] & BIT(kind);
}

const char *
tmpl_literal_end(struct str lit, const char *p, const char *end)
{
    const char *l = lit.at, *stop = lit.at + lit.len;
    // Mostly a long literal stands there byte for byte; blanks at its end are looked at below.
    size_t sure = lit.len - (lit.at[lit.len - 1] == ' ');
    if (sure >= 8 && (size_t)(end - p) >= sure && *p == *l && memcmp(p, l, sure) == 0) {
        p += sure;
        l += sure;
    }
    while (l < stop) {
        if (p < end && *p == *l && *l != ' ') {
            p++;
            l++;
            continue;
        }
        if (*l != ' ')
            return NULL;
        size_t blank = blank_at(p, end);
        if (blank == 0)
            return NULL;
        for (; blank; blank = blank_at(p, end))
            p += blank;
        l++;
    }
    return p;
}

// Where an address ends: a port, brackets and closing punctuation are left outside.
static const char *
address_end(const char *start, const char *end)
{
    while (end > start && strchr(".:;)\"'", end[-1]))
        end--;
    const char *colon = memrchr(start, ':', (size_t)(end - start));
    if (!colon || colon == start || (memchr(start, ':', (size_t)(colon - start)) && *start != '['))
        return end;
    const char *p = colon + 1;
    while (p < end && ((*p >= 'A' && *p <= 'Z') || *p == '/'))
        p++;
    if (p == end)
        return end;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p == end ? colon : end;
}

static void
take(struct run *run, const struct step *hole, const char *from, const char *to)
{
    if (!run->slots)
        return;
    if (hole->text.len == 0) {
        run->slots->rest = (struct str){from, (size_t)(to - from)};
        return;
    }
    if (run->slots->count == TMPL_SLOTS)
        return;
    if (hole->kind == ADDR) {
        to = address_end(from, to);
        if (to - from > 2 && *from == '[' && to[-1] == ']')
            from++, to--;
    }
    struct str value = {from, (size_t)(to - from)};
    run->slots->at[run->slots->count++] =
        (struct slot){hole->text, hole->kind == TEXT ? str_trim(value) : value, hole->known};
}

static enum tmpl_fit fit_behind(struct run *run, size_t index, const char *at, const char *behind);

static enum tmpl_fit
fit_tail(const struct run *run, const char *start, const char *p)
{
    if (p == run->end)
        return FIT_WHOLE;
    return is_word((unsigned char)*p) && p > start && is_word((unsigned char)p[-1]) ? FIT_NONE : FIT_START;
}

// "0x0 0x1 0x51 0x80": bytes in hex, one by one.
static const char *
bytes_end(const char *p, const char *end)
{
    const char *last = p;
    while (end - p >= 3 && p[0] == '0' && p[1] == 'x' && closed_takes[(unsigned char)p[2]] & BIT(HEX)) {
        p += 2;
        while (p < end && closed_takes[(unsigned char)*p] & BIT(HEX) && *p != 'x')
            p++;
        last = p;
        for (size_t blank = blank_at(p, end); blank; blank = blank_at(p, end))
            p += blank;
    }
    return last;
}

static const char *
kind_end(enum kind kind, const char *p, const char *end)
{
    if (kind == TEXT)
        return end;
    if (kind == QUOTED) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        return quote ? quote : end;
    }
    if (kind == BYTES)
        return bytes_end(p, end);
    const uint16_t bit = BIT(kind);
    if (kind == WORD || kind == ADDR) {
        while (p < end && !(open_stops[(unsigned char)*p] & bit) && !(*p == '\xc2' && blank_at(p, end)))
            p++;
        return p;
    }
    while (p < end && closed_takes[(unsigned char)*p] & bit)
        p++;
    return p;
}

// The next place at or behind `at` where the literal may begin, or NULL.
static const char *
literal_place(struct str next, const char *at, const char *limit, const char *end)
{
    if (next.at[0] == ' ') {
        while (at <= limit && at < end && *at != ' ' && *at != '\t' && *at != '\xc2')
            at++;
    } else if (at < end && *at != next.at[0]) {
        at = at < end ? memchr(at, next.at[0], (size_t)(end - at)) : NULL;
    }
    return at && at <= limit && at < end ? at : NULL;
}

// A hole in front of a literal: the least text of its kind behind which the rest matches.
static enum tmpl_fit
fit_hole(struct run *run, size_t index, const char *p)
{
    const struct step *hole = &run->tmpl->step[index];
    if (hole->start.len && !str_starts((struct str){p, (size_t)(run->end - p)}, hole->start))
        return FIT_NONE;
    const char *limit = kind_end(hole->kind, p, run->end);
    size_t taken = run->slots ? run->slots->count : 0;
    if (index + 1 == run->tmpl->count) {
        if (limit == p && hole->kind != TEXT)
            return FIT_NONE;
        if (hole->kind == ADDR)
            limit = address_end(p, limit);
        take(run, hole, p, limit);
        return fit_tail(run, p, limit);
    }
    if (run->tmpl->step[index + 1].hole) {
        if (limit == p)
            return FIT_NONE;
        take(run, hole, p, limit);
        return fit_hole(run, index + 1, limit);
    }
    struct str next = run->tmpl->step[index + 1].text;
    const char *at = p + (hole->kind != TEXT && hole->kind != QUOTED);
    if (hole->sure) { // nowhere else can the literal begin
        const char *behind = limit >= at ? tmpl_literal_end(next, limit, run->end) : NULL;
        if (!behind)
            return FIT_NONE;
        take(run, hole, p, limit);
        return fit_behind(run, index + 1, limit, behind);
    }
    while ((at = literal_place(next, at, limit, run->end))) {
        if (--run->budget < 0)
            return FIT_NONE;
        const char *behind = tmpl_literal_end(next, at, run->end);
        if (behind) {
            take(run, hole, p, at);
            enum tmpl_fit fit = fit_behind(run, index + 1, at, behind);
            if (fit != FIT_NONE)
                return fit;
            if (run->slots)
                run->slots->count = taken;
        }
        at++;
    }
    return FIT_NONE;
}

// The literal of this step stands at `at` and ends at `behind`: what follows it?
static enum tmpl_fit
fit_behind(struct run *run, size_t index, const char *at, const char *behind)
{
    return index + 1 == run->tmpl->count ? fit_tail(run, at, behind) : fit_hole(run, index + 1, behind);
}

enum tmpl_fit
tmpl_match_behind(const struct tmpl *t, const char *behind, struct str text, struct slots *slots)
{
    struct run run = {t, text.at + text.len, slots, STEP_BUDGET};
    size_t taken = slots ? slots->count : 0;
    enum tmpl_fit fit = FIT_NONE;
    if (text.at && t->step[0].hole)
        fit = fit_hole(&run, 0, text.at);
    else if (text.at && (behind || (behind = tmpl_literal_end(t->step[0].text, text.at, run.end))))
        fit = fit_behind(&run, 0, text.at, behind);
    if (fit == FIT_NONE && slots)
        slots->count = taken;
    return fit;
}

enum tmpl_fit
tmpl_match(const struct tmpl *t, struct str text, struct slots *slots)
{
    return tmpl_match_behind(t, NULL, text, slots);
}

// One hole "name:kind^start" between ${ and }.
static bool
compile_hole(struct str inside, struct step *step, struct arena *arena, struct err *e)
{
    struct str whole = {inside.at, str_find(inside, STR("^"))};
    struct str start = str_from(inside, whole.len + 1);
    size_t colon = str_find(whole, STR(":"));
    struct str name = {whole.at, colon}, kind = str_from(whole, colon + 1);
    int found = colon == whole.len ? TEXT : -1;
    for (int k = 0; k < KINDS && found < 0; k++)
        if (str_eq(kind, str_of(kind_names[k])))
            found = k;
    if (found < 0) {
        const char *near = text_nearest(kind, kind_names, KINDS);
        return err_set(
            e, ERR_PARSE, "${%.*s}: unknown kind of hole \"%.*s\"%s%s", STR_ARG(inside), STR_ARG(kind),
            near ? "; the nearest is " : "; kinds are text word int hex num addr name caps quoted bytes",
            near ? near : "");
    }
    for (size_t i = 0; i < name.len; i++)
        if (!is_word((unsigned char)name.at[i]) && name.at[i] != '-' && name.at[i] != '.')
            return err_set(e, ERR_PARSE, "${%.*s}: a name has letters, digits, '_', '-' and '.' only",
                           STR_ARG(inside));
    if (str_eq(name, STR("_")))
        name = STR_NONE;
    enum slot_name known = SLOT_VALUE;
    for (int i = SLOT_VALUE + 1; i < SLOT_NAMES; i++)
        if (str_eq(name, str_of(slot_word[i])))
            known = (enum slot_name)i;
    *step = (struct step){.hole = true, .kind = (enum kind)found, .known = known};
    if (start.len)
        step->start = arena_str(arena, start);
    if (name.len)
        step->text = arena_str(arena, name);
    return true;
}

// The literal with its runs of blanks made one blank.
static struct str
compile_literal(struct str raw, struct arena *arena)
{
    char *copy = arena_take(arena, raw.len + 1);
    size_t len = 0;
    const char *end = raw.at + raw.len;
    for (const char *p = raw.at; p < end;) {
        size_t blank = blank_at(p, end);
        if (blank == 0) {
            copy[len++] = *p++;
            continue;
        }
        if (len == 0 || copy[len - 1] != ' ')
            copy[len++] = ' ';
        p += blank;
    }
    return (struct str){copy, len};
}

static size_t
count_steps(struct str text)
{
    size_t holes = 0;
    for (size_t at = 0; at < text.len; holes++) {
        size_t next = str_find(str_from(text, at), STR("${"));
        at += next + 2;
        if (at > text.len)
            break;
    }
    return 2 * holes + 1;
}

struct tmpl *
tmpl_compile(struct str text, struct arena *arena, struct err *e)
{
    struct tmpl *t = arena_take(arena, sizeof *t + mem_product(count_steps(text), sizeof(struct step)));
    size_t slots = 0;
    while (text.len) {
        size_t open = str_find(text, STR("${"));
        if (open > 0) {
            struct str lit = compile_literal((struct str){text.at, open}, arena);
            struct step *before = t->count ? &t->step[t->count - 1] : NULL;
            if (before)
                before->sure = before->kind != TEXT && !in_kind(before->kind, (unsigned char)lit.at[0]);
            t->step[t->count++] = (struct step){.text = lit};
            t->weight += lit.len;
            if (lit.len > t->longest.len)
                t->longest = lit;
            text = str_from(text, open);
            continue;
        }
        size_t close = str_find(text, STR("}"));
        if (close == text.len)
            return err_set(e, ERR_PARSE, "\"%.*s\": a hole is opened by ${ and not closed by }",
                           STR_ARG(text)),
                   NULL;
        if (t->count && t->step[t->count - 1].hole && t->step[t->count - 1].kind == TEXT)
            return err_set(e, ERR_PARSE,
                           "%.*s: two holes touch; put literal text between them or give the first a kind",
                           STR_ARG(text)),
                   NULL;
        if (!compile_hole((struct str){text.at + 2, close - 2}, &t->step[t->count], arena, e))
            return NULL;
        const struct step *hole = &t->step[t->count++];
        t->weight += hole->start.len;
        slots += hole->text.len > 0;
        t->has_known |= hole->known != SLOT_VALUE;
        t->has_values |= hole->text.len > 0 && hole->known == SLOT_VALUE;
        text = str_from(text, close + 1);
    }
    if (t->count == 0)
        return err_set(e, ERR_PARSE, "the template is empty"), NULL;
    if (slots > TMPL_SLOTS)
        return err_set(e, ERR_LIMIT, "a template has at most %d named holes", TMPL_SLOTS), NULL;
    t->head = t->step[0].hole ? STR_NONE : t->step[0].text;
    return t;
}

struct str
tmpl_head(const struct tmpl *t)
{
    return t->head;
}

size_t
tmpl_weight(const struct tmpl *t)
{
    return t->weight;
}

struct str
tmpl_longest(const struct tmpl *t)
{
    return t->longest;
}

bool
tmpl_may_begin(const struct tmpl *t, unsigned char byte)
{
    const struct step *first = &t->step[0];
    if (!first->hole && first->text.at[0] == ' ')
        return byte == ' ' || byte == '\t' || byte == 0xc2;
    if (!first->hole)
        return byte == (unsigned char)first->text.at[0];
    return first->kind == QUOTED || in_kind(first->kind, byte); // a quoted one may be empty
}

bool
tmpl_has_known(const struct tmpl *t)
{
    return t->has_known;
}

bool
tmpl_has_values(const struct tmpl *t)
{
    return t->has_values;
}

bool
tmpl_has_slot(const struct tmpl *t, enum slot_name slot)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->step[i].hole && t->step[i].known == slot)
            return true;
    return false;
}

struct str
slots_get(const struct slots *s, struct str name)
{
    for (size_t i = 0; i < s->count; i++)
        if (str_eq(s->at[i].name, name))
            return s->at[i].value;
    return STR_NONE;
}
