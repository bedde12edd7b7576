#include "diag/records.h"

#include "diag/addr.h"

#include <stdlib.h>

void
records_release(struct records *s)
{
    arena_release(&s->arena);
    free(s->records);
    free(s->lines);
    *s = (struct records){0};
}

static uint32_t
keep_line(struct records *s, int source, const struct line *line, const struct msg *msg)
{
    if (s->line_count == s->line_room) {
        s->line_room = s->line_room ? s->line_room * 2 : 64;
        s->lines = mem_resize(s->lines, mem_product(s->line_room, sizeof *s->lines));
    }
    struct event_line *e = &s->lines[s->line_count];
    *e = event_line_of(line, source);
    e->time = LINE_NO_TIME;
    e->template = (int16_t)msg->template;
    e->notify = e->errno_value = -1;
    e->dialect = (uint8_t)msg->dialect;
    return (uint32_t)s->line_count++;
}

static struct record *
new_record(struct records *s, int end, int source, enum record_kind kind, uint32_t line)
{
    if (!s->records || s->record_count == s->record_room) {
        s->record_room = s->record_room ? s->record_room * 2 : 64;
        s->records = mem_resize(s->records, mem_product(s->record_room, sizeof *s->records));
    }
    struct record *r = &s->records[s->record_count++];
    *r = (struct record){.kind = kind, .source = (uint8_t)source, .end = (uint8_t)end, .line = line};
    return r;
}

// Values stand in the order of their lines.
static void
add_value(struct records *s, struct record *r, struct str key, struct str text, uint32_t line)
{
    struct record_value *v = ARENA_NEW(&s->arena, struct record_value);
    v->key = arena_str(&s->arena, key);
    v->text = arena_str(&s->arena, text);
    v->line = line;
    *(r->last ? &r->last->next : &r->values) = v;
    r->last = v;
    r->value_count++;
}

static struct str
next_word(struct str *rest)
{
    *rest = str_trim(*rest);
    size_t end = 0;
    while (end < rest->len && rest->at[end] != ' ' && rest->at[end] != '\t')
        end++;
    struct str word = {rest->at, end};
    *rest = str_from(*rest, end);
    return word;
}

// Words of one message that are addresses, with what stands behind them.
static bool
next_network(struct str word, struct str *rest, const struct message *m, struct arena *arena, struct str *net)
{
    struct str behind = *rest, mask = next_word(&behind);
    if (!m->networks.len || !addr_is(word))
        return false;
    *net = word;
    if (addr_is(mask)) {
        *net = addr_network(word, mask, m->wildcards, arena);
        *rest = behind;
    }
    return true;
}

static struct str
unquoted(struct str word)
{
    if (word.len >= 2 && word.at[0] == '"' && word.at[word.len - 1] == '"')
        return (struct str){word.at + 1, word.len - 2};
    return word;
}

// A value, or several of them between braces.
static struct str
next_value(struct str *rest)
{
    struct str word = next_word(rest);
    if (!str_eq(word, STR("{")))
        return unquoted(word);
    size_t end = str_find(*rest, STR("}"));
    struct str set = str_trim((struct str){rest->at, end});
    *rest = str_from(*rest, end + 1);
    return set;
}

static struct str
key_of(const struct pair *pairs, size_t count, struct str word)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(pairs[i].key, word))
            return pairs[i].value;
    return STR_NONE;
}

// Lines whose words come in any order: rules of packet filters.
static void
add_words(struct records *s, struct record *r, const struct message *m, struct str text, uint32_t line)
{
    for (struct str word = next_word(&text); word.len; word = next_word(&text)) {
        struct str flag = key_of(m->flags, m->flag_count, word), pair = key_of(m->pairs, m->pair_count, word);
        struct str net;
        if (flag.len) {
            add_value(s, r, flag, word, line);
        } else if (pair.len) {
            struct str value = next_value(&text), number = key_of(m->names, m->name_count, value);
            add_value(s, r, pair, number.len ? number : value, line);
        } else if (next_network(word, &text, m, &s->arena, &net)) {
            add_value(s, r, m->networks, net, line);
        }
    }
}

