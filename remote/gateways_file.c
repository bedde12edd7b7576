// gateways.yaml, read and written.
#include "remote/gateways.h"

#include "diag/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "remote/whole.h"

enum { DEPTH = 3 }; // a mapping, its list, a gateway

struct reader {
    yaml_parser_t parser;
    yaml_event_t event;
    const char *path;
    struct gateways *g;
    struct err *e;
};

static bool
refuse(struct reader *r, const char *what)
{
    return err_set(r->e, ERR_PARSE, "%.200s:%zu:%zu: cannot read the gateways: %s", r->path,
                   r->event.start_mark.line + 1, r->event.start_mark.column + 1, err_say(what));
}

static bool
next_event(struct reader *r)
{
    yaml_event_delete(&r->event);
    if (!yaml_parser_parse(&r->parser, &r->event))
        return err_set(r->e, ERR_PARSE, "%.200s:%zu:%zu: cannot read the gateways: %s", r->path,
                       r->parser.problem_mark.line + 1, r->parser.problem_mark.column + 1,
                       r->parser.problem ? r->parser.problem : err_say("it is not YAML"));
    return true;
}

static bool
expect(struct reader *r, yaml_event_type_t type, const char *otherwise)
{
    return next_event(r) && (r->event.type == type || refuse(r, otherwise));
}

static struct str
scalar(const struct reader *r)
{
    return (struct str){(const char *)r->event.data.scalar.value, r->event.data.scalar.length};
}

static bool
plain_scalar(struct reader *r)
{
    if (r->event.type == YAML_SCALAR_EVENT && !r->event.data.scalar.anchor && !r->event.data.scalar.tag)
        return true;
    return refuse(r, ERR_SAY("a word or a number should stand here (no lists, anchors or tags)"));
}

static bool
read_field(struct reader *r, struct gateway *g)
{
    const struct gateway_field *field = NULL;
    if (!plain_scalar(r))
        return false;
    for (size_t i = 0; i < gateway_field_count; i++)
        if (str_eq(scalar(r), str_of(gateway_fields[i].key)))
            field = &gateway_fields[i];
    if (!field)
        return refuse(
            r, ERR_SAY("there is no such key; there are name, host, user, port, jump, identity, platform, "
                       "log, legacy and sudo"));
    if (*gateway_value(g, field))
        return refuse(r, ERR_SAY("this key stands here a second time"));
    struct err why = {0};
    return next_event(r) && plain_scalar(r) &&
           (gateway_set(g, field, scalar(r), &why) || refuse(r, why.text));
}

// Behind the start of its mapping.
static bool
read_gateway(struct reader *r)
{
    struct gateway g = {0};
    struct err why = {0};
    while (next_event(r) && r->event.type != YAML_MAPPING_END_EVENT)
        if (!read_field(r, &g))
            return false;
    if (r->event.type != YAML_MAPPING_END_EVENT)
        return false;
    if (!*g.name || !*g.host)
        return refuse(r, ERR_SAY("this gateway has no name or no host"));
    if (!gateway_sound(&g, &why))
        return refuse(r, why.text);
    if (gateways_find(r->g, g.name))
        return refuse(r, ERR_SAY("a gateway of this name stands above"));
    if (r->g->count == GATEWAYS_MOST)
        return refuse(r, ERR_SAY("there are too many gateways"));
    r->g->list[r->g->count++] = g;
    return true;
}

static bool
read_list(struct reader *r)
{
    if (!expect(r, YAML_STREAM_START_EVENT, ERR_SAY("it is not YAML")) || !next_event(r))
        return false;
    if (r->event.type == YAML_STREAM_END_EVENT)
        return true;
    if (!expect(r, YAML_MAPPING_START_EVENT, ERR_SAY("it begins with \"gateways:\"")) ||
        !expect(r, YAML_SCALAR_EVENT, ERR_SAY("it begins with \"gateways:\"")))
        return false;
    if (!str_eq(scalar(r), STR("gateways")))
        return refuse(r, ERR_SAY("there is no such key; it begins with \"gateways:\""));
    if (!expect(r, YAML_SEQUENCE_START_EVENT,
                ERR_SAY("a list of gateways should stand here, each with a dash")))
        return false;
    while (next_event(r) && r->event.type == YAML_MAPPING_START_EVENT)
        if (!read_gateway(r))
            return false;
    if (r->event.type != YAML_SEQUENCE_END_EVENT)
        return r->e->kind ? false : refuse(r, ERR_SAY("a gateway should stand here: \"- name: ...\""));
    return expect(r, YAML_MAPPING_END_EVENT, ERR_SAY("nothing stands beside \"gateways:\"")) &&
           expect(r, YAML_DOCUMENT_END_EVENT, ERR_SAY("the file ends here")) &&
           expect(r, YAML_STREAM_END_EVENT, ERR_SAY("there is one document in the file"));
}

// Who can write this file can send our user to another host.
static bool
private_enough(const char *path, int fd, struct err *e)
{
    struct stat about;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
        return err_set(e, ERR_IO, "%.200s: cannot read the gateways: it is no file", path);
    if ((about.st_uid != geteuid() && about.st_uid != 0) || (about.st_mode & (S_IWGRP | S_IWOTH)))
        return err_set(
            e, ERR_IO,
            "%.200s: cannot trust the gateways: others can write this file. Look at it, then: chmod "
            "600 %.200s",
            path, path);
    if (about.st_size > GATEWAYS_FILE_MOST)
        return err_set(e, ERR_LIMIT, "%.200s: cannot read the gateways: the file is larger than %d bytes",
                       path, GATEWAYS_FILE_MOST);
    return true;
}

bool
gateways_read(const char *path, struct gateways *g, struct err *e)
{
    *g = (struct gateways){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) // a home may be /dev/null
        return true;
    if (fd < 0) {
        char why[128];
        return err_set(e, ERR_IO, "%.200s: cannot read the gateways: %s", path,
                       strerror_r(errno, why, sizeof why));
    }
    struct buf text = {0};
    bool good = private_enough(path, fd, e) && whole_read(fd, path, GATEWAYS_FILE_MOST, &text, e);
    close(fd);
    struct reader r = {.path = path, .g = g, .e = e};
    if (good && (good = yaml_parser_initialize(&r.parser) != 0)) {
        g->list = mem_new(GATEWAYS_MOST * sizeof *g->list);
        yaml_parser_set_input_string(&r.parser, (const unsigned char *)buf_cstr(&text), text.len);
        good = read_list(&r);
        yaml_event_delete(&r.event);
        yaml_parser_delete(&r.parser);
    }
    buf_release(&text);
    if (!good)
        gateways_release(g);
    return good;
}

bool
gateways_write(const char *path, const struct gateways *g, struct err *e)
{
    struct buf text = {0};
    buf_add(&text, STR("# The gateways of ikewalk, written by its form. No secret belongs here.\n"));
    buf_add(&text, g->count ? STR("gateways:\n") : STR("gateways: []\n"));
    for (size_t i = 0; i < g->count; i++) {
        struct gateway one = g->list[i];
        bool first = true;
        for (size_t f = 0; f < gateway_field_count; f++) {
            const char *value = gateway_value(&one, &gateway_fields[f]);
            if (!*value)
                continue;
            buf_addf(&text, "  %s %s: \"", first ? "-" : " ", gateway_fields[f].key);
            first = false;
            for (; *value; value++)
                buf_addf(&text, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
            buf_add(&text, STR("\"\n"));
        }
    }
    bool good = whole_write(path, buf_str(&text), e);
    buf_release(&text);
    return good;
}
