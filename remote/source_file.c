#include "diag/arena.h"
#include "remote/rows.h"
#include "remote/source_ops.h"
#include "remote/spool.h"
#include "remote/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BLOCK = 256 * 1024, // read at once; stays in the second-level cache while it is parsed
    STAGES = 10,        // unpacking, another encoding, records, and each of what rows takes off
    TAIL = 64,          // last bytes read of a plain file, to notice that it was overwritten
    NAME_SHOWN = 160,
};

// One way of bytes on top of another: unpacking, recoding.
struct stage {
    struct unpack *unpack;
    struct buf first; // what was read to find out that it is needed
    char *out;
};

struct source_file {
    struct source base;
    const struct source_limits *limits;
    char shown[NAME_SHOWN]; // the name as errors say it
    int fd;
    bool regular;
    struct stat opened;
    uint64_t start; // where standard input stood when it is a file
    uint64_t taken; // raw bytes
    uint64_t text;  // bytes handed over
    char *raw;
    char tail[TAIL];
    size_t tail_len;
    struct buf head;    // bytes of the topmost stage whose form is not known yet
    bool known;         // it is
    enum rows_form off; // what rows took off last
    bool records;       // the topmost stage makes lines of records: a log, whatever it looks like
    struct stage stages[STAGES];
    int levels;
    struct spool spool;
    enum source_step over; // SOURCE_DONE or SOURCE_FAILED once it was said, else SOURCE_MORE
    struct err failure;    // what SOURCE_FAILED said
};

static struct source_file *
file_of(struct source *s)
{
    return (struct source_file *)(void *)s;
}

static enum source_step
fail(struct source_file *f, struct err *e, enum err_kind kind, const char *why)
{
    err_set(e, kind, "%s: %s", f->shown, err_say(why));
    return SOURCE_FAILED;
}

static enum source_step
fail_errno(struct source_file *f, struct err *e, int number)
{
    char why[128];
    err_set(e, ERR_IO, "%s: cannot read on behind byte %llu: %s. What was read before stays", f->shown,
            (unsigned long long)f->taken, strerror_r(number, why, sizeof why));
    return SOURCE_FAILED;
}

// False when what was read last no longer stands where it was read: cut and grown again, or written over.
static bool
tail_is_same(const struct source_file *f)
{
    char now[TAIL];
    int failed;
    size_t count = spool_pread(f->fd, f->start + f->taken - f->tail_len, now, f->tail_len, &failed);
    return count == f->tail_len && memcmp(now, f->tail, count) == 0;
}

static enum source_step
pull_regular(struct source_file *f, struct str *bytes, struct err *e)
{
    int failed;
    size_t count = spool_pread(f->fd, f->start + f->taken, f->raw, BLOCK, &failed);
    struct stat now;
    if (count) {
        f->tail_len = count < TAIL ? count : TAIL;
        memcpy(f->tail, f->raw + count - f->tail_len, f->tail_len);
        *bytes = (struct str){f->raw, count};
        return SOURCE_MORE;
    }
    if (failed)
        return fail_errno(f, e, failed);
    if (fstat(f->fd, &now) == 0 && (uint64_t)now.st_size < f->start + f->taken && f->opened.st_size > 0) {
        err_set(e, ERR_IO,
                "%s: cannot read on: it was cut to %llu bytes while it was read. The first %llu bytes stay; "
                "open it anew",
                f->shown, (unsigned long long)now.st_size, (unsigned long long)f->taken);
        return SOURCE_FAILED;
    }
    if (f->opened.st_size > 0 && !tail_is_same(f))
        return fail(
            f, e, ERR_IO,
            ERR_SAY(
                "cannot read on: it was overwritten while it was read. What was read stays; open it anew"));
    return SOURCE_DONE;
}

// Pipes and terminals keep their flags, for others may hold them too: poll says whether a read would wait.
static enum source_step
pull_stream(struct source_file *f, struct str *bytes, struct err *e)
{
    struct pollfd ready = {.fd = f->fd, .events = POLLIN};
    int count = poll(&ready, 1, 0);
    if (count == 0 || (count < 0 && errno == EINTR))
        return SOURCE_WAIT;
    ssize_t got = count < 0 ? -1 : read(f->fd, f->raw, BLOCK);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN ? SOURCE_WAIT : fail_errno(f, e, errno);
    *bytes = (struct str){f->raw, (size_t)got};
    return got ? SOURCE_MORE : SOURCE_DONE;
}

