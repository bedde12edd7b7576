#include "diag/diag.h"

#include "diag/ahead.h"
#include "diag/alarm.h"
#include "diag/envelope.h"
#include "diag/outline.h"
#include "diag/path_seen.h"
#include "diag/path_tunnel.h"
#include "diag/path_weigh.h"
#include "diag/predict.h"
#include "diag/records.h"
#include "diag/view_build.h"

#include <stdlib.h>
#include <time.h>

// A configuration may say much of other things before it comes to a connection.
enum { SAMPLES = 3, STATE_WONDERS = 500, DETAILED = 500, WAITING = 16 };

// A line that was read and waits until those before it are booked.
struct waiting {
    struct line line; // its number counts through the rotated set
    struct msg msg;
    struct ahead ahead;
};

struct source_case {
    struct lines *lines;
    struct str name, kind, problem;
    int log;     // first source of its rotated set, itself when it stands alone
    int follows; // the member before it, -1: none
    bool begun;
    bool told;   // to be a gateway's state, not a log,
    bool state;  // or found to hold some
    int wonders; // lines that were looked at to find that out
    struct outline outline;
    int last_dialect, state_dialect;
    bool complete, year_known;
    uint64_t *spoken; // lines by dialect
    uint64_t recognised, not_understood, other, last_line;
    int64_t first, last;
    int64_t spoke_first, spoke_last; // of lines of IKE daemons
    struct event_line samples[SAMPLES];
    size_t sample_count;
};

struct diag {
    const struct knowledge *knowledge;
    struct diag_host host;
    struct msgs *msgs;
    struct negos negos;
    struct path_seen seen;
    struct arena arena; // names of sources
    struct waiting waiting[WAITING];
    size_t waiting_count; // all of one source, and borrowed from the block that is fed
    struct source_case source[DIAG_SOURCES];
    int source_count;
    uint64_t lines_before[DIAG_SOURCES];
    int64_t since, since_any_year; // the second with its year made 2000, as struct line counts without one
    bool no_traffic, uncounted;
    int dialect; // of all lines, -1: as each line shows
    struct records records;
    uint8_t end[DIAG_SOURCES];
    bool both_ends, paired; // paired: pairs is of all that was fed
    struct pairs pairs;     // of the two ends, made when they are asked for
    struct arena pair_arena;
    struct clock_view clock; // as the person states it
};

struct diag *
diag_new(const struct knowledge *knowledge, const struct diag_host *host)
{
    struct diag *d = mem_new(sizeof *d);
    d->knowledge = knowledge;
    d->host = *host;
    d->msgs = msgs_new(knowledge);
    d->since = LINE_NO_TIME;
    d->dialect = -1;
    negos_init(&d->negos, knowledge, d->msgs);
    path_seen_init(&d->seen, knowledge);
    return d;
}

void
diag_free(struct diag *d)
{
    if (!d)
        return;
    for (int i = 0; i < d->source_count; i++) {
        lines_free(d->source[i].lines);
        free(d->source[i].spoken);
    }
    negos_release(&d->negos);
    records_release(&d->records);
    path_seen_release(&d->seen);
    msgs_free(d->msgs);
    arena_release(&d->arena);
    arena_release(&d->pair_arena);
    free(d);
}

int
diag_source(struct diag *d, struct str name, struct str kind)
{
    if (d->source_count == DIAG_SOURCES)
        return -1;
    struct source_case *s = &d->source[d->source_count];
    *s = (struct source_case){.lines = lines_new(), .log = d->source_count, .follows = -1};
    s->last_dialect = s->state_dialect = -1;
    s->name = arena_str(&d->arena, name);
    s->kind = arena_str(&d->arena, kind);
    s->told = s->state = str_eq(kind, STR("status"));
    s->spoken = mem_new(mem_product(d->knowledge->dialect_count, sizeof *s->spoken));
    s->first = s->last = s->spoke_first = s->spoke_last = LINE_NO_TIME;
    return d->source_count++;
}

