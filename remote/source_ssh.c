#include "remote/source_ssh.h"

#include "diag/arena.h"
#include "remote/secret.h"
#include "remote/ssh_config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024, STATUS_PAUSE = 4 };

struct source_ssh {
    struct source base;
    struct gate *gate;
    struct stream *stream;
    char *block;
};

static struct source_ssh *
ssh_of(const struct source *s)
{
    return (struct source_ssh *)(uintptr_t)s;
}

int64_t
gate_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

double
gate_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

bool
gate_over(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    bool over = g->cancel || g->stop;
    pthread_mutex_unlock(&g->lock);
    return over;
}

bool
gate_cancelled(struct gate *g, struct err *e)
{
    return err_set(e, ERR_CANCEL, "%s: reading was stopped. What came before stays", g->shown);
}

void
gate_signal(struct gate *g)
{
    uint64_t one = 1;
    ssize_t ignored = write(g->ready, &one, sizeof one);
    (void)ignored;
}

static void
touch(struct gate *g)
{
    g->pull.serial++;
    gate_signal(g);
}

size_t
gate_stage(struct gate *g, enum source_stage_kind kind, const char *command)
{
    pthread_mutex_lock(&g->lock);
    size_t at = g->pull.stage_count < SOURCE_STAGES ? g->pull.stage_count++ : SOURCE_STAGES - 1;
    struct source_stage *s = &g->pull.stages[at];
    *s = (struct source_stage){.kind = kind, .state = STAGE_TO_COME};
    snprintf(s->command, sizeof s->command, "%s", command);
    touch(g);
    pthread_mutex_unlock(&g->lock);
    return at;
}

size_t
gate_row(struct gate *g, size_t *row, enum source_stage_kind kind)
{
    if (!*row)
        *row = gate_stage(g, kind, "") + 1;
    return *row - 1;
}

void
gate_stage_set(struct gate *g, size_t at, enum source_stage_state state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    pthread_mutex_lock(&g->lock);
    struct source_stage *s = &g->pull.stages[at];
    s->state = state;
    vsnprintf(s->detail, sizeof s->detail, format, args);
    touch(g);
    pthread_mutex_unlock(&g->lock);
    va_end(args);
}

void
gate_stage_bytes(struct gate *g, size_t at, uint64_t bytes, double seconds)
{
    pthread_mutex_lock(&g->lock);
    g->pull.stages[at].bytes = bytes;
    g->pull.stages[at].seconds = seconds;
    g->pull.serial++;
    pthread_mutex_unlock(&g->lock);
}

void
gate_note(struct gate *g, struct str sentence)
{
    pthread_mutex_lock(&g->lock);
    size_t have = strlen(g->pull.notes), room = sizeof g->pull.notes - 1 - have;
    size_t take = sentence.len < room ? sentence.len : room;
    while (take < sentence.len && take && (sentence.at[take] & 0xc0) == 0x80) // between two characters
        take--;
    if (take)
        memcpy(g->pull.notes + have, sentence.at, take);
    g->pull.notes[have + take] = '\0';
    touch(g);
    pthread_mutex_unlock(&g->lock);
}

bool
gate_ask(struct gate *g, struct source_question *q, struct source_answer *answer)
{
    static atomic_uint questions; // of all gateways: two may ask one after the other
    pthread_mutex_lock(&g->lock);
    q->serial = ++questions;
    g->question = *q;
    g->asking = true;
    g->answered = false;
    int64_t asked = gate_now();
    touch(g);
    while (!g->answered && !g->cancel && !g->stop)
        pthread_cond_wait(&g->changed, &g->lock);
    g->asking = false;
    g->until += g->until ? gate_now() - asked : 0;
    pthread_cond_broadcast(&g->changed);
    bool good = g->answered;
    *answer = good ? g->answer : (struct source_answer){0};
    g->answered = false;
    g->answer = (struct source_answer){0};
    touch(g);
    pthread_mutex_unlock(&g->lock);
    return good;
}

void
gate_wake(struct gate *g, size_t slot, int fd)
{
    int copy = fd < 0 ? -1 : dup(fd);
    pthread_mutex_lock(&g->lock);
    int old = g->wake[slot];
    g->wake[slot] = copy;
    if (copy >= 0 && (g->cancel || g->stop))
        shutdown(copy, SHUT_RDWR);
    pthread_mutex_unlock(&g->lock);
    if (old >= 0)
        close(old);
}

struct stream *
gate_stream(struct gate *g, const char *kind, const char *name)
{
    pthread_mutex_lock(&g->lock);
    struct stream *s = g->stream_count < GATE_STREAMS ? &g->streams[g->stream_count] : NULL;
    if (s) {
        *s = (struct stream){.kind = kind, .name = mem_text(name), .spool.fd = -1, .over = SOURCE_MORE};
        g->stream_count++;
    }
    pthread_mutex_unlock(&g->lock);
    return s;
}

