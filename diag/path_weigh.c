#include "diag/path_weigh.h"

#include "diag/path_clock.h"
#include "diag/path_gateway.h"
#include "diag/path_seen.h"
#include "diag/pathing.h"
#include "diag/records.h"

// Only what nobody refused is open to what was measured: a suspicion, at one of the row's checkpoints.
static bool
concerns(const struct path_evidence *row, const struct judged *j)
{
    enum checkpoint stuck = j->walk.stuck;
    if (stuck == CP_NONE || !(row->at & 1u << stuck) || j->walk.step[stuck].state != ST_SUSPECTED)
        return false;
    const struct event_line *line = walk_deciding(&j->walk, stuck);
    int role = attempt_fact(&j->attempt, FACT_ROLE);
    return (!row->role || row->role == role) &&
           (!row->stages || (line && line->notify < 0 && row->stages & 1u << line->stage));
}

// The lines of the facts that the row asks for; false when one of them was not measured.
static bool
gather(const struct path_evidence *row, const struct path *p, const struct event_line *lines[STEP_PROOFS],
       int *count)
{
    *count = 0;
    for (size_t i = 0; i < row->when.count; i++) {
        const struct path_value *v = &p->at[row->when.at[i].fact];
        if (!v->line && row->when.at[i].test != PATH_NOT_KNOWN)
            return false;
        bool known = !v->line;
        for (int k = 0; k < *count; k++)
            known |= lines[k] == v->line;
        if (!known && *count < STEP_PROOFS)
            lines[(*count)++] = v->line;
    }
    return *count > 0;
}

static void
prove(struct walk_step *s, const struct event_line *line)
{
    for (int i = 0; i < s->proofs; i++) {
        s->proof[i].deciding = false;
        if (s->proof[i].line == line)
            memmove(&s->proof[i], &s->proof[i + 1], (size_t)(--s->proofs - i) * sizeof s->proof[0]);
    }
    if (s->proofs == STEP_PROOFS)
        memmove(s->proof, s->proof + 1, (size_t)--s->proofs * sizeof s->proof[0]);
    s->proof[s->proofs++] = (struct step_proof){line, true};
}

// What stood at the checkpoint where the log was stuck is part of the story of the one that is blamed.
static void
apply(const struct path_evidence *row, const struct event_line *lines[STEP_PROOFS], int count, struct walk *w)
{
    enum checkpoint c = (enum checkpoint)row->checkpoint, was = w->stuck;
    struct walk_step *s = &w->step[c];
    for (int i = 0; c != was && row->state != ST_PASSED && i < w->step[was].proofs; i++)
        prove(s, w->step[was].proof[i].line);
    const struct event_line *spoke = walk_deciding(w, c == was ? c : was);
    for (int i = 0; i < count; i++)
        prove(s, lines[i]);
    s->state = (enum state)row->state;
    s->basis = BASIS_MEASURED;
    // Stage and phase are those of the log's own line, so it stays the one that decides.
    for (int i = 0; spoke && s->state != ST_PASSED && i < s->proofs; i++)
        s->proof[i].deciding = s->proof[i].line == spoke;
    w->stuck = CP_NONE;
    bool behind = false;
    for (int i = 0; i < CP_COUNT; i++) {
        enum checkpoint at = w->order->rung[i];
        struct walk_step *rung = &w->step[at];
        if (behind && rung->state != ST_PASSED) {
            rung->state = ST_NOT_REACHED;
            rung->basis = BASIS_NONE;
        } else if (rung->state == ST_FAILED || rung->state == ST_SUSPECTED) {
            w->stuck = w->stuck == CP_NONE ? at : w->stuck;
            behind = rung->state == ST_FAILED;
        }
    }
}

// Of a tunnel whose log does not name the peer a capture speaks only when nothing else can be meant. Lines of
// an address that no connection claims may well be this peer's.
static bool
is_alone(const struct judged *j)
{
    const struct negos *n = j->around.negos;
    for (size_t i = 0; i < n->tunnel_count; i++)
        if (n->tunnels[i] != j->tunnel && n->tunnels[i]->source == j->tunnel->source &&
            n->tunnels[i]->newest && !n->tunnels[i]->stranger)
            return false;
    return true;
}

// Where a capture decides it must be of this attempt: how far its clock is ahead becomes a fact.
static void
align(const struct path_evidence *row, struct seen_ask ask, struct facts *f, struct judged *j, struct path *p)
{
    bool captured = false;
    int64_t ahead = 0;
    for (size_t i = 0; i < row->when.count; i++)
        captured |= p->at[row->when.at[i].fact].origin == FROM_CAPTURE;
    if (!captured)
        return;
    j->unaligned = !path_clock(f->quotes->seen, ask, j->tunnel, &j->attempt, &ahead);
    if (!j->unaligned)
        path_set(p, path_fact_named(p->map, STR("clock")), arena_strf(f->arena, "%+.2f", (double)ahead / 1e6),
                 FROM_CAPTURE, NULL);
}

void
path_weigh(struct facts *f, struct judged *j)
{
    const struct portmap *map = &j->around.negos->knowledge->portmap;
    const struct event_line *lines[STEP_PROOFS];
    int count;
    f->path = NULL;
    if ((!f->quotes->seen->count && !f->quotes->records->record_count) || j->counts < 0)
        return;
    struct path *p = ARENA_NEW(f->arena, struct path);
    *p = (struct path){.map = map};
    struct seen_ask ask = {j->tunnel->peer, j->around.end, !j->tunnel->peer.len};
    if (!ask.only || is_alone(j))
        path_seen_give(f->quotes->seen, ask, NULL, f->arena, p);
    const struct path_gateway gateway = {
        .records = f->quotes->records, .end = j->around.end, .peer = j->tunnel->peer};
    path_gateway_give(&gateway, NULL, f->arena, p);
    f->path = p;
    for (size_t i = 0; i < map->evidence_count; i++) {
        const struct path_evidence *row = &map->evidence[i];
        if (concerns(row, j) && path_holds(p, row->when) == TRUE_YES && gather(row, p, lines, &count)) {
            align(row, ask, f, j, p);
            apply(row, lines, count, &j->walk);
            return;
        }
    }
}
