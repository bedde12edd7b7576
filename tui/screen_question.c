// What a gateway wants to know before it can be read: whether its key is right, and secrets, which are never
// shown and never kept.
#include <stdlib.h>
#include <string.h>

#include "remote/secret.h"
#include "tui/list.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { TIGHT = 16 };

struct question {
    struct list list; // of the answers
    struct source_question q;
    struct prose text;
    size_t top;
    struct entry entry;
    size_t prompt; // the one that is typed
    struct secret *secrets[SOURCE_PROMPTS];
};
LIST_BEGINS(struct question);

static void *
open_question(struct session *s)
{
    struct question *self = mem_new(sizeof *self);
    self->q = s->pull->question;
    self->list.count = 3;
    self->entry.prompt = self->q.prompts[0].text;
    self->entry.typing = true;
    if (self->q.kind == SOURCE_ASK_SECRET)
        self->secrets[0] = secret_new();
    self->entry.hidden = !self->q.prompts[0].shown;
    self->entry.secret = self->entry.hidden ? self->secrets[0] : NULL;
    return self;
}

static void
close_question(void *state)
{
    struct question *self = state;
    for (size_t i = 0; i < SOURCE_PROMPTS; i++)
        secret_free(self->secrets[i]);
    prose_release(&self->text);
    buf_release(&self->entry.text);
    free(self);
}

static struct reply
answer(struct question *self, struct session *s, enum source_choice choice)
{
    struct source_answer a = {.serial = self->q.serial, .choice = choice};
    for (size_t i = 0; i < SOURCE_PROMPTS; i++) {
        a.secrets[i] = self->secrets[i];
        self->secrets[i] = NULL;
    }
    self->entry.secret = NULL;
    s->desk.answer(s->desk.self, &a);
    return closes();
}

// Where the whole question fits without a frame only, it has none.
static struct area
place(const struct question *self, struct canvas *c, struct area a, const char *title)
{
    int h = (int)self->text.count + 2;
    if (h <= a.h)
        return canvas_box(c, a, canvas_box_width(a), h, str_of(title));
    canvas_fill(c, a, 0, ' ');
    return a;
}

static int
text_width(struct area a)
{
    return a.h < TIGHT ? a.w - 3 : canvas_box_width(a) - 4;
}

static void
add_key(struct question *self, struct canvas *c, int w)
{
    prose_addf(&self->text, c, w, 2, 2, LOOK_PLAIN, -1, _("%s shows a key you have not met yet."),
               self->q.where);
    prose_gap(&self->text);
    prose_addf(&self->text, c, w, 2, 15, LOOK_PLAIN, -1, _("Type         %s"), self->q.key_type);
    prose_addf(&self->text, c, w, 2, 15, LOOK_STRONG, -1, _("Fingerprint  %s"), self->q.fingerprint);
    prose_gap(&self->text);
    prose_addf(&self->text, c, w, 2, 2, LOOK_PLAIN, -1,
               _("Compare it with the sticker, the console, or a colleague. On the gateway: %s"),
               self->q.compare);
    prose_gap(&self->text);
}

static void
draw_host_key(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct question *self = state;
    struct buf remember = {0};
    int w = text_width(a);
    bool tight = a.h < TIGHT; // then what is needed for the answer, and nothing else
    (void)s;
    prose_clear(&self->text);
    if (tight) {
        prose_add(&self->text, c, w, 2, 2, LOOK_PLAIN, -1, str_of(self->q.where));
        prose_add(&self->text, c, w, 2, 2, LOOK_STRONG, -1, str_of(self->q.fingerprint));
    } else {
        add_key(self, c, w);
    }
    prose_add(&self->text, c, w, 4, 4, LOOK_PLAIN, 0, str_of(_("No, do not connect")));
    prose_add(&self->text, c, w, 4, 4, LOOK_PLAIN, 1, str_of(_("Yes, this once")));
    buf_addf(&remember, tight ? _("Yes, and remember it") : _("Yes, and remember it in %s"),
             self->q.remember);
    prose_add(&self->text, c, w, 4, 6, LOOK_PLAIN, 2, buf_str(&remember));
    if (!tight) {
        prose_gap(&self->text);
        prose_add(&self->text, c, w, 2, 2, LOOK_DIM, -1,
                  str_of(_("A key that changed is refused without a question, and so is a revoked one.")));
    }
    struct area inside = place(self, c, a, _("Unknown host key"));
    prose_draw(&self->text, c, inside, (int)self->list.at, true, &self->top);
    buf_release(&remember);
}

