// Signing in: the agent, the key that was named, keyboard-interactive, a password, in this order and each so
// many times. Secrets come in through a question and are wiped as soon as they were used; where the wizard
// reads, one that was right is kept for the next connection to the same host, until the program ends.
#include <libssh/libssh.h>

#include "remote/secret.h"
#include "remote/source_ssh.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { TRIES = 3, ROUNDS = 10, AGENT_STEPS = 20, FACTORS = 4 };

enum result { IN, PARTLY, REFUSED, BROKEN };

struct signing {
    struct gate *g;
    const struct gateway *hop;
    ssh_session s;
    size_t row;       // of the progress
    struct buf *how;  // how it worked
    struct buf tried; // what did not
    struct err *e;    // filled when BROKEN
    const char *doing;
    const char *file; // the key being opened
    bool locked;      // it wants a passphrase
    bool wanted;      // and the gateway would take it: nobody is asked before that
    int passphrases;
    bool given_up;        // the user cancelled a question
    char whose[400];      // this host's password among what is kept
    bool recalled;        // what is tried now was kept, and nobody was asked
    struct secret *typed; // it was asked for: kept when it is right
};

static enum result
result_of(struct signing *a, int code)
{
    switch (code) {
    case SSH_AUTH_SUCCESS:
        return IN;
    case SSH_AUTH_PARTIAL:
        return PARTLY;
    case SSH_AUTH_DENIED:
        return REFUSED;
    default:
        link_fail(a->g, a->s, a->doing, a->e);
        return BROKEN;
    }
}

static void
not_by(struct signing *a, const char *what, const char *why)
{
    buf_addf(&a->tried, "%s%s", a->tried.len ? ", " : "", err_say(what));
    if (why)
        buf_addf(&a->tried, " (%s)", err_say(why));
}

// A question with prompts; false when nobody answers. Until the gateway has looked at what was typed the
// progress says so.
static bool
ask(struct signing *a, struct source_question *q, struct source_answer *answer)
{
    q->kind = SOURCE_ASK_SECRET;
    snprintf(q->where, sizeof q->where, "%s@%.200s", a->hop->user, a->hop->host);
    gate_stage_set(a->g, a->row, STAGE_NOW, "%s", a->hop->user);
    bool good = gate_ask(a->g, q, answer) && answer->choice != SOURCE_NO;
    for (size_t i = 0; good && i < q->prompt_count; i++)
        good = answer->secrets[i] != NULL;
    if (good) {
        gate_stage_set(a->g, a->row, STAGE_NOW, err_say("%s: what you typed is being tried ..."),
                       a->hop->user);
        return true;
    }
    a->given_up = true;
    source_answer_drop(answer);
    return false;
}

// What is kept, to be tried before anybody is asked.
static struct secret *
recall(struct signing *a, const char *whose)
{
    struct secret *s = a->g->keeps ? secret_kept(whose) : NULL;
    a->recalled = s != NULL;
    return s;
}

// What was tried is kept when it was right, else forgotten.
static void
learn(struct signing *a, const char *whose, bool right)
{
    if (right && a->g->keeps && a->typed)
        secret_keep(whose, a->typed);
    else
        secret_free(a->typed);
    if (!right && a->recalled)
        secret_forget(whose);
    a->typed = NULL;
    a->recalled = false;
}

// The answer to a question with one prompt; the rest of the answer is wiped.
static struct secret *
only_answer(struct signing *a, struct source_question *q)
{
    struct source_answer answer;
    q->kept = a->g->keeps;
    if (!ask(a, q, &answer))
        return NULL;
    struct secret *s = answer.secrets[0];
    answer.secrets[0] = NULL;
    source_answer_drop(&answer);
    return s;
}

// libssh asks for the passphrase of a key.
static int
give_passphrase(const char *prompt, char *into, size_t room, int echo, int verify, void *self)
{
    struct signing *a = self;
    struct source_question q = {.prompt_count = 1};
    (void)prompt, (void)echo, (void)verify;
    a->locked = true;
    if (a->g->batch || !a->wanted)
        return -1;
    learn(a, a->file, false); // what was tried before
    struct secret *s = recall(a, a->file);
    if (!s && a->passphrases++ == TRIES)
        return -1;
    snprintf(q.title, sizeof q.title, "%s", err_say("The key is locked with a passphrase"));
    snprintf(q.text, sizeof q.text, "%s%s", a->passphrases > 1 ? err_say("That was not it. ") : "", a->file);
    snprintf(q.prompts[0].text, sizeof q.prompts[0].text, "%s", err_say("Passphrase"));
    s = s ? s : only_answer(a, &q);
    if (!s)
        return -1;
    size_t length = secret_length(s);
    bool fits = length < room;
    if (fits)
        memcpy(into, secret_text(s), length + 1);
    a->typed = s;
    return fits ? 0 : -1;
}

