// What every command line for a gateway is made of: places and arguments that are sound, and how an answer
// shows that the command was refused.
#include "remote/gather.h"

#include <ctype.h>

bool
gather_log_sound(const char *log, struct err *e)
{
    struct str unit = str_of(log);
    if (*log == '/' || strcmp(log, "journal") == 0)
        return true;
    if (!str_starts(unit, STR("journal:")))
        return err_set(e, ERR_USAGE,
                       "log: cannot use \"%.100s\": it is an absolute path, journal, or journal:UNIT", log);
    unit = str_from(unit, strlen("journal:"));
    for (size_t i = 0; i < unit.len; i++)
        if (!isalnum((unsigned char)unit.at[i]) && !memchr("._@-\\", unit.at[i], 5))
            unit.len = 0;
    if (!unit.len || unit.len >= sizeof(((struct gather_log *)0)->unit) || *unit.at == '-')
        return err_set(e, ERR_USAGE, "log: cannot use \"%.100s\": journal: is followed by the name of a unit",
                       log);
    return true;
}

bool
gather_quote(struct str argument, struct buf *out, struct err *e)
{
    bool plain = argument.len > 0;
    for (size_t i = 0; i < argument.len; i++) {
        unsigned char c = (unsigned char)argument.at[i];
        if (c < ' ' || c == 0x7f)
            return err_set(e, ERR_USAGE, "command: cannot be built: \"%.*s\" holds a control character",
                           (int)(i < 60 ? i : 60), argument.at);
        plain = plain && (isalnum(c) || memchr("/._:@%+,-", c, 9));
    }
    struct str guard = str_starts(argument, STR("-")) ? STR("./") : STR("");
    buf_add(out, plain ? STR("") : STR("'"));
    buf_add(out, guard);
    for (size_t i = 0; i < argument.len; i++) {
        if (argument.at[i] == '\'')
            buf_add(out, STR("'\\''"));
        else
            buf_add_char(out, argument.at[i]);
    }
    buf_add(out, plain ? STR("") : STR("'"));
    return true;
}

bool
gather_look_command(const struct gather_log *log, bool sudo, struct buf *out, struct err *e)
{
    struct buf rotated = {0};
    buf_addf(&rotated, "%s.1", log->path);
    buf_addf(out, "%sstat -Lc '%%i %%s' ", sudo ? "sudo -n " : "");
    bool good = gather_quote(str_of(log->path), out, e);
    buf_add_char(out, ' ');
    good = good && gather_quote(buf_str(&rotated), out, e);
    buf_release(&rotated);
    return good;
}

void
gather_mask(struct buf *text)
{
    static const char *const words[] = {" key ",     "key-string", "pre-shared-key", "session-key",
                                        " password", " secret",    " hex "};
    size_t kept = 0;
    for (size_t at = 0, next; at < text->len; at = next) {
        struct str rest = str_from(buf_str(text), at);
        next = at + str_find(rest, STR("\n")) + 1;
        struct str line = {rest.at, next - at - 1};
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            line.len = str_find(line, str_of(words[i]));
        memmove(text->at + kept, line.at, line.len);
        kept += line.len;
        if (next <= text->len)
            text->at[kept++] = '\n';
    }
    explicit_bzero(text->at + kept, text->len - kept);
    text->len = kept;
}

const char *
gather_device_refused(struct str answer)
{
    static const struct {
        const char *says, *means;
    } refusals[] = {
        {"% Invalid input", "it does not know this command, or this account may not give it"},
        {"% Incomplete command", "it does not know this command"},
        {"% Ambiguous command", "it does not know this command"},
        {"% Unknown command", "it does not know this command"},
        {"% Authorization failed", "this account may not give it"},
        {"Command authorization failed", "this account may not give it"},
        {"ERROR: % ", "it does not know this command, or this account may not give it"},
    };
    struct str start = {answer.at, answer.len < 400 ? answer.len : 400};
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (str_find(start, str_of(refusals[i].says)) < start.len)
            return refusals[i].means;
    return NULL;
}
