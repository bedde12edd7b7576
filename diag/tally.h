// How many tunnels stand in which state, and in which words a list calls them: the sum above a list has no
// word that the list has not. The wizard's list and the text report count with it.
#ifndef IKEWALK_DIAG_TALLY_H
#define IKEWALK_DIAG_TALLY_H

#include "diag/view.h"

enum { TALLY_WORDS = 8 }; // different words of one state; what has none left is counted in its state alone

struct tally {
    uint64_t state[TUNNEL_STATES], all;
    struct tally_word {
        struct str word;
        uint64_t count;
    } word[TUNNEL_STATES][TALLY_WORDS];
};

// plain is the word that a list has for a tunnel that is down, silent for one whose peer does not answer,
// unknown for one of which neither is known: borrowed, like the words of findings, as long as the tally.
void tally_add(struct tally *t, const struct tunnel_row *row, const char *plain, const char *silent,
               const char *unknown);
// Behind the state, what of it is called by another word: " (2 WAITING, 1 NO REPLY)", or " (WAITING)" when
// all are; nothing when the list says the word of the state.
void tally_words(const struct tally *t, enum tunnel_state state, struct buf *out);

#endif