// The next bytes at a level: 0 is the file itself, each stage lies one higher. An answer of SOURCE_MORE
// without bytes means that a block went in and nothing came out yet.
static enum source_step
pull(struct source_file *f, int level, struct str *bytes, struct err *e)
{
    *bytes = STR_NONE;
    if (level == 0) {
        enum source_step step = f->regular ? pull_regular(f, bytes, e) : pull_stream(f, bytes, e);
        f->taken += bytes->len;
        return step;
    }
    struct stage *stage = &f->stages[level - 1];
    for (bool fed = false;;) {
        size_t got;
        struct err why;
        switch (unpack_get(stage->unpack, stage->out, BLOCK, &got, &why)) {
        case UNPACK_MORE:
            *bytes = (struct str){stage->out, got};
            return SOURCE_MORE;
        case UNPACK_DONE:
            return SOURCE_DONE;
        case UNPACK_DAMAGED:
            return fail(f, e, ERR_PARSE, why.text);
        case UNPACK_HUNGRY:
            break;
        }
        if (fed)
            return SOURCE_MORE;
        struct str below;
        enum source_step step = pull(f, level - 1, &below, e);
        if (step == SOURCE_WAIT || step == SOURCE_FAILED)
            return step;
        unpack_put(stage->unpack, below, step == SOURCE_DONE);
        fed = step == SOURCE_MORE;
    }
}

static bool
add_stage(struct source_file *f, enum unpack_form form, struct err *e)
{
    if (f->levels && (unpack_is_packed(form) || f->levels == STAGES))
        return err_set(e, ERR_PARSE,
                       "%s: cannot read what is packed twice (%s inside). Unpack it once and name the result",
                       f->shown, unpack_name(form));
    struct stage *stage = &f->stages[f->levels];
    struct err why;
    stage->unpack = unpack_new(form, &why);
    if (!stage->unpack)
        return err_set(e, why.kind, "%s: %s", f->shown, why.text);
    f->levels++;
    stage->out = mem_new(BLOCK);
    stage->first = f->head;
    f->head = (struct buf){0};
    unpack_put(stage->unpack, buf_str(&stage->first), false);
    return true;
}

// What the first bytes are at the level that was reached.
static enum unpack_form
form_of(const struct source_file *f, bool last, const char **why)
{
    enum unpack_form form = f->records ? UNPACK_PLAIN : unpack_detect(buf_str(&f->head), last, why);
    if (form != UNPACK_PLAIN)
        return form;
    enum rows_form rows = rows_detect(buf_str(&f->head), last, f->off);
    return rows == ROWS_UNSURE ? UNPACK_UNSURE
           : rows == ROWS_NONE ? UNPACK_PLAIN
                               : (enum unpack_form)(rows - ROWS_CODES + UNPACK_CODES);
}

// Finds out what the bytes are, as deep as they are wrapped; then f->head holds the first text.
static enum source_step
find_out(struct source_file *f, struct err *e)
{
    while (!f->known) {
        struct str bytes;
        struct err later; // a failure behind the first bytes is told when they were handed over
        enum source_step step = pull(f, f->levels, &bytes, &later);
        if (step == SOURCE_WAIT)
            return step;
        if (step == SOURCE_FAILED && f->head.len == 0) {
            *e = later;
            return step;
        }
        buf_add(&f->head, bytes);
        if (step == SOURCE_MORE && f->head.len == 0)
            return step;
        const char *why = NULL;
        enum unpack_form form = form_of(f, step != SOURCE_MORE, &why);
        if (form == UNPACK_REFUSED) {
            err_set(e, ERR_PARSE, "%s: cannot read it as a log: %s", f->shown, err_say(why));
            return SOURCE_FAILED;
        }
        f->known = form == UNPACK_PLAIN;
        f->records |= form >= UNPACK_JSON && form <= UNPACK_FIELDS;
        if (form >= UNPACK_CODES && form <= UNPACK_FIELDS)
            f->off = (enum rows_form)(form - UNPACK_CODES + ROWS_CODES);
        if (form != UNPACK_PLAIN && form != UNPACK_UNSURE && !add_stage(f, form, e))
            return SOURCE_FAILED;
    }
    return SOURCE_MORE;
}

static bool
is_spooled(const struct source_file *f)
{
    return !f->regular || f->levels > 0;
}

