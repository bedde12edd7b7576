// knowledge/load: packs to the rules of the core; whatever is wrong is told with its place (R4).
#include "knowledge/load.h"

#include "knowledge/folder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const char neutral[] =
    "orders:\n"
    "  - id: v1-main\n"
    "    title: Main mode\n"
    "    order: [contact, ike-version, p1-cipher, psk, id, subnets, p2-cipher, updown, traffic]\n"
    "  - id: other\n"
    "    title: Other\n"
    "    order: [contact, ike-version, id, p1-cipher, psk, subnets, p2-cipher, updown, traffic]\n"
    "events:\n"
    "  - id: p1.refused\n"
    "    note: refused\n"
    "    opens: ike\n"
    "    ends: refused\n"
    "    sets: {role: responder, stage: done}\n"
    "    says:\n"
    "      - {passed: [contact]}\n"
    "      - {failed: [p1-cipher], when: [\"phase is p1\", \"never d/other\", \"saw p1.more\"]}\n"
    "  - id: p1.more\n"
    "    note: more\n"
    "    repeats: yes\n"
    "    says-like: p1.refused\n"
    "commands:\n"
    "  - {id: start, note: Start it.}\n"
    "  - {id: clock, note: Ask it., text: date}\n"
    "notifies: {NO_PROPOSAL_CHOSEN: [NO_PROP, N(NO_PROP)]}\n"
    "causes: {p1-cipher.mismatch: No common proposal}\n"
    "algorithms:\n"
    "  - {id: AES_CBC_128, kind: cipher, weak: no, names: [aes128]}\n"
    "  - {id: DES_CBC, kind: cipher, weak: yes, names: [des]}\n";
static const char dialect[] = "dialect: d\n"
                              "title: D\n"
                              "daemons: [dd]\n"
                              "prefixes:\n"
                              "  - - |-\n"
                              "      \"${conn:quoted}\": ${}\n"
                              "words:\n"
                              "  STATE_A: {role: initiator, ike: v2}\n"
                              "orders: {v1-main: other}\n"
                              "spells: {AES_CBC_128: aes128}\n"
                              "messages:\n"
                              "  - id: refused\n"
                              "    match:\n"
                              "      - |-\n"
                              "        refused [${peer_proposed}]\n"
                              "      - |-\n"
                              "        also refused\n"
                              "    says: p1.refused\n"
                              "    sets: {ike: v1-main}\n"
                              "    note: It was refused.\n"
                              "    examples:\n"
                              "      - line: |-\n"
                              "          \"a\": refused [x]\n"
                              "        gives: {conn: a, peer_proposed: x}\n"
                              "      - |-\n"
                              "        also refused\n"
                              "  - id: other\n"
                              "    match:\n"
                              "      - |-\n"
                              "        another line\n"
                              "    collects: our_proposal\n"
                              "    note: Another.\n"
                              "host: d\n"
                              "commands: {start: {v1: one, v2: two}, clock: what}\n";
static const char findings[] =
    "findings:\n"
    "  - id: blind\n"
    "    cause: p1-cipher.mismatch\n"
    "    severity: error\n"
    "    certainty: likely\n"
    "    when: [\"role is initiator\", \"peer_proposed known\", \"saw d/refused\"]\n"
    "    title: T ${conn}\n"
    "    explanation: E\n"
    "    unknown: [U]\n"
    "    alternatives:\n"
    "      - {cause: p1-cipher.mismatch, tell-apart: A}\n"
    "    steps:\n"
    "      - {where: peer, do: D, expect: X, command: start}\n"
    "      - {where: this-gateway, do: D2, weak: yes, command: clock}\n"
    "    case: d/one\n"
    "cases:\n"
    "  - id: d/one\n"
    "    title: One\n"
    "    text: |-\n"
    "      a\n"
    "    sample: yes\n"
    "    verdict: {checkpoint: p1-cipher, cause: p1-cipher.mismatch, finding: blind, state: down}\n"
    "    ladder: {psk: not-reached}\n"
    "    values: {peer_proposed: [x, y], conn: a}\n"
    "    also: [blind]\n";

static struct pack_text
pack(const char *name, const char *text)
{
    return (struct pack_text){str_of(name), str_of(text), 0, false};
}

