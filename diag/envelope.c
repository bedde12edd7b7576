#include "diag/envelope_inside.h"
#include "diag/stamp.h"
#include "diag/wrapping.h"

#include <strings.h>

const uint8_t envelope_class[256] = {
    ['0' ... '9'] = IN_TAG | IN_HOST | IN_BARE,
    ['A' ... 'Z'] = IN_TAG | IN_HOST | IN_BARE | OPENS_MONTH,
    ['a' ... 'z'] = IN_TAG | IN_HOST | IN_BARE,
    ['_'] = IN_TAG | IN_HOST | IN_BARE,
    ['-'] = IN_TAG | IN_HOST | IN_BARE,
    ['.'] = IN_TAG | IN_HOST | OPENS_STAMP,
    ['/'] = IN_TAG | IN_HOST,
    [':'] = IN_HOST,
    ['%'] = IN_HOST,
    ['@'] = IN_HOST,
    ['*'] = OPENS_STAMP,
    [' '] = ENDS_MONTH,
    ['\t'] = ENDS_MONTH,
    [','] = ENDS_MONTH,
    [0xC2] = ENDS_MONTH, // of a no-break space
};

// "[123]" at `at`: the place behind it, else NULL.
static const char *
read_pid(const char *at, const char *end, uint32_t *pid)
{
    uint64_t sum = 0;
    const char *p = at + 1;
    for (; p < end && *p >= '0' && *p <= '9' && p - at <= 10; p++)
        sum = sum * 10 + (uint64_t)(*p - '0');
    if (p == at + 1 || p == end || *p != ']' || sum > UINT32_MAX)
        return NULL;
    *pid = (uint32_t)sum;
    return p + 1;
}

const char *
envelope_tag(const char *at, const char *end, struct line *line)
{
    const char *name_end = skip_class(at, end, IN_TAG);
    if (name_end == at || name_end == end)
        return NULL;
    const char *p = name_end;
    uint32_t pid = 0;
    bool numbered = *p == '[';
    if (numbered && !(p = read_pid(p, end, &pid)))
        return NULL;
    bool column = numbered && p < end && *p == '\t'; // a table of a firewall's web pages
    if (p == end || (*p != ':' && !column))
        return NULL;
    p += !column;
    int blank = stamp_blank(p, end);
    if (!blank && !numbered && p != end)
        return NULL;
    line->tag = between(at, name_end);
    line->pid = pid;
    return p + blank;
}

static bool
is_level(struct str word)
{
    static const char *const levels[] = {"emerg",   "alert",  "crit", "err",   "error", "warn",
                                         "warning", "notice", "info", "debug", "panic", "critical"};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (word.len == strlen(levels[i]) && strncasecmp(word.at, levels[i], word.len) == 0)
            return true;
    return false;
}

// A priority as some writers put it between host and tag: "authpriv.warn".
static bool
is_priority(struct str word)
{
    const char *dot = memchr(word.at, '.', word.len);
    return dot && is_level(between(dot + 1, word.at + word.len));
}

// A bare number before a colon is no daemon: a router numbers its lines, others name a virtual system so.
static bool
is_number(const struct line *line)
{
    uint64_t number;
    return str_number(line->tag, &number) && !line->pid;
}

// A word in capitals and no number: what a message of a daemon that writes no name of its own begins with,
// "ERROR: ".
static bool
is_exclaimed(const struct line *line)
{
    for (size_t i = 0; i < line->tag.len; i++)
        if (line->tag.at[i] < 'A' || line->tag.at[i] > 'Z')
            return false;
    return !line->pid;
}

const char *
envelope_read_inner_stamp(const char *at, const char *end, struct line *line)
{
    struct stamp inner;
    const char *p = stamp_read(at, end, &inner);
    if (!p || p == end || (*p != ':' && !stamp_blank(p, end)))
        return at;
    if (line->time == LINE_NO_TIME || !line->year_known) {
        line->time = inner.time;
        line->year_known = inner.year_known;
    }
    if (is_number(line))
        line->tag = STR_NONE;
    return p + 1 + stamp_blank(p + 1, end);
}

