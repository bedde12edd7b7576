// A password or passphrase while it is needed: one owner, one page that is left out of core files and swap,
// wiped before it is given back. The wizard types into it, the thread that signs in uses it and frees it, or
// where the wizard asked for that keeps it until the program ends (R5).
#ifndef IKEWALK_REMOTE_SECRET_H
#define IKEWALK_REMOTE_SECRET_H

#include "diag/str.h"

#define SECRET_MOST 1000 // bytes

struct secret;

// An empty one, or NULL when there is no memory for it. gives, secret_free.
struct secret *secret_new(void);
void secret_free(struct secret *s);
// False when there is no room for them: nothing was added.
bool secret_add(struct secret *s, struct str bytes);
// Takes the last character of UTF-8 away.
void secret_shorten(struct secret *s);
void secret_clear(struct secret *s);
size_t secret_length(const struct secret *s);
// With a NUL behind it; borrowed until the next change.
const char *secret_text(const struct secret *s);
// Keeps a secret that was right, in memory alone; takes it. Whose it is, is a text of the caller's.
void secret_keep(const char *whose, struct secret *s);
// A copy of what is kept, or NULL. gives, secret_free.
struct secret *secret_kept(const char *whose);
// Wipes what is kept; NULL: all of it.
void secret_forget(const char *whose);
// From here on no core file and no other process of this user shows the memory of this one. secret_new calls
// it, and whoever is about to read a private key.
void secret_guard(void);

#endif
