/* Does what the customer says, so that tests see what becomes of it. */
#include <stdlib.h>
#include <string.h>

#include "ponte.h"

static volatile uint32_t sink;

/* Volatile, or clang would know that this ends. */
static uint32_t deeper(uint32_t depth) {
    volatile uint8_t room[512];
    room[depth % 512] = (uint8_t)depth;
    return deeper(depth + 1) + room[depth % 512];
}

ponte_outcome on_event(const ponte_event *event) {
    const char *words = ponte_words(event);
    if (!words) return PONTE_DONE;
    if (strcmp(words, "reject") == 0) return ponte_reject("row %d of %s: %x%%, %lld", -7, "abc", 255, 1LL << 40);
    if (strcmp(words, "retry") == 0) return ponte_retry(30);
    if (strcmp(words, "abort") == 0) abort();
    if (strcmp(words, "spin") == 0) {
        for (;;) sink++;
    }
    if (strcmp(words, "deep") == 0) sink = deeper(sink);
    if (strcmp(words, "log") == 0) {
        ponte_log(PONTE_WARN, "%u of %c", 3u, 'x');
        return PONTE_DONE;
    }
    if (strcmp(words, "denied") == 0) {
        if (!ponte_state_put(PONTE_CONVERSATION, "key", "value")) return ponte_refused();
    }
    if (strcmp(words, "same") == 0) {
        const char *answer = ponte_format("%d%d%d%d", ponte_same("AÇÃO", "ação"), ponte_same("Ñandú", "ñANDÚ"),
                                          ponte_same("ação", "acao"), ponte_same("ab", "abc"));
        return ponte_reply("%s|%s", answer, ponte_trim("  a b \n")) ? PONTE_DONE : ponte_refused();
    }
    if (strcmp(words, "time") == 0) {
        return ponte_reply("%llu %x", (unsigned long long)ponte_now(), ponte_random()) ? PONTE_DONE : ponte_refused();
    }
    if (strcmp(words, "buttons") == 0) {
        const ponte_choice choices[] = {{"s", "Sim"}, {"n", "Não"}};
        return ponte_reply_buttons("Certo?", choices, 2) ? PONTE_DONE : ponte_refused();
    }
    if (strcmp(words, "list") == 0) {
        const ponte_choice rows[] = {{"9", "9h"}, {"10", "10h"}};
        return ponte_reply_list("Quando?", "Ver", rows, 2) ? PONTE_DONE : ponte_refused();
    }
    return PONTE_DONE;
}
