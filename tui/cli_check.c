#include "tui/cli.h"

#include "diag/diag.h"
#include "diag/report.h"
#include "diag/text.h"
#include "remote/include.h"
#include "remote/source.h"
#include "tui/cli_order.h"
#include "tui/output.h"
#include "tui/reread.h"
#include "tui/sample.h"
#include "tui/sequence.h"
#include "tui/speakers.h"
#include "tui/words.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { TRACE_BLOCK = 64 * 1024 };

// What is read and where it went: source number i of the case is input number i.
struct input {
    struct source *source;         // NULL when it could not be opened, or
    const struct embedded *sample; // is part of the program
};

struct check {
    struct order_of_check o;
    struct diag *diag;
    struct knowledge *knowledge;
    struct arena arena;
    struct input input[DIAG_SOURCES];
    int inputs;
    struct reread *reread;
    bool unread;           // a source could not be read to its end
    int64_t began, told;   // microseconds of a clock that only goes forward
    bool showing_progress; // a progress line stands on the terminal
    struct output *output, *trace;
    struct buf traced; // what is not written yet
    bool trace_failed;
};

static int64_t
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
clear_progress(struct check *c)
{
    if (c->showing_progress)
        fprintf(stderr, "\r%60s\r", "");
    c->showing_progress = false;
}

static void
show_progress(struct check *c, const struct source *s)
{
    int64_t moment = now();
    if (c->o.progress == CHOICE_NEVER || moment - c->told < 200000 || moment - c->began < 400000)
        return;
    uint64_t taken, total;
    source_progress(s, &taken, &total);
    c->told = moment;
    c->showing_progress = true;
    if (total)
        fprintf(stderr, _("\rreading source %d: %3.0f %% of %.0f MB  "), c->inputs,
                100.0 * (double)taken / (double)total, (double)total / 1e6);
    else
        fprintf(stderr, _("\rreading source %d: %.0f MB  "), c->inputs, (double)taken / 1e6);
}

static void
source_trouble(struct check *c, const char *sentence)
{
    clear_progress(c);
    cli_complain("%s", sentence);
    c->unread = true;
}

static void
read_to_end(struct check *c, int number, struct source *s)
{
    struct err e = {0};
    struct str block;
    for (;;) {
        switch (source_step(s, &block, &e)) {
        case SOURCE_MORE:
            diag_feed(c->diag, number, block.at, block.len);
            break;
        case SOURCE_ASK: // only when somebody is there to answer
        case SOURCE_WAIT: {
            struct pollfd wait = {.fd = source_fd(s), .events = POLLIN};
            poll(&wait, 1, 500);
            break;
        }
        case SOURCE_DONE:
            diag_source_end(c->diag, number, true, STR_NONE);
            return;
        case SOURCE_FAILED:
            diag_source_end(c->diag, number, false, str_of(e.text));
            source_trouble(c, e.text);
            return;
        }
        show_progress(c, s);
    }
}

// What a gateway left out or passed over, a sentence a line.
static void
tell_notes(struct check *c, const struct source *s)
{
    struct source_pull *p = mem_new(sizeof *p);
    unsigned serial;
    clear_progress(c);
    if (source_pull(s, p, &serial))
        for (struct str rest = str_of(p->notes); rest.len;) {
            size_t end = str_find(rest, STR("\n"));
            cli_complain(_("%s: note: %.*s"), source_name(s), (int)end, rest.at);
            rest = str_from(rest, end + 1);
        }
    free(p);
}

// The state of a gateway that came with its log. What of it cannot be had is told, and no failure of the log.
static void
read_beside(struct check *c, struct source *s, int end)
{
    struct err e = {0};
    bool unread = c->unread;
    while (c->inputs < DIAG_SOURCES) {
        struct source *beside = source_beside(s, &e);
        if (!beside)
            break;
        c->input[c->inputs].source = beside;
        int number = diag_source(c->diag, str_of(source_name(beside)), str_of(source_kind(beside)));
        c->inputs++;
        if (end)
            diag_source_of_end(c->diag, number, end);
        read_to_end(c, number, beside);
    }
    c->unread = unread;
}

static void read_input(struct check *c, const char *name, int follows, int end);

