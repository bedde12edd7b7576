#include "diag/recall.h"

#include "diag/arena.h"

#include <stdlib.h>

// Of a thousand places nearly all that a gateway says in a while finds one.
enum { PLACES = 2048, TEXT = 160, SLOTS = 4 };

struct kept_slot {
    struct str name;
    uint16_t from, length; // in the text
    enum slot_name known;
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

struct recall {
    uint32_t marks[PLACES]; // of what is kept, 0: nothing; near at all times, so that a miss costs nothing
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
    for (int i = 0; i < k->slots; i++) {
        const struct kept_slot *s = &k->slot[i];
        msg->slots.at[msg->slots.count++] = (struct slot){s->name, {text.at + s->from, s->length}, s->known};
    }
    return true;
}

void
recall_keep(struct recall *r, const struct saying *said, const struct msg *msg)
{
    struct kept *k = &r->places[said->hash % PLACES];
    size_t slots = msg->slots.count - said->slots;
    if (!said->text.len || said->text.len > TEXT || slots > SLOTS)
        return;
    k->message = msg->message;
    k->meaning = msg->meaning;
    k->template = (int16_t)msg->template;
    k->length = (uint16_t)said->text.len;
    k->body = (uint16_t)(said->text.len - msg->body.len);
    k->dialect = (uint8_t)msg->dialect;
    k->fit = (uint8_t)msg->fit;
    k->slots = (uint8_t)slots;
    r->marks[said->hash % PLACES] = mark_of(said->hash);
    memcpy(k->text, said->text.at, said->text.len);
    for (size_t i = 0; i < slots; i++) {
        const struct slot *s = &msg->slots.at[said->slots + i];
        k->slot[i] = (struct kept_slot){s->name, (uint16_t)(s->value.at - said->text.at),
                                        (uint16_t)s->value.len, s->known};
    }
}
