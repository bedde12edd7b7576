// diag, from lines to attempts: what belongs to which negotiation and which checkpoint it means.
// Logs are written here in the daemon's words.
#include "diag_case.h"

#include "knowledge/load.h"

static void
a_word_before_phase_1_means_phase_1(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, STARTS(14) REFUSED(14, "NO_PROPOSAL_CHOSEN"));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_P1_CIPHER, ST_FAILED);
    assert_rung(t, CP_CONTACT, ST_PASSED);
    assert_rung(t, CP_PSK, ST_NOT_REACHED);
    assert_rung(t, CP_P2_CIPHER, ST_NOT_REACHED);
    case_close(&c);

    case_read_log(&c, state,
                  STARTS(14) OFFICE(14, "sent Main Mode I2") OFFICE(14, "sent Main Mode I3")
                      REFUSED(14, "INVALID_ID_INFORMATION"));
    t = case_office(&c);
    assert_verdict(t, CP_ID, ST_FAILED);
    assert_rung(t, CP_P1_CIPHER, ST_PASSED);
    assert_rung(t, CP_SUBNETS, ST_NOT_REACHED);
    case_close(&c);
}

static void
the_same_word_behind_phase_1_means_phase_2(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, PHASE_1(194) ASKS(195, 194) REFUSED(194, "NO_PROPOSAL_CHOSEN"));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_P2_CIPHER, ST_FAILED);
    for (int r = CP_CONTACT; r <= CP_ID; r++)
        assert_rung(t, (enum checkpoint)r, ST_PASSED);
    assert_rung(t, CP_UPDOWN, ST_NOT_REACHED);
    case_close(&c);

    case_read_log(&c, state, PHASE_1(204) ASKS(205, 204) REFUSED(204, "INVALID_ID_INFORMATION"));
    t = case_office(&c);
    assert_verdict(t, CP_SUBNETS, ST_FAILED);
    assert_rung(t, CP_ID, ST_PASSED);
    assert_rung(t, CP_P2_CIPHER, ST_NOT_REACHED);
    case_close(&c);
}

static void
phase_1_stood_though_the_log_begins_behind_it(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, ASKS(195, 194) REFUSED(194, "NO_PROPOSAL_CHOSEN"));
    assert_verdict(case_office(&c), CP_P2_CIPHER, ST_FAILED);
    case_close(&c);
}

#define V2_TO_AUTH(serial)                                                                                   \
    OFFICE(serial, "initiating IKEv2 connection")                                                            \
    OFFICE(serial, "sent IKE_SA_INIT request to 203.0.113.20:500")                                           \
    OFFICE(serial, "sent IKE_AUTH request {cipher=AES_CBC_256 integ=HMAC_SHA2_256_128 prf=HMAC_SHA2_256 "    \
                   "group=MODP1536}")

static void
in_ikev2_the_first_child_travels_inside_auth(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  OFFICE(1, "initiating IKEv2 connection")
                      OFFICE(1, "sent IKE_SA_INIT request to 203.0.113.20:500")
                          OFFICE(1, "dropping unexpected IKE_SA_INIT message containing NO_PROPOSAL_CHOSEN "
                                    "notification; message payloads: N; missing payloads: SA,KE,Ni"));
    assert_verdict(case_office(&c), CP_P1_CIPHER, ST_FAILED);
    case_close(&c);

    case_read_log(&c, state,
                  V2_TO_AUTH(1) OFFICE(1, "IKE_AUTH response contained the error notification "
                                          "NO_PROPOSAL_CHOSEN"));
    assert_verdict(case_office(&c), CP_P2_CIPHER, ST_FAILED);
    case_close(&c);

    case_read_log(&c, state,
                  V2_TO_AUTH(1)
                      OFFICE(1, "IKE_AUTH response contained the error notification TS_UNACCEPTABLE"));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_SUBNETS, ST_FAILED);
    assert_rung(t, CP_PSK, ST_PASSED);
    assert_rung(t, CP_ID, ST_PASSED);
    case_close(&c);

    // RFC 7296 2.21.2: secret, identity or certificate, nobody knows which
    case_read_log(&c, state,
                  V2_TO_AUTH(1)
                      OFFICE(1, "IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED"));
    t = case_office(&c);
    assert_rung(t, CP_PSK, ST_SUSPECTED);
    assert_rung(t, CP_ID, ST_SUSPECTED);
    assert_true(t->findings[0].alternative_count > 0);
    assert_int_not_equal(t->row.verdict.certainty, SURE_CERTAIN);
    case_close(&c);
}

