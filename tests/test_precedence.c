// diag, from attempts to a verdict: which attempt counts, what is history, and what a finding may claim.
#include "diag_case.h"

#include "knowledge/load.h"

#include <stdio.h>

#define FAILS_P1(serial) STARTS(serial) REFUSED(serial, "NO_PROPOSAL_CHOSEN")
#define FAILS_P2(parent, child)                                                                              \
    PHASE_1(parent) ASKS(child, parent) REFUSED(parent, "NO_PROPOSAL_CHOSEN") GIVES_UP(child, "QUICK_I1")

static void
a_later_success_makes_failures_history(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, FAILS_P1(1) FAILS_P1(2) PHASE_1(3) PHASE_2(4, 3));
    const struct tunnel_view *t = case_office(&c);
    assert_tunnel(t, TUNNEL_UP);
    assert_int_equal(t->row.verdict.checkpoint, CP_NONE);
    assert_null(t->row.verdict.finding);
    const struct finding_view *f = case_mended(t, CP_P1_CIPHER);
    assert_non_null(f);
    assert_int_equal(f->severity, SEV_NOTE);
    assert_int_equal(f->attempts, 2);
    assert_true(f->proof_count > 0);
    assert_rung(t, CP_P1_CIPHER, ST_PASSED);
    assert_int_equal(t->row.attempts, 3);
    case_close(&c);
}

static void
a_failure_inside_an_attempt_that_succeeds_is_history(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  OFFICE(1, "responding to Main Mode")
                      OFFICE(1, "Oakley Transform [3DES_CBC (192), HMAC_MD5, MODP1024] refused")
                          OFFICE(1, "sent Main Mode R1") OFFICE(1, "sent Main Mode R2") STANDS(1)
                              OFFICE(2, "responding to Quick Mode proposal {msgid:6fb993a9}")
                                  CHILD_STANDS(2));
    const struct tunnel_view *t = case_office(&c);
    assert_tunnel(t, TUNNEL_UP);
    assert_rung(t, CP_P1_CIPHER, ST_PASSED);
    assert_int_equal(t->row.verdict.checkpoint, CP_NONE);
    case_close(&c);
}

static void
another_group_is_asked_for_and_taken(void **state)
{
    struct diag_case c;
    case_read_log(
        &c, state,
        OFFICE(1, "initiating IKEv2 connection") OFFICE(1, "sent IKE_SA_INIT request to 203.0.113.20:500")
            OFFICE(1, "Received unauthenticated INVALID_KE_PAYLOAD response to DH MODP2048; resending with "
                      "suggested DH DH19") OFFICE(1, "sent IKE_SA_INIT request to 203.0.113.20:500")
                OFFICE(1, "sent IKE_AUTH request {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 "
                          "group=DH19}"));
    const struct tunnel_view *t = case_office(&c);
    assert_rung(t, CP_P1_CIPHER, ST_PASSED);
    assert_int_not_equal(t->row.verdict.checkpoint, CP_P1_CIPHER);
    case_close(&c);
}

static void
a_later_failure_does_not_undo_what_stands(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  PHASE_1(1) PHASE_2(2, 1) OFFICE(3, "initiating IKEv1 Main Mode connection to replace #1")
                      OFFICE(3, "sent Main Mode request, replacing #1") GIVES_UP(3, "MAIN_I1"));
    const struct tunnel_view *t = case_office(&c);
    assert_tunnel(t, TUNNEL_DEGRADED);
    assert_verdict(t, CP_CONTACT, ST_SUSPECTED);
    const struct finding_view *f = case_finding(t, "tunnel-rekey-failing");
    assert_non_null(f);
    assert_int_equal(f->severity, SEV_WARNING);
    case_close(&c);

    // one that is only waiting says nothing yet
    case_read_log(&c, state,
                  PHASE_1(1) PHASE_2(2, 1) OFFICE(3, "initiating IKEv1 Main Mode connection to replace #1")
                      OFFICE(3, "sent Main Mode request, replacing #1") WAITS(3, "MAIN_I1"));
    t = case_office(&c);
    assert_tunnel(t, TUNNEL_UP);
    assert_int_equal(t->row.verdict.checkpoint, CP_NONE);
    case_close(&c);
}

