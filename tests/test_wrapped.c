// remote/source: what tools, pages and mails put around the lines of a log is taken off, and nothing else is.
#include "remote/source.h"
#include "source_case.h"

struct wrapped {
    const char *name, *written, *read; // read NULL: as it is written
};

static void
assert_unwraps(const struct wrapped *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct buf all = {0};
        struct err e = {0};
        const char *want = cases[i].read ? cases[i].read : cases[i].written;
        write_file("wrapped", cases[i].written, strlen(cases[i].written), "w");
        assert_int_equal(read_source("wrapped", &all, &e), SOURCE_DONE);
        if (!str_eq(buf_str(&all), str_of(want)))
            print_error("%s\n", cases[i].name);
        assert_string_equal(buf_cstr(&all), want);
        buf_release(&all);
    }
}
#define ASSERT_UNWRAPS(cases) assert_unwraps(cases, sizeof cases / sizeof *cases)

#define ONE "Nov  7 04:45:35 \"a\" #1: one"
#define TWO "Nov  7 04:45:36 \"a\" #1: two"
#define THREE "Nov  7 04:45:37 \"a\" #1: three"
#define LOG ONE "\n" TWO "\n" THREE "\n"

static void
r2_what_stands_in_front_of_every_line_is_taken_off(void **state)
{
    (void)state;
    static const struct wrapped cases[] = {
        {"numbers", "  8 " ONE "\n  9 " TWO "\n 10 " THREE "\n", LOG},
        {"numbers and a bar", "1 | " ONE "\n2 | " TWO "\n3 | " THREE "\n", LOG},
        {"numbers and a line", "1\xE2\x94\x82 " ONE "\n2\xE2\x94\x82 " TWO "\n3\xE2\x94\x82 " THREE "\n",
         LOG},
        {"numbers in brackets", "(1) " ONE "\n(2) " TWO "\n(3) " THREE "\n", LOG},
        {"a hit and the lines around it", "7-" ONE "\n8:" TWO "\n9-" THREE "\n", LOG},
        {"a quote", "> " ONE "\n> " TWO "\n> " THREE "\n", LOG},
        {"a quote of a quote", ">> > " ONE "\n>> > " TWO "\n>> > " THREE "\n", LOG},
        {"a quote with initials", "JD> " ONE "\nJD> " TWO "\nJD> " THREE "\n", LOG},
        {"a bar", "| " ONE "\n| " TWO "\n| " THREE "\n", LOG},
        {"a host", "gw-1: " ONE "\ngw-2: " TWO "\ngw-1: " THREE "\n", LOG},
        {"a host in brackets", "[gw1] " ONE "\n[gw1] " TWO "\n[gw2] " THREE "\n", LOG},
        {"a pod and its container", "vpn-7d-x2 ike one\nvpn-7d-x2 ike two\nvpn-7d-x2 ike three\n",
         "one\ntwo\nthree\n"},
        {"a pod, an arrow and a bar",
         "vpn-7d-x2 \xE2\x80\xBA ike | one\nvpn-7d-x2 \xE2\x80\xBA ike | two\nvpn-7d-x2 \xE2\x80\xBA ike | "
         "three\n",
         "one\ntwo\nthree\n"},
        {"a pod alone", "vpn-7d-x2 one a\nvpn-7d-x2 two a\nvpn-7d-x2 three a\n", "one a\ntwo a\nthree a\n"},
        {"numbers of a quote", "> 1 " ONE "\n> 2 " TWO "\n> 3 " THREE "\n", LOG},
    };
    ASSERT_UNWRAPS(cases);
}

static void
r2_what_only_looks_like_a_front_stays(void **state)
{
    (void)state;
    static const struct wrapped cases[] = {
        {"two lines", "1 " ONE "\n2 " TWO "\n", NULL},
        {"numbers that do not grow", "002 \"a\" #1: one\n002 \"a\" #1: two\n003 \"a\" #1: three\n", NULL},
        {"hours", "09:00:00 one\n10:00:00 two\n11:00:00 three\n", NULL},
        {"days", "21-11-2024 09:00:00 one\n22-11-2024 09:00:00 two\n23-11-2024 09:00:00 three\n", NULL},
        {"dates", "2024-11-07 one\n2024-11-08 two\n2024-11-09 three\n", NULL},
        {"what daemons print for themselves", "| one\n| two\n| three\n", NULL},
        {"names of daemons", "ike: " ONE "\nike: " TWO "\nike: " THREE "\n", NULL},
        {"prompts", "GW> show\n" LOG "GW> exit\n", NULL},
        {"hosts in front of a tag", "gw-1 ike[7]: one\ngw-1 ike[7]: two\ngw-1 ike[7]: three\n", NULL},
    };
    ASSERT_UNWRAPS(cases);
}

