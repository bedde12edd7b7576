// Whose line is it: numbers that begin again, equal ones of two daemons, numbers beyond all measure,
// instances of a connection, and peers for whom none was named (R2, R3).
#include "diag_case.h"

#include "knowledge/load.h"

static void
r3_a_banner_begins_new_numbers(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  PHASE_1(1) PHASE_2(2, 1) "pluto[2219]: shutting down\n"
                                           "pluto[2219]: Starting Pluto (Libreswan Version 4.10 IKEv2) "
                                           "pid:2219\n" STARTS(1) REFUSED(1, "NO_PROPOSAL_CHOSEN"));
    const struct tunnel_view *t = case_office(&c);
    // the old #1 stood, the new one does not: the word means phase 1 again
    assert_verdict(t, CP_P1_CIPHER, ST_FAILED);
    assert_tunnel(t, TUNNEL_DOWN);
    assert_int_equal(t->row.attempts, 2);
    case_close(&c);
}

#define BEGINS_V2                                                                                            \
    OFFICE(1, "initiating v2 parent SA")                                                                     \
    OFFICE(1, "STATE_PARENT_I1: sent v2I1, expected v2R1")                                                   \
    OFFICE(2, "STATE_PARENT_I2: sent v2I2, expected v2R2 {auth=IKEv2 cipher=AES_GCM_16_256 integ=n/a "       \
              "prf=HMAC_SHA2_512 group=MODP2048}")

// Release 3 writes from the authentication on under the number of the child that goes with it.
static void
an_attempt_goes_on_under_its_childs_number(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, BEGINS_V2 OFFICE(2, "Authenticated using authby=secret"));
    const struct tunnel_view *t = case_office(&c);
    assert_int_equal(t->row.attempts, 1);
    assert_int_equal(t->attempt_count, 1);
    case_close(&c);
}

// When the child stands the number is its own: its end leaves the IKE SA.
static void
a_child_that_stands_has_its_number_back(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  BEGINS_V2 OFFICE(2,
                                   "STATE_V2_IPSEC_I: IPsec SA established tunnel mode {ESP=>0x71eeac60 "
                                   "<0x2e97f96d xfrm=AES_GCM_16_256-NONE NATOA=none NATD=none DPD=passive}")
                      OFFICE(3, "STATE_V2_IPSEC_I: IPsec SA established tunnel mode {ESP=>0x71eeac61 "
                                "<0x2e97f96e xfrm=AES_GCM_16_256-NONE NATOA=none NATD=none DPD=passive}")
                          OFFICE(2, "deleting state (STATE_V2_IPSEC_I) aged 3.1s and sending notification"));
    const struct tunnel_view *t = case_office(&c);
    assert_tunnel(t, TUNNEL_UP);
    assert_int_equal(t->row.attempts, 1);
    case_close(&c);
}

static void
r3_another_process_begins_new_numbers(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  PHASE_1(1)
                      PHASE_2(2, 1) "pluto[999]: \"office\" #1: initiating IKEv1 Main Mode connection\n"
                                    "pluto[999]: \"office\" #1: sent Main Mode request\n"
                                    "pluto[999]: \"office\" #1: ignoring informational payload "
                                    "NO_PROPOSAL_CHOSEN, msgid=00000000, length=12\n");
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_P1_CIPHER, ST_FAILED);
    assert_tunnel(t, TUNNEL_DOWN);
    case_close(&c);
}

