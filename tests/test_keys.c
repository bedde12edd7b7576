// The one table of actions: each is explained, no key does two things on one screen, the help is always
// within reach.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/entry.h"
#include "tui/keys.h"

static void
every_action_is_explained(void **state)
{
    (void)state;
    for (size_t i = 0; i < action_count; i++) {
        const struct action *a = &actions[i];
        assert_true(a->name && *a->name);
        assert_true(a->explain && strlen(a->explain) > 10);
        assert_int_equal(a->explain[strlen(a->explain) - 1], '.');
        assert_true(a->screens != 0);
        assert_true(a->keys[0] != 0);
    }
}

static void
no_key_has_two_actions_on_one_screen(void **state)
{
    (void)state;
    for (size_t i = 0; i < action_count; i++)
        for (size_t j = i + 1; j < action_count; j++)
            for (size_t k = 0; k < ACTION_KEYS && actions[i].keys[k]; k++)
                for (size_t n = 0; n < ACTION_KEYS && actions[j].keys[n]; n++)
                    if (actions[i].keys[k] == actions[j].keys[n] && (actions[i].screens & actions[j].screens))
                        fail_msg("%s and %s share the key %s", actions[i].explain, actions[j].explain,
                                 actions[i].name);
}

static void
every_screen_has_enter_esc_and_quit(void **state)
{
    (void)state;
    for (int screen = 0; screen < SCREEN_ENTRY; screen++) {
        assert_int_equal(action_find((enum screen_id)screen, K_ENTER)->id, ACT_GO);
        assert_int_equal(action_find((enum screen_id)screen, K_ESC)->id, ACT_BACK);
        assert_int_equal(action_find((enum screen_id)screen, 'q')->id, ACT_QUIT);
        if (screen < SCREEN_BOX)
            assert_int_equal(action_find((enum screen_id)screen, '?')->id, ACT_HELP);
    }
    assert_null(action_find(SCREEN_SOURCE, 'Z'));
}

static void
letters_are_text_while_one_types(void **state)
{
    (void)state;
    for (int32_t c = ' '; c < 0x7F; c++)
        assert_null(action_find(SCREEN_ENTRY, c));
    struct entry e = {0};
    entry_add(&e, 'a');
    entry_add(&e, 0x20AC);
    entry_add(&e, 0x1F600);
    entry_add(&e, '\n');
    assert_string_equal(buf_cstr(&e.text), "a\xE2\x82\xAC\xF0\x9F\x98\x80 ");
    entry_shorten(&e);
    entry_shorten(&e);
    entry_shorten(&e);
    assert_string_equal(buf_cstr(&e.text), "a");
    for (int i = 0; i < 1000; i++)
        assert_true(entry_add(&e, 0x1F600) == (i + 1 <= (ENTRY_MOST - 1) / 4));
    assert_true(e.text.len <= ENTRY_MOST);
    // R5.10: what must not be shown is no text, even where no secret can be kept.
    struct entry password = {.hidden = true};
    assert_false(entry_add(&password, 'a'));
    assert_int_equal(password.text.len, 0);
    buf_release(&e.text);
}

// Whatever has a key stands in the bar or the help, in the palette and in the manual.
static void
every_action_is_in_the_manual(void **state)
{
    (void)state;
    static const char begin[] = ".\\\" keys\n", end[] = ".\\\" end of keys\n";
    const char *path = IKEWALK_SOURCE_DIR "/assets/ikewalk.1";
    struct buf was = {0}, keys = {0}, now = {0};
    char block[4096];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;)
        buf_add(&was, (struct str){block, got});
    fclose(file);
    struct str page = buf_str(&was);
    size_t from = str_find(page, str_of(begin)), to = str_find(page, str_of(end));
    assert_true(from < to && to < page.len);
    buf_add(&keys, STR(".Bl -tag -width \"Ctrl-U\" -compact\n"));
    for (size_t i = 0; i < action_count; i++) {
        bool told = false;
        for (size_t n = 0; n < i; n++)
            told |= strcmp(actions[n].name, actions[i].name) == 0 &&
                    strcmp(actions[n].explain, actions[i].explain) == 0;
        if (told)
            continue;
        buf_addf(&keys, ".It Ic \"\\&%s\"\n", actions[i].name);
        if (actions[i].screens & (actions[i].screens - 1))
            buf_addf(&keys, "%s\n", actions[i].explain);
        else
            buf_addf(&keys, "(%s) %s\n", action_place(&actions[i]), actions[i].explain);
    }
    buf_add(&keys, STR(".El\n"));
    buf_add(&now, (struct str){page.at, from + sizeof begin - 1});
    buf_add(&now, buf_str(&keys));
    buf_add(&now, str_from(page, to));
    if (getenv("IKEWALK_KEYS_WRITE")) {
        file = fopen(path, "w");
        assert_non_null(file);
        fwrite(now.at, 1, now.len, file);
        fclose(file);
    } else if (!str_eq(page, buf_str(&now))) {
        fail_msg("the keys in %s are not those of the table; IKEWALK_KEYS_WRITE=1 test_keys writes them",
                 path);
    }
    buf_release(&was);
    buf_release(&keys);
    buf_release(&now);
}

static void
words_find_actions(void **state)
{
    (void)state;
    const struct action *sort = action_on(SCREEN_TUNNELS, ACT_SORT);
    assert_true(action_holds(sort, ""));
    assert_true(action_holds(sort, "  SORT tunnels "));
    assert_false(action_holds(sort, "sort banana"));
    assert_null(action_on(SCREEN_LOG, ACT_SORT));
    assert_string_equal(action_place(sort), "tunnels");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_action_is_explained),
        cmocka_unit_test(no_key_has_two_actions_on_one_screen),
        cmocka_unit_test(every_screen_has_enter_esc_and_quit),
        cmocka_unit_test(letters_are_text_while_one_types),
        cmocka_unit_test(every_action_is_in_the_manual),
        cmocka_unit_test(words_find_actions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
