// Who talked to whom: what remote/packet.h read, kept as conversations of two hosts over one service, and
// told as lines. remote/capture.c owns it. The tables have fixed sizes; what does not fit is counted and
// told.
#ifndef IKEWALK_REMOTE_TALK_H
#define IKEWALK_REMOTE_TALK_H

#include "remote/packet.h"

#define TALKS_MOST 512  // conversations that are followed
#define TALKS_TOLD 400  // IKE messages that get a line of their own
#define TALKS_PIECES 64 // packets in pieces that are put together at one time
#define TALKS_RECENT 256

struct talks;

struct talks *talks_new(void);
void talks_free(struct talks *t);
// A packet at a moment (microseconds since 1970); appends what is worth a line at once.
void talks_take(struct talks *t, const struct packet *p, int64_t time, struct buf *lines);
// What it all comes to, one line a conversation.
void talks_end(struct talks *t, struct buf *lines);

#endif