static void
r3_equal_numbers_of_two_hosts_are_two_negotiations(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  "Nov  7 04:45:35 east pluto[1]: \"office\" #1: initiating IKEv1 Main Mode connection\n"
                  "Nov  7 04:45:35 west pluto[1]: \"office\" #1: responding to Main Mode\n"
                  "Nov  7 04:45:35 west pluto[1]: \"office\" #1: Oakley Transform [AES_CBC (128), "
                  "HMAC_SHA2_256, MODP1024] refused\n"
                  "Nov  7 04:45:35 west pluto[1]: \"office\" #1: no acceptable Oakley Transform\n"
                  "Nov  7 04:45:36 east pluto[1]: \"office\" #1: sent Main Mode request\n");
    assert_int_equal(c.view->row_count, 2);
    const struct tunnel_row *east = &c.view->rows[0], *west = &c.view->rows[1];
    if (str_eq(east->host, STR("west"))) {
        west = east;
        east = &c.view->rows[1];
    }
    assert_true(str_eq(east->host, STR("east")) && str_eq(west->host, STR("west")));
    assert_int_equal(west->verdict.checkpoint, CP_P1_CIPHER);
    assert_int_equal(east->verdict.checkpoint, CP_CONTACT);
    assert_int_equal(east->role, ROLE_INITIATOR);
    case_close(&c);
}

static void
r3_equal_numbers_of_two_sources_are_two_negotiations(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, PHASE_1(1) PHASE_2(2, 1));
    case_log(&c, STARTS(1) REFUSED(1, "NO_PROPOSAL_CHOSEN"));
    case_end(&c);
    assert_int_equal(c.view->row_count, 2);
    assert_int_equal(c.view->rows[0].source, 1);
    assert_int_equal(c.view->rows[0].verdict.checkpoint, CP_P1_CIPHER);
    assert_int_equal(c.view->rows[1].state, TUNNEL_UP);
    case_close(&c);
}

static void
instances_of_a_connection_stay_apart(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  "pluto[1]: \"road\"[1] 198.51.100.1 #1: responding to Main Mode from unknown peer "
                  "198.51.100.1:500\n"
                  "pluto[1]: \"road\"[2] 198.51.100.2 #2: responding to Main Mode from unknown peer "
                  "198.51.100.2:500\n"
                  "pluto[1]: \"road\"[1] 198.51.100.1 #1: no acceptable Oakley Transform\n"
                  "pluto[1]: \"road\"[2] 198.51.100.2 #2: sent Main Mode R1\n");
    assert_int_equal(c.view->row_count, 2);
    assert_verdict(case_tunnel(&c, "road[1]"), CP_P1_CIPHER, ST_FAILED);
    assert_rung(case_tunnel(&c, "road[2]"), CP_P1_CIPHER, ST_PASSED);
    assert_true(str_eq(case_row(&c, "road[2]")->peer, STR("198.51.100.2")));
    case_close(&c);
}

static void
the_last_lines_of_an_instance_lack_its_number(void **state)
{
    struct diag_case c;
    case_read_log(
        &c, state,
        "Nov 14 15:00:04 gw pluto[1]: \"road\"[2] 198.51.100.2 #2: STATE_QUICK_R2: IPsec SA established "
        "transport mode {ESP/NAT=>0x00345782 <0xb1ccafb7 xfrm=AES_CBC_256-HMAC_SHA2_256_128 NATOA=none "
        "NATD=198.51.100.2:4500 DPD=active}\n"
        "Nov 14 15:03:04 gw pluto[1]: \"road\" #2: deleting state (STATE_QUICK_R2) aged 180.143s and "
        "sending notification\n"
        "Nov 14 15:03:04 gw pluto[1]: \"road\" #2: ESP traffic information: in=0B out=0B\n");
    assert_int_equal(c.view->row_count, 1);
    assert_int_equal(case_row(&c, "road[2]")->state, TUNNEL_DOWN);
    case_close(&c);
}

static const char unknown_peer[] =
    "pluto[1]: packet from 198.51.100.10:500: initial Aggressive Mode message from 198.51.100.10:500 but no "
    "(wildcard) connection has been configured with authby PSK\n";

