// Routes in the state of a gateway: which way packets between the networks of a tunnel take there.
#include "diag/weighing.h"

#include <stdio.h>

// An address may stand at more than one device: that of a line, and that of a tunnel on it.
static bool
has_device(const struct weighing *w, struct str address, struct str device, bool *known)
{
    struct addr_found wanted = weigh_net(address);
    const struct record *r;
    *known = false;
    for (size_t at = 0; (r = weigh_next(w, RECORD_ADDRESS, &at));) {
        struct str text = record_text(r, "address"), name = record_text(r, "device");
        struct addr_found host = weigh_net((struct str){text.at, str_find(text, STR("/"))});
        if (!name.len || wanted.form == ADDR_NONE || host.form == ADDR_NONE ||
            host.first.size != wanted.first.size ||
            memcmp(host.first.byte, wanted.first.byte, host.first.size) != 0)
            continue;
        *known = true;
        if (str_eq(name, device))
            return true;
    }
    return false;
}

// The network of a route. Some tables write the mask of many subnets once, in front of them.
static struct addr_found
network_of(const struct record *r, const struct record **shared)
{
    struct str to = record_text(r, "network");
    struct addr_found net = weigh_net(to);
    if (record_get(r, "subnetted"))
        *shared = r;
    if (net.form != ADDR_HOST || !*shared || (*shared)->source != r->source)
        return net;
    char text[80];
    snprintf(text, sizeof text, "%.*s/%u", (int)(to.len < 50 ? to.len : 50), to.at,
             weigh_net(record_text(*shared, "subnetted")).prefix);
    return weigh_net(str_of(text));
}

// The kernel's answer for an address of a network, or the most specific route of the main and the daemon's
// own tables to it.
static const struct record *
route_to(const struct weighing *w, const struct addr_found *net)
{
    const struct record *best = NULL, *shared = NULL, *r;
    unsigned longest = 0;
    for (size_t at = 0; (r = weigh_next(w, RECORD_ROUTE, &at));) {
        struct str to = record_text(r, "network");
        struct addr_found have = network_of(r, &shared);
        bool usual = str_eq(to, STR("default"));
        struct addr_found asked = weigh_net(record_text(r, "asked"));
        if (weigh_covers(net, &asked))
            return r; // the kernel's own answer, with all of its rules
        if (str_eq(record_text(r, "table"), STR("local")) || (!usual && !weigh_covers(&have, net)))
            continue;
        unsigned bits = usual ? 0 : have.prefix;
        if (!best || bits > longest) {
            best = r;
            longest = bits;
        }
    }
    return best;
}

// The device of a route, or of the network that its next router is in.
static struct str
route_device(const struct weighing *w, const struct record *route)
{
    struct str device = record_text(route, "device");
    struct addr_found via = weigh_net(record_text(route, "via"));
    const struct record *r;
    for (size_t at = 0; !device.len && (r = weigh_next(w, RECORD_ADDRESS, &at));) {
        struct addr_found net = weigh_net(record_text(r, "address"));
        if (weigh_covers(&net, &via))
            device = record_text(r, "device");
    }
    return device;
}

// Is there more than one way? Which one a packet takes is not known.
static bool
has_ways(const struct record *route)
{
    unsigned ways = 0;
    for (const struct record_value *v = route->values; v; v = v->next)
        ways += str_eq(v->key, STR("via"));
    return ways > 1;
}

// That there is no default route says nothing when parts of the remote network have routes of their own.
static bool
has_parts(const struct weighing *w, const struct record *refusing)
{
    const struct record *r, *shared = NULL;
    for (size_t at = 0; (r = weigh_next(w, RECORD_ROUTE, &at));) {
        struct addr_found have = network_of(r, &shared);
        if (r != refusing && weigh_overlaps(&have, &w->theirs))
            return true;
    }
    return false;
}

struct str
weigh_device_to(const struct weighing *w, const struct addr_found *net)
{
    const struct record *r, *route = route_to(w, net);
    for (size_t at = 0; (r = weigh_next(w, RECORD_ADDRESS, &at));) {
        struct addr_found own = weigh_net(record_text(r, "address"));
        if (weigh_covers(&own, net))
            return record_text(r, "device");
    }
    return route ? route_device(w, route) : STR_NONE;
}

bool
weigh_enters_elsewhere(const struct weighing *w, struct str device)
{
    struct str from = weigh_device_to(w, &w->ours);
    return from.len && device.len && !str_eq(device, STR("any")) && !str_eq(from, device);
}

bool
weigh_leaves_elsewhere(const struct weighing *w, struct str device)
{
    if (!w->facts)
        return false;
    struct str own[3] = {facts_get(w->facts, STR("our_address")), facts_get(w->facts, STR("local")),
                         STR_NONE};
    const struct record *r;
    if (!device.len || str_eq(device, STR("any")))
        return false;
    for (size_t at = 0; !own[2].len && (r = weigh_next(w, RECORD_CHILD, &at));)
        own[2] = weigh_is_of_peer(w, r) ? record_text(r, "our_address") : STR_NONE;
    for (size_t i = 0; i < 3; i++) {
        bool known, has = has_device(w, own[i], device, &known);
        if (known)
            return !has;
    }
    return false;
}

bool
route_is_wrong(const struct weighing *w)
{
    const struct record *r = route_to(w, &w->theirs), *tables;
    if (!r || weigh_setting(w, "tables", "several", &tables))
        return false;
    struct str refuses = record_text(r, "refuses"), device = route_device(w, r);
    if (refuses.len)
        return !has_parts(w, r) && weigh_blame(w, STR("route"), r, refuses);
    if (!device.len || has_ways(r) || !weigh_leaves_elsewhere(w, device) || weigh_is_tunnel(device))
        return false;
    return weigh_blame(w, STR("route"), r, device);
}
