// A judged path as text for people and as JSON for programs (ikewalk-encap/1, see assets/encap.schema.json).
// `ikewalk encap` prints them, the wizard copies the text.
#ifndef IKEWALK_DIAG_PATH_REPORT_H
#define IKEWALK_DIAG_PATH_REPORT_H

#include "diag/path.h"

void path_json(const struct path_view *v, struct buf *out);
// say translates the words of the program; NULL: English.
void path_text(const struct path_view *v, const char *(*say)(const char *words), struct buf *out);
// "88 (form)", "1500 (assumed: Ethernet)": a value and where it comes from.
void path_say_value(const struct path_value *value, const char *(*say)(const char *words), struct buf *out);
// The outcome in words.
const char *path_outcome_text(enum path_outcome outcome);
// How a row is known, in a word for people; untranslated.
const char *path_basis_text(enum path_basis basis);
// What stands in front of the list of sizes, and each of them, as lines.
void path_say_sizes(const struct path_view *v, const char *(*say)(const char *words), struct buf *out);

#endif
