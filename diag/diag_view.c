// What is asked of a case: all its tunnels, one of them in full, the path of one.
#include "diag/adopt.h"
#include "diag/diag_inside.h"
#include "diag/path_gateway.h"
#include "diag/path_tunnel.h"
#include "diag/path_weigh.h"
#include "diag/predict.h"
#include "diag/view_build.h"

#include <stdlib.h>

enum {
    DETAILED = 500,    // tunnels of which each is asked for values of its lines
    STATED_MOST = 200, // lines of a state that are told where nothing negotiates
};

static struct surroundings
around(const struct diag *d, const struct tunnel *t)
{
    const struct source_case *s = &d->source[t->source];
    for (int i = t->source + 1; i < d->source_count; i++)
        if (d->source[i].log == t->source && d->source[i].begun)
            s = &d->source[i];
    int end = d->end[t->source];
    return (struct surroundings){&d->negos, s->last_line, s->last, d->no_traffic, end, &d->pairs.about[end]};
}

// An instance that the first message of a peer made and that went with it, before another one of this peer:
// the peer asked again, with the group that it was told.
static bool
first_instance(const struct judged *j)
{
    const struct tunnel *t = j->tunnel;
    const struct nego *g = t->newest;
    return t->attempts == 1 && g && !g->older && g->kind == NEGO_IKE && !g->established &&
           g->ending != END_NONE && g->fact[FACT_ROLE] == ROLE_RESPONDER && j->walk.stuck == CP_NONE &&
           j->walk.step[CP_PSK].state == ST_UNKNOWN && str_find(t->name, STR("[")) < t->name.len &&
           tunnel_followed(j->around.negos, t);
}

// First attempts of a peer that was answered under a name afterwards, of which none was refused: a round trip
// for another group begins so.
static bool
only_began(struct judged *j)
{
    if (!tunnel_mended(j->around.negos, j->tunnel) && !first_instance(j))
        return false;
    judge_rest(j);
    for (int i = 0; i < j->leaf_count; i++)
        if (j->leaves[i].state == ST_FAILED)
            return false;
    return true;
}

// A connection that was only loaded has no attempt to speak of; lines of a peer that became another tunnel's
// are gone. A peer whose connection no line names and that came through its first message is shown where
// there is nothing else.
static bool
worth_showing(struct judged *j, bool alone)
{
    return j->leaf_count > 0 && !only_began(j) &&
           (!j->tunnel->stranger || j->walk.stuck != CP_NONE || j->counts < 0 ||
            (alone && j->walk.step[CP_IKE_VERSION].state == ST_PASSED));
}

static struct quotes
quotes(struct diag *d, struct quoted *memo)
{
    return (struct quotes){d->knowledge,     d->msgs,         &d->host,  memo,
                           &d->quoted_front, d->lines_before, d->turned, d->spells,
                           d->uncounted,     &d->records,     &d->seen};
}

// Recognises the tunnels of one end at the other, once for all that was fed.
static const struct pairs *
pairs_of(struct diag *d)
{
    if (!d->both_ends || d->paired)
        return &d->pairs;
    d->paired = true;
    adopt_set_apart(&d->negos);
    arena_release(&d->pair_arena);
    d->pairs.end = d->end;
    d->pairs.clock = d->clock;
    for (int end = 0; end < 2; end++)
        end_begin(&d->pairs.about[end]);
    for (int i = 0; i < d->source_count; i++)
        end_cover(&d->pairs.about[d->end[i]], d->source[i].spoke_first, d->source[i].spoke_last,
                  d->source[i].year_known);
    struct quotes q = quotes(d, NULL);
    const struct pairing in = {&d->negos, d->end, &q};
    pair_tunnels(&in, &d->pairs, &d->pair_arena);
    return &d->pairs;
}

