#include "tui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#define NCURSES_WIDECHAR 1
#include <ncurses.h>
// term.h of curses defines hundreds of short names; only these are wanted.
struct term;
extern struct term *cur_term;
extern int setupterm(const char *, int, int *);
extern char *tigetstr(const char *);
extern int del_curterm(struct term *);

#include "diag/arena.h"
#include "diag/text.h"
#include "tui/theme.h"
#include "tui/words.h"

// Press and release that arrive together are a click to curses.
#define PRESSED (BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON1_DOUBLE_CLICKED | BUTTON1_TRIPLE_CLICKED)

enum { KEY_PASTE = KEY_MAX + 1, KEY_PASTED, ESCAPE_MS = 25, COLOURS = 8, SEQUENCE_MOST = 30, AHEAD = 4096 };

struct terminal {
    SCREEN *screen;
    FILE *in;
    int in_fd, signals;
    bool pasting, opened_tty, mouse;
    bool paste_begins; // none of its characters has come yet
    struct ahead {     // what was read to find the end of a paste, and of it what comes next
        int kind;
        wint_t code;
    } ahead[AHEAD];
    size_t next, read;
    enum theme theme;
    bool coloured;
    sigset_t old_mask;
    struct sigaction old_stop;
};

// What a handler of a fatal signal needs to give the terminal back.
static struct {
    volatile sig_atomic_t active;
    struct termios before;
    int fd;
} rescue;

static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};

void
term_rescue(void)
{
    // Ends paste marks and the mouse, resets colours, leaves the second screen, shows the cursor (ECMA-48,
    // xterm).
    static const char back[] = "\033[?2004l\033[?1000l\033[?1006l\033[0m\033[?1049l\033[?25h\r\n";
    if (!rescue.active)
        return;
    rescue.active = 0;
    ssize_t ignored = write(STDOUT_FILENO, back, sizeof back - 1);
    (void)ignored;
    tcsetattr(rescue.fd, TCSANOW, &rescue.before);
}

static void
on_fatal(int number)
{
    term_rescue();
    raise(number); // SA_RESETHAND: now it kills
}

bool
term_usable(bool tty_input, struct err *e)
{
    const char *name = getenv("TERM");
    int known;
    const char *next =
        _("ikewalk check FILE does the same work without a screen, ikewalk lesson --print a lesson");
    if (!isatty(STDOUT_FILENO) || (!tty_input && !isatty(STDIN_FILENO)))
        return err_set(e, ERR_USAGE,
                       _("terminal: cannot open the wizard: standard input or output is no terminal; %s"),
                       next);
    if (tty_input && isatty(STDIN_FILENO))
        return err_set(e, ERR_USAGE,
                       _("standard input: cannot read a log from it: it is this terminal. Use COMMAND | "
                         "ikewalk -, or Paste text in the wizard"));
    if (!name || !*name)
        return err_set(e, ERR_USAGE, _("TERM: cannot open the wizard: it is not set; %s"), next);
    if (setupterm(name, STDOUT_FILENO, &known) != OK)
        return err_set(e, ERR_USAGE,
                       _("TERM=%.60s: cannot open the wizard: this terminal is not known here; %s"), name,
                       next);
    const char *address = tigetstr("cup");
    bool addressed = address && address != (char *)-1;
    del_curterm(cur_term); // term_open sets it up anew
    if (!addressed)
        return err_set(e, ERR_USAGE,
                       _("TERM=%.60s: cannot open the wizard: this terminal cannot address its cursor; %s"),
                       name, next);
    return true;
}

static void
start_colours(struct terminal *t, const char *theme)
{
    t->coloured = has_colors() && start_color() == OK;
    if (t->coloured)
        use_default_colors();
    t->theme = theme_choose(theme, getenv("COLORFGBG"), t->coloured ? COLORS : 0);
    for (short colour = 0; t->coloured && t->theme != THEME_MONO && colour < COLOURS; colour++)
        init_pair((short)(colour + 1), colour, -1);
}

void
term_send(struct str bytes)
{
    while (bytes.len) {
        ssize_t sent = write(STDOUT_FILENO, bytes.at, bytes.len);
        if (sent < 0 && errno != EINTR)
            return; // the picture will meet the same trouble
        bytes = str_from(bytes, sent > 0 ? (size_t)sent : 0);
    }
}

static void
send(const char *sequence)
{
    term_send(str_of(sequence));
}

