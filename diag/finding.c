// Facts of a judged attempt, and which finding of the packs they hold for.
#include "diag/judge.h"

#include "diag/records.h"

#include "diag/addr.h"
#include "diag/compare.h"
#include "diag/envelope.h"
#include "diag/merge.h"
#include "diag/narrow.h"
#include "diag/pair.h"
#include "diag/path.h"
#include "diag/stood.h"

#include <strings.h>

// The bit that stands for a name, and for some others, in a set of names.
static uint64_t
name_bit(struct str name)
{
    size_t bit =
        name.len ? name.len + (unsigned char)name.at[0] + 8u * (unsigned char)name.at[name.len - 1] : 0;
    return UINT64_C(1) << bit % 64;
}

static void
load_line(struct facts *f, const struct event_line *e)
{
    const struct said *values = quote_values(f->quotes, e, f->arena);
    if (values)
        f->said[f->line_count++] = values;
    for (; values; values = values->next)
        f->names |= name_bit(values->key);
}

void
facts_load(struct facts *f)
{
    const struct attempt *a = &f->judged->attempt;
    const struct nego *const from[4] = {a->config, a->ike, a->child, a->said};
    size_t most = ORIGINS;
    if (f->said)
        return;
    for (int i = 0; i < 4; i++)
        most += from[i] ? from[i]->event_count : 0;
    f->said = ARENA_ARRAY(f->arena, const struct said *, most);
    f->line_count = 0;
    f->names = 0;
    for (int i = 0; i < 4; i++)
        for (uint16_t e = 0; from[i] && e < from[i]->event_count; e++)
            load_line(f, &from[i]->events[e]);
    for (int i = 0; a->ike && a->ike->rare && i < ORIGINS; i++)
        if (a->ike->rare->origin[i].count)
            load_line(f, &a->ike->rare->origin[i]);
}

static bool
proves_stuck(const struct judged *j, const struct event_line *line)
{
    if (j->walk.stuck == CP_NONE)
        return false;
    const struct walk_step *s = &j->walk.step[j->walk.stuck];
    for (int i = 0; i < s->proofs; i++)
        if (s->proof[i].line == line)
            return true;
    return false;
}

static uint64_t
retransmissions(const struct facts *f)
{
    const struct attempt *a = &f->judged->attempt;
    const struct knowledge *k = f->judged->around.negos->knowledge;
    const struct nego *const from[2] = {a->ike, a->child};
    uint64_t count = 0;
    for (int i = 0; i < 2; i++)
        for (uint16_t e = 0; from[i] && e < from[i]->event_count; e++) {
            const struct event *says = event_of(k, &from[i]->events[e]);
            if (says && says->repeats && says->ends == END_NONE)
                count += from[i]->events[e].count;
        }
    return count;
}

static const struct event_line *
line_numbered(const struct nego *g, uint64_t number)
{
    for (uint16_t e = 0; g && e < g->event_count; e++)
        if (g->events[e].line == number)
            return &g->events[e];
    return NULL;
}

// The line with which the tunnel was taken down; where none says so the last one of what ended.
static const struct event_line *
ending_line(const struct judged *j)
{
    const struct tunnel *t = j->tunnel;
    const struct nego *g = j->attempt.child ? j->attempt.child : j->attempt.ike;
    if (t->ended == END_NONE)
        return NULL;
    const struct event_line *line = line_numbered(t->config, t->ended_line);
    if (!line)
        line = line_numbered(j->said, t->ended_line);
    for (const struct nego *of = t->newest; of && !line; of = of->older)
        line = line_numbered(of, t->ended_line);
    bool ended = g && g->established && g->ending != END_NONE && g->event_count;
    return line || !ended ? line : &g->events[g->event_count - 1];
}

// The time of the deciding line as its log writes it, without fractions: so it is found again in that log.
static struct str
when(struct facts *f)
{
    const struct event_line *line = walk_deciding(&f->judged->walk, f->judged->walk.stuck);
    if (!line && f->judged->walk.stuck == CP_NONE)
        line = ending_line(f->judged);
    if (!line || line->time == LINE_NO_TIME)
        return f->judged->around.negos->knowledge->untimed;
    struct str text = quote_text(f->quotes, line, f->arena);
    struct str stamp = envelope_stamp(text);
    size_t clock = str_find(stamp, STR(":")); // dots in front of it are those of a date
    return (struct str){stamp.at, clock + str_find(str_from(stamp, clock), STR("."))};
}