static const char *last_error;
static struct err last;

// Loads neutral, dialect and findings, and one more text when there is one, which lies one layer higher.
static struct knowledge *
load_with(const char *more, int layer)
{
    struct pack_text packs[] = {pack("n.yaml", neutral), pack("d.yaml", dialect), pack("f.yaml", findings),
                                pack("more.yaml", more)};
    packs[3].layer = layer;
    last = (struct err){0};
    struct knowledge *k = knowledge_load(packs, more ? 4 : 3, &last);
    last_error = last.text;
    if (!k && !more)
        fail_msg("%s", last.text);
    return k;
}

static void
a_pack_becomes_rules(void **state)
{
    (void)state;
    struct knowledge *k = load_with(NULL, 0);
    assert_int_equal(k->order_count, 2);
    assert_int_equal(k->orders[1].rung[2], CP_ID);
    const struct event *e = &k->events[0];
    assert_true(str_eq(e->id, STR("p1.refused")));
    assert_int_equal(e->opens, OPENS_IKE);
    assert_int_equal(e->ends, END_REFUSED);
    assert_int_equal(e->setting_count, 2);
    assert_int_equal(e->settings[1].fact, FACT_STAGE);
    assert_int_equal(e->settings[1].word, STAGE_DONE);
    assert_int_equal(e->statement_count, 2);
    assert_int_equal(e->statements[1].state, ST_FAILED);
    assert_int_equal(e->statements[1].checkpoints, 1u << CP_P1_CIPHER);
    const struct when *w = e->statements[1].when.at;
    assert_int_equal(w[0].fact, FACT_PHASE);
    assert_int_equal(w[0].test, TEST_IS);
    assert_int_equal(w[1].test, TEST_NEVER);
    assert_int_equal(w[1].message, 1);
    assert_int_equal(w[1].event, -1);
    assert_int_equal(w[2].event, 1);
    // says-like takes over the statements, not what the event does.
    assert_int_equal(k->events[1].statement_count, 2);
    assert_int_equal(k->events[1].ends, END_NONE);
    assert_true(k->events[1].repeats);
    assert_int_equal(k->notify_count, 2);
    assert_true(str_eq(k->notifies[1].key, STR("N(NO_PROP)")));
    assert_true(str_eq(k->notifies[1].value, STR("NO_PROPOSAL_CHOSEN")));
    assert_true(k->algorithms[1].weak);
    knowledge_free(k);
}

static void
a_dialect_becomes_rules(void **state)
{
    (void)state;
    struct knowledge *k = load_with(NULL, 0);
    const struct dialect *d = &k->dialects[0];
    assert_int_equal(d->like, -1);
    assert_true(str_eq(d->daemons[0], STR("dd")));
    assert_int_equal(d->prefix_count, 1);
    assert_int_equal(d->template_count, 3);
    assert_true(str_eq(d->templates[1].text, STR("also refused")));
    assert_int_equal(d->templates[1].line, 16);
    assert_true(str_eq(d->words[0].word, STR("STATE_A")));
    assert_int_equal(d->words[0].settings[1].word, IKE_V2);
    assert_true(str_eq(d->orders[0].value, STR("other")));
    assert_int_equal(d->host, 0);
    assert_int_equal(d->wording_count, 2);
    assert_true(str_eq(k->commands[d->wordings[0].command].id, STR("start")));
    assert_true(str_eq(d->wordings[0].v1, STR("one")));
    assert_true(str_eq(d->wordings[0].v2, STR("two")));
    assert_true(str_eq(d->wordings[1].v1, STR("what")));
    assert_true(str_eq(d->wordings[1].v2, STR("what")));
    const struct message *m = &k->messages[0];
    assert_int_equal(m->event, 0);
    assert_int_equal(m->example_count, 2);
    assert_true(str_eq(m->examples[0].line, STR("\"a\": refused [x]")));
    assert_int_equal(m->examples[0].give_count, 2);
    assert_int_equal(m->line, 12);
    assert_true(str_eq(m->file, STR("d.yaml")));
    assert_int_equal(k->messages[1].event, -1);
    assert_true(str_eq(k->messages[1].collects, STR("our_proposal")));
    knowledge_free(k);
}