#define HALF "Nov  7 04:45:35 gw ike[7]: \"office\" #1: no acceptable response to our fi"
#define LONG "Nov  7 04:45:35 gw ike[7]: \"office\" #1: no acceptable response to our first message"

static void
r2_lines_that_a_mail_broke_are_whole_again(void **state)
{
    (void)state;
    static const struct wrapped cases[] = {
        {"between words",
         LOG "Nov  7 04:45:35 gw ike[7]: \"office\" #1: no acceptable response to\nour first message\n"
             "Nov  7 04:45:35 gw ike[7]: \"office\" #1: no acceptable response to\n    our first message\n",
         LOG LONG "\n" LONG "\n"},
        {"in a quote that lost its marks",
         "> " ONE "\n> " TWO "\n> " THREE
         "\n> Nov  7 04:45:35 gw ike[7]: \"office\" #1: no acceptable response to\nour first message\n"
         "> Nov  7 04:45:35 gw ike[7]: \"office\" #1: no acceptable response to\nour first message\n",
         LOG LONG "\n" LONG "\n"},
        {"in the middle of words",
         LOG HALF "\nrst message\n" HALF "\nrst message\n" HALF "\nrst message\n" HALF "\nrst message\n",
         LOG LONG "\n" LONG "\n" LONG "\n" LONG "\n"},
        {"lines that go on by themselves", LOG "  encryption: aes\n  hash: sha\n" LOG "  group: 14\n", NULL},
        {"on the wire",
         "Nov =37 04:45:35 gw ike[7]: id =3D \"office\" #1: no acceptable response=\n to our first "
         "message\n" ONE "\n",
         "Nov 7 04:45:35 gw ike[7]: id = \"office\" #1: no acceptable response to our first message\n" ONE
         "\n"},
        {"no mail", "Nov  7 04:45:35 gw app: key=\n" LOG LONG LONG "\n", NULL},
    };
    ASSERT_UNWRAPS(cases);
}

// A console of 80 columns; every line that is marked has them.
#define ISAKMP(second) "*Mar  1 00:01:0" second ".115: ISAKMP:(1001): "
#define FULL "sending packet to 198.51.100.219 my_port 50" // to the 80th column
#define DEBUG "ISAKMP:(1001): "
#define RULE "################################################################################"
#define FULL_BARE "sending packet to 203.0.113.9 my_port 500 peer_port 500 (I) MM_KE" // the same

// Longer than such a console is wide.
#define POLICY(way)                                                                                          \
    "Nov  7 04:45:37 gw charon: unable to install policy 10.1.0.0/16 === 10.2.0.0/16 " way                   \
    " for reqid 2, the same "

static void
r2_lines_that_a_console_broke_are_whole_again(void **state)
{
    (void)state;
    static const struct wrapped cases[] = {
        {"one of many",
         ISAKMP("1") "one\n" ISAKMP("2") FULL "\n0 peer_port 500 (I) MM_KEY_EXCH\n" ISAKMP("3") "two\n",
         ISAKMP("1") "one\n" ISAKMP("2") FULL "0 peer_port 500 (I) MM_KEY_EXCH\n" ISAKMP("3") "two\n"},
        {"blocks below a line stay apart",
         ISAKMP("1") FULL "\nort\n" ISAKMP("2") "ID payload\n  address : 192.0.2.1\n" ISAKMP("3") FULL
         "\nort\n",
         ISAKMP("1") FULL "ort\n" ISAKMP("2") "ID payload\n  address : 192.0.2.1\n" ISAKMP("3") FULL "ort\n"},
        {"without a time",
         DEBUG "one\n" DEBUG FULL_BARE "\nY_EXCH\n" DEBUG "two\n" DEBUG FULL_BARE "\nY_EXCH\n",
         DEBUG "one\n" DEBUG FULL_BARE "Y_EXCH\n" DEBUG "two\n" DEBUG FULL_BARE "Y_EXCH\n"},
        {"a window of any width, within a word",
         ONE "\n" POLICY("in ") "polic\ny of 1 exists\n" POLICY("fwd") "polic\ny of 1 exists\n" TWO "\n",
         ONE "\n" POLICY("in ") "policy of 1 exists\n" POLICY("fwd") "policy of 1 exists\n" TWO "\n"},
        {"a longer line stands there",
         DEBUG "one\n" DEBUG FULL_BARE "\nY_EXCH\n" DEBUG FULL_BARE "Y_EXCH\n" DEBUG FULL_BARE "\nY_EXCH\n",
         NULL},
        {"lines that are so long by themselves",
         ISAKMP("1") FULL "\n" ISAKMP("2") FULL "\n" ISAKMP("3") "two\n", NULL},
        {"lines drawn across a configuration, and its remarks",
         RULE "\n# The branch\n" RULE "\nconn a\n\tleft=192.0.2.1\n" RULE "\nconn b\n\tleft=192.0.2.1\n",
         NULL},
        {"the same without a time", DEBUG FULL_BARE "\n" DEBUG FULL_BARE "\n" DEBUG FULL_BARE "\n", NULL},
    };
    ASSERT_UNWRAPS(cases);
}

