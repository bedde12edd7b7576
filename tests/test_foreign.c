// What is passed over of a mixed log: line ends found many at once, and lines of daemons that nobody cares
// for.
#include "diag/arena.h"
#include "diag/breaks.h"
#include "diag/envelope.h"
#include "diag/lanes.h"
#include "diag/line.h"
#include "diag/stamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static uint32_t
chance(uint64_t *seed, uint32_t below)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(((*seed >> 32) * below) >> 32);
}

// What every machine can do and what this one does best are the same.
static void
lanes_are_bytes(void **state)
{
    (void)state;
    static const char some[] = "\n\x0b\x8a\x80\xff\0[:\n\n";
    uint64_t seed = 1;
    for (int round = 0; round < 100000; round++) {
        char at[LANES];
        for (int i = 0; i < LANES; i++)
            at[i] = round % 2 ? some[chance(&seed, sizeof some)] : (char)chance(&seed, 256);
        char c = round % 3 ? '\n' : at[chance(&seed, LANES)];
        uint32_t want = 0;
        for (int i = 0; i < LANES; i++)
            want |= (uint32_t)(at[i] == c) << i;
        assert_int_equal(lanes_plain(at, c), want);
        assert_int_equal(lanes_equal(at, c), want);
    }
}

// Blocks of all lengths in memory of their exact size, with no line end to nothing but line ends.
static void
every_line_end_is_found(void **state)
{
    (void)state;
    uint64_t seed = 2;
    struct breaks *breaks = mem_new(sizeof *breaks);
    for (uint32_t round = 0; round < 2000; round++) {
        size_t length = round % 2 ? chance(&seed, 300) : chance(&seed, 4 * BREAKS_WINDOW);
        uint32_t every = round % 7 ? 1 + chance(&seed, 400) : 1;
        char *block = mem_new(length);
        for (size_t i = 0; i < length; i++)
            block[i] = chance(&seed, every) || round % 11 == 0 ? 'x' : '\n';
        breaks_begin(breaks, block, block + length);
        const char *at = block, *end;
        while ((end = memchr(at, '\n', (size_t)(block + length - at)))) {
            assert_ptr_equal(breaks_next(breaks), end);
            at = end + 1;
        }
        assert_null(breaks_next(breaks));
        assert_null(breaks_next(breaks));
        free(block);
    }
    free(breaks);
}

static bool
cares(const void *self, struct str tag)
{
    (void)self;
    return str_eq(tag, STR("pluto")) || str_eq(tag, STR("charon"));
}

static bool
cares_for_all(const void *self, struct str tag)
{
    (void)self;
    (void)tag;
    return true;
}

// What lines begin with: those that are taken for others easily, too.
static const char *const fronts[][2] = {{"Nov 22 05:26:", " "}, {"<29>Nov 22 05:26:", " "},
                                        {"Nov 22 05:26:", " "}, {"2024-11-22T05:26:", ".25+01:00 "},
                                        {"Dec 31 23:59:", " "}, {"Jan  1 00:00:", " "}};
static const char *const tags[] = {"pluto[2219]: ",
                                   "sshd[77]: ",
                                   "sshd[123456]: ",
                                   "sshd[12345678]: ",
                                   "sshd[]: ",
                                   "sshd[7a]: ",
                                   "sshd:",
                                   "sshd: ",
                                   "sshd[7]:",
                                   "sshd[7]:\t",
                                   "sshdx[7]: ",
                                   "ssh[7]: ",
                                   "systemd[1]: ",
                                   "kernel: ",
                                   "systemd-logind[]",
                                   "systemd-logind[4]: ",
                                   "postfix/smtpd[9]: ",
                                   "charon: ",
                                   "charond: ",
                                   "chronyd[5]: ",
                                   "a_name.of-23/bytes_[1]: ",
                                   "a_name_that_has_24_bytes: ",
                                   "su[3]: ",
                                   "123: ",
                                   "7up[3]: ",
                                   "pluto[2219] ",
                                   "kernel ",
                                   "",
                                   "[",
                                   ":",
                                   "CRON[5]: (root) CMD (x) pluto[2]: "};
