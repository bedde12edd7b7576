// Daemons that number children apart from IKE SAs, and lines that name neither connection nor number: they
// belong to what their worker thread did before.
#include "diag_case.h"

#include "knowledge/load.h"

#define T0 "Nov 22 05:23:0"
#define AT(second, thread, words) T0 #second " gw charon[900]: " #thread words "\n"

// A peer asks, is accepted up to his identity, and is left there.
#define ASKED(second, thread, peer)                                                                          \
    AT(second, thread, "[NET] received packet: from " peer "[500] to 192.0.2.9[500] (464 bytes)")            \
    AT(second, thread, "[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]")
#define FOUND(second, thread, peer) AT(second, thread, "[IKE] " peer " is initiating an IKE_SA")
#define UNKNOWN(second, thread)                                                                              \
    AT(second, thread, "[IKE] received proposals unacceptable")                                              \
    AT(second, thread, "[ENC] generating IKE_SA_INIT response 0 [ N(NO_PROP) ]")
#define UP(second, thread, peer)                                                                             \
    AT(second, thread,                                                                                       \
       "[IKE] IKE_SA office[1] established between 192.0.2.9[192.0.2.9]..." peer "[" peer "]")               \
    AT(second, thread,                                                                                       \
       "[IKE] CHILD_SA net{1} established with SPIs c1000001_i c2000001_o and TS 10.1.0.0/16 === "           \
       "10.2.0.0/16")

static void
lines_of_two_threads_are_kept_apart(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  ASKED(1, 05, "198.51.100.1") ASKED(1, 06, "198.51.100.2") FOUND(1, 05, "198.51.100.1")
                      FOUND(1, 06, "198.51.100.2") UNKNOWN(1, 06) UP(1, 05, "198.51.100.1"));
    const struct tunnel_view *other = case_tunnel(&c, "198.51.100.2");
    assert_verdict(other, CP_P1_CIPHER, ST_FAILED);
    const struct tunnel_view *office = case_tunnel(&c, "office");
    assert_tunnel(office, TUNNEL_UP);
    assert_rung(office, CP_CONTACT, ST_PASSED);
    assert_int_equal(c.view->row_count, 2);
    case_close(&c);
}

static void
a_thread_that_goes_on_to_another_peer_leaves_the_first(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  ASKED(1, 05, "198.51.100.1") FOUND(1, 05, "198.51.100.1") UP(1, 05, "198.51.100.1")
                      ASKED(1, 05, "198.51.100.2") FOUND(1, 05, "198.51.100.2") UNKNOWN(1, 05));
    assert_tunnel(case_tunnel(&c, "office"), TUNNEL_UP);
    assert_verdict(case_tunnel(&c, "198.51.100.2"), CP_P1_CIPHER, ST_FAILED);
    case_close(&c);
}

// The child came up before the log begins, and the line that takes it down names nobody who wanted that.
static void
who_ends_a_child_is_told_by_the_line_before(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  AT(1, 01, "[NET] received packet: from 198.51.100.1[4500] to 192.0.2.9[4500] (76 bytes)")
                      AT(1, 01, "[ENC] parsed INFORMATIONAL_V1 request 713875247 [ HASH D ]")
                          AT(1, 01, "[IKE] received DELETE for ESP CHILD_SA with SPI c2000001")
                              AT(1, 01,
                                 "[IKE] closing CHILD_SA net{1} with SPIs c1000001_i (5 bytes) c2000001_o "
                                 "(7 bytes) and TS 10.1.0.0/16 === 10.2.0.0/16"));
    const struct tunnel_view *t = case_tunnel(&c, "198.51.100.1");
    assert_tunnel(t, TUNNEL_DOWN);
    assert_int_equal(t->row.ending, END_PEER);
    case_close(&c);
}

