#include "remote/rotated.h"

#include "remote/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// How a file's name says its age. The order of the kinds is the order of age where a set mixes them.
enum age { AGE_DATED, AGE_NUMBERED, AGE_OLD, AGE_NONE };

struct entry {
    struct rotated_member member;
    struct str base; // name without the signs of rotation
    enum age age;
    uint64_t rank; // the date, or the number
    bool folder;
};

static bool
drop_ending(struct str *name, struct str ending)
{
    if (name->len <= ending.len || memcmp(name->at + name->len - ending.len, ending.at, ending.len) != 0)
        return false;
    name->len -= ending.len;
    return true;
}

static bool
drop_packing(struct str *name)
{
    return drop_ending(name, STR(".gz")) || drop_ending(name, STR(".xz")) || drop_ending(name, STR(".zst")) ||
           drop_ending(name, STR(".bz2"));
}

// "20241107", "2024-11-07", with a time behind it ("20241107-04", "20241107-1730955935"): the digits as one
// number.
static bool
read_date(struct str text, uint64_t *rank)
{
    char digits[20];
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '-' || text.at[i] == '_' || text.at[i] == 'T')
            continue;
        if (text.at[i] < '0' || text.at[i] > '9' || count == 18)
            return false;
        digits[count++] = text.at[i];
    }
    if (count < 8)
        return false;
    int month = (digits[4] - '0') * 10 + digits[5] - '0', day = (digits[6] - '0') * 10 + digits[7] - '0';
    if ((digits[0] != '1' && digits[0] != '2') || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    while (count < 18)
        digits[count++] = '0';
    return str_number((struct str){digits, count}, rank);
}

// "192.0.2.1": a log named after a host is no rotation of "192.0.2".
static bool
is_address(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] != '.' && (name.at[i] < '0' || name.at[i] > '9'))
            return false;
    return true;
}

// Cuts the signs of rotation off e->base: ".1", ".old", "-20241107", ".2024-11-07".
static void
read_age(struct entry *e)
{
    struct str name = e->base;
    e->age = AGE_NONE;
    if (drop_ending(&name, STR(".old"))) {
        e->age = AGE_OLD;
        e->base = name;
        return;
    }
    for (size_t i = 1; i + 1 < name.len; i++) {
        char c = name.at[i];
        if ((c == '-' || c == '.' || c == '_') && read_date(str_from(name, i + 1), &e->rank)) {
            e->age = AGE_DATED;
            e->base.len = i;
            return;
        }
    }
    size_t at = name.len ? name.len - 1 : 0; // of the last dot
    while (at && name.at[at] != '.')
        at--;
    if (at && name.len - at <= 5 && !is_address(name) && str_number(str_from(name, at + 1), &e->rank)) {
        e->age = AGE_NUMBERED;
        e->base.len = at;
    }
}

static int
by_base_then_age(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    if (a->folder != b->folder)
        return a->folder ? -1 : 1;
    int order = str_compare(a->base, b->base);
    if (order == 0)
        order = (a->age > b->age) - (a->age < b->age);
    if (order == 0 && a->rank != b->rank) // a date grows with time, a number with age
        order = (a->rank < b->rank) == (a->age == AGE_DATED) ? -1 : 1;
    if (order == 0) // the plain file of a pair "x.1" and "x.1.gz" first
        order = (a->member.packed > b->member.packed) - (a->member.packed < b->member.packed);
    return order ? order : strcmp(a->member.name, b->member.name);
}

// Looks at one name of the folder; false when it is nothing to read.
static bool
read_entry(struct arena *arena, int folder_fd, const char *folder, const char *name, struct entry *e)
{
    struct stat stat;
    if (fstatat(folder_fd, name, &stat, 0) != 0 || (!S_ISREG(stat.st_mode) && !S_ISDIR(stat.st_mode)))
        return false;
    size_t length = strlen(folder);
    const char *slash = length && folder[length - 1] == '/' ? "" : "/";
    *e = (struct entry){.folder = S_ISDIR(stat.st_mode)};
    e->member.path = strcmp(folder, "") == 0 ? arena_str(arena, str_of(name)).at
                                             : arena_strf(arena, "%s%s%s", folder, slash, name).at;
    e->member.name = arena_str(arena, str_of(name)).at;
    e->member.size = (uint64_t)stat.st_size;
    e->member.modified = stat.st_mtim.tv_sec;
    e->member.readable = faccessat(folder_fd, name, R_OK, AT_EACCESS) == 0;
    e->base = str_of(e->member.name);
    e->age = AGE_NONE;
    if (!e->folder) {
        e->member.packed = drop_packing(&e->base);
        read_age(e);
        if (e->age == AGE_NONE)
            e->base = str_of(e->member.name);
    }
    return true;
}

// The file stands for the same rotation as the one before it: "x.1.gz" behind "x.1".
static bool
is_twin(const struct entry *entries, size_t i)
{
    if (i == 0)
        return false;
    const struct entry *a = &entries[i - 1], *b = &entries[i];
    return !a->folder && !b->folder && a->age == b->age && a->rank == b->rank && str_eq(a->base, b->base);
}

