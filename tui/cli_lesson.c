// ikewalk lesson: opens the training in the wizard, or writes a lesson as text for a trainer to hand out.
#include "tui/cli.h"

#include "diag/page.h"
#include "diag/teach.h"
#include "diag/text.h"
#include "knowledge/trial.h"
#include "tui/figures.h"
#include "tui/output.h"
#include "tui/settings.h"
#include "tui/wizard.h"
#include "tui/words.h"

#include <stdio.h>

enum {
    OPT_PRINT = 256,
    OPT_KB,
    OPT_LOGS,
    OPT_ASCII,
    OPT_OUTPUT,
    OPT_HELP,
    QUOTED = 9,
    NAMES = 256,
    TITLE = 18
};

static const struct option options[] = {
    {"print", no_argument, NULL, OPT_PRINT},     {"kb", required_argument, NULL, OPT_KB},
    {"logs", required_argument, NULL, OPT_LOGS}, {"output", required_argument, NULL, OPT_OUTPUT},
    {"ascii", no_argument, NULL, OPT_ASCII},     {"lang", required_argument, NULL, CLI_LANG},
    {"help", no_argument, NULL, OPT_HELP},       {NULL, 0, NULL, 0},
};

static const char *
help(void)
{
    return _("Usage: ikewalk lesson [OPTIONS] [NAME]\n"
             "\n"
             "Opens the list of lessons in the wizard, or the lesson NAME (its number or its id);\n"
             "\"practice\" draws a recorded fault that you have not seen.\n"
             "\n"
             "  --print        write the lesson as text, with its answers at the end;\n"
             "                 without NAME the list\n"
             "  --output FILE  write it there, whole or not at all\n"
             "  --logs DIR     practice with the logs of this folder\n"
             "  --kb DIR       packs that lie over the built-in ones\n"
             "  --ascii        ASCII only\n"
             "  --lang LANG    language of the lesson and of the screens\n"
             "  --help         this text\n"
             "\n"
             "Exit status: 0 done, 2 usage.\n");
}

struct print {
    struct page page;
    const struct knowledge *k;
    const struct lesson *lesson;
    struct trial trial; // of the log below
    struct str log, tunnel;
};

// Makes the log of a step the one at hand; false when there is none of that name.
static bool
turn_to(struct print *p, const struct lesson_step *s)
{
    if (p->trial.diag && str_eq(s->log, p->log) && str_eq(s->tunnel, p->tunnel))
        return true;
    if (p->trial.diag)
        trial_end(&p->trial);
    struct str log;
    if (!s->log.len || !trial_log(s->log, &log))
        return false;
    trial_run(&p->trial, p->k, &(struct trial_texts){.log = log}, s->tunnel, false);
    p->log = s->log;
    p->tunnel = s->tunnel;
    return true;
}

// Paragraphs are parted by empty lines, as in a pack.
static void
put_text(struct print *p, struct str text, size_t indent)
{
    for (bool first = true; text.len; first = false) {
        if (!first)
            page_end_line(&p->page);
        size_t end = str_find(text, STR("\n"));
        struct str row = {text.at, end};
        page_pad(&p->page, 0, indent);
        page_wrap(&p->page, page_clean(&p->page, row, false), indent, indent);
        page_end_line(&p->page);
        text = str_from(text, end + 1);
    }
}

static void
put_lines(struct print *p, const struct lesson_step *s)
{
    if (!s->line_count || !turn_to(p, s))
        return;
    page_end_line(&p->page);
    for (size_t i = 0; i < s->line_count; i++)
        for (uint64_t n = s->lines[i].first; n <= s->lines[i].last; n++) {
            char label[32];
            size_t columns = (size_t)snprintf(label, sizeof label, "  L%llu", (unsigned long long)n);
            page_put(&p->page, label);
            page_pad(&p->page, columns, QUOTED);
            page_wrap(&p->page, page_clean(&p->page, trial_line(p->trial.log, n), true), QUOTED, QUOTED);
            page_end_line(&p->page);
        }
}

