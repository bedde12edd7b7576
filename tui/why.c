#include "tui/why.h"

#include "tui/figures.h"
#include "tui/packwords.h"
#include "tui/words.h"

// What an event or a message is, in the words of the packs.
static struct str
note_of(const struct knowledge *k, const struct when *w)
{
    if (w->event >= 0)
        return packwords_note(k->events[w->event].note);
    return w->message >= 0 ? packwords_note(k->messages[w->message].note) : w->name;
}

static void
say_condition(const struct knowledge *k, const struct when *w, struct buf *out)
{
    struct str note;
    buf_add(out, STR("\n- "));
    switch (w->test) {
    case TEST_SAW:
        note = note_of(k, w);
        buf_addf(out, _("a line says: %.*s"), STR_ARG(note));
        break;
    case TEST_NEVER:
        note = note_of(k, w);
        buf_addf(out, _("no line says: %.*s"), STR_ARG(note));
        break;
    case TEST_IS:
        buf_addf(out, _("%.*s is %.*s"), STR_ARG(w->name), STR_ARG(w->word));
        break;
    case TEST_ISNT:
        buf_addf(out, _("%.*s is not %.*s"), STR_ARG(w->name), STR_ARG(w->word));
        break;
    case TEST_KNOWN:
        buf_addf(out, _("%.*s is known"), STR_ARG(w->name));
        break;
    default:
        buf_addf(out, _("%.*s is not known"), STR_ARG(w->name));
    }
}

static void
say_lines(const struct proof *proofs, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        buf_add(out, proofs[i].deciding ? STR("\n*") : STR("\n "));
        figures_proof(&proofs[i], out);
    }
}

// The ladder up to the checkpoint, in one sentence.
static void
say_ladder(const struct session *s, enum checkpoint checkpoint, struct buf *out)
{
    const struct tunnel_view *t = session_tunnel(s);
    buf_add(out, str_of(_("\n\nThe ladder: ")));
    for (size_t i = 0, said = 0; i < CP_COUNT; i++) {
        const struct rung *rung = &t->ladder[i];
        if (!order_number(t->order, rung->checkpoint) && rung->state != ST_FAILED &&
            rung->state != ST_SUSPECTED)
            continue;
        buf_add(out, said++ ? STR(", ") : STR(""));
        buf_add(out, view_title(s->knowledge, rung->checkpoint, t->row.auth));
        buf_addf(out, " %s", figures_word(rung->state, rung->basis));
        if (rung->checkpoint == checkpoint)
            break;
    }
    buf_add_char(out, '.');
}

// How sure it is, and what would be needed for more.
static void
say_against(const struct session *s, const struct finding_view *f, struct buf *out)
{
    static const char *const sure[SURE_COUNT] = {
        [SURE_POSSIBLE] = N_("Possible: the lines fit, and they fit other causes as well."),
        [SURE_LIKELY] = N_("Likely: the lines fit this best, but do not prove it."),
        [SURE_CERTAIN] = N_("Certain: these lines say so themselves."),
    };
    buf_addf(out, "\n\n%s", _(sure[f->certainty]));
    if (!f->alternative_count)
        buf_add(out, str_of(_(" Nothing in this log speaks against it.")));
    else
        buf_add(out, str_of(_(" What else fits, and the check that tells it apart:")));
    for (size_t i = 0; i < f->alternative_count; i++) {
        struct str label = figures_cause(s->knowledge, f->alternatives[i].cause);
        buf_addf(out, "\n- %.*s: %.*s", STR_ARG(label), STR_ARG(f->alternatives[i].tell_apart));
    }
    for (size_t i = 0; i < f->unknown_count; i++)
        buf_addf(out, "%s%.*s", i ? " " : _("\n\nThis log cannot tell: "), STR_ARG(f->unknown[i]));
}

void
why_finding(const struct session *s, const struct finding_view *f, struct buf *out)
{
    const struct tunnel_view *t = session_tunnel(s);
    if (!f) {
        const struct rung *rung = view_rung(t, s->checkpoint);
        buf_addf(out, _("This checkpoint is: %s."), figures_word(rung->state, rung->basis));
        say_lines(rung->proofs, rung->proof_count, out);
        say_ladder(s, s->checkpoint, out);
        if (rung->state == ST_FAILED || rung->state == ST_SUSPECTED)
            buf_add(out, str_of(_("\n\nNo rule of the knowledge base fits these lines.")));
        return;
    }
    buf_add(out, str_of(_("The lines (* decides):")));
    say_lines(f->proofs, f->proof_count, out);
    buf_addf(out, _("\n\nThe rule %.*s holds"), STR_ARG(f->rule->id));
    buf_add(out, str_of(f->rule->when.count ? _(", for") : _(" when no more special one does.")));
    for (size_t i = 0; i < f->rule->when.count; i++)
        say_condition(s->knowledge, &f->rule->when.at[i], out);
    say_ladder(s, f->checkpoint, out);
    say_against(s, f, out);
    buf_add(out, STR("\n\n"));
    figures_history(s->knowledge, t, out);
}
