// The tags of daemons that nobody cares for, as they were met: most lines of a mixed log begin with one.
// Inside of diag only; line.c has one for each source.
#ifndef IKEWALK_DIAG_FOREIGN_H
#define IKEWALK_DIAG_FOREIGN_H

#include "diag/line.h"

enum {
    FOREIGN_NAME = 24, // bytes of a name and the one behind it; a longer one is not kept
    FOREIGN_SETS = 256,
    FOREIGN_WAYS = 2,
};

// "name[123]: " or "name: "
struct foreign_tag {
    uint64_t word[FOREIGN_NAME / 8],
        mask[FOREIGN_NAME / 8]; // "name[" or "name:", and which bytes of it count
    uint32_t rest, rest_mask;   // "]: " or " "
    uint8_t length, rest_length;
    uint8_t digits; // of the process that are looked at; 0: it has none
};

// {0} knows none.
struct foreign {
    struct foreign_tag set[FOREIGN_SETS][FOREIGN_WAYS]; // the latest of a set comes first
};

// Keeps the tag of a line that has a stamp, unless it is known or too long.
void foreign_keep(struct foreign *f, const struct line *line);
// Has a line whose tag would stand at `at` one that is kept, and no stamp behind it, which would be a
// router's or another clock's? False also near the end of the block, where nobody can tell.
bool foreign_tagged(struct foreign *f, const char *at, const char *end);

#endif
