// remote/source: files, pipes, packed logs, and what happens to files while they are read. All on real files.
#include "diag/arena.h"
#include "remote/source_ops.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static char *
path_of(const char *name)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
    return path;
}

static void
write_file(const char *name, const char *bytes, size_t count, const char *mode)
{
    char *path = path_of(name);
    FILE *f = fopen(path, mode);
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, count, f), count);
    assert_int_equal(fclose(f), 0);
    free(path);
}

static struct buf
read_file(const char *name)
{
    char *path = path_of(name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    struct buf all = {0};
    char block[4096];
    for (size_t count; (count = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(&all, (struct str){block, count});
    fclose(f);
    free(path);
    return all;
}

__attribute__((format(printf, 1, 2))) static void
shell(const char *format, ...)
{
    struct buf command = {0};
    va_list args;
    char *text = NULL;
    va_start(args, format);
    assert_true(vasprintf(&text, format, args) > 0);
    va_end(args);
    buf_addf(&command, "cd %s && %s", folder, text);
    assert_int_equal(system(buf_cstr(&command)), 0);
    buf_release(&command);
    free(text);
}

// Numbered lines, so that no two places of the text are alike.
static struct buf
make_log(size_t lines)
{
    struct buf log = {0};
    uint32_t seed = 7;
    for (size_t i = 0; i < lines; i++) {
        seed = seed * 1664525u + 1013904223u;
        buf_addf(&log, "Nov 22 05:26:31 host daemon[1]: line %zu of the log %08x\n", i, (unsigned)seed);
    }
    return log;
}

// Steps to the end, or to the first wait when `wait` says so; all bytes are added to *all.
static enum source_step
drain(struct source *s, struct buf *all, struct err *e)
{
    for (int waits = 0;;) {
        struct str block;
        enum source_step step = source_step(s, &block, e);
        buf_add(all, block);
        if (step == SOURCE_WAIT && waits++ < 50) {
            struct pollfd ready = {.fd = source_fd(s), .events = POLLIN};
            poll(&ready, 1, 100);
        } else if (step != SOURCE_MORE) {
            return step;
        }
    }
}

// Every part of what was handed over can be read again.
static void
assert_reads_back(struct source *s, const struct buf *all)
{
    char part[300];
    for (size_t at = 0; at < all->len; at += 1 + all->len / 50) {
        size_t want = all->len - at < sizeof part ? all->len - at : sizeof part;
        assert_int_equal(source_read(s, at, part, sizeof part), want);
        assert_memory_equal(part, all->at + at, want);
    }
}

// Opens, reads all and reads back; what came out is left in *all.
static enum source_step
read_source(const char *name, struct buf *all, struct err *e)
{
    char *path = strcmp(name, "-") == 0 ? strdup(name) : path_of(name);
    struct source *s = source_open(path, NULL, e);
    if (!s)
        fail_msg("%s", e->text);
    enum source_step step = drain(s, all, e);
    assert_reads_back(s, all);
    source_close(s);
    free(path);
    return step;
}

static void
assert_says(const struct err *e, const char *part)
{
    if (!strstr(e->text, part))
        fail_msg("'%s' is not in: %s", part, e->text);
}

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
    assert_refused(path, "Permission denied. Its reader needs more rights");
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
    assert_says(&e, "cannot write to the temporary file: File too large");
    assert_true(all.len && memcmp(all.at, log.at, all.len) == 0);
    source_close(s);
    free(packed);
    free(path);
    buf_release(&all);
    buf_release(&log);
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

static int
setup(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/ikewalk-test-source-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

int
main(void)
{
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
        cmocka_unit_test(r2_packed_logs_are_told_by_content),
        cmocka_unit_test(r2_bytes_behind_a_packed_log_are_told),
        cmocka_unit_test(r2_the_readable_part_of_a_cut_log_is_used),
        cmocka_unit_test(r2_damage_is_told),
        cmocka_unit_test(r2_packed_twice_is_refused),
        cmocka_unit_test(r2_a_packed_log_may_come_through_a_pipe_in_crumbs),
        cmocka_unit_test(r2_other_encodings_with_a_mark_become_utf8),
        cmocka_unit_test(r2_limits_are_told_when_they_are_hit),
        cmocka_unit_test(r2_the_spool_has_no_name_and_a_full_disk_is_told),
        cmocka_unit_test(r2_growth_is_followed),
        cmocka_unit_test(r2_each_end_of_a_live_file_has_its_notice),
        cmocka_unit_test(r2_a_file_cut_under_the_reader_does_not_kill),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
