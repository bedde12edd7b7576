// What the ladder of a tunnel tells about its path. Inside of diag only.
#ifndef IKEWALK_DIAG_PATH_TUNNEL_H
#define IKEWALK_DIAG_PATH_TUNNEL_H

#include "diag/path.h"

void path_tunnel_give(const struct tunnel_view *t, int nat, struct path *p);

#endif
