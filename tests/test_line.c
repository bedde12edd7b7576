// diag/line: blocks of bytes to lines, and times.
#include "diag/line.h"

#include "diag/arena.h"
#include "diag/envelope.h"
#include "diag/stamp.h"
#include "envelope_samples.h"

#include <stdio.h>
#include <stdlib.h>

static void
a_fraction_counts_in_microseconds(void **state)
{
    (void)state;
    struct line line;
    envelope_parse(STR("2024-11-22T05:26:31.567248Z x"), &line);
    assert_true(line.year_known);
    assert_int_equal(line.time, INT64_C(1732253191567248));
    envelope_parse(STR("1970-01-01T00:00:00.000000001Z x"), &line);
    assert_int_equal(line.time, 0);
    envelope_parse(STR("1969-12-31T23:59:59.5Z x"), &line);
    assert_int_equal(line.time, -500000);
    char text[32];
    line_time_text(line.time, true, text);
    assert_string_equal(text, "1969-12-31T23:59:59");
}

// Every day from 1600 to 2400 goes out and in again.
static void
r3_dates_survive_the_way_out_and_in(void **state)
{
    (void)state;
    struct stamp start, stamp;
    const char first[] = "1600-01-01T00:00:00";
    assert_non_null(stamp_read(first, first + sizeof first - 1, &start));
    for (int64_t day = 0; day < 800 * 365; day++) {
        char text[32];
        stamp_text(start.time + day * STAMP_DAY, true, text);
        assert_ptr_equal(stamp_read(text, text + strlen(text), &stamp), text + strlen(text));
        assert_int_equal(stamp.time, start.time + day * STAMP_DAY);
    }
}

// The day or the year in front of the month, as appliances, log servers and web servers write it.
static void
r3_a_day_or_a_year_may_stand_before_the_month(void **state)
{
    (void)state;
    static const struct {
        const char *stamp, *time;
    } forms[] = {
        {"15 Jul 10:19:05", "--07-15T10:19:05"},
        {"5 Okt 10:19:05", "--10-05T10:19:05"},
        {"01 Jan 2024 08:08:07.250", "2024-01-01T08:08:07"},
        {"15-Jul-2024 10:19:05", "2024-07-15T10:19:05"},
        {"15-Jul-24 10:19:05", "2024-07-15T10:19:05"},
        {"15Jul2024 10:19:05", "2024-07-15T10:19:05"},
        {"15/Jul/2024:10:19:05 +0200", "2024-07-15T08:19:05"},
        {"Mon, 15 Jul 2024 10:19:05", "2024-07-15T10:19:05"},
        {"2018 Jun  1 00:00:35", "2018-06-01T00:00:35"},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char raw[80], text[32];
        struct line line = {0};
        int length = snprintf(raw, sizeof raw, "%s gw pluto[88]: word", forms[i].stamp);
        envelope_parse((struct str){raw, (size_t)length}, &line);
        line_time_text(line.time, line.year_known, text);
        assert_string_equal(text, forms[i].time);
        assert_true(str_eq(line.tag, STR("pluto")));
        assert_true(str_eq(line.body, STR("word")));
    }
    struct stamp stamp;
    for (const char *const *w =
             (const char *const[]){"15 Jul 2024 at noon", "31 Feb 10:19:05", "3 of 10:19:05 x", NULL};
         *w; w++)
        assert_null(stamp_read(*w, *w + strlen(*w), &stamp));
}

