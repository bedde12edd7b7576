// The source document with the debug of a Cisco router, row by row: which line is which message, which values
// it holds, and that the whole walk is one attempt although the router numbers it late. The row stands in the
// name of each test (S1-18 -> s1_18). S1-01 to S1-05 are texts for learning and have no line.
#include "diag/diag.h"
#include "knowledge/embed.h"
#include "knowledge/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct str log_bytes;

static size_t
read_log(void *self, int source, uint64_t offset, char *into, size_t want)
{
    (void)source;
    struct str *log = self;
    if (offset >= log->len)
        return 0;
    size_t count = log->len - (size_t)offset < want ? log->len - (size_t)offset : want;
    memcpy(into, log->at + offset, count);
    return count;
}

// The document's log, diagnosed.
struct seen {
    struct diag *diag;
    struct view *view;
    struct arena arena;
    const struct tunnel_view *tunnel;
};

static struct seen
look(void **state)
{
    struct seen s = {0};
    for (size_t i = 0; i < embedded_log_count; i++)
        if (strcmp(embedded_logs[i].name, "seeds/001-main-initiator.log") == 0)
            log_bytes = (struct str){embedded_logs[i].at, embedded_logs[i].len};
    assert_non_null(log_bytes.at);
    static const struct diag_host host = {.self = &log_bytes, .read = read_log};
    s.diag = diag_new(*state, &host);
    int source = diag_source(s.diag, STR("001"), STR("file"));
    diag_feed(s.diag, source, log_bytes.at, log_bytes.len);
    diag_source_end(s.diag, source, true, STR_NONE);
    s.view = diag_view(s.diag);
    assert_int_equal(s.view->row_count, 1);
    s.tunnel = diag_tunnel(s.diag, s.view->rows[0].id, -1, &s.arena);
    return s;
}

static void
done(struct seen *s)
{
    arena_release(&s->arena);
    view_free(s->view);
    diag_free(s->diag);
}

static const struct rung *
rung(const struct seen *s, enum checkpoint c)
{
    for (int i = 0; i < CP_COUNT; i++)
        if (s->tunnel->ladder[i].checkpoint == c)
            return &s->tunnel->ladder[i];
    fail();
    return NULL;
}

static void
has(const struct seen *s, enum checkpoint c, const char *key, const char *text)
{
    const struct rung *r = rung(s, c);
    for (size_t i = 0; i < r->value_count; i++)
        for (size_t n = 0; n < r->values[i].count; n++)
            if (str_eq(r->values[i].key, str_of(key)) && str_eq(r->values[i].text[n], str_of(text)))
                return;
    fail_msg("no %s=%s at %s", key, text, checkpoint_word[c]);
}

// A line on its own: the message that it is, its event ("" when it only informs) and one of its values.
static void
says(void **state, const char *line, const char *message, const char *event, const char *slot,
     const char *value)
{
    struct diag *d = diag_new(*state, &(struct diag_host){.self = &log_bytes, .read = read_log});
    struct reading r = {0};
    diag_read(d, str_of(line), STR_NONE, &r);
    if (!r.message)
        fail_msg("nothing claims \"%s\"", line);
    const struct knowledge *k = *state;
    struct str said = r.message->event < 0 ? STR("") : k->events[r.message->event].id;
    if (!str_eq(r.dialect->id, STR("cisco-ios")) || !str_eq(r.message->id, str_of(message)) ||
        !str_eq(said, str_of(event)))
        fail_msg("\"%s\" is %.*s/%.*s and says \"%.*s\"", line, STR_ARG(r.dialect->id),
                 STR_ARG(r.message->id), STR_ARG(said));
    bool found = slot == NULL;
    for (size_t i = 0; i < r.slots.count && !found; i++)
        found = str_eq(r.slots.at[i].name, str_of(slot)) && str_eq(r.slots.at[i].value, str_of(value));
    if (!found)
        fail_msg("no %s=%s in \"%s\"", slot, value, line);
    diag_free(d);
}