static void
the_ladder_of_the_living_sa_can_be_walked_to(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, PHASE_1(1) PHASE_2(2, 1) FAILS_P1(3));
    const struct tunnel_view *t = case_office(&c);
    assert_tunnel(t, TUNNEL_DEGRADED);
    assert_verdict(t, CP_P1_CIPHER, ST_FAILED);
    assert_int_equal(t->attempt_count, 2);
    assert_int_equal(t->attempt, 1);
    const struct tunnel_view *first = case_attempt(&c, "office", 0);
    assert_int_equal(first->attempt, 0);
    assert_rung(first, CP_P1_CIPHER, ST_PASSED);
    assert_rung(first, CP_P2_CIPHER, ST_PASSED);
    // the tunnel is in the same state whichever attempt one looks at
    assert_tunnel(first, TUNNEL_DEGRADED);
    case_close(&c);
}

static void
an_orderly_end_is_no_failure(void **state)
{
    static const struct {
        const char *log;
        enum ending ending;
        const char *finding;
    } ends[] = {
        {PHASE_1(19) PHASE_2(20, 19)
             OFFICE(19, "received Delete SA(0x9d188d3f) payload: deleting IPsec State #20")
                 OFFICE(20, "deleting state (STATE_QUICK_I2) aged 3599.763442s and sending notification")
                     OFFICE(20, "ESP traffic information: in=134B out=0B"),
         END_PEER, "tunnel-ended-by-peer"},
        {PHASE_1(19) PHASE_2(20, 19) "pluto[2219]: \"office\": terminating SAs using this connection\n",
         END_DELETED, "tunnel-ended-here"},
        {PHASE_1(19) PHASE_2(20, 19) OFFICE(20, "IPsec SA expired (LATEST!)"), END_EXPIRED, "tunnel-expired"},
    };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct diag_case c;
        case_read_log(&c, state, ends[i].log);
        const struct tunnel_view *t = case_office(&c);
        assert_tunnel(t, TUNNEL_DOWN);
        assert_int_equal(t->row.verdict.checkpoint, CP_NONE);
        assert_int_equal(t->row.ending, ends[i].ending);
        const struct finding_view *f = case_finding(t, ends[i].finding);
        assert_non_null(f);
        assert_int_equal(f->severity, SEV_NOTE);
        assert_rung(t, CP_P2_CIPHER, ST_PASSED);
        case_close(&c);
    }
}

static void
behind_an_end_the_next_attempt_counts(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  PHASE_1(1) PHASE_2(2, 1)
                      OFFICE(1, "received Delete SA(0x9d188d3f) payload: deleting IPsec State #2")
                          FAILS_P1(3));
    const struct tunnel_view *t = case_office(&c);
    assert_tunnel(t, TUNNEL_DOWN);
    assert_verdict(t, CP_P1_CIPHER, ST_FAILED);
    case_close(&c);
}

static void
behind_the_end_of_an_ike_sa_a_new_number_is_no_child_of_it(void **state)
{
    struct diag_case c;
    case_read_log(
        &c, state,
        OFFICE(5, "deleting state (STATE_V2_ESTABLISHED_IKE_SA) aged 3.268751s and NOT sending notification")
            OFFICE(7, "no local proposal matches remote proposals "
                      "1:IKE:ENCR=AES_CBC_128;PRF=HMAC_SHA2_256;INTEG=HMAC_SHA2_256_128;DH=MODP2048")
                OFFICE(7, "responding to IKE_SA_INIT message (ID 0) from 198.51.100.10:500 with unencrypted "
                          "notification NO_PROPOSAL_CHOSEN")
                    OFFICE(7, "encountered fatal error in state STATE_V2_PARENT_R0"));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_P1_CIPHER, ST_FAILED);
    assert_rung(t, CP_P2_CIPHER, ST_NOT_REACHED);
    case_close(&c);
}

