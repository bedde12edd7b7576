#include "tui/sides.h"

#include "tui/figures.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { LABEL = 16, NARROW = 60 };

// One thing that both sides must agree on: what this side says of it, and the other one; with both logs at
// hand the sides have letters, which @ stands for. Names of values as in the contract; NULL: no log of this
// side can tell.
struct agreement {
    enum checkpoint checkpoint;
    const char *label;
    const char *ours, *our_value;
    const char *theirs, *their_value;
    const char *our_letter, *their_letter;
};

static const struct agreement agreements[] = {
    {CP_P1_CIPHER, N_("Proposal"), N_("ours"), "our_proposal", N_("the peer's"), "peer_proposed", N_("of @"),
     N_("of @")},
    {CP_P2_CIPHER, N_("Proposal"), N_("ours"), "our_proposal", N_("the peer's"), "peer_proposed", N_("of @"),
     N_("of @")},
    {CP_ID, N_("The peer"), N_("we expect"), "expected_id", N_("the peer sends"), "peer_id", N_("@ expects"),
     N_("@ sends")},
    {CP_ID, N_("This side"), N_("we send"), "our_id", N_("the peer expects"), NULL, N_("@ sends"),
     N_("@ expects")},
    {CP_SUBNETS, N_("Asked for"), N_("behind us"), "our_subnets", N_("behind the peer"), "peer_subnets",
     N_("behind @"), N_("behind @")},
};
enum { AGREEMENTS = sizeof agreements / sizeof *agreements };

bool
sides_shows(enum checkpoint checkpoint, struct str key)
{
    for (size_t i = 0; i < AGREEMENTS; i++) {
        const struct agreement *a = &agreements[i];
        if (a->checkpoint == checkpoint && ((a->our_value && str_eq(key, str_of(a->our_value))) ||
                                            (a->their_value && str_eq(key, str_of(a->their_value)))))
            return true;
    }
    return false;
}

static const struct value *
find_value(const struct value *values, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(values[i].key, str_of(key)))
            return &values[i];
    return NULL;
}

// A value and the line that told it; false when nothing in this log does.
static bool
say_value(const struct tunnel_view *t, const struct finding_view *f, const char *key, struct buf *out)
{
    const struct value *v = f && key ? find_value(f->values, f->value_count, key) : NULL;
    const struct proof *proofs = f ? f->proofs : NULL;
    for (size_t i = 0; key && !v && i < CP_COUNT; i++) {
        v = find_value(t->ladder[i].values, t->ladder[i].value_count, key);
        proofs = t->ladder[i].proofs;
    }
    for (size_t n = 0; v && n < v->count; n++) {
        buf_add(out, n ? STR(" | ") : STR(""));
        buf_add(out, v->text[n]);
    }
    if (v && v->proof >= 0 && proofs) {
        buf_add(out, STR("   "));
        figures_line(&proofs[v->proof], out);
    }
    return v != NULL;
}

static void
put_side(struct prose *text, struct canvas *c, int w, const char *label, const char *side, struct str value)
{
    struct buf row = {0};
    int indent = w < NARROW ? 2 : 1;
    if (w < NARROW) {
        if (*label)
            prose_add(text, c, w, 1, 1, LOOK_STRONG, -1, str_of(label));
    } else {
        buf_add(&row, str_of(label));
        for (int columns = canvas_columns(c, str_of(label)); columns < LABEL; columns++)
            buf_add_char(&row, ' ');
    }
    buf_add(&row, str_of(side));
    int columns = canvas_columns(c, str_of(side));
    do
        buf_add_char(&row, ' ');
    while (++columns < LABEL);
    buf_add(&row, value);
    prose_add(text, c, w, indent, w < NARROW ? 4 : 1 + 2 * LABEL, LOOK_PLAIN, -1, buf_str(&row));
    buf_release(&row);
}

static void
put_letter(const char *text, char letter, struct buf *out)
{
    for (; *text; text++)
        buf_add_char(out, *text == '@' ? letter : *text);
}

// What two logs told of one tunnel is seen from its first end.
static void
name_sides(const struct agreement *a, const struct both_view *both, struct buf *here, struct buf *there)
{
    if (both && both->same) {
        put_letter(_(a->our_letter), both->turned ? 'B' : 'A', here);
        put_letter(_(a->their_letter), both->turned ? 'A' : 'B', there);
    } else {
        buf_add(here, str_of(_(a->ours)));
        buf_add(there, str_of(_(a->theirs)));
    }
}

void
sides_fill(struct prose *text, const struct tunnel_view *t, const struct finding_view *f, struct canvas *c,
           int w)
{
    enum checkpoint checkpoint = f ? f->checkpoint : t->row.verdict.checkpoint;
    for (size_t i = 0; i < AGREEMENTS; i++) {
        const struct agreement *a = &agreements[i];
        struct buf ours = {0}, theirs = {0};
        bool our = a->checkpoint == checkpoint && say_value(t, f, a->our_value, &ours);
        bool their = a->checkpoint == checkpoint && say_value(t, f, a->their_value, &theirs);
        if (our || their) {
            struct str unknown = str_of(_("not in this log"));
            struct buf here = {0}, there = {0};
            name_sides(a, t->both, &here, &there);
            put_side(text, c, w, _(a->label), buf_cstr(&here), our ? buf_str(&ours) : unknown);
            put_side(text, c, w, "", buf_cstr(&there), their ? buf_str(&theirs) : unknown);
            buf_release(&here);
            buf_release(&there);
        }
        buf_release(&ours);
        buf_release(&theirs);
    }
}
