#include "tui/complete.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void
complete_home(struct str path, struct buf *out)
{
    const char *home = getenv("HOME");
    if (home && str_starts(path, STR("~/"))) {
        buf_add(out, str_of(home));
        path = str_from(path, 1);
    }
    buf_add(out, path);
}

static bool
is_folder(struct str folder, const char *name)
{
    struct buf path = {0};
    struct stat there;
    buf_addf(&path, "%.*s%s", STR_ARG(folder), name);
    bool is = stat(buf_cstr(&path), &there) == 0 && S_ISDIR(there.st_mode);
    buf_release(&path);
    return is;
}

size_t
complete_path(struct buf *path)
{
    struct buf whole = {0}, common = {0}, folder = {0};
    complete_home(buf_str(path), &whole);
    const char *slash = whole.len ? memrchr(whole.at, '/', whole.len) : NULL;
    struct str begun = str_from(buf_str(&whole), slash ? (size_t)(slash - whole.at) + 1 : 0);
    buf_add(&folder, slash ? (struct str){whole.at, whole.len - begun.len} : STR("./"));
    size_t count = 0;
    DIR *entries = opendir(buf_cstr(&folder));
    for (struct dirent *e; entries && (e = readdir(entries));) {
        struct str name = str_of(e->d_name);
        if (!str_starts(name, begun) || (!begun.len && e->d_name[0] == '.') || str_eq(name, STR(".")) ||
            str_eq(name, STR("..")))
            continue;
        if (count++ == 0) {
            buf_add(&common, name);
            continue;
        }
        size_t same = 0;
        while (same < common.len && same < name.len && common.at[same] == name.at[same])
            same++;
        common.len = same;
    }
    if (entries)
        closedir(entries);
    while (common.len && (common.at[common.len - 1] & 0xC0) == 0x80) // never half a character
        common.len--;
    if (common.len > begun.len)
        buf_add(path, str_from(buf_str(&common), begun.len));
    if (count == 1 && is_folder(buf_str(&folder), buf_cstr(&common)))
        buf_add_char(path, '/');
    buf_release(&whole);
    buf_release(&common);
    buf_release(&folder);
    return count;
}
