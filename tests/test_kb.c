// knowledge/check: every promise of the packs can be broken, and is then told. The built-in packs keep them.
#include "knowledge/check.h"

#include "knowledge/folder.h"
#include "knowledge/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

// A pack that keeps every promise; the tests break one of them at a time.
static const char neutral[] =
    "checkpoints: []\n"
    "events:\n"
    "  - id: ike.respond\n"
    "    note: n\n"
    "    opens: ike\n"
    "    sets: {role: responder, ike: v1-main}\n"
    "    says: [{passed: [contact, ike-version]}]\n"
    "  - id: p1.refused\n"
    "    note: n\n"
    "    ends: refused\n"
    "    says:\n"
    "      - {failed: [p1-cipher]}\n"
    "      - {suspected: [psk], when: [role is initiator]}\n"
    "orders:\n"
    "  - id: v1-main\n"
    "    title: t\n"
    "    order: [contact, ike-version, p1-cipher, psk, id, subnets, p2-cipher, updown, traffic]\n"
    "causes: {p1-cipher.mismatch: Differs, p1-cipher.group: Group}\n"
    "findings:\n"
    "  - id: refused-here\n"
    "    cause: p1-cipher.mismatch\n"
    "    severity: error\n"
    "    certainty: certain\n"
    "    when: [saw p1.refused, peer_proposed known]\n"
    "    title: It is refused\n"
    "    explanation: The peer offers ${peer_proposed|conf} since ${time}.\n"
    "    alternatives: [{cause: p1-cipher.group, tell-apart: A}]\n"
    "    steps: [{where: peer, do: Change it.}]\n"
    "    case: d/refused\n"
    "  - id: refused-somehow\n"
    "    cause: p1-cipher.group\n"
    "    severity: error\n"
    "    certainty: possible\n"
    "    title: It fails\n"
    "    explanation: e\n"
    "    steps: [{where: peer, do: Look.}]\n"
    "    case: d/somehow\n"
    "cases:\n"
    "  - id: d/refused\n"
    "    title: c\n"
    "    text: |-\n"
    "      dd[1]: \"office\" #1: responding to 192.0.2.1\n"
    "      dd[1]: \"office\" #1: refused [DES] by us\n"
    "    verdict: {checkpoint: p1-cipher, cause: p1-cipher.mismatch, certainty: certain, finding: "
    "refused-here, state: "
    "down}\n"
    "    ladder: {contact: passed, p1-cipher: failed, psk: not-reached}\n"
    "    values: {peer_proposed: DES}\n"
    "  - id: d/somehow\n"
    "    title: c\n"
    "    text: |-\n"
    "      dd[1]: \"office\" #1: responding to 192.0.2.1\n"
    "      dd[1]: \"office\" #1: nothing fits\n"
    "    verdict: {checkpoint: p1-cipher, finding: refused-somehow}\n";
static const char dialect[] = "dialect: d\n"
                              "title: D\n"
                              "daemons: [dd]\n"
                              "prefixes:\n"
                              "  - - |-\n"
                              "      \"${conn:quoted}\" #${serial:int}: ${}\n"
                              "messages:\n"
                              "  - id: responding\n"
                              "    match:\n"
                              "      - |-\n"
                              "        responding to ${peer:addr}\n"
                              "    says: ike.respond\n"
                              "    note: n\n"
                              "    examples:\n"
                              "      - line: |-\n"
                              "          dd[1]: \"a\" #1: responding to 192.0.2.1\n"
                              "        gives: {conn: a, serial: \"1\", peer: 192.0.2.1}\n"
                              "  - id: refused\n"
                              "    match:\n"
                              "      - |-\n"
                              "        refused [${peer_proposed}] by us\n"
                              "      - |-\n"
                              "        nothing fits\n"
                              "    says: p1.refused\n"
                              "    note: n\n"
                              "    examples:\n"
                              "      - line: |-\n"
                              "          dd[1]: \"a\" #1: refused [x] by us\n"
                              "        gives: {peer_proposed: x}\n"
                              "      - |-\n"
                              "        dd[1]: \"a\" #1: nothing fits\n";

