// The templates of one dialect in a radix tree over the literal text they begin with. Inside of diag only;
// msg.c asks it.
#ifndef IKEWALK_DIAG_RADIX_H
#define IKEWALK_DIAG_RADIX_H

#include "diag/msg.h"

struct radix;

struct radix *radix_new(const struct dialect *d); // borrows it; gives, radix_free
void radix_free(struct radix *t);
// The template that fits the body: *won, with msg->fit and its slots added to those of msg. False: none.
bool radix_match(const struct radix *t, struct str body, struct msg *msg, const struct template **won);

#endif
