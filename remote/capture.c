#include "remote/capture.h"

#include "diag/arena.h"
#include "remote/talk.h"

#include <pcap/pcap.h>
#include <stdlib.h>

enum { STEP_PACKETS = 4096, STEP_LINES = 64 * 1024, SHOWN = 200 };

struct capture {
    pcap_t *pcap;
    enum packet_link link;
    bool nanoseconds, ended;
    struct talks *talks;
    uint64_t packets, unread;
    char shown[SHOWN];
};

bool
capture_begins(struct str start)
{
    static const unsigned char heads[][4] = {{0xd4, 0xc3, 0xb2, 0xa1},
                                             {0xa1, 0xb2, 0xc3, 0xd4},
                                             {0x4d, 0x3c, 0xb2, 0xa1},
                                             {0xa1, 0xb2, 0x3c, 0x4d}};
    static const unsigned char block[] = {0x0a, 0x0d, 0x0d, 0x0a};
    static const unsigned char little[] = {0x4d, 0x3c, 0x2b, 0x1a}, big[] = {0x1a, 0x2b, 0x3c, 0x4d};
    for (size_t i = 0; start.len >= 4 && i < sizeof heads / sizeof *heads; i++)
        if (memcmp(start.at, heads[i], 4) == 0)
            return true;
    return start.len >= 12 && memcmp(start.at, block, 4) == 0 &&
           (memcmp(start.at + 8, little, 4) == 0 || memcmp(start.at + 8, big, 4) == 0);
}

static bool
choose_link(struct capture *c, struct err *e)
{
    static const struct {
        int type;
        enum packet_link link;
    } known[] = {{DLT_EN10MB, LINK_ETHERNET}, {DLT_LINUX_SLL, LINK_SLL}, {DLT_LINUX_SLL2, LINK_SLL2},
                 {DLT_RAW, LINK_RAW},         {DLT_IPV4, LINK_RAW},      {DLT_IPV6, LINK_RAW},
                 {DLT_NULL, LINK_LOOP},       {DLT_LOOP, LINK_LOOP}};
    int type = pcap_datalink(c->pcap);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].type == type) {
            c->link = known[i].link;
            return true;
        }
    const char *name = pcap_datalink_val_to_name(type);
    return err_set(
        e, ERR_PARSE,
        "%s: cannot read this capture: its link type is %s (%d); Ethernet, Linux cooked, raw IP and "
        "loopback are read",
        c->shown, name ? name : err_say("unknown"), type);
}

struct capture *
capture_open(FILE *file, const char *shown, struct err *e)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    struct capture *c = mem_new(sizeof *c);
    size_t length = strlen(shown);
    memcpy(c->shown, shown, length < SHOWN ? length : SHOWN - 1);
    c->pcap = pcap_fopen_offline(file, why);
    if (!c->pcap) {
        fclose(file);
        err_set(e, ERR_PARSE, "%s: cannot read this capture: %s", c->shown, why);
    } else if (choose_link(c, e)) {
        c->talks = talks_new();
        return c;
    }
    capture_close(c);
    return NULL;
}

void
capture_close(struct capture *c)
{
    if (!c)
        return;
    if (c->pcap)
        pcap_close(c->pcap);
    talks_free(c->talks);
    free(c);
}

static bool
end(struct capture *c, bool damaged, struct buf *lines, struct err *e)
{
    c->ended = true;
    talks_end(c->talks, lines);
    if (damaged)
        err_set(e, ERR_PARSE, "%s: cannot read this capture to its end: %s. Packets read before that: %llu",
                c->shown, pcap_geterr(c->pcap), (unsigned long long)c->packets);
    return false;
}

bool
capture_step(struct capture *c, struct buf *lines, struct err *e)
{
    if (c->ended)
        return false;
    for (int i = 0; i < STEP_PACKETS && lines->len < STEP_LINES; i++) {
        struct pcap_pkthdr *head;
        const unsigned char *bytes;
        int got = pcap_next_ex(c->pcap, &head, &bytes);
        if (got != 1)
            return end(c, got == PCAP_ERROR, lines, e);
        struct packet p;
        c->packets++;
        int64_t time = (int64_t)head->ts.tv_sec * 1000000 + head->ts.tv_usec;
        if (packet_read(c->link, bytes, head->caplen, &p))
            talks_take(c->talks, &p, time, lines);
    }
    return true;
}