void
diag_source_follows(struct diag *d, int source, int before)
{
    d->source[source].follows = before;
    d->source[source].log = d->source[before].log;
}

void
diag_source_of_end(struct diag *d, int source, int end)
{
    d->end[source] = (uint8_t)end;
    d->both_ends |= end == 1;
    d->paired = false;
}

void
diag_clock(struct diag *d, bool known, int64_t offset)
{
    d->clock = (struct clock_view){.known = known, .stated = known, .offset = offset};
    d->paired = false;
}

static int
dialect_named(const struct knowledge *k, struct str id)
{
    for (size_t i = 0; i < k->dialect_count; i++)
        if (str_eq(k->dialects[i].id, id))
            return (int)i;
    return -1;
}

static void
keep_sample(struct source_case *s, int source, const struct line *line)
{
    if (s->sample_count < SAMPLES)
        s->samples[s->sample_count++] = event_line_of(line, source);
}

static void
trace_line(const struct diag *d, const struct line *line, const struct msg *msg, const struct tunnel *t)
{
    struct buf text = {0};
    buf_addf(&text, "line %llu: ", (unsigned long long)line->number);
    if (msg->found == MSG_OTHER)
        buf_addf(&text, "no dialect");
    else if (msg->found == MSG_UNREAD)
        buf_addf(&text, "%.*s: not understood", STR_ARG(d->knowledge->dialects[msg->dialect].id));
    else
        buf_addf(&text, "%.*s/%.*s", STR_ARG(d->knowledge->dialects[msg->dialect].id),
                 STR_ARG(msg->message->id));
    if (t)
        buf_addf(&text, ", tunnel %.*s", STR_ARG(t->name));
    d->host.trace(d->host.self, buf_str(&text));
    buf_release(&text);
}

// Books the lines that wait, in their order.
static void
book_waiting(struct diag *d, int source)
{
    for (int round = 0; round < AHEAD_ROUNDS; round++)
        for (size_t i = 0; i < d->waiting_count; i++)
            ahead_fetch(&d->waiting[i].ahead, &d->negos, round);
    for (size_t i = 0; i < d->waiting_count; i++) {
        const struct waiting *w = &d->waiting[i];
        const struct tunnel *t = negos_take(&d->negos, d->source[source].log, source, &w->line, &w->msg);
        if (d->host.trace)
            trace_line(d, &w->line, &w->msg, t);
    }
    d->waiting_count = 0;
}

// Is this line of a gateway's state? A source says so by its kind; a file is found out by its first lines,
// before any line of a log, which may stand behind them.
static bool
is_state(struct diag *d, struct source_case *s, const struct line *line, struct msg *msg)
{
    bool gone_by = !s->state && (s->recognised > 0 || s->wonders >= STATE_WONDERS);
    if (!s->told && (gone_by || line->time != LINE_NO_TIME || str_trim(line->raw).len == 0))
        return false;
    int last = s->state_dialect;
    msg_read_state(d->msgs, line, outline_line(&s->outline, line->raw), &last, msg);
    bool begins = msg->found == MSG_READ && msg->message->record != RECORD_NONE && !msg->message->joins;
    s->wonders++;
    if (!s->state && begins) {
        struct msg other;
        int any = -1;
        msg_read(d->msgs, line, -1, &any, &other);
        // A daemon that begins its lines in its own way has not written one that only holds the same words.
        s->state = other.found != MSG_READ ||
                   (d->knowledge->dialects[other.dialect].prefix_count && other.body.at == line->raw.at);
    }
    if (s->state)
        s->state_dialect = last;
    return s->told || (s->state && msg->found == MSG_READ);
}

static void
take_state(struct diag *d, int source, const struct line *line, const struct msg *msg)
{
    struct source_case *s = &d->source[source];
    if (msg->found == MSG_READ) {
        s->recognised++;
        s->spoken[msg->dialect]++;
        records_take(&d->records, &d->knowledge->dialects[msg->dialect], d->end[source], source, line, msg);
        path_seen_take_state(&d->seen, d->end[source], source, line, msg);
    } else {
        s->other++;
    }
}

