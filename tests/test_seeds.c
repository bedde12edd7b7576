// The source documents row by row, as far as a case of the packs cannot show it: which line is which message,
// which values it holds, and how lines are grouped. The row stands in the name of each test (S2-29 -> s2_29).
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

static struct str
embedded_log(const char *name)
{
    for (size_t i = 0; i < embedded_log_count; i++)
        if (strcmp(embedded_logs[i].name, name) == 0)
            return (struct str){embedded_logs[i].at, embedded_logs[i].len};
    fail_msg("there is no log %s", name);
    return STR_NONE;
}

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

// One log, diagnosed.
struct seen {
    struct diag *diag;
    struct view *view;
    struct arena arena;
    const struct tunnel_view *tunnel; // the first
};

static struct seen
look_at(void **state, const char *name, struct str log)
{
    struct seen s = {0};
    log_bytes = log;
    static const struct diag_host host = {.self = &log_bytes, .read = read_log};
    s.diag = diag_new(*state, &host);
    int source = diag_source(s.diag, str_of(name), STR("file"));
    diag_feed(s.diag, source, log_bytes.at, log_bytes.len);
    diag_source_end(s.diag, source, true, STR_NONE);
    s.view = diag_view(s.diag);
    if (s.view->row_count > 0)
        s.tunnel = diag_tunnel(s.diag, s.view->rows[0].id, -1, &s.arena);
    return s;
}

static struct seen
look(void **state, const char *name)
{
    return look_at(state, name, embedded_log(name));
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

static bool
holds(struct str text, const char *words)
{
    return str_find(text, str_of(words)) < text.len;
}

static void
is(struct str text, const char *wanted)
{
    if (!str_eq(text, str_of(wanted)))
        fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(text), wanted);
}

static bool
rung_has(const struct seen *s, enum checkpoint c, const char *key, const char *text)
{
    const struct rung *r = rung(s, c);
    for (size_t i = 0; i < r->value_count; i++)
        for (size_t n = 0; n < r->values[i].count; n++)
            if (str_eq(r->values[i].key, str_of(key)) && str_eq(r->values[i].text[n], str_of(text)))
                return true;
    return false;
}

// A line on its own: what it says, and one of its values.
static void
says(void **state, const char *line, const char *event, const char *slot, const char *value)
{
    struct diag *d = diag_new(*state, &(struct diag_host){.self = &log_bytes, .read = read_log});
    struct reading r = {0};
    diag_read(d, str_of(line), STR_NONE, &r);
    if (!r.message)
        fail_msg("nothing claims \"%s\"", line);
    const struct knowledge *k = *state;
    if (event) {
        assert_true(r.message->event >= 0);
        is(k->events[r.message->event].id, event);
    }
    bool found = slot == NULL;
    for (size_t i = 0; i < r.slots.count && !found; i++)
        if (str_eq(r.slots.at[i].name, str_of(slot)) && str_eq(r.slots.at[i].value, str_of(value)))
            found = true;
    if (!found)
        fail_msg("no %s=%s in \"%s\"", slot, value, line);
    diag_free(d);
}

static void
s0_01_vendor_ids_tell_of_the_peer(void **state)
{
    says(state, "packet from 169.254.1.200:500: ignoring Vendor ID payload [MS NT5 ISAKMPOAKLEY 00000004]",
         NULL, "vendor_id", "MS NT5 ISAKMPOAKLEY 00000004");
    says(state, "packet from 169.254.1.200:500: ignoring Vendor ID payload [FRAGMENTATION]", NULL, "peer",
         "169.254.1.200");
}

static void
s0_03_lines_before_the_number_belong_to_the_attempt(void **state)
{
    struct seen s = look(state, "seeds/000-l2tp.log");
    assert_int_equal(s.view->row_count, 1);
    is(s.view->rows[0].peer, "169.254.1.200");
    // Line 3 of the log is the first packet of the peer, before any number.
    assert_true(s.tunnel->row.lines >= 20);
    done(&s);
}

static void
s0_04_role_and_exchange_of_the_side_that_answers(void **state)
{
    struct seen s = look(state, "seeds/000-l2tp.log");
    assert_int_equal(s.tunnel->row.role, ROLE_RESPONDER);
    assert_int_equal(s.tunnel->row.ike, IKE_V1_MAIN);
    done(&s);
}

