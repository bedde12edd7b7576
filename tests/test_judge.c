// Which attempt of a tunnel the verdict speaks of, and what of it is history.
#include "diag_case.h"

#include "knowledge/load.h"

#define ANSWERS_AND_REFUSES(serial)                                                                          \
    OFFICE(serial, "responding to Main Mode")                                                                \
    OFFICE(serial, "Oakley Transform [AES_CBC (128), HMAC_SHA2_256, MODP1024] refused")                      \
    OFFICE(serial, "no acceptable Oakley Transform")                                                         \
    OFFICE(serial, "deleting state (STATE_MAIN_R0) aged 0.0s and NOT sending notification")
#define DELETES(child, ike)                                                                                  \
    OFFICE(child, "deleting state (STATE_QUICK_I2) aged 10s and sending notification")                       \
    OFFICE(ike, "deleting state (STATE_MAIN_I4) aged 10s and sending notification")

static void
who_answers_knows_more_than_who_asks(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, ANSWERS_AND_REFUSES(1) STARTS(2) GIVES_UP(2, "MAIN_I1"));
    assert_verdict(case_office(&c), CP_P1_CIPHER, ST_FAILED);
    case_close(&c);
    // Of one direction the newest counts.
    case_read_log(&c, state, STARTS(1) REFUSED(1, "NO_PROPOSAL_CHOSEN") STARTS(2) GIVES_UP(2, "MAIN_I1"));
    assert_verdict(case_office(&c), CP_CONTACT, ST_SUSPECTED);
    case_close(&c);
}

static void
a_newer_attempt_that_came_further_counts(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  STARTS(1) REFUSED(1, "NO_PROPOSAL_CHOSEN") STARTS(2) OFFICE(2, "sent Main Mode I2")
                      OFFICE(2, "sent Main Mode I3") WAITS(2, "MAIN_I3"));
    assert_verdict(case_office(&c), CP_PSK, ST_SUSPECTED);
    case_close(&c);
    // One that came no further tells less than the refusal.
    case_read_log(&c, state,
                  STARTS(1) OFFICE(1, "sent Main Mode I2") REFUSED(1, "NO_PROPOSAL_CHOSEN") STARTS(2)
                      WAITS(2, "MAIN_I1"));
    assert_verdict(case_office(&c), CP_P1_CIPHER, ST_FAILED);
    case_close(&c);
}

// A word of the peer that fits several checkpoints is no silence, and is not forgotten for one that still
// waits.
static void
a_word_of_refusal_counts_before_an_attempt_that_waits(void **state)
{
#define STARTS_V2(serial)                                                                                    \
    OFFICE(serial, "initiating IKEv2 connection")                                                            \
    OFFICE(serial, "sent IKE_SA_INIT request to 203.0.113.20:500")
    struct diag_case c;
    case_read_log(&c, state,
                  STARTS_V2(1) OFFICE(1, "sent IKE_AUTH request {cipher=AES_GCM_16_256 integ=n/a "
                                         "prf=HMAC_SHA2_512 group=DH19}")
                      OFFICE(1, "IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED")
                          STARTS_V2(2));
    assert_verdict(case_office(&c), CP_ID, ST_SUSPECTED);
    case_close(&c);
}

static void
a_peer_that_was_lost_is_said_before_one_that_may_still_answer(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  PHASE_1(1) PHASE_2(2, 1) OFFICE(1, "DPD action - clearing connection kind CK_PERMANENT")
                      STARTS(3) WAITS(3, "MAIN_I1"));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_CONTACT, ST_FAILED);
    assert_non_null(case_finding(t, "contact-peer-lost"));
    assert_null(case_finding(t, "contact-waiting"));
    case_close(&c);
}

