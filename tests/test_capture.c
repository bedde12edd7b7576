// Captures to facts of the path. Those below tests/captures were made by real daemons in network namespaces,
// on the router between them (pluto with a kernel that was told to say yes; one by charon with real traffic);
// the sequences of the vendor tunnel (S3-xx) are written here packet by packet.
#include "diag/diag.h"
#include "diag/path.h"
#include "knowledge/load.h"
#include "remote/capture.h"
#include "remote/packet.h"
#include "remote/source.h"
#include "remote/talk.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static int
load(void **state)
{
    struct err e = {0};
    *state = knowledge_load_builtin(NULL, 0, &e);
    return *state ? 0 : -1;
}

static int
unload(void **state)
{
    knowledge_free(*state);
    return 0;
}

static size_t
read_lines(void *self, int source, uint64_t offset, char *into, size_t want)
{
    (void)source;
    return source_read(self, offset, into, want);
}

struct shown {
    struct source *source;
    struct diag *diag;
    struct arena arena;
    struct path_view v;
};

static struct shown
show(void **state, const char *file, const char *family)
{
    struct shown s = {0};
    struct err e = {0};
    struct str block;
    const struct knowledge *k = *state;
    s.source = source_open(file, NULL, &e);
    if (!s.source)
        fail_msg("%s", e.text);
    assert_string_equal(source_kind(s.source), "capture");
    s.diag = diag_new(k, &(struct diag_host){.self = s.source, .read = read_lines});
    int number = diag_source(s.diag, str_of(file), STR("capture"));
    enum source_step step;
    while ((step = source_step(s.source, &block, &e)) == SOURCE_MORE)
        diag_feed(s.diag, number, block.at, block.len);
    assert_int_equal(step, SOURCE_DONE);
    diag_source_end(s.diag, number, true, STR_NONE);
    struct view *view = diag_view(s.diag);
    assert_int_equal(view->sources[0].not_understood + view->sources[0].other, 0);
    assert_int_equal(view->row_count, 0); // a capture opens no negotiation
    view_free(view);
    struct path p = {.map = &k->portmap, .family = path_family_named(&k->portmap, str_of(family))};
    diag_path(s.diag, NULL, &s.arena, &p);
    path_judge(&p, &s.arena, &s.v);
    return s;
}

static void
done(struct shown *s)
{
    arena_release(&s->arena);
    diag_free(s->diag);
    source_close(s->source);
}

static void
comes_to(void **state, const char *name, enum path_outcome outcome, const char *rule, const char *fact,
         const char *value)
{
    char file[300];
    snprintf(file, sizeof file, IKEWALK_SOURCE_DIR "/tests/captures/%s.pcap", name);
    struct shown s = show(state, file, "ike");
    struct str have = s.v.rule ? s.v.rule->id : STR("none");
    if (s.v.outcome != outcome || !str_eq(have, str_of(rule)))
        fail_msg("%s: %s by %.*s", name, path_outcome_word[s.v.outcome], STR_ARG(have));
    int at = path_fact_named(s.v.facts.map, str_of(fact));
    const struct path_value *v = &s.v.facts.at[at];
    if (!str_eq(v->text, str_of(value)))
        fail_msg("%s: %s is \"%.*s\"", name, fact, STR_ARG(v->text));
    // What was seen has its line.
    assert_int_equal(v->origin, FROM_CAPTURE);
    assert_non_null(v->proof);
    assert_true(v->proof->text.len > 0 && v->proof->line > 0);
    done(&s);
}