// Judges a tunnel with what the other end adds. pairs must live as long as the result.
static void
judge_two(struct diag *d, const struct pairs *p, size_t place, struct pairs *as_seen, struct quotes *q,
          struct arena *arena, struct two *two)
{
    const struct tunnel *a = d->negos.tunnels[place];
    const struct tunnel *b = p->partner[place] < 0 ? NULL : d->negos.tunnels[p->partner[place]];
    *as_seen = d->end[a->source] == 0 ? *p : pair_turned(p);
    const struct surroundings s[2] = {around(d, a), b ? around(d, b) : around(d, a)};
    *two = (struct two){.by = p->by[place], .turned = d->end[a->source] != 0};
    merge_ends(two, as_seen, a, b, s, q, arena);
}

static struct proof
proof_of(struct quotes *q, const struct event_line *e, uint64_t line, struct arena *arena)
{
    return (struct proof){.source = e->source,
                          .line = line,
                          .offset = e->offset,
                          .time = e->time,
                          .year_known = e->year_known,
                          .text = quote_text(q, e, arena),
                          .count = 1};
}

// Did anything negotiate behind this line on the host of a daemon? Another process may have said it: the one
// that starts the daemon, or that reads its configuration.
static bool
negotiated_since(const struct negos *n, const struct daemon *d, const struct event_line *e)
{
    for (size_t i = 0; i < n->tunnel_count; i++) {
        const struct tunnel *t = n->tunnels[i];
        if (t->source == d->source && t->dialect == d->dialect && t->newest &&
            t->newest->last_line > e->line && str_eq(t->host, d->host))
            return true;
    }
    return false;
}

// What a daemon of this source said last of what keeps it from working. Of several daemons the one that said
// it last speaks.
static void
add_hindered(const struct diag *d, int source, struct quotes *q, struct arena *arena, struct source_view *v)
{
    const struct daemon *found = NULL;
    const struct event_line *last = NULL;
    for (size_t i = 0; i < d->negos.daemon_count; i++) {
        const struct daemon *one = &d->negos.daemons[i];
        const struct event_line *e = one->hindered_count ? &one->hindered[one->hindered_count - 1] : NULL;
        if (!e || e->source != source || (last && last->line > e->line) ||
            negotiated_since(&d->negos, one, e))
            continue;
        found = one;
        last = e;
    }
    struct proof *at = ARENA_ARRAY(arena, struct proof, DAEMON_HINDERED);
    for (size_t i = 0; found && i < found->hindered_count; i++) {
        const struct event_line *e = &found->hindered[i];
        if (e->source != source)
            continue;
        struct proof *p = &at[v->hindered_count++];
        *p = proof_of(q, e, d->uncounted ? 0 : quote_line(q, e), arena);
        p->body = quote_body(q, e, arena);
        enum hinders hinders = event_of(d->knowledge, e)->hinders;
        if (hinders < v->hinders)
            continue;
        v->hinders = hinders;
        v->hindering = v->hindered_count - 1;
        v->hindrance = event_message(d->knowledge, e)->note;
    }
    v->hindered = at;
    if (v->hindered_count)
        at[v->hindering].deciding = true;
}

// What the state of a gateway says of its connections by itself: the lines that tell whether something
// stands.
static void
add_stated(struct diag *d, struct quotes *q, struct arena *arena, struct source_view *v, int source)
{
    const struct records *s = &d->records;
    struct stated *at = ARENA_ARRAY(arena, struct stated, STATED_MOST);
    for (size_t i = 0; i < s->record_count && v->stated_count < STATED_MOST; i++) {
        const struct record *r = &s->records[i];
        const struct event_line *e = &s->lines[r->line];
        if (r->source == source && record_get(r, "stands"))
            at[v->stated_count++] = (struct stated){.line = proof_of(q, e, e->line, arena),
                                                    .conn = arena_str(arena, record_text(r, "conn")),
                                                    .means = event_message(d->knowledge, e)->note};
    }
    v->stated = at;
}

