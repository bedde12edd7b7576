// Packs to struct knowledge: all of them or none. The program calls it once at start, `kb lint` and the tests
// call it with packs of their own.
//
// Layers: the built-in packs are layer 0, every overlay folder lies one higher. A record of a higher layer
// takes the place of the one with the same id below; two in one layer are an error. The pack of a dialect may
// be spread over files and layers: an overlay with the same `dialect: NAME` adds to it.
#ifndef IKEWALK_KNOWLEDGE_LOAD_H
#define IKEWALK_KNOWLEDGE_LOAD_H

#include "diag/rules.h"
#include "knowledge/problem.h"

// Borrowed for the call only.
struct pack_text {
    struct str name; // as errors call it: "dialects/NAME.yaml"
    struct str bytes;
    int layer;
    bool tree; // bytes are what tree_write gave and live as long as the knowledge; else they are YAML
};

// Gives, knowledge_free. NULL and the first problem in e when anything is wrong with any pack.
struct knowledge *knowledge_load(const struct pack_text *packs, size_t count, struct err *e);
// The same, with every problem that there is. strict: also what lint alone complains about (log text that is
// not a `|-` block, names that do not follow the grammar, steps in the wrong order); such problems do not
// make it NULL.
struct knowledge *knowledge_load_all(const struct pack_text *packs, size_t count, bool strict,
                                     struct problems *problems);
struct overlay {
    const char *folder; // NULL: it is passed over
    bool must;          // it has to exist (--kb DIR)
};
// The packs that are part of the program, and over them the files *.yaml below each overlay folder, in the
// order given.
struct knowledge *knowledge_load_builtin(const struct overlay *overlays, size_t count, struct err *e);
void knowledge_free(struct knowledge *k);
// Is it one of the values that the core works out for findings (was-up, attempts, time ...), so that no
// message needs a slot of that name?
bool knowledge_computes(struct str name);

#endif