static void
s1_06_traffic_starts_the_tunnel(void **state)
{
    says(state, "*Mar  1 00:01:43.499: ISAKMP: received ke message (1/1)", "sa-request", "", NULL, NULL);
    says(state, "*Mar  1 00:01:43.499: ISAKMP0:0:N/A:0): SA request profile is (NULL)", "profile-of-request",
         "", "profile", "(NULL)");
}

static void
s1_07_the_peer_names_the_attempt(void **state)
{
    says(state, "*Mar  1 00:01:43.499: ISAKMP: Created a peer struct for 23.23.23.3, peer port 500",
         "peer-created", "", "peer", "23.23.23.3");
    struct seen s = look(state);
    assert_true(str_eq(s.tunnel->row.peer, STR("23.23.23.3")));
    // Number 0, the accelerator's number and number 1 are one attempt.
    assert_int_equal(s.tunnel->attempt_count, 1);
    done(&s);
}

static void
s1_08_ports(void **state)
{
    says(state, "*Mar  1 00:01:43.503: ISAKMP: local port 500, remote port 500", "ports", "", "remote_port",
         "500");
    says(state, "*Mar  1 00:01:43.507: insert sa successfully sa = 64E0AC34", "peer-locked", "", NULL, NULL);
}

static void
s1_09_main_mode_is_a_choice_and_no_error(void **state)
{
    says(state, "*Mar  1 00:01:43.507: ISAKMP0:0:N/A:0):Can not start Aggressive mode, trying Main mode.",
         "no-aggressive", "", "serial", "0");
}

static void
s1_10_a_key_that_exists_proves_nothing(void **state)
{
    says(state, "*Mar  1 00:01:43.507: ISAKMP0:0:N/A:0):found peer pre-shared key matching 23.23.23.3",
         "key-found", "", "peer", "23.23.23.3");
    says(state, "*Mar  1 00:02:03.851: ISAKMP:(0:0:N/A:0): local preshared key found", "key-found", "", NULL,
         NULL);
}

static void
s1_11_nat_traversal_is_offered(void **state)
{
    says(state, "*Mar  1 00:01:43.511: ISAKMP0:0:N/A:0): constructed NAT-T vendor-07 ID", "vendor-id", "",
         NULL, NULL);
}

static void
s1_12_states_tell_the_progress(void **state)
{
    // The document has no-break spaces between the states.
    says(state,
         "*Mar  1 00:02:03.955: ISAKMP:(0:1:SW:1):Old State = IKE_I_MM2\xc2\xa0 New State = IKE_I_MM3 text",
         "state-machine", "", "state", "IKE_I_MM3");
    says(state, "*Mar  1 00:02:03.839: ISAKMP:(0:0:N/A:0):Input = IKE_MESG_FROM_PEER, IKE_MM_EXCH", "input",
         "", NULL, NULL);
    says(state, "ISAKMP:(0:1:SW:1):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE", "phase1-complete",
         "ike.established", "serial", "1");
    says(state, "ISAKMP:(0:1:SW:1):Old State = IKE_QM_I_QM1  New State = IKE_QM_PHASE2_COMPLETE",
         "quick-done", "child.established", NULL, NULL);
}

static void
s1_13_who_begins_is_the_initiator(void **state)
{
    says(state, "*Mar  1 00:01:43.515: ISAKMP0:0:N/A:0): beginning Main Mode exchange", "main-mode",
         "ike.start", NULL, NULL);
    struct seen s = look(state);
    assert_int_equal(s.tunnel->row.role, ROLE_INITIATOR);
    assert_int_equal(s.tunnel->row.ike, IKE_V1_MAIN);
    assert_true(str_eq(s.tunnel->order->id, STR("v1-main-p2first")));
    done(&s);
}

