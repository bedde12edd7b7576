// Logs whose newest line comes first, as web pages of firewalls show them.
#include "diag_case.h"

#include "knowledge/load.h"

#define AT(second, words) "Nov 22 05:23:" second " gw charon[900]: " words "\n"
#define REFUSAL(second, thread, sa)                                                                          \
    AT(second, thread "[ENC] <" sa "> generating IKE_SA_INIT response 0 [ N(NO_PROP) ]")                     \
    AT(second, thread "[IKE] <" sa "> received proposals unacceptable")                                      \
    AT(second, thread "[CFG] <" sa "> configured proposals: IKE:AES_CBC_256/PRF_HMAC_SHA1/MODP_2048")        \
    AT(second, thread "[CFG] <" sa "> received proposals: IKE:AES_CBC_128/PRF_HMAC_SHA1/MODP_1024")          \
    AT(second, thread "[IKE] <" sa "> 198.51.100.7 is initiating an IKE_SA")                                 \
    AT(second, thread "[NET] <" sa "> received packet: from 198.51.100.7[500] to 192.0.2.1[500] (336 "       \
                      "bytes)")
#define UP(second, thread, sa)                                                                               \
    AT(second, thread "[IKE] <office|" sa "> CHILD_SA net{1} established with SPIs c1000001_i c2000001_o "   \
                      "and TS 10.1.0.0/16 === 10.2.0.0/16")                                                  \
    AT(second, thread "[IKE] <office|" sa "> IKE_SA office[" sa "] established between "                     \
                      "192.0.2.1[192.0.2.1]...198.51.100.7[198.51.100.7]")                                   \
    AT(second, thread "[NET] <" sa "> received packet: from 198.51.100.7[500] to 192.0.2.1[500] (336 "       \
                      "bytes)")

static const struct proof *
deciding_of(const struct tunnel_view *t)
{
    const struct finding_view *f = &t->findings[0];
    for (size_t i = 0; i < f->proof_count; i++)
        if (f->proofs[i].deciding)
            return &f->proofs[i];
    return NULL;
}

static void
what_came_last_stands_first(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, UP("30", "06", "3") REFUSAL("20", "05", "2") REFUSAL("10", "05", "1"));
    assert_tunnel(case_tunnel(&c, "office"), TUNNEL_UP);
    case_close(&c);
    case_read_log(&c, state, REFUSAL("30", "05", "3") REFUSAL("20", "05", "2") UP("10", "06", "1"));
    assert_int_not_equal(case_tunnel(&c, "office")->row.state, TUNNEL_UNKNOWN);
    case_close(&c);
}

// Lines keep the numbers that they have in the log.
static void
lines_keep_their_numbers(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, REFUSAL("30", "05", "3") REFUSAL("20", "05", "2") REFUSAL("10", "05", "1"));
    const struct tunnel_view *peer = case_tunnel(&c, "198.51.100.7");
    assert_verdict(peer, CP_P1_CIPHER, ST_FAILED);
    const struct proof *p = deciding_of(peer);
    assert_non_null(p);
    assert_true(p->line >= 1 && p->line <= 6); // of the newest attempt
    assert_int_equal(peer->row.attempts, 3);
    case_close(&c);
}

// Within one second its parts tell which way a log runs, and no longer what the messages say.
static void
parts_of_a_second_tell_the_way(void **state)
{
    struct diag_case c;
    case_read_log(
        &c, state,
        "Nov 28 03:42:11.100000: \"office\" #2: IPsec SA established tunnel mode {ESP=>0x0b <0x0c}\n"
        "Nov 28 03:42:11.200000: \"office\" #2: deleting state (STATE_QUICK_R2)\n"
        "Nov 28 03:42:11.300000: \"office\" #1: deleting state (STATE_MAIN_R3)\n"
        "Nov 28 03:42:11.400000: \"office\" #3: initiating IKEv1 Main Mode connection\n");
    assert_int_not_equal(case_tunnel(&c, "office")->row.state, TUNNEL_UP);
    case_close(&c);
}

// All within a second, and a packet comes before the line that begins: a refusal steps back more than once.
static void
what_a_packet_begins_stands_in_front(void **state)
{
    struct diag_case c;
    case_read_log(
        &c, state,
        AT("30", "09[NET] received packet: from 198.51.100.7[500] to 192.0.2.1[500] (768 bytes)")
            AT("30", "09[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]") AT(
                "30", "09[IKE] local endpoint changed from 0.0.0.0[500] to 192.0.2.1[500]")
                AT("30", "09[IKE] 198.51.100.7 is initiating IKE_SA (unnamed)[1]") AT(
                    "30",
                    "09[CFG] received proposals: IKE:AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256")
                    AT("30", "12[CFG] selected peer config 'office'")
                        AT("30", "12[CFG]   certificate \"CN=branch.example.org\" key: 2048 bit RSA")
                            AT("30", "12[IKE] authentication of 'branch.example.org' with "
                                     "RSA_EMSA_PKCS1_SHA2_256 successful")
                                AT("30", "12[CFG] RSA-2048 signatures not acceptable")
                                    AT("30", "12[CFG] selected peer config 'office' unacceptable: "
                                             "non-matching authentication done")
                                        AT("30", "12[CFG] no alternative config found"));
    assert_verdict(case_tunnel(&c, "office"), CP_PSK, ST_FAILED);
    case_close(&c);
}

