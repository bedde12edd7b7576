// Is it the host it says it is? All answers of libssh have a branch, and only a known key goes on without a
// question. Revoked keys, which libssh passes over, are looked for here.
#include <libssh/libssh.h>

#include "remote/source_ssh.h"
#include "remote/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { KNOWN_HOSTS_MOST = 16 << 20, ACCEPTED_MOST = 64 };

// What is asked about one key.
struct asked {
    struct gate *g;
    const char *name; // as known_hosts writes the host: "gw" or "[gw]:2222"
    const char *where, *type;
    ssh_key key;
    const char *fingerprint;
    struct buf file; // of the user
};

// Where a file speaks of the host.
struct place {
    char path[300];
    unsigned line;
    bool revoked;
};

// The first line that revokes this key, or, with other, that names the host with another key.
static bool
find_line(const struct asked *a, struct str text, bool other, unsigned *number)
{
    static const struct str mark = {"@revoked", sizeof "@revoked" - 1};
    *number = 0;
    while (text.len) {
        size_t end = str_find(text, STR("\n"));
        struct str line = str_trim((struct str){text.at, end});
        text = str_from(text, end + 1);
        ++*number;
        bool revoked = str_starts(line, mark);
        if (revoked == other || !line.len || (!revoked && *line.at == '@'))
            continue;
        line = revoked ? str_trim(str_from(line, mark.len)) : line;
        struct ssh_knownhosts_entry *entry = NULL;
        char *copy = strndup(line.at, line.len);
        bool found = copy && ssh_known_hosts_parse_line(a->name, copy, &entry) == SSH_OK && entry &&
                     (ssh_key_cmp(entry->publickey, a->key, SSH_KEY_CMP_PUBLIC) == 0) != other;
        if (entry)
            ssh_knownhosts_entry_free(entry);
        free(copy);
        if (found)
            return true;
    }
    return false;
}

