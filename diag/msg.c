#include "diag/msg.h"

#include "diag/meaning.h"
#include "diag/radix.h"
#include "diag/rare.h"
#include "diag/recall.h"

#include <stdlib.h>

// Which templates of a prefix stage can begin with a byte, as a bit set.
struct stage {
    uint32_t by_first[256];
};

// The prefix stages of a dialect, and which of them have a template that can begin with a byte.
struct stages {
    uint32_t by_first[256];
    struct stage *at;
    uint32_t naming; // those up to the last that says of whom the line speaks
};

struct tag {
    struct str name;
    int dialect;
    bool relay; // a line that the dialect does not understand is the relay's own
};

struct msgs {
    const struct knowledge *knowledge;
    struct radix **radixes; // one per dialect
    struct stages *stages;  // one per dialect
    struct tag *tags;       // sorted by first byte
    size_t tag_count;
    uint16_t tags_from[257]; // where the tags with a first byte begin: most lines of a mixed log end here
};

static bool
has_meaning(const struct tmpl *t)
{
    return tmpl_has_slot(t, SLOT_STATE) || tmpl_has_slot(t, SLOT_EXCHANGE) || tmpl_has_slot(t, SLOT_NOTIFY) ||
           tmpl_has_slot(t, SLOT_ERRNO);
}

static void
stages_init(struct stages *s, const struct dialect *d)
{
    uint32_t means = 0;
    s->at = mem_new(mem_product(d->prefix_count, sizeof *s->at));
    for (size_t i = 0; i < d->prefix_count; i++)
        for (size_t t = 0; t < d->prefixes[i].count; t++) {
            const struct tmpl *tmpl = d->prefixes[i].templates[t].tmpl;
            bool states = has_meaning(tmpl);
            means |= states ? UINT32_C(1) << i : 0;
            if (tmpl_has_known(tmpl) && !states)
                s->naming = (UINT32_C(2) << i) - 1;
            for (int byte = 0; byte < 256; byte++)
                if (tmpl_may_begin(tmpl, (unsigned char)byte)) {
                    s->at[i].by_first[byte] |= UINT32_C(1) << t;
                    s->by_first[byte] |= UINT32_C(1) << i;
                }
        }
    if (s->naming & means)
        s->naming = 0;
}

static int
by_first(const void *a, const void *b)
{
    const struct tag *x = a, *y = b;
    int first = (unsigned char)x->name.at[0] - (unsigned char)y->name.at[0];
    return first ? first : x->dialect - y->dialect;
}

// Pages that keep no brackets join a name and its number: "daemon7741" for "daemon[7741]".
static bool
is_tag(struct str tag, struct str name)
{
    enum { FEWEST = 3, MOST = 7 };
    if (str_eq(tag, name))
        return true;
    if (!str_starts(name, tag) || name.len < tag.len + FEWEST || name.len > tag.len + MOST)
        return false;
    for (size_t i = tag.len; i < name.len; i++)
        if (name.at[i] < '0' || name.at[i] > '9')
            return false;
    return true;
}

// The next tag of this name at or behind i, or the end.
static size_t
tag_find(const struct msgs *m, struct str name, size_t i)
{
    unsigned char first = (unsigned char)name.at[0];
    if (i < m->tags_from[first])
        i = m->tags_from[first];
    while (i < m->tags_from[first + 1] && !is_tag(m->tags[i].name, name))
        i++;
    return i < m->tags_from[first + 1] ? i : m->tag_count;
}

// The first tag of a line.
static size_t
first_tag(const struct msgs *m, struct recall *recall, const struct line *line)
{
    size_t tag;
    if (recall && recall_tag(recall, line->writer, &tag)) // mostly
        return tag;
    tag = tag_find(m, line->tag, 0);
    if (recall)
        recall_keep_tag(recall, line->writer, tag);
    return tag;
}

