#include "diag/teach.h"

const char *const lesson_kind_word[LESSON_KINDS] = {
    [LESSON_READ] = "read",     [LESSON_GUESS] = "guess", [LESSON_ASK] = "ask",
    [LESSON_ANSWER] = "answer", [LESSON_TRY] = "try",
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
