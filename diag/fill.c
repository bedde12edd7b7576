#include "diag/fill.h"

#include "diag/addr.h"
#include "diag/merge.h"

enum { MASK_WORD = 8, ADDITIONAL = 7 }; // ", Mask " between an address and its mask; RFC 9370 section 2.1

static bool
is_part(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

// The algorithm whose longest name stands at the start of the text, and that name's length.
static const struct algorithm *
algorithm_at(const struct knowledge *k, struct str text, size_t *length)
{
    unsigned char first = text.len ? (unsigned char)text.at[0] : 0;
    *length = 0;
    for (size_t i = k->spelling_from[first]; i < k->spelling_from[first + 1]; i++) {
        struct str name = k->spellings[i].name;
        if (!str_starts(text, name) || (text.len > name.len && is_part(text.at[name.len])))
            continue;
        *length = name.len;
        return k->spellings[i].algorithm;
    }
    return NULL;
}

const struct algorithm *
algorithm_in(const struct knowledge *k, struct str text, size_t at, size_t *length)
{
    *length = 0;
    return at && is_part(text.at[at - 1]) ? NULL : algorithm_at(k, str_from(text, at), length);
}

static struct str
spelled(const struct dialect *d, const struct algorithm *a)
{
    for (size_t i = 0; i < d->spell_count; i++)
        if (str_eq(d->spells[i].key, a->id))
            return d->spells[i].value;
    return STR_NONE;
}

// The parts of the first proposal of a text, as the dialect spells them.
struct spelled {
    struct str cipher, hash, group;
    struct str ke[ADDITIONAL]; // key exchanges behind the first one (RFC 9370), in their order
    size_t ke_count;
    bool partial; // one of those has no spelling there
};

// A kind of transform of its own each, so that several belong to one proposal.
static void
spell_ke(struct spelled *s, struct str name)
{
    s->partial |= !name.len;
    if (name.len && s->ke_count < ADDITIONAL)
        s->ke[s->ke_count++] = name;
}

static struct spelled
spell_proposal(const struct knowledge *k, const struct dialect *d, struct str logged)
{
    static const char *const slots[] = {"cipher", "integrity", "hash", "prf", "group"};
    struct str part[5] = {{0}};
    struct spelled s = {.ke_count = 0};
    bool second = false;
    for (size_t i = 0; i < logged.len;) {
        // A second proposal begins: the first is what is rewritten.
        if (i && logged.at[i - 1] == ' ' && part[0].len && logged.at[i] >= '1' && logged.at[i] <= '9' &&
            str_starts(str_from(logged, i + 1), STR(":")))
            break;
        second |= i && part[4].len && logged.at[i - 1] == ',';
        size_t length = 0;
        const struct algorithm *a =
            i == 0 || !is_part(logged.at[i - 1]) ? algorithm_at(k, str_from(logged, i), &length) : NULL;
        if (!a) {
            i++;
            continue;
        }
        int slot = word_index(slots, 5, a->kind);
        if (slot >= 0 && !part[slot].len)
            part[slot] = spelled(d, a);
        else if (slot < 0 && !second && str_eq(a->kind, STR("ke")))
            spell_ke(&s, spelled(d, a));
        i += length;
    }
    s.cipher = part[0];
    s.hash = part[1].len ? part[1] : part[2].len ? part[2] : part[3];
    s.group = part[4];
    return s;
}

struct str
proposal_conf(const struct knowledge *k, const struct dialect *d, struct str logged, struct arena *arena)
{
    struct spelled s = spell_proposal(k, d, logged);
    if (!s.cipher.len || s.partial)
        return STR_NONE;
    struct str conf = arena_strf(arena, "%.*s%s%.*s%s%.*s", STR_ARG(s.cipher), s.hash.len ? "-" : "",
                                 STR_ARG(s.hash), s.group.len ? "-" : "", STR_ARG(s.group));
    for (size_t i = 0; i < s.ke_count; i++)
        conf = arena_strf(arena, "%.*s-%.*s", STR_ARG(conf), STR_ARG(s.ke[i]));
    return conf;
}

// A range of addresses, or an address with a number of bits or its mask, which may stand a word behind it. An
// address alone is none: the log may have its mask elsewhere.
static bool
network(struct str logged, struct addr_found *n, struct arena *arena)
{
    struct addr_found mask;
    if (!addr_find(logged, 0, n) || n->first.size != 4)
        return false;
    if (n->form == ADDR_RANGE)
        return n->prefix < 32 || memcmp(n->first.byte, n->last.byte, 4) == 0;
    if (n->length > n->host)
        return true;
    size_t at = n->host;
    while (at < logged.len && (logged.at[at] < '0' || logged.at[at] > '9'))
        at++;
    return at - n->host <= MASK_WORD && addr_find(logged, at, &mask) &&
           addr_find(addr_network((struct str){logged.at, n->host}, (struct str){logged.at + at, mask.host},
                                  false, arena),
                     0, n) &&
           n->length > n->host;
}

struct str
identity_bare(struct str id)
{
    while (id.len && (id.at[0] == '@' || id.at[0] == '\'' || id.at[0] == '"'))
        id = str_from(id, 1);
    while (id.len && (id.at[id.len - 1] == '\'' || id.at[id.len - 1] == '"'))
        id.len--;
    return id;
}

struct str
network_cidr(struct str logged, struct arena *arena)
{
    struct addr_found n;
    return network(logged, &n, arena) ? arena_strf(arena, "%.*s/%u", (int)n.host, logged.at, n.prefix)
                                      : logged;
}

struct str
network_mask(struct str logged, bool wildcard, struct arena *arena)
{
    struct addr_found n;
    char low[46];
    if (!network(logged, &n, arena))
        return STR_NONE;
    addr_text(&n.first, low, sizeof low);
    uint32_t hosts = n.prefix == 0 ? UINT32_MAX : n.prefix == 32 ? 0 : UINT32_MAX >> n.prefix;
    uint32_t mask = wildcard ? hosts : ~hosts;
    return arena_strf(arena, "%s %u.%u.%u.%u", low, mask >> 24, mask >> 16 & 255, mask >> 8 & 255,
                      mask & 255);
}

enum filter {
    NO_FILTER = -1,
    FILTER_CONF,
    FILTER_CIPHER,
    FILTER_INTEGRITY,
    FILTER_GROUP,
    FILTER_CIDR,
    FILTER_MASK,
    FILTER_WILDCARD,
    FILTER_ID,
    FILTER_NONE
};
const char *const fill_filters[] = {[FILTER_CONF] = "conf",           [FILTER_CIPHER] = "cipher",
                                    [FILTER_INTEGRITY] = "integrity", [FILTER_GROUP] = "group",
                                    [FILTER_CIDR] = "cidr",           [FILTER_MASK] = "mask",
                                    [FILTER_WILDCARD] = "wildcard",   [FILTER_ID] = "id",
                                    [FILTER_NONE] = "none",           NULL};

static enum filter
filter_of(struct str name)
{
    return (enum filter)word_index(fill_filters, sizeof fill_filters / sizeof *fill_filters - 1, name);
}

static struct str
filtered(struct facts *f, const struct dialect *d, struct str value, enum filter filter)
{
    const struct knowledge *k = f->judged->around.negos->knowledge;
    if (value.len == 0)
        return filter == FILTER_NONE ? STR("none") : value;
    switch (filter) {
    case FILTER_CONF:
        return proposal_conf(k, d, value, f->arena);
    case FILTER_CIPHER:
        return spell_proposal(k, d, value).cipher;
    case FILTER_INTEGRITY:
        return spell_proposal(k, d, value).hash;
    case FILTER_GROUP:
        return spell_proposal(k, d, value).group;
    case FILTER_CIDR:
        return network_cidr(value, f->arena);
    case FILTER_MASK:
    case FILTER_WILDCARD:
        return network_mask(value, filter == FILTER_WILDCARD, f->arena);
    case FILTER_ID:
        if (memchr(value.at, ' ', value.len) || memchr(value.at, '=', value.len))
            return arena_strf(f->arena, "\"%.*s\"", STR_ARG(value));
        return value;
    case FILTER_NONE:
    case NO_FILTER:
        break;
    }
    return value;
}

// A value that stands in a command for a person to copy: the shell must take it as one word, and a name that
// came from a log must not be able to do anything else (never 3 of the house: no text from a log reaches a
// shell).
static void
add_quoted(struct buf *out, struct str value)
{
    bool plain = value.at[0] != '-';
    for (size_t i = 0; i < value.len; i++)
        plain &= is_part(value.at[i]) || memchr("./:@%+,-", value.at[i], 8) != NULL;
    if (plain) {
        buf_add(out, value);
        return;
    }
    buf_add_char(out, '\'');
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] == '\'')
            buf_add(out, STR("'\\''"));
        else if ((unsigned char)value.at[i] >= ' ')
            buf_add_char(out, value.at[i]);
    }
    buf_add_char(out, '\'');
}

