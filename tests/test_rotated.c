// remote/rotated: a log in several files is one row.
#include "temp_folder.h"

#include "diag/str.h"
#include "remote/rotated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void
shell(const char *command)
{
    struct buf whole = {0};
    buf_addf(&whole, "cd %s && rm -rf ./* && { %s; }", folder, command);
    assert_int_equal(system(buf_cstr(&whole)), 0);
    buf_release(&whole);
}

// The rows as text: "label=member member;"
static void
assert_rows(const struct rotated *r, const char *want)
{
    struct buf rows = {0};
    for (size_t i = 0; i < r->count; i++) {
        buf_addf(&rows, "%s=", r->sets[i].label);
        for (size_t j = 0; j < r->sets[i].count; j++)
            buf_addf(&rows, "%s%s", j ? " " : "", r->sets[i].members[j].name);
        buf_add_char(&rows, ';');
    }
    assert_string_equal(buf_cstr(&rows), want);
    buf_release(&rows);
}

static void
assert_listed(const char *files, const char *want)
{
    struct rotated r;
    struct err e = {0};
    shell(files);
    assert_true(rotated_list(folder, &r, &e));
    assert_rows(&r, want);
    rotated_release(&r);
}

static void
a_set_is_one_row_oldest_first(void **state)
{
    (void)state;
    assert_listed("touch secure secure.1 secure.2.gz secure.10.gz secure.3.xz",
                  "secure*=secure.10.gz secure.3.xz secure.2.gz secure.1 secure;");
    assert_listed("touch messages messages-20241107 messages-20241101.zst messages-20241109-1731110400",
                  "messages*=messages-20241101.zst messages-20241107 messages-20241109-1731110400 messages;");
    assert_listed("touch a.log a.log.old a.log.2024-11-07.bz2 a.log.1",
                  "a.log*=a.log.2024-11-07.bz2 a.log.1 a.log.old a.log;");
    // without the newest
    assert_listed("touch x.1 x.2", "x*=x.2 x.1;");
}

static void
what_only_looks_alike_stays_apart(void **state)
{
    (void)state;
    assert_listed("touch auth auth.log auth.log.1 authpriv",
                  "auth=auth;auth.log*=auth.log.1 auth.log;authpriv=authpriv;");
    assert_listed("touch 192.0.2.1 192.0.2.2", "192.0.2.1=192.0.2.1;192.0.2.2=192.0.2.2;");
    assert_listed("touch one.gz gw-20249999 gw-v2 gw",
                  "gw=gw;gw-20249999=gw-20249999;gw-v2=gw-v2;one.gz=one.gz;");
    // the same rotation twice: reading both would tell everything twice
    assert_listed("touch s s.1 s.1.gz s.2", "s*=s.2 s.1 s;s.1.gz=s.1.gz;");
}

static void
folders_come_first_and_the_rest_is_counted(void **state)
{
    (void)state;
    struct rotated r;
    struct err e = {0};
    shell("mkdir pcap app && mkfifo pipe && ln -s nowhere link && touch b .hidden && printf 12345 > b.1");
    assert_true(rotated_list(folder, &r, &e));
    assert_rows(&r, "app/=;pcap/=;b*=b.1 b;");
    assert_true(r.sets[0].folder);
    assert_int_equal(r.left_out, 2);
    assert_int_equal(r.sets[2].size, 5);
    assert_true(r.sets[2].members[0].readable && !r.sets[2].members[0].packed);
    struct stat stat_b;
    assert_int_equal(stat(r.sets[2].members[0].path, &stat_b), 0);
    assert_true(r.sets[2].modified >= stat_b.st_mtim.tv_sec);
    rotated_release(&r);
    assert_false(rotated_list("/nowhere", &r, &e));
    assert_non_null(strstr(e.text, "/nowhere: cannot list the folder: No such file"));
    rotated_release(&r);
    assert_listed(":", "");
}

static void
a_path_gives_its_set(void **state)
{
    (void)state;
    struct rotated r;
    char path[128];
    shell("touch secure secure.1 secure.2.gz other .hidden");
    snprintf(path, sizeof path, "%s/secure.1", folder);
    rotated_of(path, &r);
    assert_rows(&r, "secure*=secure.2.gz secure.1 secure;");
    rotated_release(&r);
    // names as they are given, also in the folder at hand
    assert_int_equal(chdir(folder), 0);
    rotated_of("secure", &r);
    assert_int_equal(r.sets[0].count, 3);
    assert_string_equal(r.sets[0].members[2].path, "secure");
    rotated_release(&r);
    assert_int_equal(chdir("/"), 0);
    // what is no file in a listed folder stands alone
    snprintf(path, sizeof path, "%s/.hidden", folder);
    const char *const alone[] = {"-", "/nowhere/at/all", path};
    for (size_t i = 0; i < 3; i++) {
        rotated_of(alone[i], &r);
        assert_int_equal(r.count, 1);
        assert_int_equal(r.sets[0].count, 1);
        assert_string_equal(r.sets[0].members[0].path, alone[i]);
        rotated_release(&r);
    }
}

// Notes what it was shown; its answer is how often "IKE" stands there.
static int
count_ike(void *context, struct str text)
{
    int *shown = context;
    int found = 0;
    (*shown)++;
    for (size_t at; (at = str_find(text, STR("IKE"))) < text.len; found++)
        text = str_from(text, at + 3);
    return found;
}

static void
a_look_sees_the_start_and_the_end_of_the_newest(void **state)
{
    (void)state;
    struct rotated r;
    struct err e = {0};
    int shown = 0;
    shell("yes 'IKE' | head -n 2 | gzip -c > a.1.gz; : > a; "
          "{ head -c 1000000 /dev/zero; echo IKE IKE IKE; } > b; mkdir c");
    assert_true(rotated_list(folder, &r, &e));
    assert_rows(&r, "c/=;a*=a.1.gz a;b=b;");
    assert_int_equal(rotated_look(&r.sets[0], count_ike, &shown), -1);
    assert_int_equal(shown, 0);
    assert_int_equal(rotated_look(&r.sets[1], count_ike, &shown),
                     2); // the newest with something in it, unpacked
    assert_int_equal(shown, 1);
    assert_int_equal(rotated_look(&r.sets[2], count_ike, &shown), 3);
    assert_int_equal(shown, 3);
    rotated_release(&r);
}

int
main(void)
{
    folder_make();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_is_one_row_oldest_first),
        cmocka_unit_test(what_only_looks_alike_stays_apart),
        cmocka_unit_test(folders_come_first_and_the_rest_is_counted),
        cmocka_unit_test(a_path_gives_its_set),
        cmocka_unit_test(a_look_sees_the_start_and_the_end_of_the_newest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
