// diag, two ends of one tunnel: which tunnels belong together, how the clocks differ, and what both logs make
// of a verdict together. The rows of the table of merging have their logs in
// packs/cases/both.yaml; here is what holds for all pairs of logs.
#include "diag_case.h"

#include "knowledge/embed.h"
#include "knowledge/load.h"

#include <stdio.h>
#include <string.h>

// Where the sample logs come from: four pairs of gateways, told apart by an address that a log of them
// names.
static const struct {
    const char *initiator, *responder;
} sites[] = {{"198.51.100.10", "203.0.113.20"},
             {"198.51.100.34", "198.51.100.130"},
             {"203.0.113.66", "192.0.2.9"},
             {"198.51.100.2", "192.0.2.1"}};
enum { SITES = sizeof sites / sizeof *sites };

static struct str
embedded_text(const struct embedded *e)
{
    return (struct str){e->at, e->len};
}

// An address of the site as a whole word, for 203.0.113.2 is not 203.0.113.20.
static bool
names_address(struct str text, const char *address)
{
    size_t length = strlen(address);
    for (;;) {
        size_t at = str_find(text, (struct str){address, length});
        if (at == text.len)
            return false;
        char behind = at + length < text.len ? text.at[at + length] : ' ';
        if (behind < '0' || behind > '9')
            return true;
        text = str_from(text, at + length);
    }
}

// The only site that the log names an address of, or -1.
static int
site_of(struct str text)
{
    int found = -1;
    for (int i = 0; i < SITES; i++)
        if (names_address(text, sites[i].initiator) || names_address(text, sites[i].responder))
            found = found == -1 ? i : -2;
    return found;
}

// The daemons of which logs of two makes stand beside each other.
static const char *const makes[] = {"-charon", "-pluto"};
enum { MAKES = sizeof makes / sizeof *makes };

static bool
ends_in(struct str text, struct str ending)
{
    return text.len > ending.len && str_eq(str_from(text, text.len - ending.len), ending);
}

// The log of the end that answers, of the same make (named NAME-responder.log) or of another.
static const struct embedded *
responder_of(const struct embedded *initiator)
{
    struct str have = str_of(initiator->name), ending = STR("-initiator.log");
    if (!ends_in(have, ending))
        return NULL;
    have.len -= ending.len;
    size_t of_two = 0;
    while (of_two < MAKES && !ends_in(have, str_of(makes[of_two])))
        of_two++;
    if (of_two < MAKES)
        have.len -= strlen(makes[of_two]);
    for (size_t i = 0; i < embedded_log_count; i++) {
        struct str name = str_of(embedded_logs[i].name);
        if (!str_starts(name, have))
            continue;
        name = str_from(name, have.len);
        if (of_two == MAKES
                ? str_eq(name, STR("-responder.log"))
                : str_starts(name, str_of(makes[!of_two])) && ends_in(name, STR("-responder.log")))
            return &embedded_logs[i];
    }
    return NULL;
}

static void
case_both(struct diag_case *c, void **state, struct str a, struct str b)
{
    const struct str ends[2] = {a, b};
    case_open(c, state);
    for (int end = 0; end < 2; end++) {
        buf_add(&c->log[end], ends[end]);
        int source = diag_source(c->diag, STR("gw.log"), STR("file"));
        assert_int_equal(source, c->sources++);
        diag_source_of_end(c->diag, source, end);
        diag_feed(c->diag, source, ends[end].at, ends[end].len);
    }
    case_end(c);
}

// What must be the same from both sides.
static void
outcome(struct diag_case *c, struct buf *out)
{
    for (size_t i = 0; i < c->view->row_count; i++) {
        const struct tunnel_view *t = diag_tunnel(c->diag, c->view->rows[i].id, -1, &c->arena);
        const struct verdict *v = &t->row.verdict;
        buf_addf(out, "%s %s %s %.*s;", checkpoint_word[v->checkpoint], state_word[v->state],
                 certainty_word[v->certainty], STR_ARG(v->finding ? v->finding->cause : STR("-")));
        for (int r = 0; r < CP_COUNT; r++)
            buf_addf(out, " %s", state_word[case_rung(t, (enum checkpoint)r)->state]);
        // The row says what the full view says.
        assert_int_equal(v->checkpoint, c->view->rows[i].verdict.checkpoint);
        assert_ptr_equal(v->finding, c->view->rows[i].verdict.finding);
        assert_int_equal(v->certainty, c->view->rows[i].verdict.certainty);
    }
}

