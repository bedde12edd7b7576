// Stand-ins for names, so that a report can be shown to strangers and still be read: the same name always
// gets the same stand-in within one report (HOST-A, NET-A, ID-A, CONN-A, USER-A). Secrets are masked whether
// names are hidden or not. Reports and exports pass every text through it before text_safe.
#ifndef IKEWALK_DIAG_REDACT_H
#define IKEWALK_DIAG_REDACT_H

#include "diag/view.h"

enum redact_kind { REDACT_CONN, REDACT_HOST, REDACT_NET, REDACT_ID, REDACT_USER, REDACT_KINDS };
#define REDACT_ADDRESS REDACT_KINDS // addresses and public networks, for redact_only

struct redact;

// names: hide addresses, host names, identities, connections and users. subnets: also networks of private
// address space (RFC 1918, RFC 4193), which say where the fault is and little about whose they are; public
// ones go in any case.
struct redact *redact_new(bool names, bool subnets); // gives, redact_free
void redact_free(struct redact *r);
// Of names only these kinds are hidden, 1u << enum redact_kind or REDACT_ADDRESS; to be said before anything
// is learned.
void redact_only(struct redact *r, unsigned kinds);

// Tells a name that is replaced wherever it stands as a whole word, in quotes only when it is shorter than
// three characters or a number. Copies it.
void redact_learn(struct redact *r, enum redact_kind kind, struct str name);
// All names that the rows and sources of a view, or the values of a tunnel, hold.
void redact_learn_view(struct redact *r, const struct view *v);
void redact_learn_tunnel(struct redact *r, const struct tunnel_view *t);

// Appends the text with secrets masked and names replaced. False, and nothing appended, when it can stay as
// it is. log: text of a log, where a word with dots is taken for a host's name; in the words of a pack only
// names that were learned and addresses are replaced.
bool redact_text(struct redact *r, struct str text, bool log, struct buf *out);
// The name of a file without its folders, which tell who works where.
struct str redact_file(const struct redact *r, struct str path);
bool redact_names(const struct redact *r);
// Is there nothing to replace in the words of a pack?
bool redact_idle(const struct redact *r);
// How many places were masked as secrets so far.
uint64_t redact_masked(const struct redact *r);

#endif