static const char *const texts[] = {"Nov 22 05:26:31.567248: text",
                                    "*Mar  1 00:01:43.499: text",
                                    "Failed x",
                                    "Mon, a",
                                    "A b",
                                    "the text",
                                    "",
                                    "x",
                                    ".",
                                    "\"a\" #1: text\r",
                                    "a longer text that fills the rest of the line, as most of them do"};
static const char *const hosts[] = {"gw ",
                                    "gw ",
                                    "gw  ",
                                    "db2 ",
                                    "fe80::1 ",
                                    "2024 ",
                                    "PM ",
                                    "UTC ",
                                    "web: ",
                                    "authpriv.warn ",
                                    "a-host-whose-name-is-longer-than-most ",
                                    "core.example.net ",
                                    "",
                                    "<HOST> ",
                                    "gw authpriv.warn "};
enum { FRONTS = sizeof fronts / sizeof *fronts, TAGS = sizeof tags / sizeof *tags };
enum { HOSTS = sizeof hosts / sizeof *hosts, TEXTS = sizeof texts / sizeof *texts };

// Lines whose front, tag and text are of all kinds.
static void
write_log(struct buf *log, uint64_t *seed)
{
    uint32_t front = chance(seed, FRONTS), second = 0, first = chance(seed, HOSTS),
             other = chance(seed, HOSTS);
    for (int i = 0; i < 300; i++) {
        if (chance(seed, 20) == 0)
            front = chance(seed, FRONTS);
        if (chance(seed, 4) == 0)
            second = (second + chance(seed, 3)) % 60;
        if (chance(seed, 30))
            buf_addf(log, "%s%02u%s%s", fronts[front][0], second, fronts[front][1],
                     hosts[chance(seed, 8) == 0 ? chance(seed, HOSTS)
                           : chance(seed, 3)    ? first
                                                : other]);
        buf_add(log, str_of(tags[chance(seed, chance(seed, 5) ? 4 : TAGS)]));
        buf_add(log, str_of(texts[chance(seed, TEXTS)]));
        buf_add_char(log, '\n');
    }
}

struct seen {
    struct line line[400];
    uint64_t raw[400];
    bool matters[400];
    size_t count;
    struct line_counts counts;
    int64_t last; // the latest time told
};

static void
see(struct seen *seen, const struct line *line)
{
    struct line alone; // what it says without the lines before it
    envelope_parse(line->raw, &alone);
    assert_true(str_eq(line->host, alone.host) && str_eq(line->tag, alone.tag) &&
                str_eq(line->body, alone.body));
    assert_int_equal(line->pid, alone.pid);
    assert_int_equal(line->year_known, alone.year_known);
    assert_true(line->time == alone.time || (line->time - alone.time) % STAMP_UNKNOWN_YEAR == 0);
    seen->line[seen->count] = *line;
    seen->matters[seen->count] = cares(NULL, line->tag);
    seen->raw[seen->count++] = str_hash(line->raw, 0);
    if (line->time != LINE_NO_TIME)
        seen->last = line->time;
}

static void
read_log(struct str log, size_t block, bool (*who)(const void *self, struct str tag), bool clocks,
         struct seen *seen)
{
    struct lines *lines = lines_new(0);
    struct line line;
    *seen = (struct seen){.last = LINE_NO_TIME};
    for (size_t at = 0; at < log.len; at += block) {
        size_t count = log.len - at < block ? log.len - at : block;
        char *copy = mem_new(count); // of its exact size
        memcpy(copy, log.at + at, count);
        lines_care(lines, who, NULL, clocks);
        lines_feed(lines, copy, count);
        while (lines_next(lines, &line))
            see(seen, &line);
        if (lines_passed(lines) != LINE_NO_TIME)
            seen->last = lines_passed(lines);
        free(copy);
    }
    while (lines_last(lines, &line))
        see(seen, &line);
    seen->counts = lines_counts(lines);
    lines_free(lines);
}