// The text with the first `old` replaced; "" old appends.
static struct str
changed(const char *text, const char *old, const char *new, struct buf *out)
{
    const char *at = *old ? strstr(text, old) : text + strlen(text);
    buf_add(out, (struct str){text, at ? (size_t)(at - text) : strlen(text)});
    if (at) {
        buf_add(out, str_of(new));
        buf_add(out, str_of(at + strlen(old)));
    }
    return buf_str(out);
}

typedef bool check(const struct pack_text *, size_t, struct check_report *);

// Checks the packs with one change, in whichever of the two holds the text.
static struct check_report
check_changed(check *run, const char *old, const char *new)
{
    struct buf a = {0}, b = {0};
    bool in_dialect = strstr(dialect, old) && *old;
    struct pack_text packs[] = {
        {STR("n.yaml"), in_dialect ? str_of(neutral) : changed(neutral, old, new, &a), 0, false},
        {STR("d.yaml"), in_dialect ? changed(dialect, old, new, &b) : str_of(dialect), 0, false},
    };
    struct check_report report = {0};
    bool clean = run(packs, 2, &report);
    assert_int_equal(clean, report.problems.count == 0);
    buf_release(&a);
    buf_release(&b);
    return report;
}

static bool
told(const struct check_report *report, const char *sentence)
{
    for (size_t i = 0; i < report->problems.count; i++)
        if (strstr(report->problems.at[i].sentence.at, sentence))
            return true;
    for (size_t i = 0; i < report->problems.count; i++)
        print_error("%.*s:%d: %s\n", STR_ARG(report->problems.at[i].file), report->problems.at[i].line,
                    report->problems.at[i].sentence.at);
    return false;
}

struct breach {
    const char *old, *new, *says;
};

static void
each_is_told(check *run, const struct breach *breaches, size_t count)
{
    struct check_report whole = check_changed(run, "", "");
    if (whole.problems.count)
        fail_msg("%s:%d: %s", whole.problems.at[0].file.at, whole.problems.at[0].line,
                 whole.problems.at[0].sentence.at);
    check_release(&whole);
    for (size_t i = 0; i < count; i++) {
        struct check_report report = check_changed(run, breaches[i].old, breaches[i].new);
        if (!told(&report, breaches[i].says))
            fail_msg("\"%s\" -> \"%s\" is not told as \"%s\"", breaches[i].old, breaches[i].new,
                     breaches[i].says);
        check_release(&report);
    }
}