static void
swapped_ends_say_the_same(void **state)
{
    int pairs = 0, recognised = 0, mixed = 0;
    for (size_t i = 0; i < embedded_log_count; i++) {
        const struct embedded *a = &embedded_logs[i], *b = responder_of(a);
        if (!b)
            continue;
        struct diag_case c, turned;
        struct buf one = {0}, other = {0};
        case_both(&c, state, embedded_text(a), embedded_text(b));
        case_both(&turned, state, embedded_text(b), embedded_text(a));
        assert_int_equal(c.view->paired, turned.view->paired);
        pairs++;
        mixed += str_starts(str_of(a->name), STR("ends/"));
        recognised += c.view->paired > 0;
        // What is not recognised as one tunnel is told as each end tells it.
        if (c.view->paired) {
            outcome(&c, &one);
            outcome(&turned, &other);
            if (!str_eq(buf_str(&one), buf_str(&other)))
                fail_msg("%s:\n%s\nturned:\n%s", a->name, buf_cstr(&one), buf_cstr(&other));
            assert_int_equal(c.view->clock.known, turned.view->clock.known);
            assert_true(c.view->clock.offset + turned.view->clock.offset <= 1 &&
                        c.view->clock.offset + turned.view->clock.offset >= -1);
        }
        buf_release(&one);
        buf_release(&other);
        case_close(&c);
        case_close(&turned);
    }
    assert_true(pairs >= 50);
    assert_true(mixed >= 10);
    assert_true(recognised * 10 >= pairs * 9);
}

static void
a_daemon_and_a_router_may_be_swapped(void **state)
{
    static const char asks[] =
        "Mar  3 08:14:58.100000: adding UDP interface eth0 198.51.100.2:500\n"
        "Mar  3 08:15:00.001000: \"router\" #1: initiating IKEv1 Main Mode connection\n"
        "Mar  3 08:15:00.002000: \"router\" #1: sent Main Mode request\n"
        "Mar  3 08:15:00.110000: \"router\" #1: ignoring informational payload NO_PROPOSAL_CHOSEN, "
        "msgid=00000000, length=96\n"
        "Mar  3 08:15:00.110100: \"router\" #1: received and ignored notification payload: "
        "NO_PROPOSAL_CHOSEN\n";
    const struct embedded *answers = NULL;
    for (size_t i = 0; i < embedded_log_count; i++)
        if (strcmp(embedded_logs[i].name, "cisco-ios/p1-cipher-responder.log") == 0)
            answers = &embedded_logs[i];
    assert_non_null(answers);
    struct diag_case c, turned;
    struct buf one = {0}, other = {0};
    case_both(&c, state, str_of(asks), embedded_text(answers));
    case_both(&turned, state, embedded_text(answers), str_of(asks));
    assert_int_equal(c.view->paired, 1);
    assert_int_equal(turned.view->paired, 1);
    outcome(&c, &one);
    outcome(&turned, &other);
    assert_string_equal(buf_cstr(&one), buf_cstr(&other));
    assert_true(str_starts(buf_str(&one), STR("p1-cipher failed certain p1-cipher.mismatch;")));
    buf_release(&one);
    buf_release(&other);
    case_close(&c);
    case_close(&turned);
}

static void
unrelated_gateways_are_never_paired(void **state)
{
    int tried = 0;
    for (size_t i = 0; i < embedded_log_count; i++) {
        const struct embedded *a = &embedded_logs[i];
        int site = responder_of(a) ? site_of(embedded_text(a)) : -1;
        if (site < 0)
            continue;
        for (size_t k = i % 7; k < embedded_log_count; k += 7) {
            const struct embedded *b = &embedded_logs[k];
            int there = site_of(embedded_text(b));
            if (there < 0 || there == site)
                continue;
            struct diag_case c;
            case_both(&c, state, embedded_text(a), embedded_text(b));
            if (c.view->paired)
                fail_msg("%s and %s are paired", a->name, b->name);
            tried++;
            case_close(&c);
        }
    }
    assert_true(tried >= 100);
}

