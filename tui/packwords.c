#include "tui/packwords.h"

#include "knowledge/texts.h"
#include "tui/words.h"

static void
translate(void *self, struct str *words, struct str id, const char *what)
{
    struct knowledge *k = self;
    struct buf text = {0};
    (void)id;
    (void)what;
    buf_add(&text, *words);
    const char *own = buf_cstr(&text), *said = _(own);
    if (said != own) {
        *words = str_of(said); // the catalogue stays loaded
        k->translated = true;
    }
    buf_release(&text);
}

void
packwords_translate(struct knowledge *k)
{
    texts_each(k, translate, k);
}
