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
#include "tui/cli.h"
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
    setlocale(LC_ALL, "");
    const char *type = setlocale(LC_CTYPE, NULL);
    if (strcmp(type, "C") == 0 || strcmp(type, "POSIX") == 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    bindtextdomain("ikewalk", LOCALEDIR);
    bind_textdomain_codeset("ikewalk", "UTF-8");
    textdomain("ikewalk");
}

static bool
is_command(const char *word)
{
    static const char *const commands[] = {"check", "explain", "kb", "--help", "--version"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(word, commands[i]) == 0)
            return true;
    return false;
}

static int
open_wizard(int argc, char **argv)
{
    static const struct option options[] = {
        {"ascii", no_argument, NULL, 'a'}, {"kb", required_argument, NULL, 'k'}, {NULL, 0, NULL, 0}};
    struct wizard_options wizard = {0};
    int option;
    while ((option = cli_option(argc, argv, options, NULL)) != -1) {
        if (option == 'a')
            wizard.ascii = true;
        else if (option == 'k')
            wizard.kb = optarg;
        else
            return CLI_WRONG;
    }
    wizard.sources = argv + optind;
    wizard.source_count = argc - optind;
    struct err e = {0};
    if (wizard_run(&wizard, &e))
        return CLI_GOOD;
    cli_complain("%s", e.text);
    return CLI_WRONG;
}

int
main(int argc, char **argv)
{
    choose_locale();
    mem_exhausted = out_of_memory;
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && is_command(argv[1]))
        return cli_run(argc, argv);
    signal(SIGCHLD, SIG_IGN); // tmux, when it is given a copy
    return open_wizard(argc, argv);
}
