// judge REPORT TRUTH: compares the verdicts of a JSON report with what gen_log knows. Prints how many tunnels
// agree and, for those that do not, which script was taken for what. Ends with 1 when one differs.
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

// Is the checkpoint one of those in "psk|id"?
static bool
allowed(const char *checkpoint, const char *truth)
{
    size_t len = strlen(checkpoint);
    for (const char *at = truth; (at = strstr(at, checkpoint)); at += len)
        if ((at == truth || at[-1] == '|') && (!at[len] || at[len] == '|'))
            return true;
    return false;
}

static json_t *
by_name(json_t *report)
{
    json_t *names = json_object(), *tunnel;
    size_t i;
    json_array_foreach(json_object_get(report, "tunnels"), i, tunnel)
    {
        const char *name = json_string_value(json_object_get(tunnel, "name"));
        json_t *verdict = json_object_get(tunnel, "verdict");
        if (name)
            json_object_set(names, name, json_object_get(verdict, "checkpoint"));
    }
    return names;
}

int
main(int argc, char **argv)
{
    json_error_t wrong;
    json_t *report = argc == 3 ? json_load_file(argv[1], 0, &wrong) : NULL;
    FILE *truth = report ? fopen(argv[2], "r") : NULL;
    if (!truth) {
        fprintf(stderr, "judge: cannot read %s\n", report ? argv[2] : "the report");
        return 2;
    }
    json_t *names = by_name(report), *misses = json_object(), *times;
    size_t all = 0, agree = 0;
    char name[64], checkpoints[200], script[100], miss[256];
    while (fscanf(truth, "%63s %199s %99s", name, checkpoints, script) == 3) {
        const char *said = json_string_value(json_object_get(names, name));
        all++;
        if (said && allowed(said, checkpoints)) {
            agree++;
            continue;
        }
        snprintf(miss, sizeof miss, "%s: wanted %.60s, got %.30s", script, checkpoints,
                 said ? said : "no such tunnel");
        json_int_t before = json_integer_value(json_object_get(misses, miss));
        json_object_set_new(misses, miss, json_integer(before + 1));
    }
    fclose(truth);
    printf("%zu of %zu verdicts are the truth; %zu tunnels reported\n", agree, all, json_object_size(names));
    const char *what;
    json_object_foreach(misses, what, times)
    {
        printf("  %" JSON_INTEGER_FORMAT " x %s\n", json_integer_value(times), what);
    }
    json_decref(names);
    json_decref(misses);
    json_decref(report);
    return agree == all ? 0 : 1;
}
