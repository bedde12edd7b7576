// Time stamps as log writers put them at the start of a line: text to microseconds and back.
// line calls it; nothing here looks at what stands behind the stamp but a zone.
//
// Forms read: "Nov  7 04:45:35" (RFC 3164, RFC 5424 calls it TIMESTAMP of old), with one- or two-digit day,
// fraction, a year before or behind the time, a weekday in front (a comma may follow it, and the date behind
// it), the router marks '*' and '.', a zone word; ISO 8601 / RFC 3339 with 'T', blank or '/' forms, fraction
// by '.' or ',', "Z", "+01", "+0100", "+01:00"; seconds since 1970, with decimals or without, and
// milliseconds; months as journals write them in other languages; the day or the year in front of a month
// that is a word.
#ifndef IKEWALK_DIAG_STAMP_H
#define IKEWALK_DIAG_STAMP_H

#include "diag/str.h"

#define STAMP_SECOND INT64_C(1000000)
#define STAMP_DAY (86400 * STAMP_SECOND)
// A year that is not written counts as a leap year, so that 29 February always has a place.
#define STAMP_UNKNOWN_YEAR (366 * STAMP_DAY)

struct stamp {
    int64_t time;    // microseconds since 1970-01-01; a numeric zone is applied, zone words are not
    bool year_known; // false: counted in the year 2000
};

// Reads a stamp that begins exactly at `at`; returns the place behind it, or NULL when there is none.
const char *stamp_read(const char *at, const char *end, struct stamp *stamp);

// "HH:MM:SS" and a fraction at `at`: the place behind it, or NULL; *of_day in microseconds.
const char *stamp_clock(const char *at, const char *end, int64_t *of_day);

// The month, 1 to 12, that a word names in one of many languages ("okt", "Nov.", "7月"), or 0.
int stamp_month(const char *word, size_t count);

// "2024-11-07T04:45:35", or "--11-07T04:45:35" for a time without a year.
void stamp_text(int64_t time, bool year_known, char text[32]);

// Appends by how much two clocks differ: " + 3.2 s", " - 0.5 s", nothing where they agree to a tenth of a
// second.
void stamp_difference(int64_t time, struct buf *out);

// Does the stamp tell its zone? *zone is the numeric one as written ("+01:00"), empty for UTC.
bool stamp_zone(struct str stamp, struct str *zone);

// Length of the blank at `at`: 1 for blank and tab, 2 for a no-break space in UTF-8, else 0.
static inline int
stamp_blank(const char *at, const char *end)
{
    if (at >= end)
        return 0;
    if (*at == ' ' || *at == '\t')
        return 1;
    return end - at >= 2 && (unsigned char)at[0] == 0xC2 && (unsigned char)at[1] == 0xA0 ? 2 : 0;
}

static inline const char *
stamp_skip_blanks(const char *at, const char *end)
{
    for (int n; (n = stamp_blank(at, end)) > 0;)
        at += n;
    return at;
}

#endif
