#include "tui/catalogues.h"

#include <glob.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/words.h"

enum { LANGUAGE_LONGEST = 32 };

static const char *const beside[] = {"locale", "../share/locale"};

// The language of the first catalogue below the folder whose name fits the pattern, cut into `language`.
static bool
find(const char *folder, const char *pattern, char language[LANGUAGE_LONGEST])
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s/LC_MESSAGES/ikewalk.mo", folder, pattern);
    glob_t found;
    if (length < 0 || (size_t)length >= sizeof path || glob(path, 0, NULL, &found) != 0)
        return false;
    snprintf(language, LANGUAGE_LONGEST, "%s", found.gl_pathv[0] + strlen(folder) + 1);
    language[strcspn(language, "/")] = '\0';
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
        char any[LANGUAGE_LONGEST];
        if (find(folder, "*", any))
            return folder;
    }
    snprintf(folder, sizeof folder, "%s", LOCALEDIR);
    return folder;
}

const char *
catalogues_named(const char *language)
{
    static char name[LANGUAGE_LONGEST];
    char wanted[LANGUAGE_LONGEST - 2];
    snprintf(wanted, sizeof wanted, "%.*s", (int)strcspn(language, ".@"), language);
    if (!*wanted || strpbrk(wanted, "/*?[\\"))
        return NULL;
    if (find(catalogues_folder(), wanted, name))
        return name;
    wanted[strcspn(wanted, "_")] = '\0';
    if (find(catalogues_folder(), wanted, name))
        return name;
    char pattern[LANGUAGE_LONGEST];
    snprintf(pattern, sizeof pattern, "%s_*", wanted);
    return find(catalogues_folder(), pattern, name) ? name : NULL;
}

// gettext looks at LANGUAGE only when the locale is another one than C, and since glibc 2.39 than C.UTF-8.
// The name set here is another one; the C library, which knows no such territory, takes C.UTF-8, which is
// always there.
void
catalogues_heed_language(void)
{
    const char *locale = setlocale(LC_MESSAGES, NULL);
    if (strcmp(locale, "C") == 0 || strncmp(locale, "C.", 2) == 0)
        setlocale(LC_MESSAGES, "C_XX.UTF-8");
}

bool
catalogues_ascii(struct err *e)
{
    static const char head[] = "", field[] = "Language: ";
    // The empty text is the head of the catalogue; where there is none, English is spoken.
    const char *said = strstr(gettext(head), field);
    if (!said)
        return true;
    said += sizeof field - 1;
    char language[LANGUAGE_LONGEST], wanted[LANGUAGE_LONGEST + sizeof "@ascii"], name[LANGUAGE_LONGEST];
    snprintf(language, sizeof language, "%.*s", (int)strcspn(said, "\n"), said);
    snprintf(wanted, sizeof wanted, "%s@ascii", language);
    bool there = find(catalogues_folder(), wanted, name);
    setenv("LANGUAGE", there ? name : "en", 1);
    catalogues_heed_language();
    textdomain(textdomain(NULL)); // what was looked up before is looked up anew
    return there ||
           err_set(e, ERR_USAGE,
                   "%s: cannot write this language in ASCII: it needs UTF-8. So this is English", language);
}