static struct source_view
view_source(struct diag *d, int source, struct arena *arena)
{
    struct source_case *s = &d->source[source];
    struct line_counts counts = lines_counts(s->lines);
    struct source_view v = {.name = arena_str(arena, s->name),
                            .end = d->end[source],
                            .kind = arena_str(arena, s->kind),
                            .lines = counts.lines,
                            .bytes = counts.bytes,
                            .recognised = s->of_ike ? s->recognised : 0,
                            .not_understood = s->not_understood,
                            .other = s->other + counts.foreign + (s->of_ike ? 0 : s->recognised),
                            .before = s->before,
                            .cut = counts.cut,
                            .first = s->first,
                            .last = s->last,
                            .year_known = s->year_known,
                            .complete = s->complete,
                            .problem = arena_str(arena, s->problem)};
    struct str *dialects = ARENA_ARRAY(arena, struct str, d->knowledge->dialect_count);
    for (size_t i = 0; i < d->knowledge->dialect_count; i++)
        if (s->spoken[i] && s->of_ike)
            dialects[v.dialect_count++] = d->knowledge->dialects[i].id;
    v.dialects = dialects;
    struct proof *samples = ARENA_ARRAY(arena, struct proof, s->sample_count);
    struct quotes q = quotes(d, NULL);
    for (size_t i = 0; i < s->sample_count; i++)
        samples[i] = proof_of(&q, &s->samples[i], s->samples[i].line, arena);
    v.samples = samples;
    v.sample_count = s->sample_count;
    add_hindered(d, source, &q, arena, &v);
    return v;
}

static void
add_details(struct facts *f, struct tunnel_row *row)
{
    row->our_id = facts_get(f, STR("our_id"));
    row->bytes_in = facts_get(f, STR("bytes_in"));
    row->bytes_out = facts_get(f, STR("bytes_out"));
}

// False: the tunnel is not shown. Texts of the row live in scratch.
static bool
make_row(struct diag *d, const struct pairs *p, size_t place, bool alone, struct quotes *q,
         struct arena *scratch, struct tunnel_row *row)
{
    const struct tunnel *t = d->negos.tunnels[place];
    if (d->both_ends) {
        struct pairs as_seen;
        struct two *two = ARENA_NEW(scratch, struct two);
        if (!pair_stands(p, &d->negos, place))
            return false;
        judge_two(d, p, place, &as_seen, q, scratch, two);
        if (!worth_showing(&two->judged[0], alone))
            return false;
        *row = view_row_of_two(two);
        if (d->negos.tunnel_count <= DETAILED)
            add_details(&two->facts[0], row);
        return true;
    }
    const struct surroundings s = around(d, t);
    struct judged j;
    judge_verdict(t, &s, -1, &j);
    if (!worth_showing(&j, alone))
        return false;
    struct facts f = {.judged = &j, .quotes = q, .arena = scratch};
    records_weigh(&f, &j);
    path_weigh(&f, &j);
    *row = view_row(&f);
    if (d->negos.tunnel_count <= DETAILED) {
        judge_rest(&j);
        view_find(&f, row);
        add_details(&f, row);
    }
    return true;
}

static void
add_rows(struct diag *d, const struct pairs *p, bool alone, struct view *v, struct tunnel_row *rows)
{
    struct arena scratch = {0};
    struct nearing nearing = {0};
    for (size_t i = 0; i < d->negos.tunnel_count; i++) {
        nearing_next(&nearing,
                     i + VIEW_SOON < d->negos.tunnel_count ? d->negos.tunnels[i + VIEW_SOON] : NULL);
        struct quoted memo[QUOTE_MEMO] = {{0}};
        struct quotes q = quotes(d, memo);
        struct tunnel_row r;
        if (make_row(d, p, i, alone, &q, &scratch, &r)) {
            v->paired += d->both_ends && p->partner[i] >= 0;
            r.name = arena_str(&v->arena, r.name);
            r.peer = arena_str(&v->arena, r.peer);
            r.local = arena_str(&v->arena, r.local);
            r.host = arena_str(&v->arena, r.host);
            r.our_id = arena_str(&v->arena, r.our_id);
            r.bytes_in = arena_str(&v->arena, r.bytes_in);
            r.bytes_out = arena_str(&v->arena, r.bytes_out);
            rows[v->row_count++] = r;
        }
        arena_clear(&scratch);
    }
    arena_release(&scratch);
}

