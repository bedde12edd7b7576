// A log written in a test, taken through the core with the packs of the program, and what came out of it.
#ifndef IKEWALK_TESTS_DIAG_CASE_H
#define IKEWALK_TESTS_DIAG_CASE_H

#include "diag/diag.h"
#include "diag/report.h"
#include "knowledge/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

// One line of the connection "office", and of an IKE SA or child in the words of the daemon.
#define OFFICE(serial, words) "pluto[2219]: \"office\" #" #serial ": " words "\n"
#define STARTS(serial)                                                                                       \
    OFFICE(serial, "initiating IKEv1 Main Mode connection") OFFICE(serial, "sent Main Mode request")
#define STANDS(serial)                                                                                       \
    OFFICE(serial, "IKE SA established {auth=PRESHARED_KEY cipher=AES_CBC_128 integ=HMAC_SHA2_256 "          \
                   "group=MODP2048}")
#define PHASE_1(serial)                                                                                      \
    STARTS(serial)                                                                                           \
    OFFICE(serial, "sent Main Mode I2")                                                                      \
    OFFICE(serial, "sent Main Mode I3")                                                                      \
    OFFICE(serial, "Peer ID is ID_IPV4_ADDR: '203.0.113.20'") STANDS(serial)
#define ASKS(child, parent)                                                                                  \
    OFFICE(child, "initiating Quick Mode IKEv1+PSK+ENCRYPT+TUNNEL+UP {using isakmp#" #parent                 \
                  " msgid:20414bac proposal=AES_CBC_128-HMAC_SHA2_256_128 pfsgroup=no-pfs}")                 \
    OFFICE(child, "sent Quick Mode request")
#define CHILD_STANDS(child)                                                                                  \
    OFFICE(child, "IPsec SA established tunnel mode {ESP=>0x5e831315 <0x977f1809 "                           \
                  "xfrm=AES_CBC_128-HMAC_SHA2_256_128 DPD=passive}")
#define PHASE_2(child, parent) ASKS(child, parent) CHILD_STANDS(child)
#define REFUSED(serial, notify)                                                                              \
    OFFICE(serial, "ignoring informational payload " notify ", msgid=00000000, length=12")                   \
    OFFICE(serial, "received and ignored notification payload: " notify)
#define WAITS(serial, state)                                                                                 \
    OFFICE(serial, "STATE_" state ": retransmission; will wait 0.5 seconds for response")                    \
    OFFICE(serial, "STATE_" state ": retransmission; will wait 1 seconds for response")
#define GIVES_UP(serial, state)                                                                              \
    WAITS(serial, state)                                                                                     \
    OFFICE(serial, "STATE_" state ": 60 second timeout exceeded after 7 retransmits. No response")

enum { CASE_SOURCES = 4 };

struct diag_case {
    struct diag *diag;
    struct view *view;
    struct arena arena;
    struct buf log[CASE_SOURCES];
    int sources;
    bool gone;     // the sources cannot be read back
    uint64_t told; // sentences of the trace
    struct diag_host host;
};

static size_t
case_read(void *self, int source, uint64_t offset, char *into, size_t want)
{
    struct diag_case *c = self;
    struct str log = c->gone ? STR_NONE : str_from(buf_str(&c->log[source]), (size_t)offset);
    size_t got = log.len < want ? log.len : want;
    if (got)
        memcpy(into, log.at, got);
    return got;
}

static void
case_open(struct diag_case *c, void **state)
{
    *c = (struct diag_case){.host = {.self = c, .read = case_read}};
    c->diag = diag_new(*state, &c->host);
}

// Adds a source and feeds it whole; returns its index.
static int
case_log(struct diag_case *c, const char *text)
{
    assert_true(c->sources < CASE_SOURCES);
    buf_add(&c->log[c->sources], str_of(text));
    int source = diag_source(c->diag, STR("gw.log"), STR("file"));
    assert_int_equal(source, c->sources++);
    diag_feed(c->diag, source, text, strlen(text));
    return source;
}

static void
case_end(struct diag_case *c)
{
    for (int i = 0; i < c->sources; i++)
        diag_source_end(c->diag, i, true, STR_NONE);
    c->view = diag_view(c->diag);
}

