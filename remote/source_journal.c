// The systemd journal, of this machine or a journal file, as lines of text in the form of `journalctl -o
// short-iso-precise`. What was read is spooled, so that lines can be quoted again.
#include "diag/arena.h"
#include "remote/source_ops.h"
#include "remote/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-journal.h>
#include <time.h>
#include <unistd.h>

enum { ENTRIES_A_STEP = 500 };

struct source_journal {
    struct source source;
    sd_journal *journal;
    struct spool spool;
    struct buf block;
    bool at_entry; // source_again stands on one that was not read yet
};

static void
add_stamp(struct buf *out, uint64_t microseconds)
{
    time_t seconds = (time_t)(microseconds / 1000000);
    struct tm t;
    char text[40], zone[8];
    localtime_r(&seconds, &t);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &t);
    strftime(zone, sizeof zone, "%z", &t);
    buf_addf(out, "%s.%06u%s", text, (unsigned)(microseconds % 1000000), zone);
}

// The value of a field of this entry; borrowed until the next call on the journal.
static struct str
field(sd_journal *j, const char *name)
{
    const void *data;
    size_t length;
    if (sd_journal_get_data(j, name, &data, &length) < 0)
        return STR_NONE;
    return str_from((struct str){data, length}, strlen(name) + 1);
}

// What a daemon with threads keeps apart from its text, as its plain lines have it in front.
static void
add_speaker(struct buf *out, sd_journal *j)
{
    size_t before = out->len;
    struct str thread = field(j, "THREAD");
    buf_addf(out, "%s%.*s[", thread.len < 2 ? "0" : "", STR_ARG(thread));
    bool speaks = thread.len > 0;
    struct str group = field(j, "GROUP");
    buf_addf(out, "%.*s] ", STR_ARG(group));
    if (!speaks || !group.len) {
        out->len = before;
        return;
    }
    before = out->len;
    struct str name = field(j, "IKE_SA_NAME");
    buf_addf(out, "<%.*s%s", STR_ARG(name), name.len ? "|" : "");
    struct str unique = field(j, "IKE_SA_UNIQUE_ID");
    buf_addf(out, "%.*s> ", STR_ARG(unique));
    if (!unique.len)
        out->len = before;
}

static void
add_head(struct buf *out, sd_journal *j)
{
    uint64_t moment = 0;
    sd_journal_get_realtime_usec(j, &moment);
    add_stamp(out, moment);
    struct str host = field(j, "_HOSTNAME");
    buf_addf(out, " %.*s ", STR_ARG(host.len ? host : STR("localhost")));
    struct str name = field(j, "SYSLOG_IDENTIFIER");
    if (!name.len)
        name = field(j, "_COMM");
    buf_addf(out, "%.*s", STR_ARG(name.len ? name : STR("unknown")));
    struct str pid = field(j, "_PID");
    if (!pid.len)
        pid = field(j, "SYSLOG_PID");
    if (pid.len)
        buf_addf(out, "[%.*s]", STR_ARG(pid));
    buf_add(out, STR(": "));
    add_speaker(out, j);
}

// A message of several lines becomes several lines with the same head.
static void
add_entry(struct source_journal *s)
{
    struct buf head = {0};
    add_head(&head, s->journal);
    struct str rest = field(s->journal, "MESSAGE");
    do {
        size_t end = str_find(rest, STR("\n"));
        buf_add(&s->block, buf_str(&head));
        if (rest.len) // an entry may have no text
            buf_add(&s->block, (struct str){rest.at, end});
        buf_add_char(&s->block, '\n');
        rest = str_from(rest, end + 1);
    } while (rest.len);
    buf_release(&head);
}

static enum source_step
step(struct source *base, struct str *block, struct err *e)
{
    struct source_journal *s = (struct source_journal *)base;
    buf_clear(&s->block);
    int more = 1;
    for (int i = 0; i < ENTRIES_A_STEP && more > 0; i++) {
        if (!s->at_entry)
            more = sd_journal_next(s->journal);
        s->at_entry = false;
        if (more > 0)
            add_entry(s);
    }
    if (more < 0) {
        err_set(e, ERR_IO, "%.200s: cannot read on: %s", base->name, strerror(-more));
        return SOURCE_FAILED;
    }
    if (s->block.len && !spool_add(&s->spool, buf_str(&s->block), e))
        return SOURCE_FAILED;
    *block = buf_str(&s->block);
    return s->block.len ? SOURCE_MORE : SOURCE_DONE;
}

