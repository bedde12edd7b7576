#include "diag/outline.h"

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

// A comment begins at a mark that a blank or nothing stands before, outside of quotes.
static struct str
without_comment(struct str text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        quoted ^= text.at[i] == '"';
        if (text.at[i] == '#' && !quoted && (i == 0 || is_blank(text.at[i - 1])))
            return (struct str){text.at, i};
    }
    return text;
}

static struct str
unquoted(struct str text)
{
    if (text.len >= 2 && text.at[0] == '"' && text.at[text.len - 1] == '"')
        return (struct str){text.at + 1, text.len - 2};
    return text;
}

static void
append(struct outline *o, struct str text)
{
    size_t room = OUTLINE_LONG - o->length, length = text.len < room ? text.len : room;
    if (length)
        memcpy(o->text + o->length, text.at, length);
    o->length += length;
}

// Where the name of a setting ends: it is one word, and "=" follows. text.len: it is no setting.
static size_t
setting_name(struct str text)
{
    size_t end = 0, next;
    while (end < text.len && !is_blank(text.at[end]) && text.at[end] != '=')
        end++;
    for (next = end; next < text.len && is_blank(text.at[next]);)
        next++;
    return end > 0 && next < text.len && text.at[next] == '=' ? end : text.len;
}

// Behind the "{" of a head that is one word, 0: there is none.
static size_t
head_end(struct str text)
{
    size_t name = 0, at;
    while (name < text.len && !is_blank(text.at[name]) && !memchr("{}=\"", text.at[name], 4))
        name++;
    for (at = name; at < text.len && is_blank(text.at[at]);)
        at++;
    return name > 0 && at > name && at < text.len && text.at[at] == '{' ? at + 1 : 0;
}

// Where the section of a setting ends on the line of the setting; text.len: it does not.
static size_t
setting_end(struct str text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        quoted ^= text.at[i] == '"';
        if (text.at[i] == '}' && !quoted && i > 0 && is_blank(text.at[i - 1]))
            return i;
    }
    return text.len;
}

struct str
outline_piece(struct str *rest)
{
    struct str line = *rest, text = str_trim(without_comment(line));
    size_t end = head_end(text);
    *rest = STR_NONE;
    if (text.len && text.at[0] == '}')
        end = 1;
    else if (!end && setting_name(text) < text.len)
        end = setting_end(text);
    struct str behind = end && end < text.len ? str_trim(str_from(text, end)) : STR_NONE;
    if (!behind.len || behind.at[0] == ';')
        return line;
    *rest = behind;
    return (struct str){line.at, (size_t)(text.at - line.at) + end};
}

// The line before becomes a section as late as that: its flat text was lent out.
static void
open_section(struct outline *o)
{
    if (!o->head)
        return;
    if (o->depth == OUTLINE_DEEP) {
        o->lost += o->brace;
    } else {
        o->length = o->head;
        append(o, STR(" > "));
        o->level[o->depth].end = o->length;
        o->level[o->depth].indent = o->indent;
        o->level[o->depth++].brace = o->brace;
    }
    o->head = 0;
}

static void
close_brace(struct outline *o)
{
    if (o->lost) {
        o->lost--;
        return;
    }
    while (o->depth > 0 && !o->level[--o->depth].brace)
        ;
}

struct str
outline_line(struct outline *o, struct str raw)
{
    size_t indent = 0;
    while (indent < raw.len && is_blank(raw.at[indent]))
        indent++;
    struct str text = str_trim(without_comment(str_from(raw, indent)));
    if (text.len && text.at[text.len - 1] == ';')
        text = str_trim((struct str){text.at, text.len - 1});
    if (!text.len || text.at[0] == '!')
        return STR_NONE;
    open_section(o);
    while (o->depth > 0 && !o->level[o->depth - 1].brace && o->level[o->depth - 1].indent >= indent)
        o->depth--;
    if (text.at[0] == '}') {
        close_brace(o);
        return STR_NONE;
    }
    size_t name = setting_name(text);
    o->length = o->depth ? o->level[o->depth - 1].end : 0;
    o->brace = text.at[text.len - 1] == '{';
    o->indent = indent;
    if (name < text.len && !o->brace) {
        append(o, (struct str){text.at, name});
        append(o, STR(" = "));
        append(o, unquoted(str_trim(str_from(str_trim(str_from(text, name)), 1))));
        return (struct str){o->text, o->length};
    }
    append(o, o->brace ? str_trim((struct str){text.at, text.len - 1}) : text);
    o->head = o->length;
    if (o->brace)
        append(o, STR(" {"));
    return (struct str){o->text, o->length};
}