// A list of failures has the time in its last column; behind its head one step back shows how it is sorted.
static void
rows_are_turned(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  "display ike error-info\n"
                  "  current info Num :2\n"
                  "  Ike error information:\n"
                  "  current ike Error-info number :2\n"
                  "------------------------------------------------------------------------------\n"
                  "  peer             port    error-reason              version  error-time\n"
                  "------------------------------------------------------------------------------\n"
                  "  203.0.113.9      500     flow or peer mismatch     v1       2015/08/31  16:52:38\n"
                  "  203.0.113.9      500     phase1 proposal mismatch  v1       2015/08/31  16:40:01\n");
    const struct tunnel_view *peer = case_tunnel(&c, "203.0.113.9");
    assert_verdict(peer, CP_SUBNETS, ST_FAILED);
    const struct proof *p = deciding_of(peer);
    assert_non_null(p);
    assert_int_equal(p->line, 8);
    assert_int_equal(peer->row.attempts, 2);
    case_close(&c);
}

// Stamps that hardly differ: the messages themselves lead backwards.
static void
one_second_is_enough(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  AT("12", "09[IKE] <office|5> received AUTHENTICATION_FAILED notify error")
                      AT("12", "09[ENC] <office|5> parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]")
                          AT("11", "07[ENC] <office|5> generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]")
                              AT("11", "07[ENC] <office|5> parsed IKE_SA_INIT response 0 [ SA KE No ]") AT(
                                  "11", "11[ENC] <office|5> generating IKE_SA_INIT request 0 [ SA KE No ]")
                                  AT("11", "11[IKE] <office|5> initiating IKE_SA office[5] to 198.51.100.7"));
    const struct tunnel_view *office = case_tunnel(&c, "office");
    assert_verdict(office, CP_ID, ST_SUSPECTED);
    assert_rung(office, CP_P1_CIPHER, ST_PASSED);
    assert_int_equal(deciding_of(office)->line <= 2, 1);
    case_close(&c);
}

// Two pieces of a log, the later one pasted first, run as logs do.
static void
two_pieces_are_not_turned(void **state)
{
    struct diag_case c;
    case_read_log(
        &c, state,
        AT("30", "06[NET] <2> received packet: from 198.51.100.7[500] to 192.0.2.1[500] (336 bytes)")
            AT("30", "06[IKE] <office|2> IKE_SA office[2] established between "
                     "192.0.2.1[192.0.2.1]...198.51.100.7[198.51.100.7]")
                AT("10", "05[NET] <1> received packet: from 198.51.100.7[500] to 192.0.2.1[500] "
                         "(336 bytes)") AT("10", "05[IKE] <1> received proposals unacceptable")
                    AT("10", "05[ENC] <1> generating IKE_SA_INIT response 0 [ N(NO_PROP) ]"));
    const struct tunnel_view *peer = case_tunnel(&c, "198.51.100.7");
    assert_verdict(peer, CP_P1_CIPHER, ST_FAILED);
    assert_int_equal(deciding_of(peer)->line, 4);
    case_close(&c);
}

// What is loaded stands in front of what is begun, and says nothing of the way a log runs.
static void
a_start_that_ends_in_a_beginning_is_not_turned(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  AT("10", "10[KNL] interface eth0 activated")
                      AT("10", "09[CFG] loaded IKE shared key for: '198.51.100.7'")
                          AT("10", "10[CFG] added vici connection: office")
                              AT("10", "10[IKE] initiating IKE_SA office[1] to 198.51.100.7"));
    const struct proof *p = deciding_of(case_tunnel(&c, "office"));
    assert_non_null(p);
    assert_int_equal(p->line, 4);
    case_close(&c);
}

// A log that goes on is shown before two of its stamps differ.
static void
what_is_followed_is_shown_at_once(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    const char *begins = AT("10", "05[IKE] <office|1> initiating IKE_SA office[1] to 198.51.100.7")
        AT("10", "05[ENC] <office|1> generating IKE_SA_INIT request 0 [ SA KE No ]")
            AT("10", "06[IKE] <office|1> received NO_PROPOSAL_CHOSEN notify error");
    int source = case_log(&c, begins);
    c.view = diag_view(c.diag);
    assert_verdict(case_tunnel(&c, "office"), CP_P1_CIPHER, ST_FAILED);
    view_free(c.view);
    const char *goes_on = AT("11", "07[IKE] <office|2> initiating IKE_SA office[2] to 198.51.100.7");
    buf_add(&c.log[source], str_of(goes_on));
    diag_feed(c.diag, source, goes_on, strlen(goes_on));
    case_end(&c);
    assert_int_equal(case_row(&c, "office")->attempts, 2);
    case_close(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_last_stands_first),
        cmocka_unit_test(lines_keep_their_numbers),
        cmocka_unit_test(parts_of_a_second_tell_the_way),
        cmocka_unit_test(rows_are_turned),
        cmocka_unit_test(one_second_is_enough),
        cmocka_unit_test(two_pieces_are_not_turned),
        cmocka_unit_test(a_start_that_ends_in_a_beginning_is_not_turned),
        cmocka_unit_test(what_is_followed_is_shown_at_once),
        cmocka_unit_test(what_a_packet_begins_stands_in_front),
    };
    return cmocka_run_group_tests(tests, case_load_packs, case_free_packs);
}
