// An active check as a source: asks a host on UDP 500, UDP 4500 and TCP 4500 whether somebody answers there,
// and tells it as lines that the dialect "probe" of the packs understands. Opened only where a person has
// seen what is sent and said yes.
#include "remote/probe.h"
#include "remote/source_ops.h"
#include "remote/spool.h"

#include "diag/arena.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ASKS = 7, TRIES = 3, TRY_MS = 1000, LIMIT_MS = 4000, ANSWER = 4096 };

// The two that are out of place are understood only where a mapping leads one port to the other.
static const struct ask {
    const char *service, *message;
    int version; // of IKE; 0: a TCP connection only
    uint16_t port;
    bool marked; // with the non-ESP marker
} asks[ASKS] = {
    {"UDP-500", "IKE_SA_INIT", 2, 500, false},
    {"UDP-500", "main-mode", 1, 500, false},
    {"UDP-500", "IKE_SA_INIT-with-marker", 2, 500, true},
    {"UDP-4500", "IKE_SA_INIT", 2, 4500, true},
    {"UDP-4500", "main-mode", 1, 4500, true},
    {"UDP-4500", "IKE_SA_INIT-without-marker", 2, 4500, false},
    {"TCP-4500", "connection", 0, 4500, false},
};

struct asked {
    int fd; // -1: it is over
    int sent;
    int64_t sent_at;
    unsigned char spi[8];
    struct buf packet;
};

struct source_probe {
    struct source base;
    struct sockaddr_storage to;
    socklen_t to_size;
    char address[INET6_ADDRSTRLEN];
    const char *whom; // of which tunnel the answers tell, " for PEER" or empty; in the name
    struct asked at[ASKS];
    int64_t begun;
    bool started, stopped;
    struct spool spool;
    struct buf lines;
};

static int64_t
now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
tell(struct source_probe *s, int which, const char *how)
{
    const struct ask *a = &asks[which];
    time_t now = time(NULL);
    struct tm tm;
    char stamp[40] = "";
    if (gmtime_r(&now, &tm))
        strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S+00:00 ", &tm);
    buf_addf(&s->lines, "%sprobe: %s %s to %s port %u%s: %s after %lld ms, sent %d times\n", stamp,
             a->service, a->message, s->address, a->port, s->whom, how, (long long)(now_ms() - s->begun),
             s->at[which].sent);
    if (s->at[which].fd >= 0)
        close(s->at[which].fd);
    s->at[which].fd = -1;
}

