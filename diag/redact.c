#include "diag/redact.h"

#include "diag/addr.h"
#include "diag/mask.h"

#include <stdlib.h>
#include <strings.h>

static const char *const stem[REDACT_KINDS] = {
    [REDACT_CONN] = "CONN-", [REDACT_HOST] = "HOST-", [REDACT_NET] = "NET-",
    [REDACT_ID] = "ID-",     [REDACT_USER] = "USER-",
};

// A name and what stands for it. Every one is found by its whole name; the learned ones also in the middle of
// a text.
struct entry {
    struct str name, standin;
    struct entry *next; // same slot of the table
    bool learned;
    bool quoted; // so short or plain a name that it counts in quotes only
};

struct redact {
    struct arena arena;
    struct entry **slot;
    size_t slots, count;    // slots: a power of two
    struct entry **learned; // sorted by name when they are looked up
    size_t learned_count, learned_room;
    bool sorted;
    uint64_t pairs[65536 / 64]; // the first two bytes of learned names: a word that begins otherwise is none
    uint64_t given[REDACT_KINDS];
    uint64_t masked;
    bool hide, subnets;
    unsigned kinds; // of names that are hidden
    struct buf scratch;
};

enum { FIRST_SLOTS = 256, SHORT_NAME = 3, ADDR_ROOM = 46, USER_LONGEST = 64 };

struct redact *
redact_new(bool names, bool subnets)
{
    struct redact *r = mem_new(sizeof *r);
    r->hide = names;
    r->subnets = subnets;
    r->kinds = ~0u;
    r->slots = FIRST_SLOTS;
    r->slot = mem_new(mem_product(r->slots, sizeof *r->slot));
    return r;
}

void
redact_free(struct redact *r)
{
    if (!r)
        return;
    arena_release(&r->arena);
    buf_release(&r->scratch);
    free(r->slot);
    free(r->learned);
    free(r);
}

void
redact_only(struct redact *r, unsigned kinds)
{
    r->kinds = kinds;
}

static bool
hides(const struct redact *r, int kind)
{
    return r->hide && r->kinds >> kind & 1;
}

bool
redact_names(const struct redact *r)
{
    return r->hide;
}

bool
redact_idle(const struct redact *r)
{
    return !r->hide && !r->learned_count;
}

uint64_t
redact_masked(const struct redact *r)
{
    return r->masked;
}

static bool
is_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || (c & 0x80);
}

static bool
is_one_of(char c, const char *more)
{
    return is_word(c) || (c && strchr(more, c));
}

static size_t
run(struct str s, size_t from, const char *more)
{
    size_t end = from;
    while (end < s.len && is_one_of(s.at[end], more))
        end++;
    return end - from;
}

static void
link_entry(struct redact *r, struct entry *e)
{
    struct entry **at = &r->slot[str_hash(e->name, 0) & (r->slots - 1)];
    e->next = *at;
    *at = e;
}

static void
grow(struct redact *r)
{
    struct entry **before = r->slot;
    size_t old = r->slots;
    r->slots *= 4;
    r->slot = mem_new(mem_product(r->slots, sizeof *r->slot));
    for (size_t i = 0; i < old; i++) {
        for (struct entry *e = before[i], *next; e; e = next) {
            next = e->next;
            link_entry(r, e);
        }
    }
    free(before);
}

// A, B ... Z, AA, AB ...
static struct str
standin(struct redact *r, enum redact_kind kind)
{
    char letters[16];
    size_t at = sizeof letters;
    for (uint64_t n = ++r->given[kind]; n; n = (n - 1) / 26)
        letters[--at] = (char)('A' + (n - 1) % 26);
    return arena_strf(&r->arena, "%s%.*s", stem[kind], (int)(sizeof letters - at), letters + at);
}

static struct entry *
find_entry(const struct redact *r, struct str name)
{
    struct entry *e = r->slot[str_hash(name, 0) & (r->slots - 1)];
    while (e && !str_eq(e->name, name))
        e = e->next;
    return e;
}

