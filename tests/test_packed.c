// remote/source: packed logs, other encodings, the limits of what is unpacked and the place where it is kept.
// All on real files.
#include "remote/source.h"
#include "source_case.h"

#include <signal.h>
#include <sys/resource.h>

static const char *const packers[] = {"gzip", "xz", "zstd -q", "bzip2"};

static void
r2_packed_logs_are_told_by_content(void **state)
{
    (void)state;
    struct buf log = make_log(30000), twice = {0};
    write_file("log", log.at, log.len, "w");
    buf_add(&twice, buf_str(&log));
    buf_add(&twice, buf_str(&log));
    for (size_t i = 0; i < 4; i++) {
        struct buf all = {0};
        struct err e = {0};
        shell("%s -c log > packed.txt && cat packed.txt packed.txt > two.txt && "
              "{ cat packed.txt; head -c 600 /dev/zero; } > padded.txt",
              packers[i]);
        assert_int_equal(read_source("packed.txt", &all, &e), SOURCE_DONE);
        assert_true(str_eq(buf_str(&all), buf_str(&log)));
        buf_clear(&all);
        assert_int_equal(read_source("two.txt", &all, &e), SOURCE_DONE); // members one behind another
        assert_true(str_eq(buf_str(&all), buf_str(&twice)));
        buf_clear(&all);
        assert_int_equal(read_source("padded.txt", &all, &e), SOURCE_DONE);
        assert_true(str_eq(buf_str(&all), buf_str(&log)));
        buf_release(&all);
    }
    buf_release(&log);
    buf_release(&twice);
}

static void
r2_bytes_behind_a_packed_log_are_told(void **state)
{
    (void)state;
    struct buf log = make_log(100);
    write_file("log", log.at, log.len, "w");
    for (size_t i = 0; i < 4; i++) {
        struct buf all = {0};
        struct err e = {0};
        shell("%s -c log > tail && echo 'and then some text' >> tail", packers[i]);
        assert_int_equal(read_source("tail", &all, &e), SOURCE_FAILED);
        assert_true(str_eq(buf_str(&all), buf_str(&log)));
        assert_says(&e, "behind the end of the");
        buf_release(&all);
    }
    buf_release(&log);
}

// Cut after each of its first and last bytes: what comes out is a start of the log, and the damage is told.
static void
r2_the_readable_part_of_a_cut_log_is_used(void **state)
{
    (void)state;
    struct buf log = make_log(4000);
    write_file("log", log.at, log.len, "w");
    for (size_t i = 0; i < 4; i++) {
        shell("%s -c log > packed", packers[i]);
        struct buf packed = read_file("packed");
        size_t most = 0;
        for (size_t cut = 12; cut < packed.len;
             cut += cut < 40 || cut + 30 > packed.len ? 1 : packed.len / 40) {
            struct buf all = {0};
            struct err e = {0};
            write_file("cut", packed.at, cut, "w");
            assert_int_equal(read_source("cut", &all, &e), SOURCE_FAILED);
            assert_true(all.len <= log.len && memcmp(all.at ? all.at : "", log.at, all.len) == 0);
            assert_says(&e, "ends in the middle");
            most = all.len > most ? all.len : most;
            buf_release(&all);
        }
        // bzip2 and zstd pack whole blocks, and this log is hardly more than one
        assert_true(i >= 2 || most > log.len * 3 / 4);
        buf_release(&packed);
    }
    // gzip gives all that stands before the damage, however small the file
    shell("head -c 3000 log | gzip -c | head -c 500 > cut");
    struct buf all = {0};
    struct err e = {0};
    assert_int_equal(read_source("cut", &all, &e), SOURCE_FAILED);
    assert_true(all.len > 1000);
    buf_release(&all);
    buf_release(&log);
}