// The files that a configuration file includes, each once.
static void
read_included(struct check *c, int number, const struct source *from, int end)
{
    struct err e = {0};
    struct arena arena = {0};
    struct str pattern;
    size_t left = 0;
    for (size_t n = 0; (pattern = diag_include(c->diag, number, n)).len; n++) {
        const char *files[INCLUDE_MOST];
        bool elsewhere;
        size_t count = include_files(source_name(from), pattern, &arena, files, &elsewhere);
        if (elsewhere && !include_elsewhere(source_name(from), pattern, &e)) {
            diag_source_end(c->diag, number, true, str_of(e.text));
            cli_complain("%s", e.text);
        }
        for (size_t i = 0; i < count; i++) {
            bool read = false, known = i < INCLUDE_MOST;
            for (int k = 0; k < c->inputs && known; k++)
                read |= c->input[k].source && strcmp(source_name(c->input[k].source), files[i]) == 0;
            if (!known || (!read && c->inputs == DIAG_SOURCES))
                left++;
            else if (!read)
                read_input(c, files[i], -1, end);
        }
    }
    if (left && !include_left(source_name(from), left, &e)) {
        diag_source_end(c->diag, number, false, str_of(e.text));
        source_trouble(c, e.text);
    }
    arena_release(&arena);
}

static void
read_input(struct check *c, const char *name, int follows, int end)
{
    struct err e = {0};
    struct input *in = &c->input[c->inputs];
    if (sample_is(name))
        in->sample = sample_find(name, &e);
    else
        in->source = source_open(name, &c->o.gateway, &e);
    const char *kind = in->source ? source_kind(in->source) : "file";
    const char *shown = in->source ? source_name(in->source) : name;
    int number = diag_source(c->diag, str_of(shown), str_of(kind));
    c->inputs++;
    if (end)
        diag_source_of_end(c->diag, number, end);
    if (follows >= 0)
        diag_source_follows(c->diag, number, follows);
    if (in->sample) {
        diag_feed(c->diag, number, in->sample->at, in->sample->len);
        diag_source_end(c->diag, number, true, STR_NONE);
    } else if (in->source) {
        read_to_end(c, number, in->source);
        read_beside(c, in->source, end);
        tell_notes(c, in->source);
        read_included(c, number, in->source, end);
    } else {
        diag_source_end(c->diag, number, false, str_of(e.text));
        source_trouble(c, e.text);
    }
}

static size_t
read_input_again(void *self, int source, uint64_t offset, char *into, size_t want)
{
    struct check *c = self;
    const struct input *in = &c->input[source];
    if (in->source)
        return source_read(in->source, offset, into, want);
    if (!in->sample || offset >= in->sample->len)
        return 0;
    size_t left = in->sample->len - (size_t)offset;
    memcpy(into, in->sample->at + offset, want < left ? want : left);
    return want < left ? want : left;
}

static size_t
read_again(void *self, int source, uint64_t offset, char *into, size_t want)
{
    struct check *c = self;
    return reread_get(c->reread, source, offset, into, want);
}

static void
flush_trace(struct check *c)
{
    struct err e = {0};
    if (c->trace && !c->trace_failed && !output_write(c->trace, buf_str(&c->traced), &e)) {
        cli_complain("%s", e.text);
        c->trace_failed = true;
    }
    buf_clear(&c->traced);
}

static void
trace_line(void *self, struct str sentence)
{
    struct check *c = self;
    text_safe(sentence, &c->traced);
    buf_add_char(&c->traced, '\n');
    if (c->traced.len >= TRACE_BLOCK)
        flush_trace(c);
}

static const struct tunnel_view *
give_tunnel(void *self, uint32_t id, struct arena *arena)
{
    struct check *c = self;
    return diag_tunnel(c->diag, id, -1, arena);
}

static void
tell_soon(void *self, uint32_t id)
{
    diag_soon(((struct check *)self)->diag, id);
}

static void
give_path(void *self, const struct tunnel_view *t, struct arena *arena, struct path *p)
{
    diag_path(((struct check *)self)->diag, t, arena, p);
}

static bool
write_report(void *self, struct str bytes, struct err *e)
{
    struct check *c = self;
    return output_write(c->output, bytes, e);
}

static const char *const colours[PAINT_COUNT] = {
    [PAINT_PLAIN] = "\x1b[0m",  [PAINT_STRONG] = "\x1b[1m", [PAINT_GOOD] = "\x1b[32m",
    [PAINT_BAD] = "\x1b[1;31m", [PAINT_DOUBT] = "\x1b[33m", [PAINT_DIM] = "\x1b[2m",
};

static bool
wants_colour(const struct order_of_check *o)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (o->color != CHOICE_AUTO)
        return o->color == CHOICE_ALWAYS;
    return !o->output && isatty(STDOUT_FILENO) && !(no_color && *no_color) && term &&
           strcmp(term, "dumb") != 0;
}