// Facility and level as some writers put them behind the stamp, "<10.4> " or "Local7.Error ": the place
// behind them, or `at`.
static const char *
skip_facility(const char *at, const char *end)
{
    if (at < end && *at >= 'A' && *at <= 'Z') {
        const char *p = skip_class(at, end, IN_HOST);
        return stamp_blank(p, end) && is_priority(between(at, p)) ? stamp_skip_blanks(p, end) : at;
    }
    if (at == end || *at != '<')
        return at;
    const char *dot = skip_digits(at + 1, end);
    if (dot == at + 1 || dot == end || *dot != '.')
        return at;
    const char *p = skip_digits(dot + 1, end);
    return p > dot + 1 && p < end && *p == '>' ? stamp_skip_blanks(p + 1, end) : at;
}

// A host, or what stands in its place where somebody took the name out, "<HOST>", "*****", or where a system
// never got one, "(none)". The place behind it.
static const char *
skip_host(const char *at, const char *end)
{
    const char *p = at;
    while (p < end && *p == '*')
        p++;
    if (p > at)
        return p;
    if (end - p >= 6 && memcmp(p, "(none)", 6) == 0)
        return p + 6;
    bool masked = p < end && *p == '<';
    p = skip_class(masked ? p + 1 : p, end, IN_HOST);
    return !masked ? p : p > at + 1 && p < end && *p == '>' ? p + 1 : at;
}

// "<29>" at the start: the place behind it, or NULL.
static const char *
skip_priority(const char *at, const char *end)
{
    const char *p = at + 1;
    while (p < end && *p >= '0' && *p <= '9' && p - at <= 3)
        p++;
    return p > at + 1 && p < end && *p == '>' ? p + 1 : NULL;
}

static const char *read_envelope(const char *at, const char *end, struct line *line);

// The envelope of a line that a relay passed on behind one of its own; NULL: there is none. The clock is that
// of the sender, unless only the relay's has a year.
static const char *
read_relayed(const char *at, const char *end, struct line *line)
{
    struct line outer = *line;
    const char *body = read_envelope(at, end, line);
    if (!body || line->time == LINE_NO_TIME || (outer.year_known && !line->year_known)) {
        line->time = outer.time;
        line->year_known = outer.year_known;
    }
    return body;
}

// "[]: " or "[123]: ", a tag without a name: some daemons overwrite theirs. NULL: it is none.
static const char *
behind_unnamed(const char *at, const char *end)
{
    uint32_t pid;
    if (at == end || *at != '[')
        return NULL;
    const char *p = end - at > 1 && at[1] == ']' ? at + 2 : read_pid(at, end, &pid);
    return p && p < end && *p == ':' && stamp_blank(p + 1, end) ? p + 1 + stamp_blank(p + 1, end) : NULL;
}

// Behind a stamp without a colon: [host] [priority] tag: text. Without a tag there is no host either, for
// then nothing tells a host from the first word of the text.
static const char *
read_origin(const char *at, const char *end, struct line *line)
{
    const char *start = skip_facility(stamp_skip_blanks(at, end), end),
               *body = envelope_tag(start, end, line);
    if (body && is_exclaimed(line)) {
        line->tag = STR_NONE;
        return start;
    }
    if (body)
        return envelope_inner_stamp(body, end, line);
    const char *p = start;
    struct str words[2];
    for (int i = 0; i < 2; i++) {
        const char *word = p;
        p = i ? skip_class(word, end, IN_HOST) : skip_host(word, end);
        words[i] = between(word, p);
        if (p == word || !stamp_blank(p, end) || (i == 1 && !is_priority(words[1])))
            return start;
        p = stamp_skip_blanks(p, end);
        // Appliances write "host %FACILITY-5-NAME: text", some with a colon of its own in front.
        const char *mark = p < end && *p == ':' ? stamp_skip_blanks(p + 1, end) : p;
        mark += end - mark > 2 && mark[0] == '1' && mark[1] == ' ' ? 2 : 0; // the version of RFC 5424
        if (i == 0 && mark < end && *mark == '%') {
            line->host = words[0];
            return mark;
        }
        if (p < end && *p == ':' && stamp_blank(p + 1, end) && is_priority(words[i])) { // a tag that is empty
            if (i == 1)
                line->host = words[0];
            return p + 1 + stamp_blank(p + 1, end);
        }
        if ((body = behind_unnamed(p, end)))
            return body;
        body = envelope_tag(p, end, line);
        if (body) {
            body = envelope_inner_stamp(body, end, line);
            if (is_number(line)) {
                line->tag = STR_NONE;
                line->host = words[0];
                const char *own = read_relayed(p, end, line);
                line->host = own ? line->host : STR_NONE;
                return own ? own : start;
            }
            if (i == 1 || !is_priority(words[0]))
                line->host = words[0];
            return body;
        }
        struct stamp second;
        if (i == 0 && mark < end && envelope_class[(unsigned char)*mark] & IN_BARE &&
            stamp_read(mark, end, &second)) {
            line->host = words[0];
            return read_relayed(mark, end, line);
        }
    }
    return start;
}