static void
what_failed_before_a_success_is_history_when_that_is_over(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  STARTS(1) REFUSED(1, "NO_PROPOSAL_CHOSEN") PHASE_1(2) PHASE_2(3, 2) DELETES(3, 2));
    const struct tunnel_view *t = case_office(&c);
    assert_int_equal(t->row.verdict.checkpoint, CP_NONE);
    assert_int_equal(t->row.state, TUNNEL_DOWN);
    case_close(&c);
}

static void
a_refused_renewal_leaves_nothing_when_the_old_one_is_gone(void **state)
{
    struct diag_case c;
#define RENEWAL                                                                                              \
    PHASE_1(1)                                                                                               \
    PHASE_2(2, 1)                                                                                            \
    OFFICE(3, "initiating Quick Mode IKEv1+PSK+ENCRYPT+TUNNEL+UP to replace #2 {using isakmp#1 "             \
              "msgid:4cd7380f proposal=AES_CBC_128 pfsgroup=no-pfs}")                                        \
    OFFICE(3, "sent Quick Mode request, to replace #2") REFUSED(3, "NO_PROPOSAL_CHOSEN")
    case_read_log(&c, state, RENEWAL);
    assert_int_equal(case_office(&c)->row.state, TUNNEL_DEGRADED);
    case_close(&c);
    case_read_log(&c, state, RENEWAL DELETES(2, 1));
    assert_int_equal(case_office(&c)->row.state, TUNNEL_DOWN);
    assert_verdict(case_office(&c), CP_P2_CIPHER, ST_FAILED);
    case_close(&c);
}

// In main mode the key comes before the identity, in aggressive mode behind it: where the log does not tell
// which of them it was, the one says nothing of the other.
static void
an_order_that_is_assumed_keeps_key_and_identity_apart(void **state)
{
    struct diag_case c;
#define NOTICE(serial) OFFICE(serial, "received and ignored notification payload: INVALID_ID_INFORMATION")
    case_read_log(&c, state, NOTICE(5));
    const struct tunnel_view *t = case_office(&c);
    assert_false(t->order_seen);
    assert_rung(t, CP_ID, ST_SUSPECTED);
    assert_rung(t, CP_PSK, ST_UNKNOWN);
    case_close(&c);
    case_read_log(&c, state,
                  STARTS(5) OFFICE(5, "sent Main Mode I2") OFFICE(5, "sent Main Mode I3") NOTICE(5));
    t = case_office(&c);
    assert_true(t->order_seen);
    assert_rung(t, CP_ID, ST_FAILED);
    assert_rung(t, CP_PSK, ST_PASSED);
    case_close(&c);
}

// The word of the operator opens the question of a tunnel that stands, and of no other.
static void
that_nothing_passes_is_asked_of_what_stands(void **state)
{
    for (int gone = 0; gone < 2; gone++) {
        struct diag_case c;
        case_open(&c, state);
        diag_tell_no_traffic(c.diag);
        case_log(&c, gone ? PHASE_1(1) PHASE_2(2, 1) DELETES(2, 1) : PHASE_1(1) PHASE_2(2, 1));
        case_end(&c);
        const struct tunnel_view *t = case_office(&c);
        assert_int_equal(t->row.verdict.checkpoint, gone ? CP_NONE : CP_UPDOWN);
        assert_tunnel(t, gone ? TUNNEL_DOWN : TUNNEL_DEGRADED);
        case_close(&c);
    }
}