struct msgs *
msgs_new(const struct knowledge *knowledge)
{
    struct msgs *m = mem_new(sizeof *m);
    m->knowledge = knowledge;
    m->radixes = mem_new(mem_product(knowledge->dialect_count, sizeof *m->radixes));
    m->stages = mem_new(mem_product(knowledge->dialect_count, sizeof *m->stages));
    for (size_t i = 0; i < knowledge->dialect_count; i++) {
        m->radixes[i] = radix_new(&knowledge->dialects[i]);
        stages_init(&m->stages[i], &knowledge->dialects[i]);
        m->tag_count += knowledge->dialects[i].daemon_count + knowledge->dialects[i].relay_count;
    }
    m->tags = mem_new(mem_product(m->tag_count, sizeof *m->tags));
    size_t tag = 0;
    for (size_t i = 0; i < knowledge->dialect_count; i++) {
        const struct dialect *d = &knowledge->dialects[i];
        for (size_t j = 0; j < d->daemon_count; j++)
            m->tags[tag++] = (struct tag){d->daemons[j], (int)i, false};
        for (size_t j = 0; j < d->relay_count; j++)
            m->tags[tag++] = (struct tag){d->relays[j], (int)i, true};
    }
    qsort(m->tags, m->tag_count, sizeof *m->tags, by_first);
    for (size_t i = 0, byte = 0; byte <= 256; byte++) {
        while (i < m->tag_count && (unsigned char)m->tags[i].name.at[0] < byte)
            i++;
        m->tags_from[byte] = (uint16_t)i;
    }
    return m;
}

void
msgs_free(struct msgs *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->knowledge->dialect_count; i++) {
        radix_free(m->radixes[i]);
        free(m->stages[i].at);
    }
    free(m->radixes);
    free(m->stages);
    free(m->tags);
    free(m);
}

bool
msgs_care(const void *msgs, struct str tag)
{
    const struct msgs *m = msgs;
    return tag_find(m, tag, 0) < m->tag_count;
}

// Cuts prefixes off the front of msg->body, of the stages in *left, where those stay that might have
// followed; the line begins at from. True when no other text could go on with the same bytes and be read
// otherwise.
static bool
cut_stages(const struct msgs *m, int dialect, const char *from, uint32_t *left, struct msg *msg)
{
    const struct dialect *d = &m->knowledge->dialects[dialect];
    const struct stages *stages = &m->stages[dialect];
    struct str text = msg->body;
    bool alone = true;
    for (uint32_t next; text.len && (next = *left & stages->by_first[(unsigned char)*text.at]);) {
        int stage = __builtin_ctz(next);
        *left &= UINT32_MAX << stage << 1;
        if (d->behind && text.at == from && (size_t)stage + 1 == d->prefix_count)
            continue;
        uint32_t can = stages->at[stage].by_first[(unsigned char)*text.at];
        for (; can; can &= can - 1) {
            const struct template *t = &d->prefixes[stage].templates[__builtin_ctz(can)];
            if (tmpl_match(t->tmpl, text, &msg->slots) == FIT_WHOLE) {
                text = msg->slots.rest;
                alone &= tmpl_is_sure(t->tmpl);
                break;
            }
            alone = false;
        }
    }
    msg->body = text;
    return alone;
}

static void
cut_names(const struct msgs *m, struct recall *recall, int dialect, struct msg *msg)
{
    struct str text = msg->body;
    uint32_t left = m->stages[dialect].naming;
    if (recall && recall_names(recall, m->stages[dialect].by_first, msg))
        return;
    if (cut_stages(m, dialect, text.at, &left, msg) && recall)
        recall_keep_names(recall, text, left, msg);
}

// Has a prefix named a connection, a number or a worker thread?
static bool
is_named(const struct msg *msg)
{
    for (size_t i = 0; i < msg->slots.count; i++)
        if (msg->slots.at[i].known == SLOT_CONN || msg->slots.at[i].known == SLOT_SERIAL ||
            msg->slots.at[i].known == SLOT_THREAD)
            return true;
    return false;
}

static void
msg_unclaim(struct msg *msg)
{
    msg->found = MSG_OTHER;
    msg->dialect = msg->template = -1;
    msg->message = NULL;
    msg->fit = FIT_NONE;
    msg->body = STR_NONE;
    msg->slots.count = 0;
}

