// tui/scout: what the file chooser says of a file is what stands in it, not what it speaks about.
#include "temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "diag/diag.h"
#include "knowledge/load.h"
#include "tui/scout.h"

static struct diag *reader;

static void
write_file(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int
load(void **state)
{
    static const struct diag_host nobody = {0};
    struct err e;
    struct knowledge *k = knowledge_load_builtin(NULL, 0, &e);
    *state = k;
    reader = k ? diag_new(k, &nobody) : NULL;
    return k ? 0 : -1;
}

static int
unload(void **state)
{
    diag_free(reader);
    knowledge_free(*state);
    return 0;
}

// What the column "IKE?" says of a file of this text: 0 no, 1 a few, 2 yes.
static void
assert_ike(const char *text, int want, const char *looks)
{
    write_file("file.txt", text);
    struct scout *s = scout_new(folder, reader);
    while (scout_step(s))
        ;
    struct folder *f = scout_folder(s);
    assert_int_equal(f->count, 2);
    assert_string_equal(f->entries[1].name, "file.txt");
    assert_int_equal(f->entries[1].ike, want);
    assert_string_equal(f->entries[1].looks, looks);
    folder_free(f);
    scout_free(s);
}

static void
text_that_speaks_of_ike_is_no_log(void **state)
{
    (void)state;
    assert_ike("# Tunnels\n| checkpoint | the question |\n|---|---|\n| `id` | identities |\n"
               "| `psk` | the same secret |\n| `p1-cipher` | a common proposal for the IKE SA |\n"
               "*a gateway over SSH* lists the profiles\n*An IKE SA* is established\n*note*\n*more*\n*end*\n",
               0, "");
    assert_ike(
        "list() {\n  while read -r a; do\n    echo \"$a\"\n  done\n}\nsum() {\n  for a in 1; do\n  done\n}\n"
        "for a in 1; do\n  done\nfor b in 1; do\ndone\n",
        0, "");
}

static void
a_log_is_known_by_its_lines(void **state)
{
    (void)state;
    assert_ike("Nov  7 04:45:35 gw pluto[88]: \"hq\" #1: initiating IKEv1 Main Mode connection\n", 1,
               "Libreswan, Openswan (pluto)");
    assert_ike("\"hq\" #1: initiating IKEv1 Main Mode connection\n\"hq\" #1: sent Main Mode request\n"
               "\"hq\" #1: sent Main Mode I2\n\"hq\" #1: sent Main Mode I3\n"
               "\"hq\" #1: Peer ID is ID_IPV4_ADDR: '203.0.113.20'\n",
               2, "Libreswan, Openswan (pluto)");
}

static void
a_listing_of_state_is_known_too(void **state)
{
    (void)state;
    assert_ike(
        "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -s 10.1.0.0/16 -o eth0 -j MASQUERADE\nCOMMIT\n"
        "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -p udp -m udp --dport 500 -j ACCEPT\nCOMMIT\n"
        "src 10.1.0.0/16 dst 10.2.0.0/16\n\tdir out priority 17 ptype main\nsrc 10.2.0.0/16 dst "
        "10.1.0.0/16\n\tdir in priority 17 ptype main\n",
        2, "State of a Linux gateway (ip, sysctl, ss, nft, iptables)");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_that_speaks_of_ike_is_no_log),
        cmocka_unit_test(a_log_is_known_by_its_lines),
        cmocka_unit_test(a_listing_of_state_is_known_too),
    };
    folder_make();
    return cmocka_run_group_tests_name("scout", tests, load, unload);
}
