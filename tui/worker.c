#include "tui/worker_inside.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "remote/secret.h"
#include "tui/casefile.h"
#include "tui/excerpt.h"
#include "tui/export.h"
#include "tui/meaning.h"
#include "tui/packwords.h"
#include "tui/recent.h"
#include "tui/scout.h"
#include "tui/words.h"

enum { PUBLISH_MS = 150, PULL_MS = 80, COST_SHARE = 5, FOLLOW_MS = 500 };

static int64_t
now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
worker_signal(int fd)
{
    uint64_t one = 1;
    ssize_t ignored = write(fd, &one, sizeof one);
    (void)ignored;
}

void
worker_drain(int fd)
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
    SWAP(exported)
    SWAP(recents)
    SWAP(pull)
#undef SWAP
    w->fresh = true;
    pthread_mutex_unlock(&w->lock);
    news_release(&old);
    worker_signal(w->ready);
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

// A report is given up for another one, or with the case.
static bool
is_put_off(void *self)
{
    struct worker *w = self;
    pthread_mutex_lock(&w->lock);
    bool asked = w->asks.stop || w->asks.open || w->asks.export;
    pthread_mutex_unlock(&w->lock);
    return asked;
}

// Ids of tunnels are other ones from now on.
static void
begin_case(struct worker *w)
{
    struct progress *p = &w->progress;
    *p = (struct progress){.reading = true, .epoch = p->epoch + 1, .looks = p->looks, .notices = p->notices};
    w->looking = w->noted = false;
    w->published = w->looked = now_ms();
    w->cost = 0;
}

static void
publish_view(struct worker *w)
{
    int64_t begun = now_ms();
    bool newest = w->progress.newest;
    struct view *view = casefile_view(w->file);
    casefile_progress(w->file, &w->progress);
    w->progress.epoch += newest && !w->progress.newest; // the whole case numbers its tunnels anew
    size_t tunnels = view ? view->row_count : 0, down = 0;
    for (size_t i = 0; i < tunnels; i++)
        down += view->rows[i].state == TUNNEL_DOWN;
    publish(w, (struct news){.view = view});
    w->published = now_ms();
    w->cost = w->published - begun;
    if (!w->remembers || w->noted || w->progress.reading || !tunnels)
        return;
    w->noted = true;
    recents_note(casefile_origin(w->file), tunnels, down, (int64_t)time(NULL));
    publish(w, (struct news){.recents = recents_read()});
}

// Takes o; NULL: nothing is open afterwards.
static void
open_case(struct worker *w, struct opening *o)
{
    pthread_mutex_lock(&w->lock);
    struct news stale = w->news;
    w->news = (struct news){.knowledge = stale.knowledge, .folder = stale.folder, .recents = stale.recents};
    pthread_mutex_unlock(&w->lock);
    stale.folder = NULL;
    stale.recents = NULL;
    news_release(&stale);
    casefile_close(w->file);
    w->file = NULL;
    if (!o || !w->knowledge) { // without knowledge progress says why
        opening_free(o);
        publish(w, (struct news){0});
        return;
    }
    w->file = casefile_open(o, w->knowledge);
    begin_case(w);
    publish_view(w);
}

static bool
is_reading(const struct worker *w)
{
    return w->file && casefile_is_reading(w->file);
}

// How the gateway is getting on, when that has changed.
static void
publish_pull(struct worker *w)
{
    struct source *s = w->file ? casefile_gateway(w->file) : NULL;
    bool soon = now_ms() - w->pulled < PULL_MS && is_reading(w);
    unsigned stamp = s ? casefile_stamp(w->file) : 0;
    if (!s || soon || stamp == w->pull_stamp)
        return;
    struct pull *p = casefile_pull(w->file);
    if (!p)
        return;
    w->pull_stamp = stamp;
    p->asking = source_question(s, &p->question);
    w->pulled = now_ms();
    publish(w, (struct news){.pull = p});
}

