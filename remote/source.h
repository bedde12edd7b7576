// Where bytes come from: a file, a rotated set read as one, standard input, the journal, a gateway
// over SSH. The worker of the wizard and check open, step and close them; nothing here knows what a log
// means.
//
// Whatever cannot be read twice at an offset (compressed, a pipe, UTF-16) is spooled to an unlinked temporary
// file (0600), so that source_read works for every source.
#ifndef IKEWALK_REMOTE_SOURCE_H
#define IKEWALK_REMOTE_SOURCE_H

#include "diag/err.h"
#include "diag/str.h"

// Where reading stops on purpose, in bytes; SOURCE_FAILED tells it.
#define SOURCE_PLAIN_MOST (UINT64_C(64) << 30)   // of a plain file
#define SOURCE_SPOOLED_MOST (UINT64_C(16) << 30) // of text from a pipe or a packed file
#define SOURCE_RATIO_MOST 1000 // text against its packed form, from SOURCE_RATIO_FROM bytes of text on
#define SOURCE_RATIO_FROM (UINT64_C(256) << 20)

struct source;

enum source_step {
    SOURCE_MORE,  // bytes are in *block; it may be empty, when much packed input gave no text yet
    SOURCE_WAIT,  // nothing right now; poll source_fd
    SOURCE_ASK,   // as SOURCE_WAIT, until source_question is answered
    SOURCE_DONE,  // the end, and all of it was read
    SOURCE_FAILED // the end, and *e says why; what came before is good
};

// How a gateway is to be read. {0}, and NULL in its place: as its profile and the user's ssh say. Borrowed
// for the call.
struct source_options {
    const char *identity;    // the file of a private key
    const char *known_hosts; // instead of the user's and the system's
    const char *jump;        // [USER@]HOST[:PORT], several with commas
    const char *platform;    // as gather_platform knows it
    int timeout;             // seconds a gateway may be silent; 0: SOURCE_SILENCE
    int64_t since;           // only what came later, in seconds of the gateway's own clock; 0: the last day
    bool whole;              // the whole log, not only the daemon's lines of it
    const struct str
        *speakers; // whom the journal is asked for without a unit: the names that daemons log under
    size_t speaker_count;
    bool batch; // nobody is there to answer: what would need it is an error
    bool sends; // somebody has seen what an active check sends, and said yes
    bool keeps; // a password or passphrase that was right is not asked for again while the program runs
};
#define SOURCE_SILENCE 30

// Opens a SOURCE as a command takes it (PATH, -, journal:[UNIT], ssh://... or @NAME). Regular files, FIFOs
// and standard input only; directories and devices are refused with a sentence. NULL and e filled on failure.
// gives, source_close.
struct source *source_open(const char *name, const struct source_options *options, struct err *e);
// An active check of this address, as it is opened: only with options.sends, which no command line gives.
// Behind " for " the peer may stand of whose path the answers tell, when that has another address.
#define SOURCE_PROBE "probe:"
void source_close(struct source *s);
// Is a gateway meant by this name?
bool source_is_gateway(const char *name);
const char *source_name(const struct source *s);
const char *
source_kind(const struct source *s); // "file", "stdin", "journal", "ssh", "status", "capture", "probe"
// The next block; borrowed until the next call on this source. Never blocks longer than one read of a regular
// file.
enum source_step source_step(struct source *s, struct str *block, struct err *e);
// To poll for input while SOURCE_WAIT; -1 when a source never waits.
int source_fd(const struct source *s);
// Bytes of the decompressed text at an offset that has been handed over before; returns how many.
size_t source_read(struct source *s, uint64_t offset, char *into, size_t want);
// How far: compressed or raw bytes taken and their total (0: unknown), for the progress line.
void source_progress(const struct source *s, uint64_t *taken, uint64_t *total);
// After SOURCE_DONE of a regular file: look again for what was appended, rotated or cut. Returns SOURCE_MORE
// when a step is worth while, SOURCE_DONE when nothing changed, SOURCE_FAILED with a notice in e when the
// file was replaced, cut or removed (then open it anew). A gateway's log is asked for what is new, also after
// SOURCE_FAILED, where it then reads on; asked again within SOURCE_PAUSE seconds it says SOURCE_DONE.
enum source_step source_again(struct source *s, struct err *e);
// After source_again failed: what was read cannot be read a second time any more (cut, written over). Else
// it can, and another file or none stands under the name.
bool source_is_lost(const struct source *s);
#define SOURCE_PAUSE 5
// Ends reading here: what came stays, the next step says SOURCE_FAILED. Only gateways need it.
void source_stop(struct source *s);
// What else came with this source, one a call, each a source of its own: a gateway's state beside its log. To
// be asked when this one is at its end; NULL when there is no more. gives, source_close.
struct source *source_beside(struct source *s, struct err *e);

