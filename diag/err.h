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

#define ERR_TEXT 768

// {0} means no error. The sentence reads "WHERE: cannot WHAT: WHY" and may end with what to do next. It is in
// the language of the user.
struct err {
    enum err_kind kind;
    char text[ERR_TEXT];
};

// Fills e and returns false, so that a failing function can end with: return err_set(e, ...). The format is a
// whole sentence where that is possible: it is looked up in the catalogue as it stands. One that was
// translated already, or that no catalogue has, stays as it is.
bool err_set(struct err *e, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The words of a clause that a sentence takes with %s, in the language of the user; those of a library stay
// as they are. Borrowed for good.
const char *err_say(const char *words) __attribute__((format_arg(1)));
// The same of a count: as one or as many are said.
const char *err_say_n(const char *one, const char *many, unsigned long n) __attribute__((format_arg(1)))
__attribute__((format_arg(2)));
#define ERR_SAY(words) (words) // marks the words of a table; the place that uses them hands them to err_say

#endif
