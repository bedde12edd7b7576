#include "tui/sample.h"

#include "diag/arena.h"
#include "diag/text.h"
#include "tui/words.h"

#include <string.h>

static const char ending[] = ".log";

bool
sample_is(const char *source)
{
    return strncmp(source, SAMPLE_MARK, sizeof SAMPLE_MARK - 1) == 0;
}

static bool
is_called(const char *name, const char *wanted)
{
    size_t len = strlen(wanted);
    return strncmp(name, wanted, len) == 0 && (!name[len] || strcmp(name + len, ending) == 0);
}

static const char *
file_of(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

// The file's name without its ending, or with its folder too, of every sample log.
static const char *
nearest(const char *wanted, struct arena *arena)
{
    const char **names = ARENA_ARRAY(arena, const char *, embedded_log_count);
    for (size_t i = 0; i < embedded_log_count; i++) {
        const char *name = strchr(wanted, '/') ? embedded_logs[i].name : file_of(embedded_logs[i].name);
        const char *end = strstr(name, ending);
        names[i] = arena_str(arena, (struct str){name, end ? (size_t)(end - name) : strlen(name)}).at;
    }
    return text_nearest(str_of(wanted), names, embedded_log_count);
}

const struct embedded *
sample_find(const char *source, struct err *e)
{
    const char *wanted = source + sizeof SAMPLE_MARK - 1;
    const struct embedded *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < embedded_log_count; i++) {
        if (is_called(embedded_logs[i].name, wanted))
            return &embedded_logs[i];
        if (is_called(file_of(embedded_logs[i].name), wanted)) {
            found = &embedded_logs[i];
            count++;
        }
    }
    if (count == 1)
        return found;
    struct arena arena = {0};
    const char *near = nearest(wanted, &arena);
    if (count)
        err_set(e, ERR_USAGE, _("%s: cannot open the sample: several have that name, such as %s"), source,
                found->name);
    else if (near)
        err_set(e, ERR_USAGE, _("%s: cannot open the sample: there is none of that name; the nearest is %s"),
                source, near);
    else
        err_set(e, ERR_USAGE, _("%s: cannot open the sample: there is none of that name"), source);
    arena_release(&arena);
    return NULL;
}
