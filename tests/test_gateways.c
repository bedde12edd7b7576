// What is said of gateways before anything is connected: profiles, ~/.ssh/config, command lines, algorithms.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "temp_folder.h"

#include "diag/arena.h"
#include "remote/gateways.h"
#include "remote/gather.h"
#include "remote/legacy.h"
#include "remote/secret.h"
#include "remote/ssh_config.h"

static const char *
put(const char *name, const char *text, mode_t mode)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static void
assert_refused(const char *text, const char *place, const char *why)
{
    struct gateways g;
    struct err e = {0};
    const char *path = put("bad.yaml", text, 0600);
    if (gateways_read(path, &g, &e))
        fail_msg("taken: %s", text);
    if (!strstr(e.text, place) || !strstr(e.text, why))
        fail_msg("%s: no %s %s", e.text, place, why);
}

static void
profiles_are_read_strictly(void **state)
{
    (void)state;
    struct gateways g;
    struct err e = {0};
    assert_true(
        gateways_read(put("good.yaml",
                          "# mine\ngateways:\n  - name: hq\n    host: gw.example.net\n    port: 2222\n"
                          "    jump: a@b:22,c\n    log: journal:ipsec\n  - {name: lab, host: 192.0.2.7}\n",
                          0600),
                      &g, &e));
    assert_int_equal(g.count, 2);
    assert_string_equal(gateways_find(&g, "hq")->port, "2222");
    assert_string_equal(gateways_find(&g, "lab")->host, "192.0.2.7");
    assert_null(gateways_find(&g, "la"));
    gateways_release(&g);
    assert_true(gateways_read("/no/such/folder/gateways.yaml", &g, &e));
    assert_int_equal(g.count, 0);
    assert_true(gateways_read(put("empty.yaml", "", 0600), &g, &e));
    gateways_release(&g);
    assert_refused("gateways:\n  - name: a\n    host: b\n    password: c\n", ":4:5:", "no such key");
    assert_refused("gateways:\n  - name: a\n    name: b\n", ":3:5:", "a second time");
    assert_refused("gateways:\n  - name: a\n", "", "no name or no host");
    assert_refused("gateways:\n  - name: a/b\n    host: c\n", "", "name: cannot use");
    assert_refused("gateways:\n  - name: a\n    host: -oProxyCommand=x\n", "", "host: cannot use");
    assert_refused("gateways:\n  - name: a\n    host: b\n    port: 0\n", "", "from 1 to 65535");
    assert_refused("gateways:\n  - name: a\n    host: b\n    log: var/log\n", "", "log: cannot use");
    assert_refused("gateways:\n  - name: a\n    host: b\n    platform: vms\n", "", "it is one of");
    assert_refused("gateways:\n  - name: a\n    host: b\n    sudo: may\n", "", "it is yes or no");
    assert_refused("gateways:\n  - name: a\n    host: &x b\n", ":3:", "no lists, anchors or tags");
    assert_refused("gateways:\n  - name: a\n    host: b\n  - name: a\n    host: c\n", "", "stands above");
    assert_refused("hosts: []\n", ":1:1:", "it begins with");
    assert_refused("gateways: [[[[[[", "", "a gateway should stand here");
    assert_refused("gateways:\n  - \"a\n", "", "cannot read the gateways");
    struct buf many = {0};
    buf_add(&many, STR("gateways:\n"));
    for (int i = 0; i < GATEWAYS_MOST; i++)
        buf_addf(&many, "  - {name: gw%d, host: a}\n", i);
    assert_true(gateways_read(put("many.yaml", buf_cstr(&many), 0600), &g, &e));
    assert_int_equal(g.count, GATEWAYS_MOST);
    gateways_release(&g);
    buf_add(&many, STR("  - {name: more, host: a}\n"));
    assert_refused(buf_cstr(&many), ":202:", "too many gateways");
    while (many.len <= GATEWAYS_FILE_MOST)
        buf_add(&many, STR("# a comment is read as well\n"));
    assert_refused(buf_cstr(&many), "", "larger than 65536 bytes");
    buf_release(&many);
}

