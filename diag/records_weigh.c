// The state of a gateway beside a tunnel that its log tells of (checkpoints.md, section 10): what counters
// prove, and which local cause the state shows.
#include "diag/records.h"

#include "diag/addr.h"

#include <stdlib.h>

// One weighing.
struct weighing {
    const struct records *records;
    int end;
    struct facts *facts;
    struct judged *judged;
    struct record_facts *out;
    struct addr_found ours, theirs; // networks of the tunnel; form ADDR_NONE: not known
};

static struct addr_found
read_net(struct str text)
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

// Does the outer network hold all of the inner one?
static bool
covers(const struct addr_found *outer, const struct addr_found *inner)
{
    return outer->form != ADDR_NONE && inner->form != ADDR_NONE && outer->first.size == inner->first.size &&
           compare(&outer->first, &inner->first) <= 0 && compare(&inner->last, &outer->last) <= 0;
}

static bool
overlaps(const struct addr_found *a, const struct addr_found *b)
{
    return a->form != ADDR_NONE && b->form != ADDR_NONE && a->first.size == b->first.size &&
           compare(&a->first, &b->last) <= 0 && compare(&b->first, &a->last) <= 0;
}

// The next record of a kind of this gateway behind *at; NULL at the end.
static const struct record *
next_record(const struct weighing *w, enum record_kind kind, size_t *at)
{
    while (*at < w->records->record_count) {
        const struct record *r = &w->records->records[(*at)++];
        if (r->kind == kind && r->end == w->end)
            return r;
    }
    return NULL;
}

static void
prove(const struct weighing *w, enum checkpoint c, uint32_t line, bool deciding)
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
    uint64_t in, out; // bytes
    uint32_t line_in, line_out;
};