static void
what_daemons_sent(void **state)
{
    comes_to(state, "nat", PATH_WORKS, "works-natt", "nat", "initiator");
    comes_to(state, "nat-4500-dropped", PATH_NO_CONNECT, "udp4500-held", "open-udp4500", "silent");
    comes_to(state, "nat-4500-dropped", PATH_NO_CONNECT, "udp4500-held", "open-udp500", "yes");
    comes_to(state, "mapped-elsewhere", PATH_NO_CONNECT, "mapped-4500-elsewhere", "moved-port", "4501");
    comes_to(state, "mapped-elsewhere", PATH_NO_CONNECT, "mapped-4500-elsewhere", "nat", "responder");
    comes_to(state, "only-500-mapped", PATH_NO_CONNECT, "udp4500-held", "nat", "responder");
    comes_to(state, "udp500-dropped", PATH_NO_CONNECT, "udp500-silent", "open-udp500", "silent");
    comes_to(state, "tcp", PATH_WORKS, "tcp-works", "prefix-seen", "ike");
    comes_to(state, "tcp-blocked", PATH_NO_CONNECT, "tcp-silent", "open-tcp4500", "silent");
    comes_to(state, "tcp-refused", PATH_NO_CONNECT, "tcp-closed", "open-tcp4500", "no");
    comes_to(state, "traffic", PATH_WORKS, "works-natt", "flow", "both");
}

// A capture that is written here: raw IP (link type 101), times in seconds and microseconds.
struct written {
    struct buf bytes;
    double now;
};

static void
put_u32(struct buf *b, uint32_t n)
{
    buf_add(b, (struct str){(const char *)&n, 4});
}

static void
begin(struct written *w)
{
    const uint32_t head[] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 101};
    *w = (struct written){.now = 1.7e9};
    buf_add(&w->bytes, (struct str){(const char *)head, sizeof head});
}

static void
put_packet(struct written *w, int protocol, const char *from, const char *to, const void *inside, size_t size,
           unsigned piece)
{
    unsigned char ip[20] = {0x45};
    uint16_t total = htons((uint16_t)(20 + size)), pieces = htons((uint16_t)piece), id = htons(77);
    memcpy(ip + 2, &total, 2);
    memcpy(ip + 4, &id, 2);
    memcpy(ip + 6, &pieces, 2);
    ip[8] = 64;
    ip[9] = (unsigned char)protocol;
    assert_int_equal(inet_pton(AF_INET, from, ip + 12), 1);
    assert_int_equal(inet_pton(AF_INET, to, ip + 16), 1);
    put_u32(&w->bytes, (uint32_t)w->now);
    put_u32(&w->bytes, (uint32_t)((w->now - (double)(uint32_t)w->now) * 1e6));
    put_u32(&w->bytes, (uint32_t)(20 + size));
    put_u32(&w->bytes, (uint32_t)(20 + size));
    buf_add(&w->bytes, (struct str){(const char *)ip, 20});
    buf_add(&w->bytes, (struct str){inside, size});
    w->now += 0.01;
}

static void
put_tcp(struct written *w, const char *from, int from_port, const char *to, int to_port, int flags,
        size_t load)
{
    unsigned char tcp[1500] = {0};
    uint16_t a = htons((uint16_t)from_port), b = htons((uint16_t)to_port);
    memcpy(tcp, &a, 2);
    memcpy(tcp + 2, &b, 2);
    tcp[12] = 5 << 4;
    tcp[13] = (unsigned char)flags;
    memset(tcp + 20, 'x', load);
    put_packet(w, 6, from, to, tcp, 20 + load, 0);
}

static void
put_udp(struct written *w, const char *from, int from_port, const char *to, int to_port, size_t load)
{
    unsigned char udp[1500] = {0};
    uint16_t a = htons((uint16_t)from_port), b = htons((uint16_t)to_port), size = htons((uint16_t)(8 + load));
    memcpy(udp, &a, 2);
    memcpy(udp + 2, &b, 2);
    memcpy(udp + 4, &size, 2);
    memset(udp + 8, 'x', load);
    put_packet(w, 17, from, to, udp, 8 + load, 0);
}

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };
#define BRANCH "198.51.100.65"
#define HQ "192.168.2.200"

static void
handshake(struct written *w, int port)
{
    put_tcp(w, BRANCH, 41000, HQ, port, SYN, 0);
    put_tcp(w, HQ, port, BRANCH, 41000, SYN | ACK, 0);
    put_tcp(w, BRANCH, 41000, HQ, port, ACK, 0);
    for (int i = 0; i < 4; i++) {
        put_tcp(w, BRANCH, 41000, HQ, port, PSH | ACK, 90);
        put_tcp(w, HQ, port, BRANCH, 41000, PSH | ACK, 70);
    }
}

