#include "remote/include.h"

#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>

// The same place below the root in which a file lies that is named so: the two have the first folder in
// common.
static bool
below_root(const char *from, struct str pattern, struct arena *arena, struct str *path)
{
    const char *second = memchr(pattern.at + 1, '/', pattern.len - 1), *at = NULL;
    if (!second)
        return false;
    const char *top = arena_str(arena, (struct str){pattern.at, (size_t)(second + 1 - pattern.at)}).at;
    for (const char *next = from; (next = strstr(next, top)); next++)
        at = next;
    if (at)
        *path = arena_strf(arena, "%.*s%.*s", (int)(at - from), from, STR_ARG(pattern));
    else if (str_starts(str_of(from), str_of(top + 1)))
        *path = arena_str(arena, str_from(pattern, 1));
    else
        return false;
    return true;
}

// Where files of this pattern would be; false: on another machine.
static bool
find_place(const char *from, struct str pattern, struct arena *arena, struct str *path)
{
    char *real = realpath(from, NULL);
    const char *slash = strrchr(from, '/');
    bool here = real != NULL, whole = pattern.at[0] == '/';
    if (here && whole)
        here = below_root(from, pattern, arena, path) || below_root(real, pattern, arena, path);
    else if (here)
        *path = arena_strf(arena, "%.*s%.*s", slash ? (int)(slash + 1 - from) : 0, from, STR_ARG(pattern));
    free(real);
    return here;
}

size_t
include_files(const char *from, struct str pattern, struct arena *arena, const char *files[INCLUDE_MOST],
              bool *elsewhere)
{
    glob_t found = {0};
    struct str path;
    size_t count = 0;
    *elsewhere = pattern.len && !find_place(from, pattern, arena, &path);
    if (pattern.len && !*elsewhere && glob(path.at, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++) {
            struct stat s;
            if (stat(found.gl_pathv[i], &s) != 0 || !S_ISREG(s.st_mode))
                continue;
            if (count < INCLUDE_MOST)
                files[count] = arena_str(arena, str_of(found.gl_pathv[i])).at;
            count++;
        }
    globfree(&found);
    return count;
}

bool
include_left(const char *from, size_t left, struct err *e)
{
    return err_set(e, ERR_LIMIT,
                   "%.200s: cannot read all files that it includes: they are too many, left out: %zu. Name "
                   "the file that holds the connection",
                   from, left);
}

bool
include_elsewhere(const char *from, struct str pattern, struct err *e)
{
    return err_set(
        e, ERR_IO,
        "%.200s: cannot read what it includes: %.*s is a path of the gateway that the file is from. "
        "Name those files as well",
        from, (int)(pattern.len < 200 ? pattern.len : 200), pattern.at);
}
