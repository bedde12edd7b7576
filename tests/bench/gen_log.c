// Writes a gateway's log of many tunnels whose end is known: the same options give the same bytes.
//
//   gen_log [--size BYTES] [--tunnels N] [--share PERCENT] [--seed N] SCRIPTS OTHERS LOG
//
// SCRIPTS holds what a daemon logs in one negotiation after the other (see README.md), OTHERS the lines of
// other daemons that fill a log of which only PERCENT of the lines are ours. LOG.truth.tsv gets a line for
// each tunnel: its name, and the checkpoints that are a right answer.
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TAG "pluto[2219]: "
enum { SERIALS = 26, SLOTS = 200, SCRIPTS = 200, ROW = 4 };

struct script {
    char *name;
    char *truth;
    char **lines;
    size_t count; // lines of the negotiation
    size_t later; // and those that end it, said before the same tunnel's next one
};

struct tunnel {
    const struct script *last; // what it went through last, NULL before the first time
    uint32_t serials[SERIALS];
    uint32_t plays;
};

// A negotiation under way: several run at once, so that their lines mix as a gateway's do. What the daemon
// has to say of one packet, up to ROW lines, stands in a row, for it answers one after the other.
struct actor {
    uint32_t tunnel;
    const struct script *script;
    size_t line;
    uint32_t serials[SERIALS];
};

struct world {
    struct script healthy[SCRIPTS], failing[SCRIPTS];
    size_t healthy_count, failing_count;
    char **others;
    size_t other_count;
    struct tunnel *tunnels;
    uint32_t tunnel_count, next_tunnel, next_serial;
    unsigned share;
    uint64_t seed, wanted, written, clock_us, lines, ours;
    char stamp[32];
    time_t stamp_of;
    FILE *out;
};

static void
fail(const char *what, const char *why)
{
    fprintf(stderr, "gen_log: %s: %s\n", what, why);
    exit(2);
}

static void *
grown(void *at, size_t size)
{
    void *p = realloc(at, size);
    if (!p)
        fail("memory", "none left");
    return p;
}