// A socket that only hears of this host, with the errors that routers report.
static void
begin_ask(struct source_probe *s, int which)
{
    struct asked *q = &s->at[which];
    struct sockaddr_storage to = s->to;
    const struct ask *a = &asks[which];
    int kind = (a->version ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
    if (to.ss_family == AF_INET)
        ((struct sockaddr_in *)&to)->sin_port = htons(a->port);
    else
        ((struct sockaddr_in6 *)&to)->sin6_port = htons(a->port);
    q->fd = socket(to.ss_family, kind, 0);
    bool good = q->fd >= 0 && getrandom(q->spi, sizeof q->spi, 0) == (ssize_t)sizeof q->spi;
    q->spi[0] |= 1; // never zero, or it would be the marker
    if (a->version)
        good = good && probe_packet(a->version, a->marked, q->spi, &q->packet);
    else
        q->sent = 1;
    if (good && connect(q->fd, (const struct sockaddr *)&to, s->to_size) != 0 && errno != EINPROGRESS)
        good = false;
    if (!good)
        tell(s, which, errno == ENETUNREACH || errno == EHOSTUNREACH ? "unreachable" : "not-sent");
}

static void
failed(struct source_probe *s, int which, int why)
{
    tell(s, which,
         why == ECONNREFUSED                                          ? "refused"
         : why == EHOSTUNREACH || why == ENETUNREACH || why == EACCES ? "unreachable"
                                                                      : "not-sent");
}

static void
send_again(struct source_probe *s, int which)
{
    struct asked *q = &s->at[which];
    if (!asks[which].version || q->sent == TRIES || (q->sent && now_ms() - q->sent_at < TRY_MS))
        return;
    q->sent_at = now_ms();
    if (send(q->fd, q->packet.at, q->packet.len, MSG_NOSIGNAL) < 0 && errno != EAGAIN) {
        failed(s, which, errno);
        return;
    }
    q->sent++;
}

static void
listen_once(struct source_probe *s, int which)
{
    struct asked *q = &s->at[which];
    unsigned char answer[ANSWER];
    if (!asks[which].version) {
        int why = 0;
        socklen_t size = sizeof why;
        if (getsockopt(q->fd, SOL_SOCKET, SO_ERROR, &why, &size) != 0)
            why = errno;
        if (why)
            failed(s, which, why);
        else
            tell(s, which, "answered");
        return;
    }
    ssize_t got = recv(q->fd, answer, sizeof answer, 0);
    if (got < 0 && errno != EAGAIN && errno != EINTR)
        failed(s, which, errno);
    else if (got > 0 && probe_answers(asks[which].marked, q->spi, answer, (size_t)got))
        tell(s, which, "answered");
}

static bool
work(struct source_probe *s)
{
    struct pollfd wanted[ASKS];
    bool open = false;
    for (int i = 0; i < ASKS; i++) {
        if (s->at[i].fd >= 0)
            send_again(s, i);
        wanted[i] = (struct pollfd){s->at[i].fd, asks[i].version ? POLLIN : POLLOUT, 0};
    }
    if (poll(wanted, ASKS, 0) > 0)
        for (int i = 0; i < ASKS; i++)
            if (s->at[i].fd >= 0 && wanted[i].revents)
                listen_once(s, i);
    bool late = s->stopped || now_ms() - s->begun > LIMIT_MS;
    for (int i = 0; i < ASKS; i++) {
        if (late && s->at[i].fd >= 0)
            tell(s, i, s->stopped ? "given-up" : "silent");
        open |= s->at[i].fd >= 0;
    }
    return open;
}

static enum source_step
step(struct source *base, struct str *block, struct err *e)
{
    struct source_probe *s = (struct source_probe *)base;
    buf_clear(&s->lines);
    if (!s->started) {
        s->begun = now_ms();
        for (int i = 0; i < ASKS; i++)
            begin_ask(s, i);
    }
    s->started = true;
    bool open = work(s);
    if (s->lines.len && !spool_add(&s->spool, buf_str(&s->lines), e))
        return SOURCE_FAILED;
    *block = buf_str(&s->lines);
    return s->lines.len ? SOURCE_MORE : open ? SOURCE_WAIT : SOURCE_DONE;
}

static size_t
read_text(struct source *base, uint64_t offset, char *into, size_t want)
{
    return spool_read(&((struct source_probe *)base)->spool, offset, into, want);
}

static void
progress(const struct source *base, uint64_t *taken, uint64_t *total)
{
    (void)base;
    *taken = *total = 0;
}

static void
stop(struct source *base)
{
    ((struct source_probe *)base)->stopped = true;
}

static void
close_it(struct source *base)
{
    struct source_probe *s = (struct source_probe *)base;
    for (int i = 0; i < ASKS; i++) {
        if (s->at[i].fd >= 0)
            close(s->at[i].fd);
        buf_release(&s->at[i].packet);
    }
    spool_close(&s->spool);
    buf_release(&s->lines);
    free(s);
}

static const struct source_ops probe_ops = {
    .step = step, .read = read_text, .progress = progress, .close = close_it, .stop = stop};

struct source *
source_probe_open(const char *name, struct err *e)
{
    struct source_probe *s = mem_new(sizeof *s);
    struct buf host = {0};
    struct str asked = str_of(name + sizeof SOURCE_PROBE - 1);
    size_t end = str_find(asked, STR(" "));
    buf_addf(&host, "%.*s", (int)end, asked.at);
    s->base = (struct source){.ops = &probe_ops, .kind = "probe", .name = mem_text(name)};
    s->whom = s->base.name + (sizeof SOURCE_PROBE - 1) + end;
    s->spool.fd = -1;
    for (int i = 0; i < ASKS; i++)
        s->at[i].fd = -1;
    // An address only: to look a name up would block, and ask somebody else.
    const struct addrinfo wanted = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(buf_cstr(&host), NULL, &wanted, &found) != 0 ||
        getnameinfo(found->ai_addr, found->ai_addrlen, s->address, sizeof s->address, NULL, 0,
                    NI_NUMERICHOST) != 0) {
        err_set(e, ERR_USAGE, "%.100s: cannot ask it: this is no IP address", buf_cstr(&host));
    } else {
        memcpy(&s->to, found->ai_addr, found->ai_addrlen);
        s->to_size = found->ai_addrlen;
    }
    if (found)
        freeaddrinfo(found);
    buf_release(&host);
    if (s->to_size && spool_open(&s->spool, e))
        return &s->base;
    source_close(&s->base);
    return NULL;
}