bool
gate_add(struct gate *g, struct stream *s, struct str bytes, struct err *e)
{
    struct err why = {0};
    if (s->size + bytes.len > SOURCE_SPOOLED_MOST)
        return err_set(e, ERR_LIMIT,
                       "%s: cannot read more than %llu bytes of one gateway. What came before stays",
                       g->shown, (unsigned long long)SOURCE_SPOOLED_MOST);
    if ((s->spool.fd < 0 && !spool_open(&s->spool, &why)) || !spool_add(&s->spool, bytes, &why))
        return err_set(e, why.kind, "%s: %.400s", g->shown, why.text);
    pthread_mutex_lock(&g->lock);
    s->size += bytes.len;
    gate_signal(g);
    pthread_mutex_unlock(&g->lock);
    return true;
}

void
gate_end(struct gate *g, struct stream *s, const struct err *failure)
{
    pthread_mutex_lock(&g->lock);
    s->over = failure ? SOURCE_FAILED : SOURCE_DONE;
    s->failure = failure ? *failure : (struct err){0};
    s->ended = gate_now();
    touch(g);
    pthread_mutex_unlock(&g->lock);
}

// Under the lock: a question stands. One that was answered is over before the thread has woken up.
static bool
open_question(const struct gate *g)
{
    return g->asking && !g->answered;
}

static enum source_step
ssh_step(struct source *base, struct str *block, struct err *e)
{
    struct source_ssh *s = ssh_of(base);
    struct gate *g = s->gate;
    uint64_t count;
    ssize_t ignored = read(g->ready, &count, sizeof count);
    (void)ignored;
    pthread_mutex_lock(&g->lock);
    struct stream *t = s->stream;
    uint64_t left = t->size - t->read;
    enum source_step step = left                     ? SOURCE_MORE
                            : t->over != SOURCE_MORE ? t->over
                            : open_question(g)       ? SOURCE_ASK
                                                     : SOURCE_WAIT;
    if (step == SOURCE_FAILED)
        *e = t->failure;
    pthread_mutex_unlock(&g->lock);
    if (step != SOURCE_MORE)
        return step;
    size_t got = spool_read(&t->spool, t->read, s->block, left < BLOCK ? (size_t)left : BLOCK);
    if (!got) {
        err_set(e, ERR_IO, "%s: cannot read its temporary file back", g->shown);
        return SOURCE_FAILED;
    }
    t->read += got; // only readers touch it, and they are one thread
    *block = (struct str){s->block, got};
    return SOURCE_MORE;
}

static int
ssh_fd(const struct source *base)
{
    return ssh_of(base)->gate->ready;
}

static size_t
ssh_read(struct source *base, uint64_t offset, char *into, size_t want)
{
    struct stream *t = ssh_of(base)->stream;
    return t->spool.fd < 0 || offset >= t->read ? 0 : spool_read(&t->spool, offset, into, want);
}

static void
ssh_progress(const struct source *base, uint64_t *taken, uint64_t *total)
{
    *taken = ssh_of(base)->stream->read;
    *total = 0;
}

static enum source_step
ssh_again(struct source *base, struct err *e)
{
    struct source_ssh *s = ssh_of(base);
    struct gate *g = s->gate;
    struct stream *t = s->stream;
    (void)e;
    pthread_mutex_lock(&g->lock);
    bool log = t == &g->streams[0];
    int64_t pause = SOURCE_PAUSE * (log ? 1 : STATUS_PAUSE) * 1000;
    bool wanted = t->over == SOURCE_MORE || gate_now() - t->ended >= pause;
    if (wanted && t->over != SOURCE_MORE) {
        t->over = SOURCE_MORE;
        t->wanted = true;
        g->stop = false;
        pthread_cond_broadcast(&g->changed);
    }
    pthread_mutex_unlock(&g->lock);
    return wanted ? SOURCE_MORE : SOURCE_DONE;
}

void
gate_wake_all(struct gate *g)
{
    for (size_t i = 0; i < GATE_WAKES; i++)
        if (g->wake[i] >= 0)
            shutdown(g->wake[i], SHUT_RDWR);
    pthread_cond_broadcast(&g->changed);
}

static void
ssh_stop(struct source *base)
{
    struct gate *g = ssh_of(base)->gate;
    pthread_mutex_lock(&g->lock);
    g->stop = true;
    gate_wake_all(g);
    pthread_mutex_unlock(&g->lock);
}

