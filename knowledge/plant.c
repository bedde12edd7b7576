// plant NAME YAML TREE: writes the tree of a pack for the build, which puts it into the program. A pack that
// is not YAML stops the build and says where.
#include "knowledge/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static bool
read_whole(const char *path, struct buf *bytes, struct err *e)
{
    char block[65536];
    size_t got;
    FILE *file = fopen(path, "rb");
    if (!file)
        return err_set(e, ERR_IO, "%s: cannot read the pack: %s", path, strerror(errno));
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        buf_add(bytes, (struct str){block, got});
    bool whole = !ferror(file);
    fclose(file);
    return whole || err_set(e, ERR_IO, "%s: cannot read the pack: %s", path, strerror(errno));
}

static bool
write_whole(const char *path, struct str bytes, struct err *e)
{
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(bytes.at, 1, bytes.len, file) == bytes.len;
    written = file && fclose(file) == 0 && written;
    return written || err_set(e, ERR_IO, "%s: cannot write the tree: %s", path, strerror(errno));
}

int
main(int argc, char **argv)
{
    struct err e = {0};
    struct buf yaml = {0}, tree = {0};
    struct arena arena = {0};
    struct problems problems = {0};
    if (argc != 4) {
        fputs("plant NAME YAML TREE\n", stderr);
        return EXIT_FAILURE;
    }
    bool good = read_whole(argv[2], &yaml, &e);
    if (good) {
        struct str name = str_of(argv[1]);
        const struct node *root = yaml_read(buf_str(&yaml), &name, &arena, &arena, &problems);
        if (root)
            tree_write(root, &tree);
        good = problems_none(&problems, &e) && write_whole(argv[3], buf_str(&tree), &e);
    }
    if (!good)
        fprintf(stderr, "plant: %s\n", e.text);
    problems_release(&problems);
    arena_release(&arena);
    buf_release(&tree);
    buf_release(&yaml);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
