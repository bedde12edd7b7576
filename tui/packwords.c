#include "tui/packwords.h"

#include "knowledge/texts.h"
#include "tui/words.h"
#include "tui/xdg.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

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

// Where the packs of the user are; false when there can be none.
static bool
own_packs(struct buf *path, struct buf *note)
{
    struct err nowhere; // without a home there are none of the user's
    if (!xdg_path(XDG_CONFIG, "packs", path, &nowhere))
        return false;
    if (access(buf_cstr(path), F_OK) == 0)
        return true;
    if (errno != ENOENT && errno != ENOTDIR && note)
        buf_addf(note, _("%s: note: cannot look for packs of your own there: %s"), buf_cstr(path),
                 strerror(errno));
    return false;
}

struct knowledge *
packwords_load(const char *folder, struct buf *note, struct err *e)
{
    struct buf own = {0};
    bool home = own_packs(&own, note);
    const struct overlay overlays[] = {{home ? buf_cstr(&own) : NULL, false}, {folder, true}};
    struct knowledge *k = knowledge_load_builtin(overlays, sizeof overlays / sizeof *overlays, e);
    if (k)
        texts_each(k, translate, k);
    buf_release(&own);
    return k;
}
