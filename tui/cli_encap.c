// encap: the path view without a screen. Its options are the facts of the packs by their names, and a few
// short forms for several of them at once.
#include "tui/cli.h"

#include "diag/diag.h"
#include "diag/path_report.h"
#include "remote/source.h"
#include "tui/output.h"
#include "tui/words.h"

#include <stdlib.h>

enum { OPT_FAMILY = 256, OPT_FORMAT, OPT_KB, OPT_OPEN, OPT_MAPPED, OPT_CARRIER, OPT_CAPTURE, OPT_FACT };

static const struct option options[] = {{"family", required_argument, NULL, OPT_FAMILY},
                                        {"mode", required_argument, NULL, OPT_FACT},
                                        {"branch-port", required_argument, NULL, OPT_FACT},
                                        {"published", required_argument, NULL, OPT_FACT},
                                        {"inner", required_argument, NULL, OPT_FACT},
                                        {"listen", required_argument, NULL, OPT_FACT},
                                        {"mapped", required_argument, NULL, OPT_MAPPED},
                                        {"nat", required_argument, NULL, OPT_FACT},
                                        {"open", required_argument, NULL, OPT_OPEN},
                                        {"cipher", required_argument, NULL, OPT_FACT},
                                        {"carrier", required_argument, NULL, OPT_CARRIER},
                                        {"carrier-there", required_argument, NULL, OPT_FACT},
                                        {"protocol", required_argument, NULL, OPT_FACT},
                                        {"id-set", required_argument, NULL, OPT_FACT},
                                        {"fragments", required_argument, NULL, OPT_FACT},
                                        {"outer-ip", required_argument, NULL, OPT_FACT},
                                        {"outer-mtu", required_argument, NULL, OPT_FACT},
                                        {"ipsec-mode", required_argument, NULL, OPT_FACT},
                                        {"packet", required_argument, NULL, OPT_FACT},
                                        {"capture", required_argument, NULL, OPT_CAPTURE},
                                        {"format", required_argument, NULL, OPT_FORMAT},
                                        {"kb", required_argument, NULL, OPT_KB},
                                        {"lang", required_argument, NULL, CLI_LANG},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};

static const char *
help(void)
{
    return _("Usage: ikewalk encap [OPTIONS]\n"
             "\n"
             "Says whether the carrier of a tunnel can work: NAT, mapped ports, filters and packet\n"
             "sizes. What is not given is not known, or assumed and shown as such.\n"
             "\n"
             "      --family ike|tcp-udp   standard IKE, or a vendor's tunnel over one TCP/UDP port\n"
             "      --nat none|initiator|responder|both   in front of which side there is NAT\n"
             "\n"
             "The vendor's tunnel, and any mapping:\n"
             "      --mode tcp|udp         the transport that is set in the branch\n"
             "      --branch-port N        the port that the starting side calls\n"
             "      --published N          the port that the mapping publishes\n"
             "      --inner N              the port that the mapping leads to\n"
             "      --listen N             the port that the answering side listens on\n"
             "      --mapped tcp,udp|tcp|udp|none   what is mapped\n"
             "      --fragments yes|no     whether IP fragments pass\n"
             "\n"
             "Standard IKE:\n"
             "      --open LIST            what passes: udp500 udp4500 esp tcp4500, also ah udp1701\n"
             "                             tcp10000; none for nothing\n"
             "      --carrier esp|natt|tcp|tcp-ts   how data travels; also auto and ctcp\n"
             "      --carrier-there WORD   the same of the other end\n"
             "      --protocol esp|ah      what protects the data\n"
             "      --id-set yes|no        whether the answering side states its identity\n"
             "\n"
             "Sizes:\n"
             "      --cipher NAME          as a table or a daemon writes it: aes256-sha256, AES_GCM_16\n"
             "      --outer-ip 4|6         the version of IP outside\n"
             "      --outer-mtu N          the largest packet outside\n"
             "      --ipsec-mode tunnel|transport\n"
             "      --packet N             what becomes of a packet of so many bytes\n"
             "\n"
             "      --capture FILE         what a packet capture (pcap, pcapng) shows\n"
             "      --format text|json     text when left out\n"
             "      --kb DIR               knowledge packs of your own over those built in\n"
             "      --lang LANG            language of the words\n"
             "      --help                 this text\n"
             "\n"
             "Exit status: 0 it works, 1 it does not, 2 wrong usage, 3 not enough is known.\n");
}

