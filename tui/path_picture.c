#include "tui/path_picture.h"

#include "diag/path_report.h"
#include "tui/figures.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { DRAWN_FROM = 78, DRAWN_ROWS = 5, DRAWN_LEAST = 16, NOT_TOLD = 5 };

static uint8_t
outcome_look(enum path_outcome outcome)
{
    static const uint8_t looks[PATH_OUTCOMES] = {[PATH_UNKNOWN] = LOOK_PLAIN,
                                                 [PATH_WORKS] = LOOK_PASSED,
                                                 [PATH_HALF_UP] = LOOK_SUSPECT,
                                                 [PATH_NO_CONNECT] = LOOK_FAILED};
    return looks[outcome];
}

static struct str
mark_of(enum state state)
{
    return state == ST_NOT_APPLICABLE ? STR("[--]") : figures_mark(state, BASIS_SEEN);
}

static struct str
known_or(const struct path *p, const char *id, const char *otherwise)
{
    struct str text = path_get(p, str_of(id));
    return text.len ? text : str_of(otherwise);
}

static enum state
state_of(const struct path_view *v, const char *check)
{
    for (size_t i = 0; i < v->check_count; i++)
        if (str_eq(v->checks[i].check->id, str_of(check)))
            return v->checks[i].state;
    return ST_UNKNOWN;
}

// One line of the drawing: what runs there, on which ports, and a mark.
static void
draw_hop(struct canvas *c, int x, int y, const char *carrier, struct str called, struct str outer,
         struct str inner, enum state state)
{
    uint8_t look = figures_look(state, BASIS_SEEN);
    canvas_putf(c, x + 15, y, 13, LOOK_PLAIN, "%s %.*s -->", carrier, STR_ARG(called));
    canvas_putf(c, x + 30, y, 16, LOOK_PLAIN, "%.*s -> %.*s", STR_ARG(outer), STR_ARG(inner));
    canvas_putf(c, x + 48, y, 14, LOOK_PLAIN, "%s %.*s ->", carrier, STR_ARG(inner));
    canvas_put(c, x + 72, y, 4, look, mark_of(state));
}

static void
draw_boxes(const struct path_view *v, struct canvas *c, int x, int y)
{
    const struct path *p = &v->facts;
    bool vendor = str_eq(p->map->families[p->family].id, STR("tcp-udp"));
    canvas_put(c, x + 1, y, 14, LOOK_STRONG, str_of(vendor ? _("BRANCH") : _("STARTS")));
    canvas_put(c, x + 30, y, 16, LOOK_STRONG, str_of(_("NAT / FIREWALL")));
    canvas_put(c, x + 62, y, 14, LOOK_STRONG, str_of(vendor ? _("HEADQUARTERS") : _("ANSWERS")));
    canvas_put(c, x + 1, y + 1, 26, LOOK_DIM, known_or(p, "initiator-address", _("(address not known)")));
    canvas_put(c, x + 30, y + 1, 30, LOOK_DIM, known_or(p, "nat-address", ""));
    canvas_put(c, x + 62, y + 1, 16, LOOK_DIM, known_or(p, "responder-address", _("(not known)")));
    struct str called = known_or(p, "branch-port", "?"), outer = known_or(p, "published", "?");
    struct str inner = known_or(p, "inner", "?");
    if (vendor) {
        draw_hop(c, x, y + 2, "TCP", called, outer, inner, state_of(v, "tcp-mapped"));
        enum state udp = state_of(v, "same-port");
        if (udp == ST_PASSED)
            udp = state_of(v, "udp-mapped");
        draw_hop(c, x, y + 3, "UDP", called, outer, inner, udp);
        canvas_putf(c, x + 62, y + 4, 15, LOOK_PLAIN, _("listens: %.*s"),
                    STR_ARG(known_or(p, "listen", "?")));
        return;
    }
    struct str moved = known_or(p, "moved-port", "4500");
    draw_hop(c, x, y + 2, "UDP", STR("500"), STR("500"), inner, state_of(v, "udp500"));
    draw_hop(c, x, y + 3, "UDP", STR("4500"), STR("4500"), moved, state_of(v, "nat-t"));
    draw_hop(c, x, y + 4, "ESP", STR("50"), STR("50"), STR("50"), state_of(v, "esp"));
}