// One word of a peer may stand for key and identity; then neither is another place than the other.
static bool
same_place(const struct leaf *a, const struct leaf *b)
{
    bool proofs = (a->stuck == CP_PSK || a->stuck == CP_ID) && (b->stuck == CP_PSK || b->stuck == CP_ID);
    return a->stuck == b->stuck || (proofs && (a->state != ST_FAILED || b->state != ST_FAILED));
}

// Do the attempts fail here, there, and here again?
static bool
alternates(const struct judged *j)
{
    const struct leaf *last[3] = {0};
    int count = 0;
    for (int i = 0; i < j->leaf_count && count < 3; i++) {
        const struct leaf *l = &j->leaves[i];
        if (l->stuck == CP_NONE || (l->state != ST_FAILED && !l->gave_up) ||
            (count && same_place(last[count - 1], l)))
            continue;
        last[count++] = l;
    }
    return count == 3 && same_place(last[0], last[2]);
}

// Did an older attempt end at the same place?
static bool
again(const struct judged *j)
{
    for (int i = j->counts + 1; i < j->leaf_count; i++)
        if (j->leaves[i].stuck == j->walk.stuck)
            return true;
    return false;
}

// Did the peer set up an IKE SA, within a minute another one, and within a minute of that a third?
static bool
set_up_anew(const struct judged *j)
{
    enum { SOON = 60, TIMES = 3 };
    const struct nego *newer = NULL;
    int times = 0;
    for (const struct nego *g = j->tunnel->newest; g; g = g->older) {
        if (g->kind != NEGO_IKE || !g->established)
            continue;
        if (g->fact[FACT_ROLE] != ROLE_RESPONDER || g->fact[FACT_REKEY] || g->first == LINE_NO_TIME)
            return false;
        if (newer && newer->first - g->first > SOON * INT64_C(1000000))
            return false;
        if (++times == TIMES)
            return true;
        newer = g;
    }
    return false;
}

// Could the line that decides concern any of several children?
static bool
shared(const struct judged *j)
{
    const struct event_line *line = walk_deciding(&j->walk, j->walk.stuck);
    return line && line->shared;
}

// Did the tunnel stand before the line that decides? What came up behind it does not count.
static bool
was_up(const struct judged *j)
{
    const struct event_line *line = walk_deciding(&j->walk, j->walk.stuck);
    return j->tunnel->ever_up && (!line || line->line >= j->tunnel->first_up_line);
}

// Is one address asked for at each end, and no network? Where somebody took the addresses out nobody knows.
static struct str
hosts(struct facts *f)
{
    const struct str asked[2] = {facts_said(f, STR("our_subnets")), facts_said(f, STR("peer_subnets"))};
    int count = 0;
    for (int i = 0; i < 2; i++) {
        struct addr_found found;
        if (!asked[i].len || !addr_find(asked[i], 0, &found))
            continue;
        if (found.prefix < 8 * found.first.size)
            return STR("no");
        count++;
    }
    return count == 2 ? STR("yes") : STR_NONE;
}

// What was concluded from the state of the gateway.
static struct str
concluded(const struct record_facts *state, struct str name)
{
    if (STR_IS(name, "flow"))
        return state->flow;
    if (STR_IS(name, "grows"))
        return state->grows;
    if (STR_IS(name, "grown"))
        return state->grown;
    if (STR_IS(name, "own-source"))
        return state->own_source;
    if (STR_IS(name, "fault"))
        return state->fault;
    if (STR_IS(name, "fault-detail"))
        return state->detail;
    return STR_IS(name, "unlike") ? state->unlike : STR_NONE;
}

// Does the peer show an address of this gateway as its own identity?
static bool
shows_our_address(struct facts *f)
{
    const struct end_about *own = f->judged->around.own;
    return own && end_has(own, facts_said(f, STR("peer_id"))) > 0;
}

