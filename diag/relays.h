// Tags under which the lines of a daemon stand that has another name: of the container that it runs in, or of
// what runs that. No pack can know them; they are learned from the lines at the start of a source. Inside of
// diag only.
#ifndef IKEWALK_DIAG_RELAYS_H
#define IKEWALK_DIAG_RELAYS_H

#include "diag/msg.h"

enum { RELAYS = 16, RELAY_NAME = 64 };

struct relay {
    char name[RELAY_NAME];
    uint8_t length;
    unsigned lines, read; // read: that a dialect understands
};

// {0} knows none, and has looked at nothing yet; msgs is to be set.
struct relays {
    const struct msgs *msgs;
    size_t looked; // bytes
    size_t count;
    struct relay at[RELAYS];
};

// Looks at bytes of the source, as long as they are among its first.
void relays_learn(struct relays *r, const char *bytes, size_t count);
bool relays_have(const struct relays *r, struct str tag);
// As msgs_care, with these besides.
bool relays_care(const void *relays, struct str tag);

#endif
