#include "remote/gather.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIBRESWAN, STRONGSWAN, CISCO_IOS, CISCO_ASA, LOG_FILE, PLATFORMS };

enum { MIXED_FROM = 10, DAY = 86400, TAIL_LOOKED = 262144 };
#define CLOCK_MOST UINT64_C(253402300799) // the end of the year 9999

static const struct {
    const char *name, *title;
    const char *tags[8];  // what a line of the daemon holds in a log of many programs
    const char *units[5]; // of the journal
    bool device;
} platforms[PLATFORMS] = {
    [LIBRESWAN] = {"libreswan", "Libreswan", {"pluto", "ipsec"}, {"ipsec"}, false},
    [STRONGSWAN] = {"strongswan",
                    "strongSwan",
                    {"charon", "ipsec"},
                    {"strongswan", "strongswan-starter", "strongswan-swanctl", "ipsec"},
                    false},
    [CISCO_IOS] = {"cisco-ios", "Cisco IOS", {0}, {0}, true},
    [CISCO_ASA] = {"cisco-asa", "Cisco ASA", {0}, {0}, true},
    [LOG_FILE] = {"file",
                  "a log file",
                  {"pluto", "charon", "ipsec", "ISAKMP", "CRYPTO", "IKE", "racoon"},
                  {"ipsec", "strongswan", "strongswan-starter", "strongswan-swanctl"},
                  false},
};

static const char *const tool_names[TOOL_COUNT] = {
    [TOOL_IPSEC] = "ipsec",     [TOOL_SWANCTL] = "swanctl",
    [TOOL_IP] = "ip",           [TOOL_SS] = "ss",
    [TOOL_NFT] = "nft",         [TOOL_IPTABLES] = "iptables-save",
    [TOOL_SYSCTL] = "sysctl",   [TOOL_JOURNAL] = "journalctl",
    [TOOL_CAT] = "cat",         [TOOL_FIND] = "find",
    [TOOL_ZSTD] = "zstd",       [TOOL_GZIP] = "gzip",
    [TOOL_TIMEOUT] = "timeout",
};

// Where the lines of many programs are mixed, and where a daemon writes alone.
#define MIXED_LOGS "/var/log/secure /var/log/auth.log /var/log/messages /var/log/syslog /var/log/daemon.log"
#define PLUTO_LOGS "/var/log/pluto.log"
#define CHARON_LOGS "/var/log/charon.log /var/log/strongswan.log"

#define ANY (1u << LIBRESWAN | 1u << STRONGSWAN | 1u << LOG_FILE)
// The kernel's own answer to which way packets to the networks of its policies take.
#define ASK_ROUTES                                                                                           \
    "xfrm policy list dir out | sed -n 's/^src .* dst \\([0-9a-f.:]*\\).*/route get \\1/p' | sort -u | "     \
    "head -n 64 | @ -o -force -batch - | sed 's/^/asked /'"
// Files of a configuration below /etc, each behind its name, without what holds keys: the section of secrets,
// and lines that set one. Nothing but the folders named is looked into.
#define CONFIGURATION(folders, files)                                                                        \
    "/etc -maxdepth 4 -type d ! -path /etc " folders " -prune -o ! -type d \\( " files " \\) "               \
    "-exec awk 'FNR==1{print \"# \" FILENAME; s=0} /^[[:space:]]*secrets[[:space:]]*([{]|$)/{s=1} "          \
    "!s && !/(secret|password|passphrase)[a-z0-9_-]*[[:space:]]*=/{print} s && /^}/{s=0}' {} +"