static void
r2_damage_is_told(void **state)
{
    (void)state;
    struct buf log = make_log(2000);
    write_file("log", log.at, log.len, "w");
    for (size_t i = 0; i < 4; i++) {
        shell("%s -c log > packed", packers[i]);
        struct buf packed = read_file("packed");
        for (size_t at = 12; at < packed.len; at += 1 + packed.len / 200) {
            struct buf all = {0};
            struct err e = {0};
            packed.at[at] = (char)(packed.at[at] ^ 0x10);
            write_file("flipped", packed.at, packed.len, "w");
            packed.at[at] = (char)(packed.at[at] ^ 0x10);
            enum source_step step = read_source("flipped", &all, &e);
            // a bit that means nothing (a file's name, its time) may turn over unnoticed; the text may not
            assert_true(step == SOURCE_FAILED || str_eq(buf_str(&all), buf_str(&log)));
            assert_true(step == SOURCE_DONE || strstr(e.text, "cannot unpack all of it"));
            buf_release(&all);
        }
        buf_release(&packed);
    }
    buf_release(&log);
}

static void
r2_packed_twice_is_refused(void **state)
{
    (void)state;
    shell("echo text | gzip -c | xz -c > twice");
    struct buf all = {0};
    struct err e = {0};
    assert_int_equal(read_source("twice", &all, &e), SOURCE_FAILED);
    assert_says(&e, "packed twice (gzip inside)");
    buf_release(&all);
}

static void
r2_a_packed_log_may_come_through_a_pipe_in_crumbs(void **state)
{
    (void)state;
    struct buf log = make_log(60);
    write_file("log", log.at, log.len, "w");
    for (size_t i = 0; i < 4; i++) {
        shell("%s -c log > packed", packers[i]);
        struct buf packed = read_file("packed"), all = {0};
        int kept = dup(0), ends[2];
        assert_int_equal(pipe(ends), 0);
        dup2(ends[0], 0);
        close(ends[0]);
        struct err e = {0};
        struct source *s = source_open("-", NULL, &e);
        struct str block;
        for (size_t at = 0; at < packed.len; at++) {
            assert_int_equal(write(ends[1], packed.at + at, 1), 1);
            enum source_step step;
            while ((step = source_step(s, &block, &e)) == SOURCE_MORE)
                buf_add(&all, block);
            assert_int_equal(step, SOURCE_WAIT);
        }
        close(ends[1]);
        assert_int_equal(drain(s, &all, &e), SOURCE_DONE);
        assert_true(str_eq(buf_str(&all), buf_str(&log)));
        assert_reads_back(s, &log);
        source_close(s);
        dup2(kept, 0);
        close(kept);
        buf_release(&packed);
        buf_release(&all);
    }
    buf_release(&log);
}

static void
r2_other_encodings_with_a_mark_become_utf8(void **state)
{
    (void)state;
    static const char *const encodings[] = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"};
    const char text[] = "\xEF\xBB\xBF"
                        "Nov 22 line \xE9\x83\x91 \xF0\x9F\x94\x92 end\n";
    struct buf want = {0};
    for (int i = 0; i < 9000; i++)
        buf_add(&want,
                i ? STR("Nov 22 \xE9\x83\x91 \xF0\x9F\x94\x92 end\n") : (struct str){text, sizeof text - 1});
    write_file("utf8", want.at, want.len, "w");
    for (size_t i = 0; i < 4; i++) {
        struct buf all = {0};
        struct err e = {0};
        shell("iconv -f UTF-8 -t %s utf8 > wide && gzip -c wide > wide.gz && { cat wide; printf a; } > odd",
              encodings[i]);
        assert_int_equal(read_source("wide", &all, &e), SOURCE_DONE);
        assert_true(str_eq(buf_str(&all), buf_str(&want)));
        buf_clear(&all);
        assert_int_equal(read_source("wide.gz", &all, &e), SOURCE_DONE);
        assert_true(str_eq(buf_str(&all), buf_str(&want)));
        buf_clear(&all);
        // half a character at the end is shown as one that could not be read
        assert_int_equal(read_source("odd", &all, &e), SOURCE_DONE);
        assert_int_equal(all.len, want.len + 3);
        assert_memory_equal(all.at + want.len, "\xEF\xBF\xBD", 3);
        buf_release(&all);
    }
    // half a pair in the middle
    struct buf all = {0};
    struct err e = {0};
    write_file("pair",
               "\xff\xfe"
               "a\0\x00\xd8"
               "b\0",
               8, "w");
    assert_int_equal(read_source("pair", &all, &e), SOURCE_DONE);
    assert_string_equal(buf_cstr(&all), "\xEF\xBB\xBF"
                                        "a\xEF\xBF\xBD"
                                        "b");
    buf_release(&all);
    buf_release(&want);
}

