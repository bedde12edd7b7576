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
        *rule = (struct filter_rule){.record = r,
                                     .from = weigh_net(src),
                                     .to = weigh_net(dst),
                                     .names_from = src.len > 0,
                                     .names_to = dst.len > 0,
                                     .protocol = protocol,
                                     .ports = ports,
                                     .ipsec = record_get(r, "ipsec") != NULL,
                                     .negated = record_get(r, "negated") != NULL,
                                     .narrow = record_get(r, "narrow") || protocol.len || ports.len,
                                     .accepts = IS_WORD(action, "accept", "return"),
                                     .drops = IS_WORD(action, "drop", "reject"),
                                     .translates = IS_WORD(action, "masquerade", "snat"),
                                     .maps = IS_WORD(action, "dnat", "redirect")};
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
    return !rule->negated && !rule->narrow && (!rule->names_from || weigh_overlaps(&rule->from, from)) &&
           (!rule->names_to || weigh_overlaps(&rule->to, to));
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
        if (rule.translates && !rule.ipsec && takes(&rule, &w->ours, &w->theirs))
            return rule.record;
    }
    return NULL;
}

bool
filter_translates(const struct weighing *w)
{
    const struct record *rule = filter_translation(w);
    return rule && weigh_blame(w, STR("nat-before-ipsec"), rule, record_text(rule, "device"));
}

// A rule that has dropped packets between the networks, with none before it that lets them through.
bool
filter_drops(const struct weighing *w)
{
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
