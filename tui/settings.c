#include "tui/settings.h"

#include <stdlib.h>
#include <string.h>

#include "diag/text.h"
#include "knowledge/yaml.h"
#include "tui/words.h"
#include "tui/xdg.h"

enum { CHOICES = 5 };

static const struct setting_kind {
    const char *name, *standard;
    const char *choices[CHOICES]; // none: any name
    const char *about;
} kinds[SET_COUNT] = {
    [SET_THEME] = {"theme", "auto", {"auto", "dark", "light", "mono"}, N_("colours for which background")},
    [SET_MOUSE] = {"mouse", "on", {"on", "off"}, N_("off leaves selecting text to the terminal")},
    [SET_ASCII] = {"ascii", "auto", {"auto", "on", "off"}, N_("only ASCII signs; auto: unless UTF-8")},
    [SET_REDACT] = {"redact", "off", {"on", "off"}, N_("stand-ins for names and addresses on the screen")},
    [SET_LANGUAGE] = {"language", "auto", {NULL}, N_("of the screens; auto: that of the locale")},
};

static const char *
choice_of(enum setting_id which, const char *text)
{
    static const struct {
        const char *written, *means;
    } same[] = {{"yes", "on"}, {"true", "on"}, {"no", "off"}, {"false", "off"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (strcmp(text, same[i].written) == 0)
            text = same[i].means;
    for (size_t i = 0; i < CHOICES && kinds[which].choices[i]; i++)
        if (strcmp(text, kinds[which].choices[i]) == 0)
            return kinds[which].choices[i];
    return kinds[which].choices[0] || !*text ? NULL : text;
}

// "must be auto, dark, light or mono"
static void
say_choices(enum setting_id which, struct buf *out)
{
    const char *const *choices = kinds[which].choices;
    if (!choices[0])
        buf_add(out, str_of(_("the name of a language")));
    for (size_t i = 0; i < CHOICES && choices[i]; i++) {
        bool last = i + 1 == CHOICES || !choices[i + 1];
        buf_add(out, i == 0 ? STR("") : last ? str_of(_(" or ")) : STR(", "));
        buf_add(out, str_of(choices[i]));
    }
}

static void
set(struct settings *s, enum setting_id which, const char *text, enum setting_origin origin)
{
    s->value[which] = (struct setting_value){arena_str(&s->arena, str_of(text)).at, origin, 0, NULL};
}

static bool
take_node(struct settings *s, const struct node *node, struct err *e)
{
    const char *names[SET_COUNT];
    for (int which = 0; which < SET_COUNT; which++) {
        names[which] = kinds[which].name;
        if (!str_eq(node->key, str_of(kinds[which].name)))
            continue;
        const char *text =
            node->kind == NODE_SCALAR ? choice_of((enum setting_id)which, node->text.at) : NULL;
        if (text) {
            set(s, (enum setting_id)which, text, FROM_FILE);
            s->value[which].line = node->key_line;
            return true;
        }
        struct buf wanted = {0};
        say_choices((enum setting_id)which, &wanted);
        err_set(e, ERR_PARSE, _("%s:%d: cannot use this value of %s: it must be %s"), s->path, node->key_line,
                kinds[which].name, buf_cstr(&wanted));
        buf_release(&wanted);
        return false;
    }
    const char *nearest = text_nearest(node->key, names, SET_COUNT);
    return err_set(e, ERR_PARSE,
                   _("%s:%d: cannot set \"%.60s\": there is nothing of that name; the nearest is %s"),
                   s->path, node->key_line, node->key.at, nearest ? nearest : kinds[0].name);
}

static bool
take_file(struct settings *s, struct str bytes, struct err *e)
{
    struct arena nodes = {0};
    struct problems problems = {0};
    struct str file = str_of(s->path);
    const struct node *root = yaml_read(bytes, &file, &nodes, &nodes, &problems);
    bool good = root && root->kind == NODE_MAPPING;
    if (!good && problems.count)
        err_set(e, ERR_PARSE, _("%s:%d: cannot use the configuration: %.*s"), s->path, problems.at[0].line,
                STR_ARG(problems.at[0].sentence));
    else if (!good)
        err_set(e, ERR_PARSE, _("%s: cannot use the configuration: it must be lines such as \"theme: dark\""),
                s->path);
    for (size_t i = 0; good && i < root->count; i++)
        good = take_node(s, &root->items[i], e);
    problems_release(&problems);
    arena_release(&nodes);
    return good;
}

static void
take_environment(struct settings *s)
{
    static const struct {
        const char *variable;
        enum setting_id which;
        const char *means; // NULL: what it holds
    } rows[] = {{"NO_COLOR", SET_THEME, "mono"}, {"LANGUAGE", SET_LANGUAGE, NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text = getenv(rows[i].variable);
        if (!text || !*text)
            continue;
        set(s, rows[i].which, rows[i].means ? rows[i].means : text, FROM_ENVIRONMENT);
        s->value[rows[i].which].variable = rows[i].variable;
    }
}

static void
take_defaults(struct settings *s)
{
    for (int which = 0; which < SET_COUNT; which++)
        s->value[which] = (struct setting_value){kinds[which].standard, FROM_DEFAULT, 0, NULL};
}

bool
settings_read(struct settings *s, struct err *e)
{
    struct buf path = {0}, bytes = {0};
    struct err nowhere;
    bool good = true;
    *s = (struct settings){0};
    take_defaults(s);
    if (xdg_path(XDG_CONFIG, SETTINGS_FILE, &path, &nowhere)) {
        s->path = arena_str(&s->arena, buf_str(&path)).at;
        good = xdg_read(XDG_CONFIG, SETTINGS_FILE, &bytes, e);
        if (good && str_trim(buf_str(&bytes)).len && !take_file(s, buf_str(&bytes), e)) {
            take_defaults(s);
            good = false;
        }
    }
    take_environment(s);
    buf_release(&path);
    buf_release(&bytes);
    return good;
}

void
settings_release(struct settings *s)
{
    arena_release(&s->arena);
}

bool
settings_option(struct settings *s, enum setting_id which, const char *text, struct err *e)
{
    const char *choice = choice_of(which, text);
    if (choice) {
        set(s, which, choice, FROM_OPTION);
        return true;
    }
    struct buf wanted = {0};
    say_choices(which, &wanted);
    err_set(e, ERR_USAGE, _("--%s %.60s: cannot use this value: it must be %s"), kinds[which].name, text,
            buf_cstr(&wanted));
    buf_release(&wanted);
    return false;
}

const char *
settings_text(const struct settings *s, enum setting_id which)
{
    return s->value[which].text;
}

bool
settings_on(const struct settings *s, enum setting_id which)
{
    return strcmp(s->value[which].text, "on") == 0;
}

void
settings_print(const struct settings *s, struct buf *out)
{
    buf_addf(out, "# %s\n",
             s->path ? s->path : _("no configuration file: neither HOME nor XDG_CONFIG_HOME is set"));
    for (int which = 0; which < SET_COUNT; which++) {
        const struct setting_value *v = &s->value[which];
        size_t begun = out->len;
        buf_addf(out, "%s: ", kinds[which].name);
        text_safe(str_of(v->text), out);
        while (out->len - begun < 18)
            buf_add_char(out, ' ');
        if (v->origin == FROM_DEFAULT)
            buf_addf(out, _("# default (%s)"), _(kinds[which].about));
        else if (v->origin == FROM_FILE)
            buf_addf(out, _("# file, line %d"), v->line);
        else if (v->origin == FROM_ENVIRONMENT)
            buf_addf(out, _("# environment: %s"), v->variable);
        else
            buf_addf(out, _("# option --%s"), kinds[which].name);
        buf_add_char(out, '\n');
    }
}
