// Lessons: all play to their end by Enter alone, practice draws what went
// badly more often, and what was learned is kept.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "temp_folder.h"

#include "diag/teach.h"
#include "knowledge/load.h"
#include "knowledge/trial.h"
#include "tui/app.h"
#include "tui/catalogues.h"
#include "tui/draw_fault.h"
#include "tui/learned.h"
#include "tui/sample.h"
#include "tui/words.h"
#include "tui/worker.h"

// --- playing

struct stage {
    struct worker *worker;
    struct app *app;
    struct canvas canvas;
};

static void
settle(struct stage *s)
{
    assert_true(worker_settle(s->worker, 10000));
    while (app_news(s->app))
        assert_true(worker_settle(s->worker, 10000));
}

// The picture that is shown now.
static const char *
picture(struct stage *s, int w, int h, struct buf *out)
{
    settle(s);
    buf_clear(out);
    canvas_size(&s->canvas, w, h);
    app_draw(s->app, &s->canvas);
    canvas_dump(&s->canvas, out);
    return buf_cstr(out);
}

static void
begin(struct stage *s, const char *lesson)
{
    struct err e = {0};
    *s = (struct stage){.worker = worker_new(NULL, &e)};
    assert_true(s->worker && worker_start(s->worker, &e));
    s->app = app_new(worker_desk(s->worker));
    app_open_lesson(s->app, lesson, NULL);
    settle(s);
}

static void
end(struct stage *s)
{
    app_free(s->app);
    worker_free(s->worker);
    canvas_release(&s->canvas);
}

static void
play(const struct lesson *lesson, int w, int h)
{
    struct stage s;
    struct buf out = {0}, last = {0}, id = {0};
    buf_addf(&id, "%.*s", STR_ARG(lesson->id));
    begin(&s, buf_cstr(&id));
    buf_addf(&last, "This was lesson %d", lesson->number);
    // A question takes two keys, a try one there and one back, a prediction both.
    size_t most = 4 * lesson->step_count + 2, keys = 0;
    for (; keys < most && !strstr(picture(&s, w, h, &out), buf_cstr(&last)); keys++) {
        if (!strstr(buf_cstr(&out), "Next: "))
            fail_msg("lesson %.*s does not say what is next:\n%s", STR_ARG(lesson->id), buf_cstr(&out));
        bool walking = strstr(buf_cstr(&out), "Ladder]") || strstr(buf_cstr(&out), "Ladder  ") ||
                       strstr(buf_cstr(&out), "> Path");
        assert_true(app_key(s.app, (struct key){.code = walking ? K_ESC : K_ENTER}));
    }
    if (keys == most)
        fail_msg("lesson %.*s does not end at %dx%d:\n%s", STR_ARG(lesson->id), w, h, buf_cstr(&out));
    buf_release(&out);
    buf_release(&last);
    end(&s);
    buf_release(&id);
}

static struct knowledge *
load(void)
{
    struct err e = {0};
    struct knowledge *k = knowledge_load_builtin(NULL, 0, &e);
    assert_non_null(k);
    return k;
}

static void
every_lesson_plays_to_its_end_by_enter(void **state)
{
    (void)state;
    struct knowledge *k = load();
    assert_true(k->lesson_count > 20);
    for (size_t i = 0; i < k->lesson_count; i++) {
        play(&k->lessons[i], 80, 24);
        play(&k->lessons[i], 40, 12);
    }
    struct learned l = {0};
    struct err e = {0};
    assert_true(learned_read(&l, &e));
    for (size_t i = 0; i < k->lesson_count; i++) {
        const struct lesson_mark *mark = learned_of(&l, k->lessons[i].id);
        assert_true(mark && mark->done);
    }
    learned_release(&l);
    knowledge_free(k);
}

static void
practice_asks_answers_and_keeps_the_score(void **state)
{
    (void)state;
    struct stage s;
    struct buf out = {0};
    begin(&s, "practice");
    assert_non_null(strstr(picture(&s, 80, 24, &out), " stuck?"));
    assert_true(app_key(s.app, (struct key){.code = '3'}));
    assert_non_null(strstr(picture(&s, 80, 24, &out), "Which line proves it?"));
    assert_true(app_key(s.app, (struct key){.code = K_ENTER}));
    assert_non_null(strstr(picture(&s, 80, 24, &out), " place."));
    assert_true(app_key(s.app, (struct key){.code = K_ENTER}));
    assert_non_null(strstr(picture(&s, 80, 24, &out), "[3 Ladder]"));
    assert_true(app_key(s.app, (struct key){.code = K_ESC}));
    assert_true(app_key(s.app, (struct key){.code = K_ENTER}));
    assert_non_null(strstr(picture(&s, 80, 24, &out), " stuck?"));
    struct learned l = {0};
    struct err e = {0};
    assert_true(learned_read(&l, &e));
    unsigned asked = 0;
    for (size_t c = 0; c <= CP_COUNT; c++)
        asked += l.practice[c].asked;
    assert_int_equal(asked, 1);
    assert_int_equal(l.seen_count, 1);
    learned_release(&l);
    buf_release(&out);
    end(&s);
}