static void
a_peer_that_fell_silent_is_a_failure_of_contact(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  PHASE_1(24) PHASE_2(25, 24) OFFICE(25, "DPD: No response from peer - declaring peer dead")
                      OFFICE(25, "DPD action - clearing connection kind CK_PERMANENT")
                          OFFICE(25, "deleting state (STATE_QUICK_I2) aged 620.985747s and NOT sending "
                                     "notification") OFFICE(25, "ESP traffic information: in=0B out=0B"));
    const struct tunnel_view *t = case_office(&c);
    assert_tunnel(t, TUNNEL_DOWN);
    assert_int_equal(t->row.ending, END_LOST);
    assert_verdict(t, CP_CONTACT, ST_FAILED);
    assert_true(str_eq(t->findings[0].rule->id, STR("contact-peer-lost")));
    // what was negotiated stays what it was
    assert_rung(t, CP_P2_CIPHER, ST_PASSED);
    case_close(&c);
}

static void
failures_at_one_place_are_one_finding(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, FAILS_P1(1) FAILS_P1(2) FAILS_P1(3));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_P1_CIPHER, ST_FAILED);
    assert_int_equal(t->row.attempts, 3);
    assert_int_equal(t->findings[0].attempts, 3);
    size_t errors = 0;
    for (size_t i = 0; i < t->finding_count; i++)
        errors += t->findings[i].severity == SEV_ERROR;
    assert_int_equal(errors, 1);
    case_close(&c);
}

// How many lines that say this are evidence of a checkpoint, and where the first of them stands.
static int
says(const struct tunnel_view *t, enum checkpoint checkpoint, const char *words, uint64_t *first)
{
    const struct rung *r = case_rung(t, checkpoint);
    int count = 0;
    for (size_t i = 0; i < r->proof_count; i++)
        if (case_has(r->proofs[i].text, words) && count++ == 0)
            *first = r->proofs[i].line;
    return count;
}

static void
of_failures_that_repeat_each_other_two_stand_beside_the_proof(void **state)
{
    struct diag_case c;
    uint64_t first = 0;
    case_read_log(&c, state,
                  STARTS(1) REFUSED(1, "BAD_PROPOSAL_SYNTAX") FAILS_P1(2) FAILS_P1(3) FAILS_P1(4) FAILS_P1(5)
                      FAILS_P1(6));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_P1_CIPHER, ST_FAILED);
    assert_int_equal(says(t, CP_P1_CIPHER, "#1: received and ignored", &first), 1);
    assert_int_equal(says(t, CP_P1_CIPHER, "#6: received and ignored", &first), 1);
    assert_int_equal(says(t, CP_P1_CIPHER, "payload: NO_PROPOSAL_CHOSEN", &first), 3);
    assert_int_equal(first, 16); // the fourth attempt's
    case_close(&c);
    // Each that came up has numbers of its own.
    case_read_log(&c, state,
                  PHASE_1(1) PHASE_2(2, 1) PHASE_2(3, 1) PHASE_2(4, 1) PHASE_2(5, 1) PHASE_2(6, 1));
    t = case_office(&c);
    assert_tunnel(t, TUNNEL_UP);
    assert_int_equal(says(t, CP_P2_CIPHER, "IPsec SA established", &first), 5);
    case_close(&c);
}

static void
progress_is_told(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, FAILS_P1(1) FAILS_P1(2) FAILS_P2(3, 4));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_P2_CIPHER, ST_FAILED);
    assert_rung(t, CP_P1_CIPHER, ST_PASSED);
    const struct finding_view *f = case_mended(t, CP_P1_CIPHER);
    assert_non_null(f);
    assert_int_equal(f->attempts, 2);
    assert_int_equal(f->severity, SEV_NOTE);
    case_close(&c);
}

static void
the_newest_of_different_failures_counts(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, FAILS_P2(1, 2) FAILS_P1(3));
    assert_verdict(case_office(&c), CP_P1_CIPHER, ST_FAILED);
    case_close(&c);
}

static void
a_peer_that_repeats_itself_does_not_hear_us(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  OFFICE(1, "responding to Main Mode") OFFICE(1, "sent Main Mode R1")
                      OFFICE(1, "retransmitting in response to duplicate packet; already STATE_MAIN_R1")
                          OFFICE(1, "retransmitting in response to duplicate packet; already STATE_MAIN_R1"));
    const struct tunnel_view *t = case_office(&c);
    assert_rung(t, CP_CONTACT, ST_SUSPECTED);
    assert_rung(t, CP_PSK, ST_NOT_REACHED);
    case_close(&c);
}

