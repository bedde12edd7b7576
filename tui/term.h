// The terminal: the only place that knows curses. Shows a canvas, reads keys, and gives the terminal back as
// it was, however the program ends. tui/wizard.c opens it once.
#ifndef IKEWALK_TUI_TERM_H
#define IKEWALK_TUI_TERM_H

#include "diag/err.h"
#include "tui/canvas.h"
#include "tui/keys.h"

struct terminal;

enum term_event {
    TERM_NOTHING, // the time is over, or the other descriptor has something
    TERM_KEY,     // *key is one
    TERM_RESIZED, // or continued after a stop: draw everything
    TERM_QUIT,    // Ctrl-C
    TERM_GONE     // hang-up, SIGTERM or the end of the input: end at once
};

// Whether a terminal can be had: standard output is one, its TERM is known and can address the cursor.
// tty_input: keys come from /dev/tty because standard input is a log. False and e filled when not.
bool term_usable(bool tty_input, struct err *e);
// Blocks the signals that it handles, so it comes before the first thread. theme: as settings name it. gives,
// term_close.
struct terminal *term_open(bool tty_input, const char *theme, struct err *e);
void term_close(struct terminal *t);

// Whether it says which of its input is pasted.
bool term_pastes(void);
// Whether it may know the request to copy (OSC 52), and none is disturbed by it.
bool term_copies(void);
// Hands bytes to the terminal between two pictures.
void term_send(struct str bytes);
// Takes clicks and the wheel as keys, or leaves the mouse to the terminal.
void term_mouse(struct terminal *t, bool wanted);
void term_size(const struct terminal *t, int *w, int *h);
// Makes the screen show the canvas, with as few bytes as curses can.
void term_show(struct terminal *t, const struct canvas *c);
// Waits for something to happen, at most for timeout milliseconds (-1: for ever) or until fd can be read.
enum term_event term_wait(struct terminal *t, int fd, int timeout, struct key *key);
// Puts the terminal back with calls that are allowed in a signal handler. Does nothing when it is not open.
void term_rescue(void);

#endif
