// diag/fill: values of the log in texts and commands. What stands in a command is copied into a shell, so the
// commands are given to one here.
#include "diag/fill.h"

#include "knowledge/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

// Facts of a tunnel with one value of the log.
struct known {
    struct arena arena;
    struct negos negos;
    struct tunnel tunnel;
    struct judged judged;
    struct quotes quotes;
    struct said said;
    const struct said *first;
    struct facts facts;
};

static int
dialect(const struct knowledge *k, const char *id)
{
    for (size_t i = 0; i < k->dialect_count; i++)
        if (str_eq(k->dialects[i].id, str_of(id)))
            return (int)i;
    fail_msg("there is no dialect %s", id);
    return -1;
}

static void
know(struct known *n, void **state, struct str conn, const char *key, struct str value)
{
    *n = (struct known){.negos = {.knowledge = *state}};
    n->tunnel = (struct tunnel){.name = conn, .dialect = dialect(*state, "pluto"), .peer = STR("192.0.2.7")};
    n->judged = (struct judged){
        .tunnel = &n->tunnel, .around = {.negos = &n->negos}, .counts = -1, .walk = {.stuck = CP_NONE}};
    n->said = (struct said){.key = str_of(key), .text = value};
    n->first = &n->said;
    n->facts = (struct facts){.judged = &n->judged,
                              .quotes = &n->quotes,
                              .arena = &n->arena,
                              .said = &n->first,
                              .line_count = 1,
                              .names = UINT64_MAX};
}

static void
is(struct str got, const char *wanted)
{
    if (!str_eq(got, str_of(wanted)))
        fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(got), wanted);
}

static void
conf(void **state, const char *dialect_id, const char *logged, const char *wanted)
{
    const struct knowledge *k = *state;
    struct arena arena = {0};
    struct str got = proposal_conf(k, &k->dialects[dialect(k, dialect_id)], str_of(logged), &arena);
    if (!str_eq(got, str_of(wanted)))
        fail_msg("\"%s\" becomes \"%.*s\" and not \"%s\"", logged, STR_ARG(got), wanted);
    arena_release(&arena);
}

static void
proposals_are_written_as_the_configuration_takes_them(void **state)
{
    static const char *const phase_1[] = {
        "AES_CBC (128), HMAC_SHA2_256, MODP1024",
        "AES_CBC_128-HMAC_SHA2_256-MODP1024",
        "AES_CBC_128-HMAC_SHA2_256-HMAC_SHA2_256_128-MODP1024",
        "1:IKE=AES_CBC_128-HMAC_SHA2_256-HMAC_SHA2_256_128-MODP1024",
        "1:IKE:ENCR=AES_CBC_128;PRF=HMAC_SHA2_256;INTEG=HMAC_SHA2_256_128;DH=MODP1024[first-match]",
        "{cipher=AES_CBC_128 integ=HMAC_SHA2_256_128 prf=HMAC_SHA2_256 group=MODP1024}",
    };
    for (size_t i = 0; i < sizeof phase_1 / sizeof phase_1[0]; i++)
        conf(state, "pluto", phase_1[i], "aes128-sha2_256-modp1024");
    conf(state, "pluto", "3DES_CBC (192), HMAC_MD5, MODP1536", "3des-md5-modp1536");
    conf(state, "pluto", "1:IKE:ENCR=AES_GCM_16_256;PRF=HMAC_SHA2_512;INTEG=NONE;DH=ECP256",
         "aes_gcm256-sha2_512-dh19");
    conf(state, "pluto", "1:ESP:ENCR=AES_CBC_128;INTEG=HMAC_SHA1_96;ESN=ENABLED;ESN=DISABLED[first-match]",
         "aes128-sha1");
    conf(state, "pluto", "AES_CBC_256-HMAC_SHA1_96-MODP1536", "aes256-sha1-modp1536");
    conf(state, "charon", "IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048",
         "aes256-sha256-modp2048");
}

static void
of_several_proposals_the_first_is_written(void **state)
{
    conf(state, "pluto",
         "1:IKE:ENCR=AES_CBC_256;PRF=HMAC_SHA1;INTEG=HMAC_SHA1_96;DH=MODP2048 "
         "2:IKE:ENCR=3DES;PRF=HMAC_MD5;INTEG=HMAC_MD5_96;DH=MODP1024",
         "aes256-sha1-modp2048");
    // of several algorithms of one kind too
    conf(state, "pluto", "1:IKE:ENCR=AES_CBC_256,AES_CBC_128;PRF=HMAC_SHA1;DH=MODP2048,MODP1536",
         "aes256-sha1-modp2048");
}