static void
of_several_children_all_are_suspected(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, PHASE_1(1) ASKS(2, 1) ASKS(3, 1) REFUSED(1, "NO_PROPOSAL_CHOSEN"));
    const struct tunnel_view *t = case_office(&c);
    assert_int_equal(t->attempt_count, 2);
    for (int i = 0; i < 2; i++)
        assert_rung(case_attempt(&c, "office", i), CP_P2_CIPHER, ST_SUSPECTED);
    assert_verdict(t, CP_P2_CIPHER, ST_SUSPECTED);
    case_close(&c);

    // one of them stands already: then it concerns the other
    case_read_log(&c, state, PHASE_1(1) PHASE_2(2, 1) ASKS(3, 1) REFUSED(1, "NO_PROPOSAL_CHOSEN"));
    assert_rung(case_attempt(&c, "office", 0), CP_P2_CIPHER, ST_PASSED);
    assert_rung(case_attempt(&c, "office", 1), CP_P2_CIPHER, ST_FAILED);
    case_close(&c);
}

static void
what_a_responder_logs_under_the_parent_is_the_childs(void **state)
{
    static const char phase_1[] = OFFICE(31, "responding to Main Mode") OFFICE(31, "sent Main Mode R1")
        OFFICE(31, "sent Main Mode R2") OFFICE(31, "Peer ID is ID_IPV4_ADDR: '198.51.100.10'") STANDS(31);
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, phase_1);
    static const char asked[] = OFFICE(31, "the peer proposed: 192.168.200.0/24 -<all>-> 192.168.100.0/24")
        OFFICE(32, "responding to Quick Mode proposal {msgid:6fb993a9}")
            OFFICE(32, "us: 192.168.200.0/24===192.0.2.9[+S?C]  them: "
                       "198.51.100.10[+S?C]===192.168.100.0/24") CHILD_STANDS(32);
    buf_add(&c.log[0], str_of(asked));
    diag_feed(c.diag, 0, asked, sizeof asked - 1);
    case_end(&c);
    const struct tunnel_view *t = case_office(&c);
    assert_tunnel(t, TUNNEL_UP);
    assert_int_equal(t->attempt_count, 1);
    assert_int_equal(t->attempts[0].serial, 32);
    struct value peer = case_value(case_rung(t, CP_SUBNETS), "peer_subnets");
    assert_true(peer.count >= 1);
    assert_memory_equal(peer.text[0].at, "192.168.100.0/24", 16);
    case_close(&c);
}

static void
a_refused_child_without_a_number_is_a_child(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  OFFICE(31, "responding to Main Mode") OFFICE(31, "sent Main Mode R1")
                      OFFICE(31, "sent Main Mode R2") STANDS(31)
                          OFFICE(31, "the peer proposed: 192.168.84.0/24 -<all>-> 192.168.22.0/24")
                              OFFICE(31, "cannot respond to IPsec SA request because no connection is known "
                                         "for 192.168.84.0/24===192.0.2.9[+S?C]...198.51.100.10[+S?C]"
                                         "===192.168.22.0/24")
                                  OFFICE(31, "sending encrypted notification INVALID_ID_INFORMATION to "
                                             "198.51.100.10:500"));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_SUBNETS, ST_FAILED);
    assert_int_equal(t->row.verdict.certainty, SURE_CERTAIN);
    for (int r = CP_CONTACT; r <= CP_ID; r++)
        assert_rung(t, (enum checkpoint)r, ST_PASSED);
    assert_rung(t, CP_P2_CIPHER, ST_NOT_REACHED);
    case_close(&c);
}

