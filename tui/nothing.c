#include "tui/nothing.h"

#include "diag/text.h"
#include "tui/figures.h"
#include "tui/hindered.h"
#include "tui/theme.h"
#include "tui/words.h"

// How many lines a source had, as what they were taken, and which were not understood.
static void
say_source(const struct source_view *source, const struct canvas *c, int w, struct prose *text)
{
    prose_gap(text);
    if (source->lines)
        prose_addf(
            text, c, w, 1, 1, LOOK_PLAIN, -1,
            P_("%llu line was read: %llu understood, %llu of an IKE daemon but not understood, %llu of "
               "other programs.",
               "%llu lines were read: %llu understood, %llu of an IKE daemon but not understood, %llu "
               "of other programs.",
               source->lines),
            (unsigned long long)source->lines, (unsigned long long)source->recognised,
            (unsigned long long)source->not_understood, (unsigned long long)source->other);
    else if (!source->problem.len && str_eq(source->kind, STR("journal")))
        prose_addf(text, c, w, 1, 1, LOOK_PLAIN, -1, _("%.*s: this journal holds no line of an IKE daemon."),
                   STR_ARG(str_eq(source->name, STR("journal:")) ? STR("journal") : source->name));
    else if (!source->problem.len)
        prose_addf(text, c, w, 1, 1, LOOK_PLAIN, -1, _("%.*s is empty."), STR_ARG(source->name));
    if (source->before)
        prose_addf(text, c, w, 1, 1, LOOK_SUSPECT, -1,
                   P_("%llu line is left out: it is older than the time that you chose.",
                      "%llu lines are left out: they are older than the time that you chose.",
                      source->before),
                   (unsigned long long)source->before);
    if (source->problem.len)
        problem_mention(source, c, w, text);
    struct buf cut = {0};
    figures_cut(source, &cut);
    if (cut.len)
        prose_add(text, c, w, 1, 1, LOOK_SUSPECT, -1, buf_str(&cut));
    buf_release(&cut);
    for (size_t n = 0; n < source->sample_count; n++)
        prose_addf(text, c, w, 3, 5, LOOK_PLAIN, -1, "L%llu  %.*s",
                   (unsigned long long)source->samples[n].line, STR_ARG(source->samples[n].text));
}

// Those that lines were compared with: all, or the one that was chosen.
static void
say_formats(const struct session *s, const struct canvas *c, int w, struct prose *text)
{
    const struct knowledge *k = s->view->knowledge;
    const char *chosen = s->opened ? s->opened->format : NULL;
    struct buf tried = {0};
    for (size_t i = 0; i < k->dialect_count; i++) {
        if (chosen ? !str_eq(k->dialects[i].id, str_of(chosen)) : k->dialects[i].state)
            continue;
        buf_add(&tried, tried.len ? STR(", ") : STR(""));
        buf_add(&tried, k->dialects[i].title);
    }
    prose_gap(text);
    prose_addf(text, c, w, 1, 1, LOOK_DIM, -1, _("Formats tried: %.*s."), STR_ARG(buf_str(&tried)));
    buf_release(&tried);
}

// What the configurations of both ends let expect: the first difference, and all that would come behind it.
static void
say_predicted(const struct session *s, const struct predicted *p, const struct canvas *c, int w,
              struct prose *text)
{
    prose_gap(text);
    if (p->checkpoint == CP_NONE)
        prose_addf(text, c, w, 1, 4, LOOK_STRONG, -1, _("A %.*s, B %.*s: nothing speaks against it."),
                   STR_ARG(p->name[0]), STR_ARG(p->name[1]));
    else
        prose_addf(text, c, w, 1, 4, LOOK_FAILED, -1, _("A %.*s, B %.*s: will fail at %.*s."),
                   STR_ARG(p->name[0]), STR_ARG(p->name[1]),
                   STR_ARG(s->view->knowledge->checkpoint[p->checkpoint].title));
    for (size_t i = 0; i < p->compared_count; i++) {
        const struct compared *one = &p->compared[i];
        if (one->agree == AGREE_NO)
            prose_addf(text, c, w, 3, 5, LOOK_PLAIN, -1, _("%s   A: %.*s   B: %.*s"), _(one->title.at),
                       STR_ARG(one->side[0].text), STR_ARG(one->side[1].text));
    }
}