static void
profiles_that_others_can_write_are_refused(void **state)
{
    (void)state;
    struct gateways g;
    struct err e = {0};
    assert_false(gateways_read(put("open.yaml", "gateways: []\n", 0666), &g, &e));
    assert_non_null(strstr(e.text, "others can write this file"));
}

static void
profiles_come_back_as_they_were_written(void **state)
{
    (void)state;
    struct gateway one = {.name = "hq", .host = "fd00::1", .user = "an\\na", .log = "/var/log/a \"b\".log"};
    struct gateways g = {.list = &one, .count = 1}, back;
    struct err e = {0};
    char path[200];
    struct stat about;
    snprintf(path, sizeof path, "%s/new/deep/gateways.yaml", folder);
    assert_true(gateways_write(path, &g, &e));
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    assert_true(gateways_read(path, &back, &e));
    assert_int_equal(back.count, 1);
    assert_memory_equal(back.list, &one, sizeof one);
    gateways_release(&back);
}

static void
an_address_has_its_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *user, *host, *port, *log;
    } cases[] = {
        {"ssh://gw", "", "gw", "", ""},
        {"ssh://anna@gw.example.net:2222/var/log/x.log", "anna", "gw.example.net", "2222", "/var/log/x.log"},
        {"ssh://[2001:db8::1]:22/a", "", "2001:db8::1", "22", "/a"},
        {"ssh://2001:db8::1", "", "2001:db8::1", "", ""},
        {"ssh://a@b@c/", "a@b", "c", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gateway g = {0};
        struct err e = {0};
        if (!gateway_parse(cases[i].text, &g, &e))
            fail_msg("%s: %s", cases[i].text, e.text);
        assert_string_equal(g.user, cases[i].user);
        assert_string_equal(g.host, cases[i].host);
        assert_string_equal(g.port, cases[i].port);
        assert_string_equal(g.log, cases[i].log);
    }
    static const char *const wrong[] = {"ssh://",         "ssh://-x",    "ssh://a b",   "ssh://gw:port",
                                        "ssh://gw:99999", "ssh://-u@gw", "ssh://$(id)", "ssh://gw;id"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct gateway g = {0};
        struct err e = {0};
        if (gateway_parse(wrong[i], &g, &e))
            fail_msg("taken: %s", wrong[i]);
    }
}

static void
r5_1_the_config_of_ssh_is_followed_and_never_run(void **state)
{
    (void)state;
    struct gateway g = {.host = "hq"};
    struct buf notes = {0};
    ssh_config_apply(STR("User everybody\n"
                         "Host *.example.net !hq\n  User wrong\n"
                         "Host hq \"other one\"\n"
                         "  HostName %h.example.net # here\n"
                         "  port=2200\n"
                         "  IdentityFile \"/keys/%u\"\n"
                         "  IdentityFile /keys/b\n"
                         "  ProxyJump bastion:22\n"
                         "  ProxyCommand nc %h %p\n"
                         "Match exec true\n  Port 1\n"
                         "Host *\n  Port 3\n  User last\n"),
                     "config", &g, &notes);
    assert_string_equal(g.host, "hq.example.net");
    assert_string_equal(g.user, "everybody");
    assert_string_equal(g.port, "2200");
    assert_string_equal(g.identity, "/keys/b");
    assert_string_equal(g.jump, "bastion:22");
    assert_non_null(strstr(buf_cstr(&notes), "config:10: ProxyCommand"));
    assert_non_null(strstr(buf_cstr(&notes), "config:11: Match"));
    assert_non_null(strstr(buf_cstr(&notes), "config:7: IdentityFile holds a token"));
    buf_release(&notes);
}

// What a shell makes of a quoted argument is that argument again.
static void
r5_12_a_quoted_argument_survives_a_shell(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int round = 0; round < 200; round++) {
        char text[40], back[64] = "";
        size_t length = 1 + seed % (sizeof text - 1);
        for (size_t i = 0; i < length; i++) {
            static const char signs[] = "' \"\\$`;&|<>*?[]{}()!#~=a/._-\xc3\xa9";
            seed = seed * 1664525 + 1013904223;
            text[i] = signs[(seed >> 16) % (sizeof signs - 1)];
        }
        struct buf line = {0};
        struct err e = {0};
        buf_add(&line, STR("printf %s "));
        assert_true(gather_quote((struct str){text, length}, &line, &e));
        FILE *shell = popen(buf_cstr(&line), "r");
        assert_non_null(shell);
        size_t got = fread(back, 1, sizeof back, shell);
        assert_int_equal(pclose(shell), 0);
        size_t guard = *text == '-' ? 2 : 0; // "./"
        assert_int_equal(got, length + guard);
        assert_memory_equal(back + guard, text, length);
        buf_release(&line);
    }
    struct buf line = {0};
    struct err e = {0};
    assert_false(gather_quote(STR("a\nb"), &line, &e));
    assert_false(gather_quote(STR("a\x1b[31m"), &line, &e));
    buf_release(&line);
}