// What a gateway wants to know before it can be read on.
enum source_ask { SOURCE_ASK_HOST_KEY, SOURCE_ASK_SECRET };
#define SOURCE_PROMPTS 6
struct source_question {
    unsigned serial;
    enum source_ask kind;
    char where[300];   // "gw.example.net (192.0.2.10) port 22"
    char title[200];   // of a secret: what is asked for
    char text[600];    // more about it, by the gateway or by us; may be empty
    bool kept;         // the secret is kept until the program ends, when it is right
    char key_type[32]; // of a host key, as the rest below
    char fingerprint[100];
    char compare[200];  // the command that shows it on the gateway
    char remember[300]; // the file that would remember it
    struct {
        char text[200];
        bool shown; // what is typed may be seen
    } prompts[SOURCE_PROMPTS];
    size_t prompt_count;
};
enum source_choice { SOURCE_NO, SOURCE_ONCE, SOURCE_REMEMBER };
struct secret;
struct source_answer {
    unsigned serial;           // of the question
    enum source_choice choice; // SOURCE_NO: neither the key nor the secrets
    struct secret *secrets[SOURCE_PROMPTS];
};
// Overwrites and frees the secrets of an answer that goes no further.
void source_answer_drop(const struct source_answer *answer);
// The question that stands; false when none does.
bool source_question(const struct source *s, struct source_question *q);
// Takes the secrets. An answer to another question is dropped.
void source_answer(struct source *s, const struct source_answer *answer);

// How far a gateway is, step by step.
enum source_stage_kind {
    STAGE_REACH,
    STAGE_SIGN_IN,
    STAGE_PROBE, // what runs there
    STAGE_LOG,
    STAGE_TUNNELS,
    STAGE_CONFIGURATION,
    STAGE_KERNEL,
    STAGE_KERNEL_LATER, // the same counters a second time
    STAGE_ROUTES,
    STAGE_SOCKETS,
    STAGE_SETTINGS,
    STAGE_FIREWALL,
    STAGE_KINDS
};
enum source_stage_state { STAGE_TO_COME, STAGE_NOW, STAGE_PASSED, STAGE_FAILED, STAGE_SKIPPED };
struct source_stage {
    enum source_stage_kind kind;
    enum source_stage_state state;
    char detail[ERR_TEXT]; // how it went
    char command[700];     // what is run on the gateway for it; empty: nothing
    uint64_t bytes;
    double seconds; // that it took, so far
};
#define SOURCE_STAGES 32
struct source_pull {
    unsigned serial; // grows with every change
    struct source_stage stages[SOURCE_STAGES];
    size_t stage_count;
    char where[300];  // "netops@192.0.2.10:22, by way of bastion"
    size_t between;   // hosts that the way leads through
    char notes[2000]; // what was left out or ignored, a sentence a line
    char legacy[200]; // old algorithms that are allowed for this gateway; empty: none
    bool over;        // nothing runs any more
};
// False for what is no gateway. The serial alone is cheap: p NULL.
bool source_pull(const struct source *s, struct source_pull *p, unsigned *serial);

#endif
