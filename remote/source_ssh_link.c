// The connection to a gateway: a socket that can be given up at any moment, one session of libssh for each
// host on the way, and for each host in between a thread that carries the next session's bytes.
#include <libssh/libssh.h>

#include "diag/arena.h"
#include "remote/legacy.h"
#include "remote/source_ssh.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HERE = 10, SLICE = 50, CARRY = 256 * 1024, ASKED = 256 * 1024, OFFERED = LINK_WINDOW / 4 * 3 };

struct link {
    ssh_session session;
    struct link *below; // the host it goes through
    // Of a host in between: what carries the session above.
    ssh_channel channel;
    pthread_t carrier;
    bool carrying;
    atomic_bool stop; // the carrier is to end, whatever waits to be sent
    int end;          // of the socket pair, this side
    bool loopback;    // the socket stays on this machine
    int64_t round;    // the shortest round trip, ms; -1: none was measured
};

// A lookup of a name that may outlive whoever asked: its thread cannot be stopped.
struct lookup {
    pthread_mutex_t lock;
    int owners;
    bool done;
    int failed;
    struct addrinfo *found;
    char host[256], port[8];
};

static void
lookup_drop(struct lookup *l)
{
    pthread_mutex_lock(&l->lock);
    bool last = --l->owners == 0;
    pthread_mutex_unlock(&l->lock);
    if (!last)
        return;
    if (l->found)
        freeaddrinfo(l->found);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

static void *
lookup_run(void *self)
{
    struct lookup *l = self;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int failed = getaddrinfo(l->host, l->port, &hints, &found);
    pthread_mutex_lock(&l->lock);
    l->failed = failed;
    l->found = found;
    l->done = true;
    pthread_mutex_unlock(&l->lock);
    lookup_drop(l);
    return NULL;
}

// The addresses of a host, to be dropped with lookup_drop; NULL: e says why.
static struct lookup *
look_up(struct gate *g, const struct gateway *hop, struct err *e)
{
    struct lookup *l = mem_new(sizeof *l);
    pthread_mutex_init(&l->lock, NULL);
    l->owners = 2;
    memcpy(l->host, hop->host, sizeof l->host);
    memcpy(l->port, hop->port, sizeof hop->port);
    pthread_t thread;
    if (pthread_create(&thread, NULL, lookup_run, l) != 0) {
        l->owners = 1;
        lookup_drop(l);
        err_set(e, ERR_LIMIT, "%s: cannot start a thread to look up %s", g->shown, hop->host);
        return NULL;
    }
    pthread_detach(thread);
    bool done = false;
    int failed = 0;
    while (!done && !gate_over(g) && gate_left(g) > 0) {
        pthread_mutex_lock(&l->lock);
        done = l->done;
        failed = l->failed;
        pthread_mutex_unlock(&l->lock);
        if (!done)
            poll(NULL, 0, SLICE / 10);
    }
    if (done && !failed)
        return l;
    if (gate_over(g))
        gate_cancelled(g, e);
    else
        err_set(e, ERR_NET, "%s: cannot look up %s: %s. Check the name, or give an address", g->shown,
                hop->host, done ? gai_strerror(failed) : err_say("the name server does not answer"));
    lookup_drop(l);
    return NULL;
}

// Waits until the socket can be written; 0, or errno.
static int
wait_connected(struct gate *g, int fd, int64_t until)
{
    while (gate_now() < until) {
        struct pollfd ready = {.fd = fd, .events = POLLOUT};
        if (gate_over(g))
            return ECANCELED;
        if (poll(&ready, 1, SLICE) <= 0)
            continue;
        int failed = 0;
        socklen_t size = sizeof failed;
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size);
        return failed;
    }
    return ETIMEDOUT;
}

// A dead network is noticed by the kernel, a frozen peer by the deadlines of each step.
static void
tune(const struct gate *g, int fd)
{
    int one = 1, idle = 10, count = 3;
    unsigned lost = (unsigned)g->timeout;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &lost, sizeof lost);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &idle, sizeof idle);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
}

