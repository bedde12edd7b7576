#include "tui/export.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "diag/report.h"
#include "tui/copy.h"
#include "tui/evidence.h"
#include "tui/output.h"
#include "tui/session.h"
#include "tui/words.h"

// A sample holds the lines around the evidence, or the beginning of a log in which nothing was recognised.
enum { SAMPLE_AROUND = 6, SAMPLE_START = 60, SAMPLE_MOST = 400 };

struct exporting {
    struct casefile *file;
    const struct export_ask *ask;
    struct exported *x;
    struct output *output; // NULL: only looked at
    bool (*interrupted)(void *self);
    void *self;
    bool full;   // nothing more is wanted: the preview is complete
    bool failed; // or it is full
    struct report report;
    size_t named; // bytes of the report that gave out stand-ins
};

static const struct tunnel_view *
give_tunnel(void *self, uint32_t id, struct arena *arena)
{
    struct exporting *e = self;
    return diag_tunnel(casefile_diag(e->file), id, -1, arena);
}

static bool
take_bytes(void *self, struct str bytes, struct err *e)
{
    struct exporting *x = self;
    size_t most = x->ask->whole_text ? COPY_MOST : EXPORT_PREVIEW;
    struct buf *text = &x->x->text;
    size_t room = text->len < most ? most - text->len : 0;
    x->x->bytes += bytes.len;
    x->x->all = x->x->all && bytes.len <= room;
    buf_add(text, (struct str){bytes.at, bytes.len < room ? bytes.len : room});
    x->full = !x->output && !x->x->all;
    if (x->output && !output_write(x->output, bytes, e))
        x->failed = true;
    else if (x->full || x->interrupted(x->self))
        x->failed = !err_set(e, ERR_CANCEL, _("export: given up"));
    return !x->failed;
}

// What stands in front of a report for people: when it was made, and by what.
static bool
put_title(struct exporting *x, struct err *e)
{
    struct buf title = {0};
    char day[32] = "";
    struct tm parts;
    time_t moment = (time_t)x->ask->now;
    if (gmtime_r(&moment, &parts))
        strftime(day, sizeof day, "%d %b %Y %H:%M", &parts);
    bool md = x->ask->format == EXPORT_MARKDOWN;
    buf_addf(&title,
             md ? _("# ikewalk report, %s UTC\n\nikewalk %s. ") : _("ikewalk report, %s UTC, ikewalk %s\n"),
             day, IKEWALK_VERSION);
    report_clean(&x->report, str_of(x->ask->before), false, &title);
    buf_add(&title, md ? STR("\n\n") : x->ask->before[0] ? STR("\n\n") : STR("\n"));
    bool good = take_bytes(x, buf_str(&title), e);
    buf_release(&title);
    return good;
}

// One line of the log as it may be shown.
static bool
put_line(struct exporting *x, const struct book_walk *walk, const char *indent, bool numbered, struct err *e)
{
    struct buf line = {0};
    buf_addf(&line, "%s", indent);
    if (numbered)
        buf_addf(&line, "L%llu  ", (unsigned long long)walk->number);
    report_clean(&x->report, walk->text, true, &line);
    if (walk->length > walk->text.len)
        buf_addf(&line, P_(" [%llu byte more]", " [%llu bytes more]", walk->length - walk->text.len),
                 (unsigned long long)(walk->length - walk->text.len));
    buf_add_char(&line, '\n');
    bool good = take_bytes(x, buf_str(&line), e);
    buf_release(&line);
    return good;
}

static bool
put_log(struct exporting *x, struct err *e)
{
    const struct view *v = x->report.view;
    const char *indent = x->ask->format == EXPORT_MARKDOWN ? "    " : "  ";
    for (size_t i = 0; i < v->source_count; i++) {
        struct book *book = casefile_book(x->file, (int)i);
        struct buf title = {0};
        buf_addf(&title, "\n%s", x->ask->format == EXPORT_MARKDOWN ? "## " : "");
        report_clean(&x->report, redact_file(x->report.redact, v->sources[i].name), true, &title);
        buf_add(&title, STR("\n\n"));
        bool good = take_bytes(x, buf_str(&title), e);
        buf_release(&title);
        struct book_walk walk = {0};
        if (book)
            book_walk_to(&walk, book, 1);
        while (good && book && book_walk_next(&walk))
            good = put_line(x, &walk, indent, true, e);
        book_walk_release(&walk);
        if (!good)
            return false;
    }
    return true;
}

static void
put_gap(struct exporting *x, uint64_t count, struct err *e)
{
    struct buf line = {0};
    buf_addf(&line, P_("[... %llu line left out ...]\n", "[... %llu lines left out ...]\n", count),
             (unsigned long long)count);
    take_bytes(x, buf_str(&line), e);
    buf_release(&line);
}

// The lines from first to last of a book, at most `left` of them; returns how many may still come.
static size_t
put_stretch(struct exporting *x, struct book *book, uint64_t first, uint64_t last, size_t left, struct err *e)
{
    struct book_walk walk = {0};
    book_walk_to(&walk, book, first);
    while (left && walk.number < last && book_walk_next(&walk) && put_line(x, &walk, "", false, e))
        left--;
    book_walk_release(&walk);
    return left;
}

