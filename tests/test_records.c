// The state of a gateway beyond what is kept: what was left out may be what decides, so nothing is concluded
// from it.
#include "diag_case.h"
#include "knowledge/load.h"

static const char *const log_text =
    "Nov 07 2024 04:45:35: %ASA-5-713119: Group = 203.0.113.9, IP = 203.0.113.9, PHASE 1 COMPLETED\n"
    "Nov 07 2024 04:45:35: %ASA-5-713049: Group = 203.0.113.9, IP = 203.0.113.9, Security negotiation "
    "complete "
    "for LAN-to-LAN Group (203.0.113.9)  Initiator, Inbound SPI = 0x1c2d3e4f, Outbound SPI = 0x5a6b7c8d\n"
    "Nov 07 2024 04:45:35: %ASA-5-713120: Group = 203.0.113.9, IP = 203.0.113.9, PHASE 2 COMPLETED "
    "(msgid=2c44baec)\n";

static enum state
updown_with(void **state, size_t routes)
{
    struct diag_case c;
    struct buf text = {0};
    case_open(&c, state);
    case_log(&c, log_text);
    buf_add(&text, STR("local ident (addr/mask/prot/port): (10.1.0.0/255.255.0.0/0/0)\n"
                       "remote ident (addr/mask/prot/port): (10.2.0.0/255.255.0.0/0/0)\n"
                       "current_peer: 203.0.113.9\n"
                       "#pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0\n"
                       "#pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0\n"
                       "Gateway of last resort is not set\n"));
    for (size_t i = 0; i < routes; i++)
        buf_addf(&text, "S        172.16.%zu.%zu/32 [1/0] via 10.1.0.254\n", i / 256 % 256, i % 256);
    buf_add(&c.log[c.sources], buf_str(&text));
    int source = diag_source(c.diag, STR("fw: show route"), STR("status"));
    assert_int_equal(source, c.sources++);
    diag_feed(c.diag, source, text.at, text.len);
    diag_tell_no_traffic(c.diag);
    case_end(&c);
    enum state updown = case_rung(case_tunnel(&c, "203.0.113.9"), CP_UPDOWN)->state;
    assert_int_equal(c.view->left_out > 0, routes > 50000);
    buf_release(&text);
    case_close(&c);
    return updown;
}

static void
a_state_that_was_cut_is_not_judged_by(void **state)
{
    assert_int_equal(updown_with(state, 10), ST_FAILED);
    assert_int_equal(updown_with(state, 50001), ST_SUSPECTED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_state_that_was_cut_is_not_judged_by)};
    return cmocka_run_group_tests(tests, case_load_packs, case_free_packs);
}