// Was a configuration read, and no log?
static bool
only_configured(const struct session *s)
{
    const struct knowledge *k = s->view->knowledge;
    bool any = false;
    for (size_t i = 0; i < s->view->source_count; i++)
        for (size_t n = 0; n < s->view->sources[i].dialect_count; n++)
            for (size_t d = 0; d < k->dialect_count; d++) {
                if (!str_eq(k->dialects[d].id, s->view->sources[i].dialects[n]))
                    continue;
                if (!k->dialects[d].state)
                    return false;
                any |= k->dialects[d].configuration;
            }
    return any;
}

// Configurations, without a line of a negotiation.
static void
say_configured(const struct session *s, const struct canvas *c, int w, struct prose *text)
{
    const struct action *add = action_on(SCREEN_TUNNELS, ACT_BOTH);
    const struct source_view *sources = s->view->sources;
    bool unread = false;
    for (size_t i = 0; i < s->view->source_count; i++)
        unread |= sources[i].problem.len && !sources[i].lines;
    prose_add(text, c, w, 1, 1, LOOK_STRONG, -1,
              str_of(session_both(s) ? _("Predicted from the configurations: nothing was negotiated here.")
                     : unread        ? _("Only what is configured could be read, and no log.")
                                     : _("This is a configuration, and no log.")));
    for (size_t i = 0; i < s->view->source_count; i++)
        if (sources[i].problem.len && (!i || !str_eq(sources[i].problem, sources[i - 1].problem)))
            prose_add(text, c, w, 1, 3, LOOK_SUSPECT, -1, sources[i].problem);
    for (size_t i = 0; i < s->view->predicted_count; i++)
        say_predicted(s, &s->view->predicted[i], c, w, text);
    if (s->view->unmatched) {
        prose_gap(text);
        prose_addf(text, c, w, 1, 1, LOOK_SUSPECT, -1,
                   P_("%zu connection has no counterpart at the other end.",
                      "%zu connections have no counterpart at the other end.", s->view->unmatched),
                   s->view->unmatched);
    }
    if (!session_both(s) && add) {
        prose_gap(text);
        prose_addf(text, c, w, 1, 4, LOOK_PLAIN, -1,
                   _("%s  adds the configuration of the other end: both together say what will fail."),
                   _(add->name));
    }
}

// The state of a gateway, without a log: what each line says of a connection, and what that means. False:
// there is nothing of the kind.
static bool
say_stated(const struct session *s, const struct canvas *c, int w, struct prose *text)
{
    size_t count = 0;
    for (size_t i = 0; i < s->view->source_count; i++)
        for (size_t n = 0; n < s->view->sources[i].stated_count; n++) {
            const struct stated *one = &s->view->sources[i].stated[n];
            if (!count++)
                prose_add(text, c, w, 1, 1, LOOK_STRONG, -1, str_of(_("No negotiation was seen.")));
            prose_gap(text);
            prose_addf(text, c, w, 1, 3, LOOK_PLAIN, -1, "L%llu  %.*s", (unsigned long long)one->line.line,
                       STR_ARG(one->line.text));
            prose_add(text, c, w, 3, 3, LOOK_STRONG, -1, one->means);
        }
    if (!count)
        return false;
    prose_gap(text);
    prose_add(
        text, c, w, 1, 1, LOOK_PLAIN, -1,
        str_of(_("This is how it stands. Why something does not stand, only the log of the daemon tells.")));
    return true;
}

bool
nothing_but_capture(const struct session *s)
{
    size_t i = 0;
    while (s->view && i < s->view->source_count && s->view->sources[i].lines &&
           str_eq(s->view->sources[i].kind, STR("capture")))
        i++;
    return i && i == s->view->source_count && !s->view->row_count;
}

