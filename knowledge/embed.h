// The files that are part of the program: knowledge packs and sample logs.
//
// knowledge/embed.cmake puts them in when the program is built: a pack as its tree (tree.h), a log byte for
// byte. The loader of the packs and the source "sample:NAME" read them here. Both tables are sorted by name,
// as strcmp sorts.
#ifndef IKEWALK_KNOWLEDGE_EMBED_H
#define IKEWALK_KNOWLEDGE_EMBED_H

#include <stddef.h>

struct embedded {
    const char *name; // the path below knowledge/packs or assets/logs: "dialects/x.yaml"
    const char *at;   // the bytes; a NUL that len does not count follows them
    size_t len;
};

extern const struct embedded embedded_packs[];
extern const size_t embedded_pack_count;

extern const struct embedded embedded_logs[];
extern const size_t embedded_log_count;

#endif