static void
assert_reads(const char *name, const char *lines)
{
    struct buf all = {0};
    struct err e = {0};
    assert_int_equal(read_source(name, &all, &e), SOURCE_DONE);
    assert_string_equal(buf_cstr(&all), lines);
    buf_release(&all);
}

// The records of a journal come out as the lines that its own tool prints; whatever is no record stays as it
// is.
static void
r2_records_of_a_journal_become_lines(void **state)
{
    (void)state;
    static const char records[] =
        "{\"__REALTIME_TIMESTAMP\":\"1730954735123456\",\"_HOSTNAME\":\"gw\",\"SYSLOG_IDENTIFIER\":\"ike\","
        "\"_PID\":\"7\",\"MESSAGE\":\"\\\"a\\\" #1: \\u00e4\\nsecond\"}\n"
        "{ \"MESSAGE\" : [104,105,255], \"_COMM\" : \"x\", \"__REALTIME_TIMESTAMP\" : \"1730954735000001\" "
        "}\n"
        "{\n\t\"_COMM\" : \"y\",\n\t\"MESSAGE\" : \"spread\",\n\t\"__REALTIME_TIMESTAMP\" : "
        "\"1730954736000000\"\n}\n"
        "no record\n"
        "{\"MESSAGE\":\"without a time\"}\n"
        "{\"__REALTIME_TIMESTAMP\":\"17309547";
    static const char lines[] = "2024-11-07T04:45:35.123456+00:00 gw ike[7]: \"a\" #1: \xC3\xA4\n"
                                "2024-11-07T04:45:35.123456+00:00 gw ike[7]: second\n"
                                "2024-11-07T04:45:35.000001+00:00 x: hi\xFF\n"
                                "2024-11-07T04:45:36.000000+00:00 y: spread\n"
                                "no record\n"
                                "without a time\n"
                                "{\"__REALTIME_TIMESTAMP\":\"17309547";
    write_file("records", records, sizeof records - 1, "w");
    shell("gzip -c records > records.gz && for i in $(seq 3000); do head -n 1 records; done > many");
    static const char *const names[] = {"records", "records.gz"};
    for (size_t i = 0; i < 2; i++)
        assert_reads(names[i], lines);
    struct buf all = {0};
    struct err e = {0};
    assert_int_equal(read_source("many", &all, &e), SOURCE_DONE);
    assert_int_equal(all.len, 3000 * (strchr(strchr(lines, '\n') + 1, '\n') + 1 - lines));
    buf_release(&all);
}

// What a container printed comes out as lines of a container.
static void
r2_records_of_a_container_become_lines(void **state)
{
    (void)state;
    static const char records[] =
        "{\"log\":\"\\\"a\\\" #1: first\\r\\n\",\"stream\":\"stdout\",\"time\":\"2024-11-07T04:45:35.1Z\"}\n"
        "{\"log\":\"\\n\",\"stream\":\"stderr\",\"attrs\":{},\"time\":\"2024-11-07T04:45:36Z\"}\n"
        "{\"log\":\"without a time\",\"stream\":\"stdout\"}\n";
    static const char lines[] = "2024-11-07T04:45:35.1Z stdout F \"a\" #1: first\n"
                                "2024-11-07T04:45:36Z stderr F \n"
                                "without a time\n";
    write_file("printed", records, sizeof records - 1, "w");
    assert_reads("printed", lines);
}

