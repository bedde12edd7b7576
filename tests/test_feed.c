// diag/diag.h as a door: what the way of feeding, the number of tunnels and the state of the sources may not
// change (R0.2 and R2), and what many attempts may cost.
#include "diag_case.h"

#include "diag/envelope.h"
#include "knowledge/embed.h"
#include "knowledge/load.h"

#include <malloc.h>

size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static size_t
memory(void)
{
    return __sanitizer_get_current_allocated_bytes ? __sanitizer_get_current_allocated_bytes()
                                                   : mallinfo2().uordblks;
}

static void
feed(struct diag_case *c, const char *text)
{
    diag_feed(c->diag, 0, text, strlen(text));
}

// Writes a log of any length, with nothing of it kept.
static void __attribute__((format(printf, 2, 3))) feedf(struct diag_case *c, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    assert_true(length > 0 && (size_t)length < sizeof line);
    diag_feed(c->diag, 0, line, (size_t)length);
}

static void
fail_attempts(struct diag_case *c, unsigned first, unsigned count)
{
    for (unsigned n = first; n < first + count; n++)
        feedf(c,
              "pluto[1]: \"office\" #%u: initiating IKEv1 Main Mode connection\n"
              "pluto[1]: \"office\" #%u: sent Main Mode request\n"
              "pluto[1]: \"office\" #%u: received and ignored notification payload: NO_PROPOSAL_CHOSEN\n",
              n, n, n);
}

static void
thousands_of_attempts_are_one_finding_and_no_memory(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, "");
    c.gone = true; // nothing of it is kept to be read back
    fail_attempts(&c, 1, 500);
    size_t before = memory();
    fail_attempts(&c, 501, 4500);
    size_t after = memory();
    if (after > before + 16 * 1024)
        fail_msg("%zu bytes for 500 attempts, %zu for 5000", before, after);
    case_end(&c);
    const struct tunnel_view *t = case_office(&c);
    assert_int_equal(t->row.attempts, 5000);
    assert_int_equal(t->row.lines, 15000);
    assert_int_equal(t->row.verdict.checkpoint, CP_P1_CIPHER);
    assert_int_equal(t->findings[0].attempts, 5000);
    size_t errors = 0;
    for (size_t i = 0; i < t->finding_count; i++)
        errors += t->findings[i].severity == SEV_ERROR;
    assert_int_equal(errors, 1);
    case_close(&c);
}

static void
one_attempt_of_a_million_repeats_stays_small(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, "");
    feed(&c,
         OFFICE(1, "responding to Main Mode") OFFICE(1, "sent Main Mode R1") OFFICE(1, "sent Main Mode R2"));
    size_t before = memory();
    for (unsigned n = 0; n < 20000; n++)
        feedf(
            &c,
            "pluto[2219]: \"office\" #1: %u-byte length of ISAKMP Identification Payload is larger than can "
            "fit\n"
            "pluto[2219]: \"office\" #1: STATE_MAIN_R2: retransmission; will wait %u seconds for response\n",
            n, n);
    assert_true(memory() < before + 64 * 1024);
    case_end(&c);
    const struct tunnel_view *t = case_office(&c);
    assert_int_equal(t->row.verdict.checkpoint, CP_PSK);
    assert_int_equal(t->row.lines, 40003);
    assert_int_equal(t->attempts[0].first_line, 1);
    case_close(&c);
}

static bool
take(void *self, struct str bytes, struct err *e)
{
    (void)e;
    buf_add(self, bytes);
    return true;
}

struct writer {
    struct buf text;
    struct diag *diag;
};

static const struct tunnel_view *
give(void *self, uint32_t id, struct arena *arena)
{
    return diag_tunnel(((struct writer *)self)->diag, id, -1, arena);
}

// The JSON report of a log that was fed in blocks; the next size comes from a simple generator, 0: whole.
static struct buf
report(void **state, struct str log, size_t largest)
{
    struct diag_case c;
    case_open(&c, state);
    buf_add(&c.log[0], log);
    c.sources = 1;
    diag_source(c.diag, STR("gw.log"), STR("file"));
    uint32_t dice = 7;
    for (size_t done = 0; done < log.len;) {
        dice = dice * 1664525u + 1013904223u;
        size_t block = largest ? 1 + (dice >> 8) % largest : log.len;
        if (block > log.len - done)
            block = log.len - done;
        diag_feed(c.diag, 0, log.at + done, block);
        done += block;
    }
    case_end(&c);
    struct writer w = {.diag = c.diag};
    struct redact *redact = redact_new(false, false);
    struct report r = {.view = c.view,
                       .version = "1",
                       .self = &w,
                       .tunnel = give,
                       .write = take,
                       .redact = redact,
                       .seconds = -1};
    struct err e = {0};
    assert_true(report_json(&r, &e));
    redact_free(redact);
    case_close(&c);
    return w.text;
}