static void
who_asks_learns_one_word_and_is_sent_to_who_answers(void **state)
{
    static const char *const logs[] = {
        FAILS_P1(1),
        STARTS(1) OFFICE(1, "sent Main Mode I2") OFFICE(1, "sent Main Mode I3")
            REFUSED(1, "INVALID_ID_INFORMATION"),
        FAILS_P2(1, 2),
        PHASE_1(204) ASKS(205, 204) REFUSED(204, "INVALID_ID_INFORMATION"),
    };
    for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
        struct diag_case c;
        case_read_log(&c, state, logs[i]);
        const struct tunnel_view *t = case_office(&c);
        const struct finding_view *f = &t->findings[0];
        assert_int_not_equal(f->certainty, SURE_CERTAIN);
        assert_true(f->unknown_count > 0);
        assert_true(f->step_count > 0);
        assert_int_equal(f->steps[0].where, AT_PEER);
        assert_false(f->steps[0].weak);
        // theirs is never guessed from ours
        assert_int_equal(case_value(case_rung(t, CP_P1_CIPHER), "peer_proposed").count, 0);
        assert_int_equal(case_value(case_rung(t, CP_SUBNETS), "peer_subnets").count, 0);
        for (size_t v = 0; v < f->value_count; v++)
            assert_false(str_starts(f->values[v].key, STR("peer_")));
        case_close(&c);
    }
}

static void
who_answers_collects_all_that_was_offered(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  OFFICE(13, "responding to Main Mode")
                      OFFICE(13, "Oakley Transform [AES_CBC (128), HMAC_SHA2_256, MODP1024] refused")
                          OFFICE(13, "Oakley Transform [AES_CBC (128), HMAC_SHA1, MODP1024] refused")
                              OFFICE(13, "Oakley Transform [3DES_CBC (192), HMAC_MD5, MODP1024] refused")
                                  OFFICE(13, "no acceptable Oakley Transform")
                                      OFFICE(13, "sending notification NO_PROPOSAL_CHOSEN to "
                                                 "198.51.100.10:500"));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_P1_CIPHER, ST_FAILED);
    assert_int_equal(t->row.verdict.certainty, SURE_CERTAIN);
    struct value offered = case_value(case_rung(t, CP_P1_CIPHER), "peer_proposed");
    assert_int_equal(offered.count, 3);
    assert_true(str_eq(offered.text[2], STR("3DES_CBC (192), HMAC_MD5, MODP1024")));
    const struct rung *r = case_rung(t, CP_P1_CIPHER);
    size_t deciding = 0;
    for (size_t i = 0; i < r->proof_count; i++) {
        deciding += r->proofs[i].deciding;
        // a proof is the line itself, and its text stands where it says
        struct str whole = buf_str(&c.log[0]);
        assert_true(str_starts(str_from(whole, (size_t)r->proofs[i].offset), r->proofs[i].text));
    }
    assert_int_equal(deciding, 1);
    case_close(&c);
}

static void
a_short_key_is_a_remark_and_no_fault(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  STARTS(1) OFFICE(1, "WARNING: connection office PSK length of 8 bytes is too short for "
                                      "HMAC_SHA2_256 PRF in FIPS mode (16 bytes required)")
                      OFFICE(1, "sent Main Mode I2") OFFICE(1, "sent Main Mode I3") STANDS(1) PHASE_2(2, 1));
    const struct tunnel_view *t = case_office(&c);
    assert_tunnel(t, TUNNEL_UP);
    assert_int_equal(t->row.verdict.checkpoint, CP_NONE);
    assert_int_equal(case_finding(t, "tunnel-psk-short")->severity, SEV_NOTE);
    case_close(&c);
}

static void
no_traffic_is_a_suspicion_and_the_operators(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    diag_tell_no_traffic(c.diag);
    case_log(&c, PHASE_1(1) PHASE_2(2, 1));
    case_end(&c);
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_UPDOWN, ST_SUSPECTED);
    assert_basis(t, CP_UPDOWN, BASIS_STATED);
    assert_tunnel(t, TUNNEL_DEGRADED);
    assert_true(str_eq(t->findings[0].rule->id, STR("updown-no-traffic")));
    assert_int_equal(t->findings[0].certainty, SURE_POSSIBLE);
    assert_true(t->findings[0].alternative_count > 0);
    assert_rung(t, CP_P2_CIPHER, ST_PASSED);
    case_close(&c);

    // a tunnel that is down has another question
    case_open(&c, state);
    diag_tell_no_traffic(c.diag);
    case_log(&c, FAILS_P1(1));
    case_end(&c);
    assert_verdict(case_office(&c), CP_P1_CIPHER, ST_FAILED);
    case_close(&c);
}

