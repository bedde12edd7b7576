#include "tui/nothing.h"

#include "tui/keys.h"
#include "tui/prose.h"
#include "tui/theme.h"
#include "tui/words.h"

// How many lines a source had, as what they were taken, and which were not understood.
static void
say_source(const struct source_view *source, struct canvas *c, int w, struct prose *text)
{
    prose_gap(text);
    if (source->lines)
        prose_addf(text, c, w, 1, 1, LOOK_PLAIN, -1,
                   _("%llu lines were read: %llu understood, %llu of an IKE daemon but not understood, %llu "
                     "of other programs."),
                   (unsigned long long)source->lines, (unsigned long long)source->recognised,
                   (unsigned long long)source->not_understood, (unsigned long long)source->other);
    else if (!source->problem.len)
        prose_addf(text, c, w, 1, 1, LOOK_PLAIN, -1, _("%.*s is empty."), STR_ARG(source->name));
    if (source->problem.len)
        prose_add(text, c, w, 1, 1, LOOK_SUSPECT, -1, source->problem);
    for (size_t n = 0; n < source->sample_count; n++)
        prose_addf(text, c, w, 3, 5, LOOK_PLAIN, -1, "L%llu  %.*s",
                   (unsigned long long)source->samples[n].line, STR_ARG(source->samples[n].text));
}

static void
say_formats(const struct knowledge *k, struct canvas *c, int w, struct prose *text)
{
    struct buf tried = {0};
    for (size_t i = 0; i < k->dialect_count; i++) {
        if (k->dialects[i].state)
            continue;
        buf_add(&tried, tried.len ? STR(", ") : STR(""));
        buf_add(&tried, k->dialects[i].title);
    }
    prose_gap(text);
    prose_addf(text, c, w, 1, 1, LOOK_DIM, -1, _("Formats tried: %.*s."), STR_ARG(buf_str(&tried)));
    buf_release(&tried);
}

void
nothing_draw(const struct session *s, struct canvas *c, struct area a)
{
    static const int32_t ways[] = {'t', 'o', 'x'};
    struct prose text = {0};
    size_t top = 0;
    bool any = session_lines(s) > 0;
    prose_add(&text, c, a.w - 1, 1, 1, LOOK_STRONG, -1,
              str_of(any ? _("No tunnel was found in this log.") : _("There is no line to diagnose.")));
    for (size_t i = 0; i < s->view->source_count; i++)
        say_source(&s->view->sources[i], c, a.w - 1, &text);
    if (any) {
        prose_gap(&text);
        prose_add(&text, c, a.w - 1, 1, 1, LOOK_PLAIN, -1,
                  str_of(_("Is it the right file? The log of the IKE daemon is often apart from the system's "
                           "own.")));
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            const struct action *action = action_find(SCREEN_TUNNELS, ways[i]);
            if (action)
                prose_addf(&text, c, a.w - 1, 1, 4, LOOK_PLAIN, -1, "%s  %s", _(action->name),
                           _(action->explain));
        }
        say_formats(s->view->knowledge, c, a.w - 1, &text);
    }
    prose_draw(&text, c, a, -1, false, &top);
    prose_release(&text);
}
