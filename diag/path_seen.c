#include "diag/path_seen.h"

#include <stdlib.h>

void
path_seen_init(struct path_seen *s, const struct knowledge *k)
{
    *s = (struct path_seen){.knowledge = k, .ike = -1};
    s->sights = mem_new(k->message_count + 1);
    for (size_t i = 0; i < k->portmap.sighting_count; i++)
        if (k->portmap.sightings[i].message >= 0)
            s->sights[k->portmap.sightings[i].message] = true;
    for (size_t i = 0; i < k->message_count; i++)
        if (str_eq(k->messages[i].id, STR("ike")) &&
            str_eq(k->dialects[k->messages[i].dialect].id, STR("capture")))
            s->ike = (int)i;
    if (s->ike >= 0)
        s->sights[s->ike] = true;
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
keep(struct path_seen *s, const struct path_setting *set, const struct seen_fact *like,
     const struct slots *slots)
{
    static const char *const addresses[PATH_ADDRESSES] = {"from", "to", "new_from", "new_to", "peer"};
    if (s->count == PATH_SEEN_MOST) {
        s->left_out++;
        return;
    }
    struct err e = {0};
    struct str text = set->value, value;
    if (str_starts(text, STR("${")))
        text = slots_get(slots, (struct str){text.at + 2, text.len - 3});
    if (!text.len || !path_value_fits(&s->knowledge->portmap.facts[set->fact], text, &s->arena, &value, &e))
        return;
    if (!s->at)
        s->at = ARENA_ARRAY(&s->arena, struct seen_fact, PATH_SEEN_MOST);
    struct seen_fact *f = &s->at[s->count++];
    *f = *like;
    f->fact = set->fact;
    f->text = arena_str(&s->arena, value);
    if (!str_number(slots_get(slots, STR("path")), &f->path))
        f->path = 0;
    for (size_t i = 0; i < PATH_ADDRESSES; i++)
        f->address[i] = arena_str(&s->arena, slots_get(slots, str_of(addresses[i])));
}

static void
keep_time(struct path_seen *s, const struct event_line *line, const struct msg *msg)
{
    if (!s->times) {
        s->times = ARENA_ARRAY(&s->arena, struct seen_time, PATH_TIMES_MOST);
        s->asked = ARENA_ARRAY(&s->arena, int64_t, PATH_TIMES_MOST);
    }
    uint64_t path;
    if (s->time_count < PATH_TIMES_MOST && str_number(slots_get(&msg->slots, STR("path")), &path))
        s->times[s->time_count++] = (struct seen_time){line->time, path, line->source};
}

static void
take(struct path_seen *s, struct seen_fact *like, const struct msg *msg)
{
    const struct portmap *map = &s->knowledge->portmap;
    ptrdiff_t message = msg->message - s->knowledge->messages;
    if (message == s->ike)
        keep_time(s, &like->line, msg);
    like->line.dialect = (uint8_t)msg->dialect;
    like->line.template = (int16_t)msg->template;
    like->line.notify = like->line.errno_value = -1;
    for (size_t i = 0; i < map->sighting_count; i++) {
        const struct path_sighting *g = &map->sightings[i];
        if (g->message != message || !fits(g, &msg->slots))
            continue;
        for (size_t k = 0; k < g->setting_count; k++)
            keep(s, &g->settings[k], like, &msg->slots);
    }
}

void
path_seen_take(struct path_seen *s, struct msgs *msgs, int end, int source, enum path_origin origin,
               const struct line *line, const struct msg *msg)
{
    if (!s->sights[msg->message - s->knowledge->messages])
        return;
    int last = -1;
    struct msg whole;
    msg_read(msgs, line, msg->dialect, &last, &whole);
    struct seen_fact like = {.end = (uint8_t)end, .origin = origin, .line = event_line_of(line, source)};
    take(s, &like, &whole);
}

void
path_seen_take_state(struct path_seen *s, int end, int source, const struct line *line, const struct msg *msg)
{
    struct seen_fact like = {
        .end = (uint8_t)end, .origin = FROM_GATEWAY, .line = event_line_of(line, source)};
    if (s->sights[msg->message - s->knowledge->messages])
        take(s, &like, msg);
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
// translator made of one of them. What came back on any of them came back, and was refused that was refused.
static bool
says_less(const struct path *p, const struct seen_fact *f)
{
    const struct path_value *have = &p->at[f->fact];
    // Of addresses the first counts: those behind it are what a translator made of them.
    bool again = p->map->facts[f->fact].kind == PATH_TEXT && have->origin == f->origin;
    return have->text.len && (again || str_eq(f->text, STR("silent")));
}

void
path_measured(struct path *p, int fact, struct str text, enum path_origin origin,
              const struct event_line *line, const struct quotes *q, struct arena *arena)
{
    struct proof *proof = q ? ARENA_NEW(arena, struct proof) : NULL;
    if (proof)
        *proof = (struct proof){.source = line->source,
                                .line = line->line,
                                .offset = line->offset,
                                .time = line->time,
                                .year_known = line->year_known,
                                .last_time = line->time,
                                .text = quote_text(q, line, arena),
                                .count = 1};
    path_set(p, fact, text, origin, proof);
    if (fact >= 0 && p->at[fact].origin == origin)
        p->at[fact].line = line;
}

// The gateway's state is about all of its paths. An active check is asked from elsewhere: it belongs to the
// path to the host that was asked, and is nothing that an end measured.
static bool
is_meant(const struct seen_fact *f, struct seen_ask ask, const struct seen_fact *of)
{
    if (f->origin == FROM_GATEWAY)
        return ask.end < 0 || f->end == ask.end;
    if (f->origin == FROM_PROBE)
        return ask.end < 0 && (!ask.peer.len || speaks_of(f, ask.peer));
    return of && f->path == of->path && f->line.source == of->line.source;
}

// Of one capture, and of what is no path of its own.
static void
give_path(const struct path_seen *s, struct seen_ask ask, const struct seen_fact *of, const struct quotes *q,
          struct arena *arena, struct path *p)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct seen_fact *f = &s->at[i];
        if (!is_meant(f, ask, of) || says_less(p, f))
            continue;
        path_measured(p, f->fact, f->text, f->origin, &f->line, q, arena);
    }
}

// The first fact of the path that is meant, and whether others could be meant as well; NULL: there is none.
static const struct seen_fact *
path_of(const struct path_seen *s, struct seen_ask ask, bool *several)
{
    const struct seen_fact *of = NULL;
    *several = false;
    for (size_t i = 0; i < s->count; i++) {
        const struct seen_fact *f = &s->at[i];
        if (!f->path || (ask.peer.len && !speaks_of(f, ask.peer)) || (ask.end >= 0 && f->end != ask.end))
            continue;
        *several |= of && (f->path != of->path || f->line.source != of->line.source);
        of = of ? of : f;
    }
    return of;
}

size_t
path_seen_times(const struct path_seen *s, struct seen_ask ask, const int64_t **times)
{
    bool several;
    const struct seen_fact *of = path_of(s, ask, &several);
    size_t count = 0;
    for (size_t i = 0; of && i < s->time_count; i++)
        if (s->times[i].path == of->path && s->times[i].source == of->line.source)
            s->asked[count++] = s->times[i].time;
    *times = s->asked;
    return count;
}

void
path_seen_give(const struct path_seen *s, struct seen_ask ask, const struct quotes *q, struct arena *arena,
               struct path *p)
{
    bool several;
    const struct seen_fact *of = path_of(s, ask, &several);
    give_path(s, ask, several && ask.only ? NULL : of, q, arena, p);
}
