#include "diag/compare.h"

#include "diag/addr.h"
#include "diag/fill.h"
#include "diag/narrow.h"
#include "diag/records.h"

enum { ROWS = 8, TEXTS = 8, ALGORITHMS = 48 };

// What one end has, gathered from its own lines and from what the other end says of it.
struct has {
    struct str text[TEXTS];
    const struct event_line *line[TEXTS];
    size_t count;
};

static void
has_add(struct has *h, struct str text, const struct event_line *line)
{
    for (size_t i = 0; i < h->count; i++)
        if (str_eq(h->text[i], text))
            return;
    if (!text.len || h->count == TEXTS)
        return;
    h->text[h->count] = text;
    h->line[h->count++] = line;
}

static bool
speaks_of(struct str text, const char *const words[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_find(text, str_of(words[i])) < text.len)
            return true;
    return false;
}

// Both phases call their proposals alike; the text names the protocol, else the line says in which phase it
// is.
static bool
is_of_phase(struct str text, const struct event_line *line, int phase)
{
    static const char *const p1[] = {"IKE"}, *const p2[] = {"ESP", "AH"};
    if (speaks_of(text, p2, 2))
        return phase == PHASE_P2;
    if (speaks_of(text, p1, 1))
        return phase == PHASE_P1;
    return line->phase == phase;
}

// What is compared: two ends of an attempt as their logs tell it, or what is configured at each.
struct comparing {
    const struct knowledge *knowledge;
    struct quotes *quotes;
    struct arena *arena;
    struct two *two; // NULL: only configurations
    const struct records *records;
    const struct record *configured[2]; // whole ones; NULL: not known
};

static void
gather_logged(struct facts *f, const char *key, int phase, struct has *h)
{
    facts_load(f);
    for (size_t i = 0; i < f->line_count; i++)
        for (const struct said *s = f->said[i]; s; s = s->next)
            if (str_eq(s->key, str_of(key)) &&
                (phase == PHASE_UNKNOWN || is_of_phase(s->text, s->line, phase)))
                has_add(h, s->text, s->line);
}

static void
gather_said(struct comparing *c, int end, const char *key, int phase, struct has *h)
{
    struct facts *f = &c->two->facts[end];
    gather_logged(f, key, phase, h);
    // What was said of the connection when it was loaded.
    const struct nego *config = f->judged->tunnel ? f->judged->tunnel->config : NULL;
    for (uint16_t i = 0; config && config != f->judged->attempt.config && i < config->event_count; i++) {
        struct str line = quote_text(f->quotes, &config->events[i], c->arena);
        const struct said *said = quote_values(f->quotes, &config->events[i], c->arena);
        for (; said; said = said->next)
            if (str_eq(said->key, str_of(key)) &&
                (phase == PHASE_UNKNOWN || is_of_phase(line, said->line, phase)))
                has_add(h, said->text, said->line);
    }
}

static bool
is_between(char c)
{
    return c == ' ' || c == ',' || c == '{' || c == '}' || c == '\t';
}

// Networks come as a list; a proposal is compared as a whole.
static void
gather_configured(struct comparing *c, int end, const char *key, bool list, struct has *h)
{
    const struct record *r = c->configured[end];
    for (const struct record_value *v = r ? r->values : NULL; v; v = v->next) {
        if (!str_eq(v->key, str_of(key)))
            continue;
        for (size_t at = 0, next; list && at < v->text.len; at = next + 1) {
            for (next = at; next < v->text.len && !is_between(v->text.at[next]);)
                next++;
            has_add(h, (struct str){v->text.at + at, next - at}, &c->records->lines[v->line]);
        }
        if (!list)
            has_add(h, v->text, &c->records->lines[v->line]);
    }
}

struct found {
    const struct algorithm *at[ALGORITHMS];
    size_t count;
};

static void
find_algorithms(const struct knowledge *k, struct str text, struct found *f)
{
    for (size_t i = 0; i < text.len && f->count < ALGORITHMS;) {
        size_t length = 0;
        const struct algorithm *a = algorithm_in(k, text, i, &length);
        if (a)
            f->at[f->count++] = a;
        i += a ? length : 1;
    }
}

// A cipher that is named without its size fits each of its sizes.
static bool
fits(const struct algorithm *a, const struct algorithm *b)
{
    return a == b || (str_starts(a->id, b->id) && a->id.at[b->id.len] == '_') ||
           (str_starts(b->id, a->id) && b->id.at[a->id.len] == '_');
}

