#include "diag/speak.h"

#include "diag/fill.h"
#include "diag/merge.h"

// Longest first; the letter stands between before and behind. "we" stays: the letter of the end whose words
// they are stands in front of the line that decides.
static const struct {
    const char *words, *before, *behind;
    bool peer;
} ways[] = {
    {"This gateway's", "", "'s", false},
    {"this gateway's", "", "'s", false},
    {"This gateway", "", "", false},
    {"this gateway", "", "", false},
    {"that we expect", "that ", " expects", false},
    {"on this side", "on ", "'s side", false},
    {"on its side", "on ", "'s side", true},
    {"here", "at ", "", false},
    {"Here", "At ", "", false},
    {"The peer's", "", "'s", true},
    {"the peer's", "", "'s", true},
    {"The peer", "", "", true},
    {"the peer", "", "", true},
};

static bool
inside_word(struct str text, size_t at)
{
    char c = at < text.len ? text.at[at] : ' ';
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
has_letters(const struct facts *f)
{
    return f->two && (f->two->same || f->two->silent_other);
}

static bool
is_translated(const struct facts *f)
{
    return f->judged->around.negos->knowledge->translated;
}

struct str
speak_step(struct facts *f, struct str text)
{
    struct buf out = {0};
    if (!has_letters(f) || is_translated(f))
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
        buf_add(&out, str_of(ways[w].before));
        buf_add_char(&out, merge_letter(f->two, ways[w].peer ? !f->end : f->end));
        buf_add(&out, str_of(ways[w].behind));
        i += strlen(ways[w].words);
    }
    struct str spoken = arena_str(f->arena, buf_str(&out));
    buf_release(&out);
    return fill_text(f, spoken);
}

struct str
speak_fill(struct facts *f, struct str text)
{
    if (!text.len || !has_letters(f) || !is_translated(f))
        return speak_step(f, text);
    struct str said = fill_text(f, text);
    return arena_strf(f->arena, "%c: %.*s", merge_letter(f->two, f->end), STR_ARG(said));
}
