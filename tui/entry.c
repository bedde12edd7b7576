#include "tui/entry.h"

#include "remote/secret.h"

void
entry_begin(struct entry *e, int typing, const char *prompt, struct str text)
{
    e->typing = typing;
    e->prompt = prompt;
    buf_set(&e->text, text);
}

void
entry_rune(struct buf *text, int32_t rune)
{
    unsigned u = (unsigned)rune;
    if (u < 0x80) {
        buf_add_char(text, (char)u);
    } else if (u < 0x800) {
        buf_add_char(text, (char)(0xC0 | u >> 6));
        buf_add_char(text, (char)(0x80 | (u & 0x3F)));
    } else if (u < 0x10000) {
        buf_add_char(text, (char)(0xE0 | u >> 12));
        buf_add_char(text, (char)(0x80 | (u >> 6 & 0x3F)));
        buf_add_char(text, (char)(0x80 | (u & 0x3F)));
    } else if (u <= 0x10FFFF) {
        buf_add_char(text, (char)(0xF0 | u >> 18));
        buf_add_char(text, (char)(0x80 | (u >> 12 & 0x3F)));
        buf_add_char(text, (char)(0x80 | (u >> 6 & 0x3F)));
        buf_add_char(text, (char)(0x80 | (u & 0x3F)));
    }
}

bool
entry_add(struct entry *e, int32_t rune)
{
    int32_t plain = rune < ' ' || rune == 0x7F ? ' ' : rune;
    bool room = e->text.len + 4 <= ENTRY_MOST;
    if (!e->secret && e->hidden)
        return false;
    if (!e->secret && room)
        entry_rune(&e->text, plain);
    if (!e->secret)
        return room;
    struct buf one = {0};
    entry_rune(&one, plain);
    room = secret_add(e->secret, buf_str(&one));
    if (one.at)
        explicit_bzero(one.at, one.len);
    buf_release(&one);
    return room;
}

void
entry_shorten(struct entry *e)
{
    if (e->secret)
        secret_shorten(e->secret);
    while (e->text.len && (e->text.at[e->text.len - 1] & 0xC0) == 0x80)
        e->text.len--;
    if (e->text.len)
        e->text.len--;
}

void
entry_clear(struct entry *e)
{
    if (e->secret)
        secret_clear(e->secret);
    buf_clear(&e->text);
}