static uint64_t
mixed(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint32_t
chance(struct world *w, uint32_t below)
{
    w->seed += 0x9e3779b97f4a7c15u;
    return (uint32_t)(((mixed(w->seed) >> 32) * below) >> 32);
}

static char **
read_lines(const char *path, size_t *count)
{
    FILE *f = fopen(path, "r");
    if (!f)
        fail(path, "cannot be opened");
    char **lines = NULL, *line = NULL;
    size_t size = 0;
    ssize_t len;
    *count = 0;
    while ((len = getline(&line, &size, f)) >= 0) {
        if (len && line[len - 1] == '\n')
            line[len - 1] = 0;
        if (line[0] == '#' || (!line[0] && !*count))
            continue;
        lines = grown(lines, (*count + 1) * sizeof *lines);
        lines[(*count)++] = strdup(line);
    }
    free(line);
    fclose(f);
    return lines;
}

// "= NAME TRUTH", the lines, "- later", more lines, an empty line.
static void
read_scripts(struct world *w, const char *path)
{
    size_t count;
    char **lines = read_lines(path, &count);
    struct script *s = NULL;
    for (size_t i = 0; i < count; i++) {
        char *line = lines[i];
        if (line[0] == '=') {
            char *name = strtok(line + 1, " "), *truth = strtok(NULL, " ");
            if (!name || !truth)
                fail(path, "a script needs a name and its truth");
            if (w->healthy_count == SCRIPTS || w->failing_count == SCRIPTS)
                fail(path, "too many scripts");
            s = strcmp(truth, "none") ? &w->failing[w->failing_count++] : &w->healthy[w->healthy_count++];
            *s = (struct script){.name = name, .truth = truth, .lines = lines + i + 1};
        } else if (!strcmp(line, "- later")) {
            s->later = s->count;
        } else if (line[0] && s) {
            s->count++;
        }
    }
    for (size_t i = 0; i < w->healthy_count + w->failing_count; i++) {
        s = i < w->healthy_count ? &w->healthy[i] : &w->failing[i - w->healthy_count];
        s->later = s->later ? s->count - s->later : 0;
        s->count -= s->later;
    }
    if (!w->healthy_count || !w->failing_count)
        fail(path, "needs scripts that succeed and scripts that fail");
}

static void
name_of(uint32_t tunnel, char *into, size_t size)
{
    static const char *const places[] = {"branch", "site", "depot", "shop", "plant", "office", "lab", "vpn"};
    snprintf(into, size, "%s-%05" PRIu32, places[mixed(tunnel) % 8], tunnel);
}

static void
begin_line(struct world *w)
{
    w->clock_us += 1 + chance(w, 40000);
    time_t now = (time_t)(w->clock_us / 1000000);
    if (now != w->stamp_of) {
        struct tm tm;
        gmtime_r(&now, &tm);
        strftime(w->stamp, sizeof w->stamp, "%b %e %H:%M:%S", &tm);
        w->stamp_of = now;
    }
    w->written += (uint64_t)fprintf(w->out, "%s gw1 ", w->stamp);
}

static void __attribute__((format(printf, 2, 3))) put(struct world *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    w->written += (uint64_t)vfprintf(w->out, format, args);
    va_end(args);
}

// %n name, %p peer, %o own address, %x eight hex digits, %A..%Z the negotiation's numbers, %d a number.
static void
say(struct world *w, const char *tag, const char *text, uint32_t tunnel, uint32_t *serials)
{
    char name[32];
    begin_line(w);
    put(w, "%s", tag);
    for (const char *at = text; *at;) {
        size_t plain = strcspn(at, "%");
        fwrite(at, 1, plain, w->out);
        w->written += plain;
        at += plain;
        if (!*at)
            break;
        char code = at[1];
        at += 2;
        if (serials && code >= 'A' && code <= 'Z') {
            if (!serials[code - 'A'])
                serials[code - 'A'] = ++w->next_serial;
            put(w, "%" PRIu32, serials[code - 'A']);
        } else if (code == 'n') {
            name_of(tunnel, name, sizeof name);
            put(w, "%s", name);
        } else if (code == 'p') {
            put(w, "10.%u.%u.%u", 16 + tunnel / 62500, tunnel / 250 % 250, 1 + tunnel % 250);
        } else if (code == 'o') {
            put(w, "203.0.113.1");
        } else if (code == 'x') {
            put(w, "%08x", 0x1000 + chance(w, 0xfffff000u));
        } else if (code == 'd') {
            put(w, "%u", chance(w, 60000));
        } else {
            put(w, "%c", code);
        }
    }
    put(w, "\n");
    w->lines++;
    w->ours += serials != NULL;
}

static void
say_other(struct world *w)
{
    say(w, "", w->others[chance(w, (uint32_t)w->other_count)], chance(w, 1000000), NULL);
}

// Some tunnels never fail, some always do in their own way, some do at first and are mended.
static const struct script *
choose(struct world *w, uint32_t tunnel, uint32_t plays)
{
    uint64_t fate = mixed(tunnel + 77);
    const struct script *broken = &w->failing[fate / 100 % w->failing_count];
    unsigned kind = (unsigned)(fate % 100);
    if (kind < 25 || (kind < 40 && plays < 2))
        return broken;
    return &w->healthy[(fate / 100 + plays / 3) % w->healthy_count];
}

static void
start(struct world *w, struct actor *a)
{
    uint32_t i = w->next_tunnel++ % w->tunnel_count;
    struct tunnel *t = &w->tunnels[i];
    const struct script *s = t->last;
    for (size_t k = 0; s && k < s->later; k++)
        say(w, TAG, s->lines[s->count + 1 + k], i, t->serials);
    *a = (struct actor){.tunnel = i, .script = choose(w, i, t->plays++)};
}

static void
play(struct world *w)
{
    uint32_t count = w->tunnel_count < SLOTS ? w->tunnel_count : SLOTS, live = count;
    struct actor *actors = calloc(count, sizeof *actors);
    if (!actors)
        fail("memory", "none left");
    for (uint32_t i = 0; i < count; i++)
        start(w, &actors[i]);
    while (live) {
        if (w->ours * 100 > w->lines * w->share) {
            say_other(w);
            continue;
        }
        uint32_t i = chance(w, live);
        struct actor *a = &actors[i];
        for (uint32_t row = 1 + chance(w, ROW); row && a->line < a->script->count; row--)
            say(w, TAG, a->script->lines[a->line++], a->tunnel, a->serials);
        if (a->line < a->script->count)
            continue;
        w->tunnels[a->tunnel].last = a->script;
        memcpy(w->tunnels[a->tunnel].serials, a->serials, sizeof a->serials);
        if (w->written < w->wanted)
            start(w, a);
        else
            actors[i] = actors[--live];
    }
    free(actors);
}

static void
write_truth(const struct world *w, const char *log)
{
    char path[4096], name[32];
    snprintf(path, sizeof path, "%s.truth.tsv", log);
    FILE *f = fopen(path, "w");
    if (!f)
        fail(path, "cannot be written");
    for (uint32_t i = 0; i < w->tunnel_count; i++) {
        if (!w->tunnels[i].last)
            continue;
        name_of(i, name, sizeof name);
        fprintf(f, "%s\t%s\t%s\n", name, w->tunnels[i].last->truth, w->tunnels[i].last->name);
    }
    if (fclose(f))
        fail(path, "cannot be written");
}

int
main(int argc, char **argv)
{
    static struct world w = {
        .share = 100, .wanted = 16 << 20, .tunnel_count = 100, .clock_us = 1732253191000000};
    int i = 1;
    for (; i + 1 < argc && !strncmp(argv[i], "--", 2); i += 2) {
        uint64_t value = strtoull(argv[i + 1], NULL, 10);
        if (!strcmp(argv[i], "--size"))
            w.wanted = value;
        else if (!strcmp(argv[i], "--tunnels") && value >= 1 && value <= 1000000)
            w.tunnel_count = (uint32_t)value;
        else if (!strcmp(argv[i], "--share") && value >= 1 && value <= 100)
            w.share = (unsigned)value;
        else if (!strcmp(argv[i], "--seed"))
            w.seed = value;
        else
            fail(argv[i], "no such option, or out of range");
    }
    if (argc - i != 3)
        fail("usage", "gen_log [--size BYTES] [--tunnels N] [--share PERCENT] [--seed N] SCRIPTS OTHERS LOG");
    read_scripts(&w, argv[i]);
    w.others = read_lines(argv[i + 1], &w.other_count);
    w.tunnels = calloc(w.tunnel_count, sizeof *w.tunnels);
    w.out = fopen(argv[i + 2], "w");
    if (!w.tunnels || !w.out || !w.other_count)
        fail(argv[i + 2], "cannot be written");
    setvbuf(w.out, NULL, _IOFBF, 1 << 20);
    play(&w);
    if (fclose(w.out))
        fail(argv[i + 2], "cannot be written");
    write_truth(&w, argv[i + 2]);
    return 0;
}
