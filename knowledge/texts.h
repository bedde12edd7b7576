// The texts of the packs that people read in their own language: those of checkpoints, their orders, causes
// and findings, of what hinders a daemon, of a tunnel's path, of what teaches, and the titles of the sample
// logs. tui/packwords.c puts a translation in their place, `kb list --texts` prints them for translators.
#ifndef IKEWALK_KNOWLEDGE_TEXTS_H
#define IKEWALK_KNOWLEDGE_TEXTS_H

#include "diag/rules.h"

// text may be changed, and then borrows from what outlives the knowledge; id and what say where it stands.
typedef void texts_visit(void *self, struct str *text, struct str id, const char *what);
// Each text that is not empty, in the order of the packs. Before the knowledge is used by a diagnosis.
void texts_each(struct knowledge *k, texts_visit *visit, void *self);
// The notes of all messages and events: many, and few are ever shown, so packwords_note translates each where
// it is.
void texts_each_note(struct knowledge *k, texts_visit *visit, void *self);

#endif
