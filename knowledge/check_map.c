#include "knowledge/checking.h"

enum { INITIATOR = 1, RESPONDER = 2, BOTH = 3 };

static int
side_of_role(int role)
{
    return role == ROLE_INITIATOR ? INITIATOR : role == ROLE_RESPONDER ? RESPONDER : BOTH;
}

static int
side_of_settings(const struct setting *settings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (settings[i].fact == FACT_ROLE)
            return side_of_role(settings[i].word);
    return BOTH;
}

static int
side_of_conditions(struct when_list when)
{
    int side = BOTH;
    for (size_t i = 0; i < when.count; i++) {
        const struct when *w = &when.at[i];
        if (w->fact != FACT_ROLE || (w->test != TEST_IS && w->test != TEST_ISNT))
            continue;
        int named = side_of_role(word_index(fact_words[FACT_ROLE], ROLE_RESPONDER + 1, w->word));
        side &= w->test == TEST_IS ? named : BOTH & ~named;
    }
    return side;
}

static void
add_event(const struct knowledge *k, const struct message *m, int index, struct check_dialect *dialect)
{
    if (index < 0)
        return;
    const struct event *event = &k->events[index];
    int side = side_of_settings(m->settings, m->setting_count) &
               side_of_settings(event->settings, event->setting_count);
    for (size_t s = 0; s < event->statement_count; s++) {
        const struct statement *statement = &event->statements[s];
        int seen = side & side_of_conditions(statement->when);
        for (int c = 0; c < CP_COUNT; c++)
            for (int end = 0; end < 2; end++)
                if ((statement->checkpoints & (1u << c)) && (seen & (1 << end)))
                    dialect->shows[c][end] |= 1u << statement->state;
    }
}

static bool
has_words(const struct knowledge *k, int dialect, int command)
{
    bool has = false;
    for (int d = dialect, hop = 0; d >= 0 && hop < 2; d = k->dialects[d].host, hop++)
        for (size_t i = 0; i < k->dialects[d].wording_count; i++)
            has |= k->dialects[d].wordings[i].command == command;
    return has;
}

static void
list_mute(const struct knowledge *k, int index, struct arena *arena, struct check_dialect *dialect)
{
    dialect->mute = ARENA_ARRAY(arena, struct str, k->command_count);
    for (size_t c = 0; c < k->command_count; c++) {
        if (k->commands[c].text.len)
            continue;
        if (has_words(k, index, (int)c))
            dialect->worded++;
        else
            dialect->mute[dialect->mute_count++] = arena_str(arena, k->commands[c].id);
    }
}

void
check_map(const struct knowledge *k, struct check_report *report)
{
    for (size_t d = 0; d < k->dialect_count; d++) {
        const struct dialect *dialect = &k->dialects[d];
        report->dialects[d].state = dialect->state;
        list_mute(k, (int)d, &report->arena, &report->dialects[d]);
        for (size_t t = 0; t < dialect->template_count; t++) {
            const struct message *m = &k->messages[dialect->templates[t].message];
            add_event(k, m, m->event, &report->dialects[d]);
            add_event(k, m, m->child_event, &report->dialects[d]);
        }
    }
}
