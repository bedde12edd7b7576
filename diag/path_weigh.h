// What captures and the gateway's state measured of a tunnel's path, weighed beside its log: a suspicion
// becomes a failure or moves on, as the packs say under `evidence` (portmap.yaml). Inside of diag only:
// diag.c and merge.c ask for it once the log, and the state of the gateway, were judged.
#ifndef IKEWALK_DIAG_PATH_WEIGH_H
#define IKEWALK_DIAG_PATH_WEIGH_H

#include "diag/judge.h"

// Lines become proofs of the checkpoint that they speak of. f takes the facts (f->path, in its arena).
void path_weigh(struct facts *f, struct judged *j);

#endif
