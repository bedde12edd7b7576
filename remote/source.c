#include "remote/source.h"

#include "remote/secret.h"
#include "remote/source_ops.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const struct source_limits source_limits = {
    .plain = SOURCE_PLAIN_MOST,
    .spooled = SOURCE_SPOOLED_MOST,
    .ratio = SOURCE_RATIO_MOST,
    .ratio_from = SOURCE_RATIO_FROM,
};

#ifdef HAVE_JOURNAL
// Journal files begin with these eight bytes.
static bool
is_journal_file(const char *path)
{
    char start[8];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool is =
        fd >= 0 && pread(fd, start, sizeof start, 0) == sizeof start && memcmp(start, "LPKSHHRH", 8) == 0;
    if (fd >= 0)
        close(fd);
    return is;
}
#endif

bool
source_is_gateway(const char *name)
{
    return *name == '@' || str_starts(str_of(name), STR("ssh://"));
}

struct source *
source_open(const char *name, const struct source_options *options, struct err *e)
{
    struct str whole = str_of(name);
    bool there = access(name, F_OK) == 0;
    // Only a regular file is opened to be looked at: a FIFO opened and closed would lose its writer.
    struct stat st;
    bool regular = stat(name, &st) == 0 && S_ISREG(st.st_mode);
    static const struct source_options usual = {0};
    options = options ? options : &usual;
    if (!there && source_is_gateway(name))
        return source_ssh_open(name, options, e);
    if (options->sends && str_starts(whole, STR(SOURCE_PROBE)))
        return source_probe_open(name, e);
    bool journal = !there && str_starts(whole, STR("journal:"));
#ifdef HAVE_JOURNAL
    if (journal || (regular && is_journal_file(name)))
        return source_journal_open(name, journal ? NULL : name, options, e);
#else
    if (journal) {
        err_set(e, ERR_USAGE,
                "%.100s: cannot read the journal: this build was made without it. Pipe it in: journalctl -o "
                "short-precise | ikewalk check -",
                name);
        return NULL;
    }
#endif
    if (regular && strcmp(name, "-") != 0 && source_capture_is(name))
        return source_capture_open(name, e);
    return source_file_open(name, &source_limits, e);
}

void
source_close(struct source *s)
{
    if (!s)
        return;
    char *name = s->name;
    s->ops->close(s);
    free(name);
}

const char *
source_name(const struct source *s)
{
    return s->name;
}

const char *
source_kind(const struct source *s)
{
    return s->kind;
}

enum source_step
source_step(struct source *s, struct str *block, struct err *e)
{
    *block = STR_NONE;
    return s->ops->step(s, block, e);
}

int
source_fd(const struct source *s)
{
    return s->ops->fd ? s->ops->fd(s) : -1;
}

size_t
source_read(struct source *s, uint64_t offset, char *into, size_t want)
{
    return s->ops->read(s, offset, into, want);
}

void
source_progress(const struct source *s, uint64_t *taken, uint64_t *total)
{
    s->ops->progress(s, taken, total);
}

enum source_step
source_again(struct source *s, struct err *e)
{
    return s->ops->again ? s->ops->again(s, e) : SOURCE_DONE;
}

bool
source_is_lost(const struct source *s)
{
    return s->lost;
}

void
source_stop(struct source *s)
{
    if (s->ops->stop)
        s->ops->stop(s);
}

struct source *
source_beside(struct source *s, struct err *e)
{
    return s->ops->beside ? s->ops->beside(s, e) : NULL;
}

bool
source_question(const struct source *s, struct source_question *q)
{
    return s->ops->question && s->ops->question(s, q);
}

void
source_answer(struct source *s, const struct source_answer *answer)
{
    if (s->ops->answer)
        s->ops->answer(s, answer);
    else
        source_answer_drop(answer);
}

void
source_answer_drop(const struct source_answer *answer)
{
    for (size_t i = 0; i < SOURCE_PROMPTS; i++)
        secret_free(answer->secrets[i]);
}

bool
source_pull(const struct source *s, struct source_pull *p, unsigned *serial)
{
    return s->ops->pull && s->ops->pull(s, p, serial);
}