static void
findings_and_cases_become_rules(void **state)
{
    (void)state;
    struct knowledge *k = load_with(NULL, 0);
    const struct finding *f = &k->findings[0];
    assert_int_equal(f->checkpoint, CP_P1_CIPHER);
    assert_int_equal(f->severity, SEV_ERROR);
    assert_int_equal(f->certainty, SURE_LIKELY);
    assert_int_equal(f->when.at[1].fact, FACT_COUNT);
    assert_int_equal(f->when.at[1].test, TEST_KNOWN);
    assert_int_equal(f->when.at[2].message, 0);
    assert_int_equal(f->step_count, 2);
    assert_int_equal(f->steps[0].where, AT_PEER);
    assert_true(str_eq(k->commands[f->steps[0].command].id, STR("start")));
    assert_true(str_eq(k->commands[f->steps[1].command].text, STR("date")));
    assert_true(f->steps[1].weak);
    assert_true(str_eq(f->in_case, STR("d/one")));
    const struct rule_case *c = &k->cases[0];
    assert_true(c->sample);
    assert_int_equal(c->value_count, 3);
    assert_true(str_eq(c->values[1].value, STR("y")));
    assert_true(str_eq(c->state, STR("down")));
    assert_true(str_eq(c->also[0], STR("blind")));
    knowledge_free(k);
}

static const struct template *
template_of(const struct knowledge *k, size_t d, const char *text)
{
    for (size_t t = 0; t < k->dialects[d].template_count; t++)
        if (str_eq(k->dialects[d].templates[t].text, str_of(text)))
            return &k->dialects[d].templates[t];
    return NULL;
}

// S2: a rebranded sibling is the few records that differ.
static void
a_sibling_inherits_what_it_does_not_replace(void **state)
{
    (void)state;
    struct knowledge *k =
        load_with("dialect: sibling\ntitle: S\nlike: d\nwords: {STATE_A: {ike: v1}, B: {ike: v1}}\n"
                  "messages:\n  - id: other\n    match:\n      - |-\n        a third line\n",
                  0);
    if (!k)
        fail_msg("%s", last_error);
    const struct dialect *s = &k->dialects[1];
    assert_int_equal(s->like, 0);
    assert_int_equal(s->prefix_count, 1);
    assert_int_equal(s->word_count, 2);
    assert_int_equal(s->words[0].settings[0].word, IKE_V1);
    assert_int_equal(s->spell_count, 1);
    assert_int_equal(s->order_count, 1);
    assert_int_equal(s->template_count, 3);
    assert_non_null(template_of(k, 1, "a third line"));
    assert_non_null(template_of(k, 1, "also refused"));
    assert_null(template_of(k, 1, "another line"));
    assert_ptr_equal(s->templates[0].tmpl, template_of(k, 1, "a third line")->tmpl);
    knowledge_free(k);
}

// S2: one that is administered in another way takes over messages and no command.
static void
a_sibling_may_have_commands_of_its_own(void **state)
{
    (void)state;
    struct knowledge *k = load_with("dialect: sibling\ntitle: S\nlike: d\ninherits: messages\n", 0);
    if (!k)
        fail_msg("%s", last_error);
    assert_true(k->dialects[0].wording_count > 0);
    assert_int_equal(k->dialects[1].wording_count, 0);
    assert_int_equal(k->dialects[1].template_count, k->dialects[0].template_count);
    knowledge_free(k);
}

