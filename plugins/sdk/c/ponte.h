/* Write flows for Ponte in C.
 *
 * A flow is a function from one event to what should happen. It runs in a fresh sandbox each time; what it asks for is
 * collected, checked by the host, and takes effect together with the acknowledgement of the event, or not at all.
 *
 *     #include "ponte.h"
 *
 *     ponte_outcome on_event(const ponte_event *event) {
 *         const char *words = ponte_words(event);
 *         if (!words) return PONTE_DONE;              // Reactions, edits, timers …: not ours.
 *         int32_t seen;
 *         if (!ponte_state_add(PONTE_CONVERSATION, "seen", 1, &seen)) return ponte_refused();
 *         if (!ponte_reply("You said \"%s\"; that makes %d.", words, seen)) return ponte_refused();
 *         return PONTE_DONE;
 *     }
 *
 * What goes wrong, and what happens then:
 *
 *   return PONTE_DONE             all effects are committed with the event
 *   return ponte_retry(30)        nothing is committed; the event comes again after 30 s
 *   return ponte_reject("…")      nothing is committed; the manifest's [failure] reject decides
 *   return ponte_refused()        the same, with the words of the last refusal
 *   abort(), a bad pointer, an endless loop   the run traps: [failure] trap or timeout decides. C cannot turn that into a
 *                                 reject: there is nobody left to speak. Check, and reject with words.
 *
 * Memory: whatever this library returns stays valid until the run ends and need not be freed. The instance is thrown away
 * after the run, and all its memory with it; so malloc what you need and forget about it. Strings are UTF-8 and end with a
 * zero byte. NULL says "there is none" and is never an empty string.
 *
 * No stdio: printf and its relatives would ask for files, which flows do not have, and the build says so. Use ponte_log and
 * ponte_format. string.h, stdlib.h, ctype.h, math.h and the like are there.
 *
 * All of the contract is in gen/flow.h, made from wit/: use it for whatever has no short name here.
 */
#ifndef PONTE_H
#define PONTE_H

#include "gen/flow.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What happened; its fields are documented in gen/flow.h. */
typedef ponte_flow_events_event_t ponte_event;

/* How a run ends. */
typedef enum ponte_outcome { PONTE_DONE = 0, PONTE_FAILED = 1 } ponte_outcome;

/* You write this. */
ponte_outcome on_event(const ponte_event *event);

/* Checks a format against its values, like printf's. Known: %s %d %u %x %lld %llu %c %%. A NULL for %s writes nothing. */
#define PONTE_FORMAT(at, values) __attribute__((format(printf, at, values)))

/* ---- How a run ends without success ---- */

/* Gives up on the event, with a reason that the operator reads. */
ponte_outcome ponte_reject(const char *format, ...) PONTE_FORMAT(1, 2);

/* Wants the event again after so many seconds. Tries are bounded by the manifest. */
ponte_outcome ponte_retry(uint32_t seconds);

/* Gives up on the event with the words of the last refusal. */
ponte_outcome ponte_refused(void);

/* The last refusal of this run, as one of PONTE_FLOW_TYPES_REFUSAL_…; -1 if nothing was refused. */
int ponte_refusal(void);

/* Its words; "nothing was refused" if there is none. */
const char *ponte_refusal_words(void);

/* ---- The event ---- */

/* The words of the customer's message, if it is one of words alone; else NULL. */
const char *ponte_words(const ponte_event *event);

/* The id of the button or row that the customer tapped; else NULL. */
const char *ponte_tapped(const ponte_event *event);

/* The payload of the timer of this name, if it came due; else NULL. */
const char *ponte_timer(const ponte_event *event, const char *name);

/* What the event's contact calls themselves; NULL if they give no name, or the permission `contacts` is missing (then
 * ponte_refusal says so). */
const char *ponte_contact_name(const ponte_event *event);

/* ---- Messages. Permission: send. False: refused, see ponte_refusal ---- */

/* Answers the event's contact with plain text, 4,096 characters. */
bool ponte_reply(const char *format, ...) PONTE_FORMAT(1, 2);

/* Something to tap: the id that comes back (256 characters), and the label (20 characters). */
typedef struct ponte_choice {
    const char *id;
    const char *title;
} ponte_choice;

/* Answers with text (1,024 characters) and one to three buttons. */
bool ponte_reply_buttons(const char *text, const ponte_choice *choices, size_t count);

/* Answers with text (4,096 characters) and a list of at most ten rows behind a button (label of 20 characters; titles of
 * rows have 24). */
bool ponte_reply_list(const char *text, const char *button, const ponte_choice *rows, size_t count);

/* Sends an approved template in a language (`pt_BR`) with values for its numbered places. */
bool ponte_reply_template(const char *name, const char *language, const char *const *values, size_t count);

/* ---- Keys and values that outlive the run. Permission: state. False: refused ---- */

