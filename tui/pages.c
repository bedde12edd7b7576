#include "tui/pages.h"

#include "diag/teach.h"

struct pages {
    const struct session *s;
    const struct concept **at;
    size_t count;
};

static void
add(struct pages *p, const struct concept *c)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->at[i] == c)
            return;
    if (c && p->count < PAGES_MOST)
        p->at[p->count++] = c;
}

static void
add_about(struct pages *p, struct str word)
{
    const struct concept *c;
    for (size_t from = 0; (c = concept_about(p->s->knowledge, word, &from));)
        add(p, c);
}

static void
add_named(struct pages *p, const char *const ids[])
{
    for (size_t i = 0; ids[i]; i++)
        add(p, concept_named(p->s->knowledge, str_of(ids[i])));
}

size_t
pages_here(const struct session *s, enum screen_id screen, const struct concept *at[PAGES_MOST])
{
    static const char *const of_path[] = {"nat-t", "port-mapping", "tcp-encapsulation", "mtu", NULL};
    static const char *const of_lesson[] = {"initiator", "ike-sa",       "main-mode",
                                            "ikev2",     "notification", NULL};
    struct pages p = {.s = s, .at = at};
    const struct tunnel_view *t = session_tunnel(s);
    if (!s->knowledge)
        return 0;
    if (screen == SCREEN_PATH)
        add_named(&p, of_path);
    if (screen == SCREEN_LESSON || screen == SCREEN_LESSONS || screen == SCREEN_PRACTICE)
        add_named(&p, of_lesson);
    if (t && (screen == SCREEN_LADDER || screen == SCREEN_FINDING)) {
        add(&p, concept_named(s->knowledge, str_of(checkpoint_word[s->checkpoint])));
        if (s->rule && s->rule->checkpoint == s->checkpoint)
            add_about(&p, s->rule->cause);
        if (t->order)
            add_about(&p, t->order->id);
    }
    return p.count;
}

const struct concept *
pages_first(const struct session *s)
{
    return s->knowledge ? concept_named(s->knowledge, str_of(checkpoint_word[s->checkpoint])) : NULL;
}