static const struct {
    unsigned platforms;
    enum source_stage_kind kind;
    enum gather_tool tool, unless; // unless: not when this other one is there
    const char *arguments;         // @: the tool once more
} states[] = {
    {1u << LIBRESWAN, STAGE_TUNNELS, TOOL_IPSEC, TOOL_COUNT, "status"},
    {1u << LIBRESWAN, STAGE_TUNNELS, TOOL_IPSEC, TOOL_COUNT, "trafficstatus"},
    {1u << STRONGSWAN, STAGE_TUNNELS, TOOL_SWANCTL, TOOL_COUNT, "--list-sas"},
    {1u << STRONGSWAN, STAGE_TUNNELS, TOOL_SWANCTL, TOOL_COUNT, "--list-conns"},
    {1u << STRONGSWAN, STAGE_TUNNELS, TOOL_IPSEC, TOOL_SWANCTL, "statusall"},
    {1u << LIBRESWAN, STAGE_CONFIGURATION, TOOL_FIND, TOOL_COUNT,
     CONFIGURATION("! -path '/etc/ipsec.d*'", "-path /etc/ipsec.conf -o -path '/etc/ipsec.d/*.conf'")},
    {1u << STRONGSWAN, STAGE_CONFIGURATION, TOOL_FIND, TOOL_COUNT,
     CONFIGURATION(
         "! -path '/etc/swanctl*' ! -path '/etc/strongswan*'",
         "-path /etc/ipsec.conf -o -path /etc/strongswan/ipsec.conf -o -path '/etc/swanctl/*.conf' -o "
         "-path '/etc/strongswan/swanctl/*.conf'")},
    {ANY & ~(1u << LOG_FILE), STAGE_KERNEL, TOOL_IP, TOOL_COUNT, "-s xfrm state list nokeys"},
    {ANY & ~(1u << LOG_FILE), STAGE_KERNEL, TOOL_IP, TOOL_COUNT, "-s xfrm policy"},
    {ANY & ~(1u << LOG_FILE), STAGE_KERNEL, TOOL_CAT, TOOL_COUNT, "/proc/net/xfrm_stat"},
    {ANY & ~(1u << LOG_FILE), STAGE_ROUTES, TOOL_IP, TOOL_COUNT, ASK_ROUTES},
    {ANY & ~(1u << LOG_FILE), STAGE_ROUTES, TOOL_IP, TOOL_COUNT, "rule"},
    {ANY & ~(1u << LOG_FILE), STAGE_ROUTES, TOOL_IP, TOOL_COUNT, "route show table all"},
    {ANY & ~(1u << LOG_FILE), STAGE_ROUTES, TOOL_IP, TOOL_COUNT, "-o address"},
    {ANY & ~(1u << LOG_FILE), STAGE_SOCKETS, TOOL_SS, TOOL_COUNT, "-lunt"},
    {ANY & ~(1u << LOG_FILE), STAGE_SETTINGS, TOOL_SYSCTL, TOOL_COUNT,
     "-a --pattern '(rp_filter|ip_forward|forwarding|disable_xfrm|disable_policy)$'"},
    {ANY & ~(1u << LOG_FILE), STAGE_FIREWALL, TOOL_NFT, TOOL_COUNT, "list ruleset"},
    {ANY & ~(1u << LOG_FILE), STAGE_FIREWALL, TOOL_IPTABLES, TOOL_COUNT, "-c"},
    {ANY & ~(1u << LOG_FILE), STAGE_KERNEL_LATER, TOOL_IP, TOOL_COUNT, "-s xfrm state list nokeys"},
    {ANY & ~(1u << LOG_FILE), STAGE_KERNEL_LATER, TOOL_CAT, TOOL_COUNT, "/proc/net/xfrm_stat"},
};
enum { STATES = sizeof states / sizeof *states };