static bool
has_any(struct str text, const char *bytes)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr(bytes, text.at[i]) || (unsigned char)text.at[i] < ' ')
            return true;
    return false;
}

// What stands in a command for a value that the log does not tell: its name in capitals.
static void
add_stand_in(struct buf *out, struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        buf_add_char(out,
                     name.at[i] >= 'a' && name.at[i] <= 'z' ? (char)(name.at[i] - 'a' + 'A') : name.at[i]);
}

// The value under a name as it is at the site: at the peer that of its twin. In a command a connection goes
// by its name in the configuration, which is only known here and only where the log tells it.
static struct str
value_at(struct facts *f, const struct site *site, struct str name, bool command)
{
    const struct tunnel *t = f->judged->tunnel;
    if (command && str_eq(name, STR("conn")) && ((site && site->peer) || tunnel_provisional(t)))
        return STR_NONE;
    if (!site || !site->peer)
        return facts_get(f, name);
    struct str twin = merge_mirrored(name, f->arena);
    return facts_get(f, twin.len ? twin : name);
}

static void
add_value(struct buf *out, struct str value, enum filter filter)
{
    bool distinguished = filter == FILTER_ID && value.len > 2 && value.at[0] == '"' &&
                         value.at[value.len - 1] == '"' &&
                         !has_any((struct str){value.at + 1, value.len - 2}, "\"$`\\");
    bool made_here = filter >= FILTER_CONF && filter <= FILTER_GROUP; // words of the pack, not of the log
    if (distinguished || made_here || filter == FILTER_MASK || filter == FILTER_WILDCARD)
        buf_add(out, value);
    else
        add_quoted(out, value);
}

