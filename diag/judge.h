// All attempts of a tunnel to one verdict: which attempt counts, where it is stuck, which finding says why.
// Inside of diag only.
#ifndef IKEWALK_DIAG_JUDGE_H
#define IKEWALK_DIAG_JUDGE_H

#include "diag/quote.h"
#include "diag/view.h"
#include "diag/walk.h"

enum { JUDGE_ATTEMPTS = TUNNEL_NEGOS + 2 };

struct end_about;

// What the judge must know of the log around the tunnel.
struct surroundings {
    const struct negos *negos;
    uint64_t last_line; // of the source
    int64_t last_time;
    bool no_traffic;             // the operator states that nothing passes
    int end;                     // which gateway's log it is
    const struct end_about *own; // what that log says of its gateway's addresses; NULL: not looked for
};

// What is left of the walk of an attempt: walks are large, and attempts are many.
struct leaf {
    struct attempt attempt;
    bool quiet, walked; // what follows is filled
    bool up, gave_up, fresh;
    enum checkpoint stuck;
    enum state state;
    int came;                         // how many rungs, CP_COUNT: all
    const struct event_line *decides; // the deciding line of stuck
};

struct judged {
    const struct tunnel *tunnel;
    struct surroundings around;
    struct leaf leaves[JUDGE_ATTEMPTS]; // newest first
    int leaf_count;
    int counts; // index of the leaf that the verdict speaks of, -1: none
    const struct nego *live;
    const struct nego *said; // by the daemon of itself
    struct walk walk;        // of that leaf
    struct attempt attempt;
    enum tunnel_state state;
    enum ending ending;
    bool unaligned; // a capture decides, and whether it is of this attempt is not known
};

// Chooses the attempt that counts. choose >= 0 forces a leaf (the person walks through attempts).
void judge_tunnel(const struct tunnel *t, const struct surroundings *around, int choose, struct judged *j);
// Only the verdict, and only those attempts walked that it depends on; judge_rest walks the others.
void judge_verdict(const struct tunnel *t, const struct surroundings *around, int choose, struct judged *j);
void judge_rest(struct judged *j);

// Was the peer of a tunnel for whom there was no connection answered by one afterwards? Then that failure is
// history, as it would be under one name.
bool tunnel_mended(const struct negos *n, const struct tunnel *t);

// Lets the deciding lines of the other attempts that ended in the same way stand beside those of this one. Of
// those that failed only the newest two of one message: they repeat each other, while each that came up has
// its own numbers.
void judge_gather(struct judged *j);

// Facts of a judged attempt, for conditions and for the holes in texts: values from its lines (read again
// through q, once) and the computed ones listed in the pack guide.
struct facts {
    const struct judged *judged;
    struct quotes *quotes;
    struct arena *arena;
    const struct said **said; // values of each of the attempt's lines that have some, NULL until asked for
    size_t line_count;
    uint64_t names; // the set of the names of these values: a bit for each, and for some others
    const struct record_facts *state; // what the gateway's state says of the tunnel, or NULL
    const struct path *path;          // what was measured of its path, or NULL
    struct two *two;                  // what the other end knows (merge.h), or NULL
    int end;
};
// The value of a fact by name: the stuck checkpoint's own lines first. Empty when unknown.
struct str facts_get(struct facts *f, struct str name);
// Fills in said, line_count and names.
void facts_load(struct facts *f);
// Only what lines of the attempt said.
struct str facts_said(struct facts *f, struct str name);
// The line that a value or the end of a tunnel rests on; NULL: none, or the fact was worked out of several.
const struct event_line *facts_line(struct facts *f, struct str name);
bool facts_hold(struct facts *f, struct when_list when);
// A fact that is one of these two words.
static inline struct str
facts_yes(bool yes)
{
    return yes ? STR("yes") : STR("no");
}
// The dialect of the peer's daemon, by what the peer said of itself in this attempt, or -1.
int facts_peer_dialect(const struct facts *f);

// With whom the attempt is: a connection may be asked for by several peers. Empty when nothing tells.
struct str attempt_peer(const struct tunnel *t, const struct attempt *a);
struct str judge_peer(const struct judged *j);
// Lines inside the attempt that look like errors and that nobody understood.
uint32_t judge_alarms(const struct judged *j);
// Does the attempt hold such lines, or was its daemon told to misbehave? Then nothing of it is certain.
bool judge_doubted(const struct judged *j);
// How sure an error of this attempt can be: at most likely, when there are such lines.
enum certainty judge_certainty(const struct judged *j, const struct finding *rule);

// The error finding of the stuck checkpoint, or NULL.
const struct finding *judge_finding(struct facts *f, enum checkpoint stuck);

#endif
