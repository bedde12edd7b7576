// What the load_*.c files share while packs become knowledge; nobody else includes it.
//
// Loading goes in two steps. First every record claims its name, so that a higher layer replaces a lower one
// and every name can be resolved whatever the order of the files. Then each record that is left is read into
// its struct.
#ifndef IKEWALK_KNOWLEDGE_LOADING_H
#define IKEWALK_KNOWLEDGE_LOADING_H

#include "diag/rules.h"
#include "knowledge/field.h"
#include "knowledge/index.h"

struct pack {
    struct str name; // in the knowledge arena
    int layer;
    const struct node *root;
    struct str dialect; // empty when the pack belongs to no dialect
};

struct record {
    const struct node *node;
    int layer;
    int dialect; // of a message
};

// All records of one kind, in the order of packs and lines, and the way from id to number.
struct records {
    struct index index;
    struct record *at;
    size_t count;
    const char *what;    // "event", for sentences
    bool spelled_freely; // names come from a registry and do not follow the grammar of names in packs
};

struct loading {
    struct knowledge *k;
    struct arena *keep; // the arena of k
    struct arena scratch;
    struct problems *problems;
    bool strict;
    size_t mild;              // problems that only lint has
    const struct pack *packs; // lower layers first
    size_t pack_count;
    int layers;
    struct records dialects, messages, events, orders, causes, algorithms, commands, findings, cases, lessons,
        concepts;
    struct index notifies; // names of the IKE registry
    struct index spellings;
};

// A problem of writing that lint tells and loading forgives.
#define MILD_PROBLEM(l, node, ...)                                                                           \
    do {                                                                                                     \
        if ((l)->strict) {                                                                                   \
            (l)->mild++;                                                                                     \
            NODE_PROBLEM((l)->problems, (node), __VA_ARGS__);                                                \
        }                                                                                                    \
    } while (0)

// load.c: names. records_claim gives the number under which the record stands, or -1 when its id was taken.
int records_claim(struct loading *l, struct records *r, struct str id, const struct record *record);
int records_find(struct loading *l, const struct records *r, const struct node *at, struct str id);
// The number of the record that a text under a key names, or -1: it is missing, or unknown and told.
int records_named(struct loading *l, const struct records *r, const struct node *node, const char *key);
// "; the nearest is X" for a name that is not in the index, or "". Only the first problems get one: it looks
// at all names, and a hostile pack can have many of both.
const char *loading_nearest(struct loading *l, const struct index *x, struct str word);
// Log text as it was pasted; mild problem when it is not a `|-` block.
struct str loading_log_text(struct loading *l, const struct node *node);
// The same of the text under a key; empty when it is missing.
struct str loading_log_under(struct loading *l, const struct node *node, const char *key);
// Each record of a section claims the id it has under "id"; packs of a dialect may hold findings and cases.
void loading_claim_section(struct loading *l, const char *section, bool of_dialects, struct records *into);
// A list of texts.
const struct str *loading_texts(struct loading *l, const struct node *list, size_t *count);
// A mapping of texts as pairs.
const struct pair *loading_pairs(struct loading *l, const struct node *map, size_t *count);

// The number of a command, or -1: one whose name is nowhere is never shown, and lint tells it.
int loading_command(struct loading *l, const struct node *at, struct str name);

// load_when.c
struct when_list loading_when(struct loading *l, const struct node *list, bool in_finding);
// How many words a fact has.
size_t fact_word_count(enum fact fact);
// {role: initiator, stage: first}
struct setting *loading_settings(struct loading *l, const struct node *map, bool of_state, size_t *count);

// Dialects while they are put together: what is const for everybody else.
struct dialects {
    struct loading *l;
    struct dialect *at;
    struct message *messages;
    const struct template **own; // of each message its templates
    size_t *own_count;
    char *progress; // of each dialect: 0 not begun, 1 inheriting, 2 done
};

// load_inherit.c: own templates and those of the parents; names in `under`.
void inherit_dialects(struct dialects *ds);

// load_neutral.c, load_dialect.c, load_findings.c, load_lessons.c: claim names, then read.
void claim_neutral(struct loading *l);
void claim_dialects(struct loading *l);
void claim_findings(struct loading *l);
void claim_lessons(struct loading *l);
void read_neutral(struct loading *l);
void read_dialects(struct loading *l);
void read_findings(struct loading *l);
void read_lessons(struct loading *l);
// load_portmap.c: behind the dialects, whose messages it names.
void read_portmap(struct loading *l);

#endif
