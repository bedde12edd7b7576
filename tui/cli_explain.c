#include "tui/cli.h"

#include "diag/diag.h"
#include "diag/teach.h"
#include "diag/text.h"
#include "knowledge/departure.h"
#include "tui/packwords.h"
#include "tui/words.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct explain {
    const struct knowledge *k;
    struct diag *diag;
    struct buf out;
    bool foreign; // a line was not understood
};

enum { OPT_KB = 256, OPT_HELP, OPT_LIST, PAGE = 80, LABEL = 14, LITERAL_LEAST = 6 };

static const struct option options[] = {
    {"kb", required_argument, NULL, OPT_KB},
    {"list", no_argument, NULL, OPT_LIST},
    {"lang", required_argument, NULL, CLI_LANG},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static const char *
help(void)
{
    return _("Usage: ikewalk explain [OPTIONS] WHAT\n"
             "       ikewalk explain [OPTIONS] --list\n"
             "\n"
             "WHAT is a checkpoint, a concept (main-mode, pfs, nat-t ...) or words of its title,\n"
             "the id of a finding, a cause, an event or a message (DIALECT/MESSAGE), or a line\n"
             "of a log in quotes; - reads lines from standard input.\n"
             "Of a line it says which message it is, what that means and which values it holds.\n"
             "\n"
             "      --list       the concepts: each checkpoint, exchange and term in half a page\n"
             "      --kb DIR     knowledge packs of your own over those built in\n"
             "      --lang LANG  language of the words\n"
             "      --help       this text\n"
             "\n"
             "Exit status: 0 explained, 1 a line was not understood, 2 usage.\n");
}

// A label and a text behind it, wrapped at words.
static void
put(struct explain *x, const char *label, struct str text)
{
    struct buf safe = {0};
    text_safe(text, &safe);
    struct str rest = str_trim(buf_str(&safe));
    size_t column = LABEL;
    int taken = (int)text_columns(str_of(label)); // letters of another language are several bytes
    buf_addf(&x->out, "%s%*s", label, taken < LABEL ? LABEL - taken : 1, "");
    bool first = true;
    while (rest.len) {
        size_t length = str_find(rest, STR(" "));
        size_t width = text_columns((struct str){rest.at, length});
        if (!first && column + 1 + width > PAGE) {
            buf_addf(&x->out, "\n%*s", LABEL, "");
            column = LABEL;
            first = true;
        }
        column += width + !first;
        if (!first)
            buf_add_char(&x->out, ' ');
        buf_add(&x->out, (struct str){rest.at, length});
        rest = str_trim(str_from(rest, length));
        first = false;
    }
    while (x->out.len && x->out.at[x->out.len - 1] == ' ')
        x->out.len--;
    buf_add_char(&x->out, '\n');
    buf_release(&safe);
}

static void
put_when(const struct when_list *list, struct buf *text)
{
    static const char *const verbs[] = {
        [TEST_IS] = "is",
        [TEST_ISNT] = "isnt",
        [TEST_KNOWN] = "known",
        [TEST_UNKNOWN] = "unknown",
    };
    for (size_t i = 0; i < list->count; i++) {
        const struct when *w = &list->at[i];
        buf_add(text, i ? STR(" and ") : STR(" when "));
        if (w->test == TEST_SAW || w->test == TEST_NEVER)
            buf_addf(text, "%s %.*s", w->test == TEST_SAW ? "saw" : "never", STR_ARG(w->name));
        else
            buf_addf(text, "%.*s %s", STR_ARG(w->name), verbs[w->test]);
        if (w->test == TEST_IS || w->test == TEST_ISNT)
            buf_addf(text, " %.*s", STR_ARG(w->word));
    }
}

static void
put_statements(struct explain *x, const struct event *e)
{
    for (size_t i = 0; i < e->statement_count; i++) {
        const struct statement *s = &e->statements[i];
        struct buf text = {0};
        for (size_t c = 0; c < CP_COUNT; c++)
            if (s->checkpoints & 1u << c)
                buf_addf(&text, "%s%s", text.len ? ", " : "", checkpoint_word[c]);
        buf_addf(&text, " %s", s->state == ST_UNKNOWN ? _("(values only)") : state_word[s->state]);
        put_when(&s->when, &text);
        put(x, i ? "" : _("means"), buf_str(&text));
        buf_release(&text);
    }
}

static void
put_event(struct explain *x, const struct event *e)
{
    struct buf text = {0};
    buf_add(&text, e->id);
    if (e->note.len)
        buf_add(&text, STR(": "));
    buf_add(&text, packwords_note(e->note));
    put(x, _("event"), buf_str(&text));
    put_statements(x, e);
    buf_release(&text);
}

static void
put_message_id(struct explain *x, const char *label, const struct message *m)
{
    struct buf id = {0};
    buf_addf(&id, "%.*s/%.*s", STR_ARG(x->k->dialects[m->dialect].id), STR_ARG(m->id));
    put(x, label, buf_str(&id));
    buf_release(&id);
}

static void
put_message(struct explain *x, const struct message *m)
{
    put_message_id(x, _("message"), m);
    if (m->note.len)
        put(x, _("note"), packwords_note(m->note));
    if (m->event >= 0)
        put_event(x, &x->k->events[m->event]);
    if (m->child_event >= 0)
        put_event(x, &x->k->events[m->child_event]);
    if (m->event < 0 && m->child_event < 0)
        put(x, _("event"), str_of(_("none: it only informs")));
}

static void
explain_message(struct explain *x, const struct message *m)
{
    put_message(x, m);
    const struct dialect *d = &x->k->dialects[m->dialect];
    for (size_t i = 0; i < d->template_count; i++)
        if (&x->k->messages[d->templates[i].message] == m)
            put(x, _("match"), d->templates[i].text);
    for (size_t i = 0; i < m->example_count; i++)
        put(x, _("example"), m->examples[i].line);
}

static void
explain_checkpoint(struct explain *x, size_t c)
{
    const struct checkpoint_text *t = &x->k->checkpoint[c];
    put(x, _("checkpoint"), str_of(checkpoint_word[c]));
    put(x, _("title"), t->title);
    put(x, _("question"), t->question);
    put(x, _("explanation"), t->explanation);
    for (size_t i = 0; i < x->k->cause_count; i++) {
        struct str cause = x->k->causes[i].key;
        if (!cause_is_of(cause, (enum checkpoint)c))
            continue;
        struct buf text = {0};
        buf_addf(&text, "%.*s: %.*s", STR_ARG(cause), STR_ARG(x->k->causes[i].value));
        put(x, _("cause"), buf_str(&text));
        buf_release(&text);
    }
}

static void
explain_finding(struct explain *x, const struct finding *f)
{
    struct buf text = {0};
    put(x, _("finding"), f->id);
    put(x, _("checkpoint"), str_of(checkpoint_word[f->checkpoint]));
    put(x, _("cause"), f->cause);
    buf_addf(&text, "%s, %s", _(severity_word[f->severity]), _(certainty_word[f->certainty]));
    put(x, _("severity"), buf_str(&text));
    buf_clear(&text);
    put_when(&f->when, &text);
    put(x, _("holds"),
        text.len ? str_trim(buf_str(&text)) : str_of(_("always, where nothing before it does")));
    put(x, _("title"), f->title);
    put(x, _("explanation"), f->explanation);
    for (size_t i = 0; i < f->unknown_count; i++)
        put(x, i ? "" : _("unknown"), f->unknown[i]);
    for (size_t i = 0; i < f->alternative_count; i++) {
        buf_clear(&text);
        buf_addf(&text, "%.*s: %.*s", STR_ARG(f->alternatives[i].cause),
                 STR_ARG(f->alternatives[i].tell_apart));
        put(x, _("or else"), buf_str(&text));
    }
    for (size_t i = 0; i < f->step_count; i++) {
        buf_clear(&text);
        buf_addf(&text, "%s: %.*s", where_word[f->steps[i].where], STR_ARG(f->steps[i].act));
        put(x, i ? "" : _("steps"), buf_str(&text));
    }
    const struct concept *page;
    size_t from = 0, pages = 0;
    for (; (page = concept_about(x->k, f->cause, &from)); pages++)
        put(x, pages ? "" : _("page"), page->id);
    page = pages ? NULL : concept_named(x->k, str_of(checkpoint_word[f->checkpoint]));
    if (page)
        put(x, _("page"), page->id);
    buf_release(&text);
}

static void
explain_cause(struct explain *x, const struct pair *cause)
{
    put(x, _("cause"), cause->key);
    put(x, _("label"), cause->value);
    for (size_t i = 0; i < x->k->finding_count; i++)
        if (str_eq(x->k->findings[i].cause, cause->key)) {
            struct buf text = {0};
            buf_addf(&text, "%.*s: %.*s", STR_ARG(x->k->findings[i].id), STR_ARG(x->k->findings[i].title));
            put(x, _("finding"), buf_str(&text));
            buf_release(&text);
        }
}

static void
explain_event(struct explain *x, const struct event *e)
{
    put_event(x, e);
    for (size_t i = 0; i < x->k->message_count; i++)
        if (x->k->messages[i].event == (int)(e - x->k->events))
            put_message_id(x, _("said by"), &x->k->messages[i]);
}

static void
explain_concept(struct explain *x, const struct concept *c)
{
    put(x, _("concept"), c->title);
    struct str text = c->text;
    for (bool first = true; text.len; first = false) {
        size_t end = str_find(text, STR("\n"));
        if (!first)
            buf_add_char(&x->out, '\n');
        put(x, first ? _("text") : "", (struct str){text.at, end});
        text = str_from(text, end + 1);
    }
    put(x, _("written in"), c->source);
    for (size_t i = 0; i < c->see_count; i++)
        put(x, i ? "" : _("see also"), c->see[i]);
}

// Concept pages: that name itself, and what a checkpoint, cause or order leads to.
static void
explain_concepts(struct explain *x, struct str name)
{
    const struct concept *own = concept_named(x->k, name), *c;
    if (own)
        explain_concept(x, own);
    for (size_t from = 0; (c = concept_about(x->k, name, &from));)
        if (c != own)
            explain_concept(x, c);
}

// Concepts whose titles hold these words: "IKE SA", "dead peer"; false when none does.
static bool
explain_words(struct explain *x, struct str words)
{
    size_t before = x->out.len;
    struct buf id = {0};
    for (size_t i = 0; i < words.len; i++)
        buf_add_char(
            &id, words.at[i] == ' ' || words.at[i] == '_' ? '-' : (char)tolower((unsigned char)words.at[i]));
    const struct concept *named = concept_named(x->k, buf_str(&id));
    buf_release(&id);
    if (named)
        explain_concept(x, named);
    for (size_t i = 0; !named && i < x->k->concept_count; i++) {
        if (!concept_holds(&x->k->concepts[i], words, false))
            continue;
        if (x->out.len > before)
            buf_add_char(&x->out, '\n');
        explain_concept(x, &x->k->concepts[i]);
    }
    return x->out.len > before;
}

static void
list_concepts(struct explain *x)
{
    size_t widest = 0;
    for (size_t i = 0; i < x->k->concept_count; i++)
        if (x->k->concepts[i].id.len > widest)
            widest = x->k->concepts[i].id.len;
    for (size_t i = 0; i < x->k->concept_count; i++) {
        const struct concept *c = &x->k->concepts[i];
        buf_addf(&x->out, "%-*.*s  ", (int)widest, STR_ARG(c->id));
        text_safe(c->title, &x->out);
        buf_add_char(&x->out, '\n');
    }
}

// Explains a name of the knowledge; false when it is none.
static bool
explain_name(struct explain *x, struct str name)
{
    size_t before = x->out.len;
    const struct knowledge *k = x->k;
    int checkpoint = word_index(checkpoint_word, CP_COUNT, name);
    if (checkpoint >= 0)
        explain_checkpoint(x, (size_t)checkpoint);
    for (size_t i = 0; i < k->finding_count; i++)
        if (str_eq(k->findings[i].id, name))
            explain_finding(x, &k->findings[i]);
    for (size_t i = 0; i < k->cause_count; i++)
        if (str_eq(k->causes[i].key, name))
            explain_cause(x, &k->causes[i]);
    for (size_t i = 0; i < k->event_count; i++)
        if (str_eq(k->events[i].id, name))
            explain_event(x, &k->events[i]);
    size_t slash = str_find(name, STR("/"));
    for (size_t i = 0; slash < name.len && i < k->message_count; i++)
        if (str_eq(k->dialects[k->messages[i].dialect].id, (struct str){name.at, slash}) &&
            str_eq(k->messages[i].id, str_from(name, slash + 1)))
            explain_message(x, &k->messages[i]);
    explain_concepts(x, name);
    return x->out.len > before;
}

// How much of a template's literal text the body holds: the start it shares, or the longest piece.
static size_t
likeness(const struct template *t, struct str body)
{
    struct str head = tmpl_head(t->tmpl), longest = tmpl_longest(t->tmpl);
    size_t shared = 0;
    while (shared < head.len && shared < body.len && head.at[shared] == body.at[shared])
        shared++;
    return longest.len > shared && str_find(body, longest) < body.len ? longest.len : shared;
}

static void
put_nearest(struct explain *x, const struct reading *r)
{
    const struct template *nearest = NULL;
    size_t most = LITERAL_LEAST;
    for (size_t d = 0; d < x->k->dialect_count; d++) {
        const struct dialect *dialect = &x->k->dialects[d];
        if (r->dialect && r->dialect != dialect)
            continue;
        for (size_t i = 0; i < dialect->template_count; i++) {
            size_t like = likeness(&dialect->templates[i], str_from(r->line.raw, r->body));
            if (like > most) {
                nearest = &dialect->templates[i];
                most = like;
            }
        }
    }
    if (!nearest) {
        put(x, _("nearest"), str_of(_("no message begins like it")));
        return;
    }
    put_message_id(x, _("nearest"), &x->k->messages[nearest->message]);
    put(x, _("which wants"), nearest->text);
    struct departure d;
    if (!departure_find(nearest->text, r->line.raw, &d))
        return;
    struct buf parts = {0};
    buf_addf(&parts, _("\"%.*s\" is wanted where the line has \"%.*s\""), STR_ARG(d.wants), STR_ARG(d.has));
    put(x, _("they part"), buf_str(&parts));
    buf_release(&parts);
}

static void
put_reading(struct explain *x, const struct reading *r)
{
    struct buf text = {0};
    if (r->dialect) {
        buf_addf(&text, "%.*s, %.*s", STR_ARG(r->dialect->id), STR_ARG(r->dialect->title));
        put(x, _("dialect"), buf_str(&text));
    } else {
        put(x, _("dialect"), str_of(_("none of those that are known writes such a line")));
    }
    if (r->message) {
        put_message(x, r->message);
        put(x, _("matched by"), r->template->text);
        if (r->fit == FIT_START)
            put(x, "", str_of(_("(its beginning; the rest of the line carries no value that is read)")));
    } else {
        put(x, _("message"), str_of(_("not understood")));
        put_nearest(x, r);
        x->foreign = true;
    }
    for (size_t i = 0; i < r->slots.count; i++) {
        buf_clear(&text);
        buf_addf(&text, "%.*s = %.*s", STR_ARG(r->slots.at[i].name), STR_ARG(r->slots.at[i].value));
        put(x, i ? "" : _("values"), buf_str(&text));
    }
    buf_release(&text);
}

static void
explain_line(struct explain *x, struct str raw)
{
    struct reading r;
    memset(&r, 0, sizeof r);
    diag_read(x->diag, raw, STR_NONE, &r);
    put(x, _("line"), raw);
    put_reading(x, &r);
}

// Lines of standard input, each explained as soon as it is complete.
static bool
explain_input(struct explain *x)
{
    struct lines *lines = lines_new(0);
    struct line line;
    char block[64 * 1024];
    ssize_t count;
    bool good = true, any = false;
    do {
        count = read(STDIN_FILENO, block, sizeof block);
        if (count < 0 && errno == EINTR)
            continue;
        if (count > 0)
            lines_feed(lines, block, (size_t)count);
        while (good && (count > 0 ? lines_next(lines, &line) : lines_last(lines, &line))) {
            if (any)
                buf_add_char(&x->out, '\n');
            any = true;
            explain_line(x, line.raw);
            good = cli_print(buf_str(&x->out));
            buf_clear(&x->out);
        }
    } while (good && count > 0);
    if (count < 0) {
        cli_complain(_("standard input: cannot read it: %s"), strerror(errno));
        good = false;
    }
    lines_free(lines);
    return good;
}

static int
unknown_name(const struct explain *x, const char *what)
{
    const char *nearest = text_nearest(str_of(what), checkpoint_word, CP_COUNT);
    struct arena arena = {0};
    const struct knowledge *k = x->k;
    size_t count = 0;
    const char **names = ARENA_ARRAY(&arena, const char *,
                                     k->finding_count + k->cause_count + k->event_count + k->concept_count);
    for (size_t i = 0; i < k->finding_count; i++)
        names[count++] = arena_str(&arena, k->findings[i].id).at;
    for (size_t i = 0; i < k->cause_count; i++)
        names[count++] = arena_str(&arena, k->causes[i].key).at;
    for (size_t i = 0; i < k->event_count; i++)
        names[count++] = arena_str(&arena, k->events[i].id).at;
    for (size_t i = 0; i < k->concept_count; i++)
        names[count++] = arena_str(&arena, k->concepts[i].id).at;
    if (!nearest)
        nearest = text_nearest(str_of(what), names, count);
    if (nearest)
        cli_misused("explain", _("%s: cannot explain it: nothing of that name is known; the nearest is %s"),
                    what, nearest);
    else
        cli_misused("explain", _("%s: cannot explain it: nothing of that name is known"), what);
    arena_release(&arena);
    return CLI_WRONG;
}

static int
run_explain(struct explain *x, const char *what)
{
    struct str whole = str_of(what);
    if (strcmp(what, "-") == 0)
        return !explain_input(x) ? CLI_WRONG : x->foreign ? CLI_FAULT : CLI_GOOD;
    if (!explain_name(x, whole) && !explain_words(x, whole)) {
        if (str_find(whole, STR(" ")) == whole.len)
            return unknown_name(x, what);
        explain_line(x, whole);
    }
    return !cli_print(buf_str(&x->out)) ? CLI_WRONG : x->foreign ? CLI_FAULT : CLI_GOOD;
}

int
cli_explain(int argc, char **argv)
{
    const char *folder = NULL;
    bool list = false;
    optind = 0;
    for (int option, index = 0; (option = cli_option(argc, argv, options, &index)) != -1;) {
        if (option == OPT_KB)
            folder = optarg;
        else if (option == OPT_LIST)
            list = true;
        else if (option == OPT_HELP || option == 'h')
            return cli_print(str_of(help())) ? CLI_GOOD : CLI_WRONG;
        else
            return CLI_WRONG;
    }
    if (list && optind < argc)
        return cli_misused("explain", _("--list: cannot explain as well: give it alone"));
    if (!list && optind + 1 != argc)
        return cli_misused("explain", optind == argc
                                          ? _("WHAT: cannot explain anything: name it")
                                          : _("WHAT: cannot explain several: put a line in quotes"));
    if (!cli_named("explain", "WHAT", argv + optind))
        return CLI_WRONG;
    struct knowledge *k = cli_knowledge(folder);
    if (!k)
        return CLI_WRONG;
    struct explain x = {.k = k, .diag = diag_new(k, &(struct diag_host){0})};
    if (list)
        list_concepts(&x);
    int status = !list ? run_explain(&x, argv[optind]) : cli_print(buf_str(&x.out)) ? CLI_GOOD : CLI_WRONG;
    buf_release(&x.out);
    diag_free(x.diag);
    knowledge_free(k);
    return status;
}