static void
a_parent_that_is_not_in_the_log_stood(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, PHASE_2(205, 204));
    const struct tunnel_view *t = case_office(&c);
    assert_tunnel(t, TUNNEL_UP);
    assert_int_equal(t->attempt_count, 1);
    for (int r = CP_CONTACT; r <= CP_P2_CIPHER; r++)
        assert_rung(t, (enum checkpoint)r, ST_PASSED);
    assert_basis(t, CP_PSK, BASIS_IMPLIED);
    case_close(&c);
}

static void
lines_without_a_number_belong_to_the_next_answer(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  "pluto[7]: packet from 198.51.100.10:500: ignoring Vendor ID payload [FRAGMENTATION]\n"
                  "pluto[7]: \"office\" #13: responding to Main Mode\n"
                  "pluto[7]: \"office\" #13: sent Main Mode R1\n");
    const struct tunnel_view *t = case_office(&c);
    assert_true(str_eq(t->row.peer, STR("198.51.100.10")));
    assert_int_equal(t->attempts[0].first_line, 1);
    case_close(&c);
}

static void
the_rest_of_a_line_that_was_cut_off_is_no_address(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  "pluto[7]: \"office\" #13: responding to Main Mode\n"
                  "pluto[7]: \"office\" #13: sending notification NO_PROPOSAL_CHOSEN to 19\n"
                  "8.51.100.10:500\n"
                  "pluto[7]: \"depot\" #14: sending notification NO_PROPOSAL_CHOSEN to 198.51.100.10:500\n");
    assert_int_equal(case_tunnel(&c, "office")->row.peer.len, 0);
    assert_true(str_eq(case_tunnel(&c, "depot")->row.peer, STR("198.51.100.10")));
    case_close(&c);
}

static void
lines_without_a_number_wait_for_their_own_answer(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  "pluto[7]: \"branch\" #1: sent IKE_SA_INIT request to 198.51.100.20:500\n"
                  "pluto[7]: packet from 198.51.100.10:500: ignoring Vendor ID payload [FRAGMENTATION]\n"
                  "pluto[7]: \"depot\" #2: initiating IKEv1 Main Mode connection\n"
                  "pluto[7]: \"office\" #13: responding to Main Mode\n"
                  "pluto[7]: packet from 198.51.100.20:500: ignoring Vendor ID payload [FRAGMENTATION]\n"
                  "pluto[7]: \"shop\" #14: responding to Main Mode\n"
                  "pluto[7]: \"branch\" #15: responding to Main Mode\n");
    assert_int_equal(case_tunnel(&c, "depot")->row.peer.len, 0);
    const struct tunnel_view *office = case_tunnel(&c, "office");
    assert_true(str_eq(office->row.peer, STR("198.51.100.10")));
    assert_int_equal(office->attempts[0].first_line, 2);
    assert_int_equal(case_tunnel(&c, "shop")->row.peer.len, 0);
    assert_int_equal(case_tunnel(&c, "branch")->attempts[1].first_line, 5);
    case_close(&c);
}

static void
a_stray_packet_is_of_the_only_connection(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  "pluto[7]: packet from 198.51.100.10:500: phase 1 message is part of an unknown exchange\n"
                  "pluto[7]: \"office\" #13: initiating IKEv1 Main Mode connection\n"
                  "pluto[7]: \"office\" #13: sent Main Mode request\n");
    const struct tunnel_view *t = case_tunnel(&c, "office");
    assert_true(str_eq(t->row.peer, STR("198.51.100.10")));
    assert_int_equal(t->attempts[0].first_line, 2);
    case_close(&c);
}

static void
a_stray_packet_of_another_peer_gives_way(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  "pluto[7]: packet from 198.51.100.10:500: phase 1 message is part of an unknown exchange\n"
                  "pluto[7]: \"office\" #13: initiating IKEv1 Main Mode connection\n"
                  "pluto[7]: \"office\" #13: ERROR: asynchronous network error report on eth0 for message to "
                  "198.51.100.20 port 500, complainant 198.51.100.20: Connection refused [errno 111, origin "
                  "ICMP type 3 code 3 (not authenticated)]\n"
                  "pluto[7]: packet from 198.51.100.20:500: ignoring Vendor ID payload [FRAGMENTATION]\n"
                  "pluto[7]: \"office\" #14: responding to Main Mode\n");
    const struct tunnel_view *t = case_tunnel(&c, "office");
    assert_true(str_eq(t->row.peer, STR("198.51.100.20")));
    assert_int_equal(t->attempts[1].first_line, 4);
    case_close(&c);
}