static void
s0_05_old_and_new_spelling_of_progress(void **state)
{
    says(state, "#1: STATE_MAIN_R1: sent MR1, expecting MI2", "p1.agreed", "serial", "1");
    says(state, "pluto[32031]: \"test\" #31: sent Main Mode R1", "p1.agreed", "serial", "31");
    says(state, "#1: transition from state STATE_MAIN_R0 to state STATE_MAIN_R1", NULL, "serial", "1");
}

static void
s0_06_no_nat_is_told(void **state)
{
    says(state, "#1: NAT-Traversal: Result using draft-ietf-ipsec-nat-t-ike-02/03: no NAT detected",
         "contact.nat", NULL, NULL);
}

static void
s0_07_a_distinguished_name_is_an_identity(void **state)
{
    says(state, "#1: Main mode peer ID is ID_DER_ASN1_DN: 'C=de, CN=test'", "id.peer", "id_type",
         "ID_DER_ASN1_DN");
    says(state, "#1: Main mode peer ID is ID_DER_ASN1_DN: 'C=de, CN=test'", "id.peer", "peer_id",
         "C=de, CN=test");
}

static void
s0_08_a_missing_revocation_list_is_a_remark(void **state)
{
    says(state, "#1: no crl from issuer \"C=de, CN=defendo.de CA\" found (strict=no)", "certificate.info",
         NULL, NULL);
}

static void
s0_09_certificates_put_identity_before_key(void **state)
{
    struct seen s = look(state, "seeds/000-l2tp.log");
    is(s.tunnel->order->id, "v1-main-sig");
    done(&s);
}

static void
s0_10_the_chosen_cipher_is_shown(void **state)
{
    struct seen s = look(state, "seeds/000-l2tp.log");
    assert_true(
        rung_has(&s, CP_P1_CIPHER, "chosen", "cipher=oakley_3des_cbc_192 prf=oakley_sha group=modp2048"));
    done(&s);
}

static void
s0_11_selectors_with_protocol_and_port(void **state)
{
    says(state, "#1: the peer proposed: 169.254.1.100/32:17/1701 -> 169.254.1.200/32:17/1701", "child.asked",
         "our_subnets", "169.254.1.100/32:17/1701");
    says(state, "#1: the peer proposed: 169.254.1.100/32:17/1701 -> 169.254.1.200/32:17/1701", "child.asked",
         "peer_subnets", "169.254.1.200/32:17/1701");
}

static void
s0_12_the_child_finds_its_parent_by_position(void **state)
{
    struct seen s = look(state, "seeds/000-l2tp.log");
    assert_int_equal(rung(&s, CP_PSK)->state, ST_PASSED);
    assert_int_equal(rung(&s, CP_PSK)->basis, BASIS_SEEN);
    assert_int_equal(rung(&s, CP_P2_CIPHER)->state, ST_PASSED);
    assert_int_equal(rung(&s, CP_P2_CIPHER)->basis, BASIS_SEEN);
    done(&s);
}

static void
s0_15_spis_of_the_tunnel(void **state)
{
    struct seen s = look(state, "seeds/000-l2tp.log");
    assert_true(rung_has(&s, CP_P2_CIPHER, "spi_out", "0xebcf82f8"));
    assert_true(rung_has(&s, CP_P2_CIPHER, "spi_in", "0xc7a67764"));
    assert_true(rung_has(&s, CP_P2_CIPHER, "chosen", "3DES_0-HMAC_MD5"));
    done(&s);
}

static void
s0_17_to_20_the_peer_takes_it_down(void **state)
{
    says(state, "#1: received Delete SA(0xebcf82f8) payload: deleting IPSEC State #2", "sa.deleted-by-peer",
         "target", "2");
    says(state, "#1: received Delete SA payload: deleting ISAKMP State #1", "sa.deleted-by-peer", "target",
         "1");
    says(state, "#1: received and ignored informational message", NULL, NULL, NULL);
    says(state,
         "deleting connection \"l2tp_0-L2TP_1701_gw-sn_defaultroute-0.0.0.0_0\" instance with peer "
         "169.254.1.200 "
         "{isakmp=#0/ipsec=#0}",
         NULL, "peer", "169.254.1.200");
    struct seen s = look(state, "seeds/000-l2tp.log");
    assert_int_equal(s.tunnel->row.state, TUNNEL_DOWN);
    assert_int_equal(s.tunnel->row.verdict.checkpoint, CP_NONE);
    assert_int_equal(s.tunnel->row.ending, END_PEER);
    done(&s);
}

