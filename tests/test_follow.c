// A log that goes on after it was read: appended, rotated, cut, removed and put back (R2), through the worker
// as the wizard uses it. What is shown behind it is what the files hold.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/session.h"
#include "tui/worker.h"

enum { PATIENCE_MS = 30000 };

static char folder[] = "/tmp/ikewalk-follow-XXXXXX";

#define LINE(n, text) "Nov 22 05:26:3" n ".567248: \"test\" #1: " text "\n"
#define START LINE("1", "initiating IKEv1 Main Mode connection") LINE("1", "sent Main Mode request")
#define REFUSED                                                                                              \
    LINE("2", "ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=12")                \
    LINE("2", "received and ignored notification payload: NO_PROPOSAL_CHOSEN")
#define GOES_ON LINE("3", "sent Main Mode I2") LINE("3", "sent Main Mode I3")

static void
put(const char *how, const char *text)
{
    FILE *f = fopen("gw.log", how);
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

struct seat {
    struct worker *w;
    struct session s;
};

static void
settle(struct seat *seat)
{
    assert_true(worker_settle(seat->w, PATIENCE_MS));
    while (session_news(&seat->s))
        assert_true(worker_settle(seat->w, PATIENCE_MS));
}

static void
sit_down(struct seat *seat)
{
    struct err e = {0};
    seat->w = worker_new(NULL, &e);
    assert_non_null(seat->w);
    assert_true(worker_start(seat->w, &e));
    session_init(&seat->s, worker_desk(seat->w));
    struct opening *o = opening_new(STR("gw.log"), 1);
    o->parts[0] = "gw.log";
    settle(seat);
    session_open(&seat->s, o);
    settle(seat);
}

static void
stand_up(struct seat *seat)
{
    session_release(&seat->s);
    worker_free(seat->w);
}

static void
look(struct seat *seat)
{
    unsigned looks = seat->s.progress.looks;
    seat->s.desk.look(seat->s.desk.self);
    settle(seat);
    assert_int_equal(seat->s.progress.looks, looks + 1);
}

// The text of all lines as the log view gets them.
static void
check_text(struct seat *seat, const char *wanted)
{
    struct buf text = {0};
    seat->s.desk.excerpt(seat->s.desk.self,
                         &(struct excerpt_ask){.serial = 1, .line = 1, .before = 0, .after = 100});
    settle(seat);
    for (size_t i = 0; seat->s.excerpt && i < seat->s.excerpt->count; i++) {
        assert_int_equal(seat->s.excerpt->lines[i].number, i + 1);
        buf_add(&text, seat->s.excerpt->lines[i].text);
        buf_add_char(&text, '\n');
    }
    assert_string_equal(buf_cstr(&text), wanted);
    assert_int_equal(seat->s.view->sources[0].lines, seat->s.excerpt->total);
    buf_release(&text);
}

static enum checkpoint
stuck(const struct seat *seat)
{
    return seat->s.view->row_count ? seat->s.view->rows[0].verdict.checkpoint : CP_NONE;
}

static void
r2_what_is_appended_is_diagnosed(void **state)
{
    (void)state;
    struct seat seat;
    put("w", START REFUSED);
    sit_down(&seat);
    assert_int_equal(stuck(&seat), CP_P1_CIPHER);
    look(&seat);
    assert_int_equal(seat.s.view->sources[0].lines, 4);
    put("a", GOES_ON);
    look(&seat);
    assert_int_equal(seat.s.view->sources[0].lines, 6);
    check_text(&seat, START REFUSED GOES_ON);
    assert_true(seat.s.progress.can_grow);
    stand_up(&seat);
}

static void
r2_a_line_that_is_not_finished_waits_for_its_end(void **state)
{
    (void)state;
    struct seat seat;
    put("w", START);
    sit_down(&seat);
    put("a", LINE("2", "sent Main Mode I2") "Nov 22 05:26:33.567248: \"te");
    look(&seat);
    assert_int_equal(seat.s.view->sources[0].lines, 3);
    put("a", "st\" #1: sent Main Mode I3\n");
    look(&seat);
    check_text(&seat, START LINE("2", "sent Main Mode I2") LINE("3", "sent Main Mode I3"));
    stand_up(&seat);
}

static void
r2_a_log_that_ended_within_a_line_is_read_anew(void **state)
{
    (void)state;
    struct seat seat;
    put("w", START "Nov 22 05:26:33.567248: \"te");
    sit_down(&seat);
    assert_int_equal(seat.s.view->sources[0].lines, 3);
    put("a", "st\" #1: sent Main Mode I3\n");
    look(&seat);
    check_text(&seat, START LINE("3", "sent Main Mode I3"));
    stand_up(&seat);
}

static void
r2_a_rotated_log_goes_on_in_the_new_file(void **state)
{
    (void)state;
    static const char *const ends[] = {"", "Nov 22 05:26:33.567248: \"test\" #1: cut"};
    for (size_t i = 0; i < 2; i++) {
        struct seat seat;
        put("w", START);
        sit_down(&seat);
        put("a", REFUSED);
        look(&seat);
        put("a", ends[i]); // the last line of the old file may have no end
        assert_int_equal(rename("gw.log", "gw.log.1"), 0);
        put("w", GOES_ON);
        look(&seat);
        struct buf wanted = {0};
        buf_addf(&wanted, "%s%s%s%s", START REFUSED, ends[i], *ends[i] ? "\n" : "", GOES_ON);
        check_text(&seat, buf_cstr(&wanted));
        assert_non_null(strstr(seat.s.progress.notice, "rotated"));
        put("a", LINE("4", "sent Main Mode I3"));
        look(&seat);
        buf_addf(&wanted, "%s", LINE("4", "sent Main Mode I3"));
        check_text(&seat, buf_cstr(&wanted));
        buf_release(&wanted);
        stand_up(&seat);
    }
}

static void
r2_a_log_without_a_last_line_end_is_rotated(void **state)
{
    (void)state;
    struct seat seat;
    put("w", START "cut");
    sit_down(&seat);
    assert_int_equal(rename("gw.log", "gw.log.1"), 0);
    put("w", GOES_ON);
    look(&seat);
    check_text(&seat, START "cut\n" GOES_ON);
    stand_up(&seat);
}

static void
r2_a_cut_log_is_read_anew_and_the_tunnel_found_again(void **state)
{
    (void)state;
    struct seat seat;
    put("w", START REFUSED);
    sit_down(&seat);
    session_look(&seat.s, seat.s.view->rows[0].id, -1);
    settle(&seat);
    assert_non_null(session_tunnel(&seat.s));
    unsigned epoch = seat.s.progress.epoch;
    put("w", START);
    look(&seat);
    assert_int_equal(seat.s.progress.epoch, epoch + 1);
    assert_non_null(strstr(seat.s.progress.notice, "cut shorter"));
    assert_non_null(strstr(seat.s.progress.notice, "read anew"));
    check_text(&seat, START);
    settle(&seat);
    assert_non_null(session_tunnel(&seat.s));
    assert_true(str_eq(session_tunnel(&seat.s)->row.name, STR("test")));
    stand_up(&seat);
}

static void
r2_a_removed_log_stays_and_goes_on_when_it_is_back(void **state)
{
    (void)state;
    struct seat seat;
    put("w", START REFUSED);
    sit_down(&seat);
    assert_int_equal(unlink("gw.log"), 0);
    look(&seat);
    assert_non_null(strstr(seat.s.progress.notice, "removed"));
    unsigned notices = seat.s.progress.notices;
    look(&seat);
    assert_int_equal(seat.s.progress.notices, notices); // said once
    check_text(&seat, START REFUSED);
    put("w", GOES_ON);
    look(&seat);
    check_text(&seat, START REFUSED GOES_ON);
    stand_up(&seat);
}

static void
follow_reads_without_being_asked(void **state)
{
    (void)state;
    struct seat seat;
    put("w", START);
    sit_down(&seat);
    session_follow(&seat.s, true);
    put("a", REFUSED);
    for (int i = 0; i < PATIENCE_MS / 10 && seat.s.view->sources[0].lines < 4; i++) {
        usleep(10000);
        session_news(&seat.s);
    }
    assert_int_equal(seat.s.view->sources[0].lines, 4);
    assert_int_equal(stuck(&seat), CP_P1_CIPHER);
    session_follow(&seat.s, false);
    stand_up(&seat);
}

static void
a_sample_does_not_grow(void **state)
{
    (void)state;
    struct seat seat;
    put("w", START);
    sit_down(&seat);
    struct opening *o = opening_new(STR("sample"), 1);
    o->parts[0] = "sample:pluto/psk-main-initiator.log";
    session_open(&seat.s, o);
    settle(&seat);
    assert_false(seat.s.progress.can_grow);
    look(&seat);
    stand_up(&seat);
}

static int
enter_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int
leave_folder(void **state)
{
    (void)state;
    unlink("gw.log");
    unlink("gw.log.1");
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r2_what_is_appended_is_diagnosed),
        cmocka_unit_test(r2_a_line_that_is_not_finished_waits_for_its_end),
        cmocka_unit_test(r2_a_log_that_ended_within_a_line_is_read_anew),
        cmocka_unit_test(r2_a_rotated_log_goes_on_in_the_new_file),
        cmocka_unit_test(r2_a_log_without_a_last_line_end_is_rotated),
        cmocka_unit_test(r2_a_cut_log_is_read_anew_and_the_tunnel_found_again),
        cmocka_unit_test(r2_a_removed_log_stays_and_goes_on_when_it_is_back),
        cmocka_unit_test(follow_reads_without_being_asked),
        cmocka_unit_test(a_sample_does_not_grow),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