static void
a_chain_of_replacements_is_one_tunnel(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  PHASE_1(1) PHASE_2(2, 1) OFFICE(3, "initiating IKEv1 Main Mode connection to replace #1")
                      OFFICE(3, "sent Main Mode request, replacing #1") OFFICE(3, "sent Main Mode I2")
                          OFFICE(3, "sent Main Mode I3") STANDS(3)
                              OFFICE(4, "initiating Quick Mode IKEv1+PSK+ENCRYPT+TUNNEL+UP to replace #2 "
                                        "{using isakmp#3 msgid:22b65fd2 "
                                        "proposal=AES_CBC_128-HMAC_SHA2_256_128 pfsgroup=no-pfs}")
                                  OFFICE(4, "sent Quick Mode request, to replace #2") CHILD_STANDS(4));
    const struct tunnel_view *t = case_office(&c);
    assert_tunnel(t, TUNNEL_UP);
    assert_int_equal(t->row.verdict.checkpoint, CP_NONE);
    case_close(&c);
}

static void
attempts_that_cross_are_two_and_the_better_counts(void **state)
{
    struct diag_case c;
    case_read_log(
        &c, state,
        OFFICE(10, "initiating IKEv2 connection") OFFICE(10, "sent IKE_SA_INIT request to 203.0.113.20:500")
            OFFICE(11, "proposal 1:IKE=AES_CBC_128-HMAC_SHA2_256-HMAC_SHA2_256_128-MODP1024 "
                       "chosen from remote proposals "
                       "1:IKE:ENCR=AES_CBC_128;PRF=HMAC_SHA2_256;DH=MODP1024[first-match]")
                OFFICE(11, "sent IKE_SA_INIT reply {cipher=AES_CBC_128}") WAITS(10, "V2_PARENT_I1")
                    OFFICE(11, "responder established IKE SA; authenticated peer using "
                               "authby=secret and ID_IPV4_ADDR '203.0.113.20'")
                        OFFICE(12, "responder established Child SA using #11; IPsec tunnel "
                                   "[192.168.16.0-192.168.16.255:0-65535 0] -> "
                                   "[192.168.161.0-192.168.161.255:0-65535 0] "
                                   "{ESP/ESN=>0x97a0fd13 <0x58707730}"));
    const struct tunnel_view *t = case_office(&c);
    assert_tunnel(t, TUNNEL_UP);
    assert_int_equal(t->row.verdict.checkpoint, CP_NONE);
    assert_int_equal(t->attempt_count, 2);
    assert_int_equal(t->row.role, 3);
    case_close(&c);
}

static void
what_lies_before_the_log_is_unknown(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, OFFICE(5, "some words that nobody knows") WAITS(5, "MAIN_I1"));
    const struct tunnel_view *t = case_office(&c);
    assert_rung(t, CP_CONTACT, ST_SUSPECTED);
    case_close(&c);

    // only the end of phase 1 is seen: it implies all that led to it
    case_read_log(&c, state, STANDS(5));
    t = case_office(&c);
    for (int r = CP_CONTACT; r <= CP_ID; r++)
        assert_rung(t, (enum checkpoint)r, ST_PASSED);
    assert_rung(t, CP_SUBNETS, ST_UNKNOWN);
    assert_rung(t, CP_P2_CIPHER, ST_UNKNOWN);
    case_close(&c);

    // only its end is seen: nothing is known of it, and nothing is invented
    case_read_log(&c, state,
                  OFFICE(20, "deleting state (STATE_QUICK_R2) aged 3599.7s and sending notification")
                      OFFICE(20, "ESP traffic information: in=134B out=0B"));
    if (c.view->row_count) {
        t = case_office(&c);
        assert_int_equal(t->row.verdict.checkpoint, CP_NONE);
        assert_rung(t, CP_UPDOWN, ST_UNKNOWN);
    }
    case_close(&c);
}