// Asks the files for lines that were added.
static void
look_again(struct worker *w, bool asked)
{
    struct buf told = {0};
    enum book_change change = w->file ? casefile_again(w->file, &told) : BOOK_SAME;
    w->looked = now_ms();
    w->looking = w->looking || asked;
    if (change == BOOK_LOST) {
        bool wanted = w->looking;
        w->file = casefile_anew(w->file);
        begin_case(w);
        w->looking = wanted;
        buf_add(&told, told.len ? str_of(_("; it is read anew from its beginning")) : STR(""));
    }
    if (told.len) {
        w->progress.notices++;
        snprintf(w->progress.notice, sizeof w->progress.notice, "%s", buf_cstr(&told));
    }
    if (change == BOOK_SAME && w->looking) {
        w->looking = false;
        w->progress.looks++;
        publish(w, (struct news){0});
    } else if (told.len) {
        publish(w, (struct news){0});
    }
    buf_release(&told);
}

// Reads on; true when more can be read at once.
static bool
read_on(struct worker *w)
{
    bool more = casefile_step(w->file);
    publish_pull(w);
    int64_t since = now_ms() - w->published;
    if (!is_reading(w) || (since > PUBLISH_MS && since > COST_SHARE * w->cost))
        publish_view(w);
    if (!is_reading(w) && w->looking)
        look_again(w, false); // a file may have been rotated behind what was added
    return more;
}

static void
answer_tunnel(struct worker *w, uint32_t id, int attempt)
{
    struct shot *shot = mem_new(sizeof *shot);
    shot->id = id;
    shot->attempt = attempt;
    shot->tunnel = w->file ? diag_tunnel(casefile_diag(w->file), id, attempt, &shot->arena) : NULL;
    if (w->file) {
        struct path *p = ARENA_NEW(&shot->arena, struct path);
        p->map = &w->knowledge->portmap;
        diag_path(casefile_diag(w->file), shot->tunnel, &shot->arena, p);
        shot->path = p;
    }
    publish(w, (struct news){.shot = shot});
}

// What reads single lines; NULL without knowledge.
static struct diag *
reader_of(struct worker *w)
{
    if (!w->reader && w->knowledge)
        w->reader = diag_new(w->knowledge, &(struct diag_host){0});
    return w->reader;
}

static void
answer_excerpt(struct worker *w, const struct asks *asks)
{
    struct book *b = w->file ? casefile_book(w->file, asks->piece.source) : NULL;
    struct excerpt *x;
    if (b) {
        x = excerpt_make(b, &asks->piece, reader_of(w), w->knowledge, is_interrupted, w);
    } else {
        x = mem_new(sizeof *x);
        *x = (struct excerpt){.serial = asks->piece.serial, .source = asks->piece.source};
    }
    if (x)
        publish(w, (struct news){.excerpt = x});
}

// Takes what was asked; true when something was.
static bool
take_asks(struct worker *w, struct asks *asks)
{
    pthread_mutex_lock(&w->lock);
    *asks = w->asks;
    w->asks = (struct asks){0};
    bool any = asks->stop || asks->open || asks->tunnel || asks->excerpt || asks->meaning || asks->folder ||
               asks->look || asks->export || asks->remember || asks->halt || asks->reply || asks->clock ||
               asks->probe;
    w->idle = !any && !is_reading(w) && !w->scout;
    pthread_mutex_unlock(&w->lock);
    return any;
}

static void
answer_gateway(struct worker *w, struct asks *asks)
{
    struct source *s = w->file && !asks->open ? casefile_gateway(w->file) : NULL;
    if (asks->reply && s)
        source_answer(s, &asks->answer);
    else if (asks->reply)
        source_answer_drop(&asks->answer);
    if (!asks->halt || asks->open || !w->file)
        return;
    if (casefile_probe_stop(w->file))
        publish_view(w);
    else if (s)
        source_stop(s);
}

// Told at once, so that it can be stopped at once.
static void
begin_probe(struct worker *w, const char *address)
{
    if (!casefile_probe(w->file, address)) {
        w->progress.notices++;
        snprintf(w->progress.notice, sizeof w->progress.notice, "%s",
                 _("There are too many sources already to ask for one more."));
    }
    publish_view(w);
}

