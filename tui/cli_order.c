#include "tui/cli_order.h"

#include "tui/since.h"

#include "diag/line.h"
#include "diag/rules.h"
#include "remote/gather.h"
#include "tui/cli.h"
#include "tui/words.h"

#include <time.h>
#include <unistd.h>

enum {
    OPT_FORMAT = 256,
    OPT_SINCE,
    OPT_TUNNEL,
    OPT_DIALECT,
    OPT_NO_TRAFFIC,
    OPT_REDACT,
    OPT_KB,
    OPT_OUTPUT,
    OPT_COLOR,
    OPT_ASCII,
    OPT_PROGRESS,
    OPT_TRACE,
    OPT_IDENTITY,
    OPT_KNOWN_HOSTS,
    OPT_JUMP,
    OPT_PLATFORM,
    OPT_TIMEOUT,
    OPT_WHOLE,
    OPT_PEER_OF,
    OPT_HELP,
};

static const struct option options[] = {
    {"format", required_argument, NULL, OPT_FORMAT},
    {"lang", required_argument, NULL, CLI_LANG},
    {"since", required_argument, NULL, OPT_SINCE},
    {"tunnel", required_argument, NULL, OPT_TUNNEL},
    {"dialect", required_argument, NULL, OPT_DIALECT},
    {"no-traffic", no_argument, NULL, OPT_NO_TRAFFIC},
    {"redact", no_argument, NULL, OPT_REDACT},
    {"kb", required_argument, NULL, OPT_KB},
    {"output", required_argument, NULL, OPT_OUTPUT},
    {"color", required_argument, NULL, OPT_COLOR},
    {"ascii", no_argument, NULL, OPT_ASCII},
    {"progress", required_argument, NULL, OPT_PROGRESS},
    {"trace", required_argument, NULL, OPT_TRACE},
    {"help", no_argument, NULL, OPT_HELP},
    {"peer-of", required_argument, NULL, OPT_PEER_OF},
    {"identity", required_argument, NULL, OPT_IDENTITY},
    {"known-hosts", required_argument, NULL, OPT_KNOWN_HOSTS},
    {"jump", required_argument, NULL, OPT_JUMP},
    {"platform", required_argument, NULL, OPT_PLATFORM},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"whole", no_argument, NULL, OPT_WHOLE},
    {NULL, 0, NULL, 0},
};

static const char *
help(void)
{
    return _("Usage: ikewalk check [OPTIONS] SOURCE...\n"
             "\n"
             "Says at which checkpoint each tunnel of the logs is stuck, and what to do.\n"
             "\n"
             "      --format text|json     for people, or one JSON object (ikewalk-report/1)\n"
             "      --tunnel NAME          only this connection\n"
             "      --dialect NAME         all lines are this daemon's: \"ikewalk kb list --dialects\" names "
             "them\n"
             "      --since TIME           only what came later: 2024-11-07, '2024-11-07 04:45',\n"
             "                             or 30min, 2h, 1d ago\n"
             "      --peer-of SOURCE       what the gateway at the other end logged; may be repeated\n"
             "      --no-traffic           you know that tunnels which are up carry nothing\n"
             "      --redact               stand-ins for addresses, names and identities\n"
             "      --kb DIR               knowledge packs over the built-in ones\n"
             "      --output FILE          write the report there, whole or not at all\n"
             "      --color auto|always|never\n"
             "      --ascii                only ASCII characters\n"
             "      --lang LANG            language of the words\n"
             "      --progress auto|never  whether a terminal is shown how far reading is\n"
             "      --trace FILE           one line for each decision\n"
             "      --help                 this text\n"
             "\n"
             "For gateways (ssh://[USER@]HOST[:PORT][/PATH], or @NAME of gateways.yaml):\n"
             "      --identity FILE        the private key to sign in with\n"
             "      --known-hosts FILE     the only file that is asked for host keys\n"
             "      --jump HOST            hosts to go through: [USER@]HOST[:PORT], with commas\n"
             "      --platform NAME        what runs there, when it cannot be found out\n"
             "      --timeout SECONDS      how long it may be silent (30)\n"
             "      --whole                every line of its log, not only the daemon's\n"
             "\n"
             "Exit status: 0 all well, 1 a tunnel has an error, 2 usage or a source that could not\n"
             "be read, 3 nothing was recognised as IKE or IPsec.\n");
}

static bool
choose(const char *option, const char *given, const char *const words[], size_t count, int *choice)
{
    *choice = word_index(words, count, str_of(given));
    if (*choice >= 0)
        return true;
    struct buf all = {0};
    for (size_t i = 0; i < count; i++)
        buf_addf(&all, "%s%s", i ? ", " : "", words[i]);
    cli_misused("check", _("--%s %s: cannot use this value: it is one of %s"), option, given, buf_cstr(&all));
    buf_release(&all);
    return false;
}

