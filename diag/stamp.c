#include "diag/stamp.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { DAYS_TO_2000 = 10957, LEAP_YEAR = 2000 };

// Day of a leap year on which each month begins.
static const int16_t month_start[13] = {0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366};

static inline bool
is_digit(char c)
{
    return (unsigned)(c - '0') <= 9;
}

static inline int
two_digits(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

static inline bool
are_digits(const char *at, int count)
{
    for (int i = 0; i < count; i++)
        if (!is_digit(at[i]))
            return false;
    return true;
}

// 1..12, or 0 when the three bytes name no month.
static int
month_number(const char *at)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int i = 0; i < 12; i++)
        if (at[0] == names[3 * i] && at[1] == names[3 * i + 1] && at[2] == names[3 * i + 2])
            return i + 1;
    return 0;
}

static bool
is_weekday(const char *at)
{
    static const char names[] = "MonTueWedThuFriSatSun";
    for (int i = 0; i < 7; i++)
        if (memcmp(at, names + 3 * i, 3) == 0)
            return true;
    return false;
}

static bool
is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

// Days since 1970-01-01 of a date of the Gregorian calendar, or false when the month has no such day.
static bool
day_number(int year, int month, int day, int64_t *days)
{
    if (month < 1 || month > 12 || day < 1 || day > month_start[month] - month_start[month - 1])
        return false;
    int in_year = month_start[month - 1] + day - 1;
    if (year == LEAP_YEAR) {
        *days = DAYS_TO_2000 + in_year;
        return true;
    }
    if (month == 2 && day == 29 && !is_leap(year))
        return false;
    if (month > 2 && !is_leap(year))
        in_year--;
    int before = year - 1;
    *days = INT64_C(365) * year + before / 4 - before / 100 + before / 400 + (year > 0) + in_year - 719528;
    return true;
}

const char *
stamp_clock(const char *at, const char *end, int64_t *of_day)
{
    if (end - at < 8 || at[2] != ':' || at[5] != ':' || !are_digits(at, 2) || !are_digits(at + 3, 2) ||
        !are_digits(at + 6, 2))
        return NULL;
    int hour = two_digits(at), minute = two_digits(at + 3), second = two_digits(at + 6);
    if (hour > 23 || minute > 59 || second > 60)
        return NULL;
    int64_t time = (hour * 3600 + minute * 60 + second) * STAMP_SECOND;
    at += 8;
    if (end - at >= 2 && (*at == '.' || *at == ',') && is_digit(at[1])) {
        int64_t unit = STAMP_SECOND;
        for (at++; at < end && is_digit(*at); at++) {
            unit /= 10;
            time += unit * (*at - '0');
        }
    }
    *of_day = time;
    return at;
}

// "HH:MM" with a blank behind it: strftime's %R, which some logs have behind a weekday and a date.
static const char *
read_minute(const char *at, const char *end, int64_t *of_day)
{
    if (end - at < 6 || at[2] != ':' || !are_digits(at, 2) || !are_digits(at + 3, 2) ||
        !stamp_blank(at + 5, end))
        return NULL;
    int hour = two_digits(at), minute = two_digits(at + 3);
    if (hour > 23 || minute > 59)
        return NULL;
    *of_day = (hour * 3600 + minute * 60) * STAMP_SECOND;
    return at + 5;
}

// "Z", "+01", "+0100" or "+01:00"; *minutes east of Greenwich. Returns `at` when there is none.
static const char *
read_zone(const char *at, const char *end, int *minutes)
{
    if (at < end && *at == 'Z' && (end - at == 1 || stamp_blank(at + 1, end) || at[1] == ':'))
        return at + 1;
    if (end - at < 3 || (*at != '+' && *at != '-') || !are_digits(at + 1, 2))
        return at;
    int sign = *at == '-' ? -1 : 1, sum = two_digits(at + 1) * 60;
    at += 3;
    if (end - at >= 3 && *at == ':' && are_digits(at + 1, 2)) {
        sum += two_digits(at + 1);
        at += 3;
    } else if (end - at >= 2 && are_digits(at, 2)) {
        sum += two_digits(at);
        at += 2;
    }
    *minutes = sign * sum;
    return at;
}

