// knowledge/yaml: packs as text to trees; what must never reach a pack is refused with its place (R4).
// knowledge/tree: a tree as bytes and back.
#include "knowledge/yaml.h"

#include "diag/arena.h"
#include "knowledge/embed.h"
#include "knowledge/folder.h"
#include "knowledge/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

struct read {
    struct arena arena;
    struct problems problems;
    const struct node *root;
};

static const struct str name = {"a.yaml", 6};

static struct read
read_text(struct str text)
{
    struct read r = {0};
    r.root = yaml_read(text, &name, &r.arena, &r.arena, &r.problems);
    return r;
}

static void
done(struct read *r)
{
    arena_release(&r->arena);
    problems_release(&r->problems);
}

static void
refused(struct str text, int line, int column, const char *part)
{
    struct read r = read_text(text);
    assert_null(r.root);
    assert_int_equal(r.problems.count, 1);
    assert_true(str_eq(r.problems.at[0].file, name));
    if (!strstr(r.problems.at[0].sentence.at, part))
        fail_msg("\"%s\" does not say \"%s\"", r.problems.at[0].sentence.at, part);
    assert_int_equal(r.problems.at[0].line, line);
    assert_int_equal(r.problems.at[0].column, column);
    done(&r);
}

static void
a_tree_knows_its_places(void **state)
{
    (void)state;
    struct read r = read_text(STR("a: one\nb:\n  - x\n  - {k: v, l: 'w'}\nc: |-\n  text: \"[\n"));
    assert_non_null(r.root);
    assert_int_equal(r.root->kind, NODE_MAPPING);
    assert_int_equal(r.root->count, 3);
    const struct node *a = node_get(r.root, "a"), *b = node_get(r.root, "b");
    assert_true(str_eq(a->text, STR("one")));
    assert_int_equal(a->line, 1);
    assert_int_equal(a->column, 4);
    assert_int_equal(a->key_column, 1);
    assert_int_equal(b->kind, NODE_SEQUENCE);
    assert_int_equal(b->count, 2);
    const struct node *l = node_get(&b->items[1], "l");
    assert_int_equal(l->style, NODE_QUOTED);
    assert_int_equal(l->key_line, 4);
    assert_int_equal(l->key_column, 12);
    assert_true(str_eq(*l->file, name));
    assert_null(node_get(r.root, "d"));
    assert_null(node_get(a, "d"));
    done(&r);
}

static void
pasted_text_stays_as_it_is(void **state)
{
    (void)state;
    struct read r = read_text(
        STR("- |-\n  \"a\" #1: x: [y] {z} 'q' \\n & * ! % @ ` # c\n- |\n  a\n- >-\n  a\n  b\n- a\n"));
    assert_true(str_eq(r.root->items[0].text, STR("\"a\" #1: x: [y] {z} 'q' \\n & * ! % @ ` # c")));
    assert_int_equal(r.root->items[0].style, NODE_BLOCK);
    assert_int_equal(r.root->items[1].style, NODE_FOLDED);
    assert_int_equal(r.root->items[2].style, NODE_FOLDED);
    assert_int_equal(r.root->items[3].style, NODE_PLAIN);
    done(&r);
}

static void
r4_what_packs_do_not_use_is_refused(void **state)
{
    (void)state;
    refused(STR("a: &x 1\n"), 1, 4, "anchors");
    refused(STR("a: &x [1]\n"), 1, 4, "anchors");
    refused(STR("a: 1\nb: *x\n"), 2, 4, "aliases");
    refused(STR("a: !!int 1\n"), 1, 4, "tags");
    refused(STR("a: !x {}\n"), 1, 4, "tags");
    refused(STR("a: 1\n---\nb: 1\n"), 2, 1, "second document");
    refused(STR("? [a]\n: 1\n"), 1, 3, "key must be a word");
    refused(STR("{[a]: 1}\n"), 1, 2, "key must be a word");
    refused(STR("\"\": 1\n"), 1, 1, "key must be a word");
    refused(STR(""), 1, 1, "empty");
    refused(STR("# only a remark\n"), 1, 1, "empty");
}

static void
r4_what_is_not_yaml_is_refused_with_its_place(void **state)
{
    (void)state;
    refused(STR("a: 1\n b: 2\n"), 2, 3, "mapping values");
    refused(STR("a: [1\nb: 2\n"), 2, 2, "");
    refused(STR("a: \"x\n"), 2, 1, "");
    refused(STR("a: x\ty\n\xff\xfe\n"), 1, 1, "");
    refused(STR("a: \x1b[31m\n"), 1, 1, "control");
}

static void
r4_a_key_stands_once(void **state)
{
    (void)state;
    refused(STR("a: 1\nb: 2\na: 3\n"), 3, 1, "\"a\" stands here a second time; line 1");
    struct buf many = {0};
    for (int i = 0; i < 100000; i++)
        buf_addf(&many, "k%d: 1\n", i);
    struct read r = read_text(buf_str(&many));
    assert_int_equal(r.root->count, 100000);
    done(&r);
    buf_addf(&many, "k77: 1\n");
    refused(buf_str(&many), 100001, 1, "k77");
    buf_release(&many);
}

