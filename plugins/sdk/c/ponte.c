/* The library behind ponte.h. What it is for stands there. */
#include "ponte.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

/* ---- Strings ---- */

/* The host copies what it is given during the call, so nothing is copied here. */
static flow_string_t lend(const char *text) {
    flow_string_t string = {.ptr = (uint8_t *)text, .len = text ? strlen(text) : 0};
    return string;
}

static char *take(size_t length) {
    char *memory = malloc(length + 1);
    if (!memory) abort();
    return memory;
}

/* A string of the contract with a zero byte at its end. */
static const char *ended(const uint8_t *bytes, size_t length) {
    char *text = take(length);
    if (length) memcpy(text, bytes, length);
    text[length] = 0;
    return text;
}

#define WORDS(string) ended((string).ptr, (string).len)

/* A string that grows. */
typedef struct text {
    char *bytes;
    size_t length;
    size_t room;
} text;

static void append(text *to, const char *bytes, size_t length) {
    if (to->length + length + 1 > to->room) {
        to->room = (to->length + length + 1) * 2;
        to->bytes = realloc(to->bytes, to->room);
        if (!to->bytes) abort();
    }
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
    to->bytes[to->length] = 0;
}

static void append_number(text *to, uint64_t number, unsigned base) {
    char digits[24];
    size_t at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number);
    append(to, digits + at, sizeof digits - at);
}

static void append_signed(text *to, int64_t number) {
    if (number < 0) append(to, "-", 1);
    append_number(to, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10);
}

static const char *formatted(const char *format, va_list values) {
    text out = {0};
    append(&out, "", 0);
    for (const char *at = format; *at;) {
        size_t plain = strcspn(at, "%");
        append(&out, at, plain);
        at += plain;
        if (!*at) break;
        const char *directive = at++;
        bool wide = false;
        while (*at == 'l') {
            wide = at[1] == 'l' || wide;
            at++;
        }
        switch (*at) {
        case 's': {
            const char *word = va_arg(values, const char *);
            if (word) append(&out, word, strlen(word));
            break;
        }
        case 'c': {
            char letter = (char)va_arg(values, int);
            append(&out, &letter, 1);
            break;
        }
        case 'd':
        case 'i':
            append_signed(&out, wide ? va_arg(values, long long) : va_arg(values, int));
            break;
        case 'u':
            append_number(&out, wide ? va_arg(values, unsigned long long) : va_arg(values, unsigned), 10);
            break;
        case 'x':
            append_number(&out, wide ? va_arg(values, unsigned long long) : va_arg(values, unsigned), 16);
            break;
        case '%':
            append(&out, "%", 1);
            break;
        default:
            /* Unknown: the values cannot be counted any more, so the rest stays as it is written. */
            append(&out, directive, strlen(directive));
            return out.bytes;
        }
        at++;
    }
    return out.bytes;
}

const char *ponte_format(const char *format, ...) {
    va_list values;
    va_start(values, format);
    const char *text = formatted(format, values);
    va_end(values);
    return text;
}

const char *ponte_trim(const char *words) {
    const char *spaces = " \t\r\n";
    words += strspn(words, spaces);
    size_t length = strlen(words);
    while (length && strchr(spaces, words[length - 1])) length--;
    return ended((const uint8_t *)words, length);
}

/* The next letter of UTF-8 and how many bytes it has; a byte that is none stands for itself. */
static uint32_t letter(const char *text, size_t *bytes) {
    const uint8_t *at = (const uint8_t *)text;
    size_t more = at[0] >= 0xf0 ? 3 : at[0] >= 0xe0 ? 2 : at[0] >= 0xc0 ? 1 : 0;
    uint32_t code = more ? at[0] & (0x3f >> more) : at[0];
    for (size_t i = 1; i <= more; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            *bytes = 1;
            return at[0];
        }
        code = code << 6 | (at[i] & 0x3f);
    }
    *bytes = more + 1;
    return code;
}

