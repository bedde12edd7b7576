// Sixteen bytes looked at in one go: which of them are a given one. Inside of diag only; what passes over
// most of a mixed log asks for it.
#ifndef IKEWALK_DIAG_LANES_H
#define IKEWALK_DIAG_LANES_H

#include "diag/literal.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { LANES = 16 };

// Bit n is set when byte n is c. With the operations that every machine has.
static inline uint32_t
lanes_plain(const char *at, char c)
{
    const uint64_t each = 0x0101010101010101u, seven = 0x7f * each;
    uint32_t mask = 0;
    for (int i = 0; i < LANES; i += 8) {
        uint64_t differs = literal_word(at + i);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        differs = __builtin_bswap64(differs);
#endif
        differs ^= (unsigned char)c * each;
        uint64_t same = (~((differs & seven) + seven) & ~differs) >> 7 & each;
        mask |= (uint32_t)(same * 0x0102040810204080u >> 56) << i; // a bit of each byte side by side
    }
    return mask;
}

// The same, as this machine does it best.
static inline uint32_t
lanes_equal(const char *at, char c)
{
#ifdef __SSE2__
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
#else
    return lanes_plain(at, c);
#endif
}

#endif
