#include "tui/cli.h"

#include "diag/text.h"
#include "knowledge/check.h"
#include "knowledge/folder.h"
#include "knowledge/texts.h"
#include "tui/words.h"

enum {
    OPT_CAUSES = 256,
    OPT_DIALECTS,
    OPT_TEXTS,
    OPT_KB,
    OPT_HELP,
    KIND_WIDTH = 11,
    ID_WIDTH = 30,
    SIDE_WIDTH = 30
};

static const struct option options[] = {
    {"causes", no_argument, NULL, OPT_CAUSES},
    {"dialects", no_argument, NULL, OPT_DIALECTS},
    {"texts", no_argument, NULL, OPT_TEXTS},
    {"kb", required_argument, NULL, OPT_KB},
    {"lang", required_argument, NULL, CLI_LANG},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

struct order_of_kb {
    bool causes, dialects, texts;
    struct folder folder;
};

static const char *
help(void)
{
    return _("Usage: ikewalk kb lint|test|list [OPTIONS] [PACK...]\n"
             "\n"
             "  lint   whether every record keeps the promises of the format\n"
             "  test   whether the examples and cases come out as they say\n"
             "  list   the records, one a line\n"
             "\n"
             "A PACK is a file or folder of your own, laid over the built-in packs.\n"
             "\n"
             "      --causes    list: only the causes\n"
             "      --dialects  list: which dialect shows which checkpoint, and on which side\n"
             "      --texts     list: what a translator needs, as a template of gettext\n"
             "      --kb DIR    the same as naming DIR as a PACK\n"
             "      --lang LANG language of the words\n"
             "      --help      this text\n"
             "\n"
             "Exit status of lint and test: 0 clean, 1 something to mend, 2 usage or unreadable.\n");
}

static void
put_safe(struct buf *out, struct str text)
{
    text_safe(text, out);
}

// A text, and blanks to the width of its column.
static void
put_cell(struct buf *out, struct str text, size_t width)
{
    size_t before = out->len;
    put_safe(out, text);
    size_t columns = text_columns((struct str){out->at + before, out->len - before});
    buf_addf(out, "%*s", (int)(columns < width ? width - columns + 1 : 1), "");
}

static void
put_problems(struct buf *out, const struct problems *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct problem *problem = &p->at[i];
        if (problem->file.len) {
            put_safe(out, problem->file);
            if (problem->line)
                buf_addf(out, ":%d", problem->line);
            if (problem->column)
                buf_addf(out, ":%d", problem->column);
            buf_add(out, STR(": "));
        }
        put_safe(out, problem->sentence);
        buf_add_char(out, '\n');
    }
    if (p->more)
        buf_addf(out, _("and %zu more\n"), p->more);
}

static void
put_lint(struct buf *out, const struct check_report *r)
{
    for (size_t i = 0; i < r->dialect_count; i++) {
        const struct check_dialect *d = &r->dialects[i];
        put_safe(out, d->id);
        buf_addf(out, P_(": %zu message", ": %zu messages", d->messages), d->messages);
        buf_addf(out, P_(", %zu template", ", %zu templates", d->templates), d->templates);
        buf_addf(out, _(" (%zu inherited)"), d->inherited);
        buf_addf(out, P_(", %zu example", ", %zu examples", d->examples), d->examples);
        if (d->open_heads)
            buf_addf(out,
                     P_("; %zu template begins with a hole or with little text",
                        "; %zu templates begin with a hole or with little text", d->open_heads),
                     d->open_heads);
        buf_add_char(out, '\n');
    }
}

static void
put_test(struct buf *out, const struct check_report *r)
{
    size_t good = 0;
    for (size_t i = 0; i < r->case_count; i++) {
        good += r->cases[i].good;
        if (r->cases[i].good)
            continue;
        buf_addf(out, "%s ", _("case"));
        put_safe(out, r->cases[i].id);
        buf_add(out, STR(": "));
        put_safe(out, r->cases[i].title);
        buf_addf(out, ": %s\n", _("does not come out as it says"));
    }
    buf_addf(out, P_("%zu case, ", "%zu cases, ", r->case_count), r->case_count);
    buf_addf(out, P_("%zu of them comes out as it says\n", "%zu of them come out as they say\n", good), good);
    if (!r->lessons)
        return;
    buf_addf(out, P_("%zu lesson makes ", "%zu lessons make ", r->lessons), r->lessons);
    buf_addf(out, P_("%zu claim about its log, ", "%zu claims about their logs, ", r->claims), r->claims);
    buf_addf(out, P_("%zu of them holds\n", "%zu of them hold\n", r->claims_good), r->claims_good);
}

