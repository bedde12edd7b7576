#include "remote/gateways.h"

#include "diag/arena.h"
#include "remote/gather.h"
#include "remote/legacy.h"

#include <ctype.h>
#include <stdlib.h>

#define FIELD(name)                                                                                          \
    {                                                                                                        \
#name, offsetof(struct gateway, name), sizeof(((struct gateway *)0)->name)                           \
    }
const struct gateway_field gateway_fields[] = {
    FIELD(name),     FIELD(host),     FIELD(user), FIELD(port),   FIELD(jump),
    FIELD(identity), FIELD(platform), FIELD(log),  FIELD(legacy), FIELD(sudo),
};
const size_t gateway_field_count = sizeof gateway_fields / sizeof *gateway_fields;

char *
gateway_value(struct gateway *g, const struct gateway_field *f)
{
    return (char *)g + f->offset;
}

bool
gateway_set(struct gateway *g, const struct gateway_field *f, struct str value, struct err *e)
{
    if (value.len >= f->room)
        return err_set(e, ERR_USAGE, "%s: cannot use this value: it is longer than %zu bytes", f->key,
                       f->room - 1);
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.at[i] < ' ' || value.at[i] == 0x7f)
            return err_set(e, ERR_USAGE, "%s: cannot use this value: it holds a control character", f->key);
    char *into = gateway_value(g, f);
    if (value.len)
        memcpy(into, value.at, value.len);
    into[value.len] = '\0';
    return true;
}

static bool
consists_of(const char *text, const char *others)
{
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr(others, *text) && (unsigned char)*text < 0x80)
            return false;
    return true;
}

static bool
sound_host(const char *host, const char *user, const char *port, const char *where, struct err *e)
{
    uint64_t number = 22;
    if (!*host || *host == '-' || !consists_of(host, "._-:%"))
        return err_set(e, ERR_USAGE, "%s: cannot use the host \"%s\": it is a name or an address", where,
                       host);
    if (*user == '-' || !consists_of(user, "._-@+$\\"))
        return err_set(e, ERR_USAGE, "%s: cannot use the user \"%s\": it is the name of an account", where,
                       user);
    if (*port && (!str_number(str_of(port), &number) || number < 1 || number > 65535))
        return err_set(e, ERR_USAGE, "%s: cannot use the port \"%s\": it is a number from 1 to 65535", where,
                       port);
    return true;
}

static bool
sound_jumps(const struct gateway *g, struct err *e)
{
    for (struct str rest = str_of(g->jump); rest.len;) {
        struct gateway hop = {0};
        size_t end = str_find(rest, STR(","));
        if (!gateway_parse_host((struct str){rest.at, end}, "jump", &hop, e))
            return false;
        rest = str_from(rest, end + 1);
    }
    return true;
}

bool
gateway_sound(const struct gateway *g, struct err *e)
{
    if (*g->name == '.' || *g->name == '-' || !consists_of(g->name, "._-"))
        return err_set(e, ERR_USAGE, "name: cannot use \"%s\": it is made of letters, digits, . _ and -",
                       g->name);
    if (!sound_host(g->host, g->user, g->port, "host", e) || !sound_jumps(g, e))
        return false;
    if (*g->platform && gather_platform(g->platform) < 0) {
        struct buf known = {0};
        gather_platforms(&known);
        err_set(e, ERR_USAGE, "platform: cannot use \"%s\": it is one of %s", g->platform, buf_cstr(&known));
        buf_release(&known);
        return false;
    }
    if (*g->log && !gather_log_sound(g->log, e))
        return false;
    if (*g->sudo && strcmp(g->sudo, "yes") != 0 && strcmp(g->sudo, "no") != 0)
        return err_set(e, ERR_USAGE, "sudo: cannot use \"%s\": it is yes or no", g->sudo);
    return legacy_sound(g->legacy, e);
}

const struct gateway *
gateways_find(const struct gateways *g, const char *name)
{
    for (size_t i = 0; i < g->count; i++)
        if (strcmp(g->list[i].name, name) == 0)
            return &g->list[i];
    return NULL;
}

void
gateways_release(struct gateways *g)
{
    free(g->list);
    *g = (struct gateways){0};
}

bool
gateways_path(struct buf *path, struct err *e)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (config && *config == '/')
        buf_addf(path, "%s/ikewalk/gateways.yaml", config);
    else if (home && *home == '/')
        buf_addf(path, "%s/.config/ikewalk/gateways.yaml", home);
    else
        return err_set(e, ERR_USAGE,
                       "gateways.yaml: cannot look for it: neither XDG_CONFIG_HOME nor HOME is set");
    return true;
}

bool
gateway_parse_host(struct str text, const char *where, struct gateway *g, struct err *e)
{
    text = str_trim(text);
    struct str user = {text.at, 0}, port = STR_NONE, host = text;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '@') {
            user.len = i;
            host = str_from(text, i + 1);
        }
    size_t end;
    if (str_starts(host, STR("["))) {
        end = str_find(host, STR("]"));
        if (end < host.len && str_starts(str_from(host, end + 1), STR(":")))
            port = str_from(host, end + 2);
        host = (struct str){host.at + 1, end - 1};
    } else if ((end = str_find(host, STR(":"))) < host.len) {
        port = str_from(host, end + 1);
        if (str_find(port, STR(":")) == port.len) // more of them: an address of IPv6
            host.len = end;
        else
            port = STR_NONE;
    }
    static const char *const keys[] = {"host", "user", "port"};
    const struct str values[] = {host, user, port};
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < gateway_field_count; i++)
            if (strcmp(gateway_fields[i].key, keys[k]) == 0 &&
                !gateway_set(g, &gateway_fields[i], values[k], e))
                return false;
    return sound_host(g->host, g->user, g->port, where, e);
}

bool
gateway_parse(const char *text, struct gateway *g, struct err *e)
{
    struct str rest = str_from(str_of(text), strlen("ssh://"));
    size_t slash = str_find(rest, STR("/"));
    if (!gateway_parse_host((struct str){rest.at, slash}, text, g, e))
        return false;
    struct str path = str_from(rest, slash);
    if (path.len > 1) {
        if (path.len >= sizeof g->log)
            return err_set(e, ERR_USAGE, "%.100s: cannot use the path: it is too long", text);
        memcpy(g->log, path.at, path.len + 1);
    }
    return gateway_sound(g, e);
}
