// The state of a gateway beside a tunnel that its log tells of: what counters prove, and which
// local cause the state shows.
#include "diag/weighing.h"

#include <stdlib.h>

struct addr_found
weigh_net(struct str text)
{
    struct addr_found found = {0};
    text = str_trim(text);
    if (!text.len || !addr_find(text, 0, &found))
        found.form = ADDR_NONE;
    return found;
}

static int
compare(const struct addr *a, const struct addr *b)
{
    return memcmp(a->byte, b->byte, a->size);
}

bool
weigh_covers(const struct addr_found *outer, const struct addr_found *inner)
{
    return outer->form != ADDR_NONE && inner->form != ADDR_NONE && outer->first.size == inner->first.size &&
           compare(&outer->first, &inner->first) <= 0 && compare(&inner->last, &outer->last) <= 0;
}

bool
weigh_overlaps(const struct addr_found *a, const struct addr_found *b)
{
    return a->form != ADDR_NONE && b->form != ADDR_NONE && a->first.size == b->first.size &&
           compare(&a->first, &b->last) <= 0 && compare(&b->first, &a->last) <= 0;
}

// The next record of a kind of this gateway behind *at; NULL at the end.
const struct record *
weigh_next(const struct weighing *w, enum record_kind kind, size_t *at)
{
    while (*at < w->records->record_count) {
        const struct record *r = &w->records->records[(*at)++];
        if (r->kind == kind && r->end == w->end)
            return r;
    }
    return NULL;
}

void
weigh_prove(const struct weighing *w, enum checkpoint c, uint32_t line, bool deciding)
{
    const struct event_line *e = &w->records->lines[line];
    struct walk_step *s = &w->judged->walk.step[c];
    for (int i = 0; i < s->proofs; i++)
        if (s->proof[i].line == e)
            return;
    if (s->proofs == STEP_PROOFS)
        s->proofs--; // what was measured now is worth more than the last of many
    if (deciding)
        for (int i = 0; i < s->proofs; i++)
            s->proof[i].deciding = false;
    s->proof[s->proofs++] = (struct step_proof){e, deciding};
}

// SPIs are written with and without 0x, and with leading zeros.
static struct str
bare_spi(struct str spi)
{
    if (str_starts(spi, STR("0x")))
        spi = str_from(spi, 2);
    while (spi.len > 1 && spi.at[0] == '0')
        spi = str_from(spi, 1);
    return spi;
}

static bool
same_spi(struct str a, struct str b)
{
    a = bare_spi(a);
    b = bare_spi(b);
    return a.len > 1 && str_eq(a, b);
}

static struct str
bare_name(struct str name)
{
    return (struct str){name.at, str_find(name, STR("["))};
}

// --- counters

struct flow {
    bool known;       // both directions were counted
    uint64_t in, out; // bytes, or packets
    uint32_t line_in, line_out;
};

// Some gateways name a connection, others the peer, and may have several SAs with it: their networks tell.
bool
weigh_is_of_peer(const struct weighing *w, const struct record *r)
{
    struct str peer = record_text(r, "peer_address"), nets = record_text(r, "peer_subnets");
    struct addr_found theirs = weigh_net(nets);
    return peer.len && str_eq(peer, w->judged->tunnel->peer) &&
           (theirs.form == ADDR_NONE || w->theirs.form == ADDR_NONE || weigh_overlaps(&theirs, &w->theirs));
}

// Was it shown in the midst of the log, and came what stands now up behind it? Then it counts what stood
// before.
static bool
is_outdated(const struct weighing *w, const struct record *r)
{
    const struct tunnel *t = w->judged->tunnel;
    uint64_t line = w->records->lines[r->line].line;
    return r->source == t->source && t->first_up_line && line > t->first_up_line &&
           line < w->judged->live->established_line;
}

