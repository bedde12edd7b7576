#include "knowledge/checking.h"

#include "diag/teach.h"
#include "knowledge/trial.h"

// One step while it is proved.
struct hearing {
    const struct knowledge *k;
    struct check_report *report;
    const struct lesson *lesson;
    const struct lesson_step *step;
    struct trial *trial;
};

#define FAILS(h, at, ...)                                                                                    \
    check_tell((h)->report, (h)->lesson->file, (at), "lesson", (h)->lesson->id, __VA_ARGS__)

static void
hear_line(struct hearing *h, const struct claim *c)
{
    struct str line = trial_line(h->trial->log, c->line);
    if (!line.len) {
        FAILS(h, c->at_line, "the log has no line %llu", (unsigned long long)c->line);
        return;
    }
    struct reading reading;
    diag_read(h->trial->diag, line, STR_NONE, &reading);
    struct str message = reading.message ? reading.message->id : STR_NONE;
    if (c->message.len && !str_eq(message, c->message))
        FAILS(h, c->at_line, "line %llu is the message %.*s, not %.*s", (unsigned long long)c->line,
              STR_ARG(message.len ? message : STR("(not understood)")), STR_ARG(c->message));
    if (c->proves < 0)
        return;
    const struct rung *rung = view_rung(h->trial->tunnel, (enum checkpoint)c->proves);
    for (size_t i = 0; i < rung->proof_count; i++)
        if (rung->proofs[i].line == c->line && (!c->decides || rung->proofs[i].deciding))
            return;
    FAILS(h, c->at_line, "line %llu does not %s %s", (unsigned long long)c->line,
          c->decides ? "decide" : "prove", checkpoint_word[c->proves]);
}

static void
hear_ladder(struct hearing *h, const struct claim *c)
{
    static const char none[] = "none";
    const struct rung *rung =
        c->checkpoint >= 0 ? view_rung(h->trial->tunnel, (enum checkpoint)c->checkpoint) : NULL;
    if (rung && c->state >= 0 && rung->state != (enum state)c->state)
        FAILS(h, c->at_line, "%s is %s, not %s", checkpoint_word[c->checkpoint], state_word[rung->state],
              state_word[c->state]);
    if (rung && c->basis >= 0 && rung->basis != (enum basis)c->basis)
        FAILS(h, c->at_line, "the basis of %s is %s", checkpoint_word[c->checkpoint],
              rung->basis ? basis_word[rung->basis] : none);
    const struct order *order = h->trial->tunnel->order;
    if (c->order.len && (!order || !str_eq(order->id, c->order)))
        FAILS(h, c->at_line, "the order is %.*s, not %.*s", STR_ARG(order ? order->id : STR("unknown")),
              STR_ARG(c->order));
}

static void
hear_verdict(struct hearing *h, const struct claim *c)
{
    const struct verdict *v = &h->trial->row->verdict;
    struct str cause = v->finding ? v->finding->cause : STR("none");
    if (c->verdict >= 0 && v->checkpoint != (enum checkpoint)c->verdict)
        FAILS(h, c->at_line, "the verdict is %s, not %s", checkpoint_word[v->checkpoint],
              checkpoint_word[c->verdict]);
    if (c->certainty >= 0 && v->certainty != (enum certainty)c->certainty)
        FAILS(h, c->at_line, "the verdict is %s, not %s", certainty_word[v->certainty],
              certainty_word[c->certainty]);
    if (c->cause.len && !str_eq(cause, c->cause))
        FAILS(h, c->at_line, "the cause is %.*s, not %.*s", STR_ARG(cause), STR_ARG(c->cause));
    bool found = !c->finding.len;
    for (size_t i = 0; i < h->trial->tunnel->finding_count && !found; i++)
        found = str_eq(h->trial->tunnel->findings[i].rule->id, c->finding);
    if (!found)
        FAILS(h, c->at_line, "finding %.*s does not come out", STR_ARG(c->finding));
}

// How often the report holds the key, and whether with this text.
static size_t
look_up(const struct value *values, size_t count, struct str key, struct str text, bool *found)
{
    size_t seen = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < values[i].count && str_eq(values[i].key, key); n++, seen++)
            *found |= str_eq(values[i].text[n], text);
    return seen;
}

