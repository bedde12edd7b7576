// Text that is pasted into the terminal, out of a mail, a ticket or a web console, to be read as a log.
#include <stdlib.h>

#include "diag/arena.h"
#include "diag/text.h"
#include "remote/rows.h"
#include "tui/entry.h"
#include "tui/figures.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

#define PASTE_MOST (16U * 1024 * 1024)

enum { TAIL = 2048 };

struct paste {
    struct buf text;
    uint64_t lines; // ended ones
    uint64_t left_out;
};

static void *
open_paste(struct session *s)
{
    (void)s;
    return mem_new(sizeof(struct paste));
}

static void
close_paste(void *state)
{
    struct paste *self = state;
    buf_release(&self->text);
    free(self);
}

static void
pasted(void *state, struct session *s, struct key key)
{
    struct paste *self = state;
    (void)s;
    bool open = self->text.len && self->text.at[self->text.len - 1] != '\n';
    if (key.begins && open &&
        key.code != '\n') // what is marked in a window seldom ends with the end of its line
        pasted(state, s, (struct key){.code = '\n'});
    if (self->text.len >= PASTE_MOST)
        self->left_out++;
    else
        entry_rune(&self->text, key.code);
    self->lines += key.code == '\n' && !self->left_out;
}

static void
say_how_much(const struct paste *self, struct buf *out)
{
    uint64_t lines = self->lines + (self->text.len && self->text.at[self->text.len - 1] != '\n');
    text_count(lines, out);
    buf_addf(out, " %s, ", P_("line", "lines", lines));
    figures_bytes(self->text.len, out);
    if (self->left_out)
        buf_addf(out,
                 P_("; %llu character more is left out: put so much text into a file",
                    "; %llu characters more are left out: put so much text into a file", self->left_out),
                 (unsigned long long)self->left_out);
}

// Without marks around what is pasted its line ends would be taken for the Enter key.
static void
say_way_round(struct prose *text, struct canvas *c, int w)
{
    prose_add(text, c, w, 1, 1, LOOK_STRONG, -1,
              str_of(_("This terminal does not tell pasted text from keys.")));
    prose_gap(text);
    prose_add(text, c, w, 1, 1, LOOK_PLAIN, -1,
              str_of(_("Leave with q, start this, paste the text there, and end it with Ctrl-D:")));
    prose_add(text, c, w, 3, 3, LOOK_KEY, -1, str_of("cat >pasted.log; ikewalk pasted.log"));
}

// How much there is, and its end.
static void
draw_text(const struct paste *self, struct canvas *c, struct area a)
{
    struct prose head = {0}, tail = {0};
    struct buf much = {0};
    int w = a.w - 1;
    say_how_much(self, &much);
    prose_add(&head, c, w, 1, 1, LOOK_STRONG, -1, buf_str(&much));
    prose_add(&head, c, w, 1, 1, LOOK_PLAIN, -1,
              str_of(_("Paste more, or press Enter to read it. The last lines:")));
    prose_gap(&head);
    size_t from = self->text.len > TAIL ? self->text.len - TAIL : 0;
    struct str text = str_from(buf_str(&self->text), from);
    if (from)
        text = str_from(text, str_find(text, STR("\n")) + 1);
    prose_add(&tail, c, w, 3, 5, LOOK_DIM, -1, text);
    size_t top = tail.count;
    prose_put(&head, c, a);
    if (a.h > (int)head.count)
        prose_draw(&tail, c, (struct area){a.x, a.y + (int)head.count, a.w, a.h - (int)head.count}, -1, false,
                   &top);
    prose_release(&head);
    prose_release(&tail);
    buf_release(&much);
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    const struct paste *self = state;
    struct prose text = {0};
    int w = a.w - 1;
    if (self->text.len) {
        draw_text(self, c, a);
        return;
    }
    if (!s->can_paste) {
        say_way_round(&text, c, w);
    } else {
        prose_add(&text, c, w, 1, 1, LOOK_STRONG, -1, str_of(_("Paste the log lines now.")));
        prose_gap(&text);
        prose_add(&text, c, w, 1, 1, LOOK_PLAIN, -1,
                  str_of(_("Use the paste of your terminal (often Ctrl-Shift-V, Shift-Insert or the middle "
                           "button). Whole lines are best, with their time and the name of the daemon. "
                           "Nothing in them is taken for a key.")));
    }
    prose_put(&text, c, a);
    prose_release(&text);
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    const struct paste *self = state;
    (void)s;
    return what == ACT_GO && !self->text.len ? _("nothing has been pasted yet") : NULL;
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct paste *self = state;
    if (what != ACT_GO)
        return (struct reply){0};
    struct opening *o = opening_new(str_of(_("pasted text")), 1);
    struct buf plain = {0};
    bool page = rows_whole(buf_str(&self->text), &plain); // out of a page or a table
    o->text = arena_str(&o->arena, buf_str(page ? &plain : &self->text));
    buf_release(&plain);
    o->parts[0] = o->title;
    session_open(s, o);
    return opens(&screen_tunnels);
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct paste *self = state;
    buf_add(out, str_of(self->text.len ? _("Enter reads the pasted text as a log")
                        : s->can_paste ? _("paste, then press Enter; Esc goes back")
                                       : _("Esc goes back")));
}

const struct screen_ops screen_paste = {
    .id = SCREEN_PASTE,
    .name = N_("Pasted text"),
    .rail = RAIL_SOURCE,
    .help =
        N_("Paste log lines out of a mail, a ticket or a web console. They are taken as text, never as keys, "
           "and are kept in memory only: nothing is written."),
    .open = open_paste,
    .close = close_paste,
    .draw = draw,
    .act = act,
    .why_not = why_not,
    .pasted = pasted,
    .next = next,
};
