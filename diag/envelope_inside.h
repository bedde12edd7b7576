// What the files of envelope share.
#ifndef IKEWALK_DIAG_ENVELOPE_INSIDE_H
#define IKEWALK_DIAG_ENVELOPE_INSIDE_H

#include "diag/envelope.h"

// What a byte may be part of.
enum {
    IN_TAG = 1,  // A-Z a-z 0-9 _ . / -
    IN_HOST = 2, // those and : % @
    IN_BARE = 4, // A-Z a-z 0-9 _ -
    // Of a stamp behind a tag: a router's mark, the first letter of a month or day, what stands behind three.
    OPENS_STAMP = 8,
    OPENS_MONTH = 16,
    ENDS_MONTH = 32,
};
extern const uint8_t envelope_class[256];

static inline const char *
skip_class(const char *at, const char *end, uint8_t class)
{
    while (at < end && envelope_class[(unsigned char)*at] & class)
        at++;
    return at;
}

static inline const char *
skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

static inline struct str
between(const char *at, const char *end)
{
    return (struct str){at, (size_t)(end - at)};
}

// "name[123]: " or "name: " at `at`: fills tag and pid and returns where the text begins, else NULL.
const char *envelope_tag(const char *at, const char *end, struct line *line);
// Behind a tag a daemon may have written a stamp of its own ("name[1]: Nov 22 05:26:31.567248: text"), a
// router behind its sequence number ("10.0.0.1 123: *Mar  1 00:01:43.499: text"). The inner clock is the
// finer one. All lines of a log are asked for it, hence inline; most have none.
const char *envelope_read_inner_stamp(const char *at, const char *end, struct line *line);
static inline const char *
envelope_inner_stamp(const char *at, const char *end, struct line *line)
{
    bool may = at < end && envelope_class[(unsigned char)*at] & (OPENS_STAMP | OPENS_MONTH);
    return may ? envelope_read_inner_stamp(at, end, line) : at;
}
// Does a stamp of a kind that no host is called like stand here?
bool envelope_has_stamp(const char *at, const char *end);
// Kernel and monotonic stamps "[  123.456789] ": the place behind, or `at`. They are no time of day.
const char *envelope_skip_uptime(const char *at, const char *end);
// What routers write instead of a date: how long they have been up, "00:27:07: ", "3d12h: ", "2w4d: "; some
// viewers write the time of day alone. The place behind it, or NULL.
const char *envelope_skip_time(const char *at, const char *end);
// RFC 5424 behind the version: "2024-11-07T04:45:35Z host app 2219 id - text". Fills time, host, tag and pid
// and returns where the text begins, else NULL.
const char *envelope_5424(const char *at, const char *end, struct line *line);

#endif
