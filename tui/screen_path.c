// The path of a tunnel: what was seen of it, what follows from that, and fields to try other values in.
#include <stdlib.h>

#include "diag/addr.h"
#include "diag/path_report.h"
#include "tui/asking.h"
#include "tui/path_picture.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { FIELD_NONE = -1 };

struct path_screen {
    int family, field; // field: the fact that is marked, FIELD_NONE: none
    struct str typed[PATH_FACTS];
    bool taught;        // a lesson gave the facts, and the sources are left out
    struct arena texts; // of typed
    struct entry entry;
    bool asking; // what an active check sends is shown, and the address is typed
    size_t top;
    int shown;
    struct prose prose;
};

static const struct portmap *
map_of(const struct session *s)
{
    return s->knowledge && s->knowledge->portmap.family_count ? &s->knowledge->portmap : NULL;
}

// What the sources tell, and over it what was typed.
static void
judge(const struct path_screen *self, const struct session *s, struct arena *arena, struct path_view *v)
{
    const struct portmap *map = map_of(s);
    struct path p = {.map = map};
    if (!self->taught && s->shot && s->shot->id == s->tunnel && s->shot->path)
        p = *s->shot->path;
    p.map = map;
    p.family = self->family;
    for (size_t i = 0; i < map->fact_count; i++)
        if (self->typed[i].len)
            path_set(&p, (int)i, self->typed[i], FROM_FORM, NULL);
    path_judge(&p, arena, v);
}

static void *
open_path(struct session *s)
{
    struct path_screen *self = mem_new(sizeof *self);
    self->field = FIELD_NONE;
    const struct path_case *c = s->path_case;
    s->path_case = NULL;
    if (c) {
        self->taught = true;
        self->family = c->family;
        for (size_t i = 0; i < c->fact_count; i++)
            self->typed[path_fact_named(map_of(s), c->facts[i].key)] = c->facts[i].value;
    } else if (s->tunnel == TUNNEL_NONE)
        s->desk.tunnel(s->desk.self, TUNNEL_NONE, -1); // what a capture alone shows
    return self;
}

static void
close_path(void *state)
{
    struct path_screen *self = state;
    arena_release(&self->texts);
    buf_release(&self->entry.text);
    prose_release(&self->prose);
    free(self);
}

// The fields of the form in the order of Tab: first those that would decide.
static size_t
order_fields(const struct path_screen *self, const struct path_view *v, int fields[PATH_FACTS])
{
    const struct portmap *map = v->facts.map;
    size_t count = 0;
    for (size_t i = 0; i < v->missing_count; i++)
        fields[count++] = v->missing[i];
    for (int i = 0; i < (int)map->fact_count; i++) {
        bool first = false;
        for (size_t k = 0; k < v->missing_count; k++)
            first |= v->missing[k] == i;
        if (!first && map->facts[i].form & 1u << self->family)
            fields[count++] = i;
    }
    return count;
}

// The field behind the marked one; with_missing: only one that would decide.
static int
next_field(const struct path_screen *self, const struct session *s, bool with_missing)
{
    struct arena arena = {0};
    struct path_view v;
    int fields[PATH_FACTS], found = FIELD_NONE;
    judge(self, s, &arena, &v);
    size_t count = order_fields(self, &v, fields), at = 0;
    if (with_missing) {
        found = v.missing_count ? fields[0] : FIELD_NONE;
    } else {
        while (self->field != FIELD_NONE && at < count && fields[at] != self->field)
            at++;
        at += self->field != FIELD_NONE;
        found = at < count ? fields[at] : FIELD_NONE;
    }
    arena_release(&arena);
    return found;
}

// The marked field at the bottom, or how to come to one; returns the rows it took.
static int
draw_field(const struct path_screen *self, const struct path_view *v, struct canvas *c, struct area a)
{
    int fact = self->field;
    struct buf text = {0};
    struct prose foot = {0};
    if (fact < 0) {
        buf_add(&text, str_of(_("Tab goes through the fields; what you type is tried at once.")));
    } else {
        const struct path_fact *f = &v->facts.map->facts[fact];
        buf_addf(&text, "> %.*s: ", STR_ARG(f->title));
        if (v->facts.at[fact].text.len)
            path_say_value(&v->facts.at[fact], NULL, &text);
        else
            buf_add(&text, str_of(_("not known")));
        for (size_t i = 0; i < f->word_count; i++) {
            buf_add(&text, i ? STR("|") : STR("   ["));
            buf_add(&text, f->words[i]);
            buf_add(&text, i + 1 == f->word_count ? STR("]") : STR_NONE);
        }
    }
    prose_add(&foot, c, a.w - 1, 1, 3, fact < 0 ? LOOK_DIM : LOOK_STRONG, -1, buf_str(&text));
    int rows = (int)foot.count < 2 ? 1 : 2, y = a.y + a.h - rows;
    prose_put(&foot, c, (struct area){a.x, y, a.w, rows});
    if (fact >= 0) {
        canvas_mark(c, (struct area){a.x, y, a.w, rows}, LOOK_REVERSED);
        canvas_cursor(c, a.x + 1, y);
    }
    prose_release(&foot);
    buf_release(&text);
    return rows;
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct path_screen *self = state;
    if (!map_of(s)) {
        canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_PLAIN,
                   str_of(_("The knowledge packs hold no rules for paths.")));
        return;
    }
    struct arena arena = {0};
    struct path_view v;
    judge(self, s, &arena, &v);
    int y = a.y + path_picture_draw(&v, c, a);
    prose_clear(&self->prose);
    if (self->asking)
        asking_terms(&self->prose, c, a.w - 1);
    else
        path_picture_say(&v, c, a.w - 1, &self->prose);
    self->shown = a.y + a.h - draw_field(self, &v, c, a) - y;
    prose_draw(&self->prose, c, (struct area){a.x, y, a.w, self->shown}, -1, false, &self->top);
    arena_release(&arena);
}