// Whether the gateway would take this key, when its public half lies beside it; true: perhaps.
static bool
would_take(struct signing *a, const char *file)
{
    struct buf path = {0};
    ssh_key half = NULL;
    buf_addf(&path, "%s.pub", file);
    bool perhaps = true;
    if (ssh_pki_import_pubkey_file(buf_cstr(&path), &half) == SSH_OK) {
        perhaps = ssh_userauth_try_publickey(a->s, NULL, half) != SSH_AUTH_DENIED;
        ssh_key_free(half);
    }
    buf_release(&path);
    return perhaps;
}

static enum result
try_key(struct signing *a, const char *file, bool named)
{
    ssh_key key = NULL;
    if (access(file, F_OK) != 0) {
        if (named)
            not_by(a, file, ERR_SAY("no such file"));
        return REFUSED;
    }
    if (access(file, R_OK) != 0) {
        not_by(a, file, ERR_SAY("not readable"));
        return REFUSED;
    }
    secret_guard();
    a->file = file;
    a->passphrases = 0;
    a->locked = a->wanted = false;
    int got = ssh_pki_import_privkey_file(file, NULL, give_passphrase, a, &key);
    if (got != SSH_OK && a->locked && !would_take(a, file)) {
        not_by(a, file, ERR_SAY("not accepted"));
        return REFUSED;
    }
    a->wanted = true;
    while (got != SSH_OK && a->locked && !a->g->batch && !a->given_up && a->passphrases < TRIES) {
        a->locked = false;
        got = ssh_pki_import_privkey_file(file, NULL, give_passphrase, a, &key);
    }
    learn(a, file, got == SSH_OK);
    if (got != SSH_OK) {
        not_by(a, file,
               a->locked && a->g->batch ? ERR_SAY("locked with a passphrase: unlock it first with ssh-add")
               : a->locked              ? ERR_SAY("not unlocked")
                                        : ERR_SAY("not a private key that is known here"));
        return REFUSED;
    }
    enum result r = result_of(a, ssh_userauth_publickey(a->s, NULL, key));
    ssh_key_free(key);
    if (r == REFUSED)
        not_by(a, file, ERR_SAY("not accepted"));
    else if (r != BROKEN)
        buf_addf(a->how, err_say("key %s"), file);
    return r;
}

static enum result
try_agent(struct signing *a)
{
    const char *path = getenv("SSH_AUTH_SOCK");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || !*path || strlen(path) >= sizeof address.sun_path)
        return REFUSED;
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        ssh_set_agent_socket(a->s, fd) != SSH_OK) {
        if (fd >= 0)
            close(fd);
        not_by(a, ERR_SAY("the agent"), ERR_SAY("it does not answer"));
        return REFUSED;
    }
    gate_wake(a->g, 1, fd);
    int code = SSH_AUTH_AGAIN;
    for (int i = 0; i < AGENT_STEPS && code == SSH_AUTH_AGAIN && !gate_over(a->g) && ssh_is_connected(a->s);
         i++)
        code = ssh_userauth_agent(a->s, NULL);
    gate_wake(a->g, 1, -1);
    if (gate_over(a->g) || gate_late(a->g))
        code = SSH_AUTH_ERROR; // the agent's answer was not waited for
    else if (code == SSH_AUTH_ERROR && ssh_is_connected(a->s))
        code = SSH_AUTH_DENIED; // an agent without keys
    a->doing = err_say("sign in with the keys of the agent");
    enum result r = result_of(a, code);
    a->doing = err_say("sign in");
    if (r == REFUSED)
        not_by(a, ERR_SAY("the agent"), ERR_SAY("none of its keys is accepted"));
    else if (r != BROKEN)
        buf_add(a->how, str_of(err_say("a key of the agent")));
    return r;
}