static inline void
case_read_log(struct diag_case *c, void **state, const char *text)
{
    case_open(c, state);
    case_log(c, text);
    case_end(c);
}

static void
case_close(struct diag_case *c)
{
    arena_release(&c->arena);
    view_free(c->view);
    diag_free(c->diag);
    for (int i = 0; i < c->sources; i++)
        buf_release(&c->log[i]);
}

static inline const struct tunnel_row *
case_row(const struct diag_case *c, const char *name)
{
    for (size_t i = 0; i < c->view->row_count; i++)
        if (str_eq(c->view->rows[i].name, str_of(name)))
            return &c->view->rows[i];
    return NULL;
}

static inline const struct tunnel_view *
case_attempt(struct diag_case *c, const char *name, int attempt)
{
    const struct tunnel_row *row = case_row(c, name);
    if (!row)
        fail_msg("there is no tunnel %s", name);
    const struct tunnel_view *t = diag_tunnel(c->diag, row->id, attempt, &c->arena);
    assert_non_null(t);
    return t;
}

static inline const struct tunnel_view *
case_tunnel(struct diag_case *c, const char *name)
{
    return case_attempt(c, name, -1);
}

// The only tunnel of the log, and it is the connection "office".
static inline const struct tunnel_view *
case_office(struct diag_case *c)
{
    assert_int_equal(c->view->row_count, 1);
    return case_tunnel(c, "office");
}

static inline const struct rung *
case_rung(const struct tunnel_view *t, enum checkpoint checkpoint)
{
    for (int i = 0; i < CP_COUNT; i++)
        if (t->ladder[i].checkpoint == checkpoint)
            return &t->ladder[i];
    fail();
    return NULL;
}

static inline const struct finding_view *
case_finding(const struct tunnel_view *t, const char *id)
{
    for (size_t i = 0; i < t->finding_count; i++)
        if (str_eq(t->findings[i].rule->id, str_of(id)))
            return &t->findings[i];
    return NULL;
}

// A remark about something that was mended at this checkpoint, or NULL.
static inline const struct finding_view *
case_mended(const struct tunnel_view *t, enum checkpoint checkpoint)
{
    for (size_t i = 0; i < t->finding_count; i++)
        if (t->findings[i].mended && t->findings[i].checkpoint == checkpoint)
            return &t->findings[i];
    return NULL;
}

#define assert_rung(tunnel, checkpoint, wanted)                                                              \
    assert_string_equal(state_word[case_rung((tunnel), (checkpoint))->state], state_word[(wanted)])
#define assert_basis(tunnel, checkpoint, wanted)                                                             \
    assert_int_equal(case_rung((tunnel), (checkpoint))->basis, (wanted))
#define assert_verdict(tunnel, wanted_checkpoint, wanted_state)                                              \
    do {                                                                                                     \
        assert_string_equal(checkpoint_word[(tunnel)->row.verdict.checkpoint],                               \
                            checkpoint_word[(wanted_checkpoint)]);                                           \
        assert_string_equal(state_word[(tunnel)->row.verdict.state], state_word[(wanted_state)]);            \
    } while (0)
#define assert_tunnel(tunnel, wanted)                                                                        \
    assert_string_equal(tunnel_state_word[(tunnel)->row.state], tunnel_state_word[(wanted)])

static inline bool
case_has(struct str text, const char *words)
{
    return str_find(text, str_of(words)) < text.len;
}

// The values of a checkpoint under a key, or none.
static inline struct value
case_value(const struct rung *r, const char *key)
{
    for (size_t i = 0; i < r->value_count; i++)
        if (str_eq(r->values[i].key, str_of(key)))
            return r->values[i];
    return (struct value){0};
}

static inline int
case_load_packs(void **state)
{
    struct err e = {0};
    *state = knowledge_load_builtin(NULL, 0, &e);
    if (!*state)
        print_error("%s\n", e.text);
    return *state ? 0 : -1;
}

static inline int
case_free_packs(void **state)
{
    knowledge_free(*state);
    return 0;
}

#endif
