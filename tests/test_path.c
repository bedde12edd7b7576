// diag/sizes and diag/path with the packs of the program: every row of the table of sizes, every row of the
// document on TCP and UDP encapsulation (S3-xx), and what is not known stays unknown.
#include "diag/path_report.h"
#include "knowledge/load.h"
#include "knowledge/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { ROWS = 612, COLUMNS = 13 };

static const struct portmap *
rules(void **state)
{
    return &((const struct knowledge *)*state)->portmap;
}

static int
load(void **state)
{
    struct err e = {0};
    *state = knowledge_load_builtin(NULL, 0, &e);
    return *state ? 0 : -1;
}

static int
unload(void **state)
{
    knowledge_free(*state);
    return 0;
}

static int
number_or_none(const char *text)
{
    return strcmp(text, "-") == 0 ? -1 : atoi(text);
}

static void
compare_row(const struct portmap *map, char *column[COLUMNS])
{
    struct sizes_ask ask = {.outer_mtu = atoi(column[0]), .outer_ip = atoi(column[1])};
    struct sizes got;
    ask.carrier = (enum carrier)word_index(carrier_word, CARRIER_COUNT, str_of(column[2]));
    ask.transport = strcmp(column[7], "transport") == 0;
    assert_in_range(ask.carrier, 0, CARRIER_COUNT - 1);
    if (!sizes_cipher(map, str_of(column[3]), &ask))
        fail_msg("no cipher in \"%s\"", column[3]);
    assert_int_equal(ask.iv, atoi(column[4]));
    assert_int_equal(ask.align, atoi(column[5]));
    assert_int_equal(ask.icv, atoi(column[6]));
    assert_true(sizes_of(&ask, &got));
    const int have[] = {got.inner_mtu, got.mss_ipv4, got.mss_ipv6, got.outer_size, got.outer_size_one_more};
    for (int i = 0; i < 5; i++)
        if (have[i] != number_or_none(column[8 + i]))
            fail_msg("%s %s %s %s %s: column %d is %d, not %s", column[0], column[1], column[2], column[3],
                     column[7], 8 + i, have[i], column[8 + i]);
    assert_int_equal(sizes_pieces(&ask, got.inner_mtu), 1);
    assert_true(sizes_pieces(&ask, got.inner_mtu + 1) > 1);
}

static void
every_row_of_the_table_of_sizes(void **state)
{
    FILE *f = fopen(IKEWALK_SOURCE_DIR "/tests/encapsulation-mtu.tsv", "r");
    char line[512];
    int rows = 0;
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f)); // titles
    while (fgets(line, sizeof line, f)) {
        char *column[COLUMNS], *rest = line;
        line[strcspn(line, "\n")] = '\0';
        for (int i = 0; i < COLUMNS; i++) {
            column[i] = strsep(&rest, "\t");
            assert_non_null(column[i]);
        }
        compare_row(rules(state), column);
        rows++;
    }
    fclose(f);
    assert_int_equal(rows, ROWS);
}

