// The program's own files below the folders of the XDG base directory specification: what the user wrote
// (configuration) and what the program remembers (state). Whoever remembers something reads and writes it
// through here; a file is written whole or not at all, so that a full disk or a kill leaves the old one.
#ifndef IKEWALK_TUI_XDG_H
#define IKEWALK_TUI_XDG_H

#include "diag/err.h"
#include "diag/str.h"

#define XDG_FILE_MOST (1024 * 1024) // a longer file of ours is none of ours

enum xdg_folder {
    XDG_CONFIG, // $XDG_CONFIG_HOME/ikewalk, else ~/.config/ikewalk
    XDG_STATE   // $XDG_STATE_HOME/ikewalk, else ~/.local/state/ikewalk
};

// Appends the path of a file, which need not exist. False and e filled when there is no home to put it in.
bool xdg_path(enum xdg_folder folder, const char *name, struct buf *path, struct err *e);
// Appends what the file holds; a file that is not there is empty. False and e filled when it cannot be read.
bool xdg_read(enum xdg_folder folder, const char *name, struct buf *bytes, struct err *e);
// Writes the file anew (0600) through a temporary one beside it, and makes the folder when it is missing.
bool xdg_write(enum xdg_folder folder, const char *name, struct str bytes, struct err *e);
// Keeps other wizards from doing the same until xdg_unlock: what is read, changed and written in between
// loses nothing of theirs. Waits a moment at most, then goes on without: these files are a convenience.
int xdg_lock(enum xdg_folder folder);
void xdg_unlock(int lock);

#endif
