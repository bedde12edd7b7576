#include "remote/unpack.h"

#include "diag/arena.h"
#include "remote/json_lines.h"
#include "remote/rows.h"

#include <bzlib.h>
#include <errno.h>
#include <iconv.h>
#include <limits.h>
#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

// Memory that an xz file may make the decoder take; xz -9 needs 65 MiB.
#define XZ_MEMORY_MOST (UINT64_C(128) << 20)

#define ANY -1

// Longer starts stand before shorter ones that they begin with.
static const struct {
    int16_t bytes[12];
    uint8_t count;
    enum unpack_form form;
    const char *why;
} starts[] = {
    {{0x1f, 0x8b, 0x08}, 3, UNPACK_GZIP, NULL},
    {{0xfd, '7', 'z', 'X', 'Z', 0x00}, 6, UNPACK_XZ, NULL},
    {{0x28, 0xb5, 0x2f, 0xfd}, 4, UNPACK_ZSTD, NULL},
    {{'B', 'Z', 'h', ANY, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59}, 10, UNPACK_BZIP2, NULL},
    {{'B', 'Z', 'h', ANY, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90}, 10, UNPACK_BZIP2, NULL},
    {{0xff, 0xfe, 0x00, 0x00}, 4, UNPACK_UTF32LE, NULL},
    {{0x00, 0x00, 0xfe, 0xff}, 4, UNPACK_UTF32BE, NULL},
    {{0xff, 0xfe}, 2, UNPACK_UTF16LE, NULL},
    {{0xfe, 0xff}, 2, UNPACK_UTF16BE, NULL},
    {{'{', '"'}, 2, UNPACK_JSON, NULL}, // one object a line; what is no record of a log passes as it is
    {{'{', ' ', '"'}, 3, UNPACK_JSON, NULL},
    {{'{', '\n', '\t', '"'}, 4, UNPACK_JSON, NULL},
    {{'{', '\n', ' ', ' '}, 4, UNPACK_JSON, NULL},
    {{'[', '{'}, 2, UNPACK_JSON, NULL},
    {{'[', '\n', '{'}, 3, UNPACK_JSON, NULL},
    {{'[', '\n', ' ', ' '}, 4, UNPACK_JSON, NULL},
    {{'[', '"'}, 2, UNPACK_JSON, NULL},
#define CAPTURE                                                                                              \
    ERR_SAY("it is a packet capture (pcap), and captures are read from a file only. Write it to a file, "    \
            "unpacked, and name that")
    {{0xd4, 0xc3, 0xb2, 0xa1}, 4, UNPACK_REFUSED, CAPTURE},
    {{0xa1, 0xb2, 0xc3, 0xd4}, 4, UNPACK_REFUSED, CAPTURE},
    {{0x4d, 0x3c, 0xb2, 0xa1}, 4, UNPACK_REFUSED, CAPTURE},
    {{0xa1, 0xb2, 0x3c, 0x4d}, 4, UNPACK_REFUSED, CAPTURE},
    {{0x0a, 0x0d, 0x0d, 0x0a, ANY, ANY, ANY, ANY, 0x1a, 0x2b, 0x3c, 0x4d}, 12, UNPACK_REFUSED, CAPTURE},
    {{0x0a, 0x0d, 0x0d, 0x0a, ANY, ANY, ANY, ANY, 0x4d, 0x3c, 0x2b, 0x1a}, 12, UNPACK_REFUSED, CAPTURE},
#undef CAPTURE
    {{'P', 'K', 0x03, 0x04},
     4,
     UNPACK_REFUSED,
     ERR_SAY("it is a zip archive. Unzip it and name the log inside")},
    {{'7', 'z', 0xbc, 0xaf, 0x27, 0x1c},
     6,
     UNPACK_REFUSED,
     ERR_SAY("it is a 7z archive. Unpack it and name the log inside")},
    {{0x04, 0x22, 0x4d, 0x18}, 4, UNPACK_REFUSED, ERR_SAY("it is packed with lz4. Unpack it: lz4 -d FILE")},
    {{0x1f, 0x9d}, 2, UNPACK_REFUSED, ERR_SAY("it is packed with compress. Unpack it: gzip -d FILE")},
    {{'L', 'Z', 'I', 'P', 0x01},
     5,
     UNPACK_REFUSED,
     ERR_SAY("it is packed with lzip. Unpack it: lzip -d FILE")},
    {{'L', 'P', 'K', 'S', 'H', 'H', 'R', 'H'},
     8,
     UNPACK_REFUSED,
     ERR_SAY("it is a journal of systemd. Turn it into text: journalctl --file FILE -o short-precise")},
};