static void
ciphers_as_daemons_write_them(void **state)
{
    static const struct {
        const char *text;
        int iv, align, icv;
    } rows[] = {
        {"AES_CBC_256-HMAC_SHA2_256_128", 16, 16, 16},
        {"AES_CBC_128-HMAC_SHA1_96", 16, 16, 12},
        {"AES_CBC (128), HMAC_SHA2_512, MODP2048", 16, 16, 32},
        {"aes256-sha256", 16, 16, 16},
        {"aes256-sha256_96", 16, 16, 12},
        {"aes128-sha1;modp2048", 16, 16, 12},
        {"AES_GCM_16_256-NONE", 8, 4, 16},
        {"AES_GCM_C_256-NONE", 8, 4, 16},
        {"aes256gcm16", 8, 4, 16},
        {"AES_GCM_8_128", 8, 4, 8},
        {"ESP:AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ", 16, 16, 16},
        {"ESP:CHACHA20_POLY1305/NO_EXT_SEQ", 8, 4, 16},
        {"esp-256-aes esp-sha256-hmac", 16, 16, 16},
        {"esp-3des esp-md5-hmac", 8, 8, 12},
        {"3DES_0-HMAC_MD5", 8, 8, 12},
        {"NULL-HMAC_SHA1_96", 0, 4, 12},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sizes_ask ask = {0};
        if (!sizes_cipher(rules(state), str_of(rows[i].text), &ask) || ask.iv != rows[i].iv ||
            ask.align != rows[i].align || ask.icv != rows[i].icv)
            fail_msg("%s: %d %d %d", rows[i].text, ask.iv, ask.align, ask.icv);
    }
    static const char *const not_ciphers[] = {"", "aes256", "sha256", "none", "zigzag", "MODP2048"};
    for (size_t i = 0; i < sizeof not_ciphers / sizeof *not_ciphers; i++) {
        struct sizes_ask ask = {0};
        if (sizes_cipher(rules(state), str_of(not_ciphers[i]), &ask))
            fail_msg("\"%s\" is taken for a cipher", not_ciphers[i]);
    }
}

struct judged_path {
    struct arena arena;
    struct path_view v;
};

// "mode=udp published=88 ..." in a family.
static struct judged_path
judge(void **state, const char *family, const char *facts)
{
    struct judged_path j = {0};
    struct path p = {.map = rules(state)};
    p.family = path_family_named(p.map, str_of(family));
    assert_in_range(p.family, 0, PATH_FAMILIES);
    char copy[400], *rest = copy, *one;
    snprintf(copy, sizeof copy, "%s", facts);
    while ((one = strsep(&rest, " "))) {
        struct err e = {0};
        struct str value;
        char *text = strchr(one, '=');
        assert_non_null(text);
        *text++ = '\0';
        int fact = path_fact_named(p.map, str_of(one));
        if (fact < 0 || !path_value_fits(&p.map->facts[fact], str_of(text), &j.arena, &value, &e))
            fail_msg("%s=%s: %s", one, text, e.text);
        path_set(&p, fact, value, FROM_FORM, NULL);
    }
    path_judge(&p, &j.arena, &j.v);
    return j;
}

static void
comes_to(void **state, const char *family, const char *facts, enum path_outcome outcome, const char *rule,
         enum path_basis basis)
{
    struct judged_path j = judge(state, family, facts);
    struct str have = j.v.rule ? j.v.rule->id : STR("none");
    if (j.v.outcome != outcome || !str_eq(have, str_of(rule)))
        fail_msg("%s: %s by %.*s", facts, path_outcome_word[j.v.outcome], STR_ARG(have));
    if (j.v.rule)
        assert_int_equal(j.v.rule->basis, basis);
    arena_release(&j.arena);
}

static bool
any_holds(const struct str *texts, size_t count, const char *words)
{
    for (size_t i = 0; i < count; i++)
        if (str_find(texts[i], str_of(words)) < texts[i].len)
            return true;
    return false;
}

static enum state
check_state(const struct path_view *v, const char *id)
{
    for (size_t i = 0; i < v->check_count; i++)
        if (str_eq(v->checks[i].check->id, str_of(id)))
            return v->checks[i].state;
    fail_msg("no check %s", id);
    return ST_UNKNOWN;
}

#define BOTH_MAPPED " mapped-tcp=yes mapped-udp=yes"

static void
s3_01_tcp_mode_works_with_different_ports(void **state)
{
    comes_to(state, "tcp-udp", "mode=tcp published=88 inner=4009 listen=4009" BOTH_MAPPED, PATH_WORKS, "d",
             KNOWN_SEED);
}