static void
an_overlay_replaces_record_by_record(void **state)
{
    (void)state;
    struct knowledge *k =
        load_with("dialect: d\ntitle: Mine\nwords: {B: {ike: v1}}\nmessages:\n"
                  "  - id: other\n    match:\n      - |-\n        my line\n"
                  "findings:\n"
                  "  - {id: first, cause: p1-cipher.mismatch, severity: error, certainty: likely,\n"
                  "     title: T, explanation: E}\n"
                  "  - {id: blind, cause: p1-cipher.mismatch, severity: note, certainty: likely,\n"
                  "     title: Mine, explanation: E}\n"
                  "causes: {p1-cipher.mismatch: Mine}\n",
                  1);
    if (!k)
        fail_msg("%s", last_error);
    assert_int_equal(k->dialect_count, 1);
    assert_int_equal(k->message_count, 2);
    assert_true(str_eq(k->dialects[0].title, STR("Mine")));
    assert_int_equal(k->dialects[0].word_count, 2);
    assert_non_null(template_of(k, 0, "my line"));
    assert_non_null(template_of(k, 0, "also refused"));
    assert_null(template_of(k, 0, "another line"));
    // A new finding is asked before the built-in ones, a replaced one keeps its place.
    assert_true(str_eq(k->findings[0].id, STR("first")));
    assert_true(str_eq(k->findings[1].title, STR("Mine")));
    assert_int_equal(k->finding_count, 2);
    assert_true(str_eq(k->causes[0].value, STR("Mine")));
    knowledge_free(k);
}

