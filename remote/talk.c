#include "remote/talk.h"

#include "diag/arena.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <time.h>

enum service {
    SERVICE_UDP500,
    SERVICE_UDP4500,
    SERVICE_INSIDE,
    SERVICE_ESP,
    SERVICE_AH,
    SERVICE_TCP,
    SERVICE_UDP,
    SERVICE_REFUSED,
    SERVICE_TOO_BIG
};
enum { ADDRESS = INET6_ADDRSTRLEN, SAME_MESSAGE = 1000000, BESIDE = 60 };
enum {
    PIECES_OF = 48,
    SAME_PACKET = 30000000
}; // of 64 KiB in Ethernet frames; as long as a host waits for them

static const char *const service_name[] = {"UDP-500", "UDP-4500", "ESP-in-UDP", "ESP",    "AH",
                                           "TCP",     "UDP",      "refused",    "too big"};

struct talk {
    enum service service;
    struct host from, to; // the first packet went this way
    uint16_t from_port, to_port;
    uint64_t there, back;
    int64_t first, last;
    int path;
    bool passed_on; // of IKE: a translator was seen to pass some of it on
    // of an ICMP error
    struct host speaker;
    uint8_t about;
    uint16_t mtu;
    // of TCP
    bool begun, answered, reset, prefix, other, closed, closed_there;
    uint64_t load_there, load_back;
    int64_t closed_at;
};

// A packet in pieces, by its sender, receiver and number. It stays known when it is whole, for a capture of
// all interfaces shows each piece once more.
struct pieces {
    struct host from, to;
    uint32_t id, have, whole;
    uint32_t offset[PIECES_OF]; // of those that came
    unsigned came;
    int64_t begun;
    bool used, done;
};

struct told {
    unsigned char spi[16];
    struct host from, to;
    uint16_t from_port, to_port;
    uint32_t message, length;
    uint8_t exchange, flags;
    int64_t time;
};

struct talks {
    struct talk at[TALKS_MOST];
    size_t count;
    uint64_t left_out, messages_left_out;
    unsigned messages;
    int paths;
    struct pieces pieces[TALKS_PIECES];
    unsigned next_piece;
    uint64_t in_pieces, whole;
    struct host pieces_from, pieces_to;
    int64_t now;
    struct told told[TALKS_RECENT];
    unsigned next_told;
};

struct talks *
talks_new(void)
{
    return mem_new(sizeof(struct talks));
}

void
talks_free(struct talks *t)
{
    free(t);
}

static bool
same_host(const struct host *a, const struct host *b)
{
    return a->version == b->version && memcmp(a->at, b->at, a->version == 4 ? 4 : 16) == 0;
}

static const char *
host_text(const struct host *h, char into[ADDRESS])
{
    if (!inet_ntop(h->version == 4 ? AF_INET : AF_INET6, h->at, into, ADDRESS))
        *into = '\0';
    return into;
}

static void
stamp(int64_t time, struct buf *lines)
{
    time_t seconds = (time_t)(time / 1000000);
    struct tm tm;
    char text[40];
    if (time < 0 || !gmtime_r(&seconds, &tm) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm))
        text[0] = '\0';
    if (text[0])
        buf_addf(lines, "%s.%06d+00:00 ", text, (int)(time % 1000000));
    buf_add(lines, STR("capture: "));
}

// The number of the pair of hosts: those of a new one, or of one that shares a conversation already.
static int
path_of(struct talks *t, const struct host *a, const struct host *b)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct talk *k = &t->at[i];
        if ((same_host(&k->from, a) && same_host(&k->to, b)) ||
            (same_host(&k->from, b) && same_host(&k->to, a)))
            return k->path;
    }
    return ++t->paths;
}

static bool
has_ports(enum service service)
{
    return service == SERVICE_TCP || service == SERVICE_UDP || service == SERVICE_REFUSED;
}