// Tables of comma-separated values with the names of their columns above, as collectors export them.
static void
r2_rows_of_a_table_become_lines(void **state)
{
    (void)state;
    static const char with_program[] =
        "\xEF\xBB\xBF"
        "\"@timestamp\";\"host.name\";\"process.name\";level;message\r\n"
        "\"Nov 7, 2024 @ 04:45:35.123\";gw;ike;3;\"\"\"a\"\" #1: first; more\"\r\n"
        "2024-11-07T04:45:36Z;gw;ike;3;\"second\nthird\"\r\n"
        "yesterday;gw;ike;3;fourth\r\n"
        "\"no row;\"at all\r\n";
    static const char lines[] = "\xEF\xBB\xBF"
                                "\"@timestamp\";\"host.name\";\"process.name\";level;message\n"
                                "Nov 7 2024 04:45:35.123 gw ike: \"a\" #1: first; more\n"
                                "2024-11-07T04:45:36Z gw ike: second\n"
                                "2024-11-07T04:45:36Z gw ike: third\n"
                                "fourth\n"
                                "\"no row;\"at all\n";
    write_file("table", with_program, sizeof with_program - 1, "w");
    shell("gzip -c table > table.gz; iconv -f UTF-8 -t UTF-16LE table > wide; { head -n 1 table; for i in "
          "$(seq 3000); "
          "do sed -n 2p table; done; } > long");
    static const char *const names[] = {"table", "table.gz", "wide"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_reads(names[i], lines);
    struct buf all = {0};
    struct err e = {0};
    assert_int_equal(read_source("long", &all, &e), SOURCE_DONE);
    const char *second = strchr(lines, '\n') + 1, *third = strchr(second, '\n') + 1;
    assert_int_equal(all.len, (second - lines) + 3000 * (third - second));
    buf_release(&all);

    static const char raw[] =
        "_time,_raw\n2024-11-07 04:45:35,\"Nov  7 04:45:35 gw ike[7]: \"\"a\"\" #1: first\"\n";
    write_file("raw", raw, sizeof raw - 1, "w");
    assert_reads("raw",
                 "_time,_raw\n2024-11-07 04:45:35 stdout F Nov  7 04:45:35 gw ike[7]: \"a\" #1: first\n");
    static const char quoted[] =
        "\"Nov  7 04:45:35: starting\"\n\"Nov  7 04:45:36: \"\"a\"\" #1: first\"\r\n\"b\" #2: other\n";
    write_file("quoted", quoted, sizeof quoted - 1, "w");
    assert_reads("quoted", "Nov  7 04:45:35: starting\nNov  7 04:45:36: \"a\" #1: first\n\"b\" #2: other\n");
}

// Quotes and brackets as pages and editors write them.
static void
r2_lines_of_a_page_become_plain(void **state)
{
    (void)state;
    static const char page[] =
        "&quot;a&quot; #1: first -&gt; &lt;x|1&gt; R&amp;D &unknown; &#x27;y&#39;<br>\n"
        "\xE2\x80\x9C"
        "b\xE2\x80\x9D #2: it\xE2\x80\x99s 05\\[IKE\\] \\\"c\\\" d\\e\n";
    write_file("page", page, sizeof page - 1, "w");
    assert_reads("page", "\"a\" #1: first -> <x|1> R&D &unknown; 'y'\n\"b\" #2: it's 05[IKE] \"c\" d\\e\n");
    static const char coloured[] =
        "<pre><code>a: one,<span style=\"color: red;\"> two</span> <x|1> <span>\n</pre>";
    write_file("coloured", coloured, sizeof coloured - 1, "w");
    assert_reads("coloured", "a: one, two <x|1> \n");
    static const char saved[] = "<!DOCTYPE html>\n<html>\n<style>\n.a {}\n.b {}\n.c {}\n.d {}\n</style>\n"
                                "<table class=\"log\">\n"
                                "<tr><th>Time</th><th>Process</th><th>Text</th></tr>\n"
                                "<tr><td>Nov  7 04:45:35</td><td></td><td>ike</td><td>&quot;a&quot; #1: first"
                                "</td></tr>\n"
                                "<tr>\n  <td>Nov  7 04:45:36</td>\n  <td>\n    ike\n  </td>\n"
                                "  <td><div>second &lt;x&gt;</div></td>\n</tr>\n"
                                "<tr><td>A<br>Nov  7 04:45:37 ike[7]: third\nfourth\n</td></tr></table>\n";
    write_file("saved", saved, sizeof saved - 1, "w");
    assert_reads("saved", "<!DOCTYPE html>\n\n<style>\n.a {}\n.b {}\n.c {}\n.d {}\n</style>\n\n"
                          "Time\tProcess\tText\n"
                          "Nov 7 04:45:35\tike\t\"a\" #1: first\n"
                          "Nov 7 04:45:36\tike\tsecond <x>\n"
                          "A\nNov  7 04:45:37 ike[7]: third\nfourth\n\n");
}

// A journal with a row for each field, as journalctl -o export and -o verbose write it; a value that holds
// ends of lines stands behind its size.
static void
r2_entries_of_a_journal_become_lines(void **state)
{
    (void)state;
    static const char exported[] = "__CURSOR=s=06;i=1\n__REALTIME_TIMESTAMP=1730954735123456\n"
                                   "SYSLOG_IDENTIFIER=ike\n_HOSTNAME=gw\n_PID=7\nMESSAGE=\"a\" #1: k=v\n\n"
                                   "__CURSOR=s=06;i=2\n__REALTIME_TIMESTAMP=1730954736000000\n"
                                   "SYSLOG_IDENTIFIER=ike\n_HOSTNAME=gw\n_PID=7\n"
                                   "MESSAGE\n\x0a\0\0\0\0\0\0\0one\ntwo 10\n"
                                   "THREAD=8\nGROUP=IKE\n\n"
                                   "__REALTIME_TIMESTAMP=1730954737000000\nMESSAGE\n\x04\0\0\0\0\0\0\0ten\n\n"
                                   "SYSLOG_IDENTIFIER=ike\n";
    write_file("exported", exported, sizeof exported - 1, "w");
    assert_reads("exported", "2024-11-07T04:45:35.123456+00:00 gw ike[7]: \"a\" #1: k=v\n"
                             "2024-11-07T04:45:36.000000+00:00 gw ike[7]: 08[IKE] one\n"
                             "2024-11-07T04:45:36.000000+00:00 gw ike[7]: 08[IKE] two 10\n"
                             "2024-11-07T04:45:37.000000+00:00 ike: ten\n");
    static const char verbose[] = "Thu 2024-11-07 04:45:35.123456 UTC [s=06;i=1;b=7;m=1;t=6;x=8]\n"
                                  "    SYSLOG_IDENTIFIER=ike\n    _HOSTNAME=gw\n    MESSAGE=first\n"
                                  "            and second\n    _PID=7\n"
                                  "Thu 2024-11-07 04:45:36.000000 UTC [s=06;i=2;b=7;m=1;t=6;x=8]\n"
                                  "    MESSAGE=third\n";
    write_file("verbose", verbose, sizeof verbose - 1, "w");
    assert_reads("verbose", "Thu 2024-11-07 04:45:35.123456 UTC gw ike[7]: first\n"
                            "Thu 2024-11-07 04:45:35.123456 UTC gw ike[7]: and second\n"
                            "Thu 2024-11-07 04:45:36.000000 UTC stdout F third\n");
    static const char excerpt[] = "MESSAGE=first\nMESSAGE=second\n";
    write_file("excerpt", excerpt, sizeof excerpt - 1, "w");
    assert_reads("excerpt", "first\nsecond\n");
}

// The time of what a record lies in is its own where it has none.
static void
r2_records_have_the_time_of_what_they_lie_in(void **state)
{
    (void)state;
    static const char records[] =
        "{\"records\":[{\"time\":\"2024-11-07T04:45:35Z\",\"properties\":{\"message\":\"first\"}}]}\n"
        "[{\"textPayload\":\"second\",\"timestamp\":\"2024-11-07T04:45:36Z\"}]\n"
        "{\"host\":\"gw\",\"program\":\"ike\",\"message\":\"third\"}\n"
        "{\"msg\":\"fourth\",\"group\":\"IKE\"}\n";
    write_file("within", records, sizeof records - 1, "w");
    assert_reads("within", "2024-11-07T04:45:35Z stdout F first\n2024-11-07T04:45:36Z stdout F second\n"
                           "ike: third\nfourth\n");
}

// What only looks a little so is read as it is, and goes on to be followed.
static void
r2_logs_that_are_no_tables_stay(void **state)
{
    (void)state;
    static const char *const logs[] = {
        "\"a\" #1: first\n\"b\" #2: second\n",
        "error, message\nNov  7 04:45:35: \"a\"\n",
        "Nov  7 04:45:35 gw app: said \xE2\x80\x9Cyes\xE2\x80\x9D\nNov  7 04:45:35 gw a: 1\nNov  7 04:45:35 "
        "gw a: 2\n"
        "Nov  7 04:45:35 gw a: 3\nNov  7 04:45:35 gw a: 4\n",
        "Nov  7 04:45:35 gw app: R&amp;D<br>\n",
        "message,",
        "The user OFFICE-7\\nina dialed a connection\n",
    };
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        write_file("plain", logs[i], strlen(logs[i]), "w");
        assert_reads("plain", logs[i]);
    }
}

