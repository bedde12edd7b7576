#include "diag/taking.h"

#include "diag/rare.h"

#define ODD UINT64_C(0x9e3779b97f4a7c15) // spreads a hash over its bits

struct named *
named_new(void)
{
    struct named *named = mem_new(sizeof *named);
    memset(named->number, 0xff, sizeof named->number); // UINT64_MAX
    return named;
}

// Empties the rows that the line before filled and this one did not.
static void
named_clear(struct named *named, uint32_t rows)
{
    for (; rows; rows &= rows - 1) {
        int slot = __builtin_ctz(rows);
        named->slot[slot] = STR_NONE;
        named->number[slot] = UINT64_MAX;
    }
}

// A number that the line tells in the place of another one.
static void
named_number(struct named *named, enum slot_name slot, uint64_t number)
{
    named_clear(named, UINT32_C(1) << slot & ~named->filled);
    named->number[slot] = number;
    named->filled |= UINT32_C(1) << slot;
}

// One SA speaks of the next: that one takes its place.
RARE static void
gather_replaced(struct named *named, const struct slots *slots)
{
    uint64_t last = UINT64_MAX;
    for (size_t i = 0; i < slots->count; i++) {
        const struct slot *s = &slots->at[i];
        if (s->known != SLOT_SERIAL || s->value.len == 0)
            continue;
        if (last != UINT64_MAX && last != s->number)
            named_number(named, SLOT_REPLACES, last);
        last = s->number;
    }
}

void
taking_gather(struct taking *t)
{
    struct named *named = t->named;
    const struct slots *slots = &t->msg->slots;
    const uint32_t before = named->filled;
    uint32_t filled = 0, twice = 0;
    for (const struct slot *s = slots->at; s < slots->at + slots->count; s++) {
        const enum slot_name row = s->value.len ? s->known : SLOT_VALUE; // which nobody asks for
        named->slot[row] = s->value;
        named->number[row] = s->number;
        twice |= filled & UINT32_C(1) << row;
        filled |= UINT32_C(1) << row;
    }
    named->filled = filled &= ~(UINT32_C(1) << SLOT_VALUE);
    named_clear(named, before & ~filled);
    if (twice & UINT32_C(1) << SLOT_SERIAL)
        gather_replaced(named, slots);
    // Where the two are numbered apart, a child's line names its IKE SA by that one's own number.
    if (t->daemon->apart && named->number[SLOT_CHILD] != UINT64_MAX &&
        named->number[SLOT_PARENT] == UINT64_MAX)
        named_number(named, SLOT_PARENT, named->number[SLOT_SERIAL]);
}

static void
set_fact(struct nego *g, struct setting s)
{
    // The exchange is never made vaguer again, and extended authentication keeps its name.
    if (s.fact == FACT_IKE && s.word == IKE_V1 && g->fact[FACT_IKE] != IKE_UNKNOWN)
        return;
    if (s.fact == FACT_AUTH && g->fact[FACT_AUTH] == AUTH_XAUTH)
        return;
    g->fact[s.fact] = (uint8_t)s.word;
}

void
taking_set_facts(struct nego *g, const struct taking *t)
{
    for (size_t i = 0; t->event && i < t->event->setting_count; i++)
        set_fact(g, t->event->settings[i]);
    for (size_t i = 0; t->msg->meaning.state && i < t->msg->meaning.state->setting_count; i++)
        set_fact(g, t->msg->meaning.state->settings[i]);
    for (size_t i = 0; t->msg->meaning.exchange && i < t->msg->meaning.exchange->setting_count; i++)
        set_fact(g, t->msg->meaning.exchange->settings[i]);
    for (size_t i = 0; i < t->message->setting_count; i++)
        set_fact(g, t->message->settings[i]);
    if (g->fact[FACT_ROLE])
        g->tunnel->roles |= 1 << g->fact[FACT_ROLE];
}

// What a line says, but for its values.
static uint64_t
event_word(const struct event_line *e)
{
    return (uint64_t)(uint16_t)e->template << 48 | (uint64_t)(uint16_t)e->notify << 32 |
           (uint64_t)(uint16_t)e->errno_value << 16 | (uint64_t)e->dialect << 8 | (uint64_t)e->stage << 3 |
           (uint64_t)e->phase << 1 | e->shared;
}

