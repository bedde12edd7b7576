#include "diag/fill.h"

#include <arpa/inet.h>

static bool
is_part(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

// The algorithm whose longest name stands at the start of the text, and that name's length.
static const struct algorithm *
algorithm_at(const struct knowledge *k, struct str text, size_t *length)
{
    const struct algorithm *found = NULL;
    *length = 0;
    for (size_t i = 0; i < k->algorithm_count; i++)
        for (size_t n = 0; n <= k->algorithms[i].name_count; n++) {
            struct str name = n == 0 ? k->algorithms[i].id : k->algorithms[i].names[n - 1];
            if (name.len <= *length || !str_starts(text, name) ||
                (text.len > name.len && is_part(text.at[name.len])))
                continue;
            *length = name.len;
            found = &k->algorithms[i];
        }
    return found;
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

struct str
proposal_conf(const struct knowledge *k, const struct dialect *d, struct str logged, struct arena *arena)
{
    static const char *const slots[] = {"cipher", "integrity", "hash", "prf", "group"};
    struct str part[5] = {{0}};
    for (size_t i = 0; i < logged.len;) {
        // A second proposal begins: the first is what is rewritten.
        if (i && logged.at[i - 1] == ' ' && part[0].len && logged.at[i] >= '1' && logged.at[i] <= '9' &&
            str_starts(str_from(logged, i + 1), STR(":")))
            break;
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
        i += length;
    }
    if (!part[0].len)
        return STR_NONE;
    struct str hash = part[1].len ? part[1] : part[2].len ? part[2] : part[3];
    return arena_strf(arena, "%.*s%s%.*s%s%.*s", STR_ARG(part[0]), hash.len ? "-" : "", STR_ARG(hash),
                      part[4].len ? "-" : "", STR_ARG(part[4]));
}

static bool
address(struct str text, uint32_t *value)
{
    char copy[INET_ADDRSTRLEN];
    struct in_addr in;
    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    if (inet_pton(AF_INET, copy, &in) != 1)
        return false;
    *value = ntohl(in.s_addr);
    return true;
}

struct str
network_cidr(struct str logged, struct arena *arena)
{
    size_t dash = str_find(logged, STR("-"));
    struct str low = {logged.at, dash}, high = str_from(logged, dash + 1);
    size_t end = 0;
    while (end < high.len && (high.at[end] == '.' || (high.at[end] >= '0' && high.at[end] <= '9')))
        end++;
    uint32_t a, b;
    if (!address(low, &a) || !address((struct str){high.at, end}, &b) || b < a)
        return logged;
    uint32_t size = b - a;
    if ((size & (size + 1)) != 0 || (a & size) != 0)
        return logged;
    return arena_strf(arena, "%.*s/%d", STR_ARG(low), 32 - __builtin_popcount(size));
}

static struct str
filtered(struct facts *f, struct str value, struct str filter)
{
    const struct knowledge *k = f->judged->around.negos->knowledge;
    if (value.len == 0)
        return str_eq(filter, STR("none")) ? filter : value;
    if (str_eq(filter, STR("conf")))
        return proposal_conf(k, &k->dialects[f->judged->tunnel->dialect], value, f->arena);
    if (str_eq(filter, STR("cidr")))
        return network_cidr(value, f->arena);
    if (str_eq(filter, STR("id")) &&
        (str_find(value, STR(" ")) < value.len || str_find(value, STR("=")) < value.len))
        return arena_strf(f->arena, "\"%.*s\"", STR_ARG(value));
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

static struct str
fill(struct facts *f, struct str text, bool command)
{
    if (str_find(text, STR("${")) == text.len)
        return text;
    struct buf out = {0};
    while (text.len) {
        size_t open = str_find(text, STR("${"));
        buf_add(&out, (struct str){text.at, open});
        text = str_from(text, open);
        size_t close = str_find(text, STR("}"));
        if (text.len == 0 || close == text.len) {
            buf_add(&out, text);
            break;
        }
        struct str inside = {text.at + 2, close - 2};
        size_t bar = str_find(inside, STR("|"));
        struct str name = {inside.at, bar}, filter = str_from(inside, bar + 1);
        struct str value = filtered(f, facts_get(f, name), filter);
        if (!command)
            buf_add(&out, value.len ? value : STR("(not known)"));
        else if (str_eq(filter, STR("id")) && value.len > 2 && value.at[0] == '"' &&
                 value.at[value.len - 1] == '"' &&
                 !has_any((struct str){value.at + 1, value.len - 2}, "\"$`\\"))
            buf_add(&out, value); // a distinguished name in the quotes that the configuration wants
        else if (value.len)
            add_quoted(&out, value);
        else
            add_stand_in(&out, name);
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
    return fill(f, text, false);
}

struct str
fill_command(struct facts *f, struct str text)
{
    return fill(f, text, true);
}