// A trainer's folder that holds one log, which is one of the samples.
static void
begin_practice(struct stage *s, const char *name, const char *sample)
{
    struct buf trainer = {0}, own = {0}, log = {0};
    struct err e = {0};
    buf_addf(&log, IKEWALK_SOURCE_DIR "/assets/logs/%s", sample);
    buf_addf(&trainer, "%s/%s", folder, name);
    assert_int_equal(mkdir(buf_cstr(&trainer), 0700), 0);
    buf_addf(&own, "%s/monday.log", buf_cstr(&trainer));
    assert_int_equal(symlink(buf_cstr(&log), buf_cstr(&own)), 0);
    *s = (struct stage){.worker = worker_new(NULL, &e)};
    assert_true(s->worker && worker_start(s->worker, &e));
    s->app = app_new(worker_desk(s->worker));
    app_open_lesson(s->app, "practice", buf_cstr(&trainer));
    settle(s);
    buf_release(&trainer);
    buf_release(&own);
    buf_release(&log);
}

// A trainer's folder serves as the samples do: the engine places each of its logs, and the score is that of
// the checkpoint it placed it at.
static void
practice_draws_from_a_trainers_own_folder(void **state)
{
    (void)state;
    struct buf out = {0};
    struct stage s;
    struct err e = {0};
    begin_practice(&s, "trainer", "pluto/id-main-responder.log");
    assert_non_null(strstr(picture(&s, 80, 24, &out), "Where is this tunnel stuck?"));
    assert_null(strstr(buf_cstr(&out), "id-main")); // nothing gives the answer away
    app_key(s.app, (struct key){.code = '4'});
    assert_non_null(strstr(picture(&s, 80, 24, &out), "Which line proves it?"));
    app_key(s.app, (struct key){.code = K_ENTER});
    assert_non_null(strstr(picture(&s, 80, 24, &out), "Right place."));
    struct learned l = {0};
    assert_true(learned_read(&l, &e));
    for (int c = 0; c <= CP_COUNT; c++) {
        assert_int_equal(l.practice[c].asked, c == CP_ID);
        assert_int_equal(l.practice[c].right, c == CP_ID);
    }
    learned_release(&l);
    end(&s);
    buf_release(&out);
}

// Who looked in vain is told how it stands there, and of several tunnels which one is meant.
static void
a_wrong_place_is_told_how_it_stands(void **state)
{
    (void)state;
    struct buf out = {0};
    struct stage s;
    begin_practice(&s, "wrong", "pluto/id-main-responder.log");
    app_key(s.app, (struct key){.code = '2'});
    app_key(s.app, (struct key){.code = K_ENTER});
    assert_non_null(strstr(picture(&s, 80, 24, &out), "Another place."));
    assert_non_null(strstr(buf_cstr(&out), "Your answer, Phase 1 cipher: passed."));
    end(&s);
    begin_practice(&s, "several", "pluto/two-tunnels-main-responder.log");
    assert_non_null(strstr(picture(&s, 80, 24, &out), "Where is 203.0.113.66 stuck?"));
    end(&s);
    begin_practice(&s, "certificates", "pluto/certificate-unknown-ca-main-responder.log");
    assert_non_null(strstr(picture(&s, 80, 24, &out), "3  Certificate")); // as the ladder calls it
    end(&s);
    begin(&s, "id-initiator");
    app_key(s.app, (struct key){.code = K_ENTER});
    app_key(s.app, (struct key){.code = '9'});
    assert_non_null(strstr(picture(&s, 80, 24, &out), "The diagnosis says otherwise."));
    assert_non_null(strstr(buf_cstr(&out), "Your answer: it came up."));
    end(&s);
    buf_release(&out);
}

// --- drawing

// Who taught with a log wrote into it, in the language of the class, what it shows.
static void
no_log_of_practice_tells_what_it_shows(void **state)
{
    (void)state;
    struct knowledge *k = load();
    struct faults faults = {0};
    faults_of_cases(&faults, k);
    assert_true(faults.count > 150);
    for (size_t i = 0; i < faults.count; i++) {
        struct str log;
        assert_true(trial_log(str_from(faults.at[i].source, strlen(SAMPLE_MARK)), &log));
        for (size_t n = 0; n < log.len; n++)
            if ((unsigned char)log.at[n] >= 0x80)
                fail_msg("%.*s", STR_ARG(faults.at[i].source));
    }
    faults_release(&faults);
    knowledge_free(k);
}