// Fields behind a stamp with tabs between them, as pages of firewalls copy them: severity, daemon, text;
// daemon and text, or the process between; or as a collector files what appliances send: priority, sender,
// text.
static const char *
read_fields(const char *at, const char *end, struct line *line)
{
    const char *first = at + 1, *first_end = skip_class(first, end, IN_TAG);
    if (first_end == first || first_end == end || *first_end != '\t')
        return NULL;
    const char *name = first_end + 1, *p = skip_class(name, end, IN_TAG), *name_end = p;
    uint64_t number;
    if (str_number(between(name, p), &number) && number <= UINT32_MAX && p < end && *p == '\t') {
        line->tag = between(first, first_end);
        line->pid = (uint32_t)number;
        return p + 1;
    }
    bool tagged = name_end > name && name_end < end &&
                  (*p == '\t' || *p == '[' || (*p == ':' && envelope_tag(name, end, line)));
    bool daemon = !tagged && *first >= 'a' && *first <= 'z' && !is_level(between(first, first_end));
    line->tag = daemon ? between(first, first_end) : STR_NONE;
    if (daemon)
        return name;
    uint32_t pid = 0;
    if (p < end && *p == '[' && !(p = read_pid(p, end, &pid)))
        return NULL;
    if (name_end == name || p == end || *p != '\t')
        return NULL;
    bool named = p + 1 < end && p[1] == '%';
    if (memchr(first, '.', (size_t)(first_end - first)) && (named || envelope_has_stamp(p + 1, end))) {
        line->host = between(name, name_end); // "Local4.Debug", the sender, what it sent
        return named ? p + 1 : read_relayed(p + 1, end, line);
    }
    line->tag = between(name, name_end);
    line->pid = pid;
    return p + 1;
}

// Columns behind a stamp with bars between them, as pages of firewalls are copied into a table: "| name: x",
// "| name[123] | x", or a severity in front of that name. NULL: it is nothing of the kind.
static const char *
read_columns(const char *at, const char *end, struct line *line)
{
    const char *p = stamp_skip_blanks(at, end), *text = NULL;
    for (int i = 0; i < 2 && p < end && *p == '|' && stamp_blank(p + 1, end); i++) {
        const char *name = stamp_skip_blanks(p + 1, end), *name_end = skip_class(name, end, IN_TAG);
        const char *tagged = envelope_tag(name, end, line);
        if (tagged)
            return tagged;
        uint32_t pid = 0;
        p = name_end < end && *name_end == '[' ? read_pid(name_end, end, &pid) : name_end;
        p = p ? stamp_skip_blanks(p, end) : end;
        if (name_end == name || p == end || *p != '|')
            break;
        line->tag = between(name, name_end);
        line->pid = pid;
        text = p + 1 + stamp_blank(p + 1, end);
    }
    return text;
}