static void
put_rows(struct buf *out, const struct check_report *r, bool causes)
{
    for (size_t i = 0; i < r->row_count; i++) {
        const struct check_row *row = &r->rows[i];
        bool cause = str_eq(row->kind, STR("cause"));
        if (causes && !cause)
            continue;
        if (!causes)
            put_cell(out, row->kind, KIND_WIDTH);
        put_cell(out, row->id, ID_WIDTH);
        put_safe(out, row->title);
        while (out->len && out->at[out->len - 1] == ' ')
            out->len--;
        buf_add_char(out, '\n');
    }
}

static void
put_side(struct buf *out, unsigned states, size_t width)
{
    static const enum state shown[] = {ST_PASSED, ST_FAILED, ST_SUSPECTED};
    struct buf text = {0};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (states & 1u << shown[i])
            buf_addf(&text, "%s%s", text.len ? " " : "", state_word[shown[i]]);
    if (!text.len)
        buf_addf(&text, "%s", states & 1u << ST_UNKNOWN ? _("values only") : "-");
    put_cell(out, buf_str(&text), width);
    buf_release(&text);
}

// What steps of findings say in words of this dialect.
static void
put_commands(struct buf *out, const struct check_dialect *d)
{
    enum { WIDTH = 76 };
    if (d->state)
        return;
    buf_addf(out, _("  steps with their command: %zu of %zu"), d->worded, d->worded + d->mute_count);
    size_t column = WIDTH;
    for (size_t i = 0; i < d->mute_count; i++) {
        bool turn = column + d->mute[i].len + 2 > WIDTH;
        buf_addf(out, "%s%s", i ? "," : _("; without:"), turn ? "\n    " : " ");
        column = (turn ? 4 : column + 2) + d->mute[i].len;
        put_safe(out, d->mute[i]);
    }
    buf_add_char(out, '\n');
}

// What the pack rests on and cannot show, in its own lines.
static void
put_note(struct buf *out, struct str note)
{
    while (note.len) {
        struct str line = {note.at, str_find(note, STR("\n"))};
        buf_add(out, STR("  "));
        put_safe(out, str_trim(line));
        buf_add_char(out, '\n');
        note = str_from(note, line.len + 1);
    }
}

// The map of the blind spots.
static void
put_dialects(struct buf *out, const struct check_report *r)
{
    for (size_t i = 0; i < r->dialect_count; i++) {
        const struct check_dialect *d = &r->dialects[i];
        put_safe(out, d->id);
        buf_add(out, STR(": "));
        put_safe(out, d->title);
        buf_add_char(out, '\n');
        put_note(out, d->note);
        buf_add(out, STR("  "));
        put_cell(out, str_of(_("checkpoint")), 14);
        put_cell(out, str_of(_("log of the initiator")), SIDE_WIDTH);
        buf_addf(out, "%s\n", _("log of the responder"));
        for (size_t c = 0; c < CP_COUNT; c++) {
            buf_add(out, STR("  "));
            put_cell(out, str_of(checkpoint_word[c]), 14);
            put_side(out, d->shows[c][0], SIDE_WIDTH);
            put_side(out, d->shows[c][1], 0);
            while (out->at[out->len - 1] == ' ')
                out->len--;
            buf_add_char(out, '\n');
        }
        put_commands(out, d);
    }
}

static void
put_quoted(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\n')
            buf_add(out, STR("\\n"));
        else if (text.at[i] == '"' || text.at[i] == '\\')
            buf_addf(out, "\\%c", text.at[i]);
        else
            buf_add_char(out, text.at[i]);
    }
}

// A text that stands in several records comes several times; msguniq makes one of them.
static void
put_text(void *self, struct str *text, struct str id, const char *what)
{
    struct buf *out = self;
    buf_addf(out, "#. %.*s%s%s\nmsgid \"", STR_ARG(id), id.len ? " " : "", what);
    put_quoted(out, *text);
    buf_add(out, STR("\"\nmsgstr \"\"\n\n"));
}

