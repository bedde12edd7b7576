// What copying made of a log's lines is put right: lines that a page ran together, events with a row for each
// field; plain lines stay as they are.
#include "remote/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
comes_out(const char *text, const char *lines)
{
    struct buf out = {0};
    bool made = rows_whole(str_of(text), &out);
    assert_int_equal(made, lines != NULL);
    if (lines)
        assert_true(str_eq(buf_str(&out), str_of(lines)));
    buf_release(&out);
}

static void
lines_that_were_run_together_are_parted(void **state)
{
    (void)state;
    comes_out(
        "Dec 26 06:12:16 gw charon: 13[NET] received packet: from 203.0.113.9[500] to 198.51.100.1[500] "
        "Dec 26 06:12:16 gw charon: 13[IKE] 203.0.113.9 is initiating an IKE_SA "
        "Dec  6 06:12:17 gw charon: 13[IKE] no proposal found "
        "Dec 26 06:12:17 gw charon: 13[ENC] generating IKE_SA_INIT response 0 [ N(NO_PROP) ]\n",
        "Dec 26 06:12:16 gw charon: 13[NET] received packet: from 203.0.113.9[500] to 198.51.100.1[500]\n"
        "Dec 26 06:12:16 gw charon: 13[IKE] 203.0.113.9 is initiating an IKE_SA\n"
        "Dec  6 06:12:17 gw charon: 13[IKE] no proposal found\n"
        "Dec 26 06:12:17 gw charon: 13[ENC] generating IKE_SA_INIT response 0 [ N(NO_PROP) ]\n");
    comes_out(
        "ISAKMP:(0):found peer pre-shared key matching 203.0.113.9 ISAKMP:(0): beginning Main Mode exchange "
        "ISAKMP:(0): processing SA payload. message ID = 0 ISAKMP (0:9): received packet from 203.0.113.9 "
        "ISAKMP:(9): processing NOTIFY PROPOSAL_NOT_CHOSEN protocol 3\n",
        "ISAKMP:(0):found peer pre-shared key matching 203.0.113.9\n"
        "ISAKMP:(0): beginning Main Mode exchange\n"
        "ISAKMP:(0): processing SA payload. message ID = 0\n"
        "ISAKMP (0:9): received packet from 203.0.113.9\n"
        "ISAKMP:(9): processing NOTIFY PROPOSAL_NOT_CHOSEN protocol 3\n");
}

static void
one_line_with_times_in_it_stays(void **state)
{
    (void)state;
    comes_out(
        "Dec 26 06:12:16 relay Dec 26 06:12:15 gw charon: 13[CFG] a certificate that is valid from "
        "Jan 01 00:00:00 2025 to Nov 20 05:29:13 2026 and has a subject that is long enough to look like "
        "several lines at once, which it is not\n"
        "Dec 26 06:12:17 relay x\n",
        NULL);
}

static void
an_event_with_a_row_for_each_field_is_one_line(void **state)
{
    (void)state;
    comes_out(
        "date=2024-12-20\ntime=14:56:10\nlogid=\"0101037124\"\ntype=\"event\"\nsubtype=\"vpn\"\n"
        "level=\"error\"\nlogdesc=\"IPsec phase 1 error\"\nremip=203.0.113.9\n"
        "date=2024-12-20\ntime=14:57:10\ntype=\"event\"\n\ntime=14:58:10\nremip=203.0.113.9\n",
        "date=2024-12-20 time=14:56:10 logid=\"0101037124\" type=\"event\" subtype=\"vpn\" level=\"error\" "
        "logdesc=\"IPsec phase 1 error\" remip=203.0.113.9\n"
        "date=2024-12-20 time=14:57:10 type=\"event\"\ntime=14:58:10 remip=203.0.113.9\n");
    // A file of settings has such rows as well.
    comes_out("left=203.0.113.9\nright=198.51.100.1\nike=aes256\nesp=aes256\nauto=start\ntype=tunnel\n"
              "leftid=gw\nrightid=branch\n",
              NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_that_were_run_together_are_parted),
        cmocka_unit_test(one_line_with_times_in_it_stays),
        cmocka_unit_test(an_event_with_a_row_for_each_field_is_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
