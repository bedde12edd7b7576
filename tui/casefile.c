#include "tui/casefile.h"

#include "diag/addr.h"
#include "diag/arena.h"
#include "remote/include.h"
#include "tui/newest.h"
#include "tui/sequence.h"
#include "tui/speakers.h"

#include <stdio.h>
#include <stdlib.h>

enum { STRANGERS = 3, STRANGERS_LOOKED = 20000 };

struct casefile {
    const struct knowledge *knowledge;
    struct opening *origin;
    struct diag *diag;
    struct newest *newest; // NULL: what was read so far is shown
    struct book *books[DIAG_SOURCES];
    int follows[DIAG_SOURCES]; // the book whose log it goes on with, -1: none
    uint8_t end[DIAG_SOURCES]; // 1: what the other end logged
    bool grown[DIAG_SOURCES];  // it was read to its end, and there is more now
    bool failed[DIAG_SOURCES]; // to the end of what could be read
    size_t count, at;          // at: the one that is read for the first time
    bool declared;             // the core knows it
    bool complete;             // it, so far
    struct buf problem;        // with it, the first one
    bool changed;
};

static size_t
read_back(void *self, int source, uint64_t offset, char *into, size_t want)
{
    struct book *b = casefile_book(self, source);
    return b ? book_read(b, offset, into, want) : 0;
}

// The books of an opening, which it takes; all of one end.
static void
add_books(struct casefile *f, struct opening *o, int end)
{
    struct turn turns[DIAG_SOURCES];
    size_t room = DIAG_SOURCES - f->count, before = f->count;
    o->speakers = speakers_of(f->knowledge, &o->arena, &o->speaker_count);
    if (!room) {
        opening_free(o);
        return;
    }
    if (!o->apart) {
        f->follows[f->count] = -1;
        f->end[f->count] = (uint8_t)end;
        f->books[f->count++] = book_new(o);
        return;
    }
    int count = o->count < room ? (int)o->count : (int)room;
    count = sequence_of((const char *const *)o->parts, count, turns);
    for (int i = 0; i < count; i++) {
        struct opening *one = opening_new(str_of(turns[i].name), 1);
        one->parts[0] = one->title;
        one->speakers = speakers_of(f->knowledge, &one->arena, &one->speaker_count);
        f->follows[f->count] = turns[i].follows < 0 ? -1 : turns[i].follows + (int)before;
        f->end[f->count] = (uint8_t)end;
        f->books[f->count++] = book_new(one);
    }
    opening_free(o);
}

struct casefile *
casefile_open(struct opening *o, const struct knowledge *knowledge)
{
    struct casefile *f = mem_new(sizeof *f);
    struct diag_host host = {.self = f, .read = read_back};
    struct opening *other = o->other, *beside = o->beside;
    f->knowledge = knowledge;
    f->origin = opening_copy(o);
    o->other = o->beside = NULL;
    f->newest = newest_new(o, knowledge);
    f->diag = diag_new(knowledge, &host);
    f->complete = true;
    if (o->format)
        diag_format(f->diag, str_of(o->format));
    if (o->since != LINE_NO_TIME)
        diag_since(f->diag, o->since);
    add_books(f, o, 0);
    while (beside) {
        struct opening *next = beside->beside;
        beside->beside = NULL;
        add_books(f, beside, 0);
        beside = next;
    }
    if (other)
        add_books(f, other, 1);
    return f;
}

void
casefile_close(struct casefile *f)
{
    if (!f)
        return;
    newest_free(f->newest);
    diag_free(f->diag);
    for (size_t i = 0; i < f->count; i++)
        book_free(f->books[i]);
    opening_free(f->origin);
    buf_release(&f->problem);
    free(f);
}