static void
put_ladder(struct print *p, const struct lesson_step *s)
{
    if (!turn_to(p, s) || !p->trial.tunnel)
        return;
    page_end_line(&p->page);
    const struct tunnel_view *t = p->trial.tunnel;
    for (int i = 0; i < CP_COUNT; i++) {
        const struct rung *rung = &t->ladder[i];
        struct str title = view_title(p->k, rung->checkpoint, t->row.auth);
        const struct proof *proof = view_deciding(rung->proofs, rung->proof_count);
        struct buf row = {0};
        buf_addf(&row, "  %.*s %.*s", STR_ARG(figures_mark(rung->state, rung->basis)), STR_ARG(title));
        for (size_t columns = text_columns(title); columns < TITLE; columns++)
            buf_add_char(&row, ' ');
        buf_addf(&row, " %s", figures_word(rung->state, rung->basis));
        if (proof && rung->state != ST_NOT_REACHED)
            buf_addf(&row, "  L%llu", (unsigned long long)proof->line);
        page_put(&p->page, buf_cstr(&row));
        page_end_line(&p->page);
        buf_release(&row);
    }
}

static void
put_head(struct print *p, size_t n, const char *kind)
{
    char head[64];
    snprintf(head, sizeof head, "%zu. %s", n + 1, kind);
    page_end_line(&p->page);
    page_paint(&p->page, PAINT_STRONG, str_of(head));
    page_end_line(&p->page);
}

static const char *const kind_title[LESSON_KINDS] = {
    [LESSON_READ] = N_("Read"),
    [LESSON_GUESS] = N_("Place the fault on the ladder"),
    [LESSON_ASK] = N_("Question"),
    [LESSON_ANSWER] = N_("Answer"),
    [LESSON_TRY] = N_("Try it on the log"),
    [LESSON_PREDICT] = N_("Predict"),
};

// The same path without a screen.
static void
put_call(struct print *p, const struct lesson_step *s)
{
    const struct path_case *c = lesson_case(p->k, s);
    struct buf call = {0};
    if (!c)
        return;
    buf_addf(&call, "  ikewalk encap --family %.*s", STR_ARG(p->k->portmap.families[c->family].id));
    struct str mapped[2] = {STR_NONE, STR_NONE};
    for (size_t i = 0; i < c->fact_count; i++) {
        struct str key = c->facts[i].key, value = c->facts[i].value;
        if (str_eq(key, STR("mapped-tcp")))
            mapped[0] = value;
        else if (str_eq(key, STR("mapped-udp")))
            mapped[1] = value;
        else
            buf_addf(&call, " --%.*s %.*s", STR_ARG(key), STR_ARG(value));
    }
    bool tcp = str_eq(mapped[0], STR("yes")), udp = str_eq(mapped[1], STR("yes"));
    if (mapped[0].len || mapped[1].len)
        buf_addf(&call, " --mapped %s", tcp && udp ? "tcp,udp" : tcp ? "tcp" : udp ? "udp" : "none");
    put_text(p, buf_str(&call), 2);
    buf_release(&call);
}

static void
put_step(struct print *p, size_t n)
{
    const struct lesson_step *s = &p->lesson->steps[n];
    put_head(p, n, _(kind_title[s->kind]));
    put_text(p, s->text, 0);
    put_lines(p, s);
    for (size_t i = 0; i < s->choice_count; i++) {
        char letter[8];
        snprintf(letter, sizeof letter, "  %c  ", (int)('a' + i));
        page_put(&p->page, letter);
        page_wrap(&p->page, page_clean(&p->page, s->choices[i].text, false), 5, 5);
        page_end_line(&p->page);
    }
    if (s->kind == LESSON_ANSWER)
        put_ladder(p, s);
    if (s->kind == LESSON_PREDICT)
        put_call(p, s);
    if (s->kind == LESSON_TRY) {
        struct buf call = {0};
        buf_addf(&call, "  ikewalk sample:%.*s", STR_ARG(s->log));
        page_put(&p->page, buf_cstr(&call));
        page_end_line(&p->page);
        buf_release(&call);
    }
}

