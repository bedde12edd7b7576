// What stood in front of the line before: mostly the next line begins with the same, see envelope.h.
#include "diag/envelope_inside.h"
#include "diag/lanes.h"
#include "diag/stamp.h"
#include "diag/wrapping.h"

// Longer than "[pid]: " behind a tag: a stamp stood there as well.
enum { TAG_REST = 14 };

// Where the stamp has its time of day. Zones lie quarters of an hour apart.
static void
keep_clock(struct envelope_front *f)
{
    const int64_t quarter = 900 * STAMP_SECOND;
    size_t limit = f->host_at ? f->host_at : f->length;
    const char *end = f->bytes + limit, *p = f->bytes;
    while ((p = memchr(p, ':', (size_t)(end - p))) && p - f->bytes < 3)
        p++;
    const char *behind = p ? stamp_clock(p - 2, end, &f->clock) : NULL;
    f->clock_at = behind && (f->time - f->clock) % quarter == 0 ? (size_t)(p - 2 - f->bytes) : 0;
    f->clock_end = f->clock_at ? (size_t)(behind - f->bytes) : 0;
}

// What of the front is the same for all hosts.
static size_t
stamp_length(const struct envelope_front *f)
{
    return f->host_at ? f->host_at : f->length;
}

// Differs the line's stamp from that of the front only by its clock? Then that is the front's from now on.
static bool
clock_moved(struct envelope_front *f, const char *at)
{
    const char *clock = at + f->clock_at, *behind = at + f->clock_end;
    int64_t now;
    if (!f->clock_at || !str_same(at, f->bytes, f->clock_at) ||
        stamp_clock(clock, at + f->length, &now) != behind ||
        !str_same(behind, f->bytes + f->clock_end, stamp_length(f) - f->clock_end))
        return false;
    memcpy(f->bytes + f->clock_at, clock, f->clock_end - f->clock_at);
    f->time += now - f->clock;
    f->clock = now;
    return true;
}

// A host takes the place of the one that was kept there.
static size_t
host_place(struct str host)
{
    return str_hash(host, 0) % ENVELOPE_HOSTS;
}

static void
keep_host(struct envelope_front *f, struct str host)
{
    // One that is followed by more than a blank is not alone in front of the tag.
    if (host.len == 0 || host.len > ENVELOPE_HOST || f->host_at + host.len + 1 != f->length)
        return;
    struct envelope_host *h = &f->hosts[host_place(host)];
    h->stamps = f->stamps;
    h->length = (uint8_t)host.len;
    memcpy(h->bytes, host.at, host.len);
}

// The place behind a host and its blank, when lines of it were parsed that had such a stamp; or NULL.
static const char *
behind_host(const struct envelope_front *f, const char *at, const char *end)
{
    if (!f->host_at || end - at < 2 * LANES)
        return NULL;
    uint32_t blanks = lanes_equal(at, ' ') | lanes_equal(at + LANES, ' ') << LANES;
    struct str host = {at, blanks ? (size_t)__builtin_ctz(blanks) : 0};
    if (host.len == 0)
        return NULL;
    const struct envelope_host *h = &f->hosts[host_place(host)];
    bool known = h->stamps == f->stamps && str_eq(host, (struct str){h->bytes, h->length});
    return known ? at + host.len + 1 : NULL;
}

const char *
envelope_behind_other(struct envelope_front *f, bool clocks, const char *at, const char *end)
{
    if (!f->length || (size_t)(end - at) <= f->length)
        return NULL;
    size_t stamp = stamp_length(f);
    if (!(f->host_at && str_same(at, f->bytes, stamp)) && !(clocks && clock_moved(f, at)))
        return NULL;
    at += stamp;
    return str_same(at, f->bytes + stamp, f->length - stamp) ? at + f->length - stamp
                                                             : behind_host(f, at, end);
}