// The texts of the built-in packs and those laid over them.
static int
print_texts(const struct order_of_kb *o)
{
    struct err e = {0};
    struct buf out = {0};
    struct knowledge *k = knowledge_load(o->folder.packs, o->folder.count, &e);
    if (!k)
        return cli_complain("%s", e.text), CLI_FAULT;
    buf_add(&out, STR("msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n\n"));
    texts_each(k, put_text, &out);
    texts_each_note(k, put_text, &out);
    bool printed = cli_print(buf_str(&out));
    buf_release(&out);
    knowledge_free(k);
    return printed ? CLI_GOOD : CLI_WRONG;
}

static int
run_kb(const char *verb, const struct order_of_kb *o)
{
    struct check_report r = {0};
    struct buf out = {0};
    bool clean;
    const struct pack_text *packs = o->folder.packs;
    if (strcmp(verb, "lint") == 0) {
        clean = check_lint(packs, o->folder.count, &r);
        put_problems(&out, &r.problems);
        put_lint(&out, &r);
    } else if (strcmp(verb, "test") == 0) {
        clean = check_test(packs, o->folder.count, &r);
        put_problems(&out, &r.problems);
        put_test(&out, &r);
    } else {
        clean = o->dialects ? check_lint(packs, o->folder.count, &r) : check_list(packs, o->folder.count, &r);
        if (o->dialects && r.dialect_count) {
            clean = true; // what lint complains about is lint's to say
            put_dialects(&out, &r);
        } else {
            put_problems(&out, &r.problems);
            put_rows(&out, &r, o->causes);
        }
    }
    if (strcmp(verb, "list") != 0)
        buf_addf(&out, "%s\n", clean ? _("clean") : _("something is to be mended"));
    bool printed = cli_print(buf_str(&out));
    check_release(&r);
    buf_release(&out);
    return !printed ? CLI_WRONG : clean ? CLI_GOOD : CLI_FAULT;
}

static bool
add_pack(struct order_of_kb *o, const char *path)
{
    struct err e = {0};
    if (folder_read(&o->folder, path, true, 1, &e))
        return true;
    cli_complain("%s", e.text);
    return false;
}

// The options; -1 to go on, else the exit status.
static int
take_options(struct order_of_kb *o, int argc, char **argv)
{
    for (int option, index = 0; (option = cli_option(argc, argv, options, &index)) != -1;) {
        switch (option) {
        case OPT_CAUSES:
            o->causes = true;
            break;
        case OPT_DIALECTS:
            o->dialects = true;
            break;
        case OPT_TEXTS:
            o->texts = true;
            break;
        case OPT_KB:
            if (!add_pack(o, optarg))
                return CLI_WRONG;
            break;
        case 'h':
        case OPT_HELP:
            return cli_print(str_of(help())) ? CLI_GOOD : CLI_WRONG;
        default:
            return CLI_WRONG;
        }
    }
    return -1;
}

// The verb and the packs behind it.
static int
do_verb(struct order_of_kb *o, int count, char **words)
{
    static const char *const verbs[] = {"lint", "test", "list"};
    if (count == 0)
        return cli_misused("kb", _("cannot do anything: say lint, test or list"));
    if (word_index(verbs, 3, str_of(words[0])) < 0)
        return cli_misused("kb", _("%s: cannot do this: it is lint, test or list"), words[0]);
    if ((o->causes || o->dialects || o->texts) && strcmp(words[0], "list") != 0)
        return cli_misused("kb", _("%s: cannot take --causes, --dialects or --texts: they belong to list"),
                           words[0]);
    if (!cli_named("kb", "PACK", words + 1))
        return CLI_WRONG;
    for (int i = 1; i < count; i++)
        if (!add_pack(o, words[i]))
            return CLI_WRONG;
    return o->texts ? print_texts(o) : run_kb(words[0], o);
}

int
cli_kb(int argc, char **argv)
{
    struct order_of_kb o = {0};
    folder_builtin(&o.folder);
    optind = 0;
    int status = take_options(&o, argc, argv);
    if (status < 0)
        status = do_verb(&o, argc - optind, argv + optind);
    folder_release(&o.folder);
    return status;
}