// Looks through the user's file and the system's.
static bool
find_place(const struct asked *a, bool other, struct place *place)
{
    const char *files[] = {a->file.at, a->g->only_known ? NULL : "/etc/ssh/ssh_known_hosts"};
    for (size_t i = 0; i < 2; i++) {
        struct buf text = {0};
        struct err ignored;
        int fd = files[i] ? open(files[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
        bool found = fd >= 0 && whole_read(fd, files[i], KNOWN_HOSTS_MOST, &text, &ignored) &&
                     find_line(a, buf_str(&text), other, &place->line);
        if (fd >= 0)
            close(fd);
        buf_release(&text);
        if (!found)
            continue;
        snprintf(place->path, sizeof place->path, "%s", files[i]);
        return true;
    }
    return false;
}

static bool
refuse_changed(const struct asked *a, struct err *e)
{
    struct place place = {0};
    bool found = find_place(a, true, &place);
    return err_set(
        e, ERR_AUTH,
        "%s: cannot trust %s: its host key is not the known one (%s %s; %s:%u disagrees). Somebody may "
        "stand in between. Only if the key was changed on purpose: ssh-keygen -R '%s' -f %s removes the old "
        "entry (-F in the place of -R shows it)",
        a->g->shown, a->where, a->type, a->fingerprint, found ? place.path : a->file.at, place.line, a->name,
        found ? place.path : a->file.at);
}

static bool
remember(const struct asked *a, ssh_session s, struct err *e)
{
    struct buf text = {0};
    struct err why = {0};
    char *line = NULL;
    int fd = open(a->file.at, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool good = fd >= 0 ? whole_read(fd, a->file.at, KNOWN_HOSTS_MOST, &text, &why) : errno == ENOENT;
    if (fd >= 0)
        close(fd);
    good = good && ssh_session_export_known_hosts_entry(s, &line) == SSH_OK;
    if (good) {
        if (text.len && text.at[text.len - 1] != '\n')
            buf_add_char(&text, '\n');
        buf_add(&text, str_of(line));
        if (text.len && text.at[text.len - 1] != '\n')
            buf_add_char(&text, '\n');
        good = whole_write(a->file.at, buf_str(&text), &why);
    }
    ssh_string_free_char(line);
    buf_release(&text);
    return good ||
           err_set(e, ERR_IO,
                   "%s: cannot remember its host key: %.400s. Mend that file, or accept the key this once",
                   a->g->shown, why.kind ? why.text : err_say("known_hosts cannot be read"));
}

// Keys that were accepted this once: as long as the program runs nobody is asked again for the same key of
// the same host, for a gateway is connected to anew when the other end's log comes beside it.
static struct {
    pthread_mutex_t lock;
    char *at[ACCEPTED_MOST];
    size_t count;
} accepted = {.lock = PTHREAD_MUTEX_INITIALIZER};

// Was it accepted? With add it is from now on.
static bool
is_accepted(const struct asked *a, bool add)
{
    struct buf key = {0};
    bool known = false;
    buf_addf(&key, "%s %s", a->name, a->fingerprint);
    pthread_mutex_lock(&accepted.lock);
    for (size_t i = 0; i < accepted.count && !known; i++)
        known = strcmp(accepted.at[i], buf_cstr(&key)) == 0;
    char *kept = add && !known && accepted.count < ACCEPTED_MOST ? strdup(buf_cstr(&key)) : NULL;
    if (kept)
        accepted.at[accepted.count++] = kept;
    pthread_mutex_unlock(&accepted.lock);
    buf_release(&key);
    return known;
}

// Nobody has met this key yet.
static bool
ask(const struct asked *a, ssh_session s, struct buf *how, struct err *e)
{
    struct gate *g = a->g;
    if (!g->batch && is_accepted(a, false)) {
        buf_add(how, str_of(err_say("host key accepted this once")));
        return true;
    }
    if (g->batch)
        return err_set(
            e, ERR_AUTH,
            "%s: cannot trust %s: its host key is not known (%s %s). Compare it with the gateway's own "
            "and remember it: connect once with the wizard or with ssh, or name a file with --known-hosts",
            g->shown, a->where, a->type, a->fingerprint);
    struct source_question q = {.kind = SOURCE_ASK_HOST_KEY};
    struct source_answer answer;
    snprintf(q.where, sizeof q.where, "%s", a->where);
    snprintf(q.key_type, sizeof q.key_type, "%s", a->type);
    snprintf(q.fingerprint, sizeof q.fingerprint, "%s", a->fingerprint);
    snprintf(q.remember, sizeof q.remember, "%s", a->file.at);
    const char *dash = strncmp(a->type, "ssh-", 4) == 0 ? a->type + 4 : a->type;
    snprintf(q.compare, sizeof q.compare, "ssh-keygen -lf /etc/ssh/ssh_host_%.*s_key.pub",
             (int)strcspn(dash, "-"), dash);
    if (!gate_ask(g, &q, &answer))
        return gate_cancelled(g, e);
    if (answer.choice == SOURCE_NO)
        return err_set(e, ERR_AUTH, "%s: not connected: you did not accept the host key of %s", g->shown,
                       a->where);
    buf_add(how, str_of(answer.choice == SOURCE_REMEMBER ? err_say("host key remembered")
                                                         : err_say("host key accepted this once")));
    if (answer.choice == SOURCE_ONCE)
        is_accepted(a, true);
    return answer.choice == SOURCE_ONCE || remember(a, s, e);
}

static bool
judge(const struct asked *a, ssh_session s, struct buf *how, struct err *e)
{
    struct place place = {0};
    if (find_place(a, false, &place))
        return err_set(
            e, ERR_AUTH,
            "%s: cannot trust %s: its host key is revoked (%s %s, %s:%u). Whoever revoked it knows why; do "
            "not connect",
            a->g->shown, a->where, a->type, a->fingerprint, place.path, place.line);
    switch (ssh_session_is_known_server(s)) {
    case SSH_KNOWN_HOSTS_OK:
        buf_add(how, str_of(err_say("host key known")));
        return true;
    case SSH_KNOWN_HOSTS_CHANGED:
    case SSH_KNOWN_HOSTS_OTHER:
        return refuse_changed(a, e);
    case SSH_KNOWN_HOSTS_UNKNOWN:
    case SSH_KNOWN_HOSTS_NOT_FOUND:
        return ask(a, s, how, e);
    case SSH_KNOWN_HOSTS_ERROR:
        break;
    }
    return err_set(e, ERR_AUTH, "%s: cannot check the host key of %s: %.300s", a->g->shown, a->where,
                   ssh_get_error(s));
}

bool
host_check(struct gate *g, const struct gateway *hop, const char *where, ssh_session s, struct buf *how,
           struct err *e)
{
    struct asked a = {.g = g, .where = where};
    struct buf name = {0};
    unsigned char *hash = NULL;
    size_t length = 0;
    buf_add(&a.file, str_of(g->known_hosts));
    if (strcmp(hop->port, "22") == 0)
        buf_add(&name, str_of(hop->host));
    else
        buf_addf(&name, "[%s]:%s", hop->host, hop->port);
    a.name = buf_cstr(&name);
    buf_cstr(&a.file);
    char *print = NULL;
    bool good = ssh_get_server_publickey(s, &a.key) == SSH_OK &&
                ssh_get_publickey_hash(a.key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == SSH_OK &&
                (print = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length)) != NULL;
    if (good) {
        a.fingerprint = print;
        a.type = ssh_key_type_to_char(ssh_key_type(a.key));
        good = judge(&a, s, how, e);
    } else {
        err_set(e, ERR_AUTH, "%s: cannot check the host key of %s: it showed none", g->shown, where);
    }
    ssh_string_free_char(print);
    ssh_clean_pubkey_hash(&hash);
    ssh_key_free(a.key);
    buf_release(&name);
    buf_release(&a.file);
    return good;
}
