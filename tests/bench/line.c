// line PORT TO-PORT ROUND-TRIP-MS [MBIT/S]: a long line for TCP on loopback. Bytes take half of it in either
// direction, and come no faster than MBIT/S. The SSH benchmark puts it between ikewalk and a server.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, UNDER_WAY = 64 << 20 };

struct piece {
    struct piece *next;
    double due;
    size_t length, sent;
    char bytes[PIECE];
};

// One direction of one connection.
struct way {
    int from, to;
    struct piece *first, *last;
    size_t under_way;
    double free_at; // when the line has carried what is on it
    int ended;
};

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
take(struct way *w, double delay, double rate)
{
    struct piece *p = malloc(sizeof *p);
    ssize_t got = p ? recv(w->from, p->bytes, PIECE, MSG_DONTWAIT) : -1;
    if (got <= 0) {
        w->ended |= got == 0 || (errno != EAGAIN && errno != EINTR);
        free(p);
        return;
    }
    double at = now();
    w->free_at = (w->free_at > at ? w->free_at : at) + (rate > 0 ? (double)got / rate : 0);
    p->next = NULL;
    p->due = w->free_at + delay;
    p->length = (size_t)got;
    p->sent = 0;
    if (w->last)
        w->last->next = p;
    else
        w->first = p;
    w->last = p;
    w->under_way += p->length;
}

// Returns 0 when the other side is gone.
static int
give(struct way *w)
{
    while (w->first && w->first->due <= now()) {
        struct piece *p = w->first;
        ssize_t sent = send(w->to, p->bytes + p->sent, p->length - p->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN || errno == EINTR;
        p->sent += (size_t)sent;
        if (p->sent < p->length)
            return 1;
        w->first = p->next;
        if (!w->first)
            w->last = NULL;
        w->under_way -= p->length;
        free(p);
    }
    if (w->ended && !w->first)
        shutdown(w->to, SHUT_WR);
    return 1;
}

static void
carry(int near, int far, double delay, double rate)
{
    struct way ways[2] = {{.from = near, .to = far}, {.from = far, .to = near}};
    while (!(ways[0].ended && !ways[0].first) || !(ways[1].ended && !ways[1].first)) {
        struct pollfd wait[2];
        double soonest = 1;
        for (int i = 0; i < 2; i++) {
            struct way *w = &ways[i];
            wait[i] = (struct pollfd){w->ended || w->under_way > UNDER_WAY ? -1 : w->from, POLLIN, 0};
            double left = w->first ? w->first->due - now() : 1;
            soonest = left < soonest ? left : soonest;
        }
        struct timespec pause = {.tv_nsec = soonest <= 0   ? 200000
                                            : soonest >= 1 ? 999999999
                                                           : (long)(soonest * 1e9)};
        ppoll(wait, 2, &pause, NULL);
        for (int i = 0; i < 2; i++) {
            if (wait[i].fd >= 0 && wait[i].revents)
                take(&ways[i], delay, rate);
            if (!give(&ways[i]))
                return;
        }
    }
}

static int
open_port(int port, int listening)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, room = 16 << 20;
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    if (listening ? bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 16)
                  : connect(fd, (struct sockaddr *)&address, sizeof address)) {
        perror("line");
        exit(1);
    }
    return fd;
}

int
main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    double delay = atof(argv[3]) / 2000, rate = argc > 4 ? atof(argv[4]) * 1e6 / 8 : 0;
    int listener = open_port(atoi(argv[1]), 1);
    for (;;) {
        int near = accept(listener, NULL, NULL), one = 1;
        if (near < 0)
            continue;
        if (fork() == 0) {
            close(listener);
            setsockopt(near, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            int far = open_port(atoi(argv[2]), 0);
            carry(near, far, delay, rate);
            _exit(0);
        }
        close(near);
    }
}
