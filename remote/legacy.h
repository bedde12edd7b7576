// Old algorithms of SSH that a gateway may be allowed by name, and the lists that are offered to it. Nothing
// here is ever allowed by itself (R5).
#ifndef IKEWALK_REMOTE_LEGACY_H
#define IKEWALK_REMOTE_LEGACY_H

#include "diag/err.h"
#include "diag/str.h"

enum legacy_kind { LEGACY_KEX, LEGACY_HOST_KEY, LEGACY_CIPHER, LEGACY_MAC, LEGACY_KINDS };

// Names with commas; e names one that there is none of.
bool legacy_sound(const char *names, struct err *e);
// What is offered of a kind: the good ones, then those of names.
void legacy_offer(enum legacy_kind kind, const char *names, struct buf *out);
// Appends those of the old ones that a text names, with commas: what a gateway has to offer.
void legacy_named(struct str text, struct buf *out);

#endif
