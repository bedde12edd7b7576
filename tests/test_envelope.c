// diag/envelope: what stands in front of the text of a line, in every form that a log was seen with.
#include "diag/envelope.h"
#include "envelope_samples.h"

#include <stdlib.h>

static void
envelopes_are_cut_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const struct sample *s = &samples[i];
        struct line line;
        char time[32];
        envelope_parse(str_of(s->raw), &line);
        line_time_text(line.time, line.year_known, time);
        assert_str(str_of(time), s->time, s->raw);
        assert_str(line.host, s->host, s->raw);
        assert_str(line.tag, s->tag, s->raw);
        assert_str(line.body, s->body, s->raw);
        if (line.pid != s->pid)
            fail_msg("in '%s': pid %u", s->raw, line.pid);
    }
}

// Each sample cut after each byte and with each byte made another one, in memory of its exact size: nothing
// is read behind the end, and the body lies within the line.
static void
r2_broken_envelopes_break_nothing(void **state)
{
    (void)state;
    static const char others[] = "\0 0:9]\xC2-T";
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        size_t length = strlen(samples[i].raw);
        for (size_t at = 0; at < length; at++)
            for (size_t k = 0; k < sizeof others; k++) {
                size_t count = k ? length : at; // first the cut
                char *copy = malloc(count ? count : 1);
                assert_non_null(copy);
                memcpy(copy, samples[i].raw, count);
                if (k)
                    copy[at] = others[k - 1];
                struct line line;
                envelope_parse((struct str){copy, count}, &line);
                assert_true(line.body.at + line.body.len <= copy + count);
                assert_true(line.body.at >= copy && line.host.len + line.tag.len <= count);
                free(copy);
            }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(envelopes_are_cut_off),
        cmocka_unit_test(r2_broken_envelopes_break_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
