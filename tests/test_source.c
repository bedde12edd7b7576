// remote/source: files, pipes, and what happens to files while they are read. All on real files.
#include "remote/source.h"
#include "source_case.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static void
assert_refused(const char *path, const char *part)
{
    struct err e = {0};
    struct source *s = source_open(path, NULL, &e);
    assert_null(s);
    assert_true(e.kind != ERR_NONE);
    assert_says(&e, part);
}

static void
a_plain_file_is_read_and_read_back(void **state)
{
    (void)state;
    struct buf log = make_log(20000), all = {0};
    write_file("plain", log.at, log.len, "w");
    char *path = path_of("plain");
    struct err e = {0};
    struct source *s = source_open(path, NULL, &e);
    assert_non_null(s);
    assert_string_equal(source_name(s), path);
    assert_string_equal(source_kind(s), "file");
    assert_int_equal(source_fd(s), -1);
    assert_int_equal(drain(s, &all, &e), SOURCE_DONE);
    assert_int_equal(e.kind, ERR_NONE);
    assert_true(str_eq(buf_str(&all), buf_str(&log)));
    assert_reads_back(s, &log);
    char behind;
    assert_int_equal(source_read(s, log.len, &behind, 1), 0);
    uint64_t taken, total;
    source_progress(s, &taken, &total);
    assert_int_equal(taken, log.len);
    assert_int_equal(total, log.len);
    source_close(s);
    free(path);
    buf_release(&log);
    buf_release(&all);
}

static void
an_empty_and_a_tiny_file_are_whole(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "x", "\x1f", "\xff", "BZh9", "\n\r\r\n", "\xfd\x37zX"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct buf all = {0};
        struct err e = {0};
        write_file("tiny", texts[i], strlen(texts[i]), "w");
        assert_int_equal(read_source("tiny", &all, &e), SOURCE_DONE);
        assert_true(str_eq(buf_str(&all), str_of(texts[i])));
        buf_release(&all);
    }
}

static void
r2_what_is_no_log_file_is_refused(void **state)
{
    (void)state;
    assert_refused(folder, "it is a directory. Name a file in it");
    assert_refused("/dev/null", "it is a device");
    assert_refused("/nowhere/at/all", "No such file or directory. Check the name");
    assert_refused("ssh://-oProxyCommand=x/path", "cannot use the host");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", folder);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_refused(address.sun_path, "it is a socket");
    close(fd);
    // The reason is still there behind a name of any length.
    char *name = mem_new(5000);
    memset(name, 'n', 4000);
    assert_refused(name, "File name too long");
    free(name);
}

static void
r2_a_file_that_may_not_be_read_says_so(void **state)
{
    (void)state;
    write_file("secret", "x", 1, "w");
    char *path = path_of("secret");
    assert_int_equal(chmod(path, 0), 0);
    bool root = geteuid() == 0;
    if (root) {
        assert_int_equal(chmod(folder, 0711), 0);
        assert_int_equal(seteuid(65534), 0);
    }
    assert_refused(path, "Permission denied. It belongs to ");
    assert_refused(path, "\"sudo cat FILE | ikewalk -\" reads it");
    if (root)
        assert_int_equal(seteuid(0), 0);
    free(path);
}

static void
r2_known_forms_that_are_no_log_are_named(void **state)
{
    (void)state;
    static const struct {
        const char bytes[16];
        const char *says;
    } forms[] = {
        {"PK\x03\x04\x14", "Unzip it"},
        {"7z\xbc\xaf\x27\x1c", "Unpack it"},
        {"\x1f\x9d\x90", "gzip -d"},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct buf all = {0};
        struct err e = {0};
        write_file("form", forms[i].bytes, sizeof forms[i].bytes, "w");
        assert_int_equal(read_source("form", &all, &e), SOURCE_FAILED);
        assert_int_equal(all.len, 0);
        assert_says(&e, forms[i].says);
        buf_release(&all);
    }
}

