// R6: a report appears whole or not at all, whatever happens while it is written.
#include "tui/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "remote/whole.h"

// A file system that knows no files without a name, for the way round it.
static bool no_nameless;

int
open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    if (no_nameless && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return openat(AT_FDCWD, path, flags, mode);
}

// A disk that tells only at the very end that it could not keep what it was given.
static bool no_sync;

int
fsync(int fd)
{
    if (no_sync) {
        errno = EIO;
        return -1;
    }
    return fdatasync(fd);
}

static char folder[] = "/tmp/test_output.XXXXXX";

static const char *
in_folder(const char *name)
{
    static char path[2][64];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static void
put_file(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    chmod(path, mode);
}

static void
assert_file(const char *path, const char *text)
{
    char have[256] = "";
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    have[fread(have, 1, sizeof have - 1, f)] = '\0';
    fclose(f);
    assert_string_equal(have, text);
}

static int
files_in_folder(void)
{
    int count = 0;
    DIR *d = opendir(folder);
    while (readdir(d))
        count++;
    closedir(d);
    return count - 2;
}

static int
set_up(void **state)
{
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    no_nameless = *state != NULL;
    return mkdtemp(folder) ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    DIR *d = opendir(folder);
    for (struct dirent *entry; (entry = readdir(d));)
        if (entry->d_name[0] != '.' || strlen(entry->d_name) > 2)
            unlinkat(dirfd(d), entry->d_name, 0);
    closedir(d);
    no_nameless = false;
    return rmdir(folder);
}

static void
r6_new_file_appears_when_closed(void **state)
{
    (void)state;
    struct err e = {0};
    struct stat st;
    const char *path = in_folder("report");
    struct output *o = output_open(path, &e);
    assert_non_null(o);
    assert_true(output_write(o, STR("one "), &e));
    assert_int_equal(access(path, F_OK), -1);
    assert_true(output_write(o, STR("two"), &e));
    assert_true(output_close(o, &e));
    assert_file(path, "one two");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(files_in_folder(), 1);
}

static void
r6_old_file_is_whole_until_then(void **state)
{
    (void)state;
    struct err e = {0};
    struct stat st;
    const char *path = in_folder("report");
    put_file(path, "old", 0644);
    struct output *o = output_open(path, &e);
    assert_true(output_write(o, STR("new and longer"), &e));
    assert_file(path, "old");
    output_drop(o);
    assert_file(path, "old");
    assert_int_equal(files_in_folder(), 1);

    o = output_open(path, &e);
    assert_true(output_write(o, STR("new"), &e));
    assert_true(output_close(o, &e));
    assert_file(path, "new");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    assert_int_equal(files_in_folder(), 1);
}

static void
r6_no_room_leaves_the_old_file(void **state)
{
    (void)state;
    struct err e = {0};
    const char *path = in_folder("report");
    put_file(path, "old", 0600);
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 4096;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    struct output *o = output_open(path, &e);
    static char block[8192];
    assert_non_null(o);
    assert_false(output_write(o, (struct str){block, sizeof block}, &e));
    assert_non_null(strstr(e.text, "report: cannot write the report: File too large"));
    e = (struct err){0};
    assert_false(output_write(o, STR("more"), &e)); // and it stays failed
    assert_int_equal(e.kind, ERR_IO);
    assert_false(output_close(o, &e));
    setrlimit(RLIMIT_FSIZE, &before);
    assert_file(path, "old");
    assert_int_equal(files_in_folder(), 1);
}

static void
r6_a_disk_that_keeps_nothing_leaves_the_old_file(void **state)
{
    (void)state;
    struct err e = {0};
    const char *path = in_folder("report");
    put_file(path, "old", 0600);
    struct output *o = output_open(path, &e);
    assert_true(output_write(o, STR("new"), &e));
    no_sync = true;
    bool kept = output_close(o, &e);
    no_sync = false;
    assert_false(kept);
    assert_non_null(strstr(e.text, "report: cannot write the report: Input/output error"));
    assert_file(path, "old");
    assert_int_equal(files_in_folder(), 1);
}

// The same of the small files that are read and written whole.
static void
r6_a_small_file_is_the_old_one_or_the_new_one(void **state)
{
    (void)state;
    struct err e = {0};
    const char *path = in_folder("gateways");
    put_file(path, "old", 0600);
    no_sync = true;
    bool kept = whole_write(path, STR("new"), &e);
    no_sync = false;
    assert_false(kept);
    assert_non_null(strstr(e.text, "gateways: cannot write: Input/output error"));
    assert_file(path, "old");
    assert_int_equal(files_in_folder(), 1);
    assert_true(whole_write(path, STR("new"), &e));
    assert_file(path, "new");
    assert_int_equal(files_in_folder(), 1);

    struct buf text = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(whole_read(fd, path, 3, &text, &e));
    assert_true(str_eq(buf_str(&text), STR("new")));
    buf_clear(&text);
    lseek(fd, 0, SEEK_SET);
    assert_false(whole_read(fd, path, 2, &text, &e));
    assert_non_null(strstr(e.text, "gateways: cannot read: it is larger than 2 bytes"));
    close(fd);
    buf_release(&text);
}

// What somebody else put where the file grows under a name is neither written to nor taken away.
static void
r6_a_name_that_is_taken_is_left_alone(void **state)
{
    (void)state;
    struct err e = {0};
    char taken[3][32];
    put_file(in_folder("target"), "other", 0600);
    for (int i = 0; i < 3; i++)
        snprintf(taken[i], sizeof taken[i], ".report.%ld-%d", (long)getpid(), i);
    put_file(in_folder(taken[0]), "mine", 0600);
    assert_int_equal(symlink("target", in_folder(taken[1])), 0);
    assert_int_equal(symlink("nowhere", in_folder(taken[2])), 0);
    struct output *o = output_open(in_folder("report"), &e);
    assert_non_null(o);
    assert_true(output_write(o, STR("new"), &e));
    assert_true(output_close(o, &e));
    assert_file(in_folder("report"), "new");
    assert_file(in_folder(taken[0]), "mine");
    assert_file(in_folder("target"), "other");
    assert_int_equal(access(in_folder("nowhere"), F_OK), -1);
    assert_int_equal(files_in_folder(), 5);
}

static void
r6_only_regular_files(void **state)
{
    (void)state;
    static const struct {
        const char *path, *why;
    } refused[] = {
        {"/tmp", "it is a folder"},
        {"/dev/full", "it is not a regular file"},
        {"/dev/stdout", "it is not a regular file"},
        {"/no/such/folder/report", "No such file or directory"},
        {"/proc/report", "cannot create the file"},
        {"", "cannot"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct err e = {0};
        struct output *o = output_open(refused[i].path, &e);
        if (!o) {
            assert_non_null(strstr(e.text, refused[i].why));
            continue;
        }
        // Without a name the folder alone was looked at so far.
        assert_false(output_close(o, &e));
    }
    for (size_t i = 0; i < 2; i++) { // nobody is asked whether they may be replaced
        struct err e = {0};
        assert_null(output_new(refused[i].path, &e));
        assert_non_null(strstr(e.text, refused[i].why));
    }
    const char *link = in_folder("link");
    put_file(in_folder("target"), "old", 0600);
    assert_int_equal(symlink("target", link), 0);
    struct err e = {0};
    assert_null(output_open(link, &e));
    assert_file(in_folder("target"), "old");
    assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
    assert_null(output_open(in_folder("fifo"), &e));
}

static void
r6_killed_while_writing_leaves_nothing(void **state)
{
    (void)state;
    int ready[2], probe = openat(AT_FDCWD, folder, O_TMPFILE | O_WRONLY, 0600);
    if (probe < 0)
        skip(); // this file system knows no files without a name
    close(probe);
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct err e = {0};
        struct output *o = output_open(in_folder("report"), &e);
        output_write(o, STR("half"), &e);
        if (write(ready[1], "x", 1) == 1)
            pause();
        _exit(0);
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    assert_int_equal(files_in_folder(), 0);
}

// What a child with this standard output says: 0 all written, 1 refused at opening, 2 at writing, 3 at
// closing.
static int
child_writes(int fd, size_t bytes)
{
    pid_t child = fork();
    if (child == 0) {
        struct err e = {0};
        signal(SIGPIPE, SIG_IGN);
        if (fd < 0)
            close(STDOUT_FILENO);
        else
            dup2(fd, STDOUT_FILENO);
        struct output *o = output_open(NULL, &e);
        if (!o)
            _exit(1);
        char *block = calloc(1, bytes);
        if (!output_write(o, (struct str){block, bytes}, &e)) {
            output_drop(o);
            _exit(strstr(e.text, "standard output: cannot write the report: ") ? 2 : 9);
        }
        _exit(output_close(o, &e) ? 0 : 3);
    }
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static void
r7_standard_output_that_takes_nothing(void **state)
{
    (void)state;
    int full = openat(AT_FDCWD, "/dev/full", O_WRONLY), null = openat(AT_FDCWD, "/dev/null", O_WRONLY),
        ends[2];
    assert_int_equal(child_writes(-1, 10), 1);
    assert_int_equal(child_writes(full, 10), 2);
    assert_int_equal(child_writes(null, 1000000), 0);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(child_writes(ends[1], 10), 2); // SIGPIPE would be 113
    close(ends[1]);
    close(full);
    close(null);
}

// A reader that is slow, on a descriptor that does not block.
static void
r7_slow_reader_gets_everything(void **state)
{
    (void)state;
    enum { SIZE = 300000 };
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    pid_t reader = fork();
    if (reader == 0) {
        static char block[1000];
        size_t sum = 0;
        close(ends[1]);
        for (ssize_t count; (count = read(ends[0], block, sizeof block)) > 0; sum += (size_t)count)
            usleep(100);
        _exit(sum == SIZE ? 0 : 1);
    }
    assert_int_equal(child_writes(ends[1], SIZE), 0);
    close(ends[1]);
    close(ends[0]);
    int status;
    waitpid(reader, &status, 0);
    assert_int_equal(status, 0);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define NAMED(f)                                                                                             \
    {                                                                                                        \
#f "_without_nameless_files", f, set_up, tear_down, &no_nameless                                     \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(r6_new_file_appears_when_closed),
        IN_FOLDER(r6_old_file_is_whole_until_then),
        IN_FOLDER(r6_no_room_leaves_the_old_file),
        IN_FOLDER(r6_a_disk_that_keeps_nothing_leaves_the_old_file),
        IN_FOLDER(r6_a_small_file_is_the_old_one_or_the_new_one),
        IN_FOLDER(r6_only_regular_files),
        IN_FOLDER(r6_killed_while_writing_leaves_nothing),
        NAMED(r6_new_file_appears_when_closed),
        NAMED(r6_old_file_is_whole_until_then),
        NAMED(r6_no_room_leaves_the_old_file),
        NAMED(r6_a_disk_that_keeps_nothing_leaves_the_old_file),
        NAMED(r6_a_name_that_is_taken_is_left_alone),
        cmocka_unit_test(r7_standard_output_that_takes_nothing),
        cmocka_unit_test(r7_slow_reader_gets_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
