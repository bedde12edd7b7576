// One weighing of a gateway's state beside a judged tunnel, as far as records_weigh.c and records_filter.c
// share it. Nobody else includes it.
#ifndef IKEWALK_DIAG_WEIGHING_H
#define IKEWALK_DIAG_WEIGHING_H

#include "diag/addr.h"
#include "diag/records.h"

struct weighing {
    const struct records *records;
    int end;
    struct facts *facts;
    struct judged *judged;
    struct record_facts *out;
    struct addr_found ours, theirs; // networks of the tunnel; form ADDR_NONE: not known
};

// The network, range or address that a text is; form ADDR_NONE: none.
struct addr_found weigh_net(struct str text);
bool weigh_overlaps(const struct addr_found *a, const struct addr_found *b);
// Says that this record shows the fault; true.
bool weigh_blame(const struct weighing *w, struct str fault, const struct record *r, struct str detail);

// A rule translates the traffic of the tunnel before IPsec sees it, or has dropped some; true: it is blamed.
bool filter_translates(const struct weighing *w);
bool filter_drops(const struct weighing *w);

#endif