// What Android's log viewer writes: level and tag, "I/name: " or "I/name  ( 1234): "; behind a stamp the
// numbers of process and thread stand in front, " 1234  1250 I name  : ". NULL: it is nothing of the kind.
static const char *
read_logcat(const char *at, const char *end, bool stamped, struct line *line)
{
    uint64_t pid = 0;
    for (int i = 0; stamped && i < 2; i++) {
        const char *number = stamp_skip_blanks(at, end);
        at = skip_digits(number, end);
        if (at == number || !stamp_blank(at, end) || (i == 0 && !str_number(between(number, at), &pid)))
            return NULL;
    }
    at = stamp_skip_blanks(at, end);
    if (end - at < 4 || !memchr("VDIWEF", *at, 6) || (stamped ? !stamp_blank(at + 1, end) : at[1] != '/'))
        return NULL;
    const char *name = at + 2, *name_end = skip_class(name, end, IN_TAG);
    const char *p = stamp_skip_blanks(name_end, end);
    if (!stamped && p < end && *p == '(') {
        const char *number = stamp_skip_blanks(p + 1, end);
        p = skip_digits(number, end);
        if (!str_number(between(number, p), &pid) || p == end || *p++ != ')')
            return NULL;
    }
    if (name_end == name || pid > UINT32_MAX || p == end || *p != ':' || !stamp_blank(p + 1, end))
        return NULL;
    line->tag = between(name, name_end);
    line->pid = (uint32_t)pid;
    return p + 1 + stamp_blank(p + 1, end);
}

// The place behind a number that a tool put in front of a line, "12:Nov" or "12 Nov".
static const char *
behind_number(const char *at, const char *end)
{
    return at < end && *at == ':' ? at + 1 : stamp_skip_blanks(at, end);
}

bool
envelope_has_stamp(const char *at, const char *end)
{
    struct stamp stamp;
    if (at == end || !((*at >= '0' && *at <= '9') || envelope_class[(unsigned char)*at] & OPENS_MONTH))
        return false;
    const char *p = stamp_read(at, end, &stamp);
    return p && p < end && (*p == ':' || stamp_blank(p, end));
}

// What a program printed in a container: it may begin with a date of its own, or with one of its functions,
// "sa_free: ".
static const char *
read_printed(const char *at, const char *end, struct line *line)
{
    bool digit = at < end && *at >= '0' && *at <= '9';
    const char *own = digit ? read_envelope(at, end, line) : NULL;
    if (own)
        return own;
    const char *text = stamp_skip_blanks(envelope_inner_stamp(at, end, line), end);
    const char *body = read_origin(text, end, line);
    bool named = line->tag.at != text || line->pid || str_find(line->tag, STR("_")) == line->tag.len;
    line->tag = named ? line->tag : STR_NONE;
    return named ? body : text;
}

// A router's sequence number and its name, or the number of a line as tools write it, in front of a stamp:
// the place behind that, or NULL. *text is where it would stand.
static const char *
read_numbered(const char *at, const char *end, struct stamp *stamp, const char **text, struct line *line)
{
    const char *behind = skip_digits(at, end);
    *text = at;
    if (behind == end || *behind != ':' || !stamp_blank(behind + 1, end))
        return stamp_read(behind_number(behind, end), end, stamp);
    *text = stamp_skip_blanks(behind + 1, end);
    const char *p = stamp_read(*text, end, stamp), *name_end = p ? *text : skip_class(*text, end, IN_TAG);
    if (name_end > *text && name_end < end && *name_end == ':' && stamp_blank(name_end + 1, end) &&
        (p = stamp_read(stamp_skip_blanks(name_end + 1, end), end, stamp)))
        line->host = between(*text, name_end);
    return p;
}

// The name of the program that a path leads to.
static struct str
last_part(struct str path)
{
    size_t at = path.len;
    while (at > 0 && path.at[at - 1] != '/')
        at--;
    return str_from(path, at);
}

