/* Greets whoever writes, counts their messages, and calls a person when they ask for one. */
#include "ponte.h"

/* Whether the whole message is one of the words, in capitals or not. */
static bool asks_for_person(const char *words) {
    const char *word;
    for (int i = 0; (word = ponte_setting(ponte_format("handoff_words.%d", i))); i++) {
        if (ponte_same(ponte_trim(words), ponte_trim(word))) return true;
    }
    return false;
}

ponte_outcome on_event(const ponte_event *event) {
    /* Media, reactions, edits, timers …: not ours. */
    const char *words = ponte_words(event);
    if (!words) return PONTE_DONE;

    if (asks_for_person(words)) {
        if (!ponte_hand_off(PONTE_TEAM, ponte_text("note", NULL))) return ponte_refused();
        if (!ponte_reply("%s", ponte_text("handing-over", NULL))) return ponte_refused();
        return PONTE_DONE;
    }

    int32_t seen;
    if (!ponte_state_add(PONTE_CONVERSATION, "seen", 1, &seen)) return ponte_refused();
    const char *answer;
    if (seen == 1) {
        /* ", Ana", or nothing where the name is not known. */
        const char *name = ponte_contact_name(event);
        answer = ponte_text("greeting", "name", name ? ponte_format(", %s", name) : "", NULL);
    } else {
        answer = ponte_text("again", "count", ponte_format("%d", (int)seen), NULL);
    }
    if (!ponte_reply("%s", answer)) return ponte_refused();
    return PONTE_DONE;
}
