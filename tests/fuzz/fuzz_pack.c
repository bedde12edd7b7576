// Any bytes as a pack: it loads or it is refused with its name and a place inside it, and what lint finds in
// it lies inside it too. R4: nothing crashes, leaks or takes long.
#include "knowledge/check.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void
must(bool held)
{
    if (!held)
        abort();
}

static int
count_lines(struct str text)
{
    int lines = 2; // libyaml places what is missing at the end behind the last line
    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n' || text.at[i] == '\r' || (unsigned char)text.at[i] >= 0x80;
    return lines;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct str text = {(const char *)bytes, count};
    struct pack_text pack = {STR("fuzz.yaml"), text, 0, false};
    struct err e = {0};
    struct knowledge *k = knowledge_load(&pack, 1, &e);
    must((k == NULL) == (e.kind != ERR_NONE));
    must(k || strncmp(e.text, "fuzz.yaml:", 10) == 0);
    knowledge_free(k);

    struct check_report report = {0};
    bool clean = check_lint(&pack, 1, &report);
    must(clean == (report.problems.count == 0));
    int lines = count_lines(text);
    for (size_t i = 0; i < report.problems.count; i++) {
        const struct problem *p = &report.problems.at[i];
        must(p->sentence.len > 0 && p->line >= 0 && p->line <= lines);
    }
    check_release(&report);
    return 0;
}