static struct entry *
add_entry(struct redact *r, struct str name, struct str standing)
{
    if (r->count >= r->slots)
        grow(r);
    struct entry *e = ARENA_NEW(&r->arena, struct entry);
    e->name = arena_str(&r->arena, name);
    e->standin = standing;
    link_entry(r, e);
    r->count++;
    return e;
}

// The stand-in of a name that was recognised by its form.
static struct str
standin_for(struct redact *r, enum redact_kind kind, struct str name)
{
    struct entry *e = find_entry(r, name);
    if (!e)
        e = add_entry(r, name, standin(r, kind));
    return e->standin;
}

static size_t
pair_of(struct str name)
{
    return (size_t)(unsigned char)name.at[0] << 8 | (name.len > 1 ? (unsigned char)name.at[1] : 0);
}

static void
learn_as(struct redact *r, struct str name, struct str standing)
{
    struct entry *e = find_entry(r, name);
    if (e && e->learned)
        return;
    if (!e)
        e = add_entry(r, name, standing);
    uint64_t number;
    e->learned = true;
    e->quoted = name.len < SHORT_NAME || str_number(name, &number);
    if (r->learned_count == r->learned_room) {
        r->learned_room = r->learned_room ? r->learned_room * 2 : 64;
        r->learned = mem_resize(r->learned, mem_product(r->learned_room, sizeof *r->learned));
    }
    r->learned[r->learned_count++] = e;
    r->sorted = false;
    if (name.len == 1) // whatever follows it
        memset(&r->pairs[pair_of(name) / 64], 0xff, 256 / 8);
    else
        r->pairs[pair_of(name) / 64] |= (uint64_t)1 << pair_of(name) % 64;
}

// Does a distinguished name begin here: a short attribute and '='?
static bool
begins_dn(struct str s, size_t at)
{
    static const char *const attributes[] = {
        "C=",
        "ST=",
        "L=",
        "O=",
        "OU=",
        "CN=",
        "E=",
        "DC=",
        "SN=",
        "UID=",
        "emailAddress=",
        "serialNumber=",
        "unstructuredName=",
    };
    struct str rest = str_from(s, at);
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        struct str a = str_of(attributes[i]);
        if (rest.len > a.len && strncasecmp(rest.at, a.at, a.len) == 0 && !strchr(" ,;'\"", rest.at[a.len]))
            return true;
    }
    return false;
}

void
redact_learn(struct redact *r, enum redact_kind kind, struct str name)
{
    if (!hides(r, kind))
        return;
    name = str_trim(name);
    while (name.len && strchr("\"'@", name.at[0]))
        name = str_from(name, 1);
    while (name.len && strchr("\"'", name.at[name.len - 1]))
        name.len--;
    if (name.len == 0 || !is_word(name.at[0]) || addr_is(name))
        return;
    if (str_eq(name, STR("any")) || str_eq(name, STR("none")) || str_eq(name, STR("unknown")))
        return;
    size_t left = run(name, 0, "-+.%");
    if (left + 1 < name.len && name.at[left] == '@' && kind == REDACT_ID) {
        redact_learn(r, REDACT_USER, (struct str){name.at, left});
        redact_learn(r, REDACT_HOST, str_from(name, left + 1));
        return;
    }
    learn_as(r, name, standin_for(r, kind, name));
}

void
redact_learn_view(struct redact *r, const struct view *v)
{
    for (size_t i = 0; r->hide && i < v->row_count; i++) {
        const struct tunnel_row *row = &v->rows[i];
        struct str name = row->name;
        const char *instance = name.len ? memchr(name.at, '[', name.len) : NULL;
        if (instance && instance > name.at)
            name.len = (size_t)(instance - name.at);
        if (!row->stranger)
            redact_learn(r, REDACT_CONN, name);
        redact_learn(r, REDACT_HOST, row->host);
    }
    for (size_t i = 0; r->hide && i < v->source_count; i++)
        for (size_t k = 0; k < v->sources[i].stated_count; k++)
            redact_learn(r, REDACT_CONN, v->sources[i].stated[k].conn);
}

