#include "tui/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tui/copy.h"
#include "tui/figures.h"
#include "tui/words.h"

static void
forget(struct session *s)
{
    view_free(s->view);
    shot_free(s->shot);
    excerpt_free(s->excerpt);
    meaning_free(s->meaning);
    free(s->pull);
    s->pull = NULL;
    s->asked = 0;
    s->view = NULL;
    s->shot = NULL;
    s->excerpt = NULL;
    s->meaning = NULL;
    s->tunnel = TUNNEL_NONE;
    s->attempt = -1;
    s->rule = NULL;
    buf_clear(&s->wanted);
}

void
session_init(struct session *s, struct desk desk)
{
    *s = (struct session){.desk = desk, .progress.loading = true, .attempt = -1, .tunnel = TUNNEL_NONE};
}

void
session_release(struct session *s)
{
    forget(s);
    folder_free(s->folder);
    exported_free(s->exported);
    recents_free(s->recents);
    ticks_release(&s->ticks);
    redact_free(s->redact);
    opening_free(s->opened);
    buf_release(&s->title);
    buf_release(&s->wanted);
    buf_release(&s->notice);
    buf_release(&s->box_title);
    buf_release(&s->box_text);
}

// What is open, with this as the log of its other end, or as a capture; the tunnel that is looked at is found
// again by name.
static struct opening *
with_other(struct session *s, struct opening *other, struct buf *wanted)
{
    const struct tunnel_row *row = session_row(s, s->tunnel);
    struct opening *both = opening_copy(s->opened);
    if (s->adding_capture) {
        other->beside = both->beside;
        both->beside = other;
    } else {
        opening_free(both->other);
        both->other = other;
    }
    if (row)
        buf_add(wanted, row->name);
    s->adding = false;
    s->added = true;
    s->both_next = s->adding_both && !s->adding_capture && row;
    return both;
}

void
session_open(struct session *s, struct opening *o)
{
    struct buf wanted = {0};
    s->both_next = false;
    if (s->adding && s->opened)
        o = with_other(s, o, &wanted);
    forget(s);
    buf_add(&s->wanted, buf_str(&wanted));
    s->wanted_rule = NULL;
    buf_release(&wanted);
    ticks_read(&s->ticks, s->desk.now(s->desk.self));
    opening_free(s->opened);
    s->opened = opening_copy(o);
    buf_set(&s->title, str_of(o->title));
    if (o->other)
        buf_addf(&s->title, " + %s", o->other->title);
    for (const struct opening *capture = o->beside; capture; capture = capture->beside)
        buf_addf(&s->title, " + %s", capture->title);
    s->progress = (struct progress){.loading = !s->knowledge, .reading = true};
    s->desk.open(s->desk.self, o);
}

void
session_close(struct session *s)
{
    if (!s->title.len)
        return;
    forget(s);
    opening_free(s->opened);
    s->opened = NULL;
    buf_clear(&s->title);
    s->progress.problem[0] = '\0';
    s->progress.reading = false;
    s->desk.open(s->desk.self, NULL);
}

// A case is read anew: the tunnel that is looked at will have another id.
static void
follow_epoch(struct session *s, unsigned epoch)
{
    const struct tunnel_row *row = s->epoch != epoch ? session_row(s, s->tunnel) : NULL;
    s->epoch = epoch;
    if (!row)
        return;
    buf_set(&s->wanted, row->name);
    s->wanted_rule = s->rule;
    shot_free(s->shot);
    s->shot = NULL;
    s->tunnel = TUNNEL_NONE;
}

// Finds the tunnel again by its name.
static void
find_wanted(struct session *s)
{
    for (size_t i = 0; s->wanted.len && i < s->view->row_count; i++) {
        if (!str_eq(s->view->rows[i].name, buf_str(&s->wanted)))
            continue;
        buf_clear(&s->wanted);
        session_look(s, s->view->rows[i].id, -1);
        s->rule = s->wanted_rule;
    }
}

void
session_follow(struct session *s, bool on)
{
    if (s->following != on)
        s->desk.follow(s->desk.self, on);
    s->following = on;
}

bool
session_grows(const struct session *s)
{
    return s->progress.loading || s->progress.reading || s->progress.can_grow;
}

// What is on the screen must not be there under its true name for one frame.
static void
learn_names(struct session *s)
{
    if (s->redacted && s->view)
        redact_learn_view(s->redact, s->view);
    if (s->redacted && s->shot && s->shot->tunnel)
        redact_learn_tunnel(s->redact, s->shot->tunnel);
}

void
session_redact(struct session *s, bool on)
{
    if (on && !s->redact)
        s->redact = redact_new(true, false);
    s->redacted = on;
    learn_names(s);
}

bool
session_news(struct session *s)
{
    struct news n = {0};
    if (!s->desk.news(s->desk.self, &n))
        return false;
    s->knowledge = n.knowledge;
    s->progress = n.progress;
    follow_epoch(s, n.progress.epoch);
    if (n.progress.notices != s->notices)
        session_notice(s, "%s", n.progress.notice);
    s->notices = n.progress.notices;
    if (n.view) {
        view_free(s->view);
        s->view = n.view;
        find_wanted(s);
        learn_names(s);
        if (s->tunnel != TUNNEL_NONE && !n.shot)
            s->desk.tunnel(s->desk.self, s->tunnel, s->attempt);
    }
    if (n.shot) {
        shot_free(s->shot);
        s->shot = n.shot;
        learn_names(s);
    }
#define TAKE(what, drop)                                                                                     \
    if (n.what) {                                                                                            \
        drop(s->what);                                                                                       \
        s->what = n.what;                                                                                    \
    }
    TAKE(excerpt, excerpt_free)
    TAKE(meaning, meaning_free)
    TAKE(exported, exported_free)
    TAKE(recents, recents_free)
    TAKE(pull, free)
    TAKE(folder, folder_free)
#undef TAKE
    return true;
}

