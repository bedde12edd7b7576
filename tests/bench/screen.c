// How soon a full-screen program shows something and answers a key: it runs in a pseudo terminal, and what it
// writes goes through a terminal model, so that what is timed is a changed cell and no byte.
//
//   screen [--text TEXT] [--then KEYS=TEXT]... [--keys KEYS [--whole] --count N] [--quit KEYS] -- COMMAND...
//
// Prints one line of tab-separated figures, -1 for what did not happen: milliseconds from fork to the first
// cell that is not blank, to TEXT on the screen, CPU milliseconds of all its threads by then, and the median,
// 95th percentile and largest of the milliseconds from a key to the first changed cell, and how many keys
// changed nothing; then for each --then the milliseconds from typing its keys to its text. The keys are typed
// from the first frame on, so a program that reads a log is still at it, and behind what --then asks for.
// --whole: KEYS are one key that is sent as several bytes. In KEYS \e is escape, \r return.
#include <getopt.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <vterm.h>

enum { THENS_MOST = 12, ROWS = 24, COLUMNS = 80, PICTURE = ROWS * (COLUMNS + 1) + 1, KEYS_MOST = 1000 };
static const double LONGEST = 60000, KEY_LONGEST = 1000;

struct watch {
    VTerm *terminal;
    VTermScreen *screen;
    pid_t child;
    int fd;
    char picture[PICTURE], before[PICTURE];
};

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
answer(const char *bytes, size_t count, void *self)
{
    struct watch *w = self;
    ssize_t ignored = write(w->fd, bytes, count);
    (void)ignored;
}

static void
look(struct watch *w)
{
    char *at = w->picture;
    for (int y = 0; y < ROWS; y++) {
        for (int x = 0; x < COLUMNS; x++) {
            VTermScreenCell cell;
            vterm_screen_get_cell(w->screen, (VTermPos){y, x}, &cell);
            uint32_t rune = cell.chars[0];
            char sign = rune == 0 ? ' ' : rune < 0x7F ? (char)rune : '?';
            // A mark that moves shows in its attributes alone.
            *at++ = cell.attrs.reverse && sign == ' ' ? '_' : sign;
        }
        *at++ = '\n';
    }
    *at = '\0';
}

// Takes what comes within some milliseconds; false at the end of the program.
static bool
take(struct watch *w, double wait)
{
    struct pollfd ready = {.fd = w->fd, .events = POLLIN};
    struct timespec most = {(time_t)(wait / 1e3), (long)((wait - 1e3 * (double)(time_t)(wait / 1e3)) * 1e6)};
    char bytes[65536];
    if (ppoll(&ready, 1, &most, NULL) <= 0)
        return true;
    ssize_t count = read(w->fd, bytes, sizeof bytes);
    if (count > 0)
        vterm_input_write(w->terminal, bytes, (size_t)count);
    return count > 0;
}

static bool
is_blank(const char *picture)
{
    return picture[strspn(picture, " \n")] == '\0';
}