static void
any_blocks_give_the_same_report(void **state)
{
    static const size_t largest[] = {1, 2, 7, 64, 4096};
    for (size_t i = 0; i < embedded_log_count; i += 5) {
        struct str log = {embedded_logs[i].at, embedded_logs[i].len};
        struct buf whole = report(state, log, 0);
        for (size_t l = 0; l < sizeof largest / sizeof largest[0]; l++) {
            struct buf blocks = report(state, log, largest[l]);
            if (!str_eq(buf_str(&whole), buf_str(&blocks)))
                fail_msg("%s in blocks up to %zu bytes differs", embedded_logs[i].name, largest[l]);
            buf_release(&blocks);
        }
        buf_release(&whole);
    }
}

static void
every_finding_has_its_line(void **state)
{
    for (size_t i = 0; i < embedded_log_count; i++) {
        struct diag_case c;
        case_open(&c, state);
        buf_add(&c.log[0], (struct str){embedded_logs[i].at, embedded_logs[i].len});
        c.sources = 1;
        diag_source(c.diag, STR("gw.log"), STR("file"));
        diag_feed(c.diag, 0, embedded_logs[i].at, embedded_logs[i].len);
        case_end(&c);
        for (size_t r = 0; r < c.view->row_count; r++) {
            const struct tunnel_view *t = diag_tunnel(c.diag, c.view->rows[r].id, -1, &c.arena);
            for (size_t f = 0; f < t->finding_count; f++)
                if (!t->findings[f].proof_count)
                    fail_msg("%s: no line proves %.*s", embedded_logs[i].name,
                             STR_ARG(t->findings[f].rule->id));
        }
        case_close(&c);
    }
}

static void
a_view_may_be_taken_at_any_time_and_stays_as_it_is(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, STARTS(1) REFUSED(1, "NO_PROPOSAL_CHOSEN"));
    struct view *early = diag_view(c.diag);
    case_log(&c, "");
    static const char more[] = PHASE_1(3) PHASE_2(4, 3);
    buf_add(&c.log[0], str_of(more));
    feed(&c, more);
    case_end(&c);
    assert_int_equal(early->rows[0].state, TUNNEL_DOWN);
    assert_true(str_eq(early->rows[0].name, STR("office")));
    assert_int_equal(c.view->rows[0].state, TUNNEL_UP);
    assert_int_equal(early->rows[0].id, c.view->rows[0].id);
    view_free(early);
    case_close(&c);
}

static void
r2_a_source_that_is_gone_shows_no_text_and_nothing_breaks(void **state)
{
    static const char log[] = OFFICE(13, "responding to Main Mode")
        OFFICE(13, "Oakley Transform [AES_CBC (128), HMAC_SHA2_256, MODP1024] refused")
            OFFICE(13, "no acceptable Oakley Transform") "pluto[2219]: something that nobody understands\n";
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, log);
    c.gone = true;
    case_end(&c);
    const struct tunnel_view *t = case_office(&c);
    assert_int_equal(t->row.verdict.checkpoint, CP_P1_CIPHER);
    assert_true(t->finding_count > 0);
    const struct rung *r = case_rung(t, CP_P1_CIPHER);
    assert_true(r->proof_count > 0);
    for (size_t i = 0; i < r->proof_count; i++) {
        assert_int_equal(r->proofs[i].text.len, 0);
        assert_int_equal(r->proofs[i].body, 0);
        assert_true(r->proofs[i].line > 0);
    }
    assert_int_equal(c.view->sources[0].sample_count, 1);
    assert_int_equal(c.view->sources[0].samples[0].text.len, 0);
    case_close(&c);
}

static void
r2_a_source_that_changed_gives_no_values_of_other_lines(void **state)
{
    static const char log[] = OFFICE(13, "responding to Main Mode")
        OFFICE(13, "Oakley Transform [AES_CBC (128), HMAC_SHA2_256, MODP1024] refused")
            OFFICE(13, "no acceptable Oakley Transform");
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, log);
    memset(c.log[0].at, 'x', c.log[0].len);
    case_end(&c);
    const struct rung *r = case_rung(case_office(&c), CP_P1_CIPHER);
    assert_string_equal(state_word[r->state], "failed");
    assert_int_equal(r->value_count, 0);
    case_close(&c);
}

