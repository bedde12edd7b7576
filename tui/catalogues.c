#include "tui/catalogues.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const beside[] = {"locale", "../share/locale"};

// Is there a catalogue of this language ("*": of any) below the folder?
static bool
holds(const char *folder, const char *language)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s/LC_MESSAGES/ikewalk.mo", folder, language);
    glob_t found;
    if (length < 0 || (size_t)length >= sizeof path || glob(path, GLOB_NOSORT, NULL, &found) != 0)
        return false;
    globfree(&found);
    return true;
}

const char *
catalogues_folder(void)
{
    static char folder[PATH_MAX];
    char program[PATH_MAX / 2] = "";
    if (*folder)
        return folder;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    while (length > 0 && program[length - 1] != '/')
        length--;
    for (size_t i = 0; length > 0 && i < sizeof beside / sizeof *beside; i++) {
        snprintf(folder, sizeof folder, "%.*s%s", (int)length, program, beside[i]);
        if (holds(folder, "*"))
            return folder;
    }
    snprintf(folder, sizeof folder, "%s", LOCALEDIR);
    return folder;
}

bool
catalogues_have(const char *language)
{
    return *language && !strpbrk(language, "/*?[\\") && holds(catalogues_folder(), language);
}