static struct talk *
find(struct talks *t, enum service service, const struct packet *p, bool *there)
{
    for (size_t i = 0; i < t->count; i++) {
        struct talk *k = &t->at[i];
        if (k->service != service)
            continue;
        bool ports = has_ports(service);
        *there = same_host(&k->from, &p->from) && same_host(&k->to, &p->to) &&
                 (!ports || (k->from_port == p->from_port && k->to_port == p->to_port));
        if (*there)
            return k;
        if (same_host(&k->from, &p->to) && same_host(&k->to, &p->from) &&
            (!ports || (k->from_port == p->to_port && k->to_port == p->from_port)))
            return k;
    }
    return NULL;
}

static struct talk *
talk_of(struct talks *t, enum service service, const struct packet *p, bool *there)
{
    struct talk *k = find(t, service, p, there);
    if (k)
        return k;
    *there = true;
    if (t->count == TALKS_MOST) {
        t->left_out++;
        return NULL;
    }
    int path = path_of(t, &p->from, &p->to);
    k = &t->at[t->count++];
    *k = (struct talk){.service = service,
                       .from = p->from,
                       .to = p->to,
                       .from_port = p->from_port,
                       .to_port = p->to_port,
                       .first = t->now,
                       .path = path};
    return k;
}

static struct talk *
count(struct talks *t, enum service service, const struct packet *p, bool *there)
{
    struct talk *k = talk_of(t, service, p, there);
    if (k) {
        k->there += *there;
        k->back += !*there;
        k->last = t->now;
    }
    return k;
}

static void
join_paths(struct talks *t, int keep, int drop)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->at[i].path == drop)
            t->at[i].path = keep;
}

// The same IKE message with other addresses or ports: it went through a translator.
static void
notice_translation(struct talks *t, const struct packet *p, const struct ike_head *ike, struct talk *k,
                   bool there, struct buf *lines)
{
    char a[ADDRESS], b[ADDRESS], c[ADDRESS], d[ADDRESS];
    bool known = false;
    for (unsigned i = 0; i < TALKS_RECENT && !known; i++) {
        const struct told *o = &t->told[i];
        if (o->length != ike->length || o->message != ike->message || o->exchange != ike->exchange ||
            o->flags != ike->flags || memcmp(o->spi, ike->spi, 16) != 0 || t->now - o->time > SAME_MESSAGE)
            continue;
        bool source = !same_host(&o->from, &p->from) || o->from_port != p->from_port;
        bool target = !same_host(&o->to, &p->to) || o->to_port != p->to_port;
        known = !source && !target;
        if (known || !there || (ike->version == 2 && ike->flags & 0x20))
            continue; // an answer takes the same way back
        struct packet before = {.from = o->from, .to = o->to};
        join_paths(t, path_of(t, &before.from, &before.to), k->path);
        stamp(t->now, lines);
        buf_addf(lines,
                 "path %d translation: from %s port %u to %s port %u became %s port %u to %s port %u, %s\n",
                 k->path, host_text(&o->from, a), o->from_port, host_text(&o->to, b), o->to_port,
                 host_text(&p->from, c), p->from_port, host_text(&p->to, d), p->to_port,
                 source && target ? "both"
                 : source         ? "source"
                                  : "target");
        k->passed_on = known = true;
    }
    t->told[t->next_told] = (struct told){.from = p->from,
                                          .to = p->to,
                                          .from_port = p->from_port,
                                          .to_port = p->to_port,
                                          .message = ike->message,
                                          .length = ike->length,
                                          .exchange = ike->exchange,
                                          .flags = ike->flags,
                                          .time = t->now};
    memcpy(t->told[t->next_told].spi, ike->spi, 16);
    t->next_told = (t->next_told + 1) % TALKS_RECENT;
}