static void
a_rotated_set_is_one_log(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    int old = case_log(&c, STARTS(1) OFFICE(1, "sent Main Mode I2") "pluto[2219]: \"office\" #1: sent Main ");
    assert_int_equal(old, 0);
    int newer = diag_source(c.diag, STR("gw.log.0"), STR("file"));
    c.sources++;
    diag_source_end(c.diag, old, true, STR_NONE);
    diag_source_follows(c.diag, newer, old);
    static const char rest[] = OFFICE(1, "sent Main Mode I3") STANDS(1) PHASE_2(2, 1);
    buf_add(&c.log[1], str_of(rest));
    diag_feed(c.diag, newer, rest, sizeof rest - 1);
    diag_source_end(c.diag, newer, true, STR_NONE);
    c.view = diag_view(c.diag);
    const struct tunnel_view *t = case_office(&c);
    assert_int_equal(t->row.state, TUNNEL_UP);
    assert_int_equal(t->row.attempts, 1);
    // lines are numbered in the file where they stand
    const struct rung *r = case_rung(t, CP_P2_CIPHER);
    assert_true(r->proof_count > 0);
    const struct proof *p = &r->proofs[r->proof_count - 1];
    assert_int_equal(p->source, newer);
    assert_int_equal(p->line, 5);
    assert_true(str_starts(str_from(buf_str(&c.log[1]), (size_t)p->offset), p->text));
    assert_true(case_has(p->text, "IPsec SA established"));
    assert_int_equal(case_rung(t, CP_CONTACT)->proofs[0].source, old);
    case_close(&c);
}

static void
sources_that_do_not_follow_are_two_logs(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, STARTS(1));
    case_log(&c, STANDS(1));
    case_end(&c);
    assert_int_equal(c.view->row_count, 2);
    case_close(&c);
}

static void
since_leaves_older_lines_counted_and_undiagnosed(void **state)
{
    static const char log[] =
        "2024-11-07T04:00:00+00:00 gw pluto[1]: \"old\" #1: initiating IKEv1 Main Mode connection\n"
        "2024-11-07T04:00:01+00:00 gw pluto[1]: \"old\" #1: received and ignored notification payload: "
        "NO_PROPOSAL_CHOSEN\n"
        "2024-11-07T05:00:00+00:00 gw pluto[1]: \"new\" #2: initiating IKEv1 Main Mode connection\n"
        "2024-11-07T05:00:01+00:00 gw pluto[1]: \"new\" #2: received and ignored notification payload: "
        "NO_PROPOSAL_CHOSEN\n";
    struct diag_case c;
    case_open(&c, state);
    struct line line;
    envelope_parse(STR("2024-11-07T04:30:00+00:00 gw pluto[1]: x"), &line);
    diag_since(c.diag, line.time);
    case_log(&c, log);
    case_end(&c);
    assert_int_equal(c.view->row_count, 1);
    assert_non_null(case_row(&c, "new"));
    assert_int_equal(c.view->sources[0].lines, 4);
    const struct rung *r = case_rung(case_tunnel(&c, "new"), CP_P1_CIPHER);
    assert_int_equal(r->proofs[0].line, 4);
    case_close(&c);
}

static void
r0_2_every_line_is_counted_somewhere(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, STARTS(1) "Nov  7 04:45:35 gw sshd[9]: Accepted publickey for root\n"
                           "pluto[2219]: something that nobody understands\n"
                           "pluto[2219]: something else\n"
                           "pluto[2219]: a third\n"
                           "pluto[2219]: a fourth\n"
                           "\n"
                           "and no line end");
    struct buf long_line = {0};
    while (long_line.len < 2 * LINE_KEEP)
        buf_add(&long_line, STR("0123456789abcdef"));
    diag_feed(c.diag, 0, long_line.at, long_line.len);
    buf_release(&long_line);
    diag_source_end(c.diag, 0, false, STR("gw.log: it ends in the middle"));
    c.view = diag_view(c.diag);
    const struct source_view *s = &c.view->sources[0];
    assert_int_equal(s->lines, 9);
    assert_int_equal(s->recognised, 2);
    assert_int_equal(s->not_understood, 4);
    assert_int_equal(s->other, 3);
    assert_int_equal(s->cut, 1);
    assert_int_equal(s->sample_count, 3);
    assert_true(str_eq(s->samples[0].text, STR("pluto[2219]: something that nobody understands")));
    assert_int_equal(s->samples[0].line, 4);
    assert_false(s->complete);
    assert_true(case_has(s->problem, "in the middle"));
    assert_int_equal(s->dialect_count, 1);
    case_close(&c);
}