static void
what_is_no_proposal_becomes_none(void **state)
{
    conf(state, "pluto", "", "");
    conf(state, "pluto", "nothing that is known", "");
    conf(state, "pluto", "MODP2048", "");
    // a name inside a longer word is not that name
    conf(state, "pluto", "XAES_CBC_128, AES_CBC_1280", "");
    conf(state, "pluto", "AES_CBC_128", "aes128");
}

static void
networks_are_written_with_their_prefix(void **state)
{
    (void)state;
    static const char *const networks[][2] = {
        {"192.168.16.0-192.168.16.255:0-65535 0", "192.168.16.0/24"},
        {"10.0.0.0-10.255.255.255", "10.0.0.0/8"},
        {"192.0.2.7-192.0.2.7:0-65535 0", "192.0.2.7/32"},
        {"0.0.0.0-255.255.255.255:0-65535 0", "0.0.0.0/0"},
        {"192.168.1.64-192.168.1.127", "192.168.1.64/26"},
        // not a network: as it stands
        {"192.168.1.5-192.168.1.9", "192.168.1.5-192.168.1.9"},
        {"192.168.1.64-192.168.1.255", "192.168.1.64-192.168.1.255"},
        {"192.168.2.0-192.168.1.255", "192.168.2.0-192.168.1.255"},
        {"192.168.84.0/24", "192.168.84.0/24"},
        {"2001:db8::-2001:db8::ffff", "2001:db8::-2001:db8::ffff"},
        {"1.2.3.4-", "1.2.3.4-"},
        {"-", "-"},
        {"", ""},
        {"999.0.0.0-999.0.0.255", "999.0.0.0-999.0.0.255"},
        {"10.1.1.0/255.255.255.0/0/0", "10.1.1.0/24"},
        {"10.1.1.0/255.0.255.0", "10.1.1.0/255.0.255.0"},
        {"192.168.84.0/24:17/1701", "192.168.84.0/24"},
        {"192.168.84.1", "192.168.84.1"},
    };
    for (size_t i = 0; i < sizeof networks / sizeof networks[0]; i++) {
        struct arena arena = {0};
        is(network_cidr(str_of(networks[i][0]), &arena), networks[i][1]);
        arena_release(&arena);
    }
}

static void
networks_are_written_with_a_mask(void **state)
{
    (void)state;
    static const struct {
        const char *logged, *mask, *wildcard;
    } networks[] = {
        {"192.168.16.0-192.168.16.255:0-65535 0", "192.168.16.0 255.255.255.0", "192.168.16.0 0.0.0.255"},
        {"10.1.1.0/255.255.255.0/0/0", "10.1.1.0 255.255.255.0", "10.1.1.0 0.0.0.255"},
        {"10.1.1.7/30", "10.1.1.4 255.255.255.252", "10.1.1.4 0.0.0.3"},
        {"192.0.2.7/32", "192.0.2.7 255.255.255.255", "192.0.2.7 0.0.0.0"},
        {"10.1.0.0, Mask 255.255.0.0", "10.1.0.0 255.255.0.0", "10.1.0.0 0.0.255.255"},
        {"10.1.0.0", "", ""}, // its mask may stand elsewhere
        {"10.1.0.0 and some words 255.255.0.0", "", ""},
        {"0.0.0.0/0", "0.0.0.0 0.0.0.0", "0.0.0.0 255.255.255.255"},
        {"192.168.1.5-192.168.1.9", "", ""},
        {"192.168.1.0/33", "", ""},
        {"2001:db8::/32", "", ""},
        {"", "", ""},
    };
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        struct arena arena = {0};
        is(network_mask(str_of(networks[i].logged), false, &arena), networks[i].mask);
        is(network_mask(str_of(networks[i].logged), true, &arena), networks[i].wildcard);
        arena_release(&arena);
    }
}

static void
texts_take_values_as_they_stand(void **state)
{
    struct known n;
    know(&n, state, STR("office[3]"), "peer_id", STR("@branch; \"x\" $(y)"));
    is(fill_text(&n.facts, STR("${peer_id} at ${peer} for ${conn}.")),
       "@branch; \"x\" $(y) at 192.0.2.7 for office.");
    is(fill_text(&n.facts, STR("it sends ${our_id}, ${}, ${peer_id")),
       "it sends (not known), (not known), ${peer_id");
    is(fill_text(&n.facts, STR("no hole")), "no hole");
    is(fill_text(&n.facts, STR("")), "");
    is(fill_text(&n.facts, STR("${peer}${peer}")), "192.0.2.7192.0.2.7");
    arena_release(&n.arena);
}