// Seconds since 1970, with a fraction or without, in brackets or not, and milliseconds; a name in a column of
// its own in front of the text is that of the daemon.
static void
r3_clocks_may_count_from_1970_and_names_stand_in_columns(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *time, *tag, *body;
    } rows[] = {
        {"1732249591 pluto[88]: word", "2024-11-22T04:26:31", "pluto", "word"},
        {"1732249591.5 text", "", "", "1732249591.5 text"},
        {"1732249591.567 pluto[88]: word", "2024-11-22T04:26:31", "pluto", "word"},
        {"1732249591567 pluto: word", "2024-11-22T04:26:31", "pluto", "word"},
        {"[1732249591.567] word and more", "2024-11-22T04:26:31", "", "word and more"},
        {"[1732249591] pluto: word", "2024-11-22T04:26:31", "pluto", "word"},
        {"[ 1000.567249] gw pluto[88]: word", "", "pluto", "word"},
        {"<134>1 1732249591.567248951 gw pluto 88 - - word", "2024-11-22T04:26:31", "pluto", "word"},
        {"Nov 22 04:26:31\tpluto\t\"a\" #1: word", "--11-22T04:26:31", "pluto", "\"a\" #1: word"},
        {"Nov 22 04:26:31\tpluto\tpacket from x", "--11-22T04:26:31", "pluto", "packet from x"},
        {"Nov 22 04:26:31\tgw\tpluto[88]: word", "--11-22T04:26:31", "pluto", "word"},
        {"2024-11-22T04:26:31Z stderr F sa_free: word", "2024-11-22T04:26:31", "", "sa_free: word"},
        {"2024-11-22T04:26:31Z stderr F iked: word", "2024-11-22T04:26:31", "iked", "word"},
        {"Nov 22 04:26:31\tnotice\ttext of it", "--11-22T04:26:31", "", "notice\ttext of it"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[32] = "";
        struct line line = {0};
        envelope_parse(str_of(rows[i].raw), &line);
        if (line.time != LINE_NO_TIME)
            line_time_text(line.time, line.year_known, text);
        assert_string_equal(text, rows[i].time);
        assert_true(str_eq(line.tag, str_of(rows[i].tag)));
        assert_true(str_eq(line.body, str_of(rows[i].body)));
    }
}

static struct line
next_of(struct lines *lines, const char *text)
{
    struct line line;
    lines_feed(lines, text, strlen(text));
    assert_true(lines_next(lines, &line));
    return line;
}

static void
r3_new_year_adds_a_year_once(void **state)
{
    (void)state;
    struct lines *lines = lines_new(0);
    int64_t december = next_of(lines, "Dec 31 23:59:59 h a: b\n").time;
    int64_t january = next_of(lines, "Jan  1 00:00:00 h a: b\n").time;
    assert_int_equal(january - december, STAMP_SECOND);
    // a line of the old year that comes late, and one of the new year behind it
    assert_int_equal(next_of(lines, "Dec 31 23:59:58 h a: b\n").time, december - STAMP_SECOND);
    assert_int_equal(next_of(lines, "Jan  1 00:00:01 h a: b\n").time, january + STAMP_SECOND);
    struct line line = next_of(lines, "Jan  1 00:00:02 h a: b\n");
    char text[32];
    line_time_text(line.time, line.year_known, text);
    assert_string_equal(text, "--01-01T00:00:02");
    assert_false(line.year_known);
    lines_free(lines);
}

static void
r3_disorder_and_leap_days_are_no_new_year(void **state)
{
    (void)state;
    struct lines *lines = lines_new(0);
    int64_t may = next_of(lines, "May 10 10:00:00 h a: b\n").time;
    // daylight saving ends, a clock is set back, a file of last month is appended
    assert_int_equal(may - next_of(lines, "May 10 09:00:00 h a: b\n").time, 3600 * STAMP_SECOND);
    assert_int_equal(may - next_of(lines, "Apr 10 10:00:00 h a: b\n").time, 30 * STAMP_DAY);
    lines_free(lines);
    lines = lines_new(0);
    int64_t leap = next_of(lines, "Feb 29 10:00:00 h a: b\n").time;
    assert_int_equal(next_of(lines, "Mar  1 10:00:00 h a: b\n").time - leap, STAMP_DAY);
    next_of(lines, "Dec 31 10:00:00 h a: b\n");
    struct line line = next_of(lines, "Feb 29 10:00:00 h a: b\n"); // in the second year as well
    assert_int_equal(line.time - leap, STAMP_UNKNOWN_YEAR);
    char text[32];
    line_time_text(line.time, line.year_known, text);
    assert_string_equal(text, "--02-29T10:00:00");
    lines_free(lines);
}

static void
r2_ends_of_lines_and_marks_do_not_count(void **state)
{
    (void)state;
    const char text[] = "\xEF\xBB\xBF"
                        "a\r\n\r\n\n\xEF\xBB\xBFx\nlast\r";
    static const struct {
        uint64_t offset, length;
        const char *raw;
    } want[] = {{3, 1, "a"}, {6, 0, ""}, {8, 0, ""}, {9, 4, "\xEF\xBB\xBFx"}, {14, 4, "last"}};
    struct lines *lines = lines_new(0);
    struct line line;
    lines_feed(lines, text, sizeof text - 1);
    for (size_t i = 0; i < 5; i++) {
        assert_true(i < 4 ? lines_next(lines, &line) : !lines_next(lines, &line) && lines_last(lines, &line));
        assert_int_equal(line.number, i + 1);
        assert_int_equal(line.offset, want[i].offset);
        assert_int_equal(line.length, want[i].length);
        assert_str(line.raw, want[i].raw, text);
    }
    assert_false(lines_last(lines, &line));
    assert_int_equal(lines_counts(lines).lines, 5);
    assert_int_equal(lines_counts(lines).bytes, sizeof text - 1);
    lines_free(lines);
}

