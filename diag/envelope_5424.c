// The envelope of the syslog protocol, RFC 5424 section 6 (envelope_inside.h).
#include "diag/envelope_inside.h"
#include "diag/stamp.h"

// One field of RFC 5424 up to the blank; "-" is the empty one.
static const char *
read_field(const char *at, const char *end, struct str *field)
{
    const char *p = memchr(at, ' ', (size_t)(end - at));
    if (!p || p == at)
        return NULL;
    *field = p - at == 1 && *at == '-' ? STR_NONE : between(at, p);
    return p + 1;
}

// RFC 5424 section 6.3: "-" or elements in brackets whose values are quoted and know backslashes.
static const char *
skip_structured(const char *at, const char *end)
{
    if (at < end && *at == '-')
        return at + 1;
    if (at == end || *at != '[')
        return NULL;
    const char *id = at + 1; // a name; a bracket with fields of another form is the text
    while (id < end && *id != ' ' && *id != ']' && *id != '"')
        id++;
    if (id < end && *id == '"')
        return at;
    bool quoted = false, inside = false;
    for (; at < end; at++) {
        if (quoted && *at == '\\' && at + 1 < end)
            at++;
        else if (*at == '"' && inside)
            quoted = !quoted;
        else if (*at == '[' && !quoted)
            inside = true;
        else if (*at == ']' && !quoted)
            inside = false;
        else if (!inside)
            return at;
    }
    return inside ? NULL : at;
}

const char *
envelope_5424(const char *at, const char *end, struct line *line)
{
    struct stamp stamp = {.time = LINE_NO_TIME};
    struct str when, host, app, process, id;
    const char *p = read_field(at, end, &when);
    if (!p || (when.len && stamp_read(when.at, when.at + when.len, &stamp) != when.at + when.len))
        return NULL;
    p = read_field(p, end, &host);
    p = p ? read_field(p, end, &app) : NULL;
    p = p ? read_field(p, end, &process) : NULL;
    p = p ? read_field(p, end, &id) : NULL;
    p = p ? skip_structured(p, end) : NULL;
    if (!p || (p < end && *p != ' ' && *p != '['))
        return NULL;
    line->time = stamp.time;
    line->year_known = stamp.year_known;
    line->host = host;
    line->tag = app.len && *app.at == '%' ? STR_NONE : app; // what an appliance writes in front of its text
    uint64_t pid;
    if (str_number(process, &pid) && pid <= UINT32_MAX)
        line->pid = (uint32_t)pid;
    p += p < end && *p == ' ';
    if (p == end && id.len) // all that it says stands in its fields
        return id.at;
    if (end - p >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
        p += 3;
    return p;
}
