#include "tui/unmerged.h"

#include "tui/theme.h"
#include "tui/words.h"

const struct source_view *
unmerged_log(const struct view *v, const struct tunnel_view *t)
{
    size_t i = 0;
    while (i < v->source_count && (t->row.source < 0 || v->sources[i].end == v->sources[t->row.source].end))
        i++;
    return i < v->source_count ? &v->sources[i] : NULL;
}

// Of one end as of the other: the same file, or a copy of it.
static bool
is_same_log(const struct source_view *a, const struct source_view *b)
{
    return a->lines && a->lines == b->lines && a->bytes == b->bytes && a->recognised == b->recognised &&
           a->first == b->first && a->last == b->last;
}

const char *
unmerged_why(const struct view *v, const struct tunnel_view *t)
{
    const struct both_view *b = t->both;
    const struct source_view *other = b ? unmerged_log(v, t) : NULL;
    if (!b)
        return NULL;
    if (b->disagree)
        return _("The two logs contradict each other: they may be of different attempts.");
    if (b->same)
        return b->untold
                   ? _("Whether what one end sent reached the other is not known: the two logs cannot be "
                       "shown to cover that moment both.")
                   : NULL;
    if (other && t->row.source >= 0 && is_same_log(other, &v->sources[t->row.source]))
        return _("B's log is the same as A's: take what the other gateway logged.");
    if (b->by != PAIRED_NOT)
        return _("B's log tells of other attempts of this tunnel than A's: nothing is merged.");
    if (b->turned)
        return _("Only B's log shows this tunnel.");
    if (other && !other->recognised)
        return _("Nothing in B's log is of IKE or IPsec.");
    return b->silent_other ? _("B's log covers the time of the attempt and shows nothing of it.")
           : b->uncovered  ? _("B's log does not cover the time of the attempt: take one that does.")
           : b->untold     ? _("B's log shows nothing of this tunnel, and whether it covers the time of the "
                                   "attempt is not known.")
                           : _("Nothing in B's log belongs to this tunnel.");
}

void
unmerged_mention(const struct session *s, const struct tunnel_view *t, const struct canvas *c, int w,
                 struct prose *text)
{
    const char *why = t && !s->progress.reading ? unmerged_why(s->view, t) : NULL;
    if (why)
        prose_add(text, c, w, 1, 1, LOOK_SUSPECT, -1, str_of(why));
}
