// The one function that turns bytes from outside into text for a person, and what it needs to know about
// UTF-8 (R1). Reports, screens, prompts and errors all pass through it.
#ifndef IKEWALK_DIAG_TEXT_H
#define IKEWALK_DIAG_TEXT_H

#include "diag/str.h"

// Decodes one character; returns its length in bytes and *rune, or 1 and *rune = -1 for a byte that is not
// UTF-8 (overlong forms, surrogates and values past U+10FFFF are not UTF-8).
size_t text_rune(struct str s, int32_t *rune);

// Appends s so that nothing in it can act: C0 (tab becomes a blank), DEL, C1 -> \x1b; bidi controls,
// zero-width, tags, noncharacters -> <U+202E>; bytes that are not UTF-8 -> <E9>; at most 4 combining marks a
// character, further ones are shown as <U+0301>. The result is valid UTF-8 and may be cut at any character.
void text_safe(struct str s, struct buf *out);

// How many bytes at the beginning are printable ASCII that can stand between double quotes as it is.
size_t text_unquoted(struct str s);

// Columns that a character takes in a terminal: 0 for combining marks, 2 for wide ones, else 1. Own
// table-free rule on top of wcwidth; *rune* must be printable.
int text_width(int32_t rune);
// Columns of a safe text.
size_t text_columns(struct str safe);
// May a line end between these two, without a blank? Beside wide characters it may, but not in front of what
// closes or behind what opens.
bool text_may_break(int32_t before, int32_t behind);
// Appends the words of a safe text, broken at blanks so that lines end before `width`. The line at hand has
// `column` columns already, further lines begin at the indent.
void text_wrap(struct str safe, size_t column, size_t indent, size_t width, struct buf *out);

// Appends a number with its digits in groups: 142,310.
void text_count(uint64_t n, struct buf *out);

// The nearest of n words within 1/3 of its length in edits, for "did you mean"; NULL when none is near.
const char *text_nearest(struct str word, const char *const words[], size_t n);
// Appends those of n words that begin with a word, ", " between them and each behind a mark ("--", or
// nothing); how many they are. An empty word begins none.
size_t text_begun(struct str word, const char *const words[], size_t n, const char *mark, struct buf *out);

#endif