bool ponte_same(const char *one, const char *other) {
    while (*one && *other) {
        size_t a, b;
        if (towlower(letter(one, &a)) != towlower(letter(other, &b))) return false;
        one += a;
        other += b;
    }
    return !*one && !*other;
}

/* ---- How a run ends, and refusals ---- */

static struct {
    const ponte_event *event;
    exports_ponte_flow_handler_failure_t failure;
    bool refused;
    ponte_flow_types_refusal_t refusal;
} run;

/* What a function of the host answered; its refusal was written into run.refusal. */
static bool done(bool allowed) {
    if (!allowed) run.refused = true;
    return allowed;
}

static ponte_outcome fail_with(const char *reason) {
    run.failure.tag = EXPORTS_PONTE_FLOW_HANDLER_FAILURE_REJECT;
    /* The contract's glue frees this, so it must be our own. */
    flow_string_dup(&run.failure.val.reject, reason);
    return PONTE_FAILED;
}

ponte_outcome ponte_reject(const char *format, ...) {
    va_list values;
    va_start(values, format);
    const char *reason = formatted(format, values);
    va_end(values);
    return fail_with(reason);
}

ponte_outcome ponte_retry(uint32_t seconds) {
    run.failure.tag = EXPORTS_PONTE_FLOW_HANDLER_FAILURE_RETRY;
    run.failure.val.retry = seconds;
    return PONTE_FAILED;
}

ponte_outcome ponte_refused(void) { return fail_with(ponte_refusal_words()); }

int ponte_refusal(void) { return run.refused ? run.refusal.tag : -1; }

const char *ponte_refusal_words(void) {
    if (!run.refused) return "nothing was refused";
    const ponte_flow_types_refusal_t *no = &run.refusal;
    switch (no->tag) {
    case PONTE_FLOW_TYPES_REFUSAL_DENIED:
        return ponte_format("the permission `%s` was not granted", WORDS(no->val.denied));
    case PONTE_FLOW_TYPES_REFUSAL_INVALID:
        return ponte_format("%s: %s", WORDS(no->val.invalid.field), WORDS(no->val.invalid.why));
    case PONTE_FLOW_TYPES_REFUSAL_WINDOW_CLOSED:
        return "the customer-service window is closed; a template may be sent";
    case PONTE_FLOW_TYPES_REFUSAL_OWNED_BY_PERSON:
        return "a person speaks in this conversation";
    case PONTE_FLOW_TYPES_REFUSAL_TEMPLATE:
        return ponte_format("template: %s", WORDS(no->val.template_));
    case PONTE_FLOW_TYPES_REFUSAL_NO_CONSENT:
        return "the contact has not consented";
    case PONTE_FLOW_TYPES_REFUSAL_QUOTA:
        return ponte_format("the quota is spent until %llu", (unsigned long long)no->val.quota);
    case PONTE_FLOW_TYPES_REFUSAL_BUDGET:
        return "the budget is used up";
    case PONTE_FLOW_TYPES_REFUSAL_RUN_LIMIT:
        return ponte_format("this run's allowance of %u is used up", (unsigned)no->val.run_limit);
    default:
        return WORDS(no->val.other);
    }
}

bool exports_ponte_flow_handler_on_event(exports_ponte_flow_handler_event_t *event,
                                         exports_ponte_flow_handler_failure_t *failure) {
    run.event = event;
    if (on_event(event) == PONTE_DONE) return true;
    *failure = run.failure;
    return false;
}

/* ---- The event ---- */

static const ponte_flow_types_content_t *content(const ponte_event *event, uint8_t kind) {
    if (event->body.tag != PONTE_FLOW_EVENTS_BODY_MESSAGE) return NULL;
    const ponte_flow_types_content_t *content = &event->body.val.message.content;
    return content->tag == kind ? content : NULL;
}

const char *ponte_words(const ponte_event *event) {
    const ponte_flow_types_content_t *it = content(event, PONTE_FLOW_TYPES_CONTENT_TEXT);
    return it ? WORDS(it->val.text) : NULL;
}