static const char *
advice(int failed)
{
    switch (failed) {
    case ECONNREFUSED:
        return ERR_SAY(". Nothing listens there: is it the right port, and does its SSH server run?");
    case ETIMEDOUT:
        return ERR_SAY(". Nothing came back: a firewall drops it, the address is wrong, or the host is down");
    case EHOSTUNREACH:
    case ENETUNREACH:
        return ERR_SAY(". There is no way there from here: check routes and addresses, or name a jump host");
    default:
        return "";
    }
}

// A connected socket, or -1. address becomes the text of what it is connected to.
static int
connect_to(struct gate *g, const struct gateway *hop, char address[64], struct err *e)
{
    struct lookup *l = look_up(g, hop, e);
    int failed = 0, fd = -1;
    for (struct addrinfo *a = l ? l->found : NULL; a && fd < 0 && failed != ECANCELED; a = a->ai_next) {
        fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        failed = fd < 0 ? errno : connect(fd, a->ai_addr, a->ai_addrlen) == 0 ? 0 : errno;
        int others = 0; // each address has its share of what is left
        for (struct addrinfo *b = a->ai_next; b; b = b->ai_next)
            others++;
        if (fd >= 0 && failed == EINPROGRESS)
            failed = wait_connected(g, fd, gate_now() + gate_left(g) / (others + 1));
        getnameinfo(a->ai_addr, a->ai_addrlen, address, 64, NULL, 0, NI_NUMERICHOST);
        if (fd >= 0 && failed) {
            close(fd);
            fd = -1;
        }
    }
    if (l)
        lookup_drop(l);
    if (fd >= 0) {
        tune(g, fd);
        return fd;
    }
    char why[128];
    if (failed == ECANCELED)
        gate_cancelled(g, e);
    else if (l && strcmp(hop->host, address) == 0)
        err_set(e, ERR_NET, "%s: cannot reach %s port %s: %s%s", g->shown, address, hop->port,
                strerror_r(failed, why, sizeof why), err_say(advice(failed)));
    else if (l)
        err_set(e, ERR_NET, "%s: cannot reach %s (%s) port %s: %s%s", g->shown, hop->host, address, hop->port,
                strerror_r(failed, why, sizeof why), err_say(advice(failed)));
    return -1;
}

bool
link_fail(struct gate *g, ssh_session s, const char *doing, struct err *e)
{
    const char *why = ssh_get_error(s);
    if (gate_over(g))
        return gate_cancelled(g, e);
    if (gate_late(g))
        // TRANSLATORS: behind "cannot" stands one of the texts from "connect to it" to "run a command there"
        return err_set(e, ERR_NET,
                       "%s: cannot %s: that was not done within %d s, and it was given up. The other "
                       "side answers too slowly, or not at all; --timeout waits longer",
                       g->shown, doing, g->timeout / 1000);
    if (!why || !*why)
        return err_set(e, ERR_NET, "%s: cannot %s: nothing came for %d s. What came before stays", g->shown,
                       doing, g->timeout / 1000);
    struct buf old = {0};
    if (strstr(why, "no match"))
        legacy_named(str_of(why), &old);
    if (old.len)
        err_set(e, ERR_NET,
                "%s: cannot %s: it only knows old algorithms. If it cannot be brought up to date, allow "
                "what it offers in its profile: legacy: \"%s\" (%.200s)",
                g->shown, doing, buf_cstr(&old), why);
    else
        err_set(e, ERR_NET, "%s: cannot %s: %.300s. What came before stays", g->shown, doing, why);
    buf_release(&old);
    return false;
}

static bool
set_option(ssh_session s, enum ssh_options_e option, const void *value, const char *name, struct gate *g,
           struct err *e)
{
    if (ssh_options_set(s, option, value) == SSH_OK)
        return true;
    return err_set(e, ERR_USAGE, "%s: cannot set %s for the connection: %.200s", g->shown, err_say(name),
                   ssh_get_error(s));
}

