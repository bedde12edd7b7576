// Lists of rules that are asked by name, at an interface or by a translation: does one of them take the
// traffic of a tunnel, or of its peer, away? What a list does with a packet is known when a rule that surely
// takes it comes before any that may.
#include "diag/weighing.h"

enum fit { FITS_NOT, MAY_FIT, FITS };

// Does a rule's end ("any", an address, a network) take packets of these addresses?
static enum fit
fits_end(struct str end, const struct addr_found *have)
{
    struct addr_found net = weigh_net(end);
    if (str_starts(end, STR("any")) || !end.len)
        return FITS;
    if (net.form == ADDR_NONE || have->form == ADDR_NONE)
        return MAY_FIT;
    return weigh_covers(&net, have) ? FITS : weigh_overlaps(&net, have) ? MAY_FIT : FITS_NOT;
}

static enum fit
fits_kind(struct str have, struct str wanted)
{
    if (!have.len || str_eq(have, STR("ip")) || str_eq(have, wanted))
        return FITS;
    return wanted.len ? FITS_NOT : MAY_FIT;
}

// The values of a rule stand in the order of its words: where it is from, where to, and behind each its port.
static enum fit
fits(const struct record *r, const struct list_packet *p)
{
    enum fit fit = record_get(r, "narrow") ? MAY_FIT : FITS,
             one = fits_kind(record_text(r, "protocol"), p->protocol);
    unsigned ends = 0;
    fit = one < fit ? one : fit;
    for (const struct record_value *v = r->values; v; v = v->next) {
        uint64_t port;
        one = FITS;
        if (str_eq(v->key, STR("end")))
            one = fits_end(v->text, ends++ ? &p->to : &p->from);
        else if (str_eq(v->key, STR("ports")))
            one = ends < 2 || !p->port || !str_number(v->text, &port) ? MAY_FIT
                  : port == p->port                                   ? FITS
                                                                      : FITS_NOT;
        fit = one < fit ? one : fit;
    }
    return fit;
}

// The newest reading of a list before `until`, an index into the records; SIZE_MAX: none.
static size_t
reading_of(const struct weighing *w, struct str name, size_t until)
{
    while (until-- > 0) {
        const struct record *r = &w->records->records[until];
        if (r->end == w->end && r->kind == RECORD_CHAIN && str_eq(record_text(r, "table"), STR("list")) &&
            str_eq(record_text(r, "chain"), name))
            return until;
    }
    return SIZE_MAX;
}

static const struct record *
rule_at(const struct weighing *w, size_t list, size_t n)
{
    const struct record *s = w->records->records;
    for (size_t i = list + 1; i < w->records->record_count && s[i].source == s[list].source; i++)
        if (s[i].kind != RECORD_RULE)
            return NULL;
        else if (n-- == 0)
            return &s[i];
    return NULL;
}

// The rule that surely is the one for this packet.
static const struct record *
rule_for(const struct weighing *w, struct str name, const struct list_packet *p)
{
    size_t list = name.len ? reading_of(w, name, w->records->record_count) : SIZE_MAX;
    const struct record *r;
    for (size_t n = 0; list != SIZE_MAX && (r = rule_at(w, list, n)); n++) {
        enum fit fit = record_get(r, "void") ? FITS_NOT : fits(r, p);
        if (fit != FITS_NOT)
            return fit == FITS ? r : NULL;
    }
    return NULL;
}

static bool
is_action(const struct record *r, struct str action)
{
    return r && str_eq(record_text(r, "action"), action);
}

const struct record *
list_dropping(const struct weighing *w, const char *key, const struct list_packet *p)
{
    struct str device = weigh_device_to(w, strcmp(key, "outbound") == 0 ? &p->to : &p->from);
    const struct record *at;
    bool known;
    for (size_t i = 0; device.len && (at = weigh_next(w, RECORD_INTERFACE, &i));) {
        if (!str_eq(record_text(at, "device"), device))
            continue;
        const struct record *rule = rule_for(w, record_text(at, key), p);
        if (is_action(rule, STR("deny")) && record_number(rule, "packets", &known) > 0)
            return rule;
    }
    return NULL;
}

const struct record *
list_translation(const struct weighing *w)
{
    const struct list_packet ours = {.from = w->ours, .to = w->theirs};
    const struct record *at;
    for (size_t i = 0; (at = weigh_next(w, RECORD_INTERFACE, &i));) {
        const struct record *rule = rule_for(w, record_text(at, "translates"), &ours);
        if (is_action(rule, STR("permit")) && !weigh_leaves_elsewhere(w, record_text(at, "device")))
            return rule;
    }
    return NULL;
}

bool
list_blame(const struct weighing *w, struct str fault, const struct record *rule)
{
    size_t place = (size_t)(rule - w->records->records), list = place;
    while (list > 0 && w->records->records[list].kind != RECORD_CHAIN)
        list--;
    struct str name = record_text(&w->records->records[list], "chain");
    size_t earlier = reading_of(w, name, list);
    const struct record *then = earlier == SIZE_MAX ? NULL : rule_at(w, earlier, place - list - 1);
    bool was, is;
    if (then && record_number(then, "packets", &was) < record_number(rule, "packets", &is))
        weigh_prove(w, CP_UPDOWN, then->line, false);
    return weigh_blame(w, fault, rule, name);
}
