// Any bytes as a log, from its first line to the report: nothing breaks, every line is counted, every proof
// lies in its line, the report is JSON, and feeding the log in blocks of any size gives the same report. The
// first byte of the input chooses the blocks, the second what the operator said.
#include "diag/diag.h"
#include "diag/report.h"
#include "knowledge/load.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void
must(bool held)
{
    if (!held)
        abort();
}

// Loaded once: the packs are the same for every input.
static const struct knowledge *
knowledge(void)
{
    static struct knowledge *k;
    struct err e = {0};
    if (!k)
        k = knowledge_load_builtin(NULL, 0, &e);
    must(k != NULL);
    return k;
}

static size_t
read_log(void *self, int source, uint64_t offset, char *into, size_t want)
{
    (void)source;
    struct str log = str_from(*(struct str *)self, (size_t)offset);
    size_t got = log.len < want ? log.len : want;
    if (got)
        memcpy(into, log.at, got);
    return got;
}

static void
hear(void *self, struct str sentence)
{
    (void)self;
    must(sentence.len > 0);
}

static void
feed(struct diag *d, int source, struct str log, bool whole, uint32_t cuts)
{
    for (size_t done = 0; done < log.len;) {
        cuts = cuts * 1664525u + 1013904223u;
        size_t block = whole ? log.len : (cuts >> 16) % 97;
        if (block > log.len - done)
            block = log.len - done;
        // A copy of its own, so that a look behind the block shows.
        char *copy = malloc(block ? block : 1);
        must(copy != NULL);
        memcpy(copy, log.at + done, block);
        diag_feed(d, source, copy, block);
        free(copy);
        done += block;
    }
    diag_source_end(d, source, true, STR_NONE);
}

static void
look_at(const struct tunnel_view *t)
{
    must(t->attempt_count == 0 || t->attempt < t->attempt_count);
    must(t->row.verdict.checkpoint <= CP_NONE && t->row.name.len > 0);
    for (int c = 0; c < CP_COUNT; c++) {
        const struct rung *r = &t->ladder[c];
        must(r->state < ST_COUNT && r->basis < BASIS_COUNT);
        for (size_t i = 0; i < r->proof_count; i++)
            must(r->proofs[i].line > 0 && r->proofs[i].count > 0 &&
                 r->proofs[i].body <= r->proofs[i].text.len);
        for (size_t i = 0; i < r->value_count; i++)
            must(r->values[i].count > 0 && r->values[i].proof < (int)r->proof_count);
    }
    for (size_t i = 0; i < t->finding_count; i++)
        must(t->findings[i].title.len > 0 && t->findings[i].attempts > 0);
}

// The report's writers have one self; the buffer stands beside the diagnosis.
struct writer {
    struct diag *diag;
    struct buf json;
};

static const struct tunnel_view *
writer_give(void *self, uint32_t id, struct arena *arena)
{
    const struct tunnel_view *t = diag_tunnel(((struct writer *)self)->diag, id, -1, arena);
    must(t != NULL);
    look_at(t);
    for (size_t i = 0; i < t->attempt_count; i++)
        look_at(diag_tunnel(((struct writer *)self)->diag, id, (int)i, arena));
    return t;
}

static bool
writer_take(void *self, struct str bytes, struct err *e)
{
    (void)e;
    must(bytes.len > 0);
    buf_add(&((struct writer *)self)->json, bytes);
    return true;
}

static void
count_lines(const struct view *v)
{
    const struct source_view *s = &v->sources[0];
    must(s->recognised + s->not_understood + s->other <= s->lines);
    uint64_t lines = 0;
    for (size_t i = 0; i < v->row_count; i++)
        lines += v->rows[i].lines;
    must(lines <= 2 * s->recognised + v->row_count);
}

static struct buf
report(struct str log, bool whole, uint8_t cuts, uint8_t said)
{
    const struct diag_host host = {&log, read_log, said & 4 ? hear : NULL};
    struct writer w = {.diag = diag_new(knowledge(), &host)};
    if (said & 1)
        diag_tell_no_traffic(w.diag);
    if (said & 2)
        diag_since(w.diag, 0);
    feed(w.diag, diag_source(w.diag, STR("fuzz"), STR("file")), log, whole, cuts);
    struct view *view = diag_view(w.diag);
    count_lines(view);
    struct redact *redact = redact_new(said & 8, said & 16);
    struct report r = {.view = view,
                       .version = "1",
                       .self = &w,
                       .tunnel = writer_give,
                       .write = writer_take,
                       .redact = redact,
                       .ascii = said & 32,
                       .seconds = -1};
    struct err e = {0};
    must(report_json(&r, &e));
    json_t *read = json_loadb(w.json.at, w.json.len, 0, NULL);
    must(json_is_object(read));
    json_decref(read);
    if (said & 64)
        must(report_text(&r, &e));
    redact_free(redact);
    view_free(view);
    diag_free(w.diag);
    return w.json;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    if (count < 2)
        return 0;
    struct str log = {(const char *)bytes + 2, count - 2};
    struct buf once = report(log, true, 0, bytes[1]);
    struct buf split = report(log, false, bytes[0], bytes[1]);
    must(str_eq(buf_str(&once), buf_str(&split)));
    buf_release(&once);
    buf_release(&split);
    return 0;
}