void
session_progress(const struct session *s, struct buf *out)
{
    const struct progress *p = &s->progress;
    if (!s->title.len || (!p->reading && !p->loading))
        return;
    if (!p->taken) {
        buf_add(out, str_of(_("reading")));
        return;
    }
    buf_add(out, str_of(_("reading ")));
    if (!p->total) {
        figures_bytes(p->taken, out);
        return;
    }
    // Of what is packed more may come out than was known of.
    unsigned percent = p->taken < p->total ? (unsigned)((double)p->taken * 100 / (double)p->total) : 100;
    buf_addf(out, "%u %%", percent);
}

struct buf *
session_box(struct session *s, struct str title)
{
    buf_clear(&s->box_title);
    buf_clear(&s->box_text);
    buf_add(&s->box_title, title);
    return &s->box_text;
}

void
session_notice(struct session *s, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_set(&s->notice, str_of(text));
}

void
session_copy(struct session *s, struct str text)
{
    struct err e = {0};
    struct buf told = {0};
    session_notice(s, "%s", copy_text(text, &told, &e) ? buf_cstr(&told) : e.text);
    buf_release(&told);
}

void
session_look(struct session *s, uint32_t tunnel, int attempt)
{
    if (s->tunnel == tunnel && s->attempt == attempt)
        return;
    s->tunnel = tunnel;
    s->attempt = attempt;
    s->rule = NULL;
    if (tunnel != TUNNEL_NONE)
        s->desk.tunnel(s->desk.self, tunnel, attempt);
}

uint64_t
session_lines(const struct session *s)
{
    uint64_t lines = 0;
    for (size_t i = 0; s->view && i < s->view->source_count; i++)
        lines += s->view->sources[i].lines;
    return lines;
}

struct looked
session_looked(const struct session *s)
{
    return (struct looked){s->tunnel, s->attempt, s->epoch, s->rule, s->checkpoint};
}

void
session_look_back(struct session *s, const struct looked *then)
{
    bool here = s->tunnel == then->tunnel && s->attempt == then->attempt;
    if (here || s->epoch != then->epoch) // or what was read then is gone
        return;
    session_look(s, then->tunnel, then->attempt);
    s->rule = then->rule;
    s->checkpoint = then->checkpoint;
}

const struct tunnel_view *
session_tunnel(const struct session *s)
{
    bool right = s->shot && s->shot->id == s->tunnel && s->shot->attempt == s->attempt;
    return right ? s->shot->tunnel : NULL;
}

const char *
session_missing(const struct session *s)
{
    if (s->shot && s->shot->id == s->tunnel && !s->shot->tunnel)
        return _("This tunnel is not known any more. Esc goes back to the list.");
    if (s->wanted.len && !s->progress.reading)
        return _("The log was begun anew and does not name this tunnel yet. Esc goes back.");
    return _("One moment ...");
}

const struct finding_view *
session_finding(const struct session *s)
{
    const struct tunnel_view *t = session_tunnel(s);
    for (size_t i = 0; t && i < t->finding_count; i++)
        if (t->findings[i].rule == s->rule)
            return &t->findings[i];
    return NULL;
}

bool
session_both(const struct session *s)
{
    return s->opened && s->opened->other;
}

bool
session_pulls(const struct session *s)
{
    return s->progress.reading && !s->following && s->opened && opening_is_gateway(s->opened);
}

const struct tunnel_row *
session_row(const struct session *s, uint32_t tunnel)
{
    for (size_t i = 0; s->view && i < s->view->row_count; i++)
        if (s->view->rows[i].id == tunnel)
            return &s->view->rows[i];
    return NULL;
}

bool
session_ticked(const struct session *s, const struct finding *finding, size_t step)
{
    const struct tunnel_row *row = session_row(s, s->tunnel);
    return row && ticks_is_done(&s->ticks, row, finding, step);
}

void
session_tick(struct session *s, const struct finding *finding, size_t step, bool done)
{
    const struct tunnel_row *row = session_row(s, s->tunnel);
    struct err e = {0};
    if (row && !ticks_set(&s->ticks, row, finding, step, done, s->desk.now(s->desk.self), &e))
        session_notice(s, _("The tick holds for this run only: %s"), e.text);
}

void
session_untick(struct session *s, const struct finding *finding)
{
    const struct tunnel_row *row = session_row(s, s->tunnel);
    struct err e = {0};
    if (row && !ticks_drop(&s->ticks, row, finding, s->desk.now(s->desk.self), &e))
        session_notice(s, _("The ticks are gone for this run only: %s"), e.text);
}

void
session_toggle(struct session *s, enum act act)
{
    switch (act) {
    case ACT_FOLLOW:
        session_follow(s, !s->following);
        session_notice(s, "%s",
                       s->following ? _("New lines are read as they come")
                                    : _("New lines are not read any more; F reads them again"));
        break;
    case ACT_REDACT:
        session_redact(s, !s->redacted);
        session_notice(s, "%s",
                       s->redacted ? _("Addresses, names and identities are shown as stand-ins")
                                   : _("Addresses, names and identities are shown as they are"));
        break;
    case ACT_MOUSE:
        s->mouse = !s->mouse;
        session_notice(s, "%s",
                       s->mouse ? _("The mouse is used here; m gives it back to the terminal")
                                : _("The mouse is the terminal's: select text with it"));
        break;
    default:
        break;
    }
}