static void
s0_21_every_line_without_stamp_and_name_is_understood(void **state)
{
    struct seen s = look(state, "seeds/000-l2tp.log");
    assert_int_equal(s.view->sources[0].not_understood, 0);
    assert_int_equal(s.view->sources[0].recognised, 27);
    done(&s);
}

static void
s2_07_the_new_spelling_of_networks(void **state)
{
    says(state, "pluto[32031]: \"test\" #31: the peer proposed: 192.168.200.0/24 -<all>-> 192.168.100.0/24",
         "child.asked", "peer_subnets", "192.168.100.0/24");
}

static void
s2_08_networks_and_numbers_of_the_side_that_answers(void **state)
{
    says(state,
         "pluto[32031]: \"test\" #32: us: 192.168.200.0/24===XX.XX.XX.XX[+S?C] them: "
         "XX.XX.XX.XX[+S?C]===192.168.100.0/24",
         "child.selectors", "our_subnets", "192.168.200.0/24");
    struct seen s = look(state, "seeds/002-main-responder.log");
    assert_true(rung_has(&s, CP_SUBNETS, "peer_subnets", "192.168.100.0/24"));
    assert_true(rung_has(&s, CP_P2_CIPHER, "chosen", "AES_CBC_128-HMAC_SHA2_256_128"));
    assert_true(rung_has(&s, CP_P2_CIPHER, "spi_out", "0x9d188d43"));
    assert_int_equal(s.tunnel->row.state, TUNNEL_UP);
    done(&s);
}

static void
s2_10_a_child_names_its_parent_and_what_it_offers(void **state)
{
    const char *line =
        "pluto[2219]: \"test\" #199: initiating Quick Mode IKEv1+PSK+ENCRYPT+TUNNEL+UP+ESN_NO+ESN_YES "
        "{using isakmp#198 msgid:72ade70d proposal=AES_CBC_128-HMAC_SHA2_256_128 pfsgroup=no-pfs}";
    says(state, line, "child.start", "parent", "198");
    says(state, line, "child.start", "our_proposal", "AES_CBC_128-HMAC_SHA2_256_128");
}

static void
s2_11_a_loaded_connection_tells_what_it_offers(void **state)
{
    says(state, "pluto[25600]: \"test\": added IKEv2 connection", "config.loaded", "conn", "test");
    says(state, "pluto[25600]: \"test\": 1:IKE=AES_CBC_128-HMAC_SHA2_256-HMAC_SHA2_256_128-MODP1024",
         "config.proposals", "our_proposal", "AES_CBC_128-HMAC_SHA2_256-HMAC_SHA2_256_128-MODP1024");
    says(state, "pluto[25600]: \"test\": 1:ESP=AES_CBC_128-HMAC_SHA2_256_128-NONE-ENABLED+DISABLED",
         "config.proposals", "our_proposal", "AES_CBC_128-HMAC_SHA2_256_128-NONE-ENABLED+DISABLED");
}

static void
s2_12_both_directions_at_once_are_two_attempts(void **state)
{
    struct seen s = look(state, "seeds/002-ikev2.log");
    assert_int_equal(s.view->row_count, 1);
    assert_int_equal(s.tunnel->attempt_count, 2);
    assert_int_equal(s.tunnel->row.ike, IKE_V2);
    assert_int_equal(s.tunnel->row.role, 3);
    done(&s);
}

static void
s2_13_what_was_offered_and_what_was_chosen(void **state)
{
    const char *line = "pluto[25600]: \"test\" #19571: proposal 1:IKE=AES_CBC_128-HMAC_SHA2_256-"
                       "HMAC_SHA2_256_128-MODP1024 chosen from remote proposals 1:IKE:ENCR=AES_CBC_128;"
                       "PRF=HMAC_SHA2_256;INTEG=HMAC_SHA2_256_128;DH=MODP1024[first-match]";
    says(state, line, "p1.agreed", "chosen", "AES_CBC_128-HMAC_SHA2_256-HMAC_SHA2_256_128-MODP1024");
    says(state, line, "p1.agreed", "peer_proposed",
         "1:IKE:ENCR=AES_CBC_128;PRF=HMAC_SHA2_256;INTEG=HMAC_SHA2_256_128;DH=MODP1024");
}