static void
a_failing_script_is_a_failure_of_updown(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  PHASE_1(1) ASKS(2, 1) OFFICE(2, "up-client output: /usr/libexec/ipsec/_updown: 12: ip: not "
                                                  "found") OFFICE(2, "up-client command exited with status "
                                                                     "127"));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_UPDOWN, ST_FAILED);
    assert_rung(t, CP_SUBNETS, ST_PASSED);
    assert_rung(t, CP_P2_CIPHER, ST_PASSED);
    assert_true(str_eq(t->findings[0].rule->id, STR("updown-script-missing")));
    case_close(&c);
}

static void
a_kernel_that_refuses_is_no_mismatch(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  PHASE_1(1) ASKS(2, 1)
                      OFFICE(2, "ERROR: netlink response for Add SA esp.5e831315@203.0.113.20 included errno "
                                "93: Protocol not supported"));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_UPDOWN, ST_FAILED);
    assert_rung(t, CP_P2_CIPHER, ST_PASSED);
    assert_true(str_eq(t->findings[0].rule->id, STR("updown-kernel-protocol")));
    case_close(&c);
}

static void
the_order_is_that_of_the_exchange(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, FAILS_P1(1));
    const struct tunnel_view *t = case_office(&c);
    assert_true(t->order_seen);
    assert_int_equal(t->ladder[3].checkpoint, CP_PSK);
    case_close(&c);

    case_read_log(&c, state,
                  OFFICE(1, "initiating IKEv2 connection")
                      OFFICE(1, "sent IKE_SA_INIT request to 203.0.113.20:500"));
    t = case_office(&c);
    assert_int_equal(t->ladder[3].checkpoint, CP_ID);
    assert_int_equal(t->ladder[4].checkpoint, CP_PSK);
    case_close(&c);

    case_read_log(&c, state, OFFICE(1, "initiating IKEv1 Aggressive Mode connection"));
    t = case_office(&c);
    assert_int_equal(t->ladder[2].checkpoint, CP_ID);
    case_close(&c);
}

static void
the_worst_tunnel_stands_first(void **state)
{
    struct diag_case c;
    case_read_log(
        &c, state,
        "pluto[1]: \"down\" #9: initiating IKEv1 Main Mode connection\n"
        "pluto[1]: \"down\" #9: sent Main Mode request\n"
        "pluto[1]: \"down\" #9: received and ignored notification payload: NO_PROPOSAL_CHOSEN\n" PHASE_1(1)
            PHASE_2(2, 1));
    assert_int_equal(c.view->row_count, 2);
    assert_true(str_eq(c.view->rows[0].name, STR("down")));
    assert_true(str_eq(c.view->rows[1].name, STR("office")));
    case_close(&c);
}

static void
a_failure_that_lies_further_on_is_not_mended(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, FAILS_P2(1, 2) FAILS_P1(3));
    assert_null(case_mended(case_office(&c), CP_P2_CIPHER));
    case_close(&c);
}

static void
steps_at_the_peer_are_written_for_what_it_says_it_is(void **state)
{
    static const struct {
        const char *vendor, *words;
    } peers[] = {
        {"received Vendor ID payload [strongSwan 4.3.5]", "local { id = PEER_EXPECTED_ID }"},
        {"received Vendor ID payload [CAN-IKEv2]", "leftid=PEER_EXPECTED_ID"},
        {"received Vendor ID payload [XAUTH]", "leftid=PEER_EXPECTED_ID"}, // many makers send it
    };
    for (size_t i = 0; i < sizeof peers / sizeof *peers; i++) {
        char log[2048];
        snprintf(log, sizeof log,
                 OFFICE(1, "responding to Main Mode") OFFICE(1, "%s") OFFICE(1, "sent Main Mode R1")
                     OFFICE(1, "sent Main Mode R2") OFFICE(1, "Peer ID is ID_FQDN: '@branch.example.org'")
                         OFFICE(1, "no suitable connection for peer '@branch.example.org'"),
                 peers[i].vendor);
        struct diag_case c;
        case_read_log(&c, state, log);
        const struct tunnel_view *t = case_office(&c);
        bool said = false;
        for (size_t n = 0; n < t->findings[0].step_count; n++) {
            const struct step_view *step = &t->findings[0].steps[n];
            said |= step->where == AT_PEER && case_has(step->command, peers[i].words);
        }
        assert_true(said);
        case_close(&c);
    }
}