// A zone word such as CET or UTC; returns `at` when there is none.
static const char *
skip_zone_word(const char *at, const char *end)
{
    const char *word = at;
    while (at < end && at - word < 6 && *at >= 'A' && *at <= 'Z')
        at++;
    return at - word >= 2 && at - word <= 5 ? at : word;
}

// "2024-11-07T04:45:35.123456+01:00", "2024-11-07, 04:45:35"; some appliances write "2024:11:07-04:45:35".
static const char *
read_iso(const char *at, const char *end, struct stamp *stamp, bool weekday)
{
    if (end - at < 19 || at[7] != at[4] || !are_digits(at, 4) || !are_digits(at + 5, 2) ||
        !are_digits(at + 8, 2))
        return NULL;
    bool colons = at[4] == ':' && at[10] == '-';
    if (!colons && at[4] != '-' && at[4] != '/')
        return NULL;
    int year = two_digits(at) * 100 + two_digits(at + 2);
    int64_t days, of_day;
    if (!day_number(year, two_digits(at + 5), two_digits(at + 8), &days))
        return NULL;
    int comma = at[10] == ',' && stamp_blank(at + 11, end);
    int gap = at[10] == 'T' || colons ? 1 : comma + stamp_blank(at + 10 + comma, end);
    const char *p = gap ? stamp_clock(at + 10 + gap, end, &of_day) : NULL;
    if (!p && gap && weekday)
        p = read_minute(at + 10 + gap, end, &of_day);
    if (!p)
        return NULL;
    int minutes = 0;
    p = read_zone(p, end, &minutes);
    if (weekday) { // journalctl -o short-full writes the zone as a word of its own, as letters or as a number
        const char *word = stamp_skip_blanks(p, end);
        const char *behind = skip_zone_word(word, end);
        if (behind == word)
            behind = read_zone(word, end, &minutes);
        if (behind > word && stamp_blank(behind, end))
            p = behind;
    }
    stamp->time = days * STAMP_DAY + of_day - minutes * 60 * STAMP_SECOND;
    stamp->year_known = true;
    return p;
}

// "date=2024-11-07 time=04:45:35", quoted or not: logs of keys and values.
static const char *
read_keyed(const char *at, const char *end, struct stamp *stamp)
{
    static const char date[] = "date=", time[] = "time=";
    int64_t days, of_day;
    const char *p = at + sizeof date - 1;
    if (end - at < 27 || memcmp(at, date, sizeof date - 1) != 0)
        return NULL;
    p += *p == '"';
    if (end - p < 21 || p[4] != '-' || p[7] != '-' || !are_digits(p, 4) || !are_digits(p + 5, 2) ||
        !are_digits(p + 8, 2) ||
        !day_number(two_digits(p) * 100 + two_digits(p + 2), two_digits(p + 5), two_digits(p + 8), &days))
        return NULL;
    p += 10;
    p += *p == '"';
    p = stamp_skip_blanks(p, end);
    if (end - p < 14 || memcmp(p, time, sizeof time - 1) != 0)
        return NULL;
    p += sizeof time - 1;
    p += *p == '"';
    p = stamp_clock(p, end, &of_day);
    if (!p)
        return NULL;
    p += p < end && *p == '"';
    stamp->time = days * STAMP_DAY + of_day;
    stamp->year_known = true;
    return p;
}

// Four digits that can be the year of a log, with a blank or the end behind them; *year or unchanged.
static const char *
read_year(const char *at, const char *end, int *year)
{
    if (end - at < 4 || !are_digits(at, 4) || (end - at > 4 && !stamp_blank(at + 4, end) && at[4] != ':'))
        return at;
    int value = two_digits(at) * 100 + two_digits(at + 2);
    if (value < 1970 || value > 2199)
        return at;
    *year = value;
    return at + 4;
}