static bool
tunnel_exists(const struct report *r)
{
    for (size_t i = 0; i < r->view->row_count; i++)
        if (report_shows(r, &r->view->rows[i]))
            return true;
    const char *names[256];
    size_t count = 0;
    struct arena arena = {0};
    for (size_t i = 0; i < r->view->row_count && count < sizeof names / sizeof *names; i++)
        names[count++] = arena_str(&arena, r->view->rows[i].name).at;
    const char *nearest = text_nearest(r->only, names, count);
    if (nearest)
        cli_complain(
            _("--tunnel %.*s: cannot report this tunnel: the sources name none like it; the nearest is %s"),
            STR_ARG(r->only), nearest);
    else
        cli_complain(_("--tunnel %.*s: cannot report this tunnel: the sources name none like it"),
                     STR_ARG(r->only));
    arena_release(&arena);
    return false;
}

// The exit status that the findings ask for.
static int
status_of(const struct check *c, const struct report *r)
{
    uint64_t recognised = 0;
    for (size_t i = 0; i < r->view->source_count; i++)
        recognised += r->view->sources[i].recognised;
    if (c->unread)
        return CLI_WRONG;
    if (!recognised)
        return CLI_FOREIGN;
    for (size_t i = 0; i < r->view->row_count; i++) {
        const struct verdict *v = &r->view->rows[i].verdict;
        bool error = v->finding ? v->finding->severity == SEV_ERROR
                                : v->state == ST_FAILED || v->state == ST_SUSPECTED;
        if (v->checkpoint != CP_NONE && error && report_shows(r, &r->view->rows[i]))
            return CLI_FAULT;
    }
    for (size_t i = 0; i < r->view->predicted_count; i++)
        if (r->view->predicted[i].checkpoint != CP_NONE)
            return CLI_FAULT;
    return CLI_GOOD;
}

static int
print_report(struct check *c)
{
    struct err e = {0};
    struct view *view = diag_view(c->diag);
    struct redact *redact = redact_new(c->o.redact, false);
    const struct report r = {
        .view = view,
        .version = IKEWALK_VERSION,
        .self = c,
        .tunnel = give_tunnel,
        .soon = tell_soon,
        .path = give_path,
        .write = write_report,
        .redact = redact,
        .only = str_of(c->o.tunnel),
        .paint = wants_colour(&c->o) ? colours : NULL,
        .say = words_say,
        .ascii = c->o.ascii,
        .seconds = (double)(now() - c->began) / 1e6,
    };
    int status = !c->o.tunnel || tunnel_exists(&r) ? status_of(c, &r) : -1;
    bool good = status >= 0 && (c->o.json ? report_json(&r, &e) : report_text(&r, &e));
    if (good)
        good = output_close(c->output, &e);
    else
        output_drop(c->output);
    c->output = NULL;
    if (!good && status >= 0)
        cli_complain("%s", e.text);
    if (good && c->o.json && redact_masked(redact))
        cli_complain(P_("report: %llu place that looked like a secret is masked",
                        "report: %llu places that looked like secrets are masked", redact_masked(redact)),
                     (unsigned long long)redact_masked(redact));
    redact_free(redact);
    view_free(view);
    return good ? status : CLI_WRONG;
}

static bool
open_outputs(struct check *c)
{
    struct err e = {0};
    if ((c->output = output_open(c->o.output, &e)) &&
        (!c->o.trace || (c->trace = output_open(c->o.trace, &e))))
        return true;
    cli_complain("%s", e.text);
    return false;
}

// The dialect that the person names, before anything is fed.
static bool
choose_dialect(struct check *c)
{
    const char *given = c->o.dialect;
    const char **names = ARENA_ARRAY(&c->arena, const char *, c->knowledge->dialect_count);
    for (size_t i = 0; i < c->knowledge->dialect_count; i++) {
        names[i] = arena_str(&c->arena, c->knowledge->dialects[i].id).at;
        if (strcmp(names[i], given) == 0) {
            diag_format(c->diag, str_of(given));
            return true;
        }
    }
    const char *nearest = text_nearest(str_of(given), names, c->knowledge->dialect_count);
    if (nearest)
        cli_misused("check", _("--dialect %s: cannot read this dialect: there is none; the nearest is %s"),
                    given, nearest);
    else
        cli_misused("check",
                    _("--dialect %s: cannot read this dialect: there is none; \"ikewalk kb list --dialects\" "
                      "names them"),
                    given);
    return false;
}