// Without a stamp a tag counts when it has a [pid], or is one word with a small first letter and text behind
// it.
static const char *
read_bare(const char *at, const char *end, struct line *line)
{
    const char *p = envelope_tag(at, end, line);
    if (!p) { // "host name[123]: " with the stamp cut off
        const char *word_end = skip_class(at, end, IN_TAG);
        const char *name = stamp_skip_blanks(word_end, end);
        p = word_end > at && name > word_end ? envelope_tag(name, end, line) : NULL;
        if (p && line->pid) {
            line->host = between(at, word_end);
            return envelope_inner_stamp(p, end, line);
        }
        line->tag = STR_NONE;
        return NULL;
    }
    if (!line->pid) {
        if (*at == '/') { // what is started by its path writes that in front of its lines
            line->tag = last_part(line->tag);
            at = line->tag.at;
        }
        bool small = *at >= 'a' && *at <= 'z', numbered = line->tag.at[line->tag.len] == '[';
        const char *word_end = skip_class(at, end, IN_BARE);
        if (!numbered &&
            (!small || word_end != line->tag.at + line->tag.len || p == end || stamp_blank(p, end))) {
            line->tag = STR_NONE;
            return NULL;
        }
    }
    return envelope_inner_stamp(p, end, line);
}

// Everything that can follow a <PRI>, which then is a blank-free start of the line. NULL: no envelope here.
static const char *
read_envelope(const char *at, const char *end, struct line *line)
{
    struct stamp stamp;
    const char *p = stamp_read(at, end, &stamp);
    if (!p && at < end && *at >= '0' && *at <= '9') {
        const char *text;
        p = read_numbered(at, end, &stamp, &text, line);
        const char *behind = p ? NULL : envelope_skip_time(text, end);
        if (behind && *behind == ':')
            return behind + 1 + stamp_blank(behind + 1, end);
        if (behind) { // without a tag it may be the daemon's own stamp
            const char *tagged = read_origin(behind, end, line);
            return line->tag.len ? tagged : stamp_skip_blanks(behind, end);
        }
    }
    bool thread = p && p > at && p[-1] == 'M' && p < end && *p >= '0' && *p <= '9'; // "PM06[IKE]"
    if (p && (p == end || *p == ':' || thread || stamp_blank(p, end))) {
        line->time = stamp.time;
        line->year_known = stamp.year_known;
        if (thread)
            return p;
        if (p < end && *p == ':') {
            p += 1 + stamp_blank(p + 1, end);
            const char *sent = p < end && *p == '<' ? skip_priority(p, end) : NULL; // kept as it came
            sent = sent ? read_relayed(sent + (sent < end && *sent == ':'), end, line) : NULL;
            return sent ? sent : p;
        }
        const char *stream = wrapping_stream(p, end), *own = wrapping_labels(stamp_skip_blanks(p, end), end);
        if (stream > p)
            return read_printed(stream + 1, end, line);
        bool labels = own > p && own[-1] == '}';
        // A runtime put its own in front of the daemon's.
        if (labels || envelope_has_stamp(own, end))
            return read_printed(stamp_skip_blanks(own, end), end, line);
        const char *body =
            p < end && *p == '\t' ? read_fields(p, end, line) : read_logcat(p, end, true, line);
        body = body ? body : read_columns(p, end, line);
        return body ? body : read_origin(p, end, line);
    }
    if ((p = read_logcat(at, end, false, line)))
        return p;
    if (at < end && *at == '[') {
        const char *close = memchr(at, ']', (size_t)(end - at)); // as the kernel's log is shown to people
        bool clock = close && stamp_read(at + 1, close, &stamp) == close;
        p = clock ? at : envelope_skip_uptime(at, end);
        if (p > at) {
            const char *own = stamp_skip_blanks(p, end);
            return envelope_has_stamp(own, end) ? read_envelope(own, end, line) : read_origin(p, end, line);
        }
        if (!clock)
            return NULL;
        line->time = stamp.time;
        line->year_known = stamp.year_known;
        // A daemon that traces itself writes no blank behind it, and no name.
        return stamp_blank(close + 1, end) ? read_origin(close + 1, end, line) : close + 1;
    }
    return read_bare(at, end, line);
}

