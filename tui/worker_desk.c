// The side of the worker that the drawing thread calls: asking takes a short lock, never longer than a swap.
#include "tui/worker_inside.h"

#include <stdlib.h>

static void
ask_open(void *self, struct opening *o)
{
    struct worker *w = self;
    pthread_mutex_lock(&w->lock);
    struct opening *old = w->asks.opening;
    w->asks.open = true;
    w->asks.opening = o;
    w->idle = false;
    pthread_mutex_unlock(&w->lock);
    opening_free(old);
    worker_signal(w->wake);
}

static void
ask_tunnel(void *self, uint32_t id, int attempt)
{
    struct worker *w = self;
    pthread_mutex_lock(&w->lock);
    w->asks.tunnel = true;
    w->asks.id = id;
    w->asks.attempt = attempt;
    w->idle = false;
    pthread_mutex_unlock(&w->lock);
    worker_signal(w->wake);
}

static void
ask_excerpt(void *self, const struct excerpt_ask *ask)
{
    struct worker *w = self;
    uint64_t *near = NULL;
    if (ask->near) {
        near = mem_new(mem_product(ask->near_count, sizeof *near));
        memcpy(near, ask->near, ask->near_count * sizeof *near);
    }
    pthread_mutex_lock(&w->lock);
    uint64_t *old = w->asks.near;
    w->asks.excerpt = true;
    w->asks.piece = *ask;
    w->asks.piece.near = w->asks.near = near;
    w->idle = false;
    pthread_mutex_unlock(&w->lock);
    free(old);
    worker_signal(w->wake);
}

static void
ask_meaning(void *self, int source, uint64_t line)
{
    struct worker *w = self;
    pthread_mutex_lock(&w->lock);
    w->asks.meaning = true;
    w->asks.source = source;
    w->asks.line = line;
    w->idle = false;
    pthread_mutex_unlock(&w->lock);
    worker_signal(w->wake);
}

static void
ask_folder(void *self, const char *path)
{
    struct worker *w = self;
    char *copy = mem_text(path);
    pthread_mutex_lock(&w->lock);
    char *old = w->asks.folder;
    w->asks.folder = copy;
    w->idle = false;
    pthread_mutex_unlock(&w->lock);
    free(old);
    worker_signal(w->wake);
}

static void
ask_export(void *self, const struct export_ask *ask)
{
    struct worker *w = self;
    pthread_mutex_lock(&w->lock);
    w->asks.export = true;
    w->asks.paper = *ask;
    w->idle = false;
    pthread_mutex_unlock(&w->lock);
    worker_signal(w->wake);
}

static void
ask_look(void *self)
{
    struct worker *w = self;
    pthread_mutex_lock(&w->lock);
    w->asks.look = true;
    w->idle = false;
    pthread_mutex_unlock(&w->lock);
    worker_signal(w->wake);
}

static void
ask_clock(void *self, bool known, int64_t offset)
{
    struct worker *w = self;
    pthread_mutex_lock(&w->lock);
    w->asks.clock = true;
    w->asks.clock_known = known;
    w->asks.offset = offset;
    w->idle = false;
    pthread_mutex_unlock(&w->lock);
    worker_signal(w->wake);
}

static void
ask_follow(void *self, bool on)
{
    struct worker *w = self;
    pthread_mutex_lock(&w->lock);
    w->following = on;
    pthread_mutex_unlock(&w->lock);
    worker_signal(w->wake);
}

static int64_t
time_of_day(void *self)
{
    (void)self;
    return (int64_t)time(NULL);
}

static void
ask_answer(void *self, const struct source_answer *answer)
{
    struct worker *w = self;
    struct source_answer old = {0};
    pthread_mutex_lock(&w->lock);
    if (w->asks.reply)
        old = w->asks.answer;
    w->asks.reply = true;
    w->asks.answer = *answer;
    w->idle = false;
    pthread_mutex_unlock(&w->lock);
    source_answer_drop(&old);
    worker_signal(w->wake);
}

static void
ask_stop(void *self)
{
    struct worker *w = self;
    pthread_mutex_lock(&w->lock);
    char *unsent = w->asks.probe;
    w->asks.probe = NULL;
    w->asks.halt = true;
    w->idle = false;
    pthread_mutex_unlock(&w->lock);
    free(unsent);
    worker_signal(w->wake);
}

static void
ask_probe(void *self, const char *address)
{
    struct worker *w = self;
    char *copy = mem_text(address);
    pthread_mutex_lock(&w->lock);
    char *old = w->asks.probe;
    w->asks.probe = copy;
    w->idle = false;
    pthread_mutex_unlock(&w->lock);
    free(old);
    worker_signal(w->wake);
}

static bool
take_news(void *self, struct news *n)
{
    struct worker *w = self;
    worker_drain(w->ready);
    pthread_mutex_lock(&w->lock);
    bool fresh = w->fresh;
    *n = w->news;
    w->news = (struct news){.knowledge = n->knowledge, .progress = n->progress};
    w->fresh = false;
    pthread_mutex_unlock(&w->lock);
    return fresh;
}

struct desk
worker_desk(struct worker *w)
{
    return (struct desk){.self = w,
                         .open = ask_open,
                         .tunnel = ask_tunnel,
                         .excerpt = ask_excerpt,
                         .meaning = ask_meaning,
                         .folder = ask_folder,
                         .export = ask_export,
                         .answer = ask_answer,
                         .stop = ask_stop,
                         .probe = ask_probe,
                         .look = ask_look,
                         .clock = ask_clock,
                         .follow = ask_follow,
                         .now = time_of_day,
                         .news = take_news};
}