static void
r5_12_no_command_writes_or_shows_a_key(void **state)
{
    (void)state;
    static const char *const forbidden[] = {"ipsec.secrets", "listpsks", "--up", "--down", "add ",
                                            "set ",          " rm ",     "-w ",  ">",      "delete",
                                            "flush",         "configure"};
    struct gather_host h = {.platform = gather_platform("libreswan")};
    for (int i = 0; i < TOOL_COUNT; i++)
        snprintf(h.tool[i], sizeof h.tool[i], "tool%d", i);
    size_t seen = 0;
    for (int platform = 0; platform < 2; platform++) {
        h.platform = gather_platform(platform ? "strongswan" : "libreswan");
        for (size_t n = 0;; n++) {
            struct buf name = {0}, command = {0};
            enum source_stage_kind kind;
            if (!gather_status(&h, &(struct gather_wish){.seconds = 60}, n, &kind, &name, &command))
                break;
            seen++;
            // What hangs is ended there, and the name does not tell of that.
            char limit[20];
            snprintf(limit, sizeof limit, "tool%d 60 ", TOOL_TIMEOUT);
            if (!str_starts(buf_str(&command), str_of(limit)) || str_starts(buf_str(&name), str_of(limit)))
                fail_msg("may hang for ever: %s", buf_cstr(&command));
            buf_release(&name);
            for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
                if (strstr(buf_cstr(&command), forbidden[i]))
                    fail_msg("%s: %s", buf_cstr(&command), forbidden[i]);
            if (strstr(buf_cstr(&command), "xfrm state") && !strstr(buf_cstr(&command), "nokeys"))
                fail_msg("shows keys: %s", buf_cstr(&command));
            buf_release(&command);
        }
    }
    assert_true(seen > 20);
    for (int platform = 0; platform < 2; platform++)
        for (size_t n = 0;; n++) {
            enum source_stage_kind kind;
            const char *command;
            if (!gather_device_status(gather_platform(platform ? "cisco-asa" : "cisco-ios"), n, &kind,
                                      &command))
                break;
            assert_int_equal(strncmp(command, "show ", 5), 0);
            // Keys stand in other parts of a configuration; a profile of a router may hold one, which is cut
            // off.
            const char *shown = strstr(command, "running-config");
            if (kind == STAGE_CONFIGURATION && shown &&
                (str_starts(str_of(shown),
                            STR("running-config | section ^crypto (isakmp policy|ipsec|map|")) ||
                 str_starts(str_of(shown), STR("running-config | section ^ip access-list")) ||
                 str_starts(str_of(shown), STR("running-config | include ^interface |"))))
                continue;
            if (shown && strcmp(shown, "running-config crypto map") != 0 &&
                strcmp(shown, "running-config crypto ipsec") != 0 &&
                strcmp(shown, "running-config access-group") != 0 &&
                strncmp(shown, "running-config crypto ikev", 26) != 0)
                fail_msg("%s: may show keys", command);
        }
}

static void
r5_12_keys_are_cut_off_a_configuration(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_add(&text,
            STR("crypto ikev2 profile HQ\n match identity remote address 198.51.100.1 255.255.255.255\n"
                " authentication local pre-share key 6 sesame\n authentication remote pre-share\n"
                " set session-key inbound esp 300 cipher sesame\n  pre-shared-key local sesame\n"
                "crypto isakmp key sesame address 198.51.100.1\n set peer 198.51.100.1"));
    gather_mask(&text);
    assert_string_equal(
        buf_cstr(&text),
        "crypto ikev2 profile HQ\n match identity remote address 198.51.100.1 255.255.255.255\n"
        " authentication local pre-share\n authentication remote pre-share\n"
        " set \n  \n"
        "crypto isakmp\n set peer 198.51.100.1");
    buf_release(&text);
}

