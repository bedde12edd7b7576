// Stand-ins and masks. A name that leaks or a secret that is printed cannot be taken back, so every form that
// a log has been seen to write stands here.
#include "diag/addr.h"
#include "diag/mask.h"
#include "diag/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void
expect(struct redact *r, const char *text, bool log, const char *wanted)
{
    struct buf out = {0};
    if (!redact_text(r, str_of(text), log, &out)) {
        assert_int_equal(out.len, 0);
        buf_add(&out, str_of(text));
    }
    assert_string_equal(buf_cstr(&out), wanted);
    buf_release(&out);
}

static void
one_address_has_one_standin(void **state)
{
    (void)state;
    struct redact *r = redact_new(true, false);
    expect(r, "packet from 192.0.2.1:500 to 198.51.100.7", true, "packet from HOST-A:500 to HOST-B");
    expect(r, "198.51.100.7...192.0.2.1", true, "HOST-B...HOST-A");
    expect(r, "peer 2001:db8::1 port 500", true, "peer HOST-C port 500");
    expect(r, "peer 2001:DB8:0:0::1: gone", true, "peer HOST-C: gone");
    expect(r, "加密192.0.2.1 到198.51.100.7的数据", true, "加密HOST-A 到HOST-B的数据");
    expect(r, "[2001:db8::1]:4500 ::ffff:192.0.2.9", true, "[HOST-C]:4500 HOST-D");
    redact_free(r);
}

static void
networks_keep_their_form(void **state)
{
    (void)state;
    struct redact *r = redact_new(true, false);
    expect(r, "203.0.113.0/24 === 10.1.0.0/16", true, "NET-A/24 === 10.1.0.0/16");
    expect(r, "[203.0.113.0-203.0.113.255:0-65535 0] -> [192.168.1.0-192.168.1.255:0-65535 0]", true,
           "[NET-A.first-NET-A.last:0-65535 0] -> [192.168.1.0-192.168.1.255:0-65535 0]");
    expect(r, "203.0.113.0/255.255.255.0/0/0", true, "NET-A/255.255.255.0/0/0");
    expect(r, "203.0.113.0 255.255.255.0 10.1.2.3/32", true, "NET-A 255.255.255.0 HOST-A/32");
    expect(r, "10.1.2.3-10.1.2.3", true, "HOST-A-HOST-A");
    expect(r, "203.0.113.5-203.0.113.9", true, "NET-B.first-NET-B.last");
    expect(r, "2001:db8:1::/48 fd00:1::/48", true, "NET-C/48 fd00:1::/48");
    expect(r, "0.0.0.0/0 ::/0 0.0.0.0 127.0.0.1 255.255.255.0", true,
           "0.0.0.0/0 ::/0 0.0.0.0 127.0.0.1 255.255.255.0");
    redact_free(r);

    r = redact_new(true, true);
    expect(r, "10.1.0.0/16 and 10.1.0.0-10.1.255.255", true, "NET-A/16 and NET-A.first-NET-A.last");
    redact_free(r);
}

static void
what_is_no_address_stays(void **state)
{
    (void)state;
    struct redact *r = redact_new(true, true);
    static const char *const plain[] = {
        "04:45:35.567248 1.3.6.1.5.5.7 256.1.1.1 XX.XX.XX.XX",
        "SPI 0xdeadbeef:0xfeedface msgid=00000000",
        "a.b.c. 12:34:56 ::: 1:2:3",
        "/etc/ipsec.conf:12: pluto.c",
        "AES_CBC_128-HMAC_SHA2_256-MODP1024",
        "v10.0.0.1x",
    };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        expect(r, plain[i], true, plain[i]);
    redact_free(r);
}