// All sources of one end, the members of a rotated set in their order.
static void
read_end(struct check *c, const char *const *names, int count, int end)
{
    struct turn turns[DIAG_SOURCES];
    int before = c->inputs;
    int once = sequence_of(names, count, turns);
    if (once < count)
        cli_complain(P_("SOURCE: note: %d name leads to a source that is named before; it is read once",
                        "SOURCE: note: %d names lead to sources that are named before; each is read once",
                        (unsigned long)(count - once)),
                     count - once);
    for (int i = 0; i < once; i++)
        read_input(c, turns[i].name, turns[i].follows < 0 ? -1 : turns[i].follows + before, end);
}

static int
run_check(struct check *c, int count, char **names)
{
    struct diag_host host = {.self = c, .read = read_again, .trace = c->o.trace ? trace_line : NULL};
    if (!c->o.json) // which has escapes of its own
        c->o.ascii = cli_ascii(c->o.ascii, c->o.output);
    c->knowledge = cli_knowledge(c->o.kb);
    if (!c->knowledge)
        return CLI_WRONG;
    c->diag = diag_new(c->knowledge, &host);
    if ((c->o.dialect && !choose_dialect(c)) || !open_outputs(c))
        return CLI_WRONG;
    c->reread = reread_new(read_input_again, c);
    // A moment that has not come yet lies behind every line, whatever year a stamp without one is of.
    bool ahead = c->o.since != LINE_NO_TIME && c->o.since / 1000000 > (int64_t)time(NULL) + 86400;
    if (c->o.since != LINE_NO_TIME)
        diag_since(c->diag, ahead ? INT64_MAX : c->o.since);
    if (c->o.since != LINE_NO_TIME && !ahead)
        c->o.gateway.since = c->o.since / 1000000;
    c->o.gateway.speakers = speakers_of(c->knowledge, &c->arena, &c->o.gateway.speaker_count);
    if (c->o.no_traffic)
        diag_tell_no_traffic(c->diag);
    read_end(c, (const char *const *)names, count, 0);
    read_end(c, c->o.peer_of, c->o.peers, 1);
    clear_progress(c);
    return print_report(c);
}

// Would a file that is written take the place of a log that is read, or standard input be both ends'? The
// exit status when it has been said that it would, else -1.
static int
spare_sources(const struct order_of_check *o, char **names, int count)
{
    const char *const written[2] = {o->output, o->trace};
    for (int w = 0; w < 2; w++)
        for (int i = 0; i < count + o->peers; i++)
            if (written[w] && sequence_is_same(written[w], i < count ? names[i] : o->peer_of[i - count]))
                return cli_misused("check", _("%s: cannot write there: it is one of the sources"),
                                   written[w]);
    for (int i = 0; i < count; i++)
        for (int p = 0; p < o->peers; p++)
            if (strcmp(names[i], "-") == 0 && strcmp(o->peer_of[p], "-") == 0) // a file may serve both ends
                return cli_misused(
                    "check", _("--peer-of -: cannot read standard input twice: it is the log of one end"));
    if (written[0] && written[1] && sequence_is_same(written[0], written[1]))
        return cli_misused("check", _("%s: cannot write there: it is to hold the report and the trace"),
                           written[0]);
    return -1;
}

static int
finish(struct check *c, int status)
{
    struct err e = {0};
    output_drop(c->output);
    flush_trace(c);
    if (c->trace && !c->trace_failed && !output_close(c->trace, &e)) {
        cli_complain("%s", e.text);
        status = CLI_WRONG;
    } else if (c->trace_failed) {
        output_drop(c->trace);
        status = CLI_WRONG;
    }
    buf_release(&c->traced);
    diag_free(c->diag);
    reread_free(c->reread);
    for (int i = 0; i < c->inputs; i++)
        source_close(c->input[i].source);
    arena_release(&c->arena);
    knowledge_free(c->knowledge);
    return status;
}

int
cli_check(int argc, char **argv)
{
    struct check c = {.began = now()};
    int status = order_read(&c.o, argc, argv);
    if (status >= 0)
        return status;
    if (argc - optind + c.o.peers > DIAG_SOURCES)
        return cli_misused("check", _("SOURCE: cannot read so many at once: %d are the most"), DIAG_SOURCES);
    if ((status = spare_sources(&c.o, argv + optind, argc - optind)) >= 0)
        return status;
    return finish(&c, run_check(&c, argc - optind, argv + optind));
}
