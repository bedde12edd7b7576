// What all screens share: what is open, the newest news about it, and which tunnel is looked at. tui/app.c
// owns the one there is.
#ifndef IKEWALK_TUI_SESSION_H
#define IKEWALK_TUI_SESSION_H

#include "diag/redact.h"
#include "remote/gateways.h"
#include "tui/desk.h"
#include "tui/keys.h"
#include "tui/recheck.h"
#include "tui/ticks.h"

#define TUNNEL_NONE UINT32_MAX

struct session {
    struct desk desk;
    const struct knowledge *knowledge; // NULL until it is read
    struct view *view;                 // NULL before the first
    struct shot *shot;
    struct excerpt *excerpt;
    struct meaning *meaning;
    struct folder *folder;
    struct exported *exported;
    struct recents *recents; // NULL until they are read
    struct pull *pull;       // how the gateway is getting on; NULL: none is read
    unsigned asked;          // the question of it that was put
    struct gateway profile;  // the one that the form is about to show
    char profile_name[65];   // that it takes the place of; empty: it is new
    unsigned profiles_saved; // how often
    struct progress progress;

    struct buf title;           // of what is open
    struct opening *opened;     // how it was opened; NULL: nothing is
    uint32_t tunnel;            // the one that is looked at, by id, or TUNNEL_NONE
    int attempt;                // of it, -1: the one that counts
    const struct finding *rule; // of the finding that is looked at; NULL: none
    enum checkpoint checkpoint; // that it is about
    unsigned epoch;             // that its id belongs to
    struct buf wanted;          // its name, while a case is read anew and has no id for it yet
    const struct finding *wanted_rule;
    unsigned notices;       // of the reading side that were shown
    struct snapshot before; // of the tunnel, for the re-check
    bool adding;            // what is opened next is the log of the other end,
    bool adding_capture;    // or a capture
    bool added;             // it just was: the walk goes on at the tunnels,
    bool adding_both;       // or at both ends, which was what was asked for,
    bool both_next;         // as soon as there are tunnels again
    bool following;         // new lines are read as they come
    int source;             // where the log view goes when it opens; line 0: the first evidence
    uint64_t line;
    const struct lesson *lesson;       // that is played, or was last; NULL: none
    const struct path_case *path_case; // that the path view opens on; NULL: what the sources tell
    const struct concept *page;        // that is about to be shown
    const char *begin_at;              // the folder whose files are offered first; NULL: the one it runs in
    const char *practice;              // folder of logs to practise with, or NULL: the sample logs
    int32_t key;                       // that the action at hand was chosen with
    unsigned learned;                  // how often something was written of lessons and practice
    struct ticks ticks;
    struct buf notice;               // stands in the place of Next: until the next key
    const struct screen_ops *helped; // whose keys the help shows
    void *helped_state;              // its state, borrowed while the help stands over it
    bool mouse;                      // it is ours
    bool can_paste;                  // the terminal says what is pasted
    unsigned reached;                // steps of the rail that are open, 1u << enum rail
    bool wide;                       // tunnels, ladder and finding share the screen
    bool redacted;                   // the screen shows stand-ins
    struct redact *redact;           // NULL before the first time
    bool export_all;                 // the export is about all tunnels
    bool export_sample;              // and begins with a sample of the log
    struct buf box_title, box_text;  // what a box is about to show
};

void session_init(struct session *s, struct desk desk); // borrows what the desk points to
void session_release(struct session *s);
// Lets go of what was read before and reads this; takes o. While the other end's log is chosen (adding), what
// is open is read anew with it.
void session_open(struct session *s, struct opening *o);
// Stops reading and lets go of everything, when something is open.
void session_close(struct session *s);
// Takes over what is new; false when nothing is.
bool session_news(struct session *s);
// Switches between true names and stand-ins; the same name keeps its stand-in for the whole run.
void session_redact(struct session *s, bool on);
// "reading 18.2 of 61.0 MB", "done", or nothing: for the right end of the rail.
void session_progress(const struct session *s, struct buf *out);
// Empties the box and titles it; returned is what it shows, to be written by the caller.
struct buf *session_box(struct session *s, struct str title);
void session_notice(struct session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Copies a text for the user, and says where it went, or why nowhere.
void session_copy(struct session *s, struct str text);

// Looks at a tunnel: asks for it when the shot at hand shows another.
void session_look(struct session *s, uint32_t tunnel, int attempt);
// What is looked at now, to come back to it.
struct looked {
    uint32_t tunnel;
    int attempt;
    unsigned epoch;
    const struct finding *rule;
    enum checkpoint checkpoint;
};
struct looked session_looked(const struct session *s);
void session_look_back(struct session *s, const struct looked *then);
// Reads new lines as they come, or not any more.
void session_follow(struct session *s, bool on);
// Turns what is on or off everywhere (following, stand-ins, the mouse), and says so.
void session_toggle(struct session *s, enum act act);
// Can new lines come to what is open? Of a sample and of a pipe that has ended none can.
bool session_grows(const struct session *s);
// The tunnel that is looked at, NULL while it has not arrived.
const struct tunnel_view *session_tunnel(const struct session *s);
// What stands in its place then.
const char *session_missing(const struct session *s);
// The finding of the rule that is looked at; NULL when there is none.
const struct finding_view *session_finding(const struct session *s);
// Is the log of the other end read as well?
bool session_both(const struct session *s);
// Is a gateway being read, so that leaving is asked about?
bool session_pulls(const struct session *s);
// Lines of all sources that were read so far.
uint64_t session_lines(const struct session *s);
// The row of a tunnel in the view, or NULL.
const struct tunnel_row *session_row(const struct session *s, uint32_t tunnel);

// Steps of a fix that are done, of the tunnel that is looked at.
bool session_ticked(const struct session *s, const struct finding *finding, size_t step);
void session_tick(struct session *s, const struct finding *finding, size_t step, bool done);
// A finding is mended: its steps begin anew the next time.
void session_untick(struct session *s, const struct finding *finding);

#endif
