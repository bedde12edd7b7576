#include "tui/wizard.h"

#include <langinfo.h>
#include <string.h>

#include "diag/arena.h"
#include "tui/app.h"
#include "tui/term.h"
#include "tui/worker.h"

// One log or several, each for itself.
static struct opening *
opening_of(const struct wizard_options *options)
{
    struct buf title = {0};
    const char *base = strrchr(options->sources[0], '/');
    buf_add(&title, str_of(base && base[1] ? base + 1 : options->sources[0]));
    if (options->source_count > 1)
        buf_addf(&title, " + %d", options->source_count - 1);
    struct opening *o = opening_new(buf_str(&title), (size_t)options->source_count);
    for (int i = 0; i < options->source_count; i++)
        o->parts[i] = arena_str(&o->arena, str_of(options->sources[i])).at;
    o->apart = true;
    buf_release(&title);
    return o;
}

static void
loop(struct terminal *t, struct app *a, struct worker *w, bool ascii)
{
    struct canvas canvas = {.ascii = ascii};
    bool draw = true;
    for (;;) {
        if (draw) {
            int width, height;
            term_size(t, &width, &height);
            canvas_size(&canvas, width, height);
            app_draw(a, &canvas);
            term_show(t, &canvas);
        }
        struct key key;
        enum term_event event = term_wait(t, worker_fd(w), -1, &key);
        if (event == TERM_GONE || event == TERM_QUIT)
            break;
        if (event == TERM_KEY && !app_key(a, key))
            break;
        draw = app_news(a) || event != TERM_NOTHING;
    }
    canvas_release(&canvas);
}

static bool
wants_stdin(const struct wizard_options *options)
{
    for (int i = 0; i < options->source_count; i++)
        if (strcmp(options->sources[i], "-") == 0)
            return true;
    return false;
}

bool
wizard_run(const struct wizard_options *options, struct err *e)
{
    bool tty_input = wants_stdin(options);
    if (!term_usable(tty_input, e))
        return false;
    struct terminal *t = term_open(tty_input, e);
    if (!t)
        return false;
    struct worker *w = worker_new(options->kb, e);
    if (w) {
        struct app *a = app_new(worker_desk(w));
        if (options->source_count)
            app_open(a, opening_of(options));
        loop(t, a, w, options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0);
        term_close(t);
        app_free(a);
        worker_free(w);
        return true;
    }
    term_close(t);
    return false;
}
