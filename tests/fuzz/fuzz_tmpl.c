// Any bytes as a template and any as the text that it is held against: nothing breaks, a match lies inside
// its text, and what the matcher promises to those who look before they match (head, longest literal, first
// byte) is true. The first line of the input is the template.
#include "diag/literal.h"
#include "diag/tmpl.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void
must(bool held)
{
    if (!held)
        abort();
}

static bool
within(struct str part, struct str whole)
{
    return part.len == 0 || (part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

static bool
same(const struct slots *a, const struct slots *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; i < a->count && equal; i++)
        equal = a->at[i].value.at == b->at[i].value.at && a->at[i].value.len == b->at[i].value.len;
    return equal;
}

static void
match(const struct tmpl *t, struct str text)
{
    struct slots slots = {0}, again = {0};
    enum tmpl_fit fit = tmpl_match(t, text, &slots);
    must(tmpl_match(t, text, NULL) == fit);
    if (fit == FIT_NONE)
        return;
    must(slots.count <= TMPL_SLOTS && within(slots.rest, text));
    for (size_t i = 0; i < slots.count; i++)
        must(within(slots.at[i].value, text) && slots.at[i].name.len > 0);
    // Tabs, no-break spaces and quotes are a blank or the end of an empty hole, and are not asked for.
    if (text.len && !memchr("\t\xc2\"", text.at[0], 3))
        must(tmpl_may_begin(t, (unsigned char)text.at[0]));
    struct str head = tmpl_head(t), longest = tmpl_longest(t);
    const char *behind = text.at;
    if (head.len) {
        const struct literal literal = literal_of(head);
        behind = literal_end(&literal, text.at, text.at + text.len);
        must(behind != NULL);
    }
    struct trail trail;
    must(tmpl_match_next(t, 0, behind, text, &again, &trail) == fit && same(&slots, &again));
    again.count = 0;
    must(tmpl_match_next(t, tmpl_shared(t, t), behind, text, &again, &trail) == fit && same(&slots, &again));
    if (longest.len && !memchr(longest.at, ' ', longest.len))
        must(str_find(text, longest) < text.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct str all = {(const char *)bytes, count};
    size_t end = str_find(all, STR("\n"));
    struct arena arena = {0};
    struct err e = {0};
    struct tmpl *t = tmpl_compile((struct str){all.at, end}, &arena, &e);
    must((t == NULL) == (e.kind != ERR_NONE) && (t || e.text[0]));
    if (t)
        match(t, str_from(all, end + 1));
    arena_release(&arena);
    return 0;
}
