#include "tui/newest.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "diag/line.h"
#include "remote/ending.h"

#define NEWEST_FROM (UINT64_C(16) * 1024 * 1024) // a smaller log is read at once

struct newest {
    struct buf bytes;
    struct diag *diag;
    struct view *view;
};

static size_t
read_back(void *self, int source, uint64_t offset, char *into, size_t want)
{
    struct newest *n = self;
    (void)source;
    struct str rest = offset < n->bytes.len ? str_from(buf_str(&n->bytes), (size_t)offset) : STR_NONE;
    if (want > rest.len)
        want = rest.len;
    if (want)
        memcpy(into, rest.at, want);
    return want;
}

// How much of the set stands before its last file.
static uint64_t
bytes_before(const struct opening *o)
{
    uint64_t sum = 0;
    struct stat about;
    for (size_t i = 0; i + 1 < o->count; i++)
        if (stat(o->parts[i], &about) == 0)
            sum += (uint64_t)about.st_size;
    return sum;
}

struct newest *
newest_new(const struct opening *o, const struct knowledge *knowledge)
{
    if (o->count == 0 || o->text.at || (o->apart && o->count > 1))
        return NULL;
    uint64_t before = bytes_before(o);
    struct newest *n = mem_new(sizeof *n);
    struct diag_host host = {.self = n, .read = read_back};
    if (ending_read(o->parts[o->count - 1], before < NEWEST_FROM ? NEWEST_FROM - before : 0, &n->bytes)) {
        n->diag = diag_new(knowledge, &host);
        diag_uncounted(n->diag);
        if (o->format)
            diag_format(n->diag, str_of(o->format));
        if (o->since != LINE_NO_TIME)
            diag_since(n->diag, o->since);
        int source = diag_source(n->diag, str_of(o->title), STR("file"));
        diag_feed(n->diag, source, n->bytes.at, n->bytes.len);
        diag_source_end(n->diag, source, true, STR_NONE);
        n->view = diag_view(n->diag);
    }
    if (n->view && n->view->row_count)
        return n;
    newest_free(n);
    return NULL;
}

void
newest_free(struct newest *n)
{
    if (!n)
        return;
    view_free(n->view);
    diag_free(n->diag);
    buf_release(&n->bytes);
    free(n);
}

struct diag *
newest_diag(struct newest *n)
{
    return n->diag;
}

struct view *
newest_view(struct newest *n)
{
    struct view *v = n->view;
    n->view = NULL;
    return v;
}
