#include "diag/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

struct arena_block {
    struct arena_block *older;
    size_t used, room;
    max_align_t bytes[];
};

enum { ARENA_LEAST = 4 * 1024, ARENA_BLOCK = 64 * 1024, ARENA_LARGE = 8 * MEM_HUGE };

void (*mem_exhausted)(void);

static void *
no_memory(void)
{
    if (mem_exhausted)
        mem_exhausted();
    abort();
}

size_t
mem_product(size_t a, size_t b)
{
    size_t product;
    if (__builtin_mul_overflow(a, b, &product))
        no_memory();
    return product;
}

void *
mem_new(size_t size)
{
    if (size >= MEM_HUGE && size % MEM_HUGE == 0)
        return memset(mem_aligned(MEM_HUGE, size), 0, size);
    void *memory = calloc(1, size ? size : 1);
    return memory ? memory : no_memory();
}

void *
mem_resize(void *old, size_t size)
{
    void *memory = realloc(old, size ? size : 1);
    return memory ? memory : no_memory();
}

char *
mem_text(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(mem_resize(NULL, size), text, size);
}

void *
mem_aligned(size_t alignment, size_t size)
{
    bool huge = size % MEM_HUGE == 0;
    void *memory = aligned_alloc(huge ? MEM_HUGE : alignment, size);
    if (!memory)
        return no_memory();
    if (huge)
        madvise(memory, size, MADV_HUGEPAGE); // a wish: what is refused is memory all the same
    return memory;
}

static void *
take(struct arena *a, size_t size)
{
    const size_t step = sizeof(max_align_t);
    if (size > SIZE_MAX - 2 * step - sizeof(struct arena_block))
        return no_memory();
    size = (size + step - 1) / step * step;
    if (!a->newest || a->newest->room - a->newest->used < size) {
        struct arena_block *block;
        size_t room = a->used < ARENA_LEAST   ? ARENA_LEAST
                      : a->used < ARENA_BLOCK ? a->used
                      : a->used < ARENA_LARGE ? ARENA_BLOCK
                                              : MEM_HUGE - sizeof *block;
        room = size > room ? size : room;
        block = room + sizeof *block == MEM_HUGE ? mem_aligned(MEM_HUGE, MEM_HUGE)
                                                 : mem_resize(NULL, sizeof *block + room);
        block->used = 0;
        block->room = room;
        block->older = a->newest;
        a->newest = block;
    }
    void *memory = (char *)a->newest->bytes + a->newest->used;
    a->newest->used += size;
    a->used += size;
    return memory;
}

void *
arena_take(struct arena *a, size_t size)
{
    return memset(take(a, size), 0, size);
}

struct str
arena_str(struct arena *a, struct str s)
{
    if (!s.len)
        return STR("");
    char *copy = take(a, s.len + 1);
    memcpy(copy, s.at, s.len);
    copy[s.len] = '\0';
    return (struct str){copy, s.len};
}

struct str
arena_strf(struct arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t len = need > 0 ? (size_t)need : 0;
    char *text = take(a, len + 1);
    text[0] = '\0';
    vsnprintf(text, len + 1, format, again);
    va_end(again);
    return (struct str){text, len};
}

void
arena_release(struct arena *a)
{
    for (struct arena_block *block = a->newest, *older; block; block = older) {
        older = block->older;
        free(block);
    }
    *a = (struct arena){0};
}

void
arena_clear(struct arena *a)
{
    struct arena_block *keep = a->newest;
    if (!keep)
        return;
    struct arena older = {.newest = keep->older};
    arena_release(&older);
    keep->used = 0;
    keep->older = NULL;
    a->used = keep->room; // a block that is wanted next is as large at least
}