static void
s2_14_to_16_the_exchange_of_ikev2(void **state)
{
    static const char braces[] =
        "{cipher=AES_CBC_128 integ=HMAC_SHA2_256_128 prf=HMAC_SHA2_256 group=MODP1024}";
    struct buf line = {0};
    says(state, "pluto[25600]: \"test\" #19570: sent IKE_SA_INIT request to 192.0.2.7:500", "ike.sent",
         "peer", "192.0.2.7");
    buf_addf(&line, "pluto[25600]: \"test\" #19571: sent IKE_SA_INIT reply %s", braces);
    says(state, buf_cstr(&line), "p1.agreed", "serial", "19571");
    buf_clear(&line);
    buf_addf(&line, "pluto[25600]: \"test\" #19570: sent IKE_AUTH request %s", braces);
    says(state, buf_cstr(&line), "p1.agreed", "serial", "19570");
    says(state,
         "pluto[25600]: \"test\" #19571: processing decrypted IKE_AUTH request: SK{IDi,AUTH,SA,TSi,TSr}",
         "contact.asks-child", "serial", "19571");
    buf_clear(&line);
    buf_addf(&line, "pluto[25600]: \"test\" #19570: initiator established IKE SA; authenticated peer using "
                    "authby=secret and ID_IPV4_ADDR '192.0.2.7'");
    says(state, buf_cstr(&line), "ike.established", "peer_id", "192.0.2.7");
    buf_release(&line);
    struct seen s = look(state, "seeds/002-ikev2.log");
    assert_int_equal(rung(&s, CP_PSK)->basis, BASIS_SEEN);
    assert_int_equal(rung(&s, CP_ID)->basis, BASIS_SEEN);
    done(&s);
}

static void
s2_17_a_line_that_is_cut_off_still_speaks(void **state)
{
    says(state,
         "pluto[25600]: \"test\" #19572: initiator established Child SA using #19570; IPsec tunnel "
         "[192.168.16.0-192.168.16.255:0-65535 0] -> [192.168.161.0-192.168.161.255:0-65535 0] "
         "{ESP/ESN=>0x97a0fd13 <0x58707730 xfrm=AES_CBC_128-HMA",
         NULL, "parent", "19570");
}

static void
s2_18_the_proposal_of_a_child_is_chosen(void **state)
{
    says(state,
         "pluto[25600]: \"test\" #19574: proposal 1:ESP=AES_CBC_128-HMAC_SHA2_256_128-ENABLED SPI=f4cb0b42 "
         "chosen from remote proposals 1:ESP:ENCR=AES_CBC_128;INTEG=HMAC_SHA2_256_128;ESN=ENABLED;"
         "ESN=DISABLED[first-match]",
         "child.agreed", "chosen", "AES_CBC_128-HMAC_SHA2_256_128-ENABLED");
}

static void
s2_19_taken_down_here_is_told_with_its_line(void **state)
{
    struct buf log = {0};
    buf_add(&log, embedded_log("seeds/002-main-responder.log"));
    buf_add(&log, STR("pluto[32031]: \"test\": terminating SAs using this connection\n"));
    struct seen s = look_at(state, "ended", buf_str(&log));
    assert_int_equal(s.tunnel->row.state, TUNNEL_DOWN);
    assert_int_equal(s.tunnel->row.verdict.checkpoint, CP_NONE);
    const struct finding_view *ended = NULL;
    for (size_t i = 0; i < s.tunnel->finding_count; i++)
        if (STR_IS(s.tunnel->findings[i].rule->id, "tunnel-ended-here"))
            ended = &s.tunnel->findings[i];
    assert_true(ended && ended->proof_count == 1);
    assert_true(holds(ended->proofs[0].text, "terminating SAs using this connection"));
    done(&s);
    buf_release(&log);
}

static void
s2_20_renewals_are_no_new_tunnels(void **state)
{
    static const char *const logs[] = {"seeds/002-rekey-phase1-ours.log", "seeds/002-rekey-phase2-ours.log",
                                       "seeds/002-rekey-phase1-peer.log", "seeds/002-rekey-phase2-peer.log"};
    for (size_t i = 0; i < 4; i++) {
        struct seen s = look(state, logs[i]);
        assert_int_equal(s.view->row_count, 1);
        assert_int_equal(s.tunnel->row.verdict.checkpoint, CP_NONE);
        done(&s);
    }
}