static bool
within_limits(const struct source_file *f, struct err *e)
{
    const struct source_limits *most = f->limits;
    bool spooled = is_spooled(f);
    uint64_t bytes = spooled ? most->spooled : most->plain;
    if (f->text >= bytes)
        return err_set(
            e, ERR_LIMIT,
            spooled ? ERR_SAY("%s: cannot read more than %llu bytes of a pipe or a packed log. What came "
                              "before was read; split the log to read on")
                    : ERR_SAY("%s: cannot read more than %llu bytes of one log. What came before was read; "
                              "split the log to read on"),
            f->shown, (unsigned long long)bytes);
    if (f->levels && f->text >= most->ratio_from && f->text / most->ratio > f->taken)
        return err_set(e, ERR_LIMIT,
                       "%s: cannot trust it: it unpacks to more than %llu times its size. What came before "
                       "was read; unpack it by hand to read on",
                       f->shown, (unsigned long long)most->ratio);
    return true;
}

static enum source_step
next_block(struct source_file *f, struct str *block, struct err *e)
{
    if (!within_limits(f, e))
        return SOURCE_FAILED;
    if (!f->known) {
        enum source_step step = find_out(f, e);
        if (!f->known)
            return step;
        *block = buf_str(&f->head);
        if (block->len == 0)
            return SOURCE_MORE;
    } else {
        buf_release(&f->head);
        enum source_step step = pull(f, f->levels, block, e);
        if (step != SOURCE_MORE || block->len == 0)
            return step;
    }
    if (is_spooled(f)) {
        struct err why;
        if ((f->spool.fd < 0 && !spool_open(&f->spool, &why)) || !spool_add(&f->spool, *block, &why)) {
            *block = STR_NONE;
            return fail(f, e, why.kind, why.text);
        }
    }
    f->text += block->len;
    return SOURCE_MORE;
}

static enum source_step
file_step(struct source *s, struct str *block, struct err *e)
{
    struct source_file *f = file_of(s);
    if (f->over == SOURCE_MORE) {
        enum source_step step = next_block(f, block, &f->failure);
        if (step == SOURCE_MORE || step == SOURCE_WAIT)
            return step;
        f->over = step;
    }
    if (f->over == SOURCE_FAILED)
        *e = f->failure;
    return f->over;
}

static int
file_fd(const struct source *s)
{
    const struct source_file *f = (const struct source_file *)(const void *)s;
    return f->regular ? -1 : f->fd;
}

static size_t
file_read(struct source *s, uint64_t offset, char *into, size_t want)
{
    struct source_file *f = file_of(s);
    int failed;
    if (is_spooled(f))
        return f->spool.fd < 0 ? 0 : spool_read(&f->spool, offset, into, want);
    return spool_pread(f->fd, f->start + offset, into, want, &failed);
}

static void
file_progress(const struct source *s, uint64_t *taken, uint64_t *total)
{
    const struct source_file *f = (const struct source_file *)(const void *)s;
    uint64_t size = f->regular && f->opened.st_size > 0 ? (uint64_t)f->opened.st_size - f->start : 0;
    *taken = f->taken;
    *total = size > f->taken || !size ? size : f->taken;
}

// The file under the name is another one, or none: what happened to it.
static enum source_step
look_at_name(struct source_file *f, struct err *e)
{
    struct stat named;
    if (stat(f->base.name, &named) != 0)
        return fail(f, e, ERR_IO,
                    errno == ENOENT ? ERR_SAY("the file was removed. What was read stays")
                                    : ERR_SAY("the name can no longer be looked up. What was read stays"));
    if (S_ISDIR(named.st_mode))
        return fail(f, e, ERR_IO, ERR_SAY("a directory stands in its place now. What was read stays"));
    if (named.st_ino != f->opened.st_ino || named.st_dev != f->opened.st_dev)
        return fail(f, e, ERR_IO, ERR_SAY("a new file stands in its place (rotated). What was read stays"));
    return SOURCE_DONE;
}

// What was read is not there any more.
static enum source_step
lose(struct source_file *f, struct err *e, const char *why)
{
    f->base.lost = true;
    return fail(f, e, ERR_IO, why);
}

static enum source_step
file_again(struct source *s, struct err *e)
{
    struct source_file *f = file_of(s);
    struct stat now;
    if (!f->regular || f->over != SOURCE_DONE)
        return f->over == SOURCE_MORE ? SOURCE_MORE : SOURCE_DONE;
    if (fstat(f->fd, &now) != 0)
        return fail_errno(f, e, errno);
    uint64_t size = (uint64_t)now.st_size, read = f->start + f->taken;
    if (size < read)
        return lose(f, e, "the file was cut shorter");
    if (!tail_is_same(f))
        return lose(f, e, "the file was overwritten");
    if (size > read && f->levels)
        return lose(f, e, "the packed file has grown");
    if (size > read) {
        f->opened.st_size = now.st_size;
        f->over = SOURCE_MORE;
        return SOURCE_MORE;
    }
    return strcmp(f->base.name, "-") == 0 ? SOURCE_DONE : look_at_name(f, e);
}