static void
what_went_badly_is_drawn_more_often(void **state)
{
    (void)state;
    struct fault at[] = {{STR("a"), CP_ID}, {STR("b"), CP_PSK}};
    const struct faults faults = {.at = at, .count = 2};
    struct learned l = {.practice = {[CP_ID] = {10, 10}, [CP_PSK] = {0, 10}}};
    unsigned psk = 0;
    for (uint64_t chance = 0; chance < 700; chance++)
        psk += faults_draw(&faults, &l, chance) == &at[1];
    assert_int_equal(psk, 600);
}

static void
what_was_seen_waits_until_all_was(void **state)
{
    (void)state;
    struct fault at[] = {{STR("a"), CP_ID}, {STR("b"), CP_PSK}};
    const struct faults faults = {.at = at, .count = 2};
    struct str seen[] = {STR("a"), STR("b")};
    struct learned l = {.seen = seen, .seen_count = 1};
    for (uint64_t chance = 0; chance < 10; chance++)
        assert_ptr_equal(faults_draw(&faults, &l, chance), &at[1]);
    l.seen_count = 2;
    assert_non_null(faults_draw(&faults, &l, 0));
    const struct faults none = {0};
    assert_null(faults_draw(&none, &l, 0));
}

static void
a_folder_of_logs_serves_and_an_empty_one_is_refused(void **state)
{
    (void)state;
    struct faults f = {0};
    struct err e = {0};
    assert_true(faults_of_folder(&f, IKEWALK_SOURCE_DIR "/assets/logs/pluto", &e));
    assert_true(f.count > 50);
    faults_release(&f);
    struct buf empty = {0};
    buf_addf(&empty, "%s/empty", folder);
    assert_int_equal(mkdir(buf_cstr(&empty), 0700), 0);
    assert_false(faults_of_folder(&f, buf_cstr(&empty), &e));
    assert_non_null(strstr(e.text, "holds no files"));
    faults_release(&f);
    buf_release(&empty);
}

// --- concepts

static void
every_concept_is_found_and_every_checkpoint_has_one(void **state)
{
    (void)state;
    struct knowledge *k = load();
    for (int c = 0; c < CP_COUNT; c++) {
        size_t from = 0;
        if (!concept_about(k, str_of(checkpoint_word[c]), &from))
            fail_msg("no concept is about %s", checkpoint_word[c]);
    }
    for (size_t i = 0; i < k->order_count; i++) {
        size_t from = 0;
        if (!concept_about(k, k->orders[i].id, &from))
            fail_msg("no concept is about the order %.*s", STR_ARG(k->orders[i].id));
    }
    assert_null(concept_named(k, STR("nothing-like-it")));
    knowledge_free(k);
}

static bool
is_shown(struct stage *s, int w, int h, const char *words)
{
    struct buf out = {0};
    bool found = strstr(picture(s, w, h, &out), words);
    buf_release(&out);
    return found;
}

// Every page opens from the commands by words of its title, at both sizes, and scrolls to its source.
static void
every_page_opens_and_scrolls_to_its_end(void **state)
{
    (void)state;
    static const int sizes[][2] = {{80, 24}, {40, 12}};
    struct knowledge *k = load();
    struct stage s;
    begin(&s, "main-mode");
    for (size_t i = 0; i < k->concept_count; i++)
        for (size_t n = 0; n < 2; n++) {
            const struct concept *c = &k->concepts[i];
            app_key(s.app, (struct key){.code = ':'});
            for (size_t at = 0; at < c->title.len; at++)
                app_key(s.app, (struct key){.code = c->title.at[at]});
            app_key(s.app, (struct key){.code = K_ENTER});
            int w = sizes[n][0], h = sizes[n][1];
            struct buf head = {0};
            buf_addf(&head, "+- %.*s", (int)(c->title.len < 30 ? c->title.len : 30), c->title.at);
            if (!is_shown(&s, w, h, buf_cstr(&head)))
                fail_msg("page %.*s does not open", STR_ARG(c->id));
            buf_release(&head);
            for (int pages = 0; pages < 12 && !is_shown(&s, w, h, "Written in:"); pages++)
                app_key(s.app, (struct key){.code = K_PAGE_DOWN});
            if (!is_shown(&s, w, h, "Written in:"))
                fail_msg("page %.*s does not scroll to its end at %dx%d", STR_ARG(c->id), w, h);
            app_key(s.app, (struct key){.code = K_TAB});
            app_key(s.app, (struct key){.code = K_ENTER});
            app_key(s.app, (struct key){.code = K_ESC});
            assert_true(is_shown(&s, w, h, "Enter opens"));
            app_key(s.app, (struct key){.code = K_ESC}); // the page
            app_key(s.app, (struct key){.code = K_ESC}); // the commands
            assert_true(is_shown(&s, w, h, "Enter goes on"));
        }
    end(&s);
    knowledge_free(k);
}

