#include "tui/wizard.h"

#include <langinfo.h>
#include <string.h>
#include <sys/stat.h>

#include "diag/arena.h"
#include "tui/app.h"
#include "tui/catalogues.h"
#include "tui/copy.h"
#include "tui/figures.h"
#include "tui/term.h"
#include "tui/worker.h"

enum { PASTE_PIECE = 64 * 1024 };

// One log or several, each for itself.
static struct opening *
opening_of(const struct wizard_options *options)
{
    struct buf title = {0};
    buf_add(&title, figures_file(str_of(options->sources[0])));
    if (options->source_count > 1)
        buf_addf(&title, " + %d", options->source_count - 1);
    struct opening *o = opening_new(buf_str(&title), (size_t)options->source_count);
    for (int i = 0; i < options->source_count; i++)
        o->parts[i] = arena_str(&o->arena, str_of(options->sources[i])).at;
    o->apart = true;
    buf_release(&title);
    return o;
}

static bool
is_folder(const char *source)
{
    struct stat about;
    return stat(source, &about) == 0 && S_ISDIR(about.st_mode);
}

// Gives the app a key. A paste comes as keys, as fast as the terminal can: it is taken in whole pieces, not
// drawn key by key. Returns what else happened meanwhile, TERM_KEY when the user leaves.
static enum term_event
take_keys(struct terminal *t, struct app *a, struct key key)
{
    enum term_event event = TERM_KEY;
    for (int i = 0; event == TERM_KEY; i++) {
        if (!app_key(a, key))
            return TERM_KEY;
        event = key.pasted && i < PASTE_PIECE ? term_wait(t, -1, 0, &key) : TERM_NOTHING;
    }
    return event;
}

static void
draw(struct terminal *t, struct app *a, struct canvas *canvas)
{
    int width, height;
    term_size(t, &width, &height);
    canvas_size(canvas, width, height);
    app_draw(a, canvas);
    term_mouse(t, app_mouse(a));
    term_show(t, canvas);
}

// False and e when the worker cannot be started.
static bool
loop(struct terminal *t, struct app *a, struct worker *w, bool ascii, struct err *e)
{
    struct canvas canvas = {.ascii = ascii};
    draw(t, a, &canvas);
    bool started = worker_start(w, e);
    while (started) {
        struct key key;
        enum term_event event = term_wait(t, worker_fd(w), -1, &key);
        bool happened = event != TERM_NOTHING;
        if (event == TERM_KEY)
            event = take_keys(t, a, key);
        if (event == TERM_KEY || event == TERM_GONE || event == TERM_QUIT)
            break;
        if (app_news(a) || happened)
            draw(t, a, &canvas);
    }
    canvas_release(&canvas);
    return started;
}

static bool
wants_ascii(const struct settings *s)
{
    bool other = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    return settings_on(s, SET_ASCII) || (other && strcmp(settings_text(s, SET_ASCII), "auto") == 0);
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
    struct err speech;
    if (!term_usable(tty_input, e))
        return false;
    const struct settings *settings = options->settings;
    struct terminal *t = term_open(tty_input, settings_text(settings, SET_THEME), e);
    if (!t)
        return false;
    bool ascii = wants_ascii(settings), left = ascii && !catalogues_ascii(&speech);
    struct worker *w = worker_new(options->kb, e);
    if (w) {
        struct app *a = app_new(worker_desk(w));
        worker_remember(w);
        copy_through(term_copies() ? term_send : NULL);
        app_setup(a, settings_on(settings, SET_REDACT), settings_on(settings, SET_MOUSE), term_pastes());
        if (options->source_count == 1 && is_folder(options->sources[0]))
            app_open_folder(a, options->sources[0]);
        else if (options->source_count)
            app_open(a, opening_of(options));
        else if (options->lesson)
            app_open_lesson(a, options->lesson, options->practice);
        if (options->problem)
            app_notice(a, options->problem);
        else if (left)
            app_notice(a, speech.text);
        bool good = loop(t, a, w, ascii, e);
        term_close(t);
        app_free(a);
        worker_free(w);
        return good;
    }
    term_close(t);
    return false;
}
