// The wizard without its terminal: the stack of screens, what a key does to it, and its picture on a canvas.
// tui/wizard.c connects it with a terminal and a worker, tests with neither.
#ifndef IKEWALK_TUI_APP_H
#define IKEWALK_TUI_APP_H

#include "tui/screen.h"

struct app;

// Opens at the source picker; borrows what the desk points to. gives, app_free.
struct app *app_new(struct desk desk);
void app_free(struct app *a);
// What the user set and what the terminal can do, before anything is drawn.
void app_setup(struct app *a, bool redacted, bool mouse, bool can_paste);
// Whether the mouse is wanted.
bool app_mouse(const struct app *a);
// Shows a sentence in the place of Next: until the next key.
void app_notice(struct app *a, const char *sentence);
// Reads these logs at once; takes o.
void app_open(struct app *a, struct opening *o);
// Offers the files of this folder; borrows the path for the life of the app.
void app_open_folder(struct app *a, const char *path);
// Opens the lessons; name: "", or the lesson to play once the knowledge is read, or "practice", with the logs
// of a folder or NULL. Borrows both for the life of the app.
void app_open_lesson(struct app *a, const char *name, const char *practice);
// Answers one key; false when the user leaves.
bool app_key(struct app *a, struct key key);
// Takes over what is new; false when nothing is.
bool app_news(struct app *a);
void app_draw(struct app *a, struct canvas *c);

#endif