static void
take_line(struct diag *d, int source, const struct line *line)
{
    struct source_case *s = &d->source[source];
    if (!s->begun && s->follows >= 0)
        d->lines_before[source] =
            d->lines_before[s->follows] + lines_counts(d->source[s->follows].lines).lines;
    s->begun = true;
    s->last_line = d->lines_before[source] + line->number;
    if (line->time != LINE_NO_TIME) {
        if (s->first == LINE_NO_TIME)
            s->first = line->time;
        s->last = line->time;
        s->year_known = line->year_known;
        if (d->since != LINE_NO_TIME && line->time < (line->year_known ? d->since : d->since_any_year))
            return;
    }
    struct msg state;
    if (is_state(d, s, line, &state)) {
        take_state(d, source, line, &state);
        if (d->host.trace)
            trace_line(d, line, &state, NULL);
        return;
    }
    struct waiting *w = &d->waiting[d->waiting_count];
    msg_skim(d->msgs, line, d->dialect, &s->last_dialect, &w->msg);
    if (d->dialect >= 0 && w->msg.found == MSG_OTHER && line->tag.len) { // the user knows better than the tag
        struct line bare = *line;
        bare.tag = STR_NONE;
        msg_skim(d->msgs, &bare, d->dialect, &s->last_dialect, &w->msg);
    }
    if (w->msg.found != MSG_OTHER && line->time != LINE_NO_TIME) {
        if (s->spoke_first == LINE_NO_TIME)
            s->spoke_first = line->time;
        s->spoke_last = line->time;
    }
    if (w->msg.found == MSG_READ) {
        end_note(&d->pairs.about[d->end[source]], &w->msg, &d->arena);
        s->recognised++;
        s->spoken[w->msg.dialect]++;
        path_seen_take(&d->seen, d->msgs, d->end[source], source,
                       str_eq(s->kind, STR("probe")) ? FROM_PROBE : FROM_CAPTURE, line, &w->msg);
        w->line = *line;
        w->line.number = s->last_line;
        ahead_note(&w->ahead, &d->negos, s->log, line, &w->msg);
        if (++d->waiting_count == WAITING || d->host.trace)
            book_waiting(d, source);
        return;
    }
    if (w->msg.found == MSG_UNREAD) {
        s->not_understood++;
        keep_sample(s, source, line);
        if (alarm_in(d->knowledge, w->msg.body)) {
            struct line counted = *line;
            counted.number = s->last_line;
            struct msg msg = w->msg; // its place is that of the next line once those before it are booked
            book_waiting(d, source);
            alarm_take(&d->negos, s->log, source, &counted, &msg);
        }
    } else {
        s->other++;
    }
    if (d->host.trace)
        trace_line(d, line, &w->msg, NULL);
}

void
diag_feed(struct diag *d, int source, const char *bytes, size_t count)
{
    struct source_case *s = &d->source[source];
    struct line line;
    d->paired = false;
    lines_feed(s->lines, bytes, count);
    // With a trace each line has its word, a dialect that the user named and a gateway's state are read
    // whole, and what is older than the user wants is not counted.
    bool all = d->dialect >= 0 || d->host.trace || s->told || d->since != LINE_NO_TIME;
    lines_care(s->lines, all ? NULL : msgs_beginnings(d->msgs));
    while (lines_next(s->lines, &line)) {
        take_line(d, source, &line);
        // One that began in the block before is borrowed from where the next such one will be put.
        if ((uintptr_t)line.raw.at - (uintptr_t)bytes >= count)
            book_waiting(d, source);
    }
    book_waiting(d, source);
    if (s->begun)
        s->last_line = d->lines_before[source] + lines_counts(s->lines).lines;
}

void
diag_source_end(struct diag *d, int source, bool complete, struct str problem)
{
    struct source_case *s = &d->source[source];
    struct line line;
    while (lines_last(s->lines, &line)) {
        take_line(d, source, &line);
        book_waiting(d, source);
    }
    s->complete = complete;
    s->problem = arena_str(&d->arena, problem);
}