// A peer's wish for networks that no connection has is its own affair: what stands beside it is not hurt.
static void
refused_networks_beside_what_stands_are_named_after_the_peer(void **state)
{
#define ANSWERS_PHASE_1(serial)                                                                              \
    OFFICE(serial, "responding to Main Mode")                                                                \
    OFFICE(serial, "sent Main Mode R1")                                                                      \
    OFFICE(serial, "sent Main Mode R2")                                                                      \
    OFFICE(serial, "Peer ID is ID_IPV4_ADDR: '203.0.113.20'") STANDS(serial)
#define STANDS_AS_RESPONDER                                                                                  \
    ANSWERS_PHASE_1(1) OFFICE(2, "responding to Quick Mode proposal {msgid:6fb993a9}") CHILD_STANDS(2)
#define WISHES(serial)                                                                                       \
    OFFICE(serial, "the peer proposed: 10.1.0.0/24 -> 10.9.0.0/24")                                          \
    OFFICE(serial, "cannot respond to IPsec SA request because no connection is known for "                  \
                   "10.1.0.0/24===192.0.2.1<192.0.2.1>...203.0.113.20<203.0.113.20>===10.9.0.0/24")          \
    OFFICE(serial, "sending encrypted notification INVALID_ID_INFORMATION to 203.0.113.20:500")
    static const char *const logs[] = {STANDS_AS_RESPONDER WISHES(1),
                                       STANDS_AS_RESPONDER ANSWERS_PHASE_1(3) WISHES(3)};
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        struct diag_case c;
        case_read_log(&c, state, logs[i]);
        assert_int_equal(c.view->row_count, 2);
        assert_tunnel(case_tunnel(&c, "office"), TUNNEL_UP);
        assert_verdict(case_tunnel(&c, "203.0.113.20"), CP_SUBNETS, ST_FAILED);
        case_close(&c);
    }
}

// In aggressive mode the answer that brings the keys brings the identity as well.
static void
an_answer_of_aggressive_mode_has_passed_the_identity(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  OFFICE(1, "responding to Aggressive Mode") OFFICE(1, "sent Aggressive Mode response")
                      GIVES_UP(1, "AGGR_R1"));
    assert_verdict(case_office(&c), CP_CONTACT, ST_SUSPECTED);
    assert_rung(case_office(&c), CP_ID, ST_PASSED);
    assert_rung(case_office(&c), CP_PSK, ST_NOT_REACHED);
    case_close(&c);
}

#define LATER                                                                                                \
    "pluto[2219]: forgetting secrets\n"                                                                      \
    "\n\n\n\n"
// What the IKE SA's number stands for may be said of its child: a refusal of another one, the script of this
// one.
static void
what_is_logged_under_the_ike_sa_goes_to_the_right_child(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, PHASE_1(1) PHASE_2(2, 1) LATER REFUSED(1, "NO_PROPOSAL_CHOSEN"));
    assert_verdict(case_office(&c), CP_P2_CIPHER, ST_FAILED);
    assert_rung(case_office(&c), CP_UPDOWN, ST_NOT_REACHED);
    case_close(&c);
    case_read_log(&c, state, PHASE_1(1) PHASE_2(2, 1) OFFICE(1, "up-client command exited with status 1"));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_UPDOWN, ST_FAILED);
    assert_int_equal(case_rung(t, CP_P2_CIPHER)->proof_count, 2); // its own lines
    case_close(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_answers_knows_more_than_who_asks),
        cmocka_unit_test(a_newer_attempt_that_came_further_counts),
        cmocka_unit_test(a_word_of_refusal_counts_before_an_attempt_that_waits),
        cmocka_unit_test(a_peer_that_was_lost_is_said_before_one_that_may_still_answer),
        cmocka_unit_test(what_failed_before_a_success_is_history_when_that_is_over),
        cmocka_unit_test(a_refused_renewal_leaves_nothing_when_the_old_one_is_gone),
        cmocka_unit_test(an_order_that_is_assumed_keeps_key_and_identity_apart),
        cmocka_unit_test(that_nothing_passes_is_asked_of_what_stands),
        cmocka_unit_test(refused_networks_beside_what_stands_are_named_after_the_peer),
        cmocka_unit_test(an_answer_of_aggressive_mode_has_passed_the_identity),
        cmocka_unit_test(what_is_logged_under_the_ike_sa_goes_to_the_right_child),
    };
    return cmocka_run_group_tests(tests, case_load_packs, case_free_packs);
}
