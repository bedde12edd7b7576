#include "diag/judge.h"

enum { QUIET_SECONDS = 10, QUIET_LINES = 40 };
enum { BESIDE = 2 }; // lines of other attempts that failed alike, of each message

// Does the log go on long enough behind these lines that an answer would have come?
static bool
is_quiet(const struct surroundings *s, const struct nego *g, bool newest)
{
    if (g->ending != END_NONE || !newest)
        return true;
    if (s->last_time != LINE_NO_TIME && g->last != LINE_NO_TIME)
        return s->last_time - g->last > QUIET_SECONDS * INT64_C(1000000);
    return s->last_line - g->last_line > QUIET_LINES;
}

// Somebody spoke the end of this attempt: a timeout, or the peer with a word of refusal.
static bool
gave_up(const struct walk *w, const struct leaf *l)
{
    const struct nego *ike = l->attempt.ike, *g = l->attempt.child ? l->attempt.child : ike;
    if (g && (g->ending == END_TIMEOUT || g->ending == END_REFUSED || g->ending == END_LOST))
        return true;
    if (g && ike && !g->established && ike->ending == END_TIMEOUT)
        return true;
    const struct walk_step *s = &w->step[w->stuck];
    for (int i = 0; w->stuck != CP_NONE && i < s->proofs; i++)
        if (s->proof[i].deciding && s->proof[i].line->notify >= 0)
            return true;
    return false;
}

static const struct nego *
daemon_said(const struct negos *n, const struct tunnel *t)
{
    for (size_t i = 0; i < n->daemon_count; i++)
        if (n->daemons[i].source == t->source && n->daemons[i].dialect == t->dialect &&
            str_eq(n->daemons[i].host, t->host))
            return n->daemons[i].said;
    return NULL;
}

static int
rung_of(const struct walk *w)
{
    int i = 0;
    while (i < CP_COUNT && w->order->rung[i] != w->stuck)
        i++;
    return i;
}

static void
add_leaf(struct judged *j, const struct nego *ike, const struct nego *child, const struct nego *config)
{
    if (j->leaf_count == JUDGE_ATTEMPTS)
        return;
    struct leaf *l = &j->leaves[j->leaf_count];
    const struct nego *g = child ? child : ike;
    *l = (struct leaf){.attempt = attempt_of(j->around.negos->knowledge, ike, child, config, j->said)};
    // Children of one IKE SA are asked for side by side.
    const bool newest = j->leaf_count == 0 || (child && ike && j->leaves[0].attempt.ike == ike);
    l->quiet = !g || is_quiet(&j->around, g, newest);
    j->leaf_count++;
}

static void
walk_leaf(const struct judged *j, struct leaf *l, struct walk *w)
{
    walk_attempt(j->around.negos->knowledge, &l->attempt, l->quiet, w);
    l->walked = true;
    l->up = w->up;
    l->fresh = w->fresh;
    l->stuck = w->stuck;
    l->state = w->stuck == CP_NONE ? ST_PASSED : w->step[w->stuck].state;
    l->gave_up = gave_up(w, l);
    l->came = rung_of(w);
    l->decides = walk_deciding(w, w->stuck);
}

// The walk of the newest stays in j->walk, for it is mostly the one that counts.
static const struct leaf *
walked(struct judged *j, int i)
{
    struct walk older;
    if (!j->leaves[i].walked)
        walk_leaf(j, &j->leaves[i], i ? &older : &j->walk);
    return &j->leaves[i];
}

// Is what was said of a connection outside any attempt worth telling by itself: that it could not be loaded,
// or that somebody took it down?
static bool
config_tells(const struct knowledge *k, const struct nego *config)
{
    for (uint16_t i = 0; config && i < config->event_count; i++) {
        const struct event *e = event_of(k, &config->events[i]);
        if (e && e->ends == END_DELETED)
            return true;
        for (size_t s = 0; e && s < e->statement_count; s++)
            if (e->statements[s].state == ST_FAILED || e->statements[s].state == ST_SUSPECTED)
                return true;
    }
    return false;
}

static const struct nego *
leaf_nego(const struct leaf *l)
{
    return l->attempt.child ? l->attempt.child : l->attempt.ike ? l->attempt.ike : l->attempt.config;
}