static void
gate_free(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->cancel = true;
    gate_wake_all(g);
    pthread_mutex_unlock(&g->lock);
    if (g->started)
        pthread_join(g->thread, NULL);
    pthread_mutex_lock(&g->lock);
    bool watched = g->watched;
    g->watched = false;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
    if (watched)
        pthread_join(g->watch, NULL);
    source_answer_drop(&g->answer);
    for (size_t i = 0; i < g->stream_count; i++) {
        free(g->streams[i].name);
        spool_close(&g->streams[i].spool);
    }
    for (size_t i = 0; i < GATE_WAKES; i++)
        if (g->wake[i] >= 0)
            close(g->wake[i]);
    if (g->ready >= 0)
        close(g->ready);
    pthread_mutex_destroy(&g->lock);
    pthread_cond_destroy(&g->changed);
    buf_release(&g->notes);
    buf_release(&g->seen);
    free(g->known_hosts);
    free(g->wish_platform);
    free(g->wish_log);
    free(g);
}

static void
ssh_close(struct source *base)
{
    struct source_ssh *s = ssh_of(base);
    struct gate *g = s->gate;
    pthread_mutex_lock(&g->lock);
    bool last = --g->handles == 0;
    pthread_mutex_unlock(&g->lock);
    if (last)
        gate_free(g);
    free(s->block);
    free(s);
}

static bool
ssh_question(const struct source *base, struct source_question *q)
{
    struct gate *g = ssh_of(base)->gate;
    pthread_mutex_lock(&g->lock);
    bool asking = open_question(g);
    if (asking)
        *q = g->question;
    pthread_mutex_unlock(&g->lock);
    return asking;
}

static void
ssh_answer(struct source *base, const struct source_answer *answer)
{
    struct gate *g = ssh_of(base)->gate;
    pthread_mutex_lock(&g->lock);
    bool fits = open_question(g) && answer->serial == g->question.serial;
    if (fits) {
        g->answer = *answer;
        g->answered = true;
        pthread_cond_broadcast(&g->changed);
    }
    pthread_mutex_unlock(&g->lock);
    if (!fits)
        source_answer_drop(answer);
}

static bool
ssh_pull(const struct source *base, struct source_pull *p, unsigned *serial)
{
    struct gate *g = ssh_of(base)->gate;
    pthread_mutex_lock(&g->lock);
    *serial = g->pull.serial;
    if (p)
        *p = g->pull;
    pthread_mutex_unlock(&g->lock);
    return true;
}

static struct source *ssh_beside(struct source *base, struct err *e);

static const struct source_ops ssh_ops = {
    .step = ssh_step,
    .fd = ssh_fd,
    .read = ssh_read,
    .progress = ssh_progress,
    .again = ssh_again,
    .close = ssh_close,
    .stop = ssh_stop,
    .beside = ssh_beside,
    .question = ssh_question,
    .answer = ssh_answer,
    .pull = ssh_pull,
};

static struct source *
handle_new(struct gate *g, struct stream *t)
{
    struct source_ssh *s = mem_new(sizeof *s);
    s->base = (struct source){.ops = &ssh_ops, .kind = t->kind, .name = mem_text(t->name)};
    s->gate = g;
    s->stream = t;
    s->block = mem_new(BLOCK);
    g->handles++;
    return &s->base;
}

static struct source *
ssh_beside(struct source *base, struct err *e)
{
    struct gate *g = ssh_of(base)->gate;
    struct source *s = NULL;
    (void)e;
    pthread_mutex_lock(&g->lock);
    if (g->planned && g->handed < g->stream_count)
        s = handle_new(g, &g->streams[g->handed++]);
    pthread_mutex_unlock(&g->lock);
    return s;
}

// The fields of a profile or a URL, then ~/.ssh/config, then the user's own name.
static void
complete(struct gateway *hop, struct buf *notes)
{
    const char *user = getenv("USER");
    ssh_config_of_user(hop, notes);
    if (!*hop->user && user && *user)
        snprintf(hop->user, sizeof hop->user, "%s", user);
    if (!*hop->user && geteuid() == 0)
        memcpy(hop->user, "root", sizeof "root");
    if (!*hop->port)
        memcpy(hop->port, "22", sizeof "22");
}