// Two lines with the same mark say the same; only repeats may then be counted instead of kept.
static uint32_t
event_mark(uint64_t word, uint32_t text_hash)
{
    uint64_t h = ((word | 1) ^ (uint64_t)text_hash << 20) * ODD;
    return (uint32_t)(h >> 32) | 1u;
}

// One more line that says this. A child's lines stand between those of its IKE SA.
static void
go_on(struct nego *g, uint64_t word)
{
    uint64_t h = (g->way ^ word) * ODD + (nego_is_child(g) && g->parent ? g->parent->event_count : 0u);
    g->way = h ^ h >> 32;
}

// Full: of what lies between the opening lines and the last few, lines that only inform give way, as many as
// leave the marks in their places; where there are not that many, the older half does.
static void
make_room(const struct knowledge *k, struct nego *g)
{
    unsigned informs = 0;
    for (unsigned i = NEGO_OPENING; i + NEGO_RECENT < g->event_count; i++)
        informs += event_of(k, &g->events[i]) == NULL;
    bool all = informs < NEGO_RECENT;
    unsigned gone = NEGO_RECENT * ((all ? (NEGO_EVENTS - NEGO_OPENING) / 2 : informs) / NEGO_RECENT);
    unsigned to = NEGO_OPENING, left = gone;
    for (unsigned i = NEGO_OPENING; i < g->event_count; i++) {
        if (left && (all || !event_of(k, &g->events[i])))
            left--;
        else
            g->events[to++] = g->events[i];
    }
    g->event_count = (uint16_t)to;
}

// Where a line goes that says this; NULL when one of the last few says the same and was counted again.
static struct event_line *
place_for(const struct knowledge *k, struct nego *g, uint32_t mark, int64_t time)
{
    bool near = false; // mostly it is not, and all of them are compared in a few steps
    for (unsigned i = 0; i < NEGO_RECENT; i++)
        near |= g->recent[i] == mark;
    for (unsigned back = 1; near && back <= NEGO_RECENT && back <= g->event_count; back++) {
        unsigned at = g->event_count - back;
        if (g->recent[at % NEGO_RECENT] != mark)
            continue;
        g->events[at].count++;
        g->events[at].span = event_span(&g->events[at], time);
        return NULL;
    }
    if (g->event_count == NEGO_EVENTS)
        make_room(k, g);
    g->recent[g->event_count % NEGO_RECENT] = mark;
    return nego_room(g);
}

void
nego_append(const struct knowledge *k, struct nego *g, const struct event_line *e, uint32_t text_hash)
{
    uint64_t word = event_word(e);
    struct event_line *place = place_for(k, g, event_mark(word, text_hash), e->time);
    if (!place)
        return;
    *place = *e;
    go_on(g, word);
}

void
taking_append(const struct taking *t, struct nego *g, bool shared)
{
    // What replaces an IKE SA of IKEv2 is agreed in the exchange of the children, and is none (RFC 7296
    // section 1.3.2).
    bool renewal = g->kind == NEGO_IKE && g->fact[FACT_REKEY] && g->fact[FACT_IKE] == IKE_V2;
    // Who speaks of a child has an IKE SA, even in a log that begins behind it.
    bool p2 = g->kind == NEGO_CHILD || g->established || (g->fact[FACT_STAGE] == STAGE_CHILD && !renewal) ||
              g->fact[FACT_STAGE] == STAGE_LAST;
    uint32_t values = (uint32_t)t->msg->hash * t->msg->meaning.values;
    struct event_line says = {
        .template = (int16_t)t->msg->template,
        .notify = (int16_t)t->msg->meaning.notify,
        .errno_value = (int16_t)t->msg->meaning.errno_value,
        .dialect = (uint8_t)t->msg->dialect,
        .phase = p2 ? PHASE_P2 : PHASE_P1,
        .stage = g->fact[FACT_STAGE] & 15u,
        .shared = shared,
    };
    uint64_t word = event_word(&says);
    struct event_line *e = place_for(t->n->knowledge, g, event_mark(word, values), t->line->time);
    if (!e)
        return;
    go_on(g, word);
    // Written at once where it stays: a copy of what was put together bit by bit is waited for.
    *e = (struct event_line){
        .offset = t->line->offset,
        .line = t->line->number & UINT64_MAX >> 8,
        .phase = says.phase,
        .stage = says.stage,
        .year_known = t->line->year_known,
        .shared = shared,
        .time = t->line->time,
        .count = 1,
        .template = says.template,
        .notify = says.notify,
        .errno_value = says.errno_value,
        .dialect = says.dialect,
        .source = (uint8_t)t->source,
    };
}

