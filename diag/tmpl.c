#include "diag/tmpl.h"

#include "diag/literal.h"
#include "diag/text.h"

#include <limits.h>

// Slots by which a log tells negotiations and threads apart.
#define NUMBERS                                                                                              \
    (1u << SLOT_SERIAL | 1u << SLOT_PARENT | 1u << SLOT_REPLACES | 1u << SLOT_TARGET | 1u << SLOT_CHILD |    \
     1u << SLOT_THREAD)

// Who wants what a hole takes: nobody, who asks for all values, or everybody.
enum want { WANT_NOT, WANT_VALUE, WANT_KNOWN };
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

// A hole and the text behind it.
struct hole {
    struct literal next; // empty: the next hole touches this one, or the template ends
    enum kind kind;
    enum want want;
    bool sure;    // it takes all bytes of its kind: the literal behind it begins with another byte
    bool touches; // another hole follows without a literal between them
    bool last;    // nothing follows it
    bool ends;    // nothing follows its literal
    bool number;  // the slot is a number
    struct str name, start;
    enum slot_name known;
};

struct tmpl {
    struct literal head;
    struct str longest;
    size_t weight, count;
    bool has_known, has_values;
    struct hole hole[];
};

// What a match in progress carries; budget bounds the work on hostile text.
struct run {
    const struct tmpl *tmpl;
    const char *end;
    struct slots *slots;
    struct trail *trail; // NULL: nobody asks for it, or a hole was met that may end at several places
    enum want beyond;    // only what is wanted more than this is taken
    int budget;
};

enum { STEP_BUDGET = 4000 };

static bool
is_word(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
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

static bool
closes_address(char c)
{
    return c == '.' || c == ':' || c == ';' || c == ')' || c == '"' || c == '\'' || c == '\0';
}

// Where an address ends: a port, brackets and closing punctuation are left outside.
static const char *
address_end(const char *start, const char *end)
{
    while (end > start && closes_address(end[-1]))
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

// Daemons that do not count name an SA by its cookie, an SPI or a name of their own: any word will do.
static uint64_t
number_of(struct str word)
{
    const uint64_t named = UINT64_C(1) << 62;
    uint64_t number;
    return str_number(word, &number) && number != UINT64_MAX ? number : named | str_hash(word, 0) >> 2;
}

static inline void
take(struct run *run, const struct hole *hole, const char *from, const char *to)
{
    struct slots *slots = run->slots;
    if (!slots || hole->want <= run->beyond || slots->count == TMPL_SLOTS)
        return;
    if (hole->kind == ADDR) {
        to = address_end(from, to);
        if (to - from > 2 && *from == '[' && to[-1] == ']')
            from++, to--;
    }
    struct str value = {from, (size_t)(to - from)};
    if (hole->kind == TEXT)
        value = str_trim(value);
    slots->at[slots->count++] =
        (struct slot){hole->name, value, hole->known, hole->number ? number_of(value) : 0};
}

static inline enum tmpl_fit fit_behind(struct run *run, size_t index, const char *at, const char *behind);

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
        for (size_t blank = literal_blank(p, end); blank; blank = literal_blank(p, end))
            p += blank;
    }
    return last;
}

