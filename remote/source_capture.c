// A capture as a source: its text are the lines of remote/capture.h, kept in a spool so that they can be read
// a second time.
#include "remote/capture.h"
#include "remote/source_ops.h"
#include "remote/spool.h"

#include "diag/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct source_capture {
    struct source base;
    struct capture *capture;
    struct spool spool;
    struct buf lines;
    uint64_t taken, total;
    int fd; // of the file, to ask how far it was read
    bool over;
    struct err why; // how it ended
};

bool
source_capture_is(const char *name)
{
    char head[16];
    struct stat st;
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return false;
    ssize_t got = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? pread(fd, head, sizeof head, 0) : -1;
    close(fd);
    return got > 0 && capture_begins((struct str){head, (size_t)got});
}

static enum source_step
step(struct source *base, struct str *block, struct err *e)
{
    struct source_capture *s = (struct source_capture *)base;
    if (s->over) {
        *e = s->why;
        return s->why.kind ? SOURCE_FAILED : SOURCE_DONE;
    }
    buf_clear(&s->lines);
    s->over = !capture_step(s->capture, &s->lines, &s->why);
    off_t at = lseek(s->fd, 0, SEEK_CUR);
    s->taken = s->over ? s->total : at > 0 ? (uint64_t)at : 0;
    if (!spool_add(&s->spool, buf_str(&s->lines), e))
        return SOURCE_FAILED;
    *block = buf_str(&s->lines);
    return SOURCE_MORE;
}

static size_t
read_text(struct source *base, uint64_t offset, char *into, size_t want)
{
    return spool_read(&((struct source_capture *)base)->spool, offset, into, want);
}

static void
progress(const struct source *base, uint64_t *taken, uint64_t *total)
{
    const struct source_capture *s = (const struct source_capture *)base;
    *taken = s->taken;
    *total = s->total;
}

static void
close_it(struct source *base)
{
    struct source_capture *s = (struct source_capture *)base;
    capture_close(s->capture);
    spool_close(&s->spool);
    buf_release(&s->lines);
    free(s);
}

static const struct source_ops capture_ops = {
    .step = step, .read = read_text, .progress = progress, .close = close_it};

struct source *
source_capture_open(const char *name, struct err *e)
{
    struct source_capture *s = mem_new(sizeof *s);
    struct stat st;
    s->base = (struct source){.ops = &capture_ops, .kind = "capture", .name = mem_text(name)};
    s->spool.fd = -1;
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");
    if (file && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        s->fd = fd;
        s->total = (uint64_t)st.st_size;
        s->capture = capture_open(file, name, e);
    } else {
        err_set(e, ERR_IO, "%.200s: cannot open: %s", name, strerror(errno));
        if (file)
            fclose(file);
        else if (fd >= 0)
            close(fd);
    }
    if (s->capture && spool_open(&s->spool, e))
        return &s->base;
    source_close(&s->base);
    return NULL;
}
