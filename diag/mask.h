// Finds what must not be shown: pre-shared keys, passwords and key material that a daemon's debug lines hold
// (R6). redact uses it on every text of a report.
#ifndef IKEWALK_DIAG_MASK_H
#define IKEWALK_DIAG_MASK_H

#include "diag/str.h"

#define MASK_TEXT "[masked]"

// Appends the text with MASK_TEXT in place of every secret and returns how many there were; 0, and nothing
// appended, when there is none. Masked are: what follows a word such as PSK, secret or password in quotes or
// behind '='; 0x and 0s blobs of 128 bits and more; blobs behind words that end in "key"; lines that are a
// dump of bytes in hex.
size_t mask_text(struct str text, struct buf *out);

#endif
