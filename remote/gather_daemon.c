// Which daemon serves IKE on a gateway. More than one may be installed, have left a log, or run, in a
// container or without the ports of IKE: what the gateway shows of each is weighed.
#include "remote/gather.h"

#include <stdio.h>

static const struct {
    const char *platform, *word;
} daemons[GATHER_DAEMONS] = {{"libreswan", "pluto"}, {"strongswan", "charon"}};

// Of each process: in which network it runs, as far as this account may see that (a container has its own),
// and whether the system started it as a service; then whose the sockets of IKE are.
void
gather_daemon_ask(const char *sudo, struct buf *script)
{
    buf_addf(script,
             "echo version $($T ipsec --version 2>/dev/null | head -n 1); "
             "echo version $($T swanctl --version 2>/dev/null | head -n 1); "
             "N=$(readlink /proc/self/ns/net); for d in pluto charon charon-systemd; do "
             "for p in $(pgrep -x $d 2>/dev/null); do n=$(%sreadlink /proc/$p/ns/net 2>/dev/null); "
             "if [ \"${n:-$N}\" != \"$N\" ]; then echo elsewhere $d; else echo runs $d; "
             "grep -q ':/system[.]slice/[^/]*[.]service$' /proc/$p/cgroup 2>/dev/null && echo serves $d; fi; "
             "done; done; $T %sss -lunp 2>/dev/null | awk '$4 ~ /:4?500$/ && match($0, /pluto|charon/) "
             "{d=substr($0, RSTART, RLENGTH); print \"holds\", d; "
             "if ($4 !~ /^(0[.]0[.]0[.]0|[*]|[[]::[]]):/) print \"binds\", d}' | sort -u; ",
             sudo, sudo);
}

static struct gather_daemon *
daemon_of(struct gather_host *h, struct str name)
{
    for (size_t i = 0; i < GATHER_DAEMONS; i++)
        if (str_starts(name, str_of(daemons[i].word)))
            return &h->daemon[i];
    return NULL;
}

// "U5.9.8" and the like: the daemon's own word for itself, and what it says of its version.
static void
take_version(struct gather_host *h, struct str line)
{
    bool libre = str_find(line, STR("Libreswan")) < line.len,
         strong = str_find(line, STR("strongSwan")) < line.len;
    struct gather_daemon *d = &h->daemon[libre ? 0 : 1];
    if ((libre || strong) && !*d->version) {
        size_t length = line.len < sizeof d->version ? line.len : sizeof d->version - 1;
        memcpy(d->version, line.at, length); // the rest is zero
    }
}

void
gather_daemon_take(struct gather_host *h, struct str word, struct str line)
{
    struct gather_daemon *d = daemon_of(h, line);
    if (str_eq(word, STR("version")))
        take_version(h, line);
    else if (d && str_eq(word, STR("elsewhere")))
        d->elsewhere = true;
    else if (d && str_eq(word, STR("runs")))
        d->runs = true;
    else if (d && str_eq(word, STR("serves")))
        d->serves = true;
    else if (d && str_eq(word, STR("holds")))
        d->holds = true;
    else if (d && str_eq(word, STR("binds")))
        d->binds = true;
    else if (d && str_eq(word, STR("logs")))
        d->logs = true;
}

// What is said of both when neither has more.
static const char *const both[] = {
    NULL,
    ERR_SAY("are installed"),
    ERR_SAY("have a log or run in another network"),
    ERR_SAY("are running"),
    ERR_SAY("hold UDP 500 or 4500"),
};

// An index into both.
static int
weight(const struct gather_daemon *d)
{
    return d->holds ? 4 : d->runs ? 3 : d->logs || d->elsewhere ? 2 : *d->version ? 1 : 0;
}

void
gather_daemon_choose(struct gather_host *h)
{
    static const char *const why[] = {
        ERR_SAY("nothing that this account may see tells which of them serves IKE"),
        ERR_SAY("its program answers"),
        ERR_SAY("its log is there"),
        ERR_SAY("the system runs it as a service"),
        ERR_SAY("what comes to the addresses of this gateway goes to its sockets"),
    };
    int have[GATHER_DAEMONS], reason[GATHER_DAEMONS], best = 0;
    for (int i = 0; i < GATHER_DAEMONS; i++) {
        const struct gather_daemon *d = &h->daemon[i];
        have[i] = weight(d);
        reason[i] = d->binds ? 4 : d->serves ? 3 : d->logs ? 2 : *d->version ? 1 : 0;
    }
    if (have[1] > have[0] || (have[1] == have[0] && reason[1] > reason[0]))
        best = 1;
    int other = !best;
    if (h->platform < 0 && have[best] > 0) {
        h->platform = gather_platform(daemons[best].platform);
        if (have[best] == have[other])
            snprintf(
                h->doubt, sizeof h->doubt,
                err_say(
                    "%s and %s both %s there. Read is %s: %s. --platform %s, or platform: in its profile, "
                    "reads the other"),
                gather_platform_title(gather_platform(daemons[0].platform)),
                gather_platform_title(gather_platform(daemons[1].platform)), err_say(both[have[best]]),
                gather_platform_title(h->platform),
                err_say(why[reason[best] > reason[other] ? reason[best] : 0]), daemons[other].platform);
    }
    for (int i = 0; i < GATHER_DAEMONS; i++)
        if (h->platform >= 0 && h->platform == gather_platform(daemons[i].platform)) {
            memcpy(h->version, h->daemon[i].version, sizeof h->version);
            if (!*h->doubt && have[i] == 2 && h->daemon[i].elsewhere)
                snprintf(
                    h->doubt, sizeof h->doubt,
                    err_say(
                        "%s runs there in a network of its own (a container): its sockets, routes and the "
                        "state of the kernel that are read here are not those of its tunnels"),
                    gather_platform_title(h->platform));
        }
}