static void
s3_02_udp_mode_with_different_ports_is_half_up(void **state)
{
    const char *facts = "mode=udp published=88 inner=4009 listen=4009" BOTH_MAPPED;
    comes_to(state, "tcp-udp", facts, PATH_HALF_UP, "f", KNOWN_SEED);
    struct judged_path j = judge(state, "tcp-udp", facts);
    assert_true(any_holds(j.v.symptoms, j.v.symptom_count, "peer's address stays empty"));
    arena_release(&j.arena);
}

static void
s3_03_udp_mode_with_one_port_works(void **state)
{
    comes_to(state, "tcp-udp", "mode=udp published=88 inner=88 listen=88" BOTH_MAPPED, PATH_WORKS, "g",
             KNOWN_SEED);
}

static void
s3_04_udp_mode_without_tcp_never_connects(void **state)
{
    const char *facts = "mode=udp published=88 inner=88 listen=88 mapped-tcp=no mapped-udp=yes";
    comes_to(state, "tcp-udp", facts, PATH_NO_CONNECT, "c", KNOWN_SEED);
    struct judged_path j = judge(state, "tcp-udp", facts);
    assert_true(any_holds(j.v.symptoms, j.v.symptom_count, "reset"));
    arena_release(&j.arena);
}

static void
s3_05_setup_is_always_tcp(void **state)
{
    struct judged_path udp =
        judge(state, "tcp-udp", "mode=udp published=88 inner=88 listen=88 mapped-tcp=no mapped-udp=yes");
    assert_int_equal(check_state(&udp.v, "tcp-mapped"), ST_FAILED);
    arena_release(&udp.arena);
    // Without TCP neither mode connects; that of TCP was not observed.
    comes_to(state, "tcp-udp", "mode=tcp published=88 inner=4009 listen=4009 mapped-tcp=no mapped-udp=yes",
             PATH_NO_CONNECT, "c", KNOWN_INFERRED);
    // Data runs as it is set: TCP mode needs no UDP.
    comes_to(state, "tcp-udp", "mode=tcp published=88 inner=4009 listen=4009 mapped-tcp=yes mapped-udp=no",
             PATH_WORKS, "d", KNOWN_SEED);
    comes_to(state, "tcp-udp", "mode=udp published=88 inner=88 listen=88 mapped-tcp=yes mapped-udp=no",
             PATH_HALF_UP, "e", KNOWN_INFERRED);
}

static void
s3_06_udp_mode_wants_the_same_port(void **state)
{
    struct judged_path j =
        judge(state, "tcp-udp", "mode=udp published=88 inner=4009 listen=4009" BOTH_MAPPED);
    assert_int_equal(check_state(&j.v, "same-port"), ST_FAILED);
    // Each cure makes it work, and says with which rule.
    assert_int_equal(j.v.fix_count, 3);
    for (size_t i = 0; i < j.v.fix_count; i++)
        assert_int_equal(j.v.fixes[i].outcome, PATH_WORKS);
    arena_release(&j.arena);
    comes_to(state, "tcp-udp", "mode=tcp published=88 inner=4008 listen=4009" BOTH_MAPPED, PATH_NO_CONNECT,
             "a", KNOWN_INFERRED);
    comes_to(state, "tcp-udp", "mode=tcp branch-port=89 published=88 inner=4009 listen=4009" BOTH_MAPPED,
             PATH_NO_CONNECT, "b", KNOWN_INFERRED);
}

static void
s3_07_to_s3_10_what_was_seen_decides(void **state)
{
    comes_to(state, "tcp-udp", "mode=tcp setup-seen=data", PATH_WORKS, "seen-data", KNOWN_SEED);
    comes_to(state, "tcp-udp", "mode=udp setup-seen=closed udp-seen=branch udp-after=10", PATH_WORKS,
             "seen-branch", KNOWN_SEED);
    const char *callback = "mode=udp setup-seen=closed udp-seen=callback udp-after=20 tries=6";
    comes_to(state, "tcp-udp", callback, PATH_HALF_UP, "seen-callback", KNOWN_SEED);
    struct judged_path j = judge(state, "tcp-udp", callback);
    assert_int_equal(check_state(&j.v, "caller"), ST_FAILED);
    assert_true(str_find(j.v.why, STR("NAT in front of the branch")) < j.v.why.len);
    arena_release(&j.arena);
}