enum offer { OFFER_NOTHING, OFFER_TYPING, OFFER_FIX };

// What Enter does while no field is marked.
static enum offer
offer_of(const struct path_screen *self, const struct session *s)
{
    struct arena arena = {0};
    struct path_view v;
    judge(self, s, &arena, &v);
    enum offer offer = v.fix_count ? OFFER_FIX : v.missing_count ? OFFER_TYPING : OFFER_NOTHING;
    arena_release(&arena);
    return offer;
}

// The steps of the best fix, in a box.
static struct reply
show_fix(const struct path_screen *self, struct session *s)
{
    struct arena arena = {0};
    struct path_view v;
    judge(self, s, &arena, &v);
    const struct path_fix_view *fix = &v.fixes[0];
    struct buf *text = session_box(s, fix->act);
    for (size_t i = 0; i < fix->step_count; i++)
        buf_addf(text, "%s%zu. %.*s", i ? "\n" : "", i + 1, STR_ARG(fix->steps[i]));
    if (fix->caution.len)
        buf_addf(text, "\n\n%.*s", STR_ARG(fix->caution));
    arena_release(&arena);
    return opens(&screen_box);
}

static void
copy_it(struct path_screen *self, struct session *s)
{
    struct arena arena = {0};
    struct path_view v;
    struct buf text = {0};
    judge(self, s, &arena, &v);
    path_text(&v, NULL, &text);
    session_copy(s, buf_str(&text));
    buf_release(&text);
    arena_release(&arena);
}

// Shows what would be sent; Enter behind the address is the yes.
static void
offer_check(struct path_screen *self, struct session *s)
{
    struct arena arena = {0};
    struct path_view v;
    judge(self, s, &arena, &v);
    self->asking = true;
    self->top = 0;
    entry_begin(&self->entry, true, N_("Send it to this address (Enter sends, Esc does not)"),
                path_get(&v.facts, STR("responder-address")));
    arena_release(&arena);
}

// Closes the topmost thing first: what is typed, a check that is under way, the screen.
static struct reply
go_back(struct path_screen *self, struct session *s)
{
    if (!self->entry.typing && !s->progress.asking)
        return (struct reply){0};
    if (!self->entry.typing) {
        s->desk.stop(s->desk.self);
        session_notice(s, "%s", _("Stopped: what was answered so far stays, the rest proves nothing"));
    }
    self->entry.typing = self->asking = false;
    return handled();
}

// Enter: the steps of the first fix; where there is none, or in a field, a value is typed.
static struct reply
go_on(struct path_screen *self, struct session *s)
{
    if (self->field == FIELD_NONE && offer_of(self, s) == OFFER_FIX)
        return show_fix(self, s);
    if (self->field == FIELD_NONE)
        self->field = next_field(self, s, true);
    entry_begin(&self->entry, self->field != FIELD_NONE, N_("Value (empty: not known)"), STR_NONE);
    return handled();
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct path_screen *self = state;
    const struct portmap *map = map_of(s);
    if (!map)
        return (struct reply){0};
    switch (what) {
    case ACT_GO:
        return go_on(self, s);
    case ACT_FIELD:
        self->field = next_field(self, s, false);
        return handled();
    case ACT_FAMILY:
        self->family = (self->family + 1) % (int)map->family_count;
        self->field = FIELD_NONE;
        self->top = 0;
        return handled();
    case ACT_BOTH:
        return opens(&screen_other);
    case ACT_COPY:
        copy_it(self, s);
        return handled();
    case ACT_PROBE:
        offer_check(self, s);
        return handled();
    case ACT_BACK:
        return go_back(self, s);
    default:
        return (struct reply){.handled = prose_move(&self->prose, what, self->shown, &self->top)};
    }
}

