// The shape that knowledge must have: everything vendor-specific that the core reads, as plain constant data.
// knowledge/load fills it from the packs (tests may fill it by hand); diag only reads it. All pointers and
// slices borrow from the knowledge arena and live as long as struct knowledge does.
#ifndef IKEWALK_DIAG_RULES_H
#define IKEWALK_DIAG_RULES_H

#include "diag/arena.h"
#include "diag/portmap.h"
#include "diag/str.h"
#include "diag/tmpl.h"

// The nine checkpoints of the ladder. The seven documented ones stand in their documented order, contact and
// traffic are ours. A tunnel's real order is a struct order.
enum checkpoint {
    CP_CONTACT,
    CP_IKE_VERSION,
    CP_P1_CIPHER,
    CP_PSK,
    CP_ID,
    CP_SUBNETS,
    CP_P2_CIPHER,
    CP_UPDOWN,
    CP_TRAFFIC,
    CP_COUNT,
    CP_NONE = CP_COUNT
};

enum state { ST_UNKNOWN, ST_PASSED, ST_FAILED, ST_SUSPECTED, ST_NOT_REACHED, ST_NOT_APPLICABLE, ST_COUNT };
enum basis {
    BASIS_NONE,
    BASIS_SEEN,
    BASIS_IMPLIED,
    BASIS_OTHER_END,
    BASIS_MEASURED,
    BASIS_STATED,
    BASIS_COUNT
};
enum certainty { SURE_POSSIBLE, SURE_LIKELY, SURE_CERTAIN, SURE_COUNT };
enum severity { SEV_NOTE, SEV_WARNING, SEV_ERROR, SEV_COUNT };
enum where { AT_THIS_GATEWAY, AT_PEER, AT_PATH, AT_CLIENT, AT_COUNT };

// The words of the report for each enum ("p1-cipher", "not-reached", "other-end" ...), in enum order.
extern const char *const checkpoint_word[CP_COUNT + 1]; // the last is "none"
// Is this a cause of that checkpoint: "psk.mismatch" of psk?
bool cause_is_of(struct str cause, enum checkpoint checkpoint);
extern const char *const state_word[ST_COUNT];
extern const char *const basis_word[BASIS_COUNT]; // BASIS_NONE is NULL
extern const char *const certainty_word[SURE_COUNT];
extern const char *const severity_word[SEV_COUNT];
extern const char *const where_word[AT_COUNT];
// The index of a word in such a table of n words, or -1.
int word_index(const char *const words[], size_t n, struct str word);

// The facts that code reasons about, each with a small closed set of words. Everything else a log, a person
// or a gateway says is a value under a free name (struct value in diag/view.h).
enum fact {
    FACT_ROLE,   // initiator, responder
    FACT_IKE,    // v1, v1-main, v1-aggressive, v2
    FACT_AUTH,   // psk, signature, xauth: how the IKE SA is authenticated
    FACT_NAT,    // none, here, there, both, some
    FACT_STAGE,  // how far the exchange came: which answer is awaited (see stage words)
    FACT_PHASE,  // p1 until the IKE SA stands, p2 behind it and for every child; computed. Set only by the
                 // names of states that nothing but a child has
    FACT_NOTIFY, // the notify of this line, by its name in the IKE registry; from the slot "notify"
    FACT_REKEY,  // yes when this negotiation replaces one that stood; computed
    FACT_ERRNO,  // the error number of this line; from the slot "errno"
    FACT_COUNT
};
extern const char *const fact_name[FACT_COUNT];
enum { ROLE_UNKNOWN, ROLE_INITIATOR, ROLE_RESPONDER };
enum { REKEY_YES = 1, REKEY_MAYBE }; // 0: no, or not known
enum { IKE_UNKNOWN, IKE_V1, IKE_V1_MAIN, IKE_V1_AGGRESSIVE, IKE_V2 };
enum { AUTH_UNKNOWN, AUTH_PSK, AUTH_SIGNATURE, AUTH_XAUTH };
enum { NAT_UNKNOWN, NAT_NO, NAT_HERE, NAT_THERE, NAT_BOTH, NAT_SOME };
// first: message 1 or IKE_SA_INIT is out, nothing came back. third: message 3 (key exchange) is out.
// keyed: message 5 (identity, encrypted) is out. auth: IKE_AUTH is out. child: quick mode or a child's
// request is out. responders use the same words for what they wait for: third (sent R1), keyed (sent R2),
// auth (answered IKE_SA_INIT), last (sent the quick mode answer, waits for the closing message). done:
// nothing is awaited.
enum {
    STAGE_UNKNOWN,
    STAGE_FIRST,
    STAGE_THIRD,
    STAGE_KEYED,
    STAGE_AUTH,
    STAGE_XAUTH,
    STAGE_CHILD,
    STAGE_LAST,
    STAGE_DONE
};
enum { PHASE_UNKNOWN, PHASE_P1, PHASE_P2 };
// The words of a closed fact in the order of its enum above, word 0 is "unknown"; ends with NULL. NULL for
// notify and errno, whose words are free.
extern const char *const *const fact_words[FACT_COUNT];