static enum result
try_keys(struct signing *a)
{
    static const char *const usual[] = {"id_ed25519", "id_ecdsa", "id_rsa"};
    const char *home = getenv("HOME");
    bool named = *a->hop->identity;
    enum result r = named ? try_key(a, a->hop->identity, true) : REFUSED;
    if (r == REFUSED && !a->given_up)
        r = try_agent(a);
    for (size_t i = 0; !named && home && r == REFUSED && !a->given_up && i < sizeof usual / sizeof *usual;
         i++) {
        struct buf path = {0};
        buf_addf(&path, "%s/.ssh/%s", home, usual[i]);
        r = try_key(a, buf_cstr(&path), false);
        buf_release(&path);
    }
    return r;
}

// The prompt of PAM and of devices for the password of the account, which a code that is used once is not.
static bool
is_password(const struct source_question *q)
{
    return q->prompt_count == 1 && !q->prompts[0].shown &&
           strncasecmp(q->prompts[0].text, "password", 8) == 0;
}

// One round of prompts, as the gateway words them.
static bool
answer_prompts(struct signing *a, int count, bool first, bool again)
{
    struct source_question q = {.prompt_count = (size_t)count};
    struct source_answer answer;
    const char *name = ssh_userauth_kbdint_getname(a->s), *more = ssh_userauth_kbdint_getinstruction(a->s);
    snprintf(q.title, sizeof q.title, "%s", name && *name ? name : err_say("The gateway asks"));
    snprintf(q.text, sizeof q.text, "%s%s", first && again ? err_say("That was not it. ") : "",
             more ? more : "");
    for (int i = 0; i < count; i++) {
        char echo = 0;
        const char *text = ssh_userauth_kbdint_getprompt(a->s, (unsigned)i, &echo);
        struct str prompt = str_trim(str_of(text ? text : ""));
        prompt.len -= prompt.len && prompt.at[prompt.len - 1] == ':'; // the screen has its own
        snprintf(q.prompts[i].text, sizeof q.prompts[i].text, "%.*s", STR_ARG(prompt));
        q.prompts[i].shown = echo != 0;
    }
    if (first && is_password(&q)) {
        struct secret *s = recall(a, a->whose);
        a->typed = s ? s : only_answer(a, &q);
        return a->typed && ssh_userauth_kbdint_setanswer(a->s, 0, secret_text(a->typed)) == 0;
    }
    if (!ask(a, &q, &answer))
        return false;
    bool good = true;
    for (int i = 0; i < count; i++)
        good = good && ssh_userauth_kbdint_setanswer(a->s, (unsigned)i, secret_text(answer.secrets[i])) == 0;
    source_answer_drop(&answer);
    return good;
}

// What is typed was tried, and how it went is told.
static enum result
typed_by(struct signing *a, enum result r, const char *way)
{
    if (r == REFUSED)
        not_by(a, way, NULL);
    else if (r != BROKEN)
        buf_add(a->how, str_of(err_say(way)));
    return r;
}

static enum result
try_prompts(struct signing *a)
{
    if (a->g->batch) {
        not_by(a, ERR_SAY("answers to its prompts"), ERR_SAY("nobody is here to give them"));
        return REFUSED;
    }
    enum result r = REFUSED;
    for (int try = 0; try < TRIES && r == REFUSED && !a->given_up; try++) {
        int code = ssh_userauth_kbdint(a->s, NULL, NULL);
        for (int round = 0; code == SSH_AUTH_INFO && round < ROUNDS; round++) {
            int count = ssh_userauth_kbdint_getnprompts(a->s);
            if (count < 0 || count > SOURCE_PROMPTS ||
                (count > 0 && !answer_prompts(a, count, !round, try > 0)))
                break;
            code = ssh_userauth_kbdint(a->s, NULL, NULL);
        }
        try -= a->recalled;
        learn(a, a->whose, code == SSH_AUTH_SUCCESS || code == SSH_AUTH_PARTIAL);
        if (code == SSH_AUTH_INFO) // it would ask for ever, or nobody answered
            break;
        r = result_of(a, code);
    }
    return typed_by(a, r, ERR_SAY("answers to its prompts"));
}