void
diag_since(struct diag *d, int64_t time)
{
    d->since = d->since_any_year = time;
    time_t seconds = (time_t)(time / 1000000);
    struct tm day;
    if (time == LINE_NO_TIME || time == INT64_MAX || !gmtime_r(&seconds, &day))
        return;
    day.tm_year = 100;
    d->since_any_year = (int64_t)timegm(&day) * 1000000;
}

void
diag_format(struct diag *d, struct str dialect)
{
    d->dialect = dialect_named(d->knowledge, dialect);
}

void
diag_uncounted(struct diag *d)
{
    d->uncounted = true;
}

struct str
diag_include(const struct diag *d, int source, size_t n)
{
    for (size_t i = 0; i < d->records.record_count; i++) {
        const struct record *r = &d->records.records[i];
        if (r->kind == RECORD_INCLUDE && r->source == source && n-- == 0)
            return record_text(r, "include");
    }
    return STR_NONE;
}

void
diag_tell_no_traffic(struct diag *d)
{
    d->no_traffic = true;
}

static struct surroundings
around(const struct diag *d, const struct tunnel *t)
{
    const struct source_case *s = &d->source[t->source];
    for (int i = t->source + 1; i < d->source_count; i++)
        if (d->source[i].log == t->source && d->source[i].begun)
            s = &d->source[i];
    return (struct surroundings){&d->negos, s->last_line, s->last, d->no_traffic, d->end[t->source]};
}

// A connection that was only loaded has no attempt to speak of; lines of a peer that became another tunnel's
// are gone.
static bool
worth_showing(const struct judged *j)
{
    return j->leaf_count > 0 && (!j->tunnel->stranger || j->walk.stuck != CP_NONE || j->counts < 0);
}

static struct quotes
quotes(const struct diag *d, struct quoted *memo)
{
    return (struct quotes){d->knowledge,    d->msgs,      &d->host,    memo,
                           d->lines_before, d->uncounted, &d->records, &d->seen};
}

// Recognises the tunnels of one end at the other, once for all that was fed.
static const struct pairs *
pairs_of(struct diag *d)
{
    if (!d->both_ends || d->paired)
        return &d->pairs;
    d->paired = true;
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
                            .recognised = s->recognised,
                            .not_understood = s->not_understood,
                            .other = s->other + counts.foreign,
                            .cut = counts.cut,
                            .first = s->first,
                            .last = s->last,
                            .year_known = s->year_known,
                            .complete = s->complete,
                            .problem = arena_str(arena, s->problem)};
    struct str *dialects = ARENA_ARRAY(arena, struct str, d->knowledge->dialect_count);
    for (size_t i = 0; i < d->knowledge->dialect_count; i++)
        if (s->spoken[i])
            dialects[v.dialect_count++] = d->knowledge->dialects[i].id;
    v.dialects = dialects;
    struct proof *samples = ARENA_ARRAY(arena, struct proof, s->sample_count);
    struct quotes q = quotes(d, NULL);
    for (size_t i = 0; i < s->sample_count; i++)
        samples[i] = (struct proof){.source = source,
                                    .line = s->samples[i].line,
                                    .offset = s->samples[i].offset,
                                    .time = s->samples[i].time,
                                    .year_known = s->samples[i].year_known,
                                    .text = quote_text(&q, &s->samples[i], arena),
                                    .count = 1};
    v.samples = samples;
    v.sample_count = s->sample_count;
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
make_row(struct diag *d, const struct pairs *p, size_t place, struct quotes *q, struct arena *scratch,
         struct tunnel_row *row)
{
    const struct tunnel *t = d->negos.tunnels[place];
    if (d->both_ends) {
        struct pairs as_seen;
        struct two *two = ARENA_NEW(scratch, struct two);
        if (!pair_stands(p, &d->negos, place))
            return false;
        judge_two(d, p, place, &as_seen, q, scratch, two);
        if (!worth_showing(&two->judged[0]))
            return false;
        *row = view_row_of_two(two);
        if (d->negos.tunnel_count <= DETAILED)
            add_details(&two->facts[0], row);
        return true;
    }
    const struct surroundings s = around(d, t);
    struct judged j;
    judge_tunnel(t, &s, -1, &j);
    if (!worth_showing(&j))
        return false;
    struct facts f = {.judged = &j, .quotes = q, .arena = scratch};
    records_weigh(&f, &j);
    path_weigh(&f, &j);
    *row = view_row(&f);
    if (d->negos.tunnel_count <= DETAILED)
        add_details(&f, row);
    return true;
}