static void
s3_11_large_packets(void **state)
{
    struct judged_path tcp = judge(state, "tcp-udp", "mode=tcp"), udp = judge(state, "tcp-udp", "mode=udp");
    assert_int_equal(check_state(&tcp.v, "large-packets"), ST_PASSED);
    assert_int_equal(check_state(&udp.v, "large-packets"), ST_SUSPECTED);
    arena_release(&tcp.arena);
    arena_release(&udp.arena);
    // A packet of the full 1500 bytes: two segments in TCP, two fragments in UDP.
    static const char *const asks[] = {"cipher=aes128-sha1 carrier=tcp packet=1500",
                                       "cipher=aes128-sha1 carrier=natt packet=1500"};
    for (size_t i = 0; i < 2; i++) {
        struct judged_path j = judge(state, "ike", asks[i]);
        assert_true(j.v.sized);
        assert_int_equal(j.v.packet_pieces, 2);
        arena_release(&j.arena);
    }
    struct judged_path ping = judge(state, "ike", "cipher=aes128-sha1 carrier=natt packet=65000");
    assert_int_equal(ping.v.packet_pieces, 44); // 65072 outside, 1480 in each
    arena_release(&ping.arena);
}

static void
s3_12_kerberos_is_a_label(void **state)
{
    struct judged_path j = judge(state, "tcp-udp", "mode=udp published=88 inner=88 listen=88" BOTH_MAPPED);
    assert_true(any_holds(j.v.remarks, j.v.remark_count, "nothing shows that this tunnel uses Kerberos"));
    arena_release(&j.arena);
    j = judge(state, "tcp-udp", "mode=udp published=4009 inner=4009 listen=4009" BOTH_MAPPED);
    assert_false(any_holds(j.v.remarks, j.v.remark_count, "Kerberos"));
    arena_release(&j.arena);
}

static void
s3_13_the_warning_comes_before_the_change(void **state)
{
    struct judged_path j =
        judge(state, "tcp-udp", "mode=tcp published=88 inner=4009 listen=4009" BOTH_MAPPED);
    assert_true(any_holds(j.v.cautions, j.v.caution_count, "two hours"));
    assert_true(any_holds(j.v.cautions, j.v.caution_count, "keep a way into the branch"));
    arena_release(&j.arena);
    j = judge(state, "tcp-udp", "mode=udp published=88 inner=88 listen=88" BOTH_MAPPED);
    assert_int_equal(j.v.caution_count, 0);
    arena_release(&j.arena);
}

static void
s3_14_the_form_asks_for_the_topology(void **state)
{
    static const char *const asked[] = {"mode",   "branch-port", "published", "inner",
                                        "listen", "mapped-tcp",  "mapped-udp"};
    const struct portmap *map = rules(state);
    int family = path_family_named(map, STR("tcp-udp"));
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        int fact = path_fact_named(map, str_of(asked[i]));
        assert_in_range(fact, 0, PATH_FACTS);
        assert_true(map->facts[fact].form & 1u << family);
    }
    // A headquarters without a mapping in front of it is one where all ports are the same.
    comes_to(state, "tcp-udp", "mode=udp nat=none listen=4009", PATH_WORKS, "g", KNOWN_SEED);
}

static void
s3_15_no_peer_address_is_a_symptom_of_its_own(void **state)
{
    struct judged_path half = judge(state, "tcp-udp", "mode=udp udp-seen=callback");
    assert_true(any_holds(half.v.symptoms, half.v.symptom_count, "address stays empty"));
    arena_release(&half.arena);
    struct judged_path good = judge(state, "tcp-udp", "mode=udp published=88 inner=88 listen=88" BOTH_MAPPED);
    assert_false(any_holds(good.v.symptoms, good.v.symptom_count, "address stays empty"));
    arena_release(&good.arena);
}

