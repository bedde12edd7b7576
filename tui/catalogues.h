// Where the translations of the screens lie: beside the program as a build leaves them, below the prefix in
// which it stands, or where it was meant to be installed. main.c binds gettext to that folder, cli.c asks
// which languages there are.
#ifndef IKEWALK_TUI_CATALOGUES_H
#define IKEWALK_TUI_CATALOGUES_H

#include "diag/err.h"

// Borrowed for good.
const char *catalogues_folder(void);
// The name of the catalogue of a language as it is typed or as a locale has it ("de", "de_AT.UTF-8", "zh"),
// the nearest that there is; borrowed until the next call. NULL: none.
const char *catalogues_named(const char *language);
// From now on the variable LANGUAGE chooses the catalogue, in the locales C and C.UTF-8 too.
void catalogues_heed_language(void);
// From now on the language at hand is written in ASCII alone: with the catalogue that it has for that. False
// and e when it cannot be written so: then it is English.
bool catalogues_ascii(struct err *e);

#endif
