// The side of the worker that the drawing thread calls: asking takes a short lock, never longer than a swap.
#include "tui/worker_inside.h"

#include <stdlib.h>

// An ask is written down between these two, under the lock; then the worker is woken.
static struct worker *
begin(void *self)
{
    struct worker *w = self;
    pthread_mutex_lock(&w->lock);
    return w;
}

static void
end(struct worker *w)
{
    w->idle = false;
    pthread_mutex_unlock(&w->lock);
    worker_signal(w->wake);
}

// Asks by a text; one that was not taken yet gives way.
static void
ask_text(struct worker *w, char **place, const char *text)
{
    char *copy = mem_text(text);
    begin(w);
    char *old = *place;
    *place = copy;
    end(w);
    free(old);
}

static void
ask_open(void *self, struct opening *o)
{
    struct worker *w = begin(self);
    struct opening *old = w->asks.opening;
    w->asks.open = true;
    w->asks.opening = o;
    end(w);
    opening_free(old);
}

static void
ask_tunnel(void *self, uint32_t id, int attempt)
{
    struct worker *w = begin(self);
    w->asks.tunnel = true;
    w->asks.id = id;
    w->asks.attempt = attempt;
    end(w);
}

static void
ask_excerpt(void *self, const struct excerpt_ask *ask)
{
    uint64_t *near = NULL;
    if (ask->near) {
        near = mem_new(mem_product(ask->near_count, sizeof *near));
        memcpy(near, ask->near, ask->near_count * sizeof *near);
    }
    struct worker *w = begin(self);
    uint64_t *old = w->asks.near;
    w->asks.excerpt = true;
    w->asks.piece = *ask;
    w->asks.piece.near = w->asks.near = near;
    end(w);
    free(old);
}

static void
ask_meaning(void *self, int source, uint64_t line)
{
    struct worker *w = begin(self);
    w->asks.meaning = true;
    w->asks.source = source;
    w->asks.line = line;
    end(w);
}

static void
ask_folder(void *self, const char *path)
{
    struct worker *w = self;
    ask_text(w, &w->asks.folder, path);
}

static void
ask_export(void *self, const struct export_ask *ask)
{
    struct worker *w = begin(self);
    w->asks.export = true;
    w->asks.paper = *ask;
    end(w);
}

static void
ask_look(void *self)
{
    struct worker *w = begin(self);
    w->asks.look = true;
    end(w);
}

static void
ask_clock(void *self, bool known, int64_t offset)
{
    struct worker *w = begin(self);
    w->asks.clock = true;
    w->asks.clock_known = known;
    w->asks.offset = offset;
    end(w);
}

static void
ask_follow(void *self, bool on)
{
    struct worker *w = begin(self);
    w->following = on;
    end(w);
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
    struct source_answer old = {0};
    struct worker *w = begin(self);
    if (w->asks.reply)
        old = w->asks.answer;
    w->asks.reply = true;
    w->asks.answer = *answer;
    end(w);
    source_answer_drop(&old);
}

static void
ask_stop(void *self)
{
    struct worker *w = begin(self);
    char *unsent = w->asks.probe;
    w->asks.probe = NULL;
    w->asks.halt = true;
    end(w);
    free(unsent);
}

static void
ask_probe(void *self, const char *address)
{
    struct worker *w = self;
    ask_text(w, &w->asks.probe, address);
}

void
worker_remember(struct worker *w)
{
    begin(w);
    w->asks.remember = true;
    end(w);
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
