#include "diag/command.h"

#include "diag/fill.h"
#include "diag/merge.h"

int
command_named(const struct knowledge *k, struct str id)
{
    for (size_t i = 0; i < k->command_count; i++)
        if (str_eq(k->commands[i].id, id))
            return (int)i;
    return -1;
}

const struct wording *
command_wording(const struct knowledge *k, int dialect, int command)
{
    for (int d = dialect, hop = 0; d >= 0 && hop < 2; d = k->dialects[d].host, hop++)
        for (size_t i = 0; i < k->dialects[d].wording_count; i++)
            if (k->dialects[d].wordings[i].command == command)
                return &k->dialects[d].wordings[i];
    return NULL;
}

static struct str
words_for(struct facts *f, int dialect, int command)
{
    const struct wording *w = command_wording(f->judged->around.negos->knowledge, dialect, command);
    int ike = attempt_fact(&f->judged->attempt, FACT_IKE);
    if (!w)
        return STR_NONE;
    if (ike != IKE_UNKNOWN)
        return ike == IKE_V2 ? w->v2 : w->v1;
    // Both, where the log does not tell which one is meant.
    if (!w->v1.len || !w->v2.len || str_eq(w->v1, w->v2))
        return w->v1.len ? w->v1 : w->v2;
    return arena_strf(f->arena, "%.*s\n%.*s", STR_ARG(w->v1), STR_ARG(w->v2));
}

int
command_end(const struct facts *f, const struct step *s)
{
    if (!f->two || (s->where != AT_THIS_GATEWAY && s->where != AT_PEER))
        return -1;
    return s->where == AT_THIS_GATEWAY ? f->end : !f->end;
}

struct str
command_for(struct facts *f, const struct step *s)
{
    if (s->command < 0)
        return STR_NONE;
    struct str same = f->judged->around.negos->knowledge->commands[s->command].text;
    struct site site = {f->judged->tunnel->dialect, s->where == AT_PEER};
    int end = command_end(f, s), peer = site.peer ? facts_peer_dialect(f) : -1;
    struct facts *there = f;
    // Of a peer that did not tell what it is, the words of this gateway still show what is meant.
    if (end >= 0 && f->two->judged[end].tunnel) {
        there = &f->two->facts[end];
        site = (struct site){there->judged->tunnel->dialect, false};
    } else if (peer >= 0)
        site.dialect = peer;
    return fill_command(there, &site, same.len ? same : words_for(there, site.dialect, s->command));
}

struct str
command_to_start(struct facts *f)
{
    int start = command_named(f->judged->around.negos->knowledge, STR("start"));
    return fill_command(f, NULL, words_for(f, f->judged->tunnel->dialect, start));
}
