// What encryption and encapsulation do to the size of a packet: the overhead, the largest packet that still
// fits, and what becomes of one that does not (RFC 4303 section 2.4, RFC 3948, RFC 9329). Pure arithmetic;
// the path view and `ikewalk encap` call it.
#ifndef IKEWALK_DIAG_SIZES_H
#define IKEWALK_DIAG_SIZES_H

#include "diag/portmap.h"

enum carrier { CARRIER_ESP, CARRIER_NATT, CARRIER_TCP, CARRIER_TCP_TS, CARRIER_COUNT };
extern const char *const carrier_word[CARRIER_COUNT];

#define SIZES_LEAST 576 // below this no MTU is taken
#define SIZES_MOST 65535

struct sizes_ask {
    int iv, align, icv;
    int outer_ip; // 4 or 6
    int outer_mtu;
    enum carrier carrier;
    bool transport;
};

struct sizes {
    int inner_mtu;           // tunnel: largest inner packet; transport: largest packet of the host
    int mss_ipv4, mss_ipv6;  // what TCP inside may use; -1: no such TCP can be inside
    int outer_size;          // of the largest packet, outside
    int outer_size_one_more; // of one byte more
};

// Finds the transforms that a text names, whatever signs stand between: "AES_CBC_256-HMAC_SHA2_256_128",
// "aes256-sha256", "AES-GCM-16". False when it names no cipher, or one that needs an integrity it does not
// name. Sets iv, align and icv.
bool sizes_cipher(const struct portmap *map, struct str text, struct sizes_ask *ask);
// False when nothing at all fits.
bool sizes_of(const struct sizes_ask *ask, struct sizes *sizes);
// The size outside of a packet of this size inside.
int sizes_outer(const struct sizes_ask *ask, int packet);
// How many pieces such a packet leaves in: IP fragments, or segments of the TCP carrier. 1: whole.
int sizes_pieces(const struct sizes_ask *ask, int packet);

#endif
