#include "tui/meaning.h"

#include "tui/packwords.h"
#include "tui/valuename.h"
#include "tui/words.h"

static void
fill_values(struct meaning *m, const struct slots *slots)
{
    struct value *values = ARENA_ARRAY(&m->arena, struct value, slots->count);
    for (size_t i = 0; i < slots->count; i++) {
        const struct slot *slot = &slots->at[i];
        struct str *text = ARENA_NEW(&m->arena, struct str);
        *text = arena_str(&m->arena, slot->value);
        if (slot->name.len)
            values[m->value_count++] = (struct value){arena_str(&m->arena, slot->name), text, 1, -1};
    }
    m->values = values;
}

struct meaning *
meaning_make(struct diag *reader, const struct knowledge *knowledge, struct book *b, int source,
             uint64_t line)
{
    struct book_walk walk = {0};
    struct meaning *m = mem_new(sizeof *m);
    m->source = source;
    m->line = line;
    book_walk_to(&walk, b, line);
    if (book_walk_next(&walk)) {
        struct reading r = {0};
        m->text = arena_str(&m->arena, walk.text);
        diag_read(reader, m->text, STR_NONE, &r);
        m->dialect = r.dialect ? r.dialect->id : STR_NONE;
        if (r.message) {
            m->message = r.message->id;
            m->note = r.message->note;
            m->event = r.message->event >= 0 ? knowledge->events[r.message->event].note : STR_NONE;
            fill_values(m, &r.slots);
        }
    }
    book_walk_release(&walk);
    return m;
}

// What the message says; of a line without one, why there is none.
static struct str
sense(const struct meaning *m)
{
    if (m->message.len)
        return packwords_note(m->note.len ? m->note : m->event);
    return str_of(m->dialect.len ? _("no entry of the knowledge base fits it, so it was not used.")
                                 : _("not from an IKE daemon that is known here."));
}

void
meaning_tell(const struct meaning *m, struct buf *out)
{
    buf_add(out, str_of(_("This line: ")));
    buf_add(out, sense(m));
    if (m->message.len)
        buf_addf(out, "   (%.*s/%.*s)", STR_ARG(m->dialect), STR_ARG(m->message));
}

void
meaning_tell_all(const struct meaning *m, struct buf *out)
{
    buf_add(out, m->text);
    buf_add(out, STR("\n\n"));
    meaning_tell(m, out);
    for (size_t i = 0; i < m->value_count; i++) {
        buf_add(out, i ? STR("\n") : STR("\n\n"));
        valuename_add(m->values[i].key, out);
        buf_add(out, STR(": "));
        buf_add(out, m->values[i].text[0]);
    }
}
