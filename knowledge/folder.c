#include "knowledge/folder.h"

#include "knowledge/embed.h"
#include "knowledge/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_LIMIT = 64 };

static bool
cannot(struct err *e, const char *path, const char *what)
{
    return err_set(e, ERR_IO, "%s: cannot %s: %s", path, err_say(what), strerror(errno));
}

static void
add(struct folder *f, struct pack_text pack)
{
    if (f->count == f->room) {
        f->room = f->room ? f->room * 2 : 32;
        f->packs = mem_resize(f->packs, mem_product(f->room, sizeof *f->packs));
    }
    f->packs[f->count++] = pack;
}

void
folder_add(struct folder *f, struct str name, struct str bytes, int layer)
{
    add(f, (struct pack_text){name, bytes, layer, false});
}

void
folder_builtin(struct folder *f)
{
    for (size_t i = 0; i < embedded_pack_count; i++) {
        const struct embedded *pack = &embedded_packs[i];
        add(f, (struct pack_text){str_of(pack->name), {pack->at, pack->len}, 0, true});
    }
}

// Reads an open regular file of at most YAML_SIZE bytes. A file that grows meanwhile is read up to that size.
static bool
read_pack(struct folder *f, int fd, const char *path, int layer, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return cannot(e, path, ERR_SAY("read the pack"));
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_IO, "%s: cannot read the pack: it is not a regular file", path);
    if (st.st_size > YAML_SIZE)
        return err_set(e, ERR_LIMIT, "%s: cannot read the pack: it is larger than %d bytes", path, YAML_SIZE);
    size_t room = (size_t)st.st_size, len = 0;
    char *bytes = arena_take(&f->arena, room + 1);
    while (len < room) {
        ssize_t got = read(fd, bytes + len, room - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cannot(e, path, ERR_SAY("read the pack"));
        if (got == 0)
            break;
        len += (size_t)got;
    }
    folder_add(f, arena_str(&f->arena, str_of(path)), (struct str){bytes, len}, layer);
    return true;
}

static bool
good_name(const char *name)
{
    size_t len = strlen(name);
    return len <= NAME_LIMIT && name[0] != '-' &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

static bool
is_pack_name(const char *name)
{
    size_t len = strlen(name);
    return len > 5 && strcmp(name + len - 5, ".yaml") == 0;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// The names in an open folder that do not begin with a dot, sorted, in the arena; of too many one too many.
static const char **
names_in(struct folder *f, DIR *dir, size_t *count)
{
    size_t room = 32;
    const char **names = mem_new(room * sizeof *names);
    *count = 0;
    for (struct dirent *entry; (entry = readdir(dir)) && *count <= FOLDER_FILES;) {
        if (entry->d_name[0] == '.')
            continue;
        if (*count == room)
            names = mem_resize(names, mem_product(room *= 2, sizeof *names));
        names[(*count)++] = arena_str(&f->arena, str_of(entry->d_name)).at;
    }
    qsort(names, *count, sizeof *names, by_name);
    return names;
}

static bool read_folder(struct folder *f, int fd, const char *path, int layer, int depth, struct err *e);

// One entry of a folder: a folder is entered, a pack is read, other files are not ours.
static bool
read_entry(struct folder *f, int dir, const char *path, const char *name, int layer, int depth, struct err *e)
{
    const char *full = arena_strf(&f->arena, "%s/%s", path, name).at;
    struct stat st;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return cannot(e, full, ERR_SAY("look at it"));
    if (!S_ISDIR(st.st_mode) && !is_pack_name(name))
        return true;
    if (!good_name(name))
        return err_set(
            e, ERR_USAGE,
            "%s: cannot use the pack: a name has at most %d of A-Z a-z 0-9 . _ - and does not begin "
            "with '-'",
            full, NAME_LIMIT);
    if (S_ISLNK(st.st_mode))
        return err_set(e, ERR_IO, "%s: cannot use the pack: it is a link; copy the file here", full);
    if (f->count >= FOLDER_FILES)
        return err_set(e, ERR_LIMIT, "%s: cannot use the pack: more than %d packs", full, FOLDER_FILES);
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
    if (fd < 0)
        return cannot(e, full, ERR_SAY("open it"));
    if (S_ISDIR(st.st_mode))
        return read_folder(f, fd, full, layer, depth + 1, e);
    bool good = read_pack(f, fd, full, layer, e);
    close(fd);
    return good;
}

// Takes fd.
static bool
read_folder(struct folder *f, int fd, const char *path, int layer, int depth, struct err *e)
{
    DIR *dir = depth < FOLDER_DEPTH ? fdopendir(fd) : NULL;
    if (!dir) {
        close(fd);
        return depth < FOLDER_DEPTH
                   ? cannot(e, path, ERR_SAY("read the folder"))
                   : err_set(e, ERR_LIMIT, "%s: cannot read the folder: deeper than %d", path, FOLDER_DEPTH);
    }
    size_t count;
    const char **names = names_in(f, dir, &count);
    bool good = count <= FOLDER_FILES ||
                err_set(e, ERR_LIMIT, "%s: cannot read the folder: more than %d names", path, FOLDER_FILES);
    for (size_t i = 0; i < count && good; i++)
        good = read_entry(f, dirfd(dir), path, names[i], layer, depth, e);
    free(names);
    closedir(dir);
    return good;
}

bool
folder_read(struct folder *f, const char *path, bool must, int layer, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR) && !must) // a home may be /dev/null
        return true;
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0) {
        cannot(e, path, ERR_SAY("read the packs"));
        if (fd >= 0)
            close(fd);
        return false;
    }
    if (S_ISDIR(st.st_mode))
        return read_folder(f, fd, path, layer, 0, e);
    bool good = read_pack(f, fd, path, layer, e);
    close(fd);
    return good;
}

void
folder_release(struct folder *f)
{
    arena_release(&f->arena);
    free(f->packs);
    *f = (struct folder){0};
}
