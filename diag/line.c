#include "diag/line.h"

#include "diag/arena.h"
#include "diag/breaks.h"
#include "diag/envelope.h"
#include "diag/foreign.h"
#include "diag/rare.h"
#include "diag/stamp.h"

#include <stdlib.h>

enum { WRITERS = 40 };      // bits for the writers of one source
enum { YEARS_MOST = 1000 }; // New Years that are counted; a log has fewer, and the sum must not overflow

struct lines {
    bool (*cares)(const void *self, struct str tag); // see lines_care
    const void *self;
    bool clocks;
    bool cared; // for the tag of the last line
    struct envelope_front front;
    struct foreign foreign;
    struct breaks breaks;
    struct line_counts counts;
    uint64_t writer;      // of the last line
    uint64_t offset;      // of the next byte that belongs to no line yet
    const char *at, *end; // what is left of the block
    char *kept;           // the start of a line cut by the end of a block, at most LINE_KEEP + 1 bytes
    size_t kept_len;      // bytes in it
    uint64_t kept_length; // bytes that the unfinished line really has so far
    char kept_last;       // its last byte
    bool ended;           // the last line was taken without its end
    int64_t newest;       // latest time without a year, LINE_NO_TIME before the first
    int64_t years;        // what the New Years seen so far add
    int64_t passed;       // see lines_passed
};

struct lines *
lines_new(int source)
{
    struct lines *l = mem_new(sizeof *l);
    l->writer = (uint64_t)source << WRITERS;
    l->newest = l->passed = LINE_NO_TIME;
    return l;
}

void
lines_free(struct lines *l)
{
    if (!l)
        return;
    free(l->kept);
    free(l);
}

void
lines_care(struct lines *l, bool (*cares)(const void *self, struct str tag), const void *self, bool clocks)
{
    l->cares = cares;
    l->self = self;
    l->clocks = clocks;
    l->cared &= cares != NULL;
}

int64_t
lines_passed(const struct lines *l)
{
    return l->passed;
}

void
lines_feed(struct lines *l, const char *bytes, size_t count)
{
    l->at = bytes;
    l->end = bytes + count;
    l->counts.bytes += count;
    if (l->ended && count && *bytes == '\n') { // the end of a line that was taken without it
        l->at++;
        l->offset++;
    }
    l->ended = l->ended && !count;
    breaks_begin(&l->breaks, l->at, l->end);
}

// Stamps without a year: a jump back of more than half a year is a New Year; a line of the old December that
// comes late belongs to the old year.
static int64_t
with_year(struct lines *l, int64_t time)
{
    const int64_t half = 183 * STAMP_DAY, late = 31 * STAMP_DAY;
    time += l->years;
    if (l->newest == LINE_NO_TIME) {
        l->newest = time;
        return time;
    }
    if (time < l->newest - half && l->years < YEARS_MOST * STAMP_UNKNOWN_YEAR) {
        l->years += STAMP_UNKNOWN_YEAR;
        time += STAMP_UNKNOWN_YEAR;
    } else if (l->years && time > l->newest + half && time - STAMP_UNKNOWN_YEAR >= l->newest - late) {
        time -= STAMP_UNKNOWN_YEAR;
    }
    if (time > l->newest)
        l->newest = time;
    return time;
}

// A whole line: `length` bytes of which the first `have` stand at `at`; `gap` is its line end; same: it
// begins with the tag of the line before. All lines come this way, hence inline.
__attribute__((always_inline)) static inline void
finish(struct lines *l, struct line *line, const char *at, size_t have, uint64_t length, char last,
       size_t gap, bool same)
{
    line->offset = l->offset;
    l->offset += length + gap;
    if (length && last == '\r')
        length--;
    if (l->counts.lines == 0 && have >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0) {
        at += 3;
        have -= 3;
        length -= 3;
        line->offset += 3;
    }
    if (have > length)
        have = (size_t)length;
    if (have > LINE_KEEP)
        have = LINE_KEEP;
    l->counts.cut += length > LINE_KEEP;
    line->number = ++l->counts.lines;
    line->length = length;
    const struct str raw = {at, have};
    if (same) {
        envelope_same(&l->front, raw, line);
    } else if (!envelope_again(&l->front, raw, line)) {
        envelope_parse(raw, line);
        envelope_keep(&l->front, line);
    }
    if ((unsigned char)last <= ' ') {
        // The blanks of a front with nothing behind it belong to it.
        line->body = str_trim_end(line->body);
        const char *end = line->body.at + line->body.len;
        struct str kept = str_trim_end(line->raw);
        line->raw.len = kept.at + kept.len < end ? (size_t)(end - line->raw.at) : kept.len;
    }
    l->writer += !l->front.same;
    line->writer = l->writer;
    if (l->cares && l->front.length && line->tag.len && !l->front.same) {
        l->cared = l->cares(l->self, line->tag);
        if (!l->cared)
            foreign_keep(&l->foreign, line);
    }
    if (line->time != LINE_NO_TIME && !line->year_known)
        line->time = with_year(l, line->time);
    l->passed = LINE_NO_TIME;
}

