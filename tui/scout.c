#include "tui/scout.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "remote/rotated.h"
#include "tui/figures.h"

enum { LINES_LOOKED = 400, MANY = 5 };

struct seen {
    int ike; // -1: not looked at
    int64_t from, to;
    bool unreadable;
    struct str dialect; // title of the last one that understood a line
};

struct scout {
    struct rotated names;
    struct diag *reader;
    char *path;
    struct seen *seen; // one a set
    size_t at;
    struct err problem;
};

// One look at a stretch of text: how many lines are of IKE, and the first and last stamp.
struct looking {
    struct diag *reader;
    int64_t first, last;
    struct str dialect;
};

static int
look(void *context, struct str text)
{
    struct looking *l = context;
    int ike = 0;
    for (int i = 0; i < LINES_LOOKED && text.len; i++) {
        size_t end = str_find(text, STR("\n"));
        struct reading r = {0};
        if (l->reader)
            diag_read(l->reader, (struct str){text.at, end}, STR_NONE, &r);
        ike += r.of_ike;
        if (r.of_ike)
            l->dialect = r.dialect->title;
        if (l->reader && r.line.time != LINE_NO_TIME) {
            if (l->first == LINE_NO_TIME)
                l->first = r.line.time;
            l->last = r.line.time;
        }
        text = str_from(text, end + 1);
    }
    return ike == 0 ? 0 : ike < MANY ? 1 : 2;
}

// For a file: the folder that holds it.
static void
list_file(struct scout *s)
{
    struct stat about;
    if (stat(s->path, &about) != 0 || !S_ISREG(about.st_mode))
        return;
    rotated_release(&s->names);
    s->names = (struct rotated){0};
    s->problem = (struct err){0};
    rotated_of(s->path, &s->names);
    char *slash = strrchr(s->path, '/');
    if (slash)
        slash[slash == s->path] = '\0';
}

struct scout *
scout_new(const char *path, struct diag *reader)
{
    struct scout *s = mem_new(sizeof *s);
    s->reader = reader;
    char *whole = realpath(path, NULL);
    s->path = whole ? whole : mem_text(path);
    if (!rotated_list(s->path, &s->names, &s->problem))
        list_file(s);
    s->seen = mem_new(mem_product(s->names.count + 1, sizeof *s->seen));
    for (size_t i = 0; i < s->names.count; i++) {
        const struct rotated_set *set = &s->names.sets[i];
        s->seen[i] = (struct seen){-1, LINE_NO_TIME, LINE_NO_TIME, set->count > 0, STR_NONE};
        for (size_t n = 0; n < set->count; n++)
            s->seen[i].unreadable &= !set->members[n].readable;
    }
    return s;
}

void
scout_free(struct scout *s)
{
    if (!s)
        return;
    rotated_release(&s->names);
    free(s->path);
    free(s->seen);
    free(s);
}

bool
scout_step(struct scout *s)
{
    while (s->at < s->names.count && (s->names.sets[s->at].folder || s->seen[s->at].unreadable))
        s->at++;
    if (s->at >= s->names.count)
        return false;
    const struct rotated_set *set = &s->names.sets[s->at];
    struct seen *seen = &s->seen[s->at];
    struct looking l = {s->reader, LINE_NO_TIME, LINE_NO_TIME, STR_NONE};
    seen->ike = rotated_look(set, look, &l);
    seen->from = l.first;
    seen->to = l.last;
    seen->dialect = l.dialect;
    if (set->count > 1) {
        struct rotated_set oldest = *set;
        struct looking old = {s->reader, LINE_NO_TIME, LINE_NO_TIME, STR_NONE};
        oldest.count = 1;
        int ike = rotated_look(&oldest, look, &old);
        seen->ike = ike > seen->ike ? ike : seen->ike;
        seen->from = old.first;
    }
    seen->unreadable = seen->ike < 0 && set->size > 0;
    s->at++;
    return true;
}

static void
fill_stamp(int64_t time, char *into, size_t room)
{
    struct buf text = {0};
    figures_stamp(time, &text);
    if (text.len < room)
        memcpy(into, buf_cstr(&text), text.len + 1);
    buf_release(&text);
}

struct folder *
scout_folder(const struct scout *s)
{
    struct folder *f = mem_new(sizeof *f);
    f->path = arena_str(&f->arena, str_of(s->path)).at;
    f->entries = ARENA_ARRAY(&f->arena, struct folder_entry, s->names.count + 1);
    f->left_out = s->names.left_out;
    memcpy(f->problem, s->problem.text, sizeof f->problem);
    f->entries[f->count++] = (struct folder_entry){.name = "..", .is_folder = true, .looks = ""};
    for (size_t i = 0; i < s->names.count; i++) {
        const struct rotated_set *set = &s->names.sets[i];
        struct folder_entry *e = &f->entries[f->count++];
        *e = (struct folder_entry){.is_folder = set->folder,
                                   .bytes = set->size,
                                   .ike = s->seen[i].ike,
                                   .unreadable = s->seen[i].unreadable,
                                   .file_count = set->count};
        e->name = arena_str(&f->arena, str_of(set->folder ? set->name : set->label)).at;
        e->looks = arena_str(&f->arena, s->seen[i].dialect).at;
        e->files = ARENA_ARRAY(&f->arena, const char *, set->count);
        for (size_t n = 0; n < set->count; n++)
            e->files[n] = arena_str(&f->arena, str_of(set->members[n].path)).at;
        fill_stamp(s->seen[i].from, e->from, sizeof e->from);
        fill_stamp(s->seen[i].to, e->to, sizeof e->to);
    }
    return f;
}
