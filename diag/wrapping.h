// What tools and pages put around the lines of a log: the name of a service, codes of colours, marks of a
// markup or of a list. Inside of diag only; the files of envelope take it off.
#ifndef IKEWALK_DIAG_WRAPPING_H
#define IKEWALK_DIAG_WRAPPING_H

#include "diag/line.h"

// The name of a service or of a pod that stands in front of all that a container prints, "vpn-1  | ",
// "[pod/vpn-b7q4x/ipsec] ": the place behind it, or `at`.
const char *wrapping_service(const char *at, const char *end);
// The name of a pod or container, and mostly a second one, that tools put in front of a line with a stamp:
// the place of the stamp, or NULL. A name that no plain word looks like: it has a dash or a digit.
const char *wrapping_pod(const char *at, const char *end);
// The prompt of a terminal into which a line with a stamp was printed, "R1#", "fw/act(config)# ", "GW (root)
// # ": the place of the stamp, or NULL.
const char *wrapping_prompt(const char *at, const char *end);
// Is it a prompt and the command that somebody typed there, as a copy of the terminal shows it: "hub#show
// this", "hub # get that", "[root@hub ~]# ip that"?
bool wrapping_typed(struct str raw);
// What the runtime of a container writes behind its stamp, "stdout F ": the place behind it, or `at`.
const char *wrapping_stream(const char *at, const char *end);
// What a collector writes behind its stamp, "{host="gw", job="vpn"} ": the place behind the bracket, or `at`.
const char *wrapping_labels(const char *at, const char *end);
// The codes by which a terminal is told a colour: the place behind them, or `at`.
const char *wrapping_colours(const char *at, const char *end);
// Takes such codes off line->body: readers of a journal colour the message.
void wrapping_off(struct line *line);
// A row of a table with its time in the last column, as lists of failures are: the time is taken off
// line->body.
void wrapping_row(struct line *line);
// Marks of a markup at a place where a log has none: two stars or backticks. The place behind them.
const char *wrapping_marks(const char *at, const char *end);
// The mark of an item of a list, as pages show a log: "- ", "* ", "12. ", "12) ", or a number and a tab as
// tools write them. The place behind it, or `at`.
const char *wrapping_item(const char *at, const char *end);
// The end of a line that began with such marks: without those that close them.
const char *wrapping_end(const char *at, const char *end);

#endif
