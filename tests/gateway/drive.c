// drive [OPTIONS] SOURCE: reads one gateway through the door that screens use, and tells on standard output
// what it was asked and how it ended. Answers come from the command line, in order; tests/gateway.sh uses it.
//
//   --answer no|once|remember|TEXT[|TEXT...]  to the next question; without one it is left standing
//   --answer-from FILE  the same, read into the place of secrets alone, so that no other copy is in memory
//   --answer-after MS  so long each question stands
//   --output FILE     what was read            --beside         reads what came with it, too
//   --close-after MS  closes in the middle     --stop-after MS  stops reading
//   --again N         asks N times for what is new, after a line on standard input
//   --identity, --known-hosts, --jump, --platform, --timeout, --whole, --batch: as source_options
#include "diag/arena.h"
#include "remote/secret.h"
#include "remote/source.h"

#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ANSWERS = 16 };

struct drive {
    struct source_options options;
    const char *answers[ANSWERS], *answer_file; // one of the answers
    int answer_count, answered;
    int close_after, stop_after, answer_after, again;
    bool beside;
    FILE *output;
    int64_t begun;
};

static int64_t
now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// A secret that a file holds.
static struct secret *
secret_of_file(const char *path)
{
    struct secret *s = secret_new();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    for (char c; s && fd >= 0 && read(fd, &c, 1) == 1;) {
        secret_add(s, (struct str){&c, 1});
        c = 0;
    }
    if (fd >= 0)
        close(fd);
    return s;
}

static void
reply(struct drive *d, struct source *s)
{
    struct source_question q;
    if (!source_question(s, &q) || d->answered == d->answer_count)
        return;
    printf("question %s %s | %s | %s |", q.kind == SOURCE_ASK_HOST_KEY ? "host-key" : "secret", q.where,
           q.kind == SOURCE_ASK_HOST_KEY ? q.key_type : q.title,
           q.kind == SOURCE_ASK_HOST_KEY ? q.fingerprint : q.text);
    for (size_t i = 0; i < q.prompt_count; i++)
        printf(" %s%s", q.prompts[i].text, q.prompts[i].shown ? " (shown)" : "");
    printf("\n");
    poll(NULL, 0, d->answer_after);
    const char *text = d->answers[d->answered++];
    struct source_answer a = {.serial = q.serial, .choice = SOURCE_ONCE};
    if (text == d->answer_file)
        a.secrets[0] = secret_of_file(text);
    else if (strcmp(text, "no") == 0)
        a.choice = SOURCE_NO;
    if (strcmp(text, "remember") == 0)
        a.choice = SOURCE_REMEMBER;
    for (size_t i = 0; text != d->answer_file && i < q.prompt_count && a.choice != SOURCE_NO; i++) {
        size_t end = strcspn(text, "|");
        a.secrets[i] = secret_new();
        secret_add(a.secrets[i], (struct str){text, end});
        text += end + (text[end] != '\0');
    }
    source_answer(s, &a);
    fflush(stdout);
}

// True at the end of the source, false when it was closed before.
static bool
read_all(struct drive *d, struct source *s)
{
    struct err e = {0};
    struct str block;
    uint64_t bytes = 0;
    bool stopped = false;
    for (;;) {
        if (d->close_after && now_ms() - d->begun >= d->close_after)
            return false;
        if (d->stop_after && !stopped && now_ms() - d->begun >= d->stop_after) {
            stopped = true;
            source_stop(s);
        }
        struct pollfd wait = {.fd = source_fd(s), .events = POLLIN};
        switch (source_step(s, &block, &e)) {
        case SOURCE_MORE:
            bytes += block.len;
            if (d->output)
                fwrite(block.at, 1, block.len, d->output);
            break;
        case SOURCE_ASK:
            reply(d, s);
            poll(&wait, 1, 10);
            break;
        case SOURCE_WAIT:
            poll(&wait, 1, 10);
            break;
        case SOURCE_DONE:
            printf("done %s %llu\n", source_kind(s), (unsigned long long)bytes);
            return true;
        case SOURCE_FAILED:
            printf("failed %s %llu %s\n", source_kind(s), (unsigned long long)bytes, e.text);
            return true;
        }
    }
}

static bool
take_option(struct drive *d, int option, const char *value)
{
    switch (option) {
    case 'a':
        d->answers[d->answer_count++] = value;
        return d->answer_count < ANSWERS;
    case 'f':
        d->answer_file = d->answers[d->answer_count++] = value;
        return d->answer_count < ANSWERS;
    case 'o':
        d->output = fopen(value, "w");
        return d->output != NULL;
    case 'c':
        d->close_after = atoi(value);
        return true;
    case 's':
        d->stop_after = atoi(value);
        return true;
    case 'A':
        d->answer_after = atoi(value);
        return true;
    case 'g':
        d->again = atoi(value);
        return true;
    case 'b':
        d->beside = true;
        return true;
    case 'i':
        d->options.identity = value;
        return true;
    case 'k':
        d->options.known_hosts = value;
        return true;
    case 'j':
        d->options.jump = value;
        return true;
    case 'p':
        d->options.platform = value;
        return true;
    case 't':
        d->options.timeout = atoi(value);
        return true;
    case 'w':
        d->options.whole = true;
        return true;
    case 'B':
        d->options.batch = true;
        return true;
    default:
        return false;
    }
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {{"answer", 1, NULL, 'a'},      {"answer-after", 1, NULL, 'A'},
                                            {"answer-from", 1, NULL, 'f'}, {"output", 1, NULL, 'o'},
                                            {"close-after", 1, NULL, 'c'}, {"stop-after", 1, NULL, 's'},
                                            {"again", 1, NULL, 'g'},       {"beside", 0, NULL, 'b'},
                                            {"identity", 1, NULL, 'i'},    {"known-hosts", 1, NULL, 'k'},
                                            {"jump", 1, NULL, 'j'},        {"platform", 1, NULL, 'p'},
                                            {"timeout", 1, NULL, 't'},     {"whole", 0, NULL, 'w'},
                                            {"batch", 0, NULL, 'B'},       {NULL, 0, NULL, 0}};
    struct drive d = {.begun = now_ms()};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
        if (!take_option(&d, option, optarg))
            return 2;
    struct err e = {0};
    struct source *s = optind < argc ? source_open(argv[optind], &d.options, &e) : NULL;
    if (!s) {
        printf("refused %s\n", e.text);
        return 1;
    }
    bool whole = read_all(&d, s);
    for (struct source *one; whole && d.beside && (one = source_beside(s, &e)); source_close(one))
        read_all(&d, one);
    for (int i = 0; whole && i < d.again; i++) {
        fflush(stdout);
        if (d.output)
            fflush(d.output);
        while (getchar() != '\n')
            ;
        while (source_again(s, &e) == SOURCE_DONE)
            poll(NULL, 0, 50);
        read_all(&d, s);
    }
    struct source_pull *p = mem_new(sizeof *p);
    unsigned serial;
    if (source_pull(s, p, &serial))
        for (size_t i = 0; i < p->stage_count; i++)
            printf("stage %d %d %s | %s\n", p->stages[i].kind, p->stages[i].state, p->stages[i].detail,
                   p->stages[i].command);
    printf("notes %s\n", p->notes);
    free(p);
    int64_t begun = now_ms();
    source_close(s);
    printf("closed in %lld ms\n", (long long)(now_ms() - begun));
    if (d.output)
        fclose(d.output);
    return 0;
}