static const struct {
    const char *text, *place, *says;
} wrong[] = {
    {"event: []\n", "more.yaml:1:1:", "unknown key \"event\"; the nearest is events"},
    {"- a\n", "more.yaml:1:1:", "a pack is a mapping"},
    {"events: {}\n", "more.yaml:1:9:", "must be a list"},
    {"events:\n  - {id: p1.more, note: n}\n",
     "more.yaml:2:5:", "event \"p1.more\" stands in n.yaml:17 already"},
    {"events:\n  - {note: n}\n", "more.yaml:2:5:", "\"id\" is missing"},
    {"events:\n  - {id: x}\n", "more.yaml:2:5:", "\"note\" is missing"},
    {"events:\n  - {id: x, note: n, opens: ikee}\n",
     "more.yaml:2:29:", "unknown opens \"ikee\"; the nearest is ike"},
    {"events:\n  - {id: x, note: n, repeats: maybe}\n", "more.yaml:2:31:", "it is one of no, yes"},
    {"events:\n  - {id: x, note: n, sets: {rolle: responder}}\n", "more.yaml:2:29:", "nearest is role"},
    {"events:\n  - {id: x, note: n, sets: {role: respnder}}\n", "more.yaml:2:35:", "nearest is responder"},
    {"events:\n  - {id: x, note: n, sets: {phase: p1}}\n", "more.yaml:2:29:", "unknown key \"phase\""},
    {"events:\n  - {id: x, note: n, says-like: p1.mor}\n", "more.yaml:2:33:", "nearest is p1.more"},
    {"events:\n  - {id: x, note: n, says-like: p1.more}\n", "more.yaml:2:33:", "speaks like another itself"},
    {"events:\n  - {id: x, note: n, says: [{failed: [p1-cypher]}]}\n",
     "more.yaml:2:39:", "unknown checkpoint \"p1-cypher\"; the nearest is p1-cipher"},
    {"events:\n  - {id: x, note: n, says: [{failed: [psk], passed: [id]}]}\n",
     "more.yaml:2:38:", "says one thing"},
    {"events:\n  - {id: x, note: n, says: [{when: []}]}\n", "more.yaml:2:29:", "says passed, failed"},
    {"events:\n  - {id: x, note: n, says: [{info: [psk], when: [role is]}]}\n",
     "more.yaml:2:50:", "a condition is"},
    {"events:\n  - {id: x, note: n, says: [{info: [psk], when: [role has x]}]}\n",
     "more.yaml:2:50:", "a condition is"},
    {"events:\n  - {id: x, note: n, says: [{info: [psk], when: [rol is initiator]}]}\n",
     "more.yaml:2:50:", "unknown fact \"rol\"; the nearest is role"},
    {"events:\n  - {id: x, note: n, says: [{info: [psk], when: [role is intiator]}]}\n",
     "more.yaml:2:50:", "\"role\" is never \"intiator\"; the nearest is initiator"},
    {"events:\n  - {id: x, note: n, says: [{info: [psk], when: [notify is NO_PROPOSL_CHOSEN]}]}\n",
     "more.yaml:2:50:", "nearest is NO_PROPOSAL_CHOSEN"},
    {"events:\n  - {id: x, note: n, says: [{info: [psk], when: [saw d/refusd]}]}\n",
     "more.yaml:2:50:", "nearest is d/refused"},
    {"orders:\n  - {id: x, title: t, order: [psk]}\n", "more.yaml:2:30:", "each of the 9 checkpoints once"},
    {"notifies: {X: [NO_PROP]}\n", "n.yaml:", "already"},
    {"causes: {nowhere.x: l}\n", "more.yaml:1:10:", "\"nowhere\" is no checkpoint"},
    {"algorithms:\n  - {id: X, kind: cipher, names: [aes128]}\n",
     "more.yaml:2:35:", "a spelling of AES_CBC_128"},
    {"dialect: e\n", "more.yaml:1:1:", "\"title\" of dialect e is missing"},
    {"dialect: d\ntitle: again\n", "more.yaml:2:1:", "stands in d.yaml already"},
    {"dialect: e\ntitle: E\nlike: dd\n", "more.yaml:3:7:", "unknown dialect \"dd\""},
    {"dialect: e\ntitle: E\nlike: e\n", "more.yaml:1:1:", "inherits from itself"},
    {"dialect: e\ntitle: E\nevents: []\n", "more.yaml:3:1:", "unknown key \"events\""},
    {"dialect: e\ntitle: E\nprefixes:\n  - - |-\n      a ${x} b\n", "more.yaml:4:7:", "ends with ${}"},
    {"dialect: e\ntitle: E\nprefixes: [a]\n", "more.yaml:3:12:", "a stage of prefixes"},
    {"dialect: e\ntitle: E\nwords: {A: {role: x}}\n", "more.yaml:3:19:", "unknown role"},
    {"dialect: e\ntitle: E\norders: {v1-main: v3}\n", "more.yaml:3:19:", "unknown order \"v3\""},
    {"dialect: e\ntitle: E\nspells: {AES: aes}\n", "more.yaml:3:15:", "unknown algorithm \"AES\""},
    {"dialect: e\ntitle: E\nmessages:\n  - id: m\n", "more.yaml:4:5:", "\"match\" is missing"},
    {"dialect: e\ntitle: E\nmessages:\n  - {id: m, match: [a], mach: b}\n",
     "more.yaml:4:25:", "nearest is match"},
    {"dialect: e\ntitle: E\nmessages:\n  - {id: m, match: [a], says: p1.refusd}\n",
     "more.yaml:4:31:", "unknown event \"p1.refusd\"; the nearest is p1.refused"},
    {"dialect: e\ntitle: E\nmessages:\n  - {id: m, match: [a], part: lin}\n",
     "more.yaml:4:31:", "nearest is line"},
    {"dialect: e\ntitle: E\nmessages:\n  - id: m\n    match:\n      - |-\n        a ${b:adress}\n",
     "more.yaml:6:9:", "addr"},
    {"dialect: e\ntitle: E\nmessages:\n  - id: m\n    match:\n      - |-\n        a\n        b\n",
     "more.yaml:6:9:", "one line"},
    {"dialect: d\nmessages:\n  - {id: refused, match: [a]}\n",
     "more.yaml:3:5:", "stands in d.yaml:12 already"},
    {"findings:\n  - {id: x, cause: p1-cipher.mismach, severity: error, certainty: likely, title: t, "
     "explanation: e}\n",
     "more.yaml:2:20:", "nearest is p1-cipher.mismatch"},
    {"findings:\n  - {id: x, cause: p1-cipher.mismatch, severity: eror, certainty: likely, title: t, "
     "explanation: e}\n",
     "more.yaml:2:50:", "nearest is error"},
    {"findings:\n  - {id: x, cause: p1-cipher.mismatch, severity: error, title: t, explanation: e}\n",
     "more.yaml:2:5:", "\"certainty\" is missing"},
    {"findings:\n  - {id: x, cause: p1-cipher.mismatch, severity: error, certainty: likely, title: t, "
     "explanation: e, "
     "steps: [{where: there, do: d}]}\n",
     "more.yaml:2:118:", "unknown where \"there\""},
    {"cases:\n  - {id: x, title: t, verdict: {}}\n", "more.yaml:2:5:", "either \"log\""},
    {"cases:\n  - {id: x, title: t, log: l, verdict: {checkpoint: pks}}\n",
     "more.yaml:2:53:", "nearest is psk"},
    {"cases:\n  - {id: x, title: t, log: l, verdict: {}, ladder: {psk: faild}}\n",
     "more.yaml:2:58:", "nearest is failed"},
};

