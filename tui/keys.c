#include "tui/keys.h"

#include <string.h>

#include "diag/str.h"
#include "tui/words.h"

#define ON(name) (1u << SCREEN_##name)
#define ON_ALL (((1u << SCREEN_COUNT) - 1) & ~ON(ENTRY))
#define ON_OVERLAYS (ON(BOX) | ON(PAGE) | ON(HELP) | ON(PALETTE) | ON(ASK))
#define ON_SCREENS (ON_ALL & ~ON_OVERLAYS)
#define ON_PLAYERS (ON(LESSON) | ON(PRACTICE))
#define ON_PANES (ON(TUNNELS) | ON(LADDER) | ON(FINDING))
#define ON_SHORT (ON(SOURCE) | ON(SAMPLES) | ON(HELP) | ON(ASK) | ON(BOX)) // where moving is in the bar
#define GO_KEYS                                                                                              \
    {                                                                                                        \
        K_ENTER, K_RIGHT, 'l'                                                                                \
    }
#define BACK_KEYS                                                                                            \
    {                                                                                                        \
        K_ESC, K_LEFT, 'h', K_BACKSPACE                                                                      \
    }

// The bar of a screen shows those with a label in this order, as many as fit. clang-format off keeps a row a
// row.
// clang-format off
const struct action actions[] = {
    {ACT_GO, ON(SOURCE), GO_KEYS, N_("Enter"), N_("choose"), N_("Opens what is marked.")},
    {ACT_GO, ON(FILES), GO_KEYS, N_("Enter"), N_("open"), N_("Reads the marked log, or opens the folder.")},
    {ACT_GO, ON(SAMPLES), GO_KEYS, N_("Enter"), N_("read"), N_("Reads the marked sample log.")},
    {ACT_GO, ON(PASTE), GO_KEYS, N_("Enter"), N_("read"), N_("Reads the pasted text as a log.")},
    {ACT_GO, ON(TUNNELS), GO_KEYS, N_("Enter"), N_("ladder"), N_("Walks the checkpoints of the marked tunnel.")},
    {ACT_GO, ON(LADDER), GO_KEYS, N_("Enter"), N_("explain"), N_("Explains the marked checkpoint, and what to do when it is not passed.")},
    {ACT_GO, ON(FINDING), GO_KEYS, N_("Enter"), N_("do step"), N_("Does the marked step: copies its command, ticks it, marks the next; re-checks when all are ticked.")},
    {ACT_GO, ON(RECHECK), GO_KEYS, N_("Enter"), N_("go on"), N_("Explains what is wrong now, or helps to try anew.")},
    {ACT_GO, ON(EXPORT), {K_ENTER}, N_("Enter"), N_("write"), N_("Writes the file.")},
    {ACT_GO, ON(PATH), {K_ENTER}, N_("Enter"), N_("go on"), N_("Shows the steps of the first fix, or types what is not known; in a field, types its value.")},
    {ACT_FIELD, ON(PATH), {K_TAB}, N_("Tab"), N_("field"), N_("Goes to the next field, whose value can be typed and is tried at once.")},
    {ACT_FAMILY, ON(PATH), {'t'}, N_("t"), N_("tunnel type"), N_("Switches between standard IKE and the vendor tunnel over TCP or UDP.")},
    {ACT_PROBE, ON(PATH), {'c'}, N_("c"), N_("check ports"), N_("Shows what an active check would send from this machine, and sends it after a yes.")},
    {ACT_COPY, ON(PATH), {'y'}, N_("y"), N_("copy"), N_("Copies the whole view as text.")},
    {ACT_GO, ON(OTHER), GO_KEYS, N_("Enter"), N_("choose"), N_("Opens what is marked.")},
    {ACT_GO, ON(BOTH), GO_KEYS, N_("Enter"), N_("finding"), N_("Opens the finding, with the values of both ends.")},
    {ACT_DIFFER, ON(BOTH), {'d'}, N_("d"), N_("differences"), N_("Compares only what differs or is not known, or everything.")},
    {ACT_CLOCK, ON(BOTH), {'z'}, N_("z"), N_("clock"), N_("Says how the clocks of the two gateways differ.")},
    {ACT_SWAP, ON(BOTH), {'S'}, N_("S"), N_("swap"), N_("Puts B at the left, or A again.")},
    {ACT_GO, ON(LOG), {K_ENTER}, N_("Enter"), N_("explain"), N_("Explains the marked line.")},
    {ACT_GO, ON(GATEWAYS), GO_KEYS, N_("Enter"), N_("connect"), N_("Goes to the marked gateway and reads it.")},
    {ACT_GO, ON(PROFILE), GO_KEYS, N_("Enter"), N_("change"), N_("Changes the marked field, or saves the profile.")},
    {ACT_GO, ON(GATEWAY), GO_KEYS, N_("Enter"), N_("tunnels"), N_("Shows the tunnels; reading goes on.")},
    {ACT_ADD, ON(GATEWAYS), {'+'}, N_("+"), N_("new"), N_("Makes a profile for another gateway.")},
    {ACT_EDIT, ON(GATEWAYS), {'i'}, N_("i"), N_("edit"), N_("Changes the marked profile.")},
    {ACT_REMOVE, ON(GATEWAYS), {'-'}, N_("-"), N_("remove"), N_("Removes the marked profile, after a second press.")},
    {ACT_COMMANDS, ON(GATEWAY), {'c'}, N_("c"), N_("commands"), N_("Shows the exact commands that are run on the gateway, and what was left out.")},
    {ACT_RECHECK, ON(GATEWAY), {'r'}, N_("r"), N_("again"), N_("Reads what is new, also after a lost connection.")},
    {ACT_GO, ON(LESSONS), GO_KEYS, N_("Enter"), N_("play"), N_("Plays the marked lesson, or draws a fault.")},
    {ACT_GO, ON_PLAYERS, {K_ENTER, K_RIGHT}, N_("Enter"), N_("go on"), N_("Answers with what is marked, or goes on.")},
    {ACT_CHOOSE, ON(LESSON), {'a', 'b', 'c', 'd', 'e', 'f', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'}, N_("a-f 0-9"), N_("choose"), N_("Answers with this letter, or places the fault at this number.")},
    {ACT_CHOOSE, ON(PRACTICE), {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9'}, N_("0-9"), N_("choose"), N_("Places the fault at this number.")},
    {ACT_HINT, ON(LESSON), {'h'}, N_("h"), N_("hint"), N_("Shows the hint of this step.")},
    {ACT_STEP_BACK, ON(LESSON), {'p'}, N_("p"), NULL, N_("Goes back to the step before.")},
    {ACT_NEXT_LESSON, ON(LESSON), {'n'}, N_("n"), NULL, N_("Goes on with the next lesson.")},
    {ACT_NEXT_LESSON, ON(PRACTICE), {'n'}, N_("n"), N_("another"), N_("Draws another fault.")},
    {ACT_GO, ON(BOX), {K_ENTER}, N_("Enter"), NULL, N_("Closes this box.")},
    {ACT_GO, ON(PAGE), GO_KEYS, N_("Enter"), N_("open"), N_("Opens the page that is marked below the text.")},
    {ACT_FIELD, ON(PAGE), {K_TAB}, N_("Tab"), N_("next page"), N_("Marks the next page that this one leads to.")},
    {ACT_GO, ON(HELP) | ON(PALETTE), GO_KEYS, N_("Enter"), N_("run"), N_("Does what is marked, on the screen below, or opens a page.")},
    {ACT_GO, ON(ASK), GO_KEYS, N_("Enter"), N_("answer"), N_("Gives the marked answer.")},
    {ACT_COPY, ON(ASK), {'y'}, N_("y"), N_("copy"), N_("Copies the fingerprint that is asked about.")},
    {ACT_ONE, ON(FILES), {' '}, N_("Space"), N_("only this file"), N_("Reads only the newest file of a rotated set.")},
    {ACT_FIELD, ON(EXPORT), {K_TAB}, N_("Tab"), N_("field"), N_("Goes to the next thing that can be chosen.")},
    {ACT_TICK, ON(EXPORT), {' '}, N_("Space"), N_("switch"), N_("Switches what is marked, or changes the name of the file.")},
    {ACT_COPY, ON(EXPORT), {'y'}, N_("y"), N_("clipboard"), N_("Copies the report without writing the file.")},
    {ACT_TICK, ON(FINDING), {' '}, N_("Space"), N_("tick"), N_("Ticks the marked step as done, or takes the tick away.")},
    {ACT_COPY, ON(FINDING), {'y'}, N_("y"), N_("copy"), N_("Copies the command of the marked step.")},
    {ACT_COPY, ON(RECHECK), {'y'}, N_("y"), N_("copy"), N_("Copies the command that lets the daemon try now.")},
    {ACT_RECHECK, ON(LADDER) | ON(FINDING), {'r'}, N_("r"), N_("re-check"), N_("Reads what is new in the log and shows what has changed.")},
    {ACT_RECHECK, ON(RECHECK), {'r'}, N_("r"), N_("again"), N_("Looks again for new lines.")},
    {ACT_OTHER_SIDE, ON(FINDING), {'s'}, N_("s"), N_("other way"), N_("Shows the step that can be done instead, often at the other side.")},
    {ACT_WHY, ON(FINDING), {'w'}, N_("w"), N_("why"), N_("Says which lines and which rule led to this finding, and what speaks against it.")},
    {ACT_EVIDENCE, ON(LADDER) | ON(FINDING), {'e'}, N_("e"), N_("evidence"), N_("Shows the line that proves it, in the log.")},
    {ACT_EVIDENCE, ON(LOG), {'e'}, N_("e"), N_("evidence"), N_("Goes to the next line of evidence; behind the last of a tunnel to the next tunnel.")},
    {ACT_EVIDENCE_BACK, ON(LADDER) | ON(FINDING), {'E'}, N_("E"), NULL, N_("Shows the line that proves it, in the log; so does e.")},
    {ACT_EVIDENCE_BACK, ON(LOG), {'E'}, N_("E"), NULL, N_("Goes to the previous line of evidence, or to the tunnel before.")},
    {ACT_SORT, ON(TUNNELS), {'s'}, N_("s"), N_("sort"), N_("Sorts the tunnels by the worst, by name, by the last line or by tries.")},
    {ACT_BOTH, ON(LADDER) | ON(FINDING), {'d'}, N_("d"), N_("both ends"), N_("Shows what both ends say, and asks for the log of the other end when it is missing.")},
    {ACT_BOTH, ON(TUNNELS) | ON(PATH), {'a'}, N_("a"), N_("add other end"), N_("Reads what the gateway at the other end logged as well, or a packet capture.")},
    {ACT_GO, ON(REQUEST), GO_KEYS, N_("Enter"), N_("copy"), N_("Copies the text, to send it to the colleague at the other end.")},
    {ACT_COPY, ON(REQUEST), {'y'}, N_("y"), NULL, N_("Copies the text, to send it to the colleague at the other end.")},
    {ACT_FIELD, ON(REQUEST), {K_TAB}, N_("Tab"), N_("their gateway"), N_("Writes the text for the next kind of gateway.")},
    {ACT_LOG, ON_PANES | ON(RECHECK) | ON(LESSON) | ON(BOTH), {'o'}, N_("o"), N_("log"), N_("Opens the log, around the evidence where there is any.")},
    {ACT_ORDER, ON(LADDER), {'v'}, N_("v"), N_("order"), N_("Says why the checkpoints come in this order.")},
    {ACT_EARLIER, ON(LADDER), {'['}, N_("[ ]"), N_("attempts"), N_("Goes to the attempt before this one; ] to the one after it.")},
    {ACT_LATER, ON(LADDER) | ON(LOG), {']'}, N_("]"), NULL, N_("Goes to the attempt after this one.")},
    {ACT_PATH, ON_PANES | ON(SOURCE), {'p'}, N_("p"), N_("path"), N_("Shows NAT, ports, encapsulation and packet sizes on the way.")},
    {ACT_NEXT_FINDING, ON(FINDING), {'n'}, N_("n"), N_("next finding"), N_("Shows the next finding of this tunnel.")},
    {ACT_FOLLOW, ON(TUNNELS) | ON(LADDER), {'F'}, N_("F"), N_("follow"), N_("Reads new lines as they come, or not any more.")},
    {ACT_EXPORT, ON_PANES | ON(RECHECK), {'x'}, N_("x"), N_("export"), N_("Writes a report or a sample of the log into a file.")},
    {ACT_TIME, ON(FILES), {'t'}, N_("t"), N_("time range"), N_("Reads only what was logged in a time that you name.")},
    {ACT_SEARCH, ON(LOG), {'/'}, N_("/"), N_("search"), N_("Searches the log for a text, forward.")},
    {ACT_SEARCH, ON(FILES), {'/'}, N_("/"), N_("find"), N_("Finds a name in this folder; what begins with / is a path.")},
    {ACT_AGAIN, ON(LOG), {'n'}, N_("n"), NULL, N_("Goes to the next line that holds the searched text.")},
    {ACT_AGAIN_BACK, ON(LOG), {'N'}, N_("N"), NULL, N_("Goes to the previous line that holds the searched text.")},
    {ACT_FILTER, ON(LOG), {'f'}, N_("f"), N_("filter"), N_("Shows only lines that hold a text; an empty text shows all.")},
    {ACT_ALL, ON(LOG), {'a'}, N_("a"), N_("all lines"), N_("Switches between all lines and those around this tunnel's evidence.")},
    {ACT_BACK, ON(LOG), {K_ESC, K_BACKSPACE}, N_("Esc"), N_("back"), N_("Takes the filter away; without one, goes back.")},
    {ACT_FOLLOW, ON(LOG), {'F'}, N_("F"), N_("follow"), N_("Reads new lines as they come, or not any more.")},
    {ACT_EXPORT, ON(LOG), {'x'}, N_("x"), N_("export"), N_("Writes a report or a sample of the log into a file.")},
    {ACT_EARLIER, ON(LOG), {'['}, N_("[ ]"), N_("attempts"), N_("Goes to the attempt before this one; ] to the one after it.")},
    {ACT_FILTER, ON(TUNNELS), {'f'}, N_("f"), N_("filter"), N_("Shows only tunnels whose name, peer or state holds a text.")},
    {ACT_FILTER, ON(FILES), {'f'}, N_("f"), N_("filter"), N_("Shows only names that hold a text; an empty text shows all.")},
    {ACT_FORMAT, ON(TUNNELS), {'t'}, N_("t"), NULL, N_("Chooses the format of the log, and reads it as that.")},
    {ACT_FOLD, ON(LOG), {' '}, N_("Space"), N_("unfold"), N_("Shows repeated lines, or folds them into one.")},
    {ACT_WRAP, ON(LOG), {'w'}, N_("w"), N_("wrap"), N_("Switches between wrapped and cut long lines.")},
    {ACT_PANE, ON_PANES, {K_TAB}, N_("Tab"), NULL, N_("Goes to the next pane of a wide screen.")},
    {ACT_LEFT, ON(EXPORT), {K_LEFT, 'h'}, N_("Left"), NULL, N_("Goes to the thing before.")},
    {ACT_RIGHT, ON(EXPORT), {K_RIGHT, 'l'}, N_("Right"), NULL, N_("Goes to the next thing.")},
    {ACT_LEFT, ON(LOG), {K_LEFT, 'h'}, N_("Left"), NULL, N_("Moves long lines back to the left.")},
    {ACT_RIGHT, ON(LOG), {K_RIGHT, 'l'}, N_("Right"), NULL, N_("Moves long lines to the side.")},
    {ACT_UP, ON_ALL, {K_UP, 'k'}, N_("k"), NULL, N_("Moves up; so does the arrow.")},
    {ACT_DOWN, ON_SHORT, {K_DOWN, 'j'}, N_("j/k"), N_("move"), N_("Moves down; so does the arrow.")},
    {ACT_DOWN, ON_ALL & ~ON_SHORT, {K_DOWN, 'j'}, N_("j"), NULL, N_("Moves down; so does the arrow.")},
    {ACT_PAGE_UP, ON_ALL, {K_PAGE_UP}, N_("PgUp"), NULL, N_("Moves up by a page.")},
    {ACT_PAGE_DOWN, ON_ALL, {K_PAGE_DOWN}, N_("PgDn"), NULL, N_("Moves down by a page.")},
    {ACT_FIRST, ON_ALL, {K_HOME, 'g'}, N_("g"), NULL, N_("Goes to the beginning; so does Home.")},
    {ACT_LAST, ON_ALL, {K_END, 'G'}, N_("G"), NULL, N_("Goes to the end; so does End.")},
    {ACT_FIND, ON(HELP), {'/'}, N_("/"), N_("find"), N_("Shows only what holds the words that you type.")},
    {ACT_EVERY, ON(HELP), {K_TAB}, N_("Tab"), N_("all keys"), N_("Shows the actions of all screens, or of this one alone.")},
    {ACT_STEP_1, ON_SCREENS & ~ON_PLAYERS, {'1'}, N_("1"), NULL, N_("Goes back to the choice of a source.")},
    {ACT_STEP_2, ON_SCREENS & ~ON_PLAYERS, {'2'}, N_("2"), NULL, N_("Goes back to the tunnels.")},
    {ACT_STEP_3, ON_SCREENS & ~ON_PLAYERS, {'3'}, N_("3"), NULL, N_("Goes back to the ladder.")},
    {ACT_STEP_4, ON_SCREENS & ~ON_PLAYERS, {'4'}, N_("4"), NULL, N_("Goes back to the finding.")},
    {ACT_STEP_5, ON_SCREENS & ~ON_PLAYERS, {'5'}, N_("5"), NULL, N_("Goes back to the re-check.")},
    {ACT_BACK, ON_SCREENS & ~(ON(LOG) | ON(SOURCE) | ON(GATEWAY) | ON(EXPORT) | ON_PLAYERS), BACK_KEYS, N_("Esc"), N_("back"), N_("Goes back one step.")},
    {ACT_BACK, ON_PLAYERS, {K_ESC, K_LEFT, K_BACKSPACE}, N_("Esc"), N_("leave"), N_("Goes back to the list of lessons.")},
    {ACT_BACK, ON(GATEWAY), BACK_KEYS, N_("Esc"), N_("back"), N_("Stops reading and keeps what is here; then goes back.")},
    {ACT_BACK, ON(SOURCE), BACK_KEYS, N_("Esc"), NULL, N_("Asks whether to leave ikewalk.")},
    {ACT_BACK, ON(EXPORT), {K_ESC, K_BACKSPACE}, N_("Esc"), N_("back"), N_("Goes back; what is being written is given up.")},
    {ACT_BACK, ON_OVERLAYS, BACK_KEYS, N_("Esc"), N_("close"), N_("Closes this box.")},
    {ACT_HELP, ON_SCREENS, {'?', K_HELP}, N_("?"), N_("help"), N_("Explains this screen and its keys; so does F1.")},
    {ACT_PALETTE, ON_SCREENS, {':', K_PALETTE}, N_(":"), N_("commands"), N_("Finds an action by a few letters of what you want; so does Ctrl-P.")},
    {ACT_REQUEST, ON(FINDING) | ON(RECHECK) | ON(BOTH), {'a'}, N_("a"), N_("ask other end"), N_("Shows a text for the colleague at the other end: which log of which time is wanted, and how to get it.")},
    {ACT_CONCEPT, ON(LADDER) | ON(FINDING), {'K'}, N_("K"), NULL, N_("Opens the page on this checkpoint: what it is, and where it is written down.")},
    {ACT_REDACT, ON_SCREENS, {'R'}, N_("R"), NULL, N_("Shows stand-ins for addresses, names and identities, or the true ones.")},
    {ACT_MOUSE, ON_SCREENS, {'m'}, N_("m"), NULL, N_("Takes the mouse, or leaves it to the terminal for selecting text.")},
    {ACT_QUIT, ON_ALL, {'q'}, N_("q"), N_("quit"), N_("Leaves ikewalk; so does Ctrl-C.")},
    {ACT_GO, ON(ENTRY), {K_ENTER}, N_("Enter"), N_("accept"), N_("Takes the text.")},
    {ACT_BACK, ON(ENTRY), {K_ESC}, N_("Esc"), N_("cancel"), N_("Leaves the text as it was.")},
    {ACT_COMPLETE, ON(ENTRY), {K_TAB}, N_("Tab"), NULL, N_("Completes the name of a file.")},
    {ACT_UP, ON(ENTRY), {K_UP}, N_("Up"), NULL, N_("Moves up in what is found.")},
    {ACT_DOWN, ON(ENTRY), {K_DOWN}, N_("Down"), NULL, N_("Moves down in what is found.")},
    {ACT_ALL, ON(ENTRY), {K_CLEAR}, N_("Ctrl-U"), N_("clear"), N_("Clears the text.")},
};
// clang-format on
const size_t action_count = sizeof actions / sizeof *actions;

static const char *const places[SCREEN_COUNT] = {
    [SCREEN_SOURCE] = N_("choice of a source"),
    [SCREEN_FILES] = N_("choice of a file"),
    [SCREEN_SAMPLES] = N_("sample logs"),
    [SCREEN_TUNNELS] = N_("tunnels"),
    [SCREEN_LADDER] = N_("ladder"),
    [SCREEN_FINDING] = N_("finding"),
    [SCREEN_RECHECK] = N_("re-check"),
    [SCREEN_PATH] = N_("path"),
    [SCREEN_OTHER] = N_("log of the other end"),
    [SCREEN_REQUEST] = N_("asking the other end"),
    [SCREEN_BOTH] = N_("both ends"),
    [SCREEN_EXPORT] = N_("export"),
    [SCREEN_LOG] = N_("log"),
    [SCREEN_PASTE] = N_("pasted text"),
    [SCREEN_GATEWAYS] = N_("gateways"),
    [SCREEN_PROFILE] = N_("profile of a gateway"),
    [SCREEN_GATEWAY] = N_("reading a gateway"),
    [SCREEN_LESSONS] = N_("lessons"),
    [SCREEN_LESSON] = N_("lesson"),
    [SCREEN_PRACTICE] = N_("practice"),
    [SCREEN_BOX] = N_("box"),
    [SCREEN_PAGE] = N_("concept"),
    [SCREEN_HELP] = N_("help"),
    [SCREEN_PALETTE] = N_("commands"),
    [SCREEN_ASK] = N_("question"),
    [SCREEN_ENTRY] = N_("typing"),
};

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

const struct action *
action_on(enum screen_id screen, enum act act)
{
    for (size_t i = 0; i < action_count; i++)
        if (actions[i].id == act && actions[i].screens & 1u << screen)
            return &actions[i];
    return NULL;
}

const char *
action_place(const struct action *action)
{
    int screen = 0;
    while (!(action->screens & 1u << screen))
        screen++;
    return places[screen];
}

bool
action_holds(const struct action *action, const char *words)
{
    struct str rest = str_trim(str_of(words));
    while (rest.len) {
        char word[64];
        size_t len = str_find(rest, STR(" "));
        size_t kept = len < sizeof word ? len : sizeof word - 1;
        memcpy(word, rest.at, kept);
        word[kept] = '\0';
        bool found = strcasestr(_(action->explain), word) || strcasestr(_(action->name), word) ||
                     (action->label && strcasestr(_(action->label), word));
        if (!found)
            return false;
        rest = str_trim(str_from(rest, len));
    }
    return true;
}

bool
act_move(enum act act, size_t last, size_t shown, size_t *at)
{
    size_t page = shown > 1 ? shown - 1 : 1;
    switch (act) {
    case ACT_UP:
        *at -= *at > 0;
        break;
    case ACT_DOWN:
        *at += *at < last;
        break;
    case ACT_PAGE_UP:
        *at = *at > page ? *at - page : 0;
        break;
    case ACT_PAGE_DOWN:
        *at = *at + page < last ? *at + page : last;
        break;
    case ACT_FIRST:
        *at = 0;
        break;
    case ACT_LAST:
        *at = last;
        break;
    default:
        return false;
    }
    return true;
}