static bool
set_list(ssh_session s, enum ssh_options_e option, enum legacy_kind kind, struct gate *g, struct err *e)
{
    struct buf names = {0};
    legacy_offer(kind, g->hops[g->hop_count - 1].legacy, &names);
    bool good = set_option(s, option, buf_cstr(&names), ERR_SAY("algorithms"), g, e);
    buf_release(&names);
    return good;
}

// PROCESS_CONFIG first: otherwise connecting would run what the user's configuration names.
static bool
set_options(struct gate *g, ssh_session s, const struct gateway *hop, int fd, struct err *e)
{
    bool no = false;
    long seconds = g->timeout / 1000 + 1; // gate_limit ends whole steps before
    unsigned port = (unsigned)strtoul(hop->port, NULL, 10);
    bool good =
        set_option(s, SSH_OPTIONS_PROCESS_CONFIG, &no, ERR_SAY("that no configuration is run"), g, e) &&
        set_option(s, SSH_OPTIONS_HOST, hop->host, ERR_SAY("the host"), g, e) &&
        set_option(s, SSH_OPTIONS_PORT, &port, ERR_SAY("the port"), g, e) &&
        set_option(s, SSH_OPTIONS_USER, hop->user, ERR_SAY("the user"), g, e) &&
        set_option(s, SSH_OPTIONS_TIMEOUT, &seconds, ERR_SAY("the timeout"), g, e) &&
        set_option(s, SSH_OPTIONS_FD, &fd, ERR_SAY("the socket"), g, e) &&
        set_list(s, SSH_OPTIONS_KEY_EXCHANGE, LEGACY_KEX, g, e) &&
        set_list(s, SSH_OPTIONS_HOSTKEYS, LEGACY_HOST_KEY, g, e) &&
        set_list(s, SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, LEGACY_HOST_KEY, g, e) &&
        set_list(s, SSH_OPTIONS_CIPHERS_C_S, LEGACY_CIPHER, g, e) &&
        set_list(s, SSH_OPTIONS_CIPHERS_S_C, LEGACY_CIPHER, g, e) &&
        set_list(s, SSH_OPTIONS_HMAC_C_S, LEGACY_MAC, g, e) &&
        set_list(s, SSH_OPTIONS_HMAC_S_C, LEGACY_MAC, g, e);
    // libssh would look for the user's file in the home that the system has for this account, not in HOME.
    good = good && set_option(s, SSH_OPTIONS_KNOWNHOSTS, g->known_hosts, ERR_SAY("known_hosts"), g, e);
    if (good && g->only_known)
        good = set_option(s, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, g->known_hosts, ERR_SAY("known_hosts"), g, e);
    return good;
}

// On a long line the window is the speed. In libssh 0.10 the bytes asked for at once become the window that
// is offered; to ask for as many each time would send a packet for each that comes. In 0.11 the window is 2
// MiB whatever is asked, and is filled up by the library when half of it was read: right there too, but on a
// long line not faster than 2 MiB a round trip, of what is packed in most cases.
int
link_read(ssh_channel channel, char *into, uint32_t *offered, int wait)
{
    bool more = *offered < OFFERED;
    int got = ssh_channel_read_timeout(channel, into, more ? LINK_WINDOW : ASKED, 0, wait);
    *offered = (more ? LINK_WINDOW : *offered) - (got > 0 ? (uint32_t)got : 0);
    return got == SSH_AGAIN ? 0 : got; // libssh 0.11 says so when nothing has come
}