typedef enum ponte_scope {
    /* This conversation's. One run at a time: always exact. */
    PONTE_CONVERSATION = PONTE_FLOW_STATE_SCOPE_CONVERSATION,
    /* This contact's, on every number of the tenant. */
    PONTE_CONTACT = PONTE_FLOW_STATE_SCOPE_CONTACT,
    /* This installation's: shared by all its conversations. */
    PONTE_INSTALLATION = PONTE_FLOW_STATE_SCOPE_INSTALLATION,
} ponte_scope;

/* The value under a key, or NULL in *value if there is none. A value with a zero byte inside is cut there: use
 * ponte_flow_state_get for bytes. */
bool ponte_state_get(ponte_scope scope, const char *key, const char **value);

/* Writes a value (64 KiB) under a key (256 bytes). */
bool ponte_state_put(ponte_scope scope, const char *key, const char *value);

/* Takes a key away; no error if there is none. */
bool ponte_state_delete(ponte_scope scope, const char *key);

/* Adds to a number kept as decimal text; its sum goes into *sum, which may be NULL. A missing key counts as 0. */
bool ponte_state_add(ponte_scope scope, const char *key, int32_t delta, int32_t *sum);

/* Lets a key that exists disappear by itself after so many seconds. */
bool ponte_state_expire(ponte_scope scope, const char *key, uint32_t seconds);

/* ---- Settings and texts. Permission: none ---- */

/* A setting as JSON; NULL if it has neither a value nor a default. Dots go deeper: `sectors.0.title`. */
const char *ponte_setting_json(const char *key);

/* A setting of words; NULL if there is none, or it is something else. A list of words ends with the first NULL:
 * ponte_setting(ponte_format("handoff_words.%d", i)). */
const char *ponte_setting(const char *key);

/* A whole number; `otherwise` if there is none, or it is something else. */
int64_t ponte_setting_number(const char *key, int64_t otherwise);

/* Whether a setting is true; `otherwise` if there is none, or it is something else. */
bool ponte_setting_flag(const char *key, bool otherwise);

/* The language of the setting `language`, else `pt-BR`. */
const char *ponte_language(void);

/* A text of the package in ponte_language(), or the shop's own from the setting `texts.<language>.<key>`, with its
 * {places} filled: pairs of names and values, and NULL at the end. `ponte_text("greeting", "name", name, NULL)`.
 * A place without a value stays as it is. NULL if no language has the key. */
const char *ponte_text(const char *key, ...) __attribute__((sentinel));

/* ---- The conversation. Permission: conversation. False: refused ---- */

typedef enum ponte_people {
    /* The person on the phone. */
    PONTE_APP = PONTE_FLOW_CONVERSATION_TARGET_APP,
    /* People on the API side. */
    PONTE_TEAM = PONTE_FLOW_CONVERSATION_TARGET_TEAM,
} ponte_people;

/* Gives the conversation to people, with a note that they find beside it. */
bool ponte_hand_off(ponte_people to, const char *note);

/* Keeps the conversation for this flow for so many seconds (at most seven days). */
bool ponte_hold(uint32_t seconds);

/* Gives it back. */
bool ponte_release(void);

/* ---- Timers (permission: schedule), tags (permission: contacts). False: refused ---- */

/* Sets the named timer of this conversation, or replaces it. */
bool ponte_after(const char *name, uint32_t seconds, const char *payload);

/* Takes it away. */
bool ponte_cancel(const char *name);

/* Puts a tag (64 bytes) on the event's contact. */
bool ponte_tag(const char *tag);

/* Takes it off. */
bool ponte_untag(const char *tag);

/* ---- The run. Permission: none ---- */

/* The time of the event, in milliseconds since 1970, UTC. Does not pass during a run. */
uint64_t ponte_now(void);

/* A number that is the same for the same event and version. */
uint32_t ponte_random(void);

typedef enum ponte_level {
    PONTE_TRACE = PONTE_FLOW_LOG_LEVEL_TRACE,
    PONTE_DEBUG = PONTE_FLOW_LOG_LEVEL_DEBUG,
    PONTE_INFO = PONTE_FLOW_LOG_LEVEL_INFO,
    PONTE_WARN = PONTE_FLOW_LOG_LEVEL_WARN,
    PONTE_ERROR = PONTE_FLOW_LOG_LEVEL_ERROR,
} ponte_level;

/* Writes one line for the operator and the author. Do not write what customers say. */
void ponte_log(ponte_level level, const char *format, ...) PONTE_FORMAT(2, 3);

/* ---- Words ---- */

/* A new string. See PONTE_FORMAT. */
const char *ponte_format(const char *format, ...) PONTE_FORMAT(1, 2);

/* Without the spaces before and after. */
const char *ponte_trim(const char *text);

/* Whether two strings are the same, capitals or not, in all languages that write one letter for another. */
bool ponte_same(const char *one, const char *other);

#ifdef __cplusplus
}
#endif
#endif