// A slot named mask or wildcard makes the value in front of it a network.
static void
take_slot(struct records *s, struct record *r, const struct slot *slot, uint32_t line)
{
    bool wildcard = str_eq(slot->name, STR("wildcard"));
    if (!slot->value.len)
        return;
    if ((wildcard || str_eq(slot->name, STR("mask"))) && r->last)
        r->last->text = addr_network(r->last->text, slot->value, wildcard, &s->arena);
    else
        add_value(s, r, slot->name, slot->value, line);
}

void
records_take(struct records *s, const struct dialect *dialect, int end, int source, const struct line *line,
             const struct msg *msg)
{
    const struct message *m = msg->message;
    struct record *r = s->record_count ? &s->records[s->record_count - 1] : NULL;
    bool joins = m->joins && r && r->source == source;
    if (m->record == RECORD_NONE && !joins)
        return;
    s->full |= !joins && s->record_count >= RECORDS_MOST;
    if (s->full || (joins && r->value_count >= RECORD_VALUES_MOST)) {
        s->left_out++;
        return;
    }
    uint32_t at = keep_line(s, source, line, msg);
    if (!joins)
        r = new_record(s, end, source, m->record, at);
    else if (m->record != RECORD_NONE)
        r->kind = m->record;
    bool defaults =
        !joins && dialect->defaults.len && str_eq(slots_get(&msg->slots, STR("conn")), dialect->defaults);
    if (defaults)
        r->kind = RECORD_PART;
    for (size_t i = 0; i < msg->slots.count && !defaults; i++)
        take_slot(s, r, &msg->slots.at[i], at);
    for (size_t i = 0; i < m->value_count; i++)
        add_value(s, r, m->values[i].key, m->values[i].value, at);
    for (size_t i = 0; i < m->setting_count; i++)
        add_value(s, r, str_of(fact_name[m->settings[i].fact]),
                  str_of(fact_words[m->settings[i].fact][m->settings[i].word]), at);
    if (m->pair_count || m->flag_count || m->networks.len)
        add_words(s, r, m, line->raw, at);
}

// --- connections, and what they are made of

enum { WHOLE_VALUES = 400 };

// A connection while its values are gathered.
struct whole {
    struct record record;
    struct record_value **end; // of the list
    size_t count;
    struct arena *arena;
};

static struct whole *
whole_new(const struct record *connection, struct arena *arena)
{
    struct whole *w = ARENA_NEW(arena, struct whole);
    *w = (struct whole){.record = *connection, .arena = arena};
    w->record.values = NULL;
    w->end = &w->record.values;
    return w;
}

static void
whole_add(struct whole *w, struct str key, struct str text, uint32_t line)
{
    if (w->count == WHOLE_VALUES)
        return;
    struct record_value *v = ARENA_NEW(w->arena, struct record_value);
    *v = (struct record_value){NULL, key, text, line};
    *w->end = v;
    w->end = &v->next;
    w->count++;
}

// Is the key among the first values? What a connection says itself is not said again by its parts; several
// parts of one name add to each other.
static bool
among(const struct whole *w, struct str key, size_t first)
{
    const struct record_value *v = w->record.values;
    for (size_t i = 0; i < first; i++, v = v->next)
        if (str_eq(v->key, key))
            return true;
    return false;
}

// Algorithms that a part names one by one are one proposal.
static void
add_proposal(struct whole *w, const struct record *part)
{
    static const char *const names[] = {"cipher", "integrity", "prf", "group"};
    struct buf text = {0};
    uint32_t line = part->line;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct record_value *v = record_get(part, names[i]);
        if (!v)
            continue;
        if (text.len)
            buf_add_char(&text, '-');
        buf_add(&text, v->text);
        line = v->line;
    }
    if (text.len)
        whole_add(w, STR("our_proposal"), arena_str(w->arena, buf_str(&text)), line);
    buf_release(&text);
}