// "Nov  7 04:45:35.123", "Dec 04 2014 12:37:51", "Dec  4 2014 12:37:51+08:00", "Nov  7 04:45:35 2024",
// "Mar  1 00:01:02.123 UTC"
static const char *
read_month_of(const char *at, const char *end, int year, struct stamp *stamp)
{
    if (end - at < 12)
        return NULL;
    int month = month_number(at);
    if (!month || !stamp_blank(at + 3, end))
        return NULL;
    const char *p = stamp_skip_blanks(at + 3, end);
    int day = 0;
    if (p < end && is_digit(*p))
        day = *p++ - '0';
    if (p < end && is_digit(*p))
        day = day * 10 + (*p++ - '0');
    int64_t days, of_day;
    if (!stamp_blank(p, end))
        return NULL;
    p = stamp_skip_blanks(p, end);
    const char *behind = read_year(p, end, &year);
    if (behind > p)
        p = stamp_skip_blanks(behind, end);
    p = stamp_clock(p, end, &of_day);
    if (!p)
        return NULL;
    int minutes = 0;
    p = read_zone(p, end, &minutes);
    if (!year && stamp_blank(p, end)) {
        const char *word = stamp_skip_blanks(p, end);
        behind = read_year(word, end, &year);
        if (behind > word)
            p = behind;
    }
    if (!day_number(year ? year : LEAP_YEAR, month, day, &days))
        return NULL;
    stamp->time = days * STAMP_DAY + of_day - minutes * 60 * STAMP_SECOND;
    stamp->year_known = year != 0;
    // Routers write the zone before the colon: a word that ends in T or C (UTC, CET, EST) with the colon
    // behind it.
    if (stamp_blank(p, end) && p < end) {
        const char *word = stamp_skip_blanks(p, end);
        behind = skip_zone_word(word, end);
        if (behind - word >= 3 && behind < end && *behind == ':' && (behind[-1] == 'T' || behind[-1] == 'C'))
            p = behind;
    }
    return p;
}

static const char *
read_month_form(const char *at, const char *end, struct stamp *stamp)
{
    return end - at < 14 ? NULL : read_month_of(at, end, 0, stamp);
}

// Seconds since 1970 in ten digits, "1732249591", with three to nine behind a dot, "1732249591.567248", as
// journalctl -o short-unix and appliances write them, or milliseconds in thirteen, of the years 2001 to 2033.
static const char *
read_epoch(const char *at, const char *end, struct stamp *stamp)
{
    enum { SECONDS = 10, MILLIS = 13 };
    if (*at != '1' || !are_digits(at, SECONDS))
        return NULL;
    const char *p = at + SECONDS;
    int64_t unit = STAMP_SECOND, time = 0;
    for (int i = 0; i < SECONDS; i++)
        time = time * 10 + (at[i] - '0');
    time *= STAMP_SECOND;
    bool dot = p < end && *p == '.', millis = !dot && end - p >= MILLIS - SECONDS && is_digit(*p);
    for (p += dot; p < end && is_digit(*p) && p - at < SECONDS + 1 + 9; p++) {
        unit /= 10;
        time += unit * (*p - '0');
    }
    if ((millis && p - at != MILLIS) || (dot && p - at < MILLIS + 1) || (p < end && !stamp_blank(p, end)))
        return NULL;
    stamp->time = time;
    stamp->year_known = true;
    return p;
}

// "05-01 10:11:12.123", as Android's log viewer writes it. The fraction must be there: without it two numbers
// and a time are too little to be sure.
static const char *
read_month_day(const char *at, const char *end, struct stamp *stamp)
{
    int64_t days, of_day;
    if (end - at < 18 || !are_digits(at, 2) || at[2] != '-' || !are_digits(at + 3, 2) || at[5] != ' ' ||
        at[14] != '.' || !day_number(LEAP_YEAR, two_digits(at), two_digits(at + 3), &days))
        return NULL;
    const char *p = stamp_clock(at + 6, end, &of_day);
    if (!p)
        return NULL;
    stamp->time = days * STAMP_DAY + of_day;
    stamp->year_known = false;
    return p;
}