// What a gateway says of its sockets and of its kernel stands beside the rest, with its line.
static void
the_gateway_tells_of_its_sockets(void **state)
{
    const struct trial_texts texts = {
        .log = STR("Nov 22 05:22:54 gw pluto[7]: \"office\" #1: initiating IKEv1 Main Mode connection\n"),
        .state = STR("udp UNCONN 0 0 0.0.0.0:500 0.0.0.0:*\nudp UNCONN 0 0 198.51.100.10:4500 0.0.0.0:*\n"
                     "src 198.51.100.10 dst 203.0.113.20\n\tproto esp spi 0x0a reqid 1 mode tunnel\n"
                     "\tencap type espinudp sport 4500 dport 4500 addr 0.0.0.0\n")};
    static const struct {
        const char *fact, *text;
        uint64_t line;
    } rows[] = {{"listens-udp500", "yes", 1}, {"listens-udp4500", "yes", 2}, {"carrier", "natt", 5}};
    struct trial t;
    trial_run(&t, *state, &texts, STR_NONE, false);
    assert_non_null(t.tunnel);
    struct path p = {.map = rules(state)};
    diag_path(t.diag, t.tunnel, &t.arena, &p);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct path_value *v = &p.at[path_fact_named(p.map, str_of(rows[i].fact))];
        if (!str_eq(v->text, str_of(rows[i].text)) || v->origin != FROM_GATEWAY)
            fail_msg("%s is \"%.*s\" from %s", rows[i].fact, STR_ARG(v->text), path_origin_word[v->origin]);
        assert_non_null(v->proof);
        assert_int_equal(v->proof->source, 1);
        assert_int_equal(v->proof->line, rows[i].line);
    }
    trial_end(&t);
}

#define MAPS "table ip nat {\nchain lead {\ntype nat hook prerouting priority dstnat; policy accept;\n"
#define TRANSLATES "table ip nat {\nchain out {\ntype nat hook postrouting priority srcnat; policy accept;\n"
#define LETS_IN "table inet filter {\nchain input {\ntype filter hook input priority filter; policy accept;\n"
#define LISTENS "udp UNCONN 0 0 0.0.0.0:500 0.0.0.0:*\nudp UNCONN 0 0 0.0.0.0:4500 0.0.0.0:*\n"

