// A folder of its own for files that a test writes, and a source read from one of them to its end and back.
// The tests of what remote/source reads include it.
#ifndef IKEWALK_TESTS_SOURCE_CASE_H
#define IKEWALK_TESTS_SOURCE_CASE_H

#include "temp_folder.h"

#include "diag/arena.h"
#include "remote/source_ops.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

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

__attribute__((unused)) static struct buf
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
__attribute__((unused)) static struct buf
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

__attribute__((unused)) static void
assert_says(const struct err *e, const char *part)
{
    if (!strstr(e->text, part))
        fail_msg("'%s' is not in: %s", part, e->text);
}

#endif
