// An error as a value: a kind that code branches on and one sentence that people read.
// A function that can fail takes a struct err * and returns false when it filled it.
#ifndef IKEWALK_DIAG_ERR_H
#define IKEWALK_DIAG_ERR_H

#include <stdbool.h>

enum err_kind {
    ERR_NONE,
    ERR_IO,
    ERR_AUTH,
    ERR_NET,
    ERR_PARSE,
    ERR_LIMIT,
    ERR_CANCEL,
    ERR_USAGE,
    ERR_EXISTS
};

#define ERR_TEXT 512

// {0} means no error. The sentence reads "WHERE: cannot WHAT: WHY" and may end with what to do next.
struct err {
    enum err_kind kind;
    char text[ERR_TEXT];
};

// Fills e and returns false, so that a failing function can end with: return err_set(e, ...).
bool err_set(struct err *e, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