// The files that a configuration includes become books of its end.
static void
add_included(struct casefile *f, struct book *from)
{
    const struct source *s = book_source(from);
    struct err e = {0};
    struct arena arena = {0};
    struct str pattern;
    size_t left = 0;
    for (size_t n = 0; s && (pattern = diag_include(f->diag, (int)f->at, n)).len; n++) {
        const char *files[INCLUDE_MOST];
        bool elsewhere;
        size_t count = include_files(source_name(s), pattern, &arena, files, &elsewhere);
        if (elsewhere && !include_elsewhere(source_name(s), pattern, &e))
            diag_source_end(f->diag, (int)f->at, true, str_of(e.text));
        for (size_t i = 0; i < count; i++) {
            bool open = false, known = i < INCLUDE_MOST;
            for (size_t k = 0; k < f->count && known; k++)
                open |= strcmp(book_title(f->books[k]), files[i]) == 0;
            left += !known || (!open && f->count == DIAG_SOURCES);
            if (open || !known || f->count == DIAG_SOURCES)
                continue;
            struct opening *one = opening_new(str_of(files[i]), 1);
            one->parts[0] = one->title;
            add_books(f, one, f->end[f->at]);
        }
    }
    if (left && !include_left(source_name(s), left, &e))
        diag_source_end(f->diag, (int)f->at, false, str_of(e.text));
    arena_release(&arena);
}

static void
end_book(struct casefile *f)
{
    diag_source_end(f->diag, (int)f->at, f->complete, buf_str(&f->problem));
    f->failed[f->at] = f->problem.len > 0;
    add_included(f, f->books[f->at]);
    f->at++;
    f->declared = false;
    f->complete = true;
    f->changed = true;
    buf_clear(&f->problem);
}

static void
declare(struct casefile *f, const struct book *b)
{
    int source = diag_source(f->diag, str_of(book_title(b)), str_of(book_kind(b)));
    if (f->follows[f->at] >= 0)
        diag_source_follows(f->diag, source, f->follows[f->at]);
    // A capture that was chosen as the log of the other end is none: it shows what passes between the two.
    if (f->end[f->at] && strcmp(book_kind(b), "capture") != 0)
        diag_source_of_end(f->diag, source, f->end[f->at]);
}

// The state of a gateway becomes books behind the log that it came with.
static void
add_beside(struct casefile *f, size_t index)
{
    for (struct book *beside; f->count < DIAG_SOURCES && (beside = book_beside(f->books[index]));
         f->count++) {
        f->follows[f->count] = -1;
        f->end[f->count] = f->end[index];
        f->grown[f->count] = f->failed[f->count] = false;
        f->books[f->count] = beside;
    }
}

bool
casefile_probe(struct casefile *f, const char *address)
{
    if (f->count == DIAG_SOURCES)
        return false;
    struct buf name = {0};
    buf_add(&name, STR(SOURCE_PROBE));
    buf_add(&name, str_of(address));
    struct opening *one = opening_new(buf_str(&name), 1);
    one->parts[0] = one->title;
    one->sends = true;
    f->follows[f->count] = -1;
    f->end[f->count] = 0;
    f->grown[f->count] = f->failed[f->count] = false;
    f->books[f->count++] = book_new(one);
    buf_release(&name);
    return true;
}

// The active check that is asked or waits for its turn; count when there is none.
static size_t
asking_book(const struct casefile *f)
{
    size_t i = f->at;
    while (i < f->count && !book_asks(f->books[i]))
        i++;
    return i;
}

bool
casefile_probe_stop(struct casefile *f)
{
    size_t i = asking_book(f);
    if (i == f->count)
        return false;
    if (book_source(f->books[i])) {
        source_stop(book_source(f->books[i]));
        return true;
    }
    // Nothing was sent yet, and books behind it are not known to the core either.
    book_free(f->books[i]);
    for (f->count--; i < f->count; i++) {
        f->books[i] = f->books[i + 1];
        f->follows[i] = f->follows[i + 1] > (int)i ? f->follows[i + 1] - 1 : f->follows[i + 1];
        f->end[i] = f->end[i + 1];
        f->grown[i] = f->grown[i + 1];
        f->failed[i] = f->failed[i + 1];
    }
    f->changed = true;
    return true;
}

// The first reading of the books, one after the other.
static enum source_step
read_first(struct casefile *f)
{
    struct book *b = f->books[f->at];
    struct err e = {0};
    struct str block;
    enum source_step step = book_step(b, &block, &e);
    if (!f->declared) // what kind it is shows when it was opened
        declare(f, b);
    f->declared = true;
    if (step == SOURCE_FAILED) {
        f->complete = false;
        if (!f->problem.len)
            buf_add(&f->problem, str_of(e.text));
    }
    if (block.len) {
        diag_feed(f->diag, (int)f->at, block.at, block.len);
        f->changed = true;
    }
    if (step == SOURCE_DONE) {
        add_beside(f, f->at);
        end_book(f);
    }
    return step;
}

