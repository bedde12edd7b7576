// The program's own files: the configuration with the origin of each value, and state that is written whole
// or not at all.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "temp_folder.h"

#include "diag/arena.h"
#include "tui/learned.h"
#include "tui/settings.h"
#include "tui/ticks.h"
#include "tui/xdg.h"

static void
write_config(const char *text)
{
    struct err e = {0};
    assert_true(xdg_write(XDG_CONFIG, SETTINGS_FILE, str_of(text), &e));
}

static void
each_value_says_where_it_comes_from(void **state)
{
    (void)state;
    struct settings s;
    struct err e = {0};
    struct buf out = {0};
    unsetenv("NO_COLOR");
    write_config("# mine\ntheme: light\nmouse: no\n");
    assert_true(settings_read(&s, &e));
    assert_string_equal(settings_text(&s, SET_THEME), "light");
    assert_false(settings_on(&s, SET_MOUSE));
    assert_true(settings_option(&s, SET_ASCII, "on", &e));
    settings_print(&s, &out);
    assert_non_null(strstr(buf_cstr(&out), "theme: light      # file, line 2"));
    assert_non_null(strstr(buf_cstr(&out), "mouse: off        # file, line 3"));
    assert_non_null(strstr(buf_cstr(&out), "ascii: on         # option --ascii"));
    assert_non_null(strstr(buf_cstr(&out), "redact: off       # default"));
    assert_non_null(strstr(buf_cstr(&out), folder));
    settings_release(&s);
    setenv("NO_COLOR", "1", 1);
    assert_true(settings_read(&s, &e));
    buf_clear(&out);
    settings_print(&s, &out);
    assert_non_null(strstr(buf_cstr(&out), "theme: mono       # environment: NO_COLOR"));
    settings_release(&s);
    setenv("NO_COLOR", "", 1); // set, but empty, is not set
    assert_true(settings_read(&s, &e));
    assert_string_equal(settings_text(&s, SET_THEME), "light");
    settings_release(&s);
    buf_release(&out);
}

static void
what_cannot_be_set_names_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"theme: dark\nmousse: on\n",
         ":2: cannot set \"mousse\": there is nothing of that name; the nearest is mouse"},
        {"theme: pink\n", ":1: cannot use this value of theme: it must be auto, dark, light or mono"},
        {"theme: [dark]\n", "it must be auto, dark, light or mono"},
        {"- theme\n", "it must be lines such as"},
        {"theme: &a dark\n", "cannot use the configuration"},
        {"theme: \"dark\n", "cannot use the configuration"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct settings s;
        struct err e = {0};
        write_config(rows[i].text);
        assert_false(settings_read(&s, &e));
        if (!strstr(e.text, rows[i].says))
            fail_msg("%s\ndoes not say: %s", e.text, rows[i].says);
        assert_string_equal(settings_text(&s, SET_THEME), "auto"); // none of it is used
        settings_release(&s);
    }
    struct settings s;
    struct err e = {0};
    write_config("");
    assert_true(settings_read(&s, &e));
    assert_false(settings_option(&s, SET_THEME, "loud", &e));
    assert_non_null(strstr(e.text, "--theme loud"));
    settings_release(&s);
}

