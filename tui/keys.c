#include "tui/keys.h"

#include "tui/words.h"

#define ON(name) (1u << SCREEN_##name)
#define ON_ALL                                                                                               \
    (ON(SOURCE) | ON(FILES) | ON(SAMPLES) | ON(TUNNELS) | ON(LADDER) | ON(FINDING) | ON(LOG) | ON(BOX) |     \
     ON(HELP) | ON(ASK))
#define ON_OVERLAYS (ON(BOX) | ON(HELP) | ON(ASK))
#define ON_SCREENS (ON_ALL & ~ON_OVERLAYS)
#define GO_KEYS                                                                                              \
    {                                                                                                        \
        K_ENTER, K_RIGHT, 'l'                                                                                \
    }

const struct action actions[] = {
    {ACT_GO, ON(SOURCE), GO_KEYS, N_("Enter"), N_("choose"), N_("Opens the marked kind of source.")},
    {ACT_GO, ON(FILES), GO_KEYS, N_("Enter"), N_("read"), N_("Reads the marked log, or opens the folder.")},
    {ACT_GO, ON(SAMPLES), GO_KEYS, N_("Enter"), N_("read"), N_("Reads the marked sample log.")},
    {ACT_GO, ON(TUNNELS), GO_KEYS, N_("Enter"), N_("ladder"), N_("Walks the checkpoints of the marked tunnel.")},
    {ACT_GO, ON(LADDER), GO_KEYS, N_("Enter"), N_("finding"), N_("Explains the marked checkpoint and how to fix it.")},
    {ACT_GO, ON(FINDING), GO_KEYS, N_("Enter"), N_("do step"), N_("Does the marked step: copies its command, ticks it, marks the next.")},
    {ACT_GO, ON(LOG), {K_ENTER}, N_("Enter"), N_("explain"), N_("Explains the marked line.")},
    {ACT_GO, ON(BOX), {K_ENTER}, N_("Enter"), N_("close"), N_("Closes this box.")},
    {ACT_GO, ON(HELP), GO_KEYS, N_("Enter"), N_("run"), N_("Does what is marked, on the screen below.")},
    {ACT_GO, ON(ASK), GO_KEYS, N_("Enter"), N_("answer"), N_("Gives the marked answer.")},
    {ACT_ONE, ON(FILES), {' '}, N_("Space"), N_("only this file"), N_("Reads only the newest file of a rotated set.")},
    {ACT_TICK, ON(FINDING), {' '}, N_("Space"), N_("tick"), N_("Ticks the marked step as done, or takes the tick away.")},
    {ACT_COPY, ON(FINDING), {'y'}, N_("y"), N_("copy"), N_("Copies the command of the marked step.")},
    {ACT_EVIDENCE, ON(LADDER) | ON(FINDING), {'e'}, N_("e"), N_("evidence"), N_("Shows the line that proves it, in the log.")},
    {ACT_EVIDENCE, ON(LOG), {'e'}, N_("e"), N_("evidence"), N_("Goes to the next line of evidence of this tunnel.")},
    {ACT_EVIDENCE_BACK, ON(LADDER) | ON(LOG), {'E'}, N_("E"), NULL, N_("Goes to the previous line of evidence.")},
    {ACT_LOG, ON(TUNNELS) | ON(LADDER) | ON(FINDING), {'o'}, N_("o"), N_("log"), N_("Opens the log around the evidence.")},
    {ACT_ORDER, ON(LADDER), {'v'}, N_("v"), N_("order"), N_("Says why the checkpoints come in this order.")},
    {ACT_EARLIER, ON(LADDER), {'['}, N_("["), NULL, N_("Shows the attempt before this one.")},
    {ACT_LATER, ON(LADDER), {']'}, N_("]"), NULL, N_("Shows the attempt after this one.")},
    {ACT_NEXT_FINDING, ON(FINDING), {K_TAB}, N_("Tab"), NULL, N_("Shows the next finding of this tunnel.")},
    {ACT_SEARCH, ON(LOG), {'/'}, N_("/"), N_("search"), N_("Searches the log for a text, forward.")},
    {ACT_SEARCH, ON(FILES), {'/'}, N_("/"), N_("find"), N_("Finds a name in this folder; what begins with / is a path.")},
    {ACT_AGAIN, ON(LOG), {'n'}, N_("n"), NULL, N_("Goes to the next line that holds the searched text.")},
    {ACT_AGAIN_BACK, ON(LOG), {'N'}, N_("N"), NULL, N_("Goes to the previous line that holds the searched text.")},
    {ACT_FILTER, ON(LOG), {'f'}, N_("f"), N_("filter"), N_("Shows only lines that hold a text; an empty text shows all.")},
    {ACT_FILTER, ON(TUNNELS), {'f'}, N_("f"), N_("filter"), N_("Shows only tunnels whose name, peer or state holds a text.")},
    {ACT_ALL, ON(LOG), {'a'}, N_("a"), N_("all lines"), N_("Switches between all lines and those around this tunnel's evidence.")},
    {ACT_WRAP, ON(LOG), {'w'}, N_("w"), N_("wrap"), N_("Switches between wrapped and cut long lines.")},
    {ACT_LEFT, ON(LOG), {K_LEFT, 'h'}, N_("Left"), NULL, N_("Moves long lines back to the left.")},
    {ACT_RIGHT, ON(LOG), {K_RIGHT, 'l'}, N_("Right"), NULL, N_("Moves long lines to the side.")},
    {ACT_UP, ON_ALL, {K_UP, 'k'}, N_("k"), NULL, N_("Moves up; so does the arrow.")},
    {ACT_DOWN, ON(SOURCE) | ON(SAMPLES) | ON_OVERLAYS, {K_DOWN, 'j'}, N_("j/k"), N_("move"), N_("Moves down; so does the arrow.")},
    {ACT_DOWN, ON_SCREENS & ~(ON(SOURCE) | ON(SAMPLES)), {K_DOWN, 'j'}, N_("j"), NULL, N_("Moves down; so does the arrow.")},
    {ACT_PAGE_UP, ON_ALL, {K_PAGE_UP}, N_("PgUp"), NULL, N_("Moves up by a page.")},
    {ACT_PAGE_DOWN, ON_ALL, {K_PAGE_DOWN}, N_("PgDn"), NULL, N_("Moves down by a page.")},
    {ACT_FIRST, ON_ALL, {K_HOME, 'g'}, N_("g"), NULL, N_("Goes to the beginning; so does Home.")},
    {ACT_LAST, ON_ALL, {K_END, 'G'}, N_("G"), NULL, N_("Goes to the end; so does End.")},
    {ACT_STEP, ON_SCREENS, {'1', '2', '3', '4'}, N_("1-4"), NULL, N_("Goes back to a step of the rail that has been reached.")},
    {ACT_BACK, ON_SCREENS & ~(ON(LOG) | ON(SOURCE)), {K_ESC, K_LEFT, 'h', K_BACKSPACE}, N_("Esc"), N_("back"), N_("Goes back one step.")},
    {ACT_BACK, ON(SOURCE), {K_ESC, K_LEFT, 'h', K_BACKSPACE}, N_("Esc"), NULL, N_("Asks whether to leave ikewalk.")},
    {ACT_BACK, ON(LOG), {K_ESC, K_BACKSPACE}, N_("Esc"), N_("back"), N_("Takes the filter away; without one, goes back.")},
    {ACT_BACK, ON_OVERLAYS, {K_ESC, K_LEFT, 'h', K_BACKSPACE}, N_("Esc"), N_("close"), N_("Closes this box.")},
    {ACT_HELP, ON_SCREENS, {'?', K_HELP}, N_("?"), N_("help"), N_("Explains this screen and its keys; so does F1.")},
    {ACT_QUIT, ON_ALL, {'q'}, N_("q"), N_("quit"), N_("Leaves ikewalk; so does Ctrl-C.")},
    {ACT_GO, ON(ENTRY), {K_ENTER}, N_("Enter"), N_("accept"), N_("Takes the text.")},
    {ACT_BACK, ON(ENTRY), {K_ESC}, N_("Esc"), N_("cancel"), N_("Leaves the text as it was.")},
    {ACT_ALL, ON(ENTRY), {K_CLEAR}, N_("Ctrl-U"), N_("clear"), N_("Clears the text.")},
};
const size_t action_count = sizeof actions / sizeof *actions;

const struct action *
action_find(enum screen_id screen, int32_t key)
{
    for (size_t i = 0; i < action_count; i++) {
        if (!(actions[i].screens & 1u << screen))
            continue;
        for (size_t k = 0; k < ACTION_KEYS && actions[i].keys[k]; k++)
            if (actions[i].keys[k] == key)
                return &actions[i];
    }
    return NULL;
}
