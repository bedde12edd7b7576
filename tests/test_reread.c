// Blocks kept for quoting give what the source itself would give, at every edge, while it grows too.
#include "tui/reread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct text {
    char *at;
    size_t len;
    size_t asked;
};

static size_t
give(void *self, int source, uint64_t offset, char *into, size_t want)
{
    struct text *t = self;
    t->asked++;
    if (offset >= t->len)
        return 0;
    size_t left = t->len - (size_t)offset, part = want < left ? want : left;
    memcpy(into, t->at + offset, part);
    for (size_t i = 0; i < part; i++)
        into[i] = (char)(into[i] + source);
    return part;
}

static void
every_piece_is_the_sources(void **state)
{
    (void)state;
    enum { LEN = 3 * 1024 * 1024 + 777 };
    struct text t = {.at = malloc(LEN), .len = LEN};
    char have[40000], want[40000];
    unsigned chance = 1;
    for (size_t i = 0; i < LEN; i++)
        t.at[i] = (char)((chance = chance * 1103515245u + 12345u) >> 24);
    struct reread *r = reread_new(give, &t);
    for (int i = 0; i < 3000; i++) {
        chance = chance * 1103515245u + 12345u;
        uint64_t offset = chance % (LEN + 5000);
        chance = chance * 1103515245u + 12345u;
        size_t length = i % 3 ? (chance >> 8) % 300 : (chance >> 8) % sizeof have;
        int source = i % 4;
        size_t got = reread_get(r, source, offset, have, length);
        assert_int_equal(got, give(&t, source, offset, want, length));
        assert_memory_equal(have, want, got);
    }
    // What lies together is read once.
    t.asked = 0;
    for (int i = 0; i < 100; i++)
        assert_int_equal(reread_get(r, 0, 1000 + (uint64_t)i * 8, have, 200), 200);
    assert_true(t.asked <= 1);
    reread_free(r);
    free(t.at);
}

static void
a_source_may_grow(void **state)
{
    (void)state;
    static char bytes[40000];
    char have[100];
    memset(bytes, 'x', sizeof bytes);
    struct text t = {.at = bytes, .len = 17000};
    struct reread *r = reread_new(give, &t);
    assert_int_equal(reread_get(r, 0, 16990, have, 100), 10);
    t.len = sizeof bytes;
    assert_int_equal(reread_get(r, 0, 16990, have, 100), 100);
    assert_int_equal(reread_get(r, 0, sizeof bytes - 1, have, 100), 1);
    assert_int_equal(reread_get(r, 0, sizeof bytes, have, 100), 0);
    reread_free(r);
    reread_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_is_the_sources),
        cmocka_unit_test(a_source_may_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