// Adds what one record counts, when it is of this tunnel's SA.
static void
count_child(const struct weighing *w, const struct record *r, struct str in, struct str out, struct flow *f)
{
    bool by_spi = same_spi(record_text(r, "spi_in"), in) || same_spi(record_text(r, "spi_out"), out);
    bool by_name = str_eq(bare_name(record_text(r, "conn")), bare_name(w->judged->tunnel->name));
    bool has_spi = record_text(r, "spi_in").len > 0;
    if (has_spi ? !by_spi : !by_name)
        return;
    bool knows_in, knows_out;
    uint64_t bytes_in = record_number(r, "bytes_in", &knows_in),
             bytes_out = record_number(r, "bytes_out", &knows_out);
    if (!knows_in || !knows_out)
        return;
    *f = (struct flow){true, bytes_in, bytes_out, record_get(r, "bytes_in")->line,
                       record_get(r, "bytes_out")->line};
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
    struct flow reading = {0};
    unsigned sides = 0;
    const struct record *r;
    for (size_t at = 0; (r = next_record(w, RECORD_CHILD, &at));)
        count_child(w, r, in, out, last);
    for (size_t at = 0; (r = next_record(w, RECORD_KERNEL_SA, &at));) {
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
    prove(w, CP_TRAFFIC, last.line_in, true);
    prove(w, CP_TRAFFIC, last.line_out, last.out == 0);
}

// --- causes

static struct str
device_of(const struct weighing *w, struct str address)
{
    struct addr_found wanted = read_net(address);
    const struct record *r;
    for (size_t at = 0; (r = next_record(w, RECORD_ADDRESS, &at));) {
        struct addr_found have = read_net(record_text(r, "address"));
        if (wanted.form != ADDR_NONE && have.form != ADDR_NONE && have.first.size == wanted.first.size) {
            struct str text = record_text(r, "address");
            struct addr_found host = read_net((struct str){text.at, str_find(text, STR("/"))});
            if (compare(&host.first, &wanted.first) == 0)
                return record_text(r, "device");
        }
    }
    return STR_NONE;
}

// The most specific route of the main and the daemon's own tables to a network.
static const struct record *
route_to(const struct weighing *w, const struct addr_found *net)
{
    const struct record *best = NULL, *r;
    unsigned longest = 0;
    for (size_t at = 0; (r = next_record(w, RECORD_ROUTE, &at));) {
        struct str to = record_text(r, "network");
        struct addr_found have = read_net(to);
        bool usual = str_eq(to, STR("default"));
        if (str_eq(record_text(r, "table"), STR("local")) || (!usual && !covers(&have, net)))
            continue;
        unsigned bits = usual ? 0 : have.prefix;
        if (!best || bits > longest) {
            best = r;
            longest = bits;
        }
    }
    return best;
}

static bool
is_tunnel_device(struct str device)
{
    static const char *const starts[] = {"ipsec", "vti", "xfrm", "tun", "gre"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (str_starts(device, str_of(starts[i])))
            return true;
    return false;
}

static bool
blame(const struct weighing *w, struct str fault, const struct record *r, struct str detail)
{
    w->out->fault = fault;
    w->out->detail = arena_str(w->facts->arena, detail);
    prove(w, CP_UPDOWN, r->line, false);
    return true;
}

static bool
policy_is_missing(const struct weighing *w)
{
    const struct record *r, *any = NULL;
    for (size_t at = 0; (r = next_record(w, RECORD_KERNEL_POLICY, &at));) {
        any = r;
        struct addr_found from = read_net(record_text(r, "src")), to = read_net(record_text(r, "dst"));
        // Selectors may have been narrowed: what the policy takes is part of what is configured, or the other
        // way round.
        if (str_eq(record_text(r, "direction"), STR("out")) && overlaps(&from, &w->ours) &&
            overlaps(&to, &w->theirs))
            return false;
    }
    return any && blame(w, STR("policy"), any, STR_NONE);
}

static bool
route_is_wrong(const struct weighing *w)
{
    const struct record *r = route_to(w, &w->theirs);
    if (!r)
        return false;
    struct str refuses = record_text(r, "refuses"), device = record_text(r, "device");
    if (refuses.len)
        return blame(w, STR("route"), r, refuses);
    struct str out = device_of(w, facts_get(w->facts, STR("our_address")));
    if (!out.len)
        out = device_of(w, facts_get(w->facts, STR("local")));
    if (!out.len || !device.len || str_eq(device, out) || is_tunnel_device(device))
        return false;
    return blame(w, STR("route"), r, device);
}

// --- rules of packet filters

// One rule as far as it matters here.
struct filter_rule {
    const struct record *record;
    struct addr_found from, to; // ADDR_NONE: any
    bool names_from, names_to;
    bool ipsec;   // only of packets that go through IPsec
    bool negated; // means what it does not name
    bool narrow;  // asks for more than networks: a state, a port, an interface
    bool accepts, drops, translates;
};

static bool
is_word(struct str text, const char *const words[], size_t count)
{
    char lower[16];
    if (text.len >= sizeof lower)
        return false;
    for (size_t i = 0; i < text.len; i++)
        lower[i] = (char)(text.at[i] >= 'A' && text.at[i] <= 'Z' ? text.at[i] + ('a' - 'A') : text.at[i]);
    return word_index(words, count, (struct str){lower, text.len}) >= 0;
}
#define IS_WORD(text, ...)                                                                                   \
    is_word((text), (const char *const[]){__VA_ARGS__},                                                      \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

// The next rule of a table and hook ("nat", "postrouting"); false behind the last one. *at is where to go on,
// *chain the chain that the rules there stand in.
static bool
next_rule(const struct weighing *w, const char *table, const char *hook, size_t *at,
          const struct record **chain, struct filter_rule *rule)
{
    for (; *at < w->records->record_count; (*at)++) {
        const struct record *r = &w->records->records[*at];
        if (r->end != w->end || (*chain && (*chain)->source != r->source))
            *chain = NULL;
        if (r->end == w->end && r->kind == RECORD_CHAIN)
            *chain = r;
        if (r->end != w->end || r->kind != RECORD_RULE || !*chain ||
            !IS_WORD(record_text(*chain, "table"), table))
            continue;
        struct str own = record_text(r, "chain");
        if (!IS_WORD(own.len ? own : record_text(*chain, "hook"), hook))
            continue;
        struct str src = record_text(r, "src"), dst = record_text(r, "dst"),
                   action = record_text(r, "action");
        *rule = (struct filter_rule){.record = r,
                                     .from = read_net(src),
                                     .to = read_net(dst),
                                     .names_from = src.len > 0,
                                     .names_to = dst.len > 0,
                                     .ipsec = record_get(r, "ipsec") != NULL,
                                     .negated = record_get(r, "negated") != NULL,
                                     .narrow = record_get(r, "narrow") != NULL,
                                     .accepts = IS_WORD(action, "accept", "return"),
                                     .drops = IS_WORD(action, "drop", "reject"),
                                     .translates = IS_WORD(action, "masquerade", "snat")};
        (*at)++;
        return true;
    }
    return false;
}

// Does the rule take packets from one network to another? One that is narrower or means the opposite is not
// said to.
static bool
takes(const struct filter_rule *rule, const struct addr_found *from, const struct addr_found *to)
{
    return !rule->negated && !rule->narrow && (!rule->names_from || overlaps(&rule->from, from)) &&
           (!rule->names_to || overlaps(&rule->to, to));
}

// An exemption counts only in front of the translation.
static bool
is_translated(const struct weighing *w)
{
    struct filter_rule rule;
    const struct record *chain = NULL;
    for (size_t at = 0; next_rule(w, "nat", "postrouting", &at, &chain, &rule);) {
        if (rule.accepts &&
            (rule.ipsec || (takes(&rule, &w->ours, &w->theirs) && (rule.names_to || rule.names_from))))
            return false;
        if (rule.translates && !rule.ipsec && takes(&rule, &w->ours, &w->theirs))
            return blame(w, STR("nat-before-ipsec"), rule.record, record_text(rule.record, "device"));
    }
    return false;
}

// A rule that has dropped packets between the networks, with none before it that lets them through.
static bool
is_dropped(const struct weighing *w)
{
    struct filter_rule rule;
    const struct record *chain = NULL;
    for (size_t at = 0; next_rule(w, "filter", "forward", &at, &chain, &rule);) {
        bool out = takes(&rule, &w->ours, &w->theirs), in = takes(&rule, &w->theirs, &w->ours), known;
        if (rule.accepts && (rule.ipsec || ((rule.names_from || rule.names_to) && (out || in))))
            return false;
        if (rule.drops && (out || in) && record_number(rule.record, "packets", &known) > 0)
            return blame(w, STR("firewall"), rule.record, record_text(rule.record, "chain"));
    }
    return false;
}

// --- settings

static bool
setting_is(const struct weighing *w, const char *name, const char *value, const struct record **found)
{
    const struct record *r;
    for (size_t at = 0; (r = next_record(w, RECORD_SETTING, &at));)
        if (str_eq(record_text(r, "setting"), str_of(name))) {
            *found = r;
            return str_eq(record_text(r, "value"), str_of(value));
        }
    return false;
}

static bool
does_not_forward(const struct weighing *w)
{
    const struct record *r;
    return setting_is(w, "ipv4.ip_forward", "0", &r) && w->theirs.first.size == 4 &&
           blame(w, STR("forwarding"), r, STR("net.ipv4.ip_forward"));
}

static bool
filters_reverse_path(const struct weighing *w)
{
    const struct record *r;
    return setting_is(w, "ipv4.conf.all.rp_filter", "1", &r) &&
           blame(w, STR("reverse-path"), r, STR("net.ipv4.conf.all.rp_filter"));
}

// The first local cause that the state shows, in the order in which a packet meets them. Where bytes leave,
// what lies before encryption is fine; where they come in, nothing outside is to blame.
static bool
find_fault(const struct weighing *w)
{
    bool leaves = str_eq(w->out->flow, STR("both")) || str_eq(w->out->flow, STR("out-only"));
    bool comes = str_eq(w->out->flow, STR("both")) || str_eq(w->out->flow, STR("in-only"));
    if (w->theirs.form == ADDR_NONE || w->ours.form == ADDR_NONE || (leaves && !comes))
        return false;
    if (!leaves && (policy_is_missing(w) || route_is_wrong(w) || is_translated(w)))
        return true;
    return does_not_forward(w) || is_dropped(w) || (comes && !leaves && filters_reverse_path(w));
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
    return conn.len && str_eq(conn, bare_name(t->name));
}

// Configured values stand beside what the log says of the checkpoint where the tunnel is stuck.
static void
weigh_connection(const struct weighing *w)
{
    static const char *const about[CP_COUNT] = {
        [CP_IKE_VERSION] = "policy",  [CP_P1_CIPHER] = "our_proposal",       [CP_ID] = "our_id",
        [CP_SUBNETS] = "our_subnets", [CP_P2_CIPHER] = "our_child_proposal",
    };
    const struct record *r;
    for (size_t at = 0; (r = next_record(w, RECORD_CONNECTION, &at));) {
        if (!is_of_tunnel(w, r))
            continue;
        r = records_whole(w->records, r, w->facts->arena);
        const struct knowledge *k = w->judged->around.negos->knowledge;
        bool either = k->dialects[w->records->lines[r->line].dialect].either;
        if (either && str_eq(record_text(r, "our_address"), w->judged->tunnel->peer))
            r = records_turned(r, w->facts->arena);
        w->out->connection = w->out->connection ? w->out->connection : r;
        for (int c = 0; c < CP_COUNT; c++) {
            const struct record_value *v = about[c] ? record_get(r, about[c]) : NULL;
            if (v && (enum checkpoint)c == w->judged->walk.stuck)
                prove(w, (enum checkpoint)c, v->line, false);
        }
    }
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
    if (!j->live)
        return;
    w.ours = read_net(facts_get(f, STR("our_subnets")));
    w.theirs = read_net(facts_get(f, STR("peer_subnets")));
    weigh_flow(&w);
    weigh_updown(&w);
}
