// Where the translations of the screens lie: beside the program as a build leaves them, below the prefix in
// which it stands, or where it was meant to be installed. main.c binds gettext to that folder, cli.c asks
// which languages there are.
#ifndef IKEWALK_TUI_CATALOGUES_H
#define IKEWALK_TUI_CATALOGUES_H

#include <stdbool.h>

// Borrowed for good.
const char *catalogues_folder(void);
// Is there one of this language, named as LANGUAGE names it ("de", "pt_BR")?
bool catalogues_have(const char *language);

#endif