// A timer's thread worked on nothing before: what waits for an answer is meant, not what stands.
static void
silence_is_of_what_waits(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  ASKED(1, 05, "198.51.100.1") FOUND(1, 05, "198.51.100.1") UP(1, 05, "198.51.100.1")
                      AT(2, 06, "[IKE] initiating IKE_SA branch[2] to 203.0.113.66")
                          AT(2, 06, "[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]")
                              AT(6, 07, "[IKE] retransmit 1 of request with message ID 0")
                                  AT(9, 08, "[IKE] giving up after 1 retransmits"));
    assert_tunnel(case_tunnel(&c, "office"), TUNNEL_UP);
    assert_verdict(case_tunnel(&c, "branch"), CP_CONTACT, ST_SUSPECTED);
    case_close(&c);
}

// The starter repeats the daemon's lines under its own name and process number: no restart.
static void
a_copy_under_another_name_is_no_restart(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  ASKED(1, 05, "198.51.100.1") FOUND(1, 05, "198.51.100.1") UP(1, 05, "198.51.100.1") T0
                  "1 gw ipsec[800]: 05[IKE] <office|1> maximum IKE_SA lifetime 3600s\n" AT(
                      2, 05, "[IKE] <office|1> scheduling rekeying in 3000s"));
    assert_tunnel(case_office(&c), TUNNEL_UP);
    case_close(&c);
}

// RFC 7296 section 2.8: the children go over to the IKE SA that takes the place of the old one.
static void
children_outlive_the_ike_sa_that_was_replaced(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  ASKED(1, 05, "198.51.100.1") FOUND(1, 05, "198.51.100.1") UP(1, 05, "198.51.100.1")
                      AT(2, 06, "[ENC] <office|1> parsed CREATE_CHILD_SA request 2 [ SA No KE ]")
                          AT(2, 06,
                             "[IKE] <office|1> IKE_SA office[2] rekeyed between "
                             "192.0.2.9[192.0.2.9]...198.51.100.1[198.51.100.1]")
                              AT(3, 07, "[IKE] <office|1> received DELETE for IKE_SA office[1]"));
    assert_tunnel(case_office(&c), TUNNEL_UP);
    case_close(&c);

    // Without a successor they fall with it.
    case_read_log(&c, state,
                  ASKED(1, 05, "198.51.100.1") FOUND(1, 05, "198.51.100.1") UP(1, 05, "198.51.100.1")
                      AT(3, 07, "[IKE] <office|1> received DELETE for IKE_SA office[1]"));
    assert_tunnel(case_office(&c), TUNNEL_DOWN);
    case_close(&c);
}

// The same number means an IKE SA in one place and a child in the other.
static void
a_child_number_is_no_ike_number(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  AT(1, 05, "[IKE] <office|2> initiating IKE_SA office[2] to 198.51.100.1")
                      AT(1, 05, "[IKE] <office|2> establishing CHILD_SA net{2}")
                          AT(1, 05, "[ENC] <office|2> generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]")
                              AT(2, 06, "[ENC] <office|2> parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]")
                                  AT(2, 06, "[IKE] <office|2> received AUTHENTICATION_FAILED notify error"));
    const struct tunnel_view *office = case_office(&c);
    assert_verdict(office, CP_ID, ST_SUSPECTED);
    assert_rung(office, CP_SUBNETS, ST_NOT_REACHED);
    case_close(&c);
}

#define SENT(second, thread, peer)                                                                           \
    AT(second, thread, "[NET] sending packet: from 192.0.2.9[500] to " peer "[500] (464 bytes)")
#define BEGUN(second, thread, name, peer)                                                                    \
    AT(second, thread, "[IKE] initiating IKE_SA " name " to " peer)                                          \
    AT(second, thread, "[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]")                                \
    SENT(second, thread, peer)

