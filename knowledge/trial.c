#include "knowledge/trial.h"

#include "knowledge/embed.h"

static size_t
read_log(void *self, int source, uint64_t offset, char *into, size_t want)
{
    const struct trial *t = self;
    struct str bytes = t->bytes[source];
    if (offset >= bytes.len)
        return 0;
    size_t left = bytes.len - (size_t)offset;
    size_t count = want < left ? want : left;
    memcpy(into, bytes.at + offset, count);
    return count;
}

bool
trial_log(struct str name, struct str *log)
{
    for (size_t i = 0; i < embedded_log_count; i++)
        if (str_eq(name, str_of(embedded_logs[i].name))) {
            *log = (struct str){embedded_logs[i].at, embedded_logs[i].len};
            return true;
        }
    return false;
}

static void
feed(struct trial *t, struct str bytes, const char *kind, int end)
{
    if (!bytes.len)
        return;
    int source = diag_source(t->diag, STR("log"), str_of(kind));
    t->bytes[source] = bytes;
    if (end)
        diag_source_of_end(t->diag, source, end);
    diag_feed(t->diag, source, bytes.at, bytes.len);
    diag_source_end(t->diag, source, true, STR_NONE);
}

void
trial_run(struct trial *t, const struct knowledge *k, const struct trial_texts *texts, struct str tunnel,
          bool no_traffic)
{
    *t = (struct trial){.log = texts->log};
    struct diag_host host = {.self = t, .read = read_log};
    t->diag = diag_new(k, &host);
    feed(t, texts->log, "file", 0);
    feed(t, texts->state, "status", 0);
    feed(t, texts->capture, "capture", 0);
    feed(t, texts->peer_log, "file", 1);
    if (no_traffic)
        diag_tell_no_traffic(t->diag);
    t->view = diag_view(t->diag);
    // Rows are sorted worst first.
    for (size_t i = 0; i < t->view->row_count && !t->row; i++)
        if (tunnel.len == 0 || str_eq(t->view->rows[i].name, tunnel))
            t->row = &t->view->rows[i];
    t->tunnel = t->row ? diag_tunnel(t->diag, t->row->id, -1, &t->arena) : NULL;
}

void
trial_end(struct trial *t)
{
    arena_release(&t->arena);
    view_free(t->view);
    diag_free(t->diag);
    *t = (struct trial){0};
}

struct str
trial_line(struct str log, uint64_t number)
{
    struct str rest = log;
    for (uint64_t n = 1; rest.len; n++) {
        size_t end = str_find(rest, STR("\n"));
        if (n == number) {
            struct str line = {rest.at, end};
            if (line.len && line.at[line.len - 1] == '\r')
                line.len--;
            return line;
        }
        rest = str_from(rest, end + 1);
    }
    return STR_NONE;
}