// Carries bytes between a channel and the socket pair until either ends, or it is stopped. Owns the session
// below while it runs.
static void *
carry(void *self)
{
    struct link *l = self;
    char *in = mem_new(LINK_WINDOW), *out = mem_new(CARRY);
    uint32_t offered = 0;
    size_t in_at = 0, in_len = 0, out_at = 0, out_len = 0;
    for (bool going = true; going;) {
        bool moved = false;
        if (in_at == in_len) {
            int got = link_read(l->channel, in, &offered, 0);
            going = got >= 0 && ssh_is_connected(l->session) && (got > 0 || !ssh_channel_is_eof(l->channel));
            in_at = 0;
            in_len = got > 0 ? (size_t)got : 0;
        }
        if (in_at < in_len) {
            ssize_t sent = send(l->end, in + in_at, in_len - in_at, MSG_NOSIGNAL | MSG_DONTWAIT);
            going = going && (sent >= 0 || errno == EAGAIN || errno == EINTR);
            in_at += sent > 0 ? (size_t)sent : 0;
            moved |= sent > 0;
        }
        if (out_at == out_len) {
            ssize_t got = recv(l->end, out, CARRY, MSG_DONTWAIT);
            going = going && (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)));
            out_at = 0;
            out_len = got > 0 ? (size_t)got : 0;
        }
        if (out_at < out_len) {
            int sent = ssh_channel_write(l->channel, out + out_at, (uint32_t)(out_len - out_at));
            going = going && (sent >= 0 || sent == SSH_AGAIN);
            out_at += sent > 0 ? (size_t)sent : 0;
            moved |= sent > 0;
        }
        struct pollfd ready[] = {
            {ssh_get_fd(l->session), POLLIN, 0},
            {l->end, (short)((in_at < in_len ? POLLOUT : 0) | (out_at == out_len ? POLLIN : 0)), 0}};
        going = going && !atomic_load(&l->stop);
        // What waits for a host that takes nothing is of no use when the session above is gone.
        if (going && !moved && poll(ready, 2, SLICE) > 0 && ready[1].revents & (POLLHUP | POLLERR))
            going = out_at == out_len;
    }
    shutdown(l->end, SHUT_RDWR);
    free(in);
    free(out);
    return NULL;
}

// The socket of the next host, by way of this one; -1: e says why.
static int
carry_to(struct gate *g, struct link *l, const struct gateway *next, struct err *e)
{
    int pair[2];
    l->channel = ssh_channel_new(l->session);
    if (!l->channel || ssh_channel_open_forward(l->channel, next->host, (int)strtol(next->port, NULL, 10),
                                                "127.0.0.1", 0) != SSH_OK) {
        struct buf doing = {0};
        buf_addf(&doing, err_say("reach %.100s port %s from the host in between"), next->host, next->port);
        link_fail(g, l->session, buf_cstr(&doing), e);
        buf_release(&doing);
        return -1;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        err_set(e, ERR_LIMIT, "%s: cannot go on: no descriptors are left", g->shown);
        return -1;
    }
    fcntl(pair[1], F_SETFL, O_NONBLOCK);
    l->end = pair[0];
    ssh_set_blocking(l->session, 0);
    l->carrying = pthread_create(&l->carrier, NULL, carry, l) == 0;
    if (l->carrying)
        return pair[1];
    close(pair[1]);
    err_set(e, ERR_LIMIT, "%s: cannot start a thread for the host in between", g->shown);
    return -1;
}

static void
free_one(struct link *l)
{
    atomic_store(&l->stop, true);
    if (l->carrying)
        pthread_join(l->carrier, NULL);
    if (l->end >= 0)
        close(l->end);
    if (l->session) {
        ssh_set_blocking(l->session, 0); // nobody waits for a goodbye
        ssh_disconnect(l->session);
        ssh_free(l->session);
    }
    free(l);
}

