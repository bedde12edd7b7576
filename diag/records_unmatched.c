// A daemon that answers found no connection for what a peer asks, and one is configured there for that peer:
// what tells the two apart?
#include "diag/fill.h"
#include "diag/merge.h"
#include "diag/weighing.h"

static bool
differs(struct str configured, struct str asked)
{
    return configured.len && asked.len && !str_eq(configured, asked);
}

// Is this setting of the connection why?
static bool
blame(const struct weighing *w, const char *key, struct str asked, struct str word)
{
    const struct record_value *v = record_get(w->out->connection, key);
    if (!v || !differs(v->text, asked))
        return false;
    w->out->unlike = word;
    weigh_prove(w, CP_IKE_VERSION, v->line, false);
    return true;
}

// What the other end has configured for itself, where it is at hand.
static const struct record_value *
of_peer(const struct weighing *w, const char *key)
{
    const struct two *two = w->facts->two;
    const struct facts *peer = two && two->same ? &two->facts[!w->facts->end] : NULL;
    return peer && peer->state && peer->state->connection ? record_get(peer->state->connection, key) : NULL;
}

// The exchange chose the connection by the identity that it carried: then that is what failed, and what is
// configured beside it shows why.
static void
blame_identity(const struct weighing *w, const struct event_line *line, const struct record_value *expected)
{
    struct walk *walk = &w->judged->walk;
    struct walk_step *version = &walk->step[CP_IKE_VERSION], *id = &walk->step[CP_ID];
    const struct record_value *sent = of_peer(w, "our_id");
    *version = (struct walk_step){.state = ST_PASSED, .basis = BASIS_MEASURED};
    weigh_prove(w, CP_IKE_VERSION, record_get(w->out->connection, "aggressive")->line, true);
    *id = (struct walk_step){.state = ST_FAILED, .basis = BASIS_SEEN, .proof = {{line, true}}, .proofs = 1};
    weigh_prove(w, CP_ID, expected->line, false);
    if (sent)
        weigh_prove(w, CP_ID, sent->line, false);
    walk->stuck = CP_ID;
    w->out->unlike = STR("id");
}

// The line that says that no connection fits, or NULL. What was weighed of it before is taken back, for more
// may be known now.
static const struct event_line *
unmatched_line(const struct weighing *w)
{
    struct walk *walk = &w->judged->walk;
    const struct event_line *line = walk_deciding(walk, walk->stuck);
    const struct event *says = line ? event_of(w->judged->around.negos->knowledge, line) : NULL;
    if ((walk->stuck != CP_IKE_VERSION && walk->stuck != CP_ID) || !says || !says->unmatched)
        return NULL;
    if (walk->stuck == CP_ID) {
        walk->step[CP_IKE_VERSION] = walk->step[CP_ID];
        walk->step[CP_ID] = (struct walk_step){.state = ST_NOT_REACHED};
        walk->stuck = CP_IKE_VERSION;
    }
    return line;
}

void
weigh_unmatched(const struct weighing *w)
{
    const struct record *c = w->out->connection;
    const struct event_line *line = unmatched_line(w);
    if (!c || !line)
        return;
    int ike = attempt_fact(&w->judged->attempt, FACT_IKE);
    struct str version = ike == IKE_UNKNOWN ? STR_NONE : ike == IKE_V2 ? STR("v2") : STR("v1");
    struct str aggressive = ike == IKE_V1_AGGRESSIVE ? STR("yes") : ike == IKE_V1_MAIN ? STR("no") : STR_NONE;
    const struct record_value *auth = of_peer(w, "auth"), *expected = record_get(c, "expected_id");
    if (!expected && addr_is(record_text(c, "peer_address")))
        expected = record_get(c, "peer_address"); // stands for an identity that is not configured
    struct str sent = facts_get(w->facts, STR("peer_id"));
    if (blame(w, "ike", version, STR("version")) || blame(w, "aggressive", aggressive, STR("exchange")) ||
        (auth && blame(w, "auth", auth->text, STR("auth"))))
        return;
    if (ike == IKE_V1_AGGRESSIVE && record_text(c, "aggressive").len && expected &&
        (!sent.len || differs(identity_bare(expected->text), identity_bare(sent))))
        blame_identity(w, line, expected);
}
