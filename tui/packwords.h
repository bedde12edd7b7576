// Words of the packs that stand on the screens and in reports: the texts of checkpoints and findings, and the
// notes of messages. The catalogues of assets/po hold them beside the words of the program.
#ifndef IKEWALK_TUI_PACKWORDS_H
#define IKEWALK_TUI_PACKWORDS_H

#include "diag/rules.h"

// Puts the language of the screens in their place, where its catalogue has them; ids stay as they are.
void packwords_translate(struct knowledge *k);
// The note of a message or an event in the language of the screens; as it is where no catalogue has it. Lives
// as long as the knowledge.
struct str packwords_note(struct str note);

#endif
