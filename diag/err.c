#include "diag/err.h"

#include <libintl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// gettext is part of the C library and finds nothing until the program has named its catalogue: here the
// sentence is chosen, so here it is translated, and no caller has to know.
const char *
err_say(const char *words)
{
    return *words ? gettext(words) : words; // the empty text would be the head of the catalogue
}

const char *
err_say_n(const char *one, const char *many, unsigned long n)
{
    return ngettext(one, many, n);
}

// A text that was cut ends with a whole character.
static void
end_well(char *text)
{
    size_t len = strlen(text), start = len;
    while (start && len - start < 3 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (!start)
        return;
    unsigned char first = (unsigned char)text[start - 1];
    size_t wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    if (wanted > len - start + 1)
        text[start - 1] = '\0';
}

bool
err_set(struct err *e, enum err_kind kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    e->kind = kind;
    if (vsnprintf(e->text, sizeof e->text, err_say(format), args) >= (int)sizeof e->text)
        end_well(e->text);
    va_end(args);
    return false;
}
