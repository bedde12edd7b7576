#include "diag/ends_text.h"

#include "diag/request.h"
#include "diag/stamp.h"
#include "diag/text.h"

// 3.2 s
static void
add_seconds(struct buf *out, int64_t time)
{
    long long tenths = (long long)(time + 50000) / 100000;
    buf_addf(out, "%lld.%lld s", tenths / 10, tenths % 10);
}

static void
put_clock(struct page *p, const struct clock_view *c)
{
    struct buf text = {0};
    if (!c->known)
        buf_add(&text, str_of(page_say(
                           p, "how they differ is not known; moments of the two logs are not compared")));
    else {
        buf_add(&text, STR("B = A"));
        stamp_difference(c->offset, &text);
        if (c->stated) {
            buf_addf(&text, ", %s", page_say(p, "as you say"));
        } else {
            buf_addf(&text, ", %s ", page_say(p, "give or take"));
            add_seconds(&text, c->spread);
            buf_addf(&text, ", %s %u %s", page_say(p, "from"), c->pairs,
                     c->pairs == 1 ? page_say(p, "pair of lines") : page_say(p, "pairs of lines"));
        }
    }
    page_paragraph(p, page_say(p, "clocks"), buf_str(&text));
    buf_release(&text);
}

static const char *
not_paired(const struct page *p, const struct both_view *b)
{
    if (b->silent_other)
        return page_say(p, "shows nothing of it, and covers the time of the attempt");
    if (b->uncovered)
        return page_say(p, "shows nothing of it, and does not cover the time of the attempt");
    if (b->untold)
        return page_say(p, "shows nothing of it; whether it covers the time of the attempt is not known");
    return page_say(p, "nothing there belongs to this connection");
}

// What each end would say alone, and whose words are taken.
static void
put_end(struct page *p, const struct tunnel_view *t, int end, int source)
{
    static const char *const by[] = {
        [PAIRED_NUMBERS] = "known by the numbers of its SAs",
        [PAIRED_ADDRESSES] = "known by its addresses",
        [PAIRED_TIMES] = "known by lines that answer each other",
    };
    const struct both_view *b = t->both;
    const struct verdict *v = &b->alone[end];
    struct buf text = {0};
    if (source >= 0)
        buf_add(&text, page_file(p, source));
    if (end == 1 && b->by == PAIRED_NOT) {
        buf_addf(&text, "%s%s", text.len ? ", " : "", not_paired(p, b));
    } else {
        if (end == 1) {
            buf_add(&text, STR(", "));
            buf_add(&text, page_clean(p, b->name, true));
            buf_addf(&text, " (%s)", page_say(p, by[b->by]));
        }
        buf_add(&text, STR(": "));
        if (v->checkpoint == CP_NONE) {
            buf_add(&text, str_of(b->state[end] == TUNNEL_UP ? page_say(p, "nothing is wrong")
                                                             : page_say(p, "no failure seen")));
        } else {
            buf_add(&text,
                    page_clean(p, view_title(p->r->view->knowledge, v->checkpoint, t->row.auth), false));
            buf_addf(&text, ", %s", page_say(p, certainty_word[v->certainty]));
        }
        if (end == 1 && !b->same)
            buf_addf(&text, "; %s", page_say(p, "of another attempt, so it is not merged"));
        else if (b->decides == end && (b->same || b->silent_other))
            buf_addf(&text, "; %s", page_say(p, "these words are taken"));
    }
    page_paragraph(p, (end != 0) != b->turned ? "B" : "A", buf_str(&text));
    buf_release(&text);
}

