#include "diag/speak.h"

#include "diag/fill.h"
#include "diag/merge.h"

// Longest first; %c is the letter. "here" and "we" stay: the letter of the end whose words they are stands in
// front of the finding.
static const struct {
    const char *words, *letter;
    bool peer;
} ways[] = {
    {"This gateway's", "%c's", false}, {"this gateway's", "%c's", false}, {"This gateway", "%c", false},
    {"this gateway", "%c", false},     {"The peer's", "%c's", true},      {"the peer's", "%c's", true},
    {"The peer", "%c", true},          {"the peer", "%c", true},
};

static bool
inside_word(struct str text, size_t at)
{
    char c = at < text.len ? text.at[at] : ' ';
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct str
speak_fill(struct facts *f, struct str text)
{
    struct buf out = {0};
    if (!f->two || (!f->two->same && !f->two->silent_other))
        return fill_text(f, text);
    // Before the values are filled in: what a log says is never changed.
    for (size_t i = 0; i < text.len;) {
        struct str rest = str_from(text, i);
        size_t w = 0, count = sizeof ways / sizeof *ways;
        while (w < count &&
               !(str_starts(rest, str_of(ways[w].words)) && !inside_word(rest, strlen(ways[w].words)) &&
                 (i == 0 || !inside_word(text, i - 1))))
            w++;
        if (w == count) {
            buf_add_char(&out, text.at[i++]);
            continue;
        }
        buf_add_char(&out, merge_letter(f->two, ways[w].peer ? !f->end : f->end));
        buf_add(&out, str_from(str_of(ways[w].letter), 2));
        i += strlen(ways[w].words);
    }
    struct str spoken = arena_str(f->arena, buf_str(&out));
    buf_release(&out);
    return fill_text(f, spoken);
}
