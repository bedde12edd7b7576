#include "diag/alarm.h"
#include "diag/block.h"
#include "diag/diag_inside.h"
#include "diag/envelope.h"
#include "diag/rare.h"
#include "diag/taking.h"
#include "diag/wrapping.h"

#include <stdlib.h>
#include <time.h>

// A configuration may say much of other things before it comes to a connection.
enum { STATE_WONDERS = 500 };

struct diag *
diag_new(const struct knowledge *knowledge, const struct diag_host *host)
{
    struct diag *d = mem_new(sizeof *d);
    d->knowledge = knowledge;
    d->host = *host;
    d->msgs = msgs_new(knowledge);
    d->recall = recall_new();
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
        turn_release(&d->source[i].turn);
        free(d->source[i].spoken);
    }
    negos_release(&d->negos);
    records_release(&d->records);
    path_seen_release(&d->seen);
    msgs_free(d->msgs);
    recall_free(d->recall);
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
    *s = (struct source_case){.lines = lines_new(d->source_count),
                              .relays = {.msgs = d->msgs},
                              .log = d->source_count,
                              .follows = -1};
    s->last_dialect = s->state_dialect = -1;
    s->name = arena_str(&d->arena, name);
    s->kind = arena_str(&d->arena, kind);
    s->told = s->state = str_eq(kind, STR("status"));
    s->origin = str_eq(kind, STR("probe")) ? FROM_PROBE : FROM_CAPTURE;
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
    if (s->sample_count == SAMPLES)
        return;
    struct line counted = *line;
    counted.number = turn_number(s->turn.last, line->number);
    s->samples[s->sample_count++] = event_line_of(&counted, source);
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
    for (int round = 0; ahead_pays(&d->negos) && round < AHEAD_ROUNDS; round++)
        for (size_t i = 0; i < d->waiting_count; i++)
            ahead_fetch(&d->waiting[i].ahead, &d->negos, round);
    for (size_t i = 0; i < d->waiting_count; i++) {
        const struct waiting *w = &d->waiting[i];
        const struct tunnel *t = negos_take(&d->negos, d->source[source].log, source, &w->line, &w->msg);
        struct str local = d->negos.named->slot[SLOT_LOCAL];
        if (local.len)
            end_note(&d->pairs.about[d->end[source]], local, &d->arena);
        if (d->host.trace)
            trace_line(d, &w->line, &w->msg, t);
    }
    d->waiting_count = 0;
}

// May this line be of a gateway's state? A source says so by its kind; a file is found out by its first
// lines, before any line of a log, which may stand behind them, or by those behind a command.
static bool
may_be_state(struct source_case *s, const struct line *line)
{
    if (s->told || line->time != LINE_NO_TIME) {
        s->shown = false;
        return s->told;
    }
    if (wrapping_typed(line->raw)) {
        s->shown = true;
        s->wonders = 0;
    }
    bool open = s->state || ((s->recognised == 0 || s->shown) && s->wonders < STATE_WONDERS);
    return open && str_trim(line->raw).len > 0;
}

// Is this statement of such a line?
static bool
is_state(struct diag *d, struct source_case *s, const struct line *line, struct str piece, struct msg *msg)
{
    int last = s->state_dialect;
    msg_read_state(d->msgs, line, outline_line(&s->outline, piece), &last, msg);
    bool begins = msg->found == MSG_READ && msg->message->record != RECORD_NONE && !msg->message->joins;
    s->wonders++;
    if (!s->state && begins) {
        struct msg other;
        int any = -1;
        msg_read(d->msgs, line, -1, &any, &other);
        // A daemon that begins its lines in its own way has not written one that only holds the same words.
        s->state = other.found != MSG_READ || (d->knowledge->dialects[other.dialect].prefix_count &&
                                               other.body.at == str_trim(line->raw).at);
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
        s->spoken[msg->dialect]++;
        records_take(&d->records, &d->knowledge->dialects[msg->dialect], d->end[source], source, line, msg);
        path_seen_take_state(&d->seen, d->end[source], source, line, msg);
    }
    if (d->host.trace)
        trace_line(d, line, msg, NULL);
}

