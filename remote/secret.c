#include "remote/secret.h"

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

void
secret_add(struct secret *s, struct str bytes)
{
    if (bytes.len > SECRET_MOST - s->length)
        return;
    memcpy(s->text + s->length, bytes.at, bytes.len);
    s->length += bytes.len;
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
