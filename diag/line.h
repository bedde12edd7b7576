// Bytes of a log to lines with their envelope cut off (see envelope.h), the years of their stamps put right.
// diag feeds it; one struct lines per source, blocks of any size, any bytes.
#ifndef IKEWALK_DIAG_LINE_H
#define IKEWALK_DIAG_LINE_H

#include "diag/str.h"

#define LINE_KEEP (64 * 1024) // bytes of a line that are looked at; the rest is counted (R2)
#define LINE_NO_TIME INT64_MIN

struct line {
    uint64_t number; // from 1
    uint64_t offset; // of its first byte in the source
    uint64_t length; // true length without the line end; raw.len is at most LINE_KEEP
    struct str raw;  // without line end, CR and the blanks behind the text; borrowed until the next
                     // lines_next or lines_feed
    struct str host; // empty when the envelope has none
    struct str tag;  // daemon name without [pid], empty when there is none. A guess when neither time nor pid
                     // stand beside it ("us: 10.0.0.0/8" looks like "name: text"): when no dialect knows it,
                     // the body begins at tag.at
    uint32_t pid;    // 0: none
    uint64_t writer; // lines with the same number have host, tag and pid in common; 0: not numbered
    struct str body; // what is left behind the envelope
    int64_t time; // microseconds since 1970-01-01 of the stamp's own clock (zone applied when it is written),
                  // or LINE_NO_TIME
    bool year_known; // false: the stamp has no year; time then counts from year 2000 (a leap year), plus one
                     // for every passing of New Year seen in this source
};

struct lines; // opaque; one per source

struct lines *lines_new(int source); // its writers have other numbers than those of other sources
void lines_free(struct lines *l);
// Whose lines matter: cares is asked with the tag of a daemon that was not met before; NULL: every line does.
// Lines of other daemons are most of a mixed log: one that begins like the line before is passed over and
// counted as foreign as soon as its tag is seen. With clocks its stamp may have gone on.
void lines_care(struct lines *l, bool (*cares)(const void *self, struct str tag), const void *self,
                bool clocks);
// With clocks: the time of what was passed over behind the last line that was handed over, or LINE_NO_TIME.
int64_t lines_passed(const struct lines *l);
// Hands over the next block; borrows it until lines_next returned false.
void lines_feed(struct lines *l, const char *bytes, size_t count);
// The next complete line of the block. A line cut by the end of the block is kept and comes with the next
// one.
bool lines_next(struct lines *l, struct line *line);
// After the last block: the unfinished last line, once.
bool lines_last(struct lines *l, struct line *line);

// Counts for the report: lines, bytes, lines longer than LINE_KEEP, foreign lines.
struct line_counts {
    uint64_t lines, bytes, cut, foreign;
};
struct line_counts lines_counts(const struct lines *l);

// The stamp as ISO 8601 without zone: "2024-11-07T04:45:35", "--11-07T04:45:35" when the year is not known;
// empty when there is no time.
void line_time_text(int64_t time, bool year_known, char text[32]);

#endif