// The book that has grown; count when none has.
static size_t
grown_book(const struct casefile *f)
{
    size_t i = 0;
    while (i < f->count && !f->grown[i])
        i++;
    return i;
}

// What was added to a book since.
static enum source_step
read_more(struct casefile *f, size_t index)
{
    struct err e = {0};
    struct str block;
    enum source_step step = book_step(f->books[index], &block, &e);
    if (block.len) {
        diag_feed(f->diag, (int)index, block.at, block.len);
        f->changed = true;
    }
    struct source *s = book_source(f->books[index]);
    unsigned serial;
    bool gateway = s && source_pull(s, NULL, &serial); // it goes on where the connection was lost
    if (step == SOURCE_FAILED || (step == SOURCE_DONE && gateway && f->failed[index])) {
        diag_source_end(f->diag, (int)index, step == SOURCE_DONE, str_of(e.text));
        f->failed[index] = step == SOURCE_FAILED;
        f->changed = true;
    }
    if (step == SOURCE_DONE) // that of a gateway which could not be reached before
        add_beside(f, index);
    if (step == SOURCE_FAILED || step == SOURCE_DONE)
        f->grown[index] = false;
    return step;
}

static bool
can_go_on(enum source_step step)
{
    return step != SOURCE_WAIT && step != SOURCE_ASK;
}

bool
casefile_step(struct casefile *f)
{
    size_t grown = grown_book(f);
    if (f->at < f->count)
        return can_go_on(read_first(f));
    return grown < f->count && can_go_on(read_more(f, grown));
}

struct source *
casefile_gateway(const struct casefile *f)
{
    size_t reading = f->at < f->count ? f->at : grown_book(f);
    unsigned serial;
    if (reading < f->count && book_source(f->books[reading]) &&
        source_pull(book_source(f->books[reading]), NULL, &serial))
        return book_source(f->books[reading]);
    // Of two the one of which nothing came has to be looked at.
    struct source *first = NULL;
    for (size_t i = 0; i < f->count; i++) {
        struct source *s = book_source(f->books[i]);
        if (s && source_pull(s, NULL, &serial) && (!first || !book_lines(f->books[i])))
            first = s;
        if (first && !book_lines(f->books[i]))
            break;
    }
    return first;
}

unsigned
casefile_stamp(const struct casefile *f)
{
    unsigned stamp = (unsigned)f->at, serial;
    for (size_t i = 0; i < f->count; i++) {
        struct source *s = book_origin(f->books[i]) ? book_source(f->books[i]) : NULL;
        if (s && source_pull(s, NULL, &serial))
            stamp = 31 * stamp + serial;
    }
    return stamp;
}

struct pull *
casefile_pull(const struct casefile *f)
{
    struct pull *p = mem_new(sizeof *p);
    size_t reading = PULL_MOST,
           without = PULL_MOST; // the first that is read, the first of which nothing came
    unsigned serial;
    for (size_t i = 0; i < f->count && p->count < PULL_MOST; i++) {
        const char *origin = book_origin(f->books[i]);
        struct source *s = book_source(f->books[i]);
        bool begun = s && source_pull(s, NULL, &serial);
        if (!origin || !source_is_gateway(origin) || (s && !begun))
            continue;
        size_t n = p->count++;
        snprintf(p->at[n].name, sizeof p->at[n].name, "%.90s", origin);
        p->at[n].begun = begun && source_pull(s, &p->at[n].how, &serial);
        p->at[n].ended = i < f->at && !f->grown[i];
        if (!p->at[n].ended && reading == PULL_MOST)
            reading = n;
        if (p->at[n].ended && !book_lines(f->books[i]) && without == PULL_MOST)
            without = n;
    }
    p->now = reading < PULL_MOST ? reading : without < PULL_MOST ? without : 0;
    if (p->count)
        return p;
    free(p);
    return NULL;
}