// The lines around the evidence in one source.
static size_t
put_around(struct exporting *x, struct book *book, const struct evidence *evidence, size_t left,
           struct err *e)
{
    uint64_t done = 0;
    for (size_t n = 0; left && !x->failed && n < evidence->count; n++) {
        uint64_t line = evidence->lines[n], last = line + SAMPLE_AROUND;
        uint64_t first = line > done + SAMPLE_AROUND ? line - SAMPLE_AROUND : done + 1;
        last = last < book_lines(book) ? last : book_lines(book);
        if (last <= done)
            continue;
        if (first > done + 1)
            put_gap(x, first - done - 1, e);
        left = put_stretch(x, book, first, last, left, e);
        done = last;
    }
    return left;
}

// Of each source the lines around the evidence of the tunnel, as they stand in the log, for those who have to
// read them with their own eyes or tools; without a tunnel the beginning.
static bool
put_sample(struct exporting *x, struct err *e)
{
    struct arena arena = {0};
    const struct tunnel_view *t =
        x->ask->tunnel == TUNNEL_NONE ? NULL : give_tunnel(x, x->ask->tunnel, &arena);
    size_t left = SAMPLE_MOST;
    for (size_t i = 0; left && !x->failed && i < x->report.view->source_count; i++) {
        struct book *book = casefile_book(x->file, (int)i);
        struct evidence evidence = {0};
        evidence_gather(&evidence, t, (int)i);
        if (book && !t)
            left = put_stretch(x, book, 1, SAMPLE_START, left, e);
        else if (book)
            left = put_around(x, book, &evidence, left, e);
        evidence_release(&evidence);
    }
    arena_release(&arena);
    return !x->failed;
}

static bool
drop_bytes(void *self, struct str bytes, struct err *e)
{
    struct exporting *x = self;
    x->named += bytes.len;
    return (x->named < COPY_MOST && !x->interrupted(x->self)) ||
           err_set(e, ERR_CANCEL, _("export: given up"));
}

// Stand-ins are given out in the order of the report, whatever is written: a name has one in all files of a
// case.
static void
name_all(struct exporting *x)
{
    struct report report = x->report;
    struct err e = {0};
    report.write = drop_bytes;
    report.leave_out = 0;
    report_text(&report, &e);
    x->x->masked = redact_masked(report.redact); // these are not written
}

static bool
put_all(struct exporting *x, struct err *e)
{
    if (x->ask->hide)
        name_all(x);
    switch (x->ask->format) {
    case EXPORT_JSON:
        return report_json(&x->report, e);
    case EXPORT_SAMPLE:
        report_learn(&x->report);
        return put_sample(x, e);
    case EXPORT_MARKDOWN:
        if (!put_title(x, e) || !report_md(&x->report, e))
            return false;
        break;
    default:
        if (!put_title(x, e) || !report_text(&x->report, e))
            return false;
    }
    return !x->ask->whole_log || put_log(x, e);
}

static bool
open_target(struct exporting *x, struct err *e)
{
    if (!x->ask->path[0])
        return true;
    x->output = x->ask->replace ? output_open(x->ask->path, e) : output_new(x->ask->path, e);
    return x->output != NULL;
}

struct exported *
export_make(struct casefile *file, const struct export_ask *ask, bool (*interrupted)(void *self), void *self)
{
    struct exported *x = mem_new(sizeof *x);
    struct err e = {0};
    x->serial = ask->serial;
    x->all = true;
    if (!file) {
        snprintf(x->problem, sizeof x->problem, "%s", _("export: no log is open any more"));
        return x;
    }
    struct view *view = diag_view(casefile_diag(file));
    struct redact *redact = redact_new(ask->hide, ask->subnets);
    redact_only(redact, ask->kinds);
    struct exporting exporting = {.file = file,
                                  .ask = ask,
                                  .x = x,
                                  .interrupted = interrupted,
                                  .self = self,
                                  .report = {.view = view,
                                             .version = IKEWALK_VERSION,
                                             .self = &exporting,
                                             .tunnel = give_tunnel,
                                             .write = take_bytes,
                                             .redact = redact,
                                             .only_id = ask->tunnel == TUNNEL_NONE ? NULL : &ask->tunnel,
                                             .leave_out = ask->leave_out,
                                             .say = words_say,
                                             .seconds = -1}};
    bool good = open_target(&exporting, &e) && put_all(&exporting, &e);
    if (exporting.output && good)
        x->written = output_close(exporting.output, &e);
    else
        output_drop(exporting.output);
    x->exists = ask->path[0] && !ask->replace && e.kind == ERR_EXISTS;
    if (!exporting.full && (!good || (ask->path[0] && !x->written)))
        snprintf(x->problem, sizeof x->problem, "%s", e.text);
    x->masked = redact_masked(redact) - x->masked;
    redact_free(redact);
    view_free(view);
    return x;
}