static void
identities_and_hosts(void **state)
{
    (void)state;
    struct redact *r = redact_new(true, false);
    expect(r, "Peer ID is ID_FQDN: '@hq.example.org'", true, "Peer ID is ID_FQDN: '@HOST-A'");
    expect(r, "via hq.example.org, not gw-2.branch.example.org.", true, "via HOST-A, not HOST-B.");
    expect(r, "ID_FQDN: '@111'", true, "ID_FQDN: '@ID-A'");
    expect(r, "ID_USER_FQDN: 'bob.x@example.org'", true, "ID_USER_FQDN: 'USER-A@HOST-C'");
    expect(r, "ID_DER_ASN1_DN: 'C=DE, O=Acme GmbH, CN=gw.example.org'", true, "ID_DER_ASN1_DN: 'ID-B'");
    expect(r, "192.0.2.1[C=DE, O=Acme GmbH, CN=gw.example.org,+S=C]", true, "HOST-D[ID-B,+S=C]");
    expect(r, "/etc/ipsec.d/hq.example.org.pem", true, "/etc/ipsec.d/HOST-A.pem");
    // In the words of a pack only what was learned and addresses: a sysctl is no host.
    expect(r, "sysctl net.core.foo at hq.example.org, 192.0.2.1", false,
           "sysctl net.core.foo at hq.example.org, HOST-D");
    redact_free(r);
}

static void
learned_names_stand_as_words(void **state)
{
    (void)state;
    struct redact *r = redact_new(true, false);
    redact_learn(r, REDACT_CONN, STR("office"));
    redact_learn(r, REDACT_CONN, STR("office-2"));
    redact_learn(r, REDACT_CONN, STR("office"));
    redact_learn(r, REDACT_HOST, STR("hq-fw"));
    redact_learn(r, REDACT_ID, STR("@111"));
    redact_learn(r, REDACT_ID, STR("%any"));
    redact_learn(r, REDACT_ID, STR("'C=DE, CN=x'"));
    redact_learn(r, REDACT_CONN, STR("\xe5\x8f\xb0\xe5\x8c\x97"));
    expect(r, "\"office\"[3] 192.0.2.1 #3: \"office-2\" offices office_x", true,
           "\"CONN-A\"[3] HOST-B #3: \"CONN-B\" offices office_x");
    expect(r, "Nov 22 hq-fw pluto: %any", true, "Nov 22 HOST-A pluto: %any");
    expect(r, "leftid=@111 #111 '111'", false, "leftid=@ID-A #111 'ID-A'");
    expect(r, "rightid=\"C=DE, CN=x\"", false, "rightid=\"ID-B\"");
    expect(r, "ipsec auto --up office", false, "ipsec auto --up CONN-A");
    expect(r, "\"\xe5\x8f\xb0\xe5\x8c\x97\" #1", true, "\"CONN-C\" #1");
    redact_free(r);
}

// Names by the thousand, in any order, and letters that go on after Z.
// So short a name counts in quotes only, a longer one that begins with it is another, and words that stand
// for anybody are none.
static void
what_is_hardly_a_name(void **state)
{
    (void)state;
    struct redact *r = redact_new(true, false);
    redact_learn(r, REDACT_CONN, STR("hq"));
    redact_learn(r, REDACT_CONN, STR("office"));
    redact_learn(r, REDACT_ID, STR("any"));
    expect(r, "\"hq\" #1: hq of 'hq'", true, "\"CONN-A\" #1: hq of 'CONN-A'");
    expect(r, "office-3, office.x, office- office. \"any\" any", true,
           "office-3, office.x, CONN-B- CONN-B. \"any\" any");
    expect(r, "peer C=DE, CN=gw, O=b. and more", true, "peer ID-A");
    expect(r, "peer 'C=DE, CN=gw, ' and CN=x.", true, "peer 'ID-B, ' and ID-C.");
    redact_free(r);
}