static bool
names_kind(const struct found *f, struct str kind)
{
    for (size_t i = 0; i < f->count; i++)
        if (str_eq(f->at[i]->kind, kind))
            return true;
    return false;
}

// Some write the integrity of the data as the hash that it is made of: where each end names it in only one of
// the two ways, they are compared.
static struct str
twin_kind(const struct found *a, const struct found *b, struct str kind)
{
    struct str twin = str_eq(kind, STR("integrity")) ? STR("hash")
                      : str_eq(kind, STR("hash"))    ? STR("integrity")
                                                     : kind;
    return names_kind(b, kind) || names_kind(a, twin) ? kind : twin;
}

static int
kind_in_common(const struct found *a, const struct found *b, struct str kind)
{
    struct str theirs = twin_kind(a, b, kind);
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++)
            if (str_eq(a->at[i]->kind, kind) && str_eq(b->at[k]->kind, theirs) && fits(a->at[i], b->at[k]))
                return 1;
    return names_kind(a, kind) && names_kind(b, theirs) ? -1 : 0;
}

static int
algorithms_in_common(const struct found *a, const struct found *b)
{
    static const char *const kinds[] = {"cipher", "integrity", "hash", "prf", "group", "ke"};
    int all = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int one = kind_in_common(a, b, str_of(kinds[i]));
        if (one < 0)
            return -1;
        all |= one;
    }
    return all;
}

static size_t
count_kind(const struct found *f, struct str kind)
{
    size_t count = 0;
    for (size_t i = 0; i < f->count; i++)
        count += str_eq(f->at[i]->kind, kind);
    return count;
}

// The only kind in which two combinations have nothing in common; empty: there is none, or several.
static struct str
only_difference(const struct knowledge *k, struct str ours, struct str theirs)
{
    static const char *const kinds[] = {"cipher", "integrity", "hash", "prf", "group", "ke"};
    struct found here = {.count = 0}, there = {.count = 0};
    struct str only = STR_NONE;
    find_algorithms(k, ours, &here);
    find_algorithms(k, theirs, &there);
    if (count_kind(&here, STR("cipher")) != 1 || count_kind(&there, STR("cipher")) != 1)
        return STR_NONE; // of several it is not known which were compared
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct str kind = str_of(kinds[i]);
        bool one_sided = (str_eq(kind, STR("group")) || str_eq(kind, STR("ke"))) &&
                         names_kind(&here, kind) != names_kind(&there, kind);
        if (!one_sided && kind_in_common(&here, &there, kind) >= 0)
            continue;
        if (only.len)
            return STR_NONE;
        only = kind;
    }
    return only;
}

// The next of combinations with commas between them.
static struct str
next_combination(struct str *rest)
{
    const char *comma = memchr(rest->at, ',', rest->len);
    struct str one = {rest->at, comma ? (size_t)(comma - rest->at) : rest->len};
    size_t used = one.len + (comma != NULL);
    *rest = (struct str){rest->at + used, rest->len - used};
    return one;
}

struct str
compare_differs_in(struct facts *f)
{
    const struct knowledge *k = f->judged->around.negos->knowledge;
    struct has ours = {.count = 0}, theirs = {.count = 0};
    gather_logged(f, "our_proposal", PHASE_P2, &ours);
    gather_logged(f, "peer_proposed", PHASE_P2, &theirs);
    if (f->judged->walk.stuck != CP_P2_CIPHER || ours.count != 1 || theirs.count != 1)
        return STR_NONE;
    struct str only = only_difference(k, ours.text[0], theirs.text[0]);
    if (only.len)
        return only;
    // In lists a pair that has all but the group in common tells that it is PFS.
    for (struct str here = ours.text[0]; here.len;) {
        struct str one = next_combination(&here);
        for (struct str there = theirs.text[0]; there.len;) {
            only = only_difference(k, one, next_combination(&there));
            if (str_eq(only, STR("group")) || str_eq(only, STR("ke")))
                return only;
        }
    }
    return STR_NONE;
}

// What only one of two configurations names, the other leaves to its daemon: configured, that is not agreed.
static int
proposals_agree(const struct knowledge *k, const struct has *a, const struct has *b, bool configured)
{
    struct found here = {.count = 0}, there = {.count = 0};
    for (size_t i = 0; i < a->count; i++)
        find_algorithms(k, a->text[i], &here);
    for (size_t i = 0; i < b->count; i++)
        find_algorithms(k, b->text[i], &there);
    int same = algorithms_in_common(&here, &there);
    bool open = names_kind(&here, STR("group")) != names_kind(&there, STR("group"));
    return configured && open && same > 0 ? 0 : same;
}