// Is this of another peer than what stands? Two behind one NAT share its address and a connection; they are
// told apart by their ports, and by being there at the same time, for who tries again comes from a new port
// as well.
static bool
is_beside(const struct leaf *l, const struct nego *stands)
{
    const struct nego *g = l->attempt.ike;
    return g && stands && g != stands && g->moved && stands->moved && g->peer_port != stands->peer_port &&
           g->last_line > stands->first_line;
}

// Is this of one of several clients that share a connection, which another one had up before and still has,
// and did it not come up since? That others came up is no success of this one.
static bool
is_other_client(const struct judged *j, const struct leaf *l)
{
    const struct nego *ike = l->attempt.ike;
    if (!ike || j->tunnel->standing[true] < 2 || ike->fact[FACT_ROLE] != ROLE_RESPONDER)
        return false;
    const struct str peer = attempt_peer(j->tunnel, &l->attempt);
    bool stood = false;
    for (const struct nego *g = j->tunnel->newest; g; g = g->older) {
        if (g->kind != NEGO_CHILD || !g->established || g->ending != END_NONE || !g->parent)
            continue;
        const struct attempt other = {.ike = g->parent};
        bool same = str_eq(attempt_peer(j->tunnel, &other), peer);
        if (same && g->established_line > ike->first_line)
            return false;
        stood |= !same && g->established_line < ike->first_line;
    }
    return stood;
}

// Is one IKE SA older than the other? In a log that begins behind it, by its number.
static bool
is_older(const struct nego *a, const struct nego *b)
{
    return a->first_line <= b->first_line || (a->partial && a->serial && a->serial < b->serial);
}

// Was an IKE SA refused beside an older one, and did all that came up behind it come up under that? Then
// nothing has mended the refusal: what was accepted long before is not asked again.
static bool
is_unmended(const struct judged *j, const struct leaf *l)
{
    const struct nego *ike = l->attempt.ike;
    if (!ike || ike->established || ike->ending != END_REFUSED)
        return false;
    bool older = false;
    for (const struct nego *g = j->tunnel->newest; g; g = g->older) {
        if (!g->established || g->established_line < ike->last_line)
            continue;
        const struct nego *under = g->kind == NEGO_CHILD ? g->parent : g;
        if (!under || !is_older(under, ike))
            return false;
        older |= g->kind == NEGO_CHILD;
    }
    return older;
}

// Is this attempt behind the last success, so that its failure would not be history?
static bool
is_behind_success(const struct judged *j, const struct leaf *l)
{
    const struct nego *g = leaf_nego(l);
    if (j->live)
        return g == j->live || g->first_line > j->live->established_line || is_beside(l, j->live->parent) ||
               is_other_client(j, l);
    return g->last_line >= j->tunnel->last_up_line || is_unmended(j, l);
}

// Does this gateway wait in vain with its renewal of an IKE SA because the peer renewed it at the same time,
// and that one came up? Then nobody answers any more, and nothing has failed.
static bool
is_outrun(const struct judged *j, const struct leaf *l)
{
    const struct nego *ike = l->attempt.ike;
    if (!ike || l->state == ST_FAILED || ike->established || ike->ending != END_NONE ||
        !ike->fact[FACT_REKEY])
        return false;
    for (const struct nego *g = j->tunnel->newest; g; g = g->older)
        if (g->kind == NEGO_IKE && g->established && g->established_line > ike->first_line)
            return true;
    return false;
}

// Of what stands only a failure counts; what failed beside it must be over.
static bool
counts_now(const struct judged *j, const struct leaf *l)
{
    if (is_outrun(j, l))
        return false;
    if (l->stuck == CP_NONE || !j->live)
        return l->stuck != CP_NONE;
    return l->state == ST_FAILED || (l->gave_up && leaf_nego(l) != j->live);
}

static bool
is_open(const struct leaf *l)
{
    return leaf_nego(l)->ending == END_NONE;
}

// A refusal that came from the peer gives no reason. Where the peer asked at the same time as well and was
// refused here at the same place, this end's own words do.
static int
told_more(struct judged *j, int refused)
{
    enum { LOOK = 16 };
    const struct leaf *r = &j->leaves[refused];
    if (!r->decides || r->decides->notify < 0 || attempt_fact(&r->attempt, FACT_ROLE) != ROLE_INITIATOR)
        return refused;
    for (int i = 0; i < j->leaf_count && i < refused + LOOK; i++) {
        const struct leaf *l = &j->leaves[i];
        if (attempt_fact(&l->attempt, FACT_ROLE) != ROLE_RESPONDER || !is_behind_success(j, l) ||
            !counts_now(j, walked(j, i)))
            continue;
        if (l->state == ST_FAILED && l->stuck == r->stuck && l->decides && l->decides->notify < 0 &&
            leaf_nego(l)->last_line > leaf_nego(r)->first_line)
            return i;
    }
    return refused;
}

