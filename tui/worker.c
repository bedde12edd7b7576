#include "tui/worker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "knowledge/load.h"
#include "tui/book.h"
#include "tui/excerpt.h"
#include "tui/scout.h"
#include "tui/words.h"

enum { PUBLISH_MS = 150, COST_SHARE = 5 };

// What the drawing side asked for; of each kind the newest counts.
struct asks {
    bool stop, open, tunnel, excerpt, meaning;
    struct opening *opening;
    uint32_t id;
    int attempt;
    struct excerpt_ask piece;
    uint64_t *near;
    int source;
    uint64_t line;
    char *folder;
};

struct worker {
    pthread_t thread;
    pthread_mutex_t lock; // held for copying asks and swapping news only
    int wake, ready;      // eventfds: to the worker, to the drawing side
    struct asks asks;     // under the lock
    struct news news;     // under the lock
    bool fresh, idle;     // under the lock

    // The thread's own.
    char *kb;
    struct knowledge *knowledge;
    struct diag *reader; // reads single lines
    struct diag *diag;   // the case
    struct book *books[DIAG_SOURCES];
    size_t book_count, at; // the one that is read
    bool reading, changed;
    bool declared;      // the core knows the book that is read
    bool complete;      // of the book that is read, so far
    struct buf problem; // with it, the first one
    struct scout *scout;
    struct progress progress;
    int64_t published, cost; // milliseconds
};

static int64_t
now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
signal_fd(int fd)
{
    uint64_t one = 1;
    ssize_t ignored = write(fd, &one, sizeof one);
    (void)ignored;
}

static void
drain_fd(int fd)
{
    uint64_t count;
    ssize_t ignored = read(fd, &count, sizeof count);
    (void)ignored;
}

// Puts something into the mailbox; what lay there before is thrown away. One of the pointers is set.
static void
publish(struct worker *w, struct news n)
{
    struct news old = {0};
    pthread_mutex_lock(&w->lock);
    struct news *box = &w->news;
    box->knowledge = w->knowledge;
    box->progress = w->progress;
#define SWAP(field)                                                                                          \
    if (n.field) {                                                                                           \
        old.field = box->field;                                                                              \
        box->field = n.field;                                                                                \
    }
    SWAP(view)
    SWAP(shot)
    SWAP(excerpt)
    SWAP(meaning)
    SWAP(folder)
#undef SWAP
    w->fresh = true;
    pthread_mutex_unlock(&w->lock);
    news_release(&old);
    signal_fd(w->ready);
}

static bool
is_interrupted(void *self)
{
    struct worker *w = self;
    pthread_mutex_lock(&w->lock);
    bool asked = w->asks.stop || w->asks.open || w->asks.excerpt;
    pthread_mutex_unlock(&w->lock);
    return asked;
}

static size_t
read_back(void *self, int source, uint64_t offset, char *into, size_t want)
{
    struct worker *w = self;
    return source >= 0 && (size_t)source < w->book_count ? book_read(w->books[source], offset, into, want)
                                                         : 0;
}

static void
close_case(struct worker *w)
{
    diag_free(w->diag);
    w->diag = NULL;
    for (size_t i = 0; i < w->book_count; i++)
        book_free(w->books[i]);
    w->book_count = w->at = 0;
    w->reading = false;
}

static void
add_book(struct worker *w, struct opening *o)
{
    if (w->book_count == DIAG_SOURCES) {
        opening_free(o);
        return;
    }
    struct book *b = book_new(o);
    w->books[w->book_count++] = b;
}

// Takes o; NULL: nothing is open afterwards.
static void
open_case(struct worker *w, struct opening *o)
{
    struct news stale = {0};
    pthread_mutex_lock(&w->lock);
    stale = w->news;
    w->news = (struct news){.knowledge = stale.knowledge, .folder = stale.folder};
    pthread_mutex_unlock(&w->lock);
    stale.folder = NULL;
    news_release(&stale);
    close_case(w);
    if (!o || !w->knowledge) { // without knowledge progress says why
        opening_free(o);
        publish(w, (struct news){0});
        return;
    }
    w->progress = (struct progress){0};
    for (size_t i = 0; o->apart && i < o->count; i++) {
        struct opening *one = opening_new(str_of(o->parts[i]), 1);
        one->parts[0] = one->title;
        add_book(w, one);
    }
    if (o->apart)
        opening_free(o);
    else
        add_book(w, o);
    struct diag_host host = {.self = w, .read = read_back};
    w->diag = diag_new(w->knowledge, &host);
    w->reading = w->progress.reading = true;
    w->complete = true;
    w->declared = false;
    buf_clear(&w->problem);
    w->published = now_ms();
    w->cost = 0;
}

