#include "diag/sizes.h"

const char *const carrier_word[CARRIER_COUNT] = {"esp", "natt", "tcp", "tcp-ts"};

enum {
    ESP_HEAD = 8,
    ESP_TAIL = 2,
    TCP_HEAD = 20,
    STREAM_LENGTH = 2,
    TCP_STAMPS = 12,
    UDP_HEAD = 8,
    PLAIN = 160
};

static int
outer_head(const struct sizes_ask *ask)
{
    return ask->outer_ip == 6 ? 40 : 20;
}

static int
carrier_head(enum carrier carrier)
{
    static const int head[CARRIER_COUNT] = {[CARRIER_NATT] = UDP_HEAD,
                                            [CARRIER_TCP] = TCP_HEAD + STREAM_LENGTH,
                                            [CARRIER_TCP_TS] = TCP_HEAD + STREAM_LENGTH + TCP_STAMPS};
    return head[carrier];
}

static int
fixed(const struct sizes_ask *ask)
{
    return outer_head(ask) + carrier_head(ask->carrier) + ESP_HEAD + ask->iv + ask->icv;
}

// In tunnel mode the whole packet is protected, in transport mode what stands behind its IP header.
static int
protected_bytes(const struct sizes_ask *ask, int packet)
{
    return ask->transport ? packet - outer_head(ask) : packet;
}

int
sizes_outer(const struct sizes_ask *ask, int packet)
{
    int with_tail = protected_bytes(ask, packet) + ESP_TAIL;
    return fixed(ask) + (with_tail + ask->align - 1) / ask->align * ask->align;
}

bool
sizes_of(const struct sizes_ask *ask, struct sizes *sizes)
{
    int most = (ask->outer_mtu - fixed(ask)) / ask->align * ask->align - ESP_TAIL;
    if (ask->outer_mtu <= fixed(ask) || most <= 60)
        return false;
    sizes->inner_mtu = ask->transport ? outer_head(ask) + most : most;
    // In transport mode there is one header only, and it is the outer one.
    sizes->mss_ipv4 = !ask->transport ? most - 40 : ask->outer_ip == 4 ? most - 20 : -1;
    sizes->mss_ipv6 = !ask->transport ? most - 60 : ask->outer_ip == 6 ? most - 20 : -1;
    sizes->outer_size = sizes_outer(ask, sizes->inner_mtu);
    sizes->outer_size_one_more = sizes_outer(ask, sizes->inner_mtu + 1);
    return true;
}

int
sizes_pieces(const struct sizes_ask *ask, int packet)
{
    int whole = sizes_outer(ask, packet), head = outer_head(ask);
    if (whole <= ask->outer_mtu)
        return 1;
    bool stream = ask->carrier == CARRIER_TCP || ask->carrier == CARRIER_TCP_TS;
    if (stream)
        head += carrier_head(ask->carrier) - STREAM_LENGTH;
    else if (ask->outer_ip == 6)
        head += 8; // the fragment header
    int load = whole - outer_head(ask) - (stream ? head - outer_head(ask) : 0);
    int room = ask->outer_mtu - head;
    if (!stream)
        room -= room % 8; // fragments end at multiples of eight bytes
    return (load + room - 1) / room;
}

// Small letters and digits of a text, nothing else.
static struct str
plain(struct str text, char into[PLAIN])
{
    size_t n = 0;
    for (size_t i = 0; i < text.len && n < PLAIN; i++) {
        char c = text.at[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            into[n++] = c;
    }
    return (struct str){into, n};
}

// The transform with the longest name that the text begins with.
static const struct transform *
longest(const struct portmap *map, struct str text, size_t *length)
{
    const struct transform *found = NULL;
    *length = 0;
    for (size_t i = 0; i < map->transform_count; i++)
        for (size_t n = 0; n < map->transforms[i].name_count; n++) {
            struct str name = map->transforms[i].names[n];
            if (name.len > *length && str_starts(text, name)) {
                found = &map->transforms[i];
                *length = name.len;
            }
        }
    return found;
}

bool
sizes_cipher(const struct portmap *map, struct str text, struct sizes_ask *ask)
{
    const struct transform *seen[TRANSFORM_KINDS] = {0};
    char room[PLAIN];
    struct str rest = plain(text, room);
    while (rest.len) {
        size_t length;
        const struct transform *t = longest(map, rest, &length);
        if (t && !seen[t->kind])
            seen[t->kind] = t;
        rest = str_from(rest, t ? length : 1);
    }
    const struct transform *both = seen[TRANSFORM_BOTH], *cipher = seen[TRANSFORM_CIPHER];
    const struct transform *integrity = seen[TRANSFORM_INTEGRITY];
    if (both)
        cipher = integrity = both;
    if (!cipher || !integrity)
        return false;
    ask->iv = cipher->iv;
    ask->align = cipher->align;
    ask->icv = integrity->icv;
    return true;
}