static void
sources_beyond_the_limit_are_refused(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    for (int i = 0; i < DIAG_SOURCES; i++)
        assert_int_equal(diag_source(c.diag, STR("x"), STR("file")), i);
    assert_int_equal(diag_source(c.diag, STR("x"), STR("file")), -1);
    case_close(&c);
}

static void
hear(void *self, struct str sentence)
{
    struct diag_case *c = self;
    c->told += case_has(sentence, "line ") && sentence.len > 10;
}

static void
the_trace_has_a_sentence_for_every_line(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    diag_free(c.diag);
    c.host.trace = hear;
    c.diag = diag_new(*state, &c.host);
    case_log(&c, STARTS(1) "nothing known\npluto[2219]: not understood\n");
    case_end(&c);
    assert_int_equal(c.told, 4);
    case_close(&c);
}

static void
a_log_of_nothing_is_a_view_of_nothing(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, "");
    assert_int_equal(c.view->row_count, 0);
    assert_int_equal(c.view->source_count, 1);
    assert_null(diag_tunnel(c.diag, 1, -1, &c.arena));
    case_close(&c);
}

static void
r3_helpers_of_the_daemon_are_no_restart(void **state)
{
    static const char *const helpers[] = {
        "addconn[3000]: loading secrets from \"/etc/ipsec.secrets\"\n",
        "_plutorun[3002]: adding interface eth0/eth0 10.0.1.2:500\n",
        "ipsec__plutorun[3002]: 002 loading secrets from \"/etc/ipsec.secrets\"\n",
        "ipsec_setup[3003]: listening for IKE messages\n",
    };
    for (size_t i = 0; i < sizeof helpers / sizeof helpers[0]; i++) {
        struct diag_case c;
        struct buf log = {0};
        buf_addf(&log, "%s%s", PHASE_1(1) PHASE_2(2, 1), helpers[i]);
        case_read_log(&c, state, buf_cstr(&log));
        assert_tunnel(case_office(&c), TUNNEL_UP);
        case_close(&c);
        buf_release(&log);
    }
}

enum { TUNNELS = 250000 };

static void
r2_tunnels_beyond_the_limit_are_forgotten_and_counted(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, "");
    c.gone = true;
    // Every fourth fails; the others come up.
    for (unsigned n = 0; n < TUNNELS; n++) {
        feedf(&c, "pluto[1]: \"t%u\" #%u: initiating IKEv1 Main Mode connection\n", n, 2 * n + 1);
        if (n % 4 == 0)
            feedf(&c,
                  "pluto[1]: \"t%u\" #%u: received and ignored notification payload: NO_PROPOSAL_CHOSEN\n", n,
                  2 * n + 1);
        else
            feedf(&c,
                  "pluto[1]: \"t%u\" #%u: initiating Quick Mode PSK {using isakmp#%u msgid:20414bac}\n"
                  "pluto[1]: \"t%u\" #%u: IPsec SA established tunnel mode {ESP=>0x5e831315}\n",
                  n, 2 * n + 2, 2 * n + 1, n, 2 * n + 2);
    }
    case_end(&c);
    assert_true(c.view->row_count <= DIAG_TUNNELS);
    assert_true(c.view->forgotten > 0);
    assert_int_equal(c.view->row_count + c.view->forgotten, TUNNELS);
    // what failed is never what is forgotten while there are healthy ones
    size_t failed = 0;
    for (size_t i = 0; i < c.view->row_count; i++)
        failed += c.view->rows[i].verdict.checkpoint == CP_P1_CIPHER;
    assert_int_equal(failed, TUNNELS / 4);
    assert_null(case_row(&c, "t1"));
    const struct tunnel_row *newest = case_row(&c, "t249999");
    assert_non_null(newest);
    assert_int_equal(newest->state, TUNNEL_UP);
    // ids of those that are left still lead to them; of a forgotten one to nothing
    const struct tunnel_row *first = case_row(&c, "t0");
    assert_non_null(diag_tunnel(c.diag, first->id, -1, &c.arena));
    assert_null(diag_tunnel(c.diag, first->id + 1, -1, &c.arena));
    case_close(&c);
}

// Attempts of each of so many tunnels, and how many of one's are told one by one; all are counted.
static size_t
attempts_told(void **state, unsigned tunnels, uint64_t attempts)
{
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, "");
    c.gone = true;
    for (unsigned n = 0; n < tunnels * attempts; n++)
        feedf(&c,
              "pluto[1]: \"t%u\" #%u: initiating IKEv1 Main Mode connection\n"
              "pluto[1]: \"t%u\" #%u: received and ignored notification payload: NO_PROPOSAL_CHOSEN\n",
              n % tunnels, n + 1, n % tunnels, n + 1);
    case_end(&c);
    const struct tunnel_view *t = case_tunnel(&c, "t7");
    assert_verdict(t, CP_P1_CIPHER, ST_FAILED);
    assert_int_equal(t->row.attempts, attempts);
    size_t told = t->attempt_count;
    case_close(&c);
    return told;
}

