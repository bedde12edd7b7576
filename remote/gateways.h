// The user's gateways: how each is reached and what of it is read, in one small file of YAML that never holds
// a secret. source_ssh looks names up in it, the wizard lists and edits it.
#ifndef IKEWALK_REMOTE_GATEWAYS_H
#define IKEWALK_REMOTE_GATEWAYS_H

#include "diag/err.h"
#include "diag/str.h"

#define GATEWAYS_MOST 200
#define GATEWAYS_FILE_MOST (64 * 1024) // bytes

// Empty and 0 mean: not said.
struct gateway {
    char name[65];
    char host[256];
    char user[65];
    char port[6];
    char jump[512];     // [USER@]HOST[:PORT], several with commas, the first one first
    char identity[512]; // the file of a private key
    char platform[32];
    char log[512];    // a path, journal, or journal:UNIT
    char legacy[256]; // old algorithms to allow besides, with commas
    char sudo[4];     // "yes": the commands are run with sudo -n
};

// One field a row, for the file and the form that edits it.
struct gateway_field {
    const char *key;
    size_t offset, room; // in struct gateway
};
extern const struct gateway_field gateway_fields[];
extern const size_t gateway_field_count;
char *gateway_value(struct gateway *g, const struct gateway_field *f);
bool gateway_set(struct gateway *g, const struct gateway_field *f, struct str value, struct err *e);
// All fields are of a form that can be used; e names the one that is not.
bool gateway_sound(const struct gateway *g, struct err *e);

struct gateways {
    struct gateway *list; // by the order of the file
    size_t count;
};

// $XDG_CONFIG_HOME/ikewalk/gateways.yaml; false when there is no home.
bool gateways_path(struct buf *path, struct err *e);
// Fills g, also with nothing when there is no such file; gateways_release. A file that others can write is
// refused.
bool gateways_read(const char *path, struct gateways *g, struct err *e);
void gateways_release(struct gateways *g);
// Writes the whole list, 0600, all or nothing. Comments of the old file are lost.
bool gateways_write(const char *path, const struct gateways *g, struct err *e);
const struct gateway *gateways_find(const struct gateways *g, const char *name);

// ssh://[USER@]HOST[:PORT][/PATH]; the path becomes the log.
bool gateway_parse(const char *text, struct gateway *g, struct err *e);
// [USER@]HOST[:PORT], as in jump; where says what it belongs to.
bool gateway_parse_host(struct str text, const char *where, struct gateway *g, struct err *e);

#endif