#define AT(second, words) "Jan 10 10:00:" second ".000000: " words "\n"
#define A_ASKS                                                                                               \
    AT("00", "adding UDP interface eth0 198.51.100.7:500")                                                   \
    AT("01", "\"office\" #1: initiating IKEv2 connection")                                                   \
    AT("01", "\"office\" #1: sent IKE_SA_INIT request to 203.0.113.9:500")                                   \
    AT("02", "\"office\" #1: sent IKE_AUTH request {cipher=AES_CBC_256 integ=HMAC_SHA2_256_128 "             \
             "prf=HMAC_SHA2_256 group=MODP2048}")                                                            \
    AT("04", "\"office\" #1: initiator established IKE SA; authenticated peer using authby=secret and "      \
             "ID_IPV4_ADDR '203.0.113.9'")
#define CHILD(role, out, in)                                                                                 \
    "\"office\" #2: " role " established Child SA using #1; IPsec tunnel "                                   \
    "[10.1.0.0-10.1.255.255:0-65535 0] -> [10.2.0.0-10.2.255.255:0-65535 0] {ESP/ESN=>" out " <" in          \
    " xfrm=AES_CBC_256-HMAC_SHA1_96 DPD=passive}"
#define B_ANSWERS(hour)                                                                                      \
    "Jan 10 " hour ":00:00.000000: adding UDP interface eth0 203.0.113.9:500\n"                              \
    "Jan 10 " hour ":00:01.500000: \"office\" #1: sent IKE_SA_INIT reply {cipher=AES_CBC_256 "               \
    "integ=HMAC_SHA2_256_128 prf=HMAC_SHA2_256 group=MODP2048}\n"                                            \
    "Jan 10 " hour ":00:03.500000: \"office\" #1: responder established IKE SA; authenticated peer using "   \
    "authby=secret and ID_IPV4_ADDR '198.51.100.7'\n"

static void
clocks_are_estimated_from_answers(void **state)
{
    struct diag_case c;
    case_both(
        &c, state, STR(A_ASKS AT("04", CHILD("initiator", "0xa1b2c3d4", "0x01020304"))),
        STR(B_ANSWERS("13") "Jan 10 13:00:03.500000: " CHILD("responder", "0x01020304", "0xa1b2c3d4") "\n"));
    const struct tunnel_view *t = case_office(&c);
    assert_non_null(t->both);
    assert_int_equal(t->both->by, PAIRED_NUMBERS);
    assert_true(t->both->same);
    // Three hours of zone; the request took at most half a second there, the answer half a second back.
    assert_true(t->both->clock.known);
    assert_int_equal(t->both->clock.offset / 1000000, 3 * 3600);
    assert_true(t->both->clock.spread <= 1000000);
    assert_int_equal(t->row.verdict.checkpoint, CP_NONE);
    case_close(&c);
}

// The initiator goes on behind the exchange of keys, the responder repeats what it sent before.
#define A_SENDS                                                                                              \
    AT("00", "adding UDP interface eth0 198.51.100.7:500")                                                   \
    AT("01", "\"office\" #1: initiating IKEv1 Main Mode connection")                                         \
    AT("01", "\"office\" #1: sent Main Mode request to 203.0.113.9:500")                                     \
    AT("02", "\"office\" #1: sent Main Mode I2")                                                             \
    AT("03", "\"office\" #1: sent Main Mode I3")                                                             \
    AT("05", "\"office\" #1: STATE_MAIN_I3: retransmission; will wait 2 seconds for response")
#define B_WAITS(last)                                                                                        \
    AT("00", "adding UDP interface eth0 203.0.113.9:500")                                                    \
    AT("01", "\"office\" #1: responding to Main Mode from unknown peer 198.51.100.7:500")                    \
    AT("01", "\"office\" #1: sent Main Mode R1")                                                             \
    AT("02", "\"office\" #1: sent Main Mode R2") last
#define B_REPEATS AT("04", "\"office\" #1: STATE_MAIN_R2: retransmission; will wait 2 seconds for response")