// What a value of this key is the name of, or REDACT_KINDS.
static enum redact_kind
kind_of_key(struct str key)
{
    static const struct {
        const char *key;
        enum redact_kind kind;
    } keys[] = {
        {"peer_id", REDACT_ID},    {"our_id", REDACT_ID},       {"expected_id", REDACT_ID},
        {"sent_id", REDACT_ID},    {"cert_subject", REDACT_ID}, {"cert_issuer", REDACT_ID},
        {"issuer", REDACT_ID},     {"subject", REDACT_ID},      {"eap_identity", REDACT_ID},
        {"username", REDACT_USER}, {"user", REDACT_USER},       {"xauth_user", REDACT_USER},
        {"conn", REDACT_CONN},     {"connection", REDACT_CONN}, {"other_conn", REDACT_CONN},
        {"hostname", REDACT_HOST}, {"peer_name", REDACT_HOST},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_eq(key, str_of(keys[i].key)))
            return keys[i].kind;
    return REDACT_KINDS;
}

static void
learn_values(struct redact *r, const struct value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum redact_kind kind = kind_of_key(values[i].key);
        for (size_t j = 0; j < values[i].count; j++) {
            struct str text = values[i].text[j];
            if (kind != REDACT_KINDS)
                redact_learn(r, kind, text);
            buf_clear(&r->scratch);
            if (text.len && is_word(text.at[0]) && mask_text(text, &r->scratch))
                learn_as(r, text, arena_str(&r->arena, buf_str(&r->scratch)));
        }
    }
}

void
redact_learn_tunnel(struct redact *r, const struct tunnel_view *t)
{
    for (size_t i = 0; i < CP_COUNT; i++)
        learn_values(r, t->ladder[i].values, t->ladder[i].value_count);
    for (size_t i = 0; i < t->finding_count; i++)
        learn_values(r, t->findings[i].values, t->findings[i].value_count);
}

struct str
redact_file(const struct redact *r, struct str path)
{
    const char *slash = r->hide && path.len ? memrchr(path.at, '/', path.len) : NULL;
    return slash ? str_from(path, (size_t)(slash - path.at) + 1) : path;
}

// Does a name end where the next character stands?
static bool
ends_name(struct str s, size_t at)
{
    if (at >= s.len)
        return true;
    if ((s.at[at] == '-' || s.at[at] == '.') && at + 1 < s.len)
        return !is_word(s.at[at + 1]);
    return !is_word(s.at[at]);
}

static int
compare_entries(const void *a, const void *b)
{
    return str_compare((*(struct entry *const *)a)->name, (*(struct entry *const *)b)->name);
}

// The last learned name that sorts at or before s, or NULL.
static const struct entry *
before(const struct redact *r, struct str s)
{
    size_t low = 0, high = r->learned_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(r->learned[middle]->name, s) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? r->learned[low - 1] : NULL;
}

// The longest learned name that stands here as a whole.
static const struct entry *
find_name(struct redact *r, struct str s, size_t at)
{
    struct str rest = str_from(s, at);
    if (!r->learned_count || !rest.len || !(r->pairs[pair_of(rest) / 64] >> pair_of(rest) % 64 & 1))
        return NULL;
    if (!r->sorted)
        qsort(r->learned, r->learned_count, sizeof *r->learned, compare_entries);
    r->sorted = true;
    bool quoted = at && s.at[at - 1] && strchr("\"'<@", s.at[at - 1]);
    const struct entry *e;
    while (rest.len && (e = before(r, rest))) {
        size_t shared = 0;
        while (shared < rest.len && shared < e->name.len && rest.at[shared] == e->name.at[shared])
            shared++;
        if (shared == e->name.len && ends_name(s, at + shared) && (quoted || !e->quoted))
            return e;
        rest.len = shared == e->name.len ? shared - 1 : shared;
    }
    return NULL;
}

