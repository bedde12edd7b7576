#include "remote/include.h"

#include <glob.h>
#include <sys/stat.h>

size_t
include_files(const char *from, struct str pattern, struct arena *arena, const char *files[INCLUDE_MOST])
{
    glob_t found = {0};
    const char *slash = strrchr(from, '/');
    int folder = slash ? (int)(slash + 1 - from) : 0;
    bool whole = pattern.len && pattern.at[0] == '/';
    struct str path = arena_strf(arena, "%.*s%.*s", whole ? 0 : folder, from, STR_ARG(pattern));
    size_t count = 0;
    if (pattern.len && glob(path.at, 0, NULL, &found) == 0)
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