// What was sent, and where the other end was left, whose log covers that moment.
static void
a_lost_message_is_proven_by_both_logs(void **state)
{
    for (int turned = 0; turned < 2; turned++) {
        struct diag_case c;
        struct str a = STR(A_SENDS), b = STR(B_WAITS(B_REPEATS));
        case_both(&c, state, turned ? b : a, turned ? a : b);
        const struct tunnel_view *t = case_office(&c);
        const struct rung *contact = case_rung(t, CP_CONTACT);
        assert_int_equal(t->row.verdict.checkpoint, CP_CONTACT);
        assert_int_equal(contact->state, ST_FAILED);
        const struct proof *pair[2] = {NULL, NULL};
        size_t count = 0;
        for (size_t i = 0; i < contact->proof_count; i++)
            if (contact->proofs[i].deciding && count < 2)
                pair[count++] = &contact->proofs[i];
        assert_int_equal(count, 2);
        assert_true(case_has(pair[0]->text, "sent Main Mode I3"));
        assert_int_equal(pair[0]->side, turned ? SIDE_B : SIDE_A);
        assert_true(case_has(pair[1]->text, "STATE_MAIN_R2: retransmission"));
        assert_int_equal(pair[1]->side, turned ? SIDE_A : SIDE_B);
        case_close(&c);
    }
}

// The responder's log ends before the message was sent: nobody knows.
static void
what_the_other_log_does_not_cover_is_not_lost(void **state)
{
    struct diag_case c;
    case_both(&c, state, STR(A_SENDS), STR(B_WAITS("")));
    const struct tunnel_view *t = case_office(&c);
    assert_true(t->both->same);
    assert_true(t->both->untold);
    assert_int_not_equal(case_rung(t, CP_CONTACT)->state, ST_FAILED);
    case_close(&c);
}

static void
numbers_of_other_tunnels_do_not_pair(void **state)
{
    struct diag_case c;
    case_both(&c, state, STR(A_ASKS AT("04", CHILD("initiator", "0xa1b2c3d4", "0x01020304"))),
              STR("Jan 10 10:00:00.000000: adding UDP interface eth0 203.0.113.99:500\n"
                  "Jan 10 10:00:03.500000: " CHILD("responder", "0x0a020304", "0xa1b2c3d5") "\n"));
    assert_int_equal(c.view->paired, 0);
    const struct tunnel_view *t = case_tunnel(&c, "office");
    assert_false(t->both->same);
    assert_int_equal(t->both->by, PAIRED_NOT);
    case_close(&c);
}

// One address that fits and one that does not is NAT only when the lines answer each other.
static void
another_peer_of_the_same_gateway_is_not_the_other_end(void **state)
{
    static const char a[] = "Nov 22 05:20:57 06[IKE] <office|1> initiating IKE_SA office[1] to 203.0.113.20\n"
                            "Nov 22 05:20:57 06[NET] <office|1> sending packet: from 198.51.100.10[500] to "
                            "203.0.113.20[500] (336 "
                            "bytes)\n"
                            "Nov 22 05:21:01 07[IKE] <office|1> retransmit 1 of request with message ID 0\n";
#define ANOTHER(when)                                                                                        \
    when " 07[NET] <branch|4> received packet: from 192.0.2.77[500] to 203.0.113.20[500] (336 bytes)\n" when \
         " 07[IKE] <branch|4> 192.0.2.77 is initiating an IKE_SA\n" when                                     \
         " 07[IKE] <branch|4> received proposals unacceptable\n" when                                        \
         " 07[NET] <branch|4> sending packet: from 203.0.113.20[500] to 192.0.2.77[500] (36 bytes)\n"
    static const char another_day[] = ANOTHER("Nov 23 09:00:00"), answers[] = ANOTHER("Nov 22 05:20:57");
    struct diag_case c;
    case_both(&c, state, str_of(a), str_of(another_day));
    const struct tunnel_view *t = case_tunnel(&c, "office");
    assert_int_equal(t->both->by, PAIRED_NOT);
    case_close(&c);
    case_both(&c, state, str_of(a), str_of(answers));
    t = case_tunnel(&c, "office");
    assert_int_equal(t->both->by, PAIRED_ADDRESSES);
    case_close(&c);
}

static void
a_stated_clock_is_taken_as_it_is(void **state)
{
    struct diag_case c;
    case_both(&c, state, STR(A_ASKS), STR(B_ANSWERS("10")));
    diag_clock(c.diag, true, INT64_C(7200) * 1000000);
    const struct tunnel_view *t = case_office(&c);
    assert_true(t->both->clock.stated);
    assert_int_equal(t->both->clock.offset, INT64_C(7200) * 1000000);
    assert_false(t->both->same); // by that clock they are two attempts
    diag_clock(c.diag, false, 0);
    t = case_office(&c);
    assert_false(t->both->clock.stated);
    assert_true(t->both->same);
    case_close(&c);
}

