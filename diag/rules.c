#include "diag/rules.h"

const char *const checkpoint_word[CP_COUNT + 1] = {
    [CP_CONTACT] = "contact",
    [CP_IKE_VERSION] = "ike-version",
    [CP_P1_CIPHER] = "p1-cipher",
    [CP_PSK] = "psk",
    [CP_ID] = "id",
    [CP_SUBNETS] = "subnets",
    [CP_P2_CIPHER] = "p2-cipher",
    [CP_UPDOWN] = "updown",
    [CP_TRAFFIC] = "traffic",
    [CP_NONE] = "none",
};

bool
cause_is_of(struct str cause, enum checkpoint checkpoint)
{
    struct str word = str_of(checkpoint_word[checkpoint]);
    return str_starts(cause, word) && cause.len > word.len && cause.at[word.len] == '.';
}

const char *const state_word[ST_COUNT] = {
    [ST_UNKNOWN] = "unknown",     [ST_PASSED] = "passed",           [ST_FAILED] = "failed",
    [ST_SUSPECTED] = "suspected", [ST_NOT_REACHED] = "not-reached", [ST_NOT_APPLICABLE] = "not-applicable",
};

const char *const basis_word[BASIS_COUNT] = {
    [BASIS_NONE] = NULL,           [BASIS_SEEN] = "seen",
    [BASIS_IMPLIED] = "implied",   [BASIS_OTHER_END] = "other-end",
    [BASIS_MEASURED] = "measured", [BASIS_STATED] = "stated",
};

const char *const certainty_word[SURE_COUNT] = {
    [SURE_POSSIBLE] = "possible",
    [SURE_LIKELY] = "likely",
    [SURE_CERTAIN] = "certain",
};

const char *const severity_word[SEV_COUNT] = {
    [SEV_NOTE] = "note",
    [SEV_WARNING] = "warning",
    [SEV_ERROR] = "error",
};

const char *const where_word[AT_COUNT] = {
    [AT_THIS_GATEWAY] = "this-gateway",
    [AT_PEER] = "peer",
    [AT_PATH] = "path",
    [AT_CLIENT] = "client",
};

const char *const ending_word[END_COUNT] = {
    [END_NONE] = "none", [END_TIMEOUT] = "timeout", [END_REFUSED] = "refused", [END_DELETED] = "deleted",
    [END_PEER] = "peer", [END_EXPIRED] = "expired", [END_LOST] = "lost",       [END_REPLACED] = "replaced",
};

const char *const fact_name[FACT_COUNT] = {
    [FACT_ROLE] = "role",     [FACT_IKE] = "ike",     [FACT_AUTH] = "auth",
    [FACT_NAT] = "nat",       [FACT_STAGE] = "stage", [FACT_PHASE] = "phase",
    [FACT_NOTIFY] = "notify", [FACT_REKEY] = "rekey", [FACT_ERRNO] = "errno",
};

static const char *const role_words[] = {"unknown", "initiator", "responder", NULL};
static const char *const ike_words[] = {"unknown", "v1", "v1-main", "v1-aggressive", "v2", NULL};
static const char *const auth_words[] = {"unknown", "psk", "signature", "xauth", NULL};
static const char *const nat_words[] = {"unknown", "none", "here", "there", "both", "some", NULL};
static const char *const stage_words[] = {"unknown", "first", "third", "keyed", "auth",
                                          "xauth",   "child", "last",  "done",  NULL};
static const char *const phase_words[] = {"unknown", "p1", "p2", NULL};
static const char *const rekey_words[] = {"unknown", "yes", "maybe", NULL};

const char *const *const fact_words[FACT_COUNT] = {
    [FACT_ROLE] = role_words,   [FACT_IKE] = ike_words,     [FACT_AUTH] = auth_words,
    [FACT_NAT] = nat_words,     [FACT_STAGE] = stage_words, [FACT_PHASE] = phase_words,
    [FACT_REKEY] = rekey_words,
};

int
word_index(const char *const words[], size_t n, struct str word)
{
    for (size_t i = 0; word.len && i < n; i++)
        if (words[i] && words[i][0] == word.at[0] && str_eq(str_of(words[i]), word))
            return (int)i;
    return -1;
}

const char *const record_word[RECORD_KINDS] = {
    [RECORD_NONE] = "none",
    [RECORD_CONNECTION] = "connection",
    [RECORD_CHILD] = "child",
    [RECORD_PAIR] = "pair",
    [RECORD_INCLUDE] = "include",
    [RECORD_PART] = "part",
    [RECORD_KERNEL_SA] = "kernel-sa",
    [RECORD_KERNEL_POLICY] = "kernel-policy",
    [RECORD_ROUTE] = "route",
    [RECORD_ADDRESS] = "address",
    [RECORD_SETTING] = "setting",
    [RECORD_LISTENER] = "listener",
    [RECORD_CHAIN] = "chain",
    [RECORD_RULE] = "rule",
    [RECORD_COUNTER] = "counter",
    [RECORD_INTERFACE] = "interface",
    [RECORD_SA] = "sa",
};

unsigned
order_number(const struct order *order, enum checkpoint checkpoint)
{
    unsigned number = 0;
    if (checkpoint == CP_CONTACT || checkpoint == CP_TRAFFIC)
        return 0;
    for (size_t i = 0; order && i < CP_COUNT; i++) {
        number += order->rung[i] != CP_CONTACT && order->rung[i] != CP_TRAFFIC;
        if (order->rung[i] == checkpoint)
            return number;
    }
    return 0;
}
