// The end of a step that takes too long. libssh counts the seconds of each of its calls, and a sign-in makes
// many: a gateway that drips, or an agent that does not answer, would hold it for a multiple of the timeout.
// Therefore a thread watches the step, and shuts the sockets down when its time is over.
#include "remote/source_ssh.h"

#include <time.h>

void
gate_limit(struct gate *g, bool begins)
{
    pthread_mutex_lock(&g->lock);
    g->until = begins ? gate_now() + g->timeout : 0;
    g->late &= !begins;
    if (begins)
        pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
}

int64_t
gate_left(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    int64_t left = g->late ? 0 : g->until - gate_now();
    pthread_mutex_unlock(&g->lock);
    return left > 0 ? left : 0;
}

bool
gate_late(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    bool late = g->late;
    pthread_mutex_unlock(&g->lock);
    return late;
}

void *
gate_watch(void *self)
{
    struct gate *g = self;
    pthread_mutex_lock(&g->lock);
    while (g->watched) {
        int64_t left = g->until - gate_now();
        if (!g->until || g->asking) {
            pthread_cond_wait(&g->changed, &g->lock);
        } else if (left > 0) {
            struct timespec then = {.tv_sec = g->until / 1000, .tv_nsec = g->until % 1000 * 1000000};
            pthread_cond_timedwait(&g->changed, &g->lock, &then);
        } else {
            g->late = true;
            g->until = 0;
            gate_wake_all(g);
        }
    }
    pthread_mutex_unlock(&g->lock);
    return NULL;
}
