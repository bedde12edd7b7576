// diag, the text to send to the other end: whose clock its times are in, what it says of lines to look for,
// and that nothing in it can act.
#include "diag_case.h"

#include "diag/request.h"
#include "knowledge/load.h"

// A gateway whose first message is refused, with stamps of this form.
#define NO_PROPOSAL(stamp)                                                                                   \
    stamp " gw charon: 05[IKE] <office|1> initiating IKE_SA office[1] to 198.51.100.7\n" stamp               \
          " gw charon: 05[NET] <office|1> sending packet: from 192.0.2.1[500] to 198.51.100.7[500] (464 "    \
          "bytes)\n" stamp                                                                                   \
          " gw charon: 06[NET] <office|1> received packet: from 198.51.100.7[500] to 192.0.2.1[500] (36 "    \
          "bytes)\n" stamp                                                                                   \
          " gw charon: 06[ENC] <office|1> parsed IKE_SA_INIT response 0 [ N(NO_PROP) ]\n" stamp              \
          " gw charon: 06[IKE] <office|1> received NO_PROPOSAL_CHOSEN notify error\n"

static int
dialect_of(const struct diag_case *c, const char *id)
{
    for (size_t i = 0; i < c->view->knowledge->dialect_count; i++)
        if (str_eq(c->view->knowledge->dialects[i].id, str_of(id)))
            return (int)i;
    fail_msg("no dialect is called %s", id);
    return -1;
}

static struct str
request(struct diag_case *c, const char *dialect)
{
    struct buf text = {0};
    const struct tunnel_view *t = case_office(c);
    assert_true(request_fits(t));
    request_text(c->view->knowledge, t, dialect ? dialect_of(c, dialect) : t->peer_dialect, &text);
    struct str kept = arena_str(&c->arena, buf_str(&text));
    buf_release(&text);
    return kept;
}

static void
assert_says(struct str text, const char *words)
{
    if (!case_has(text, words))
        fail_msg("\"%s\" does not stand in:\n%.*s", words, STR_ARG(text));
}

static void
times_with_a_zone_are_told_in_utc(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, NO_PROPOSAL("2026-11-22T05:24:15+01:00"));
    struct str text = request(&c, "pluto");
    assert_says(text, "2026-11-22 04:22:00 to 2026-11-22 04:27:00 UTC.");
    assert_says(text, "UTC+01:00");
    assert_says(text,
                "journalctl --no-pager -u ipsec --since \"2026-11-22 04:22:00 UTC\" --until \"2026-11-22 "
                "04:27:00 UTC\"\n");
    assert_says(text, "The zone of your gateway is not\n                known here");
    case_close(&c);
}

static void
what_the_stamps_do_not_tell_is_not_told(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, NO_PROPOSAL("Nov 22 05:24:15"));
    struct str text = request(&c, "charon");
    assert_says(text, "--since \"YEAR-11-22 05:19:00\" --until \"YEAR-11-22 05:30:00\"");
    assert_says(text, "by the clock of\n                our gateway");
    assert_says(text, "The\n                year does not stand in our log.");
    assert_false(case_has(text, "UTC"));
    case_close(&c);
}

// The other log was read, ends before the attempt, and both tell how the clocks differ.
static void
a_known_clock_of_the_other_end_is_used(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, NO_PROPOSAL("2026-11-22T05:24:15Z"));
    const char *other =
        "2026-11-22T04:00:00Z hq charon: 05[NET] <1> received packet: from 203.0.113.5[500] to "
        "198.51.100.7[500] (464 bytes)\n";
    buf_add(&c.log[1], str_of(other));
    diag_source_of_end(c.diag, diag_source(c.diag, STR("hq.log"), STR("file")), 1);
    c.sources++;
    diag_feed(c.diag, 1, other, strlen(other));
    case_end(&c);
    diag_clock(c.diag, true, INT64_C(-3600) * 1000000);
    struct str text = request(&c, "pluto");
    assert_says(text, "--since \"2026-11-22 04:23:00\" --until \"2026-11-22 04:26:00\"");
    assert_says(text, "by the clock of\n                your gateway (ours - 3600.0 s)");
    case_close(&c);
}

// What the answering end writes when it refuses a proposal, and when it has no connection; not what an end
// writes that is refused.
static void
lines_are_those_of_the_dialect_there(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, NO_PROPOSAL("Nov 22 05:24:15"));
    struct str text = request(&c, "pluto");
    assert_says(text, "  Phase 1 cipher\n");
    assert_says(text, "    no local proposal matches remote proposals");
    assert_says(text, "  IKE version\n");
    assert_false(case_has(text, "ignoring informational payload"));
    assert_false(case_has(text, "${"));
    case_close(&c);
}

static void
without_a_known_peer_each_kind_is_named(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, NO_PROPOSAL("Nov 22 05:24:15"));
    assert_int_equal(case_office(&c)->peer_dialect, -1);
    struct str text = request(&c, NULL);
    size_t named = 0;
    for (size_t i = 0; i < c.view->knowledge->dialect_count; i++) {
        const struct dialect *d = &c.view->knowledge->dialects[i];
        struct str title = arena_strf(&c.arena, "\n  %.*s\n", STR_ARG(d->title));
        assert_int_equal(case_has(text, title.at), request_knows(c.view->knowledge, (int)i));
        named += request_knows(c.view->knowledge, (int)i);
    }
    assert_true(named >= 5);
    assert_says(text, "show logging | include 192.0.2.1\n");
    case_close(&c);
}

static void
nothing_is_asked_when_both_ends_are_here_or_all_is_well(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  "Nov 22 05:24:15 gw charon: 06[IKE] <office|1> IKE_SA office[1] established between "
                  "192.0.2.1[a]...198.51.100.7[b]\n");
    assert_false(request_fits(case_office(&c)));
    case_close(&c);
}

static void
r1_a_name_from_the_log_cannot_act(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  "Nov 22 05:26:31.567248: \"of\x1b[31mfice\" #1: initiating IKEv1 Main Mode connection\n"
                  "Nov 22 05:26:31.567300: \"of\x1b[31mfice\" #1: sent Main Mode request\n"
                  "Nov 22 05:26:31.567400: \"of\x1b[31mfice\" #1: ignoring informational payload "
                  "NO_PROPOSAL_CHOSEN, msgid=00000000, length=12\n");
    struct buf text = {0};
    const struct tunnel_view *t = diag_tunnel(c.diag, c.view->rows[0].id, -1, &c.arena);
    request_text(c.view->knowledge, t, -1, &text);
    assert_true(text.len > 0);
    assert_null(memchr(text.at, 0x1b, text.len));
    buf_release(&text);
    case_close(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_with_a_zone_are_told_in_utc),
        cmocka_unit_test(what_the_stamps_do_not_tell_is_not_told),
        cmocka_unit_test(a_known_clock_of_the_other_end_is_used),
        cmocka_unit_test(lines_are_those_of_the_dialect_there),
        cmocka_unit_test(without_a_known_peer_each_kind_is_named),
        cmocka_unit_test(nothing_is_asked_when_both_ends_are_here_or_all_is_well),
        cmocka_unit_test(r1_a_name_from_the_log_cannot_act),
    };
    return cmocka_run_group_tests(tests, case_load_packs, case_free_packs);
}
