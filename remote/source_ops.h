// What every kind of source is made of: the table of its functions and the part that all kinds share. Only
// source.c and the kinds themselves (source_file.c) include it; tests open with limits of their own.
#ifndef IKEWALK_REMOTE_SOURCE_OPS_H
#define IKEWALK_REMOTE_SOURCE_OPS_H

#include "remote/source.h"

struct source_ops {
    enum source_step (*step)(struct source *s, struct str *block, struct err *e);
    int (*fd)(const struct source *s); // NULL: none; whoever reads looks again a little later
    size_t (*read)(struct source *s, uint64_t offset, char *into, size_t want);
    void (*progress)(const struct source *s, uint64_t *taken, uint64_t *total);
    enum source_step (*again)(struct source *s, struct err *e); // NULL: nothing is ever added
    void (*close)(struct source *s);
    // What only gateways have; NULL: nothing of it.
    void (*stop)(struct source *s);
    struct source *(*beside)(struct source *s, struct err *e);
    bool (*question)(const struct source *s, struct source_question *q);
    void (*answer)(struct source *s, const struct source_answer *answer);
    bool (*pull)(const struct source *s, struct source_pull *p, unsigned *serial);
};

// The first member of each kind's own struct.
struct source {
    const struct source_ops *ops;
    const char *kind;
    char *name;
    bool lost; // what was read is not there any more
};

// Where reading ends on purpose; each is told when it is reached, and what was read before stays.
struct source_limits {
    uint64_t plain;      // bytes of a plain file
    uint64_t spooled;    // bytes of text that had to be kept in a temporary file
    uint64_t ratio;      // text may be so many times larger than its packed form,
    uint64_t ratio_from; // asked from so many bytes of text on
};

extern const struct source_limits source_limits;

// A file, a FIFO or ("-") standard input. limits is borrowed for the life of the source.
struct source *source_file_open(const char *name, const struct source_limits *limits, struct err *e);
// Does the file begin as a capture does? And one, as lines of what it shows.
bool source_capture_is(const char *name);
struct source *source_capture_open(const char *name, struct err *e);
// The journal of this machine (name: journal:[UNIT], path NULL), or a journal file.
struct source *source_journal_open(const char *name, const char *path, const struct source_options *options,
                                   struct err *e);
// An active check: probe:ADDRESS.
struct source *source_probe_open(const char *name, struct err *e);
// A gateway: ssh://... or @NAME.
struct source *source_ssh_open(const char *name, const struct source_options *options, struct err *e);

#endif
