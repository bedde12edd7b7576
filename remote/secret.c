#include "remote/secret.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

struct secret {
    size_t length;
    char text[SECRET_MOST + 1];
};

void
secret_guard(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

struct secret *
secret_new(void)
{
    secret_guard();
    void *page =
        mmap(NULL, sizeof(struct secret), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return NULL;
    madvise(page, sizeof(struct secret), MADV_DONTDUMP);
    mlock(page, sizeof(struct secret)); // as far as the limits of this user allow
    return page;
}

void
secret_free(struct secret *s)
{
    if (!s)
        return;
    explicit_bzero(s, sizeof *s);
    munmap(s, sizeof *s);
}

bool
secret_add(struct secret *s, struct str bytes)
{
    if (bytes.len > SECRET_MOST - s->length)
        return false;
    memcpy(s->text + s->length, bytes.at, bytes.len);
    s->length += bytes.len;
    return true;
}

void
secret_shorten(struct secret *s)
{
    while (s->length && (s->text[s->length - 1] & 0xC0) == 0x80)
        s->text[--s->length] = '\0';
    if (s->length)
        s->text[--s->length] = '\0';
}

void
secret_clear(struct secret *s)
{
    explicit_bzero(s, sizeof *s);
}

size_t
secret_length(const struct secret *s)
{
    return s->length;
}

const char *
secret_text(const struct secret *s)
{
    return s->text;
}

enum { KEPT_MOST = 32 };

static struct {
    pthread_mutex_t lock;
    struct {
        char *whose;
        struct secret *secret;
    } at[KEPT_MOST];
    size_t count;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

// Under the lock; count when it is not kept.
static size_t
find(const char *whose)
{
    size_t i = 0;
    while (i < kept.count && strcmp(kept.at[i].whose, whose) != 0)
        i++;
    return i;
}

// Under the lock.
static void
drop(size_t i)
{
    secret_free(kept.at[i].secret);
    free(kept.at[i].whose);
    kept.at[i] = kept.at[--kept.count];
}

void
secret_keep(const char *whose, struct secret *s)
{
    char *name = s ? strdup(whose) : NULL;
    pthread_mutex_lock(&kept.lock);
    size_t i = find(whose);
    if (i < kept.count)
        drop(i);
    bool room = name && kept.count < KEPT_MOST;
    if (room) {
        kept.at[kept.count].whose = name;
        kept.at[kept.count++].secret = s;
    }
    pthread_mutex_unlock(&kept.lock);
    if (room)
        return;
    free(name);
    secret_free(s);
}

struct secret *
secret_kept(const char *whose)
{
    pthread_mutex_lock(&kept.lock);
    size_t i = find(whose);
    struct secret *copy = i < kept.count ? secret_new() : NULL;
    if (copy)
        *copy = *kept.at[i].secret;
    pthread_mutex_unlock(&kept.lock);
    return copy;
}

void
secret_forget(const char *whose)
{
    pthread_mutex_lock(&kept.lock);
    for (size_t i = kept.count; i-- > 0;)
        if (!whose || strcmp(kept.at[i].whose, whose) == 0)
            drop(i);
    pthread_mutex_unlock(&kept.lock);
}
