// What the files of source_ssh share: one gateway that is being read by a thread of its own (struct gate),
// and the ways between that thread and whoever reads its streams. Only source_ssh*.c include it.
//
// The thread owns the connection. Readers take bytes, questions and progress under the lock and never wait
// for the network; to stop the thread they set a flag and shut its sockets down, which wakes it wherever it
// is.
#ifndef IKEWALK_REMOTE_SOURCE_SSH_H
#define IKEWALK_REMOTE_SOURCE_SSH_H

#include <pthread.h>

#include "remote/gateways.h"
#include "remote/gather.h"
#include "remote/source_ops.h"
#include "remote/spool.h"

enum {
    GATE_HOPS = 5,
    GATE_STREAMS = 24,
    GATE_WAKES = 2,        // sockets that may be waited on: the network's, the agent's
    GATE_LOG_TOTAL = 7200, // seconds one reading of a log may take
    LINK_WINDOW = 16 << 20,
};

// One log or state, as bytes in a temporary file.
struct stream {
    char *name;
    const char *kind; // "ssh", "status"
    enum source_stage_kind stage;
    size_t row;            // of the progress, and one more; 0: none yet
    char command[700];     // of a state
    struct spool spool;    // the thread adds, readers read what was published
    uint64_t size, read;   // published; handed over. Under the lock
    enum source_step over; // SOURCE_MORE until it was said. Under the lock
    struct err failure;    // under the lock
    bool wanted;           // again. Under the lock
    int64_t ended;         // ms. Under the lock
};

struct gate {
    pthread_t thread, watch;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int ready; // eventfd: something is new for readers
    bool started;

    // Under the lock.
    bool cancel, stop, asking, answered;
    bool watched, late;
    int64_t until;        // when the step at hand has to end; 0: none is at hand
    bool planned;         // it was found out what runs there: no further streams will come
    unsigned handles;     // open sources
    int wake[GATE_WAKES]; // duplicates, -1: none
    size_t stream_count, handed;
    struct source_question question;
    struct source_answer answer;
    struct source_pull pull;
    struct stream streams[GATE_STREAMS];

    // The thread's own; set before it starts.
    struct gateway hops[GATE_HOPS]; // the way; the last one is the gateway
    size_t hop_count;
    char shown[100];   // how errors call the gateway
    char *known_hosts; // the user's file
    struct gather_wish wish;
    char *wish_platform, *wish_log;
    struct buf notes;
    struct link *link;
    struct shell *shell;                      // over it; NULL: none yet
    size_t reach[GATE_HOPS], sign[GATE_HOPS]; // rows of the progress, and one more; 0: none yet
    size_t probe_row;                         // the same
    struct gather_host host;
    struct gather_log log;
    struct gather_piece piece; // what of the log comes next
    char cursor[300];          // of the journal, where reading ended
    struct buf seen;           // the last bytes of a device's log
    int timeout;               // ms of silence
    bool only_known;           // known_hosts is the only file that is asked
    bool batch, keeps;
    bool device; // it has a command line of its own
    bool probed, log_chosen;
};

