// Memory that is only ever handed forward and freed at once, and the one place that notices there is none
// left. Three lives use it: the knowledge, the case, one judgement.
#ifndef IKEWALK_DIAG_ARENA_H
#define IKEWALK_DIAG_ARENA_H

#include "diag/str.h"

struct arena_block;
// {0} is an empty arena.
struct arena {
    struct arena_block *newest;
    size_t used; // bytes handed out, for the memory figures
};

// Zeroed memory, aligned for any type; borrowed from the arena until arena_release.
void *arena_take(struct arena *a, size_t size);
#define ARENA_NEW(a, type) ((type *)arena_take((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_take((a), mem_product((count), sizeof(type))))
// A copy of s in the arena, with a NUL behind it that len does not count.
struct str arena_str(struct arena *a, struct str s);
struct str arena_strf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_release(struct arena *a);
// Frees all but one block, which is used again: for a life that comes thousands of times.
void arena_clear(struct arena *a);

// Heap memory that is never NULL: when there is none left, mem_exhausted is called, which must not return.
// main sets it to a function that puts the terminal back, says so and ends; without one the process aborts.
extern void (*mem_exhausted)(void);
void *mem_new(size_t size); // zeroed; gives, free() it
void *mem_resize(void *old, size_t size);
char *mem_text(const char *text);                 // a copy
void *mem_aligned(size_t alignment, size_t size); // not zeroed; size is a multiple of alignment
// mem_new and mem_aligned give what is a multiple of this in huge pages, where the kernel has them (man 2
// madvise): with many tunnels it takes time to find the pages of tables and negotiations.
enum { MEM_HUGE = 2 * 1024 * 1024 };
// a*b; on overflow the memory counts as exhausted.
size_t mem_product(size_t a, size_t b);

#endif