// The promises 1, 2, 4, 5 and 7 of the pack format, and what a finding must bring along.
static void
lint_tells_every_breach(void **state)
{
    (void)state;
    static const struct breach breaches[] = {
        // 1: every template claims an example
        {"nothing fits\n    says", "nothing fit\n    says", "claims no example of its message"},
        {"        nothing fits\n    says", "        nothing fits\n      - |-\n        never seen\n    says",
         "this template of message refused claims no example"},
        {"refused [${peer_proposed}] by", "refused {${peer_proposed}] by", "no template claims this example"},
        {"refused [${peer_proposed}] by us", "refused [${peer_proposed}] by hand",
         "which wants \"hand\" where the line has \"us\""},
        {"responding to ${peer:addr}", "responding to ${peer:int}!",
         "which wants \"${peer:int}\" where the line has \"192.0.2.1\""},
        {"    examples:\n      - line: |-\n          dd[1]: \"a\" #1: resp",
         "    gone:\n      - line: |-\n          resp", "unknown key \"gone\""},
        // 2: no example is claimed twice, values come out exactly
        {"        nothing fits\n    says",
         "        responding to ${x}\n      - |-\n        nothing fits\n    says", "with equal right"},
        {"peer_proposed: x}", "peer_proposed: y}", "peer_proposed is \"x\" in this line; \"y\" is wanted"},
        {"peer_proposed: x}", "proposed: x}", "gives no \"proposed\""},
        {"dd[1]: \"a\" #1: refused [x] by us\n        gives: {peer_proposed: x}",
         "dd[1]: \"a\" #1: responding to x\n        gives: {peer_proposed: x}",
         "is claimed by message responding"},
        // 3: a finding has a case that names it
        {"    case: d/somehow\n", "", "refused-somehow has no case"},
        {"    case: d/somehow\n", "    case: d/refused\n", "names it neither under finding nor under also"},
        {"    case: d/somehow\n", "    case: d/somehw\n",
         "unknown case \"d/somehw\"; the nearest is d/somehow"},
        // 4: what can be said is used and the other way round
        {"    says: p1.refused\n", "", "refused-here waits for event p1.refused, which no message says"},
        {", peer_proposed known]", ", peer_proposd known]",
         "no message gives a value \"peer_proposd\"; the nearest is"},
        {"${peer_proposed|conf}", "${peer_id}", "no message gives a value \"peer_id\""},
        {"${peer_proposed|conf}", "${peer_proposed|con}", "unknown filter \"con\""},
        {"{p1-cipher.mismatch: Differs,", "{psk.x: X, p1-cipher.mismatch: Differs,",
         "no finding has the cause psk.x"},
        // 5: names
        {"where: peer, do: Change it.}", "where: peer, do: Change it., command: strat}",
         "unknown command \"strat\""},
        {"  - id: d/somehow", "  - id: D/somehow", "names are lower-case words"},
        {"  - id: refused\n", "  - id: re_fused\n", "names are lower-case words"},
        // log text is a block
        {"      - |-\n        nothing fits\n    says", "      - nothing fits\n    says",
         "written as a block"},
        {"  - - |-\n      \"${conn:quoted}\" #${serial:int}: ${}\n",
         "  - - '\"${conn:quoted}\" #${serial:int}: ${}'\n", "written as a block"},
        {"      - |-\n        dd[1]: \"a\" #1: nothing", "      - >-\n        dd[1]: \"a\" #1: nothing",
         "written as a block"},
        {"    note: n\n    examples:\n      - line: |-\n          dd[1]: \"a\" #1: refused",
         "    examples:\n      - line: |-\n          dd[1]: \"a\" #1: refused",
         "message refused has no note"},
        // findings
        {"{where: peer, do: Change it.}", "{where: peer, do: Change it., weak: yes}",
         "weaker cryptography is never"},
        {"    steps: [{where: peer, do: Look.}]\n", "", "is an error and has no step"},
        {"cause: p1-cipher.group, tell", "cause: p1-cipher.mismatch, tell",
         "its own cause as an alternative"},
        {"    certainty: possible\n", "    certainty: possible\n    when: [role is initiator]\n",
         "does not always hold"},
        {"    when: [saw p1.refused, peer_proposed known]\n", "",
         "refused-somehow is never chosen: refused-here"},
    };
    each_is_told(check_lint, breaches, sizeof breaches / sizeof *breaches);
}