static void
the_answer_of_a_hostile_gateway_names_no_command(void **state)
{
    (void)state;
    struct gather_host h;
    struct gather_wish wish = {0};
    struct err e = {0};
    assert_true(
        gather_read_probe(STR("welcome\nikewalk-probe 1\nnow 1700000000.5 +0230\nuid 0\n"
                              "tool ip /sbin/ip\ntool ss /bin/ss;id\ntool nft rm\ntool zstd /tmp/$(id)/zstd\n"
                              "tool gzip gzip\nversion Linux Libreswan 4.10 (XFRM) on 6.1\n"
                              "file mixed 12 3400 5 80 /var/log/secure\nfile pluto x 1 2 3 /y\n"),
                          &wish, 1699999999.0, &h, &e));
    assert_string_equal(h.tool[TOOL_IP], "/sbin/ip");
    assert_string_equal(h.tool[TOOL_SS], "");
    assert_string_equal(h.tool[TOOL_NFT], "");
    assert_string_equal(h.tool[TOOL_ZSTD], "");
    assert_string_equal(h.tool[TOOL_GZIP], "gzip");
    assert_int_equal(h.zone, 9000);
    assert_true(h.clock_told && h.clock > 1.4 && h.clock < 1.6);
    assert_int_equal(h.platform, gather_platform("libreswan"));
    assert_int_equal(h.file_count, 1);
    struct gather_log log;
    assert_true(gather_choose_log(&h, &wish, &log, &e));
    assert_true(log.filtered);
    struct buf command = {0};
    struct gather_piece piece = {.to = log.size, .skip = 7};
    assert_true(gather_log_command(&h, &log, &piece, false, &command, &e));
    assert_string_equal(buf_cstr(&command),
                        "head -c 3400 /var/log/secure | env LC_ALL=C grep -aF -e pluto -e ipsec | "
                        "tail -c +8 | gzip -1c");
    buf_release(&command);
    assert_false(gather_read_probe(STR("% Invalid input detected\n"), &wish, 0, &h, &e));
    // A clock is a clock, or none is told: no date comes of what is none.
    static const char *const none[] = {
        "1e300 +0000",      "nan +0000",        "-5 +0000",      "99999999999999999999 +0000",
        "1700000000 +9999", "1700000000 00000", "1700000000 +01"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        char text[100];
        snprintf(text, sizeof text, "ikewalk-probe 1\nnow %s\nruns pluto\n", none[i]);
        assert_true(gather_read_probe(str_of(text), &wish, 0, &h, &e));
        assert_false(h.clock_told);
        assert_true(h.clock == 0 && h.zone == 0);
    }
    assert_true(gather_read_probe(STR("ikewalk-probe 1\nnow 1700000000.%N -0330\nruns pluto\n"), &wish,
                                  1700000000.0, &h, &e));
    assert_true(h.clock_told && h.clock == 0 && h.zone == -12600);
}

static void
a_log_that_sudo_does_not_open_either_is_told_as_such(void **state)
{
    (void)state;
    struct gather_host h;
    struct gather_log log;
    struct err e = {0};
    struct str answer = STR("ikewalk-probe 1\nruns pluto\nclosed pluto /var/log/pluto.log\n");
    assert_true(gather_read_probe(answer, &(struct gather_wish){0}, 0, &h, &e));
    assert_false(gather_choose_log(&h, &(struct gather_wish){0}, &log, &e));
    assert_non_null(strstr(e.text, "set sudo: yes"));
    assert_false(gather_choose_log(&h, &(struct gather_wish){.sudo = true}, &log, &e));
    assert_null(strstr(e.text, "set sudo: yes"));
    assert_non_null(strstr(e.text, "not with sudo either"));
}

