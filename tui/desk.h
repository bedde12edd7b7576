// What passes between the side that draws and the side that reads. Screens ask through a desk and never wait;
// what they asked for arrives later as news. tui/worker.c is the desk of the program, tests sit down at one
// of their own.
#ifndef IKEWALK_TUI_DESK_H
#define IKEWALK_TUI_DESK_H

#include "diag/diag.h"
#include "diag/err.h"
#include "remote/source.h"

// One log that was chosen: its parts are read one after the other as one text (a rotated set, oldest first).
struct opening {
    struct arena arena;
    const char *title;  // as shown: "secure*"
    const char **parts; // sources as the contract writes them, or sample:NAME
    size_t count;
    struct str text;            // of the only part, when it was pasted and has no source; in the arena
    bool apart;                 // each part is a log of its own
    const char *format;         // the dialect of all lines; NULL: as each line shows
    bool sends;                 // it is an active check, and somebody said yes to what it sends
    const struct str *speakers; // whom the journal is asked for, see speakers.h; set by the casefile
    size_t speaker_count;
    int64_t since;          // LINE_NO_TIME, or the moment before which nothing is diagnosed
    struct opening *other;  // what the gateway at the other end logged; NULL: one end is at hand. owned
    struct opening *beside; // captures that are read with it, the newest first; owned
};

// An opening with room for count parts, which the caller sets to texts of its arena; gives, opening_free.
struct opening *opening_new(struct str title, size_t count);
struct opening *opening_copy(const struct opening *o); // gives, opening_free
void opening_free(struct opening *o);
// It is read over SSH, step by step.
bool opening_is_gateway(const struct opening *o);

struct progress {
    bool loading;          // the knowledge is being read
    bool reading;          // lines still come
    bool asking;           // an active check is under way
    bool newest;           // what is shown is the end of the log alone, until all of it is read
    uint64_t taken, total; // bytes; total 0: not known
    uint64_t lines;
    char problem[ERR_TEXT]; // a sentence, or empty
    unsigned epoch;         // counts how often a case was begun: ids of tunnels belong to one
    bool can_grow;          // something may be added to what was read
    unsigned looks;         // how many asks to look again were answered
    unsigned notices;       // how many sentences about the files there were
    char notice[ERR_TEXT];  // the last one
};

// One tunnel in full. tunnel is NULL when the id is not known any more.
struct shot {
    struct arena arena;
    uint32_t id;
    int attempt; // as asked: -1 is the one that counts
    const struct tunnel_view *tunnel;
    const struct path *path; // what is known of its path; of id TUNNEL_NONE what a capture shows
};
void shot_free(struct shot *s);

// A piece of a log, around a line.
enum excerpt_way { EXCERPT_AROUND, EXCERPT_FORWARD, EXCERPT_BACKWARD };
#define EXCERPT_TEXT 512
struct excerpt_ask {
    unsigned serial;
    int source;
    uint64_t line;           // around this one; with a search from this one on, without it
    size_t before, after;    // how many lines at most
    enum excerpt_way search; // EXCERPT_AROUND: no search
    char sought[EXCERPT_TEXT];
    char filter[EXCERPT_TEXT]; // only lines that hold this; empty: all
    const uint64_t *near;      // only lines near these, sorted; NULL: all. borrowed, copied by the desk
    size_t near_count;
};

struct excerpt_line {
    uint64_t number;
    struct str text;            // raw, cut at EXCERPT_LINE bytes
    uint64_t length;            // its true length
    int64_t time;               // LINE_NO_TIME: none
    size_t head;                // where its words begin, behind time, host and daemon
    enum checkpoint checkpoint; // that it speaks of on its own, CP_NONE: of none or several
    uint64_t alike;             // neighbours with the same number say the same; 0: says nothing that repeats
};
#define EXCERPT_LINE 4096
#define EXCERPT_UNKNOWN UINT64_MAX

struct excerpt {
    struct arena arena;
    unsigned serial; // of the ask
    int source;
    struct excerpt_line *lines;
    size_t count;
    size_t at;          // index of the line asked for, or of the one that was found
    uint64_t total;     // lines known of this source now
    uint64_t shown;     // that filter or nearness let through; EXCERPT_UNKNOWN: too many to count
    bool first, last;   // nothing before, nothing behind
    bool found;         // of a search
    const char *part;   // name of the file that holds the line, NULL when there is only one
    uint64_t part_line; // its number there
};
void excerpt_free(struct excerpt *p);

// What one line means on its own.
struct meaning {
    struct arena arena;
    int source;
    uint64_t line;
    struct str dialect, message, note, event; // empty: not known
    const struct value *values;
    size_t value_count;
    struct str text; // the whole line
};
void meaning_free(struct meaning *m);

