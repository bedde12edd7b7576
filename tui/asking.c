#include "tui/asking.h"

#include "tui/theme.h"
#include "tui/words.h"

void
asking_terms(struct prose *t, const struct canvas *c, int width)
{
    static const char *const lines[] = {
        N_("An active check from this machine. Nothing has been sent yet. It sends, to the address below:"),
        N_("- to UDP 500: an IKE_SA_INIT request (376 bytes) and an IKEv1 main mode message (84 bytes), each "
           "up to 3 times, a second apart"),
        N_("- to UDP 4500: the same two, each behind the non-ESP marker of four zero bytes"),
        N_("- to each of the two once more with the marker where it does not belong, or without it where it "
           "does: answered only where a mapping leads one port to the other"),
        N_("- to TCP 4500: one connection, closed at once without a byte"),
        N_("It takes 4 seconds at most, and Esc stops it. The messages hold one common proposal and random "
           "bytes: no identity, no key. The peer may log them, and keeps a half-open exchange for a minute."),
        N_("An answer proves that IKE is spoken there, and that this port passes from this machine and back. "
           "It proves nothing of the way from a gateway elsewhere, and nothing of keys."),
        N_("A refusal (ICMP, reset) says that nobody listens, or that a filter says so. It could be forged."),
        N_("Silence proves nothing: a filter drops, nobody listens, or the daemon ignores strangers."),
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        prose_addf(t, c, width, 1, 3, i ? LOOK_PLAIN : LOOK_STRONG, -1, "%s", _(lines[i]));
}
