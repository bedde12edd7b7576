// Any bytes as a log: nothing breaks, the parts of a line lie inside it, and cutting the input into blocks
// anywhere gives the same lines. The first byte of the input chooses the cuts.
#include "diag/line.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void
must(bool held)
{
    if (!held)
        abort();
}

static bool
within(struct str part, struct str whole)
{
    return part.len == 0 || (part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

static uint64_t
print_of(const struct line *line, uint64_t seed)
{
    must(line->raw.len <= LINE_KEEP && line->raw.len <= line->length);
    must(within(line->host, line->raw) && within(line->tag, line->raw) && within(line->body, line->raw));
    must(line->body.at + line->body.len == line->raw.at + line->raw.len);
    char text[32];
    line_time_text(line->time, line->year_known, text);
    must((line->time == LINE_NO_TIME) == (text[0] == '\0'));
    seed = str_hash(line->raw, seed ^ line->number);
    seed = str_hash(line->host, seed ^ line->offset);
    seed = str_hash(line->tag, seed ^ line->length);
    seed = str_hash(line->body, seed ^ line->pid);
    return str_hash(str_of(text), seed ^ (uint64_t)line->time);
}

static uint64_t
read_all(const uint8_t *bytes, size_t count, bool whole, uint32_t cuts, struct line_counts *counts)
{
    struct lines *lines = lines_new(0);
    struct line line;
    uint64_t print = 0, next = 0;
    for (size_t done = 0; done < count;) {
        cuts = cuts * 1664525u + 1013904223u;
        size_t block = whole ? count : (cuts >> 16) % 97;
        if (block > count - done)
            block = count - done;
        // A copy of its own, so that a look behind the block shows.
        char *copy = malloc(block ? block : 1);
        must(copy != NULL);
        memcpy(copy, bytes + done, block);
        lines_feed(lines, copy, block);
        while (lines_next(lines, &line)) {
            must(line.number == ++next);
            print = print_of(&line, print);
        }
        free(copy);
        done += block;
    }
    if (lines_last(lines, &line))
        print = print_of(&line, print);
    must(!lines_last(lines, &line));
    *counts = lines_counts(lines);
    lines_free(lines);
    return print;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    if (count == 0)
        return 0;
    struct line_counts whole, cut;
    uint64_t once = read_all(bytes + 1, count - 1, true, 0, &whole);
    uint64_t split = read_all(bytes + 1, count - 1, false, bytes[0], &cut);
    must(once == split);
    must(whole.lines == cut.lines && whole.bytes == cut.bytes && whole.cut == cut.cut);
    return 0;
}