static int
texts_agree(const struct has *a, const struct has *b, struct arena *arena)
{
    if (!a->count || !b->count)
        return 0;
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++)
            if (str_eq(network_cidr(identity_bare(a->text[i]), arena),
                       network_cidr(identity_bare(b->text[k]), arena)))
                return 1;
    return -1;
}

static struct compared_side
side(struct comparing *c, const struct has *h)
{
    struct compared_side s = {.source = -1};
    if (!h->count)
        return s;
    struct buf text = {0};
    for (size_t i = 0; i < h->count; i++) {
        if (i)
            buf_add(&text, STR(", "));
        buf_add(&text, network_cidr(h->text[i], c->arena));
    }
    s.text = arena_str(c->arena, buf_str(&text));
    s.source = h->line[0]->source;
    s.line = quote_line(c->quotes, h->line[0]);
    buf_release(&text);
    return s;
}

// One attribute: what end 0 and end 1 have, under the name that each uses for itself, and what it calls the
// other's.
struct attribute {
    const char *title;
    enum checkpoint checkpoint;
    const char *own[2];        // key of each end for what it has itself
    const char *others[2];     // key of each end for what the other has; empty: it does not say that
    const char *configured[2]; // as own, in a configuration
    const char *usual[2];      // what stands in a configuration for it where it says nothing; empty: nothing
    int phase;
    enum { TEXT, LIST, PROPOSAL } kind;
};

static const struct attribute attributes[] = {
    {"IKE version", CP_IKE_VERSION, {"", ""}, {"", ""}, {"ike", "ike"}, {"", ""}, PHASE_UNKNOWN, TEXT},
    {"Aggressive mode",
     CP_IKE_VERSION,
     {"", ""},
     {"", ""},
     {"aggressive", "aggressive"},
     {"", ""},
     PHASE_UNKNOWN,
     TEXT},
    {"Authentication", CP_IKE_VERSION, {"", ""}, {"", ""}, {"auth", "auth"}, {"", ""}, PHASE_UNKNOWN, TEXT},
    {"Phase 1 proposals",
     CP_P1_CIPHER,
     {"our_proposal", "our_proposal"},
     {"peer_proposed", "peer_proposed"},
     {"our_proposal", "our_proposal"},
     {"", ""},
     PHASE_P1,
     PROPOSAL},
    {"Identity of A",
     CP_ID,
     {"our_id", "expected_id"},
     {"", "peer_id"},
     {"our_id", "expected_id"},
     {"our_address", "peer_address"},
     PHASE_UNKNOWN,
     TEXT},
    {"Identity of B",
     CP_ID,
     {"expected_id", "our_id"},
     {"peer_id", ""},
     {"expected_id", "our_id"},
     {"peer_address", "our_address"},
     PHASE_UNKNOWN,
     TEXT},
    {"Networks of A",
     CP_SUBNETS,
     {"our_subnets", "peer_subnets"},
     {"", ""},
     {"our_subnets", "peer_subnets"},
     {"", ""},
     PHASE_UNKNOWN,
     LIST},
    {"Networks of B",
     CP_SUBNETS,
     {"peer_subnets", "our_subnets"},
     {"", ""},
     {"peer_subnets", "our_subnets"},
     {"", ""},
     PHASE_UNKNOWN,
     LIST},
    {"Phase 2 proposals",
     CP_P2_CIPHER,
     {"our_proposal", "our_proposal"},
     {"peer_proposed", "peer_proposed"},
     {"our_child_proposal", "our_child_proposal"},
     {"", ""},
     PHASE_P2,
     PROPOSAL},
    {"PFS", CP_P2_CIPHER, {"", ""}, {"", ""}, {"pfs", "pfs"}, {"", ""}, PHASE_UNKNOWN, TEXT},
    {"Mode", CP_P2_CIPHER, {"", ""}, {"", ""}, {"ipsec_mode", "ipsec_mode"}, {"", ""}, PHASE_UNKNOWN, TEXT},
    {"Encapsulation",
     CP_CONTACT,
     {"encapsulation", "encapsulation"},
     {"", ""},
     {"", ""},
     {"", ""},
     PHASE_UNKNOWN,
     TEXT},
};
enum { ATTRIBUTES = sizeof attributes / sizeof *attributes };

