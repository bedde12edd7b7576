#include "tui/speakers.h"

const struct str *
speakers_of(const struct knowledge *k, struct arena *arena, size_t *count)
{
    size_t room = 0;
    for (size_t d = 0; d < k->dialect_count; d++)
        room += k->dialects[d].daemon_count;
    struct str *all = ARENA_ARRAY(arena, struct str, room);
    *count = 0;
    for (size_t d = 0; d < k->dialect_count; d++)
        for (size_t i = 0; i < k->dialects[d].daemon_count; i++)
            all[(*count)++] = k->dialects[d].daemons[i];
    return all;
}