static bool
read_as(const struct msgs *m, struct recall *recall, struct str text, int dialect, bool tagged,
        struct msg *msg)
{
    const struct dialect *d = &m->knowledge->dialects[dialect];
    msg->dialect = dialect;
    msg->slots.count = 0;
    msg->body = text;
    cut_names(m, recall, dialect, msg);
    struct saying said = {msg->body, str_hash(msg->body, 0), msg->slots.count};
    if (!recall || !recall_find(recall, &said, msg)) {
        const struct template *won = NULL;
        uint32_t left = ~m->stages[dialect].naming;
        cut_stages(m, dialect, text.at, &left, msg);
        bool fits = radix_match(m->radixes[dialect], msg->body, msg, &won);
        msg->fit = fits ? msg->fit : FIT_NONE;
        msg->template = fits ? (int)(won - d->templates) : -1;
        msg->message = fits ? &m->knowledge->messages[won->message] : NULL;
        msg->meaning = meaning_of(m->knowledge, msg);
        if (recall)
            recall_keep(recall, &said, msg);
    }
    msg->hash = said.hash;
    msg->names = (struct str){text.at, text.len - said.text.len};
    msg->found = msg->message ? MSG_READ : MSG_UNREAD;
    bool own = !d->headed || msg->body.at != text.at;
    if (tagged || (own && (msg->message || is_named(msg))))
        return true;
    msg_unclaim(msg);
    return false;
}

static void
msg_clear(struct msg *msg)
{
    msg_unclaim(msg);
    msg->slots.known_only = false;
}

// What the dialect has to read. A word before a colon without stamp and process is a tag only when a daemon
// has it
// ("us: 10.0.0.0/8" is text).
static struct str
spoken(const struct msgs *m, const struct line *line)
{
    if (line->tag.len == 0 || line->time != LINE_NO_TIME || line->pid)
        return line->body;
    if (tag_find(m, line->tag, 0) < m->tag_count)
        return line->body;
    return (struct str){line->tag.at, (size_t)(line->body.at + line->body.len - line->tag.at)};
}

static struct str
without_indent(struct str text)
{
    while (text.len && (text.at[0] == ' ' || text.at[0] == '\t'))
        text = str_from(text, 1);
    return text;
}

// A line of a gateway's state has no envelope; blanks in front of it only show what belongs to what.
static struct str
told(const struct line *line)
{
    return without_indent(line->raw);
}

void
msg_read_state(const struct msgs *m, const struct line *line, struct str flat, int *last, struct msg *msg)
{
    const struct dialect *dialects = m->knowledge->dialects;
    struct str text = told(line);
    msg_clear(msg);
    for (size_t i = 0; text.len && i <= m->knowledge->dialect_count; i++) {
        int d = i == 0 ? *last : (int)i - 1;
        if (d < 0 || (i > 0 && d == *last) || !dialects[d].state ||
            (dialects[d].configuration && !flat.len) ||
            !read_as(m, NULL, dialects[d].configuration ? flat : text, d, false, msg))
            continue;
        if (msg->found == MSG_READ) {
            *last = d;
            return;
        }
    }
    msg_clear(msg);
}

enum { SLIGHT_HEAD = 4 }; // bytes of text in front of the first hole that are too few

// Rests a line on so little text that any other text may have it ("| "), with nothing around that tells who
// wrote it?
static bool
is_slight(const struct msgs *m, const struct line *line, const struct msg *msg)
{
    const struct dialect *d = &m->knowledge->dialects[msg->dialect];
    return line->time == LINE_NO_TIME && msg->message->event < 0 && !is_named(msg) &&
           tmpl_head(d->templates[msg->template].tmpl).len < SLIGHT_HEAD;
}

// A line with the tag of a daemon, of which i is the first that was not tried; unread: the dialect that has
// claimed it already without understanding it, or -1.
RARE static void
find_others(const struct msgs *m, struct recall *recall, const struct line *line, int dialect, int *last,
            size_t i, int unread, struct msg *msg)
{
    for (; i < m->tag_count; i = tag_find(m, line->tag, i + 1)) {
        if (dialect >= 0 && dialect != m->tags[i].dialect)
            continue;
        if (read_as(m, recall, line->body, m->tags[i].dialect, !m->tags[i].relay, msg)) {
            if (unread < 0 || msg->found == MSG_READ)
                *last = m->tags[i].dialect;
            if (msg->found == MSG_READ)
                return;
            if (unread < 0)
                unread = m->tags[i].dialect;
        }
    }
    msg_unclaim(msg);
    if (unread >= 0)
        read_as(m, recall, line->body, unread, true, msg);
}

