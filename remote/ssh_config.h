// The user's ~/.ssh/config, read for what says where a host is and as whom to go there: Host entries with
// HostName, User, Port, IdentityFile and ProxyJump. Nothing in it is ever run; what was passed over because
// it would change the way there is told (R5).
#ifndef IKEWALK_REMOTE_SSH_CONFIG_H
#define IKEWALK_REMOTE_SSH_CONFIG_H

#include "remote/gateways.h"

// Fills those fields of g that are empty (host is what is looked up, and replaced by HostName) from the text
// of a file; path is for the notes, one a line.
void ssh_config_apply(struct str text, const char *path, struct gateway *g, struct buf *notes);
// The same from ~/.ssh/config, when there is one that others cannot write.
void ssh_config_of_user(struct gateway *g, struct buf *notes);

#endif
