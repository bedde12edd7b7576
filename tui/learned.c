#include "tui/learned.h"

#include "knowledge/field.h"
#include "tui/xdg.h"

#define LEARNED_FILE "lessons.yaml"
#define LEARNED_SEEN 500 // logs that are remembered as drawn; older ones may come again

static unsigned
number(struct problems *p, const struct node *record, const char *key)
{
    uint64_t value = 0;
    struct str text = field_text(p, record, key, FIELD_OPTIONAL);
    return str_number(text, &value) && value < 1000000 ? (unsigned)value : 0;
}

static void
read_lessons(struct learned *l, const struct node *list, struct problems *p)
{
    static const char *const keys[] = {"id", "step", "right", "asked", "done"};
    l->lessons = ARENA_ARRAY(&l->arena, struct lesson_mark, (list ? list->count : 0) + 1);
    for (size_t i = 0; list && i < list->count; i++) {
        const struct node *item = &list->items[i];
        if (!FIELD_MAPPING(p, item, keys))
            continue;
        struct lesson_mark *mark = &l->lessons[l->lesson_count++];
        mark->id = arena_str(&l->arena, field_text(p, item, "id", FIELD_NEEDED));
        mark->step = number(p, item, "step");
        mark->right = number(p, item, "right");
        mark->asked = number(p, item, "asked");
        mark->done = field_yes(p, item, "done");
    }
}

static void
read_practice(struct learned *l, const struct node *list, struct problems *p)
{
    static const char *const keys[] = {"checkpoint", "right", "asked"};
    for (size_t i = 0; list && i < list->count; i++) {
        const struct node *item = &list->items[i];
        if (!FIELD_MAPPING(p, item, keys))
            continue;
        int at = field_word(p, item, "checkpoint", checkpoint_word, CP_COUNT + 1, -1);
        if (at >= 0)
            l->practice[at] = (struct practice_mark){number(p, item, "right"), number(p, item, "asked")};
    }
}

static void
read_seen(struct learned *l, const struct node *list, struct problems *p)
{
    l->seen = ARENA_ARRAY(&l->arena, struct str, (list ? list->count : 0) + 1);
    for (size_t i = 0; list && i < list->count; i++)
        l->seen[l->seen_count++] = arena_str(&l->arena, field_scalar(p, &list->items[i]));
}

bool
learned_read(struct learned *l, struct err *e)
{
    static const char *const keys[] = {"lessons", "practice", "seen"};
    static const struct str file = {LEARNED_FILE, sizeof LEARNED_FILE - 1};
    struct buf bytes = {0};
    bool good = xdg_read(XDG_STATE, LEARNED_FILE, &bytes, e);
    if (good && bytes.len) {
        struct problems problems = {0};
        struct arena nodes = {0};
        const struct node *root = yaml_read(buf_str(&bytes), &file, &nodes, &nodes, &problems);
        if (root && FIELD_MAPPING(&problems, root, keys)) {
            read_lessons(l, field_list(&problems, root, "lessons", FIELD_OPTIONAL), &problems);
            read_practice(l, field_list(&problems, root, "practice", FIELD_OPTIONAL), &problems);
            read_seen(l, field_list(&problems, root, "seen", FIELD_OPTIONAL), &problems);
        }
        good = problems_none(&problems, e);
        problems_release(&problems);
        arena_release(&nodes);
    }
    buf_release(&bytes);
    return good;
}

void
learned_release(struct learned *l)
{
    arena_release(&l->arena);
    *l = (struct learned){0};
}

const struct lesson_mark *
learned_of(const struct learned *l, struct str lesson)
{
    for (size_t i = 0; i < l->lesson_count; i++)
        if (str_eq(l->lessons[i].id, lesson))
            return &l->lessons[i];
    return NULL;
}

bool
learned_saw(const struct learned *l, struct str log)
{
    for (size_t i = 0; i < l->seen_count; i++)
        if (str_eq(l->seen[i], log))
            return true;
    return false;
}

static void
put_mark(struct buf *out, struct str id, const struct lesson_mark *m)
{
    buf_add(out, STR("  - {id: "));
    yaml_quote(id, out);
    buf_addf(out, ", step: %u, right: %u, asked: %u, done: %s}\n", m->step, m->right, m->asked,
             m->done ? "yes" : "no");
}

static void
put_practice(const struct learned *l, struct buf *out)
{
    buf_add(out, STR("practice:\n"));
    for (size_t c = 0; c <= CP_COUNT; c++)
        buf_addf(out, "  - {checkpoint: %s, right: %u, asked: %u}\n", checkpoint_word[c],
                 l->practice[c].right, l->practice[c].asked);
    if (!l->seen_count)
        return;
    buf_add(out, STR("seen:\n"));
    for (size_t i = l->seen_count > LEARNED_SEEN ? l->seen_count - LEARNED_SEEN : 0; i < l->seen_count; i++) {
        buf_add(out, STR("  - "));
        yaml_quote(l->seen[i], out);
        buf_add_char(out, '\n');
    }
}

// With the mark of one lesson in place of what stood there, NULL: as it is.
static bool
write_all(const struct learned *l, struct str id, const struct lesson_mark *mark, struct err *e)
{
    struct buf out = {0};
    if (l->lesson_count || mark)
        buf_add(&out, STR("lessons:\n"));
    for (size_t i = 0; i < l->lesson_count; i++)
        if (!mark || !str_eq(l->lessons[i].id, id))
            put_mark(&out, l->lessons[i].id, &l->lessons[i]);
    if (mark)
        put_mark(&out, id, mark);
    put_practice(l, &out);
    bool good = xdg_write(XDG_STATE, LEARNED_FILE, buf_str(&out), e);
    buf_release(&out);
    return good;
}

bool
learned_lesson(struct str id, const struct lesson_mark *mark, struct err *e)
{
    struct learned l = {0};
    int lock = xdg_lock(XDG_STATE); // until what is read here is written again
    bool good = learned_read(&l, e);
    const struct lesson_mark *before = good ? learned_of(&l, id) : NULL;
    struct lesson_mark now = *mark;
    if (before && (before->done || before->step > now.step)) {
        now.done |= before->done;
        now.step = before->step > now.step ? before->step : now.step;
    }
    good = good && write_all(&l, id, &now, e);
    xdg_unlock(lock);
    learned_release(&l);
    return good;
}

bool
learned_practice(struct str log, enum checkpoint checkpoint, bool right, struct err *e)
{
    struct learned l = {0};
    int lock = xdg_lock(XDG_STATE);
    bool good = learned_read(&l, e);
    if (good) {
        l.practice[checkpoint].asked++;
        l.practice[checkpoint].right += right;
        if (!l.seen)
            l.seen = ARENA_ARRAY(&l.arena, struct str, 1);
        struct buf name = {0};
        if (yaml_quote(log, &name))       // else the file could not be read any more
            l.seen[l.seen_count++] = log; // read_seen left room for one more
        buf_release(&name);
        good = write_all(&l, STR_NONE, NULL, e);
    }
    xdg_unlock(lock);
    learned_release(&l);
    return good;
}