static void
add_part(struct whole *w, const struct record *part, size_t first)
{
    for (const struct record_value *v = part->values; v; v = v->next)
        if (!str_eq(v->key, STR("conn")) && !str_eq(v->key, STR("part")) && !among(w, v->key, first))
            whole_add(w, v->key, v->text, v->line);
    if (!among(w, STR("our_proposal"), first))
        add_proposal(w, part);
}

// The parts (or other connections) of this name; none: those without a name.
static void
add_parts(struct whole *w, const struct records *s, struct str name)
{
    size_t first = w->count;
    for (size_t i = 0; i < s->record_count; i++) {
        const struct record *r = &s->records[i];
        bool part = r->kind == RECORD_PART, connection = r->kind == RECORD_CONNECTION && name.len;
        if (r->end == w->record.end && s->lines[r->line].dialect == s->lines[w->record.line].dialect &&
            r->line != w->record.line && (part || connection) &&
            str_eq(record_text(r, part ? "part" : "conn"), name))
            add_part(w, r, first);
    }
}

const struct record *
records_whole(const struct records *s, const struct record *connection, struct arena *arena)
{
    struct whole *w = whole_new(connection, arena);
    for (const struct record_value *v = connection->values; v; v = v->next)
        whole_add(w, v->key, v->text, v->line);
    // What is named by a part that was added is added as well, behind it.
    for (const struct record_value *v = w->record.values; v; v = v->next)
        if (str_eq(v->key, STR("uses")))
            add_parts(w, s, v->text);
    add_parts(w, s, STR_NONE);
    return &w->record;
}

const struct record *
records_joined(const struct record *a, const struct record *b, struct arena *arena)
{
    struct whole *w = whole_new(a, arena);
    for (const struct record_value *v = a->values; v; v = v->next)
        whole_add(w, v->key, v->text, v->line);
    size_t first = w->count;
    for (const struct record_value *v = b->values; v; v = v->next)
        if (!among(w, v->key, first))
            whole_add(w, v->key, v->text, v->line);
    return &w->record;
}

const struct record *
records_turned(const struct record *connection, struct arena *arena)
{
    static const char *const twins[][2] = {
        {"our_address", "peer_address"},
        {"our_subnets", "peer_subnets"},
        {"our_id", "expected_id"},
        {"our_protocol_port", "peer_protocol_port"},
    };
    struct whole *w = whole_new(connection, arena);
    for (const struct record_value *v = connection->values; v; v = v->next) {
        struct str key = v->key;
        for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
            for (int k = 0; k < 2; k++)
                if (str_eq(v->key, str_of(twins[i][k])))
                    key = str_of(twins[i][!k]);
        whole_add(w, key, v->text, v->line);
    }
    return &w->record;
}

const struct said *
records_values(const struct records *s, const struct event_line *e, struct arena *arena)
{
    struct said *first = NULL, **end = &first;
    for (size_t i = 0; i < s->record_count; i++)
        for (const struct record_value *v = s->records[i].values; v; v = v->next)
            if (&s->lines[v->line] == e) {
                struct said *said = ARENA_NEW(arena, struct said);
                *said = (struct said){NULL, v->key, v->text, e, said_shown(slot_of(v->key))};
                *end = said;
                end = &said->next;
            }
    return first;
}

const struct record_value *
record_get(const struct record *r, const char *key)
{
    for (const struct record_value *v = r->values; v; v = v->next)
        if (str_eq(v->key, str_of(key)))
            return v;
    return NULL;
}

struct str
record_text(const struct record *r, const char *key)
{
    const struct record_value *v = record_get(r, key);
    return v ? v->text : STR_NONE;
}

uint64_t
record_number(const struct record *r, const char *key, bool *known)
{
    uint64_t value = 0;
    struct str text = record_text(r, key);
    size_t digits = 0;
    while (digits < text.len && text.at[digits] >= '0' && text.at[digits] <= '9')
        digits++;
    *known = str_number((struct str){text.at, digits}, &value);
    return value;
}