// Promise 3: a case ends as it says, and in nothing it does not name.
static void
test_tells_what_differs(void **state)
{
    (void)state;
    static const struct breach breaches[] = {
        {"{checkpoint: p1-cipher, cause", "{checkpoint: psk, cause",
         "the checkpoint is p1-cipher; psk is wanted"},
        {"cause: p1-cipher.mismatch, certainty: certain, finding",
         "cause: p1-cipher.group, certainty: certain, finding",
         "the cause is p1-cipher.mismatch; p1-cipher.group is wanted"},
        {"certainty: certain, finding", "certainty: likely, finding",
         "the certainty is certain; likely is wanted"},
        {"finding: refused-here,", "finding: refused-somehow,",
         "the finding is refused-here; refused-somehow is wanted"},
        {"state: down}", "state: up}", "the state is down; up is wanted"},
        {"psk: not-reached}", "psk: failed}", "psk is not-reached; failed is wanted"},
        {"values: {peer_proposed: DES}", "values: {peer_proposed: AES}",
         "peer_proposed is \"DES\"; \"AES\" is wanted"},
        {"values: {peer_proposed: DES}", "values: {chosen: AES}", "chosen is not known; \"AES\" is wanted"},
        {"    values: {", "    also: [refused-somehow]\n    values: {",
         "finding refused-somehow does not come out"},
        {"finding: refused-here, ", "", "finding refused-here comes out and is not named"},
        {"    case: d/somehow\n", "    case: d/refused\n",
         "refused-somehow does not come out of its case d/refused"},
        {"    values: {", "    tunnel: home\n    values: {", "the log shows no tunnel home"},
        {"    text: |-\n      dd[1]: \"office\" #1: responding to 192.0.2.1\n      dd[1]: \"office\" #1: "
         "nothing fits\n",
         "    log: pluto/no-such.log\n", "there is no log pluto/no-such.log"},
        {"peer_proposed: x}", "peer_proposed: y}", "\"y\" is wanted"},
    };
    each_is_told(check_test, breaches, sizeof breaches / sizeof *breaches);
}

static void
figures_and_map_are_right(void **state)
{
    (void)state;
    struct check_report r = check_changed(check_lint, "", "");
    assert_int_equal(r.dialect_count, 1);
    const struct check_dialect *d = &r.dialects[0];
    assert_true(str_eq(d->id, STR("d")));
    assert_int_equal(d->messages, 2);
    assert_int_equal(d->templates, 3);
    assert_int_equal(d->inherited, 0);
    assert_int_equal(d->examples, 3);
    assert_int_equal(d->open_heads, 0);
    // Only who answers says "responding"; only who starts can suspect the key.
    assert_int_equal(d->shows[CP_CONTACT][0], 0);
    assert_int_equal(d->shows[CP_CONTACT][1], 1u << ST_PASSED);
    assert_int_equal(d->shows[CP_P1_CIPHER][0], 1u << ST_FAILED);
    assert_int_equal(d->shows[CP_PSK][0], 1u << ST_SUSPECTED);
    assert_int_equal(d->shows[CP_PSK][1], 0);
    assert_int_equal(d->shows[CP_SUBNETS][0] | d->shows[CP_SUBNETS][1], 0);
    check_release(&r);
    r = check_changed(check_lint, "        nothing fits\n    says", "        ${x:int}: nothing\n    says");
    assert_int_equal(r.dialects[0].open_heads, 1);
    check_release(&r);
    r = check_changed(check_lint, "    says: ike.respond\n", "");
    assert_int_equal(r.unsaid_count, 1);
    assert_true(str_eq(r.unsaid[0], STR("ike.respond")));
    check_release(&r);
    r = check_changed(check_test, "", "");
    assert_int_equal(r.case_count, 2);
    assert_true(r.cases[0].good && r.cases[1].good);
    check_release(&r);
    // Also a finding that waits for it in vain spoils a case.
    r = check_changed(check_test, "    case: d/somehow\n", "    case: d/refused\n");
    assert_false(r.cases[0].good && r.cases[1].good);
    check_release(&r);
}

static void
list_names_every_record(void **state)
{
    (void)state;
    struct check_report r = check_changed(check_list, "", "");
    assert_int_equal(r.problems.count, 0);
    assert_int_equal(r.row_count, 12);
    assert_true(str_eq(r.rows[0].kind, STR("case")));
    assert_true(str_eq(r.rows[0].id, STR("d/refused")));
    size_t messages = 0;
    for (size_t i = 0; i < r.row_count; i++)
        if (str_eq(r.rows[i].id, STR("d/responding"))) {
            messages++;
            assert_true(str_eq(r.rows[i].kind, STR("message")));
            assert_true(str_eq(r.rows[i].file, STR("d.yaml")));
            assert_int_equal(r.rows[i].line, 8);
        }
    assert_int_equal(messages, 1);
    check_release(&r);
}