const char *ponte_tapped(const ponte_event *event) {
    const ponte_flow_types_content_t *it = content(event, PONTE_FLOW_TYPES_CONTENT_CHOICE);
    return it ? WORDS(it->val.choice.id) : NULL;
}

const char *ponte_timer(const ponte_event *event, const char *name) {
    if (event->body.tag != PONTE_FLOW_EVENTS_BODY_TIMER) return NULL;
    const ponte_flow_events_timer_t *timer = &event->body.val.timer;
    return strcmp(WORDS(timer->name), name) == 0 ? WORDS(timer->payload) : NULL;
}

const char *ponte_contact_name(const ponte_event *event) {
    if (!event->contact.is_some) return NULL;
    flow_string_t id = event->contact.val;
    ponte_flow_contacts_option_contact_t found;
    if (!done(ponte_flow_contacts_get(&id, &found, &run.refusal))) return NULL;
    return found.is_some && found.val.name.is_some ? WORDS(found.val.name.val) : NULL;
}

/* ---- Messages ---- */

static bool addressee(flow_string_t *to) {
    if (run.event && run.event->contact.is_some) {
        *to = run.event->contact.val;
        return true;
    }
    run.refusal.tag = PONTE_FLOW_TYPES_REFUSAL_INVALID;
    run.refusal.val.invalid.field = lend("to");
    run.refusal.val.invalid.why = lend("this event has no contact to answer");
    return done(false);
}

bool ponte_reply(const char *format, ...) {
    va_list values;
    va_start(values, format);
    flow_string_t body = lend(formatted(format, values));
    va_end(values);
    flow_string_t to;
    ponte_flow_send_effect_t effect;
    return addressee(&to) && done(ponte_flow_send_text(&to, &body, &effect, &run.refusal));
}

bool ponte_reply_buttons(const char *words, const ponte_choice *choices, size_t count) {
    ponte_flow_send_choice_t *buttons = (ponte_flow_send_choice_t *)take(count * sizeof *buttons);
    for (size_t i = 0; i < count; i++) {
        buttons[i].id = lend(choices[i].id);
        buttons[i].title = lend(choices[i].title);
    }
    ponte_flow_send_list_choice_t list = {.ptr = buttons, .len = count};
    flow_string_t to, body = lend(words);
    ponte_flow_send_effect_t effect;
    return addressee(&to) && done(ponte_flow_send_buttons(&to, &body, &list, &effect, &run.refusal));
}

bool ponte_reply_list(const char *words, const char *button, const ponte_choice *rows, size_t count) {
    ponte_flow_send_row_t *lines = (ponte_flow_send_row_t *)take(count * sizeof *lines);
    for (size_t i = 0; i < count; i++) {
        lines[i] = (ponte_flow_send_row_t){.id = lend(rows[i].id), .title = lend(rows[i].title)};
    }
    ponte_flow_send_section_t section = {.rows = {.ptr = lines, .len = count}};
    ponte_flow_send_list_section_t sections = {.ptr = &section, .len = 1};
    flow_string_t to, body = lend(words), label = lend(button);
    ponte_flow_send_effect_t effect;
    return addressee(&to) && done(ponte_flow_send_options(&to, &body, &label, &sections, &effect, &run.refusal));
}

bool ponte_reply_template(const char *name, const char *language, const char *const *values, size_t count) {
    ponte_flow_send_param_t *params = (ponte_flow_send_param_t *)take(count * sizeof *params);
    for (size_t i = 0; i < count; i++) params[i] = (ponte_flow_send_param_t){.value = lend(values[i])};
    ponte_flow_send_list_param_t list = {.ptr = params, .len = count};
    flow_string_t to, template = lend(name), tongue = lend(language);
    ponte_flow_send_effect_t effect;
    return addressee(&to) && done(ponte_flow_send_template(&to, &template, &tongue, &list, &effect, &run.refusal));
}

/* ---- State ---- */