// Four-way close by headquarters; the second and third step are one packet.
static void
close_by_headquarters(struct written *w, int port)
{
    put_tcp(w, HQ, port, BRANCH, 41000, FIN | ACK, 0);
    put_tcp(w, BRANCH, 41000, HQ, port, FIN | ACK, 0);
    put_tcp(w, HQ, port, BRANCH, 41000, ACK, 0);
}

static void
finish(void **state, struct written *w, enum path_outcome outcome, const char *rule, const char *after)
{
    char file[] = "/tmp/ikewalk-capture-XXXXXX";
    int fd = mkstemp(file);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, w->bytes.at, w->bytes.len), (ssize_t)w->bytes.len);
    close(fd);
    struct shown s = show(state, file, "tcp-udp");
    struct str have = s.v.rule ? s.v.rule->id : STR("none");
    if (s.v.outcome != outcome || !str_eq(have, str_of(rule)))
        fail_msg("%s by %.*s", path_outcome_word[s.v.outcome], STR_ARG(have));
    if (after)
        assert_true(str_eq(path_get(&s.v.facts, STR("udp-after")), str_of(after)));
    done(&s);
    unlink(file);
    buf_release(&w->bytes);
}

// What the capture comes to as lines.
static void
put_lines(struct written *w, struct buf *lines)
{
    char file[] = "/tmp/ikewalk-capture-XXXXXX";
    int fd = mkstemp(file);
    struct err e = {0};
    struct str block;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, w->bytes.at, w->bytes.len), (ssize_t)w->bytes.len);
    close(fd);
    struct source *s = source_open(file, NULL, &e);
    assert_non_null(s);
    while (source_step(s, &block, &e) == SOURCE_MORE)
        buf_add(lines, block);
    source_close(s);
    unlink(file);
    buf_release(&w->bytes);
}

// R2: conversations and messages beyond what is followed are counted and told.
static void
what_is_not_followed_is_told(void **state)
{
    (void)state;
    enum { MORE = 7 };
    struct written w;
    struct buf lines = {0};
    begin(&w);
    for (int i = 0; i < TALKS_MOST + MORE; i++)
        put_tcp(&w, BRANCH, 20000 + i, HQ, 4009, SYN, 0);
    put_lines(&w, &lines);
    assert_non_null(
        strstr(buf_cstr(&lines), "not followed: 7 packets of further conversations; 0 IKE messages"));
    buf_clear(&lines);

    // IKE_SA_INIT of an initiator (RFC 7296 section 3.1): what it proposes is not looked at.
    const unsigned char udp[8 + 28] = {500 >> 8, 500 & 0xff, 500 >> 8,    500 & 0xff, 0,           sizeof udp,
                                       [8] = 1,  [24] = 33,  [25] = 0x20, [26] = 34,  [27] = 0x08, [35] = 28};
    begin(&w);
    for (int i = 0; i < TALKS_TOLD + MORE; i++) {
        w.now += 60;
        put_packet(&w, 17, BRANCH, HQ, udp, sizeof udp, 0);
    }
    put_lines(&w, &lines);
    assert_non_null(
        strstr(buf_cstr(&lines), "not followed: 0 packets of further conversations; 7 IKE messages"));
    buf_release(&lines);
}

static void
s3_07_one_tcp_session_carries_all(void **state)
{
    struct written w;
    begin(&w);
    handshake(&w, 4009);
    for (int i = 0; i < 10; i++) { // a large packet is two segments
        put_tcp(&w, BRANCH, 41000, HQ, 4009, ACK, 1400);
        put_tcp(&w, BRANCH, 41000, HQ, 4009, PSH | ACK, 200);
        put_tcp(&w, HQ, 4009, BRANCH, 41000, PSH | ACK, 1400);
    }
    finish(state, &w, PATH_WORKS, "seen-data", NULL);
}

static void
s3_08_udp_of_the_branch_behind_the_closed_session(void **state)
{
    struct written w;
    begin(&w);
    handshake(&w, 88);
    close_by_headquarters(&w, 88);
    w.now += 10;
    for (int i = 0; i < 5; i++) {
        put_udp(&w, BRANCH, 42000, HQ, 88, 100);
        put_udp(&w, HQ, 88, BRANCH, 42000, 100);
    }
    finish(state, &w, PATH_WORKS, "seen-branch", "10");
}

