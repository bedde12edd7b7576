// What a lesson claims of its log is proved: each wrong claim is told.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "diag/teach.h"
#include "knowledge/checking.h"
#include "knowledge/folder.h"

// How often a lesson with these lines in its one step is told, and the first sentence about it.
static size_t
told(const char *step, struct buf *sentence)
{
    struct folder folder = {0};
    struct buf pack = {0};
    struct check_report report = {0};
    buf_addf(&pack,
             "lessons:\n  - id: trial\n    number: 900\n    title: t\n    about: a\n"
             "    log: pluto/p1-cipher-main-responder.log\n    steps:\n      - %s\n",
             step);
    folder_builtin(&folder);
    folder_add(&folder, STR("trial.yaml"), buf_str(&pack), 1);
    struct knowledge *k = knowledge_load_all(folder.packs, folder.count, false, &report.problems);
    if (k) {
        k->lessons = lesson_named(k, STR("trial"));
        k->lesson_count = 1;
        check_lessons(k, &report);
        knowledge_free(k);
    }
    size_t count = problems_total(&report.problems);
    buf_clear(sentence);
    if (report.problems.count)
        buf_add(sentence, report.problems.at[0].sentence);
    check_release(&report);
    buf_release(&pack);
    folder_release(&folder);
    return count;
}

static void
a_wrong_claim_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *step, *says; // NULL: it is right
    } cases[] = {
        {"{read: L72 decides., lines: [70-74], claims: [{line: 72, decides: p1-cipher}]}", NULL},
        {"{read: a, claims: [{line: 71, proves: p1-cipher}]}", NULL},
        {"{read: a, claims: [{line: 71, proves: id}]}", "line 71 does not prove id"},
        {"{read: a, claims: [{line: 71, decides: p1-cipher}]}", "line 71 does not decide p1-cipher"},
        {"{read: a, claims: [{line: 70, is: nothing}]}", "line 70 is the message"},
        {"{read: a, claims: [{line: 7000, proves: id}]}", "has no line 7000"},
        {"{read: L7 proves it.}", "names L7"},
        {"{read: L2TP and PL7 are no lines.}", NULL},
        {"{read: a, claims: [{checkpoint: psk, state: passed}]}", "psk is not-reached, not passed"},
        {"{read: a, claims: [{checkpoint: contact, basis: implied}]}", "the basis of contact is seen"},
        {"{read: a, claims: [{verdict: id}]}", "the verdict is p1-cipher, not id"},
        {"{read: a, claims: [{verdict: p1-cipher, certainty: possible}]}", "certain, not possible"},
        {"{read: a, claims: [{cause: id.mismatch}]}", "the cause is p1-cipher.mismatch"},
        {"{read: a, claims: [{finding: id-mismatch}]}", "id-mismatch does not come out"},
        {"{read: a, claims: [{order: v2}]}", "the order is v1-main, not v2"},
        {"{read: a, claims: [{value: peer_proposed, text: DES}]}", "no peer_proposed is \"DES\""},
        {"{read: a, claims: [{untold: peer_proposed}]}", "the log tells peer_proposed"},
        {"{read: a, lines: [70-7000]}", "has no line 7000"},
        {"{read: a, log: nowhere.log, lines: [1]}", "there is no log nowhere.log"},
        {"{read: a, tunnel: nobody, claims: [{verdict: id}]}", "shows no tunnel nobody"},
        {"{read: a, ask: b}", "a step is one of"},
        {"{ask: a, choices: [{text: t, reply: r}, {text: t, reply: r}]}", "exactly one choice is right; 0"},
        {"{read: a, choices: [{text: t, reply: r, right: yes}]}", "only \"ask\" and \"predict\""},
        {"{predict: a, path: experiment-2, choices: [{text: t, reply: r, outcome: works}, "
         "{text: t, reply: r, outcome: half-up}]}",
         NULL},
        {"{predict: a, path: experiment-2, choices: [{text: t, reply: r, outcome: works}]}",
         "makes 0 of the predictions right"},
        {"{predict: a, path: experiment-77, choices: [{text: t, reply: r, outcome: works}]}",
         "no case experiment-77"},
        {"{predict: a, path: experiment-2, choices: [{text: t, reply: r, outcome: half-up, right: yes}]}",
         "leave \"right\" out"},
        {"{ask: a, choices: [{text: t, reply: r, right: yes, outcome: works}]}", "has an \"outcome\""},
        {"{read: a, lines: [x]}", "a line is written 12"},
        {"{read: a, lines: [9-3]}", "a line is written 12"},
        {"{read: a, claims: [{proves: id}]}", "need the \"line\""},
        {"{read: a, claims: [{state: passed}]}", "need the \"checkpoint\""},
        {"{read: a, claims: [{cause: id.nonsense}]}", "unknown cause"},
    };
    struct buf sentence = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t count = told(cases[i].step, &sentence);
        if (!cases[i].says && count)
            fail_msg("%s: told, %s", cases[i].step, buf_cstr(&sentence));
        if (cases[i].says && (!count || !strstr(buf_cstr(&sentence), cases[i].says)))
            fail_msg("%s: \"%s\" is not told but \"%s\"", cases[i].step, cases[i].says, buf_cstr(&sentence));
    }
    buf_release(&sentence);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_claim_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
