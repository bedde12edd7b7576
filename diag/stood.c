#include "diag/stood.h"

#include "diag/addr.h"
#include "diag/merge.h"

enum { BRIEF_SECONDS = 60 };

// The whole seconds of a text like "10.03".
static int64_t
whole_seconds(struct str text)
{
    uint64_t seconds;
    text.len = str_find(text, STR("."));
    return str_number(text, &seconds) && seconds < INT32_MAX ? (int64_t)seconds : -1;
}

// How many seconds, rounded up, the child stood that one of the ends took down, and no other one stands; -1:
// not known, or it was not like that.
static int64_t
stood_seconds(struct facts *f)
{
    const struct judged *j = f->judged;
    const struct nego *child = j->attempt.child;
    if (j->live || j->walk.stuck != CP_NONE || !child || !child->established ||
        (child->ending != END_PEER && child->ending != END_DELETED))
        return -1;
    const struct event_line *at = walk_established(child);
    if (at && at->time != LINE_NO_TIME && child->last != LINE_NO_TIME && child->last >= at->time)
        return (child->last - at->time) / INT64_C(1000000) + 1;
    facts_load(f);
    for (size_t i = 0; i < f->line_count; i++)
        for (const struct said *s = f->said[i]; s; s = s->next)
            if (s->line >= child->events && s->line < child->events + child->event_count &&
                STR_IS(s->key, "age_s") && whole_seconds(s->text) >= 0)
                return whole_seconds(s->text) + 1;
    return -1;
}

// Came an IKE SA up and go again within minutes, and was no child asked for in between? One that a longer
// life or older children belong to may have had its own before this log begins.
static bool
nothing_asked(const struct judged *j)
{
    enum { SOON = 300 };
    const struct nego *ike = j->attempt.ike;
    return ike && ike->established && !ike->partial && !ike->child && !ike->fact[FACT_REKEY] &&
           !j->tunnel->ever_up && j->walk.stuck == CP_NONE &&
           (ike->ending == END_PEER || ike->ending == END_DELETED) && ike->last != LINE_NO_TIME &&
           ike->first != LINE_NO_TIME && ike->last - ike->first <= SOON * INT64_C(1000000);
}

enum { OBEYS_LINES = 12 };

// Was it taken down by a line about the whole connection or the daemon, or right behind a command? A person
// or a program told this gateway so.
static bool
told_to_end(const struct judged *j)
{
    const struct knowledge *k = j->around.negos->knowledge;
    const struct nego *const of[2] = {j->tunnel ? j->tunnel->config : NULL, j->said},
                             *child = j->attempt.child;
    for (int n = 0; n < 2 && child && child->ending == END_DELETED; n++)
        for (uint16_t i = 0; of[n] && i < of[n]->event_count; i++) {
            const struct event *says = event_of(k, &of[n]->events[i]);
            uint64_t line = of[n]->events[i].line;
            bool obeyed =
                says && says->asks_end && line < child->last_line && child->last_line - line <= OBEYS_LINES;
            if (says && (says->ends == END_DELETED || obeyed) && line > child->established_line)
                return true;
        }
    return false;
}

// Under one IKE SA three children came within minutes, and one that stood was taken down for the next: what
// it is for does not come about, and is tried again.
static bool
churns(const struct judged *j)
{
    enum { SOON = 60, TIMES = 3 };
    const struct nego *newest = j->tunnel->newest, *newer = NULL;
    while (newest && newest->kind != NEGO_CHILD)
        newest = newest->older;
    bool fell = false;
    int times = 0;
    for (const struct nego *c = newest; c && times < TIMES; c = c->older) {
        if (c->kind != NEGO_CHILD || (c != newest && !c->established) ||
            (c->parent && newest->parent && c->parent != newest->parent))
            continue;
        if (c->fact[FACT_REKEY] || c->first == LINE_NO_TIME ||
            (newer && newer->first - c->first > SOON * INT64_C(1000000)))
            return false;
        fell |= c->established && (c->ending == END_PEER || c->ending == END_DELETED);
        times++;
        newer = c;
    }
    return times == TIMES && fell;
}