bool ponte_state_get(ponte_scope scope, const char *key, const char **value) {
    flow_string_t name = lend(key);
    flow_option_list_u8_t found;
    *value = NULL;
    if (!done(ponte_flow_state_get((ponte_flow_state_scope_t)scope, &name, &found, &run.refusal))) return false;
    if (found.is_some) *value = ended(found.val.ptr, found.val.len);
    return true;
}

bool ponte_state_put(ponte_scope scope, const char *key, const char *value) {
    flow_string_t name = lend(key);
    flow_list_u8_t bytes = {.ptr = (uint8_t *)value, .len = strlen(value)};
    return done(ponte_flow_state_put((ponte_flow_state_scope_t)scope, &name, &bytes, &run.refusal));
}

bool ponte_state_delete(ponte_scope scope, const char *key) {
    flow_string_t name = lend(key);
    return done(ponte_flow_state_delete((ponte_flow_state_scope_t)scope, &name, &run.refusal));
}

bool ponte_state_add(ponte_scope scope, const char *key, int32_t delta, int32_t *sum) {
    flow_string_t name = lend(key);
    int32_t ignored;
    return done(ponte_flow_state_add((ponte_flow_state_scope_t)scope, &name, delta, sum ? sum : &ignored, &run.refusal));
}

bool ponte_state_expire(ponte_scope scope, const char *key, uint32_t seconds) {
    flow_string_t name = lend(key);
    return done(ponte_flow_state_expire_after((ponte_flow_state_scope_t)scope, &name, seconds, &run.refusal));
}

/* ---- Settings and texts ---- */

const char *ponte_setting_json(const char *key) {
    flow_string_t name = lend(key), value;
    return ponte_flow_settings_get(&name, &value) ? WORDS(value) : NULL;
}

static void append_letter(text *to, uint32_t code) {
    char bytes[4];
    size_t length;
    if (code < 0x80) {
        bytes[0] = (char)code;
        length = 1;
    } else if (code < 0x800) {
        bytes[0] = (char)(0xc0 | code >> 6);
        bytes[1] = (char)(0x80 | (code & 0x3f));
        length = 2;
    } else if (code < 0x10000) {
        bytes[0] = (char)(0xe0 | code >> 12);
        bytes[1] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[2] = (char)(0x80 | (code & 0x3f));
        length = 3;
    } else {
        bytes[0] = (char)(0xf0 | code >> 18);
        bytes[1] = (char)(0x80 | (code >> 12 & 0x3f));
        bytes[2] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[3] = (char)(0x80 | (code & 0x3f));
        length = 4;
    }
    append(to, bytes, length);
}

/* The four digits of a \u; they are there, for the host wrote them. */
static uint32_t four_digits(const char *at) {
    char digits[5] = {0};
    strncpy(digits, at, 4);
    return (uint32_t)strtoul(digits, NULL, 16);
}

const char *ponte_setting(const char *key) {
    const char *at = ponte_setting_json(key);
    if (!at || *at++ != '"') return NULL;
    text out = {0};
    append(&out, "", 0);
    while (*at && *at != '"') {
        if (*at != '\\') {
            append(&out, at++, 1);
            continue;
        }
        switch (*++at) {
        case 0:
            return NULL;
        case 'b': append(&out, "\b", 1); break;
        case 'f': append(&out, "\f", 1); break;
        case 'n': append(&out, "\n", 1); break;
        case 'r': append(&out, "\r", 1); break;
        case 't': append(&out, "\t", 1); break;
        case 'u': {
            if (strlen(at) < 5) return NULL;
            uint32_t code = four_digits(at + 1);
            at += 4;
            if (code >= 0xd800 && code < 0xdc00 && at[1] == '\\' && at[2] == 'u' && strlen(at) >= 7) {
                code = 0x10000 + ((code - 0xd800) << 10) + (four_digits(at + 3) - 0xdc00);
                at += 6;
            }
            append_letter(&out, code);
            break;
        }
        default: append(&out, at, 1); break;
        }
        at++;
    }
    return out.bytes;
}