// Of UTF-16 without a mark every second byte of plain text is zero.
static enum unpack_form
unmarked(struct str start)
{
    size_t zeros[2] = {0};
    for (size_t i = 0; i < UNPACK_SNIFF && start.len >= UNPACK_SNIFF; i++)
        zeros[i % 2] += start.at[i] == '\0';
    const size_t all = UNPACK_SNIFF / 2;
    return zeros[0] == 0 && zeros[1] == all   ? UNPACK_UTF16LE
           : zeros[0] == all && zeros[1] == 0 ? UNPACK_UTF16BE
                                              : UNPACK_PLAIN;
}

enum unpack_form
unpack_detect(struct str start, bool last, const char **why)
{
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t same = 0;
        while (same < start.len && same < starts[i].count &&
               (starts[i].bytes[same] == ANY || starts[i].bytes[same] == (unsigned char)start.at[same]))
            same++;
        if (same == starts[i].count) {
            *why = starts[i].why;
            return starts[i].form;
        }
        if (same == start.len && !last)
            return UNPACK_UNSURE;
    }
    if (start.len >= 2 && start.len < UNPACK_SNIFF && !last && !(start.at[0] && start.at[1]))
        return UNPACK_UNSURE;
    return unmarked(start);
}

bool
unpack_is_packed(enum unpack_form form)
{
    return form == UNPACK_GZIP || form == UNPACK_XZ || form == UNPACK_ZSTD || form == UNPACK_BZIP2;
}

const char *
unpack_name(enum unpack_form form)
{
    static const char *const names[] = {
        [UNPACK_UNSURE] = "unknown",   [UNPACK_PLAIN] = "plain",
        [UNPACK_GZIP] = "gzip",        [UNPACK_XZ] = "xz",
        [UNPACK_ZSTD] = "zstd",        [UNPACK_BZIP2] = "bzip2",
        [UNPACK_UTF16LE] = "UTF-16LE", [UNPACK_UTF16BE] = "UTF-16BE",
        [UNPACK_UTF32LE] = "UTF-32LE", [UNPACK_UTF32BE] = "UTF-32BE",
        [UNPACK_JSON] = "JSON",        [UNPACK_CODES] = "ANSI",
        [UNPACK_MAIL] = "MIME",        [UNPACK_PAGE] = "HTML",
        [UNPACK_ENTRIES] = "journal",  [UNPACK_TABLE] = "CSV",
        [UNPACK_QUOTED] = "CSV",       [UNPACK_FRONTS] = "plain",
        [UNPACK_FOLDED] = "plain",     [UNPACK_FLAT] = "plain",
        [UNPACK_FIELDS] = "plain",     [UNPACK_REFUSED] = "unreadable",
    };
    return names[form];
}

// One call of a library's decoder: takes from in, fills into. *got bytes came out.
enum turn { TURN_ON, TURN_END, TURN_BAD };

struct unpack {
    enum unpack_form form;
    enum turn (*turn)(struct unpack *u, char *into, size_t room, size_t *got);
    struct str in;
    uint64_t out; // bytes that came out so far
    bool last;    // nothing comes behind in
    bool between; // at the end of a member: another one may begin, or nothing
    bool fresh;   // nothing came out of the member yet
    bool bad;     // nothing more comes out
    bool cut;     // because the data ended in the middle
    unsigned members;
    size_t wanted; // zstd: bytes that it asks for
    const char *why;
    char left[8]; // the start of a character whose rest comes with the next bytes
    struct buf joined;
    union {
        z_stream gzip;
        lzma_stream xz;
        ZSTD_DStream *zstd;
        bz_stream bzip2;
        iconv_t text;
        struct json_lines *json;
        struct rows *rows;
    } with;
};