// What must be read before a change is shown before anybody makes it.
static struct reply
warn(const struct path_screen *self, struct session *s, const struct portmap *map, int fact, struct str value)
{
    for (size_t i = 0; i < map->caution_count; i++) {
        const struct path_caution *k = &map->cautions[i];
        if (k->family != self->family || k->fact != fact || !str_eq(k->to, value))
            continue;
        buf_add(session_box(s, str_of(_("Before you change it there"))), k->text);
        return opens(&screen_box);
    }
    return handled();
}

// Somebody saw what is sent, and where to.
static struct reply
send_check(struct path_screen *self, struct session *s)
{
    struct str address = str_trim(buf_str(&self->entry.text));
    const struct tunnel_row *row = session_row(s, s->tunnel);
    struct buf order = {0};
    self->entry.typing = self->asking = false;
    buf_add(&order, address);
    // Another address than the tunnel's own still is about this tunnel.
    if (row && row->peer.len && !str_eq(row->peer, address))
        buf_addf(&order, " for %.*s", STR_ARG(row->peer));
    if (!addr_is(address)) {
        session_notice(s, "%s", _("An active check wants an IP address; nothing was sent."));
    } else {
        s->desk.probe(s->desk.self, buf_cstr(&order));
        s->progress.asking = true;
        session_notice(s,
                       s->progress.reading ? _("Asks %.*s once the log is read; Esc does without")
                                           : _("Asking %.*s, 4 seconds at most; Esc stops it"),
                       STR_ARG(address));
    }
    buf_release(&order);
    return handled();
}

// A word may be cut short as long as only one begins so.
static struct str
whole_word(const struct path_fact *fact, struct str text)
{
    struct str found = text;
    size_t fits = 0;
    for (size_t i = 0; i < fact->word_count; i++)
        if (str_eq(fact->words[i], text))
            return text;
        else if (str_starts(fact->words[i], text)) {
            found = fact->words[i];
            fits++;
        }
    return fits == 1 ? found : text;
}

static struct reply
entered(void *state, struct session *s)
{
    struct path_screen *self = state;
    const struct portmap *map = map_of(s);
    if (self->asking)
        return send_check(self, s);
    int fact = map ? self->field : FIELD_NONE;
    struct str text = str_trim(buf_str(&self->entry.text)), value;
    struct err e = {0};
    self->entry.typing = false;
    if (fact >= 0 && !text.len)
        self->typed[fact] = STR_NONE;
    if (fact < 0 || !text.len)
        return handled();
    struct str before = self->typed[fact];
    text = whole_word(&map->facts[fact], text);
    if (!path_value_fits(&map->facts[fact], text, &self->texts, &value, &e)) {
        session_notice(s, "%s", e.text);
        return handled();
    }
    self->typed[fact] = value;
    self->field = next_field(self, s, true);
    if (before.len && !str_eq(before, value))
        return warn(self, s, map, fact, value);
    // As long as something is missing one goes on typing; Esc leaves it at that.
    self->entry.typing = self->field != FIELD_NONE;
    buf_clear(&self->entry.text);
    return handled();
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    const struct path_screen *self = state;
    if (what == ACT_GO && self->field == FIELD_NONE && map_of(s) && offer_of(self, s) == OFFER_NOTHING)
        return _("nothing is to be done here");
    bool digit = what >= ACT_STEP_1 && what <= ACT_STEP_5;
    if (digit && self->field != FIELD_NONE) // it is meant as the value
        return _("Enter types a value for this field");
    if ((what == ACT_BOTH || what == ACT_PROBE) && (!s->opened || self->taught))
        return _("no log is open that something could be added to");
    return NULL;
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct path_screen *self = state;
    static const char *const offers[] = {
        [OFFER_NOTHING] = N_("nothing to do here; Esc goes back"),
        [OFFER_TYPING] = N_("Enter types what is not known, one after the other"),
        [OFFER_FIX] = N_("Enter shows the steps of the first fix"),
    };
    if (s->progress.asking)
        buf_add(out, str_of(_("an active check is under way; Esc stops it")));
    else if (self->field == FIELD_NONE && map_of(s))
        buf_add(out, str_of(_(offers[offer_of(self, s)])));
    else
        buf_add(out, str_of(_("Enter types a value for this field")));
}

const struct screen_ops screen_path = {
    .id = SCREEN_PATH,
    .name = N_("Path"),
    .rail = RAIL_COUNT,
    .help = N_(
        "The path from the side that starts to the side that answers: carrier, NAT, mapped ports, packet "
        "sizes. Values come from the log or a capture (L12 is the line), are assumed, or are typed in: Tab "
        "goes to a field, Enter types, and everything is judged anew. t switches between standard IKE and "
        "the vendor tunnel over TCP or UDP. c shows what an active check from this machine would send, and "
        "sends it only after a yes. Nothing is changed."),
    .open = open_path,
    .close = close_path,
    .draw = draw,
    .act = act,
    .why_not = why_not,
    .next = next,
    .entry = offsetof(struct path_screen, entry),
    .entered = entered,
};
