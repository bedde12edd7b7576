#include "tui/draw_fault.h"

#include "diag/rules.h"
#include "remote/rotated.h"
#include "tui/sample.h"

enum { WEIGHT_LEAST = 1, WEIGHT_NEW = 3, WEIGHT_WEAK = 6 };

static bool
has(const struct faults *f, struct str source)
{
    for (size_t i = 0; i < f->count; i++)
        if (str_eq(f->at[i].source, source))
            return true;
    return false;
}

void
faults_of_cases(struct faults *f, const struct knowledge *k)
{
    f->at = ARENA_ARRAY(&f->arena, struct fault, k->case_count);
    for (size_t i = 0; i < k->case_count; i++) {
        const struct rule_case *c = &k->cases[i];
        if (!c->log.len || c->no_traffic || c->telltale)
            continue;
        struct str source = arena_strf(&f->arena, SAMPLE_MARK "%.*s", STR_ARG(c->log));
        int checkpoint = word_index(checkpoint_word, CP_COUNT, c->checkpoint);
        if (!has(f, source))
            f->at[f->count++] =
                (struct fault){source, checkpoint < 0 ? CP_COUNT : (enum checkpoint)checkpoint};
    }
}

bool
faults_of_folder(struct faults *f, const char *folder, struct err *e)
{
    struct rotated r = {0};
    bool read = rotated_list(folder, &r, e);
    for (size_t i = 0; read && i < r.count; i++)
        f->count += r.sets[i].folder ? 0 : r.sets[i].count;
    f->at = ARENA_ARRAY(&f->arena, struct fault, f->count);
    f->count = 0;
    for (size_t i = 0; read && i < r.count; i++)
        for (size_t n = 0; !r.sets[i].folder && n < r.sets[i].count; n++)
            f->at[f->count++] =
                (struct fault){arena_str(&f->arena, str_of(r.sets[i].members[n].path)), CP_COUNT};
    rotated_release(&r);
    if (read && !f->count)
        return err_set(e, ERR_USAGE, "%s: cannot practise with this folder: it holds no files", folder);
    return read;
}

void
faults_release(struct faults *f)
{
    arena_release(&f->arena);
    *f = (struct faults){0};
}

static unsigned
weight(const struct fault *fault, const struct learned *l)
{
    const struct practice_mark *m = &l->practice[fault->checkpoint];
    if (!m->asked)
        return WEIGHT_NEW;
    return WEIGHT_LEAST + (WEIGHT_WEAK - WEIGHT_LEAST) * (m->asked - m->right) / m->asked;
}

const struct fault *
faults_draw(const struct faults *f, const struct learned *l, uint64_t chance)
{
    // What was seen comes again only when everything was.
    for (int again = 0; again < 2; again++) {
        uint64_t total = 0;
        for (size_t i = 0; i < f->count; i++)
            if (again || !learned_saw(l, f->at[i].source))
                total += weight(&f->at[i], l);
        if (!total)
            continue;
        uint64_t left = chance % total;
        for (size_t i = 0; i < f->count; i++) {
            if (!again && learned_saw(l, f->at[i].source))
                continue;
            unsigned here = weight(&f->at[i], l);
            if (left < here)
                return &f->at[i];
            left -= here;
        }
    }
    return NULL;
}