// Of a configuration only parts that hold no keys are asked for; where a device cannot leave out a line that
// may hold one, it goes through gather_mask.
static const struct {
    int platform;
    enum source_stage_kind kind;
    const char *command;
} device_states[] = {
    {CISCO_IOS, STAGE_TUNNELS, "show crypto isakmp sa detail"},
    {CISCO_IOS, STAGE_TUNNELS, "show crypto ikev2 sa detailed"},
    {CISCO_IOS, STAGE_TUNNELS, "show crypto isakmp policy"},
    {CISCO_IOS, STAGE_TUNNELS, "show crypto ikev2 proposal"},
    {CISCO_IOS, STAGE_TUNNELS, "show crypto ipsec transform-set"},
    {CISCO_IOS, STAGE_TUNNELS, "show crypto map"},
    {CISCO_IOS, STAGE_CONFIGURATION,
     "show running-config | section ^crypto (isakmp policy|ipsec|map|ikev2 (proposal|policy|profile))"},
    {CISCO_IOS, STAGE_CONFIGURATION, "show running-config | section ^ip access-list extended"},
    {CISCO_IOS, STAGE_CONFIGURATION,
     "show running-config | include ^interface |^ ip address |^ crypto map |^ tunnel (dest|prot)"},
    {CISCO_IOS, STAGE_KERNEL, "show crypto ipsec sa"},
    {CISCO_IOS, STAGE_ROUTES, "show ip route"},
    {CISCO_IOS, STAGE_FIREWALL, "show access-lists"},
    {CISCO_IOS, STAGE_FIREWALL, "show ip interface | include line protocol|access list is"},
    {CISCO_IOS, STAGE_FIREWALL, "show ip nat statistics"},
    {CISCO_IOS, STAGE_KERNEL_LATER, "show crypto ipsec sa"},
    {CISCO_IOS, STAGE_KERNEL_LATER, "show access-lists"},
    {CISCO_ASA, STAGE_TUNNELS, "show crypto ikev1 sa detail"},
    {CISCO_ASA, STAGE_TUNNELS, "show crypto ikev2 sa detail"},
    {CISCO_ASA, STAGE_TUNNELS, "show running-config crypto map"},
    {CISCO_ASA, STAGE_TUNNELS, "show running-config crypto ipsec"},
    {CISCO_ASA, STAGE_TUNNELS, "show running-config crypto ikev1"},
    {CISCO_ASA, STAGE_TUNNELS, "show running-config crypto ikev2"},
    {CISCO_ASA, STAGE_KERNEL, "show crypto ipsec sa"},
    {CISCO_ASA, STAGE_ROUTES, "show route"},
    {CISCO_ASA, STAGE_FIREWALL, "show running-config access-group"},
    {CISCO_ASA, STAGE_FIREWALL, "show nat detail"},
    {CISCO_ASA, STAGE_KERNEL_LATER, "show crypto ipsec sa"},
    {CISCO_ASA, STAGE_FIREWALL, "show access-list"}, // may be longer than all that is kept
};
enum { DEVICE_STATES = sizeof device_states / sizeof *device_states };

int
gather_platform(const char *name)
{
    for (int i = 0; i < PLATFORMS; i++)
        if (strcmp(platforms[i].name, name) == 0)
            return i;
    return -1;
}

void
gather_platforms(struct buf *out)
{
    for (int i = 0; i < PLATFORMS; i++)
        buf_addf(out, "%s%s", i ? ", " : "", platforms[i].name);
}

const char *
gather_platform_title(int platform)
{
    return platform < 0 ? "no IPsec daemon that is known here" : platforms[platform].title;
}

bool
gather_is_device(const char *greeting, const char *platform)
{
    int named = platform ? gather_platform(platform) : -1;
    return named >= 0 ? platforms[named].device : greeting && strstr(greeting, "Cisco");
}

static void
add_units(int platform, const char *unit, struct buf *out)
{
    if (*unit) {
        buf_addf(out, " -u %s", unit);
        return;
    }
    const char *const *units = platforms[platform < 0 ? LOG_FILE : platform].units;
    for (size_t i = 0; i < 5 && units[i]; i++)
        buf_addf(out, " -u %s", units[i]);
}

// Of the last lines of a file: how many name a daemon, and how many are of other programs, in per cent.
#define LOOK_AT_LINES                                                                                        \
    "awk '/ (pluto|charon|ipsec|racoon)[a-z_-]*([[][0-9]+[]])?: |ISAKMP|CRYPTO-|IKEv2/{h++; next} "          \
    "/ [A-Za-z][A-Za-z0-9_.-]*[[][0-9]+[]]: /{o++} "                                                         \
    "END{n=NR?NR:1; print int(h*100/n+(h?0.999:0)), int(o*100/n)}'"

// Whether it is a shell, its clock, what there is to call, and what ends a command that hangs ($T).
static void
add_tools(int seconds, struct buf *script)
{
    buf_add(script, STR("echo ikewalk-probe 1; echo now $(date +%s.%N) $(date +%z); echo uid $(id -u); "
                        "P=$PATH; X=$PATH:/usr/local/sbin:/usr/sbin:/sbin; for c in"));
    for (int i = 0; i < TOOL_TIMEOUT; i++)
        buf_addf(script, " %s", tool_names[i]);
    buf_add(script, STR("; do if command -v $c >/dev/null 2>&1; then echo tool $c $c; else PATH=$X; "
                        "p=$(command -v $c 2>/dev/null) && echo tool $c $p; PATH=$P; fi; done; PATH=$X; "));
    // Old ones take their seconds in another way, and are not used.
    buf_addf(script, "T=; timeout 9 true 2>/dev/null && T=\"timeout %d\" && echo tool timeout timeout; ",
             seconds);
}