static void
r2_captures_that_end_in_their_head_are_refused(void **state)
{
    (void)state;
    static const char heads[][16] = {"\xd4\xc3\xb2\xa1\x02", "\xa1\xb2\x3c\x4d\x00\x02",
                                     "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a"};
    char *path = path_of("cut");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct err e = {0};
        write_file("cut", heads[i], sizeof heads[i], "w");
        assert_null(source_open(path, NULL, &e));
        assert_says(&e, "cannot read this capture");
    }
    free(path);
}

static void
r2_what_only_begins_like_a_journal_is_refused(void **state)
{
    (void)state;
    write_file("torn.journal", "LPKSHHRH", 8, "w");
    assert_refused("torn.journal", "journal");
}

static void
r2_a_binary_file_is_read_and_kills_nothing(void **state)
{
    (void)state;
    shell("cp /proc/self/exe binary");
    struct buf want = read_file("binary"), all = {0};
    struct err e = {0};
    assert_int_equal(read_source("binary", &all, &e), SOURCE_DONE);
    assert_true(str_eq(buf_str(&all), buf_str(&want)));
    buf_release(&want);
    buf_release(&all);
}

static void
r2_a_fifo_is_waited_for_and_kept(void **state)
{
    (void)state;
    char *path = path_of("fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    struct err e = {0};
    struct source *s = source_open(path, NULL, &e);
    struct str block;
    assert_non_null(s);
    assert_true(source_fd(s) >= 0);
    assert_int_equal(source_step(s, &block, &e), SOURCE_WAIT); // nobody writes yet, and that is not the end
    int fd = open(path, O_WRONLY);
    assert_int_equal(write(fd, "hello ", 6), 6);
    assert_int_equal(source_step(s, &block, &e), SOURCE_MORE);
    assert_true(str_eq(block, STR("hello ")));
    assert_int_equal(source_step(s, &block, &e), SOURCE_WAIT);
    assert_int_equal(write(fd, "world", 5), 5);
    close(fd);
    struct buf all = {0};
    assert_int_equal(drain(s, &all, &e), SOURCE_DONE);
    assert_true(str_eq(buf_str(&all), STR("world")));
    char back[32];
    assert_int_equal(source_read(s, 3, back, sizeof back), 8);
    assert_memory_equal(back, "lo world", 8);
    assert_int_equal(source_again(s, &e), SOURCE_DONE);
    source_close(s);
    buf_release(&all);
    free(path);
}

static void
standard_input_may_be_a_pipe_a_file_or_closed(void **state)
{
    (void)state;
    int kept = dup(0), ends[2];
    struct buf log = make_log(100), all = {0};
    struct err e = {0};
    assert_int_equal(pipe(ends), 0);
    dup2(ends[0], 0);
    close(ends[0]);
    assert_int_equal(write(ends[1], log.at, log.len), log.len);
    close(ends[1]);
    assert_int_equal(read_source("-", &all, &e), SOURCE_DONE);
    assert_true(str_eq(buf_str(&all), buf_str(&log)));
    assert_false(fcntl(0, F_GETFL) & O_NONBLOCK); // others hold this descriptor too
    // a file that was read from in part before
    write_file("input", log.at, log.len, "w");
    char *path = path_of("input");
    int fd = open(path, O_RDONLY);
    dup2(fd, 0);
    close(fd);
    lseek(0, 100, SEEK_SET);
    buf_clear(&all);
    assert_int_equal(read_source("-", &all, &e), SOURCE_DONE);
    assert_true(str_eq(buf_str(&all), str_from(buf_str(&log), 100)));
    close(0);
    assert_refused("-", "standard input: cannot open");
    dup2(kept, 0);
    close(kept);
    free(path);
    buf_release(&log);
    buf_release(&all);
}

// A source read to its end, for what comes afterwards.
static struct source *
open_read(const char *name, struct buf *all)
{
    char *path = path_of(name);
    struct err e = {0};
    struct source *s = source_open(path, NULL, &e);
    assert_non_null(s);
    assert_int_equal(drain(s, all, &e), SOURCE_DONE);
    assert_int_equal(source_again(s, &e), SOURCE_DONE);
    free(path);
    return s;
}

static void
r2_growth_is_followed(void **state)
{
    (void)state;
    struct buf all = {0};
    struct err e = {0};
    write_file("live", "one\ntw", 6, "w");
    struct source *s = open_read("live", &all);
    write_file("live", "o\nthree\n", 8, "a");
    assert_int_equal(source_again(s, &e), SOURCE_MORE);
    assert_int_equal(drain(s, &all, &e), SOURCE_DONE);
    assert_string_equal(buf_cstr(&all), "one\ntwo\nthree\n");
    assert_reads_back(s, &all);
    // rotated with lines behind what was read: first those, then the notice
    write_file("live", "four\n", 5, "a");
    shell("mv live live.1 && echo five > live");
    assert_int_equal(source_again(s, &e), SOURCE_MORE);
    assert_int_equal(drain(s, &all, &e), SOURCE_DONE);
    assert_string_equal(buf_cstr(&all), "one\ntwo\nthree\nfour\n");
    assert_int_equal(source_again(s, &e), SOURCE_FAILED);
    assert_says(&e, "a new file stands in its place (rotated)");
    source_close(s);
    buf_release(&all);
}

static void
r2_each_end_of_a_live_file_has_its_notice(void **state)
{
    (void)state;
    static const struct {
        const char *command, *says;
        bool lost;
    } ends[] = {
        {": > live", "was cut shorter", true},
        {"printf 'on' > live", "was cut shorter", true},
        {"rm live", "the file was removed", false},
        {"rm live && mkdir live", "a directory stands in its place", false},
        {"cp live copy && mv copy live", "a new file stands in its place", false},
        {"printf 'another text of more bytes\\n' > live", "was overwritten", true},
    };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct buf all = {0};
        struct err e = {0};
        shell("rm -rf live");
        write_file("live", "one\ntwo\n", 8, "w");
        struct source *s = open_read("live", &all);
        shell("%s", ends[i].command);
        assert_int_equal(source_again(s, &e), SOURCE_FAILED);
        assert_says(&e, ends[i].says);
        assert_int_equal(source_is_lost(s), ends[i].lost);
        source_close(s);
        buf_release(&all);
    }
    shell("rm -rf live");
}