static void
of_many_tunnels_fewer_attempts_stay_whole(void **state)
{
    assert_int_equal(attempts_told(state, 100, 6), 6);
    assert_int_equal(attempts_told(state, 10100, 6), 4);
}

// Children of which only a sample is left stay where they are when their IKE SA moves to the peer that is
// named at last.
static void
samples_stay_when_their_ike_sa_moves(void **state)
{
    struct diag_case c;
    struct buf log = {0};
    buf_add(&log,
            STR("*Nov 22 05:26:31.001: ISAKMP:(1001):Old State = IKE_R_MM5  New State = IKE_P1_COMPLETE\n"));
    for (int i = 0; i < 28; i++) {
        if (i == 14)
            buf_add(
                &log,
                STR("*Nov 22 05:26:33.001: ISAKMP (1001): received packet from 198.51.100.2 dport 500 sport "
                    "500 Global (R) QM_IDLE\n"));
        buf_addf(&log,
                 "*Nov 22 05:26:%d.%03d: ISAKMP:(1001):beginning Quick Mode exchange, M-ID of %d\n"
                 "*Nov 22 05:26:%d.%03d: ISAKMP:(1001): phase 2 SA policy not acceptable!\n",
                 32 + i / 14, 100 + i, 1000 + i, 32 + i / 14, 100 + i);
    }
    case_read_log(&c, state, buf_cstr(&log));
    assert_verdict(case_tunnel(&c, "198.51.100.2"), CP_P2_CIPHER, ST_SUSPECTED);
    case_close(&c);
    buf_release(&log);
}

// The log of a container has the container's name, which no pack knows, in front of what the daemon says.
static void
a_daemon_is_known_under_the_name_of_its_container(void **state)
{
    static const char lines[] =
        "Nov  7 04:45:30 host vpn-gw[7]: starting up\n"
        "Nov  7 04:45:35 host vpn-gw[7]: \"office\" #1: initiating IKEv1 Main Mode connection\n"
        "Nov  7 04:45:35 host sshd[9]: \"office\" is no name of a host\n"
        "Nov  7 04:45:35 host vpn-gw[7]: \"office\" #1: sent Main Mode request\n"
        "Nov  7 04:45:35 host vpn-gw[7]: \"office\" #1: ignoring informational payload NO_PROPOSAL_CHOSEN, "
        "msgid=00000000, length=12\n";
    struct diag_case c;
    case_read_log(&c, state, lines);
    const struct tunnel_view *t = case_office(&c);
    assert_int_equal(t->row.verdict.checkpoint, CP_P1_CIPHER);
    assert_true(t->findings[0].proof_count > 0);
    assert_int_equal(c.view->sources[0].recognised, 3);
    case_close(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r2_tunnels_beyond_the_limit_are_forgotten_and_counted),
        cmocka_unit_test(of_many_tunnels_fewer_attempts_stay_whole),
        cmocka_unit_test(thousands_of_attempts_are_one_finding_and_no_memory),
        cmocka_unit_test(one_attempt_of_a_million_repeats_stays_small),
        cmocka_unit_test(any_blocks_give_the_same_report),
        cmocka_unit_test(every_finding_has_its_line),
        cmocka_unit_test(a_view_may_be_taken_at_any_time_and_stays_as_it_is),
        cmocka_unit_test(r2_a_source_that_is_gone_shows_no_text_and_nothing_breaks),
        cmocka_unit_test(samples_stay_when_their_ike_sa_moves),
        cmocka_unit_test(a_daemon_is_known_under_the_name_of_its_container),
        cmocka_unit_test(r2_a_source_that_changed_gives_no_values_of_other_lines),
        cmocka_unit_test(a_rotated_set_is_one_log),
        cmocka_unit_test(sources_that_do_not_follow_are_two_logs),
        cmocka_unit_test(r3_helpers_of_the_daemon_are_no_restart),
        cmocka_unit_test(since_leaves_older_lines_counted_and_undiagnosed),
        cmocka_unit_test(r0_2_every_line_is_counted_somewhere),
        cmocka_unit_test(sources_beyond_the_limit_are_refused),
        cmocka_unit_test(the_trace_has_a_sentence_for_every_line),
        cmocka_unit_test(a_log_of_nothing_is_a_view_of_nothing),
    };
    return cmocka_run_group_tests(tests, case_load_packs, case_free_packs);
}
