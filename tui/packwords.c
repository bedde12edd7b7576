#include "tui/packwords.h"

#include "tui/words.h"

static void
translate(struct str *words)
{
    struct buf text = {0};
    if (!words->len) // an empty text is the head of the catalogue
        return;
    buf_add(&text, *words);
    const char *own = buf_cstr(&text), *said = _(own);
    if (said != own)
        *words = str_of(said); // the catalogue stays loaded
    buf_release(&text);
}

void
packwords_translate(struct knowledge *k)
{
    for (size_t c = 0; c < CP_COUNT; c++) {
        translate(&k->checkpoint[c].title);
        translate(&k->checkpoint[c].signature_title);
        translate(&k->checkpoint[c].question);
        translate(&k->checkpoint[c].explanation);
    }
}
