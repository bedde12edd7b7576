// What can be set about the wizard, and where each value comes from: the default, the configuration file
// ($XDG_CONFIG_HOME/ikewalk/config.yaml), the environment or an option, the later one winning. main reads
// them once, before the terminal is opened.
#ifndef IKEWALK_TUI_SETTINGS_H
#define IKEWALK_TUI_SETTINGS_H

#include "diag/arena.h"
#include "diag/err.h"

#define SETTINGS_FILE "config.yaml"

enum setting_id { SET_THEME, SET_MOUSE, SET_ASCII, SET_REDACT, SET_LANGUAGE, SET_COUNT };
enum setting_origin { FROM_DEFAULT, FROM_FILE, FROM_ENVIRONMENT, FROM_OPTION };

struct setting_value {
    const char *text;
    enum setting_origin origin;
    int line;             // FROM_FILE
    const char *variable; // FROM_ENVIRONMENT
};

struct settings {
    struct arena arena;
    const char *path; // of the file, whether it is there or not; NULL: nowhere to look
    struct setting_value value[SET_COUNT];
};

// Defaults, file and environment. False and e filled when the file cannot be used: then it counts as empty.
// settings_release ends it either way.
bool settings_read(struct settings *s, struct err *e);
void settings_release(struct settings *s);
// Sets what an option says; false and e filled when it cannot be set to that.
bool settings_option(struct settings *s, enum setting_id which, const char *text, struct err *e);
const char *settings_text(const struct settings *s, enum setting_id which);
bool settings_on(const struct settings *s, enum setting_id which);
// Appends all values as a file could hold them, each with a comment that says where it comes from.
void settings_print(const struct settings *s, struct buf *out);

#endif