// An attempt that began before the log does, and only a suspicion comes of it: the reason may have stood
// before the log as well. One with a higher number began behind it, though the log tells of it first.
static bool
knows_more(const struct leaf *told, const struct leaf *vague)
{
    const struct nego *t = leaf_nego(told), *v = leaf_nego(vague);
    return v->partial && v->serial && vague->state != ST_FAILED && t->serial > v->serial &&
           told->stuck != CP_CONTACT;
}

// The attempt that the verdict speaks of: the newest that definitely failed, unless a newer one came further,
// or the other direction knows the reason (who answers is told more than who asks).
static int
choose_failed(struct judged *j)
{
    int newest = -1, definite = -1, told = -1;
    for (int i = 0; i < j->leaf_count && told < 0; i++) {
        if (!is_behind_success(j, &j->leaves[i]) || !counts_now(j, walked(j, i)))
            continue;
        const struct leaf *l = &j->leaves[i];
        if (newest < 0)
            newest = i;
        if (definite < 0 && (l->state == ST_FAILED || l->gave_up))
            definite = i;
        if (l->state == ST_FAILED)
            told = i;
    }
    // One that is over tells more than a newer one that is stuck at the same place and still waits.
    for (int i = definite + 1; definite >= 0 && is_open(&j->leaves[definite]) && i < j->leaf_count; i++)
        if (!is_open(&j->leaves[i]) && is_behind_success(j, &j->leaves[i]) && counts_now(j, walked(j, i)) &&
            j->leaves[i].stuck == j->leaves[definite].stuck &&
            j->leaves[i].state == j->leaves[definite].state)
            definite = i;
    if (definite < 0)
        return newest;
    if (newest < definite && j->leaves[newest].came > j->leaves[definite].came)
        return newest;
    if (told > definite && knows_more(&j->leaves[told], &j->leaves[definite]))
        return told;
    if (told > definite && attempt_fact(&j->leaves[told].attempt, FACT_ROLE) !=
                               attempt_fact(&j->leaves[definite].attempt, FACT_ROLE))
        return told;
    // Where a child is refused once more and without a word, what was said of it under the same IKE SA holds.
    const struct leaf *d = &j->leaves[definite];
    if (told > definite && d->state == ST_SUSPECTED && d->attempt.ike &&
        d->attempt.ike == j->leaves[told].attempt.ike && d->stuck == j->leaves[told].stuck)
        return told;
    return told_more(j, definite);
}

static void
collect(struct judged *j)
{
    const struct tunnel *t = j->tunnel;
    for (const struct nego *g = t->newest; g; g = g->older) {
        if (g->kind == NEGO_CHILD)
            add_leaf(j, g->parent, g, NULL);
        else if (!g->child)
            add_leaf(j, g, NULL, NULL);
    }
    if (j->leaf_count == 0 && config_tells(j->around.negos->knowledge, t->config))
        add_leaf(j, NULL, NULL, t->config);
    if (j->leaf_count)
        walked(j, 0);
}

// Was only the renewal of something refused that came up before this log begins? It stands until its end.
static bool
renewal_refused(const struct judged *j, int failed)
{
    return failed >= 0 && !j->tunnel->ever_up && j->tunnel->ended == END_NONE &&
           j->leaves[failed].state == ST_FAILED && j->leaves[failed].stuck != CP_CONTACT &&
           attempt_fact(&j->leaves[failed].attempt, FACT_REKEY) == REKEY_YES;
}

// What waits for its next message when the log ends has not failed, unless another one did before.
static bool
has_failed(struct judged *j, int failed)
{
    if (failed < 0 || !j->leaves[failed].fresh)
        return failed >= 0;
    for (int i = failed + 1; i < j->leaf_count; i++)
        if (is_behind_success(j, &j->leaves[i]) && counts_now(j, walked(j, i)))
            return true;
    return false;
}

