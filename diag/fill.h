// Texts of findings with the user's own values filled in, and proposals, identities and networks rewritten
// the way a configuration takes them. Inside of diag only.
#ifndef IKEWALK_DIAG_FILL_H
#define IKEWALK_DIAG_FILL_H

#include "diag/judge.h"

// Replaces ${name} and ${name|filter} by facts; "not known" stands where the log does not tell. Filters:
// conf, id, cidr.
struct str fill_text(struct facts *f, struct str text);
// The same for a command or a piece of configuration that is copied: values are quoted for the shell where
// they need it, a missing one stands as its name in capitals.
struct str fill_command(struct facts *f, struct str text);

// A proposal as a daemon logs it, in the spelling of a dialect's configuration: cipher-hash-group, of the
// first proposal when there are several. Empty when no algorithm is recognised. Attributes decide, never
// spelling (contract.md).
struct str proposal_conf(const struct knowledge *k, const struct dialect *d, struct str logged,
                         struct arena *arena);
// The algorithm whose name stands in the text at a place where a word begins, and that name's length; or
// NULL.
const struct algorithm *algorithm_in(const struct knowledge *k, struct str text, size_t at, size_t *length);
// "192.0.2.0-192.0.2.255:0-65535 0" -> "192.0.2.0/24"; anything else comes back as it is.
struct str network_cidr(struct str logged, struct arena *arena);

#endif