// A log at its highest level has hundreds of lines that only inform before and behind a refusal.
static void
what_only_informs_does_not_crowd_out_a_refusal(void **state)
{
    static const char *const informs[] = {
        "[ENC] <office|1> verifying message structure",
        "[ENC] <office|1> order payloads in message",
        "[IKE] <office|1> activating new tasks",
        "[IKE] <office|1> nothing to initiate",
        "[MGR] <office|1> checkin of IKE_SA successful",
        "[ENC] <office|1> found an encrypted payload",
        "[ENC] <office|1> parsed content of encrypted payload",
        "[ENC] <office|1> decrypting payloads:",
        "[ENC] <office|1> encrypting payloads:",
        "[CFG] <office|1> selecting proposal:",
    };
    enum { LINES = 200, REFUSED_AT = 20, MOST = 80, KINDS = sizeof informs / sizeof informs[0] };
    static char log[LINES * MOST];
    size_t used =
        (size_t)snprintf(log, sizeof log, "05[IKE] <office|1> initiating IKE_SA office[1] to 203.0.113.20\n");
    for (size_t i = 0; i + 2 < LINES; i++)
        used += (size_t)snprintf(log + used, sizeof log - used, "05%s\n",
                                 i == REFUSED_AT ? "[IKE] <office|1> EAP_MSCHAPV2 method failed"
                                                 : informs[i % KINDS]);
    snprintf(log + used, sizeof log - used,
             "05[ENC] <office|1> generating INFORMATIONAL request 2 [ N(AUTH_FAILED) ]\n");
    struct diag_case c;
    case_read_log(&c, state, log);
    assert_verdict(case_office(&c), CP_PSK, ST_FAILED);
    case_close(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_only_informs_does_not_crowd_out_a_refusal),
        cmocka_unit_test(a_failure_that_lies_further_on_is_not_mended),
        cmocka_unit_test(a_later_success_makes_failures_history),
        cmocka_unit_test(a_failure_inside_an_attempt_that_succeeds_is_history),
        cmocka_unit_test(another_group_is_asked_for_and_taken),
        cmocka_unit_test(a_later_failure_does_not_undo_what_stands),
        cmocka_unit_test(the_ladder_of_the_living_sa_can_be_walked_to),
        cmocka_unit_test(an_orderly_end_is_no_failure),
        cmocka_unit_test(behind_an_end_the_next_attempt_counts),
        cmocka_unit_test(behind_the_end_of_an_ike_sa_a_new_number_is_no_child_of_it),
        cmocka_unit_test(a_peer_that_fell_silent_is_a_failure_of_contact),
        cmocka_unit_test(failures_at_one_place_are_one_finding),
        cmocka_unit_test(of_failures_that_repeat_each_other_two_stand_beside_the_proof),
        cmocka_unit_test(progress_is_told),
        cmocka_unit_test(the_newest_of_different_failures_counts),
        cmocka_unit_test(a_peer_that_repeats_itself_does_not_hear_us),
        cmocka_unit_test(who_asks_learns_one_word_and_is_sent_to_who_answers),
        cmocka_unit_test(who_answers_collects_all_that_was_offered),
        cmocka_unit_test(a_short_key_is_a_remark_and_no_fault),
        cmocka_unit_test(no_traffic_is_a_suspicion_and_the_operators),
        cmocka_unit_test(a_failing_script_is_a_failure_of_updown),
        cmocka_unit_test(a_kernel_that_refuses_is_no_mismatch),
        cmocka_unit_test(the_order_is_that_of_the_exchange),
        cmocka_unit_test(the_worst_tunnel_stands_first),
        cmocka_unit_test(steps_at_the_peer_are_written_for_what_it_says_it_is),
    };
    return cmocka_run_group_tests(tests, case_load_packs, case_free_packs);
}