static void
many_names(void **state)
{
    (void)state;
    struct redact *r = redact_new(true, false);
    char name[32], wanted[32];
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "branch-%d", i);
        redact_learn(r, REDACT_CONN, str_of(name));
    }
    expect(r, "branch-0 branch-25 branch-26 branch-701 branch-702", true,
           "CONN-A CONN-Z CONN-AA CONN-ZZ CONN-AAA");
    for (int i = 0; i < 3000; i += 7) {
        snprintf(name, sizeof name, "\"branch-%d\"", i);
        struct buf first = {0}, second = {0};
        redact_text(r, str_of(name), true, &first);
        snprintf(name, sizeof name, "x branch-%d.", i);
        redact_text(r, str_of(name), true, &second);
        snprintf(wanted, sizeof wanted, "x %.*s.", (int)first.len - 2, first.at + 1);
        assert_string_equal(buf_cstr(&second), wanted);
        assert_non_null(strstr(buf_cstr(&first), "CONN-"));
        buf_release(&first);
        buf_release(&second);
    }
    redact_free(r);
}

static void
values_and_rows_are_learned(void **state)
{
    (void)state;
    const struct str id = STR("hq"), user = STR("alice"), secret = STR("reply: password=hunter2");
    const struct value values[] = {
        {STR("peer_id"), &id, 1, 0}, {STR("username"), &user, 1, 0}, {STR("script_output"), &secret, 1, 0}};
    const struct tunnel_row rows[] = {{.name = STR("east[12]"), .host = STR("gw7")},
                                      {.name = STR("192.0.2.1"), .stranger = true}};
    const struct view v = {.rows = rows, .row_count = 2};
    struct tunnel_view t = {.ladder = {[CP_ID] = {.values = values, .value_count = 3}}};
    struct redact *r = redact_new(true, false);
    redact_learn_view(r, &v);
    redact_learn_tunnel(r, &t);
    expect(r, "east[3] on gw7: the peer is 'hq', user alice", false,
           "CONN-A[3] on HOST-A: the peer is 'ID-A', user USER-A");
    redact_free(r);

    // A secret inside a value is masked in the words of a pack as well, though names are shown.
    r = redact_new(false, false);
    redact_learn_tunnel(r, &t);
    expect(r, "The script said reply: password=hunter2 on gw7.", false,
           "The script said reply: password=[masked] on gw7.");
    redact_free(r);
}

static void
r6_secrets_are_masked_and_counted(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
        size_t places;
    } cases[] = {
        {"@hq @111 : PSK \"open sesame\"", "@hq @111 : PSK \"[masked]\"", 1},
        {"PSK 'a' and psk='b'", "PSK '[masked]' and psk='[masked]'", 2},
        {"secret=hunter2, next", "secret=[masked], next", 1},
        {"Password: \"x\" passphrase = y", "Password: \"[masked]\" passphrase = [masked]", 2},
        {"user : XAUTH \"pw\"", "user : XAUTH \"[masked]\"", 1},
        {"PSK 0x00112233", "PSK [masked]", 1},
        {"psk 0sAQOrlo+hOafUZDlCQmXFrje/oZm [unclosed", "psk [masked] [unclosed", 1},
        {"enc cbc(aes) 0x00112233445566778899aabbccddeeff", "enc cbc(aes) [masked]", 1},
        {"SK_ai: 00112233445566778899", "SK_ai: [masked]", 1},
        {"[CFG]   key: 6c:61:62:2d:6b:65:79", "[CFG]   key: [masked]", 1},
        {"key: 12:30:45 and remote id match: 20 (ID_FQDN: 77:65:73:74)", "", 0},
        {"|   90 14 67 8d", "|   [masked]", 1},
        {"90 14 67 8d  b5 62 8d 7c  90 14 67 8d  b5 62 8d 7c", "[masked]", 1},
        {"  0: 90 14 67 8D B5 62 8D 7C  90 14 67 8d ab cd ef 01  .....g......", "  0: [masked]", 1},
        {"key deadbeef 01234567 89abcdef 00112233", "key [masked]", 1},
        {"password \"never closed", "password \"[masked]", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {0};
        assert_int_equal(mask_text(str_of(cases[i].text), &out), cases[i].places);
        assert_string_equal(buf_cstr(&out), cases[i].wanted);
        buf_release(&out);
    }
    struct redact *r = redact_new(false, false);
    expect(r, "office: PSK \"x\" at 192.0.2.1", true, "office: PSK \"[masked]\" at 192.0.2.1");
    expect(r, "write it as PSK \"the secret\"", false, "write it as PSK \"the secret\"");
    assert_int_equal(redact_masked(r), 1);
    redact_free(r);
}

