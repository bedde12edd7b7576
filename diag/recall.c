#include "diag/recall.h"

#include "diag/arena.h"
#include "diag/lanes.h"
#include "diag/rare.h"

#include <stdlib.h>

// Of some thousand places nearly all that a gateway says again in a while finds one.
enum { PLACES = 4096, SAID_ONCE = 8192, TEXT = 256, SLOTS = 4 };
enum { FRONT_BITS = 10, FRONTS = 1 << FRONT_BITS, NAMES = 88 };
enum { HEAD = 16 }; // bytes of names that tell where they are kept, at most

struct kept_slot {
    struct str name;
    uint16_t from, length; // in the text
    enum slot_name known;
    uint64_t number;
};

struct kept {
    const struct message *message;
    struct meaning meaning;
    int16_t template;
    uint16_t length, body; // of the text; where the body begins in it
    uint8_t dialect, fit, slots;
    char text[TEXT];
    struct kept_slot slot[SLOTS];
};

// Names at the front of a line, as they were read last.
struct names {
    char text[NAMES];
    uint8_t length; // 0: none
    uint8_t number; // where the last slot begins, when it is a number: any other would fit as well; else 0
    uint8_t dialect, slots;
    uint32_t left;
    struct kept_slot slot[SLOTS];
};

struct recall {
    uint64_t writer; // of the last line, 0: not numbered
    size_t tag;      // his first
    struct names fronts[FRONTS];
    uint32_t once[SAID_ONCE]; // what was said once and is kept when it is said again
    uint32_t marks[PLACES];   // of what is kept: near at all times, so that a miss costs nothing
    struct kept places[PLACES];
};

static inline uint32_t
mark_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) | 1;
}

struct recall *
recall_new(void)
{
    return mem_new(sizeof(struct recall));
}

void
recall_free(struct recall *r)
{
    free(r);
}

// By the first word, for behind it stands what changes: a connection is attempted again under the next
// number. Of one that begins with a digit all that is looked at counts.
static inline size_t
front_of(struct str text)
{
    const uint32_t blanks = *text.at <= '9' && *text.at >= '0' ? 0 : lanes_equal(text.at, ' ') & ~1u;
    const size_t length = blanks ? (size_t)__builtin_ctz(blanks) : HEAD;
    uint64_t a = literal_word(text.at), b = 0;
    if (length >= sizeof a)
        b = literal_word(text.at + length - sizeof b);
    else
        a &= (UINT64_C(1) << length * 8) - 1;
    return ((a ^ (b << 7 | b >> 57)) * 0x9e3779b97f4a7c15u) >> (64 - FRONT_BITS);
}

__attribute__((always_inline)) static inline void
give_slots(const struct kept_slot *slots, int count, const char *text, struct slots *into)
{
    for (const struct kept_slot *s = slots; s < slots + count; s++)
        into->at[into->count++] = (struct slot){s->name, {text + s->from, s->length}, s->known, s->number};
}

static void
keep_slots(struct kept_slot *into, const struct slot *slots, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        const struct slot *s = &slots[i];
        into[i] = (struct kept_slot){s->name, (uint16_t)(s->value.at - text), (uint16_t)s->value.len,
                                     s->known, s->number};
    }
}

// Does the text begin with these names but for their number? Then that is put into them.
RARE static bool
renumber(struct names *n, struct str text)
{
    const size_t front = n->number;
    if (!front || text.len <= front || !str_same(n->text, text.at, front))
        return false;
    struct kept_slot *last = &n->slot[n->slots - 1];
    size_t digits = 0;
    while (front + digits < text.len && (unsigned)(text.at[front + digits] - '0') <= 9)
        digits++;
    uint64_t number;
    const size_t behind = front + last->length, rest = n->length - behind, length = front + digits + rest;
    if (!str_number((struct str){text.at + front, digits}, &number) || number == UINT64_MAX ||
        length > NAMES || text.len <= length || !str_same(n->text + behind, text.at + front + digits, rest))
        return false;
    n->length = (uint8_t)length;
    last->length = (uint16_t)digits;
    last->number = number;
    // Not memcpy: of one of unknown length the compiler makes instructions that are slow to begin.
    memmove(n->text + front, text.at + front, length - front);
    return true;
}

