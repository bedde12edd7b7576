// One weighing of a gateway's state beside a judged tunnel, as far as records_weigh.c and records_filter.c
// share it. Nobody else includes it.
#ifndef IKEWALK_DIAG_WEIGHING_H
#define IKEWALK_DIAG_WEIGHING_H

#include "diag/addr.h"
#include "diag/records.h"

struct weighing {
    const struct records *records;
    int end;
    struct facts *facts; // NULL: only the records are asked
    struct judged *judged;
    struct record_facts *out;
    struct addr_found ours, theirs; // networks of the tunnel; form ADDR_NONE: not known
};

// The network, range or address that a text is; form ADDR_NONE: none.
struct addr_found weigh_net(struct str text);
bool weigh_covers(const struct addr_found *outer, const struct addr_found *inner); // all of it
bool weigh_overlaps(const struct addr_found *a, const struct addr_found *b);
// The next record of a kind of this gateway behind *at; NULL at the end.
const struct record *weigh_next(const struct weighing *w, enum record_kind kind, size_t *at);
// A device that tunnels are made of, by its name; the setting of this name has the value.
bool weigh_is_tunnel(struct str device);
bool weigh_setting(const struct weighing *w, const char *name, const char *value,
                   const struct record **found);
// Some gateways name a connection, others the peer, and may have several SAs with it: their networks tell.
bool weigh_is_of_peer(const struct weighing *w, const struct record *r);
// A line of the state becomes a proof of the checkpoint.
void weigh_prove(const struct weighing *w, enum checkpoint c, uint32_t line, bool deciding);
// Says that this record shows the fault; true.
bool weigh_blame(const struct weighing *w, struct str fault, const struct record *r, struct str detail);

// Why the connection that is configured for the peer does not fit what it asks for, where it was refused for
// want of one.
void weigh_unmatched(const struct weighing *w);

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

// A packet as far as a list of rules asks for it. ADDR_NONE: of any address; 0 and empty: of any kind.
struct list_packet {
    struct addr_found from, to;
    struct str protocol;
    uint64_t port;
};
// The rule of the list asked under this key, where such packets come in (or go out), that has met some and
// drops them, or NULL: none does, one before it may take them, or it is not known where they come in.
const struct record *list_dropping(const struct weighing *w, const char *key, const struct list_packet *p);
// The rule by which a list gives packets of the tunnel to a translation, or NULL.
const struct record *list_translation(const struct weighing *w);
// Blames such a rule, with what it had met in the reading before the last one.
bool list_blame(const struct weighing *w, struct str fault, const struct record *rule);

// It is known where the packets of the tunnel leave, and it is not this device; the same of where those of
// our network come in. No device (empty, "any") is one of them.
bool weigh_leaves_elsewhere(const struct weighing *w, struct str device);
bool weigh_enters_elsewhere(const struct weighing *w, struct str device);
// The device behind which a network is; empty: not known.
struct str weigh_device_to(const struct weighing *w, const struct addr_found *net);

// The route to the remote network does not lead to the tunnel; true: it is blamed.
bool route_is_wrong(const struct weighing *w);
// A rule translates the traffic of the tunnel before IPsec sees it, or has dropped some; true: it is blamed.
bool filter_translates(const struct weighing *w);
bool filter_drops(const struct weighing *w);
// The same of the ESP packets of the peer.
bool filter_drops_esp(const struct weighing *w);

#endif
