#include "tui/since.h"

#include <string.h>
#include <time.h>

#include "diag/str.h"

bool
since_read(const char *given, int64_t *since)
{
    static const char *const forms[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M",
                                        "%Y-%m-%d %H:%M", "%Y-%m-%d"};
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = {{"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}, {"w", 7 * 86400}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct tm tm = {0};
        const char *end = strptime(given, forms[i], &tm);
        if (!end || *end)
            continue;
        struct tm again = tm;
        *since = (int64_t)timegm(&again) * 1000000;
        return again.tm_mday == tm.tm_mday && again.tm_mon == tm.tm_mon;
    }
    size_t digits = strspn(given, "0123456789");
    uint64_t count;
    if (!str_number((struct str){given, digits}, &count) || count > 1000000)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(given + digits, units[i].unit) != 0)
            continue;
        time_t here = time(NULL);
        struct tm tm;
        localtime_r(&here, &tm);
        *since = ((int64_t)timegm(&tm) - (int64_t)count * units[i].seconds) * 1000000;
        return true;
    }
    return false;
}
