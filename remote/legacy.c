#include "remote/legacy.h"

static const char *const good[LEGACY_KINDS] = {
    [LEGACY_KEX] = "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"
                   "ecdh-sha2-nistp521,diffie-hellman-group18-sha512,diffie-hellman-group16-sha512,"
                   "diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256",
    [LEGACY_HOST_KEY] = "ssh-ed25519,ecdsa-sha2-nistp521,ecdsa-sha2-nistp384,ecdsa-sha2-nistp256,"
                        "rsa-sha2-512,rsa-sha2-256",
    // The first is the cheapest one on both sides where the processor knows AES.
    [LEGACY_CIPHER] = "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,"
                      "aes256-ctr,aes192-ctr,aes128-ctr",
    [LEGACY_MAC] = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512",
};

static const struct {
    enum legacy_kind kind;
    const char *name;
} old[] = {
    {LEGACY_KEX, "diffie-hellman-group14-sha1"},
    {LEGACY_KEX, "diffie-hellman-group-exchange-sha1"},
    {LEGACY_KEX, "diffie-hellman-group1-sha1"},
    {LEGACY_HOST_KEY, "ssh-rsa"},
    {LEGACY_CIPHER, "aes256-cbc"},
    {LEGACY_CIPHER, "aes192-cbc"},
    {LEGACY_CIPHER, "aes128-cbc"},
    {LEGACY_CIPHER, "3des-cbc"},
    {LEGACY_MAC, "hmac-sha1-etm@openssh.com"},
    {LEGACY_MAC, "hmac-sha1"},
};
enum { OLD = sizeof old / sizeof *old };

// The next name of a list; false at its end.
static bool
next_name(struct str *list, struct str *name)
{
    if (!list->len)
        return false;
    size_t end = str_find(*list, STR(","));
    *name = str_trim((struct str){list->at, end});
    *list = str_from(*list, end + 1);
    return true;
}

bool
legacy_sound(const char *names, struct err *e)
{
    struct str rest = str_of(names), name;
    while (next_name(&rest, &name)) {
        size_t i = 0;
        while (i < OLD && !str_eq(name, str_of(old[i].name)))
            i++;
        if (i == OLD)
            return err_set(
                e, ERR_USAGE,
                "legacy: cannot allow \"%.*s\": it is none of the old algorithms that there are here "
                "(ssh-rsa, diffie-hellman-group14-sha1, aes128-cbc, hmac-sha1 ...)",
                (int)(name.len < 60 ? name.len : 60), name.at);
    }
    return true;
}

void
legacy_offer(enum legacy_kind kind, const char *names, struct buf *out)
{
    struct str rest = str_of(names), name;
    buf_add(out, str_of(good[kind]));
    while (next_name(&rest, &name))
        for (size_t i = 0; i < OLD; i++)
            if (old[i].kind == kind && str_eq(name, str_of(old[i].name)))
                buf_addf(out, ",%s", old[i].name);
}

void
legacy_named(struct str text, struct buf *out)
{
    for (size_t i = 0; i < OLD; i++) {
        struct str name = str_of(old[i].name);
        for (struct str rest = text; rest.len;) {
            size_t at = str_find(rest, name);
            struct str behind = str_from(rest, at + name.len);
            if (at < rest.len && (!behind.len || strchr(", ];\n", behind.at[0]))) {
                buf_addf(out, "%s%s", out->len ? ", " : "", old[i].name);
                break;
            }
            rest = at < rest.len ? str_from(rest, at + 1) : STR_NONE;
        }
    }
}