static void
r2_a_file_cut_under_the_reader_does_not_kill(void **state)
{
    (void)state;
    static const struct {
        const char *command, *says;
    } cuts[] = {
        {": > log", "was cut to 0 bytes while it was read"},
        {"tail -c 2000000 log > other && cat other > log", "while it was read"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct buf log = make_log(60000), all = {0};
        write_file("log", log.at, log.len, "w");
        char *path = path_of("log");
        struct err e = {0};
        struct source *s = source_open(path, NULL, &e);
        struct str block;
        for (int steps = 0; steps < 10; steps++) {
            assert_int_equal(source_step(s, &block, &e), SOURCE_MORE);
            buf_add(&all, block);
        }
        shell("%s", cuts[i].command);
        assert_int_equal(drain(s, &all, &e), SOURCE_FAILED);
        assert_says(&e, cuts[i].says);
        char back[8];
        assert_true(source_read(s, 2500000, back, sizeof back) == 0);
        source_close(s);
        free(path);
        buf_release(&log);
        buf_release(&all);
    }
}

int
main(void)
{
    folder_make();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_file_is_read_and_read_back),
        cmocka_unit_test(an_empty_and_a_tiny_file_are_whole),
        cmocka_unit_test(r2_what_is_no_log_file_is_refused),
        cmocka_unit_test(r2_a_file_that_may_not_be_read_says_so),
        cmocka_unit_test(r2_known_forms_that_are_no_log_are_named),
        cmocka_unit_test(r2_captures_that_end_in_their_head_are_refused),
        cmocka_unit_test(r2_what_only_begins_like_a_journal_is_refused),
        cmocka_unit_test(r2_a_binary_file_is_read_and_kills_nothing),
        cmocka_unit_test(r2_a_fifo_is_waited_for_and_kept),
        cmocka_unit_test(standard_input_may_be_a_pipe_a_file_or_closed),
        cmocka_unit_test(r2_growth_is_followed),
        cmocka_unit_test(r2_each_end_of_a_live_file_has_its_notice),
        cmocka_unit_test(r2_a_file_cut_under_the_reader_does_not_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