// R4: unknown keys, duplicate ids, dangling links, cycles: told with file, line, column and the nearest known
// word.
static void
r4_what_is_wrong_is_told_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct knowledge *k = load_with(wrong[i].text, 0);
        if (k || !str_starts(str_of(last_error), str_of(wrong[i].place)) ||
            !strstr(last_error, wrong[i].says))
            fail_msg("%s\ngives \"%s\"\nnot \"%s ... %s\"", wrong[i].text, k ? "no error" : last_error,
                     wrong[i].place, wrong[i].says);
    }
}

// R4: more than there is room for is refused, not cut.
static void
r4_long_lists_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *head, *first, *next, *says;
        int most;
    } lists[] = {
        {"events:\n  - id: x\n    note: n\n    says:\n", "", "      - info: [psk]\n",
         "these are 49 statements; an event has at most 48", EVENT_STATEMENTS},
        {"dialect: e\ntitle: E\nprefixes:\n", "  -\n", "    - |-\n      p ${}\n",
         "these are 33 templates; a stage of prefixes has at most 32", STAGE_TEMPLATES},
        {"dialect: e\ntitle: E\nprefixes:\n", "", "  - - |-\n      p ${}\n",
         "these are 33 stages of prefixes; a dialect has at most 32", PREFIX_STAGES},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct buf text = {0};
        buf_addf(&text, "%s%s", lists[i].head, lists[i].first);
        for (int n = 0; n <= lists[i].most; n++)
            buf_add(&text, str_of(lists[i].next));
        assert_null(load_with(buf_cstr(&text), 0));
        assert_non_null(strstr(last_error, lists[i].says));
        buf_release(&text);
    }
}

// R4: a cycle over several dialects.
static void
r4_a_cycle_of_dialects_is_told(void **state)
{
    (void)state;
    struct pack_text packs[] = {pack("a.yaml", "dialect: a\ntitle: A\nlike: b\n"),
                                pack("b.yaml", "dialect: b\ntitle: B\nlike: c\n"),
                                pack("c.yaml", "dialect: c\ntitle: C\nlike: a\n")};
    struct err e = {0};
    assert_null(knowledge_load(packs, 3, &e));
    assert_non_null(strstr(e.text, "inherits from itself"));
}

// R4: all or nothing, and an author sees all that is wrong at once.
static void
r4_all_problems_are_collected(void **state)
{
    (void)state;
    struct pack_text packs[] = {
        pack("a.yaml", "events:\n  - {id: x, nte: n}\n  - {id: x, note: n, opens: z}\n"),
        pack("b.yaml", "causes: {a.b: c}\nhello: 1\n")};
    struct problems problems = {0};
    assert_null(knowledge_load_all(packs, 2, false, &problems));
    assert_int_equal(problems.count, 5);
    problems_release(&problems);
    // A text that is no tree hides what others lack because of it.
    packs[0].bytes = STR("a: [");
    assert_null(knowledge_load_all(packs, 2, false, &problems));
    assert_int_equal(problems.count, 2);
    problems_release(&problems);
}

static void
put(const char *dir, const char *file, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, file);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static bool
folder_says(const char *dir, const char *part)
{
    struct err e = {0};
    struct overlay overlay = {dir, true};
    struct knowledge *k = knowledge_load_builtin(&overlay, 1, &e);
    bool says = !k && strstr(e.text, part);
    if (!says)
        print_error("\"%s\" does not say \"%s\"\n", e.text, part);
    knowledge_free(k);
    return says;
}

