// What the reading side does before and after a log is read: the end of a big log is shown first, and the log
// is offered again at the next start.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "temp_folder.h"

#include "diag/arena.h"
#include "remote/ending.h"
#include "tui/recent.h"
#include "tui/worker.h"
#include "tui/xdg.h"

static const char *
path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void
put_failure(FILE *file, const char *before, const char *name, int serial)
{
    static const char *const lines[] = {
        "initiating IKEv1 Main Mode connection", "sent Main Mode request",
        "ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=12",
        "received and ignored notification payload: NO_PROPOSAL_CHOSEN"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        fprintf(file, "Nov 22 05:26:31%s \"%s\" #%d: %s\n", before, name, serial, lines[i]);
}

// So many lines of another program, and a failing tunnel before and behind them.
static void
write_log(const char *path, int lines)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    put_failure(file, ".1:", "first", 1);
    for (int i = 0; i < lines; i++)
        fprintf(file, "Nov 22 05:26:32 gw other[7]: line %d of a program that is nobody's concern here\n", i);
    put_failure(file, ".1:", "last", 2);
    assert_int_equal(fclose(file), 0);
}

static struct opening *
opening_of(const char *path)
{
    struct opening *o = opening_new(str_of("the log"), 1);
    o->parts[0] = arena_str(&o->arena, str_of(path)).at;
    return o;
}

static bool
has_row(const struct view *v, const char *name)
{
    for (size_t i = 0; i < v->row_count; i++)
        if (str_eq(v->rows[i].name, str_of(name)))
            return true;
    return false;
}