// A session over a socket, up to the signed-in account. Takes fd.
static struct link *
open_hop(struct gate *g, size_t at, const char *where, int fd, struct err *e)
{
    const struct gateway *hop = &g->hops[at];
    size_t stage = gate_row(g, &g->reach[at], STAGE_REACH);
    struct link *l = mem_new(sizeof *l);
    struct buf how = {0};
    l->end = -1;
    l->round = -1;
    l->session = ssh_new();
    bool good =
        l->session != NULL || err_set(e, ERR_LIMIT, "%s: cannot connect: no memory is left", g->shown);
    int64_t begun = gate_now();
    good = good && set_options(g, l->session, hop, fd, e);
    if (!good)
        close(fd);
    if (good && ssh_connect(l->session) != SSH_OK)
        good = link_fail(g, l->session, err_say("connect to it"), e);
    int64_t took = gate_now() - begun;
    good = good && host_check(g, hop, where, l->session, &how, e);
    gate_limit(g, false);
    if (!good) {
        gate_stage_set(g, stage, STAGE_FAILED, "%s", e->text);
    } else {
        gate_stage_set(g, stage, STAGE_PASSED, "%s: %lld ms, %s", where, (long long)took, buf_cstr(&how));
        buf_clear(&how);
        size_t sign = gate_row(g, &g->sign[at], STAGE_SIGN_IN);
        gate_stage_set(g, sign, STAGE_NOW, "%s", hop->user);
        gate_limit(g, true);
        good = auth_sign_in(g, hop, l->session, sign, &how, e);
        gate_limit(g, false);
        gate_stage_set(g, sign, good ? STAGE_PASSED : STAGE_FAILED, "%s", good ? buf_cstr(&how) : e->text);
    }
    buf_release(&how);
    if (good)
        return l;
    free_one(l);
    return NULL;
}

// What an earlier try came to says nothing of the one that begins.
static void
forget_try(struct gate *g)
{
    for (size_t i = 0; i < g->hop_count; i++) {
        if (g->reach[i])
            gate_stage_set(g, g->reach[i] - 1, STAGE_TO_COME, "%s", "");
        if (g->sign[i])
            gate_stage_set(g, g->sign[i] - 1, STAGE_TO_COME, "%s", "");
    }
}

bool
link_open(struct gate *g, struct err *e)
{
    g->link = NULL;
    forget_try(g);
    for (size_t i = 0; i < g->hop_count; i++) {
        const struct gateway *hop = &g->hops[i];
        char address[64] = "", where[300];
        size_t stage = gate_row(g, &g->reach[i], STAGE_REACH);
        gate_stage_set(g, stage, STAGE_NOW, err_say("%s port %s"), hop->host, hop->port);
        gate_limit(g, true);
        int fd = i ? carry_to(g, g->link, hop, e) : connect_to(g, hop, address, e);
        if (i)
            snprintf(where, sizeof where, err_say("%.150s port %s by way of %.100s"), hop->host, hop->port,
                     g->hops[i - 1].host);
        else if (strcmp(address, hop->host) == 0)
            snprintf(where, sizeof where, err_say("%s port %s"), address, hop->port);
        else
            snprintf(where, sizeof where, err_say("%.200s (%s) port %s"), hop->host, address, hop->port);
        if (fd < 0) {
            gate_limit(g, false);
            gate_stage_set(g, stage, STAGE_FAILED, "%s", e->text);
            link_close(g);
            return false;
        }
        if (i == 0)
            gate_wake(g, 0, fd);
        struct link *l = open_hop(g, i, where, fd, e);
        if (!l) {
            link_close(g);
            return false;
        }
        l->loopback = g->hop_count == 1 && (strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0);
        l->below = g->link;
        g->link = l;
    }
    return true;
}

void
link_close(struct gate *g)
{
    shell_close(g);
    gate_wake(g, 0, -1);
    while (g->link) {
        struct link *below = g->link->below;
        free_one(g->link);
        g->link = below;
    }
}

ssh_session
link_session(const struct link *l)
{
    return l->session;
}

bool
link_alive(const struct link *l)
{
    return l && ssh_is_connected(l->session);
}

const char *
link_greeting(const struct link *l)
{
    return ssh_get_serverbanner(l->session);
}

void
link_measured(struct link *l, int64_t round)
{
    if (l->round < 0 || round < l->round)
        l->round = round;
}

// A port that is forwarded lies on this machine too, but its answers come from afar.
bool
link_is_here(const struct link *l)
{
    return l->loopback && l->round >= 0 && l->round < HERE;
}