// Is what was read a daemon's line, or one of a gateway's state? Much that others write fits some message
// too: a row of a table looks like a debug, the end of a block like that of a listing. So it bears the
// daemon's name, begins in the daemon's own way, or means something. What was guessed to be a name and is
// read as the message's first word is none.
static bool
is_of_ike(const struct line *line, const struct msg *msg)
{
    const struct message *m = msg->message;
    bool named = line->tag.len && msg->body.at >= line->body.at;
    struct str front = {line->body.at, 0};
    if (front.at && msg->body.at > front.at && msg->body.at <= front.at + line->body.len)
        front.len = (size_t)(msg->body.at - front.at);
    return named || str_trim(front).len || m->event >= 0 || m->setting_count ||
           (m->record != RECORD_NONE && !m->joins);
}

// Takes a line that may be of a gateway's state, statement by statement; false: it is none.
RARE static bool
take_states(struct diag *d, int source, const struct line *line)
{
    struct source_case *s = &d->source[source];
    bool taken = false, read = false;
    struct str rest = line->raw;
    do {
        struct msg msg;
        if (is_state(d, s, line, outline_piece(&rest), &msg)) {
            take_state(d, source, line, &msg);
            taken = true;
            read |= msg.found == MSG_READ;
            s->of_ike |= msg.found == MSG_READ && (s->told || is_of_ike(line, &msg));
        }
    } while (rest.len);
    s->recognised += read;
    s->other += taken && !read;
    return taken;
}

// A second copy of what the daemon said under another of its names: counted, and no event of its own.
static bool
is_copy(struct diag *d, struct source_case *s, const struct line *line, const struct msg *msg)
{
    if (msg->found == MSG_OTHER || line->tag.len == 0 || (s->twice && twice_one_way(s->twice, line, msg)))
        return false;
    const struct dialect *dialect = &d->knowledge->dialects[msg->dialect];
    if (dialect->daemon_count + dialect->relay_count < 2)
        return false;
    if (!s->twice)
        s->twice = ARENA_NEW(&d->arena, struct twice);
    if (!twice_said(s->twice, line, msg, dialect))
        return false;
    s->recognised++;
    s->spoken[msg->dialect]++;
    if (d->host.trace)
        trace_line(d, line, msg, NULL);
    return true;
}

