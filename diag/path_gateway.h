// What the state of a gateway tells of the path of a tunnel: on which ports it listens, whether it stands
// behind NAT by its addresses, what its packet filter maps, drops and translates. Inside of diag only:
// diag_view.c and path_weigh.c ask for it behind what was seen of the path.
#ifndef IKEWALK_DIAG_PATH_GATEWAY_H
#define IKEWALK_DIAG_PATH_GATEWAY_H

#include "diag/path.h"
#include "diag/quote.h"

struct path_gateway {
    const struct records *records;
    int end, role;           // whose state, and what it is in this tunnel (ROLE_...)
    struct str peer;         // empty: not known
    struct str ours, theirs; // networks of the tunnel; empty: not known
};
// Lines are quoted into the arena, with q NULL they are not.
void path_gateway_give(const struct path_gateway *g, const struct quotes *q, struct arena *arena,
                       struct path *p);
// The side that stands behind NAT by its addresses, where nobody measured it.
void path_gateway_give_nat(const struct path_gateway *g, const struct quotes *q, struct arena *arena,
                           struct path *p);

#endif