static void
s2_22_retransmissions_are_counted(void **state)
{
    struct seen s = look(state, "seeds/002-rekey-phase1-silent.log");
    assert_true(rung_has(&s, CP_CONTACT, "retransmits", "7"));
    says(state, "pluto[32031]: \"test\" #26: starting keying attempt 2 of an unlimited number",
         "silence.next", "attempt", "2");
    done(&s);
}

static void
s2_24_dpd_gives_up(void **state)
{
    says(state, "pluto[32031]: \"test\" #25: DPD action - clearing connection kind CK_PERMANENT", "sa.lost",
         NULL, NULL);
    says(state, "pluto[32031]: \"test\" #25: ESP traffic information: in=0B out=0B", "sa.closed", "bytes_in",
         "0");
}

static void
s2_25_the_same_garbage_is_one_finding(void **state)
{
    struct seen s = look(state, "seeds/002-psk-responder.log");
    size_t errors = 0;
    for (size_t i = 0; i < s.tunnel->finding_count; i++)
        errors += s.tunnel->findings[i].severity == SEV_ERROR;
    assert_int_equal(errors, 1);
    done(&s);
}

static void
s2_26_length_is_advice_and_not_the_fault(void **state)
{
    struct seen s = look(state, "seeds/002-psk-responder.log");
    is(s.tunnel->findings[0].rule->cause, "psk.mismatch");
    bool advice = false;
    for (size_t i = 0; i < s.tunnel->findings[0].step_count; i++)
        advice |= holds(s.tunnel->findings[0].steps[i].act, "At least 16 characters");
    assert_true(advice);
    done(&s);
}

static void
s2_27_what_the_peer_wants_is_not_guessed(void **state)
{
    struct seen s = look(state, "seeds/002-p1-cipher-initiator.log");
    const struct rung *r = rung(&s, CP_P1_CIPHER);
    for (size_t i = 0; i < r->value_count; i++)
        assert_false(str_eq(r->values[i].key, STR("peer_proposed")));
    assert_true(s.tunnel->findings[0].unknown_count > 0);
    assert_true(s.tunnel->findings[0].alternative_count > 0);
    assert_int_equal(s.tunnel->findings[0].steps[0].where, AT_PEER);
    done(&s);
}

static void
s2_29_a_refusal_under_the_parents_number_is_the_childs(void **state)
{
    struct seen s = look(state, "seeds/002-p2-cipher-initiator.log");
    assert_int_equal(s.view->row_count, 1);
    assert_int_equal(s.tunnel->row.verdict.checkpoint, CP_P2_CIPHER);
    assert_int_equal(rung(&s, CP_P1_CIPHER)->state, ST_PASSED);
    assert_true(rung_has(&s, CP_P2_CIPHER, "our_proposal", "3DES_CBC-HMAC_SHA2_256_128"));
    done(&s);
}

static void
s2_33_the_prefix_of_a_remote_syslog_is_cut_off(void **state)
{
    struct diag *d = diag_new(*state, &(struct diag_host){.self = &log_bytes, .read = read_log});
    struct reading r = {0};
    diag_read(d,
              STR("Nov 7 04:45:35 UTM authpriv.warn pluto[2219]: \"test\" #206: initiating IKEv1 Main Mode "
                  "connection"),
              STR_NONE, &r);
    assert_non_null(r.message);
    assert_true(str_eq(r.line.host, STR("UTM")));
    assert_int_equal(r.line.pid, 2219);
    diag_free(d);
}

static void
s2_36_traffic_went_one_way(void **state)
{
    struct seen s = look(state, "seeds/002-delete-by-peer.log");
    assert_true(rung_has(&s, CP_TRAFFIC, "bytes_in", "134"));
    assert_true(rung_has(&s, CP_TRAFFIC, "bytes_out", "0"));
    assert_int_equal(s.tunnel->row.verdict.checkpoint, CP_NONE);
    done(&s);
}

