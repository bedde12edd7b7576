// The packs as everybody here reads them, commands and wizard alike, and their words that stand on the
// screens and in reports: the texts of checkpoints and findings, and the notes of messages. The catalogues of
// assets/po hold these beside the words of the program.
#ifndef IKEWALK_TUI_PACKWORDS_H
#define IKEWALK_TUI_PACKWORDS_H

#include "knowledge/load.h"

// The built-in packs, over them those in the configuration folder of the user, and over these the folder,
// which may be NULL; in the language of the screens, where its catalogue has the words. NULL and e filled
// when one cannot be read; gives, knowledge_free. A configuration folder that is hidden from this user (the
// home is that of another one) is left out, which the note, NULL or empty so far, says.
struct knowledge *packwords_load(const char *folder, struct buf *note, struct err *e);
// The note of a message or an event in the language of the screens; as it is where no catalogue has it. Lives
// as long as the knowledge.
struct str packwords_note(struct str note);

#endif