// A pack that does not load gives its problems and nothing else.
static void
what_does_not_load_is_told(void **state)
{
    (void)state;
    check *const all[] = {check_lint, check_test, check_list};
    for (int i = 0; i < 3; i++) {
        struct check_report r = check_changed(all[i], "dialect: d", "dialect: [");
        assert_true(r.problems.count > 0);
        assert_int_equal(r.dialect_count + r.case_count + r.row_count, 0);
        check_release(&r);
    }
}

// The pack of the guide, as its reader copies it, keeps every promise over the built-in ones.
static void
the_guide_is_right(void **state)
{
    (void)state;
    FILE *f = fopen(IKEWALK_SOURCE_DIR "/knowledge/README.md", "r");
    assert_non_null(f);
    static char guide[64 * 1024];
    struct str text = {guide, fread(guide, 1, sizeof guide, f)};
    fclose(f);
    size_t open = str_find(text, STR("```yaml\n"));
    text = str_from(text, open + 8);
    text.len = str_find(text, STR("```"));
    assert_true(text.len > 500);
    struct folder folder = {0};
    folder_builtin(&folder);
    struct check_report alone = {0};
    check_lint(folder.packs, folder.count, &alone);
    folder_add(&folder, STR("ikegate.yaml"), text, 1);
    check *const both[] = {check_lint, check_test};
    for (int i = 0; i < 2; i++) {
        struct check_report with = {0};
        both[i](folder.packs, folder.count, &with);
        if (with.problems.count > 0)
            fail_msg("%s:%d: %s", with.problems.at[0].file.at, with.problems.at[0].line,
                     with.problems.at[0].sentence.at);
        assert_int_equal(with.dialect_count, alone.dialect_count + 1);
        check_release(&with);
    }
    check_release(&alone);
    folder_release(&folder);
}

// Where line n (from 1) of a text begins.
static size_t
line_start(struct str text, int n)
{
    size_t at = 0;
    while (--n > 0)
        at += str_find(str_from(text, at), STR("\n")) + 1;
    return at;
}

// A letter outside holes near the middle of a template, or 0.
static size_t
letter_in(struct str text)
{
    size_t found = 0;
    bool hole = false;
    for (size_t i = 1; i < text.len; i++) {
        hole = text.at[i - 1] == '$' && text.at[i] == '{' ? true : text.at[i] == '}' ? false : hole;
        if (!hole && text.at[i] >= 'a' && text.at[i] <= 'z' && (found == 0 || i <= text.len / 2))
            found = i;
    }
    return found;
}

#define TRIALS 20 // templates that are changed at once

// Templates with the packs that they stand in, as indices.
struct trials {
    const struct template *at[TRIALS];
    size_t pack[TRIALS];
    size_t count;
};

// Changes one letter of each template, and lint says so of each.
static void
each_change_is_told(const struct folder *folder, struct trials *trials)
{
    struct pack_text *packs = mem_new(folder->count * sizeof *packs);
    struct buf *copies = mem_new(folder->count * sizeof *copies);
    for (size_t p = 0; p < folder->count; p++) {
        packs[p] = folder->packs[p];
        buf_add(&copies[p], packs[p].bytes);
        packs[p].bytes = buf_str(&copies[p]);
    }
    for (size_t i = 0; i < trials->count; i++) {
        size_t p = trials->pack[i];
        struct str text = folder->packs[p].bytes, wording = trials->at[i]->text;
        size_t line = line_start(text, trials->at[i]->line + 1);
        size_t at = line + str_find(str_from(text, line), wording) + letter_in(wording);
        assert_true(at < text.len);
        copies[p].at[at] = text.at[at] == 'z' ? 'y' : 'z';
    }
    struct check_report report = {0};
    check_lint(packs, folder->count, &report);
    for (size_t i = 0; i < trials->count; i++) {
        bool said = false;
        for (size_t n = 0; n < report.problems.count; n++) {
            const struct problem *problem = &report.problems.at[n];
            said = said || (str_eq(problem->file, packs[trials->pack[i]].name) &&
                            problem->line == trials->at[i]->line &&
                            strstr(problem->sentence.at, "claims no example"));
        }
        if (!said)
            fail_msg("\"%.*s\" can be changed at %zu", STR_ARG(trials->at[i]->text),
                     letter_in(trials->at[i]->text));
    }
    check_release(&report);
    for (size_t p = 0; p < folder->count; p++)
        buf_release(&copies[p]);
    free(copies);
    free(packs);
    trials->count = 0;
}