static void
a_value_that_looks_like_a_hole_is_not_filled_again(void **state)
{
    struct known n;
    know(&n, state, STR("office"), "peer_id", STR("${peer}"));
    is(fill_text(&n.facts, STR("<${peer_id}>")), "<${peer}>");
    is(fill_command(&n.facts, NULL, STR("rightid=${peer_id}")), "rightid='${peer}'");
    arena_release(&n.arena);
}

static void
filters_rewrite_a_value(void **state)
{
    struct known n;
    know(&n, state, STR("office"), "x", STR("AES_CBC (128), HMAC_SHA2_256, MODP1024"));
    is(fill_command(&n.facts, NULL, STR("ike=${x|conf}")), "ike=aes128-sha2_256-modp1024");
    arena_release(&n.arena);
    know(&n, state, STR("office"), "x", STR("192.168.16.0-192.168.16.255:0-65535 0"));
    is(fill_command(&n.facts, NULL, STR("leftsubnet=${x|cidr}")), "leftsubnet=192.168.16.0/24");
    arena_release(&n.arena);
    know(&n, state, STR("office"), "x", STR("CN=gw.example.org, O=Example"));
    is(fill_command(&n.facts, NULL, STR("rightid=${x|id}")), "rightid=\"CN=gw.example.org, O=Example\"");
    arena_release(&n.arena);
    know(&n, state, STR("office"), "x", STR("@gw.example.org"));
    is(fill_command(&n.facts, NULL, STR("rightid=${x|id}")), "rightid=@gw.example.org");
    arena_release(&n.arena);
    know(&n, state, STR("office"), "x", STR("AES_CBC (128), HMAC_SHA2_256, MODP1024"));
    is(fill_command(&n.facts, NULL, STR("${x|cipher} ${x|integrity} ${x|group}")),
       "aes128 sha2_256 modp1024");
    arena_release(&n.arena);
    // where the mask stands behind a blank nothing is quoted
    know(&n, state, STR("office"), "x", STR("192.168.16.0/24"));
    is(fill_command(&n.facts, NULL, STR("${x|mask}, ${x|wildcard}")),
       "192.168.16.0 255.255.255.0, 192.168.16.0 0.0.0.255");
    arena_release(&n.arena);
    // a proposal of which nothing is known has no spelling
    know(&n, state, STR("office"), "x", STR("FOO-BAR"));
    is(fill_command(&n.facts, NULL, STR("ike=${x|conf}")), "ike=X");
    arena_release(&n.arena);
}

// At the peer ours is theirs; how it calls the connection is not known here.
static void
a_command_at_the_peer_is_written_from_its_side(void **state)
{
    struct known n;
    know(&n, state, STR("office"), "our_subnets", STR("192.0.2.0/24"));
    const struct site here = {dialect(*state, "pluto"), false}, there = {dialect(*state, "pluto"), true};
    struct str words = STR("${conn}: ${local} ${peer} ${our_subnets} ${peer_subnets}");
    is(fill_command(&n.facts, &here, words), "office: LOCAL 192.0.2.7 192.0.2.0/24 PEER_SUBNETS");
    is(fill_command(&n.facts, &there, words), "CONN: 192.0.2.7 PEER OUR_SUBNETS 192.0.2.0/24");
    arena_release(&n.arena);
}

static void
what_is_missing_in_a_command_stands_as_its_name(void **state)
{
    struct known n;
    know(&n, state, STR("office"), "x", STR("y"));
    is(fill_command(&n.facts, NULL, STR("rightid=${peer_id|id} ike=${peer_proposed|conf}")),
       "rightid=PEER_ID ike=PEER_PROPOSED");
    arena_release(&n.arena);
}

// What a shell makes of `printf '<%s>' WORDS`.
static void
shell(struct str words, struct buf *out)
{
    struct buf command = {0};
    buf_add(&command, STR("printf '<%s>' "));
    buf_add(&command, words);
    FILE *pipe = popen(buf_cstr(&command), "r");
    assert_non_null(pipe);
    char block[256];
    for (size_t got; (got = fread(block, 1, sizeof block, pipe)) > 0;)
        buf_add(out, (struct str){block, got});
    assert_int_equal(pclose(pipe), 0);
    buf_release(&command);
}