static void
s2_37_remarks_and_masked_addresses_do_no_harm(void **state)
{
    struct seen s = look(state, "seeds/002-whole.log");
    const struct source_view *source = &s.view->sources[0];
    assert_int_equal(source->not_understood, 0);
    assert_int_equal(source->recognised, 165);
    done(&s);
    says(state,
         "pluto[1677]: packet from \xe5\xb0\x8d\xe6\x96\xb9ip:500: initial Aggressive Mode message from "
         "\xe5\xb0\x8d\xe6\x96\xb9ip:500 but no (wildcard) connection has been configured with authby PSK",
         "ike.no-connection", "peer", "\xe5\xb0\x8d\xe6\x96\xb9ip");
}

static void
s2_38_who_starts_is_sent_to_the_log_of_who_answers(void **state)
{
    static const char *const logs[] = {"seeds/002-p1-cipher-initiator.log",
                                       "seeds/002-p2-cipher-initiator.log", "seeds/002-subnets-initiator.log",
                                       "seeds/002-id-initiator.log"};
    for (size_t i = 0; i < 4; i++) {
        struct seen s = look(state, logs[i]);
        const struct finding_view *f = &s.tunnel->findings[0];
        assert_int_equal(f->certainty, SURE_LIKELY);
        assert_int_equal(f->steps[0].where, AT_PEER);
        assert_true(holds(f->steps[0].act, "Read the log"));
        done(&s);
    }
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
        cmocka_unit_test(s0_01_vendor_ids_tell_of_the_peer),
        cmocka_unit_test(s0_03_lines_before_the_number_belong_to_the_attempt),
        cmocka_unit_test(s0_04_role_and_exchange_of_the_side_that_answers),
        cmocka_unit_test(s0_05_old_and_new_spelling_of_progress),
        cmocka_unit_test(s0_06_no_nat_is_told),
        cmocka_unit_test(s0_07_a_distinguished_name_is_an_identity),
        cmocka_unit_test(s0_08_a_missing_revocation_list_is_a_remark),
        cmocka_unit_test(s0_09_certificates_put_identity_before_key),
        cmocka_unit_test(s0_10_the_chosen_cipher_is_shown),
        cmocka_unit_test(s0_11_selectors_with_protocol_and_port),
        cmocka_unit_test(s0_12_the_child_finds_its_parent_by_position),
        cmocka_unit_test(s0_15_spis_of_the_tunnel),
        cmocka_unit_test(s0_17_to_20_the_peer_takes_it_down),
        cmocka_unit_test(s0_21_every_line_without_stamp_and_name_is_understood),
        cmocka_unit_test(s2_07_the_new_spelling_of_networks),
        cmocka_unit_test(s2_08_networks_and_numbers_of_the_side_that_answers),
        cmocka_unit_test(s2_10_a_child_names_its_parent_and_what_it_offers),
        cmocka_unit_test(s2_11_a_loaded_connection_tells_what_it_offers),
        cmocka_unit_test(s2_12_both_directions_at_once_are_two_attempts),
        cmocka_unit_test(s2_13_what_was_offered_and_what_was_chosen),
        cmocka_unit_test(s2_14_to_16_the_exchange_of_ikev2),
        cmocka_unit_test(s2_17_a_line_that_is_cut_off_still_speaks),
        cmocka_unit_test(s2_18_the_proposal_of_a_child_is_chosen),
        cmocka_unit_test(s2_19_taken_down_here_is_told_with_its_line),
        cmocka_unit_test(s2_20_renewals_are_no_new_tunnels),
        cmocka_unit_test(s2_22_retransmissions_are_counted),
        cmocka_unit_test(s2_24_dpd_gives_up),
        cmocka_unit_test(s2_25_the_same_garbage_is_one_finding),
        cmocka_unit_test(s2_26_length_is_advice_and_not_the_fault),
        cmocka_unit_test(s2_27_what_the_peer_wants_is_not_guessed),
        cmocka_unit_test(s2_29_a_refusal_under_the_parents_number_is_the_childs),
        cmocka_unit_test(s2_33_the_prefix_of_a_remote_syslog_is_cut_off),
        cmocka_unit_test(s2_36_traffic_went_one_way),
        cmocka_unit_test(s2_37_remarks_and_masked_addresses_do_no_harm),
        cmocka_unit_test(s2_38_who_starts_is_sent_to_the_log_of_who_answers),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