static unsigned
capped(size_t count)
{
    return count > INT_MAX ? INT_MAX : (unsigned)count;
}

static enum turn
turn_gzip(struct unpack *u, char *into, size_t room, size_t *got)
{
    z_stream *z = &u->with.gzip;
    unsigned given = capped(u->in.len), space = capped(room);
    z->next_in = (Bytef *)(uintptr_t)u->in.at;
    z->avail_in = given;
    z->next_out = (Bytef *)into;
    z->avail_out = space;
    int result = inflate(z, Z_NO_FLUSH);
    u->in = str_from(u->in, given - z->avail_in);
    *got = space - z->avail_out;
    if (result == Z_STREAM_END)
        return inflateReset(z) == Z_OK ? TURN_END : TURN_BAD;
    if (result == Z_OK || result == Z_BUF_ERROR)
        return TURN_ON;
    u->why = z->msg ? z->msg : zError(result);
    return TURN_BAD;
}

static enum turn
turn_xz(struct unpack *u, char *into, size_t room, size_t *got)
{
    lzma_stream *z = &u->with.xz;
    z->next_in = (const uint8_t *)u->in.at;
    z->avail_in = u->in.len;
    z->next_out = (uint8_t *)into;
    z->avail_out = room;
    lzma_ret result = lzma_code(z, LZMA_RUN);
    u->in = str_from(u->in, u->in.len - z->avail_in);
    *got = room - z->avail_out;
    switch (result) {
    case LZMA_OK:
    case LZMA_BUF_ERROR:
        return TURN_ON;
    case LZMA_STREAM_END:
        return lzma_stream_decoder(z, XZ_MEMORY_MOST, 0) == LZMA_OK ? TURN_END : TURN_BAD;
    case LZMA_MEMLIMIT_ERROR:
        u->why = ERR_SAY("it wants more than 128 MiB of memory to unpack");
        return TURN_BAD;
    case LZMA_FORMAT_ERROR:
        u->why = ERR_SAY("not xz data");
        return TURN_BAD;
    case LZMA_OPTIONS_ERROR:
        u->why = ERR_SAY("unsupported options");
        return TURN_BAD;
    default:
        u->why = ERR_SAY("the data is corrupt");
        return TURN_BAD;
    }
}

static enum turn
turn_zstd(struct unpack *u, char *into, size_t room, size_t *got)
{
    // No more than the library asks for, which is one block: what a damaged block yields in the same call is
    // lost.
    ZSTD_inBuffer in = {u->in.at, u->in.len < u->wanted ? u->in.len : u->wanted, 0};
    ZSTD_outBuffer out = {into, room, 0};
    size_t result = ZSTD_decompressStream(u->with.zstd, &out, &in);
    u->in = str_from(u->in, in.pos);
    *got = out.pos;
    if (ZSTD_isError(result)) {
        u->why = ZSTD_getErrorName(result);
        return TURN_BAD;
    }
    u->wanted = result ? result : ZSTD_initDStream(u->with.zstd);
    return result == 0 ? TURN_END : TURN_ON;
}

static enum turn
turn_bzip2(struct unpack *u, char *into, size_t room, size_t *got)
{
    bz_stream *z = &u->with.bzip2;
    unsigned given = capped(u->in.len), space = capped(room);
    z->next_in = (char *)(uintptr_t)u->in.at;
    z->avail_in = given;
    z->next_out = into;
    z->avail_out = space;
    int result = BZ2_bzDecompress(z);
    u->in = str_from(u->in, given - z->avail_in);
    *got = space - z->avail_out;
    if (result == BZ_OK)
        return TURN_ON;
    if (result == BZ_STREAM_END) {
        BZ2_bzDecompressEnd(z);
        memset(z, 0, sizeof *z);
        return BZ2_bzDecompressInit(z, 0, 0) == BZ_OK ? TURN_END : TURN_BAD;
    }
    u->why = result == BZ_MEM_ERROR ? ERR_SAY("not enough memory") : ERR_SAY("the data is corrupt");
    return TURN_BAD;
}

