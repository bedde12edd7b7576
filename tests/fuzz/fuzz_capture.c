// Any bytes as a capture: reading ends, nothing is read beside the bytes, and the lines are printable text.
#include "remote/capture.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    char *copy = malloc(count + 1);
    if (!copy)
        return 0;
    memcpy(copy, bytes, count);
    FILE *file = count ? fmemopen(copy, count, "rb") : NULL;
    struct err e = {0};
    struct capture *c = file ? capture_open(file, "input", &e) : NULL;
    struct buf lines = {0};
    if (file && !c && !e.text[0])
        abort(); // a refusal says why
    while (c && capture_step(c, &lines, &e))
        buf_clear(&lines);
    for (size_t i = 0; i < lines.len; i++)
        if ((unsigned char)lines.at[i] > 126 || ((unsigned char)lines.at[i] < 32 && lines.at[i] != '\n'))
            abort();
    buf_release(&lines);
    capture_close(c);
    free(copy);
    return 0;
}