// What one stuck initiator makes of its silence.
static void
stuck(void **state, const char *log, unsigned suspected, const char *finding)
{
    struct diag_case c;
    case_read_log(&c, state, log);
    const struct tunnel_view *t = case_office(&c);
    for (int r = CP_CONTACT; r <= CP_P2_CIPHER; r++)
        if ((case_rung(t, (enum checkpoint)r)->state == ST_SUSPECTED) != ((suspected >> r & 1) != 0))
            fail_msg("%s is %s", checkpoint_word[r], state_word[case_rung(t, (enum checkpoint)r)->state]);
    assert_int_equal(t->row.verdict.state, ST_SUSPECTED);
    // a suspicion without rivals is a bug
    assert_true(t->findings[0].alternative_count > 0);
    if (!str_eq(t->findings[0].rule->id, str_of(finding)))
        fail_msg("the finding is %.*s", STR_ARG(t->findings[0].rule->id));
    case_close(&c);
}

static void
where_it_is_stuck_says_what_to_think_of(void **state)
{
    stuck(state, STARTS(1) GIVES_UP(1, "MAIN_I1"), 1u << CP_CONTACT, "contact-silent-v1");
    stuck(state, STARTS(1) OFFICE(1, "sent Main Mode I2") GIVES_UP(1, "MAIN_I2"), 1u << CP_CONTACT,
          "contact-silent-third");
    stuck(state,
          STARTS(1) OFFICE(1, "sent Main Mode I2") OFFICE(1, "sent Main Mode I3") GIVES_UP(1, "MAIN_I3"),
          1u << CP_PSK, "psk-silent");
    stuck(state, V2_TO_AUTH(1) GIVES_UP(1, "V2_PARENT_I2"), 1u << CP_CONTACT, "contact-auth-silent");
    stuck(state, PHASE_1(1) ASKS(2, 1) GIVES_UP(2, "QUICK_I1"), 1u << CP_SUBNETS | 1u << CP_P2_CIPHER,
          "subnets-silent");
}

static void
behind_nat_a_silent_message_5_is_the_path_first(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  STARTS(1) OFFICE(1, "NAT-Traversal: Result using RFC 3947 (NAT-Traversal) sender port 500: "
                                      "I am behind NAT") OFFICE(1, "sent Main Mode I2")
                      OFFICE(1, "sent Main Mode I3") GIVES_UP(1, "MAIN_I3"));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_CONTACT, ST_SUSPECTED);
    assert_rung(t, CP_PSK, ST_SUSPECTED);
    assert_non_null(case_finding(t, "contact-keyed-nat"));
    case_close(&c);
}

static void
a_child_that_stood_and_is_not_renewed_lost_its_peer(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  OFFICE(34, "initiating Quick Mode IKEv1+PSK+ENCRYPT+TUNNEL+UP to replace #33 {using "
                             "isakmp#31 msgid:4cd7380f proposal=AES_CBC_128 pfsgroup=no-pfs}")
                      OFFICE(34, "sent Quick Mode request, to replace #33") GIVES_UP(34, "QUICK_I1"));
    // of a child in a log that begins behind it nobody knows
    assert_rung(case_office(&c), CP_SUBNETS, ST_SUSPECTED);
    case_close(&c);

    case_read_log(&c, state,
                  PHASE_1(31) PHASE_2(33, 31)
                      OFFICE(34, "initiating Quick Mode IKEv1+PSK+ENCRYPT+TUNNEL+UP to replace #33 {using "
                                 "isakmp#31 msgid:4cd7380f proposal=AES_CBC_128 pfsgroup=no-pfs}")
                          OFFICE(34, "sent Quick Mode request, to replace #33") GIVES_UP(34, "QUICK_I1"));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_CONTACT, ST_SUSPECTED);
    assert_tunnel(t, TUNNEL_DEGRADED);
    case_close(&c);
}