// One condition. All conditions of a record must hold; there is no "or", one writes a second record.
//   FACT is WORD   FACT isnt WORD   FACT known   FACT unknown
//   saw NAME       never NAME       NAME is an event or a message of this attempt
//   VALUE is TEXT  VALUE known ...  VALUE is a free name; only in findings
enum test { TEST_IS, TEST_ISNT, TEST_KNOWN, TEST_UNKNOWN, TEST_SAW, TEST_NEVER };
struct when {
    enum test test;
    int fact;        // enum fact, or FACT_COUNT for a free value
    struct str name; // fact, value, event or message name as written
    struct str word; // what it is compared with
    int value;       // where it stands among the words of a closed fact, 0: nowhere
    int event;       // saw/never: index into knowledge.events, or -1 when it names a message
    int message;     // saw/never: first index into knowledge.messages with that id, or -1
};
struct when_list {
    const struct when *at;
    size_t count;
};

// What an event says about checkpoints. "info" attaches the line and its values without changing the state.
struct statement {
    enum state state;     // ST_UNKNOWN means info
    unsigned checkpoints; // bit set of 1u << enum checkpoint
    struct when_list when;
};

enum opens { OPENS_NOTHING, OPENS_IKE, OPENS_CHILD };
// How a negotiation ends. done is not an end: an established SA lives until one of these.
enum ending {
    END_NONE,
    END_TIMEOUT,  // nobody answered
    END_REFUSED,  // one side gave up after a refusal
    END_DELETED,  // by this gateway, orderly
    END_PEER,     // by the peer, orderly
    END_EXPIRED,  // lifetime
    END_LOST,     // DPD or liveness
    END_REPLACED, // a newer one took its place
    END_COUNT
};
extern const char *const ending_word[END_COUNT];

// Values that an event or a message fixes: fact and index of its word.
struct setting {
    enum fact fact;
    int word;
};

enum { EVENT_STATEMENTS = 48 }; // of one event, no more than a word has bits; the loader refuses more

// What keeps a daemon from working: nothing, a part of its configuration that it could not load, or all.
enum hinders { HINDERS_NOTHING, HINDERS_PART, HINDERS_ALL, HINDERS_WORDS };

// One vendor-neutral event, from packs/checkpoints.yaml.
struct event {
    struct str id, note;
    enum opens opens;       // a negotiation begins here if its number is new
    enum opens establishes; // the IKE SA, or the child (and what carries it)
    enum ending ends;
    enum opens about; // OPENS_CHILD: concerns the child that is outstanding even when logged under its IKE
                      // SA; OPENS_IKE: under a new number it is never a child's, though an IKE SA stands
    bool repeats;     // a retransmission: counted, and its stage is what silence is about
    bool unmatched;   // who answers looked for a connection for this, and none fits
    bool restart;     // the daemon began anew: all its numbers begin again
    bool loads;       // speaks of the configuration, before and outside any attempt
    enum hinders hinders; // until it begins anew or is seen to negotiate
    bool reads;           // an awaited message arrived and was read; what comes of it is said by a later line
    bool doubts;          // the daemon may do what it should not: no verdict beside it is certain
    bool early;           // what it refuses is looked at before the identity, of which nothing is implied
    bool redirects;       // the peer that the line names takes the place of the one there was
    bool asks_end;        // the daemon is told to take something down, and the lines behind it do
    bool echoes;          // the peer says again what it said: what came of that right before begins nothing
    bool begins;          // only informs, and an attempt that was not seen may be known by it
    bool reopens;         // the other end looks last: what is suspected here had passed at this one
    bool answers;         // comes back to a question of ours: of the one attempt that waits for that peer
    bool refuses_networks; // fails the subnets, whatever else is known
    struct setting *settings;
    size_t setting_count;
    const struct statement *statements;
    size_t statement_count;
};

// A value may be spelt out over several lines: one message opens the block, the others are its lines.
enum block_part { PART_NO, PART_LINE, PART_FIRST }; // PART_FIRST: another value of the block begins here