// A terminal that names the capability, or one of those that are known to follow xterm.
static bool
is_like_xterm(const char *capability)
{
    const char *named = tigetstr(capability), *name = getenv("TERM");
    static const char *const known[] = {"xterm", "screen", "tmux", "rxvt", "alacritty", "foot", "kitty"};
    if (named && named != (char *)-1)
        return true;
    for (size_t i = 0; name && i < sizeof known / sizeof *known; i++)
        if (strncmp(name, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

// Bracketed paste (xterm).
bool
term_pastes(void)
{
    return is_like_xterm("BE");
}

bool
term_copies(void)
{
    return is_like_xterm("Ms");
}

// What terminals send for these keys, whatever TERM says of them: PuTTY, the console and tmux differ.
static void
define_keys(void)
{
    static const struct {
        const char *sent;
        int key;
    } keys[] = {
        {"\033[200~", KEY_PASTE}, {"\033[201~", KEY_PASTED}, {"\033[1~", KEY_HOME},  {"\033[7~", KEY_HOME},
        {"\033[H", KEY_HOME},     {"\033OH", KEY_HOME},      {"\033[4~", KEY_END},   {"\033[8~", KEY_END},
        {"\033[F", KEY_END},      {"\033OF", KEY_END},       {"\033[5~", KEY_PPAGE}, {"\033[6~", KEY_NPAGE},
        {"\033[A", KEY_UP},       {"\033OA", KEY_UP},        {"\033[B", KEY_DOWN},   {"\033OB", KEY_DOWN},
        {"\033[C", KEY_RIGHT},    {"\033OC", KEY_RIGHT},     {"\033[D", KEY_LEFT},   {"\033OD", KEY_LEFT},
        {"\033OM", KEY_ENTER},    {"\033OP", KEY_F(1)},      {"\033[11~", KEY_F(1)}, {"\033[[A", KEY_F(1)}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        define_key(keys[i].sent, keys[i].key);
}

static bool
start_curses(struct terminal *t, const char *theme, struct err *e)
{
    t->screen = newterm(NULL, stdout, t->in);
    if (!t->screen)
        return err_set(e, ERR_USAGE, _("terminal: cannot open the wizard: it could not be set up"));
    set_term(t->screen);
    set_escdelay(ESCAPE_MS);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    leaveok(stdscr, FALSE);
    start_colours(t, theme);
    mouseinterval(0); // a click counts when it begins
    define_keys();
    if (term_pastes())
        send("\033[?2004h");
    return true;
}

// Never runs, for SIGTSTP is blocked and read. But curses leaves a signal alone for which it finds a handler;
// without one it ignores SIGTSTP while it paints, and the Ctrl-Z of that moment is lost.
static void
on_stop(int number)
{
    (void)number;
}

static void
catch_signals(struct terminal *t)
{
    sigset_t mine;
    sigemptyset(&mine);
    sigaddset(&mine, SIGWINCH);
    sigaddset(&mine, SIGTSTP);
    sigaddset(&mine, SIGCONT);
    sigaddset(&mine, SIGHUP);
    sigaddset(&mine, SIGTERM);
    sigaddset(&mine, SIGINT);
    sigaddset(&mine, SIGQUIT);
    pthread_sigmask(SIG_BLOCK, &mine, &t->old_mask);
    t->signals = signalfd(-1, &mine, SFD_NONBLOCK | SFD_CLOEXEC);
    sigaction(SIGTSTP, &(struct sigaction){.sa_handler = on_stop}, &t->old_stop);
    struct sigaction action = {.sa_handler = on_fatal, .sa_flags = (int)SA_RESETHAND};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        sigaction(fatal[i], &action, NULL);
}

struct terminal *
term_open(bool tty_input, const char *theme, struct err *e)
{
    struct terminal *t = mem_new(sizeof *t);
    t->in = tty_input ? fopen("/dev/tty", "re") : stdin;
    t->opened_tty = tty_input;
    if (!t->in) {
        err_set(e, ERR_IO, _("/dev/tty: cannot read keys from it: %s"), strerror(errno));
        free(t);
        return NULL;
    }
    t->in_fd = fileno(t->in);
    rescue.fd = t->in_fd;
    tcgetattr(t->in_fd, &rescue.before);
    catch_signals(t);
    if (!start_curses(t, theme, e)) {
        close(t->signals);
        free(t);
        return NULL;
    }
    rescue.active = 1;
    return t;
}

void
term_close(struct terminal *t)
{
    if (!t)
        return;
    if (term_pastes())
        send("\033[?2004l");
    move(LINES - 1, 0); // without a second screen the next prompt stands here
    clrtoeol();
    refresh();
    endwin();
    delscreen(t->screen);
    tcsetattr(t->in_fd, TCSANOW, &rescue.before);
    rescue.active = 0;
    close(t->signals);
    if (t->opened_tty)
        fclose(t->in);
    sigaction(SIGTSTP, &t->old_stop, NULL);
    pthread_sigmask(SIG_SETMASK, &t->old_mask, NULL);
    free(t);
}

void
term_mouse(struct terminal *t, bool wanted)
{
    if (t->mouse != wanted)
        mousemask(wanted ? (mmask_t)(PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED) : 0, NULL);
    t->mouse = wanted;
}

void
term_size(const struct terminal *t, int *w, int *h)
{
    struct winsize size;
    (void)t;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row) {
        *w = size.ws_col;
        *h = size.ws_row;
    } else {
        *w = COLS;
        *h = LINES;
    }
}

static void
show_cell(const struct terminal *t, const struct cell *cell, int x, int y)
{
    struct ink ink = theme_ink(t->theme, cell->look);
    attr_t attributes = (ink.bold ? A_BOLD : 0) | (ink.dim ? A_DIM : 0) | (ink.reverse ? A_REVERSE : 0);
    short pair = (short)(t->theme == THEME_MONO ? 0 : ink.colour + 1);
    wchar_t text[CCHARW_MAX + 1] = {0};
    struct str rest = {cell->text, cell->len};
    for (size_t i = 0; i < CCHARW_MAX && rest.len; i++) {
        int32_t rune;
        size_t length = text_rune(rest, &rune);
        text[i] = rune;
        rest = str_from(rest, length);
    }
    // Where the terminal's idea of a width differs from ours the picture would shift.
    if (wcwidth(text[0]) != cell->width) {
        for (int i = 0; i < cell->width; i++)
            mvaddch(y, x + i, (chtype)'?' | attributes | COLOR_PAIR(pair));
        return;
    }
    cchar_t shown;
    if (setcchar(&shown, text, attributes, pair, NULL) == OK)
        mvadd_wch(y, x, &shown);
}

void
term_show(struct terminal *t, const struct canvas *c)
{
    if (c->w != COLS || c->h != LINES)
        resizeterm(c->h, c->w);
    for (int y = 0; y < c->h; y++)
        for (int x = 0; x < c->w; x++) {
            const struct cell *cell = canvas_at(c, x, y);
            if (cell->width)
                show_cell(t, cell, x, y);
        }
    move(c->cursor_y, c->cursor_x);
    refresh();
}

// Stops as the user asked with Ctrl-Z, with the terminal given back meanwhile.
static void
stop(const struct terminal *t)
{
    sigset_t one;
    struct sigaction ours;
    if (term_pastes())
        send("\033[?2004l");
    endwin();
    sigemptyset(&one);
    sigaddset(&one, SIGTSTP);
    sigaction(SIGTSTP, &t->old_stop, &ours);
    raise(SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &one, NULL); // here it stops
    pthread_sigmask(SIG_BLOCK, &one, NULL);
    sigaction(SIGTSTP, &ours, NULL);
}

static enum term_event
take_signal(struct terminal *t)
{
    struct signalfd_siginfo info;
    if (read(t->signals, &info, sizeof info) != (ssize_t)sizeof info)
        return TERM_NOTHING;
    switch (info.ssi_signo) {
    case SIGWINCH:
        return TERM_RESIZED;
    case SIGTSTP:
        stop(t);
        return TERM_RESIZED;
    case SIGCONT:
        reset_prog_mode();
        if (term_pastes())
            send("\033[?2004h");
        clearok(curscr, TRUE);
        return TERM_RESIZED;
    case SIGINT:
        return TERM_QUIT;
    default:
        return TERM_GONE;
    }
}

static int32_t
key_code(wint_t code)
{
    switch (code) {
    case KEY_UP:
        return K_UP;
    case KEY_DOWN:
        return K_DOWN;
    case KEY_LEFT:
        return K_LEFT;
    case KEY_RIGHT:
        return K_RIGHT;
    case KEY_PPAGE:
        return K_PAGE_UP;
    case KEY_NPAGE:
        return K_PAGE_DOWN;
    case KEY_HOME:
        return K_HOME;
    case KEY_END:
        return K_END;
    case KEY_ENTER:
        return K_ENTER;
    case KEY_BACKSPACE:
        return K_BACKSPACE;
    case KEY_F(1):
        return K_HELP;
    default:
        return K_NONE;
    }
}

static struct key
mouse_key(void)
{
    MEVENT event;
    struct key key = {0};
    if (getmouse(&event) != OK)
        return key;
    key.code = event.bstate & PRESSED           ? K_CLICK
               : event.bstate & BUTTON4_PRESSED ? K_WHEEL_UP
               : event.bstate & BUTTON5_PRESSED ? K_WHEEL_DOWN
                                                : K_NONE;
    key.x = event.x;
    key.y = event.y;
    return key;
}

// What of the keys that curses has comes next; ERR: it has none.
static int
read_code(struct terminal *t, wint_t *code)
{
    if (t->next == t->read)
        return get_wch(code);
    *code = t->ahead[t->next].code;
    return t->ahead[t->next++].kind;
}

// Behind an Esc: the rest of a key that is not known here is left out, for it is no step back.
static bool
skip_sequence(struct terminal *t)
{
    wint_t code = 0;
    bool kept = t->next < t->read;
    int kind = read_code(t, &code);
    if (kind == ERR)
        return false;
    if (kind == KEY_CODE_YES || (code != '[' && code != 'O')) {
        if (kept)
            t->next--;
        else
            kind == KEY_CODE_YES ? ungetch((int)code) : unget_wch((wchar_t)code);
        return false;
    }
    bool one = code == 'O';
    for (int i = 0; i < SEQUENCE_MOST && read_code(t, &code) == OK && !one && (code < '@' || code > '~'); i++)
        ;
    return true;
}

// A pasted text may hold the mark of its own end. The true one comes behind it, and behind that nothing but
// keys: is there another mark among what has come already?
static bool
ends_later(struct terminal *t)
{
    wint_t code = 0;
    if (t->next == t->read)
        t->next = t->read = 0;
    for (size_t i = t->next; i < AHEAD; i++) {
        int kind = i < t->read ? t->ahead[i].kind : get_wch(&code);
        if (kind == ERR)
            break;
        if (i == t->read)
            t->ahead[t->read++] = (struct ahead){kind, code};
        if (kind == KEY_CODE_YES && (t->ahead[i].code == KEY_PASTED || t->ahead[i].code == KEY_PASTE))
            return t->ahead[i].code == KEY_PASTED;
    }
    return false;
}

// A key that curses has; false when it has none.
static bool
take_key(struct terminal *t, struct key *key)
{
    for (;;) {
        wint_t code = 0;
        int kind = read_code(t, &code);
        if (kind == ERR)
            return false;
        if (kind == KEY_CODE_YES && (code == KEY_PASTE || code == KEY_PASTED)) {
            t->paste_begins = code == KEY_PASTE;
            t->pasting = t->paste_begins || (t->pasting && ends_later(t));
            continue;
        }
        if (kind == OK && code == '\033' && !t->pasting && skip_sequence(t))
            continue;
        if (kind == KEY_CODE_YES && t->pasting) // the sequence of a key within a paste is none
            continue;
        if (kind == KEY_CODE_YES && code == KEY_MOUSE)
            *key = mouse_key();
        else if (kind == KEY_CODE_YES)
            *key = (struct key){.code = key_code(code)};
        else if (code == '\r' || code == '\n')
            *key = (struct key){.code = K_ENTER, .pasted = t->pasting};
        else if (code == '\b')
            *key = (struct key){.code = K_BACKSPACE, .pasted = t->pasting};
        else
            *key = (struct key){.code = (int32_t)code, .pasted = t->pasting};
        if (key->code == K_NONE)
            continue;
        key->begins = key->pasted && t->paste_begins;
        t->paste_begins = false;
        return true;
    }
}

enum term_event
term_wait(struct terminal *t, int fd, int timeout, struct key *key)
{
    if (take_key(t, key))
        return TERM_KEY;
    struct pollfd wanted[] = {{t->in_fd, POLLIN, 0}, {t->signals, POLLIN, 0}, {fd, POLLIN, 0}};
    if (poll(wanted, 3, timeout) <= 0)
        return TERM_NOTHING;
    if (wanted[1].revents) {
        enum term_event event = take_signal(t);
        if (event != TERM_NOTHING)
            return event;
    }
    if (wanted[0].revents & (POLLERR | POLLHUP | POLLNVAL))
        return TERM_GONE;
    if (!(wanted[0].revents & POLLIN))
        return TERM_NOTHING;
    if (take_key(t, key))
        return TERM_KEY;
    // Readable, but curses got nothing: half of a sequence, or the end of the input.
    int left = 0;
    bool ended = ioctl(t->in_fd, FIONREAD, &left) != 0 || left == 0;
    struct pollfd again = {t->in_fd, POLLIN, 0};
    return ended && poll(&again, 1, 0) > 0 ? TERM_GONE : TERM_NOTHING;
}