// Where a byte stands in the text, or the text's length.
static size_t
find_byte(struct str text, char byte)
{
    const char *hit = text.len ? memchr(text.at, byte, text.len) : NULL;
    return hit ? (size_t)(hit - text.at) : text.len;
}

// Where the next hole begins, or the text's length.
static size_t
find_hole(struct str text)
{
    size_t at = find_byte(text, '$');
    while (at < text.len && !str_starts(str_from(text, at), STR("${")))
        at += 1 + find_byte(str_from(text, at + 1), '$');
    return at;
}

static struct str
fill(struct facts *f, const struct site *site, struct str text, bool command)
{
    if (find_hole(text) == text.len)
        return text;
    struct buf out = {0};
    buf_grow(&out, 2 * text.len); // mostly enough
    const struct knowledge *k = f->judged->around.negos->knowledge;
    static const struct dialect unknown = {0};
    int index = site ? site->dialect : f->judged->tunnel->dialect;
    const struct dialect *dialect = index < 0 ? &unknown : &k->dialects[index];
    while (text.len) {
        size_t open = find_hole(text);
        buf_add(&out, (struct str){text.at, open});
        text = str_from(text, open);
        size_t close = find_byte(text, '}');
        if (text.len == 0 || close == text.len) {
            buf_add(&out, text);
            break;
        }
        struct str inside = {text.at + 2, close - 2};
        size_t bar = find_byte(inside, '|');
        struct str name = {inside.at, bar};
        enum filter filter = filter_of(str_from(inside, bar + 1));
        struct str value = filtered(f, dialect, value_at(f, site, name, command), filter);
        if (!command)
            buf_add(&out, value.len ? value : f->judged->around.negos->knowledge->not_known);
        else if (value.len)
            add_value(&out, value, filter);
        else
            add_stand_in(&out, filter >= FILTER_CIPHER && filter <= FILTER_GROUP
                                   ? str_of(fill_filters[filter])
                                   : name);
        text = str_from(text, close + 1);
        // A value that ends in a full stop ends the sentence.
        if (!command && value.len && value.at[value.len - 1] == '.' && text.len && text.at[0] == '.')
            text = str_from(text, 1);
    }
    struct str filled = arena_str(f->arena, buf_str(&out));
    buf_release(&out);
    return filled;
}

struct str
fill_text(struct facts *f, struct str text)
{
    return fill(f, NULL, text, false);
}

struct str
fill_command(struct facts *f, const struct site *site, struct str text)
{
    return fill(f, site, text, true);
}
