// Why a template does not claim a line: how far it goes, and what it wants where the line goes another way.
// kb test and explain say it to authors.
#ifndef IKEWALK_KNOWLEDGE_DEPARTURE_H
#define IKEWALK_KNOWLEDGE_DEPARTURE_H

#include "diag/rules.h"

struct departure {
    size_t reached;   // bytes of the line that the template took before they part; 0: not even its first
    struct str wants; // borrows the template: what is wanted there, a hole or the text up to the next one
    struct str has;   // borrows the line: what stands there, to its end
};

// Looks where the template goes farthest; it may begin at any word of the line, for what a dialect cuts off
// in front is not known of a line that nobody claims. False when it takes nothing anywhere, or all there is.
bool departure_find(struct str template, struct str line, struct departure *d);
// The same of the template that goes farthest, of one message or (NULL) of all of a dialect: "; nearest is
// ...". Gives text in the arena; empty when none even begins like the line.
struct str departure_tell(const struct knowledge *k, const struct dialect *d, const struct message *only,
                          struct str line, struct arena *arena);

#endif