// Waits for the next view; the caller releases the news.
static void
next_view(struct worker *w, struct desk *desk, struct news *n)
{
    for (int i = 0; i < 20000; i++) {
        *n = (struct news){0};
        if (desk->news(desk->self, n) && n->view)
            return;
        news_release(n);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    (void)w;
    fail_msg("no view came");
}

static void
the_end_of_a_big_log_comes_first(void **state)
{
    (void)state;
    struct err e = {0};
    struct worker *w = worker_new(NULL, &e);
    assert_true(w && worker_start(w, &e));
    struct desk desk = worker_desk(w);
    struct news n;
    write_log(path_of("big.log"), 400000);
    desk.open(desk.self, opening_of(path_of("big.log")));
    next_view(w, &desk, &n);
    assert_true(n.progress.newest);
    assert_true(has_row(n.view, "last"));
    assert_false(has_row(n.view, "first"));
    unsigned epoch = n.progress.epoch;
    news_release(&n);
    next_view(w, &desk, &n);
    assert_false(n.progress.newest);
    assert_false(n.progress.reading);
    assert_true(n.progress.epoch != epoch);
    assert_true(has_row(n.view, "last"));
    assert_true(has_row(n.view, "first"));
    news_release(&n);
    worker_free(w);
}

static void
lines_at_the_end_have_no_numbers_yet(void **state)
{
    (void)state;
    struct buf bytes = {0};
    write_log(path_of("big.log"), 400000);
    assert_true(ending_read(path_of("big.log"), 1000, &bytes));
    assert_true(bytes.len <= ENDING_MOST && bytes.len > ENDING_MOST - 200);
    assert_true(str_starts(buf_str(&bytes), STR("Nov 22 "))); // a whole line
    assert_int_equal(bytes.at[bytes.len - 1], '\n');
    buf_clear(&bytes);
    write_log(path_of("small.log"), 10);
    assert_false(ending_read(path_of("small.log"), 100000, &bytes));
    assert_true(ending_read(path_of("small.log"), 100, &bytes)); // all of it, from its first line on
    assert_non_null(strstr(buf_cstr(&bytes), "\"first\""));
    buf_clear(&bytes);
    FILE *file = fopen(path_of("packed.log"), "w");
    assert_non_null(file);
    fwrite("\x1f\x8b\x08\0\0\0\0\0\0\0 and more", 1, 20, file);
    fclose(file);
    assert_false(ending_read(path_of("packed.log"), 0, &bytes));
    assert_false(ending_read(path_of("nothing.log"), 0, &bytes));
    assert_false(ending_read(folder, 0, &bytes));
    assert_int_equal(bytes.len, 0);
    buf_release(&bytes);
}

static void
a_log_that_was_read_is_offered_again(void **state)
{
    (void)state;
    struct err e = {0};
    struct worker *w = worker_new(NULL, &e);
    assert_true(w && worker_start(w, &e));
    struct desk desk = worker_desk(w);
    write_log(path_of("one.log"), 10);
    worker_remember(w);
    desk.open(desk.self, opening_of(path_of("one.log")));
    assert_true(worker_settle(w, 20000));
    worker_free(w);
    struct recents *r = recents_read();
    assert_int_equal(r->count, 1);
    assert_string_equal(r->at[0].title, "the log");
    assert_string_equal(r->at[0].parts[0], path_of("one.log"));
    assert_int_equal(r->at[0].tunnels, 2);
    assert_int_equal(r->at[0].down, 2);
    recents_free(r);

    // The newest in front, each once, no more than there is room for; samples and what is typed are none.
    for (int i = 0; i < 3 * RECENT_MOST; i++) {
        char name[64];
        snprintf(name, sizeof name, "/no \"such\" \\ place/%d\t分支", i % (RECENT_MOST + 3));
        struct opening *o = opening_of(name);
        recents_note(o, (uint64_t)i, 0, i);
        opening_free(o);
    }
    static const char *const passing[] = {"sample:pluto/x.log", "-"};
    for (size_t i = 0; i < 2; i++) {
        struct opening *o = opening_of(passing[i]);
        recents_note(o, 1, 0, 99);
        opening_free(o);
    }
    r = recents_read();
    assert_int_equal(r->count, RECENT_MOST);
    for (size_t i = 0; i < r->count; i++)
        assert_int_equal(r->at[i].when, 3 * RECENT_MOST - 1 - (int)i);
    assert_string_equal(r->at[0].parts[0], "/no \"such\" \\ place/1\t分支");
    recents_free(r);

    // What is no list of ours is an empty one.
    static const char *const rubbish[] = {"",
                                          "recent: 3\n",
                                          "recent:\n  - 7\n",
                                          "[[[[",
                                          "recent:\n  - title: x\n",
                                          "recent:\n  - title: [x]\n    parts: [a]\n"};
    for (size_t i = 0; i < sizeof rubbish / sizeof *rubbish; i++) {
        assert_true(xdg_write(XDG_STATE, RECENT_FILE, str_of(rubbish[i]), &e));
        r = recents_read();
        assert_int_equal(r->count, 0);
        recents_free(r);
    }
}

static void
a_daemon_under_another_name_is_read_as_what_it_is(void **state)
{
    (void)state;
    struct err e = {0};
    struct worker *w = worker_new(NULL, &e);
    assert_true(w && worker_start(w, &e));
    struct desk desk = worker_desk(w);
    struct news n;
    FILE *file = fopen(path_of("renamed.log"), "w");
    assert_non_null(file);
    put_failure(file, " gw vpnd[22]:", "renamed", 1);
    fprintf(file, "Nov 22 05:27:00 gw vpnd[22]: its peer is 192.0.2.7\n");
    for (int i = 0; i < 16; i++) // so much of its own that it passes for no container of a daemon
        fprintf(file, "Nov 22 05:27:00 gw vpnd[22]: alive\n");
    fclose(file);
    desk.open(desk.self, opening_of(path_of("renamed.log")));
    next_view(w, &desk, &n);
    assert_int_equal(n.view->row_count, 0);
    assert_int_equal(n.view->sources[0].sample_count, 1); // the line with an address
    assert_int_equal(n.view->sources[0].samples[0].line, 5);
    news_release(&n);
    struct opening *o = opening_of(path_of("renamed.log"));
    o->format = "pluto";
    desk.open(desk.self, o);
    next_view(w, &desk, &n);
    assert_true(has_row(n.view, "renamed"));
    news_release(&n);
    worker_free(w);
}

// The packs that a user keeps are read by the wizard as they are by the commands.
static void
packs_of_the_user_are_read(void **state)
{
    (void)state;
    struct err e = {0};
    struct news n = {0};
    assert_true(xdg_write(XDG_CONFIG, "packs/own.yaml", STR("nonsense: 1\n"), &e));
    struct worker *w = worker_new(NULL, &e);
    assert_true(w && worker_start(w, &e));
    assert_true(worker_settle(w, 20000));
    struct desk desk = worker_desk(w);
    assert_true(desk.news(desk.self, &n));
    assert_null(n.knowledge);
    assert_non_null(strstr(n.progress.problem, "ikewalk/packs/own.yaml:1:1: "));
    news_release(&n);
    worker_free(w);
    unlink(path_of("ikewalk/packs/own.yaml"));
}

int
main(void)
{
    folder_make();
    setenv("XDG_STATE_HOME", folder, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_of_a_big_log_comes_first),
        cmocka_unit_test(lines_at_the_end_have_no_numbers_yet),
        cmocka_unit_test(a_log_that_was_read_is_offered_again),
        cmocka_unit_test(a_daemon_under_another_name_is_read_as_what_it_is),
        cmocka_unit_test(packs_of_the_user_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
