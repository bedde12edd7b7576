// Log files as logrotate and its like leave them: name, name.1, name.2.gz, name-20241107 are one log in
// several files. The file chooser of the wizard lists a folder by such sets, so that nobody misses the reason
// in yesterday's file. Nothing is read but the names and, when asked by rotated_look, the start and the end
// of one file.
#ifndef IKEWALK_REMOTE_ROTATED_H
#define IKEWALK_REMOTE_ROTATED_H

#include "diag/arena.h"
#include "diag/err.h"

#define ROTATED_MOST 20000        // names of a folder that are looked at; more is told by rotated.left_out
#define ROTATED_LOOK (256 * 1024) // bytes of the start and of the end that rotated_look hands over

struct rotated_member {
    const char *path; // to open
    const char *name; // without the folder
    uint64_t size;    // bytes on disk
    int64_t modified; // seconds since 1970
    bool packed;      // by its name; what it really is shows when it is opened
    bool readable;    // for this user
};

struct rotated_set {
    const char *name;               // what all names begin with: "secure"
    const char *label;              // "secure*" for a set, else the file's own name, "pcap/" for a folder
    struct rotated_member *members; // oldest first; none for a folder
    size_t count;
    uint64_t size;    // of all members
    int64_t modified; // of the newest
    bool folder;
};

// All strings are borrowed from the arena. {0} is empty.
struct rotated {
    struct arena arena;
    const char *folder;
    struct rotated_set *sets; // folders first, each part by name
    size_t count;
    size_t left_out; // entries that are no files (pipes, sockets, dead links) or above ROTATED_MOST
};

// Fills r, which rotated_release frees also after a failure.
bool rotated_list(const char *folder, struct rotated *r, struct err *e);
// The one set that the file belongs to, in r->sets[0]. "-" and what is no file give a set of that name alone.
void rotated_of(const char *path, struct rotated *r);
void rotated_release(struct rotated *r);

// What kind of text stands in a set: hands the (unpacked) start and the end of its newest readable file to
// look, which knows what a log means, and returns the largest answer; -1 when nothing could be read. Reads at
// most 2 * ROTATED_LOOK.
int rotated_look(const struct rotated_set *set, int (*look)(void *context, struct str text), void *context);

#endif