// What packet filters, sockets and addresses of a gateway come to, as nft and iptables-save write them.
static void
the_gateway_tells_of_its_filters_and_addresses(void **state)
{
    static const struct {
        const char *shows, *fact, *text; // text NULL: not known
    } rows[] = {
        {MAPS "udp dport 500 counter packets 3 bytes 900 dnat to 10.1.0.2:500\n}\n}\n", "maps-udp500", "500"},
        {MAPS "udp dport 500 dnat to 10.1.0.2:500\n}\n}\n", "maps-udp4500", "none"},
        {MAPS "udp dport { 500, 4500 } dnat to 10.1.0.2\n}\n}\n", "maps-udp4500", "4500"},
        {MAPS "udp dport 4500 dnat to 10.1.0.2:4501\n}\n}\n", "maps-udp4500", "4501"},
        {MAPS "udp dport 4500 redirect to :4501\n}\n}\n", "maps-udp4500", "4501"},
        {MAPS "udp dport 400-600 dnat to 10.1.0.2\n}\n}\n", "maps-udp500", "500"},
        {MAPS "ip daddr 198.51.100.9 dnat to 10.1.0.2\n}\n}\n", "maps-udp4500", "4500"},
        {MAPS "tcp dport 500 dnat to 10.1.0.2\n}\n}\n", "maps-udp500", NULL},
        {MAPS "udp dport 5000 dnat to 10.1.0.2\n}\n}\n", "maps-udp500", NULL},
        {"*nat\n[4:9] -A PREROUTING -i eth0 -p udp -m udp --dport 500 -j DNAT --to-destination "
         "10.1.0.2:500\nCOMMIT\n",
         "maps-udp500", "500"},
        {"*nat\n[4:9] -A PREROUTING -p udp -m multiport --dports 500,4500 -j DNAT --to-destination "
         "10.1.0.2\nCOMMIT\n",
         "maps-udp4500", "4500"},
        {"*nat\n[4:9] -A PREROUTING -p udp -m udp --dport 4500 -j REDIRECT --to-ports 500\nCOMMIT\n",
         "maps-udp4500", "500"},
        {"*filter\n[8:960] -A INPUT -p udp -m udp --dport 4500 -j DROP\nCOMMIT\n", "drops-udp4500", "yes"},
        {"*filter\n[0:0] -A INPUT -p udp -m udp --dport 4500 -j DROP\nCOMMIT\n", "drops-udp4500", NULL},
        {"*filter\n[8:960] -A FORWARD -p udp -m udp --dport 4500 -j DROP\nCOMMIT\n", "drops-udp4500", NULL},
        {"*filter\n[8:960] -A INPUT -s 192.0.2.0/24 -p udp -m udp --dport 500 -j DROP\nCOMMIT\n",
         "drops-udp500", NULL},
        {"*filter\n[8:960] -A INPUT -s 203.0.113.0/24 -p udp -m udp --dport 500 -j DROP\nCOMMIT\n",
         "drops-udp500", "yes"},
        {LETS_IN "udp dport { 500, 4500 } counter packets 7 bytes 900 drop\n}\n}\n", "drops-udp500", "yes"},
        {LETS_IN "udp dport 500 accept\nudp dport { 500, 4500 } counter packets 7 bytes 900 drop\n}\n}\n",
         "drops-udp500", NULL},
        {LISTENS, "listens-udp4500", "yes"},
        {"udp UNCONN 0 0 0.0.0.0:500 0.0.0.0:*\n", "listens-udp4500", "no"},
        {"udp UNCONN 0 0 0.0.0.0:53 0.0.0.0:*\n", "listens-udp500", "no"},
        {"tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*\n", "listens-udp500", NULL},
        {"2: eth0    inet 10.1.0.2/24 scope global eth0\\       valid_lft forever preferred_lft forever\n",
         "nat", "initiator"},
        {"2: eth0    inet 10.1.0.2/24 scope global eth0\\       valid_lft forever preferred_lft forever\n"
         "3: eth1    inet 198.51.100.9/24 scope global eth1\\       valid_lft forever preferred_lft "
         "forever\n",
         "nat", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct trial_texts texts = {
            .log = STR(
                "Nov 22 05:22:54 gw pluto[7]: \"office\" #1: initiating IKEv2 connection\n"
                "Nov 22 05:22:54 gw pluto[7]: \"office\" #1: sent IKE_SA_INIT request to 203.0.113.20:500\n"),
            .state = str_of(rows[i].shows)};
        struct trial t;
        trial_run(&t, *state, &texts, STR_NONE, false);
        assert_non_null(t.tunnel);
        struct path p = {.map = rules(state)};
        diag_path(t.diag, t.tunnel, &t.arena, &p);
        const struct path_value *v = &p.at[path_fact_named(p.map, str_of(rows[i].fact))];
        if (!str_eq(v->text, rows[i].text ? str_of(rows[i].text) : STR_NONE))
            fail_msg("%s is \"%.*s\" of\n%s", rows[i].fact, STR_ARG(v->text), rows[i].shows);
        if (rows[i].text) {
            assert_int_equal(v->origin, FROM_GATEWAY);
            assert_non_null(v->proof);
        }
        trial_end(&t);
    }
}

// A capture decides with certainty only when its packets went when the log says so, apart from a clock that
// is wrong by less than minutes or set to another zone.
static void
a_capture_of_another_time_proves_less(void **state)
{
    static const char log[] =
        "Nov 26 02:01:54.284841: \"office\" #1: initiating IKEv1 Main Mode connection\n"
        "Nov 26 02:01:54.297167: \"office\" #1: sent Main Mode request\n"
        "Nov 26 02:01:54.299964: \"office\" #1: sent Main Mode I2\n"
        "Nov 26 02:01:54.300905: \"office\" #1: sent Main Mode I3\n"
        "Nov 26 02:01:54.799714: \"office\" #1: STATE_MAIN_I3: retransmission; will wait 0.5 seconds for "
        "response\n"
        "Nov 26 02:01:55.300362: \"office\" #1: STATE_MAIN_I3: retransmission; will wait 1 seconds for "
        "response\n"
        "Nov 26 02:01:56.297834: \"office\" #1: STATE_MAIN_I3: retransmission; will wait 2 seconds for "
        "response\n"
        "Nov 26 02:01:58.300278: \"office\" #1: STATE_MAIN_I3: 4 second timeout exceeded after 3 "
        "retransmits.  "
        "Possible authentication failure: no acceptable response to our first encrypted message\n"
        "Nov 26 02:01:58.300364: \"office\" #1: starting keying attempt 2 of an unlimited number\n";
    static const int sent[] = {300, 800, 1301, 2298, 4301}; // milliseconds behind 02:01:54
    static const struct {
        int ahead; // seconds
        int messages;
        enum certainty sure;
    } rows[] = {{0, 5, SURE_CERTAIN},     {37, 5, SURE_CERTAIN},  {-3600, 5, SURE_CERTAIN},
                {19800, 5, SURE_CERTAIN}, {2400, 5, SURE_LIKELY}, {86400, 5, SURE_LIKELY},
                {0, 2, SURE_LIKELY},      {0, 0, SURE_LIKELY}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf capture = {0};
        for (int k = 0; k <= rows[i].messages; k++) {
            int last = k == rows[i].messages, wait = last ? 4400 : sent[k];
            time_t when = 1795658514 + rows[i].ahead + wait / 1000; // 2026-11-26 02:01:54
            struct tm tm;
            char stamp[32];
            strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", gmtime_r(&when, &tm));
            buf_addf(&capture, "%s.%03d000+00:00 capture: path 1 %s\n", stamp, wait % 1000,
                     last
                         ? "held back: UDP-4500 from 192.0.2.10 to 198.51.100.20: 8 packets went no further, "
                           "UDP-500 did"
                         : "IKEv1 main-mode message from 192.0.2.10 port 4500 to 198.51.100.20 port 4500, 92 "
                           "bytes");
        }
        const struct trial_texts texts = {.log = str_of(log), .capture = buf_str(&capture)};
        struct trial t;
        trial_run(&t, *state, &texts, STR_NONE, false);
        assert_non_null(t.tunnel);
        if (t.row->verdict.certainty != rows[i].sure ||
            !str_eq(t.row->verdict.finding->id, STR("capture-4500-held")))
            fail_msg("%d s ahead, %d messages: %.*s is %d", rows[i].ahead, rows[i].messages,
                     STR_ARG(t.row->verdict.finding->id), (int)t.row->verdict.certainty);
        trial_end(&t);
        buf_release(&capture);
    }
}

// An open condition in front of a rule keeps it from deciding.
static void
not_known_is_not_guessed(void **state)
{
    comes_to(state, "tcp-udp", "mode=udp", PATH_UNKNOWN, "none", KNOWN_SEED);
    comes_to(state, "tcp-udp", "mode=udp published=88 listen=4009" BOTH_MAPPED, PATH_UNKNOWN, "none",
             KNOWN_SEED);
    comes_to(state, "ike", "nat=none", PATH_UNKNOWN, "none", KNOWN_RFC);
    struct judged_path j = judge(state, "tcp-udp", "mode=udp published=88 inner=88 listen=88 mapped-tcp=yes");
    assert_int_equal(j.v.outcome, PATH_UNKNOWN);
    assert_int_equal(j.v.missing_count, 1);
    assert_true(str_eq(rules(state)->facts[j.v.missing[0]].id, STR("mapped-udp")));
    arena_release(&j.arena);
    // Without NAT known the carrier is not, and sizes are not made up.
    j = judge(state, "ike", "cipher=aes256-sha256");
    assert_false(j.v.sized);
    assert_true(j.v.no_sizes.len > 0);
    arena_release(&j.arena);
}

static void
values_say_where_they_come_from(void **state)
{
    struct judged_path j = judge(state, "tcp-udp", "mode=tcp published=88");
    int called = path_fact_named(rules(state), STR("branch-port"));
    assert_int_equal(j.v.facts.at[called].origin, FROM_ASSUMED);
    assert_true(j.v.facts.at[called].why.len > 0);
    struct buf text = {0};
    path_say_value(&j.v.facts.at[called], NULL, &text);
    assert_string_equal(buf_cstr(&text), "88 (assumed: the branch calls the published port)");
    buf_release(&text);
    arena_release(&j.arena);
    // What was measured is not overwritten by what a log says, and the form wins over both.
    struct path p = {.map = rules(state)};
    path_set(&p, 0, STR("udp"), FROM_CAPTURE, NULL);
    path_set(&p, 0, STR("tcp"), FROM_LOG, NULL);
    assert_true(str_eq(p.at[0].text, STR("udp")));
    path_set(&p, 0, STR("tcp"), FROM_FORM, NULL);
    assert_true(str_eq(p.at[0].text, STR("tcp")));
}

static void
values_that_cannot_be(void **state)
{
    static const struct {
        const char *fact, *text;
    } wrong[] = {{"published", "0"},   {"published", "65536"},  {"published", "-1"},
                 {"published", "88x"}, {"published", ""},       {"mode", "sctp"},
                 {"mode", ""},         {"outer-mtu", "1500.5"}, {"packet", "9999999999999999999999"}};
    const struct portmap *map = rules(state);
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err e = {0};
        struct str value;
        int fact = path_fact_named(map, str_of(wrong[i].fact));
        assert_false(path_value_fits(&map->facts[fact], str_of(wrong[i].text), &arena, &value, &e));
        assert_true(e.text[0]);
    }
    struct err e = {0};
    struct str value;
    assert_true(path_value_fits(&map->facts[path_fact_named(map, STR("published"))], STR("00088"), &arena,
                                &value, &e));
    assert_true(str_eq(value, STR("88")));
    arena_release(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_table_of_sizes),
        cmocka_unit_test(ciphers_as_daemons_write_them),
        cmocka_unit_test(s3_01_tcp_mode_works_with_different_ports),
        cmocka_unit_test(s3_02_udp_mode_with_different_ports_is_half_up),
        cmocka_unit_test(s3_03_udp_mode_with_one_port_works),
        cmocka_unit_test(s3_04_udp_mode_without_tcp_never_connects),
        cmocka_unit_test(s3_05_setup_is_always_tcp),
        cmocka_unit_test(s3_06_udp_mode_wants_the_same_port),
        cmocka_unit_test(s3_07_to_s3_10_what_was_seen_decides),
        cmocka_unit_test(s3_11_large_packets),
        cmocka_unit_test(s3_12_kerberos_is_a_label),
        cmocka_unit_test(s3_13_the_warning_comes_before_the_change),
        cmocka_unit_test(s3_14_the_form_asks_for_the_topology),
        cmocka_unit_test(s3_15_no_peer_address_is_a_symptom_of_its_own),
        cmocka_unit_test(the_gateway_tells_of_its_sockets),
        cmocka_unit_test(the_gateway_tells_of_its_filters_and_addresses),
        cmocka_unit_test(a_capture_of_another_time_proves_less),
        cmocka_unit_test(not_known_is_not_guessed),
        cmocka_unit_test(values_say_where_they_come_from),
        cmocka_unit_test(values_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