// R4: names are bounded, and nothing outside the folder is reached through it.
static void
r4_an_overlay_folder_is_read_safely(void **state)
{
    (void)state;
    char dir[] = "/tmp/ikewalk-load-XXXXXX", path[512], command[600];
    assert_non_null(mkdtemp(dir));
    put(dir, ".hidden.yaml", "not: read");
    put(dir, "notes.txt", "not read");
    snprintf(path, sizeof path, "%s/sub", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    put(dir, "sub/c.yaml", "causes: {psk.mine: Mine}\n");
    struct err e = {0};
    struct overlay overlays[] = {{NULL, true}, {dir, true}, {"/nonexistent/ikewalk", false}};
    struct knowledge *k = knowledge_load_builtin(overlays, 3, &e);
    if (!k)
        fail_msg("%s", e.text);
    assert_true(str_eq(k->causes[k->cause_count - 1].key, STR("psk.mine")));
    knowledge_free(k);

    put(dir, "bad.yaml", "causes: {nowhere.x: l}\n");
    assert_true(folder_says(dir, "/bad.yaml:1:10: cannot use the pack: a cause is"));
    snprintf(path, sizeof path, "%s/bad.yaml", dir);
    unlink(path);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_true(folder_says(dir, "it is a link"));
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_true(folder_says(dir, "not a regular file"));
    unlink(path);
    put(dir, "-a.yaml", "causes: {}\n");
    assert_true(folder_says(dir, "a name has at most 64"));
    snprintf(path, sizeof path, "%s/-a.yaml", dir);
    unlink(path);
    put(dir, "a b.yaml", "causes: {}\n");
    assert_true(folder_says(dir, "a name has at most 64"));
    snprintf(path, sizeof path, "%s/a b.yaml", dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/big.yaml", dir);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(ftruncate(fd, 4 * 1024 * 1024 + 1), 0);
    close(fd);
    assert_true(folder_says(dir, "larger than 4194304"));
    assert_true(folder_says("/nonexistent/ikewalk", "No such file"));
    assert_true(folder_says("/dev/null", "not a regular file"));
    unlink(path);
    // A path that is a file is one pack.
    snprintf(path, sizeof path, "%s/sub/c.yaml", dir);
    struct overlay one = {path, true};
    k = knowledge_load_builtin(&one, 1, &e);
    assert_non_null(k);
    knowledge_free(k);
    snprintf(command, sizeof command, "mkdir -p %s/1/2/3/4/5/6/7/8/9", dir);
    assert_int_equal(system(command), 0);
    assert_true(folder_says(dir, "deeper than 8"));
    snprintf(command, sizeof command, "cd %s && rm -r 1 && seq 2001 | xargs touch", dir);
    assert_int_equal(system(command), 0);
    assert_true(folder_says(dir, "more than 2000 names"));
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
}

static void
the_packs_of_the_program_load(void **state)
{
    (void)state;
    struct err e = {0};
    struct knowledge *k = knowledge_load_builtin(NULL, 0, &e);
    if (!k)
        fail_msg("%s", e.text);
    assert_true(k->event_count > 50);
    for (int c = 0; c < CP_COUNT; c++)
        assert_true(k->checkpoint[c].question.len > 0);
    knowledge_free(k);
}

// Start-up stays free: the built-in packs must load within a few milliseconds (generous here, for slow
// machines).
static void
loading_is_quick(void **state)
{
    (void)state;
    struct err e = {0};
    clock_t best = CLOCKS_PER_SEC;
    for (int i = 0; i < 5; i++) {
        clock_t before = clock();
        knowledge_free(knowledge_load_builtin(NULL, 0, &e));
        clock_t took = clock() - before;
        best = took < best ? took : best;
    }
    print_message("built-in packs: %.2f ms\n", (double)best * 1000 / CLOCKS_PER_SEC);
    assert_true(best < CLOCKS_PER_SEC / 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pack_becomes_rules),
        cmocka_unit_test(a_dialect_becomes_rules),
        cmocka_unit_test(findings_and_cases_become_rules),
        cmocka_unit_test(a_sibling_inherits_what_it_does_not_replace),
        cmocka_unit_test(a_sibling_may_have_commands_of_its_own),
        cmocka_unit_test(an_overlay_replaces_record_by_record),
        cmocka_unit_test(r4_what_is_wrong_is_told_with_its_place),
        cmocka_unit_test(r4_long_lists_are_refused),
        cmocka_unit_test(r4_a_cycle_of_dialects_is_told),
        cmocka_unit_test(r4_all_problems_are_collected),
        cmocka_unit_test(r4_an_overlay_folder_is_read_safely),
        cmocka_unit_test(the_packs_of_the_program_load),
        cmocka_unit_test(loading_is_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
