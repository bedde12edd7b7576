#include "remote/ssh_config.h"

#include "remote/whole.h"

#include <ctype.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONFIG_MOST = 256 * 1024, WORD = 600 };

// What would change the way to the host, or what is sent there.
static const char *const passed_over[] = {"ProxyCommand", "Match", "Include", "CertificateFile",
                                          "HostKeyAlias"};

// The next word of a line, without its quotes; false at its end.
static bool
next_word(struct str *line, char word[WORD])
{
    size_t at = 0, length = 0;
    while (at < line->len && (isspace((unsigned char)line->at[at]) || line->at[at] == '='))
        at++;
    bool quoted = at < line->len && line->at[at] == '"';
    at += quoted;
    if (at >= line->len || (!quoted && line->at[at] == '#'))
        return false;
    for (; at < line->len && length + 1 < WORD; at++) {
        char c = line->at[at];
        if (quoted ? c == '"' : isspace((unsigned char)c) || (length && c == '='))
            break;
        word[length++] = c;
    }
    word[length] = '\0';
    *line = str_from(*line, at + (quoted && at < line->len));
    return true;
}

static bool
host_matches(struct str patterns, const char *host)
{
    char word[WORD];
    bool yes = false;
    while (next_word(&patterns, word)) {
        bool not = *word == '!';
        if (fnmatch(word + not, host, FNM_CASEFOLD) != 0)
            continue;
        if (not )
            return false;
        yes = true;
    }
    return yes;
}

static void
set_empty(struct gateway *g, const char *key, const char *value)
{
    struct err ignored;
    for (size_t i = 0; i < gateway_field_count; i++)
        if (strcmp(gateway_fields[i].key, key) == 0 && !*gateway_value(g, &gateway_fields[i]))
            gateway_set(g, &gateway_fields[i], str_of(value), &ignored);
}

// Of the tokens only %h and a leading ~ are known; a value with another is passed over.
static bool
expand(const char *value, const char *host, struct buf *out)
{
    const char *home = getenv("HOME");
    if (value[0] == '~' && value[1] == '/' && home) {
        buf_add(out, str_of(home));
        value++;
    }
    for (; *value; value++) {
        if (*value != '%') {
            buf_add_char(out, *value);
            continue;
        }
        value++;
        if (*value == 'h')
            buf_add(out, str_of(host));
        else if (*value == '%')
            buf_add_char(out, '%');
        else if (*value == 'd' && home)
            buf_add(out, str_of(home));
        else
            return false;
    }
    return true;
}

struct found {
    const char *path, *host; // as it was asked for
    struct buf name;         // HostName
    unsigned line;
    struct buf *notes;
};

static void
take(struct found *f, const char *keyword, const char *value, struct gateway *g)
{
    static const struct {
        const char *keyword, *key;
    } known[] = {{"User", "user"}, {"Port", "port"}, {"IdentityFile", "identity"}, {"ProxyJump", "jump"}};
    struct buf whole = {0};
    bool good = expand(value, f->host, &whole);
    for (size_t i = 0; i < sizeof passed_over / sizeof *passed_over; i++)
        if (strcasecmp(keyword, passed_over[i]) == 0 && strcasecmp(value, "none") != 0)
            buf_addf(f->notes, "%s:%u: %s is not followed here\n", f->path, f->line, passed_over[i]);
    if (!good && strcasecmp(keyword, "ProxyCommand") != 0)
        buf_addf(f->notes, "%s:%u: %s holds a token that is not known here, and was passed over\n", f->path,
                 f->line, keyword);
    for (size_t i = 0; good && i < sizeof known / sizeof *known; i++)
        if (strcasecmp(keyword, known[i].keyword) == 0)
            set_empty(g, known[i].key, buf_cstr(&whole));
    if (good && !f->name.len && strcasecmp(keyword, "HostName") == 0)
        buf_add(&f->name, buf_str(&whole));
    buf_release(&whole);
}

void
ssh_config_apply(struct str text, const char *path, struct gateway *g, struct buf *notes)
{
    struct found f = {.path = path, .host = g->host, .notes = notes};
    bool here = true; // lines before the first Host are for all
    char keyword[WORD], value[WORD];
    for (struct str rest = text; rest.len;) {
        size_t end = str_find(rest, STR("\n"));
        struct str line = {rest.at, end};
        rest = str_from(rest, end + 1);
        f.line++;
        if (!next_word(&line, keyword))
            continue;
        if (strcasecmp(keyword, "Host") == 0) {
            here = host_matches(line, f.host);
            continue;
        }
        bool match = strcasecmp(keyword, "Match") == 0, include = strcasecmp(keyword, "Include") == 0;
        if ((here || match || include) && next_word(&line, value))
            take(&f, keyword, value, g);
        if (match)
            here = false;
    }
    struct err ignored;
    for (size_t i = 0; f.name.len && i < gateway_field_count; i++)
        if (strcmp(gateway_fields[i].key, "host") == 0)
            gateway_set(g, &gateway_fields[i], buf_str(&f.name), &ignored);
    if (strcasecmp(g->jump, "none") == 0)
        *g->jump = '\0';
    buf_release(&f.name);
}

void
ssh_config_of_user(struct gateway *g, struct buf *notes)
{
    const char *home = getenv("HOME");
    struct buf path = {0}, text = {0};
    struct stat about;
    struct err e = {0};
    if (!home || *home != '/')
        return;
    buf_addf(&path, "%s/.ssh/config", home);
    int fd = open(buf_cstr(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool there = fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
    if (there && ((about.st_uid != geteuid() && about.st_uid != 0) || (about.st_mode & (S_IWGRP | S_IWOTH))))
        buf_addf(notes, "%s: not read: others can write this file\n", buf_cstr(&path));
    else if (there && whole_read(fd, buf_cstr(&path), CONFIG_MOST, &text, &e))
        ssh_config_apply(buf_str(&text), "~/.ssh/config", g, notes);
    else if (there)
        buf_addf(notes, "%s\n", e.text);
    if (fd >= 0)
        close(fd);
    buf_release(&path);
    buf_release(&text);
}
