// What stands before the text of one line: priority, time stamp, host, daemon tag, pid. The general forms
// (RFC 3164, RFC 5424, ISO stamps, the journal's output, routers' sequence numbers and uptimes) are read by
// hand in one pass, for they belong to no vendor; whatever belongs to a dialect stays in the body.
// line calls it for every line of a source; explain, judging and the screens for a line that was read back.
#ifndef IKEWALK_DIAG_ENVELOPE_H
#define IKEWALK_DIAG_ENVELOPE_H

#include "diag/line.h"

// Fills host, tag, pid, time and body from raw, which is borrowed. A time without a year is left as stamp
// reads it.
void envelope_parse(struct str raw, struct line *line);

// The stamp of a line as it is written; empty when there is none.
struct str envelope_stamp(struct str raw);

enum {
    ENVELOPE_FRONT = 160, // bytes of a front that are kept; a longer one is parsed every time
    ENVELOPE_HOST = 27,   // and of a host
    ENVELOPE_HOSTS = 256,
};

// One of the hosts that send their lines to one file.
struct envelope_host {
    uint32_t stamps; // of which it is
    uint8_t length;
    char bytes[ENVELOPE_HOST];
};

// What stood before the tag of the last line, and the tag: mostly the next line begins with the same bytes,
// or only its clock went on, or another host sent it, and is spared the work.
struct envelope_front {
    char bytes[ENVELOPE_FRONT];
    size_t length, host_at, host_len;
    size_t with_tag, tag_len;   // with "name[123]: " behind the front; 0: it is not kept
    size_t clock_at, clock_end; // of the time of day in the stamp; 0: nobody knows
    uint32_t pid;
    int64_t time, clock; // clock: the time of day alone
    bool year_known;
    bool same;       // the line that was parsed last had the tag of the one before as well
    uint32_t stamps; // a number for stamps that differ only by their clocks, from 1
    struct envelope_host hosts[ENVELOPE_HOSTS];
};

// Keeps the front of a parsed line, or none when it has no time or no tag.
void envelope_keep(struct envelope_front *f, const struct line *line);
// Parses a line with the front of the one before; false when it begins otherwise.
bool envelope_again(struct envelope_front *f, struct str raw, struct line *line);
// The same for one of which envelope_has_tag is known.
void envelope_same(struct envelope_front *f, struct str raw, struct line *line);
// Begins a line with the front of the one before? The place behind it, where a tag would stand, or NULL.
static inline const char *
envelope_behind_front(const struct envelope_front *f, const char *at, const char *end)
{
    bool same = f->length && (size_t)(end - at) > f->length && str_same(at, f->bytes, f->length);
    return same ? at + f->length : NULL;
}
// Begins it with the tag of the one before as well?
static inline bool
envelope_has_tag(const struct envelope_front *f, const char *at, const char *end)
{
    return f->with_tag && (size_t)(end - at) >= f->with_tag && str_same(at, f->bytes, f->with_tag);
}
// As envelope_behind_front, for one of another host or, with clocks, of another clock, which is the front's
// from then on.
const char *envelope_behind_other(struct envelope_front *f, bool clocks, const char *at, const char *end);

#endif