int64_t ponte_setting_number(const char *key, int64_t otherwise) {
    const char *json = ponte_setting_json(key);
    if (!json) return otherwise;
    char *end;
    long long number = strtoll(json, &end, 10);
    return end != json && !*end ? number : otherwise;
}

bool ponte_setting_flag(const char *key, bool otherwise) {
    const char *json = ponte_setting_json(key);
    if (json && strcmp(json, "true") == 0) return true;
    if (json && strcmp(json, "false") == 0) return false;
    return otherwise;
}

const char *ponte_language(void) {
    const char *wish = ponte_setting("language");
    return wish && strcmp(wish, "auto") != 0 ? wish : "pt-BR";
}

static const char *find_text(const char *key) {
    const char *language = ponte_language();
    const char *own = ponte_setting(ponte_format("texts.%s.%s", language, key));
    if (own) return own;
    flow_string_t name = lend(key), tongue = lend(language), value;
    return ponte_flow_settings_text(&name, &tongue, &value) ? WORDS(value) : NULL;
}

/* The value of a place, from pairs; NULL if it has none. */
static const char *value_of(const char *place, size_t length, va_list pairs) {
    va_list rest;
    va_copy(rest, pairs);
    const char *name, *value = NULL;
    while ((name = va_arg(rest, const char *))) {
        const char *its = va_arg(rest, const char *);
        if (strlen(name) == length && strncmp(name, place, length) == 0) {
            value = its ? its : "";
            break;
        }
    }
    va_end(rest);
    return value;
}

const char *ponte_text(const char *key, ...) {
    const char *at = find_text(key);
    if (!at) return NULL;
    va_list pairs;
    va_start(pairs, key);
    text out = {0};
    append(&out, "", 0);
    while (*at) {
        size_t plain = strcspn(at, "{");
        append(&out, at, plain);
        at += plain;
        if (!*at) break;
        size_t length = strcspn(at + 1, "{}");
        const char *value = at[1 + length] == '}' ? value_of(at + 1, length, pairs) : NULL;
        if (value) {
            append(&out, value, strlen(value));
            at += length + 2;
        } else {
            append(&out, at++, 1);
        }
    }
    va_end(pairs);
    return out.bytes;
}

/* ---- The conversation, timers, tags ---- */

bool ponte_hand_off(ponte_people to, const char *note) {
    flow_string_t words = lend(note);
    return done(ponte_flow_conversation_hand_off((ponte_flow_conversation_target_t)to, &words, &run.refusal));
}

bool ponte_hold(uint32_t seconds) { return done(ponte_flow_conversation_hold(seconds, &run.refusal)); }

bool ponte_release(void) { return done(ponte_flow_conversation_release(&run.refusal)); }

bool ponte_after(const char *name, uint32_t seconds, const char *payload) {
    flow_string_t timer = lend(name), words = lend(payload);
    return done(ponte_flow_schedule_after(&timer, seconds, &words, &run.refusal));
}

bool ponte_cancel(const char *name) {
    flow_string_t timer = lend(name);
    return done(ponte_flow_schedule_cancel(&timer, &run.refusal));
}

bool ponte_tag(const char *tag) {
    flow_string_t name = lend(tag);
    return done(ponte_flow_contacts_tag(&name, &run.refusal));
}

bool ponte_untag(const char *tag) {
    flow_string_t name = lend(tag);
    return done(ponte_flow_contacts_untag(&name, &run.refusal));
}

/* ---- The run ---- */

uint64_t ponte_now(void) { return ponte_flow_run_now(); }

uint32_t ponte_random(void) {
    flow_list_u8_t bytes;
    ponte_flow_run_random(4, &bytes);
    uint32_t number = 0;
    if (bytes.len == 4) memcpy(&number, bytes.ptr, 4);
    return number;
}

void ponte_log(ponte_level level, const char *format, ...) {
    va_list values;
    va_start(values, format);
    flow_string_t words = lend(formatted(format, values));
    va_end(values);
    ponte_flow_log_write((ponte_flow_log_level_t)level, &words);
}