// Takes the line in the next place of those that wait.
static void
take_line(struct diag *d, int source, struct waiting *w)
{
    struct source_case *s = &d->source[source];
    const struct line *line = &w->line;
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
        if (d->since != LINE_NO_TIME && line->time < (line->year_known ? d->since : d->since_any_year)) {
            s->before++;
            return;
        }
    }
    if (may_be_state(s, line) && take_states(d, source, line))
        return;
    msg_skim(d->msgs, d->recall, line, d->dialect, &s->last_dialect, &w->msg);
    // The user knows better than the tag, or those before it do.
    if (w->msg.found == MSG_OTHER && line->tag.len &&
        (d->dialect >= 0 || relays_have(&s->relays, line->tag))) {
        struct line bare = *line;
        bare.tag = STR_NONE;
        bare.writer = 0;
        msg_skim(d->msgs, d->recall, &bare, d->dialect, &s->last_dialect, &w->msg);
    }
    if (w->msg.found != MSG_OTHER && line->time != LINE_NO_TIME) {
        if (s->spoke_first == LINE_NO_TIME)
            s->spoke_first = line->time;
        s->spoke_last = line->time;
    }
    if (is_copy(d, s, line, &w->msg))
        return;
    if (w->msg.found == MSG_READ) {
        s->recognised++;
        s->of_ike = s->of_ike || is_of_ike(line, &w->msg);
        s->spoken[w->msg.dialect]++;
        if (w->msg.message->part != PART_NO && !d->spells[source])
            d->spells[source] = block_has_value(d->knowledge, &w->msg);
        path_seen_take(&d->seen, d->msgs, d->end[source], source, s->origin, line, &w->msg);
        w->line.number = s->last_line;
        if (ahead_pays(&d->negos))
            ahead_note(&w->ahead, &d->negos, s->log, line, &w->msg);
        if (++d->waiting_count == WAITING || d->host.trace)
            book_waiting(d, source);
        return;
    }
    if (w->msg.found == MSG_UNREAD && !wrapping_typed(line->raw)) {
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

// Takes the lines that were held, in their order.
static void
take_held(struct diag *d, int source)
{
    struct source_case *s = &d->source[source];
    d->turned[source] = s->turn.last;
    for (struct waiting *w; w = &d->waiting[d->waiting_count], turn_take(&s->turn, &w->line);)
        take_line(d, source, w);
    book_waiting(d, source);
    turn_release(&s->turn);
}

void
diag_take_held(struct diag *d)
{
    for (int i = 0; i < d->source_count; i++) {
        struct source_case *s = &d->source[i];
        if (s->turn.settled || s->turn.count == 0 || s->turn.back >= TURN_STEPS)
            continue;
        turn_end(&s->turn, d->knowledge, d->msgs, d->dialect);
        take_held(d, i);
        d->paired = false;
    }
    negos_take_waiting(&d->negos);
}

static void
take_or_hold(struct diag *d, int source, struct waiting *w)
{
    struct source_case *s = &d->source[source];
    if (s->turn.settled || s->told) { // mostly
        take_line(d, source, w);
        return;
    }
    turn_put(&s->turn, &w->line);
    if (s->turn.settled)
        take_held(d, source);
}

void
diag_feed(struct diag *d, int source, const char *bytes, size_t count)
{
    struct source_case *s = &d->source[source];
    d->paired = false;
    d->nearing = (struct nearing){0};
    lines_feed(s->lines, bytes, count);
    if (!s->told)
        relays_learn(&s->relays, bytes, count);
    // With a trace each line has its word, a dialect that the user named and a gateway's state are read
    // whole, and what is older than the user wants is not counted.
    bool all = d->dialect >= 0 || d->host.trace || s->told || d->since != LINE_NO_TIME;
    lines_care(s->lines, all ? NULL : relays_care, &s->relays, s->turn.settled);
    for (struct waiting *w; w = &d->waiting[d->waiting_count], lines_next(s->lines, &w->line);) {
        take_or_hold(d, source, w);
        // One that began in the block before is borrowed from where the next such one will be put.
        if ((uintptr_t)w->line.raw.at - (uintptr_t)bytes >= count)
            book_waiting(d, source);
    }
    book_waiting(d, source);
    if (lines_passed(s->lines) != LINE_NO_TIME)
        s->last = lines_passed(s->lines);
    if (s->begun)
        s->last_line = d->lines_before[source] + lines_counts(s->lines).lines;
}

void
diag_source_end(struct diag *d, int source, bool complete, struct str problem)
{
    struct source_case *s = &d->source[source];
    while (lines_last(s->lines, &d->waiting[0].line)) {
        take_or_hold(d, source, &d->waiting[0]);
        book_waiting(d, source);
    }
    if (!s->turn.settled && !s->told) {
        turn_end(&s->turn, d->knowledge, d->msgs, d->dialect);
        take_held(d, source);
    }
    s->complete = complete;
    s->problem = problem.len || !s->turn.too_long
                     ? arena_str(&d->arena, problem)
                     : STR("the newest line comes first, and the log is too long to be turned round");
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
    for (size_t i = 0; !d->source[source].told && i < d->records.record_count; i++) {
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
    r->of_ike = msg.message && is_of_ike(&r->line, &msg);
    r->template = !r->dialect || msg.template <0 ? NULL : &r->dialect->templates[msg.template];
    r->fit = msg.fit;
    r->body = msg.body.at ? (size_t)(msg.body.at - raw.at) : 0;
    r->slots = msg.slots;
}
