// diag, configuration files of one gateway and of two: what they let expect without a log, and what they add
// to one.
#include "diag_case.h"

#include "knowledge/load.h"

#define BRANCH_DEFAULTS "conn %default\n\tauthby=secret\n\tesp=aes256-sha2_256\n"
#define BRANCH_WITH(settings)                                                                                \
    "# ipsec.conf\nconfig setup\n\tuniqueids=yes\n" BRANCH_DEFAULTS                                          \
    "conn common\n\tleft=198.51.100.10\n\tike=aes256-sha2_256;modp2048\n\tleftid=@branch.example.org\n"      \
    "conn branch-hq\n\talso=common\n\tright=203.0.113.20\n\trightid=\"@hq.example.org\"\n"                   \
    "\tleftsubnet=192.168.10.0/24\n\trightsubnet=192.168.20.0/24 # LAN\n" settings
#define BRANCH BRANCH_WITH("\tikev2=insist\n")

#define HQ_WITH(version, proposals, networks)                                                                \
    "connections {\n  hq {\n    version = " version "\n    local_addrs = 203.0.113.20\n"                     \
    "    remote_addrs = 198.51.100.10\n    proposals = " proposals "\n"                                      \
    "    local {\n      auth = psk\n      id = hq.example.org\n    }\n"                                      \
    "    remote {\n      auth = psk\n      id = branch.example.org\n    }\n    children {\n      net {\n"    \
    "        local_ts = 192.168.20.0/24\n        remote_ts = " networks "\n"                                 \
    "        esp_proposals = aes256-sha256\n      }\n    }\n  }\n}\n"                                        \
    "secrets {\n  ike-1 {\n    secret = \"open sesame\"\n  }\n}\n"
#define HQ HQ_WITH("2", "aes256-sha256-modp2048", "192.168.10.0/24")

static void
open_both(struct diag_case *c, void **state, const char *a, const char *b)
{
    case_open(c, state);
    case_log(c, a);
    // The end is told before bytes come.
    buf_add(&c->log[1], str_of(b));
    int source = diag_source(c->diag, STR("peer.conf"), STR("file"));
    assert_int_equal(source, c->sources++);
    diag_source_of_end(c->diag, source, 1);
    diag_feed(c->diag, source, b, strlen(b));
    case_end(c);
}

static const struct compared *
row(const struct predicted *p, const char *title)
{
    for (size_t i = 0; i < p->compared_count; i++)
        if (str_eq(p->compared[i].title, str_of(title)))
            return &p->compared[i];
    fail_msg("nothing is compared under %s", title);
    return NULL;
}

static void
assert_text(struct str have, const char *want)
{
    if (!str_eq(have, str_of(want)))
        fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(have), want);
}

// --- two configurations

static void
configurations_that_agree_have_nothing_against_them(void **state)
{
    struct diag_case c;
    open_both(&c, state, BRANCH, HQ);
    assert_int_equal(c.view->row_count, 0);
    assert_int_equal(c.view->predicted_count, 1);
    assert_int_equal(c.view->unmatched, 0);
    const struct predicted *p = &c.view->predicted[0];
    assert_int_equal(p->checkpoint, CP_NONE);
    assert_text(p->name[0], "branch-hq");
    assert_text(p->name[1], "hq");
    assert_int_equal(row(p, "IKE version")->agree, AGREE_YES);
    assert_int_equal(row(p, "Authentication")->agree, AGREE_YES);
    assert_int_equal(row(p, "Phase 2 proposals")->agree, AGREE_YES); // from the defaults of A
    assert_text(row(p, "Identity of B")->side[0].text, "@hq.example.org");
    assert_text(row(p, "Networks of B")->side[0].text, "192.168.20.0/24"); // without its comment
    case_close(&c);
}