// A character that is none (half of a pair, an odd byte at the end) becomes U+FFFD, so that nothing vanishes.
static enum turn
turn_text(struct unpack *u, char *into, size_t room, size_t *got)
{
    static const char instead[] = "\xEF\xBF\xBD";
    char *in = (char *)(uintptr_t)u->in.at, *out = into;
    size_t in_left = u->in.len, out_left = room;
    size_t result = iconv(u->with.text, &in, &in_left, &out, &out_left);
    bool cut = result == (size_t)-1 && errno == EINVAL && u->last;
    if (((result == (size_t)-1 && errno == EILSEQ) || cut) && in_left && out_left >= 3) {
        memcpy(out, instead, 3);
        out_left -= 3;
        size_t unit = u->form == UNPACK_UTF16LE || u->form == UNPACK_UTF16BE ? 2 : 4;
        in_left = cut || in_left < unit ? 0 : in_left - unit;
    }
    u->in = str_from(u->in, u->in.len - in_left);
    *got = room - out_left;
    return TURN_ON;
}

static enum turn
turn_json(struct unpack *u, char *into, size_t room, size_t *got)
{
    *got = json_lines_get(u->with.json, into, room);
    if (*got == 0 && (u->in.len || u->last)) {
        json_lines_put(u->with.json, u->in, u->last);
        u->in = STR_NONE;
        *got = json_lines_get(u->with.json, into, room);
    }
    return TURN_ON;
}

static enum turn
turn_rows(struct unpack *u, char *into, size_t room, size_t *got)
{
    *got = rows_get(u->with.rows, into, room);
    if (*got == 0 && (u->in.len || u->last)) {
        rows_put(u->with.rows, u->in, u->last);
        u->in = STR_NONE;
        *got = rows_get(u->with.rows, into, room);
    }
    return TURN_ON;
}

struct unpack *
unpack_new(enum unpack_form form, struct err *e)
{
    struct unpack *u = mem_new(sizeof *u);
    bool good = false;
    u->form = form;
    u->between = true;
    switch (form) {
    case UNPACK_GZIP:
        u->turn = turn_gzip;
        good = inflateInit2(&u->with.gzip, 16 + MAX_WBITS) == Z_OK;
        break;
    case UNPACK_XZ:
        u->turn = turn_xz;
        u->with.xz = (lzma_stream)LZMA_STREAM_INIT;
        good = lzma_stream_decoder(&u->with.xz, XZ_MEMORY_MOST, 0) == LZMA_OK;
        break;
    case UNPACK_ZSTD:
        u->turn = turn_zstd;
        u->with.zstd = ZSTD_createDStream();
        good = u->with.zstd && !ZSTD_isError(u->wanted = ZSTD_initDStream(u->with.zstd));
        break;
    case UNPACK_BZIP2:
        u->turn = turn_bzip2;
        good = BZ2_bzDecompressInit(&u->with.bzip2, 0, 0) == BZ_OK;
        break;
    case UNPACK_UTF16LE:
    case UNPACK_UTF16BE:
    case UNPACK_UTF32LE:
    case UNPACK_UTF32BE:
        u->turn = turn_text;
        u->with.text = iconv_open("UTF-8", unpack_name(form));
        good = u->with.text != (iconv_t)-1;
        break;
    case UNPACK_JSON:
        u->turn = turn_json;
        u->with.json = json_lines_new();
        good = true;
        break;
    case UNPACK_CODES:
    case UNPACK_MAIL:
    case UNPACK_PAGE:
    case UNPACK_ENTRIES:
    case UNPACK_TABLE:
    case UNPACK_QUOTED:
    case UNPACK_FLAT:
    case UNPACK_FRONTS:
    case UNPACK_FOLDED:
    case UNPACK_FIELDS:
        u->turn = turn_rows;
        u->with.rows = rows_new((enum rows_form)(form - UNPACK_CODES + ROWS_CODES));
        good = true;
        break;
    default:
        break;
    }
    if (good)
        return u;
    free(u);
    err_set(e, ERR_IO, "cannot begin to read %s: not enough memory, or this system lacks it",
            unpack_name(form));
    return NULL;
}

