#include "diag/path_tunnel.h"

static const struct proof *
proof_of(const struct rung *r)
{
    const struct proof *found = NULL;
    for (size_t i = 0; i < r->proof_count; i++)
        if (!found || r->proofs[i].deciding)
            found = &r->proofs[i];
    return found;
}

static void
say(struct path *p, const char *id, struct str text, const struct proof *proof)
{
    if (text.len)
        path_set(p, path_fact_named(p->map, str_of(id)), text, FROM_LOG, proof);
}

static struct str
value_of(const struct rung *r, const char *key, const struct proof **proof)
{
    for (size_t i = 0; i < r->value_count; i++)
        if (str_eq(r->values[i].key, str_of(key)) && r->values[i].count) {
            *proof = r->values[i].proof >= 0 ? &r->proofs[r->values[i].proof] : proof_of(r);
            return r->values[i].text[0];
        }
    return STR_NONE;
}

static void
give_addresses(const struct tunnel_view *t, struct path *p)
{
    bool starts = t->row.role != ROLE_RESPONDER;
    if (t->row.role == ROLE_UNKNOWN)
        return;
    say(p, starts ? "initiator-address" : "responder-address", t->row.local, NULL);
    say(p, starts ? "responder-address" : "initiator-address", t->row.peer, NULL);
}

// The log says "here" and "there", the path which side starts.
static void
give_nat(const struct tunnel_view *t, int nat, const struct proof *proof, struct path *p)
{
    bool starts = t->row.role == ROLE_INITIATOR, answers = t->row.role == ROLE_RESPONDER;
    struct str word = nat == NAT_NO        ? STR("none")
                      : nat == NAT_BOTH    ? STR("both")
                      : nat == NAT_UNKNOWN ? STR_NONE
                                           : STR("some");
    if ((nat == NAT_HERE && starts) || (nat == NAT_THERE && answers))
        word = STR("initiator");
    else if ((nat == NAT_HERE && answers) || (nat == NAT_THERE && starts))
        word = STR("responder");
    say(p, "nat", word, proof);
}

static bool
is_caused(const struct tunnel_view *t, const char *cause, bool proven)
{
    const struct verdict *v = &t->row.verdict;
    return v->finding && str_eq(v->finding->cause, str_of(cause)) &&
           (!proven || v->certainty == SURE_CERTAIN);
}

// Only what the log proves: a suspicion of the ladder is no fact of the path.
void
path_tunnel_give(const struct tunnel_view *t, int nat, struct path *p)
{
    const struct rung *contact = view_rung(t, CP_CONTACT), *id = view_rung(t, CP_ID),
                      *sa = view_rung(t, CP_P2_CIPHER);
    const struct proof *proof = NULL;
    bool established = id->state == ST_PASSED, there_is_nat = nat != NAT_UNKNOWN && nat != NAT_NO;
    give_addresses(t, p);
    struct str address = value_of(sa, "nat_address", &proof);
    give_nat(t, nat != NAT_UNKNOWN || !address.len ? nat : NAT_SOME, proof ? proof : proof_of(id), p);
    bool answered = contact->state == ST_PASSED || view_rung(t, CP_P1_CIPHER)->state == ST_PASSED;
    if (answered || established)
        say(p, "open-udp500", STR("yes"),
            proof_of(contact->proof_count ? contact : view_rung(t, CP_P1_CIPHER)));
    else if (is_caused(t, "contact.no-response", false) && contact->state == ST_FAILED)
        say(p, "open-udp500", STR("silent"), proof_of(contact));
    if (established && (there_is_nat || address.len))
        say(p, "open-udp4500", STR("yes"), proof_of(id));
    else if (is_caused(t, "contact.nat-t-blocked", true))
        say(p, "open-udp4500", STR("no"), proof_of(contact));
    struct str cipher = value_of(sa, "chosen", &proof);
    say(p, "cipher", cipher, proof);
    const struct rung *traffic = view_rung(t, CP_TRAFFIC);
    uint64_t in = 0, out = 0;
    bool counted = str_number(value_of(traffic, "bytes_in", &proof), &in);
    counted &= str_number(value_of(traffic, "bytes_out", &proof), &out);
    if (counted)
        say(p, "flow",
            in && out ? STR("both")
            : in      ? STR("in-only")
            : out     ? STR("out-only")
                      : STR("none"),
            proof);
}