// Without a tag the content decides: the dialect that read the line before, then the others; one that only
// recognises its prefix waits until no other understands the line.
static void
find_untagged(const struct msgs *m, struct recall *recall, const struct line *line, struct str body,
              int *last, struct msg *msg)
{
    int unread = -1;
    for (size_t i = 0; i <= m->knowledge->dialect_count; i++) {
        int d = i == 0 ? *last : (int)i - 1;
        if (d < 0 || (i > 0 && d == *last) || m->knowledge->dialects[d].state ||
            !read_as(m, recall, body, d, false, msg))
            continue;
        if (msg->found == MSG_READ && d != *last && is_slight(m, line, msg))
            continue;
        if (msg->found == MSG_READ) {
            *last = d;
            return;
        }
        if (unread < 0)
            unread = d;
    }
    msg_unclaim(msg);
    if (unread >= 0)
        read_as(m, recall, body, unread, false, msg);
}

// All lines of a log come this way, hence inline.
__attribute__((always_inline)) static inline void
find_written(const struct msgs *m, struct recall *recall, const struct line *line, int dialect, int *last,
             struct msg *msg)
{
    if (dialect >= 0 && m->knowledge->dialects[dialect].state) {
        read_as(m, NULL, told(line), dialect, false, msg);
        return;
    }
    size_t tag = line->tag.len ? first_tag(m, recall, line) : m->tag_count;
    if (tag < m->tag_count) {
        // Two daemons may have one name: the dialect that understands the line wins, then the first.
        const struct tag *first = &m->tags[tag];
        bool asked = dialect < 0 || dialect == first->dialect;
        bool claims = asked && read_as(m, recall, line->body, first->dialect, !first->relay, msg);
        if (claims)
            *last = first->dialect;
        if (!claims || msg->found != MSG_READ)
            find_others(m, recall, line, dialect, last, tag_find(m, line->tag, tag + 1),
                        claims ? first->dialect : -1, msg);
        return;
    }
    if (line->tag.len && (line->time != LINE_NO_TIME || line->pid))
        return;
    struct str body = spoken(m, line);
    if (body.at == line->body.at && line->tag.len)
        return; // another dialect's daemon wrote it
    if (dialect >= 0)
        read_as(m, recall, body, dialect, false, msg);
    else
        find_untagged(m, recall, line, body, last, msg);
}

RARE static void
find_moved_in(const struct msgs *m, struct recall *recall, const struct line *line, int dialect, int *last,
              struct msg *msg)
{
    struct line bare = *line;
    bare.body = without_indent(line->body);
    if (bare.body.len < line->body.len)
        find_written(m, recall, &bare, dialect, last, msg);
}

// Blanks in front mean something to some daemons; else somebody has moved the lines in.
__attribute__((noinline)) static void
find(const struct msgs *m, struct recall *recall, const struct line *line, int dialect, int *last,
     struct msg *msg)
{
    msg->found = MSG_OTHER;
    find_written(m, recall, line, dialect, last, msg);
    if (msg->found == MSG_OTHER)
        msg_unclaim(msg);
    if (msg->found != MSG_READ && !line->tag.len)
        find_moved_in(m, recall, line, dialect, last, msg);
}

void
msg_read(const struct msgs *m, const struct line *line, int dialect, int *last, struct msg *msg)
{
    msg->slots.known_only = false;
    find(m, NULL, line, dialect, last, msg);
}

void
msg_skim(const struct msgs *m, struct recall *recall, const struct line *line, int dialect, int *last,
         struct msg *msg)
{
    msg->slots.known_only = true;
    find(m, recall, line, dialect, last, msg);
}

bool
msg_again(const struct msgs *m, const struct line *line, int dialect, int template, struct msg *msg)
{
    const struct dialect *d = &m->knowledge->dialects[dialect];
    msg_clear(msg);
    msg->body = d->state ? told(line) : spoken(m, line);
    uint32_t left = UINT32_MAX;
    cut_stages(m, dialect, msg->body.at, &left, msg);
    msg->fit = tmpl_match(d->templates[template].tmpl, msg->body, &msg->slots);
    struct line bare = *line;
    bare.body = line->tag.len ? line->body : without_indent(line->body);
    if (msg->fit == FIT_NONE)
        return bare.body.len < line->body.len && msg_again(m, &bare, dialect, template, msg);
    msg->found = MSG_READ;
    msg->dialect = dialect;
    msg->template = template;
    msg->message = &m->knowledge->messages[d->templates[template].message];
    return true;
}
