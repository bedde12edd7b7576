// Makes the table in diag/runes.c: cc -std=c17 -D_GNU_SOURCE tests/make_runes.c -o /tmp/m && /tmp/m > table.
// Source: the widths of the C library's C.UTF-8 locale (run it on glibc 2.36 for Unicode 15.0), less the
// characters that Unicode calls ignorable by default, formats, separators of lines, surrogates and
// noncharacters, which count as unseen. It is no test and no part of the program.
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <wchar.h>

// Cf, Zl, Zp and Default_Ignorable_Code_Point of the Unicode Character Database 15.0, beside the planes' last
// two.
static const int unseen[][2] = {
    {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x0600, 0x0605},   {0x061C, 0x061C},   {0x06DD, 0x06DD},
    {0x070F, 0x070F},   {0x0890, 0x0891},   {0x08E2, 0x08E2},   {0x115F, 0x1160},   {0x17B4, 0x17B5},
    {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},
    {0xD800, 0xDFFF},   {0xFDD0, 0xFDEF},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},
    {0x1D159, 0x1D159}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

static int
class_of(int rune)
{
    if (rune < 0x20 || (rune >= 0x7F && rune < 0xA0) || (rune & 0xFFFE) == 0xFFFE)
        return 3;
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
        if (rune >= unseen[i][0] && rune <= unseen[i][1])
            return 3;
    int width = wcwidth((wchar_t)rune);
    return width < 0 ? 3 : width;
}

int
main(void)
{
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 1;
    int last = -1, column = 0;
    for (int rune = 0; rune < 0x110000; rune++) {
        int class = class_of(rune);
        if (class != last)
            column += printf(column ? " 0x%X," : "    0x%X,", rune << 2 | class);
        last = class;
        if (column > 100) {
            putchar('\n');
            column = 0;
        }
    }
    putchar('\n');
    return 0;
}