// What a line of a gateway's state is a record of (diag/records.h); the keys of each stand in the pack guide.
enum record_kind {
    RECORD_NONE,
    RECORD_CONNECTION, // what is configured
    RECORD_INCLUDE,    // a file, or a pattern of files, that belongs to a configuration
    RECORD_PART,       // what connections that name it are made of; without a name, all of the source
    RECORD_CHILD,      // a child that stands, with its counters
    RECORD_PAIR,       // addresses of which the next line tells what they are of
    RECORD_KERNEL_SA,
    RECORD_KERNEL_POLICY,
    RECORD_ROUTE,
    RECORD_ADDRESS,
    RECORD_SETTING,
    RECORD_LISTENER,
    RECORD_CHAIN, // of packet filter rules, or the table that the rules behind it are of
    RECORD_RULE,
    RECORD_INTERFACE, // which chains are asked there
    RECORD_SA,        // an SA of IKE or a child as it is named, standing or being made
    RECORD_COUNTER,   // of all of the gateway, by name; only its growth says something
    RECORD_KINDS
};
extern const char *const record_word[RECORD_KINDS]; // RECORD_NONE is "none"

// One message of a dialect: one record of a pack; each of its templates is matched on its own.
struct message {
    struct str id, note;
    int dialect;
    int event;       // index into knowledge.events, -1 when the message only informs
    int child_event; // what the same words say of a child, of daemons that do not tell the two apart; or -1
    int peer_speaks; // index of the dialect whose daemon the peer is, by what it said of itself; or -1
    struct setting *settings;
    size_t setting_count;
    enum record_kind record;  // of a state dialect: the line begins such a record,
    const struct pair *pairs; // words of such a line whose next word is a value: {saddr: src}
    size_t pair_count;
    const struct pair *flags; // words that are a value themselves: {masquerade: action}
    size_t flag_count;
    struct str networks;      // addresses among the words are a value of this key, with the mask behind them
    bool wildcards;           // behind which stand the bits that do not count instead
    const struct pair *names; // of numbers behind such words: {isakmp: 500}
    size_t name_count;
    const struct pair *values; // that the line means without writing them
    size_t value_count;
    bool alone;           // one line for a whole attempt that failed
    bool joins;           // or, with this, adds to the one before it and makes it this kind (none: as it is)
    struct str notify;    // name in the registry of the notify that the line tells of in words of its own
    struct str collects;  // the value that the lines behind it spell out part by part, or empty
    enum block_part part; // a line of such a block: it says nothing by itself
    struct str file;      // pack file, for kb test and explain
    int line;
    const struct example *examples;
    size_t example_count;
};

struct template
{
    struct tmpl *tmpl; // compiled
    struct str text;   // as written
    int message;       // index into knowledge.messages
    int line;          // in the pack file
};

struct pair {
    struct str key, value;
};
struct example {
    struct str line;
    const struct pair *gives; // slot values that must come out exactly
    size_t give_count;
    int at_line;
};

// What a name that a daemon writes (a state, an exchange) says about the negotiation; looked up by the slots
// "state" and "exchange".
struct word_meaning {
    struct str word;
    const struct setting *settings;
    size_t setting_count;
};

// Of one dialect, and of one stage: no more than a word has bits; the loader refuses more.
enum { PREFIX_STAGES = 32, STAGE_TEMPLATES = 32 };

struct prefix_stage {
    const struct template
        *templates; // the first that matches is taken off; its last hole is the rest of the line
    size_t count;
};

struct dialect {
    struct str id, title;
    int like;  // index of the dialect whose records it inherits, or -1
    bool late; // an IKE SA gets its number with its keys, 0 before; lines without one speak of the SA before
    bool headed;               // each of its lines begins with a prefix,
    bool behind;               // and one of the last stage stands only behind another
    const struct str *daemons; // syslog tags that speak it
    size_t daemon_count;
    const struct str *relays; // tags of programs that pass on what it says, among lines of their own
    size_t relay_count;
    const struct prefix_stage *prefixes;
    size_t prefix_count;
    const struct template *templates; // own ones first, then inherited ones that were not replaced
    size_t template_count;
    const struct word_meaning *words; // states and exchanges
    size_t word_count;
    const struct pair
        *orders; // exchange variant -> order id where it differs: {v1-aggressive, v1-aggressive-proposal}
    size_t order_count;
    const struct pair *spells; // algorithm, canonical -> as this dialect's configuration writes it
    size_t spell_count;
    bool state;          // its lines are the output of commands about a gateway's state, not a log,
    struct str defaults; // name of the section that holds for all connections of a configuration, or empty
    bool either;         // its sides are not said to be here or there: "ours" may be the peer's
    bool configuration;  // or those of a configuration file, read behind the heads of their sections
                         // (outline.h)
    const struct wording *wordings; // how its commands are written, own ones first, then inherited ones
    size_t wording_count;
    bool apart;      // administered in another way than the one it is like: none of its commands serve here
    int host;        // dialect of what it runs on, whose commands serve where it has none of its own; or -1
    struct str note; // what the pack rests on, and what it cannot show
};

struct order {
    struct str id;
    struct str title; // one sentence for "why this order"
    enum checkpoint rung[CP_COUNT];
};
// The number that a checkpoint has in this order, from 1; 0 for contact and traffic, which are not among the
// documented ones, and without an order.
unsigned order_number(const struct order *order, enum checkpoint checkpoint);