void
nego_touch(struct nego *g, const struct line *line)
{
    g->last_line = line->number;
    if (line->time != LINE_NO_TIME) {
        g->last = line->time;
        if (g->first == LINE_NO_TIME)
            g->first = line->time;
    }
}

// What this gateway takes down right after the peer asked for it, or was given up, ended by that.
static enum ending
why_ended(const struct tunnel *t, enum ending ending, const struct line *line)
{
    bool follows = ending == END_DELETED && line->number - t->ended_line <= 4;
    return follows && (t->ended == END_PEER || t->ended == END_LOST) ? t->ended : ending;
}

static bool
is_right_behind(const struct line *line, uint64_t number, int64_t time)
{
    return line->number - number <= UNNAMED_NEAR || (line->time != LINE_NO_TIME && time != LINE_NO_TIME &&
                                                     line->time >= time && line->time - time <= UNNAMED_SOON);
}

bool
taking_right_behind(const struct line *line, const struct nego *before)
{
    return is_right_behind(line, before->last_line, before->last);
}

bool
tunnel_right_behind(const struct line *line, const struct tunnel *before)
{
    return is_right_behind(line, before->touched, before->last);
}

// How the tunnel lost a child.
static void
child_fell(struct nego *child, enum ending ending, const struct line *line)
{
    child->tunnel->ended = child->ending = why_ended(child->tunnel, ending, line);
    child->tunnel->ended_line = line->number;
}

void
nego_stood(struct nego *g, const struct line *line)
{
    if (g->established || !g->partial || g->ending == END_NONE || g->ending == END_REFUSED ||
        g->fact[FACT_STAGE] != STAGE_DONE)
        return;
    g->established = true;
    if (!nego_is_child(g))
        return;
    g->tunnel->ever_up = true;
    child_fell(g, g->ending, line);
}

// Did this child stand under an IKE SA that began before the log does? No line names its IKE SA, and its
// number is the higher one.
static bool
was_under(const struct nego *child, const struct nego *ike)
{
    return nego_is_child(child) && !child->parent && child->established && child->ending == END_NONE &&
           child->fact[FACT_IKE] == IKE_V2 && ike->serial && child->serial > ike->serial;
}

// A negotiation is over. What stood and falls is remembered for the tunnel; IKEv2 children fall with their
// IKE SA (RFC 7296 section 1.4.1).
void
nego_end(struct nego *g, enum ending ending, const struct line *line)
{
    if (g->ending != END_NONE)
        return;
    bool counted = nego_stands(g);
    g->ending = ending;
    nego_touch(g, line);
    nego_stood(g, line);
    if (!g->established)
        return;
    if (counted)
        g->tunnel->standing[nego_is_child(g)]--;
    tunnel_fell(g->tunnel, g);
    if (nego_is_child(g)) {
        child_fell(g, ending, line);
        return;
    }
    if (g->fact[FACT_IKE] != IKE_V2)
        return;
    for (struct nego *c = g->child; c; c = c->sibling)
        nego_end(c, ending, line);
    const bool none_stands = g->partial && !g->tunnel->standing[false];
    for (struct nego *c = none_stands ? g->tunnel->newest : NULL; c; c = c->older)
        if (was_under(c, g))
            nego_end(c, ending, line);
}

// A connection that is taken down leaves the IKE SA that a child of another one stands under.
static bool
is_shared(const struct nego *ike)
{
    for (const struct nego *c = nego_is_child(ike) ? NULL : ike->child; c; c = c->sibling)
        if (c->tunnel != ike->tunnel && nego_stands(c))
            return true;
    return false;
}

void
tunnel_end(struct tunnel *tunnel, enum ending ending, const struct line *line)
{
    // A line that waited for the rest of its job ends nothing that began behind it.
    for (struct nego *g = tunnel->newest; g; g = g->older)
        if ((g->established || ending == END_LOST) && g->first_line <= line->number &&
            (ending != END_DELETED || !is_shared(g)))
            nego_end(g, ending, line);
    tunnel->ended = why_ended(tunnel, ending, line);
    tunnel->ended_line = line->number;
}

