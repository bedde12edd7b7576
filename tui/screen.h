// The table that a screen fills. tui/app.c keeps the stack of open screens, hands them actions and draws the
// top one in the frame.
//
// A screen draws from the session only, and the session holds the newest news: no screen keeps a pointer into
// a view, a shot or an excerpt from one call to the next.
#ifndef IKEWALK_TUI_SCREEN_H
#define IKEWALK_TUI_SCREEN_H

#include "tui/canvas.h"
#include "tui/entry.h"
#include "tui/keys.h"
#include "tui/session.h"

// The steps of the rail, left to right.
enum rail { RAIL_SOURCE, RAIL_TUNNELS, RAIL_LADDER, RAIL_FINDING, RAIL_RECHECK, RAIL_COUNT };

// What the rail shows: the steps of the walk, or a screen's own.
#define STEPS_MOST 6
struct steps {
    const char *name[STEPS_MOST]; // translated
    int count, here;
    char beside[32]; // at the right end of the rail, in place of the progress
};

// What is to happen after an action. push and pop may come together: the screen makes way for another.
struct reply {
    bool handled;
    bool pop, quit;
    const struct screen_ops *push;
    int to;         // 1 + enum rail: back to this step, 0: nowhere
    enum act below; // an action for the screen below, after pop
};

// Nothing but that the screen took the action.
static inline struct reply
handled(void)
{
    return (struct reply){.handled = true};
}

// And that this screen opens over it.
static inline struct reply
opens(const struct screen_ops *screen)
{
    return (struct reply){.handled = true, .push = screen};
}

// And that it closes.
static inline struct reply
closes(void)
{
    return (struct reply){.handled = true, .pop = true};
}

struct screen_ops {
    enum screen_id id;
    const char *name; // its place in the breadcrumb, untranslated; NULL: crumb says it
    enum rail rail;
    const char *help;                 // what the screen is for, two or three sentences, untranslated
    bool overlay;                     // drawn over the screen below
    bool reads;                       // of the step Source, and what is open stays open
    void *(*open)(struct session *s); // the state; gives, close
    void (*close)(void *state);
    void (*draw)(void *state, struct session *s, struct canvas *c, struct area a);
    // Not handled: the app does what back, help and quit do everywhere.
    struct reply (*act)(void *state, struct session *s, enum act act);
    // Why an action of this screen is not possible now: one sentence, translated; NULL: it is. The action is
    // then not carried out, and grey in help and palette. NULL: all are always possible.
    const char *(*why_not)(void *state, struct session *s, enum act act);
    // A click marks an item (the value of its target); false when it was marked already, which means Enter.
    // NULL: has none.
    bool (*mark)(void *state, struct session *s, int item);
    // Tells the session what is marked, for the pane beside it. NULL: nothing.
    void (*look)(void *state, struct session *s);
    // Takes a character of a paste. NULL: a paste means nothing here.
    void (*pasted)(void *state, struct session *s, struct key key);
    // Appends what Enter does now: "Enter walks the checkpoints of branch-12".
    void (*next)(void *state, struct session *s, struct buf *out);
    // Does Enter lead elsewhere just now than its label in the bar says? NULL: never.
    bool (*detour)(void *state, struct session *s);
    // Appends its place in the breadcrumb, or nothing. NULL: nothing.
    void (*crumb)(void *state, struct session *s, struct buf *out);
    // Fills in steps of its own in place of those of the walk; what is open then stays open. NULL: the walk.
    void (*steps)(void *state, struct session *s, struct steps *out);
    // New data came; the screen may ask for more. NULL: nothing to do.
    void (*news)(void *state, struct session *s);
    // Where in the state its struct entry stands (offsetof); 0: never types. While one is typed, entered
    // takes it when Enter was pressed, and ACT_BACK closes it.
    size_t entry;
    struct reply (*entered)(void *state, struct session *s);
};

// The reason why an action is not possible now on a screen, be it the screen's or everybody's; NULL: it is.
const char *screen_why_not(const struct screen_ops *ops, void *state, struct session *s, enum act act);

extern const struct screen_ops screen_source, screen_files, screen_samples, screen_paste, screen_format,
    screen_path, screen_tunnels, screen_ladder, screen_finding, screen_recheck, screen_export, screen_log,
    screen_box, screen_page, screen_help, screen_palette, screen_leave, screen_gateways, screen_profile,
    screen_gateway, screen_host_key, screen_secret, screen_lessons, screen_lesson, screen_practice,
    screen_other, screen_request, screen_both;

#endif