static void
answer(struct worker *w, struct asks *asks)
{
    if (asks->remember) {
        w->remembers = true;
        publish(w, (struct news){.recents = recents_read()});
    }
    if (asks->open)
        open_case(w, asks->opening);
    answer_gateway(w, asks);
    if (asks->look)
        look_again(w, true);
    if (asks->clock && w->file) {
        casefile_clock(w->file, asks->clock_known, asks->offset);
        publish_view(w);
    }
    if (asks->tunnel)
        answer_tunnel(w, asks->id, asks->attempt);
    if (asks->excerpt)
        answer_excerpt(w, asks);
    struct book *book = w->file ? casefile_book(w->file, asks->source) : NULL;
    if (asks->meaning && book)
        publish(w, (struct news){
                       .meaning = meaning_make(reader_of(w), w->knowledge, book, asks->source, asks->line)});
    if (asks->folder) {
        scout_free(w->scout);
        w->scout = scout_new(asks->folder, reader_of(w));
        publish(w, (struct news){.folder = scout_folder(w->scout)});
    }
    if (asks->probe && w->file)
        begin_probe(w, asks->probe);
    if (asks->export)
        publish(w, (struct news){.exported = export_make(w->file, &asks->paper, is_put_off, w)});
    free(asks->near);
    free(asks->folder);
    free(asks->probe);
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

// Follows what is open; true when lines were added.
static bool
follow_on(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    bool following = w->following;
    pthread_mutex_unlock(&w->lock);
    if (!following || !w->file || now_ms() - w->looked < FOLLOW_MS)
        return false;
    look_again(w, false);
    return is_reading(w);
}

// Sleeps until it is asked for something, or the source that is read has more.
static void
wait_for_work(struct worker *w)
{
    bool reading = is_reading(w);
    pthread_mutex_lock(&w->lock);
    int pause = reading ? PUBLISH_MS : w->following && w->file ? FOLLOW_MS : -1;
    pthread_mutex_unlock(&w->lock);
    struct pollfd wanted[] = {{w->wake, POLLIN, 0}, {reading ? casefile_fd(w->file) : -1, POLLIN, 0}};
    if (poll(wanted, 2, pause) > 0 && wanted[0].revents)
        worker_drain(w->wake);
}

static void
load_knowledge(struct worker *w)
{
    struct err e = {0};
    w->knowledge = packwords_load(w->kb, NULL, &e);
    w->progress = (struct progress){0};
    if (!w->knowledge)
        memcpy(w->progress.problem, e.text, sizeof w->progress.problem);
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
            if (asks.reply)
                source_answer_drop(&asks.answer);
            free(asks.near);
            free(asks.folder);
            free(asks.probe);
            return NULL;
        }
        if (asked)
            answer(w, &asks);
        bool more = asked;
        if (is_reading(w)) {
            more |= read_on(w);
        } else if (w->scout) {
            look_at_folder(w);
            more = true;
        } else {
            more |= follow_on(w);
        }
        if (!more)
            wait_for_work(w);
    }
}

struct worker *
worker_new(const char *kb, struct err *e)
{
    struct worker *w = mem_new(sizeof *w);
    pthread_mutex_init(&w->lock, NULL);
    w->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    w->ready = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    w->kb = kb ? mem_text(kb) : NULL;
    w->progress.loading = w->news.progress.loading = true;
    if (w->wake >= 0 && w->ready >= 0)
        return w;
    err_set(e, ERR_LIMIT, _("worker: cannot start the reading thread: %s"), strerror(errno));
    worker_free(w);
    return NULL;
}

bool
worker_start(struct worker *w, struct err *e)
{
    int failed = pthread_create(&w->thread, NULL, run, w);
    w->started = !failed;
    return w->started ||
           err_set(e, ERR_LIMIT, _("worker: cannot start the reading thread: %s"), strerror(failed));
}

void
worker_free(struct worker *w)
{
    if (!w)
        return;
    if (w->started) {
        pthread_mutex_lock(&w->lock);
        w->asks.stop = true;
        pthread_mutex_unlock(&w->lock);
        worker_signal(w->wake);
        pthread_join(w->thread, NULL);
    }
    news_release(&w->news);
    casefile_close(w->file);
    scout_free(w->scout);
    diag_free(w->reader);
    secret_forget(NULL);
    if (w->knowledge)
        knowledge_free(w->knowledge);
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
