// What few lines of a log come to is kept out of the functions that all of them pass, so that these stay near
// to each other and the first-level cache holds them. Inside of diag only.
#ifndef IKEWALK_DIAG_RARE_H
#define IKEWALK_DIAG_RARE_H

#define RARE __attribute__((noinline))

#endif