// Where a log may be when nobody said it: the journal, the daemon's own file, those of the system.
static void
add_search(const char *sudo, const char *unit, struct buf *script)
{
    buf_addf(script, "j=$($T %sjournalctl -q -n 50 -o short --no-pager", sudo);
    add_units(-1, unit, script);
    buf_add(script,
            STR(" 2>/dev/null); [ -n \"$j\" ] && echo journal && printf '%s\\n' \"$j\" | "
                "grep -oE ' (pluto|charon)[a-z-]*[[]' | tail -n 1 | sed 's/ /logs /'; "
                "for f in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do "
                "[ -e $f ] && ! [ -r $f ] && echo journal-closed; done; "
                "for f in $($T sed -n \"s/^[[:space:]]*logfile[[:space:]]*=[[:space:]]*//p\" "
                "/etc/ipsec.conf /etc/ipsec.d/*.conf 2>/dev/null) " PLUTO_LOGS "; do look pluto $f; done; "
                "for f in " CHARON_LOGS "; do look charon $f; done; "
                "for f in " MIXED_LOGS "; do look mixed $f; done"));
}

bool
gather_probe(const struct gather_wish *wish, struct buf *command, struct err *e)
{
    struct buf script = {0};
    const char *s = wish->sudo ? "sudo -n " : "", *unit = wish->log ? strchr(wish->log, ':') : NULL;
    bool good = true;
    add_tools(wish->seconds, &script);
    if (!wish->only_log)
        gather_daemon_ask(s, &script);
    buf_addf(
        &script,
        "look() { [ -e \"$2\" ] || return; if ! %stest -r \"$2\"; then echo closed $1 \"$2\"; "
        "elif ! %stest -f \"$2\"; then echo special $1 \"$2\"; else echo file $1 $(%sstat -Lc \"%%i %%s\" "
        "\"$2\") $($T %stail -c %d \"$2\" | " LOOK_AT_LINES ") \"$2\"; fi; }; ",
        s, s, s, s, TAIL_LOOKED);
    if (wish->log && *wish->log == '/') {
        buf_add(&script, STR("look asked "));
        good = gather_quote(str_of(wish->log), &script, e);
    } else {
        add_search(s, unit ? unit + 1 : "", &script);
    }
    buf_add(&script, STR("; exit 0"));
    buf_add(command, STR("/bin/sh -c "));
    good = good && gather_quote(buf_str(&script), command, e);
    buf_release(&script);
    return good;
}

// The next word of a line; the rest stays.
static struct str
word_of(struct str *line)
{
    *line = str_trim(*line);
    size_t end = str_find(*line, STR(" "));
    struct str word = {line->at, end};
    *line = str_trim(str_from(*line, end));
    return word;
}

// A tool is called by its own name or by an absolute path to it, and nothing else.
static void
take_tool(struct gather_host *h, struct str line)
{
    struct str name = word_of(&line), call = word_of(&line);
    for (int i = 0; i < TOOL_COUNT; i++) {
        struct str wanted = str_of(tool_names[i]);
        if (!str_eq(name, wanted) || call.len < wanted.len || call.len >= sizeof h->tool[i])
            continue;
        bool sound = str_eq(str_from(call, call.len - wanted.len), wanted) &&
                     (call.len == wanted.len || *call.at == '/');
        for (size_t c = 0; c < call.len; c++)
            sound = sound && (isalnum((unsigned char)call.at[c]) || memchr("/._-", call.at[c], 4));
        if (sound)
            memcpy(h->tool[i], call.at, call.len); // the rest is zero
    }
}

static void
take_file(struct gather_host *h, struct str line, struct str word)
{
    struct str how = word_of(&line);
    uint64_t numbers[4] = {0}; // inode, size, share, others
    bool closed = str_eq(word, STR("closed")), special = str_eq(word, STR("special"));
    for (size_t i = 0; !closed && !special && i < 4; i++)
        if (!str_number(word_of(&line), &numbers[i]))
            return;
    struct gather_file *f = &h->files[h->file_count];
    if (h->file_count == GATHER_FILES || !line.len || *line.at != '/' || line.len >= sizeof f->path)
        return;
    *f = (struct gather_file){.inode = numbers[0], .size = numbers[1], .closed = closed, .special = special};
    memcpy(f->path, line.at, line.len);
    f->platform = str_eq(how, STR("pluto")) ? LIBRESWAN : str_eq(how, STR("charon")) ? STRONGSWAN : -1;
    if (closed || f->size)
        gather_daemon_take(h, STR("logs"), how);
    f->names_daemon = numbers[2] > 0;
    f->mixed = numbers[2] > 0 && numbers[3] >= MIXED_FROM;
    h->file_count++;
}

