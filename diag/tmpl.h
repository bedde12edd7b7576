// A template: text of a log with holes, compiled to a short list of steps that are matched in one forward
// pass. Written "Oakley Transform [${peer_proposed}] refused"; msg matches lines with it, knowledge compiles
// and proves it.
//
// Own matcher and not PCRE2: every step is a memcmp or a scan over a class of bytes, so that nothing is
// compiled at start, no pattern of a pack can blow up (a step budget bounds it), and a line costs tens of
// nanoseconds.
#ifndef IKEWALK_DIAG_TMPL_H
#define IKEWALK_DIAG_TMPL_H

#include "diag/arena.h"
#include "diag/err.h"
#include "diag/str.h"

// A hole is written ${name} or ${name:kind}. A name of _ or an empty one captures nothing. Without a kind a
// hole takes any text, the least that lets the rest match; a last hole takes the rest of the line.
//   text  any bytes (default)              word  no blank
//   int   decimal digits                   hex   hex digits, 0x allowed in front
//   num   digits . -                       addr  an address or what stands for one: no blank, comma or '=',
//   ends before a
//                                                ':' that only digits follow (the port is left outside)
//   name  [A-Za-z0-9_.+-]                  caps  [A-Z0-9_]
//   quoted  no double quote                bytes  bytes in hex, one by one: 0x0 0x1 0x51 0x80
// ${name^TEXT} and ${name:kind^TEXT} take only what begins with TEXT: "proposals: ${peer_proposed^IKE:}".
// A literal blank matches any run of blanks (also no-break spaces). Holes are separated by
// literal text; a hole of a kind, which then takes all of its bytes, may touch the next one.
#define TMPL_SLOTS 16

struct tmpl;

// Slots that the code itself reasons about; every other name is a value for the report.
enum slot_name {
    SLOT_VALUE,
    SLOT_CONN,     // connection name
    SLOT_INSTANCE, // number of the instance of a connection
    SLOT_SERIAL,   // the daemon's number of the negotiation
    SLOT_PEER,     // address of the peer
    SLOT_PEER_PORT,
    SLOT_LOCAL, // own address
    SLOT_STATE, // a daemon's word for a state or an exchange: see dialect.words
    SLOT_EXCHANGE,
    SLOT_NOTIFY,
    SLOT_ERRNO,
    SLOT_PARENT,   // number of the IKE SA that a child uses
    SLOT_REPLACES, // number of the negotiation that this one replaces
    SLOT_TARGET,   // number of the negotiation that a line speaks of
    SLOT_CHILD,    // number of a child where IKE SA and child are numbered apart
    SLOT_MSGID,
    SLOT_THREAD, // number of the daemon's thread that wrote the line
    SLOT_PART,   // of a value that several lines spell out (struct message collects)
    SLOT_NAMES
};
extern const char *const slot_word[SLOT_NAMES]; // SLOT_VALUE is NULL
enum slot_name slot_of(struct str name);

struct slot {
    struct str name;
    struct str value; // borrows the line
    enum slot_name known;
    uint64_t number; // of a slot that is a number: the key it goes by, never UINT64_MAX; else 0
};

struct slots {
    size_t count;
    bool known_only; // asked for by the caller: values that only a report wants are not taken
    struct str rest; // what a last hole without a name took
    struct slot at[TMPL_SLOTS];
};

enum tmpl_fit {
    FIT_NONE,
    FIT_START, // the whole template matched, text is left over behind a word's end
    FIT_WHOLE
};

// Compiles text into the arena; NULL and e filled ("${x:adress}: unknown kind of hole; nearest is addr") when
// it is wrong.
struct tmpl *tmpl_compile(struct str text, struct arena *arena, struct err *e);
// Matches at the start of the text; fills slots (may be NULL) with what the holes took.
enum tmpl_fit tmpl_match(const struct tmpl *t, struct str text, struct slots *slots);
// Templates that are tried one after the other on one text: what two neighbours share is matched once.
enum { TRAIL_HOLES = 12 };
struct trail {
    size_t reached; // how many holes were passed; the rows below hold those
    const char *from[TRAIL_HOLES], *to[TRAIL_HOLES];
    size_t slots[TRAIL_HOLES]; // how many were taken before
};
// How many holes in a row from the first, each with one end only, two templates have in common.
unsigned tmpl_shared(const struct tmpl *a, const struct tmpl *b);
// Matches a template of such a row; shared is that with the one before, 0 for the first. The head stands at
// the start of the text and ends at `behind`.
enum tmpl_fit tmpl_match_next(const struct tmpl *t, unsigned shared, const char *behind, struct str text,
                              struct slots *slots, struct trail *trail);
// The literal text in front of the first hole (may be empty) and the number of literal bytes in all.
struct str tmpl_head(const struct tmpl *t);
size_t tmpl_weight(const struct tmpl *t);
// The longest literal anywhere, for a quick test of templates that begin with a hole.
struct str tmpl_longest(const struct tmpl *t);
// Can a text begin with this byte?
bool tmpl_may_begin(const struct tmpl *t, unsigned char byte);
// Can a whole text end with this byte? False: at most FIT_START comes of it.
bool tmpl_may_end(const struct tmpl *t, unsigned char byte);
// Can every hole before the last end at one place only, whatever follows?
bool tmpl_is_sure(const struct tmpl *t);
// Has the template a slot that code reasons about, or a value for the report?
bool tmpl_has_known(const struct tmpl *t);
bool tmpl_has_values(const struct tmpl *t);
bool tmpl_has_slot(const struct tmpl *t, enum slot_name slot);
// Has it a hole whose name begins so?
bool tmpl_has_named(const struct tmpl *t, struct str beginning);
// The value of a slot, or an empty slice with at NULL.
struct str slots_get(const struct slots *s, struct str name);

#endif