// What a diagnosis needs must not fall to the masks.
static void
what_is_no_secret_stays(void **state)
{
    (void)state;
    static const char *const plain[] = {
        "WARNING: 'office' PSK length of 8 bytes is too short for sha256",
        "Can't authenticate: no preshared key found for `@hq' and `%any'",
        "authenticated peer using authby=secret and ID_FQDN '@hq'",
        "authenticated using preshared key and peer ID_IPV4_ADDR '192.0.2.1'",
        "{auth=PRESHARED_KEY cipher=AES_CBC_256 integ=HMAC_SHA2_256 group=MODP2048}",
        "ESP=>0xc1b2a3d4 <0x01020304 xfrm=AES_CBC_128-HMAC_SHA2_256_128 DPD=passive",
        "ignoring Vendor ID payload [4048b7d56ebce88525e7de7f00d6c2d3c0000000]",
        "initiating IKEv2 connection 12 34 56 78",
        "|",
        "|   00 00 00 0c  00 00 00 01  01 00 00 0e",
        "|   00 00 00 1c  00 00 00 01  01 10 00 0e  22 5f 6a 22",
        "policy PSK+ENCRYPT+TUNNEL",
        "the pre-shared key's length",
        "policy xauth=no, eap=none, psk=yes",
    };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        struct buf out = {0};
        assert_int_equal(mask_text(str_of(plain[i]), &out), 0);
        assert_int_equal(out.len, 0);
        buf_release(&out);
    }
}

// R1: hostile bytes: any end, NUL and broken UTF-8 included; nothing is read beyond the end and nothing takes
// long.
static void
r1_any_bytes_pass(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "a+", "C=", "@", "192.0.2.1", "::", "ff:", "PSK \"", "90 ", "\xff", "a.", "0x", "/24"};
    struct redact *r = redact_new(true, true);
    redact_learn(r, REDACT_CONN, STR("a"));
    redact_learn(r, REDACT_CONN, STR("aa a"));
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct buf text = {0}, out = {0};
        while (text.len < 64 * 1024) {
            buf_add(&text, str_of(pieces[i]));
            if (text.len % 7 == 3)
                buf_add_char(&text, '\0');
        }
        for (size_t len = 0; len < 40; len++) {
            char *exact = mem_new(len);
            memcpy(exact, text.at, len);
            buf_clear(&out);
            redact_text(r, (struct str){exact, len}, true, &out);
            free(exact);
        }
        buf_clear(&out);
        redact_text(r, buf_str(&text), true, &out);
        buf_release(&text);
        buf_release(&out);
    }
    redact_free(r);
}

static void
file_names_lose_their_folders(void **state)
{
    (void)state;
    struct redact *r = redact_new(true, false);
    assert_true(str_eq(redact_file(r, STR("/home/bob/gw.log")), STR("gw.log")));
    assert_true(str_eq(redact_file(r, STR("-")), STR("-")));
    redact_free(r);
    r = redact_new(false, false);
    assert_true(str_eq(redact_file(r, STR("/home/bob/gw.log")), STR("/home/bob/gw.log")));
    redact_free(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_address_has_one_standin),
        cmocka_unit_test(networks_keep_their_form),
        cmocka_unit_test(what_is_no_address_stays),
        cmocka_unit_test(identities_and_hosts),
        cmocka_unit_test(learned_names_stand_as_words),
        cmocka_unit_test(many_names),
        cmocka_unit_test(what_is_hardly_a_name),
        cmocka_unit_test(values_and_rows_are_learned),
        cmocka_unit_test(r6_secrets_are_masked_and_counted),
        cmocka_unit_test(what_is_no_secret_stays),
        cmocka_unit_test(r1_any_bytes_pass),
        cmocka_unit_test(file_names_lose_their_folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
