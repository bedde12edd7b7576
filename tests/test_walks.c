// The screens without a terminal, walked through on real logs as the files tests/screens/*.walk say.
// IKEWALK_WALK_WRITE=1 writes what came out into those files instead of comparing.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "temp_folder.h"

#include "tui/app.h"
#include "tui/worker.h"

static int64_t
stopped_clock(void *self)
{
    (void)self;
    return 1732270931; // 2024-11-22 10:22:11
}

#define GROWING "/tmp/ikewalk-walk.log" // written by "grow", gone when a walk begins

static char ticks[64];

struct walk {
    struct worker *worker;
    struct app *app;
    struct canvas canvas;
};

static void
settle(struct walk *w)
{
    assert_true(worker_settle(w->worker, 10000));
    while (app_news(w->app))
        assert_true(worker_settle(w->worker, 10000));
}

static int32_t
key_named(const char *word)
{
    static const struct {
        const char *name;
        int32_t code;
    } names[] = {{"Enter", K_ENTER}, {"Esc", K_ESC},     {"Up", K_UP},          {"Down", K_DOWN},
                 {"Left", K_LEFT},   {"Right", K_RIGHT}, {"PgDn", K_PAGE_DOWN}, {"PgUp", K_PAGE_UP},
                 {"Tab", K_TAB},     {"Space", ' '}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, word) == 0)
            return names[i].code;
    if (word[1])
        fail_msg("a walk names no key \"%s\"", word);
    return word[0];
}

// Appends the lines from first to last of a recorded log to the one that the walk reads.
static void
add_lines(const char *log, int first, int last)
{
    FILE *from = fopen(log, "r"), *to = fopen(GROWING, "a");
    assert_non_null(from);
    assert_non_null(to);
    char *line = NULL;
    size_t room = 0;
    for (int n = 1; n <= last && getline(&line, &room, from) >= 0; n++)
        if (n >= first)
            fputs(line, to);
    free(line);
    fclose(from);
    assert_int_equal(fclose(to), 0);
}

static struct opening *
opening_of(const char *path)
{
    struct opening *o = opening_new(str_of(strrchr(path, '/') + 1), 1);
    o->parts[0] = arena_str(&o->arena, str_of(path)).at;
    return o;
}

static void
walk_line(struct walk *w, char *line)
{
    int width, height, first, last;
    char log[200];
    if (sscanf(line, "size %dx%d", &width, &height) == 2) {
        canvas_size(&w->canvas, width, height);
    } else if (sscanf(line, "grow %199s %d-%d", log, &first, &last) == 3) {
        settle(w);
        add_lines(log, first, last);
    } else if (strncmp(line, "open ", 5) == 0) {
        char *with = strstr(line, " with "); // the log of the other end
        if (with)
            *with = '\0';
        struct opening *o = opening_of(line + 5);
        o->other = with ? opening_of(with + 6) : NULL;
        app_open(w->app, o);
    } else if (strncmp(line, "keys", 4) == 0) {
        strtok(line, " ");
        for (char *word = strtok(NULL, " "); word; word = strtok(NULL, " ")) {
            settle(w);
            assert_true(app_key(w->app, (struct key){.code = key_named(word)}));
        }
    } else if (*line && *line != '#') {
        fail_msg("a walk cannot say \"%s\"", line);
    }
}

// Appends the picture, each row behind a |.
static void
walk_picture(struct walk *w, struct buf *out)
{
    struct buf picture = {0};
    settle(w);
    canvas_size(&w->canvas, w->canvas.w, w->canvas.h);
    app_draw(w->app, &w->canvas);
    canvas_dump(&w->canvas, &picture);
    struct str rest = buf_str(&picture);
    while (rest.len) {
        size_t end = str_find(rest, STR("\n"));
        buf_addf(out, "|%.*s\n", (int)end, rest.at);
        rest = str_from(rest, end + 1);
    }
    buf_release(&picture);
}

static void
run_walk(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    struct err e = {0};
    struct walk w = {.worker = worker_new(NULL, &e)};
    struct buf was = {0}, is = {0};
    char *line = NULL;
    assert_true(w.worker && worker_start(w.worker, &e));
    size_t room = 0;
    struct desk desk = worker_desk(w.worker);
    desk.now = stopped_clock;
    unlink(GROWING);
    unlink(ticks); // of an earlier walk
    w.app = app_new(desk);
    canvas_size(&w.canvas, 80, 24);
    settle(&w);
    while (getline(&line, &room, file) >= 0) {
        buf_add(&was, str_of(line));
        bool row = line[0] == '|';
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "screen") == 0) {
            buf_add(&is, STR("screen\n"));
            walk_picture(&w, &is);
        } else if (!row) {
            buf_addf(&is, "%s\n", line);
            walk_line(&w, line);
        }
    }
    fclose(file);
    free(line);
    if (getenv("IKEWALK_WALK_WRITE")) {
        file = fopen(path, "w");
        assert_non_null(file);
        fwrite(is.at, 1, is.len, file);
        fclose(file);
    } else if (!str_eq(buf_str(&was), buf_str(&is))) {
        fail_msg("%s shows something else now:\n%s", path, buf_cstr(&is));
    }
    canvas_release(&w.canvas);
    app_free(w.app);
    worker_free(w.worker);
    buf_release(&was);
    buf_release(&is);
}

static int
is_walk(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".walk") == 0;
}

static void
walks_show_what_their_files_say(void **state)
{
    (void)state;
    struct dirent **entries;
    assert_int_equal(chdir(IKEWALK_SOURCE_DIR), 0);
    int count = scandir("tests/screens", &entries, is_walk, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, "tests/screens/%s", entries[i]->d_name);
        run_walk(path);
        free(entries[i]);
    }
    free(entries);
}

int
main(void)
{
    folder_make();
    setenv("XDG_STATE_HOME", folder, 1);
    snprintf(ticks, sizeof ticks, "%s/ikewalk/steps.tsv", folder);
    unsetenv("TMUX");
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {cmocka_unit_test(walks_show_what_their_files_say)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