static void
r6_a_file_is_old_or_new(void **state)
{
    (void)state;
    struct err e = {0};
    struct buf bytes = {0}, path = {0};
    struct stat about;
    assert_true(xdg_read(XDG_STATE, "nothing", &bytes, &e));
    assert_int_equal(bytes.len, 0);
    assert_true(xdg_write(XDG_STATE, "some.yaml", STR("old"), &e));
    assert_true(xdg_path(XDG_STATE, "some.yaml", &path, &e));
    assert_int_equal(stat(buf_cstr(&path), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    // Killed at any moment: never a half.
    for (int i = 0; i < 30; i++) {
        pid_t child = fork();
        if (child == 0) {
            static char half[300000];
            for (;;) {
                memset(half, 'a', sizeof half);
                xdg_write(XDG_STATE, "some.yaml", (struct str){half, sizeof half}, &e);
                memset(half, 'b', sizeof half);
                xdg_write(XDG_STATE, "some.yaml", (struct str){half, sizeof half}, &e);
            }
        }
        usleep((useconds_t)(500 + 300 * i));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        buf_clear(&bytes);
        assert_true(xdg_read(XDG_STATE, "some.yaml", &bytes, &e));
        assert_true(bytes.len == 3 || bytes.len == 300000);
        for (size_t n = 0; n < bytes.len && bytes.len > 3; n++)
            assert_int_equal(bytes.at[n], bytes.at[0]);
    }
    setenv("XDG_STATE_HOME", "/proc/self/fd", 1); // nothing can be made there
    assert_false(xdg_write(XDG_STATE, "some.yaml", STR("new"), &e));
    assert_non_null(strstr(e.text, "/proc/self/fd/ikewalk"));
    setenv("XDG_STATE_HOME", "relative", 1);
    setenv("HOME", "", 1);
    assert_false(xdg_write(XDG_STATE, "some.yaml", STR("new"), &e));
    assert_non_null(strstr(e.text, "HOME"));
    buf_release(&bytes);
    buf_release(&path);
}

// Two wizards at once: what the one ticks or learns does not take away what the other did meanwhile.
static void
nothing_of_another_wizard_is_lost(void **state)
{
    (void)state;
    struct err e = {0};
    struct ticks one = {0}, other = {0}, third = {0};
    const struct tunnel_row row = {.name = STR("office")};
    const struct finding finding = {.id = STR("psk")};
    ticks_read(&one, 5);
    ticks_read(&other, 5);
    assert_true(ticks_set(&one, &row, &finding, 0, true, 5, &e));
    assert_true(ticks_set(&other, &row, &finding, 1, true, 5, &e));
    assert_true(ticks_is_done(&other, &row, &finding, 0));
    assert_true(ticks_set(&one, &row, &finding, 0, false, 5, &e));
    ticks_read(&third, 5);
    assert_false(ticks_is_done(&third, &row, &finding, 0));
    assert_true(ticks_is_done(&third, &row, &finding, 1));
    assert_true(ticks_drop(&one, &row, &finding, 5, &e));
    assert_false(ticks_is_done(&one, &row, &finding, 1));
    ticks_release(&one);
    ticks_release(&other);
    ticks_release(&third);

    int ends[2];
    char ready;
    assert_int_equal(pipe(ends), 0);
    if (fork() == 0) {
        int lock = xdg_lock(XDG_STATE);
        write(ends[1], "", 1) == 1 ? usleep(50000) : _exit(1);
        xdg_write(XDG_STATE, "lessons.yaml", STR("practice:\n  - {checkpoint: id, right: 7, asked: 9}\n"),
                  &e);
        xdg_unlock(lock);
        _exit(0);
    }
    assert_int_equal(read(ends[0], &ready, 1), 1);
    assert_true(learned_practice(STR("x.log"), CP_ID, true, &e));
    wait(NULL);
    struct learned l = {0};
    assert_true(learned_read(&l, &e));
    assert_int_equal(l.practice[CP_ID].right, 8);
    assert_int_equal(l.practice[CP_ID].asked, 10);
    learned_release(&l);
    close(ends[0]);
    close(ends[1]);
}

// The name of a file may be no UTF-8.
static void
a_name_that_cannot_be_kept_costs_nothing(void **state)
{
    (void)state;
    struct err e = {0};
    struct learned l = {0};
    assert_true(learned_practice(STR("it's \xfc.log"), CP_PSK, true, &e));
    assert_true(learned_practice(STR("it's\tnot.log"), CP_PSK, true, &e));
    assert_true(learned_read(&l, &e));
    assert_int_equal(l.practice[CP_PSK].asked, 2);
    assert_true(learned_saw(&l, STR("it's\tnot.log")));
    learned_release(&l);
}

int
main(void)
{
    folder_make();
    setenv("HOME", folder, 1);
    setenv("XDG_CONFIG_HOME", folder, 1);
    setenv("XDG_STATE_HOME", folder, 1);
    unsetenv("LANGUAGE");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_says_where_it_comes_from),
        cmocka_unit_test(what_cannot_be_set_names_the_line),
        cmocka_unit_test(nothing_of_another_wizard_is_lost),
        cmocka_unit_test(a_name_that_cannot_be_kept_costs_nothing),
        cmocka_unit_test(r6_a_file_is_old_or_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