// One or two digits and `behind`; the place behind those, or NULL.
static const char *
read_number(const char *at, const char *end, char behind, int *number)
{
    const char *p = at;
    *number = 0;
    for (; p < end && is_digit(*p) && p - at < 2; p++)
        *number = *number * 10 + (*p - '0');
    return p > at && p < end && *p == behind ? p + 1 : NULL;
}

// "9/10/2017 1:44:40 PM", as container hosts show it in the browser, "3/2/17 10:08:54.494 AM", as the console
// of a Mac does, or "09/10/2017 13:44:40.176", as American firewalls do: month, day and year. Without either
// which of the first two is the day must be seen: "27/11/2026 13:44:40", "11/27/2026 13:44:40".
static const char *
read_noon(const char *at, const char *end, struct stamp *stamp)
{
    int month, day, hour, minute;
    const char *p = read_number(at, end, '/', &month);
    p = p ? read_number(p, end, '/', &day) : NULL;
    if (!p || end - p < 14 || !are_digits(p, 2))
        return NULL;
    bool brief = !are_digits(p, 4);
    int year = brief ? 2000 + two_digits(p) : two_digits(p) * 100 + two_digits(p + 2);
    p += brief ? 2 : 4;
    if (!stamp_blank(p + (p[0] == ','), end))
        return NULL;
    p = read_number(stamp_skip_blanks(p + (p[0] == ','), end), end, ':', &hour);
    p = p ? read_number(p, end, ':', &minute) : NULL;
    if (!p || end - p < 3 || !are_digits(p, 2) || minute > 59 || two_digits(p) > 59)
        return NULL;
    bool thousandths = end - p >= 6 && p[2] == '.' && are_digits(p + 3, 3);
    const char *noon = p + (thousandths ? 6 : 2);
    bool half = end - noon >= 3 && noon[0] == ' ' && (noon[1] == 'A' || noon[1] == 'P') && noon[2] == 'M';
    bool turned = month > 12, sure = turned || day > 12 || month == day;
    int64_t days;
    if ((!thousandths && !half && !sure) || (brief && !half) || hour < half || hour > (half ? 12 : 23) ||
        !day_number(year, turned ? day : month, turned ? month : day, &days))
        return NULL;
    hour = half ? hour % 12 + (noon[1] == 'P' ? 12 : 0) : hour;
    stamp->time = days * STAMP_DAY + (hour * 3600 + minute * 60 + two_digits(p)) * STAMP_SECOND;
    if (thousandths)
        stamp->time += (two_digits(p + 3) * 10 + p[5] - '0') * (STAMP_SECOND / 1000);
    stamp->year_known = true;
    return noon + (half ? 3 : 0);
}

// "Okt 07 04:45:35" or "тра 29 10:31:37": a short word, a day and a time of day, and the word is a month.
static const char *
read_foreign_month(const char *at, const char *end, struct stamp *stamp)
{
    const char *p = at;
    while (p < end && p - at < 12 && !stamp_blank(p, end))
        p++;
    const char *word_end = p;
    p = stamp_skip_blanks(p, end);
    int day = 0;
    const char *digits = p;
    for (; p < end && is_digit(*p) && p - digits < 2; p++)
        day = day * 10 + (*p - '0');
    if (word_end == at || p == digits || !stamp_blank(p, end))
        return NULL;
    int64_t days, of_day;
    p = stamp_clock(stamp_skip_blanks(p, end), end, &of_day);
    int month = p ? stamp_month(at, (size_t)(word_end - at)) : 0;
    if (!month || !day_number(LEAP_YEAR, month, day, &days))
        return NULL;
    stamp->time = days * STAMP_DAY + of_day;
    stamp->year_known = false;
    return p;
}

