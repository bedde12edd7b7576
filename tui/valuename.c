#include "tui/valuename.h"

#include "tui/words.h"

enum { LONGEST = 64 };

void
valuename_add(struct str key, struct buf *out)
{
    char words[LONGEST];
    size_t len = key.len < LONGEST - 1 ? key.len : LONGEST - 1;
    for (size_t i = 0; i < len; i++)
        words[i] = key.at[i] == '_' ? ' ' : key.at[i];
    words[len] = '\0';
    buf_add(out, len ? str_of(_(words)) : key);
}
