#include "diag/meaning.h"

static const struct word_meaning *
word_find(const struct dialect *d, struct str word)
{
    for (size_t i = 0; word.len && i < d->word_count; i++) {
        struct str known = d->words[i].word;
        // These names differ at their ends.
        if (known.len == word.len && known.at[word.len - 1] == word.at[word.len - 1] && str_eq(known, word))
            return &d->words[i];
    }
    return NULL;
}

// The same name, whether it is written with underscores, hyphens or blanks, in capitals or not.
static bool
same_notify(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        char x = a.at[i], y = b.at[i];
        x = x == '-' || x == ' ' ? '_' : (char)(x >= 'a' && x <= 'z' ? x - 32 : x);
        y = y == '-' || y == ' ' ? '_' : (char)(y >= 'a' && y <= 'z' ? y - 32 : y);
        if (x != y)
            return false;
    }
    return true;
}

// The one that the line names, else the one that the message stands for.
static int
notify_find(const struct knowledge *k, struct str word, const struct message *message)
{
    for (size_t i = 0; word.len && i < k->notify_count; i++)
        if (same_notify(k->notifies[i].key, word))
            return (int)i;
    for (size_t i = 0; message && message->notify.len && i < k->notify_count; i++)
        if (str_eq(k->notifies[i].value, message->notify))
            return (int)i;
    return -1;
}

struct meaning
meaning_of(const struct knowledge *k, const struct msg *msg)
{
    const struct dialect *d = &k->dialects[msg->dialect];
    struct str state = STR_NONE, exchange = STR_NONE, notify = STR_NONE, errno_word = STR_NONE;
    for (size_t i = 0; i < msg->slots.count; i++) {
        const struct slot *s = &msg->slots.at[i];
        struct str *word = s->known == SLOT_STATE      ? &state
                           : s->known == SLOT_EXCHANGE ? &exchange
                           : s->known == SLOT_NOTIFY   ? &notify
                           : s->known == SLOT_ERRNO    ? &errno_word
                                                       : NULL;
        if (word && s->value.len)
            *word = s->value;
    }
    struct meaning m = {
        .state = word_find(d, state),
        .exchange = word_find(d, exchange),
        .notify = notify_find(k, notify, msg->message),
        .errno_value = -1,
        .values = msg->template >= 0 && tmpl_has_values(d->templates[msg->template].tmpl),
    };
    uint64_t number;
    if (str_number(errno_word, &number) && number <= INT16_MAX)
        m.errno_value = (int)number;
    return m;
}
