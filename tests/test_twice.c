// Lines that one daemon logs by two ways at once, under two names: the second copy is no second event.
#include "diag/twice.h"

#include "diag_case.h"

#include <stdio.h>

#include "knowledge/load.h"

#define T0 "Nov 22 05:23:01 gw "
#define NAMED(words) T0 "charon[900]: 05" words "\n"
#define BARE(process, words) T0 "charon-systemd[" process "]: " words "\n"

#define NAMED_INIT                                                                                           \
    NAMED("[NET] <1> received packet: from 198.51.100.1[500] to 192.0.2.9[500] (464 bytes)")                 \
    NAMED("[ENC] <1> parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]")
#define NAMED_UP                                                                                             \
    NAMED("[IKE] <office|1> IKE_SA office[1] established between 192.0.2.9[192.0.2.9]..."                    \
          "198.51.100.1[198.51.100.1]")                                                                      \
    NAMED("[IKE] <office|1> CHILD_SA net{1} established with SPIs c1000001_i c2000001_o and TS "             \
          "10.1.0.0/16 === 10.2.0.0/16")
#define BARE_INIT(process)                                                                                   \
    BARE(process, "received packet: from 198.51.100.1[500] to 192.0.2.9[500] (464 bytes)")                   \
    BARE(process, "parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]")
#define BARE_UP(process)                                                                                     \
    BARE(process, "IKE_SA office[1] established between 192.0.2.9[192.0.2.9]...198.51.100.1[198.51.100.1]")  \
    BARE(process, "CHILD_SA net{1} established with SPIs c1000001_i c2000001_o and TS 10.1.0.0/16 === "      \
                  "10.2.0.0/16")

static void
two_ways_of_logging_are_one_attempt(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, NAMED_INIT BARE_INIT("900") NAMED_UP BARE_UP("900"));
    assert_int_equal(c.view->row_count, 1);
    const struct tunnel_view *office = case_tunnel(&c, "office");
    assert_tunnel(office, TUNNEL_UP);
    assert_int_equal(office->row.attempts, 1);
    case_close(&c);
}

static void
the_way_that_names_nothing_is_enough(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, BARE_INIT("900") BARE_UP("900"));
    assert_tunnel(case_tunnel(&c, "office"), TUNNEL_UP);
    case_close(&c);
}

// The helper that starts a connection logs what the daemon told it, after the daemon itself did.
static void
what_a_relay_repeats_is_no_second_tunnel(void **state)
{
    struct diag_case c;
    case_read_log(&c, state,
                  T0 "charon: 11[IKE] initiating Main Mode IKE_SA office[1] to 198.51.100.1\n" T0
                     "charon: 11[ENC] generating ID_PROT request 0 [ SA V V V V V ]\n" T0
                     "charon: 12[ENC] parsed INFORMATIONAL_V1 request 0 [ N(NO_PROP) ]\n" T0
                     "charon: 12[IKE] received NO_PROPOSAL_CHOSEN error notify\n" T0
                     "NetworkManager[1147]: initiating Main Mode IKE_SA office[1] to 198.51.100.1\n" T0
                     "NetworkManager[1147]: generating ID_PROT request 0 [ SA V V V V V ]\n" T0
                     "NetworkManager[1147]: parsed INFORMATIONAL_V1 request 0 [ N(NO_PROP) ]\n" T0
                     "NetworkManager[1147]: received NO_PROPOSAL_CHOSEN error notify\n");
    assert_int_equal(c.view->row_count, 1);
    assert_verdict(case_tunnel(&c, "office"), CP_P1_CIPHER, ST_FAILED);
    assert_int_equal(case_tunnel(&c, "office")->row.attempts, 1);
    case_close(&c);
}

static bool
said(struct twice *t, const char *tag, uint32_t pid, const char *prefix, const char *words)
{
    char text[128];
    snprintf(text, sizeof text, "%s%s", prefix, words);
    struct line line = {.tag = str_of(tag), .pid = pid, .body = str_of(text)};
    struct msg msg = {
        .body = str_of(words), .names = {text, strlen(prefix)}, .hash = str_hash(str_of(words), 0)};
    const struct dialect dialect = {.relays = (struct str[]){STR("relay")}, .relay_count = 1};
    return twice_said(t, &line, &msg, &dialect);
}

static void
a_copy_has_another_name_and_the_same_process_or_thread(void **state)
{
    (void)state;
    struct twice *t = mem_new(sizeof *t);
    assert_false(said(t, "charon", 900, "05[IKE] <office|1> ", "peer supports MOBIKE"));
    assert_false(said(t, "charon-systemd", 901, "", "peer supports MOBIKE"));            // another process
    assert_false(said(t, "charon", 900, "05[IKE] <office|1> ", "peer supports MOBIKE")); // said again
    assert_true(said(t, "charon-systemd", 900, "", "peer supports MOBIKE"));
    assert_true(said(t, "charon-systemd", 900, "", "peer supports MOBIKE"));
    assert_false(said(t, "charon-systemd", 900, "", "peer supports MOBIKE")); // two were said, two are copies
    assert_false(said(t, "charon", 0, "06[IKE] ", "short"));
    assert_true(said(t, "ipsec", 77, "06[IKE] ", "short"));
    assert_false(said(t, "charon", 0, "", "short"));
    assert_false(said(t, "ipsec", 77, "", "short")); // neither tells process or thread
    assert_false(said(t, "charon-systemd", 900, "07[IKE] ", "scheduling rekeying in 175s")); // one name
    assert_true(said(t, "charon-systemd", 900, "", "scheduling rekeying in 175s"));
    assert_false(said(t, "charon", 0, "08[IKE] ", "sending keep alive"));
    assert_true(said(t, "relay", 1147, "", "sending keep alive"));
    assert_false(said(t, "relay", 1147, "", "sending keep alive")); // the relay alone says it
    free(t);
}

// What is said again and again has as many copies, and each counts once.
static void
repeats_are_counted_once(void **state)
{
    struct diag_case once, twice;
    case_read_log(&once, state,
                  NAMED("[IKE] <office|1> initiating IKE_SA office[1] to 198.51.100.1")
                      NAMED("[IKE] <office|1> retransmit 1 of request with message ID 0")
                          NAMED("[IKE] <office|1> retransmit 2 of request with message ID 0"));
    case_read_log(&twice, state,
                  NAMED("[IKE] <office|1> initiating IKE_SA office[1] to 198.51.100.1")
                      BARE("900", "initiating IKE_SA office[1] to 198.51.100.1")
                          NAMED("[IKE] <office|1> retransmit 1 of request with message ID 0")
                              NAMED("[IKE] <office|1> retransmit 2 of request with message ID 0")
                                  BARE("900", "retransmit 1 of request with message ID 0")
                                      BARE("900", "retransmit 2 of request with message ID 0"));
    assert_int_equal(twice.view->row_count, 1);
    assert_int_equal(case_tunnel(&twice, "office")->row.attempts, case_tunnel(&once, "office")->row.attempts);
    assert_verdict(case_tunnel(&twice, "office"), CP_CONTACT, ST_SUSPECTED);
    case_close(&once);
    case_close(&twice);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_ways_of_logging_are_one_attempt),
        cmocka_unit_test(the_way_that_names_nothing_is_enough),
        cmocka_unit_test(what_a_relay_repeats_is_no_second_tunnel),
        cmocka_unit_test(a_copy_has_another_name_and_the_same_process_or_thread),
        cmocka_unit_test(repeats_are_counted_once),
    };
    return cmocka_run_group_tests(tests, case_load_packs, case_free_packs);
}
