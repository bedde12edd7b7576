// Copying a text for the user: always into a file that is named, because a terminal may ignore a request to
// copy without saying so, and besides into the buffer of tmux or else to the terminal itself.
#ifndef IKEWALK_TUI_COPY_H
#define IKEWALK_TUI_COPY_H

#include "diag/err.h"
#include "diag/str.h"

#define COPY_MOST (60 * 1024) // what tmux or a terminal is given; a longer text goes to the file only

// Writes text to $XDG_STATE_HOME/ikewalk/copied.txt, whole or not at all, and appends the sentence about it
// to told.
bool copy_text(struct str text, struct buf *told, struct err *e);

// Names what takes bytes to a terminal that understands such requests; NULL: there is none.
void copy_through(void (*send)(struct str bytes));

#endif