// Attribute by attribute, the ones that differ first: what breaks after this failure is mended.
static void
put_compared(struct page *p, const struct compared *rows, size_t count)
{
    static const char *const words[] = {
        [AGREE_UNKNOWN] = "not known", [AGREE_YES] = "agree", [AGREE_NO] = "DIFFER"};
    static const enum agree order[] = {AGREE_NO, AGREE_UNKNOWN, AGREE_YES};
    bool labelled = false;
    for (size_t o = 0; o < sizeof order / sizeof *order; o++)
        for (size_t i = 0; i < count; i++) {
            const struct compared *c = &rows[i];
            if (c->agree != order[o])
                continue;
            struct buf text = {0};
            buf_addf(&text, "%s, %s", page_say(p, c->title.at), page_say(p, words[c->agree]));
            for (int end = 0; end < 2; end++) {
                buf_addf(&text, "%s %c: ", end ? ";" : ":", end ? 'B' : 'A');
                if (c->side[end].text.len)
                    buf_add(&text, page_clean(p, c->side[end].text, true));
                else
                    buf_add(&text, str_of(page_say(p, "not known")));
                if (c->side[end].source >= 0) {
                    buf_addf(&text, " (");
                    buf_add(&text, page_file(p, c->side[end].source));
                    buf_addf(&text, ":%llu)", (unsigned long long)c->side[end].line);
                }
            }
            size_t column = page_label(p, labelled ? "" : page_say(p, "compared"));
            page_wrap(p, buf_str(&text), column, LABEL_WIDTH);
            page_end_line(p);
            labelled = true;
            buf_release(&text);
        }
}

void
ends_put(struct page *p, const struct tunnel_view *t)
{
    int other = t->both->source;
    for (size_t i = 0; other < 0 && i < p->r->view->source_count; i++)
        if (p->r->view->sources[i].end != p->r->view->sources[t->row.source].end)
            other = (int)i;
    put_end(p, t, 0, t->row.source);
    put_end(p, t, 1, other);
    if (t->both->same && t->both->untold)
        page_paragraph(
            p, page_say(p, "unknown"),
            str_of(page_say(p, "Whether what one end sent reached the other: the two logs cannot be "
                               "shown to cover that moment both.")));
    put_clock(p, &t->both->clock);
    put_compared(p, t->both->compared, t->both->compared_count);
}

void
ends_put_predicted(struct page *p)
{
    const struct view *v = p->r->view;
    for (size_t i = 0; i < v->predicted_count; i++) {
        const struct predicted *one = &v->predicted[i];
        struct buf text = {0};
        page_end_line(p);
        buf_add(&text, page_clean(p, one->name[0], true));
        if (!str_eq(one->name[0], one->name[1])) {
            buf_addf(&text, " (A), ");
            buf_add(&text, page_clean(p, one->name[1], true));
            buf_addf(&text, " (B)");
        }
        buf_addf(&text, ": %s: ", page_say(p, "predicted from the two configurations"));
        if (one->checkpoint == CP_NONE) {
            buf_add(&text, str_of(page_say(p, "nothing speaks against it")));
        } else {
            buf_addf(&text, "%s ", page_say(p, "will fail at"));
            buf_add(&text, page_clean(p, v->knowledge->checkpoint[one->checkpoint].title, false));
        }
        page_wrap(p, buf_str(&text), 0, 2);
        page_end_line(p);
        put_compared(p, one->compared, one->compared_count);
        buf_release(&text);
    }
    if (v->unmatched) {
        page_count(p, v->unmatched, "configured connection has no counterpart in the other configuration.",
                   "configured connections have no counterpart in the other configuration.");
        page_end_line(p);
    }
}

void
ends_request(const struct page *p, const struct tunnel_view *t, struct buf *out)
{
    const struct view *v = p->r->view;
    size_t unwell = 0; // more than one is enough to know: many tunnels ask
    for (size_t i = 0; i < v->row_count && unwell < 2; i++)
        unwell += report_shows(p->r, &v->rows[i]) && v->rows[i].verdict.checkpoint != CP_NONE;
    if (unwell == 1 && request_helps(t))
        request_text(v->knowledge, t, t->peer_dialect, out);
}