// Facts that are "yes" or "no"; the list of all that no line says as such stands in the pack guide.
static struct str
yes_or_no(struct facts *f, struct str name)
{
    const struct judged *j = f->judged;
    const struct tunnel *t = j->tunnel;
    const struct nego *leaf = j->attempt.child ? j->attempt.child : j->attempt.ike;
    if (STR_IS(name, "was-up"))
        return facts_yes(was_up(j));
    if (STR_IS(name, "alive"))
        return facts_yes(j->live != NULL);
    if (STR_IS(name, "in-progress"))
        return facts_yes(j->walk.waiting);
    if (STR_IS(name, "stranger"))
        return facts_yes(t->stranger || (leaf && leaf->stranger));
    if (STR_IS(name, "partial"))
        return facts_yes(leaf && leaf->partial);
    if (STR_IS(name, "attempted"))
        return facts_yes(leaf != NULL);
    if (STR_IS(name, "established"))
        return facts_yes(j->attempt.ike && j->attempt.ike->established);
    if (STR_IS(name, "other-role"))
        return facts_yes(t->roles == (1 << ROLE_INITIATOR | 1 << ROLE_RESPONDER));
    if (STR_IS(name, "again"))
        return facts_yes(again(j));
    if (STR_IS(name, "redirected"))
        return facts_yes(t->redirected);
    if (STR_IS(name, "set-up-anew"))
        return facts_yes(set_up_anew(j));
    if (STR_IS(name, "own-identity"))
        return facts_yes(shows_our_address(f));
    if (STR_IS(name, "alternates"))
        return facts_yes(alternates(j));
    if (STR_IS(name, "shared"))
        return facts_yes(shared(j));
    return STR_IS(name, "disagrees") ? facts_yes(j->walk.against != NULL) : STR_NONE;
}

// The others, and what other files know.
static struct str
computed(struct facts *f, struct str name)
{
    const struct judged *j = f->judged;
    const struct tunnel *t = j->tunnel;
    if (str_starts(name, STR(PATH_PREFIX)))
        return f->path ? path_get(f->path, str_from(name, sizeof PATH_PREFIX - 1)) : STR_NONE;
    struct str found = f->state ? concluded(f->state, name) : STR_NONE;
    if (!found.len)
        found = stood_fact(f, name);
    if (!found.len)
        found = narrow_fact(f, name);
    if (!found.len)
        found = yes_or_no(f, name);
    if (found.len)
        return found;
    if (STR_IS(name, "differs-in"))
        return compare_differs_in(f);
    if (STR_IS(name, "ended"))
        return t->ended == END_NONE ? STR_NONE : str_of(ending_word[t->ended]);
    if (STR_IS(name, "stated"))
        return j->around.no_traffic ? STR("no-traffic") : STR_NONE;
    if (STR_IS(name, "attempts"))
        return arena_strf(f->arena, "%llu", (unsigned long long)t->attempts);
    if (STR_IS(name, "conn")) {
        size_t bare = str_find(t->name, STR("["));
        return (struct str){t->name.at, bare};
    }
    if (STR_IS(name, "peer"))
        return judge_peer(j);
    if (STR_IS(name, "local"))
        return t->local;
    if (STR_IS(name, "hosts"))
        return hosts(f);
    if (STR_IS(name, "against"))
        return j->walk.against ? quote_text(f->quotes, j->walk.against, f->arena) : STR_NONE;
    if (STR_IS(name, "time"))
        return when(f);
    if (STR_IS(name, "alarms"))
        return judge_alarms(j) ? arena_strf(f->arena, "%u", judge_alarms(j)) : STR_NONE;
    if (STR_IS(name, "retransmits")) {
        uint64_t count = retransmissions(f);
        return count ? arena_strf(f->arena, "%llu", (unsigned long long)count) : STR_NONE;
    }
    return STR_NONE;
}

static struct str
closed_fact(struct facts *f, enum fact fact)
{
    const struct judged *j = f->judged;
    const struct event_line *line = walk_deciding(&j->walk, j->walk.stuck);
    if (fact == FACT_NOTIFY || fact == FACT_ERRNO) {
        const struct knowledge *k = j->around.negos->knowledge;
        const struct walk_step *s = j->walk.stuck == CP_NONE ? NULL : &j->walk.step[j->walk.stuck];
        for (int i = s ? s->proofs - 1 : -1; i >= 0; i--) {
            const struct event_line *e = s->proof[i].line;
            if (fact == FACT_NOTIFY && e->notify >= 0)
                return k->notifies[e->notify].value;
            if (fact == FACT_ERRNO && e->errno_value >= 0)
                return arena_strf(f->arena, "%d", e->errno_value);
        }
        return STR_NONE;
    }
    int word = fact == FACT_STAGE && line   ? line->stage
               : fact == FACT_PHASE && line ? line->phase
                                            : attempt_fact(&j->attempt, fact);
    return word ? str_of(fact_words[fact][word]) : STR_NONE;
}

