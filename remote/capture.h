// Packets of a capture to lines of text that say what passed which way: IKE messages, what was sent and came
// back between two hosts, translations, fragments, TCP set-ups. libpcap reads the file (pcap or pcapng, by
// its content); everything in it is checked before it is used, and memory is bounded whatever its size.
// remote/source_capture.c makes a source of it, whose lines the dialect "capture" of the packs understands.
#ifndef IKEWALK_REMOTE_CAPTURE_H
#define IKEWALK_REMOTE_CAPTURE_H

#include "diag/err.h"
#include "diag/str.h"

#include <stdio.h>

struct capture;

// Is this how a capture begins? With 12 bytes the answer is sure.
bool capture_begins(struct str start);
// Takes file, also on failure. NULL and e filled when it is none, or of a link type that is not read. shown:
// its name in sentences, borrowed.
struct capture *capture_open(FILE *file, const char *shown, struct err *e);
void capture_close(struct capture *c);
// Reads on for a while and appends lines; false at the end (what was summed up is appended then), with e
// filled when the file is cut or damaged there.
bool capture_step(struct capture *c, struct buf *lines, struct err *e);

#endif
