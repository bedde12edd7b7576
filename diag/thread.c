#include "diag/thread.h"

// How far apart two lines of one job are, at most.
enum { JOB_LINES = 64, JOB_SECONDS = 2 };

void
thread_note(struct daemon *d, uint64_t thread, struct nego *g, const struct line *line)
{
    struct nego *ike = nego_is_child(g) ? g->parent : g;
    if (!d->threads || !ike || ike->kind != NEGO_IKE)
        return;
    struct threads *all = d->threads;
    struct thread *w = NULL, *oldest = &all->at[0];
    for (size_t i = 0; i < all->count && !w; i++) {
        if (all->at[i].number == thread && (thread != THREAD_UNNAMED || all->at[i].ike == ike))
            w = &all->at[i];
        else if (all->at[i].line < oldest->line)
            oldest = &all->at[i];
    }
    if (!w)
        w = all->count < THREADS ? &all->at[all->count++] : oldest;
    *w = (struct thread){thread, ike, line->number, line->time};
}

struct nego *
thread_busy(const struct daemon *d, uint64_t thread, const struct line *line)
{
    const struct thread *w = NULL;
    for (size_t i = 0; d->threads && i < d->threads->count; i++)
        if (d->threads->at[i].number == thread && (!w || d->threads->at[i].line > w->line))
            w = &d->threads->at[i];
    if (!w)
        return NULL;
    bool timed = w->time != LINE_NO_TIME && line->time != LINE_NO_TIME;
    bool near =
        timed ? line->time - w->time <= JOB_SECONDS * INT64_C(1000000) : line->number - w->line <= JOB_LINES;
    return near ? w->ike : NULL;
}

struct nego *
thread_latest(const struct daemon *d, struct str peer, bool waiting)
{
    const struct thread *latest = NULL;
    for (size_t i = 0; d->threads && i < d->threads->count; i++) {
        const struct thread *w = &d->threads->at[i];
        if (!w->ike || (peer.len && !str_eq(w->ike->tunnel->peer, peer)) ||
            (waiting && (w->ike->established || w->ike->ending != END_NONE)))
            continue;
        // Of one that is over only when there is no other.
        bool over = w->ike->ending != END_NONE, was_over = latest && latest->ike->ending != END_NONE;
        if (!latest || (over == was_over ? w->line > latest->line : was_over))
            latest = w;
    }
    return latest ? latest->ike : NULL;
}

void
thread_forget(struct daemon *d, const struct nego *g)
{
    for (size_t i = 0; d->threads && i < d->threads->count; i++)
        if (d->threads->at[i].ike == g)
            d->threads->at[i].ike = NULL;
}