static const char *
exchange_name(const struct ike_head *ike, char room[16])
{
    static const struct {
        uint8_t number;
        const char *name;
    } names[] = {{2, "main-mode"},        {4, "aggressive-mode"}, {5, "informational"},
                 {32, "quick-mode"},      {34, "IKE_SA_INIT"},    {35, "IKE_AUTH"},
                 {36, "CREATE_CHILD_SA"}, {37, "INFORMATIONAL"},  {43, "IKE_INTERMEDIATE"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == ike->exchange)
            return names[i].name;
    struct buf number = {0};
    buf_addf(&number, "exchange-%u", ike->exchange);
    memcpy(room, buf_cstr(&number), number.len + 1);
    buf_release(&number);
    return room;
}

static void
tell_ike(struct talks *t, const struct packet *p, const struct ike_head *ike, struct talk *k, bool there,
         struct buf *lines)
{
    char a[ADDRESS], b[ADDRESS], room[16];
    // That of IKEv1 does not say who answers: the way of the first packet does.
    bool answer = ike->version == 2 ? ike->flags & 0x20 : !there;
    if (t->messages++ >= TALKS_TOLD) {
        t->messages_left_out++;
        return;
    }
    stamp(t->now, lines);
    buf_addf(lines, "path %d IKEv%u %s %s from %s port %u to %s port %u, %u bytes\n", k->path, ike->version,
             exchange_name(ike, room), answer ? "answer" : "message", host_text(&p->from, a), p->from_port,
             host_text(&p->to, b), p->to_port, ike->length);
}

static void
take_ike(struct talks *t, enum service service, const struct packet *p, struct str load, struct buf *lines)
{
    struct ike_head ike;
    bool there;
    if (!packet_ike(load, &ike))
        return;
    struct talk *k = count(t, service, p, &there);
    if (!k)
        return;
    tell_ike(t, p, &ike, k, there, lines);
    notice_translation(t, p, &ike, k, there, lines);
}

static void
take_udp(struct talks *t, const struct packet *p, struct buf *lines)
{
    static const char marker[4];
    bool there, long_port = p->from_port == 4500 || p->to_port == 4500;
    // A translator may have changed 4500 on one side, and a wrong mapping on the other.
    bool marked = p->load.len >= 32 && memcmp(p->load.at, marker, 4) == 0;
    struct ike_head ike;
    if (p->from_port == 500 || p->to_port == 500)
        take_ike(t, SERVICE_UDP500, p, p->load, lines);
    else if (marked && packet_ike(str_from(p->load, 4), &ike))
        take_ike(t, SERVICE_UDP4500, p, str_from(p->load, 4), lines);
    else if (long_port && p->load_size > 8 && !marked)
        count(t, SERVICE_INSIDE, p, &there);
    else if (!long_port)
        count(t, SERVICE_UDP, p, &there);
}

static void
take_tcp(struct talks *t, const struct packet *p)
{
    static const char prefix[] = "IKETCP";
    bool there;
    bool fresh = p->flags & TCP_SYN && !(p->flags & TCP_ACK);
    struct talk *k = fresh || !p->load_size ? NULL : find(t, SERVICE_TCP, p, &there);
    if (!k)
        k = talk_of(t, SERVICE_TCP, p, &there);
    if (!k)
        return;
    bool first_load = there && p->load_size && !k->load_there;
    k->there += there;
    k->back += !there;
    k->last = t->now;
    k->begun |= there && fresh;
    k->answered |= !there && p->flags & TCP_ACK && !(p->flags & TCP_RST);
    k->reset |= !there && p->flags & TCP_RST && !k->load_there;
    if (there)
        k->load_there += p->load_size;
    else
        k->load_back += p->load_size;
    if (first_load && k->begun) {
        k->prefix = p->load.len >= 6 && memcmp(p->load.at, prefix, 6) == 0;
        k->other = !k->prefix && p->load.len >= 6;
    }
    if (p->flags & (TCP_FIN | TCP_RST) && !k->closed) {
        k->closed = true;
        k->closed_there = there;
        k->closed_at = t->now;
    }
}

static bool
came_before(const struct pieces *s, uint32_t offset)
{
    for (unsigned i = 0; i < s->came; i++)
        if (s->offset[i] == offset)
            return true;
    return false;
}

static void
take_piece(struct talks *t, const struct packet *p)
{
    struct pieces *s = NULL;
    for (size_t i = 0; i < TALKS_PIECES && !s; i++)
        if (t->pieces[i].used && t->pieces[i].id == p->id && same_host(&t->pieces[i].from, &p->from) &&
            same_host(&t->pieces[i].to, &p->to) && t->now - t->pieces[i].begun < SAME_PACKET)
            s = &t->pieces[i];
    if (s && (s->done || came_before(s, p->offset)))
        return;
    if (!s) {
        s = &t->pieces[t->next_piece];
        t->next_piece = (t->next_piece + 1) % TALKS_PIECES;
        *s = (struct pieces){.from = p->from, .to = p->to, .id = p->id, .begun = t->now, .used = true};
        if (!t->in_pieces++) {
            t->pieces_from = p->from;
            t->pieces_to = p->to;
        }
    }
    if (s->came < PIECES_OF)
        s->offset[s->came++] = p->offset;
    s->have += p->size;
    if (p->last)
        s->whole = p->offset + p->size;
    s->done = s->whole && s->have >= s->whole;
    t->whole += s->done;
}

static void
take_error(struct talks *t, enum service service, const struct packet *p)
{
    bool there;
    struct talk *k = count(t, service, p, &there);
    if (!k)
        return;
    k->speaker = p->speaker;
    k->about = p->about;
    if (p->mtu && (!k->mtu || p->mtu < k->mtu))
        k->mtu = p->mtu;
}

void
talks_take(struct talks *t, const struct packet *p, int64_t time, struct buf *lines)
{
    bool there;
    t->now = time;
    if (p->fragment)
        take_piece(t, p);
    if (p->fragment && !p->first)
        return;
    if (p->kind == PACKET_UDP)
        take_udp(t, p, lines);
    else if (p->kind == PACKET_TCP)
        take_tcp(t, p);
    else if (p->kind == PACKET_ESP)
        count(t, SERVICE_ESP, p, &there);
    else if (p->kind == PACKET_AH)
        count(t, SERVICE_AH, p, &there);
    else if (p->kind == PACKET_REFUSED)
        take_error(t, SERVICE_REFUSED, p);
    else if (p->kind == PACKET_TOO_BIG)
        take_error(t, SERVICE_TOO_BIG, p);
}

static void
end_tcp(struct talks *t, const struct talk *k, struct buf *lines)
{
    char a[ADDRESS], b[ADDRESS];
    if (!k->begun)
        return; // its beginning is not in the capture, so nothing can be said of it
    const char *how = k->reset                        ? "reset"
                      : !k->answered                  ? "silent"
                      : k->closed && !k->closed_there ? "closed"
                      : k->load_there && k->load_back ? "data"
                                                      : "open";
    stamp(t->now, lines);
    buf_addf(lines, "path %d set-up: TCP from %s port %u to %s port %u: %s, %llu packets there, %llu back\n",
             k->path, host_text(&k->from, a), k->from_port, host_text(&k->to, b), k->to_port, how,
             (unsigned long long)k->there, (unsigned long long)k->back);
    if (k->prefix || (k->other && k->to_port == 4500)) {
        stamp(t->now, lines);
        buf_addf(lines, "path %d stream: TCP from %s to %s port %u begins %s\n", k->path,
                 host_text(&k->from, a), host_text(&k->to, b), k->to_port,
                 k->prefix ? "as IKE" : "otherwise");
    }
}

// UDP between the same hosts and on the same port, behind a TCP set-up that was closed.
static void
end_behind(struct talks *t, const struct talk *tcp, struct buf *lines)
{
    char a[ADDRESS], b[ADDRESS];
    if (!tcp->begun || !tcp->closed || tcp->reset || !tcp->answered)
        return;
    for (size_t i = 0; i < t->count; i++) {
        const struct talk *u = &t->at[i];
        if (u->service != SERVICE_UDP || u->first < tcp->first || u->path != tcp->path ||
            u->first - tcp->closed_at > (int64_t)BESIDE * 1000000)
            continue;
        bool branch = same_host(&u->from, &tcp->from) && u->to_port == tcp->to_port;
        bool callback = same_host(&u->from, &tcp->to) && u->from_port == tcp->to_port;
        if (!branch && !callback)
            continue;
        const char *who = callback ? (u->back ? "branch" : "callback") : u->back ? "branch" : "branch-only";
        int64_t after = u->first > tcp->closed_at ? (u->first - tcp->closed_at + 500000) / 1000000 : 0;
        uint64_t packets = u->there + u->back;
        stamp(t->now, lines);
        buf_addf(
            lines,
            "path %d behind the set-up: UDP from %s port %u to %s port %u: %s after %lld s, %llu packets\n",
            u->path, host_text(&u->from, a), u->from_port, host_text(&u->to, b), u->to_port, who,
            (long long)after, (unsigned long long)packets);
        return;
    }
}

static void
end_total(struct talks *t, const struct talk *k, struct buf *lines)
{
    char a[ADDRESS], b[ADDRESS];
    stamp(t->now, lines);
    buf_addf(lines, "path %d total: %s from %s to %s: %llu packets there, %llu back\n", k->path,
             service_name[k->service], host_text(&k->from, a), host_text(&k->to, b),
             (unsigned long long)k->there, (unsigned long long)k->back);
}

static void
end_error(struct talks *t, const struct talk *k, struct buf *lines)
{
    char a[ADDRESS], b[ADDRESS], c[ADDRESS];
    const char *about = k->about == 17  ? "UDP"
                        : k->about == 6 ? "TCP"
                        : k->about == 50 || k->about == 51
                            ? service_name[k->about == 50 ? SERVICE_ESP : SERVICE_AH]
                            : "IP";
    unsigned long long times = (unsigned long long)k->there + k->back;
    host_text(&k->from, a);
    host_text(&k->to, b);
    host_text(&k->speaker, c);
    if (k->service == SERVICE_TOO_BIG && !k->mtu)
        return;
    stamp(t->now, lines);
    if (k->service == SERVICE_REFUSED)
        buf_addf(lines, "path %d refused: %s from %s to %s port %u, as %s says, %llu times\n", k->path, about,
                 a, b, k->to_port, c, times);
    else
        buf_addf(lines, "path %d too big: %s from %s to %s has at most %u bytes, as %s says, %llu times\n",
                 k->path, about, a, b, k->mtu, c, times);
}

// A translator was seen on both sides: it passed UDP 500 on. Did it pass on what then ran on UDP 4500?
static void
end_held(struct talks *t, const struct talk *k, struct buf *lines)
{
    char a[ADDRESS], b[ADDRESS];
    bool through = false, passed = false;
    for (size_t i = 0; i < t->count; i++) {
        const struct talk *o = &t->at[i];
        through |= o->path == k->path && o->service == SERVICE_UDP500 && o->passed_on;
        passed |= o->path == k->path && o->service == SERVICE_UDP4500 && (o->passed_on || o->back);
    }
    if (!through || passed)
        return;
    stamp(t->now, lines);
    buf_addf(lines, "path %d held back: UDP-4500 from %s to %s: %llu packets went no further, UDP-500 did\n",
             k->path, host_text(&k->from, a), host_text(&k->to, b), (unsigned long long)k->there);
}

void
talks_end(struct talks *t, struct buf *lines)
{
    char a[ADDRESS], b[ADDRESS];
    for (size_t i = 0; i < t->count; i++) {
        const struct talk *k = &t->at[i];
        if (k->service == SERVICE_TCP) {
            end_tcp(t, k, lines);
            end_behind(t, k, lines);
        } else if (k->service == SERVICE_REFUSED || k->service == SERVICE_TOO_BIG) {
            end_error(t, k, lines);
        } else if (k->service != SERVICE_UDP) {
            end_total(t, k, lines);
            if (k->service == SERVICE_UDP4500)
                end_held(t, k, lines);
        }
    }
    if (t->in_pieces) {
        stamp(t->now, lines);
        buf_addf(lines, "path %d fragments: from %s to %s and others, %llu packets in pieces, %s\n",
                 path_of(t, &t->pieces_from, &t->pieces_to), host_text(&t->pieces_from, a),
                 host_text(&t->pieces_to, b), (unsigned long long)t->in_pieces,
                 t->whole == t->in_pieces ? "all of them whole" : "some of them not whole");
    }
    if (t->left_out || t->messages_left_out) {
        stamp(t->now, lines);
        buf_addf(lines,
                 "not followed: %llu packets of further conversations; %llu IKE messages without a line\n",
                 (unsigned long long)t->left_out, (unsigned long long)t->messages_left_out);
    }
}
