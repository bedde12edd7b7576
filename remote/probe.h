// The first message of IKE, made by hand and as small as may be, and what counts as an answer to it: an
// IKE_SA_INIT request of RFC 7296 (sections 1.2, 3.1 to 3.9) and a first main mode message of RFC 2408 and
// 2409 (section 5.4), on UDP 4500 behind the non-ESP marker of RFC 3948 (section 2.2). They hold one
// proposal, a public value and a nonce of random bytes, no identity and nothing secret. remote/source_probe.c
// sends them. Pure.
#ifndef IKEWALK_REMOTE_PROBE_H
#define IKEWALK_REMOTE_PROBE_H

#include "diag/str.h"

// Appends the message of this IKE version with this SPI (8 bytes); false when there are no random bytes.
bool probe_packet(int version, bool marked, const unsigned char *spi, struct buf *out);
// Is it an IKE message that answers one with this SPI?
bool probe_answers(bool marked, const unsigned char *spi, const unsigned char *bytes, size_t count);

#endif