// Sorted entries to sets. A second file of the same rotation ("x.1.gz" beside "x.1") is a row of its own, for
// read together they would tell everything twice.
static void
build_sets(struct rotated *r, struct entry *entries, size_t count)
{
    r->sets = ARENA_ARRAY(&r->arena, struct rotated_set, count);
    struct rotated_member *members = ARENA_ARRAY(&r->arena, struct rotated_member, count);
    struct rotated_set *set = NULL;
    for (size_t i = 0; i < count; i++) {
        struct entry *e = &entries[i];
        if (is_twin(entries, i)) // comes behind all sets, so that its set goes on with the next rotation
            continue;
        bool joins = set && !set->folder && !e->folder && str_eq(e->base, str_of(set->name));
        if (!joins) {
            set = &r->sets[r->count++];
            set->name = arena_str(&r->arena, e->base).at;
            set->members = members;
            set->folder = e->folder;
        }
        if (!e->folder) {
            *members++ = e->member;
            set->count++;
        }
        set->size += e->folder ? 0 : e->member.size;
        if (e->member.modified > set->modified)
            set->modified = e->member.modified;
    }
    for (size_t i = 1; i < count; i++) {
        struct entry *e = &entries[i];
        if (!is_twin(entries, i))
            continue;
        *members = e->member;
        r->sets[r->count++] = (struct rotated_set){.name = e->member.name,
                                                   .members = members++,
                                                   .count = 1,
                                                   .size = e->member.size,
                                                   .modified = e->member.modified};
    }
    for (size_t i = 0; i < r->count; i++) {
        set = &r->sets[i];
        set->label = set->folder      ? arena_strf(&r->arena, "%s/", set->name).at
                     : set->count > 1 ? arena_strf(&r->arena, "%s*", set->name).at
                                      : set->members[0].name;
    }
}

static int
by_label(const void *left, const void *right)
{
    const struct rotated_set *a = left, *b = right;
    if (a->folder != b->folder)
        return a->folder ? -1 : 1;
    return strcmp(a->label, b->label);
}

bool
rotated_list(const char *folder, struct rotated *r, struct err *e)
{
    *r = (struct rotated){0};
    r->folder = arena_str(&r->arena, str_of(folder)).at;
    int fd = open(*folder ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        char why[128];
        err_set(e, ERR_IO, "%.200s: cannot list the folder: %s", folder, strerror_r(errno, why, sizeof why));
        if (fd >= 0)
            close(fd);
        return false;
    }
    struct entry *entries = NULL;
    size_t count = 0, room = 0;
    for (struct dirent *item; (item = readdir(dir));) {
        if (item->d_name[0] == '.')
            continue;
        if (count == room) {
            room = room ? 2 * room : 64;
            entries = mem_resize(entries, mem_product(room, sizeof *entries));
        }
        if (count < ROTATED_MOST && read_entry(&r->arena, fd, folder, item->d_name, &entries[count]))
            count++;
        else
            r->left_out++;
    }
    closedir(dir);
    if (count) {
        qsort(entries, count, sizeof *entries, by_base_then_age);
        build_sets(r, entries, count);
        qsort(r->sets, r->count, sizeof *r->sets, by_label);
    }
    free(entries);
    return true;
}

static void
set_alone(const char *path, struct rotated *r)
{
    struct stat named;
    bool there = stat(path, &named) == 0;
    struct rotated_member *member = ARENA_NEW(&r->arena, struct rotated_member);
    member->path = member->name = arena_str(&r->arena, str_of(path)).at;
    member->size = there && S_ISREG(named.st_mode) ? (uint64_t)named.st_size : 0;
    member->modified = there ? named.st_mtim.tv_sec : 0;
    member->readable = access(path, R_OK) == 0;
    r->sets = ARENA_NEW(&r->arena, struct rotated_set);
    r->sets[0] = (struct rotated_set){.name = member->name,
                                      .label = member->name,
                                      .members = member,
                                      .count = 1,
                                      .size = member->size,
                                      .modified = member->modified};
    r->count = 1;
}

void
rotated_of(const char *path, struct rotated *r)
{
    struct stat named;
    struct err e = {0};
    *r = (struct rotated){0};
    if (strcmp(path, "-") == 0 || stat(path, &named) != 0 || !S_ISREG(named.st_mode)) {
        set_alone(path, r);
        return;
    }
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    struct buf folder = {0};
    buf_add(&folder, (struct str){path, slash == path ? 1 : slash ? (size_t)(slash - path) : 0});
    bool listed = rotated_list(buf_cstr(&folder), r, &e);
    buf_release(&folder);
    for (size_t i = 0; listed && i < r->count; i++)
        for (size_t j = 0; j < r->sets[i].count; j++)
            if (strcmp(r->sets[i].members[j].name, name) == 0) {
                r->sets[0] = r->sets[i];
                r->count = 1;
                return;
            }
    // A folder that may not be listed, a hidden name: the file alone.
    rotated_release(r);
    set_alone(path, r);
}

void
rotated_release(struct rotated *r)
{
    arena_release(&r->arena);
    *r = (struct rotated){0};
}

int
rotated_look(const struct rotated_set *set, int (*look)(void *context, struct str text), void *context)
{
    const struct rotated_member *newest = NULL;
    for (size_t i = set->count; i > 0 && !newest; i--)
        if (set->members[i - 1].readable && set->members[i - 1].size)
            newest = &set->members[i - 1];
    struct err e;
    struct str block = STR_NONE;
    struct source *source = newest ? source_open(newest->path, NULL, &e) : NULL;
    if (!source)
        return -1;
    int answer = -1;
    for (int tries = 0; tries < 4 && block.len == 0 && source_step(source, &block, &e) == SOURCE_MORE;)
        tries++;
    if (block.len)
        answer = look(context, block);
    if (block.len && !newest->packed && newest->size > 2 * ROTATED_LOOK) {
        char *end = mem_new(ROTATED_LOOK);
        size_t count = source_read(source, newest->size - ROTATED_LOOK, end, ROTATED_LOOK);
        int second = count ? look(context, (struct str){end, count}) : -1;
        answer = second > answer ? second : answer;
        free(end);
    }
    source_close(source);
    return answer;
}
