// Runs a fuzz target on every file of the folders named, so that the corpus is a test wherever there is no
// libFuzzer. Each input is also given cut in half and with one bit of each of its first bytes turned over: a
// corpus is what once went wrong, and what lies beside it costs nothing.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

// A copy of the exact size, so that the address sanitizer sees a byte read beyond the end.
static void
feed(const uint8_t *bytes, size_t count, size_t turned)
{
    uint8_t *copy = malloc(count ? count : 1);
    if (!copy)
        abort();
    memcpy(copy, bytes, count);
    if (turned < count)
        copy[turned] ^= (uint8_t)(1u << (turned % 8));
    LLVMFuzzerTestOneInput(copy, count);
    free(copy);
}

static void
replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    if (!f || fstat(fileno(f), &st)) {
        perror(path);
        exit(1);
    }
    size_t size = (size_t)st.st_size;
    uint8_t *bytes = malloc(size + 1);
    if (!bytes || fread(bytes, 1, size, f) != size) {
        perror(path);
        exit(1);
    }
    fclose(f);
    feed(bytes, size, size);
    feed(bytes, size / 2, size);
    for (size_t i = 0; i < size && i < 64; i++)
        feed(bytes, size, i);
    free(bytes);
}

int
main(int argc, char **argv)
{
    int files = 0;
    for (int i = 1; i < argc; i++) {
        struct dirent **names;
        int count = scandir(argv[i], &names, NULL, alphasort);
        for (int k = 0; k < count; k++) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", argv[i], names[k]->d_name);
            if (names[k]->d_name[0] != '.') {
                replay(path);
                files++;
            }
            free(names[k]);
        }
        if (count >= 0)
            free(names);
    }
    printf("%d inputs replayed\n", files);
    return files ? 0 : 1;
}