static void
state_of_tunnel(struct judged *j, int failed)
{
    const struct tunnel *t = j->tunnel;
    j->ending = END_NONE;
    if (j->live) {
        j->state = failed >= 0 ? TUNNEL_DEGRADED : TUNNEL_UP;
        return;
    }
    // Taken down by its name, in a log that shows no attempt: nothing of it stands.
    const bool gone = t->ever_up || (!t->newest && t->ended == END_DELETED);
    j->state = renewal_refused(j, failed)      ? TUNNEL_DEGRADED
               : has_failed(j, failed) || gone ? TUNNEL_DOWN
                                               : TUNNEL_UNKNOWN;
    if (gone)
        j->ending = t->ended;
}

// Did this gateway ask for it, and after that one stood? Then what is refused is another child than that.
static bool
asked_behind(const struct knowledge *k, const struct nego *g, const struct nego *live)
{
    const struct event *first = g->event_count ? event_of(k, &g->events[0]) : NULL;
    return first && first->opens == OPENS_CHILD && g->events[0].line > live->established_line;
}

// The refusal that denies the child which has just been established, though the daemon numbers none: it was
// booked to a child of its own. NULL: the failed attempt is no contradiction.
static const struct event_line *
contradiction(const struct judged *j, int failed)
{
    const struct nego *g = failed < 0 ? NULL : j->leaves[failed].attempt.child;
    if (!j->live || !g || g == j->live || g->serial || g->parent != j->live->parent ||
        asked_behind(j->around.negos->knowledge, g, j->live))
        return NULL;
    const struct event_line *line = j->leaves[failed].decides;
    return line && walk_denies(j->live, line) ? line : NULL;
}

// A negotiation with a peer for whom no connection was named; one whose networks were refused beside a tunnel
// that stands is none.
static bool
nameless(const struct tunnel *t)
{
    const struct nego *g = t->newest;
    return g && (t->stranger ? g->stranger : !t->ever_up && t->peer.len && str_eq(t->name, t->peer));
}

// Did any attempt of this peer fail, and was not only asked for another group?
static bool
was_refused(const struct negos *n, const struct tunnel *t)
{
    for (int i = 0; i < CP_COUNT; i++)
        if (t->history[i].count)
            return true;
    for (const struct nego *g = t->newest; g; g = g->older) {
        const struct nego *child = g->kind == NEGO_CHILD ? g : NULL;
        const struct attempt a = attempt_of(n->knowledge, child ? g->parent : g, child, NULL, NULL);
        struct walk w;
        walk_attempt(n->knowledge, &a, true, &w);
        if (w.stuck != CP_NONE && w.step[w.stuck].state == ST_FAILED)
            return true;
    }
    return false;
}

bool
tunnel_mended(const struct negos *n, const struct tunnel *t)
{
    if (!nameless(t))
        return false;
    if (t->named > t->newest->first_line && !was_refused(n, t))
        return true;
    const struct tunnel *own = tunnel_own(n, t->source, t->peer);
    for (const struct nego *g = own ? own->newest : NULL; g; g = g->older)
        if (g->kind == NEGO_IKE && !g->stranger && g->first_line > t->newest->last_line &&
            (g->established || g->fact[FACT_ROLE] == ROLE_RESPONDER))
            return true;
    return false;
}

// The answer of today says what was missing then, and leaves no more to say of this peer's first attempts.
static void
judge_mended(struct judged *j)
{
    j->walk = (struct walk){.order = &j->around.negos->knowledge->orders[0], .stuck = CP_NONE};
    for (int i = 0; i < 2; i++) {
        struct walk_step *s = &j->walk.step[i ? CP_IKE_VERSION : CP_CONTACT];
        s->state = ST_PASSED;
        s->basis = BASIS_IMPLIED;
    }
    j->state = TUNNEL_UNKNOWN;
}