static void
r2_pages_and_terminals_leave_no_marks(void **state)
{
    (void)state;
    static const struct wrapped cases[] = {
        {"paragraphs", "<p>" ONE "</p>\n<p>" TWO "</p>\n<p>" THREE "</p>\n", LOG},
        {"parts of a line",
         "<span class=\"t\">Nov  7 04:45:35</span> <b>\"a\" #1: one</b><br>\n" TWO "<br/>\n" THREE "<br />\n",
         LOG},
        {"one line", "<pre>" ONE "<br>" TWO "<br>" THREE "</pre>\n", LOG},
        {"ends of lines that are written out", ONE "\\n" TWO "\\r\\n" THREE "\n", LOG},
        {"strings of a program", "b'Nov  7 04:45:35 \"a\" #1: one\\n'\nb'it\\'s'\n", ONE "\nit's\n"},
        {"strings of a list", "    \"Nov  7 04:45:35 \\\"a\\\" #1: one\",\n    \"two\"\n", ONE "\ntwo\n"},
        {"names in quotes", "'a' was added\n'b'\n", NULL},
        {"names in brackets are no tags", "Nov  7 04:45:35 05[IKE] <p|1> a\nNov  7 04:45:35 05[IKE] <b> b\n",
         NULL},
        {"colours", "\x1b[90mNov  7 04:45:35\x1b[0m \x1b[1;31m\"a\"\x1b[m\x1b[K #1: one\n", ONE "\n"},
        {"colours that a pager shows", "Nov  7 04:45:35 ^[[1;31m\"a\"^[[m^[[K #1: one\n", ONE "\n"},
        {"colours without an escape", "[32mNov  7 04:45:35 \"a\" #1: one[0m\n", ONE "\n"},
        {"no colours", "Nov  7 04:45:35 05[KNL] 192.0.2.1[mobile.example.org] [5m]\n", NULL},
        {"carriage returns alone", ONE "\r" TWO "\r" THREE "\r", LOG},
    };
    ASSERT_UNWRAPS(cases);
}

#define ROWS(text)                                                                                           \
    "2024-11-07 04:45:35 " text "\n2024-11-07 04:45:36 " text "\n2024-11-07 04:45:37 " text "\n"

static void
r2_tables_without_names_become_lines(void **state)
{
    (void)state;
    static const struct wrapped cases[] = {
        {"text behind a time",
         "2024-11-07 04:45:35,\"\"\"a\"\" #1: x, y\"\n2024-11-07 04:45:36,\"\"\"a\"\" #1: x, y\"\n"
         "2024-11-07 04:45:37,\"\"\"a\"\" #1: x, y\"\n",
         ROWS("stdout F \"a\" #1: x, y")},
        {"more columns",
         "7;2024-11-07 04:45:35;gw;info;one and more\n8;2024-11-07 04:45:36;gw;info;one and more\n"
         "9;2024-11-07 04:45:37;gw;info;one and more\n",
         ROWS("stdout F one and more")},
        {"on a page, with names",
         "| time | program | message |\n| :--- | --- | --- |\n| Nov  7 04:45:35 | ike | \"a\" #1: x \\| y "
         "|\n",
         "| time | program | message |\n---\nNov  7 04:45:35 ike: \"a\" #1: x | y\n"},
        {"on a page, without",
         "| 2024-11-07 04:45:35 | \"a\" #1: x |\n| 2024-11-07 04:45:36 | \"a\" #1: x |\n"
         "| 2024-11-07 04:45:37 | \"a\" #1: x |\n",
         ROWS("stdout F \"a\" #1: x")},
        {"commas of a log",
         "2024-11-07 04:45:35 gw x, y\n2024-11-07 04:45:36 gw x, y\n2024-11-07 04:45:37 gw x, y\n", NULL},
    };
    ASSERT_UNWRAPS(cases);
}