static size_t
read_back(struct source *base, uint64_t offset, char *into, size_t want)
{
    return spool_read(&((struct source_journal *)base)->spool, offset, into, want);
}

static void
progress(const struct source *base, uint64_t *taken, uint64_t *total)
{
    *taken = ((const struct source_journal *)base)->spool.size;
    *total = 0;
}

static enum source_step
again(struct source *base, struct err *e)
{
    struct source_journal *s = (struct source_journal *)base;
    int failed = sd_journal_process(s->journal);
    int more = failed < 0 ? failed : sd_journal_next(s->journal);
    if (more < 0) {
        err_set(e, ERR_IO, "%.200s: cannot read on: %s", base->name, strerror(-more));
        return SOURCE_FAILED;
    }
    s->at_entry = more > 0;
    return more > 0 ? SOURCE_MORE : SOURCE_DONE;
}

static void
shut(struct source *base)
{
    struct source_journal *s = (struct source_journal *)base;
    sd_journal_close(s->journal);
    spool_close(&s->spool);
    buf_release(&s->block);
    free(s);
}

static const struct source_ops journal_ops = {
    .step = step, .read = read_back, .progress = progress, .again = again, .close = shut};

static int
match(sd_journal *j, const char *name, struct str value, const char *ending)
{
    struct buf text = {0};
    buf_addf(&text, "%s=%.*s%s", name, STR_ARG(value), ending);
    int failed = sd_journal_add_match(j, text.at, text.len);
    buf_release(&text);
    return failed;
}

// One unit, or without one whoever speaks IKE by the name that it logs under.
static int
choose_entries(sd_journal *j, struct str unit, const struct source_options *options)
{
    int failed = 0;
    if (unit.len)
        return match(j, "_SYSTEMD_UNIT", unit, memchr(unit.at, '.', unit.len) ? "" : ".service");
    for (size_t i = 0; i < options->speaker_count && failed >= 0; i++)
        failed = match(j, "SYSLOG_IDENTIFIER", options->speakers[i], "");
    return failed;
}

static int
go_to_start(sd_journal *j, const struct source_options *options)
{
    return options->since > 0 ? sd_journal_seek_realtime_usec(j, (uint64_t)options->since * 1000000)
                              : sd_journal_seek_head(j);
}

// Why a journal that opens has nothing to read.
static bool
can_be_read(sd_journal *j, const char *name, struct err *e)
{
    if (sd_journal_has_persistent_files(j) > 0 || sd_journal_has_runtime_files(j) > 0)
        return true;
    if (geteuid() != 0)
        return err_set(
            e, ERR_IO,
            "%.100s: cannot read the journal: this account may not, or there is none; become root, or "
            "join the group systemd-journal",
            name);
    return err_set(
        e, ERR_IO,
        "%.100s: cannot read the journal: this machine keeps none; look for a log file below /var/log", name);
}

struct source *
source_journal_open(const char *name, const char *path, const struct source_options *options, struct err *e)
{
    struct source_journal *s = mem_new(sizeof *s);
    s->spool.fd = -1;
    const char *const files[] = {path, NULL};
    int failed = path ? sd_journal_open_files(&s->journal, (const char **)files, 0)
                      : sd_journal_open(&s->journal, SD_JOURNAL_LOCAL_ONLY);
    const char *colon = path ? NULL : strchr(name, ':');
    struct str unit = str_of(colon ? colon + 1 : "");
    if (failed >= 0)
        failed = choose_entries(s->journal, unit, options);
    if (failed >= 0)
        failed =
            sd_journal_get_fd(s->journal) < 0 ? 0 : failed; // so that sd_journal_process sees what is new
    if (failed >= 0)
        failed = go_to_start(s->journal, options);
    bool good = failed >= 0;
    const char *called = strcmp(name, "journal:") == 0 ? "journal" : name; // in a sentence
    if (!good)
        path ? err_set(
                   e, ERR_IO,
                   "%.200s: cannot open the journal: %s; journalctl --file FILE --verify says what is wrong "
                   "with it",
                   name, strerror(-failed))
             : err_set(e, ERR_IO, "%.200s: cannot open the journal: %s", called, strerror(-failed));
    good = good && (path || can_be_read(s->journal, called, e)) && spool_open(&s->spool, e);
    if (!good) {
        sd_journal_close(s->journal);
        free(s);
        return NULL;
    }
    s->source = (struct source){.ops = &journal_ops, .kind = "journal", .name = mem_text(name)};
    return &s->source;
}