static void
hear_value(struct hearing *h, const struct claim *c)
{
    const struct tunnel_view *t = h->trial->tunnel;
    struct str key = c->value.len ? c->value : c->untold;
    bool found = false;
    size_t seen = 0;
    for (int i = 0; i < CP_COUNT; i++)
        seen += look_up(t->ladder[i].values, t->ladder[i].value_count, key, c->text, &found);
    for (size_t i = 0; i < t->finding_count; i++)
        seen += look_up(t->findings[i].values, t->findings[i].value_count, key, c->text, &found);
    if (c->value.len && !found)
        FAILS(h, c->at_line, "no %.*s is \"%.*s\"", STR_ARG(c->value), STR_ARG(c->text));
    if (c->untold.len && seen)
        FAILS(h, c->at_line, "the log tells %.*s", STR_ARG(c->untold));
}

static void
hear(struct hearing *h, const struct claim *c)
{
    size_t before = problems_total(&h->report->problems);
    h->report->claims++;
    if (c->line)
        hear_line(h, c);
    hear_ladder(h, c);
    hear_verdict(h, c);
    if (c->value.len || c->untold.len)
        hear_value(h, c);
    h->report->claims_good += problems_total(&h->report->problems) == before;
}

// Every L12 of a text is claimed by its step: a text cannot point at a line that is something else.
static void
check_mentions(struct hearing *h, struct str text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.at[i] != 'L' || (i && (text.at[i - 1] > ' ' && text.at[i - 1] != '(')))
            continue;
        size_t end = i + 1;
        while (end < text.len && text.at[end] >= '0' && text.at[end] <= '9')
            end++;
        uint64_t number;
        bool word = end < text.len && ((text.at[end] | 0x20) >= 'a' && (text.at[end] | 0x20) <= 'z'); // L2TP
        if (word || !str_number((struct str){text.at + i + 1, end - i - 1}, &number))
            continue;
        bool claimed = false;
        for (size_t c = 0; c < h->step->claim_count; c++)
            claimed |= h->step->claims[c].line == number;
        if (!claimed)
            FAILS(h, h->step->at_line, "the text names L%llu, and no claim of its step speaks of that line",
                  (unsigned long long)number);
    }
}

static uint64_t
line_count(struct str log)
{
    uint64_t lines = log.len && log.at[log.len - 1] != '\n';
    for (size_t i = 0; i < log.len; i++)
        lines += log.at[i] == '\n';
    return lines;
}

// The path is known, and its judgement makes exactly one of the predictions right.
static void
hear_prediction(struct hearing *h)
{
    const struct lesson_step *s = h->step;
    size_t right = 0;
    size_t before = problems_total(&h->report->problems);
    h->report->claims++;
    if (!lesson_case(h->k, s)) {
        FAILS(h, s->at_line, "the portmap has no case %.*s", STR_ARG(s->path));
        return;
    }
    for (size_t i = 0; i < s->choice_count; i++)
        right += lesson_right(h->k, s, i);
    if (right != 1)
        FAILS(h, s->at_line, "the judgement of the path makes %zu of the predictions right, not one", right);
    h->report->claims_good += problems_total(&h->report->problems) == before;
}

static void
check_step(struct hearing *h)
{
    const struct lesson_step *s = h->step;
    check_mentions(h, s->text);
    check_mentions(h, s->hint);
    for (size_t i = 0; i < s->choice_count; i++) {
        check_mentions(h, s->choices[i].text);
        check_mentions(h, s->choices[i].reply);
    }
    if (s->kind == LESSON_PREDICT)
        hear_prediction(h);
    if (!s->log.len)
        return;
    struct str log;
    if (!trial_log(s->log, &log)) {
        FAILS(h, s->at_line, "there is no log %.*s below assets/logs", STR_ARG(s->log));
        return;
    }
    for (size_t i = 0; i < s->line_count; i++)
        if (s->lines[i].last > line_count(log))
            FAILS(h, s->at_line, "%.*s has no line %llu", STR_ARG(s->log),
                  (unsigned long long)s->lines[i].last);
    struct trial trial;
    trial_run(&trial, h->k, &(struct trial_texts){.log = log}, s->tunnel, false);
    h->trial = &trial;
    if (!trial.tunnel)
        FAILS(h, s->at_line, "%.*s shows no tunnel %.*s", STR_ARG(s->log), STR_ARG(s->tunnel));
    for (size_t i = 0; trial.tunnel && i < s->claim_count; i++)
        hear(h, &s->claims[i]);
    trial_end(&trial);
    h->trial = NULL;
}

void
check_lessons(const struct knowledge *k, struct check_report *report)
{
    report->lessons = k->lesson_count;
    for (size_t i = 0; i < k->lesson_count; i++)
        for (size_t n = 0; n < k->lessons[i].step_count; n++) {
            struct hearing h = {
                .k = k, .report = report, .lesson = &k->lessons[i], .step = &k->lessons[i].steps[n]};
            check_step(&h);
        }
}