struct encap {
    struct path path;
    struct arena arena;
    bool json;
    const char *kb, *capture;
    struct source *source;
    struct diag *diag;
};

static bool
set_fact(struct encap *e, const char *option, const char *id, const char *text)
{
    struct err err = {0};
    struct str value;
    int fact = path_fact_named(e->path.map, str_of(id));
    if (fact < 0) {
        cli_complain(_("--%s: cannot use this option: the packs know no such fact"), option);
        return false;
    }
    if (!path_value_fits(&e->path.map->facts[fact], str_of(text), &e->arena, &value, &err)) {
        cli_misused("encap", "--%s", err.text);
        return false;
    }
    path_set(&e->path, fact, value, FROM_FORM, NULL);
    return true;
}

// Words of a list between commas or blanks, each one of those that are known; a bit for each.
static bool
read_list(const char *option, const char *text, const char *const words[], size_t count, unsigned *set)
{
    struct str rest = str_trim(str_of(text));
    *set = 0;
    while (rest.len && !str_eq(rest, STR("none"))) {
        size_t end = 0;
        while (end < rest.len && rest.at[end] != ',' && rest.at[end] != ' ')
            end++;
        struct str word = {rest.at, end};
        int at = word_index(words, count, word);
        if (word.len && at < 0) {
            cli_misused("encap", _("--%s %.*s: cannot use this value: it is not one of the list"), option,
                        STR_ARG(word));
            return false;
        }
        if (word.len)
            *set |= 1u << at;
        rest = str_from(rest, end + 1);
    }
    return true;
}

static bool
set_open(struct encap *e, const char *text)
{
    static const char *const words[] = {"udp500", "udp4500", "esp", "tcp4500", "ah", "udp1701", "tcp10000"};
    enum { ALWAYS = 4, WORDS = sizeof words / sizeof *words };
    unsigned open;
    if (!read_list("open", text, words, WORDS, &open))
        return false;
    for (unsigned i = 0; i < WORDS; i++) {
        char id[32] = "open-";
        memcpy(id + 5, words[i], strlen(words[i]) + 1);
        bool is = open & 1u << i;
        if ((i < ALWAYS || is) && !set_fact(e, "open", id, is ? "yes" : "no"))
            return false;
    }
    return true;
}

static bool
set_mapped(struct encap *e, const char *text)
{
    static const char *const words[] = {"tcp", "udp"};
    unsigned mapped;
    return read_list("mapped", text, words, 2, &mapped) &&
           set_fact(e, "mapped", "mapped-tcp", mapped & 1 ? "yes" : "no") &&
           set_fact(e, "mapped", "mapped-udp", mapped & 2 ? "yes" : "no");
}

static bool
set_carrier(struct encap *e, const char *text)
{
    bool stamps = strcmp(text, "tcp-ts") == 0;
    if (stamps || strcmp(text, "tcp") == 0)
        set_fact(e, "carrier", "timestamps", stamps ? "yes" : "no");
    return set_fact(e, "carrier", "carrier", stamps ? "tcp" : text);
}

static bool
take(struct encap *e, int option, int index)
{
    switch (option) {
    case OPT_OPEN:
        return set_open(e, optarg);
    case OPT_MAPPED:
        return set_mapped(e, optarg);
    case OPT_CARRIER:
        return set_carrier(e, optarg);
    case OPT_FACT:
        return set_fact(e, options[index].name, options[index].name, optarg);
    default:
        return true;
    }
}

