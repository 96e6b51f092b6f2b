use super::Words;
use crate::consent::wish::Wish::{Start, Stop, StopAll};

pub(super) const EN: Words = Words {
    language: "en",
    since: "2026-11-22",
    classes: &[
        ("no", "dont not never"),
        ("sending", "sending texting messaging contacting writing spamming bothering emailing"),
        ("send", "send text message contact write email bother spam"),
        (
            "msg",
            "message messages msg msgs text texts promotion promotions promo promos ad ads advert adverts advertising \
             advertisement advertisements offer offers spam newsletter newsletters notification notifications marketing \
             sms",
        ),
        (
            "many",
            "messages msgs texts promotions promos ads adverts advertisements offers newsletters notifications marketing",
        ),
        ("det", "the a an any all your these this those that more such of so many much other"),
        ("again", "again anymore ever any more"),
    ],
    fillers: "hi hello hey good morning afternoon evening please pls plz thanks thank you thx sir madam now just",
    commands: &[
        (Stop, "stop|unsubscribe|unsub|quit|optout"),
        (Stop, "stop it|this|already|immediately"),
        (Stop, "opt out"),
        (Stop, "remove me"),
        (StopAll, "stopall"),
        (StopAll, "stop all|everything"),
        (Start, "start|unstop|subscribe|resubscribe|optin"),
        (Start, "opt ?back in"),
    ],
    phrases: &[
        // Everything.
        (StopAll, "never ?ever @send me|us ?ever again"),
        (StopAll, "@no @send me|us ever again"),
        (StopAll, "stop all ?the|your ?of ?communication|communications|messages|messaging $"),
        (StopAll, "@no ?ever send me|us anything ?ever again|anymore|else"),
        (StopAll, "lose|forget|delete my number $"),
        // "Stop sending me messages", "don't text me", "no more ads".
        (Stop, "stop @sending ?me|us *@det @msg|$"),
        (Stop, "stop @sending ?me|us this|these|stuff|crap|things $"),
        (Stop, "stop *@det @many"),
        (Stop, "stop receiving|getting *@det @msg"),
        (Stop, "@no text|message|contact|write|email|bother|spam ?to me|us *@again $"),
        (Stop, "@no send ?me|us *@det @many|spam"),
        (Stop, "@no want *to|receive|get|see|be *@det @many|spam"),
        (Stop, "@no want to be contacted|messaged|texted *@again $"),
        (Stop, "no longer want|wish *to|receive|get *@det @many"),
        (Stop, "no more *@det @many|spam"),
        (Stop, "leave me alone"),
        (Stop, "withdraw|revoke my consent"),
        // Lists.
        (Stop, "unsubscribe"),
        (Stop, "opt ?me out $|of|from"),
        (Stop, "remove|take|get me|us from|off|of *the|your|this|a|mailing|contact|marketing list|lists|database"),
        (
            Stop,
            "remove|take|delete my number from|off|of *the|your|this|a|mailing|contact|marketing list|lists|database",
        ),
        // And back.
        (Start, "start sending ?me|us *@det @many ?again"),
        (Start, "want|like to receive|get *@det @many"),
        (Start, "resume *@det @many"),
        (Start, "opt me ?back in"),
        (Start, "sign me ?back up for *@det @many"),
        (Start, "resubscribe ?me $"),
    ],
    blockers: "dont not never cant wont didnt doesnt isnt shouldnt wouldnt without if when unless why non nor",
    carriers: "i you we they to want ever please have need mean meant did do does just be try trying going gonna can could \
               would should will really must like asked tell told",
    times: "today tonight tomorrow before after while until till during at between when about yet on",
    others: "waiting wait shopping wedding gift guest voice",
};
