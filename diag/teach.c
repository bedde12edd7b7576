#include "diag/teach.h"

#include <ctype.h>
#include <strings.h>

const char *const lesson_kind_word[LESSON_KINDS] = {
    [LESSON_READ] = "read",     [LESSON_GUESS] = "guess", [LESSON_ASK] = "ask",
    [LESSON_ANSWER] = "answer", [LESSON_TRY] = "try",     [LESSON_PREDICT] = "predict",
};

const struct concept *
concept_about(const struct knowledge *k, struct str word, size_t *from)
{
    while (*from < k->concept_count) {
        const struct concept *c = &k->concepts[(*from)++];
        for (size_t i = 0; i < c->about_count; i++)
            if (str_eq(c->about[i], word))
                return c;
    }
    return NULL;
}

const struct concept *
concept_named(const struct knowledge *k, struct str id)
{
    for (size_t i = 0; i < k->concept_count; i++)
        if (str_eq(k->concepts[i].id, id))
            return &k->concepts[i];
    return NULL;
}

// A word of the text begins so: "sa" is in "IKE SA" and not in "messages".
static bool
holds_word(struct str text, struct str word)
{
    for (size_t i = 0; i + word.len <= text.len; i++)
        if ((i == 0 || !isalnum((unsigned char)text.at[i - 1])) &&
            strncasecmp(text.at + i, word.at, word.len) == 0)
            return true;
    return false;
}

bool
concept_holds(const struct concept *c, struct str words, bool whole)
{
    struct str rest = str_trim(words);
    if (!rest.len)
        return false;
    while (rest.len) {
        struct str word = {rest.at, str_find(rest, STR(" "))};
        if (!holds_word(c->title, word) && !holds_word(c->id, word) && !(whole && holds_word(c->text, word)))
            return false;
        rest = str_trim(str_from(rest, word.len));
    }
    return true;
}

const struct lesson *
lesson_named(const struct knowledge *k, struct str id_or_number)
{
    uint64_t number = 0;
    bool is_number = str_number(id_or_number, &number);
    for (size_t i = 0; i < k->lesson_count; i++)
        if (str_eq(k->lessons[i].id, id_or_number) || (is_number && (uint64_t)k->lessons[i].number == number))
            return &k->lessons[i];
    return NULL;
}

const struct path_case *
lesson_case(const struct knowledge *k, const struct lesson_step *step)
{
    for (size_t i = 0; step->path.len && i < k->portmap.case_count; i++)
        if (str_eq(k->portmap.cases[i].id, step->path))
            return &k->portmap.cases[i];
    return NULL;
}

bool
lesson_right(const struct knowledge *k, const struct lesson_step *step, size_t choice)
{
    const struct path_case *c = lesson_case(k, step);
    if (!c)
        return step->choices[choice].right;
    struct path p = {.map = &k->portmap, .family = c->family};
    for (size_t i = 0; i < c->fact_count; i++)
        path_set(&p, path_fact_named(p.map, c->facts[i].key), c->facts[i].value, FROM_FORM, NULL);
    return path_try(&p, NULL) == (enum path_outcome)step->choices[choice].outcome;
}
