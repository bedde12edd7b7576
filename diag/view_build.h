// From a judgement to the views of view.h, in the arena of the facts. Inside of diag only.
#ifndef IKEWALK_DIAG_VIEW_BUILD_H
#define IKEWALK_DIAG_VIEW_BUILD_H

#include "diag/merge.h"

// Without finding and certainty: they need what the lines say, which takes longer than all the rest.
struct tunnel_row view_row(struct facts *f);
void view_find(struct facts *f, struct tunnel_row *row);
// The row of a tunnel of end A with what the other end adds.
struct tunnel_row view_row_of_two(struct two *t);
// j is what the facts speak of; lines of other attempts are added to it.
const struct tunnel_view *view_tunnel(struct facts *f, struct judged *j);

// Worst first, then the most recent.
void view_sort(struct tunnel_row *rows, size_t count);

#endif
