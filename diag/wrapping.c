#include "diag/wrapping.h"

#include "diag/envelope_inside.h"
#include "diag/stamp.h"

#include <string.h>

// Longer than any prompt.
enum { PROMPT = 64 };

const char *
wrapping_service(const char *at, const char *end)
{
    static const char pod[] = "[pod/";
    if ((size_t)(end - at) > sizeof pod && memcmp(at, pod, sizeof pod - 1) == 0) {
        const char *p = skip_class(at + sizeof pod - 1, end, IN_TAG);
        return p + 1 < end && *p == ']' && stamp_blank(p + 1, end) ? stamp_skip_blanks(p + 1, end) : at;
    }
    const char *name_end = skip_class(at, end, IN_TAG), *p = stamp_skip_blanks(name_end, end);
    return name_end > at && p > name_end && p < end && *p == '|' && stamp_blank(p + 1, end)
               ? stamp_skip_blanks(p + 1, end)
               : at;
}

const char *
wrapping_pod(const char *at, const char *end)
{
    bool named = false;
    at = wrapping_colours(at, end);
    for (int i = 0; i < 2; i++) {
        const char *word = at;
        for (; at < end && envelope_class[(unsigned char)*at] & IN_TAG; at++)
            named |= *at == '-' || (*at >= '0' && *at <= '9');
        const char *word_end = at;
        at = wrapping_colours(at, end);
        if (!named || word_end == word || !stamp_blank(at, end))
            return NULL;
        at = wrapping_colours(stamp_skip_blanks(at, end), end);
        if (envelope_has_stamp(at, end))
            return at;
    }
    return NULL;
}

const char *
wrapping_prompt(const char *at, const char *end)
{
    const char *limit = end - at > PROMPT ? at + PROMPT : end;
    for (const char *p = at; p < limit && (p = memchr(p, '#', (size_t)(limit - p)));) {
        const char *stamp = stamp_skip_blanks(++p, end);
        const char *clock =
            stamp + (stamp < end && (*stamp == '*' || *stamp == '.')); // a router's, not set by NTP
        if (p - at > 1 && envelope_has_stamp(clock, end))
            return stamp;
    }
    return NULL;
}

bool
wrapping_typed(struct str raw)
{
    const char *end = raw.at + raw.len, *limit = raw.len > PROMPT ? raw.at + PROMPT : end, *p = raw.at;
    if (p < limit && *p == '[') {
        p = memchr(p, ']', (size_t)(limit - p));
        if (!p)
            return false;
        p++;
    } else {
        while (p < limit && (envelope_class[(unsigned char)*p] & IN_HOST || memchr("~()", *p, 3)))
            p++;
        p += p > raw.at && p < limit && *p == ' ';
    }
    if (p == raw.at || p >= limit || !memchr("#>$", *p, 3))
        return false;
    p = stamp_skip_blanks(p + 1, end);
    return p < end && *p >= 'a' && *p <= 'z';
}

const char *
wrapping_stream(const char *at, const char *end)
{
    const char *p = stamp_skip_blanks(at, end);
    if (end - p < 9 || (memcmp(p, "stdout ", 7) != 0 && memcmp(p, "stderr ", 7) != 0) ||
        (p[7] != 'F' && p[7] != 'P') || p[8] != ' ')
        return at;
    return p + 8;
}

const char *
wrapping_labels(const char *at, const char *end)
{
    if (at == end || *at != '{')
        return at;
    const char *close = memchr(at, '}', (size_t)(end - at));
    return close && stamp_blank(close + 1, end) && memchr(at, '=', (size_t)(close - at)) ? close + 1 : at;
}

const char *
wrapping_colours(const char *at, const char *end)
{
    while (end - at > 2 && at[0] == '\x1b' && at[1] == '[') {
        const char *p = at + 2;
        while (p < end && ((*p >= '0' && *p <= '9') || *p == ';'))
            p++;
        if (p == end || (*p != 'm' && *p != 'K'))
            break;
        at = p + 1;
    }
    return at;
}

// The end without such codes.
static const char *
before_colours(const char *at, const char *end)
{
    while (end - at > 2 && (end[-1] == 'm' || end[-1] == 'K')) {
        const char *p = end - 1;
        while (p > at && ((p[-1] >= '0' && p[-1] <= '9') || p[-1] == ';'))
            p--;
        if (p - at < 2 || p[-1] != '[' || p[-2] != '\x1b')
            break;
        end = p - 2;
    }
    return end;
}

void
wrapping_off(struct line *line)
{
    const char *at = line->body.at, *end = at + line->body.len;
    if (at < end && *at == '\x1b') {
        at = wrapping_colours(at, end);
        line->body = between(at, before_colours(at, end));
    }
}

const char *
wrapping_marks(const char *at, const char *end)
{
    at = wrapping_colours(at, end);
    if (end - at > 2 && at[0] == '*' && at[1] == '*')
        return at + 2;
    while (at < end && *at == '`')
        at++;
    return at;
}

const char *
wrapping_item(const char *at, const char *end)
{
    const char *p = at;
    if (p < end && (*p == '-' || *p == '*')) {
        p++;
    } else {
        while (p < end && *p >= '0' && *p <= '9')
            p++;
        if (p == at || p == end || (*p != '.' && *p != ')' && *p != '\t'))
            return at;
        p += *p != '\t';
    }
    return stamp_blank(p, end) ? stamp_skip_blanks(p, end) : at;
}

const char *
wrapping_end(const char *at, const char *end)
{
    end = before_colours(at, end);
    while (end > at && (end[-1] == '`' || end[-1] == '*' || stamp_blank(end - 1, end)))
        end--;
    return end;
}

static const char *
before_blanks(const char *at, const char *end)
{
    while (end > at && stamp_blank(end - 1, end) == 1)
        end--;
    return end;
}

void
wrapping_row(struct line *line)
{
    enum { DATE = sizeof "2024-08-31" - 1, CLOCK = sizeof "16:52:38" - 1, GAP = 2 };
    const char *at = line->body.at, *end = before_blanks(at, at + line->body.len);
    if (end - at <= DATE + CLOCK + 2 * GAP || end[-3] != ':' || end[-6] != ':')
        return;
    const char *clock = end - CLOCK, *day_end = before_blanks(at, clock);
    if (day_end == clock || day_end - at <= DATE + GAP)
        return;
    const char *day = day_end - DATE, *text = before_blanks(at, day);
    if (day - text < GAP)
        return;
    char both[DATE + 1 + CLOCK];
    memcpy(both, day, DATE);
    both[DATE] = ' ';
    memcpy(both + DATE + 1, clock, CLOCK);
    struct stamp stamp;
    if (stamp_read(both, both + sizeof both, &stamp) != both + sizeof both)
        return;
    line->time = stamp.time;
    line->year_known = stamp.year_known;
    line->body = between(at, text);
}