// The port that traffic selectors name: "17/1701", "1701-1701 17" or "UDP/1701" behind an address, or what a
// person left of it, and what stands there in brackets.
static unsigned
port_in(struct str selector)
{
    struct addr_found found;
    size_t behind = str_find(selector, STR(":"));
    if (addr_find(selector, 0, &found)) {
        behind = found.length;
    } else if (behind == selector.len) { // "X.Y.9.96/32/UDP/6081"
        behind = str_find(selector, STR("/"));
        while (++behind < selector.len && selector.at[behind] >= '0' && selector.at[behind] <= '9')
            ;
    }
    unsigned port = 0;
    bool word = false, inside = false;
    for (size_t i = behind; i < selector.len; i++) {
        char c = selector.at[i];
        inside = inside ? c != ']' && c != '>' : c == '[' || c == '<';
        if (inside || c == ']' || c == '>')
            continue;
        bool digit = c >= '0' && c <= '9', letter = c >= 'A' && c <= 'Z';
        if (!digit && !letter && c != ':' && c != '/')
            break;
        port = digit && word ? port * 10 + (unsigned)(c - '0') : digit ? (unsigned)(c - '0') : 0;
        word = digit;
        if (port > UINT16_MAX)
            return 0;
    }
    return port;
}

// The one port that the child is for, at either end.
static struct str
inner_port(struct facts *f)
{
    unsigned port = port_in(facts_said(f, STR("our_subnets")));
    if (!port)
        port = port_in(facts_said(f, STR("peer_subnets")));
    return port ? arena_strf(f->arena, "%u", port) : STR_NONE;
}

// The time of the last thing said of an attempt before a line.
static int64_t
said_before(const struct nego *g, uint64_t line)
{
    int64_t at = LINE_NO_TIME;
    for (uint16_t i = 0; i < g->event_count; i++)
        if (g->events[i].line < line && g->events[i].time != LINE_NO_TIME)
            at = g->events[i].time;
    return at;
}

// Did the peer drop an attempt that it started, and begin the next one, within a second of our answer, at the
// stage where it stops now? Nobody gives up on silence as fast: it has read the answer.
static bool
starts_over(const struct judged *j)
{
    const struct nego *ike = j->attempt.ike;
    for (const struct nego *g = j->tunnel->newest; ike && g; g = g->older) {
        const struct nego *next = g->newer;
        while (next && next->kind != NEGO_IKE)
            next = next->newer;
        if (g->kind != NEGO_IKE || !next || g->established || g->fact[FACT_ROLE] != ROLE_RESPONDER ||
            next->fact[FACT_ROLE] != ROLE_RESPONDER || g->fact[FACT_STAGE] != ike->fact[FACT_STAGE])
            continue;
        int64_t answered = said_before(g, next->first_line);
        if (answered != LINE_NO_TIME && next->first != LINE_NO_TIME && next->first >= answered &&
            next->first - answered < INT64_C(1000000))
            return true;
    }
    return false;
}

struct str
stood_fact(struct facts *f, struct str name)
{
    const struct judged *j = f->judged;
    if (STR_IS(name, "inner-port"))
        return inner_port(f);
    if (STR_IS(name, "nothing-asked"))
        return facts_yes(nothing_asked(j));
    if (STR_IS(name, "churns"))
        return facts_yes(churns(j));
    if (STR_IS(name, "starts-over"))
        return facts_yes(starts_over(j));
    if (STR_IS(name, "told-to-end"))
        return facts_yes(told_to_end(j) || (f->two && told_to_end(&f->two->judged[!f->end])));
    bool brief = STR_IS(name, "brief");
    int64_t seconds = brief || STR_IS(name, "stood_s") ? stood_seconds(f) : -1;
    if (brief)
        return facts_yes(seconds >= 0 && seconds <= BRIEF_SECONDS);
    return seconds >= 0 ? arena_strf(f->arena, "%lld", (long long)seconds) : STR_NONE;
}