// What collectors of logs hand out, one object a line: with a program it is a line of syslog, without one the
// text is what a container printed.
static void
r2_records_of_a_collector_become_lines(void **state)
{
    (void)state;
    static const char records[] = "{\"no record\":1}\n"
                                  "{\"@timestamp\":\"2024-11-07T04:45:35.123Z\",\"host\":{\"name\":\"gw\"},"
                                  "\"process\":{\"name\":\"ike\",\"pid\":"
                                  "7},\"message\":\"\\\"a\\\" #1: first\"}\n"
                                  "{\"version\":\"1.1\",\"host\":\"gw\",\"_program\":\"ike\",\"short_"
                                  "message\":\"second\",\"timestamp\":1730954736."
                                  "5}\n"
                                  "{\"ts\":1730954737000,\"msg\":\"third\\nfourth\"}\n"
                                  "{\"labels\":{},\"line\":\"Nov  7 04:45:38 gw ike[7]: "
                                  "fifth\",\"timestamp\":\"2024-11-07T04:45:38Z\"}\n"
                                  "{\"message\":\"without a time\"}\n"
                                  "{\"timestamp\":\"2024-11-07T04:45:39Z\",\"level\":3}\n";
    static const char lines[] = "{\"no record\":1}\n"
                                "2024-11-07T04:45:35.123Z gw ike: \"a\" #1: first\n"
                                "2024-11-07T04:45:36.500000+00:00 gw ike: second\n"
                                "2024-11-07T04:45:37.000000+00:00 stdout F third\n"
                                "2024-11-07T04:45:37.000000+00:00 stdout F fourth\n"
                                "2024-11-07T04:45:38Z stdout F Nov  7 04:45:38 gw ike[7]: fifth\n"
                                "without a time\n"
                                "{\"timestamp\":\"2024-11-07T04:45:39Z\",\"level\":3}\n";
    write_file("collected", records, sizeof records - 1, "w");
    assert_reads("collected", lines);
}