static void
who_still_waits_has_not_failed(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, STARTS(1) WAITS(1, "MAIN_I1"));
    const struct tunnel_view *t = case_office(&c);
    assert_verdict(t, CP_CONTACT, ST_SUSPECTED);
    assert_non_null(case_finding(t, "contact-waiting"));
    assert_int_equal(t->row.verdict.certainty, SURE_POSSIBLE);
    case_close(&c);
}

// Where no line has a time, lines stand for it: behind enough of them an answer would have come.
static void
silence_is_counted_in_lines_where_no_time_is_told(void **state)
{
    struct diag_case c;
    struct buf log = {0};
    buf_add(&log, STR(STARTS(1) WAITS(1, "MAIN_I1")));
    for (int i = 0; i < 39; i++)
        buf_add(&log, STR("pluto[2219]: adding UDP interface eth0 192.0.2.1:500\n"));
    case_read_log(&c, state, buf_cstr(&log));
    assert_non_null(case_finding(case_office(&c), "contact-waiting"));
    case_close(&c);
    buf_add(&log, STR("pluto[2219]: adding UDP interface eth0 192.0.2.1:500\n"
                      "pluto[2219]: adding UDP interface eth0 192.0.2.1:4500\n"));
    case_read_log(&c, state, buf_cstr(&log));
    assert_verdict(case_office(&c), CP_CONTACT, ST_SUSPECTED);
    assert_null(case_finding(case_office(&c), "contact-waiting"));
    case_close(&c);
    buf_release(&log);
}

static void
repeats_before_a_success_are_no_fault(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  STARTS(1) WAITS(1, "MAIN_I1") OFFICE(1, "sent Main Mode I2") WAITS(1, "MAIN_I2")
                      OFFICE(1, "sent Main Mode I3") WAITS(1, "MAIN_I3") STANDS(1) ASKS(2, 1)
                          WAITS(2, "QUICK_I1") CHILD_STANDS(2));
    const struct tunnel_view *t = case_office(&c);
    assert_tunnel(t, TUNNEL_UP);
    assert_int_equal(t->row.verdict.checkpoint, CP_NONE);
    for (int r = CP_CONTACT; r <= CP_P2_CIPHER; r++)
        assert_rung(t, (enum checkpoint)r, ST_PASSED);
    case_close(&c);
}

static void
a_worker_thread_is_no_identity(void **state)
{
    // Two negotiations whose lines both threads write, crosswise.
    static const char log[] = "charon[5]: 06[IKE] <office|1> initiating IKE_SA office[1] to 203.0.113.20\n"
                              "charon[5]: 07[IKE] <other|2> initiating IKE_SA other[2] to 203.0.113.21\n"
                              "charon[5]: 07[ENC] <office|1> parsed IKE_SA_INIT response 0 [ N(NO_PROP) ]\n"
                              "charon[5]: 07[IKE] <office|1> received NO_PROPOSAL_CHOSEN notify error\n"
                              "charon[5]: 06[ENC] <other|2> parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]\n"
                              "charon[5]: 06[IKE] <other|2> received AUTHENTICATION_FAILED notify error\n";
    struct diag_case c;
    case_read_log(&c, state, log);
    assert_int_equal(c.view->row_count, 2);
    assert_verdict(case_tunnel(&c, "office"), CP_P1_CIPHER, ST_FAILED);
    const struct tunnel_view *other = case_tunnel(&c, "other");
    assert_rung(other, CP_PSK, ST_SUSPECTED);
    assert_rung(other, CP_ID, ST_SUSPECTED);
    case_close(&c);
}

static bool
proved_by(const struct proof *p, const char *words)
{
    return p && str_find(p->text, str_of(words)) < p->text.len;
}

#define V2_CHILD(child, how, parent, spi)                                                                    \
    OFFICE(child, "initiator " how " Child SA using #" #parent                                               \
                  "; IPsec tunnel [10.1.0.0-10.1.255.255:0-65535 0] -> [10.2.0.0-10.2.255.255:0-65535 0] "   \
                  "{ESP/ESN=>" spi " <0x0dd330d3 xfrm=AES_CBC_256-HMAC_SHA1_96 DPD=passive}")

