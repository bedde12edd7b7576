// Clocks in front of a line that are no time of a day, or of no day.
#include "diag/envelope_inside.h"
#include "diag/stamp.h"

const char *
envelope_skip_uptime(const char *at, const char *end)
{
    const char *p = at + 1;
    bool dot = false;
    while (p < end && *p == ' ')
        p++;
    const char *digits = p;
    for (; p < end && ((*p >= '0' && *p <= '9') || *p == '.'); p++)
        dot |= *p == '.';
    return dot && p > digits && p + 1 < end && *p == ']' && stamp_blank(p + 1, end) ? p + 1 : at;
}

// "05/11/2026 ", of which nobody can tell the day from the month: the place behind it, or `at`.
static const char *
skip_unsure_date(const char *at, const char *end)
{
    const char *p = at;
    for (int i = 0; i < 2; i++) {
        uint64_t number;
        const char *digits = p;
        p = skip_digits(p, end);
        if (!str_number(between(digits, p), &number) || number > 12 || p == end || *p++ != '/')
            return at;
    }
    const char *year_end = skip_digits(p, end);
    year_end += year_end - p == 4 && year_end < end && *year_end == ',';
    return year_end - p >= 4 && stamp_blank(year_end, end) ? stamp_skip_blanks(year_end, end) : at;
}

const char *
envelope_skip_time(const char *at, const char *end)
{
    at = skip_unsure_date(at, end);
    const char *p = skip_digits(at, end);
    if (p - at == 2 && end - at > 8 && at[2] == ':' && at[5] == ':') {
        if (skip_digits(at + 3, end) != at + 5 || skip_digits(at + 6, end) != at + 8)
            return NULL;
        p = at + 8;
        if (*p == '.')
            p = skip_digits(p + 1, end);
        return p < end && (*p == ':' || stamp_blank(p, end)) ? p : NULL;
    }
    if (p == at || p == end || !memchr("ywd", *p, 3))
        return NULL;
    const char *second = p + 1;
    p = skip_digits(second, end);
    return p > second && end - p > 1 && memchr("wdh", *p, 3) && p[1] == ':' ? p + 1 : NULL;
}