static void
publish_view(struct worker *w)
{
    int64_t begun = now_ms();
    w->progress.lines = 0;
    w->progress.taken = w->progress.total = 0;
    for (size_t i = 0; i < w->book_count; i++) {
        uint64_t taken, total;
        book_progress(w->books[i], &taken, &total);
        w->progress.lines += book_lines(w->books[i]);
        w->progress.taken += taken;
        w->progress.total += total;
    }
    publish(w, (struct news){.view = w->changed ? diag_view(w->diag) : NULL});
    w->published = now_ms();
    w->cost = w->published - begun;
    w->changed = false;
}

// The book at hand is at its end.
static void
end_book(struct worker *w)
{
    diag_source_end(w->diag, (int)w->at, w->complete, buf_str(&w->problem));
    w->changed = true;
    w->at++;
    w->reading = w->progress.reading = w->at < w->book_count;
    w->complete = true;
    buf_clear(&w->problem);
    if (!w->reading)
        publish_view(w);
}

// A source has no index before its first block: the core gets to know it then.
static void
declare(struct worker *w)
{
    struct book *b = w->books[w->at];
    if (!w->declared)
        diag_source(w->diag, str_of(book_title(b)), str_of(book_kind(b)));
    w->declared = true;
}

// Reads some blocks; goes on behind what cannot be read, and says it.
static enum source_step
step_case(struct worker *w)
{
    struct book *b = w->books[w->at];
    struct err e = {0};
    struct str block;
    enum source_step step = book_step(b, &block, &e);
    declare(w);
    if (step == SOURCE_FAILED) {
        w->complete = false;
        if (!w->problem.len)
            buf_add(&w->problem, str_of(e.text));
    }
    if (block.len) {
        diag_feed(w->diag, (int)w->at, block.at, block.len);
        w->changed = true;
    }
    if (step == SOURCE_DONE) {
        end_book(w);
        w->declared = false;
    }
    return step;
}

static void
answer_tunnel(struct worker *w, uint32_t id, int attempt)
{
    struct shot *shot = mem_new(sizeof *shot);
    shot->id = id;
    shot->attempt = attempt;
    shot->tunnel = w->diag ? diag_tunnel(w->diag, id, attempt, &shot->arena) : NULL;
    publish(w, (struct news){.shot = shot});
}

static struct book *
book_of(const struct worker *w, int source)
{
    return source >= 0 && (size_t)source < w->book_count ? w->books[source] : NULL;
}

static void
answer_excerpt(struct worker *w, const struct asks *asks)
{
    struct book *b = book_of(w, asks->piece.source);
    struct excerpt *x;
    if (b) {
        x = excerpt_make(b, &asks->piece, is_interrupted, w);
    } else {
        x = mem_new(sizeof *x);
        *x = (struct excerpt){.serial = asks->piece.serial, .source = asks->piece.source};
    }
    if (x)
        publish(w, (struct news){.excerpt = x});
}

static void
fill_values(struct meaning *m, const struct slots *slots)
{
    struct value *values = ARENA_ARRAY(&m->arena, struct value, slots->count);
    for (size_t i = 0; i < slots->count; i++) {
        const struct slot *slot = &slots->at[i];
        struct str *text = ARENA_NEW(&m->arena, struct str);
        *text = arena_str(&m->arena, slot->value);
        if (slot->name.len)
            values[m->value_count++] = (struct value){arena_str(&m->arena, slot->name), text, 1, -1};
    }
    m->values = values;
}

static void
answer_meaning(struct worker *w, int source, uint64_t line)
{
    struct book *b = book_of(w, source);
    struct book_walk walk = {0};
    struct meaning *m = mem_new(sizeof *m);
    m->source = source;
    m->line = line;
    if (b)
        book_walk_to(&walk, b, line);
    if (b && book_walk_next(&walk)) {
        struct reading r = {0};
        m->text = arena_str(&m->arena, walk.text);
        diag_read(w->reader, m->text, STR_NONE, &r);
        m->dialect = r.dialect ? r.dialect->id : STR_NONE;
        if (r.message) {
            m->message = r.message->id;
            m->note = r.message->note;
            m->event = r.message->event >= 0 ? w->knowledge->events[r.message->event].note : STR_NONE;
            fill_values(m, &r.slots);
        }
    }
    book_walk_release(&walk);
    publish(w, (struct news){.meaning = m});
}

// Takes what was asked; true when something was.
static bool
take_asks(struct worker *w, struct asks *asks)
{
    pthread_mutex_lock(&w->lock);
    *asks = w->asks;
    w->asks = (struct asks){0};
    bool any = asks->stop || asks->open || asks->tunnel || asks->excerpt || asks->meaning || asks->folder;
    w->idle = !any && !w->reading && !w->scout;
    pthread_mutex_unlock(&w->lock);
    return any;
}

