#include "tui/hindered.h"

#include "tui/figures.h"
#include "tui/theme.h"
#include "tui/words.h"

bool
hindered_say(const struct view *v, const struct canvas *c, int w, struct prose *text)
{
    bool any = false;
    for (size_t i = 0; i < v->source_count; i++) {
        const struct source_view *source = &v->sources[i];
        if (!source->hindered_count)
            continue;
        const char *title = source->hinders == HINDERS_ALL
                                ? _("The IKE daemon could not work.")
                                : _("The IKE daemon could not load all of its configuration.");
        prose_add(text, c, w, 1, 1, LOOK_FAILED, -1, str_of(title));
        prose_add(text, c, w, 1, 1, LOOK_PLAIN, -1, source->hindrance);
        for (size_t n = 0; n < source->hindered_count; n++) {
            struct buf line = {0};
            const struct proof *p = &source->hindered[n];
            buf_add(&line, p->deciding ? STR("*") : STR(" "));
            figures_proof(p, &line);
            prose_add(text, c, w, 2, 5, LOOK_PLAIN, -1, buf_str(&line));
            buf_release(&line);
        }
        any = true;
    }
    return any;
}

void
hindered_mention(const struct view *v, const struct canvas *c, int w, struct prose *text)
{
    for (size_t i = 0; i < v->source_count; i++) {
        const struct source_view *source = &v->sources[i];
        struct buf line = {0};
        if (!source->hindered_count)
            continue;
        figures_line(&source->hindered[source->hindering], &line);
        if (source->hinders == HINDERS_ALL)
            prose_addf(text, c, w, 1, 1, LOOK_FAILED, -1, _("The IKE daemon could not work (%s): %.*s"),
                       buf_cstr(&line), STR_ARG(source->hindrance));
        else
            prose_addf(text, c, w, 1, 1, LOOK_FAILED, -1,
                       _("The IKE daemon could not load all of its configuration (%s): %.*s"),
                       buf_cstr(&line), STR_ARG(source->hindrance));
        buf_release(&line);
    }
}

void
hindered_place(const struct view *v, int *source, uint64_t *line)
{
    for (size_t i = 0; i < v->source_count; i++) {
        const struct source_view *one = &v->sources[i];
        if (!one->hindered_count)
            continue;
        *source = (int)i;
        *line = one->hindered[one->hindering].line;
    }
}

void
problem_mention(const struct source_view *source, const struct canvas *c, int w, struct prose *text)
{
    struct str said = source->problem;
    size_t colon = str_find(said, STR(": ")), wide = str_find(said, STR("：")); // as Chinese has it
    bool state = str_eq(source->kind, STR("status"));
    size_t skip = colon < wide ? colon + 2 : wide + sizeof "：" - 1;
    if (state && (colon < said.len || wide < said.len))
        prose_addf(text, c, w, 1, 1, LOOK_SUSPECT, -1, "%.*s: %.*s", STR_ARG(source->name),
                   STR_ARG(str_from(said, skip)));
    else
        prose_add(text, c, w, 1, 1, LOOK_SUSPECT, -1, said);
}