// "1700000000.5 +0230"; "1700000000.%N" where date knows no smaller part. Nothing else is a clock.
static void
take_clock(struct gather_host *h, struct str line, double now)
{
    struct str a = word_of(&line), b = word_of(&line);
    struct str whole = {a.at, str_find(a, STR("."))}, part = str_from(a, whole.len + 1);
    uint64_t seconds, fraction, hm;
    bool east = str_starts(b, STR("+"));
    if (!str_number(whole, &seconds) || seconds > CLOCK_MOST || b.len != 5 ||
        (!east && !str_starts(b, STR("-"))) || !str_number(str_from(b, 1), &hm) || hm > 1500 || hm % 100 > 59)
        return;
    h->clock_told = true;
    h->clock = (double)seconds - now;
    if (part.len <= 9 && str_number(part, &fraction)) {
        double unit = 1;
        for (size_t i = 0; i < part.len; i++)
            unit /= 10;
        h->clock += (double)fraction * unit;
    }
    h->zone = (east ? 1 : -1) * (int64_t)(hm / 100 * 3600 + hm % 100 * 60);
}

bool
gather_read_probe(struct str answer, const struct gather_wish *wish, double now, struct gather_host *h,
                  struct err *e)
{
    bool probed = false;
    *h = (struct gather_host){.platform = wish->platform ? gather_platform(wish->platform) : -1};
    while (answer.len) {
        size_t end = str_find(answer, STR("\n"));
        struct str line = {answer.at, end}, word;
        answer = str_from(answer, end + 1);
        word = word_of(&line);
        if (str_eq(word, STR("ikewalk-probe")))
            probed = true;
        else if (!probed || !word.len)
            continue; // what the gateway's shell says before it starts
        else if (str_eq(word, STR("now")))
            take_clock(h, line, now);
        else if (str_eq(word, STR("uid")))
            h->root = str_eq(line, STR("0"));
        else if (str_eq(word, STR("tool")))
            take_tool(h, line);
        else if (str_eq(word, STR("journal")))
            h->journal = true;
        else if (str_eq(word, STR("journal-closed")))
            h->journal_closed = true;
        else if (str_eq(word, STR("file")) || str_eq(word, STR("closed")) || str_eq(word, STR("special")))
            take_file(h, line, word);
        else
            gather_daemon_take(h, word, line);
    }
    if (!probed)
        return err_set(
            e, ERR_PARSE,
            "cannot find out what runs there: its shell did not answer as one. If it is a device with "
            "a command line of its own, name it with --platform, or platform: in its profile");
    gather_daemon_choose(h);
    if (wish->log && *wish->log == '/' && h->platform < 0)
        h->platform = LOG_FILE;
    return true;
}

// The log of a daemon that is not the one that serves IKE here.
static bool
is_others(const struct gather_file *f, const struct gather_log *log)
{
    return f->platform >= 0 && log->platform != LOG_FILE && f->platform != log->platform;
}

