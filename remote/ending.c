#include "remote/ending.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "remote/spool.h"
#include "remote/unpack.h"

enum { BLOCK = 256 * 1024 };

static bool
is_plain(int fd)
{
    char start[UNPACK_SNIFF];
    const char *why;
    int failed;
    size_t count = spool_pread(fd, 0, start, sizeof start, &failed);
    return unpack_detect((struct str){start, count}, true, &why) == UNPACK_PLAIN;
}

bool
ending_read(const char *path, uint64_t from, struct buf *bytes)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    bool good = fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode) &&
                (uint64_t)about.st_size > from && is_plain(fd);
    uint64_t at = good && about.st_size > ENDING_MOST ? (uint64_t)about.st_size - ENDING_MOST : 0;
    bool begun = at == 0; // else the first line is only the end of one
    char block[BLOCK];
    for (size_t left = ENDING_MOST, count = 1; good && left && count;) {
        int failed;
        count = spool_pread(fd, at, block, left < BLOCK ? left : BLOCK, &failed);
        struct str text = {block, count};
        at += count;
        left -= count;
        if (!begun) {
            size_t end = str_find(text, STR("\n"));
            begun = end < text.len;
            text = str_from(text, end + 1);
        }
        buf_add(bytes, text);
    }
    if (fd >= 0)
        close(fd);
    return good;
}
