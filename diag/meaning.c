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
    struct str word[SLOT_NAMES] = {{0}};
    for (size_t i = 0; i < msg->slots.count; i++)
        if (msg->slots.at[i].value.len)
            word[msg->slots.at[i].known] = msg->slots.at[i].value;
    struct meaning m = {
        .state = word_find(d, word[SLOT_STATE]),
        .exchange = word_find(d, word[SLOT_EXCHANGE]),
        .notify = notify_find(k, word[SLOT_NOTIFY], msg->message),
        .errno_value = -1,
        .values = msg->template >= 0 && tmpl_has_values(d->templates[msg->template].tmpl),
    };
    uint64_t number;
    if (str_number(word[SLOT_ERRNO], &number) && number <= INT16_MAX)
        m.errno_value = (int)number;
    return m;
}
