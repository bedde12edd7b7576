// Texts of findings with the user's own values filled in, and proposals, identities and networks rewritten
// the way a configuration takes them. Inside of diag only.
#ifndef IKEWALK_DIAG_FILL_H
#define IKEWALK_DIAG_FILL_H

#include "diag/judge.h"

// Where a command is typed.
struct site {
    int dialect; // in whose spelling
    bool peer;   // at the peer, for whom ours is theirs and theirs ours
};

// The filters of ${name|filter}; ends with NULL. What each does stands in the pack guide.
extern const char *const fill_filters[];

// Replaces ${name} and ${name|filter} by facts; "not known" stands where the log does not tell.
struct str fill_text(struct facts *f, struct str text);
// The same for a command or a piece of configuration that is copied: values are quoted for the shell where
// they need it, a missing one stands as its name in capitals. site NULL: here.
struct str fill_command(struct facts *f, const struct site *site, struct str text);

// A proposal as a daemon logs it, in the spelling of a dialect's configuration: cipher-hash-group, of the
// first proposal when there are several. Empty when no algorithm is recognised. Attributes decide, never
// spelling.
struct str proposal_conf(const struct knowledge *k, const struct dialect *d, struct str logged,
                         struct arena *arena);
// The algorithm whose name stands in the text at a place where a word begins, and that name's length; or
// NULL.
const struct algorithm *algorithm_in(const struct knowledge *k, struct str text, size_t at, size_t *length);
// Identities are written with and without what marks a name, and in quotes: the bare name.
struct str identity_bare(struct str id);
// "192.0.2.0-192.0.2.255:0-65535 0" -> "192.0.2.0/24", and so does "192.0.2.0/255.255.255.0/0/0"; anything
// else comes back as it is.
struct str network_cidr(struct str logged, struct arena *arena);
// The same as address and mask, "192.0.2.0 255.255.255.0", or with the mask turned round, "192.0.2.0
// 0.0.0.255". Empty when it is no IPv4 network.
struct str network_mask(struct str logged, bool wildcard, struct arena *arena);

#endif