// What a daemon with threads wrote as records, into a file of its own or into a journal, becomes its plain
// lines.
static void
r2_records_of_a_daemon_become_its_lines(void **state)
{
    (void)state;
    static const char records[] =
        "{\"time\":\"Nov  7 04:45:35\",\"thread\":5,\"group\":\"IKE\",\"level\":1,\"ikesa-uniqueid\":\"1\","
        "\"ikesa-name\":\"office\",\"msg\":\"first\"}\n"
        "{\"thread\":12,\"group\":\"NET\",\"level\":1,\"ikesa-uniqueid\":\"2\",\"msg\":\"second "
        "\\\"a\\\"\"}\n"
        "{\"__REALTIME_TIMESTAMP\":\"1730954737000000\",\"_HOSTNAME\":\"gw\",\"_COMM\":\"ike\",\"_PID\":"
        "\"7\","
        "\"GROUP\":\"CFG\",\"THREAD\":\"9\",\"MESSAGE\":\"third\"}\n"
        "{\"thread\":1,\"msg\":\"without a group\"}\n";
    static const char lines[] = "Nov  7 04:45:35 05[IKE] <office|1> first\n"
                                "12[NET] <2> second \"a\"\n"
                                "2024-11-07T04:45:37.000000+00:00 gw ike[7]: 09[CFG] third\n"
                                "without a group\n";
    write_file("threads", records, sizeof records - 1, "w");
    assert_reads("threads", lines);
}

static enum source_step
read_limited(const char *name, const struct source_limits *limits, struct buf *all, struct err *e)
{
    char *path = path_of(name);
    struct source *s = source_file_open(path, limits, e);
    assert_non_null(s);
    enum source_step step = drain(s, all, e);
    source_close(s);
    free(path);
    return step;
}

