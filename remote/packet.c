#include "remote/packet.h"

enum { TAGS_MOST = 4, HEADERS_MOST = 8, ETHER_IP4 = 0x0800, ETHER_IP6 = 0x86DD, IKE_HEAD = 28 };

struct view_of {
    const unsigned char *at;
    size_t left;
};

static unsigned
two(const unsigned char *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static uint32_t
four(const unsigned char *at)
{
    return (uint32_t)two(at) << 16 | two(at + 2);
}

static bool
skip(struct view_of *v, size_t count)
{
    if (count > v->left)
        return false;
    v->at += count;
    v->left -= count;
    return true;
}

static bool
read_udp(struct view_of v, struct packet *p)
{
    if (v.left < 8)
        return false;
    p->kind = PACKET_UDP;
    p->from_port = (uint16_t)two(v.at);
    p->to_port = (uint16_t)two(v.at + 2);
    unsigned length = two(v.at + 4);
    p->load_size = length >= 8 ? length - 8 : 0;
    skip(&v, 8);
    p->load = (struct str){(const char *)v.at, v.left < p->load_size ? v.left : p->load_size};
    return true;
}

static bool
read_tcp(struct view_of v, struct packet *p)
{
    if (v.left < 20)
        return false;
    size_t head = (size_t)(v.at[12] >> 4) * 4;
    p->kind = PACKET_TCP;
    p->from_port = (uint16_t)two(v.at);
    p->to_port = (uint16_t)two(v.at + 2);
    p->flags = v.at[13];
    p->load_size = head >= 20 && p->size > head ? p->size - (uint32_t)head : 0;
    if (head < 20 || !skip(&v, head))
        return true; // ports and flags are known
    p->load = (struct str){(const char *)v.at, v.left < p->load_size ? v.left : p->load_size};
    return true;
}

// Where the packet stands that an ICMP error is about: addresses, protocol, and what of it is behind the
// head.
static bool
read_quoted(struct view_of v, unsigned version, struct packet *p, unsigned *protocol, struct view_of *rest)
{
    size_t head = version == 4 ? 20 : 40, from = version == 4 ? 12 : 8, size = version == 4 ? 4 : 16;
    if (v.left < head || v.at[0] >> 4 != (int)version)
        return false;
    if (version == 4)
        head = (size_t)(v.at[0] & 15) * 4;
    p->speaker = p->from;
    p->from.version = p->to.version = (unsigned char)version;
    memcpy(p->from.at, v.at + from, size);
    memcpy(p->to.at, v.at + from + size, size);
    *protocol = version == 4 ? v.at[9] : v.at[6];
    *rest = v;
    return head >= 20 && skip(rest, head);
}

// An ICMP error (RFC 792, RFC 1191; RFC 4443): something cannot be delivered, or not at this size.
static bool
read_error(struct view_of v, unsigned version, struct packet *p)
{
    if (v.left < 8)
        return false;
    unsigned type = v.at[0], code = v.at[1], mtu = version == 4 ? two(v.at + 6) : four(v.at + 4);
    bool unreachable = type == (version == 4 ? 3 : 1),
         big = version == 4 ? unreachable && code == 4 : type == 2;
    unsigned protocol;
    skip(&v, 8);
    if ((!unreachable && !big) || !read_quoted(v, version, p, &protocol, &v))
        return false;
    p->kind = big ? PACKET_TOO_BIG : PACKET_REFUSED;
    p->about = (uint8_t)protocol;
    p->mtu = (uint16_t)(big && mtu <= UINT16_MAX ? mtu : 0);
    if ((protocol == 17 || protocol == 6) && v.left >= 4) {
        p->from_port = (uint16_t)two(v.at);
        p->to_port = (uint16_t)two(v.at + 2);
    }
    return true;
}

static bool
read_inside(struct view_of v, unsigned protocol, struct packet *p)
{
    if (p->fragment && !p->first) {
        p->kind = protocol == 17 ? PACKET_UDP : protocol == 50 ? PACKET_ESP : PACKET_OTHER;
        return true;
    }
    switch (protocol) {
    case 6:
        return read_tcp(v, p);
    case 17:
        return read_udp(v, p);
    case 50:
        p->kind = PACKET_ESP;
        return true;
    case 51:
        p->kind = PACKET_AH;
        return true;
    case 1:
        return p->from.version == 4 && read_error(v, 4, p);
    case 58:
        return p->from.version == 6 && read_error(v, 6, p);
    default:
        return false;
    }
}

static bool
read_ip4(struct view_of v, struct packet *p)
{
    if (v.left < 20 || v.at[0] >> 4 != 4)
        return false;
    const unsigned char *at = v.at;
    size_t head = (size_t)(at[0] & 15) * 4, total = two(at + 2);
    if (head < 20 || (total && total < head))
        return false;
    p->from.version = p->to.version = 4;
    memcpy(p->from.at, at + 12, 4);
    memcpy(p->to.at, at + 16, 4);
    unsigned piece = two(at + 6);
    p->offset = (piece & 0x1FFF) * 8;
    p->fragment = (piece & 0x3FFF) != 0;
    p->first = p->offset == 0;
    p->last = !(piece & 0x2000);
    p->id = two(at + 4);
    // A packet that the sender's card was to cut has no length yet.
    p->size = (uint32_t)(total ? total - head : v.left - head);
    if (!skip(&v, head))
        return false;
    if (total && v.left > total - head)
        v.left = total - head; // what stands behind is padding
    return read_inside(v, at[9], p);
}

static bool
read_ip6(struct view_of v, struct packet *p)
{
    if (v.left < 40 || v.at[0] >> 4 != 6)
        return false;
    p->from.version = p->to.version = 6;
    memcpy(p->from.at, v.at + 8, 16);
    memcpy(p->to.at, v.at + 24, 16);
    unsigned next = v.at[6];
    p->size = two(v.at + 4);
    p->first = p->last = true;
    skip(&v, 40);
    for (int i = 0; i < HEADERS_MOST; i++) {
        if (next != 0 && next != 43 && next != 44 && next != 60)
            return read_inside(v, next, p);
        if (v.left < 8)
            return false;
        size_t length = next == 44 ? 8 : ((size_t)v.at[1] + 1) * 8;
        if (next == 44) {
            unsigned piece = two(v.at + 2);
            p->offset = piece & 0xFFF8;
            p->fragment = p->offset || piece & 1;
            p->first = p->offset == 0;
            p->last = !(piece & 1);
            p->id = four(v.at + 4);
        }
        next = v.at[0];
        p->size = p->size > length ? p->size - (uint32_t)length : 0;
        if (!skip(&v, length))
            return false;
    }
    return false;
}

static bool
read_typed(struct view_of v, unsigned type, struct packet *p)
{
    for (int tags = 0; (type == 0x8100 || type == 0x88A8) && tags < TAGS_MOST; tags++) {
        if (v.left < 4)
            return false;
        type = two(v.at + 2);
        skip(&v, 4);
    }
    return type == ETHER_IP4 ? read_ip4(v, p) : type == ETHER_IP6 && read_ip6(v, p);
}

bool
packet_read(enum packet_link link, const unsigned char *bytes, size_t size, struct packet *p)
{
    static const size_t head[LINK_COUNT] = {
        [LINK_ETHERNET] = 14, [LINK_SLL] = 16, [LINK_SLL2] = 20, [LINK_LOOP] = 4};
    static const size_t type_at[LINK_COUNT] = {[LINK_ETHERNET] = 12, [LINK_SLL] = 14};
    struct view_of v = {bytes, size};
    *p = (struct packet){0};
    if (!skip(&v, head[link]) || v.left == 0)
        return false;
    if (link == LINK_ETHERNET || link == LINK_SLL || link == LINK_SLL2)
        return read_typed(v, two(bytes + type_at[link]), p);
    return v.at[0] >> 4 == 4 ? read_ip4(v, p) : read_ip6(v, p);
}

bool
packet_ike(struct str bytes, struct ike_head *ike)
{
    const unsigned char *at = (const unsigned char *)bytes.at;
    static const unsigned char none[8];
    if (bytes.len < IKE_HEAD || memcmp(at, none, 8) == 0)
        return false;
    memcpy(ike->spi, at, 16);
    ike->version = at[17] >> 4;
    ike->exchange = at[18];
    ike->flags = at[19];
    ike->message = four(at + 20);
    ike->length = four(at + 24);
    return (ike->version == 1 || ike->version == 2) && ike->length >= IKE_HEAD;
}