void
envelope_keep(struct envelope_front *f, const struct line *line)
{
    f->length = f->with_tag = 0;
    f->same = false;
    if (line->tag.len == 0 || line->time == LINE_NO_TIME)
        return;
    if (line->body.at + line->body.len < line->raw.at + line->raw.len) // marks were cut from its end
        return;
    size_t length = (size_t)(line->tag.at - line->raw.at);
    if (length > ENVELOPE_FRONT || line->body.at - line->tag.at - (ptrdiff_t)line->tag.len > TAG_REST)
        return;
    char before[ENVELOPE_FRONT];
    size_t host_at = f->host_at, clock_at = f->clock_at, clock_end = f->clock_end;
    memcpy(before, f->bytes, host_at);
    memcpy(f->bytes, line->raw.at, length);
    f->length = length;
    f->host_at = line->host.len ? (size_t)(line->host.at - line->raw.at) : 0;
    f->host_len = line->host.len;
    f->time = line->time;
    f->year_known = line->year_known;
    keep_clock(f);
    bool clock_only = host_at && f->host_at == host_at && f->clock_at == clock_at &&
                      f->clock_end == clock_end && str_same(before, f->bytes, clock_at) &&
                      str_same(before + clock_end, f->bytes + clock_end, host_at - clock_end);
    f->stamps += !clock_only;
    keep_host(f, line->host);
}

static void
keep_tag(struct envelope_front *f, const struct line *line, size_t length)
{
    f->with_tag = 0;
    if (length > ENVELOPE_FRONT || line->raw.at[length - 1] != ' ')
        return;
    memcpy(f->bytes + f->length, line->raw.at + f->length, length - f->length);
    f->with_tag = length;
    f->tag_len = line->tag.len;
    f->pid = line->pid;
}

// What stands behind the tag.
static inline void
take_body(struct line *line, const char *body)
{
    const char *end = line->raw.at + line->raw.len;
    line->body = between(envelope_inner_stamp(body, end, line), end);
    wrapping_off(line);
}

void
envelope_same(struct envelope_front *f, struct str raw, struct line *line)
{
    f->same = true;
    line->raw = raw;
    line->host = f->host_len ? (struct str){raw.at + f->host_at, f->host_len} : STR_NONE;
    line->tag = (struct str){raw.at + f->length, f->tag_len};
    line->pid = f->pid;
    line->time = f->time;
    line->year_known = f->year_known;
    take_body(line, raw.at + f->with_tag);
}

bool
envelope_again(struct envelope_front *f, struct str raw, struct line *line)
{
    if (f->length == 0 || raw.len <= f->length)
        return false;
    const char *end = raw.at + raw.len, *body;
    if (envelope_has_tag(f, raw.at, end)) {
        envelope_same(f, raw, line);
        return true;
    }
    bool other = !str_same(raw.at, f->bytes, f->length); // host
    const char *tag = other ? envelope_behind_other(f, true, raw.at, end) : raw.at + f->length;
    if (!tag)
        return false;
    if (other && tag == raw.at + f->length)
        other = !str_same(raw.at, f->bytes, f->length);
    size_t tag_at = (size_t)(tag - raw.at);
    if (other)
        f->with_tag = 0;
    bool same = f->same =
        f->with_tag && raw.len >= f->with_tag && str_same(tag, f->bytes + f->length, f->with_tag - f->length);
    if (same) {
        line->tag = (struct str){tag, f->tag_len};
        line->pid = f->pid;
        body = raw.at + f->with_tag;
    } else if ((*tag >= '0' && *tag <= '9') || !(body = envelope_tag(tag, end, line))) {
        return false; // a number may be no tag
    }
    line->raw = raw;
    size_t host_len = other ? tag_at - f->host_at - 1 : f->host_len;
    line->host = host_len ? (struct str){raw.at + f->host_at, host_len} : STR_NONE;
    line->time = f->time;
    line->year_known = f->year_known;
    if (!same && !other)
        keep_tag(f, line, (size_t)(body - raw.at));
    take_body(line, body);
    return true;
}