// Nothing is authenticated anew when an IKE SA is replaced (RFC 7296 section 1.3.2).
static void
what_replaced_an_ike_sa_is_proved_by_the_first_one(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  OFFICE(1, "initiating IKEv2 connection")
                      OFFICE(1, "sent IKE_AUTH request {cipher=AES_CBC_256 integ=HMAC_SHA1_96 "
                                "prf=HMAC_SHA1 group=MODP2048}")
                          OFFICE(1, "initiator established IKE SA; authenticated peer using authby=secret "
                                    "and ID_FQDN '@branch.example'")
                              V2_CHILD(2, "established", 1, "0x11111111")
                                  OFFICE(3, "initiator rekeyed IKE SA #1 {cipher=AES_CBC_256 "
                                            "integ=HMAC_SHA1_96 prf=HMAC_SHA1 group=MODP2048}")
                                      OFFICE(4, "initiator rekeyed IKE SA #3 {cipher=AES_CBC_256 "
                                                "integ=HMAC_SHA1_96 prf=HMAC_SHA1 group=MODP2048}")
                                          V2_CHILD(5, "rekeyed", 4, "0x22222222"));
    const struct tunnel_view *t = case_office(&c);
    for (int i = 0; i < CP_COUNT; i++) {
        const struct rung *r = &t->ladder[i];
        const struct proof *p = view_deciding(r->proofs, r->proof_count);
        if (r->checkpoint == CP_PSK || r->checkpoint == CP_ID)
            assert_true(proved_by(p, "authenticated peer"));
        if (r->checkpoint == CP_UPDOWN)
            assert_true(proved_by(p, "0x22222222"));
        bool first = false;
        for (size_t n = 0; n < r->proof_count; n++)
            first |= proved_by(&r->proofs[n], "0x11111111");
        assert_true(first == (r->checkpoint == CP_P2_CIPHER)); // what each child stood with is told beside
    }
    case_close(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_replaced_an_ike_sa_is_proved_by_the_first_one),
        cmocka_unit_test(a_word_before_phase_1_means_phase_1),
        cmocka_unit_test(the_same_word_behind_phase_1_means_phase_2),
        cmocka_unit_test(phase_1_stood_though_the_log_begins_behind_it),
        cmocka_unit_test(in_ikev2_the_first_child_travels_inside_auth),
        cmocka_unit_test(of_several_children_all_are_suspected),
        cmocka_unit_test(what_a_responder_logs_under_the_parent_is_the_childs),
        cmocka_unit_test(a_refused_child_without_a_number_is_a_child),
        cmocka_unit_test(a_parent_that_is_not_in_the_log_stood),
        cmocka_unit_test(lines_without_a_number_belong_to_the_next_answer),
        cmocka_unit_test(the_rest_of_a_line_that_was_cut_off_is_no_address),
        cmocka_unit_test(lines_without_a_number_wait_for_their_own_answer),
        cmocka_unit_test(a_stray_packet_is_of_the_only_connection),
        cmocka_unit_test(a_stray_packet_of_another_peer_gives_way),
        cmocka_unit_test(a_worker_thread_is_no_identity),
        cmocka_unit_test(a_chain_of_replacements_is_one_tunnel),
        cmocka_unit_test(attempts_that_cross_are_two_and_the_better_counts),
        cmocka_unit_test(what_lies_before_the_log_is_unknown),
        cmocka_unit_test(where_it_is_stuck_says_what_to_think_of),
        cmocka_unit_test(behind_nat_a_silent_message_5_is_the_path_first),
        cmocka_unit_test(a_child_that_stood_and_is_not_renewed_lost_its_peer),
        cmocka_unit_test(who_still_waits_has_not_failed),
        cmocka_unit_test(silence_is_counted_in_lines_where_no_time_is_told),
        cmocka_unit_test(repeats_before_a_success_are_no_fault),
    };
    return cmocka_run_group_tests(tests, case_load_packs, case_free_packs);
}