int
facts_peer_dialect(const struct facts *f)
{
    const struct knowledge *k = f->judged->around.negos->knowledge;
    const struct nego *const from[2] = {f->judged->attempt.ike, f->judged->attempt.child};
    for (int i = 0; i < 2; i++)
        for (uint16_t e = 0; from[i] && e < from[i]->event_count; e++) {
            int speaks = event_message(k, &from[i]->events[e])->peer_speaks;
            if (speaks >= 0)
                return speaks;
        }
    return -1;
}

// Is it one of the addresses at which the daemon listens? Which of them a tunnel uses, that does not say.
static bool
is_listened_at(const struct facts *f, const struct said *s)
{
    const struct nego *daemon = f->judged->attempt.said;
    return daemon && s->line >= daemon->events && s->line < daemon->events + daemon->event_count &&
           str_eq(s->key, STR("local"));
}

static struct str
recorded(const struct record *r, struct str name)
{
    for (const struct record_value *v = r ? r->values : NULL; v; v = v->next)
        if (str_eq(v->key, name))
            return v->text;
    return STR_NONE;
}

// What the lines of the attempt say under that name, those that prove the checkpoint first.
static const struct said *
said_of(struct facts *f, struct str name)
{
    const struct said *first = NULL;
    facts_load(f);
    size_t lines = f->names & name_bit(name) ? f->line_count : 0;
    for (size_t i = 0; i < lines; i++)
        for (const struct said *s = f->said[i]; s; s = s->next) {
            if (!str_eq(s->key, name) || is_listened_at(f, s))
                continue;
            if (proves_stuck(f->judged, s->line))
                return s;
            if (!first || !first->text.len)
                first = s;
        }
    return first;
}

const struct event_line *
facts_line(struct facts *f, struct str name)
{
    if (STR_IS(name, "ended") || STR_IS(name, "brief"))
        return ending_line(f->judged);
    const struct said *said = said_of(f, name);
    return said ? said->line : NULL;
}

struct str
facts_said(struct facts *f, struct str name)
{
    const struct said *said = said_of(f, name);
    struct str value = said ? said->text : STR_NONE;
    if (!value.len && f->state)
        value = recorded(f->state->connection, name);
    return !value.len && f->state ? recorded(f->state->child, name) : value;
}

// A fact of which no table has the words.
static struct str
free_fact(struct facts *f, struct str name)
{
    struct str value = computed(f, name);
    if (!value.len)
        value = facts_said(f, name);
    return !value.len && f->two ? merge_fact(f, name) : value;
}

struct str
facts_get(struct facts *f, struct str name)
{
    int fact = word_index(fact_name, FACT_COUNT, name);
    return fact >= 0 ? closed_fact(f, (enum fact)fact) : free_fact(f, name);
}

bool
facts_hold(struct facts *f, struct when_list when)
{
    const struct knowledge *k = f->judged->around.negos->knowledge;
    for (size_t i = 0; i < when.count; i++) {
        const struct when *w = &when.at[i];
        if (w->test == TEST_SAW || w->test == TEST_NEVER) {
            if (attempt_saw(k, &f->judged->attempt, w) != (w->test == TEST_SAW))
                return false;
            continue;
        }
        struct str word = w->fact == FACT_COUNT ? free_fact(f, w->name) : closed_fact(f, (enum fact)w->fact);
        bool known = word.len > 0, same = word.len == w->word.len &&
                                          (word.len == 0 || strncasecmp(word.at, w->word.at, word.len) == 0);
        if (w->test == TEST_IS ? !same : w->test == TEST_ISNT ? same : w->test == TEST_KNOWN ? !known : known)
            return false;
    }
    return true;
}

const struct finding *
judge_finding(struct facts *f, enum checkpoint stuck)
{
    const struct knowledge *k = f->judged->around.negos->knowledge;
    const struct finding_list errors = stuck == CP_NONE ? (struct finding_list){0} : k->errors[stuck];
    for (size_t i = 0; i < errors.count; i++)
        if (facts_hold(f, errors.at[i]->when))
            return errors.at[i];
    return NULL;
}
