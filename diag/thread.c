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

int
thread_fits(const struct nego *g, uint16_t port)
{
    if (!port || !g->peer_port)
        return 1;
    return port == g->peer_port ? 2 : !g->moved;
}

// Of what is over only when there is no other, and rather of what that port belongs to.
static bool
is_nearer(const struct thread *w, const struct thread *other, uint16_t port)
{
    bool over = w->ike->ending != END_NONE, other_over = other->ike->ending != END_NONE;
    int fits = thread_fits(w->ike, port), other_fits = thread_fits(other->ike, port);
    return over != other_over ? other_over : fits != other_fits ? fits > other_fits : w->line > other->line;
}

struct nego *
thread_latest(const struct daemon *d, struct str peer, uint16_t port, bool waiting)
{
    const struct thread *latest = NULL;
    for (size_t i = 0; d->threads && i < d->threads->count; i++) {
        const struct thread *w = &d->threads->at[i];
        if (!w->ike || (peer.len && !str_eq(w->ike->tunnel->peer, peer)) ||
            (waiting &&
             (w->ike->established || w->ike->ending != END_NONE || thread_fits(w->ike, port) == 0)))
            continue;
        if (!latest || is_nearer(w, latest, port))
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