void
unpack_free(struct unpack *u)
{
    if (!u)
        return;
    if (u->form == UNPACK_GZIP)
        inflateEnd(&u->with.gzip);
    else if (u->form == UNPACK_XZ)
        lzma_end(&u->with.xz);
    else if (u->form == UNPACK_ZSTD)
        ZSTD_freeDStream(u->with.zstd);
    else if (u->form == UNPACK_BZIP2)
        BZ2_bzDecompressEnd(&u->with.bzip2);
    else if (u->form == UNPACK_JSON)
        json_lines_free(u->with.json);
    else if (u->turn == turn_rows)
        rows_free(u->with.rows);
    else
        iconv_close(u->with.text);
    buf_release(&u->joined);
    free(u);
}

void
unpack_put(struct unpack *u, struct str bytes, bool last)
{
    size_t left = u->in.len;
    u->last = last;
    if (left && left <= sizeof u->left) { // only a cut character is ever left
        memcpy(u->left, u->in.at, left);
        buf_set(&u->joined, (struct str){u->left, left});
        buf_add(&u->joined, bytes);
        bytes = buf_str(&u->joined);
    }
    u->in = bytes;
}

static enum unpack_step
damaged(const struct unpack *u, struct err *e)
{
    const char *name = unpack_name(u->form);
    unsigned long long at = u->out;
    if (u->fresh && u->members)
        err_set(e, ERR_PARSE,
                "cannot unpack all of it: bytes that are none stand behind the end of the %s data. "
                "What stands before them was read",
                name);
    else if (u->cut)
        err_set(e, ERR_PARSE,
                "cannot unpack all of it: the %s data ends in the middle, at byte %llu of the text. "
                "What stands before was read",
                name, at);
    else
        err_set(e, ERR_PARSE,
                "cannot unpack all of it: the %s data is damaged at or before byte %llu of the text (%s). "
                "What came out was read; some of it may be garbled",
                name, at, u->why ? err_say(u->why) : err_say("corrupt"));
    return UNPACK_DAMAGED;
}

// At the end of a member: zeros may fill up the file, another member may follow. True when there is something
// to decode.
static bool
next_member(struct unpack *u)
{
    while (u->members && u->in.len && u->in.at[0] == '\0')
        u->in = str_from(u->in, 1);
    if (u->in.len == 0)
        return false;
    u->between = false;
    u->fresh = true;
    return true;
}

enum unpack_step
unpack_get(struct unpack *u, char *into, size_t room, size_t *got, struct err *e)
{
    bool packed = unpack_is_packed(u->form);
    *got = 0;
    while (!u->bad) {
        if (packed && u->between && !next_member(u))
            return u->last ? UNPACK_DONE : UNPACK_HUNGRY;
        size_t before = u->in.len;
        enum turn turn = u->turn(u, into, room, got);
        u->out += *got;
        u->fresh = u->fresh && *got == 0;
        u->bad = turn == TURN_BAD;
        if (turn == TURN_END) {
            u->between = true;
            u->members++;
        }
        if (*got)
            return UNPACK_MORE;
        if (turn != TURN_ON || (u->in.len && u->in.len != before))
            continue;
        if (!packed || (u->in.len == 0 && !u->last))
            return u->last ? UNPACK_DONE : UNPACK_HUNGRY;
        u->bad = true;
        u->cut = u->in.len == 0;
    }
    return damaged(u, e);
}