static void
s3_09_headquarters_calls_back_in_vain(void **state)
{
    struct written w;
    begin(&w);
    handshake(&w, 4009);
    close_by_headquarters(&w, 4009);
    w.now += 20;
    for (int i = 0; i < 6; i++) {
        put_udp(&w, HQ, 4009, BRANCH, 4009, 100);
        w.now += 1;
    }
    finish(state, &w, PATH_HALF_UP, "seen-callback", "20");
}

static void
s3_04_the_syn_is_reset(void **state)
{
    struct written w;
    begin(&w);
    for (int i = 0; i < 3; i++) {
        put_tcp(&w, BRANCH, 41000, HQ, 88, SYN, 0);
        put_tcp(&w, HQ, 88, BRANCH, 41000, RST | ACK, 0);
    }
    finish(state, &w, PATH_NO_CONNECT, "seen-reset", NULL);
}

static void
the_syn_is_not_answered(void **state)
{
    struct written w;
    begin(&w);
    for (int i = 0; i < 5; i++)
        put_tcp(&w, BRANCH, 41000, HQ, 88, SYN, 0);
    finish(state, &w, PATH_NO_CONNECT, "seen-silent", NULL);
}

static void
s3_10_udp_of_the_branch_without_an_answer(void **state)
{
    struct written w;
    begin(&w);
    handshake(&w, 88);
    close_by_headquarters(&w, 88);
    w.now += 9.8;
    for (int i = 0; i < 4; i++)
        put_udp(&w, BRANCH, 42000, HQ, 88, 100);
    finish(state, &w, PATH_HALF_UP, "seen-branch-only", "10");
}