static void
file_close(struct source *s)
{
    struct source_file *f = file_of(s);
    for (int i = 0; i < STAGES; i++) {
        unpack_free(f->stages[i].unpack);
        buf_release(&f->stages[i].first);
        free(f->stages[i].out);
    }
    buf_release(&f->head);
    spool_close(&f->spool);
    free(f->raw);
    if (f->fd >= 0)
        close(f->fd);
    free(f);
}

static const struct source_ops file_ops = {
    .step = file_step,
    .fd = file_fd,
    .read = file_read,
    .progress = file_progress,
    .again = file_again,
    .close = file_close,
};

// Nothing but files, pipes and what standard input was given; the sentence says what it is instead.
static bool
check_type(const struct source_file *f, bool standard, struct err *e)
{
    mode_t mode = f->opened.st_mode;
    const char *what = S_ISDIR(mode)                 ? ERR_SAY("it is a directory. Name a file in it")
                       : S_ISBLK(mode)               ? ERR_SAY("it is a disk, not a log file")
                       : S_ISCHR(mode) && !standard  ? ERR_SAY("it is a device, not a log file")
                       : S_ISSOCK(mode) && !standard ? ERR_SAY("it is a socket, not a log file")
                                                     : NULL;
    return what ? err_set(e, ERR_IO, "%s: cannot read it as a log: %s", f->shown, err_say(what)) : true;
}

// Who may read it, and how it is read all the same.
static void
say_rights(const char *path, char *text, size_t size)
{
    const char *way = err_say("\"sudo cat FILE | ikewalk -\" reads it with root's rights");
    struct stat st;
    struct passwd user, *owner = NULL;
    struct group members, *group = NULL;
    char names[2][2048];
    if (stat(path, &st) != 0) {
        snprintf(text, size, err_say(". One of its folders may not be entered. %s"), way);
        return;
    }
    if (getpwuid_r(st.st_uid, &user, names[0], sizeof names[0], &owner) != 0)
        owner = NULL;
    const char *whose = owner ? owner->pw_name : err_say("somebody else");
    if (st.st_mode & S_IRGRP && getgrgid_r(st.st_gid, &members, names[1], sizeof names[1], &group) == 0 &&
        group)
        snprintf(text, size, err_say(". It belongs to %.64s, and the group %.64s may read it. %s"), whose,
                 members.gr_name, way);
    else
        snprintf(text, size, err_say(". It belongs to %.64s. %s"), whose, way);
}

static bool
open_it(struct source_file *f, bool standard, struct err *e)
{
    f->fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                     : open(f->base.name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (f->fd < 0 || fstat(f->fd, &f->opened) != 0) {
        char why[128];
        int number = errno;
        if (number == ENXIO)
            return err_set(e, ERR_IO, "%s: cannot read it as a log: it is a socket, not a log file",
                           f->shown);
        char rights[384];
        if (number == EACCES)
            say_rights(f->base.name, rights, sizeof rights);
        const char *next = number == EACCES   ? rights
                           : number == ENOENT ? ERR_SAY(". Check the name and the folder")
                           : number == EBADF
                               ? ERR_SAY(". Standard input is closed: name a file, or pipe a log in")
                               : "";
        return err_set(e, ERR_IO, "%s: cannot open: %s%s", f->shown, strerror_r(number, why, sizeof why),
                       err_say(next));
    }
    if (!check_type(f, standard, e))
        return false;
    f->regular = S_ISREG(f->opened.st_mode);
    off_t start = f->regular && standard ? lseek(f->fd, 0, SEEK_CUR) : 0;
    f->start = start > 0 ? (uint64_t)start : 0;
    return true;
}

struct source *
source_file_open(const char *name, const struct source_limits *limits, struct err *e)
{
    bool standard = strcmp(name, "-") == 0;
    struct source_file *f = mem_new(sizeof *f);
    size_t length = strlen(name);
    f->base = (struct source){.ops = &file_ops, .kind = standard ? "stdin" : "file", .name = mem_text(name)};
    f->limits = limits;
    f->spool.fd = -1;
    f->over = SOURCE_MORE;
    if (standard)
        snprintf(f->shown, sizeof f->shown, "standard input");
    else if (length < sizeof f->shown)
        memcpy(f->shown, name, length);
    else
        snprintf(f->shown, sizeof f->shown, "...%s", name + length - (sizeof f->shown - 4));
    if (!open_it(f, standard, e)) {
        source_close(&f->base);
        return NULL;
    }
    f->raw = mem_new(BLOCK);
    return &f->base;
}