static struct reply
act_host_key(void *state, struct session *s, enum act what)
{
    static const enum source_choice choices[] = {SOURCE_NO, SOURCE_ONCE, SOURCE_REMEMBER};
    struct question *self = state;
    switch (what) {
    case ACT_GO:
        return answer(self, s, choices[self->list.at]);
    case ACT_BACK:
        return answer(self, s, SOURCE_NO);
    case ACT_COPY:
        session_copy(s, str_of(self->q.fingerprint));
        return handled();
    default:
        return (struct reply){.handled = list_move(&self->list, what)};
    }
}

static void
next_host_key(void *state, struct session *s, struct buf *out)
{
    const struct question *self = state;
    static const char *const sentences[] = {N_("Enter does not connect"), N_("Enter connects, this once"),
                                            N_("Enter connects and remembers the key")};
    (void)s;
    buf_add(out, str_of(_(sentences[self->list.at])));
}

static void
draw_secret(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct question *self = state;
    int w = text_width(a);
    bool tight = a.h < TIGHT; // then no empty rows, so that what is asked is seen
    (void)s;
    prose_clear(&self->text);
    prose_addf(&self->text, c, w, 2, 2, LOOK_STRONG, -1, "%s: %s", self->q.where, self->q.title);
    if (*self->q.text)
        prose_add(&self->text, c, w, 2, 2, LOOK_PLAIN, -1, str_of(self->q.text));
    if (!tight)
        prose_gap(&self->text);
    for (size_t i = 0; i < self->q.prompt_count; i++) {
        const char *how = i < self->prompt ? _("typed") : i == self->prompt ? "_" : "";
        prose_addf(&self->text, c, w, 4, 6, i == self->prompt ? LOOK_STRONG : LOOK_DIM, -1, "%s %s",
                   self->q.prompts[i].text, how);
    }
    if (!tight)
        prose_gap(&self->text);
    prose_add(
        &self->text, c, w, 2, 2, LOOK_DIM, -1,
        str_of(self->q.kept
                   ? _("It stays in memory until ikewalk ends, so that it is asked for once: not stored, not "
                       "logged, not in a report. Esc signs in nowhere.")
                   : _("It is used once and wiped: not stored, not logged, not in a report. Esc signs in "
                       "nowhere.")));
    struct area inside = place(self, c, a, _("Sign in"));
    prose_draw(&self->text, c, inside, -1, false, &self->top);
}

static struct reply
act_secret(void *state, struct session *s, enum act what)
{
    if (what != ACT_BACK)
        return handled();
    return answer(state, s, SOURCE_NO);
}

static struct reply
entered(void *state, struct session *s)
{
    struct question *self = state;
    size_t at = self->prompt;
    // An Enter that was meant for the screen below is no try: gateways count those.
    if (self->q.kept && self->entry.secret && !secret_length(self->entry.secret))
        return handled();
    if (at < self->q.prompt_count && self->q.prompts[at].shown && self->secrets[at])
        secret_add(self->secrets[at], buf_str(&self->entry.text));
    buf_clear(&self->entry.text);
    if (++self->prompt >= self->q.prompt_count)
        return answer(self, s, SOURCE_ONCE);
    self->secrets[self->prompt] = secret_new();
    self->entry.hidden = !self->q.prompts[self->prompt].shown;
    self->entry.secret = self->entry.hidden ? self->secrets[self->prompt] : NULL;
    self->entry.prompt = self->q.prompts[self->prompt].text;
    return handled();
}

static void
next_secret(void *state, struct session *s, struct buf *out)
{
    (void)state, (void)s, (void)out; // the prompt stands there
}

const struct screen_ops screen_host_key = {
    .id = SCREEN_ASK,
    .overlay = true,
    .open = open_question,
    .close = close_question,
    .draw = draw_host_key,
    .act = act_host_key,
    .mark = list_click,
    .next = next_host_key,
};

const struct screen_ops screen_secret = {
    .id = SCREEN_ASK,
    .overlay = true,
    .open = open_question,
    .close = close_question,
    .draw = draw_secret,
    .act = act_secret,
    .next = next_secret,
    .entry = offsetof(struct question, entry),
    .entered = entered,
};
