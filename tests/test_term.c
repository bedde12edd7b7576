// The terminal, in a pseudo terminal of its own.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <pty.h>
#include <sys/wait.h>

#include "tui/term.h"
#include "tui/theme.h"

// A Ctrl-Z comes before the screen is painted: is it still there behind that?
static int
paints_before_it_stops(void)
{
    struct err e = {0};
    struct canvas c = {0};
    sigset_t waiting;
    setenv("TERM", "xterm", 1);
    struct terminal *t = term_usable(false, &e) ? term_open(false, "dark", &e) : NULL;
    if (!t)
        return 2;
    canvas_size(&c, 80, 24);
    canvas_put(&c, 0, 0, 80, LOOK_PLAIN, STR("a picture"));
    raise(SIGTSTP);
    term_show(t, &c);
    sigpending(&waiting);
    signal(SIGTSTP, SIG_IGN); // it is taken back
    term_close(t);
    canvas_release(&c);
    return sigismember(&waiting, SIGTSTP) ? 0 : 1;
}

static void
a_stop_is_not_lost_while_the_screen_is_painted(void **state)
{
    (void)state;
    int line, status;
    char painted[4096];
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    pid_t pid = forkpty(&line, NULL, NULL, &size);
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(paints_before_it_stops());
    while (read(line, painted, sizeof painted) > 0)
        ;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(line);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_is_not_lost_while_the_screen_is_painted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
