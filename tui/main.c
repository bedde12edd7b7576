// The start of the program: language, signals, and which command is meant.
#include <getopt.h>
#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag/arena.h"
#include "tui/catalogues.h"
#include "tui/cli.h"
#include "tui/settings.h"
#include "tui/term.h"
#include "tui/wizard.h"
#include "tui/words.h"

static void
out_of_memory(void)
{
    static const char sentence[] = "ikewalk: memory: cannot go on: there is none left\n";
    term_rescue();
    ssize_t ignored = write(STDERR_FILENO, sentence, sizeof sentence - 1);
    (void)ignored;
    _exit(CLI_WRONG);
}

// A serial console, sudo and cron come with LANG=C; text is UTF-8 all the same where that can be had.
static void
choose_locale(void)
{
    bool there = setlocale(LC_ALL, "") != NULL;
    setlocale(LC_NUMERIC, "C"); // numbers are read and written in one way, whatever the language
    const char *type = setlocale(LC_CTYPE, NULL);
    if (strcmp(type, "C") == 0 || strcmp(type, "POSIX") == 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    if (strcmp(setlocale(LC_MESSAGES, NULL), "C") != 0) // who asks for C asks for English
        catalogues_heed_language();
    bindtextdomain("ikewalk", catalogues_folder());
    bind_textdomain_codeset("ikewalk", "UTF-8");
    textdomain("ikewalk");
    if (!there)
        cli_locale_missing();
}

// Takes an option that sets something; false when it has been said that it cannot.
static bool
set_option(struct settings *s, enum setting_id which, const char *text)
{
    struct err e = {0};
    if (settings_option(s, which, text, &e))
        return which != SET_LANGUAGE || cli_language("", text);
    cli_misused("", "%s", e.text);
    return false;
}

static int
print_settings(const struct settings *s, const char *problem)
{
    struct buf text = {0};
    settings_print(s, &text);
    int status = cli_print(buf_str(&text)) && !problem ? CLI_GOOD : CLI_WRONG;
    if (problem)
        cli_complain("%s", problem);
    buf_release(&text);
    return status;
}

// Was a command meant, and no log? Then it has been said.
static bool
is_misspelt(const char *word)
{
    if (access(word, F_OK) == 0)
        return false;
    if (cli_is_command(word)) {
        cli_misused("", _("%s: cannot do this here: a command stands before all options"), word);
        return true;
    }
    struct buf begun = {0};
    bool short_form = cli_begun(word, &begun) > 0;
    const char *nearest = cli_nearest(word);
    if (short_form)
        cli_misused("", _("%s: cannot open it: there is no such file; a command is written whole: %s"), word,
                    buf_cstr(&begun));
    else if (nearest)
        cli_misused("", _("%s: cannot open it: there is no such file; the nearest command is %s"), word,
                    nearest);
    buf_release(&begun);
    return short_form || nearest;
}

static int
run_wizard(int argc, char **argv, struct settings *settings, const char *problem)
{
    static const struct option options[] = {
        {"ascii", no_argument, NULL, 'a'},        {"help", no_argument, NULL, 'h'},
        {"kb", required_argument, NULL, 'k'},     {"lang", required_argument, NULL, 'l'},
        {"print-config", no_argument, NULL, 'p'}, {"theme", required_argument, NULL, 't'},
        {"version", no_argument, NULL, 'v'},      {NULL, 0, NULL, 0}};
    struct wizard_options wizard = {.settings = settings, .problem = problem};
    bool print = false, good = true;
    int option;
    while (good && (option = cli_option(argc, argv, options, NULL)) != -1) {
        if (option == 'a')
            good = set_option(settings, SET_ASCII, "on");
        else if (option == 'k')
            wizard.kb = optarg;
        else if (option == 'l')
            good = set_option(settings, SET_LANGUAGE, optarg);
        else if (option == 't')
            good = set_option(settings, SET_THEME, optarg);
        else if (option == 'p')
            print = true;
        else if (option == 'h' || option == 'v')
            return cli_run(2, (char *[]){argv[0], option == 'h' ? "--help" : "--version", NULL});
        else
            good = false;
    }
    if (!good)
        return CLI_WRONG;
    if (print)
        return print_settings(settings, problem);
    if (!cli_named("", "SOURCE", argv + optind) || (optind < argc && is_misspelt(argv[optind])))
        return CLI_WRONG;
    wizard.sources = argv + optind;
    wizard.source_count = argc - optind;
    struct err e = {0};
    if (wizard_run(&wizard, &e))
        return CLI_GOOD;
    cli_complain("%s", e.text);
    return CLI_WRONG;
}

static int
open_wizard(int argc, char **argv)
{
    struct settings settings;
    struct err e = {0};
    bool good = cli_settings(&settings, &e);
    int status = run_wizard(argc, argv, &settings, good ? NULL : e.text);
    settings_release(&settings);
    return status;
}

int
main(int argc, char **argv)
{
    choose_locale();
    mem_exhausted = out_of_memory;
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && cli_is_command(argv[1]))
        return cli_run(argc, argv);
    return open_wizard(argc, argv);
}
