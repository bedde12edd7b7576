#include "diag/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
err_set(struct err *e, enum err_kind kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    e->kind = kind;
    vsnprintf(e->text, sizeof e->text, format, args);
    va_end(args);
    return false;
}

bool
err_context(struct err *e, const char *format, ...)
{
    char context[ERR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(context, sizeof context - 2, format, args);
    va_end(args);
    size_t front = strlen(context), kept = strlen(e->text);
    memcpy(context + front, ": ", 2);
    front += 2;
    // What no longer fits at the end gives way.
    if (kept > sizeof e->text - 1 - front)
        kept = sizeof e->text - 1 - front;
    memmove(e->text + front, e->text, kept);
    memcpy(e->text, context, front);
    e->text[front + kept] = '\0';
    return false;
}