void
judge_verdict(const struct tunnel *t, const struct surroundings *around, int choose, struct judged *j)
{
    j->tunnel = t;
    j->around = *around;
    j->live = t->live;
    j->said = daemon_said(around->negos, t);
    j->leaf_count = 0;
    j->counts = -1;
    j->attempt = (struct attempt){0};
    j->ending = END_NONE;
    j->unaligned = false;
    collect(j);
    if (choose < 0 && tunnel_mended(around->negos, t)) {
        judge_mended(j);
        return;
    }
    int failed = choose_failed(j);
    const struct event_line *against = contradiction(j, failed);
    enum checkpoint denied = against ? j->leaves[failed].stuck : CP_NONE;
    if (against)
        failed = -1;
    state_of_tunnel(j, failed);
    j->counts = choose >= 0 && choose < j->leaf_count ? choose : failed;
    for (int i = 0; i < j->leaf_count && j->counts < 0; i++) {
        const struct nego *child = j->leaves[i].attempt.child;
        if (j->live ? child == j->live : child && child->established)
            j->counts = i;
    }
    if (j->counts < 0 && j->leaf_count)
        j->counts = 0;
    const struct knowledge *k = around->negos->knowledge;
    if (j->counts < 0) {
        j->walk = (struct walk){.order = &k->orders[0], .stuck = CP_NONE};
        return;
    }
    j->attempt = j->leaves[j->counts].attempt;
    if (j->counts > 0)
        walk_leaf(j, &j->leaves[j->counts], &j->walk);
    if (against && j->attempt.child == j->live) {
        j->walk.step[denied].state = ST_UNKNOWN;
        j->walk.step[denied].basis = BASIS_NONE;
        j->walk.against = against;
        walk_add_proof(&j->walk, denied, against);
    }
    if (j->walk.against && j->state == TUNNEL_UP)
        j->state = TUNNEL_DEGRADED;
    if (around->no_traffic && j->live && j->walk.stuck == CP_NONE) {
        // The operator's word opens the question, and no more.
        j->walk.step[CP_UPDOWN].state = ST_SUSPECTED;
        j->walk.step[CP_UPDOWN].basis = BASIS_STATED;
        j->walk.stuck = CP_UPDOWN;
        j->state = TUNNEL_DEGRADED;
    }
}

void
judge_rest(struct judged *j)
{
    for (int i = 0; i < j->leaf_count; i++)
        walked(j, i);
}

void
judge_tunnel(const struct tunnel *t, const struct surroundings *around, int choose, struct judged *j)
{
    judge_verdict(t, around, choose, j);
    judge_rest(j);
}

struct str
attempt_peer(const struct tunnel *t, const struct attempt *a)
{
    const struct nego_rare *rare = a->ike ? a->ike->rare : NULL;
    return rare && rare->peer.len && !t->stranger ? rare->peer : t->peer;
}

struct str
judge_peer(const struct judged *j)
{
    return attempt_peer(j->tunnel, &j->attempt);
}

uint32_t
judge_alarms(const struct judged *j)
{
    const struct attempt *a = &j->attempt;
    return (a->ike ? a->ike->alarms : 0) + (a->child ? a->child->alarms : 0);
}

static bool
nego_doubted(const struct knowledge *k, const struct nego *g)
{
    for (uint16_t i = 0; g && i < g->event_count; i++) {
        const struct event *e = event_of(k, &g->events[i]);
        if (e && e->doubts)
            return true;
    }
    return false;
}

bool
judge_doubted(const struct judged *j)
{
    const struct attempt *a = &j->attempt;
    if (!j->tunnel)
        return false;
    const struct knowledge *k = j->around.negos->knowledge;
    return judge_alarms(j) || nego_doubted(k, a->ike) || nego_doubted(k, a->child) ||
           nego_doubted(k, a->config) || nego_doubted(k, a->said);
}

enum certainty
judge_certainty(const struct judged *j, const struct finding *rule)
{
    if (!rule)
        return SURE_POSSIBLE;
    bool doubt =
        rule->severity == SEV_ERROR && rule->certainty == SURE_CERTAIN && (judge_doubted(j) || j->unaligned);
    return doubt ? SURE_LIKELY : rule->certainty;
}

// Do both lines say the same? What differs in them are the numbers of an attempt.
static bool
says_same(const struct event_line *a, const struct event_line *b)
{
    return a->dialect == b->dialect && a->template == b->template && a->notify == b->notify;
}

void
judge_gather(struct judged *j)
{
    const struct event_line *beside[JUDGE_ATTEMPTS];
    int count = 0;
    for (int i = 0; i < j->leaf_count; i++) {
        const struct leaf *l = &j->leaves[i];
        if (i == j->counts)
            continue;
        bool both_up = l->up && j->walk.up, alike = l->stuck == j->walk.stuck && l->stuck != CP_NONE;
        enum checkpoint c = both_up ? CP_P2_CIPHER : l->stuck;
        const struct event_line *line = both_up ? walk_established(l->attempt.child)
                                        : alike ? l->decides
                                                : NULL;
        int same = 0;
        for (int k = 0; line && k < count; k++)
            same += says_same(beside[k], line);
        if (!line || (same == BESIDE && !both_up))
            continue;
        walk_add_proof(&j->walk, c, line);
        beside[count++] = line;
    }
}