static size_t
put_standin(struct redact *r, enum redact_kind kind, struct str name, struct buf *out)
{
    buf_add(out, standin_for(r, kind, name));
    return name.len;
}

static void
put_host(struct redact *r, const struct addr *a, struct str written, struct buf *out)
{
    char text[ADDR_ROOM];
    addr_text(a, text, sizeof text);
    if (addr_names_nobody(a))
        buf_add(out, written);
    else
        put_standin(r, REDACT_HOST, str_of(text), out);
}

static void
put_net(struct redact *r, const struct addr_found *f, struct str written, struct buf *out)
{
    char first[ADDR_ROOM], last[ADDR_ROOM];
    addr_text(&f->first, first, sizeof first);
    addr_text(&f->last, last, sizeof last);
    if (f->prefix == 0 || addr_names_nobody(&f->first) || (!r->subnets && addr_is_private(&f->first))) {
        buf_add(out, written);
        return;
    }
    struct str name = f->form == ADDR_RANGE && f->prefix == f->first.size * 8
                          ? arena_strf(&r->arena, "%s-%s", first, last)
                          : arena_strf(&r->arena, "%s/%u", first, f->prefix);
    struct str standing = standin_for(r, REDACT_NET, name);
    buf_add(out, standing);
    if (f->form == ADDR_NET) {
        buf_add(out, str_from(written, f->host));
        return;
    }
    buf_add(out, STR(".first-"));
    buf_add(out, standing);
    buf_add(out, STR(".last"));
}

// An address, network or range in place of what was written; returns the length of that, or 0.
static size_t
put_addr(struct redact *r, struct str s, size_t at, struct buf *out)
{
    struct addr_found found;
    if (!addr_find(s, at, &found))
        return 0;
    struct str written = {s.at + at, found.length};
    bool one = found.form == ADDR_RANGE && memcmp(found.first.byte, found.last.byte, found.first.size) == 0;
    if (found.form == ADDR_NET || (found.form == ADDR_RANGE && !one)) {
        put_net(r, &found, written, out);
        return found.length;
    }
    put_host(r, &found.first, (struct str){written.at, found.host}, out);
    if (one) {
        buf_add_char(out, '-');
        put_host(r, &found.last, str_from(written, found.host + 1), out);
    } else {
        buf_add(out, str_from(written, found.host));
    }
    return found.length;
}

static bool
all_x(struct str label)
{
    for (size_t i = 0; i < label.len; i++)
        if ((label.at[i] | 0x20) != 'x')
            return false;
    return true;
}

// Length of a name of at least two labels whose last one could be a top-level domain and is no file's ending;
// 0: none.
static size_t
domain(struct str s, size_t at)
{
    static const char *const endings[] = {
        "log", "conf", "secrets", "pem", "crt", "cer", "der", "key", "p12", "sock", "ctl", "pid", "service",
        "sh",  "so",   "txt",     "gz",  "xz",  "bz2", "zst", "py",  "cc",  "yaml", "cfg", "d"};
    size_t length = run(s, at, "-.");
    while (length) {
        while (length && strchr(".-", s.at[at + length - 1]))
            length--;
        const char *dot = length ? memrchr(s.at + at, '.', length) : NULL;
        if (!dot || dot == s.at + at)
            return 0;
        struct str last = str_from((struct str){s.at + at, length}, (size_t)(dot - s.at - (ptrdiff_t)at) + 1);
        bool ending = false;
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
            ending |= last.len == strlen(endings[i]) && strncasecmp(last.at, endings[i], last.len) == 0;
        if (!ending) {
            if (all_x(last)) // XX.XX.XX.XX, somebody hid it before us
                return 0;
            for (size_t i = 0; i < last.len; i++)
                if ((last.at[i] | 0x20) < 'a' || (last.at[i] | 0x20) > 'z')
                    return 0;
            return last.len >= 2 ? length : 0;
        }
        length -= last.len + 1;
    }
    return 0;
}