// An ICMP error of a router about a UDP packet to port 4500, and one that says which size a link takes.
static void
what_routers_report(void **state)
{
    static const struct {
        unsigned char code;
        const char *fact, *value;
    } rows[] = {{3, "open-udp4500", "no"}, {13, "open-udp4500", "no"}, {4, "outer-mtu", "1400"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char file[] = "/tmp/ikewalk-capture-XXXXXX";
        unsigned char icmp[36] = {3, rows[i].code, 0, 0, 0, 0, 1400 >> 8, 1400 & 255, 0x45};
        const uint16_t ports[2] = {htons(4500), htons(4500)};
        struct written w;
        icmp[8 + 9] = 17;
        assert_int_equal(inet_pton(AF_INET, BRANCH, icmp + 8 + 12), 1);
        assert_int_equal(inet_pton(AF_INET, HQ, icmp + 8 + 16), 1);
        memcpy(icmp + 8 + 20, ports, sizeof ports);
        begin(&w);
        put_packet(&w, 1, "198.51.100.1", BRANCH, icmp, sizeof icmp, 0);
        int fd = mkstemp(file);
        assert_int_equal(write(fd, w.bytes.at, w.bytes.len), (ssize_t)w.bytes.len);
        close(fd);
        struct shown s = show(state, file, "ike");
        assert_true(str_eq(path_get(&s.v.facts, str_of(rows[i].fact)), str_of(rows[i].value)));
        done(&s);
        unlink(file);
        buf_release(&w.bytes);
    }
}

static void
s3_11_fragments_whole_and_lost(void **state)
{
    // A capture of all interfaces shows what is passed on twice.
    for (int way = 0; way < 4; way++) {
        const bool lost = way & 1, twice = way & 2;
        char file[] = "/tmp/ikewalk-capture-XXXXXX";
        unsigned char bytes[1480] = {0xA4, 0x10, 0, 88, 0x06, 0};
        struct written w;
        begin(&w);
        for (int i = 0; i <= twice; i++)
            put_packet(&w, 17, BRANCH, HQ, bytes, 1480, 0x2000); // more follow
        for (int i = 0; i <= twice && !lost; i++)
            put_packet(&w, 17, BRANCH, HQ, bytes, 56, 1480 / 8);
        int fd = mkstemp(file);
        assert_int_equal(write(fd, w.bytes.at, w.bytes.len), (ssize_t)w.bytes.len);
        close(fd);
        struct shown s = show(state, file, "tcp-udp");
        assert_true(str_eq(path_get(&s.v.facts, STR("fragments")), lost ? STR("no") : STR("yes")));
        done(&s);
        unlink(file);
        buf_release(&w.bytes);
    }
}

static uint64_t
read_bytes(const char *bytes, size_t count, bool *whole)
{
    char *copy = malloc(count ? count : 1);
    memcpy(copy, bytes, count);
    FILE *file = count ? fmemopen(copy, count, "rb") : NULL;
    struct err e = {0};
    struct buf lines = {0};
    struct capture *c = file ? capture_open(file, "cut", &e) : NULL;
    while (c && capture_step(c, &lines, &e))
        ;
    *whole = c && !e.kind;
    assert_true(*whole || !file || e.text[0]);
    uint64_t size = lines.len;
    buf_release(&lines);
    capture_close(c);
    free(copy);
    return size;
}

// Cut anywhere: it ends with a sentence or, between two packets, without one; what came before is there.
static void
cut_captures_end(void **state)
{
    (void)state;
    FILE *f = fopen(IKEWALK_SOURCE_DIR "/tests/captures/nat.pcap", "rb");
    static char bytes[65536];
    assert_non_null(f);
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    bool whole;
    int cut = 0;
    assert_true(read_bytes(bytes, size, &whole) > 0);
    assert_true(whole);
    for (size_t n = 0; n < size; n += 3) {
        read_bytes(bytes, n, &whole);
        cut += !whole;
    }
    assert_true(cut > 1000);
    srand(7);
    for (int i = 0; i < 3000; i++) { // lying lengths, types and flags
        size_t at = (size_t)rand() % size;
        char before = bytes[at];
        bytes[at] = (char)rand();
        read_bytes(bytes, size, &whole);
        bytes[at] = before;
    }
}

static void
chains_end(void **state)
{
    (void)state;
    unsigned char bytes[40 + 8 * 4000] = {0x60};
    struct packet p;
    bytes[4] = 0x7D;
    for (size_t i = 40; i < sizeof bytes; i += 8)
        bytes[i] = 0; // hop-by-hop again and again
    assert_false(packet_read(LINK_RAW, bytes, sizeof bytes, &p));
    unsigned char tags[14 + 4 * 2000] = {0};
    for (size_t i = 12; i + 1 < sizeof tags; i += 4) {
        tags[i] = 0x81;
        tags[i + 1] = 0;
    }
    assert_false(packet_read(LINK_ETHERNET, tags, sizeof tags, &p));
    for (size_t n = 0; n < 64; n++) // too short for anything
        for (int link = 0; link < LINK_COUNT; link++) {
            unsigned char *few = malloc(n ? n : 1);
            memset(few, 0x45, n);
            packet_read((enum packet_link)link, few, n, &p);
            free(few);
        }
}

static void
told_apart_by_content(void **state)
{
    (void)state;
    const char pcapng[] = "\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0";
    assert_true(capture_begins((struct str){pcapng, 12}));
    assert_false(capture_begins((struct str){pcapng, 8}));
    assert_true(capture_begins(STR("\xd4\xc3\xb2\xa1")));
    assert_false(capture_begins(STR("Jan  1 00:00:00 gw pluto[1]: x")));
    assert_false(capture_begins(STR("")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_followed_is_told),
        cmocka_unit_test(what_daemons_sent),
        cmocka_unit_test(s3_07_one_tcp_session_carries_all),
        cmocka_unit_test(s3_08_udp_of_the_branch_behind_the_closed_session),
        cmocka_unit_test(s3_09_headquarters_calls_back_in_vain),
        cmocka_unit_test(s3_04_the_syn_is_reset),
        cmocka_unit_test(the_syn_is_not_answered),
        cmocka_unit_test(s3_10_udp_of_the_branch_without_an_answer),
        cmocka_unit_test(what_routers_report),
        cmocka_unit_test(s3_11_fragments_whole_and_lost),
        cmocka_unit_test(cut_captures_end),
        cmocka_unit_test(chains_end),
        cmocka_unit_test(told_apart_by_content),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