// Adds bytes to the unfinished line; what is beyond LINE_KEEP is only counted.
static void
keep(struct lines *l, const char *at, size_t count)
{
    // One byte more than is shown for a CR that will be dropped, three for a byte order mark.
    const size_t room = LINE_KEEP + 4;
    if (count == 0)
        return;
    if (!l->kept)
        l->kept = mem_new(room);
    size_t take = count < room - l->kept_len ? count : room - l->kept_len;
    memcpy(l->kept + l->kept_len, at, take);
    l->kept_len += take;
    l->kept_length += count;
    l->kept_last = at[count - 1];
}

RARE static void
finish_kept(struct lines *l, struct line *line, size_t gap)
{
    finish(l, line, l->kept, l->kept_len, l->kept_length, l->kept_last, gap, false);
    l->kept_len = 0;
    l->kept_length = 0;
}

// Is the line that begins at `at` to be passed over, see lines_care? same: see pass_foreign.
static inline bool
is_foreign(struct lines *l, const char *at, bool *same)
{
    const char *tag = envelope_behind_front(&l->front, at, l->end);
    if (tag)
        return foreign_tagged(&l->foreign, tag, l->end);
    int64_t time = l->front.time;
    if (!(tag = envelope_behind_other(&l->front, l->clocks, at, l->end)) ||
        (*same = l->cared && envelope_has_tag(&l->front, at, l->end)) || // mostly only the clock has moved
        !foreign_tagged(&l->foreign, tag, l->end))
        return false;
    if (l->front.time != time && !l->front.year_known)
        with_year(l, l->front.time);
    return true;
}

// Passes over what is foreign. The end of the first line that is not, or NULL; one that the block does not
// end is left, for it is only known whole. same: that one begins with the tag of the line before.
static const char *
pass_foreign(struct lines *l, bool *same)
{
    const char *at = l->at, *stop;
    uint64_t passed = 0, cut = 0;
    int64_t time = 0;
    *same = l->cared && envelope_has_tag(&l->front, at, l->end);
    if (*same) // mostly, where one daemon writes the log
        return breaks_next(&l->breaks);
    while ((stop = breaks_next(&l->breaks)) && is_foreign(l, at, same)) {
        if (stop - at > LINE_KEEP)
            cut += (size_t)(stop - at) - (stop[-1] == '\r') > LINE_KEEP;
        passed++;
        time = l->front.time;
        at = stop + 1;
    }
    if (l->clocks && passed)
        l->passed = l->front.year_known ? time : with_year(l, time);
    l->counts.lines += passed;
    l->counts.foreign += passed;
    l->counts.cut += cut;
    l->offset += (uint64_t)(at - l->at);
    l->at = at;
    return stop;
}

bool
lines_next(struct lines *l, struct line *line)
{
    bool same = false;
    const char *stop = l->cares && !l->kept_length ? pass_foreign(l, &same) : breaks_next(&l->breaks);
    const char *at = l->at;
    if (!stop) {
        keep(l, at, (size_t)(l->end - at));
        l->at = l->end;
        return false;
    }
    l->at = stop + 1;
    size_t count = (size_t)(stop - at);
    if (l->kept_length) {
        keep(l, at, count);
        finish_kept(l, line, 1);
        return true;
    }
    finish(l, line, at, count, count, count ? stop[-1] : 0, 1, same);
    return true;
}

bool
lines_last(struct lines *l, struct line *line)
{
    if (!l->kept_length)
        return false;
    finish_kept(l, line, 0);
    l->ended = true;
    return true;
}

struct line_counts
lines_counts(const struct lines *l)
{
    return l->counts;
}

void
line_time_text(int64_t time, bool year_known, char text[32])
{
    text[0] = '\0';
    if (time != LINE_NO_TIME)
        stamp_text(time, year_known, text);
}
