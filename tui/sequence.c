#include "tui/sequence.h"

#include "remote/rotated.h"

#include <sys/stat.h>

// The name that is this file, among those that have no turn yet; -1 when none is.
static int
name_of(const char *path, const char *const *names, const bool *taken, int count)
{
    struct stat wanted, here;
    if (stat(path, &wanted) != 0)
        return -1;
    for (int i = 0; i < count; i++)
        if (!taken[i] && stat(names[i], &here) == 0 && here.st_dev == wanted.st_dev &&
            here.st_ino == wanted.st_ino)
            return i;
    return -1;
}

bool
sequence_is_same(const char *a, const char *b)
{
    struct stat one, other;
    return strcmp(a, b) == 0 || (stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
                                 one.st_ino == other.st_ino);
}

int
sequence_of(const char *const *names, int count, struct turn *turns)
{
    bool taken[DIAG_SOURCES] = {false};
    int next = 0;
    for (int i = 1; i < count; i++)
        for (int earlier = 0; earlier < i && !taken[i]; earlier++)
            taken[i] = sequence_is_same(names[earlier], names[i]);
    for (int i = 0; i < count; i++) {
        if (taken[i])
            continue;
        struct rotated names_of = {0};
        int before = -1;
        if (count > 1)
            rotated_of(names[i], &names_of);
        bool set = names_of.count && names_of.sets[0].count > 1;
        for (size_t m = 0; set && m < names_of.sets[0].count; m++) {
            int at = name_of(names_of.sets[0].members[m].path, names, taken, count);
            if (at < 0)
                continue;
            taken[at] = true;
            turns[next] = (struct turn){names[at], before};
            before = next++;
        }
        rotated_release(&names_of);
        if (!taken[i]) {
            taken[i] = true;
            turns[next++] = (struct turn){names[i], -1};
        }
    }
    return next;
}
