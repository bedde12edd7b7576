#include "tui/packwords.h"

#include "knowledge/texts.h"
#include "tui/words.h"

struct str
packwords_note(struct str note)
{
    struct buf text = {0};
    buf_add(&text, note);
    const char *own = buf_cstr(&text), *said = note.len ? _(own) : own;
    if (said != own)
        note = str_of(said); // the catalogue stays loaded
    buf_release(&text);
    return note;
}

static void
translate(void *self, struct str *words, struct str id, const char *what)
{
    struct knowledge *k = self;
    const char *own = words->at;
    (void)id;
    (void)what;
    *words = packwords_note(*words);
    k->translated |= words->at != own;
}

void
packwords_translate(struct knowledge *k)
{
    texts_each(k, translate, k);
}