struct view *
diag_view(struct diag *d)
{
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
    struct arena scratch = {0};
    for (size_t i = 0; i < d->negos.tunnel_count; i++) {
        struct quoted memo[QUOTE_MEMO] = {{0}};
        struct quotes q = quotes(d, memo);
        struct tunnel_row r;
        if (make_row(d, p, i, &q, &scratch, &r)) {
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
    view_sort(rows, v->row_count);
    v->rows = rows;
    struct quotes q = quotes(d, NULL);
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

const struct tunnel_view *
diag_tunnel(struct diag *d, uint32_t id, int attempt, struct arena *arena)
{
    // Ids are handed out in order and tunnels never change their place.
    size_t low = 0, high = d->negos.tunnel_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->negos.tunnels[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == d->negos.tunnel_count || d->negos.tunnels[low]->id != id)
        return NULL;
    struct quoted memo[QUOTE_MEMO] = {{0}};
    struct quotes q = quotes(d, memo);
    if (d->both_ends && attempt < 0 && pair_stands(pairs_of(d), &d->negos, low)) {
        struct pairs *as_seen = ARENA_NEW(arena, struct pairs);
        struct two *two = ARENA_NEW(arena, struct two);
        judge_two(d, pairs_of(d), low, as_seen, &q, arena, two);
        return view_tunnel(&two->facts[0], &two->judged[0]);
    }
    const struct surroundings s = around(d, d->negos.tunnels[low]);
    struct judged *j = ARENA_NEW(arena, struct judged);
    judge_tunnel(d->negos.tunnels[low], &s, -1, j);
    if (attempt >= 0 && attempt < j->leaf_count)
        judge_tunnel(d->negos.tunnels[low], &s, j->leaf_count - 1 - attempt, j);
    struct facts f = {.judged = j, .quotes = &q, .arena = arena};
    records_weigh(&f, j);
    path_weigh(&f, j);
    return view_tunnel(&f, j);
}

void
diag_path(struct diag *d, const struct tunnel_view *t, struct arena *arena, struct path *p)
{
    struct quotes q = quotes(d, NULL);
    path_seen_give(&d->seen, (struct seen_ask){.peer = t ? t->row.peer : STR_NONE, .end = -1}, &q, arena, p);
    if (t)
        path_tunnel_give(t, t->row.nat, p);
}

void
diag_read(struct diag *d, struct str raw, struct str dialect, struct reading *r)
{
    int last = -1;
    struct msg msg;
    envelope_parse(raw, &r->line);
    msg_read(d->msgs, &r->line, dialect.len ? dialect_named(d->knowledge, dialect) : -1, &last, &msg);
    if (msg.found != MSG_READ && !dialect.len) {
        struct msg state;
        int any = -1;
        msg_read_state(d->msgs, &r->line, str_trim(raw), &any, &state);
        if (state.found == MSG_READ)
            msg = state;
    }
    r->dialect = msg.dialect < 0 ? NULL : &d->knowledge->dialects[msg.dialect];
    r->message = msg.message;
    r->template = !r->dialect || msg.template <0 ? NULL : &r->dialect->templates[msg.template];
    r->fit = msg.fit;
    r->body = msg.body.at ? (size_t)(msg.body.at - raw.at) : 0;
    r->slots = msg.slots;
}