static void
blanks_behind_the_text_are_no_part_of_it(void **state)
{
    (void)state;
    const char text[] = "Nov 22 05:26:31 gw pluto[7]: a text \t \r\n"
                        "Nov 22 05:26:31 gw pluto[7]: \n"
                        "Nov 22 05:26:31 gw pluto[7]: b  ";
    static const char *const want[] = {"a text", "", "b"};
    struct lines *lines = lines_new(0);
    struct line line;
    lines_feed(lines, text, sizeof text - 1);
    for (size_t i = 0; i < 3; i++) {
        assert_true(lines_next(lines, &line) || lines_last(lines, &line));
        assert_str(line.body, want[i], text);
        assert_str(line.tag, "pluto", text);
    }
    lines_free(lines);
}

// A line of `length` bytes in blocks of `block`: its true length is told, LINE_KEEP bytes are kept.
static void
check_long(size_t length, size_t block, const char *end)
{
    struct lines *lines = lines_new(0);
    struct line line;
    size_t total = length + strlen(end) + 2;
    char *text = mem_new(total + 1);
    memset(text, 'x', length);
    strcpy(text + length, end);
    strcat(text, "y\n");
    bool first = false, second = false;
    for (size_t done = 0; done < total; done += block) {
        lines_feed(lines, text + done, total - done < block ? total - done : block);
        while (lines_next(lines, &line)) {
            if (line.number == 1) {
                first = true;
                assert_int_equal(line.length, length);
                assert_int_equal(line.raw.len, length < LINE_KEEP ? length : LINE_KEEP);
            } else {
                second = true;
                assert_int_equal(line.offset, total - 2);
                assert_str(line.raw, "y", "y");
            }
        }
    }
    assert_true(first && second);
    assert_int_equal(lines_counts(lines).cut, length > LINE_KEEP);
    free(text);
    lines_free(lines);
}

static void
r2_the_rest_of_an_endless_line_is_counted(void **state)
{
    (void)state;
    static const size_t lengths[] = {LINE_KEEP - 1, LINE_KEEP, LINE_KEEP + 1, LINE_KEEP + 7, 5 * LINE_KEEP};
    static const size_t blocks[] = {1, 4096, LINE_KEEP, LINE_KEEP + 1, 1 << 20};
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < 5; j++) {
            check_long(lengths[i], blocks[j], "\n");
            check_long(lengths[i], blocks[j], "\r\n");
        }
}

static void
r2_nul_and_broken_bytes_survive(void **state)
{
    (void)state;
    const char text[] = "Nov 22 05:26:31 h a[1]: x\0y\xFF\xC2\nplain\n\0\n";
    struct lines *lines = lines_new(0);
    struct line line;
    lines_feed(lines, text, sizeof text - 1);
    assert_true(lines_next(lines, &line));
    assert_int_equal(line.body.len, 5);
    assert_memory_equal(line.body.at, "x\0y\xFF\xC2", 5);
    assert_true(lines_next(lines, &line) && lines_next(lines, &line));
    assert_int_equal(line.raw.len, 1);
    lines_free(lines);
}

static void
lines_of_one_writer_have_one_number(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int as; // the line before it that has the same writer, -1: none
    } lines_of[] = {
        {"Nov 22 05:26:31 gw pluto[12]: one\n", -1},
        {"Nov 22 05:26:31 gw pluto[12]: two\n", -1},
        {"Nov 22 05:26:31 gw pluto[12]: three\n", 1},
        {"Nov 22 05:26:32 gw pluto[12]: four\n", 1},
        {"Nov 22 05:26:32 gw pluto[13]: another\n", -1},
        {"Nov 22 05:26:32 gw pluto[13]: again\n", 4},
        {"Nov 22 05:26:32 gw2 pluto[13]: host\n", -1},
        {"Nov 22 05:26:32 gw2 sshd[13]: tag\n", -1},
        {"a line alone\n", -1},
        {"a line alone\n", -1},
    };
    enum { LINES = sizeof lines_of / sizeof *lines_of };
    uint64_t writers[LINES];
    struct lines *lines = lines_new(0), *other = lines_new(1);
    for (int i = 0; i < LINES; i++) {
        writers[i] = next_of(lines, lines_of[i].text).writer;
        assert_true(writers[i] != 0 && next_of(other, lines_of[i].text).writer != writers[i]);
        for (int j = 0; j < i; j++)
            if (lines_of[i].as == j)
                assert_true(writers[i] == writers[j]);
            else if (lines_of[i].as < 0)
                assert_true(writers[i] != writers[j]);
    }
    lines_free(lines);
    lines_free(other);
}