static void
answer(struct worker *w, struct asks *asks)
{
    if (asks->open)
        open_case(w, asks->opening);
    if (asks->tunnel)
        answer_tunnel(w, asks->id, asks->attempt);
    if (asks->excerpt)
        answer_excerpt(w, asks);
    if (asks->meaning && w->reader)
        answer_meaning(w, asks->source, asks->line);
    if (asks->folder) {
        scout_free(w->scout);
        w->scout = scout_new(asks->folder, w->reader);
        publish(w, (struct news){.folder = scout_folder(w->scout)});
    }
    free(asks->near);
    free(asks->folder);
}

static void
look_at_folder(struct worker *w)
{
    bool more = scout_step(w->scout);
    if (!more || now_ms() - w->published > PUBLISH_MS) {
        publish(w, (struct news){.folder = scout_folder(w->scout)});
        w->published = now_ms();
    }
    if (more)
        return;
    scout_free(w->scout);
    w->scout = NULL;
}

// Sleeps until it is asked for something, or the source that is read has more.
static void
wait_for_work(struct worker *w, int fd)
{
    struct pollfd wanted[] = {{w->wake, POLLIN, 0}, {fd, POLLIN, 0}};
    int timeout = fd >= 0 && w->changed ? PUBLISH_MS : -1;
    if (poll(wanted, 2, timeout) > 0 && wanted[0].revents)
        drain_fd(w->wake);
}

static void
load_knowledge(struct worker *w)
{
    struct err e = {0};
    struct overlay overlay = {w->kb, true};
    w->knowledge = knowledge_load_builtin(&overlay, w->kb ? 1 : 0, &e);
    w->progress = (struct progress){0};
    if (w->knowledge) {
        struct diag_host host = {.self = w, .read = read_back};
        w->reader = diag_new(w->knowledge, &host);
    } else {
        memcpy(w->progress.problem, e.text, sizeof w->progress.problem);
    }
    publish(w, (struct news){0});
}

static void *
run(void *self)
{
    struct worker *w = self;
    load_knowledge(w);
    for (;;) {
        struct asks asks;
        bool asked = take_asks(w, &asks);
        if (asks.stop) {
            opening_free(asks.opening);
            free(asks.near);
            free(asks.folder);
            return NULL;
        }
        if (asked)
            answer(w, &asks);
        enum source_step step = SOURCE_WAIT;
        if (w->reading) {
            int64_t since = now_ms() - w->published;
            step = step_case(w);
            if (w->reading && since > PUBLISH_MS && since > COST_SHARE * w->cost &&
                (w->changed || step == SOURCE_WAIT))
                publish_view(w);
        } else if (w->scout) {
            look_at_folder(w);
            step = SOURCE_MORE;
        }
        if (!asked && step == SOURCE_WAIT)
            wait_for_work(w, w->reading ? book_fd(w->books[w->at]) : -1);
    }
}

struct worker *
worker_new(const char *kb, struct err *e)
{
    struct worker *w = mem_new(sizeof *w);
    pthread_mutex_init(&w->lock, NULL);
    w->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    w->ready = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    w->kb = kb ? strdup(kb) : NULL;
    w->progress.loading = w->news.progress.loading = true;
    int failed = w->wake < 0 || w->ready < 0 ? errno : pthread_create(&w->thread, NULL, run, w);
    if (!failed)
        return w;
    err_set(e, ERR_LIMIT, _("worker: cannot start the reading thread: %s"), strerror(failed));
    free(w->kb);
    free(w);
    return NULL;
}

void
worker_free(struct worker *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->asks.stop = true;
    pthread_mutex_unlock(&w->lock);
    signal_fd(w->wake);
    pthread_join(w->thread, NULL);
    news_release(&w->news);
    close_case(w);
    scout_free(w->scout);
    diag_free(w->reader);
    if (w->knowledge)
        knowledge_free(w->knowledge);
    buf_release(&w->problem);
    pthread_mutex_destroy(&w->lock);
    close(w->wake);
    close(w->ready);
    free(w->kb);
    free(w);
}

int
worker_fd(const struct worker *w)
{
    return w->ready;
}

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
    signal_fd(w->wake);
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
    signal_fd(w->wake);
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
    signal_fd(w->wake);
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
    signal_fd(w->wake);
}

static void
ask_folder(void *self, const char *path)
{
    struct worker *w = self;
    char *copy = strdup(path);
    pthread_mutex_lock(&w->lock);
    char *old = w->asks.folder;
    w->asks.folder = copy;
    w->idle = false;
    pthread_mutex_unlock(&w->lock);
    free(old);
    signal_fd(w->wake);
}

static bool
take_news(void *self, struct news *n)
{
    struct worker *w = self;
    drain_fd(w->ready);
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
                         .news = take_news};
}

bool
worker_settle(struct worker *w, int timeout)
{
    for (int waited = 0; waited <= timeout; waited++) {
        pthread_mutex_lock(&w->lock);
        bool idle = w->idle;
        pthread_mutex_unlock(&w->lock);
        if (idle)
            return true;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return false;
}
