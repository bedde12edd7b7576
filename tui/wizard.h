// The wizard in its terminal: opens it, draws, waits for keys and news. main calls it when no command was
// named.
#ifndef IKEWALK_TUI_WIZARD_H
#define IKEWALK_TUI_WIZARD_H

#include "tui/settings.h"

struct wizard_options {
    const char *kb; // folder of packs over the built-in ones, or NULL
    const struct settings *settings;
    const char *problem;  // with the settings, told at the start; NULL: none
    const char *lesson;   // opens the lessons: "", an id, a number or "practice"; NULL: the sources
    const char *practice; // folder of logs to practise with, or NULL
    char **sources;       // logs to read at once
    int source_count;
};

// Returns when the user leaves or the terminal goes away; false and e filled when there is no terminal for
// it.
bool wizard_run(const struct wizard_options *options, struct err *e);

#endif