// A packet capture, without a log.
static void
say_capture(const struct canvas *c, int w, struct prose *text)
{
    const struct action *path = action_on(SCREEN_TUNNELS, ACT_PATH);
    prose_add(text, c, w, 1, 1, LOOK_STRONG, -1, str_of(_("This is a packet capture, and no log.")));
    prose_gap(text);
    if (path)
        prose_addf(text, c, w, 1, 4, LOOK_PLAIN, -1, "%s  %s", _(path->name), _(path->explain));
    prose_gap(text);
    prose_add(text, c, w, 1, 1, LOOK_PLAIN, -1,
              str_of(_("With the log of a gateway it says more: open that one, and add the capture there.")));
}

enum way { WAY_BACK, WAY_PATH, WAY_OTHER, WAY_LOG };

static enum way
way_of(const struct session *s)
{
    bool hindered = false;
    for (size_t i = 0; s->view && i < s->view->source_count; i++)
        hindered |= s->view->sources[i].hindered_count > 0;
    return !s->view                                 ? WAY_BACK
           : nothing_but_capture(s)                 ? WAY_PATH
           : only_configured(s) && !session_both(s) ? WAY_OTHER
           : hindered                               ? WAY_LOG
                                                    : WAY_BACK;
}

const char *
nothing_next(const struct session *s)
{
    switch (way_of(s)) {
    case WAY_PATH:
        return _("Enter shows what the capture tells of the path");
    case WAY_OTHER:
        return _("Enter adds the configuration of the other end");
    case WAY_LOG:
        return _("Enter opens the log at this line");
    default:
        return session_lines(s) ? _("Enter goes back to choose another log; t chooses its format")
                                : _("Enter goes back to choose another log");
    }
}

struct reply
nothing_go(struct session *s)
{
    switch (way_of(s)) {
    case WAY_PATH:
        return opens(&screen_path);
    case WAY_OTHER:
        return opens(&screen_other);
    case WAY_LOG:
        hindered_place(s->view, &s->source, &s->line);
        return opens(&screen_log);
    default:
        return closes();
    }
}

void
nothing_yet(const struct session *s, struct canvas *c, struct area a)
{
    struct buf text = {0};
    struct prose prose = {0};
    buf_add(&text, str_of(s->progress.problem[0] ? s->progress.problem : _("Reading: ")));
    if (!s->progress.problem[0]) {
        text_count(s->progress.lines, &text);
        buf_add(&text, str_of(P_(" line so far, no tunnel yet ...", " lines so far, no tunnel yet ...",
                                 s->progress.lines)));
    }
    prose_add(&prose, c, a.w - 1, 1, 1, s->progress.problem[0] ? LOOK_FAILED : LOOK_PLAIN, -1,
              buf_str(&text));
    prose_put(&prose, c, a);
    prose_release(&prose);
    buf_release(&text);
}

void
nothing_say(const struct session *s, const struct canvas *c, int w, struct prose *text)
{
    static const int32_t ways[] = {'t', 'o', 'x'};
    if (only_configured(s)) {
        say_configured(s, c, w, text);
        return;
    }
    if (nothing_but_capture(s)) {
        say_capture(c, w, text);
        return;
    }
    bool any = session_lines(s) > 0, hindered = hindered_say(s->view, c, w, text);
    if (hindered)
        prose_gap(text);
    if (say_stated(s, c, w, text))
        return;
    prose_add(text, c, w, 1, 1, LOOK_STRONG, -1,
              str_of(any ? _("No tunnel was found in this log.") : _("There is no line to diagnose.")));
    for (size_t i = 0; i < s->view->source_count; i++)
        say_source(&s->view->sources[i], c, w, text);
    if (!any)
        return;
    prose_gap(text);
    if (!hindered)
        prose_add(text, c, w, 1, 1, LOOK_PLAIN, -1,
                  str_of(_("Is it the right file? The log of the IKE daemon is often apart from the system's "
                           "own.")));
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const struct action *action = action_find(SCREEN_TUNNELS, ways[i]);
        if (action)
            prose_addf(text, c, w, 1, 4, LOOK_PLAIN, -1, "%s  %s", _(action->name), _(action->explain));
    }
    say_formats(s, c, w, text);
}