static enum result
try_password(struct signing *a)
{
    if (a->g->batch) {
        not_by(a, ERR_SAY("a password"), ERR_SAY("nobody is here to type it"));
        return REFUSED;
    }
    enum result r = REFUSED;
    for (int try = 0; try < TRIES && r == REFUSED && !a->given_up; try++) {
        struct source_question q = {.prompt_count = 1};
        snprintf(q.title, sizeof q.title, "%s", err_say("The gateway wants a password"));
        snprintf(q.text, sizeof q.text, "%s", try ? err_say("That was not it. ") : "");
        snprintf(q.prompts[0].text, sizeof q.prompts[0].text, "%s", err_say("Password"));
        struct secret *s = recall(a, a->whose);
        a->typed = s ? s : only_answer(a, &q);
        if (!a->typed)
            break;
        int code = ssh_userauth_password(a->s, NULL, secret_text(a->typed));
        try -= a->recalled;
        learn(a, a->whose, code == SSH_AUTH_SUCCESS || code == SSH_AUTH_PARTIAL);
        r = result_of(a, code);
    }
    return typed_by(a, r, ERR_SAY("a password"));
}

static bool
say_refused(struct signing *a, unsigned methods)
{
    struct buf takes = {0};
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {{SSH_AUTH_METHOD_PUBLICKEY, ERR_SAY("keys")},
                 {SSH_AUTH_METHOD_INTERACTIVE, ERR_SAY("answers to its prompts")},
                 {SSH_AUTH_METHOD_PASSWORD, ERR_SAY("passwords")}};
    for (size_t i = 0; i < 3; i++)
        if (methods & names[i].bit)
            buf_addf(&takes, "%s%s", takes.len ? ", " : "", err_say(names[i].name));
    if (a->given_up)
        err_set(a->e, ERR_AUTH, "%s: not signed in as %s: you gave no answer", a->g->shown, a->hop->user);
    else
        err_set(
            a->e, ERR_AUTH, "%s: cannot sign in as %s: %s takes %s; tried: %.250s. %s", a->g->shown,
            a->hop->user, a->hop->host, takes.len ? buf_cstr(&takes) : err_say("nothing that is known here"),
            a->tried.len ? buf_cstr(&a->tried) : err_say("nothing"),
            methods & SSH_AUTH_METHOD_PUBLICKEY
                ? err_say("Name the account and the key that it knows (USER@, --identity, or the profile), "
                          "or load "
                          "it with ssh-add")
                : err_say(
                      "Is it the right account (USER@, or user in the profile), and the right password?"));
    buf_release(&takes);
    return false;
}

static enum result
one_factor(struct signing *a, unsigned methods)
{
    enum result r = REFUSED;
    if (methods & SSH_AUTH_METHOD_PUBLICKEY)
        r = try_keys(a);
    if (r == REFUSED && !a->given_up && (methods & SSH_AUTH_METHOD_INTERACTIVE))
        r = try_prompts(a);
    if (r == REFUSED && !a->given_up && (methods & SSH_AUTH_METHOD_PASSWORD))
        r = try_password(a);
    return r;
}

// The account and the host with its key: behind another way another machine may have the same address.
static void
name_host(struct signing *a)
{
    ssh_key key = NULL;
    unsigned char *hash = NULL;
    size_t length = 0;
    char *print = NULL;
    if (ssh_get_server_publickey(a->s, &key) == SSH_OK &&
        ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == SSH_OK)
        print = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
    snprintf(a->whose, sizeof a->whose, "%s@%.200s:%s %.90s", a->hop->user, a->hop->host, a->hop->port,
             print ? print : "");
    ssh_string_free_char(print);
    ssh_clean_pubkey_hash(&hash);
    ssh_key_free(key);
}

bool
auth_sign_in(struct gate *g, const struct gateway *hop, ssh_session s, size_t row, struct buf *how,
             struct err *e)
{
    struct signing a = {
        .g = g, .hop = hop, .s = s, .row = row, .how = how, .e = e, .doing = err_say("sign in")};
    name_host(&a);
    buf_addf(how, "%s, ", hop->user);
    enum result r = result_of(&a, ssh_userauth_none(s, NULL));
    unsigned methods = 0;
    if (r == IN)
        buf_add(how, str_of(err_say("nothing was asked")));
    for (int factor = 0; factor < FACTORS && (r == REFUSED || r == PARTLY); factor++) {
        methods = (unsigned)ssh_userauth_list(s, NULL);
        if (r == PARTLY)
            buf_add(how, str_of(err_say(" and ")));
        r = one_factor(&a, methods);
        if (r == REFUSED)
            break;
    }
    if (r == REFUSED || r == PARTLY)
        say_refused(&a, methods);
    buf_release(&a.tried);
    return r == IN;
}