// One algorithm, so that proposals are compared by attributes and never by spelling.
struct algorithm {
    struct str id;           // canonical, as in the IKE registries: AES_CBC_128, HMAC_SHA2_256, MODP2048
    struct str kind;         // cipher, hash, group
    bool weak;               // never to be recommended first
    const struct str *names; // other spellings
    size_t name_count;
};

struct spelling {
    struct str name;
    const struct algorithm *algorithm;
};

// Something that one does at a gateway, under a name of its own: steps say which, every dialect says how.
struct command {
    struct str id, note;
    struct str text; // the same on every gateway; empty: it differs, see struct wording
    struct str file;
    int line;
};
// A command in the words of a dialect.
struct wording {
    int command;       // index into knowledge.commands
    struct str v1, v2; // for each IKE version; the same text where it makes no difference, empty: none
    struct str file;
    int line;
};

struct alternative {
    struct str cause, tell_apart;
};
struct step {
    enum where where;
    struct str act;    // what to do, one sentence
    int command;       // index into knowledge.commands, or -1
    struct str expect; // what must be seen for "done"
    bool weak;         // allows weaker cryptography; marked, and never first
    bool instead;      // of the step before: one does the one or the other
    bool other_log;    // it is read the other gateway's log, which the wizard can do
};
struct finding {
    struct str id, cause;
    enum checkpoint checkpoint;
    enum severity severity;
    enum certainty certainty;
    struct when_list when;
    struct str title, explanation;
    const struct str *unknown; // what this log cannot tell, one sentence each
    size_t unknown_count;
    const struct alternative *alternatives; // best first
    size_t alternative_count;
    const struct step *steps;
    size_t step_count;
    struct str word;    // how the tunnel stands, in place of DOWN or UNKNOWN; empty: no more is to be said
    struct str in_case; // id of the case that ends in this finding, or empty
    struct str file;
    int line;
};

struct finding_list {
    const struct finding *const *at;
    size_t count;
};

// A log and what must come out of it; read by kb test and ctest, and shown as sample logs.
struct rule_case {
    struct str id, title;
    struct str log; // path below the assets, or empty when text is given
    struct str text;
    struct str beside;              // output of commands about the gateway, read beside the log; empty: none
    struct str capture;             // lines of a capture, read beside the log; empty: none
    struct str peer_log, peer_text; // what the other end logged; both empty: one end is at hand
    struct str tunnel;              // which tunnel is meant; empty: the only one, or the worst
    struct str checkpoint, cause, certainty, finding, state; // empty: not checked
    const struct pair *ladder;                               // checkpoint -> state that must come out
    size_t ladder_count;
    const struct pair *values;
    size_t value_count;
    bool no_traffic;        // the operator states that the tunnel carries nothing
    const struct str *also; // ids of further findings of severity error or warning that must come out
    size_t also_count;
    bool sample;   // shown in the source picker
    bool telltale; // its log holds words about what is wrong: it is not practised with
    struct str file;
    int line;
};

struct checkpoint_text {
    struct str title, question, explanation;
    struct str signature_title; // what it is called where certificates take the key's place; empty: the same
};

struct lesson;
struct concept;
struct knowledge {
    struct arena arena;
    const struct dialect *dialects;
    size_t dialect_count;
    const struct message *messages;
    size_t message_count;
    const struct event *events;
    size_t event_count;
    const struct command *commands;
    size_t command_count;
    const struct order *orders;
    size_t order_count;
    const struct pair *notifies; // as written anywhere (N(NO_PROP), v2N_NO_PROPOSAL_CHOSEN) -> registry name
    size_t notify_count;
    const struct algorithm *algorithms;
    size_t algorithm_count;
    const struct spelling *spellings; // of all algorithms, by their first byte, then the longest first
    size_t spelling_from[257];        // where those of a byte begin
    const struct finding
        *findings; // in order of precedence: of two errors at one checkpoint the first that holds wins
    size_t finding_count;
    struct finding_list errors[CP_COUNT], remarks[SEV_ERROR]; // the same: by checkpoint, by severity
    const struct rule_case *cases;
    size_t case_count;
    const struct str *alarms; // words of an error, in any case
    size_t alarm_count;
    const struct pair *causes; // cause id -> label
    size_t cause_count;
    struct checkpoint_text checkpoint[CP_COUNT];
    struct str not_known;         // stands in a text for a value that the log does not tell,
    struct str untimed;           // and this for a moment: texts say "around ${time}"
    bool translated;              // texts are in another language than the packs'
    const struct lesson *lessons; // by number; diag/teach.h
    size_t lesson_count;
    const struct concept *concepts;
    size_t concept_count;
    struct portmap portmap;
};

#endif