static void
the_first_difference_of_the_exchange_is_predicted(void **state)
{
    static const struct {
        const char *hq;
        enum checkpoint checkpoint;
    } cases[] = {
        {HQ_WITH("1", "aes128-sha1-modp1024", "10.0.0.0/8"), CP_IKE_VERSION},
        {HQ_WITH("2", "aes128-sha1-modp1024", "10.0.0.0/8"), CP_P1_CIPHER},
        {HQ_WITH("0", "aes256-sha256-modp2048", "10.0.0.0/8"), CP_SUBNETS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag_case c;
        open_both(&c, state, BRANCH, cases[i].hq);
        assert_int_equal(c.view->predicted_count, 1);
        assert_int_equal(c.view->predicted[0].checkpoint, cases[i].checkpoint);
        case_close(&c);
    }
}

static void
what_one_end_leaves_open_is_not_known(void **state)
{
    struct diag_case c;
    open_both(&c, state, BRANCH, HQ_WITH("0", "aes256-sha256-modp2048", "192.168.10.0/24"));
    assert_int_equal(row(&c.view->predicted[0], "IKE version")->agree, AGREE_UNKNOWN);
    assert_int_equal(c.view->predicted[0].checkpoint, CP_NONE);
    case_close(&c);
}

// Which group a daemon takes by itself stands in no file.
static void
a_group_that_one_end_leaves_out_is_not_known(void **state)
{
    struct diag_case c;
    open_both(&c, state, BRANCH, HQ_WITH("2", "aes256-sha256", "192.168.10.0/24"));
    assert_int_equal(row(&c.view->predicted[0], "Phase 1 proposals")->agree, AGREE_UNKNOWN);
    case_close(&c);
}

static void
the_ends_may_be_swapped(void **state)
{
    struct diag_case c, turned;
    open_both(&c, state, BRANCH, HQ_WITH("2", "aes128-sha1-modp1024", "10.0.0.0/8"));
    open_both(&turned, state, HQ_WITH("2", "aes128-sha1-modp1024", "10.0.0.0/8"), BRANCH);
    const struct predicted *p = &c.view->predicted[0], *q = &turned.view->predicted[0];
    assert_int_equal(p->checkpoint, q->checkpoint);
    assert_int_equal(p->compared_count, q->compared_count);
    assert_int_equal(row(p, "Networks of A")->agree, row(q, "Networks of B")->agree);
    assert_true(str_eq(row(p, "Networks of A")->side[1].text, row(q, "Networks of B")->side[0].text));
    case_close(&c);
    case_close(&turned);
}

// One and the same file lies on both gateways: its sides are left and right, not here and there.
static void
a_file_of_both_gateways_mirrors_itself(void **state)
{
    struct diag_case c;
    open_both(&c, state, BRANCH, BRANCH);
    assert_int_equal(c.view->predicted_count, 1);
    assert_int_equal(c.view->predicted[0].checkpoint, CP_NONE);
    case_close(&c);
}

static void
connections_of_other_gateways_are_not_paired(void **state)
{
    struct diag_case c;
    open_both(
        &c, state, BRANCH,
        "connections {\n  other {\n    local_addrs = 192.0.2.77\n    remote_addrs = 192.0.2.78\n  }\n}\n");
    assert_int_equal(c.view->predicted_count, 0);
    assert_int_equal(c.view->unmatched, 2);
    case_close(&c);
}

static void
no_secret_is_kept(void **state)
{
    struct diag_case c;
    open_both(&c, state, BRANCH, HQ);
    for (size_t i = 0; i < c.view->predicted[0].compared_count; i++)
        for (int end = 0; end < 2; end++) {
            struct str text = c.view->predicted[0].compared[i].side[end].text;
            assert_int_equal(str_find(text, STR("sesame")), text.len);
        }
    case_close(&c);
}

#define ROUTER_WITH(transforms, wildcard)                                                                    \
    "enable secret 5 open-sesame\ncrypto isakmp policy 10\n encr aes 256\n hash sha256\n"                    \
    " authentication pre-share\n group 14\ncrypto isakmp key open-sesame address 198.51.100.10\n"            \
    "crypto ipsec transform-set TS " transforms "\n mode tunnel\n!\ncrypto map OUTSIDE 10 ipsec-isakmp\n"    \
    " set peer 198.51.100.10\n set transform-set TS\n match address VPN\n!\ninterface Gi0/0\n"               \
    " ip address 203.0.113.20 255.255.255.0\n crypto map OUTSIDE\n!\nip access-list extended VPN\n"          \
    " permit ip 192.168.20.0 " wildcard " 192.168.10.0 0.0.0.255\n"

#define BY_ADDRESS                                                                                           \
    BRANCH_DEFAULTS                                                                                          \
    "conn "                                                                                                  \
    "branch-hq\n\tleft=198.51.100.10\n\tright=203.0.113.20\n\tike=aes256-sha2_256;modp2048\n\tikev2=no\n"    \
    "\tleftsubnet=192.168.10.0/24\n\trightsubnet=192.168.20.0/24\n"

// A router writes its networks with wildcard masks, in a list that the connection names.
static void
a_router_is_compared_with_a_daemon(void **state)
{
    static const struct {
        const char *router;
        enum checkpoint checkpoint;
    } cases[] = {
        {ROUTER_WITH("esp-aes 256 esp-sha256-hmac", "0.0.0.255"), CP_NONE},
        {ROUTER_WITH("esp-aes 256 esp-sha-hmac", "0.0.0.255"), CP_P2_CIPHER},
        {ROUTER_WITH("esp-aes 256 esp-sha256-hmac", "0.0.1.255"), CP_SUBNETS},
        {ROUTER_WITH("esp-aes 256 esp-sha256-hmac", "0.0.0.254"), CP_SUBNETS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag_case c;
        open_both(&c, state, BY_ADDRESS, cases[i].router);
        assert_int_equal(c.view->predicted_count, 1);
        const struct predicted *p = &c.view->predicted[0];
        assert_int_equal(p->checkpoint, cases[i].checkpoint);
        assert_text(row(p, "Networks of A")->side[1].text, "192.168.10.0/24");
        for (size_t n = 0; n < p->compared_count; n++)
            assert_false(case_has(p->compared[n].side[1].text, "sesame"));
        case_close(&c);
    }
}

// --- a configuration beside a log

#define WHO "pluto[2219]: \"branch-hq\" #1: "
#define REFUSING                                                                                             \
    WHO "responding to Main Mode from unknown peer 203.0.113.20:500\n" WHO                                   \
        "Oakley Transform [AES_CBC (128), HMAC_SHA1, MODP1024] refused\n" WHO                                \
        "no acceptable Oakley Transform\n" WHO                                                               \
        "sending notification NO_PROPOSAL_CHOSEN to 203.0.113.20:500\n"

static struct str
value_of(const struct rung *r, const char *key)
{
    for (size_t i = 0; i < r->value_count; i++)
        if (str_eq(r->values[i].key, str_of(key)))
            return r->values[i].text[0];
    return STR_NONE;
}

static void
what_is_configured_stands_where_the_log_is_stuck(void **state)
{
    struct diag_case c;
    case_open(&c, state);
    case_log(&c, REFUSING);
    case_log(&c, BRANCH);
    case_end(&c);
    const struct tunnel_view *t = case_tunnel(&c, "branch-hq");
    assert_int_equal(t->row.verdict.checkpoint, CP_P1_CIPHER);
    assert_text(value_of(case_rung(t, CP_P1_CIPHER), "our_proposal"), "aes256-sha2_256;modp2048");
    case_close(&c);
}

// A pasted thread: first the configuration, then the log.
static void
a_log_behind_a_configuration_stays_a_log(void **state)
{
    struct diag_case c;
    case_read_log(&c, state, BRANCH REFUSING);
    const struct tunnel_view *t = case_tunnel(&c, "branch-hq");
    assert_int_equal(t->row.verdict.checkpoint, CP_P1_CIPHER);
    assert_text(value_of(case_rung(t, CP_P1_CIPHER), "our_proposal"), "aes256-sha2_256;modp2048");
    case_close(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(configurations_that_agree_have_nothing_against_them),
        cmocka_unit_test(the_first_difference_of_the_exchange_is_predicted),
        cmocka_unit_test(what_one_end_leaves_open_is_not_known),
        cmocka_unit_test(a_group_that_one_end_leaves_out_is_not_known),
        cmocka_unit_test(the_ends_may_be_swapped),
        cmocka_unit_test(a_file_of_both_gateways_mirrors_itself),
        cmocka_unit_test(connections_of_other_gateways_are_not_paired),
        cmocka_unit_test(no_secret_is_kept),
        cmocka_unit_test(a_router_is_compared_with_a_daemon),
        cmocka_unit_test(what_is_configured_stands_where_the_log_is_stuck),
        cmocka_unit_test(a_log_behind_a_configuration_stays_a_log),
    };
    return cmocka_run_group_tests(tests, case_load_packs, case_free_packs);
}
