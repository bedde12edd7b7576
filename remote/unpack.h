// What a source's first bytes say it is, and the way from those bytes to text: gzip (RFC 1952), xz, zstd (RFC
// 8878), bzip2, UTF-16 and UTF-32 with a byte order mark, records of logs as JSON (json_lines), tables and
// pages (rows). source_file feeds it piece by piece, so that a pipe need not be whole and every byte before a
// damaged place comes out.
#ifndef IKEWALK_REMOTE_UNPACK_H
#define IKEWALK_REMOTE_UNPACK_H

#include "diag/err.h"
#include "diag/str.h"

enum unpack_form {
    UNPACK_UNSURE, // the bytes are the start of more than one form: ask again with more, or with last
    UNPACK_PLAIN,
    UNPACK_GZIP,
    UNPACK_XZ,
    UNPACK_ZSTD,
    UNPACK_BZIP2,
    UNPACK_UTF16LE,
    UNPACK_UTF16BE,
    UNPACK_UTF32LE,
    UNPACK_UTF32BE,
    UNPACK_JSON,
    UNPACK_CODES, // from here on only from rows_detect, in the order of its forms
    UNPACK_MAIL,
    UNPACK_ENTRIES,
    UNPACK_TABLE,
    UNPACK_QUOTED,
    UNPACK_PAGE,
    UNPACK_FLAT,
    UNPACK_FRONTS,
    UNPACK_FOLDED,
    UNPACK_FIELDS,
    UNPACK_REFUSED, // known, and nothing that a log is read from: *why says what it is and what to do
};

#define UNPACK_SNIFF 16 // with so many bytes the answer is never UNPACK_UNSURE

// last: no more bytes will come. *why is set for UNPACK_REFUSED only.
enum unpack_form unpack_detect(struct str start, bool last, const char **why);
bool unpack_is_packed(enum unpack_form form); // compressed, not only written in another encoding
const char *unpack_name(enum unpack_form form);

struct unpack;

enum unpack_step {
    UNPACK_MORE,   // *got bytes are in into
    UNPACK_HUNGRY, // give it more with unpack_put
    UNPACK_DONE,   // the end, all of it sound
    UNPACK_DAMAGED // the end, and *e says why; what came before is good
};

struct unpack *unpack_new(enum unpack_form form, struct err *e);
void unpack_free(struct unpack *u);
// Hands over the next bytes; borrows them until unpack_get is hungry again. last: these are the last ones
// (may be none).
void unpack_put(struct unpack *u, struct str bytes, bool last);
enum unpack_step unpack_get(struct unpack *u, char *into, size_t room, size_t *got, struct err *e);

#endif
