// Rules of packet filters in the state of a gateway: does one of them take the traffic of a tunnel away?
#include "diag/weighing.h"

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

bool
filter_next(const struct weighing *w, const char *table, const char *hook, size_t *at,
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
        if (hook && !IS_WORD(own.len ? own : record_text(*chain, "hook"), hook))
            continue;
        struct str src = record_text(r, "src"), dst = record_text(r, "dst"),
                   action = record_text(r, "action"), protocol = record_text(r, "protocol"),
                   ports = record_text(r, "ports");
        bool same = src.len && str_eq(src, record_text(r, "translated")); // into itself
        *rule = (struct filter_rule){
            .record = r,
            .from = weigh_net(src),
            .to = weigh_net(dst),
            .names_from = src.len > 0,
            .names_to = dst.len > 0,
            .protocol = protocol,
            .ports = ports,
            .ipsec = record_get(r, "ipsec") != NULL,
            .negated = record_get(r, "negated") != NULL,
            .narrow = record_get(r, "narrow") || protocol.len || ports.len ||
                      (record_get(r, "from_device") && !src.len) || (record_get(r, "towards") && !dst.len),
            .accepts = IS_WORD(action, "accept", "return") || same,
            .drops = IS_WORD(action, "drop", "reject"),
            .translates = IS_WORD(action, "masquerade", "snat", "dynamic", "static") && !same,
            .maps = IS_WORD(action, "dnat", "redirect")};
        (*at)++;
        return true;
    }
    return false;
}

// One of several networks.
static bool
any_overlaps(struct str text, const struct addr_found *net)
{
    struct addr_found found;
    for (size_t at = 0; at < text.len; at++)
        if (addr_find(text, at, &found)) {
            if (weigh_overlaps(&found, net))
                return true;
            at += found.length;
        }
    return false;
}

// Does the rule take packets from one network to another? One that is narrower or means the opposite is not
// said to.
static bool
takes(const struct filter_rule *rule, const struct addr_found *from, const struct addr_found *to)
{
    return !rule->negated && !rule->narrow &&
           (!rule->names_from || any_overlaps(record_text(rule->record, "src"), from)) &&
           (!rule->names_to || any_overlaps(record_text(rule->record, "dst"), to));
}

// An exemption counts only in front of the translation.
const struct record *
filter_translation(const struct weighing *w)
{
    struct filter_rule rule;
    const struct record *chain = NULL;
    for (size_t at = 0; filter_next(w, "nat", "postrouting", &at, &chain, &rule);) {
        if (rule.accepts &&
            (rule.ipsec || (takes(&rule, &w->ours, &w->theirs) && (rule.names_to || rule.names_from))))
            return NULL;
        struct str into = record_text(rule.record, "device"), from = record_text(rule.record, "from_device");
        if (!rule.translates || rule.ipsec || !takes(&rule, &w->ours, &w->theirs) ||
            weigh_leaves_elsewhere(w, into) || weigh_enters_elsewhere(w, from))
            continue;
        return from.len && !w->facts ? NULL : rule.record;
    }
    return list_translation(w);
}

bool
filter_translates(const struct weighing *w)
{
    const struct record *rule = filter_translation(w);
    if (rule && record_get(rule, "end"))
        return list_blame(w, STR("nat-before-ipsec"), rule);
    return rule && weigh_blame(w, STR("nat-before-ipsec"), rule, record_text(rule, "device"));
}

bool
filter_drops_esp(const struct weighing *w)
{
    struct str nat = facts_get(w->facts, STR("nat"));
    struct list_packet esp = {.from = weigh_net(w->judged->tunnel->peer), .protocol = STR("esp")};
    if (nat.len && !str_eq(nat, STR("none")))
        return false; // it comes in UDP
    const struct record *rule = list_dropping(w, "inbound", &esp);
    rule = rule ? rule : list_dropping(w, "inbound_own", &esp);
    return rule && list_blame(w, STR("esp-firewall"), rule);
}

// What comes in from our network on its way to theirs, and what goes out to ours.
static const struct record *
list_drops(const struct weighing *w)
{
    struct list_packet to = {.from = w->ours, .to = w->theirs}, back = {.from = w->theirs, .to = w->ours};
    const struct record *rule = list_dropping(w, "inbound", &to);
    rule = rule ? rule : list_dropping(w, "inbound_through", &to);
    return rule ? rule : list_dropping(w, "outbound", &back);
}

// A rule that has dropped packets between the networks, with none before it that lets them through.
bool
filter_drops(const struct weighing *w)
{
    const struct record *listed = list_drops(w);
    if (listed)
        return list_blame(w, STR("firewall"), listed);
    struct filter_rule rule;
    const struct record *chain = NULL;
    for (size_t at = 0; filter_next(w, "filter", "forward", &at, &chain, &rule);) {
        bool out = takes(&rule, &w->ours, &w->theirs), in = takes(&rule, &w->theirs, &w->ours), known;
        if (rule.accepts && (rule.ipsec || ((rule.names_from || rule.names_to) && (out || in))))
            return false;
        if (rule.drops && (out || in) && record_number(rule.record, "packets", &known) > 0)
            return weigh_blame(w, STR("firewall"), rule.record, record_text(rule.record, "chain"));
    }
    return false;
}