static void
a_stranger_is_named_after_its_peer(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, "");
    for (int i = 0; i < 3; i++) {
        buf_add(&c.log[0], str_of(unknown_peer));
        diag_feed(c.diag, 0, unknown_peer, sizeof unknown_peer - 1);
    }
    case_end(&c);
    assert_int_equal(c.view->row_count, 1);
    const struct tunnel_view *t = case_tunnel(&c, "198.51.100.10");
    assert_true(t->row.stranger);
    assert_verdict(t, CP_IKE_VERSION, ST_FAILED);
    assert_int_equal(t->row.verdict.certainty, SURE_CERTAIN);
    assert_rung(t, CP_CONTACT, ST_PASSED);
    assert_int_equal(t->row.attempts, 3);
    assert_int_equal(t->stuck[CP_IKE_VERSION], 3);
    case_close(&c);
}

static void
a_stranger_joins_the_one_tunnel_with_that_peer(void **state)
{
    static const char known[] = "pluto[1]: \"one\"[1] 198.51.100.10 #1: responding to Main Mode\n";
    static const char other[] = "pluto[1]: \"two\"[1] 198.51.100.10 #2: responding to Main Mode\n";
    struct diag_case c;
    struct buf log = {0};
    buf_addf(&log, "%s%s", known, unknown_peer);
    case_read_log(&c, state, buf_cstr(&log));
    assert_int_equal(c.view->row_count, 1);
    assert_non_null(case_row(&c, "one[1]"));
    assert_int_equal(case_row(&c, "one[1]")->attempts, 2);
    case_close(&c);

    // two tunnels with that peer: nobody knows which is meant
    buf_clear(&log);
    buf_addf(&log, "%s%s%s", known, other, unknown_peer);
    case_read_log(&c, state, buf_cstr(&log));
    assert_int_equal(c.view->row_count, 3);
    assert_true(case_row(&c, "198.51.100.10")->stranger);
    case_close(&c);
    buf_release(&log);
}

static void
r2_numbers_beyond_all_measure_break_nothing(void **state)
{
    static const char *const logs[] = {
        OFFICE(18446744073709551615, "sent Main Mode request"),
        OFFICE(18446744073709551616, "sent Main Mode request"),
        OFFICE(99999999999999999999999999, "received Delete SA payload: deleting ISAKMP State #1"),
        OFFICE(1, "sent Main Mode request")
            OFFICE(1, "received Delete SA payload: deleting ISAKMP State #18446744073709551616"),
        OFFICE(1, "initiating Quick Mode PSK {using isakmp#1 msgid:1}") CHILD_STANDS(1),
        OFFICE(1, "sent Main Mode request, replacing #1"),
        OFFICE(0, "sent Main Mode request") OFFICE(0, "sent Main Mode I2"),
    };
    for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
        struct diag_case c;
        case_read_log(&c, state, logs[i]);
        for (size_t r = 0; r < c.view->row_count; r++)
            case_office(&c);
        assert_true(c.view->sources[0].recognised > 0);
        case_close(&c);
    }
}

static void
r2_a_number_of_more_than_32_bits_is_not_wrapped(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, OFFICE(4294967297, "sent Main Mode request"));
    assert_true(case_office(&c)->attempts[0].serial != 1);
    case_close(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r3_a_banner_begins_new_numbers),
        cmocka_unit_test(an_attempt_goes_on_under_its_childs_number),
        cmocka_unit_test(a_child_that_stands_has_its_number_back),
        cmocka_unit_test(r3_another_process_begins_new_numbers),
        cmocka_unit_test(r3_equal_numbers_of_two_hosts_are_two_negotiations),
        cmocka_unit_test(r3_equal_numbers_of_two_sources_are_two_negotiations),
        cmocka_unit_test(instances_of_a_connection_stay_apart),
        cmocka_unit_test(the_last_lines_of_an_instance_lack_its_number),
        cmocka_unit_test(a_stranger_is_named_after_its_peer),
        cmocka_unit_test(a_stranger_joins_the_one_tunnel_with_that_peer),
        cmocka_unit_test(r2_numbers_beyond_all_measure_break_nothing),
        cmocka_unit_test(r2_a_number_of_more_than_32_bits_is_not_wrapped),
    };
    return cmocka_run_group_tests(tests, case_load_packs, case_free_packs);
}