// The hosts to go through, from the nearest on; each may have its own entry in ~/.ssh/config.
static bool
find_way(struct gate *g, struct gateway *target, struct err *e)
{
    complete(target, &g->notes);
    for (struct str rest = str_of(target->jump); rest.len;) {
        size_t end = str_find(rest, STR(","));
        struct gateway *hop = &g->hops[g->hop_count++];
        if (g->hop_count == GATE_HOPS)
            return err_set(e, ERR_USAGE, "%s: cannot go there: more than %d hosts in between", g->shown,
                           GATE_HOPS - 1);
        if (!gateway_parse_host((struct str){rest.at, end}, "jump", hop, e))
            return false;
        complete(hop, &g->notes);
        if (!*hop->identity)
            memcpy(hop->identity, target->identity, sizeof hop->identity);
        rest = str_from(rest, end + 1);
    }
    g->hops[g->hop_count++] = *target;
    struct buf where = {0};
    buf_addf(&where, "%s@%s:%s", target->user, target->host, target->port);
    if (*target->jump)
        buf_addf(&where, err_say(", by way of %s"), target->jump);
    g->pull.between = g->hop_count - 1;
    snprintf(g->pull.where, sizeof g->pull.where, "%s", buf_cstr(&where));
    buf_release(&where);
    return gateway_sound(target, e);
}

static bool
find_target(const char *name, const struct source_options *o, struct gateway *target, struct err *e)
{
    if (*name != '@') {
        if (!gateway_parse(name, target, e))
            return false;
    } else {
        struct buf path = {0};
        struct gateways all = {0};
        bool good = gateways_path(&path, e) && gateways_read(buf_cstr(&path), &all, e);
        const struct gateway *found = good ? gateways_find(&all, name + 1) : NULL;
        if (good && !found)
            err_set(e, ERR_USAGE, "%.80s: cannot find this gateway: %.300s has none of that name", name,
                    buf_cstr(&path));
        if (found)
            *target = *found;
        gateways_release(&all);
        buf_release(&path);
        if (!found)
            return false;
    }
    const struct {
        const char *value;
        char *into;
        size_t room;
    } given[] = {{o->identity, target->identity, sizeof target->identity},
                 {o->jump, target->jump, sizeof target->jump},
                 {o->platform, target->platform, sizeof target->platform}};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (given[i].value &&
            (size_t)snprintf(given[i].into, given[i].room, "%s", given[i].value) >= given[i].room)
            return err_set(e, ERR_USAGE, "%.80s: cannot use an option: its value is too long", name);
    if (!*target->name)
        snprintf(target->name, sizeof target->name, "%.64s", target->host);
    return true;
}

static struct gate *
gate_new(const struct source_options *o)
{
    struct gate *g = mem_new(sizeof *g);
    pthread_mutex_init(&g->lock, NULL);
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&g->changed, &clock);
    pthread_condattr_destroy(&clock);
    for (size_t i = 0; i < GATE_WAKES; i++)
        g->wake[i] = -1;
    g->ready = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    const char *home = getenv("HOME");
    struct buf known = {0};
    buf_addf(&known, "%s/.ssh/known_hosts", home ? home : "");
    g->only_known = o->known_hosts != NULL;
    g->known_hosts = mem_text(o->known_hosts ? o->known_hosts : buf_cstr(&known));
    buf_release(&known);
    g->timeout = (o->timeout > 0 ? o->timeout : SOURCE_SILENCE) * 1000;
    g->batch = o->batch;
    g->keeps = o->keeps;
    g->wish.since = o->since;
    g->wish.whole = o->whole;
    g->wish.seconds = 2 * g->timeout / 1000;
    return g;
}

struct source *
source_ssh_open(const char *name, const struct source_options *o, struct err *e)
{
    struct gateway target = {0};
    struct gate *g = gate_new(o);
    snprintf(g->shown, sizeof g->shown, "%.90s", name);
    bool good = g->ready >= 0 || err_set(e, ERR_LIMIT, "%s: cannot read: no descriptors are left", g->shown);
    good = good && find_target(name, o, &target, e) && find_way(g, &target, e);
    if (good) {
        g->wish.only_log = *name != '@' && *target.log;
        g->wish.sudo = strcmp(target.sudo, "yes") == 0;
        g->wish.platform = g->wish_platform = *target.platform ? mem_text(target.platform) : NULL;
        g->wish.log = g->wish_log = *target.log ? mem_text(target.log) : NULL;
        snprintf(g->pull.legacy, sizeof g->pull.legacy, "%.199s", target.legacy);
        gate_note(g, buf_str(&g->notes));
        gate_stream(g, "ssh", name);
        g->handed = 1;
        g->watched = true;
        int failed = pthread_create(&g->watch, NULL, gate_watch, g);
        if (failed)
            g->watched = false;
        failed = failed ? failed : pthread_create(&g->thread, NULL, gate_run, g);
        g->started = good = failed == 0;
        if (failed)
            err_set(e, ERR_LIMIT, "%s: cannot start a thread for it: %s", g->shown, strerror(failed));
    }
    if (good)
        return handle_new(g, &g->streams[0]);
    gate_free(g);
    return NULL;
}