// Where a checkpoint was passed by both, what differs in spelling was accepted all the same; not networks
// that no end compared. What only one end tells is compared with nothing.
static enum agree
agree_of(const struct comparing *c, enum checkpoint checkpoint, bool both, int same)
{
    bool passed =
        both && c->two && c->two->walk.step[checkpoint].state == ST_PASSED && checkpoint != CP_CONTACT;
    if (passed && !(checkpoint == CP_SUBNETS && narrow_apart(c->two).len))
        return AGREE_YES;
    return same > 0 ? AGREE_YES : same < 0 ? AGREE_NO : AGREE_UNKNOWN;
}

// An address that names one host stands for what is not configured: an identity.
static void
gather_usual(struct comparing *c, int end, const struct attribute *a, struct has *h)
{
    const struct record *r = c->configured[end];
    const struct record_value *v = r && *a->usual[end] && !h->count ? record_get(r, a->usual[end]) : NULL;
    if (v && addr_is(v->text))
        has_add(h, v->text, &c->records->lines[v->line]);
}

static void
gather(struct comparing *c, const struct attribute *a, struct has has[2])
{
    for (int end = 0; end < 2; end++) {
        if (c->two && *a->own[end])
            gather_said(c, end, a->own[end], a->phase, &has[end]);
        if (c->two && *a->others[!end])
            gather_said(c, !end, a->others[!end], a->phase, &has[end]);
        if (*a->configured[end])
            gather_configured(c, end, a->configured[end], a->kind == LIST, &has[end]);
        gather_usual(c, end, a, &has[end]);
    }
}

static void
add_row(struct comparing *c, const struct attribute *a, struct compared *rows, size_t *count)
{
    struct has has[2] = {{.count = 0}, {.count = 0}};
    gather(c, a, has);
    int same = a->kind == PROPOSAL ? proposals_agree(c->knowledge, &has[0], &has[1], !c->two)
                                   : texts_agree(&has[0], &has[1], c->arena);
    if (!has[0].count && !has[1].count)
        return;
    // Each kind of algorithm has a common one, and yet it was refused: no combination of them is common.
    bool refused =
        c->two && a->kind == PROPOSAL && same > 0 && c->two->walk.step[a->checkpoint].state == ST_FAILED;
    rows[(*count)++] = (struct compared){
        .title = str_of(a->title),
        .checkpoint = a->checkpoint,
        .agree = refused ? AGREE_NO : agree_of(c, a->checkpoint, has[0].count && has[1].count, same),
        .side = {side(c, &has[0]), side(c, &has[1])}};
}

static void
add_version(const struct comparing *c, struct compared *rows, size_t *count)
{
    int ike[2];
    struct compared row = {.title = STR("IKE version"), .checkpoint = CP_IKE_VERSION};
    for (int end = 0; end < 2; end++) {
        ike[end] = attempt_fact(&c->two->judged[end].attempt, FACT_IKE);
        row.side[end] = (struct compared_side){.source = -1};
        if (ike[end])
            row.side[end].text = str_of(fact_words[FACT_IKE][ike[end]]);
    }
    if (!ike[0] && !ike[1])
        return;
    bool both = ike[0] && ike[1], alike = ike[0] == ike[1] || (ike[0] != IKE_V2 && ike[1] != IKE_V2 &&
                                                               (ike[0] == IKE_V1 || ike[1] == IKE_V1));
    row.agree = agree_of(c, CP_IKE_VERSION, both, !both ? 0 : alike ? 1 : -1);
    rows[(*count)++] = row;
}

static const struct compared *
compare(struct comparing *c, size_t *count)
{
    struct compared *rows = ARENA_ARRAY(c->arena, struct compared, ATTRIBUTES);
    *count = 0;
    size_t first = 0;
    if (c->two) {
        add_version(c, rows, count);
        first = 1; // the exchange itself says it
    }
    for (size_t i = first; i < ATTRIBUTES; i++)
        add_row(c, &attributes[i], rows, count);
    return rows;
}

const struct compared *
compare_ends(struct two *t, size_t *count)
{
    struct comparing c = {.knowledge = t->judged[0].around.negos->knowledge,
                          .quotes = t->facts[0].quotes,
                          .arena = t->facts[0].arena,
                          .two = t,
                          .records = t->facts[0].quotes->records};
    for (int end = 0; end < 2; end++)
        c.configured[end] = t->facts[end].state ? t->facts[end].state->connection : NULL;
    return compare(&c, count);
}

const struct compared *
compare_configured(struct quotes *quotes, const struct record *a, const struct record *b, struct arena *arena,
                   size_t *count)
{
    struct comparing c = {.knowledge = quotes->knowledge,
                          .quotes = quotes,
                          .arena = arena,
                          .records = quotes->records,
                          .configured = {a, b}};
    return compare(&c, count);
}