static void
s1_14_packets_out(void **state)
{
    const char *line = "*Mar  1 00:02:03.951: ISAKMP:(0:1:SW:1): sending packet to 23.23.23.3 my_port 500 "
                       "peer_port 500 (I) MM_SA_SETUP\xe5\xb0\x86";
    says(state, line, "sent-initiator", "", "state", "MM_SA_SETUP");
    says(state, line, "sent-initiator", "", "peer_port", "500");
}

static void
s1_15_silence_is_counted(void **state)
{
    says(state, "*Mar  1 00:01:53.519: ISAKMP:(0:0:N/A:0): retransmitting phase 1 MM_NO_STATE...",
         "retransmit", "silence.repeat", "state", "MM_NO_STATE");
    says(state,
         "*Mar  1 00:01:53.519: ISAKMP (0:0): incrementing error counter on sa, attempt 1 of 5: retransmit "
         "phase 1",
         "retransmit-count", "", "retry_limit", "5");
}

static void
s1_16_an_answer_proves_contact(void **state)
{
    says(state,
         "*Mar  1 00:02:03.831: ISAKMP (0:0): received packet from 23.23.23.3 dport 500 sport 500 Global (I) "
         "MM_NO_STAT\xe7\xac\xac",
         "received-initiator", "contact.heard", "vrf", "Global");
    struct seen s = look(state);
    assert_int_equal(rung(&s, CP_CONTACT)->state, ST_PASSED); // though it was silent twice before
    done(&s);
}

static void
s1_17_a_mismatch_of_vendor_ids_is_none(void **state)
{
    says(state, "*Mar  1 00:02:03.847: ISAKMP:(0:0:N/A:0): vendor ID seems Unity/DPD but major 245 mismatch",
         "vendor-id", "", NULL, NULL);
    says(state, "*Mar  1 00:02:03.847: ISAKMP (0:0): vendor ID is NAT-T v7", "vendor-id", "", "nat_t", "v7");
    says(state, "*Mar  1 00:02:04.399: ISAKMP:(0:1:SW:1): speaking to another IOS box!", "speaks-to-ios", "",
         NULL, NULL);
}

static void
s1_18_the_phase_1_proposal(void **state)
{
    says(state, "*Mar  1 00:02:03.859: ISAKMP:(0:0:N/A:0):atts are acceptable. Next payload is 0 text",
         "p1-accepted", "p1.agreed", NULL, NULL);
    struct seen s = look(state);
    assert_int_equal(rung(&s, CP_P1_CIPHER)->state, ST_PASSED);
    has(&s, CP_P1_CIPHER, "policy", "10");
    has(&s, CP_P1_CIPHER, "encryption", "DES-CBC");
    has(&s, CP_P1_CIPHER, "hash", "SHA");
    has(&s, CP_P1_CIPHER, "group", "1");
    has(&s, CP_P1_CIPHER, "lifetime", "86400"); // 0x0 0x1 0x51 0x80
    done(&s);
}

static void
s1_19_the_key_exchange(void **state)
{
    says(state, "*Mar  1 00:02:04.319: ISAKMP:(0:1:SW:1): processing KE payload. message ID = 0 text",
         "payload-ke", "p1.agreed", NULL, NULL);
    says(state, "*Mar  1 00:02:04.391: ISAKMP:(0:1:SW:1):SKEYID state generated", "payload-other", "", NULL,
         NULL);
}

static void
s1_20_initial_contact_is_a_remark(void **state)
{
    says(state, "*Mar  1 00:02:04.407: ISAKMP:(0:1:SW:1):Send initial contact", "payload-other", "", NULL,
         NULL);
}

static void
s1_21_identities_stand_in_blocks(void **state)
{
    says(state,
         "*Mar  1 00:02:04.407: ISAKMP:(0:1:SW:1):SA is doing pre-shared key authentication using id type "
         "ID_IPV4_ADDR",
         "own-id-type", "id.own", "id_type", "ID_IPV4_ADDR");
    // Blanks in front may be tabs or no-break spaces.
    says(state, "\taddress      : 12.12.12.1", "id-address", "id.own", "part", "12.12.12.1");
    says(state, "\xc2\xa0\xc2\xa0 address      : 12.12.12.1", "id-address", "id.own", "part", "12.12.12.1");
    struct seen s = look(state);
    has(&s, CP_ID, "our_id", "12.12.12.1");
    has(&s, CP_ID, "peer_id", "23.23.23.3");
    done(&s);
}