// A folder with its logs; a rotated set is one entry.
struct folder_entry {
    const char *name;   // "secure*", "pcap", ".."
    const char **files; // their paths, oldest first; none for a folder
    size_t file_count;
    bool is_folder;
    uint64_t bytes;
    char from[20], to[20]; // first and last stamp of its lines
    int ike;               // -1 not looked at, 0 no, 1 a few, 2 yes
    bool unreadable;
    const char *looks; // the format of its lines as people call it; empty: not known
};
struct folder {
    struct arena arena;
    const char *path;             // absolute where it could be resolved
    struct folder_entry *entries; // folders first, then logs, by name
    size_t count;
    uint64_t left_out;      // more than the limit
    char problem[ERR_TEXT]; // why it cannot be read
};
void folder_free(struct folder *f);

// A report or a sample of the log, to be written or only to be looked at.
enum export_format { EXPORT_TEXT, EXPORT_MARKDOWN, EXPORT_JSON, EXPORT_SAMPLE, EXPORT_FORMATS };
#define EXPORT_PREVIEW (8 * 1024)
#define EXPORT_NAME 512
struct export_ask {
    unsigned serial;
    enum export_format format;
    unsigned leave_out;     // bits of enum report_part
    bool whole_log;         // behind the report
    bool hide;              // names are hidden,
    unsigned kinds;         // these, see redact_only
    bool subnets;           // private networks as well
    uint32_t tunnel;        // TUNNEL_NONE: all
    char path[EXPORT_NAME]; // empty: only looked at
    bool replace;           // a file of that name may be replaced
    bool whole_text;        // the text itself is wanted as well, for the clipboard
    char before[256];       // a sentence that stands in front; may be empty
    int64_t now;            // the moment it is dated with, in seconds
};
struct exported {
    unsigned serial;      // of the ask
    struct buf text;      // its beginning, or with whole_text all when it is not longer than COPY_MOST
    uint64_t bytes;       // of all that was made
    bool all;             // text is the whole
    bool written, exists; // exists: it was not written because a file has that name
    uint64_t masked;
    char problem[ERR_TEXT];
};
void exported_free(struct exported *x);

#define RECENT_MOST 8
// A log that was read before.
struct recent {
    const char *title, **parts;
    size_t count;
    bool apart;
    int64_t when; // seconds since 1970
    uint64_t tunnels, down;
};
struct recents {
    struct arena arena;
    struct recent at[RECENT_MOST]; // newest first
    size_t count;
};
void recents_free(struct recents *r);

#define PULL_MOST 6
// How far the gateways of the case are, in the order in which they are read, and what one of them asks.
struct pull {
    struct {
        char name[100];         // as it was opened
        bool begun, ended;      // ended without being begun: it cannot even begin
        struct source_pull how; // once it has begun
    } at[PULL_MOST];
    size_t count, now; // now: the one that is read, else the one that has to be looked at
    bool asking;
    struct source_question question;
};

// Whatever is new since the last call; the receiver owns what is not NULL.
struct news {
    const struct knowledge *knowledge; // borrowed for the rest of the run
    struct view *view;
    struct shot *shot;
    struct excerpt *excerpt;
    struct meaning *meaning;
    struct folder *folder;
    struct exported *exported;
    struct recents *recents;
    struct pull *pull;
    struct progress progress;
};
void news_release(struct news *n);

struct desk {
    void *self;
    // Takes o; NULL opens nothing. Whatever was read before is forgotten: the caller has let go of all its
    // news.
    void (*open)(void *self, struct opening *o);
    void (*tunnel)(void *self, uint32_t id, int attempt);
    void (*excerpt)(void *self, const struct excerpt_ask *ask);
    void (*meaning)(void *self, int source, uint64_t line);
    void (*folder)(void *self, const char *path);
    // Makes a report; of several asks the newest counts.
    void (*export)(void *self, const struct export_ask *ask);
    // Answers the question of a gateway; takes the secrets.
    void (*answer)(void *self, const struct source_answer *answer);
    // Ends an active check, or where there is none reading a gateway: what came stays.
    void (*stop)(void *self);
    // Asks this address ("ADDRESS" or "ADDRESS for PEER") whether IKE is answered there; to be called only
    // after somebody saw what is sent and said yes. What comes of it is a source of the case.
    void (*probe)(void *self, const char *address);
    // Looks once for lines that were added since. When they are read, progress.looks counts one up. A file
    // that is not what it was is read anew: progress.epoch counts one up, and ids of tunnels are other ones.
    void (*look)(void *self);
    // The person knows how the clocks of the two ends differ: B = A + offset, in microseconds; known false:
    // it is estimated again.
    void (*clock)(void *self, bool known, int64_t offset);
    // From now on new lines are read as they come, or not any more.
    void (*follow)(void *self, bool on);
    // The time of day in seconds; a clock that tests can stop.
    int64_t (*now)(void *self);
    // Fills n; false when nothing is new.
    bool (*news)(void *self, struct news *n);
};

#endif