// What must be known before the packs are read. -1 to go on, else the exit status.
static int
read_first(struct encap *e, int argc, char **argv, const char **family)
{
    int option, index = 0;
    bool mode = false;
    optind = 0;
    while ((option = cli_option(argc, argv, options, &index)) != -1) {
        if (option == 'h')
            return cli_print(str_of(help())) ? CLI_GOOD : CLI_WRONG;
        if (option == '?')
            return CLI_WRONG;
        if (option == OPT_FORMAT) {
            e->json = strcmp(optarg, "json") == 0;
            if (!e->json && strcmp(optarg, "text") != 0)
                return cli_misused("encap", _("--format %s: cannot write this format: it is text or json"),
                                   optarg);
        }
        mode |= option == OPT_FACT && strcmp(options[index].name, "mode") == 0;
        if (option == OPT_KB)
            e->kb = optarg;
        if (option == OPT_CAPTURE)
            e->capture = optarg;
        if (option == OPT_FAMILY)
            *family = optarg;
    }
    if (optind < argc)
        return cli_misused("encap", _("%s: cannot use this argument: encap takes options only"),
                           argv[optind]);
    if (!*family)
        *family = mode ? "tcp-udp" : "ike";
    return -1;
}

static size_t
read_again(void *self, int source, uint64_t offset, char *into, size_t want)
{
    (void)source;
    return source_read(((struct encap *)self)->source, offset, into, want);
}

// False when the capture cannot be read to its end, which has been said; what came before counts.
static bool
read_capture(struct encap *e, const struct knowledge *k)
{
    struct err err = {0};
    struct str block;
    e->source = source_open(e->capture, NULL, &err);
    if (e->source && strcmp(source_kind(e->source), "capture") != 0)
        err_set(&err, ERR_PARSE, _("%s: cannot read it as a capture: it does not begin as one"), e->capture);
    if (err.kind) {
        cli_complain("%s", err.text);
        return false;
    }
    e->diag = diag_new(k, &(struct diag_host){.self = e, .read = read_again});
    int number = diag_source(e->diag, str_of(e->capture), STR("capture"));
    enum source_step step;
    while ((step = source_step(e->source, &block, &err)) == SOURCE_MORE)
        diag_feed(e->diag, number, block.at, block.len);
    diag_source_end(e->diag, number, step == SOURCE_DONE, str_of(err.text));
    if (step != SOURCE_DONE)
        cli_complain("%s", err.text);
    diag_path(e->diag, NULL, &e->arena, &e->path);
    return step == SOURCE_DONE;
}

static int
judge(struct encap *e)
{
    static const int status[PATH_OUTCOMES] = {[PATH_WORKS] = CLI_GOOD,
                                              [PATH_HALF_UP] = CLI_FAULT,
                                              [PATH_NO_CONNECT] = CLI_FAULT,
                                              [PATH_UNKNOWN] = CLI_FOREIGN};
    struct path_view v;
    struct buf out = {0};
    path_judge(&e->path, &e->arena, &v);
    if (e->json)
        path_json(&v, &out);
    else
        path_text(&v, words_say, &out);
    bool good = cli_print(buf_str(&out));
    buf_release(&out);
    return good ? status[v.outcome] : CLI_WRONG;
}

int
cli_encap(int argc, char **argv)
{
    struct encap e = {0};
    const char *family = NULL;
    int option, index = 0, status = read_first(&e, argc, argv, &family);
    if (status >= 0)
        return status;
    struct knowledge *k = cli_knowledge(e.kb);
    if (!k)
        return CLI_WRONG;
    e.path.map = &k->portmap;
    e.path.family = path_family_named(&k->portmap, str_of(family));
    if (e.path.family < 0)
        status =
            cli_misused("encap", _("--family %s: cannot judge this family: it is ike or tcp-udp"), family);
    optind = 0;
    while (status < 0 && (option = cli_option(argc, argv, options, &index)) != -1)
        if (!take(&e, option, index))
            status = CLI_WRONG;
    bool whole = status >= 0 || !e.capture || read_capture(&e, k);
    if (status < 0)
        status = whole || e.diag ? judge(&e) : CLI_WRONG;
    if (!whole)
        status = CLI_WRONG;
    diag_free(e.diag);
    source_close(e.source);
    arena_release(&e.arena);
    knowledge_free(k);
    return status;
}
