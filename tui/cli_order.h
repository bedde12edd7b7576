// What check was asked to do: its options, read and proved. cli_check.c works from it.
#ifndef IKEWALK_TUI_CLI_ORDER_H
#define IKEWALK_TUI_CLI_ORDER_H

#include "remote/source.h"

enum { ORDER_PEERS = 16 };

enum choice { CHOICE_AUTO, CHOICE_ALWAYS, CHOICE_NEVER };

struct order_of_check {
    bool json, redact, no_traffic, ascii;
    enum choice color, progress;
    const char *tunnel, *dialect, *kb, *output, *trace;
    const char *peer_of[ORDER_PEERS]; // sources of the other end
    int peers;
    int64_t since; // LINE_NO_TIME: from the beginning
    struct source_options gateway;
};

// Reads argv (argv[0] is "check") and leaves optind at the first source. Returns -1 to go on, else the exit
// status: help was printed, or something was wrong and has been said.
int order_read(struct order_of_check *o, int argc, char **argv);

#endif
