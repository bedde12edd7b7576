// The forms of envelopes that logs were seen with. The tests of envelopes and of lines include it.
#ifndef IKEWALK_TESTS_ENVELOPE_SAMPLES_H
#define IKEWALK_TESTS_ENVELOPE_SAMPLES_H

#include "diag/line.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct sample {
    const char *raw, *time, *host, *tag;
    uint32_t pid;
    const char *body;
};

// One row for each form of envelope that a log was seen with, and for each that must stay whole.
static const struct sample samples[] = {
    // a daemon's own file
    {"Nov 22 05:26:31.567248: \"a\" #1: text", "--11-22T05:26:31", "", "", 0, "\"a\" #1: text"},
    {"Nov 22 05:26:31.567248:   indented", "--11-22T05:26:31", "", "", 0, "  indented"},
    {"Nov 22 05:26:37 05[NET] <office|1> text", "--11-22T05:26:37", "", "", 0, "05[NET] <office|1> text"},
    {"2024-11-22 05:26:37: INFO: x", "2024-11-22T05:26:37", "", "", 0, "INFO: x"},
    {"2024:11:22-05:26:37 asg pluto[4711]: \"a\" #1: text", "2024-11-22T05:26:37", "asg", "pluto", 4711,
     "\"a\" #1: text"},
    {"2024:11:22 05:26:37 x", "", "", "", 0, "2024:11:22 05:26:37 x"},
    // a search through several files
    {"/var/log/secure:Nov  7 04:45:35 host pluto[1]: text", "--11-07T04:45:35", "host", "pluto", 1, "text"},
    {"auth.log.1:12:Nov  7 04:45:35 host pluto[1]: text", "--11-07T04:45:35", "host", "pluto", 1, "text"},
    {"pluto.log:Nov 22 05:26:31.567248: \"a\" #1: text", "--11-22T05:26:31", "", "", 0, "\"a\" #1: text"},
    {"gw.example:500: text", "", "", "", 0, "gw.example:500: text"},
    // syslog
    {"Nov  7 04:45:35 host pluto[1]: text", "--11-07T04:45:35", "host", "pluto", 1, "text"},
    {"Nov 7 04:45:35 host pluto[1]: text", "--11-07T04:45:35", "host", "pluto", 1, "text"},
    {"<29>Nov  7 04:45:35 host pluto[1]: text", "--11-07T04:45:35", "host", "pluto", 1, "text"},
    {"gw pluto[1]: text", "", "gw", "pluto", 1, "text"},
    {"00:35:58\tpluto[22991]\ttext", "", "", "pluto", 22991, "text"},
    {"gw pluto: text", "", "", "", 0, "gw pluto: text"},
    {"<29>pluto[1]: text", "", "", "pluto", 1, "text"},
    {"Nov  7 04:45:35.123 host pluto[1]: text", "--11-07T04:45:35", "host", "pluto", 1, "text"},
    {"Nov 7 04:45:35 UTM authpriv.warn pluto[2219]: \"test\" #13: x", "--11-07T04:45:35", "UTM", "pluto",
     2219, "\"test\" #13: x"},
    {"Nov 7 04:45:35 authpriv.warn pluto[2219]: x", "--11-07T04:45:35", "", "pluto", 2219, "x"},
    {"Thu Nov  7 04:45:35 2024 authpriv.warn pluto[2219]: x", "2024-11-07T04:45:35", "", "pluto", 2219, "x"},
    {"Oct  6 11:30:02 pluto[6371]: packet from 10.0.0.1:500: x", "--10-06T11:30:02", "", "pluto", 6371,
     "packet from 10.0.0.1:500: x"},
    {"Jul  4 08:18:18   pluto[2814]: \" /1x1\" #9: x", "--07-04T08:18:18", "", "pluto", 2814,
     "\" /1x1\" #9: x"},
    {"Feb 20 10:33:41  racoon: ERROR: failed", "--02-20T10:33:41", "", "racoon", 0, "ERROR: failed"},
    {"Nov 22 05:26:37 fe80::1 charon: 05[NET] x", "--11-22T05:26:37", "fe80::1", "charon", 0, "05[NET] x"},
    {"Nov 22 05:26:37 host charon[123]: 05[NET] x", "--11-22T05:26:37", "host", "charon", 123, "05[NET] x"},
    {"Nov 22 05:26:37 host postfix/smtpd[12]: x", "--11-22T05:26:37", "host", "postfix/smtpd", 12, "x"},
    {"Nov 22 05:26:37 host pluto[3]:", "--11-22T05:26:37", "host", "pluto", 3, ""},
    {"Nov 22 05:26:37 host pluto[3]: ", "--11-22T05:26:37", "host", "pluto", 3, ""},
    {"Nov 22 05:26:37 host pluto[99999999999]: x", "--11-22T05:26:37", "", "", 0,
     "host pluto[99999999999]: x"},
    {"Nov 22 05:26:37", "--11-22T05:26:37", "", "", 0, ""},
    {"<29>1 2024-11-07T04:45:35.123Z host pluto 2219 - - text", "2024-11-07T04:45:35", "host", "pluto", 2219,
     "text"},
    {"<29>1 2024-11-07T04:45:35Z host pluto 2219 - [a@1 b=\"]\\\"x\" c=\"2\"][d] text", "2024-11-07T04:45:35",
     "host", "pluto", 2219, "text"},
    {"<29>1 - - pluto - - - \xEF\xBB\xBFtext", "", "", "pluto", 0, "text"},
    {"Wed Jul  6 17:36:02 2022 daemon.info : 07[CFG] x", "2022-07-06T17:36:02", "", "", 0, "07[CFG] x"},
    {"Jul  6 17:36:02 gw daemon.info : 07[CFG] x", "--07-06T17:36:02", "gw", "", 0, "07[CFG] x"},
    {"Feb 26 06:26:52 <10.4> gw pluto[2531]: x", "--02-26T06:26:52", "gw", "pluto", 2531, "x"},
    // journalctl: short-iso, short-iso-precise, short-full, short-unix, short-monotonic
    {"2024-11-22T05:26:31+0100 host pluto[1]: x", "2024-11-22T04:26:31", "host", "pluto", 1, "x"},
    {"2024-11-22T05:26:31.567248+01:00 host pluto[1]: x", "2024-11-22T04:26:31", "host", "pluto", 1, "x"},
    {"Mon 2024-11-25 10:00:00 CET host pluto[1]: x", "2024-11-25T10:00:00", "host", "pluto", 1, "x"},
    {"Mon 2024-11-25 10:00:00.123456 -03 host pluto[1]: x", "2024-11-25T13:00:00", "host", "pluto", 1, "x"},
    {"1732249591.567248 host pluto[1]: x", "2024-11-22T04:26:31", "host", "pluto", 1, "x"},
    {"[  123.456789] host pluto[1]: x", "", "host", "pluto", 1, "x"},
    {"-- Boot 0123456789abcdef --", "", "", "", 0, "-- Boot 0123456789abcdef --"},
    // ISO alone
    {"2024-11-22 05:26:37.123 05[IKE] x", "2024-11-22T05:26:37", "", "", 0, "05[IKE] x"},
    {"2024-11-22T05:26:37.123456+00:00 some text", "2024-11-22T05:26:37", "", "", 0, "some text"},
    {"2024-11-22 05:26:37,123 some text", "2024-11-22T05:26:37", "", "", 0, "some text"},
    {"Wed, 2024-11-27, 05:26:37 05[IKE] x", "2024-11-27T05:26:37", "", "", 0, "05[IKE] x"},
    {"Wed, 2024-11-27 05:26:37.123 05[IKE] x", "2024-11-27T05:26:37", "", "", 0, "05[IKE] x"},
    {"Wed, 2024-11-27 05:26 05[IKE] x", "2024-11-27T05:26:00", "", "", 0, "05[IKE] x"},
    {"2024-11-27, 05:26:37 05[IKE] x", "2024-11-27T05:26:37", "", "", 0, "05[IKE] x"},
    {"UTC 2024-11-27 05:26:37 05[IKE] x", "2024-11-27T05:26:37", "", "", 0, "05[IKE] x"},
    {"UTC 2024 05[IKE] x", "", "", "", 0, "UTC 2024 05[IKE] x"},
    // Android: brief, and with the numbers of process and thread
    {"I/charon: 10[IKE] x", "", "", "charon", 0, "10[IKE] x"},
    {"D/charon  ( 1234): 10[IKE] x", "", "", "charon", 1234, "10[IKE] x"},
    {"05-01 10:11:12.123  1234  1250 I charon  : 10[IKE] x", "--05-01T10:11:12", "", "charon", 1234,
     "10[IKE] x"},
    {"X/charon: 10[IKE] x", "", "", "", 0, "X/charon: 10[IKE] x"},
    // pages that people write: bold, and code
    {"**Nov  7 04:45:35 gw pluto[1]: x**", "--11-07T04:45:35", "gw", "pluto", 1, "x"},
    {"**text of a line**", "", "", "", 0, "text of a line"},
    {"```text of a line ```", "", "", "", 0, "text of a line"},
    {"`Nov  7 04:45:35 gw pluto[1]: x`", "--11-07T04:45:35", "gw", "pluto", 1, "x"},
    {"```", "", "", "", 0, ""},
    // lists, and numbers in front of all lines
    {"- Nov  7 04:45:35 gw pluto[1]: x", "--11-07T04:45:35", "gw", "pluto", 1, "x"},
    {"  12. Nov  7 04:45:35 gw pluto[1]: x", "--11-07T04:45:35", "gw", "pluto", 1, "x"},
    {"3)   text of a line", "", "", "", 0, "text of a line"},
    {"    14\ttext of a line", "", "", "", 0, "text of a line"},
    {"> - text of a line", "", "", "", 0, "text of a line"},
    {"-- MARK --", "", "", "", 0, "-- MARK --"},
    {"12.5 text", "", "", "", 0, "12.5 text"},
    // journals in other languages
    {"Okt 07 04:45:35 gw charon[1]: x", "--10-07T04:45:35", "gw", "charon", 1, "x"},
    {" 7月 27 19:08:34 gw charon[1]: x", "--07-27T19:08:34", "gw", "charon", 1, "x"},
    {"12월 02 19:08:34 gw charon[1]: x", "--12-02T19:08:34", "gw", "charon", 1, "x"},
    {"Şub 02 19:08:34 gw charon[1]: x", "--02-02T19:08:34", "gw", "charon", 1, "x"},
    {"geg. 22 10:42:10 gw charon[1]: x", "--05-22T10:42:10", "gw", "charon", 1, "x"},
    {"Mär 29 10:31:37 gw charon[1]: x", "--03-29T10:31:37", "gw", "charon", 1, "x"},
    {"févr. 29 10:31:37 gw charon[1]: x", "--02-29T10:31:37", "gw", "charon", 1, "x"},
    {"тра 29 10:31:37 gw charon[1]: x", "--05-29T10:31:37", "gw", "charon", 1, "x"},
    {"13月 01 10:31:37 gw charon[1]: x", "", "", "", 0, "13月 01 10:31:37 gw charon[1]: x"},
    {"foo 29 10:31:37 gw charon[1]: x", "", "", "", 0, "foo 29 10:31:37 gw charon[1]: x"},
    // behind the envelope of a relay
    {"Nov  7 04:45:35 192.0.2.1 Nov 07 2024 04:45:34 asa1 : %ASA-5-1: x", "2024-11-07T04:45:34", "asa1", "",
     0, "%ASA-5-1: x"},
    {"Nov  7 04:45:35 192.0.2.1 Nov  7 04:45:34  gw pluto[7]: x", "--11-07T04:45:34", "gw", "pluto", 7, "x"},
    {"2024-11-07T04:45:35Z relay Nov  7 04:45:34 gw pluto[7]: x", "2024-11-07T04:45:35", "gw", "pluto", 7,
     "x"},
    {"Nov  7 04:45:35 gw 12: rt1: *Nov  7 04:45:34.5: text", "--11-07T04:45:34", "rt1", "", 0, "text"},
    {"<189>12: rt1: *Nov  7 04:45:34.5: text", "--11-07T04:45:34", "rt1", "", 0, "text"},
    {"<189>12: rt1: text", "", "", "", 0, "12: rt1: text"},
    {"<166>:Nov 07 04:45:34 UTC: %ASA-vpn-5-1: x", "--11-07T04:45:34", "", "", 0, "%ASA-vpn-5-1: x"},
    {"<30>ipsec,info text", "", "", "", 0, "ipsec,info text"},
    {"<166>1 2024-11-07T04:45:35Z gw %ASA-5-1 - - - x", "2024-11-07T04:45:35", "gw", "", 0, "x"},
    {"<13>1 2024-11-07T04:45:35Z gw fw 19 - [action:\"Drop\"; x:\"a b\"; ]", "2024-11-07T04:45:35", "gw",
     "fw", 19, "[action:\"Drop\"; x:\"a b\"; ]"},
    // containers, and tools that number lines
    {"9/10/2017 11:44:40 PM06[IKE] x", "2017-09-10T23:44:40", "", "", 0, "06[IKE] x"},
    {"3/2/17 10:08:54.494 PM racoon[427]: x", "2017-03-02T22:08:54", "", "racoon", 427, "x"},
    {"1\t11/15/2017 10:34:02.176\tInfo\tVPN x", "2017-11-15T10:34:02", "", "", 0, "Info\tVPN x"},
    {"15/11/2017 10:34:02.176 x", "2017-11-15T10:34:02", "", "", 0, "x"},
    {"15/11/2017 10:34:02 gw pluto[1]: x", "2017-11-15T10:34:02", "gw", "pluto", 1, "x"},
    {"11/15/2017, 10:34:02: x", "2017-11-15T10:34:02", "", "", 0, "x"},
    {"07/11/2017 10:34:02 gw pluto[1]: x", "", "gw", "pluto", 1, "x"}, // day or month first
    {"7/11/2017, 10:34:02: x", "", "", "", 0, "x"},
    {"15/15/2017 10:34:02 x", "", "", "", 0, "15/15/2017 10:34:02 x"},
    {"07/11/17 10:34:02 x", "", "", "", 0, "07/11/17 10:34:02 x"},
    {"11.03.25 10:19:05 VPN x", "2025-03-11T10:19:05", "", "", 0, "VPN x"},
    {"11.03.2025 10:19:05\tVPN x", "2025-03-11T10:19:05", "", "", 0, "VPN x"},
    {"10.11.12.13 10:19:05 x", "", "", "", 0, "10.11.12.13 10:19:05 x"},
    {"4/18/2017 12:42:46 AM 13[NET] x", "2017-04-18T00:42:46", "", "", 0, "13[NET] x"},
    {"4/18/2017 13:42:46 PM13[NET] x", "", "", "", 0, "4/18/2017 13:42:46 PM13[NET] x"},
    {"4/31/2017 1:42:46 PM13[NET] x", "", "", "", 0, "4/31/2017 1:42:46 PM13[NET] x"},
    {"2024-05-10T16:37:18.546651552Z stdout F 12[IKE] x", "2024-05-10T16:37:18", "", "", 0, "12[IKE] x"},
    {"2024-05-10T16:37:18.546651552Z stderr F pluto[1]: x", "2024-05-10T16:37:18", "", "pluto", 1, "x"},
    {"2024-05-10T16:37:18Z stdout F 2024-05-10 16:37:17: INFO: x", "2024-05-10T16:37:17", "", "", 0,
     "INFO: x"},
    {"2024-05-10T16:37:18Z stdout X 12[IKE] x", "2024-05-10T16:37:18", "", "", 0, "stdout X 12[IKE] x"},
    {"2024-05-10T16:37:18.546651552Z Nov  7 04:45:35.567248: x", "2024-05-10T16:37:18", "", "", 0, "x"},
    {"2024-05-10T16:37:18Z Nov  7 04:45:35 gw pluto[1]: x", "2024-05-10T16:37:18", "gw", "pluto", 1, "x"},
    {"2024-05-10T16:37:18Z 2024-05-10 16:37:17: INFO: x", "2024-05-10T16:37:17", "", "", 0, "INFO: x"},
    {"2024-05-10T16:37:18Z Nova pluto[1]: x", "2024-05-10T16:37:18", "Nova", "pluto", 1, "x"},
    {"vpn-1  | 12[IKE] x", "", "", "", 0, "12[IKE] x"},
    // the name of the host is taken out
    {"Nov 07 04:45:35 <HOST> pluto[1]: x", "--11-07T04:45:35", "<HOST>", "pluto", 1, "x"},
    {"Nov 07 04:45:35 ***** charon: 12[IKE] x", "--11-07T04:45:35", "*****", "charon", 0, "12[IKE] x"},
    {"Nov 07 04:45:35 (none) pluto[1]: x", "--11-07T04:45:35", "(none)", "pluto", 1, "x"},
    {"[pod/vpn-b7q4x/ipsec] Nov 07 04:45:35 gw pluto[1]: x", "--11-07T04:45:35", "gw", "pluto", 1, "x"},
    {"[pod/vpn-b7q4x/ipsec] 2024-11-07T04:45:35Z pluto[1]: x", "2024-11-07T04:45:35", "", "pluto", 1, "x"},
    {"vpn-b7q4x ipsec Nov 07 04:45:35 gw pluto[1]: x", "--11-07T04:45:35", "gw", "pluto", 1, "x"},
    {"\x1b[96mvpn-b7q4x\x1b[0m \x1b[36mipsec\x1b[0m 2024-11-07T04:45:35Z x", "2024-11-07T04:45:35", "", "", 0,
     "x"},
    {"3a1b2c4d5e6f Nov 07 04:45:35: x", "--11-07T04:45:35", "", "", 0, "x"},
    {"not before Nov 07 04:45:35 2024", "", "", "", 0, "not before Nov 07 04:45:35 2024"},
    {"2024-11-07T04:45:35Z ERROR: x", "2024-11-07T04:45:35", "", "", 0, "ERROR: x"},
    {"[pod/vpn-b7q4x] x", "", "", "", 0, "x"},
    {"[pod/vpn-b7q4x]x", "", "", "", 0, "[pod/vpn-b7q4x]x"},
    {"Nov 07 04:45:35 <con1|2> received packet: x", "--11-07T04:45:35", "", "", 0,
     "<con1|2> received packet: x"},
    {"Nov 07 04:45:35 <con1> received packet: x", "--11-07T04:45:35", "", "", 0, "<con1> received packet: x"},
    {"* Nov 07 04:45:35 gw pluto[1]: x", "--11-07T04:45:35", "gw", "pluto", 1, "x"},
    // colours of a terminal
    {"Nov 07 04:45:35 gw charon[1]: \x1b[0;1;31m12[IKE] x\x1b[0m", "--11-07T04:45:35", "gw", "charon", 1,
     "12[IKE] x"},
    {"\x1b[32mNov 07 04:45:35 gw charon[1]: 12[IKE] x\x1b[0m\x1b[K", "--11-07T04:45:35", "gw", "charon", 1,
     "12[IKE] x"},
    {"\x1b[36mvpn-1  | \x1b[0m12[IKE] x", "", "", "", 0, "12[IKE] x"},
    {"vpn-1  | Nov  7 04:45:35 gw charon[1]: x", "--11-07T04:45:35", "gw", "charon", 1, "x"},
    {"| debug of a daemon", "", "", "", 0, "| debug of a daemon"},
    {"13:Nov  7 04:45:35 gw charon[1]: x", "--11-07T04:45:35", "gw", "charon", 1, "x"},
    {" 13\tNov  7 04:45:35 gw charon[1]: x", "--11-07T04:45:35", "gw", "charon", 1, "x"},
    // web pages of firewalls
    {"Nov 22 10:11:12\tcharon\t12345\t07[IKE] x", "--11-22T10:11:12", "", "charon", 12345, "07[IKE] x"},
    {"2024-11-22T05:26:37\tInformational\tcharon\t07[IKE] x", "2024-11-22T05:26:37", "", "charon", 0,
     "07[IKE] x"},
    {"Nov 22 10:11:12\tcharon\t99999999999\t07[IKE] x", "--11-22T10:11:12", "", "99999999999", 0,
     "07[IKE] x"},
    // what a daemon prints with a stamp of its own, and its journal
    {"Apr 02 14:15:50 h charon-systemd[9]: Apr  2 14:15:50 14[IKE] x", "--04-02T14:15:50", "h",
     "charon-systemd", 9, "14[IKE] x"},
    // routers
    {"*Mar  1 00:01:02.123: ISAKMP:(0): x", "--03-01T00:01:02", "", "", 0, "ISAKMP:(0): x"},
    {"Mar  1 00:01:02.123 UTC: %CRYPTO-4: x", "--03-01T00:01:02", "", "", 0, "%CRYPTO-4: x"},
    {"000123: *Mar  1 00:01:02.123: x y", "--03-01T00:01:02", "", "", 0, "x y"},
    {"Mar  1 00:01:02 10.1.1.1 123: *Mar  1 00:01:01.500: x y", "--03-01T00:01:01", "10.1.1.1", "", 0, "x y"},
    {"Dec 04 2014 12:37:51: %ASA-5-713119: x", "2014-12-04T12:37:51", "", "", 0, "%ASA-5-713119: x"},
    {"Dec  4 2014 12:37:51+08:00 gw pluto[7]: x", "2014-12-04T04:37:51", "gw", "pluto", 7, "x"},
    {"Dec  4 2014 12:37:51.250-05:30 gw pluto[7]: x", "2014-12-04T18:07:51", "gw", "pluto", 7, "x"},
    // printed behind the prompt of a terminal
    {"R1#*Mar  1 00:01:02.123: ISAKMP:(0): x", "--03-01T00:01:02", "", "", 0, "ISAKMP:(0): x"},
    {"fw/pri/act(config)# Sep 15 03:14:00 [IKEv1]IP = x", "--09-15T03:14:00", "", "", 0, "[IKEv1]IP = x"},
    {"GW (root) # 2024-03-12 18:07:06.9 ike 0:hq:1: x", "2024-03-12T18:07:06", "", "", 0, "ike 0:hq:1: x"},
    {"# 2024-03-12 18:07:06 x", "", "", "", 0, "# 2024-03-12 18:07:06 x"},
    // routers that write how long they have been up, and viewers that write the time alone
    {"00:27:07: ISAKMP (0:2): x", "", "", "", 0, "ISAKMP (0:2): x"},
    {"000123: 00:27:07.123: ISAKMP (0:2): x", "", "", "", 0, "ISAKMP (0:2): x"},
    {"3d12h: ISAKMP: x", "", "", "", 0, "ISAKMP: x"},
    {"2w4d: %CRYPTO-4: x", "", "", "", 0, "%CRYPTO-4: x"},
    {"10:12:13 charon: 05[IKE] x", "", "", "charon", 0, "05[IKE] x"},
    {"10:12:13 a text without a tag", "", "", "", 0, "a text without a tag"},
    {"3d12 ISAKMP: x", "", "", "", 0, "3d12 ISAKMP: x"},
    // fields with tabs between them
    {"2023-03-01T10:12:13\tInformational\tcharon\t14[IKE] <a|5> x", "2023-03-01T10:12:13", "", "charon", 0,
     "14[IKE] <a|5> x"},
    {"2023-03-01T10:12:13\tnotice\tcharon[12]\tx", "2023-03-01T10:12:13", "", "charon", 12, "x"},
    {"2023-03-01 10:12:13\tLocal4.Debug\t192.0.2.1\tMar 01 2023 10:12:12: %ASA-5-1: x", "2023-03-01T10:12:12",
     "192.0.2.1", "", 0, "%ASA-5-1: x"},
    {"2023-03-01 10:12:13\tLocal4.Debug\t192.0.2.1\t%ASA-5-1: x", "2023-03-01T10:12:13", "192.0.2.1", "", 0,
     "%ASA-5-1: x"},
    // what a relay or a collector kept as it came
    {"Wed Mar 01 10:12:13 2023: <167>Mar 01 2023 10:12:12: %ASA-5-1: x", "2023-03-01T10:12:12", "", "", 0,
     "%ASA-5-1: x"},
    {"Mar  1 10:12:13 192.0.2.1 :Mar 01 10:12:12 UTC: %FTD-vpn-5-1: x", "--03-01T10:12:12", "192.0.2.1", "",
     0, "%FTD-vpn-5-1: x"},
    {"- <165>:2023-03-01T10:12:13Z: %FTD-vpn-5-1: x", "2023-03-01T10:12:13", "", "", 0, "%FTD-vpn-5-1: x"},
    // nothing behind the structured data
    {"<30>1 2023-03-01T10:12:13Z gw kmd 7 NAME [a@1 b=\"c\"]", "2023-03-01T10:12:13", "gw", "kmd", 7,
     "NAME [a@1 b=\"c\"]"},
    // or bars
    {"Nov 29 13:30:30 | charon: 07[IKE] x", "--11-29T13:30:30", "", "charon", 0, "07[IKE] x"},
    {"2020-11-02T00:25:07 | charon[38591] | 15[IKE] <a\\|3> x", "2020-11-02T00:25:07", "", "charon", 38591,
     "15[IKE] <a\\|3> x"},
    {"2020-11-02T00:25:07 | Notice | charon | 15[IKE] x", "2020-11-02T00:25:07", "", "charon", 0,
     "15[IKE] x"},
    {"Nov 29 13:30:30 | text of a daemon", "--11-29T13:30:30", "", "", 0, "| text of a daemon"},
    {"Nov 29 13:30:30: | debug: of a daemon", "--11-29T13:30:30", "", "", 0, "| debug: of a daemon"},
    // a tag without name and number
    {"2016-12-02T20:26:42+02:00 info []: 05[ENC] x", "2016-12-02T18:26:42", "", "", 0, "05[ENC] x"},
    // quoted in a mail
    {"> Nov  7 04:45:35 host pluto[1]: text", "--11-07T04:45:35", "host", "pluto", 1, "text"},
    {"> > \"a\" #1: text", "", "", "", 0, "\"a\" #1: text"},
    {">   text of a line", "", "", "", 0, "  text of a line"},
    // a stamp within
    {"Nov 22 05:26:37 host pluto[3]: Nov 22 05:26:36.123456: \"c\" #1: x", "--11-22T05:26:36", "host",
     "pluto", 3, "\"c\" #1: x"},
    // S0-21: no time, no process, no connection name
    {"pluto[32031]: \"test\" #31: sent", "", "", "pluto", 32031, "\"test\" #31: sent"},
    {"pluto: text", "", "", "pluto", 0, "text"},
    {"packet from 10.0.0.1:500: ignoring x", "", "", "", 0, "packet from 10.0.0.1:500: ignoring x"},
    {"#1: responding to Main Mode", "", "", "", 0, "#1: responding to Main Mode"},
    {"\"test\" #31: sent", "", "", "", 0, "\"test\" #31: sent"},
    {"002 \"conn\" #1: text", "", "", "", 0, "002 \"conn\" #1: text"},
    {"ISAKMP:(0:1:SW:1): x", "", "", "", 0, "ISAKMP:(0:1:SW:1): x"},
    {"ISAKMP: received ke message", "", "", "", 0, "ISAKMP: received ke message"},
    {"IKEv2:(SESSION ID = 31,SA ID = 1):x", "", "", "", 0, "IKEv2:(SESSION ID = 31,SA ID = 1):x"},
    {"ike 0:to-FG2: HA state", "", "", "", 0, "ike 0:to-FG2: HA state"},
    {"R1#", "", "", "", 0, "R1#"},
    {"<office|1> text: x", "", "", "", 0, "<office|1> text: x"},
    {"Das ist ein Satz: so.", "", "", "", 0, "Das ist ein Satz: so."},
    {"  VPN-IPSEC: \"peer-1\" #55: x", "", "", "", 0, "  VPN-IPSEC: \"peer-1\" #55: x"},
    {"17:12:32 ipsec,error x", "", "", "", 0, "ipsec,error x"},
    {"", "", "", "", 0, ""},
    // behind the kernel's clock, or a collector's labels
    {"[   12.345678] Nov 22 05:26:37 host pluto[3]: x", "--11-22T05:26:37", "host", "pluto", 3, "x"},
    {"[   12.345678] pluto[3]: x", "", "", "pluto", 3, "x"},
    {"[Fri Nov 22 05:26:37 2024] pluto[3]: x", "2024-11-22T05:26:37", "", "pluto", 3, "x"},
    {"[Fri Nov 22 05:26:37 2024 x", "", "", "", 0, "[Fri Nov 22 05:26:37 2024 x"},
    {"2024-11-07T04:45:35Z {host=\"gw\", job=\"vpn\"} Nov  7 04:45:35.123: \"a\" #1: x",
     "2024-11-07T04:45:35", "", "", 0, "\"a\" #1: x"},
    {"2024-11-07T04:45:35Z {job=\"vpn\"} 05[IKE] x", "2024-11-07T04:45:35", "", "", 0, "05[IKE] x"},
    {"2024-11-07T04:45:35Z {a} x", "2024-11-07T04:45:35", "", "", 0, "{a} x"},
    // what is no date is no stamp
    {"Feb 30 05:26:37 host x: y", "", "", "", 0, "Feb 30 05:26:37 host x: y"},
    {"Nov 22 25:26:37 host x: y", "", "", "", 0, "Nov 22 25:26:37 host x: y"},
    {"2023-02-29 05:26:37 x", "", "", "", 0, "2023-02-29 05:26:37 x"},
    {"Feb 29 05:26:37 host x: y", "--02-29T05:26:37", "host", "x", 0, "y"},
    {"Jun 30 23:59:60 host x: y", "--07-01T00:00:00", "host", "x", 0, "y"},
    // no-break spaces, as pages put them into logs
    {"Nov\xC2\xA0 7 04:45:35\xC2\xA0UTM pluto[2219]:\xC2\xA0x", "--11-07T04:45:35", "UTM", "pluto", 2219,
     "x"},
    // a collector that puts facility and level first, with its tabs turned to blanks
    {"2011-05-12 10:00:00 Local7.Error 192.0.2.1 %XY-3-713061: x", "2011-05-12T10:00:00", "192.0.2.1", "", 0,
     "%XY-3-713061: x"},
    // a daemon that traces itself
    {"[Aug 22 20:40:14]x_y: z", "--08-22T20:40:14", "", "", 0, "x_y: z"},
    {"[Aug 22 20:40:14][a <-> b] z", "--08-22T20:40:14", "", "", 0, "[a <-> b] z"},
    // a program that was started by its path
    {"/usr/sbin/vpnc: x y", "", "", "vpnc", 0, "x y"},
    {"/etc/motd:x y", "", "", "", 0, "/etc/motd:x y"},
};

static void
assert_str(struct str got, const char *want, const char *raw)
{
    if (!str_eq(got, str_of(want)))
        fail_msg("in '%s': '%.*s' instead of '%s'", raw, STR_ARG(got), want);
}

#endif