// What the diagnosis says to the question where the fault is, behind the number that answers it.
static void
put_verdict(struct print *p, const struct lesson_step *s)
{
    if (!turn_to(p, s) || !p->trial.row || !p->trial.tunnel)
        return;
    const struct verdict *v = &p->trial.row->verdict;
    struct buf text = {0};
    const struct rung *rung = view_rung(p->trial.tunnel, v->checkpoint);
    int place = rung ? (int)(rung - p->trial.tunnel->ladder) : CP_COUNT;
    char number[16];
    snprintf(number, sizeof number, "  %d* ", place);
    page_put(&p->page, number);
    if (v->checkpoint == CP_NONE)
        buf_add(&text, str_of(_("Nowhere: the tunnel came up.")));
    else
        buf_addf(&text, _("%.*s, %s: %.*s"), STR_ARG(view_title(p->k, v->checkpoint, p->trial.row->auth)),
                 _(certainty_word[v->certainty]), STR_ARG(v->finding ? v->finding->title : STR_NONE));
    page_wrap(&p->page, page_clean(&p->page, buf_str(&text), false), 5, 5);
    page_end_line(&p->page);
    buf_release(&text);
}

static void
put_answers(struct print *p)
{
    bool any = false;
    for (size_t n = 0; n < p->lesson->step_count; n++) {
        const struct lesson_step *s = &p->lesson->steps[n];
        if (!s->choice_count && s->kind != LESSON_GUESS)
            continue;
        if (!any) {
            page_end_line(&p->page);
            page_paint(&p->page, PAINT_STRONG, str_of(_("Answers")));
            page_end_line(&p->page);
        }
        any = true;
        char number[32];
        snprintf(number, sizeof number, "%zu.", n + 1);
        page_put(&p->page, number);
        page_end_line(&p->page);
        for (size_t i = 0; i < s->choice_count; i++) {
            snprintf(number, sizeof number, lesson_right(p->k, s, i) ? "  %c* " : "  %c  ", (int)('a' + i));
            page_put(&p->page, number);
            page_wrap(&p->page, page_clean(&p->page, s->choices[i].reply, false), 5, 5);
            page_end_line(&p->page);
        }
        if (s->kind == LESSON_GUESS)
            put_verdict(p, s);
    }
}

static void
put_lesson(struct print *p)
{
    struct buf title = {0};
    buf_addf(&title, _("Lesson %d: %.*s"), p->lesson->number, STR_ARG(p->lesson->title));
    page_paint(&p->page, PAINT_STRONG, buf_str(&title));
    page_end_line(&p->page);
    buf_release(&title);
    put_text(p, p->lesson->about, 0);
    for (size_t n = 0; n < p->lesson->step_count; n++)
        put_step(p, n);
    put_answers(p);
    if (p->trial.diag)
        trial_end(&p->trial);
}

static void
put_list(struct print *p)
{
    for (size_t i = 0; i < p->k->lesson_count; i++) {
        const struct lesson *l = &p->k->lessons[i];
        struct buf row = {0};
        buf_addf(&row, "%2d  %-24.*s ", l->number, STR_ARG(l->id));
        page_put(&p->page, buf_cstr(&row));
        page_wrap(&p->page, page_clean(&p->page, l->title, false), row.len, row.len);
        page_end_line(&p->page);
        buf_release(&row);
    }
}