static const char *const hostile[] = {
    "x; rm -rf ~",
    "\"x\"; echo gone",
    "it's",
    "'; echo gone; '",
    "$(echo gone)",
    "`echo gone`",
    "$HOME",
    "a b  c",
    "~root",
    "*",
    "a\\",
    "\\'",
    "#x",
    "-rf",
    "--up",
    "|cat",
    "&",
    ">/tmp/x",
    "!x",
    "{a,b}",
    "a\"; echo gone; \"",
    "caf\xc3\xa9 \xff\xfe",
    "=x",
    "x=$(echo gone)",
    "%s%n",
    "plain-name_1.2/3",
    "@id",
    "192.0.2.0/24",
    "''",
    "'\"'\"'",
};

static void
r5_any_name_comes_out_of_the_shell_as_it_went_in(void **state)
{
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        struct known n;
        struct buf out = {0}, wanted = {0};
        know(&n, state, str_of(hostile[i]), "x", str_of(hostile[i]));
        shell(fill_command(&n.facts, NULL, STR("${x} -- ${conn}")), &out);
        buf_addf(&wanted, "<%s><--><%s>", hostile[i], hostile[i]);
        is(buf_str(&out), buf_cstr(&wanted));
        buf_release(&out);
        buf_release(&wanted);
        arena_release(&n.arena);
    }
}

// A line of a command may end in a comment, which a line end inside a value would leave.
static void
r5_control_bytes_never_reach_a_command(void **state)
{
    struct known n;
    know(&n, state, STR("office\nrm -rf ~\r\x1b]2J\tx\x01"), "x", STR("y"));
    struct str command = fill_command(&n.facts, NULL, STR("# in conn ${conn}"));
    for (size_t i = 0; i < command.len; i++)
        assert_true((unsigned char)command.at[i] >= ' ');
    is(command, "# in conn 'officerm -rf ~]2Jx'");
    arena_release(&n.arena);
    know(&n, state, STR("office"), "x", STR("CN=a\x1b]2J b"));
    is(fill_command(&n.facts, NULL, STR("rightid=${x|id}")), "rightid='\"CN=a]2J b\"'");
    arena_release(&n.arena);
}

// An identity may stand in the double quotes that the configuration wants; the shell must still see one word.
static void
r5_a_quoted_identity_is_one_word_for_the_shell(void **state)
{
    static const char *const names[][2] = {
        {"CN=gw, O=Example", "<rightid=CN=gw, O=Example>"},
        {"CN=$(echo gone)", NULL},
        {"CN=`echo gone`", NULL},
        {"CN=a\\", NULL},
        {"CN=a\" ; echo gone ; \"b", NULL},
        {"\"x", NULL},
        {"\"", NULL},
        {"\"\"", NULL},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct known n;
        struct buf out = {0};
        know(&n, state, STR("office"), "x", str_of(names[i][0]));
        shell(fill_command(&n.facts, NULL, STR("rightid=${x|id}")), &out);
        struct str got = buf_str(&out);
        assert_true(str_starts(got, STR("<rightid=")));
        assert_int_equal(str_find(got, STR(">")), got.len - 1); // one word, and nothing ran
        assert_true(str_find(got, str_of(names[i][0])) < got.len);
        if (names[i][1])
            is(got, names[i][1]);
        buf_release(&out);
        arena_release(&n.arena);
    }
}

static int
load_packs(void **state)
{
    struct err e = {0};
    *state = knowledge_load_builtin(NULL, 0, &e);
    if (!*state)
        print_error("%s\n", e.text);
    return *state ? 0 : -1;
}

static int
free_packs(void **state)
{
    knowledge_free(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proposals_are_written_as_the_configuration_takes_them),
        cmocka_unit_test(of_several_proposals_the_first_is_written),
        cmocka_unit_test(what_is_no_proposal_becomes_none),
        cmocka_unit_test(networks_are_written_with_their_prefix),
        cmocka_unit_test(networks_are_written_with_a_mask),
        cmocka_unit_test(a_command_at_the_peer_is_written_from_its_side),
        cmocka_unit_test(texts_take_values_as_they_stand),
        cmocka_unit_test(a_value_that_looks_like_a_hole_is_not_filled_again),
        cmocka_unit_test(filters_rewrite_a_value),
        cmocka_unit_test(what_is_missing_in_a_command_stands_as_its_name),
        cmocka_unit_test(r5_any_name_comes_out_of_the_shell_as_it_went_in),
        cmocka_unit_test(r5_control_bytes_never_reach_a_command),
        cmocka_unit_test(r5_a_quoted_identity_is_one_word_for_the_shell),
    };
    return cmocka_run_group_tests(tests, load_packs, free_packs);
}