static void
add_check(struct prose *t, const struct canvas *c, int width, const struct path *p, char letter,
          const struct path_check_view *k)
{
    struct buf text = {0};
    buf_addf(&text, "%c %.*s %.*s: %.*s", letter, STR_ARG(mark_of(k->state)), STR_ARG(k->check->title),
             STR_ARG(k->row ? k->why : str_of(_("Not enough is known to say."))));
    if (k->row && k->row->basis == KNOWN_INFERRED)
        buf_addf(&text, " [%s]", _("inferred"));
    for (size_t i = 0; i < k->check->fact_count; i++) {
        const struct proof *proof = p->at[k->check->facts[i]].proof;
        bool said = false; // one line may tell several facts
        for (size_t n = 0; proof && n < i; n++)
            said |= p->at[k->check->facts[n]].proof == proof;
        if (!proof || said)
            continue;
        buf_add_char(&text, ' ');
        figures_line(proof, &text);
    }
    prose_add(t, c, width, 1, 8, figures_look(k->state, BASIS_SEEN), -1, buf_str(&text));
    buf_release(&text);
}

static void
add_rest(struct prose *t, const struct canvas *c, int width, const struct path_view *v)
{
    for (size_t i = 0; i < v->symptom_count; i++)
        prose_addf(t, c, width, 1, 3, LOOK_PLAIN, -1, "%s %.*s", i ? " " : _("You will see:"),
                   STR_ARG(v->symptoms[i]));
    for (size_t i = 0; i < v->fix_count; i++)
        prose_addf(t, c, width, 1, 3, outcome_look(v->fixes[i].outcome), -1, _("Fix %zu: %.*s -> then it %s"),
                   i + 1, STR_ARG(v->fixes[i].act), _(path_outcome_text(v->fixes[i].outcome)));
    for (size_t i = 0; i < v->caution_count; i++)
        prose_addf(t, c, width, 1, 3, LOOK_SUSPECT, -1, "! %.*s", STR_ARG(v->cautions[i]));
    struct buf sizes = {0};
    path_say_sizes(v, NULL, &sizes);
    prose_addf(t, c, width, 1, 3, LOOK_STRONG, -1, "%s", _("Packet sizes"));
    prose_add(t, c, width, 1, 3, LOOK_PLAIN, -1, str_trim(buf_str(&sizes)));
    buf_release(&sizes);
    for (size_t i = 0; i < v->remark_count; i++)
        prose_add(t, c, width, 1, 3, LOOK_DIM, -1, v->remarks[i]);
}

// What would decide, in one line.
static void
add_missing(struct prose *t, const struct canvas *c, int width, const struct path_view *v)
{
    struct buf text = {0};
    for (size_t i = 0; i < v->missing_count && i < NOT_TOLD; i++) {
        buf_add(&text, i ? STR(", ") : STR_NONE);
        buf_add(&text, v->facts.map->facts[v->missing[i]].title);
    }
    if (v->missing_count > NOT_TOLD)
        buf_addf(&text, _(" and %zu more"), v->missing_count - NOT_TOLD);
    if (text.len)
        prose_addf(t, c, width, 1, 1, LOOK_STRONG, -1, _("What would decide it, and is not known: %s."),
                   buf_cstr(&text));
    buf_release(&text);
}

// How soon a check is looked at: what fails, what may, what is open, what is fine, what is not asked.
static int
urgency(enum state state)
{
    return state == ST_FAILED           ? 0
           : state == ST_SUSPECTED      ? 1
           : state == ST_NOT_APPLICABLE ? 4
           : state == ST_UNKNOWN        ? 2
                                        : 3;
}

int
path_picture_draw(const struct path_view *v, struct canvas *c, struct area a)
{
    const struct path *p = &v->facts;
    bool boxes = a.w >= DRAWN_FROM && a.h >= DRAWN_LEAST;
    struct prose head = {0};
    prose_addf(&head, c, a.w - 1, 1, 1, outcome_look(v->outcome), -1, "%.*s: %s",
               STR_ARG(p->map->families[p->family].title), _(path_outcome_text(v->outcome)));
    int rows = (int)head.count < 2 ? 1 : 2;
    prose_put(&head, c, (struct area){a.x, a.y, a.w, rows});
    prose_release(&head);
    if (boxes)
        draw_boxes(v, c, a.x, a.y + rows);
    return boxes ? rows + DRAWN_ROWS : rows;
}

void
path_picture_say(const struct path_view *v, const struct canvas *c, int width, struct prose *t)
{
    if (v->rule)
        prose_addf(t, c, width, 1, 1, LOOK_PLAIN, -1, "%.*s [%s %.*s, %s]", STR_ARG(v->why), _("rule"),
                   STR_ARG(v->rule->id), _(path_basis_text(v->rule->basis)));
    add_missing(t, c, width, v);
    for (int soon = 0; soon <= urgency(ST_NOT_APPLICABLE); soon++)
        for (size_t i = 0; i < v->check_count; i++)
            if (urgency(v->checks[i].state) == soon)
                add_check(t, c, width, &v->facts, (char)('A' + i), &v->checks[i]);
    add_rest(t, c, width, v);
}