static const struct lesson *
find_lesson(const struct knowledge *k, const char *name)
{
    const struct lesson *found = lesson_named(k, str_of(name));
    if (found)
        return found;
    const char *names[NAMES];
    size_t count = 0;
    struct arena arena = {0};
    for (size_t i = 0; i < k->lesson_count && count < NAMES; i++)
        names[count++] = arena_str(&arena, k->lessons[i].id).at;
    const char *nearest = text_nearest(str_of(name), names, count);
    if (nearest)
        cli_misused("lesson", _("%s: cannot open this lesson: there is none of that name; the nearest is %s"),
                    name, nearest);
    else
        cli_misused("lesson", _("%s: cannot open this lesson: there is none of that name"), name);
    arena_release(&arena);
    return NULL;
}

static bool
take_bytes(void *self, struct str bytes, struct err *e)
{
    return output_write(self, bytes, e);
}

// name NULL: the list.
static int
print_lesson(const struct knowledge *k, const char *name, const char *path, bool ascii)
{
    struct err e = {0};
    struct print p = {.k = k, .lesson = name ? find_lesson(k, name) : NULL};
    if (name && !p.lesson)
        return CLI_WRONG;
    struct output *output = output_open(path, &e);
    struct redact *redact = redact_new(false, false);
    const struct report report = {
        .self = output, .write = take_bytes, .redact = redact, .say = words_say, .ascii = ascii};
    p.page = (struct page){.r = &report, .e = &e};
    bool good = output != NULL;
    if (good && p.lesson)
        put_lesson(&p);
    else if (good)
        put_list(&p);
    good = good && page_finish(&p.page);
    if (good)
        good = output_close(output, &e);
    else
        output_drop(output);
    redact_free(redact);
    if (!good)
        cli_complain("%s", e.text);
    return good ? CLI_GOOD : CLI_WRONG;
}

// In the wizard, with the user's settings.
static int
play(struct wizard_options wizard, bool ascii)
{
    struct settings settings;
    struct err e = {0}, said = {0};
    if (!cli_settings(&settings, &e))
        wizard.problem = e.text;
    if (ascii)
        settings_option(&settings, SET_ASCII, "on", &said);
    wizard.settings = &settings;
    bool good = wizard_run(&wizard, &said);
    settings_release(&settings);
    if (!good)
        cli_complain("%s", said.text);
    return good ? CLI_GOOD : CLI_WRONG;
}

int
cli_lesson(int argc, char **argv)
{
    const char *kb = NULL, *path = NULL, *logs = NULL;
    bool print = false, ascii = false;
    int option;
    while ((option = cli_option(argc, argv, options, NULL)) != -1)
        switch (option) {
        case OPT_PRINT:
            print = true;
            break;
        case OPT_KB:
            kb = optarg;
            break;
        case OPT_LOGS:
            logs = optarg;
            break;
        case OPT_OUTPUT:
            path = optarg;
            print = true;
            break;
        case OPT_ASCII:
            ascii = true;
            break;
        case OPT_HELP:
        case 'h':
            return cli_print(str_of(help())) ? CLI_GOOD : CLI_WRONG;
        default:
            return CLI_WRONG;
        }
    const char *name = optind < argc ? argv[optind] : NULL;
    if (argc - optind > 1)
        return cli_misused("lesson", _("%s: cannot open this as well: one lesson at a time"),
                           argv[optind + 1]);
    if (!cli_named("lesson", "NAME", argv + optind))
        return CLI_WRONG;
    if (print)
        ascii = cli_ascii(ascii, path);
    struct knowledge *k = cli_knowledge(kb);
    if (!k)
        return CLI_WRONG;
    int status = CLI_GOOD;
    bool practice = name && strcmp(name, "practice") == 0;
    if (print)
        status = practice ? cli_misused("lesson",
                                        _("practice: cannot print this: it draws a fault anew each time"))
                          : print_lesson(k, name, path, ascii);
    else if (name && !practice && !find_lesson(k, name))
        status = CLI_WRONG;
    knowledge_free(k);
    if (print || status != CLI_GOOD)
        return status;
    return play((struct wizard_options){.kb = kb, .lesson = name ? name : "", .practice = logs}, ascii);
}