// The name of a file that a search through several put in front of a line, "/var/log/secure:Nov  7": the
// place behind it, or NULL.
static const char *
behind_file(const char *at, const char *end)
{
    const char *p = skip_class(at, end, IN_TAG);
    struct str name = between(at, p);
    bool file = memchr(name.at, '/', name.len) || memchr(name.at, '.', name.len);
    return p > at && p < end && *p == ':' && file && !stamp_blank(p + 1, end) ? p + 1 : NULL;
}

// A line that begins with a priority, "<29>". NULL: there is no envelope behind it, or it is none.
static const char *
read_priority(const char *at, const char *end, struct line *line)
{
    const char *body = NULL, *p = skip_priority(at, end);
    if (p && end - p > 2 && p[0] >= '1' && p[0] <= '9' && p[1] == ' ')
        body = envelope_5424(p + 2, end, line);
    if (p && !body) {
        p += p < end && *p == ':';
        line->body = between(p, end);
        body = read_envelope(p, end, line);
    }
    return body;
}

void
envelope_parse(struct str raw, struct line *line)
{
    const char *end = raw.at + raw.len, *body = NULL;
    line->raw = raw;
    line->host = line->tag = STR_NONE;
    line->pid = 0;
    line->writer = 0;
    line->time = LINE_NO_TIME;
    line->year_known = false;
    line->body = raw;
    if (raw.len == 0)
        return;
    const char *at = raw.at;
    if (*at == '<') {
        body = read_priority(at, end, line);
    } else {
        at = stamp_skip_blanks(at, end);
        while (at < end && *at == '>') { // quoted in a mail
            line->body = between(at + 1 + stamp_blank(at + 1, end), end);
            at = stamp_skip_blanks(at + 1, end);
        }
        const char *item = wrapping_item(at, end);
        if (item > at) {
            at = item;
            line->body = between(at, end);
        }
        const char *plain = wrapping_colours(at, end), *service = wrapping_service(plain, end);
        if (service > plain) {
            at = service;
            line->body = between(at, end);
        }
        const char *text = wrapping_marks(at, end);
        if (text > at) { // in a page that people write
            at = text;
            end = wrapping_end(at, end);
            line->body = between(at, end);
        }
        body = item > raw.at && at < end && *at == '<' ? read_priority(at, end, line)
                                                       : read_envelope(at, end, line);
        const char *file = body ? NULL : behind_file(at, end);
        struct stamp stamp;
        const char *behind = file ? skip_digits(file, end) : NULL; // and the number of the line
        if (file && (stamp_read(file, end, &stamp) || stamp_read(behind_number(behind, end), end, &stamp)))
            body = read_envelope(file, end, line);
        const char *printed = body ? NULL : wrapping_pod(at, end);
        if (!body && !printed)
            printed = wrapping_prompt(at, end);
        if (printed)
            body = read_envelope(printed, end, line);
    }
    if (body)
        line->body = between(body, end);
    else if (line->time == LINE_NO_TIME)
        wrapping_row(line);
    wrapping_off(line);
}

struct str
envelope_stamp(struct str raw)
{
    const char *at = raw.at, *end = raw.at + raw.len;
    const char *behind = raw.len && *at == '<' ? skip_priority(at, end) : NULL;
    if (behind)
        at = end - behind > 2 && behind[1] == ' ' ? behind + 2 : behind;
    while (at < end && (*at == '>' || stamp_blank(at, end)))
        at += *at == '>' ? 1 : stamp_blank(at, end);
    at = wrapping_item(at, end);
    struct stamp stamp;
    const char *p = stamp_read(at, end, &stamp), *file = p ? NULL : behind_file(at, end);
    if (file) {
        at = file;
        p = stamp_read(at, end, &stamp);
    }
    if (!p) { // behind a router's sequence number
        const char *digits = skip_digits(at, end);
        at = digits > at ? stamp_skip_blanks(behind_number(digits, end), end) : end;
        p = stamp_read(at, end, &stamp);
    }
    if (p && (*at == '*' || *at == '.'))
        at++;
    return p ? between(at, p) : STR_NONE;
}