// user@host; returns its length, or 0.
static size_t
put_user(struct redact *r, struct str s, size_t at, struct buf *out)
{
    if (at && s.at[at - 1] && strchr("-+.%", s.at[at - 1]))
        return 0;
    size_t left = run(s, at, "-+.%");
    if (left > USER_LONGEST || at + left + 1 >= s.len || s.at[at + left] != '@' ||
        !is_word(s.at[at + left + 1]))
        return 0;
    put_standin(r, REDACT_USER, (struct str){s.at + at, left}, out);
    buf_add_char(out, '@');
    size_t right = put_addr(r, s, at + left + 1, out);
    if (!right) {
        right = run(s, at + left + 1, "-.");
        while (strchr("-.", s.at[at + left + right]))
            right--;
        put_standin(r, REDACT_HOST, (struct str){s.at + at + left + 1, right}, out);
    }
    return left + 1 + right;
}

// A distinguished name, to the quote or bracket that closes it.
static size_t
put_dn(struct redact *r, struct str s, size_t at, struct buf *out)
{
    if (!begins_dn(s, at))
        return 0;
    size_t length = 0;
    while (at + length < s.len && !strchr("\"'[]{}<>;|", s.at[at + length]) &&
           !str_starts(str_from(s, at + length), STR(",+")))
        length++;
    while (length && strchr(" ,.:", s.at[at + length - 1]))
        length--;
    return put_standin(r, REDACT_ID, (struct str){s.at + at, length}, out);
}

// What is recognised by its form only in a log: an author's own words would suffer.
static size_t
put_logged(struct redact *r, struct str s, size_t at, struct buf *out)
{
    size_t length = hides(r, REDACT_ID) ? put_dn(r, s, at, out) : 0;
    if (!length && hides(r, REDACT_USER))
        length = put_user(r, s, at, out);
    if (!length && hides(r, REDACT_HOST) && (at == 0 || !strchr(".-", s.at[at - 1])) &&
        (length = domain(s, at)))
        put_standin(r, REDACT_HOST, (struct str){s.at + at, length}, out);
    return length;
}

static void
replace(struct redact *r, struct str s, bool log, struct buf *out)
{
    size_t at = 0;
    while (at < s.len) {
        char c = s.at[at];
        bool begins = at == 0 || !is_word(s.at[at - 1]);
        // Languages that are written without blanks put addresses behind a letter.
        bool behind = !begins && (s.at[at - 1] & 0x80) && c >= '0' && c <= '9';
        const struct entry *e;
        size_t length = 0;
        if (begins && is_word(c) && (e = find_name(r, s, at))) {
            buf_add(out, e->standin);
            at += e->name.len;
            continue;
        }
        if (hides(r, REDACT_ADDRESS) && ((begins && (is_word(c) || c == ':')) || behind))
            length = put_addr(r, s, at, out);
        if (!length && r->hide && log && begins && is_word(c))
            length = put_logged(r, s, at, out);
        if (!length && hides(r, REDACT_ID) && log && begins && c == '@' && at + 1 < s.len &&
            is_word(s.at[at + 1]) && !find_name(r, s, at + 1)) {
            size_t name = domain(s, at + 1);
            enum redact_kind kind = name ? REDACT_HOST : REDACT_ID;
            buf_add_char(out, '@');
            length =
                1 + put_standin(r, kind, (struct str){s.at + at + 1, name ? name : run(s, at + 1, "-")}, out);
        }
        if (!length) {
            length = 1;
            buf_add_char(out, c);
        }
        at += length;
    }
}

bool
redact_text(struct redact *r, struct str text, bool log, struct buf *out)
{
    if (!log && redact_idle(r))
        return false;
    buf_clear(&r->scratch);
    size_t places = log ? mask_text(text, &r->scratch) : 0;
    r->masked += places;
    if (redact_idle(r)) {
        if (places)
            buf_add(out, buf_str(&r->scratch));
        return places > 0;
    }
    if (places)
        text = buf_str(&r->scratch);
    replace(r, text, log, out);
    return true;
}
