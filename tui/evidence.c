#include "tui/evidence.h"

#include <stdlib.h>

#include "diag/arena.h"

static int
by_line(const void *a, const void *b)
{
    const struct evidence_line *x = a, *y = b;
    return x->line < y->line ? -1 : x->line > y->line;
}

// A line may speak for several checkpoints: the one that it decides counts, of several the last.
static void
merge(struct evidence_line *kept, const struct evidence_line *other)
{
    bool better = other->deciding == kept->deciding ? other->rank > kept->rank : other->deciding;
    if (better)
        *kept = *other;
}

static void
add(struct evidence *e, const struct proof *proofs, size_t count, int source, enum checkpoint checkpoint,
    size_t rank)
{
    for (size_t i = 0; i < count; i++) {
        if (proofs[i].source != source)
            continue;
        if (e->count == e->room) {
            e->room = e->room ? 2 * e->room : 64;
            e->at = mem_resize(e->at, mem_product(e->room, sizeof *e->at));
            e->lines = mem_resize(e->lines, mem_product(e->room, sizeof *e->lines));
        }
        e->at[e->count++] = (struct evidence_line){proofs[i].line, checkpoint, proofs[i].deciding, rank};
    }
}

// Which rung of the ladder a checkpoint is.
static size_t
order_rank(const struct tunnel_view *t, enum checkpoint checkpoint)
{
    const struct rung *rung = view_rung(t, checkpoint);
    return rung ? (size_t)(rung - t->ladder) : CP_COUNT - 1;
}

void
evidence_gather(struct evidence *e, const struct tunnel_view *t, int source)
{
    e->count = 0;
    for (size_t i = 0; t && i < CP_COUNT; i++)
        add(e, t->ladder[i].proofs, t->ladder[i].proof_count, source, t->ladder[i].checkpoint, i);
    for (size_t i = 0; t && i < t->finding_count; i++)
        add(e, t->findings[i].proofs, t->findings[i].proof_count, source, t->findings[i].checkpoint,
            order_rank(t, t->findings[i].checkpoint));
    if (e->count)
        qsort(e->at, e->count, sizeof *e->at, by_line);
    size_t kept = 0;
    for (size_t i = 0; i < e->count; i++) {
        if (kept && e->at[kept - 1].line == e->at[i].line) {
            merge(&e->at[kept - 1], &e->at[i]);
            continue;
        }
        e->lines[kept] = e->at[i].line;
        e->at[kept++] = e->at[i];
    }
    e->count = kept;
}

const struct evidence_line *
evidence_at(const struct evidence *e, uint64_t line)
{
    struct evidence_line key = {.line = line};
    return e->count ? bsearch(&key, e->at, e->count, sizeof key, by_line) : NULL;
}

void
evidence_release(struct evidence *e)
{
    free(e->at);
    free(e->lines);
    *e = (struct evidence){0};
}
