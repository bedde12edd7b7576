// Nested text, as configuration files are written, line by line into flat text: each line behind the heads of
// the sections that hold it, so that the template of one line can say where it must stand.
//
//     conn branch-hq              conn branch-hq
//       left=192.0.2.1            conn branch-hq > left = 192.0.2.1
//     connections {               connections {
//       hq { version = 2          connections > hq { ...
//
// A section is a line that ends in "{", up to its "}", or a line and the deeper indented ones behind it.
// Inside of diag only: diag.c keeps one for each source that may be a state or a configuration.
#ifndef IKEWALK_DIAG_OUTLINE_H
#define IKEWALK_DIAG_OUTLINE_H

#include "diag/str.h"

enum { OUTLINE_DEEP = 8, OUTLINE_LONG = 1024 };

struct outline {
    struct {
        size_t end; // of the heads in text, with this one
        size_t indent;
        bool brace;
    } level[OUTLINE_DEEP];
    int depth, lost; // lost: open braces deeper than OUTLINE_DEEP
    size_t length;
    size_t head, indent; // of the line before, when it may become a section: where it ends; 0: it may not
    bool brace;
    char text[OUTLINE_LONG + 1];
};

// Takes the next statement off a line that holds several, as `hq { local { auth = psk }`: the head of a
// section, a setting, or the end of a section. *rest becomes what is behind it; mostly that is nothing.
struct str outline_piece(struct str *rest);

// The flat text of the next line; borrowed until the next call, and empty for comments, blank lines and ends
// of sections. Settings come out as `key = value`, without quotes or a comment behind them; a semicolon at
// the end is left out. What is longer than OUTLINE_LONG is cut.
struct str outline_line(struct outline *o, struct str raw);

#endif
