// Files that a configuration file includes by a pattern, as shells write them: /etc/ipsec.d/*.conf. The
// command line and the wizard read them as sources of their own, behind the file that names them.
#ifndef IKEWALK_REMOTE_INCLUDE_H
#define IKEWALK_REMOTE_INCLUDE_H

#include "diag/arena.h"
#include "diag/err.h"

#define INCLUDE_MOST 32 // files of one pattern; more are only counted

// How many regular files fit, and the first INCLUDE_MOST of them, sorted; a pattern without a leading slash
// counts from the folder of `from`. One with a slash is a path of the gateway that the file is from: it is
// looked up below the root that `from` lies in ("/etc/ipsec.conf", "case/etc/ipsec.conf"), and *elsewhere
// says that there is none, for files of this machine must not pass for those of another one. Names are in the
// arena.
size_t include_files(const char *from, struct str pattern, struct arena *arena,
                     const char *files[INCLUDE_MOST], bool *elsewhere);
// Says that so many of them were not read. Always false.
bool include_left(const char *from, size_t left, struct err *e);
// Says that what it includes lies elsewhere. Always false.
bool include_elsewhere(const char *from, struct str pattern, struct err *e);

#endif