// CPU of all threads, which /proc tells in nanoseconds for each.
static double
cpu_of(pid_t child)
{
    char command[96];
    double sum = 0, one;
    snprintf(command, sizeof command, "cat /proc/%d/task/*/schedstat 2>/dev/null", (int)child);
    FILE *all = popen(command, "r");
    while (all && fscanf(all, "%lf %*f %*f", &one) == 1)
        sum += one / 1e6;
    if (all)
        pclose(all);
    return sum;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Types one key and waits for the first changed cell; -1 when there was none.
static double
press(struct watch *w, const char *key, size_t length)
{
    look(w);
    memcpy(w->before, w->picture, PICTURE);
    double begun = now();
    if (write(w->fd, key, length) != (ssize_t)length)
        return -1;
    while (now() - begun < KEY_LONGEST) {
        if (!take(w, 1))
            return -1;
        look(w);
        if (memcmp(w->before, w->picture, PICTURE) != 0)
            return now() - begun;
    }
    return -1;
}

static void
measure_keys(struct watch *w, const char *keys, bool whole, int count)
{
    static double times[KEYS_MOST];
    int got = 0, none = 0;
    for (int i = 0; i < count && i < KEYS_MOST; i++) {
        double time = whole ? press(w, keys, strlen(keys)) : press(w, &keys[(size_t)i % strlen(keys)], 1);
        if (time >= 0)
            times[got++] = time;
        else
            none++;
        for (double until = now() + 3 + i % 7; now() < until;) // not in step with the program's own clock
            take(w, until - now() > 0 ? until - now() : 0);
    }
    qsort(times, (size_t)got, sizeof *times, compare);
    if (got)
        printf("\t%.2f\t%.2f\t%.2f\t%d", times[got / 2], times[got * 95 / 100], times[got - 1], none);
    else
        printf("\t-1\t-1\t-1\t%d", none);
}

// Turns \e and \r into the bytes that they stand for, in place.
static char *
unescape(char *keys)
{
    char *to = keys;
    for (const char *from = keys; *from; from++)
        if (from[0] == '\\' && (from[1] == 'e' || from[1] == 'r'))
            *to++ = *++from == 'e' ? '\033' : '\r';
        else
            *to++ = *from;
    *to = '\0';
    return keys;
}

// Types KEYS of "KEYS=TEXT" and waits for the text; -1 when it did not come.
static double
await(struct watch *w, char *then)
{
    char *text = strchr(then, '=');
    if (!text)
        return -1;
    *text++ = '\0';
    unescape(then);
    double begun = now();
    if (write(w->fd, then, strlen(then)) != (ssize_t)strlen(then))
        return -1;
    while (now() - begun < LONGEST) {
        if (!take(w, 1))
            return -1;
        look(w);
        if (strstr(w->picture, text))
            return now() - begun;
    }
    return -1;
}

static void
start(struct watch *w, char **command)
{
    struct winsize size = {ROWS, COLUMNS, 0, 0};
    w->terminal = vterm_new(ROWS, COLUMNS);
    vterm_set_utf8(w->terminal, 1);
    vterm_output_set_callback(w->terminal, answer, w);
    w->screen = vterm_obtain_screen(w->terminal);
    vterm_screen_enable_altscreen(w->screen, 1);
    vterm_screen_reset(w->screen, 1);
    setenv("TERM", "xterm-256color", 1);
    w->child = forkpty(&w->fd, NULL, NULL, &size);
    if (w->child)
        return;
    execvp(command[0], command);
    _exit(127);
}

static void
end(struct watch *w, const char *quit)
{
    ssize_t ignored = write(w->fd, quit, strlen(quit));
    (void)ignored;
    for (int i = 0; i < 400; i++) {
        take(w, 5);
        if (waitpid(w->child, NULL, WNOHANG) == w->child)
            return;
        if (i == 200)
            kill(w->child, SIGTERM);
    }
    kill(w->child, SIGKILL);
    waitpid(w->child, NULL, 0);
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {{"text", required_argument, NULL, 't'},
                                            {"keys", required_argument, NULL, 'k'},
                                            {"count", required_argument, NULL, 'n'},
                                            {"quit", required_argument, NULL, 'q'},
                                            {"then", required_argument, NULL, 'a'},
                                            {"whole", no_argument, NULL, 'w'},
                                            {NULL, 0, NULL, 0}};
    static struct watch w;
    const char *text = NULL, *quit = "q";
    char *keys = NULL, *then[THENS_MOST];
    int count = 0, thens = 0, option;
    bool whole = false;
    while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        if (option == 't')
            text = optarg;
        else if (option == 'k')
            keys = unescape(optarg);
        else if (option == 'n')
            count = atoi(optarg);
        else if (option == 'a' && thens < THENS_MOST)
            then[thens++] = optarg;
        else if (option == 'w')
            whole = true;
        else if (option == 'q')
            quit = optarg;
        else
            return 2;
    }
    if (optind == argc)
        return 2;
    double begun = now(), painted = -1, seen = -1, cpu = -1;
    start(&w, argv + optind);
    while (now() - begun < LONGEST && (painted < 0 || (text && seen < 0))) {
        if (!take(&w, 1))
            break;
        look(&w);
        if (painted < 0 && !is_blank(w.picture))
            painted = now() - begun;
        if (text && seen < 0 && strstr(w.picture, text)) {
            seen = now() - begun;
            cpu = cpu_of(w.child);
        }
    }
    printf("%.2f\t%.2f\t%.2f", painted, seen, cpu);
    double waited[THENS_MOST];
    for (int i = 0; i < thens; i++)
        waited[i] = await(&w, then[i]);
    if (keys)
        measure_keys(&w, keys, whole, count);
    else
        printf("\t-1\t-1\t-1\t0");
    for (int i = 0; i < thens; i++)
        printf("\t%.2f", waited[i]);
    putchar('\n');
    end(&w, quit);
    return 0;
}
