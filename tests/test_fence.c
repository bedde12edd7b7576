// remote/fence: whatever a command writes, and however it comes in pieces, its bytes and its status come out.
#include "diag/arena.h"
#include "remote/fence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROOM = 1 << 20 };

// The bytes of the command out of a stream that comes in pieces of this size; gives, buf_release it.
static struct buf
within(struct str stream, const char *mark, size_t piece, struct fence *f)
{
    struct buf out = {0};
    *f = (struct fence){.block = mem_new(ROOM), .status = -1};
    for (; stream.len; stream = str_from(stream, piece)) {
        size_t part = stream.len < piece ? stream.len : piece;
        memcpy(f->block + f->have, stream.at, part);
        fence_drop(f, fence_look(f, mark, part));
        size_t ready = fence_ready(f);
        buf_add(&out, (struct str){f->block, ready});
        fence_drop(f, ready);
    }
    free(f->block);
    return out;
}

// What a real shell writes on standard output, or on the other stream, for this command.
static struct buf
run(const char *mark, const char *command, bool other)
{
    struct buf script = {0}, out = {0}, whole = {0};
    char block[4096];
    fence_command(mark, command, &script);
    buf_addf(&whole, "exec %s; /bin/sh <<'END'\n%s\nEND\n", other ? "2>&1 >/dev/null" : "2>/dev/null",
             buf_cstr(&script));
    FILE *f = popen(buf_cstr(&whole), "r");
    assert_non_null(f);
    for (size_t got; (got = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(&out, (struct str){block, got});
    pclose(f);
    buf_release(&script);
    buf_release(&whole);
    return out;
}

static void
r5_7_any_pieces(void **state)
{
    (void)state;
    static const struct {
        const char *command, *out, *err;
        int status;
    } cases[] = {
        {"echo hello", "hello\n", "", 0},
        {"printf hello", "hello", "", 0},
        {"printf '\\n\\n'; exit_not 2>/dev/null; (exit 3)", "\n\n", "", 3},
        {"true", "", "", 0},
        {"echo no >&2; false", "", "no\n", 1},
        {"cat; printf 'a\\000b'; echo x | grep y", "a\0b", "", 1},
        {"sh -c 'kill -9 $$'", "", "Killed\n", 137},
    };
    char mark[FENCE_MARK], another[FENCE_MARK];
    assert_true(fence_mark(mark) && fence_mark(another));
    assert_string_not_equal(mark, another);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int other = 0; other < 2; other++) {
            struct buf said = {0}, came = run(mark, cases[i].command, other);
            buf_addf(&said, "motd\n%s\n+ printf %s\n", another, mark); // the account's own shell
            buf_add(&said, buf_str(&came));
            for (size_t piece = 1; piece < 200; piece += piece < 60 ? 1 : 17) {
                struct fence f;
                struct buf got = within(buf_str(&said), mark, piece, &f);
                struct str want = str_of(other ? cases[i].err : cases[i].out);
                if (want.len == 1 && *want.at == 'a')
                    want.len = 3;
                assert_int_equal(f.at, FENCE_BEHIND);
                assert_int_equal(f.status, cases[i].status);
                assert_int_equal(got.len, want.len);
                assert_memory_equal(got.at ? got.at : "", want.at, want.len);
                buf_release(&got);
            }
            buf_release(&said);
            buf_release(&came);
        }
    }
}

// What only looks like a fence is the command's.
static void
r5_7_what_nearly_is_a_fence(void **state)
{
    (void)state;
    char mark[FENCE_MARK];
    assert_true(fence_mark(mark));
    struct buf stream = {0};
    buf_addf(&stream, "\n%s\n", mark);
    size_t before = stream.len;
    buf_addf(&stream, "x%s 0\n\n%.20s 0\n\n%s", mark, mark, mark);
    size_t length = stream.len - before;
    buf_addf(&stream, "\n%s 7\nleft behind", mark);
    for (size_t piece = 1; piece <= stream.len; piece++) {
        struct fence f;
        struct buf got = within(buf_str(&stream), mark, piece, &f);
        assert_int_equal(f.at, FENCE_BEHIND);
        assert_int_equal(f.status, 7);
        assert_int_equal(got.len, length);
        assert_memory_equal(got.at, stream.at + before, length);
        buf_release(&got);
    }
    buf_release(&stream);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(r5_7_any_pieces),
                                       cmocka_unit_test(r5_7_what_nearly_is_a_fence)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
