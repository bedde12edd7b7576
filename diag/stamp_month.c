// Months by the words of many languages.
#include "diag/stamp.h"

#include <string.h>

static inline bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// The months as journals write them in languages that many gateways are set to; a dot may follow. Letters
// beyond ASCII stand as the locale writes them. Where two languages use one word, the one seen in logs has
// it.
static const char *const month_words[12] = {
    "jan janv ene gen sty led oca ian jaan sau saus янв січ яну Ιαν",
    "feb febr févr fév fev lut úno şub Şub helmi veebr vas фев лют Φεβ",
    "mar mär märz mars mrt marts märts març márc bře maalis kov мар бер Μαρ",
    "apr avr avril abr april kwi dub nis huhti bal ápr апр кві Απρ",
    "may mai maj mei mag maio maig maijs máj kvě touko geg май мая тра Μαΐ",
    "jun juin juni juny juuni jún jūn giu iun cze čen čvn haz kesä bir birž июн чер юни Ιουν",
    "jul juil juli juuli júl jūl iul lug lip čec čvc tem heinä lie liep июл лип юли Ιουλ",
    "aug août aou ago avg sie srp ağu elo rgp rugp авг сер Αυγ",
    "sep sept set szept wrz zář eyl syys rgs rugs сен вер сеп Σεπ",
    "oct okt ott out paź říj eki loka spa spal окт жов Οκτ",
    "nov lis kas marras lap lapkr ноя лис ное Νοε",
    "dec dez déc dic des dets gru pro ara joulu grd gruod дек гру Δεκ",
};

// "7月" or "7월", as journals in East Asian languages write the month.
static int
month_numbered(const char *at, size_t count)
{
    size_t digits = 1 + (size_t)(count > 1 && is_digit(at[1]));
    if (count != digits + 3 || (memcmp(at + digits, "月", 3) != 0 && memcmp(at + digits, "월", 3) != 0))
        return 0;
    return digits == 2 ? (at[0] - '0') * 10 + at[1] - '0' : at[0] - '0';
}

int
stamp_month(const char *at, size_t count)
{
    char word[16];
    size_t n = 0;
    if (count && is_digit(at[0]))
        return month_numbered(at, count);
    for (; n < count && n < sizeof word - 1; n++)
        word[n] = at[n] >= 'A' && at[n] <= 'Z' ? (char)(at[n] + 'a' - 'A') : at[n];
    n -= n && word[n - 1] == '.';
    for (int i = 0; i < 12 && n; i++)
        for (const char *p = month_words[i], *end; *p; p = *end ? end + 1 : end) {
            end = strchrnul(p, ' ');
            if ((size_t)(end - p) == n && memcmp(p, word, n) == 0)
                return i + 1;
        }
    return 0;
}