// What one record counts, in bytes or else in packets, when it is of this tunnel's SA.
static void
count_child(const struct weighing *w, const struct record *r, struct str in, struct str out, struct flow *f)
{
    bool by_spi = same_spi(record_text(r, "spi_in"), in) || same_spi(record_text(r, "spi_out"), out);
    bool by_name = str_eq(bare_name(record_text(r, "conn")), bare_name(w->judged->tunnel->name));
    bool has_spi = record_text(r, "spi_in").len > 0;
    if (!weigh_is_of_peer(w, r) && (has_spi ? !by_spi : !by_name))
        return;
    const char *const unit[][2] = {{"bytes_in", "bytes_out"}, {"packets_in", "packets_out"}};
    for (size_t i = 0; i < 2; i++) {
        bool knows_in, knows_out;
        uint64_t came = record_number(r, unit[i][0], &knows_in),
                 left = record_number(r, unit[i][1], &knows_out);
        if (!knows_in || !knows_out)
            continue;
        *f =
            (struct flow){true, came, left, record_get(r, unit[i][0])->line, record_get(r, unit[i][1])->line};
        return;
    }
}

// Which direction of the tunnel's SAs the record counts: 1 in, 2 out, 0 neither.
static unsigned
count_kernel(const struct record *r, struct str in, struct str out, struct flow *f)
{
    bool known;
    uint64_t bytes = record_number(r, "bytes", &known);
    bool is_in = known && same_spi(record_text(r, "spi"), in);
    if (!is_in && !(known && same_spi(record_text(r, "spi"), out)))
        return 0;
    uint32_t line = record_get(r, "bytes")->line;
    *(is_in ? &f->in : &f->out) = bytes;
    *(is_in ? &f->line_in : &f->line_out) = line;
    return is_in ? 1 : 2;
}

// Does what was read later stand behind what was read first, in the lines of the state?
static bool
reading_is_newer(const struct flow *later, const struct flow *first)
{
    return later->known && later->line_in > first->line_in;
}

// The bytes of the tunnel's SAs: the first reading of the kernel's counters and the last one, which the
// daemon's own figures stand in for. A reading is new when an SA comes a second time.
static void
read_flows(const struct weighing *w, struct flow *first, struct flow *last)
{
    struct str in = facts_get(w->facts, STR("spi_in")), out = facts_get(w->facts, STR("spi_out"));
    struct flow reading = {0}, told = {0};
    unsigned sides = 0;
    const struct record *r;
    for (size_t at = 0; (r = weigh_next(w, RECORD_CHILD, &at));) {
        if (is_outdated(w, r))
            continue;
        count_child(w, r, in, out, last);
        told = told.known ? told : *last;
    }
    for (size_t at = 0; (r = weigh_next(w, RECORD_KERNEL_SA, &at));) {
        struct flow now = reading;
        unsigned side = count_kernel(r, in, out, &now);
        if (!side)
            continue;
        sides = sides & side ? side : sides | side;
        reading = now;
        if (sides != 3)
            continue;
        reading.known = true;
        *(first->known ? last : first) = reading;
        sides = 0;
    }
    if (first->known && !reading_is_newer(last, first)) {
        *last = *first;
        *first = (struct flow){0};
    } else if (!first->known && reading_is_newer(last, &told)) {
        *first = told;
    }
}

static struct str
flow_word(bool in, bool out)
{
    return in && out ? STR("both") : out ? STR("out-only") : in ? STR("in-only") : STR("none");
}

static void
weigh_flow(const struct weighing *w)
{
    struct flow first = {0}, last = {0};
    read_flows(w, &first, &last);
    if (!last.known)
        return;
    w->out->flow = flow_word(last.in > 0, last.out > 0);
    if (first.known)
        w->out->grows = flow_word(last.in > first.in, last.out > first.out);
    struct walk_step *traffic = &w->judged->walk.step[CP_TRAFFIC], *updown = &w->judged->walk.step[CP_UPDOWN];
    if (last.in > 0 && last.out > 0) {
        traffic->state = ST_PASSED;
        traffic->basis = BASIS_MEASURED;
        if (updown->state == ST_UNKNOWN) {
            updown->state = ST_PASSED;
            updown->basis = BASIS_IMPLIED;
        }
    }
    weigh_prove(w, CP_TRAFFIC, last.line_in, true);
    weigh_prove(w, CP_TRAFFIC, last.line_out, last.out == 0);
}