// Promise 1 against some 300 templates, evenly spread.
static void
no_changed_letter_goes_unnoticed(void **state)
{
    (void)state;
    struct folder folder = {0};
    struct err e = {0};
    assert_true(folder_read(&folder, IKEWALK_SOURCE_DIR "/knowledge/packs", true, 0, &e));
    struct knowledge *k = knowledge_load(folder.packs, folder.count, &e);
    assert_non_null(k);
    struct trials trials = {0};
    size_t tried = 0, all = 0;
    for (size_t d = 0; d < k->dialect_count; d++)
        all += k->dialects[d].template_count;
    for (size_t d = 0; d < k->dialect_count; d++)
        for (size_t t = 0; t < k->dialects[d].template_count; t += all / 300 + 1) {
            const struct template *template = &k->dialects[d].templates[t];
            const struct message *m = &k->messages[template->message];
            size_t p = 0;
            while (p < folder.count && !str_eq(folder.packs[p].name, m->file))
                p++;
            if (m->dialect != (int)d || letter_in(template->text) == 0 || p == folder.count)
                continue;
            trials.at[trials.count] = template;
            trials.pack[trials.count++] = p;
            tried++;
            if (trials.count == TRIALS)
                each_change_is_told(&folder, &trials);
        }
    each_change_is_told(&folder, &trials);
    print_message("%zu templates tried\n", tried);
    assert_true(tried > 0);
    knowledge_free(k);
    folder_release(&folder);
}

// Words by which a command changes what a gateway does, or shows its keys.
static bool
acts(struct str text)
{
    static const char *const words[] = {"--load",
                                        "--replace",
                                        "reread",
                                        "modprobe",
                                        "restart",
                                        "reload",
                                        "configure terminal",
                                        "cat /etc/ipsec.secrets"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_find(text, str_of(words[i])) < text.len)
            return true;
    bool whole = str_find(text, STR("grep -v '^#' /etc/i")) < text.len;
    return whole && str_find(text, STR("sed")) == text.len; // OpenBSD keeps keys among the rules
}

static void
what_looks_changes_nothing_and_shows_no_key(void **state)
{
    (void)state;
    struct err e = {0};
    struct knowledge *k = knowledge_load_builtin(NULL, 0, &e);
    assert_non_null(k);
    for (size_t d = 0; d < k->dialect_count; d++)
        for (size_t i = 0; i < k->dialects[d].wording_count; i++) {
            const struct wording *w = &k->dialects[d].wordings[i];
            if (str_starts(k->commands[w->command].id, STR("see-")) && (acts(w->v1) || acts(w->v2)))
                fail_msg("%.*s, %.*s: %.*s", STR_ARG(k->dialects[d].id), STR_ARG(k->commands[w->command].id),
                         STR_ARG(w->v2));
        }
    knowledge_free(k);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_looks_changes_nothing_and_shows_no_key),
        cmocka_unit_test(lint_tells_every_breach),
        cmocka_unit_test(test_tells_what_differs),
        cmocka_unit_test(figures_and_map_are_right),
        cmocka_unit_test(list_names_every_record),
        cmocka_unit_test(what_does_not_load_is_told),
        cmocka_unit_test(the_guide_is_right),
        cmocka_unit_test(no_changed_letter_goes_unnoticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
