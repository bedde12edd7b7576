// Numbers, sizes and moments as people read them, and the words and marks of states: what several screens
// write the same way.
#ifndef IKEWALK_TUI_FIGURES_H
#define IKEWALK_TUI_FIGURES_H

#include "diag/view.h"

void figures_bytes(uint64_t n, struct buf *out); // 18.2 MB
// "22 Nov 05:26"; nothing without a time.
void figures_stamp(int64_t time, struct buf *out);
// The first and the last moment of all that was read.
void figures_span(const struct view *v, int64_t *first, int64_t *last);
// The same as a stamp; of the day of `near` only the time: "05:26:31".
void figures_stamp_near(int64_t time, int64_t near, struct buf *out);

// "[ok]", four columns, and the look of a rung.
struct str figures_mark(enum state state, enum basis basis);
uint8_t figures_look(enum state state, enum basis basis);
// passed, implied, failed, suspect, not reached ..., translated.
const char *figures_word(enum state state, enum basis basis);
// "IKEv1 main", "IKEv2", "?"; brief: "v1".
const char *figures_ike(int ike, bool brief);
// UP, DOWN, UNSTABLE, UNKNOWN, or what the verdict knows of one that is down, translated, and the look.
struct str figures_tunnel(const struct tunnel_row *row, uint8_t *look);
// "office: up, and ...", of one that is up and has no finding of today; t may be NULL.
void figures_up(const struct tunnel_row *row, const struct tunnel_view *t, struct buf *out);
// "38 attempts, all stop at 4 Identity", or how many at which; nothing for a single one.
void figures_history(const struct knowledge *k, const struct tunnel_view *t, struct buf *out);
// "4 Identity": a checkpoint with its number in an order, where it has one.
void figures_rung(const struct knowledge *k, const struct order *order, enum checkpoint checkpoint, int auth,
                  struct buf *out);
// "Your answer, Contact: passed." How that stands where a trainee looked in vain; CP_COUNT: nowhere.
void figures_misplaced(const struct knowledge *k, const struct tunnel_view *t, enum checkpoint placed,
                       struct buf *out);
// What a cause is called; its id where the knowledge has no words for it.
struct str figures_cause(const struct knowledge *k, struct str cause);
// What of a source was left out because lines are longer than what is looked at; nothing: all was read.
void figures_cut(const struct source_view *source, struct buf *out);
// A file without its folders.
struct str figures_file(struct str name);
// "L1046", with both ends at hand "B:L1046"; "L.." while lines are not counted.
void figures_line(const struct proof *proof, struct buf *out);
// "  (8 times)", nothing of a line that came once.
void figures_times(const struct proof *proof, struct buf *out);
// "L1046  its words  (8 times)"
void figures_proof(const struct proof *proof, struct buf *out);

#endif