// The first lines of a job name nobody; the packet that the same thread sends then does.
static void
a_job_is_of_whom_its_packet_goes_to(void **state)
{
    struct diag_case c;
    case_read_log(
        &c, state,
        ASKED(1, 05, "198.51.100.1") FOUND(1, 05, "198.51.100.1") UP(1, 05, "198.51.100.1")
            BEGUN(2, 06, "branch[2]", "203.0.113.66")
                AT(3, 07, "[NET] received packet: from 203.0.113.66[500] to 192.0.2.9[500] (36 bytes)")
                    AT(3, 07, "[ENC] parsed IKE_SA_INIT response 0 [ N(NO_PROP) ]")
                        AT(3, 07, "[IKE] received NO_PROPOSAL_CHOSEN notify error")
                            AT(7, 08, "[IKE] establishing CHILD_SA net{2} reqid 1")
                                AT(7, 08,
                                   "[ENC] generating CREATE_CHILD_SA request 2 [ N(REKEY_SA) SA No TSi TSr ]")
                                    SENT(7, 08, "198.51.100.1")
                                        AT(8, 09,
                                           "[IKE] inbound CHILD_SA net{2} established with SPIs c3000001_i "
                                           "c4000001_o and TS 10.1.0.0/16 === 10.2.0.0/16"));
    assert_tunnel(case_tunnel(&c, "office"), TUNNEL_UP);
    const struct tunnel_view *branch = case_tunnel(&c, "branch");
    assert_verdict(branch, CP_P1_CIPHER, ST_FAILED);
    assert_rung(branch, CP_UPDOWN, ST_NOT_REACHED);
    assert_int_equal(c.view->row_count, 2);
    case_close(&c);
}

static bool
is_proved_by(const struct rung *r, const char *words)
{
    for (size_t i = 0; i < r->proof_count; i++)
        if (str_find(r->proofs[i].text, str_of(words)) < r->proofs[i].text.len)
            return true;
    return false;
}

// Of two that get no answer each has its own repeats, and the one that was repeated longest gives up.
static void
repeats_are_told_apart_by_their_packets(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  BEGUN(1, 05, "office[1]", "198.51.100.1") BEGUN(2, 06, "branch[2]", "203.0.113.66") AT(
                      5, 07, "[IKE] retransmit 1 of request with message ID 0") SENT(5, 07, "198.51.100.1")
                      AT(6, 09, "[IKE] retransmit 2 of request with message ID 0") SENT(6, 09, "198.51.100.1")
                          AT(7, 08, "[IKE] retransmit 1 of request with message ID 0")
                              SENT(7, 08, "203.0.113.66") AT(8, 10, "[IKE] giving up after 2 retransmits")
                                  AT(8, 10, "[IKE] establishing IKE_SA failed, peer not responding")
                                      AT(9, 11, "[IKE] retransmit 2 of request with message ID 0")
                                          SENT(9, 11, "203.0.113.66"));
    const struct tunnel_view *office = case_tunnel(&c, "office"), *branch = case_tunnel(&c, "branch");
    assert_verdict(office, CP_CONTACT, ST_SUSPECTED);
    assert_true(is_proved_by(case_rung(office, CP_CONTACT), "giving up after 2 retransmits"));
    assert_verdict(branch, CP_CONTACT, ST_SUSPECTED);
    assert_false(is_proved_by(case_rung(branch, CP_CONTACT), "giving up after 2 retransmits"));
    case_close(&c);
}

// A number that a line names belongs to the peer that it names.
static void
a_number_is_not_that_of_another_peer(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  AT(1, 05, "[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]") SENT(1, 05, "203.0.113.66")
                      AT(2, 06, "[IKE] retransmit 1 of request with message ID 0") SENT(2, 06, "203.0.113.66")
                          UP(3, 06, "198.51.100.1"));
    assert_tunnel(case_tunnel(&c, "office"), TUNNEL_UP);
    assert_verdict(case_tunnel(&c, "203.0.113.66"), CP_CONTACT, ST_SUSPECTED);
    case_close(&c);
}

