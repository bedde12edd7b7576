// One log of assets/logs, or a text, run through the core from its first byte to its verdict. The cases of
// kb test, the claims of lessons and the printed lessons are made of it.
#ifndef IKEWALK_KNOWLEDGE_TRIAL_H
#define IKEWALK_KNOWLEDGE_TRIAL_H

#include "diag/diag.h"

struct trial {
    struct str log;      // its bytes
    struct str bytes[4]; // by source, as far as there are any: what struct trial_texts lists
    struct diag *diag;
    struct view *view;
    struct arena arena;
    const struct tunnel_row *row;     // the tunnel that is meant; NULL: the log shows none like it
    const struct tunnel_view *tunnel; // in full
};

// The bytes of a file below assets/logs; false when there is none of that name.
bool trial_log(struct str name, struct str *log);
// A log and what is read beside it; empty: there is none.
struct trial_texts {
    struct str log, state, capture, peer_log;
};
// Runs them; tunnel: the name of the one that is meant, empty: the only or the worst one. Borrows k and all
// texts. trial_end frees.
void trial_run(struct trial *t, const struct knowledge *k, const struct trial_texts *texts, struct str tunnel,
               bool no_traffic);
void trial_end(struct trial *t);
// The raw line of a log with this number, without its line end; empty behind the last one.
struct str trial_line(struct str log, uint64_t number);

#endif