#define PRINTED(text) "2024-11-07T04:45:35Z stdout F " text "\n"

static void
r2_records_are_found_in_what_was_wrapped_around_them(void **state)
{
    (void)state;
    static const struct wrapped cases[] = {
        {"a list",
         "[\n  {\n    \"time\": \"2024-11-07T04:45:35Z\",\n    \"message\": \"one\"\n  },\n"
         "  {\"time\": \"2024-11-07T04:45:35Z\", \"message\": \"two {\\\"\"}\n]\n",
         PRINTED("one") PRINTED("two {\"")},
        {"a result of a search",
         "{\"preview\":false,\"result\":{\"_raw\":\"one\",\"_time\":\"2024-11-07T04:45:35Z\"}}\n",
         PRINTED("one")},
        {"hits",
         "{\"took\":3,\"hits\":{\"total\":1,\"hits\":[{\"_index\":\"x\",\"_source\":{\"@timestamp\":"
         "\"2024-11-07T04:45:35Z\",\"message\":\"one\"}}]}}\n",
         PRINTED("one")},
        {"a line with its priority",
         "{\"@timestamp\":\"2024-11-07T04:45:35Z\",\"message\":\"<166>one\"}\n"
         "{\"@timestamp\":\"2024-11-07T04:45:35Z\",\"message\":\"<one> two\"}\n",
         PRINTED("one") PRINTED("<one> two")},
        {"streams",
         "{\n  \"data\": {\n    \"result\": [{\"stream\": {\"a\": \"b\"}, \"values\": "
         "[[\n\"1730954735000000000\", "
         "\"one\"]]}]\n  }\n}\n",
         "2024-11-07T04:45:35.000000+00:00 stdout F one\n"},
        {"lines", "[\"one\",\n\"two\"]\n", "one\ntwo\n"},
        {"a record that was cut",
         "{\"time\": \"2024-11-07T04:45:35Z\", \"message\n{\"time\": \"2024-11-07T04:45:35Z\",\n"
         "{\"time\": \"2024-11-07T04:45:35Z\", \"message\": \"one\"}\n",
         "{\"time\": \"2024-11-07T04:45:35Z\", \"message\n{\"time\": \"2024-11-07T04:45:35Z\",\n" PRINTED(
             "one")},
        {"what is no record", "{\"time\": \"2024-11-07T04:45:35Z\", \"n\": [1, {}]}\nplain\n", NULL},
    };
    ASSERT_UNWRAPS(cases);
}

static void
r2_wide_characters_need_no_mark(void **state)
{
    (void)state;
    write_file("narrow", LOG, strlen(LOG), "w");
    static const char *const names[] = {"UTF-16LE", "UTF-16BE"};
    for (size_t i = 0; i < 2; i++) {
        struct buf all = {0};
        struct err e = {0};
        shell("iconv -f UTF-8 -t %s narrow > wide", names[i]);
        assert_int_equal(read_source("wide", &all, &e), SOURCE_DONE);
        assert_string_equal(buf_cstr(&all), LOG);
        buf_release(&all);
    }
}

int
main(void)
{
    folder_make();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r2_what_stands_in_front_of_every_line_is_taken_off),
        cmocka_unit_test(r2_what_only_looks_like_a_front_stays),
        cmocka_unit_test(r2_lines_that_a_mail_broke_are_whole_again),
        cmocka_unit_test(r2_lines_that_a_console_broke_are_whole_again),
        cmocka_unit_test(r2_pages_and_terminals_leave_no_marks),
        cmocka_unit_test(r2_tables_without_names_become_lines),
        cmocka_unit_test(r2_records_are_found_in_what_was_wrapped_around_them),
        cmocka_unit_test(r2_wide_characters_need_no_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