static bool
choose_file(const struct gather_host *h, const struct gather_wish *wish, struct gather_log *log,
            struct err *e)
{
    const struct gather_file *best = NULL, *closed = NULL, *special = NULL;
    bool asked = wish->log && *wish->log == '/';
    for (size_t i = 0; i < h->file_count; i++) {
        const struct gather_file *f = &h->files[i];
        if (is_others(f, log))
            continue;
        if (f->closed)
            closed = closed ? closed : f;
        else if (f->special)
            special = f;
        else if (asked || (f->platform >= 0 && f->size && (!best || best->platform < 0)) ||
                 (f->names_daemon && !best))
            best = f;
    }
    if (!best && closed && wish->sudo)
        return err_set(e, ERR_AUTH,
                       "%.200s: cannot read it, and not with sudo either: allow this account the commands "
                       "shown with c with "
                       "sudo and without a password, or sign in as root",
                       closed->path);
    if (!best && closed)
        return err_set(
            e, ERR_AUTH,
            "%.200s: cannot read it: this account has no permission. Sign in as root or as a member of "
            "its group (adm, systemd-journal), or set sudo: yes in the profile and allow the commands "
            "shown with c without a password",
            closed->path);
    if (!best && h->journal_closed)
        return err_set(e, ERR_AUTH,
                       "cannot read the journal: this account has no permission. Add it to the group "
                       "systemd-journal, sign in as root, or set sudo: yes in the profile");
    if (special && asked)
        return err_set(e, ERR_IO,
                       "%.200s: cannot read it: it is no regular file. Name a log file, or journal",
                       special->path);
    if (!best && asked)
        return err_set(e, ERR_IO, "%.200s: cannot read it: there is no such file on the gateway", wish->log);
    if (!best)
        return err_set(e, ERR_IO,
                       "cannot find a log of %s there: neither in the journal nor in %s. Name it: "
                       "ssh://HOST/PATH, or log: in its profile",
                       h->platform < 0 ? err_say("an IPsec daemon") : gather_platform_title(h->platform),
                       PLUTO_LOGS " " CHARON_LOGS " " MIXED_LOGS);
    log->form = GATHER_FILE;
    memcpy(log->path, best->path, sizeof log->path);
    log->size = best->size;
    log->inode = best->inode;
    log->filtered = !wish->whole && best->platform < 0 && best->mixed;
    return true;
}

bool
gather_choose_log(const struct gather_host *h, const struct gather_wish *wish, struct gather_log *log,
                  struct err *e)
{
    *log = (struct gather_log){.platform = h->platform < 0 ? LOG_FILE : h->platform};
    log->doubt = h->doubt;
    log->pack = *h->tool[TOOL_ZSTD] ? "zstd" : *h->tool[TOOL_GZIP] ? "gzip" : NULL;
    log->since = wish->since ? wish->since - h->zone : 0;
    bool own = false;
    for (size_t i = 0; i < h->file_count; i++)
        own |= h->files[i].platform >= 0 && !h->files[i].closed && h->files[i].size > 0 &&
               !is_others(&h->files[i], log);
    bool wanted = wish->log && strncmp(wish->log, "journal", 7) == 0;
    if (!wanted && (wish->log || own || !h->journal))
        return choose_file(h, wish, log, e);
    const char *unit = wanted ? strchr(wish->log, ':') : NULL;
    log->form = GATHER_JOURNAL;
    if (unit)
        memcpy(log->unit, unit + 1, strlen(unit)); // gather_log_sound measured it
    if (!h->journal && h->journal_closed)
        return choose_file(h, wish, log, e);
    return *h->tool[TOOL_JOURNAL] ||
           err_set(e, ERR_IO, "cannot read the journal: there is no journalctl there");
}

void
gather_tell_log(const struct gather_log *log, struct buf *out)
{
    if (log->doubt && *log->doubt)
        buf_addf(out, "%s\n", log->doubt);
    if (log->form == GATHER_JOURNAL && !log->since)
        buf_add(out, str_of(err_say(
                         "the journal of the last 24 hours; what is older stays there (--since reads further "
                         "back)\n")));
    if (log->form != GATHER_FILE || !log->filtered)
        return;
    buf_addf(out, err_say("of %s (%.1f MB) only the lines that hold"), log->path, (double)log->size / 1e6);
    for (size_t i = 0; platforms[log->platform].tags[i]; i++)
        buf_addf(out, "%s \"%s\"", i ? err_say(" or") : "", platforms[log->platform].tags[i]);
    buf_add(out, str_of(err_say("; the others stay there (--whole reads all)\n")));
}

static bool
file_command(const struct gather_log *log, const struct gather_piece *piece, bool sudo, struct buf *out,
             struct err *e)
{
    struct buf path = {0};
    bool good = gather_quote(str_of(log->path), &path, e);
    const char *s = sudo ? "sudo -n " : "", *p = buf_cstr(&path);
    uint64_t length = piece->to - piece->from;
    if (piece->from)
        buf_addf(out, "%stail -c +%llu %s | head -c %llu", s, (unsigned long long)piece->from + 1, p,
                 (unsigned long long)length);
    else
        buf_addf(out, "%shead -c %llu %s", s, (unsigned long long)length, p);
    if (log->filtered) {
        buf_add(out, STR(" | env LC_ALL=C grep -aF"));
        for (size_t i = 0; platforms[log->platform].tags[i]; i++)
            buf_addf(out, " -e %s", platforms[log->platform].tags[i]);
    }
    buf_release(&path);
    return good;
}

