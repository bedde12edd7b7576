#include "tui/entry.h"

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

void
entry_add(struct entry *e, int32_t rune)
{
    if (e->text.len + 4 <= ENTRY_MOST)
        entry_rune(&e->text, rune < ' ' || rune == 0x7F ? ' ' : rune);
}

void
entry_shorten(struct entry *e)
{
    while (e->text.len && (e->text.at[e->text.len - 1] & 0xC0) == 0x80)
        e->text.len--;
    if (e->text.len)
        e->text.len--;
}
