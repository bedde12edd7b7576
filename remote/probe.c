#include "remote/probe.h"

#include "remote/packet.h"

#include <sys/random.h>

enum { HEAD = 28, MARKER = 4, PUBLIC = 256, NONCE = 32, LENGTH_AT = 24 };

static void
add_bytes(struct buf *b, const unsigned char *at, size_t count)
{
    buf_add(b, (struct str){(const char *)at, count});
}

static bool
add_random(struct buf *b, size_t count)
{
    unsigned char bytes[PUBLIC];
    if (getrandom(bytes, count, 0) != (ssize_t)count)
        return false;
    bytes[0] &= 0x7F; // as a public value it stays below the prime of the group
    add_bytes(b, bytes, count);
    return true;
}

// AES-CBC 256, SHA2-256 and group 14, which nearly every gateway knows.
static const unsigned char v2_sa[] = {
    34, 0, 0, 48,                              // next: key exchange; length
    0,  0, 0, 44, 1, 1, 0, 4,                  // one proposal, number 1, IKE, no SPI, four transforms
    3,  0, 0, 12, 1, 0, 0, 12, 0x80, 14, 1, 0, // encryption 12, key length 256
    3,  0, 0, 8,  2, 0, 0, 5,                  // PRF 5
    3,  0, 0, 8,  3, 0, 0, 12,                 // integrity 12
    0,  0, 0, 8,  4, 0, 0, 14,                 // group 14
};
static const unsigned char v2_ke[] = {40, 0, (8 + PUBLIC) >> 8, (8 + PUBLIC) & 255, 0, 14, 0, 0};
static const unsigned char v2_nonce[] = {0, 0, 0, 4 + NONCE};
static const unsigned char v1_sa[] = {
    0,    0,  0, 56,                       // no next payload; length
    0,    0,  0, 1,                        // DOI: IPsec
    0,    0,  0, 1,                        // situation: identity only
    0,    0,  0, 44, 1,    1,  0,    1,    // one proposal, number 1, ISAKMP, no SPI, one transform
    0,    0,  0, 36, 1,    1,  0,    0,    // transform 1: key IKE
    0x80, 1,  0, 7,  0x80, 14, 1,    0,    // AES-CBC, 256 bits
    0x80, 2,  0, 4,  0x80, 3,  0,    1,    // SHA2-256, pre-shared key
    0x80, 4,  0, 14,                       // group 14
    0x80, 11, 0, 1,  0x80, 12, 0x70, 0x80, // for 28800 seconds
};

bool
probe_packet(int version, bool marked, const unsigned char *spi, struct buf *out)
{
    static const unsigned char marker[MARKER];
    unsigned char head[HEAD] = {0};
    size_t from = out->len + (marked ? MARKER : 0);
    memcpy(head, spi, 8);
    head[16] = version == 2 ? 33 : 1; // next: SA
    head[17] = version == 2 ? 0x20 : 0x10;
    head[18] = version == 2 ? 34 : 2; // IKE_SA_INIT, main mode
    head[19] = version == 2 ? 0x08 : 0;
    if (marked)
        add_bytes(out, marker, MARKER);
    add_bytes(out, head, HEAD);
    bool good = true;
    if (version == 2) {
        add_bytes(out, v2_sa, sizeof v2_sa);
        add_bytes(out, v2_ke, sizeof v2_ke);
        good = add_random(out, PUBLIC);
        add_bytes(out, v2_nonce, sizeof v2_nonce);
        good = good && add_random(out, NONCE);
    } else {
        add_bytes(out, v1_sa, sizeof v1_sa);
    }
    size_t length = out->len - from;
    out->at[from + LENGTH_AT + 2] = (char)(length >> 8);
    out->at[from + LENGTH_AT + 3] = (char)(length & 255);
    return good;
}

bool
probe_answers(bool marked, const unsigned char *spi, const unsigned char *bytes, size_t count)
{
    static const unsigned char marker[MARKER];
    struct str rest = {(const char *)bytes, count};
    struct ike_head ike;
    if (marked && (count < MARKER || memcmp(bytes, marker, MARKER) != 0))
        return false;
    if (marked)
        rest = str_from(rest, MARKER);
    return packet_ike(rest, &ike) && memcmp(ike.spi, spi, 8) == 0;
}