// A daemon without threads writes the reason first, and whom it means in the line behind it.
static void
a_reason_is_of_whom_the_line_behind_it_names(void **state)
{
    struct diag_case c;
    case_read_log(
        &c, state,
        "19:10:02 ipsec,info respond new phase 1 (Identity Protection): "
        "198.51.100.1[500]<=>203.0.113.9[500]\n"
        "19:10:03 ipsec,info ISAKMP-SA established 198.51.100.1[500]-203.0.113.9[500] "
        "spi:9c1a5f3b2d4e6f70:4f1b2c3d5e6f7081\n"
        "19:12:31 ipsec,error no suitable proposal found.\n"
        "19:12:31 ipsec,error 203.0.113.77 failed to pre-process ph2 packet (side: 1, status 1).\n");
    assert_verdict(case_tunnel(&c, "203.0.113.77"), CP_P2_CIPHER, ST_SUSPECTED);
    assert_verdict(case_tunnel(&c, "203.0.113.9"), CP_NONE, ST_PASSED);
    case_close(&c);
}

// What waits is taken at the end of a log as well.
static void
a_job_that_the_log_cuts_off_is_read(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  BEGUN(1, 05, "office[1]", "198.51.100.1")
                      AT(5, 07, "[IKE] retransmit 1 of request with message ID 0"));
    assert_true(is_proved_by(case_rung(case_office(&c), CP_CONTACT), "retransmit 1"));
    case_close(&c);
}

// Level 2 of debugging: between the line that begins anew and the message that it sends stand remarks.
#define PACKET_TO(second, thread, peer)                                                                      \
    SENT(second, thread, peer)                                                                               \
    AT(second, thread, "[MGR] checkin IKEv2 SA office[1] with SPIs 7c3d000000000001_i 0000000000000000_r")
#define BEGUN_WITH_REMARKS(second, thread, peer)                                                             \
    AT(second, thread, "[IKE] initiating IKE_SA office[1] to " peer)                                         \
    AT(second, thread, "[IKE] IKE_SA office[1] state change: CREATED => CONNECTING")                         \
    AT(second, thread, "[CFG] configured proposals: IKE:AES_GCM_16_256/PRF_HMAC_SHA2_512/MODP_2048")         \
    AT(second, thread, "[ENC] generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]")      \
    PACKET_TO(second, thread, peer)

static void
remarks_do_not_cut_a_beginning_in_two(void **state)
{
    struct diag_case c;
    case_read_log(
        &c, state,
        BEGUN_WITH_REMARKS(1, 11, "198.51.100.1") AT(1, 11, "[MGR] checkin of IKE_SA successful")
            AT(1, 08, "[MGR] checkout IKEv2 SA by message with SPIs 7c3d000000000001_i 7c3d000000000002_r")
                AT(1, 08, "[MGR] IKE_SA office[1] successfully checked out")
                    AT(1, 08, "[NET] received packet: from 198.51.100.1[500] to 192.0.2.9[500] (38 bytes)")
                        AT(1, 08, "[ENC] parsed IKE_SA_INIT response 0 [ N(INVAL_KE) ]")
                            AT(1, 08,
                               "[IKE] peer didn't accept key exchange method ECP_256, it requested MODP_2048")
                                AT(1, 08, "[IKE] IKE_SA office[1] state change: CONNECTING => CREATED")
                                    BEGUN_WITH_REMARKS(1, 08, "198.51.100.1"));
    assert_int_equal(c.view->row_count, 1);
    assert_int_equal(case_tunnel(&c, "office")->attempt_count, 1);
    case_close(&c);
}

// Who puts an IKE SA back tells its number, and the thread that takes it out next tells it as well.
static void
a_number_comes_when_an_sa_is_put_back(void **state)
{
    struct diag_case c;
    case_read_log(
        &c, state,
        ASKED(1, 12, "198.51.100.1") FOUND(1, 12, "198.51.100.1")
            AT(1, 12, "[ENC] generating IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]") AT(
                1, 12, "[MGR] checkin IKEv2 SA (unnamed)[1] with SPIs 7c3d000000000001_i 7c3d000000000002_r")
                ASKED(2, 13, "198.51.100.2") FOUND(2, 13, "198.51.100.2")
                    AT(2, 14, "[MGR] IKE_SA (unnamed)[1] successfully checked out")
                        AT(2, 14, "[CFG] selected peer config 'office'") UP(2, 14, "198.51.100.1"));
    assert_int_equal(c.view->row_count, 2);
    assert_tunnel(case_tunnel(&c, "office"), TUNNEL_UP);
    assert_rung(case_tunnel(&c, "office"), CP_P1_CIPHER, ST_PASSED);
    assert_non_null(case_tunnel(&c, "198.51.100.2"));
    case_close(&c);
}