bool
casefile_is_reading(const struct casefile *f)
{
    return f->at < f->count || grown_book(f) < f->count;
}

int
casefile_fd(const struct casefile *f)
{
    size_t at = f->at < f->count ? f->at : grown_book(f);
    return at < f->count ? book_fd(f->books[at]) : -1;
}

// The older members of a rotated set do not grow, and another file stands under their name after a rotation.
static bool
is_followed(const struct casefile *f, size_t index)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->follows[i] == (int)index)
            return true;
    return false;
}

void
casefile_clock(struct casefile *f, bool known, int64_t offset)
{
    diag_clock(f->diag, known, offset);
    f->changed = true;
}

enum book_change
casefile_again(struct casefile *f, struct buf *told)
{
    enum book_change all = casefile_is_reading(f) ? BOOK_GROWN : BOOK_SAME;
    for (size_t i = 0; i < f->count && f->at == f->count; i++) {
        enum book_change one = is_followed(f, i) ? BOOK_SAME : book_again(f->books[i], told);
        if (one == BOOK_LOST)
            return one;
        f->grown[i] = f->grown[i] || one == BOOK_GROWN;
        all = f->grown[i] ? BOOK_GROWN : all;
    }
    return all;
}

struct casefile *
casefile_anew(struct casefile *f)
{
    struct casefile *anew = casefile_open(opening_copy(f->origin), f->knowledge);
    casefile_close(f);
    return anew;
}

static bool
holds_address(struct str text)
{
    struct addr_found found;
    for (size_t i = 0; i < text.len; i++)
        if (addr_find(text, i, &found) && !addr_names_nobody(&found.first))
            return true;
    return false;
}

// No tunnel is in there: lines with an address show the user, and whoever is sent them, what kind of log it
// is.
static void
sample_strangers(struct casefile *f, struct view *v)
{
    struct source_view *sources = ARENA_ARRAY(&v->arena, struct source_view, v->source_count);
    for (size_t i = 0; i < v->source_count; i++) {
        sources[i] = v->sources[i];
        if (sources[i].sample_count)
            continue;
        struct proof *samples = ARENA_ARRAY(&v->arena, struct proof, STRANGERS);
        struct book_walk walk = {0};
        book_walk_to(&walk, f->books[i], 1);
        while (sources[i].sample_count < STRANGERS && walk.number < STRANGERS_LOOKED && book_walk_next(&walk))
            if (holds_address(walk.text))
                samples[sources[i].sample_count++] = (struct proof){.source = (int)i,
                                                                    .line = walk.number,
                                                                    .time = LINE_NO_TIME,
                                                                    .text = arena_str(&v->arena, walk.text),
                                                                    .count = 1};
        book_walk_release(&walk);
        sources[i].samples = samples;
    }
    v->sources = sources;
}

struct view *
casefile_view(struct casefile *f)
{
    if (f->newest && f->at < f->count)
        return newest_view(f->newest);
    newest_free(f->newest);
    f->newest = NULL;
    if (!f->changed)
        return NULL;
    f->changed = false;
    struct view *v = diag_view(f->diag);
    if (!v->row_count && f->at == f->count)
        sample_strangers(f, v);
    return v;
}

void
casefile_progress(const struct casefile *f, struct progress *p)
{
    p->reading = casefile_is_reading(f);
    p->newest = f->newest != NULL;
    p->asking = asking_book(f) < f->count;
    p->lines = p->taken = p->total = 0;
    p->can_grow = false;
    for (size_t i = 0; i < f->count; i++) {
        uint64_t taken, total;
        book_progress(f->books[i], &taken, &total);
        p->lines += book_lines(f->books[i]);
        p->taken += taken;
        p->total += total;
        p->can_grow |= book_can_grow(f->books[i]);
    }
}

const struct opening *
casefile_origin(const struct casefile *f)
{
    return f->origin;
}

struct diag *
casefile_diag(struct casefile *f)
{
    return f->newest ? newest_diag(f->newest) : f->diag;
}

struct book *
casefile_book(const struct casefile *f, int source)
{
    return source >= 0 && (size_t)source < f->count ? f->books[source] : NULL;
}