static inline const char *
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
    if (kind == INT) {
        while (p < end && (unsigned)(*p - '0') <= 9)
            p++;
        return p;
    }
    const uint16_t bit = BIT(kind);
    if (kind == WORD || kind == ADDR) {
        for (; p < end && !(open_stops[(unsigned char)*p] & bit); p++)
            if (*p == '\xc2' && literal_blank(p, end))
                break;
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

// A hole in front of a literal that may begin at several places: the least text of its kind behind which the
// rest matches.
static enum tmpl_fit
fit_search(struct run *run, size_t index, const char *p, const char *limit)
{
    const struct hole *hole = &run->tmpl->hole[index];
    const char *at = p + (hole->kind != TEXT && hole->kind != QUOTED);
    size_t taken = run->slots ? run->slots->count : 0;
    while ((at = literal_place(hole->next.text, at, limit, run->end))) {
        if (--run->budget < 0)
            return FIT_NONE;
        const char *behind = literal_end(&hole->next, at, run->end);
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

static enum tmpl_fit
fit_last(struct run *run, const struct hole *hole, const char *p)
{
    if (hole->kind == TEXT && hole->want == WANT_NOT) { // of a prefix: what it stands in front of
        if (run->slots && hole->name.len == 0)
            run->slots->rest = (struct str){p, (size_t)(run->end - p)};
        return FIT_WHOLE;
    }
    const char *limit = kind_end(hole->kind, p, run->end);
    if (limit == p && hole->kind != TEXT)
        return FIT_NONE;
    if (hole->kind == ADDR)
        limit = address_end(p, limit);
    if (run->slots && hole->name.len == 0)
        run->slots->rest = (struct str){p, (size_t)(limit - p)};
    take(run, hole, p, limit);
    return fit_tail(run, p, limit);
}

static inline void
trail_note(struct run *run, size_t index, const char *from, const char *to)
{
    if (!run->trail || index >= TRAIL_HOLES)
        return;
    run->trail->from[index] = from;
    run->trail->to[index] = to;
    run->trail->slots[index] = run->slots->count;
    run->trail->reached = index + 1;
}

static inline bool
begins_right(const struct run *run, const struct hole *hole, const char *p)
{
    return hole->start.len == 0 || str_starts((struct str){p, (size_t)(run->end - p)}, hole->start);
}

// The hole at index, whose text begins at p, and all that follows it; limit is where its kind ends, NULL: not
// known yet. Goes on without looking back as long as every hole can end at one place only.
static enum tmpl_fit
fit_holes(struct run *run, size_t index, const char *p, const char *limit)
{
    const struct hole *hole = &run->tmpl->hole[index];
    const char *end = run->end;
    for (;; hole++, index++) {
        if (!limit) {
            if (!begins_right(run, hole, p))
                return FIT_NONE;
            if (hole->last)
                return fit_last(run, hole, p);
            limit = kind_end(hole->kind, p, end);
        }
        if (!hole->sure && !hole->touches) {
            run->trail = NULL;
            return fit_search(run, index, p, limit);
        }
        if (limit == p && (hole->touches || hole->kind != QUOTED))
            return FIT_NONE;
        trail_note(run, index, p, limit);
        const char *behind = hole->touches ? limit : literal_end(&hole->next, limit, end);
        if (!behind)
            return FIT_NONE;
        take(run, hole, p, limit);
        if (hole->ends)
            return fit_tail(run, limit, behind);
        p = behind;
        limit = NULL;
    }
}

// The literal in front of the hole at index stands at `at` and ends at `behind`: what follows it?
static inline enum tmpl_fit
fit_behind(struct run *run, size_t index, const char *at, const char *behind)
{
    return index == run->tmpl->count ? fit_tail(run, at, behind) : fit_holes(run, index, behind, NULL);
}

static inline struct run
run_of(const struct tmpl *t, struct str text, struct slots *slots, struct trail *trail)
{
    enum want beyond = !slots ? WANT_KNOWN : slots->known_only ? WANT_VALUE : WANT_NOT;
    return (struct run){t, text.at + text.len, slots, trail, beyond, STEP_BUDGET};
}

enum tmpl_fit
tmpl_match(const struct tmpl *t, struct str text, struct slots *slots)
{
    struct run run = run_of(t, text, slots, NULL);
    size_t taken = slots ? slots->count : 0;
    enum tmpl_fit fit = FIT_NONE;
    const char *behind = text.at && t->head.text.len ? literal_end(&t->head, text.at, run.end) : text.at;
    if (behind)
        fit = fit_behind(&run, 0, text.at, behind);
    if (fit == FIT_NONE && slots)
        slots->count = taken;
    return fit;
}

enum tmpl_fit
tmpl_match_next(const struct tmpl *t, unsigned shared, const char *behind, struct str text,
                struct slots *slots, struct trail *trail)
{
    struct run run = run_of(t, text, slots, trail);
    size_t taken = slots->count;
    enum tmpl_fit fit = FIT_NONE;
    if (!shared) {
        trail->reached = 0;
        fit = fit_behind(&run, 0, text.at, behind);
    } else if (trail->reached >= shared) {
        trail->reached = shared;
        slots->count = trail->slots[shared - 1];
        fit = fit_holes(&run, shared - 1, trail->from[shared - 1], trail->to[shared - 1]);
    }
    if (fit == FIT_NONE)
        slots->count = taken;
    return fit;
}

unsigned
tmpl_shared(const struct tmpl *a, const struct tmpl *b)
{
    unsigned i = 0;
    bool same = str_eq(a->head.text, b->head.text);
    for (; same && i < a->count && i < b->count && i < TRAIL_HOLES; i++) {
        const struct hole *x = &a->hole[i], *y = &b->hole[i];
        if (x->kind != y->kind || x->touches != y->touches || !(x->sure || x->touches) ||
            !(y->sure || y->touches) || !str_eq(x->name, y->name) || !str_eq(x->start, y->start))
            break;
        same = str_eq(x->next.text, y->next.text);
    }
    return i;
}

enum slot_name
slot_of(struct str name)
{
    for (int i = SLOT_VALUE + 1; i < SLOT_NAMES; i++)
        if (str_eq(name, str_of(slot_word[i])))
            return (enum slot_name)i;
    return SLOT_VALUE;
}

// One hole "name:kind^start" between ${ and }.
static bool
compile_hole(struct str inside, struct hole *hole, struct arena *arena, struct err *e)
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
    enum slot_name known = slot_of(name);
    *hole = (struct hole){.kind = (enum kind)found, .known = known, .number = NUMBERS >> known & 1};
    hole->want = !name.len ? WANT_NOT : known == SLOT_VALUE ? WANT_VALUE : WANT_KNOWN;
    if (start.len)
        hole->start = arena_str(arena, start);
    if (name.len)
        hole->name = arena_str(arena, name);
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
        size_t blank = literal_blank(p, end);
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
count_holes(struct str text)
{
    size_t holes = 0;
    for (size_t at = 0; at < text.len; holes++) {
        size_t next = str_find(str_from(text, at), STR("${"));
        at += next + 2;
        if (at > text.len)
            break;
    }
    return holes;
}

struct tmpl *
tmpl_compile(struct str text, struct arena *arena, struct err *e)
{
    struct tmpl *t = arena_take(arena, sizeof *t + mem_product(count_holes(text), sizeof(struct hole)));
    size_t slots = 0;
    while (text.len) {
        size_t open = str_find(text, STR("${"));
        if (open > 0) {
            struct literal lit = literal_of(compile_literal((struct str){text.at, open}, arena));
            struct hole *before = t->count ? &t->hole[t->count - 1] : NULL;
            if (before)
                before->sure = before->kind != TEXT && !in_kind(before->kind, (unsigned char)lit.text.at[0]);
            *(before ? &before->next : &t->head) = lit;
            t->weight += lit.text.len;
            if (lit.text.len > t->longest.len)
                t->longest = lit.text;
            text = str_from(text, open);
            continue;
        }
        size_t close = str_find(text, STR("}"));
        if (close == text.len)
            return err_set(e, ERR_PARSE, "\"%.*s\": a hole is opened by ${ and not closed by }",
                           STR_ARG(text)),
                   NULL;
        struct hole *before = t->count ? &t->hole[t->count - 1] : NULL;
        if (before)
            before->touches = before->next.text.len == 0;
        if (before && before->touches && before->kind == TEXT)
            return err_set(e, ERR_PARSE,
                           "%.*s: two holes touch; put literal text between them or give the first a kind",
                           STR_ARG(text)),
                   NULL;
        if (!compile_hole((struct str){text.at + 2, close - 2}, &t->hole[t->count], arena, e))
            return NULL;
        const struct hole *hole = &t->hole[t->count++];
        t->weight += hole->start.len;
        slots += hole->name.len > 0;
        t->has_known |= hole->known != SLOT_VALUE;
        t->has_values |= hole->name.len > 0 && hole->known == SLOT_VALUE;
        text = str_from(text, close + 1);
    }
    if (t->count) {
        struct hole *last = &t->hole[t->count - 1];
        last->last = last->next.text.len == 0;
        last->ends = !last->last;
    }
    if (t->count == 0 && t->head.text.len == 0)
        return err_set(e, ERR_PARSE, "the template is empty"), NULL;
    if (slots > TMPL_SLOTS)
        return err_set(e, ERR_LIMIT, "a template has at most %d named holes", TMPL_SLOTS), NULL;
    return t;
}

struct str
tmpl_head(const struct tmpl *t)
{
    return t->head.text;
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
    const struct hole *first = &t->hole[0];
    if (t->head.text.len && t->head.text.at[0] == ' ')
        return byte == ' ' || byte == '\t' || byte == 0xc2;
    if (t->head.text.len)
        return byte == (unsigned char)t->head.text.at[0];
    return first->kind == QUOTED || in_kind(first->kind, byte); // a quoted one may be empty
}

bool
tmpl_may_end(const struct tmpl *t, unsigned char byte)
{
    const struct hole *hole = t->count ? &t->hole[t->count - 1] : NULL;
    if (hole && hole->last) // what closes an address is left outside, and blanks may stand between bytes
        return hole->kind == ADDR || hole->kind == BYTES || in_kind(hole->kind, byte);
    struct str end = hole ? hole->next.text : t->head.text;
    unsigned char last = (unsigned char)end.at[end.len - 1];
    return byte == last || (last == ' ' && (byte == '\t' || byte == 0xa0));
}

bool
tmpl_is_sure(const struct tmpl *t)
{
    bool sure = true;
    for (size_t i = 0; i + 1 < t->count; i++)
        sure &= t->hole[i].sure;
    return sure;
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
        if (t->hole[i].known == slot)
            return true;
    return false;
}

bool
tmpl_has_named(const struct tmpl *t, struct str beginning)
{
    for (size_t i = 0; i < t->count; i++)
        if (str_starts(t->hole[i].name, beginning))
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
