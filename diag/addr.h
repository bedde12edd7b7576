// IP addresses, networks and ranges as they stand in the middle of a text. redact replaces them; nothing here
// looks anything up.
#ifndef IKEWALK_DIAG_ADDR_H
#define IKEWALK_DIAG_ADDR_H

#include "diag/arena.h"
#include "diag/str.h"

struct addr {
    unsigned char byte[16];
    unsigned size; // 4 or 16
};

enum addr_form { ADDR_NONE, ADDR_HOST, ADDR_NET, ADDR_RANGE };

// What stands at one place of a text: 192.0.2.1, 192.0.2.0/24, 192.0.2.0/255.255.255.0 (also behind a blank),
// 192.0.2.0-192.0.2.255, the same with IPv6.
struct addr_found {
    enum addr_form form;
    size_t length; // of the whole
    size_t host;   // of the (first) address alone
    struct addr first, last;
    unsigned prefix; // bits, of a network, or of a range that is one; else 8 * size
};

// Reads what begins at text.at[at]; false when no address begins there or it is part of a longer word or
// number.
bool addr_find(struct str text, size_t at, struct addr_found *found);
// Is the whole text an address, network or range?
bool addr_is(struct str text);
// 0.0.0.0, ::, loopback, broadcast, multicast and net masks: they name nobody.
bool addr_names_nobody(const struct addr *a);
// Address space that anybody may use inside: RFC 1918, RFC 6598, RFC 4193 and link local.
bool addr_is_private(const struct addr *a);
// The canonical spelling; room is at least 46.
void addr_text(const struct addr *a, char *text, size_t room);

// "10.1.0.0" with its mask ("255.255.0.0"), or with the bits that do not count ("0.0.255.255"), as
// "10.1.0.0/16"; in the arena. What is no network is put together as it stands.
struct str addr_network(struct str address, struct str mask, bool wildcard, struct arena *arena);

#endif
