"""Does what the customer says, so that tests see what becomes of it."""

import os
import random
import secrets
import sys
import time
import uuid
from datetime import datetime, timezone

from ponte_sdk import Denied, Event, flow, log, reject, reply, retry, run, send, state


@flow
def on_event(event: Event) -> None:
    match event.text:
        case "crash":
            counts = {"um": 1}
            look_up(counts, "dois")
        case "print":
            print("no registro")
            print("e no de erros", file=sys.stderr)
            log.debug("com nível")
        case "time":
            local = datetime.now()
            clocks = [time.time(), datetime.now(timezone.utc).timestamp(), run.now().timestamp(), event.at.timestamp()]
            time.sleep(3600)
            reply(" ".join(f"{clock:.3f}" for clock in [*clocks, time.time(), local.timestamp()]))
        case "dice":
            dice = [random.random(), random.choice("abcdef"), uuid.uuid4(), secrets.token_hex(4), os.urandom(4).hex()]
            reply(" ".join(map(str, [*dice, run.random(4).hex()])))
        case "spin":
            while True:
                pass
        case "deep":
            deeper(1)
        case "big":
            reply(str(len(bytearray(1 << 30))))
        case "exit":
            sys.exit("basta")
        case "files":
            reply(str(os.listdir(".")))
        case "denied":
            try:
                state.conversation.put("key", "value")
            except Denied as refused:
                reply(f"{refused.reason} {refused.permission}")
        case "refused":
            send.buttons(event.contact, "?", [("a", "x" * 40)])
        case "retry":
            try:
                retry(30)
            except Exception:
                reply("swallowed")
        case "reject":
            reject("fora do ramo")
        case words:
            reply(f"{type(event.message.content).__name__} {words}")


def look_up(counts, word):
    return counts[word]


def deeper(depth):
    return deeper(depth + 1)
