// A view as a report for other programs (ikewalk-report/1, see assets/report.schema.json) and for people
// (text that is pasted into a ticket). check prints them, the wizard exports them. Writers stream: one tunnel
// is in memory at a time.
#ifndef IKEWALK_DIAG_REPORT_H
#define IKEWALK_DIAG_REPORT_H

#include "diag/err.h"
#include "diag/path.h"
#include "diag/redact.h"
#include "diag/view.h"

// What a stretch of the text report is, for a terminal that has colours.
enum paint { PAINT_PLAIN, PAINT_STRONG, PAINT_GOOD, PAINT_BAD, PAINT_DOUBT, PAINT_DIM, PAINT_COUNT };

// Parts of a report for people that can be left out.
enum report_part { REPORT_LADDER = 1, REPORT_FINDING = 2, REPORT_EVIDENCE = 4 };

// What a writer needs. All pointers are borrowed for the call.
struct report {
    const struct view *view;
    const char *version; // of the program
    void *self;          // handed to the functions below
    // The tunnel of a row, made in the arena, or NULL when it is not known any more.
    const struct tunnel_view *(*tunnel)(void *self, uint32_t id, struct arena *arena);
    // This tunnel is asked for VIEW_SOON calls later, only a hint; NULL: no hints are wanted.
    void (*soon)(void *self, uint32_t id);
    // What is known of the path of a tunnel, or (NULL) of the sources; NULL: nothing is.
    void (*path)(void *self, const struct tunnel_view *t, struct arena *arena, struct path *p);
    // Takes the next bytes of the report; false and e filled ends the writing.
    bool (*write)(void *self, struct str bytes, struct err *e);
    struct redact *redact;    // masks secrets always, names when it was told so; counts what it masked
    struct str only;          // one connection by its name; empty: all
    const uint32_t *only_id;  // one tunnel by its id; NULL: all
    unsigned leave_out;       // bits of enum report_part
    const char *const *paint; // PAINT_COUNT terminal sequences, [PAINT_PLAIN] ends each; NULL: no colour
    const char *(*say)(const char *words); // translates the words of the text report; NULL: English
    bool ascii;                            // characters beyond ASCII are written as escapes
    double seconds;                        // how long reading took; below 0: not told
};

// The JSON report: one object, one tunnel a line.
bool report_json(const struct report *r, struct err *e);
// The text report, its lines ended by \n.
bool report_text(const struct report *r, struct err *e);
// For a ticket or a wiki, as Markdown: the tunnels, and of each that is reported its ladder and the finding
// behind its verdict; further findings and what the path adds stand in the other two only.
bool report_md(const struct report *r, struct err *e);

// Is this row part of the report? `only` names a connection with or without its [instance].
bool report_shows(const struct report *r, const struct tunnel_row *row);
// Tells r->redact every name of the report, so that a name gets its stand-in wherever it first stands. The
// writers call it; it does nothing when names are shown.
void report_learn(const struct report *r);
// Everything about a source that was not read, cut or forgotten, one sentence after the other; nothing:
// empty.
void report_problem(const struct report *r, size_t source, struct buf *out);
// A text from outside as it may stand in a report: masked, redacted, safe. log: it is log text and not words
// of a pack, whose own line breaks are kept.
void report_clean(const struct report *r, struct str text, bool log, struct buf *out);
// Turns what is not ASCII in a safe text to <U+00E9>.
void report_ascii(struct str safe, struct buf *out);

#endif
