// What tools put in front of every line of a log, and what a mail does to its lines: numbers, marks of a
// quote, names of pods, lines that are folded. All of it is learned once, by the start of a log; rows takes
// it off.
#ifndef IKEWALK_REMOTE_FRONTS_H
#define IKEWALK_REMOTE_FRONTS_H

#include "diag/str.h"

enum front_kind {
    FRONT_NOTHING,
    FRONT_NUMBER, // "12 ", "(12) ", "L12: ", "12 | ", of a tool that numbers lines
    FRONT_QUOTE,  // "> ", "JD> "
    FRONT_POD,    // the name of a pod and mostly of its container, "vpn-7d9c5b6f8-x2x9k ipsec "
    FRONT_HOST,   // "gw1: ", "[gw1] " or "| " in front of a stamp
};

enum { FRONT_LAYERS = 3 };

// {0}: nothing stands in front.
struct fronts {
    enum front_kind layer[FRONT_LAYERS];
    int layers;
    bool container; // behind the name of a pod another one stands
};

// Learns them from the start of a log; false when there are none.
bool fronts_learn(struct fronts *f, struct str start);
// The line without them.
struct str fronts_off(const struct fronts *f, struct str line);

enum { FOLD_HEAD = 4, FOLD_HEADS = 8 };

// {0}: nothing is folded.
struct folds {
    size_t width;  // a word that would have gone beyond it began the next line
    bool hard;     // or even the middle of a word did
    bool console;  // the same, of the long lines among many short ones
    size_t before; // length of the line before
    bool blank;    // between the line that goes on and the one before there was a blank
    // What lines of a console begin with, where it is not a time of day.
    char head[FOLD_HEADS][FOLD_HEAD];
    int heads;
};

bool folds_learn(struct folds *f, struct str start);
// Goes this line on with the one before? Lines are asked for in their order.
bool folds_go_on(struct folds *f, struct str line);

// The next line of a text, without its end; the text begins behind it then.
struct str fronts_line(struct str *text);
// All up to the end of the first time of day (HH:MM:SS) that begins among the first bytes; 0: there is none.
size_t fronts_clock(struct str s, size_t most);

#endif