bool
recall_names(struct recall *r, const uint32_t *by_first, struct msg *msg)
{
    struct str text = msg->body;
    if (text.len < HEAD)
        return false;
    struct names *n = &r->fronts[front_of(text)];
    if (!n->length || n->dialect != msg->dialect)
        return false;
    if ((text.len <= n->length || !str_same(n->text, text.at, n->length)) && !renumber(n, text))
        return false;
    unsigned char next = (unsigned char)text.at[n->length];
    if (next == ' ' || next == '\t' || next == 0xc2 || by_first[next] & n->left)
        return false; // further blanks belong to the names
    give_slots(n->slot, n->slots, text.at, &msg->slots);
    msg->body = str_from(text, n->length);
    return true;
}

void
recall_keep_names(struct recall *r, struct str text, uint32_t left, const struct msg *msg)
{
    size_t length = text.len - msg->body.len, slots = msg->slots.count;
    if (text.len < HEAD || !length || length > NAMES || slots > SLOTS)
        return;
    const struct slot *last = slots ? &msg->slots.at[slots - 1] : NULL;
    uint64_t number;
    bool numbered = last && last->number && str_number(last->value, &number);
    struct names *n = &r->fronts[front_of(text)];
    n->length = (uint8_t)length;
    n->number = (uint8_t)(numbered ? last->value.at - text.at : 0);
    n->dialect = (uint8_t)msg->dialect;
    n->slots = (uint8_t)slots;
    n->left = left;
    memcpy(n->text, text.at, length);
    keep_slots(n->slot, msg->slots.at, slots, text.at);
}

bool
recall_tag(const struct recall *r, uint64_t writer, size_t *tag)
{
    *tag = r->tag;
    return writer && writer == r->writer;
}

void
recall_keep_tag(struct recall *r, uint64_t writer, size_t tag)
{
    r->writer = writer;
    r->tag = tag;
}

bool
recall_find(const struct recall *r, const struct saying *said, struct msg *msg)
{
    const struct kept *k = &r->places[said->hash % PLACES];
    struct str text = said->text;
    if (r->marks[said->hash % PLACES] != mark_of(said->hash) || k->dialect != msg->dialect ||
        k->length != text.len || !str_same(k->text, text.at, text.len) || said->slots + k->slots > TMPL_SLOTS)
        return false;
    msg->body = str_from(text, k->body);
    msg->template = k->template;
    msg->message = k->message;
    msg->fit = (enum tmpl_fit)k->fit;
    msg->meaning = k->meaning;
    give_slots(k->slot, k->slots, text.at, &msg->slots);
    return true;
}

void
recall_keep(struct recall *r, const struct saying *said, const struct msg *msg)
{
    struct kept *k = &r->places[said->hash % PLACES];
    const uint32_t mark = mark_of(said->hash);
    uint32_t *once = &r->once[said->hash % SAID_ONCE];
    size_t slots = msg->slots.count - said->slots;
    if (!said->text.len || said->text.len > TEXT || slots > SLOTS)
        return;
    if (*once != mark) {
        *once = mark;
        return;
    }
    r->marks[said->hash % PLACES] = mark;
    k->message = msg->message;
    k->meaning = msg->meaning;
    k->template = (int16_t)msg->template;
    k->length = (uint16_t)said->text.len;
    k->body = (uint16_t)(said->text.len - msg->body.len);
    k->dialect = (uint8_t)msg->dialect;
    k->fit = (uint8_t)msg->fit;
    k->slots = (uint8_t)slots;
    memcpy(k->text, said->text.at, said->text.len);
    keep_slots(k->slot, msg->slots.at + said->slots, slots, said->text.at);
}
