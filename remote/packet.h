// One packet down to what the path asks for: addresses, protocol, ports, IKE header, TCP flags, fragment.
// remote/capture.c calls it. Pure; never reads outside of the bytes that it was given.
#ifndef IKEWALK_REMOTE_PACKET_H
#define IKEWALK_REMOTE_PACKET_H

#include "diag/str.h"

enum packet_kind {
    PACKET_OTHER,
    PACKET_UDP,
    PACKET_TCP,
    PACKET_ESP,
    PACKET_AH,
    PACKET_REFUSED,
    PACKET_TOO_BIG
};
enum packet_link { LINK_ETHERNET, LINK_SLL, LINK_SLL2, LINK_RAW, LINK_LOOP, LINK_COUNT };
enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

struct host {
    unsigned char at[16]; // IPv4 in the first four
    unsigned char version;
};

struct packet {
    struct host from, to;
    enum packet_kind kind;
    uint16_t from_port, to_port;
    bool fragment, first, last; // of a packet in pieces: the first piece has the ports
    uint32_t id, offset;        // of the piece, offset in bytes
    uint32_t size;              // of its part behind the IP header, as the header says
    uint8_t flags;              // of TCP
    struct str load;            // behind the UDP or TCP header, as far as it was captured
    uint32_t load_size;         // its size on the wire
    // Of an ICMP error: what it is about takes the place of from, to and their ports (0: it has none).
    struct host speaker; // who reports it
    uint8_t about;       // protocol of the packet that it is about
    uint16_t mtu;        // of PACKET_TOO_BIG, 0: not said
};

struct ike_head {
    unsigned char spi[16]; // initiator's and responder's
    uint8_t version, exchange, flags;
    uint32_t message, length;
};

// False when it is no IP, or too little of it was captured.
bool packet_read(enum packet_link link, const unsigned char *bytes, size_t size, struct packet *p);
// The IKE header at the beginning of these bytes; false when it cannot be one.
bool packet_ike(struct str bytes, struct ike_head *ike);

#endif