// "11.03.25 10:19:05" or "11.03.2025 10:19:05", as routers of German make show it: day, month and year.
static const char *
read_dotted(const char *at, const char *end, struct stamp *stamp)
{
    int month, day, hour, minute;
    const char *p = read_number(at, end, '.', &day);
    p = p ? read_number(p, end, '.', &month) : NULL;
    if (!p || end - p < 11 || !are_digits(p, 2))
        return NULL;
    bool whole = are_digits(p, 4);
    int year = whole ? two_digits(p) * 100 + two_digits(p + 2) : 2000 + two_digits(p);
    p += whole ? 4 : 2;
    int blank = stamp_blank(p, end);
    p = blank ? read_number(p + blank, end, ':', &hour) : NULL;
    p = p ? read_number(p, end, ':', &minute) : NULL;
    int64_t days;
    if (!p || end - p < 3 || !are_digits(p, 2) || !stamp_blank(p + 2, end) || hour > 23 || minute > 59 ||
        two_digits(p) > 59 || !day_number(year, month, day, &days))
        return NULL;
    stamp->time = days * STAMP_DAY + (hour * 3600 + minute * 60 + two_digits(p)) * STAMP_SECOND;
    stamp->year_known = true;
    return p + 2;
}

// "15 Jul 10:19:05", "15 Jul 2024 10:19:05.123", "15-Jul-2024 10:19:05", "15/Jul/2024:10:19:05 +0200" and
// "15Jul2024 10:19:05": the day first, and the month as a word. A year of two digits stands between dashes
// only.
static const char *
read_day_month(const char *at, const char *end, struct stamp *stamp)
{
    const char *p = at;
    int day = 0, year = 0;
    for (; p < end && is_digit(*p) && p - at < 2; p++)
        day = day * 10 + (*p - '0');
    const char *mark = p;
    bool dashes = p < end && (*p == '-' || *p == '/');
    p += dashes ? 1 : stamp_blank(p, end);
    const char *word = p;
    while (p < end && p - word < 12 && !stamp_blank(p, end) && !(dashes && *p == *mark) && !is_digit(*p))
        p++;
    int month = p < end && p > word ? stamp_month(word, (size_t)(p - word)) : 0;
    if (!month)
        return NULL;
    bool joined = p < end && is_digit(*p);
    if (!joined)
        p += dashes && *p == *mark ? 1 : stamp_blank(p, end);
    const char *behind = read_year(p, end, &year);
    if (dashes && behind == p && end - p > 2 && are_digits(p, 2) && stamp_blank(p + 2, end)) {
        year = 2000 + two_digits(p);
        behind = p + 2;
    }
    if (behind == p && (dashes || joined))
        return NULL;
    if (behind > p) {
        behind += behind < end && (*behind == ':' || *behind == ',');
        p = stamp_skip_blanks(behind, end);
    }
    int64_t days, of_day;
    int minutes = 0;
    p = stamp_clock(p, end, &of_day);
    if (!p || !day_number(year ? year : LEAP_YEAR, month, day, &days))
        return NULL;
    if (year && *mark == '/' && stamp_blank(p, end)) // the clock of a web server has its zone behind it
        p += end - p > 1 && (p[1] == '+' || p[1] == '-');
    p = read_zone(p, end, &minutes);
    stamp->time = days * STAMP_DAY + of_day - minutes * 60 * STAMP_SECOND;
    stamp->year_known = year != 0;
    return p;
}

// "2024 Jul 15 10:19:05": the year in front.
static const char *
read_year_first(const char *at, const char *end, struct stamp *stamp)
{
    int year = 0;
    const char *p = read_year(at, end, &year);
    return p > at && stamp_blank(p, end) ? read_month_of(stamp_skip_blanks(p, end), end, year, stamp) : NULL;
}

