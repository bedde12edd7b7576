// One tunnel as its two ends tell it: which end's words the verdict takes, and the ladder that both make
// together. diag.c builds it for a paired tunnel, view.c shows it. Inside of diag only.
#ifndef IKEWALK_DIAG_MERGE_H
#define IKEWALK_DIAG_MERGE_H

#include "diag/pair.h"

// A message that one end sent and the other did not get; or whether it got it is not known, for its log does
// not cover that time, or nothing tells how the clocks differ.
enum lost { LOST_NOT, LOST_FORWARD, LOST_BACK, LOST_UNKNOWN };

struct two {
    const struct pairs *pairs;
    enum paired_by by;
    bool turned;             // its first end is B: only there the tunnel is known
    struct judged judged[2]; // as each end tells it alone
    struct facts facts[2];
    const struct finding *rule[2]; // the error finding of each end alone, or NULL
    struct verdict alone[2];       // what each end would say alone
    int decides;                   // whose words the verdict takes
    bool same;                     // both speak of one attempt
    bool silent_other;             // the other log covers the time of the attempt and shows nothing of it
    bool uncovered;                // it does not cover that time
    bool outlived;                 // one log stops while it waits; how it went on the other end's tells
    bool disagree;
    enum lost lost; // seen from the initiator
    struct walk walk;
    const struct finding *finding; // of the merged verdict
    enum certainty certainty;
};

// Judges tunnel a of the first end with its partner b at the other end (NULL: none; then only what the
// silence of the other log says is added). around: of each. The facts read values through quotes of the
// caller's arena.
void merge_ends(struct two *t, const struct pairs *pairs, const struct tunnel *a, const struct tunnel *b,
                const struct surroundings around[2], struct quotes *quotes, struct arena *arena);
// The end, 0 or 1, in the words of a reader: A or B.
static inline char
merge_letter(const struct two *t, int end)
{
    return (end != 0) != t->turned ? 'B' : 'A';
}
// Does this alternative of the finding still fit, with what the other end has shown?
bool merge_fits(const struct two *t, struct str cause);
// A fact that only the two together know, or that the other end says from its side; empty: none.
struct str merge_fact(struct facts *f, struct str name);
// The name of a value as the other end calls it: our_id for peer_id. Empty when it has no such twin.
struct str merge_mirrored(struct str key, struct arena *arena);

#endif