int64_t gate_now(void);  // ms of a clock that only goes forward
double gate_clock(void); // the time of day here, in seconds since 1970
// Reading is to end at once.
bool gate_over(struct gate *g);
// Fills e for gate_over.
bool gate_cancelled(struct gate *g, struct err *e);
// source_ssh_limit.c. A step of the connection begins, which is to end within the timeout whatever the
// gateway sends meanwhile; the time that questions stand does not count. Or it ended.
void gate_limit(struct gate *g, bool begins);
int64_t gate_left(struct gate *g); // ms of it
bool gate_late(struct gate *g);    // it took too long, and the connection was given up
void *gate_watch(void *gate);      // the thread that sees to it, until gate->watched is false
void gate_signal(struct gate *g);
// A row of the progress; returns its number. gate_stage_set changes it, gate_row makes it only once.
size_t gate_stage(struct gate *g, enum source_stage_kind kind, const char *command);
size_t gate_row(struct gate *g, size_t *row, enum source_stage_kind kind);
void gate_stage_set(struct gate *g, size_t at, enum source_stage_state state, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void gate_stage_bytes(struct gate *g, size_t at, uint64_t bytes, double seconds);
void gate_note(struct gate *g, struct str sentence);
// Asks and waits for the answer, whose secrets are then the caller's; false when there is none. SOURCE_NO is
// an answer.
bool gate_ask(struct gate *g, struct source_question *q, struct source_answer *answer);
// Holds a socket (by a duplicate) that is shut down to wake the thread; fd -1: no longer.
void gate_wake(struct gate *g, size_t slot, int fd);
// Under the lock: shuts all of them down.
void gate_wake_all(struct gate *g);
// A new stream; NULL when there are too many.
struct stream *gate_stream(struct gate *g, const char *kind, const char *name);
bool gate_add(struct gate *g, struct stream *s, struct str bytes, struct err *e);
void gate_end(struct gate *g, struct stream *s, const struct err *failure); // NULL: all was read

// source_ssh_pull.c: what the thread does.
void *gate_run(void *gate);

// source_ssh_log.c: reads the log for the first time, or what is new.
bool log_read(struct gate *g, bool first, struct err *e);

// source_ssh_state.c: streams and rows for everything that will be read besides the log; reads those that are
// wanted.
void states_plan(struct gate *g);
void states_read(struct gate *g);

// source_ssh_link.c: the connection, through all hops.
struct link;
struct ssh_session_struct;
struct ssh_channel_struct;
bool link_open(struct gate *g, struct err *e); // into g->link
void link_close(struct gate *g);
struct ssh_session_struct *link_session(const struct link *l);
bool link_alive(const struct link *l);
const char *link_greeting(const struct link *l);
// The time that a round trip took, in milliseconds; the shortest counts.
void link_measured(struct link *l, int64_t round);
// The gateway is this very machine: nothing is won by packing.
bool link_is_here(const struct link *l);
// What comes of a channel's output within wait ms, up to LINK_WINDOW at once: how much,
// 0 when nothing did, SSH_ERROR. offered is what the gateway may still send; 0 at first.
int link_read(struct ssh_channel_struct *channel, char *into, uint32_t *offered, int wait);
// What libssh says went wrong, after what was being done.
bool link_fail(struct gate *g, struct ssh_session_struct *s, const char *doing, struct err *e);

// source_ssh_host.c, source_ssh_auth.c: a session that has just been connected.
bool host_check(struct gate *g, const struct gateway *hop, const char *where, struct ssh_session_struct *s,
                struct buf *how, struct err *e);
// row: of the progress, that is about it.
bool auth_sign_in(struct gate *g, const struct gateway *hop, struct ssh_session_struct *s, size_t row,
                  struct buf *how, struct err *e);

// source_ssh_run.c: commands in one shell on the gateway.
struct run {
    const char *command;
    // Gets the bytes; false ends the command.
    bool (*take)(void *self, struct str bytes, struct err *e);
    void *self;
    int64_t silence, total; // ms
    int status;             // exit status, -1: none was told
    char signal[40];        // that it died of; empty: none
    char complaint[600];    // the beginning of its stderr
};
// A run of this command with the usual limits.
struct run run_of(const struct gate *g, const char *command);
// A take for short answers, into a struct buf; what is longer than 64 KB is left out.
bool run_collect(void *buf, struct str bytes, struct err *e);
// True when the command ran to its end, however it ended.
bool run_command(struct gate *g, struct run *r, struct err *e);
void shell_close(struct gate *g);
// The first line of what it complained of, borrowed; empty: nothing.
struct str run_complaint(const struct run *r);
// A command that ran to its end may have failed all the same: false, e says how. A complaint beside an output
// is noted. filter: that nothing was found is no failure.
bool run_judge(struct gate *g, const struct run *r, bool got_something, bool filter, struct err *e);

// source_ssh_device.c: a device with a command line of its own.
struct device;
// Its command line, which shows all of an answer at once; NULL: e says why. gives, device_close.
struct device *device_quiet(struct gate *g, struct err *e);
void device_close(struct device *d);
// The answer to one command, without its echo and the prompt behind it.
bool device_ask(struct gate *g, struct device *d, const char *command,
                bool (*take)(void *self, struct str bytes, struct err *e), void *self, struct err *e);
// The same for what a device shows at length, up to 64 MB.
bool device_show(struct gate *g, struct device *d, const char *command, struct buf *into, struct err *e);

#endif