void
nego_establish(struct nego *g, enum opens what, const struct line *line)
{
    bool stood = nego_stands(g);
    g->established = true;
    g->established_line = line->number;
    g->tunnel->standing[nego_is_child(g)] += nego_stands(g) && !stood;
    if (what != OPENS_CHILD) {
        if (!nego_is_child(g))
            g->tunnel->ike = g;
        return;
    }
    g->tunnel->live = g;
    if (!g->tunnel->ever_up)
        g->tunnel->first_up_line = line->number;
    g->tunnel->ever_up = true;
    g->tunnel->last_up_line = line->number;
    if (g->parent && !g->parent->established)
        nego_establish(g->parent, OPENS_IKE, line);
}

void
nego_set_peer(struct negos *n, struct nego *g, struct str usual, struct str peer)
{
    if (peer.len && usual.len && !str_eq(peer, usual))
        nego_rare(g)->peer = arena_str(&n->arena, peer);
}

void
nego_move(struct negos *n, struct nego *g, struct tunnel *to)
{
    struct tunnel *from = g->tunnel;
    if (from->attempts && g->kind == NEGO_IKE)
        from->attempts--;
    if (g->kind == NEGO_IKE && !(g->rare && g->rare->peer.len) && tunnel_provisional(from))
        nego_set_peer(n, g, to->peer, from->peer);
    if (g->kind == NEGO_IKE && g->first_line > from->named && tunnel_provisional(from))
        from->named = g->first_line;
    nego_unlink(g);
    g->held = false;
    tunnel_fold(n, to, g->parent);
    nego_link(g, to);
    if (g->established && g->ending == END_NONE)
        *(nego_is_child(g) ? &to->live : &to->ike) = g;
    if (g->established && nego_is_child(g)) {
        if (!to->ever_up || g->established_line < to->first_up_line)
            to->first_up_line = g->established_line;
        to->ever_up = true;
        to->last_up_line = to->last_up_line > g->established_line ? to->last_up_line : g->established_line;
    }
    to->attempts += g->kind == NEGO_IKE;
    if (g->fact[FACT_ROLE])
        to->roles |= 1 << g->fact[FACT_ROLE];
    // What was begun under it before its name was known goes with it.
    for (struct nego *child = tunnel_provisional(from) ? g->child : NULL, *next; child; child = next) {
        next = child->sibling;
        if (child->tunnel == from && !child->sampled)
            nego_move(n, child, to);
    }
}

void
taking_name(const struct taking *t, struct nego *g)
{
    struct str peer = t->named->slot[SLOT_PEER];
    if (peer.len && g->kind == NEGO_IKE && !g->tunnel->peer.len && str_eq(g->tunnel->name, TUNNEL_UNNAMED))
        nego_move(t->n, g, tunnel_named(t->n, t->daemon, peer, STR_NONE));
}

void
tunnel_touch(struct tunnel *tunnel, const struct line *line)
{
    tunnel->lines++;
    tunnel->touched = line->number;
    if (line->time == LINE_NO_TIME)
        return;
    if (tunnel->first == LINE_NO_TIME)
        tunnel->first = line->time;
    tunnel->last = line->time;
    tunnel->year_known = line->year_known;
}

bool
taking_saw(const struct taking *t, const struct nego *g)
{
    for (uint16_t i = 0; i < g->event_count; i++)
        if (event_message(t->n->knowledge, &g->events[i]) == t->message)
            return true;
    return false;
}

bool
taking_speaks(const struct taking *t)
{
    const struct event *e = t->event;
    if (e && (e->loads || e->restart))
        return false;
    if (e && (e->opens == OPENS_IKE || e->begins))
        return true;
    for (size_t i = 0; e && i < e->statement_count; i++)
        if (e->statements[i].state != ST_UNKNOWN)
            return true;
    for (size_t i = 0; !e && i < t->message->setting_count; i++) {
        const struct setting *s = &t->message->settings[i];
        if (s->fact == FACT_STAGE && (s->word == STAGE_FIRST || s->word == STAGE_AUTH))
            return true;
    }
    return false;
}
