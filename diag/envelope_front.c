// What stood in front of the line before: mostly the next line begins with the same, see envelope.h.
#include "diag/envelope_inside.h"
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

// Differs the line from the front only by its clock? Then that is the front's from now on.
static bool
clock_moved(struct envelope_front *f, const char *at)
{
    const char *clock = at + f->clock_at, *end = at + f->length;
    int64_t now;
    if (!f->clock_at || !str_same(at, f->bytes, f->clock_at) ||
        stamp_clock(clock, end, &now) != at + f->clock_end ||
        !str_same(at + f->clock_end, f->bytes + f->clock_end, f->length - f->clock_end))
        return false;
    memcpy(f->bytes + f->clock_at, clock, f->clock_end - f->clock_at);
    f->time += now - f->clock;
    f->clock = now;
    return true;
}

void
envelope_keep(struct envelope_front *f, const struct line *line)
{
    f->length = f->with_tag = f->clock_at = 0;
    f->same = false;
    if (line->tag.len == 0 || line->time == LINE_NO_TIME)
        return;
    if (line->body.at + line->body.len < line->raw.at + line->raw.len) // marks were cut from its end
        return;
    size_t length = (size_t)(line->tag.at - line->raw.at);
    if (length > ENVELOPE_FRONT || line->body.at - line->tag.at - (ptrdiff_t)line->tag.len > TAG_REST)
        return;
    memcpy(f->bytes, line->raw.at, length);
    f->length = length;
    f->host_at = line->host.len ? (size_t)(line->host.at - line->raw.at) : 0;
    f->host_len = line->host.len;
    f->time = line->time;
    f->year_known = line->year_known;
    keep_clock(f);
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

bool
envelope_again(struct envelope_front *f, struct str raw, struct line *line)
{
    const char *end = raw.at + raw.len, *tag = raw.at + f->length, *body;
    if (f->length == 0 || raw.len <= f->length ||
        !(str_same(raw.at, f->bytes, f->length) || clock_moved(f, raw.at)))
        return false;
    bool same = f->same =
        f->with_tag && raw.len >= f->with_tag && str_same(tag, f->bytes + f->length, f->with_tag - f->length);
    if (same) {
        line->tag = (struct str){tag, f->tag_len};
        line->pid = f->pid;
        body = raw.at + f->with_tag;
    } else if (!(body = envelope_tag(tag, end, line))) {
        return false;
    }
    line->raw = raw;
    line->host = f->host_len ? (struct str){raw.at + f->host_at, f->host_len} : STR_NONE;
    line->time = f->time;
    line->year_known = f->year_known;
    if (!same)
        keep_tag(f, line, (size_t)(body - raw.at));
    line->body = between(envelope_inner_stamp(body, end, line), end);
    wrapping_off(line);
    return true;
}

const char *
envelope_behind_clock(struct envelope_front *f, const char *at, const char *end)
{
    return f->length && (size_t)(end - at) > f->length && clock_moved(f, at) ? at + f->length : NULL;
}