static const char *
read_stamp(const char *at, const char *end, struct stamp *stamp)
{
    if (end - at < 14)
        return end - at >= 10 ? read_epoch(at, end, stamp) : NULL;
    if (*at >= 'A' && *at <= 'Z') {
        if (!stamp_blank(at + 3, end) && at[3] != ',')
            return NULL; // a word of text, as most lines begin
        const char *p = read_month_form(at, end, stamp);
        const char *behind = at + 3 + (at[3] == ',');
        bool zone = memcmp(at, "UTC ", 4) == 0; // some filelogs write it in front of the date
        if (p || (!is_weekday(at) && !zone) || !stamp_blank(behind, end))
            return p;
        p = stamp_skip_blanks(behind, end);
        if (zone)
            return p < end && is_digit(*p) ? read_iso(p, end, stamp, false) : NULL;
        if (p == end || !is_digit(*p))
            return read_month_form(p, end, stamp);
        behind = read_iso(p, end, stamp, true);
        return behind ? behind : read_day_month(p, end, stamp);
    }
    if (is_digit(*at)) {
        const char *p = read_iso(at, end, stamp, false);
        p = p ? p : read_epoch(at, end, stamp);
        p = p ? p : read_noon(at, end, stamp);
        p = p ? p : read_dotted(at, end, stamp);
        p = p ? p : read_month_day(at, end, stamp);
        p = p ? p : read_day_month(at, end, stamp);
        return p ? p : read_year_first(at, end, stamp);
    }
    if (*at == 'd')
        return read_keyed(at, end, stamp);
    // A router's '*': its clock was never set; '.': it lost its time server.
    if (*at == '*' || *at == '.')
        return read_month_form(at + 1, end, stamp);
    return NULL;
}

const char *
stamp_read(const char *at, const char *end, struct stamp *stamp)
{
    const char *p = read_stamp(at, end, stamp);
    bool letter = !p && at < end && !is_digit(*at) && *at != '"' && *at != '<' && *at != '|';
    if (!p && end - at > 14 && is_digit(*at)) // "7월"
        letter = (at[1 + is_digit(at[1])] & 0x80) != 0;
    return letter ? read_foreign_month(at, end, stamp) : p;
}

void
stamp_text(int64_t time, bool year_known, char text[32])
{
    int64_t days = time / STAMP_DAY, of_day = time % STAMP_DAY;
    if (of_day < 0) {
        days--;
        of_day += STAMP_DAY;
    }
    int second = (int)(of_day / STAMP_SECOND), year = LEAP_YEAR;
    int64_t in_year;
    if (year_known) {
        // The year by estimate and at most a few steps: 400 years have 146,097 days.
        int64_t guess = 1970 + days * 400 / 146097, start;
        for (year = (int)guess + 1; day_number(year, 1, 1, &start) && start > days;)
            year--;
        day_number(year, 1, 1, &start);
        in_year = days - start;
        if (!is_leap(year) && in_year >= month_start[2] - 1)
            in_year++;
    } else {
        in_year = ((days - DAYS_TO_2000) % 366 + 366) % 366;
    }
    int month = 1;
    while (month < 12 && month_start[month] <= in_year)
        month++;
    int day = (int)in_year - month_start[month - 1] + 1;
    char year_text[16] = "-";
    if (year_known)
        snprintf(year_text, sizeof year_text, "%04d", year);
    snprintf(text, 32, "%s-%02d-%02dT%02d:%02d:%02d", year_text, month, day, second / 3600, second / 60 % 60,
             second % 60);
}

bool
stamp_zone(struct str stamp, struct str *zone)
{
    size_t clock = str_find(stamp, STR(":")), at = clock;
    *zone = STR_NONE;
    if (clock == stamp.len)
        return stamp.len > 0; // seconds since 1970
    while (at < stamp.len && stamp.at[at] != '+' && stamp.at[at] != '-')
        at++;
    *zone = str_from(stamp, at);
    return zone->len || stamp.at[stamp.len - 1] == 'Z' || str_find(stamp, STR("UTC")) < stamp.len ||
           str_find(stamp, STR("GMT")) < stamp.len;
}

void
stamp_difference(int64_t time, struct buf *out)
{
    enum { TENTH = STAMP_SECOND / 10 };
    long long tenths = (long long)((time < 0 ? -time : time) + TENTH / 2) / TENTH;
    if (tenths)
        buf_addf(out, " %c %lld.%lld s", time < 0 ? '-' : '+', tenths / 10, tenths % 10);
}
