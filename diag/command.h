// What one types at a gateway for a step of a finding: the command that the step names, in the words of the
// dialect that is spoken there, with the person's own values. Inside of diag only.
#ifndef IKEWALK_DIAG_COMMAND_H
#define IKEWALK_DIAG_COMMAND_H

#include "diag/judge.h"

// -1: there is none of that name.
int command_named(const struct knowledge *k, struct str id);
// The words for a command in a dialect, or in that of what it runs on; NULL: nobody has written any.
const struct wording *command_wording(const struct knowledge *k, int dialect, int command);
// The end at which a step is done, by the words of the end whose finding it is; -1 when it is neither.
int command_end(const struct facts *f, const struct step *s);
// Empty when the step names none, or nobody has written how it is done there.
struct str command_for(struct facts *f, const struct step *s);
// The command that lets this gateway try to bring the tunnel up.
struct str command_to_start(struct facts *f);

#endif
