#include "diag/path_seen.h"

#include <stdlib.h>

void
path_seen_init(struct path_seen *s, const struct knowledge *k)
{
    *s = (struct path_seen){.knowledge = k};
    s->sights = mem_new(k->message_count + 1);
    for (size_t i = 0; i < k->portmap.sighting_count; i++)
        if (k->portmap.sightings[i].message >= 0)
            s->sights[k->portmap.sightings[i].message] = true;
}

void
path_seen_release(struct path_seen *s)
{
    free(s->sights);
    arena_release(&s->arena);
}

static bool
fits(const struct path_sighting *g, const struct slots *slots)
{
    for (size_t i = 0; i < g->slot_count; i++)
        if (str_eq(slots_get(slots, g->slots[i].slot), g->slots[i].text) == g->slots[i].isnt)
            return false;
    return true;
}

static void
keep(struct path_seen *s, const struct path_setting *set, int source, const struct line *line,
     const struct slots *slots)
{
    static const char *const addresses[PATH_ADDRESSES] = {"from", "to", "new_from", "new_to"};
    struct err e = {0};
    struct str text = set->value, value;
    if (str_starts(text, STR("${")))
        text = slots_get(slots, (struct str){text.at + 2, text.len - 3});
    if (!text.len || !path_value_fits(&s->knowledge->portmap.facts[set->fact], text, &s->arena, &value, &e))
        return;
    if (s->count == PATH_SEEN_MOST) {
        s->left_out++;
        return;
    }
    if (!s->at)
        s->at = ARENA_ARRAY(&s->arena, struct seen_fact, PATH_SEEN_MOST);
    struct seen_fact *f = &s->at[s->count++];
    *f = (struct seen_fact){.fact = set->fact, .text = arena_str(&s->arena, value)};
    if (!str_number(slots_get(slots, STR("path")), &f->path))
        f->path = 0;
    for (size_t i = 0; i < PATH_ADDRESSES; i++)
        f->address[i] = arena_str(&s->arena, slots_get(slots, str_of(addresses[i])));
    f->line = event_line_of(line, source);
}

void
path_seen_take(struct path_seen *s, struct msgs *msgs, int source, const struct line *line,
               const struct msg *msg)
{
    const struct portmap *map = &s->knowledge->portmap;
    ptrdiff_t message = msg->message - s->knowledge->messages;
    if (!s->sights[message])
        return;
    int last = -1;
    struct msg whole;
    msg_read(msgs, line, msg->dialect, &last, &whole);
    for (size_t i = 0; i < map->sighting_count; i++) {
        const struct path_sighting *g = &map->sightings[i];
        if (g->message != message || !fits(g, &whole.slots))
            continue;
        for (size_t k = 0; k < g->setting_count; k++)
            keep(s, &g->settings[k], source, line, &whole.slots);
    }
}

static bool
speaks_of(const struct seen_fact *f, struct str peer)
{
    for (size_t i = 0; i < PATH_ADDRESSES; i++)
        if (f->address[i].len && str_eq(f->address[i], peer))
            return true;
    return false;
}

// Of one pair of hosts several totals can be: that of the two gateways themselves, and that of what a
// translator made of one of them. What came back on any of them came back.
static bool
says_less(const struct path *p, const struct seen_fact *f)
{
    return str_eq(f->text, STR("silent")) && str_eq(p->at[f->fact].text, STR("yes"));
}

void
path_seen_give(const struct path_seen *s, struct str peer, const struct quotes *q, struct arena *arena,
               struct path *p)
{
    uint64_t path = 0;
    int source = -1;
    for (size_t i = 0; i < s->count && source < 0; i++)
        if (s->at[i].path && (!peer.len || speaks_of(&s->at[i], peer))) {
            path = s->at[i].path;
            source = s->at[i].line.source;
        }
    for (size_t i = 0; source >= 0 && i < s->count; i++) {
        const struct seen_fact *f = &s->at[i];
        if (f->path != path || f->line.source != source || says_less(p, f))
            continue;
        struct proof *proof = ARENA_NEW(arena, struct proof);
        *proof = (struct proof){.source = source,
                                .line = f->line.line,
                                .offset = f->line.offset,
                                .time = f->line.time,
                                .year_known = f->line.year_known,
                                .last_time = f->line.time,
                                .text = quote_text(q, &f->line, arena),
                                .count = 1};
        path_set(p, f->fact, f->text, FROM_CAPTURE, proof);
    }
}
