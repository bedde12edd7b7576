// Packs on disk: the *.yaml files below a folder as texts for the loader (R4). For --kb DIR, the user's
// configuration directory and `kb lint PACK`.
#ifndef IKEWALK_KNOWLEDGE_FOLDER_H
#define IKEWALK_KNOWLEDGE_FOLDER_H

#include "knowledge/load.h"

#define FOLDER_FILES 2000
#define FOLDER_DEPTH 8

// A list of texts; {0} is empty. Owns what it read itself, borrows what folder_add was given.
struct folder {
    struct pack_text *packs;
    size_t count, room;
    struct arena arena;
};

// Borrows name and bytes until folder_release.
void folder_add(struct folder *f, struct str name, struct str bytes, int layer);
// Adds the packs that are part of the program, as layer 0.
void folder_builtin(struct folder *f);
// Adds every *.yaml below path, in the order of names; a path that is a file is one pack. Names are
// [A-Za-z0-9._-]{1,64}; links, devices and the like below the folder are refused. A folder that is missing is
// an error only when it must be there.
bool folder_read(struct folder *f, const char *path, bool must, int layer, struct err *e);
void folder_release(struct folder *f);

#endif
