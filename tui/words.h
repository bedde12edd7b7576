// Every word a person reads goes through these, so that a catalogue in assets/po can say it in another
// language. tui/main.c binds the domain "ikewalk" to LOCALEDIR once, before the first of them is used.
#ifndef IKEWALK_TUI_WORDS_H
#define IKEWALK_TUI_WORDS_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) (text) // marks the text of a table; the place that shows it says _(row->text)
#define P_(one, many, n) ngettext(one, many, n)

// The same for writers that are handed a function; nothing stays nothing.
static inline const char *
words_say(const char *words)
{
    return *words ? gettext(words) : words;
}

#endif