// What the gateway shows, which daemon is taken, what is said about the other, and the log that is read.
static void
the_daemon_that_serves_ike_is_told_by_evidence(void **state)
{
    (void)state;
    static const struct {
        const char *shows, *platform, *doubt, *log;
    } row[] = {
        {"runs pluto\nholds pluto\nruns charon\n", "libreswan", "", NULL},
        {"runs pluto\nruns charon\nholds charon\n", "strongswan", "", NULL},
        {"runs pluto\nelsewhere charon\n", "libreswan", "", NULL},
        {"elsewhere pluto\nruns charon-systemd\n", "strongswan", "", NULL},
        {"version Linux Libreswan 4.10\nelsewhere charon\n", "strongswan", "a network of its own", NULL},
        {"version Linux Libreswan 4.10\nlogs pluto[\nelsewhere charon\n", "libreswan",
         "both have a log or run", NULL},
        {"elsewhere charon\n", "strongswan", "a network of its own", NULL},
        {"version strongSwan swanctl 5.9.8\nruns pluto\n", "libreswan", "", NULL},
        {"version Linux Libreswan 4.10\nruns charon\n", "strongswan", "", NULL},
        {"runs pluto\nserves pluto\nruns charon\n", "libreswan",
         "both are running there. Read is Libreswan: the system", NULL},
        {"runs pluto\nruns charon\nserves charon\n", "strongswan", "--platform libreswan", NULL},
        {"runs pluto\nruns charon\nlogs charon[\n", "strongswan", "its log is there", NULL},
        {"runs pluto\nruns charon\n", "libreswan", "nothing that this account may see", NULL},
        {"holds pluto\nbinds pluto\nholds charon\nserves charon\n", "libreswan", "goes to its sockets", NULL},
        {"holds pluto\nholds charon\nserves charon\n", "strongswan", "both hold UDP 500", NULL},
        {"version Linux Libreswan 4.10\nversion strongSwan swanctl 5.9.8\nlogs charon[\n", "strongswan", "",
         NULL},
        {"version Linux Libreswan 4.10\nversion strongSwan swanctl 5.9.8\n", "libreswan",
         "both are installed", NULL},
        {"runs charon\nfile pluto 1 900 99 0 /var/log/pluto.log\nfile charon 2 900 99 0 "
         "/var/log/charon.log\n",
         "strongswan", "", "/var/log/charon.log"},
        {"runs charon\nfile pluto 1 900 99 0 /var/log/pluto.log\nfile mixed 2 900 9 80 /var/log/syslog\n",
         "strongswan", "", "/var/log/syslog"},
        {"runs charon\njournal\nfile pluto 1 900 99 0 /var/log/pluto.log\ntool journalctl journalctl\n",
         "strongswan", "", ""},
        {"file pluto 1 900 99 0 /var/log/pluto.log\nversion strongSwan swanctl 5.9.8\n", "libreswan", "",
         "/var/log/pluto.log"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct buf answer = {0}, told = {0};
        struct gather_host h;
        struct gather_log log;
        struct err e = {0};
        buf_addf(&answer, "ikewalk-probe 1\n%s", row[i].shows);
        assert_true(gather_read_probe(buf_str(&answer), &(struct gather_wish){0}, 0, &h, &e));
        bool found = gather_choose_log(&h, &(struct gather_wish){0}, &log, &e);
        if (h.platform != gather_platform(row[i].platform) || !strstr(h.doubt, row[i].doubt) ||
            !*h.doubt != !*row[i].doubt || found != (row[i].log != NULL) ||
            (found && strcmp(log.path, row[i].log) != 0))
            fail_msg("%s is %s, \"%s\", %s", row[i].shows, gather_platform_title(h.platform), h.doubt,
                     found ? log.path : e.text);
        gather_tell_log(&log, &told);
        assert_int_equal(strncmp(buf_cstr(&told), h.doubt, strlen(h.doubt)), 0);
        // Who was named is believed.
        assert_true(
            gather_read_probe(buf_str(&answer), &(struct gather_wish){.platform = "strongswan"}, 0, &h, &e));
        assert_int_equal(h.platform, gather_platform("strongswan"));
        assert_null(strstr(h.doubt, "both"));
        buf_release(&answer);
        buf_release(&told);
    }
}

static void
r5_5_old_algorithms_are_allowed_by_name(void **state)
{
    (void)state;
    struct err e = {0};
    struct buf offer = {0}, named = {0};
    assert_true(legacy_sound("", &e));
    assert_true(legacy_sound("ssh-rsa, hmac-sha1", &e));
    assert_false(legacy_sound("+ssh-rsa", &e));
    assert_false(legacy_sound("ssh-dss", &e));
    assert_false(legacy_sound("hmac-md5", &e));
    legacy_offer(LEGACY_HOST_KEY, "", &offer);
    assert_null(strstr(buf_cstr(&offer), ",ssh-rsa"));
    buf_clear(&offer);
    legacy_offer(LEGACY_HOST_KEY, "hmac-sha1, ssh-rsa", &offer);
    assert_non_null(strstr(buf_cstr(&offer), ",ssh-rsa"));
    assert_null(strstr(buf_cstr(&offer), "hmac-sha1"));
    legacy_named(STR("no match: server [diffie-hellman-group1-sha1,aes128-cbc], client [x]"), &named);
    assert_string_equal(buf_cstr(&named), "diffie-hellman-group1-sha1, aes128-cbc");
    buf_release(&offer);
    buf_release(&named);
}

static void
r5_10_a_secret_is_wiped_and_bounded(void **state)
{
    (void)state;
    struct rlimit core = {1, 1};
    struct secret *s = secret_new();
    assert_non_null(s);
    assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0); // no core file holds it
    assert_int_equal(core.rlim_cur + core.rlim_max, 0);
    assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
    secret_add(s, STR("p\xc3\xa4ss"));
    secret_shorten(s);
    secret_shorten(s);
    secret_shorten(s);
    assert_string_equal(secret_text(s), "p");
    for (int i = 0; i < 2000; i++)
        secret_add(s, STR("xx"));
    assert_int_equal(secret_length(s), SECRET_MOST - 1);
    const char *text = secret_text(s);
    secret_clear(s);
    for (size_t i = 0; i <= SECRET_MOST; i++)
        assert_int_equal(text[i], 0);
    secret_free(s);
    secret_free(NULL);
}

