// Keys as the terminal delivers them, and the one list of actions: key bar, help and whatever else names keys
// is made from it. Whatever is not in the list does not exist.
#ifndef IKEWALK_TUI_KEYS_H
#define IKEWALK_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A key is a character of Unicode or one of these.
enum key_code {
    K_NONE = 0,
    K_TAB = '\t',
    K_ENTER = '\n',
    K_ESC = 0x1b,
    K_BACKSPACE = 0x7f,
    K_PALETTE = 0x10, // Ctrl-P
    K_CLEAR = 0x15,   // Ctrl-U
    K_UP = 0x110000,
    K_DOWN,
    K_LEFT,
    K_RIGHT,
    K_PAGE_UP,
    K_PAGE_DOWN,
    K_HOME,
    K_END,
    K_HELP, // F1
    K_CLICK,
    K_WHEEL_UP,
    K_WHEEL_DOWN
};

struct key {
    int32_t code;
    bool pasted; // text, never an action,
    bool begins; // and the first of a paste
    int x, y;    // of the mouse
};

enum screen_id {
    SCREEN_SOURCE,
    SCREEN_FILES,
    SCREEN_SAMPLES,
    SCREEN_TUNNELS,
    SCREEN_LADDER,
    SCREEN_FINDING,
    SCREEN_RECHECK,
    SCREEN_PATH,
    SCREEN_OTHER,   // where the log of the other end is
    SCREEN_REQUEST, // the text that asks for it
    SCREEN_BOTH,
    SCREEN_EXPORT,
    SCREEN_LOG,
    SCREEN_PASTE,
    SCREEN_GATEWAYS, // the profiles
    SCREEN_PROFILE,  // one of them, as a form
    SCREEN_GATEWAY,  // one that is being read
    SCREEN_LESSONS,
    SCREEN_LESSON,
    SCREEN_PRACTICE,
    SCREEN_BOX,     // a text in a box: an order, a line
    SCREEN_PAGE,    // a concept: a checkpoint, an exchange or a term in half a page
    SCREEN_HELP,    // keys of the screen below
    SCREEN_PALETTE, // all actions, found by what one wants
    SCREEN_ASK,     // a question with answers
    SCREEN_ENTRY,   // a line is being typed
    SCREEN_COUNT
};

enum act {
    ACT_NONE,
    ACT_GO,
    ACT_BACK,
    ACT_UP,
    ACT_DOWN,
    ACT_PAGE_UP,
    ACT_PAGE_DOWN,
    ACT_FIRST,
    ACT_LAST,
    ACT_LEFT,
    ACT_RIGHT,
    ACT_ONE, // only this file
    ACT_TICK,
    ACT_COPY,
    ACT_EVIDENCE,
    ACT_EVIDENCE_BACK,
    ACT_LOG,
    ACT_ORDER,
    ACT_EARLIER,
    ACT_LATER,
    ACT_NEXT_FINDING,
    ACT_OTHER_SIDE, // the step that can be done instead
    ACT_WHY,
    ACT_RECHECK,
    ACT_FOLLOW,
    ACT_EXPORT,
    ACT_FIELD, // the next thing that can be chosen
    ACT_SEARCH,
    ACT_AGAIN,
    ACT_AGAIN_BACK,
    ACT_FILTER,
    ACT_ALL,
    ACT_WRAP,
    ACT_FOLD,
    ACT_STEP_1, // of the rail, one after the other
    ACT_STEP_2,
    ACT_STEP_3,
    ACT_STEP_4,
    ACT_STEP_5,
    ACT_CHOOSE, // an answer, by its letter or digit
    ACT_HINT,
    ACT_NEXT_LESSON,
    ACT_STEP_BACK,
    ACT_SORT,
    ACT_FORMAT,   // which kind of log it is
    ACT_TIME,     // only what was logged in a time
    ACT_PANE,     // the next pane of a wide screen
    ACT_FIND,     // among actions
    ACT_EVERY,    // all actions, not only those of this screen
    ACT_COMPLETE, // what is typed
    ACT_PATH,
    ACT_FAMILY,  // of encapsulation
    ACT_PROBE,   // asks whether ports are answered
    ACT_BOTH,    // ends
    ACT_REQUEST, // of the log of the other end
    ACT_DIFFER,  // only what differs
    ACT_SWAP,
    ACT_CLOCK,
    ACT_ADD,
    ACT_EDIT,
    ACT_REMOVE,
    ACT_COMMANDS, // that are run on a gateway
    ACT_CONCEPT,  // the page on what is marked
    ACT_REDACT,
    ACT_MOUSE,
    ACT_PALETTE,
    ACT_HELP,
    ACT_QUIT,
    ACT_COUNT
};

#define ACTION_KEYS 17

struct action {
    enum act id;
    unsigned screens; // bit set of 1u << enum screen_id
    int32_t keys[ACTION_KEYS];
    const char *name;    // the keys as written: "e", "Enter", "[ / ]"
    const char *label;   // one or two words for the key bar; NULL: not in the bar
    const char *explain; // one sentence for the help; it begins with what happens
};

extern const struct action actions[];
extern const size_t action_count;

// The action of a key on a screen, or NULL.
const struct action *action_find(enum screen_id screen, int32_t key);
// The row of an action on a screen, or NULL when it is none there.
const struct action *action_on(enum screen_id screen, enum act act);
// The first screen of an action, in words: "tunnels"; untranslated.
const char *action_place(const struct action *action);
// Whether the name, label or explanation of an action holds every word of a text, in any case of letters.
bool action_holds(const struct action *action, const char *words);
// Moves a place among those up to last, of which so many are shown; false when the action does not move.
bool act_move(enum act act, size_t last, size_t shown, size_t *at);

#endif
