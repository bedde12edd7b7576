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
#include "tui/settings.h"
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
        cmocka_unit_test(r6_a_file_is_old_or_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
