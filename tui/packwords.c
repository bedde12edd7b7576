#include "tui/packwords.h"

#include "knowledge/texts.h"
#include "tui/words.h"
#include "tui/xdg.h"

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

struct knowledge *
packwords_load(const char *folder, struct err *e)
{
    struct buf own = {0};
    struct err nowhere; // without a home there are none of the user's
    bool home = xdg_path(XDG_CONFIG, "packs", &own, &nowhere);
    const struct overlay overlays[] = {{home ? buf_cstr(&own) : NULL, false}, {folder, true}};
    struct knowledge *k = knowledge_load_builtin(overlays, sizeof overlays / sizeof *overlays, e);
    if (k)
        texts_each(k, translate, k);
    buf_release(&own);
    return k;
}