static void
r2_limits_are_told_when_they_are_hit(void **state)
{
    (void)state;
    struct buf log = make_log(40000), all = {0};
    struct err e = {0};
    write_file("log", log.at, log.len, "w");
    shell("gzip -c log > log.gz; head -c 30000000 /dev/zero | gzip -c > bomb.gz");
    struct source_limits limits = {.plain = 600000, .spooled = 600000, .ratio = 1000, .ratio_from = 1 << 30};
    assert_int_equal(read_limited("log", &limits, &all, &e), SOURCE_FAILED);
    assert_int_equal(e.kind, ERR_LIMIT);
    assert_says(&e, "more than 600000 bytes of one log");
    assert_true(all.len >= 600000 && all.len < 900000);
    buf_clear(&all);
    assert_int_equal(read_limited("log.gz", &limits, &all, &e), SOURCE_FAILED);
    assert_says(&e, "more than 600000 bytes of a pipe or a packed log");
    assert_true(all.len >= 600000 && all.len < 900000);
    buf_clear(&all);
    limits =
        (struct source_limits){.plain = 1 << 30, .spooled = 1 << 30, .ratio = 500, .ratio_from = 1 << 20};
    assert_int_equal(read_limited("bomb.gz", &limits, &all, &e), SOURCE_FAILED);
    assert_says(&e, "more than 500 times its size");
    buf_clear(&all);
    assert_int_equal(read_limited("log.gz", &limits, &all, &e), SOURCE_DONE);
    assert_int_equal(all.len, log.len);
    buf_release(&all);
    buf_release(&log);
}

static void
r2_the_spool_has_no_name_and_a_full_disk_is_told(void **state)
{
    (void)state;
    struct buf log = make_log(20000), all = {0};
    struct err e = {0};
    write_file("log", log.at, log.len, "w");
    shell("gzip -c log > log.gz && mkdir -p spool");
    char *path = path_of("spool");
    assert_int_equal(setenv("TMPDIR", path, 1), 0);
    char *packed = path_of("log.gz");
    struct source *s = source_open(packed, NULL, &e);
    assert_int_equal(drain(s, &all, &e), SOURCE_DONE);
    assert_int_equal(rmdir(path), 0); // nothing in it, although the source is open
    char back[4];
    assert_int_equal(source_read(s, 0, back, 4), 4);
    source_close(s);
    // without that folder another one serves
    buf_clear(&all);
    assert_int_equal(read_source("log.gz", &all, &e), SOURCE_DONE);
    unsetenv("TMPDIR");
    // as on a full disk: no file may grow beyond 300 KB
    struct rlimit old, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 300000;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    buf_clear(&all);
    s = source_open(packed, NULL, &e);
    enum source_step step = drain(s, &all, &e);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(step, SOURCE_FAILED);
    assert_says(&e, "temporary file: cannot write to it: File too large");
    assert_true(all.len && memcmp(all.at, log.at, all.len) == 0);
    source_close(s);
    free(packed);
    free(path);
    buf_release(&all);
    buf_release(&log);
}

int
main(void)
{
    folder_make();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r2_packed_logs_are_told_by_content),
        cmocka_unit_test(r2_bytes_behind_a_packed_log_are_told),
        cmocka_unit_test(r2_the_readable_part_of_a_cut_log_is_used),
        cmocka_unit_test(r2_damage_is_told),
        cmocka_unit_test(r2_packed_twice_is_refused),
        cmocka_unit_test(r2_a_packed_log_may_come_through_a_pipe_in_crumbs),
        cmocka_unit_test(r2_other_encodings_with_a_mark_become_utf8),
        cmocka_unit_test(r2_records_of_a_journal_become_lines),
        cmocka_unit_test(r2_records_of_a_container_become_lines),
        cmocka_unit_test(r2_records_of_a_collector_become_lines),
        cmocka_unit_test(r2_records_of_a_daemon_become_its_lines),
        cmocka_unit_test(r2_rows_of_a_table_become_lines),
        cmocka_unit_test(r2_lines_of_a_page_become_plain),
        cmocka_unit_test(r2_entries_of_a_journal_become_lines),
        cmocka_unit_test(r2_records_have_the_time_of_what_they_lie_in),
        cmocka_unit_test(r2_logs_that_are_no_tables_stay),
        cmocka_unit_test(r2_limits_are_told_when_they_are_hit),
        cmocka_unit_test(r2_the_spool_has_no_name_and_a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
