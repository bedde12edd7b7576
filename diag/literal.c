#include "diag/literal.h"

const char *
literal_loose(const struct literal *literal, const char *p, const char *end)
{
    const char *l = literal->text.at, *stop = l + literal->text.len;
    while (l < stop) {
        if (*l != ' ') {
            if (p == end || *p != *l)
                return NULL;
            p++;
        } else {
            size_t blank = literal_blank(p, end);
            if (blank == 0)
                return NULL;
            for (; blank; blank = literal_blank(p, end))
                p += blank;
        }
        l++;
    }
    return p;
}
