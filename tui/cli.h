// The commands: check, encap, explain, kb, lesson, --help and --version. main hands over its arguments when
// the first of them is one of these words.
#ifndef IKEWALK_TUI_CLI_H
#define IKEWALK_TUI_CLI_H

#include "diag/err.h"
#include "diag/str.h"
#include "knowledge/load.h"
#include "tui/settings.h"

#include <getopt.h>

bool cli_is_command(const char *word);
// The command that is spelt almost like it, or NULL.
const char *cli_nearest(const char *word);
// Appends the commands that begin with a word, unless it is an option; how many they are.
size_t cli_begun(const char *word, struct buf *out);
// Runs the command that argv[1] is; returns its exit status.
int cli_run(int argc, char **argv);

// The rest is for tui/cli_*.c only. Each command gets argv[0] = its own name.
int cli_check(int argc, char **argv);
int cli_encap(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_kb(int argc, char **argv);
int cli_lesson(int argc, char **argv);

enum { CLI_GOOD = 0, CLI_FAULT = 1, CLI_WRONG = 2, CLI_FOREIGN = 3 };
enum { CLI_LANG = 1000 }; // the option --lang of a command

// "ikewalk: SENTENCE" on standard error, one line, nothing in it can act.
void cli_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
// The same for wrong usage, with the Try line behind it; returns CLI_WRONG.
int cli_misused(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
// The next long option, as getopt_long returns it, 0 for one that sets a flag of its own, -1 behind the last
// one;
// '?' when it was wrong and this has been said. CLI_LANG is done here and never returned.
int cli_option(int argc, char **argv, const struct option *options, int *index);
// Is none of these arguments (what: SOURCE, as the help calls them) empty? Else it has been said.
bool cli_named(const char *command, const char *what, char **names);
// Prints a text that is complete (help, lists); false when standard output would not take it, which has been
// said.
bool cli_print(struct str text);
// See packwords_load; NULL when a pack could not be read, which has been said.
struct knowledge *cli_knowledge(const char *folder);
// Switches the language of the texts; false when there is no such catalogue, which has been said of the
// option of a command ("": the wizard's; NULL: it is no option).
bool cli_language(const char *command, const char *language);
// Does a text go out in ASCII alone, for that was asked or its reader shows nothing else? Then so do the
// words of the language, and where it has none it has been said. To be called before there is knowledge.
bool cli_ascii(bool asked, const char *path);
// The locale that the environment asks for is not there: its language is spoken all the same, where it can be
// had. main calls it before anything is said.
void cli_locale_missing(void);
// Reads the settings of the wizard and speaks their language; false and e when the file is not as it should
// be.
bool cli_settings(struct settings *s, struct err *e);

#endif