// Drops that the kernel counts for all tunnels together: only what grew between two readings says something.
static void
weigh_drops(const struct weighing *w)
{
    const struct record *r, *older;
    for (size_t at = 0; (r = weigh_next(w, RECORD_COUNTER, &at)) && !w->out->grown.len;)
        for (size_t from = 0; (older = weigh_next(w, RECORD_COUNTER, &from)) && older != r;) {
            bool was, is;
            uint64_t before = record_number(older, "value", &was), now = record_number(r, "value", &is);
            if (!was || !is || now <= before ||
                !str_eq(record_text(older, "counter"), record_text(r, "counter")))
                continue;
            w->out->grown = record_text(r, "counter");
            weigh_prove(w, CP_UPDOWN, older->line, false);
            weigh_prove(w, CP_UPDOWN, r->line, false);
            break;
        }
}

// --- causes

bool
weigh_is_tunnel(struct str device)
{
    static const char *const starts[] = {"ipsec", "vti", "xfrm", "tun", "gre", "Tunnel", "Virtual"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (str_starts(device, str_of(starts[i])))
            return true;
    return false;
}

bool
weigh_blame(const struct weighing *w, struct str fault, const struct record *r, struct str detail)
{
    w->out->fault = fault;
    w->out->detail = arena_str(w->facts->arena, detail);
    weigh_prove(w, CP_UPDOWN, r->line, false);
    return true;
}

static bool
policy_is_missing(const struct weighing *w)
{
    const struct record *r, *any = NULL;
    for (size_t at = 0; (r = weigh_next(w, RECORD_KERNEL_POLICY, &at));) {
        any = r;
        struct addr_found from = weigh_net(record_text(r, "src")), to = weigh_net(record_text(r, "dst"));
        // Selectors may have been narrowed: what the policy takes is part of what is configured, or the other
        // way round.
        if (str_eq(record_text(r, "direction"), STR("out")) && weigh_overlaps(&from, &w->ours) &&
            weigh_overlaps(&to, &w->theirs))
            return false;
    }
    return any && weigh_blame(w, STR("policy"), any, STR_NONE);
}

bool
weigh_setting(const struct weighing *w, const char *name, const char *value, const struct record **found)
{
    const struct record *r;
    for (size_t at = 0; (r = weigh_next(w, RECORD_SETTING, &at));)
        if (str_eq(record_text(r, "setting"), str_of(name))) {
            *found = r;
            return str_eq(record_text(r, "value"), str_of(value));
        }
    return false;
}

// A network of this gateway's own that has addresses of the remote one: they are looked for here. Not where
// the remote network is meant to hold ours (all the others of a star, or everything).
static bool
is_overlapped(const struct weighing *w)
{
    const struct record *r;
    for (size_t at = 0; (r = weigh_next(w, RECORD_ADDRESS, &at));) {
        struct addr_found have = weigh_net(record_text(r, "address"));
        if (have.form == ADDR_NET && weigh_overlaps(&have, &w->theirs) &&
            !weigh_covers(&w->theirs, &w->ours) && !weigh_is_tunnel(record_text(r, "device")))
            return weigh_blame(w, STR("overlap"), r, record_text(r, "address"));
    }
    return false;
}

// Packets that the gateway itself sends to the remote network bear an address that the tunnel does not take.
static void
weigh_own_source(const struct weighing *w)
{
    const struct record *r;
    for (size_t at = 0; (r = weigh_next(w, RECORD_ROUTE, &at));) {
        struct addr_found asked = weigh_net(record_text(r, "asked")),
                          source = weigh_net(record_text(r, "source"));
        if (!weigh_covers(&w->theirs, &asked) || source.form == ADDR_NONE || w->ours.form == ADDR_NONE ||
            weigh_covers(&w->ours, &source))
            continue;
        w->out->own_source = record_text(r, "source");
        weigh_prove(w, CP_UPDOWN, r->line, false);
    }
}

// --- settings

static bool
does_not_forward(const struct weighing *w)
{
    const struct record *r;
    return weigh_setting(w, "ipv4.ip_forward", "0", &r) && w->theirs.first.size == 4 &&
           weigh_blame(w, STR("forwarding"), r, STR("net.ipv4.ip_forward"));
}

static bool
filters_reverse_path(const struct weighing *w)
{
    const struct record *r;
    return weigh_setting(w, "ipv4.conf.all.rp_filter", "1", &r) &&
           weigh_blame(w, STR("reverse-path"), r, STR("net.ipv4.conf.all.rp_filter"));
}

// The first local cause that the state shows, in the order in which a packet meets them. Where bytes leave,
// what lies before encryption is fine; where they come in, nothing outside is to weigh_blame.
static bool
find_fault(const struct weighing *w)
{
    bool leaves = str_eq(w->out->flow, STR("both")) || str_eq(w->out->flow, STR("out-only"));
    bool comes = str_eq(w->out->flow, STR("both")) || str_eq(w->out->flow, STR("in-only"));
    if (w->records->full)
        return false; // what was left out may be what decides
    if (leaves && !comes)
        return filter_drops_esp(w);
    if (w->theirs.form == ADDR_NONE || w->ours.form == ADDR_NONE)
        return false;
    if (!leaves && (policy_is_missing(w) || is_overlapped(w) || route_is_wrong(w) || filter_translates(w)))
        return true;
    return does_not_forward(w) || filter_drops(w) || (comes && !leaves && filters_reverse_path(w));
}

// The question is open: somebody said that nothing passes, or bytes go one way only.
static void
weigh_updown(const struct weighing *w)
{
    struct judged *j = w->judged;
    struct walk_step *updown = &j->walk.step[CP_UPDOWN];
    bool one_way = str_eq(w->out->flow, STR("out-only")) || str_eq(w->out->flow, STR("in-only"));
    if (!j->live || !(one_way || j->around.no_traffic) ||
        (j->walk.stuck != CP_NONE && j->walk.stuck != CP_UPDOWN) || updown->state == ST_FAILED)
        return;
    bool fault = find_fault(w);
    if (!fault) {
        weigh_drops(w);
        weigh_own_source(w);
    }
    updown->state = fault ? ST_FAILED : ST_SUSPECTED;
    updown->basis = fault || one_way ? BASIS_MEASURED : BASIS_STATED;
    j->walk.stuck = CP_UPDOWN;
    j->state = TUNNEL_DEGRADED;
    if (fault)
        updown->proof[updown->proofs - 1].deciding = true;
    for (int i = 0; fault && i < updown->proofs - 1; i++)
        updown->proof[i].deciding = false;
}

// --- what is configured

static bool
is_of_tunnel(const struct weighing *w, const struct record *r)
{
    const struct tunnel *t = w->judged->tunnel;
    struct str conn = bare_name(record_text(r, "conn"));
    return conn.len ? str_eq(conn, bare_name(t->name)) : weigh_is_of_peer(w, r);
}

// A tunnel that is named after its peer (its daemon names no connection, or none fits): then what is
// configured for that address is meant, if it is one connection.
static const struct record *
connection_by_address(const struct weighing *w)
{
    const struct tunnel *t = w->judged->tunnel;
    const struct record *r, *found = NULL;
    bool named = t->stranger || (t->peer.len && str_eq(t->name, t->peer));
    for (size_t at = 0; named && (r = weigh_next(w, RECORD_CONNECTION, &at));) {
        bool either = w->judged->around.negos->knowledge->dialects[w->records->lines[r->line].dialect].either;
        if (!str_eq(record_text(r, "peer_address"), t->peer) &&
            !(either && str_eq(record_text(r, "our_address"), t->peer)))
            continue;
        if (found && !str_eq(record_text(found, "conn"), record_text(r, "conn")))
            return NULL;
        found = found ? found : r;
    }
    return found;
}

// What is loaded and what stands in the file are one connection; two of one place are not.
static void
add_connection(const struct weighing *w, const struct record *r)
{
    const struct record *before = w->out->connection;
    const struct event_line *lines = w->records->lines;
    if (!before)
        w->out->connection = r;
    else if (lines[before->line].dialect != lines[r->line].dialect)
        w->out->connection = records_joined(before, r, w->facts->arena);
}

// Configured values stand beside what the log says of the checkpoint where the tunnel is stuck.
static void
weigh_connection(const struct weighing *w)
{
    static const char *const about[CP_COUNT] = {
        [CP_IKE_VERSION] = "policy",  [CP_P1_CIPHER] = "our_proposal",       [CP_ID] = "our_id",
        [CP_SUBNETS] = "our_subnets", [CP_P2_CIPHER] = "our_child_proposal",
    };
    const struct record *r, *meant = connection_by_address(w);
    for (size_t at = 0; (r = weigh_next(w, RECORD_CONNECTION, &at));) {
        if (r != meant && !is_of_tunnel(w, r))
            continue;
        r = records_whole(w->records, r, w->facts->arena);
        const struct knowledge *k = w->judged->around.negos->knowledge;
        bool either = k->dialects[w->records->lines[r->line].dialect].either;
        if (either && str_eq(record_text(r, "our_address"), w->judged->tunnel->peer))
            r = records_turned(r, w->facts->arena);
        add_connection(w, r);
        for (int c = 0; c < CP_COUNT; c++) {
            const struct record_value *v = about[c] ? record_get(r, about[c]) : NULL;
            if (v && (enum checkpoint)c == w->judged->walk.stuck)
                weigh_prove(w, (enum checkpoint)c, v->line, false);
        }
    }
}

// The SAs with this peer when all are for one pair of networks: a log may not say which, or write them
// without a mask.
static const struct record *
only_child(const struct weighing *w)
{
    const struct record *child = NULL, *r;
    for (size_t at = 0; (r = weigh_next(w, RECORD_CHILD, &at));) {
        if (!weigh_is_of_peer(w, r))
            continue;
        if (child && (!str_eq(record_text(child, "our_subnets"), record_text(r, "our_subnets")) ||
                      !str_eq(record_text(child, "peer_subnets"), record_text(r, "peer_subnets"))))
            return NULL;
        child = r;
    }
    return child;
}

static struct addr_found
network_of(const struct weighing *w, const char *key)
{
    struct addr_found said = weigh_net(facts_get(w->facts, str_of(key)));
    struct addr_found stands =
        w->out->child ? weigh_net(record_text(w->out->child, key)) : (struct addr_found){0};
    return said.form == ADDR_NONE || weigh_covers(&stands, &said) ? stands : said;
}

void
records_weigh(struct facts *f, struct judged *j)
{
    struct record_facts *out = ARENA_NEW(f->arena, struct record_facts);
    struct weighing w = {
        .records = f->quotes->records, .end = j->around.end, .facts = f, .judged = j, .out = out};
    f->state = out;
    if (!w.records->record_count || j->counts < 0)
        return;
    weigh_connection(&w);
    weigh_unmatched(&w);
    if (!j->live)
        return;
    w.theirs = weigh_net(facts_get(f, STR("peer_subnets")));
    out->child = only_child(&w);
    w.ours = network_of(&w, "our_subnets");
    w.theirs = network_of(&w, "peer_subnets");
    weigh_flow(&w);
    weigh_updown(&w);
}