static void
s1_22_no_profile_is_no_error(void **state)
{
    says(state, "*Mar  1 00:02:04.711: ISAKMP:(0:1:SW:1):: peer matches *none* of the profiles", "no-profile",
         "", "serial", "1");
}

static void
s1_23_key_and_identity_are_proved(void **state)
{
    says(state, "*Mar  1 00:02:04.719: ISAKMP:(0:1:SW:1):SA has been authenticated with 23.23.23.3 text",
         "authenticated-with", "ike.established", "peer", "23.23.23.3");
    struct seen s = look(state);
    assert_int_equal(rung(&s, CP_PSK)->state, ST_PASSED);
    assert_int_equal(rung(&s, CP_PSK)->basis, BASIS_SEEN);
    assert_int_equal(rung(&s, CP_ID)->state, ST_PASSED);
    done(&s);
}

static void
s1_24_quick_mode_is_a_child(void **state)
{
    says(state, "*Mar  1 00:02:04.743: ISAKMP:(0:1:SW:1):beginning Quick Mode exchange, M-ID of 673525551",
         "quick-start", "child.start", "child", "673525551");
    says(state, "ISAKMP:(9577):beginning Quick Mode exchange, M-ID of -889293300", "quick-start",
         "child.start", "child", "889293300");
}

static void
s1_25_the_phase_2_proposal_is_taken_before_the_networks(void **state)
{
    says(state, "*Mar  1 00:02:05.203: ISAKMP:(0:1:SW:1):atts are acceptable. text", "p2-accepted",
         "child.agreed", NULL, NULL);
    struct seen s = look(state);
    assert_int_equal(rung(&s, CP_P2_CIPHER)->state, ST_PASSED);
    assert_int_equal(rung(&s, CP_P2_CIPHER)->basis, BASIS_SEEN);
    has(&s, CP_P2_CIPHER, "transform", "ESP_DES");
    has(&s, CP_P2_CIPHER, "mode", "Tunnel");
    has(&s, CP_P2_CIPHER, "integrity", "HMAC-MD5");
    has(&s, CP_P2_CIPHER, "lifetime", "3600");
    has(&s, CP_P2_CIPHER, "lifetime_vpi", "4608000"); // 0x0 0x46 0x50 0x0
    done(&s);
}

static void
s1_26_identities_of_quick_mode_are_networks(void **state)
{
    says(state, "*Mar  1 00:02:05.211: ISAKMP:(0:1:SW:1): processing ID payload. message ID = 673525551",
         "networks-received", "", "msgid", "673525551");
    says(state, "*Mar  1 00:02:04.711: ISAKMP:(0:1:SW:1): processing ID payload. message ID = 0 text",
         "id-received", "id.peer", NULL, NULL);
}

static void
s1_27_the_sas_their_networks_and_numbers(void **state)
{
    says(state, "*Mar  1 00:02:05.219: ISAKMP:(0:1:SW:1): Creating IPSec SAs", "creating", "child.selectors",
         NULL, NULL);
    says(state, "*Mar  1 00:02:05.227:         lifetime of 4608000 kilobytes text", "sa-life", "",
         "lifetime_kb", "4608000");
    struct seen s = look(state);
    assert_int_equal(rung(&s, CP_SUBNETS)->state, ST_PASSED);
    has(&s, CP_SUBNETS, "network_from", "20.1.1.0");
    has(&s, CP_SUBNETS, "network_from", "10.1.1.0");
    has(&s, CP_P2_CIPHER, "spi", "0xD137A1B6");
    has(&s, CP_P2_CIPHER, "spi", "0x7496F405"); // written 1956049925
    done(&s);
}