// And what its peer is called until a connection is found stays.
static void
a_number_alone_names_nobody_anew(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  ASKED(1, 12, "198.51.100.1") FOUND(1, 12, "198.51.100.1")
                      AT(1, 12, "[ENC] generating IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) ]")
                          AT(1, 12, "[MGR] checkin IKE_SA (unnamed)[1]"));
    assert_int_equal(c.view->row_count, 1);
    assert_non_null(case_tunnel(&c, "198.51.100.1"));
    case_close(&c);
}

// Another attempt of the same peer waits for a packet meanwhile.
static void
a_packet_is_of_the_sa_that_was_taken_to_hand(void **state)
{
    struct diag_case c;
    case_read_log(
        &c, state,
        ASKED(1, 05, "198.51.100.1") FOUND(1, 05, "198.51.100.1") UP(1, 05, "198.51.100.1")
            ASKED(2, 06, "198.51.100.1") FOUND(2, 06, "198.51.100.1")
                AT(2, 07, "[MGR] IKE_SA office[1] successfully checked out")
                    AT(2, 07, "[NET] received packet: from 198.51.100.1[500] to 192.0.2.9[500] (320 bytes)")
                        AT(2, 07, "[ENC] parsed CREATE_CHILD_SA request 2 [ N(REKEY_SA) SA No TSi TSr ]")
                            AT(2, 07, "[IKE] no acceptable proposal found"));
    assert_true(is_proved_by(case_rung(case_tunnel(&c, "office"), CP_P2_CIPHER), "no acceptable proposal"));
    case_close(&c);
}

// The child is asked for before the line that tells whom.
static void
an_excerpt_that_begins_at_the_child_has_one_tunnel(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  AT(1, 9, "[IKE] establishing CHILD_SA net{1}")
                      AT(1, 9, "[ENC] generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]")
                          SENT(1, 9, "198.51.100.1")
                              AT(1, 2, "[ENC] parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]"));
    assert_int_equal(c.view->row_count, 1);
    assert_tunnel(case_tunnel(&c, "198.51.100.1"), TUNNEL_DOWN);
    case_close(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_two_threads_are_kept_apart),
        cmocka_unit_test(a_thread_that_goes_on_to_another_peer_leaves_the_first),
        cmocka_unit_test(who_ends_a_child_is_told_by_the_line_before),
        cmocka_unit_test(silence_is_of_what_waits),
        cmocka_unit_test(a_copy_under_another_name_is_no_restart),
        cmocka_unit_test(children_outlive_the_ike_sa_that_was_replaced),
        cmocka_unit_test(a_child_number_is_no_ike_number),
        cmocka_unit_test(a_job_is_of_whom_its_packet_goes_to),
        cmocka_unit_test(repeats_are_told_apart_by_their_packets),
        cmocka_unit_test(a_number_is_not_that_of_another_peer),
        cmocka_unit_test(a_reason_is_of_whom_the_line_behind_it_names),
        cmocka_unit_test(a_job_that_the_log_cuts_off_is_read),
        cmocka_unit_test(remarks_do_not_cut_a_beginning_in_two),
        cmocka_unit_test(a_number_comes_when_an_sa_is_put_back),
        cmocka_unit_test(a_number_alone_names_nobody_anew),
        cmocka_unit_test(a_packet_is_of_the_sa_that_was_taken_to_hand),
        cmocka_unit_test(an_excerpt_that_begins_at_the_child_has_one_tunnel),
    };
    return cmocka_run_group_tests(tests, case_load_packs, case_free_packs);
}