struct view *
diag_view(struct diag *d)
{
    diag_take_held(d);
    struct view *v = mem_new(sizeof *v);
    v->knowledge = d->knowledge;
    struct source_view *sources = ARENA_ARRAY(&v->arena, struct source_view, (size_t)d->source_count);
    for (int i = 0; i < d->source_count; i++)
        sources[i] = view_source(d, i, &v->arena);
    v->sources = sources;
    v->source_count = (size_t)d->source_count;
    struct tunnel_row *rows = ARENA_ARRAY(&v->arena, struct tunnel_row, d->negos.tunnel_count);
    v->detailed = d->negos.tunnel_count <= DETAILED;
    const struct pairs *p = pairs_of(d);
    v->both_ends = d->both_ends;
    v->clock = p->clock;
    add_rows(d, p, false, v, rows);
    if (!v->row_count)
        add_rows(d, p, true, v, rows);
    view_sort(rows, v->row_count);
    v->rows = rows;
    struct quotes q = quotes(d, NULL);
    for (int i = 0; !v->row_count && i < d->source_count; i++)
        add_stated(d, &q, &v->arena, &sources[i], i);
    if (d->both_ends)
        v->predicted = predict(&q, &v->arena, &v->predicted_count, &v->unmatched);
    v->forgotten = d->negos.forgotten;
    v->left_out = d->records.left_out + d->seen.left_out;
    return v;
}

void
view_free(struct view *v)
{
    if (!v)
        return;
    arena_release(&v->arena);
    free(v);
}

// The place of a tunnel, or their count. Ids are handed out in order and tunnels never change their order;
// mostly none was forgotten.
static size_t
place_of(const struct negos *n, uint32_t id)
{
    size_t low = 0, high = n->tunnel_count;
    if (!n->forgotten)
        return id && id <= high ? id - 1 : high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (n->tunnels[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n->tunnel_count && n->tunnels[low]->id == id ? low : n->tunnel_count;
}

void
diag_soon(struct diag *d, uint32_t id)
{
    size_t place = place_of(&d->negos, id);
    nearing_next(&d->nearing, place < d->negos.tunnel_count ? d->negos.tunnels[place] : NULL);
}

const struct tunnel_view *
diag_tunnel(struct diag *d, uint32_t id, int attempt, struct arena *arena)
{
    size_t place = place_of(&d->negos, id);
    if (place == d->negos.tunnel_count)
        return NULL;
    struct quoted memo[QUOTE_MEMO] = {{0}};
    struct quotes q = quotes(d, memo);
    if (d->both_ends && attempt < 0 && pair_stands(pairs_of(d), &d->negos, place)) {
        struct pairs *as_seen = ARENA_NEW(arena, struct pairs);
        struct two *two = ARENA_NEW(arena, struct two);
        judge_two(d, pairs_of(d), place, as_seen, &q, arena, two);
        return view_tunnel(&two->facts[0], &two->judged[0]);
    }
    const struct surroundings s = around(d, d->negos.tunnels[place]);
    struct judged j;
    judge_tunnel(d->negos.tunnels[place], &s, -1, &j);
    if (attempt >= 0 && attempt < j.leaf_count)
        judge_tunnel(d->negos.tunnels[place], &s, j.leaf_count - 1 - attempt, &j);
    struct facts f = {.judged = &j, .quotes = &q, .arena = arena};
    records_weigh(&f, &j);
    path_weigh(&f, &j);
    return view_tunnel(&f, &j);
}

void
diag_path(struct diag *d, const struct tunnel_view *t, struct arena *arena, struct path *p)
{
    struct quotes q = quotes(d, NULL);
    struct path_gateway gateway = {.records = &d->records};
    if (t)
        gateway = (struct path_gateway){.records = &d->records,
                                        .end = d->end[t->row.source],
                                        .role = t->row.role,
                                        .peer = t->row.peer,
                                        .ours = t->ours,
                                        .theirs = t->theirs};
    path_seen_give(&d->seen, (struct seen_ask){.peer = gateway.peer, .end = -1}, &q, arena, p);
    path_gateway_give(&gateway, &q, arena, p);
    if (t)
        path_tunnel_give(t, t->row.nat, p);
    path_gateway_give_nat(&gateway, &q, arena, p);
}