static void
r4_depth_is_limited(void **state)
{
    (void)state;
    struct buf deep = {0};
    assert_int_equal(YAML_DEPTH, 64);
    for (int i = 0; i < YAML_DEPTH; i++)
        buf_add_char(&deep, '[');
    for (int i = 0; i < YAML_DEPTH; i++)
        buf_add_char(&deep, ']');
    struct read r = read_text(buf_str(&deep));
    assert_non_null(r.root);
    done(&r);
    buf_clear(&deep);
    for (int i = 0; i <= YAML_DEPTH; i++)
        buf_add_char(&deep, '[');
    for (int i = 0; i <= YAML_DEPTH; i++)
        buf_add_char(&deep, ']');
    refused(buf_str(&deep), 1, YAML_DEPTH + 1, "nested deeper than 64");
    buf_release(&deep);
}

// R4: libyaml alone needs seconds for 50 KB of opening brackets.
static void
r4_no_text_costs_more_than_its_bytes(void **state)
{
    (void)state;
    static const char *const hostile[] = {"[",    "{",   "- ",  "? ", "[a: ", "{a: ",    "{? ",
                                          "[[],", "[a,", "\"",  "a ", "a: ",  "- - -\n", "&a ",
                                          "!",    "|\n", "'\n", "# ", "%",    "\t",      "- |\n"};
    char *text = mem_new(YAML_SIZE);
    for (size_t h = 0; h < sizeof hostile / sizeof *hostile; h++) {
        size_t len = strlen(hostile[h]);
        for (size_t i = 0; i < YAML_SIZE; i++)
            text[i] = hostile[h][i % len];
        clock_t before = clock();
        struct read r = read_text((struct str){text, YAML_SIZE});
        double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
        if (seconds > 5)
            fail_msg("4 MiB of \"%s\" took %.1f s", hostile[h], seconds);
        done(&r);
    }
    free(text);
}

static void
r4_size_is_limited(void **state)
{
    (void)state;
    char *text = mem_new(YAML_SIZE + 1);
    memset(text, ' ', YAML_SIZE + 1);
    memcpy(text, "a: 1", 4);
    struct read r = read_text((struct str){text, YAML_SIZE});
    assert_non_null(r.root);
    done(&r);
    refused((struct str){text, YAML_SIZE + 1}, 0, 0, "at most 4194304");
    free(text);
}

static void
many_problems_are_counted(void **state)
{
    (void)state;
    struct problems p = {0};
    for (int i = 0; i < PROBLEMS_KEPT + 10; i++)
        problems_add(&p, name, i + 1, 1, "number %d", i);
    assert_int_equal(p.count, PROBLEMS_KEPT);
    assert_int_equal(problems_total(&p), PROBLEMS_KEPT + 10);
    struct err e = {0};
    assert_false(problems_none(&p, &e));
    assert_string_equal(e.text, "a.yaml:1:1: cannot use the pack: number 0");
    problems_release(&p);
    assert_true(problems_none(&p, &e));
}

static void
same_nodes(const struct node *a, const struct node *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->style, b->style);
    assert_int_equal(a->line, b->line);
    assert_int_equal(a->column, b->column);
    assert_int_equal(a->key_line, b->key_line);
    assert_int_equal(a->key_column, b->key_column);
    assert_true(str_eq(a->key, b->key));
    assert_true(str_eq(a->text, b->text));
    assert_true(str_eq(*a->file, *b->file));
    assert_true(!b->key.at || b->key.at[b->key.len] == '\0');
    assert_true(!b->text.at || b->text.at[b->text.len] == '\0');
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        same_nodes(&a->items[i], &b->items[i]);
}

static void
the_trees_in_the_program_are_those_of_the_packs(void **state)
{
    (void)state;
    assert_true(embedded_pack_count > 0);
    for (size_t i = 0; i < embedded_pack_count; i++) {
        const struct embedded *pack = &embedded_packs[i];
        char path[512];
        struct folder folder = {0};
        struct err e = {0};
        snprintf(path, sizeof path, IKEWALK_SOURCE_DIR "/knowledge/packs/%s", pack->name);
        assert_true(folder_read(&folder, path, true, 0, &e));
        struct read r = read_text(folder.packs[0].bytes);
        assert_non_null(r.root);
        same_nodes(r.root, tree_read((struct str){pack->at, pack->len}, &name, &r.arena));
        done(&r);
        folder_release(&folder);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_knows_its_places),
        cmocka_unit_test(pasted_text_stays_as_it_is),
        cmocka_unit_test(r4_what_packs_do_not_use_is_refused),
        cmocka_unit_test(r4_what_is_not_yaml_is_refused_with_its_place),
        cmocka_unit_test(r4_a_key_stands_once),
        cmocka_unit_test(r4_depth_is_limited),
        cmocka_unit_test(r4_no_text_costs_more_than_its_bytes),
        cmocka_unit_test(r4_size_is_limited),
        cmocka_unit_test(many_problems_are_counted),
        cmocka_unit_test(the_trees_in_the_program_are_those_of_the_packs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
