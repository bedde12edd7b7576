#include "tui/cli.h"

#include "diag/arena.h"
#include "diag/text.h"
#include "tui/catalogues.h"
#include "tui/output.h"
#include "tui/packwords.h"
#include "tui/words.h"

#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { OPTIONS_MOST = 40 };

static const struct command_word {
    const char *name;
    int (*run)(int argc, char **argv); // NULL: it only prints
} commands[] = {
    {"check", cli_check},   {"encap", cli_encap}, {"explain", cli_explain}, {"kb", cli_kb},
    {"lesson", cli_lesson}, {"--help", NULL},     {"--version", NULL},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static const struct command_word *
command_named(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
    return NULL;
}

bool
cli_is_command(const char *word)
{
    return command_named(word) != NULL;
}

static void
command_names(const char *names[COMMANDS])
{
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
}

const char *
cli_nearest(const char *word)
{
    const char *names[COMMANDS];
    command_names(names);
    return text_nearest(str_of(word), names, COMMANDS);
}

size_t
cli_begun(const char *word, struct buf *out)
{
    const char *names[COMMANDS];
    command_names(names);
    return *word == '-' ? 0 : text_begun(str_of(word), names, COMMANDS, "", out);
}

static void say(const char *before, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

static void
say(const char *before, const char *format, va_list args)
{
    struct buf safe = {0};
    va_list again;
    va_copy(again, args);
    size_t room = (size_t)vsnprintf(NULL, 0, format, args) + 1; // whole, for the reason stands at its end
    char *sentence = mem_new(room);
    vsnprintf(sentence, room, format, again);
    va_end(again);
    text_safe(str_of(before), &safe);
    text_safe(str_of(sentence), &safe);
    fprintf(stderr, "%s\n", buf_cstr(&safe));
    free(sentence);
    buf_release(&safe);
}

void
cli_complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("ikewalk: ", format, args);
    va_end(args);
}

int
cli_misused(const char *command, const char *format, ...)
{
    va_list args;
    struct buf before = {0};
    buf_addf(&before, "ikewalk: %s%s", command, *command ? ": " : "");
    va_start(args, format);
    say(buf_cstr(&before), format, args);
    va_end(args);
    buf_release(&before);
    fprintf(stderr, "Try 'ikewalk%s%s --help'\n", *command ? " " : "", command);
    return CLI_WRONG;
}

static void
unknown_option(const char *command, const char *given, const struct option *options)
{
    const char *names[OPTIONS_MOST];
    size_t count = 0;
    for (; options[count].name && count < OPTIONS_MOST; count++)
        names[count] = options[count].name;
    struct str word = str_of(given);
    while (str_starts(word, STR("-")))
        word = str_from(word, 1);
    word.len = str_find(word, STR("="));
    struct buf begun = {0};
    const char *nearest = text_nearest(word, names, count);
    if (text_begun(word, names, count, "--", &begun) > 1)
        cli_misused(command, _("%s: cannot use this option: it may be short for %s"), given,
                    buf_cstr(&begun));
    else if (nearest)
        cli_misused(command, _("%s: cannot use this option: there is none of that name; the nearest is --%s"),
                    given, nearest);
    else
        cli_misused(command, _("%s: cannot use this option: there is none of that name"), given);
    buf_release(&begun);
}

int
cli_option(int argc, char **argv, const struct option *options, int *index)
{
    opterr = 0;
    const char *command = command_named(argv[0]) ? argv[0] : "";
    int at, found, which;
    do {
        which = -1;
        at = optind ? optind : 1;
        found = getopt_long(argc, argv, ":h", options, &which);
        // An empty value comes of a variable that is not set, and means nothing.
        bool empty = which >= 0 && options[which].has_arg == required_argument && !*optarg;
        if (found == ':' || empty) {
            bool apart = empty && !*argv[optind - 1]; // --name ''
            cli_misused(command, _("%s: cannot use this option: it wants a value"), argv[optind - 1 - apart]);
            return '?';
        }
        if (found == CLI_LANG && !cli_language(command, optarg))
            return '?';
    } while (found == CLI_LANG);
    if (index && which >= 0)
        *index = which;
    if (found == '?')
        unknown_option(command, argv[optind > at ? optind - 1 : at], options);
    return found;
}

bool
cli_named(const char *command, const char *what, char **names)
{
    for (; *names; names++)
        if (!**names) {
            cli_misused(command, _("%s: cannot use an empty name: that comes of a variable that is not set"),
                        what);
            return false;
        }
    return true;
}

bool
cli_print(struct str text)
{
    struct err e = {0};
    struct output *o = output_open(NULL, &e);
    bool good = o && output_write(o, text, &e);
    if (o && good)
        good = output_close(o, &e);
    else
        output_drop(o);
    if (!good)
        cli_complain("%s", e.text);
    return good;
}

struct knowledge *
cli_knowledge(const char *folder)
{
    struct err e = {0};
    struct buf note = {0};
    struct knowledge *k = packwords_load(folder, &note, &e);
    if (note.len)
        cli_complain("%s", buf_cstr(&note));
    if (!k)
        cli_complain("%s", e.text);
    buf_release(&note);
    return k;
}

// What a locale that is not installed here asks for: its texts come from the catalogues all the same.
static const char *missing_locale;

bool
cli_language(const char *command, const char *language)
{
    struct str name = str_of(language);
    bool english = str_eq(name, STR("C")) || str_eq(name, STR("en")) || str_starts(name, STR("en_"));
    const char *named = english ? "en" : catalogues_named(language);
    if (!named && command)
        cli_misused(command, _("--lang %s: cannot use this language: there is no translation into it"),
                    language);
    if (!named)
        return false;
    if (command)
        missing_locale = NULL; // somebody chose another one
    setenv("LANGUAGE", named, 1);
    if (!english)
        catalogues_heed_language();
    return true;
}

bool
cli_ascii(bool asked, const char *path)
{
    struct err e = {0};
    bool ascii = asked || (!path && isatty(STDOUT_FILENO) && strcmp(nl_langinfo(CODESET), "UTF-8") != 0);
    if (ascii && !catalogues_ascii(&e))
        cli_complain("%s", e.text);
    return ascii;
}

void
cli_locale_missing(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *language = getenv("LANGUAGE"), *wanted = NULL;
    for (size_t i = 0; i < 3 && (!wanted || !*wanted); i++)
        wanted = getenv(variables[i]);
    if (!wanted || !*wanted || strcmp(wanted, "C") == 0 || strcmp(wanted, "POSIX") == 0)
        return;
    if (language && *language)
        catalogues_heed_language();
    else if (cli_language(NULL, wanted))
        missing_locale = wanted;
}

bool
cli_settings(struct settings *s, struct err *e)
{
    if (missing_locale)
        unsetenv("LANGUAGE"); // nobody set it but this program
    bool good = settings_read(s, e);
    if (missing_locale && s->value[SET_LANGUAGE].origin == FROM_DEFAULT)
        cli_language(NULL, missing_locale);
    const char *language = settings_text(s, SET_LANGUAGE);
    bool of_file = s->value[SET_LANGUAGE].origin == FROM_FILE && strcmp(language, "auto") != 0;
    if (of_file && !cli_language(NULL, language) && good)
        return err_set(e, ERR_USAGE, _("%s: cannot use the language %s: there is no translation into it"),
                       s->path, language);
    return good;
}

static const char *
help(void)
{
    return _("Usage: ikewalk [OPTIONS] [SOURCE...]\n"
             "       ikewalk check [OPTIONS] SOURCE...\n"
             "       ikewalk encap [OPTIONS]\n"
             "       ikewalk explain [OPTIONS] WHAT\n"
             "       ikewalk lesson [OPTIONS] [NAME]\n"
             "       ikewalk kb lint|test|list [OPTIONS] [PACK...]\n"
             "\n"
             "Finds out why an IPsec/IKE tunnel does not work: reads the log of a gateway, says\n"
             "at which checkpoint each tunnel is stuck, shows the lines that prove it, and leads\n"
             "through the fix. It only reads.\n"
             "\n"
             "  (no command)  the wizard, at the choice of a source or with these loading\n"
             "  check         the same diagnosis without a screen\n"
             "  encap         whether NAT, mapped ports, filters and packet sizes let a tunnel pass\n"
             "  explain       a checkpoint, finding, cause, event or message, or a log line\n"
             "  lesson        training on recorded faults\n"
             "  kb            checks, tests and lists what it knows\n"
             "\n"
             "A SOURCE is a log file, plain or packed with gzip, xz, zstd or bzip2, and beside it a\n"
             "configuration file or a packet capture; - is standard input; journal: or journal:UNIT\n"
             "the journal of this machine; ssh://[USER@]HOST[:PORT][/PATH] a gateway, @NAME one of\n"
             "gateways.yaml; sample:NAME a log that comes with the program.\n"
             "\n"
             "Options of the wizard:\n"
             "      --ascii         ASCII signs only\n"
             "      --theme NAME    auto, dark, light or mono\n"
             "      --lang LANG     the language of the screens\n"
             "      --kb DIR        the knowledge packs in DIR in addition to those built in\n"
             "      --print-config  what is set, and where each value comes from\n"
             "\n"
             "      --help          this text, or that of a command\n"
             "      --version       the version\n");
}

// A descriptor that is closed would be given to the next file opened, and a report written over it. Each is
// opened the wrong way round, so that using it fails as it would have before.
static bool
guard_streams(void)
{
    bool closed[3];
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        closed[fd] = fcntl(fd, F_GETFD) < 0;
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (closed[fd] && open("/dev/null", (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC) != fd)
            return false;
    return true;
}

int
cli_run(int argc, char **argv)
{
    if (!guard_streams())
        return CLI_WRONG;
    const struct command_word *command = command_named(argv[1]);
    if (command->run && (argc != 3 || strcmp(argv[2], "--version") != 0))
        return command->run(argc - 1, argv + 1);
    bool asked = strcmp(argv[1], "--help") == 0;
    return cli_print(asked ? str_of(help()) : STR("ikewalk " IKEWALK_VERSION "\n")) ? CLI_GOOD : CLI_WRONG;
}
