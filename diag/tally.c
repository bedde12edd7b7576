#include "diag/tally.h"

#include "diag/text.h"

static void
add_word(struct tally *t, enum tunnel_state state, struct str word)
{
    for (size_t i = 0; i < TALLY_WORDS; i++) {
        struct tally_word *w = &t->word[state][i];
        if (w->count && !str_eq(w->word, word))
            continue;
        w->word = word;
        w->count++;
        return;
    }
}

void
tally_add(struct tally *t, const struct tunnel_row *row, const char *plain, const char *silent,
          const char *unknown)
{
    bool down = row->state == TUNNEL_DOWN;
    t->all++;
    t->state[row->state]++;
    if (!down && row->state != TUNNEL_UNKNOWN)
        return;
    const char *own = down ? plain : unknown;
    struct str word = view_word(row, own, down ? silent : unknown);
    if (!str_eq(word, str_of(own)))
        add_word(t, row->state, word);
}

void
tally_words(const struct tally *t, enum tunnel_state state, struct buf *out)
{
    const struct tally_word *w = t->word[state];
    if (!w[0].count)
        return;
    buf_add(out, STR(" ("));
    for (size_t i = 0; i < TALLY_WORDS && w[i].count; i++) {
        buf_add(out, i ? STR(", ") : STR(""));
        if (w[i].count < t->state[state]) {
            text_count(w[i].count, out);
            buf_add_char(out, ' ');
        }
        buf_add(out, w[i].word);
    }
    buf_add_char(out, ')');
}