static bool
same_line(const struct seen *a, size_t i, const struct seen *b, size_t j)
{
    const struct line *x = &a->line[i], *y = &b->line[j];
    return x->number == y->number && x->offset == y->offset && x->length == y->length && x->time == y->time &&
           x->year_known == y->year_known && x->pid == y->pid && x->tag.len == y->tag.len &&
           x->body.len == y->body.len && a->raw[i] == b->raw[j];
}

// A line that is passed over has a stamp and the tag of a daemon that nobody cares for, whatever the blocks;
// all others come as if none was.
static void
only_foreign_lines_are_passed_over(void **state)
{
    (void)state;
    struct seen *all = mem_new(sizeof *all), *some = mem_new(sizeof *some);
    uint64_t seed = 3, passed = 0, lines = 0;
    for (int round = 0; round < 300; round++) {
        struct buf log = {0};
        write_log(&log, &seed);
        static const size_t blocks[] = {1 << 20, 4096, 1000, 77, 1};
        read_log(buf_str(&log), log.len, NULL, false, all);
        read_log(buf_str(&log), blocks[round % 5], cares, true, some);
        assert_int_equal(all->counts.lines, some->counts.lines);
        assert_int_equal(all->counts.bytes, some->counts.bytes);
        assert_int_equal(all->count, some->count + some->counts.foreign);
        assert_true(all->last == some->last);
        size_t at = 0;
        for (size_t i = 0; i < all->count; i++) {
            if (at < some->count && same_line(all, i, some, at)) {
                at++;
                continue;
            }
            const struct line *line = &all->line[i];
            assert_true(line->time != LINE_NO_TIME && line->tag.len && !all->matters[i]);
        }
        assert_int_equal(at, some->count);
        passed += some->counts.foreign;
        lines += all->count;
        read_log(buf_str(&log), log.len, cares, false, some);
        assert_int_equal(all->count, some->count + some->counts.foreign);
        buf_release(&log);
    }
    assert_true(passed > lines / 20);
    free(all);
    free(some);
}

static void
nothing_is_passed_over_where_all_matters(void **state)
{
    (void)state;
    struct seen *seen = mem_new(sizeof *seen);
    uint64_t seed = 4;
    struct buf log = {0};
    write_log(&log, &seed);
    read_log(buf_str(&log), log.len, cares_for_all, true, seen);
    assert_int_equal(seen->counts.foreign, 0);
    assert_int_equal(seen->count, seen->counts.lines);
    buf_release(&log);
    free(seen);
}

// R2: one that is longer than what is looked at of a line is counted when it is passed over as well.
static void
r2_long_foreign_lines_are_counted(void **state)
{
    (void)state;
    static const char front[] = "Nov 22 05:26:31 gw sshd[77]: ";
    struct seen *seen = mem_new(sizeof *seen);
    struct buf log = {0};
    for (int i = 0; i < 6; i++) { // the first is not known yet
        buf_add(&log, STR(front));
        for (size_t left = LINE_KEEP - sizeof front + 1 + (size_t)(i % 2); left; left--)
            buf_add_char(&log, 'x');
        buf_add(&log, i < 4 ? STR("\r\n") : STR("\n"));
    }
    buf_add(&log,
            STR("Nov 22 05:26:31 gw pluto[1]: x and what the last line must be followed by to be seen\n"));
    read_log(buf_str(&log), log.len, cares, false, seen);
    assert_int_equal(seen->counts.foreign, 5);
    assert_int_equal(seen->counts.lines, 7);
    assert_int_equal(seen->counts.cut, 3);
    buf_release(&log);
    free(seen);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_are_bytes),
        cmocka_unit_test(every_line_end_is_found),
        cmocka_unit_test(only_foreign_lines_are_passed_over),
        cmocka_unit_test(nothing_is_passed_over_where_all_matters),
        cmocka_unit_test(r2_long_foreign_lines_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