// The path itself says which prediction of lesson 19 is right, whatever the pack says beside it.
static void
predictions_are_judged_by_the_path(void **state)
{
    (void)state;
    static const char right[] = {'a', 'b', 'a', 'b'};
    struct knowledge *k = load();
    const struct lesson *ports = lesson_named(k, STR("ports"));
    size_t count = 0;
    for (size_t i = 0; i < ports->step_count; i++) {
        const struct lesson_step *step = &ports->steps[i];
        if (step->kind != LESSON_PREDICT)
            continue;
        assert_true(count < sizeof right);
        for (size_t n = 0; n < step->choice_count; n++)
            assert_int_equal(lesson_right(k, step, n), (char)('a' + n) == right[count]);
        count++;
    }
    assert_int_equal(count, 4);
    struct stage s;
    begin(&s, "ports");
    app_key(s.app, (struct key){.code = K_ENTER});
    app_key(s.app, (struct key){.code = 'b'}); // wrong, and it is said
    app_key(s.app, (struct key){.code = K_ENTER});
    assert_true(is_shown(&s, 80, 24, "Vendor tunnel over TCP or UDP: works"));
    assert_true(is_shown(&s, 80, 24, "88 -> 4009"));
    app_key(s.app, (struct key){.code = K_ESC});
    assert_true(is_shown(&s, 80, 24, "> b  It connects and carries nothing"));
    end(&s);
    knowledge_free(k);
}

// With the catalogue of languages.sh: bar, Next, checkpoints, help and pages in German, at both sizes.
static void
german_is_shown(void **state)
{
    (void)state;
    struct buf out = {0};
    static const char *const words[] = {"Wo h\u00e4ngt dieser Tunnel?",
                                        "4  Identit\u00e4t",
                                        "Weiter: Enter antwortet 0",
                                        "Enter weiter",
                                        "Esc verlassen",
                                        "? Hilfe"};
    struct stage s;
    begin_practice(&s, "german", "pluto/id-main-responder.log");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!is_shown(&s, 80, 24, words[i]))
            fail_msg("not shown: %s", words[i]);
    if (!is_shown(&s, 40, 12, "Enter antwortet 0"))
        fail_msg("no German Next at 40x12:\n%s", picture(&s, 40, 12, &out));
    assert_true(app_key(s.app, (struct key){.code = '?'}));
    assert_true(is_shown(&s, 80, 24, "+- Hilfe"));
    assert_true(is_shown(&s, 40, 12, "+- Hilfe"));
    assert_true(is_shown(&s, 80, 24, "Setzt den Fehler an diese Nummer."));
    buf_release(&out);
    end(&s);
}

// What was learned before the test stays out of it.
static int
forget(void **state)
{
    (void)state;
    struct buf path = {0};
    buf_addf(&path, "%s/ikewalk/lessons.yaml", folder);
    unlink(buf_cstr(&path));
    buf_release(&path);
    return 0;
}

int
main(void)
{
    folder_make();
    setenv("XDG_STATE_HOME", folder, 1);
    setlocale(LC_ALL, "C.UTF-8");
    const char *catalogues = getenv("IKEWALK_CATALOGUES"); // languages.sh
    if (catalogues) {
        const struct CMUnitTest german[] = {cmocka_unit_test_setup(german_is_shown, forget)};
        catalogues_heed_language();
        bindtextdomain("ikewalk", catalogues);
        textdomain("ikewalk");
        return cmocka_run_group_tests(german, NULL, NULL);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_lesson_plays_to_its_end_by_enter, forget),
        cmocka_unit_test_setup(practice_asks_answers_and_keeps_the_score, forget),
        cmocka_unit_test_setup(practice_draws_from_a_trainers_own_folder, forget),
        cmocka_unit_test_setup(a_wrong_place_is_told_how_it_stands, forget),
        cmocka_unit_test(no_log_of_practice_tells_what_it_shows),
        cmocka_unit_test(what_went_badly_is_drawn_more_often),
        cmocka_unit_test(what_was_seen_waits_until_all_was),
        cmocka_unit_test(a_folder_of_logs_serves_and_an_empty_one_is_refused),
        cmocka_unit_test_setup(every_page_opens_and_scrolls_to_its_end, forget),
        cmocka_unit_test_setup(predictions_are_judged_by_the_path, forget),
        cmocka_unit_test(every_concept_is_found_and_every_checkpoint_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
