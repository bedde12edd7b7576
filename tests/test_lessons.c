// Lessons: all play to their end by Enter alone, practice draws what went
// badly more often, and what was learned is kept.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include "diag/teach.h"
#include "knowledge/load.h"
#include "tui/app.h"
#include "tui/draw_fault.h"
#include "tui/learned.h"
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
    // A question takes two keys, a try one there and one back.
    size_t most = 3 * lesson->step_count + 2, keys = 0;
    for (; keys < most && !strstr(picture(&s, w, h, &out), buf_cstr(&last)); keys++) {
        assert_non_null(strstr(buf_cstr(&out), w < 80 ? "Enter" : "Next: ")); // a small one gives way
        bool walking = strstr(buf_cstr(&out), "Ladder]") || strstr(buf_cstr(&out), "Ladder  ");
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
    assert_non_null(strstr(picture(&s, 80, 24, &out), "Where is this tunnel stuck?"));
    assert_true(app_key(s.app, (struct key){.code = '3'}));
    assert_non_null(strstr(picture(&s, 80, 24, &out), "Which line proves it?"));
    assert_true(app_key(s.app, (struct key){.code = K_ENTER}));
    assert_non_null(strstr(picture(&s, 80, 24, &out), " place."));
    assert_true(app_key(s.app, (struct key){.code = K_ENTER}));
    assert_non_null(strstr(picture(&s, 80, 24, &out), "[3 Ladder]"));
    assert_true(app_key(s.app, (struct key){.code = K_ESC}));
    assert_true(app_key(s.app, (struct key){.code = K_ENTER}));
    assert_non_null(strstr(picture(&s, 80, 24, &out), "Where is this tunnel stuck?"));
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

// --- drawing

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
    char empty[] = "/tmp/ikewalk-lessons-XXXXXX";
    assert_non_null(mkdtemp(empty));
    assert_false(faults_of_folder(&f, empty, &e));
    assert_non_null(strstr(e.text, "holds no files"));
    faults_release(&f);
    rmdir(empty);
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

// What was learned before the test stays out of it.
static int
forget(void **state)
{
    (void)state;
    static char folder[] = "/tmp/ikewalk-learned-XXXXXX";
    static bool made;
    if (!made && !mkdtemp(folder))
        return -1;
    made = true;
    setenv("XDG_STATE_HOME", folder, 1);
    struct buf path = {0};
    buf_addf(&path, "%s/ikewalk/lessons.yaml", folder);
    unlink(buf_cstr(&path));
    buf_release(&path);
    return 0;
}

int
main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_lesson_plays_to_its_end_by_enter, forget),
        cmocka_unit_test_setup(practice_asks_answers_and_keeps_the_score, forget),
        cmocka_unit_test(what_went_badly_is_drawn_more_often),
        cmocka_unit_test(what_was_seen_waits_until_all_was),
        cmocka_unit_test(a_folder_of_logs_serves_and_an_empty_one_is_refused),
        cmocka_unit_test(every_concept_is_found_and_every_checkpoint_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
