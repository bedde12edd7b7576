// Reads fields of a record: text, a word of a closed list, yes or no, lists. Whatever is not as it must be
// becomes a problem with its place, and the reader goes on, so that an author sees all of them at once. The
// load_*.c files call it.
#ifndef IKEWALK_KNOWLEDGE_FIELD_H
#define IKEWALK_KNOWLEDGE_FIELD_H

#include "knowledge/yaml.h"

#define FIELD_NEEDED true
#define FIELD_OPTIONAL false

// Is it a mapping, and has it only these keys? Both are told; false only when it is no mapping.
bool field_mapping(struct problems *p, const struct node *node, const char *const keys[], size_t count);
#define FIELD_MAPPING(p, node, keys) field_mapping((p), (node), (keys), sizeof(keys) / sizeof *(keys))
// The text of a scalar under a key, without blanks around it; empty when it is missing. Borrows the node.
struct str field_text(struct problems *p, const struct node *record, const char *key, bool needed);
// The text of a scalar as it stands; empty with a problem when the node is no scalar.
struct str field_scalar(struct problems *p, const struct node *node);
// The sequence or mapping under a key, or NULL.
const struct node *field_list(struct problems *p, const struct node *record, const char *key, bool needed);
const struct node *field_map(struct problems *p, const struct node *record, const char *key, bool needed);
// The index of the word under a key in a closed list; `otherwise` when the key is missing or the word
// unknown.
int field_word(struct problems *p, const struct node *record, const char *key, const char *const words[],
               size_t count, int otherwise);
// The same for a node; what: "checkpoint", for the sentence.
int field_word_of(struct problems *p, const struct node *node, const char *what, const char *const words[],
                  size_t count, int otherwise);
bool field_yes(struct problems *p, const struct node *record, const char *key);
// Lower-case words joined by '-', '.' and '/', as all names in packs are.
bool field_is_id(struct str id);

#endif
