// What is read of a gateway: a fixed table of read-only commands for each platform, and the only place where
// a command line for a gateway is built (R5). source_ssh asks it what to run, the screens show it before it
// runs.
#ifndef IKEWALK_REMOTE_GATHER_H
#define IKEWALK_REMOTE_GATHER_H

#include "diag/err.h"
#include "diag/str.h"
#include "remote/source.h"

// The number of a platform, -1: there is none of that name. gather_platforms appends all names.
int gather_platform(const char *name);
void gather_platforms(struct buf *out);
const char *gather_platform_title(int platform);
// A place of a log as a profile writes it: an absolute path, journal, or journal:UNIT.
bool gather_log_sound(const char *log, struct err *e);

// Appends one argument of a remote command line, in single quotes unless it is a plain word; a leading dash
// is guarded with ./ and control characters are refused.
bool gather_quote(struct str argument, struct buf *out, struct err *e);

// What is wanted of a gateway.
struct gather_wish {
    const char *platform; // NULL: found out
    const char *log;      // NULL: found out
    int64_t since;        // seconds of the gateway's own clock as its log shows it; 0: the last day
    bool whole;           // all lines of a mixed log
    bool only_log;        // a path was named: nothing besides is read
    bool sudo;
    int seconds; // after which a command that hangs is ended there
};

enum gather_tool {
    TOOL_IPSEC,
    TOOL_SWANCTL,
    TOOL_IP,
    TOOL_SS,
    TOOL_NFT,
    TOOL_IPTABLES,
    TOOL_SYSCTL,
    TOOL_JOURNAL,
    TOOL_CAT,
    TOOL_FIND,
    TOOL_ZSTD,
    TOOL_GZIP,
    TOOL_TIMEOUT, // the last one: it counts only when it takes its seconds first
    TOOL_COUNT
};

enum { GATHER_FILES = 16 };

// What speaks for a daemon that it serves IKE on a gateway, the weightiest first.
enum { GATHER_DAEMONS = 2 };
struct gather_daemon {
    bool holds;        // a socket of UDP 500 or 4500,
    bool binds;        // for an address and not for all: it gets what comes there
    bool runs;         // in the network that is asked
    bool serves;       // runs as a service of the system
    bool logs;         // there is a log of its own, or it was the last one in the journal
    bool elsewhere;    // runs in another network: a container's
    char version[120]; // what its program says; empty: it is not installed
};

// What a gateway turned out to be.
struct gather_host {
    int platform; // -1: not known
    char version[120];
    struct gather_daemon daemon[GATHER_DAEMONS];
    char doubt[ERR_TEXT];       // why another daemon may be the one; empty: none
    char tool[TOOL_COUNT][100]; // how it is called; empty: not there
    bool root, journal, journal_closed;
    bool clock_told; // else both of these are 0
    double clock;    // its clock against ours, seconds
    int64_t zone;    // of its clock, seconds east of UTC
    struct gather_file {
        char path[300];
        uint64_t size, inode;
        int platform;      // whose own log it is; -1: of many programs
        bool closed;       // not readable for this account
        bool special;      // no regular file: reading it may never end
        bool names_daemon; // its last lines name one that is known here,
        bool mixed;        // and other programs too
    } files[GATHER_FILES];
    size_t file_count;
};

// A gateway with a command line of its own instead of a shell, told by how it greets.
bool gather_is_device(const char *greeting, const char *platform);
// The command that finds out what runs there.
bool gather_probe(const struct gather_wish *wish, struct buf *command, struct err *e);
// The part of it that asks which daemons are there, sudo in front of what needs rights; one line of the
// answer, its first word and the rest; and the choice, into h->platform unless that is known, h->version and
// h->doubt.
void gather_daemon_ask(const char *sudo, struct buf *script);
void gather_daemon_take(struct gather_host *h, struct str word, struct str line);
void gather_daemon_choose(struct gather_host *h);
// Reads its answer, which came at `now` of our clock.
bool gather_read_probe(struct str answer, const struct gather_wish *wish, double now, struct gather_host *h,
                       struct err *e);

// Where the log is, and what stays away. Decided once, then asked for as often as there is news.
struct gather_log {
    enum gather_form { GATHER_JOURNAL, GATHER_FILE, GATHER_DEVICE } form;
    int platform;
    char path[300];       // of a file
    char unit[100];       // of the journal; empty: those of the platform
    uint64_t size, inode; // of the file, when it was looked at
    int64_t since;        // seconds since 1970
    bool filtered;
    const char *pack;  // "zstd", "gzip" or NULL
    const char *doubt; // borrows of the host; NULL or empty: none
};
bool gather_choose_log(const struct gather_host *h, const struct gather_wish *wish, struct gather_log *log,
                       struct err *e);
// In words what of the log is read and what is left out.
void gather_tell_log(const struct gather_log *log, struct buf *out);

// One reading of the log: bytes from..to of a file (to 0: its end), or what came behind a cursor of the
// journal (NULL: since log->since); skip: so many bytes of the result are here already.
struct gather_piece {
    uint64_t from, to;
    const char *cursor;
    uint64_t skip;
};
bool gather_log_command(const struct gather_host *h, const struct gather_log *log,
                        const struct gather_piece *piece, bool sudo, struct buf *command, struct err *e);
// Looks at a file again: "INODE SIZE" a line, of it and of what it was before it was rotated.
bool gather_look_command(const struct gather_log *log, bool sudo, struct buf *command, struct err *e);

// The n-th command that shows the gateway's state; false behind the last one. name: without what ends it when
// it hangs.
bool gather_status(const struct gather_host *h, const struct gather_wish *wish, size_t n,
                   enum source_stage_kind *kind, struct buf *name, struct buf *command);

// Of a device: what to type before anything is read, so that it does not wait for a key on each page (the
// n-th of it, NULL behind the last; of every kind as long as it is not known, for others refuse it and go
// on), the log, and its state.
const char *gather_device_quiet(int platform, size_t n);
const char *gather_device_version(void);
int gather_device_platform(struct str version, struct gather_host *h);
const char *gather_device_log(void);
bool gather_device_status(int platform, size_t n, enum source_stage_kind *kind, const char **command);
// Cuts what may be a key off the lines of a configuration, with the word that announces it.
void gather_mask(struct buf *text);
// The device's own way to say that it does not do this; NULL: it did.
const char *gather_device_refused(struct str answer);

#endif