static void
values_of_the_other_end_are_mirrored(void **state)
{
    struct diag_case c;
    case_both(
        &c, state, STR(A_ASKS),
        STR(B_ANSWERS("10") "Jan 10 10:00:03.600000: \"office\" #1: Peer ID '@wrong.example' mismatched on "
                            "first found connection and no better connection found\n"));
    const struct tunnel_view *t = case_office(&c);
    const struct value v = case_value(case_rung(t, CP_ID), "our_id");
    assert_true(v.count > 0);
    assert_true(case_has(v.text[v.count - 1], "@wrong.example"));
    case_close(&c);
}

static void
one_end_alone_has_no_other(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, A_ASKS);
    assert_null(case_office(&c)->both);
    assert_false(c.view->both_ends);
    case_close(&c);
}

// So many tunnels that not each is weighed against each. Their gateways have one address each, so only the
// numbers of their SAs tell them apart; of those that never stood the names do.
enum { MANY = 600, STOOD = 500 };

static void
many_log(struct buf *log, int end)
{
    const char *const own = end ? "203.0.113.9" : "198.51.100.7", *const peer =
                                                                      end ? "198.51.100.7" : "203.0.113.9";
    buf_addf(log, "Jan 10 10:00:00.000000: adding UDP interface eth0 %s:500\n", own);
    for (int i = 0; i < MANY; i++) {
        // Each end numbers and names them in an order of its own.
        int n = end ? (i * 7 + 3) % MANY : i;
        const char *name = n < STOOD && end ? "b" : "a";
        buf_addf(log, "Jan 10 10:%02d:%02d.000000: \"%s-%03d\" #%d: %s %s:500\n", n / 60, n % 60, name, n,
                 2 * i + 1, end ? "responding to Main Mode from unknown peer" : "sent Main Mode request to",
                 peer);
        if (n < STOOD)
            buf_addf(
                log,
                "Jan 10 10:%02d:%02d.000000: \"%s-%03d\" #%d: IPsec SA established tunnel mode {ESP=>0x%08x "
                "<0x%08x xfrm=AES_CBC_128-HMAC_SHA1_96 NATOA=none NATD=none DPD=passive}\n",
                n / 60, n % 60, name, n, 2 * i + 2, (end ? 0xb0000u : 0xa0000u) + (unsigned)n,
                (end ? 0xa0000u : 0xb0000u) + (unsigned)n);
    }
}

static void
many_tunnels_find_each_other(void **state)
{
    struct buf log[2] = {{0}, {0}};
    for (int end = 0; end < 2; end++)
        many_log(&log[end], end);
    for (int turned = 0; turned < 2; turned++) {
        struct diag_case c;
        size_t by_numbers = 0, by_addresses = 0;
        case_both(&c, state, buf_str(&log[turned]), buf_str(&log[!turned]));
        for (size_t i = 0; i < c.view->row_count; i++) {
            const struct tunnel_view *t = diag_tunnel(c.diag, c.view->rows[i].id, -1, &c.arena);
            if (t->both->by == PAIRED_NOT)
                continue;
            assert_true(str_eq(str_from(t->row.name, 1), str_from(t->both->name, 1)));
            by_numbers += t->both->by == PAIRED_NUMBERS;
            by_addresses += t->both->by == PAIRED_ADDRESSES;
        }
        assert_int_equal(by_numbers, STOOD);
        assert_int_equal(by_addresses, MANY - STOOD);
        case_close(&c);
    }
    for (int end = 0; end < 2; end++)
        buf_release(&log[end]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(swapped_ends_say_the_same),
        cmocka_unit_test(a_daemon_and_a_router_may_be_swapped),
        cmocka_unit_test(unrelated_gateways_are_never_paired),
        cmocka_unit_test(clocks_are_estimated_from_answers),
        cmocka_unit_test(a_lost_message_is_proven_by_both_logs),
        cmocka_unit_test(what_the_other_log_does_not_cover_is_not_lost),
        cmocka_unit_test(numbers_of_other_tunnels_do_not_pair),
        cmocka_unit_test(another_peer_of_the_same_gateway_is_not_the_other_end),
        cmocka_unit_test(a_stated_clock_is_taken_as_it_is),
        cmocka_unit_test(values_of_the_other_end_are_mirrored),
        cmocka_unit_test(one_end_alone_has_no_other),
        cmocka_unit_test(many_tunnels_find_each_other),
    };
    return cmocka_run_group_tests(tests, case_load_packs, case_free_packs);
}