static void
s1_28_a_closed_node_is_no_error(void **state)
{
    says(state,
         "*Mar  1 00:02:05.231: ISAKMP:(0:1:SW:1):deleting node 673525551 error FALSE reason \"No Error\"",
         "node-closed", "", "reason", "No Error");
    struct seen s = look(state);
    assert_int_equal(s.tunnel->row.verdict.checkpoint, CP_NONE);
    assert_int_equal(s.tunnel->row.state, TUNNEL_UP);
    done(&s);
}

static void
s1_29_output_of_the_console_in_between(void **state)
{
    says(state, "*Mar  1 00:02:03.935: ISAKMP:(0:1:SW:1):Input = IKE_MESG_INTER.!", "input", "", "serial",
         "1");
    says(state, "Success rate is 20 percent (1/5), round-trip min/avg/max = 192/192/192 ms", "ping",
         "traffic.counted", "ping_percent", "20");
    struct seen s = look(state);
    has(&s, CP_TRAFFIC, "ping_received", "1");
    // Prompts, dots and the halves of two torn lines: everything else is understood.
    assert_int_equal(s.view->sources[0].not_understood, 0);
    assert_int_equal(s.view->sources[0].other, 5);
    done(&s);
}

static void
s1_30_remarks_glued_to_a_line_are_ignored(void **state)
{
    says(state, "*Mar  1 00:02:03.847: ISAKMP:(0:0:N/A:0): processing SA payload. message ID = 0\xe6\x9c\xac",
         "payload-sa", "", "msgid", "0");
    says(state, "*Mar  1 00:02:03.855: ISAKMP:      life duration (VPI) of  0x0 0x1 0x51 0x80  \xe8\xa2\xab",
         "p1-life-bytes", "p1.offered", "lifetime", "0x0 0x1 0x51 0x80");
}

static int
load(void **state)
{
    struct err e = {0};
    *state = knowledge_load_builtin(NULL, 0, &e);
    if (!*state)
        print_error("%s\n", e.text);
    return *state ? 0 : -1;
}

static int
unload(void **state)
{
    knowledge_free(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(s1_06_traffic_starts_the_tunnel),
        cmocka_unit_test(s1_07_the_peer_names_the_attempt),
        cmocka_unit_test(s1_08_ports),
        cmocka_unit_test(s1_09_main_mode_is_a_choice_and_no_error),
        cmocka_unit_test(s1_10_a_key_that_exists_proves_nothing),
        cmocka_unit_test(s1_11_nat_traversal_is_offered),
        cmocka_unit_test(s1_12_states_tell_the_progress),
        cmocka_unit_test(s1_13_who_begins_is_the_initiator),
        cmocka_unit_test(s1_14_packets_out),
        cmocka_unit_test(s1_15_silence_is_counted),
        cmocka_unit_test(s1_16_an_answer_proves_contact),
        cmocka_unit_test(s1_17_a_mismatch_of_vendor_ids_is_none),
        cmocka_unit_test(s1_18_the_phase_1_proposal),
        cmocka_unit_test(s1_19_the_key_exchange),
        cmocka_unit_test(s1_20_initial_contact_is_a_remark),
        cmocka_unit_test(s1_21_identities_stand_in_blocks),
        cmocka_unit_test(s1_22_no_profile_is_no_error),
        cmocka_unit_test(s1_23_key_and_identity_are_proved),
        cmocka_unit_test(s1_24_quick_mode_is_a_child),
        cmocka_unit_test(s1_25_the_phase_2_proposal_is_taken_before_the_networks),
        cmocka_unit_test(s1_26_identities_of_quick_mode_are_networks),
        cmocka_unit_test(s1_27_the_sas_their_networks_and_numbers),
        cmocka_unit_test(s1_28_a_closed_node_is_no_error),
        cmocka_unit_test(s1_29_output_of_the_console_in_between),
        cmocka_unit_test(s1_30_remarks_glued_to_a_line_are_ignored),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