// Who wrote the last line, and the number that stands for him.
struct writer {
    uint64_t number, who;
};

static uint64_t
hash_line(const struct line *line, uint64_t print, struct writer *last)
{
    uint64_t who = str_hash(line->tag, str_hash(line->host, line->pid));
    if (line->writer == last->number)
        assert_true(who == last->who);
    *last = (struct writer){line->writer, who};
    return str_hash(line->body, str_hash(line->raw, print) ^ (uint64_t)line->time) ^ line->offset;
}

static uint64_t
hash_lines(const char *text, size_t count, const size_t *cuts, size_t n)
{
    struct lines *lines = lines_new(0);
    struct line line;
    uint64_t print = 0;
    struct writer last = {0};
    for (size_t i = 0; i <= n; i++) {
        size_t from = i ? cuts[i - 1] : 0, to = i < n ? cuts[i] : count;
        lines_feed(lines, text + from, to - from);
        while (lines_next(lines, &line))
            print = hash_line(&line, print, &last);
    }
    if (lines_last(lines, &line))
        print = hash_line(&line, print, &last);
    struct line_counts counts = lines_counts(lines);
    lines_free(lines);
    return str_hash((struct str){(const char *)&counts, sizeof counts}, print);
}

// R1, R2: where the blocks end changes nothing. All cuts into two and into three parts of all samples in one
// log.
static void
r1_cutting_anywhere_gives_the_same_lines(void **state)
{
    (void)state;
    struct buf log = {0};
    buf_add(&log, STR("\xEF\xBB\xBF"));
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i += 2) {
        buf_add(&log, str_of(samples[i].raw));
        buf_add(&log, i % 3 ? STR("\n") : STR("\r\n"));
        if (i % 5 == 0)
            buf_add_char(&log, '\0');
    }
    uint64_t whole = hash_lines(log.at, log.len, NULL, 0);
    for (size_t i = 0; i <= log.len; i++) {
        assert_int_equal(hash_lines(log.at, log.len, &i, 1), whole);
        size_t two[] = {i, i + (log.len - i) / 7};
        assert_int_equal(hash_lines(log.at, log.len, two, 2), whole);
    }
    size_t *all = mem_new(log.len * sizeof *all);
    for (size_t i = 0; i < log.len; i++)
        all[i] = i;
    assert_int_equal(hash_lines(log.at, log.len, all, log.len), whole);
    free(all);
    buf_release(&log);
}

// Without a sign where clocks agree to a tenth of a second, on either side of it.
static void
a_difference_of_nothing_has_no_sign(void **state)
{
    (void)state;
    static const struct {
        int64_t time;
        const char *text;
    } rows[] = {{0, ""},
                {-49999, ""},
                {49999, ""},
                {-50000, " - 0.1 s"},
                {50000, " + 0.1 s"},
                {-500000, " - 0.5 s"},
                {3249999, " + 3.2 s"},
                {-72 * STAMP_SECOND, " - 72.0 s"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf text = {0};
        stamp_difference(rows[i].time, &text);
        assert_string_equal(buf_cstr(&text), rows[i].text);
        buf_release(&text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fraction_counts_in_microseconds),
        cmocka_unit_test(r3_a_day_or_a_year_may_stand_before_the_month),
        cmocka_unit_test(r3_dates_survive_the_way_out_and_in),
        cmocka_unit_test(r3_clocks_may_count_from_1970_and_names_stand_in_columns),
        cmocka_unit_test(r3_new_year_adds_a_year_once),
        cmocka_unit_test(r3_disorder_and_leap_days_are_no_new_year),
        cmocka_unit_test(r2_ends_of_lines_and_marks_do_not_count),
        cmocka_unit_test(blanks_behind_the_text_are_no_part_of_it),
        cmocka_unit_test(r2_the_rest_of_an_endless_line_is_counted),
        cmocka_unit_test(r2_nul_and_broken_bytes_survive),
        cmocka_unit_test(lines_of_one_writer_have_one_number),
        cmocka_unit_test(r1_cutting_anywhere_gives_the_same_lines),
        cmocka_unit_test(a_difference_of_nothing_has_no_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