bool
gather_log_command(const struct gather_host *h, const struct gather_log *log,
                   const struct gather_piece *piece, bool sudo, struct buf *out, struct err *e)
{
    bool good = true;
    if (log->form == GATHER_FILE) {
        good = file_command(log, piece, sudo, out, e);
    } else {
        buf_addf(out, "%s%s -q --no-pager -o short-iso --show-cursor", sudo ? "sudo -n " : "",
                 h->tool[TOOL_JOURNAL]);
        add_units(log->platform, log->unit, out);
        if (piece->cursor) {
            buf_add(out, STR(" --after-cursor "));
            good = gather_quote(str_of(piece->cursor), out, e);
        } else if (log->since) {
            buf_addf(out, " --since @%lld", (long long)log->since);
        } else {
            buf_add(out, STR(" --since '24 hours ago'"));
        }
    }
    if (piece->skip)
        buf_addf(out, " | tail -c +%llu", (unsigned long long)piece->skip + 1);
    if (log->pack)
        buf_addf(out, " | %s -%s", h->tool[strcmp(log->pack, "zstd") == 0 ? TOOL_ZSTD : TOOL_GZIP],
                 strcmp(log->pack, "zstd") == 0 ? "1qc" : "1c");
    return good;
}

// A command that hangs (a daemon that does not answer) is ended there, for a connection that breaks does not.
// Not under sudo: what it runs does not hear the signals of this account.
bool
gather_status(const struct gather_host *h, const struct gather_wish *wish, size_t n,
              enum source_stage_kind *kind, struct buf *name, struct buf *command)
{
    int platform = h->platform < 0 ? LOG_FILE : h->platform;
    for (size_t i = 0; i < STATES; i++) {
        if (!(states[i].platforms & 1u << platform) || !*h->tool[states[i].tool])
            continue;
        if (states[i].unless < TOOL_COUNT && *h->tool[states[i].unless])
            continue;
        if (n--)
            continue;
        *kind = states[i].kind;
        const char *tool = h->tool[states[i].tool], *s = wish->sudo ? "sudo -n " : "",
                   *twice = strchr(states[i].arguments, '@');
        int until = twice ? (int)(twice - states[i].arguments) : (int)strlen(states[i].arguments);
        buf_addf(name, "%s%s %.*s", s, tool, until, states[i].arguments);
        if (twice)
            buf_addf(name, "%s%s", tool, twice + 1);
        if (*h->tool[TOOL_TIMEOUT] && !wish->sudo)
            buf_addf(command, "%s %d ", h->tool[TOOL_TIMEOUT], wish->seconds);
        buf_add(command, buf_str(name));
        return true;
    }
    return false;
}

const char *
gather_device_quiet(int platform, size_t n)
{
    static const struct {
        int platform;
        const char *command;
    } quiet[] = {{CISCO_IOS, "terminal length 0"}, {CISCO_ASA, "terminal pager 0"}};
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++)
        if ((platform < 0 || quiet[i].platform == platform) && n-- == 0)
            return quiet[i].command;
    return NULL;
}

const char *
gather_device_version(void)
{
    return "show version";
}

int
gather_device_platform(struct str version, struct gather_host *h)
{
    struct str line = version;
    line.len = str_find(version, STR("\n"));
    bool asa = str_find(version, STR("Adaptive Security Appliance")) < version.len;
    bool ios = str_find(version, STR("IOS")) < version.len;
    line = str_trim(line);
    if (line.len >= sizeof h->version)
        line.len = sizeof h->version - 1;
    if (line.len)
        memcpy(h->version, line.at, line.len);
    h->platform = asa ? CISCO_ASA : ios ? CISCO_IOS : h->platform;
    return h->platform;
}

const char *
gather_device_log(void)
{
    return "show logging";
}

bool
gather_device_status(int platform, size_t n, enum source_stage_kind *kind, const char **command)
{
    for (size_t i = 0; i < DEVICE_STATES; i++) {
        if (device_states[i].platform != platform || n--)
            continue;
        *kind = device_states[i].kind;
        *command = device_states[i].command;
        return true;
    }
    return false;
}
