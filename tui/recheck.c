#include "tui/recheck.h"

#include "diag/line.h"

static uint64_t
newest_line(const struct tunnel_view *t)
{
    return t->attempt_count ? t->attempts[t->attempt_count - 1].first_line : 0;
}

void
recheck_take(struct snapshot *s, const struct tunnel_view *t, uint64_t lines, unsigned epoch, int64_t now)
{
    *s = (struct snapshot){.taken = true,
                           .at = now,
                           .lines = lines,
                           .epoch = epoch,
                           .attempts = t->row.attempts,
                           .newest = newest_line(t),
                           .tunnel_lines = t->row.lines,
                           .tunnel = t->row.state,
                           .stuck = t->row.verdict.checkpoint,
                           .finding = t->row.verdict.finding};
    for (size_t i = 0; i < CP_COUNT; i++) {
        s->state[t->ladder[i].checkpoint] = t->ladder[i].state;
        s->basis[t->ladder[i].checkpoint] = t->ladder[i].basis;
    }
}

// The place of a checkpoint in the order of the exchange; behind all of them for a tunnel that stands.
static int
rank(const struct order *order, enum checkpoint checkpoint)
{
    int at = 0;
    while (order && at < CP_COUNT && order->rung[at] != checkpoint)
        at++;
    return at;
}

enum outcome
recheck_compare(const struct snapshot *before, const struct tunnel_view *now, int *rungs)
{
    *rungs = 0;
    if (now->row.attempts == before->attempts && newest_line(now) == before->newest) {
        if (now->row.state == before->tunnel && now->row.verdict.checkpoint == before->stuck)
            return now->row.lines == before->tunnel_lines ? OUTCOME_NOTHING : OUTCOME_ONGOING;
    }
    if (now->row.state == TUNNEL_UP)
        return OUTCOME_UP;
    *rungs = rank(now->order, now->row.verdict.checkpoint) - rank(now->order, before->stuck);
    if (*rungs == 0)
        return OUTCOME_SAME;
    if (*rungs > 0)
        return OUTCOME_BETTER;
    *rungs = -*rungs;
    return OUTCOME_WORSE;
}

int64_t
recheck_pause(const struct tunnel_view *t)
{
    if (t->attempt_count < 2)
        return 0;
    int64_t last = t->attempts[t->attempt_count - 1].first, before = t->attempts[t->attempt_count - 2].first;
    if (last == LINE_NO_TIME || before == LINE_NO_TIME || last <= before)
        return 0;
    return (last - before) / 1000000;
}
