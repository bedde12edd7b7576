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

// One rule of a packet filter as far as it matters here.
struct filter_rule {
    const struct record *record;
    struct addr_found from, to; // ADDR_NONE: any
    bool names_from, names_to;
    struct str protocol, ports; // empty: any
    bool ipsec;                 // only of packets that go through IPsec
    bool negated;               // means what it does not name
    bool narrow;                // asks for more than networks: a state, a port, an interface
    bool accepts, drops, translates, maps;
};
// The next rule of a table and hook ("nat", "postrouting"; NULL: any); false behind the last one. *at is
// where to go on, *chain the chain that the rules there stand in.
bool filter_next(const struct weighing *w, const char *table, const char *hook, size_t *at,
                 const struct record **chain, struct filter_rule *rule);
// The rule that translates the traffic of the tunnel before IPsec sees it, or NULL.
const struct record *filter_translation(const struct weighing *w);

// A rule translates the traffic of the tunnel before IPsec sees it, or has dropped some; true: it is blamed.
bool filter_translates(const struct weighing *w);
bool filter_drops(const struct weighing *w);

#endif