// An option about gateways; the exit status when it cannot be used, else -1.
static int
take_gateway(struct order_of_check *o, int option, const char *value)
{
    uint64_t seconds;
    struct buf known = {0};
    switch (option) {
    case OPT_IDENTITY:
        o->gateway.identity = value;
        return -1;
    case OPT_KNOWN_HOSTS:
        o->gateway.known_hosts = value;
        return -1;
    case OPT_JUMP:
        o->gateway.jump = value;
        return -1;
    case OPT_WHOLE:
        o->gateway.whole = true;
        return -1;
    case OPT_TIMEOUT:
        if (!str_number(str_of(value), &seconds) || seconds < 1 || seconds > 3600)
            return cli_misused("check", _("--timeout %s: cannot use this value: it is 1 to 3600 seconds"),
                               value);
        o->gateway.timeout = (int)seconds;
        return -1;
    default:
        o->gateway.platform = value;
        if (gather_platform(value) >= 0)
            return -1;
        gather_platforms(&known);
        int status = cli_misused("check", _("--platform %s: cannot use this value: it is one of %s"), value,
                                 buf_cstr(&known));
        buf_release(&known);
        return status;
    }
}

// An option whose value is one of a few words.
static bool
take_choice(struct order_of_check *o, int option, const char *value)
{
    static const char *const formats[] = {"text", "json"}, *const choices[] = {"auto", "always", "never"},
                             *const shown[] = {"auto", "never"};
    int choice = 0;
    if (option == OPT_FORMAT) {
        if (!choose("format", value, formats, 2, &choice))
            return false;
        o->json = choice == 1;
    } else if (option == OPT_COLOR) {
        if (!choose("color", value, choices, 3, &choice))
            return false;
        o->color = (enum choice)choice;
    } else {
        if (!choose("progress", value, shown, 2, &choice))
            return false;
        o->progress = choice == 1 ? CHOICE_NEVER : CHOICE_AUTO;
    }
    return true;
}

// One option; the exit status when it ends the run, else -1.
static int
take_option(struct order_of_check *o, int option, const char *value)
{
    switch (option) {
    case OPT_FORMAT:
    case OPT_COLOR:
    case OPT_PROGRESS:
        return take_choice(o, option, value) ? -1 : CLI_WRONG;
    case OPT_SINCE:
        if (!since_read(value, &o->since))
            return cli_misused("check",
                               _("--since %s: cannot read this time: it is written 2024-11-07, "
                                 "'2024-11-07 04:45' or 2h"),
                               value);
        break;
    case OPT_TUNNEL:
        o->tunnel = value;
        break;
    case OPT_DIALECT:
        o->dialect = value;
        break;
    case OPT_KB:
        o->kb = value;
        break;
    case OPT_OUTPUT:
        o->output = value;
        break;
    case OPT_TRACE:
        o->trace = value;
        break;
    case OPT_PEER_OF:
        if (o->peers == ORDER_PEERS)
            return cli_misused("check", _("--peer-of %s: cannot read so many: %d are the most"), value,
                               ORDER_PEERS);
        o->peer_of[o->peers++] = value;
        break;
    case OPT_NO_TRAFFIC:
        o->no_traffic = true;
        break;
    case OPT_REDACT:
        o->redact = true;
        break;
    case OPT_ASCII:
        o->ascii = true;
        break;
    case OPT_IDENTITY:
    case OPT_KNOWN_HOSTS:
    case OPT_JUMP:
    case OPT_PLATFORM:
    case OPT_TIMEOUT:
    case OPT_WHOLE:
        return take_gateway(o, option, value);
    case 'h':
    case OPT_HELP:
        return cli_print(str_of(help())) ? CLI_GOOD : CLI_WRONG;
    default:
        return CLI_WRONG;
    }
    return -1;
}

int
order_read(struct order_of_check *o, int argc, char **argv)
{
    *o = (struct order_of_check){.since = LINE_NO_TIME, .gateway.batch = true};
    optind = 0;
    for (int option, index = 0; (option = cli_option(argc, argv, options, &index)) != -1;) {
        int status = take_option(o, option, optarg);
        if (status >= 0)
            return status;
    }
    if (optind == argc)
        return cli_misused("check",
                           _("SOURCE: cannot check anything: name a log file, or - for standard input"));
    if (!cli_named("check", "SOURCE", argv + optind))
        return CLI_WRONG;
    if (!isatty(STDERR_FILENO))
        o->progress = CHOICE_NEVER;
    return -1;
}