static struct secret *
secret_of(const char *text)
{
    struct secret *s = secret_new();
    secret_add(s, str_of(text));
    return s;
}

static void
r5_10_a_secret_is_kept_until_it_is_refused(void **state)
{
    (void)state;
    assert_null(secret_kept("root@a:22"));
    secret_keep("root@a:22", secret_of("one"));
    secret_keep("root@b:22", secret_of("two"));
    secret_keep("root@a:22", secret_of("three")); // the newer one
    struct secret *copy = secret_kept("root@a:22");
    assert_string_equal(secret_text(copy), "three");
    secret_forget("root@a:22");
    assert_string_equal(secret_text(copy), "three"); // a copy of its own
    secret_free(copy);
    assert_null(secret_kept("root@a:22"));
    for (int i = 0; i < 100; i++) { // no more than there is room for
        char name[8];
        snprintf(name, sizeof name, "%d", i);
        secret_keep(name, secret_of("x"));
    }
    assert_null(secret_kept("99"));
    secret_forget(NULL);
    assert_null(secret_kept("root@b:22"));
    assert_null(secret_kept("0"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profiles_are_read_strictly),
        cmocka_unit_test(profiles_that_others_can_write_are_refused),
        cmocka_unit_test(profiles_come_back_as_they_were_written),
        cmocka_unit_test(an_address_has_its_parts),
        cmocka_unit_test(r5_1_the_config_of_ssh_is_followed_and_never_run),
        cmocka_unit_test(r5_12_a_quoted_argument_survives_a_shell),
        cmocka_unit_test(r5_12_no_command_writes_or_shows_a_key),
        cmocka_unit_test(r5_12_keys_are_cut_off_a_configuration),
        cmocka_unit_test(the_answer_of_a_hostile_gateway_names_no_command),
        cmocka_unit_test(a_log_that_sudo_does_not_open_either_is_told_as_such),
        cmocka_unit_test(the_daemon_that_serves_ike_is_told_by_evidence),
        cmocka_unit_test(r5_5_old_algorithms_are_allowed_by_name),
        cmocka_unit_test(r5_10_a_secret_is_wiped_and_bounded),
        cmocka_unit_test(r5_10_a_secret_is_kept_until_it_is_refused),
    };
    folder_make();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
