"""Dialogs over a host that is played: the stored form, answers, and what happens to everything else."""

import json
import random
import unittest

from ponte_sdk import Choice
from ponte_sdk._refused import OwnedByPerson
from ponte_sdk.dialog import Again, _words
from ponte_sdk.dialog._play import TIMER, Options, People, play
from ponte_sdk.dialog._record import Open, Record
from ponte_sdk.dialog._said import CHOOSES_NOTHING, ELSEWHERE, SAYS_NOTHING, Answer, Tapped, Wordless, Wrote, fits, is_one_of

HOUR = 3600


class World:
    """A host that keeps in memory what it is asked for."""

    language = "pt-BR"

    def __init__(self):
        self.clock = 1_000
        self.stored = None
        self.timer = None
        self.said = []
        self.notes = []
        self.errors = []
        self.who = People()
        self.ends = 0

    def now(self):
        return self.clock

    def people(self):
        return self.who

    def load(self):
        return self.stored

    def save(self, stored):
        self.stored = stored

    def wait(self, within):
        self.timer = self.clock + within * 1000

    def end(self):
        self.stored = self.timer = None
        self.ends += 1

    def say(self, text):
        if self.who.speak:
            raise OwnedByPerson()
        self.said.append(text)

    mention = say

    def ask(self, question):
        self.say(question.text)

    def hand_off(self, to, note):
        self.notes.append((to, note))

    def text(self, key):
        return _words.own_text(key, self.language)

    def error(self, words):
        self.errors.append(words)


def wrote(text):
    return Wrote(text, text)


def booking(d):
    name = d.ask("name", "name?")
    dice = d.once("dice", lambda: random.random())
    d.say("hello", f"hello {name}")
    day = d.ask_buttons("day", "day?", {"sat": "Sábado", "sun": "Domingo"})
    hour = d.ask_list("hour", "hour?", "see", [("9", "9h"), ("10", "10h")], within=2 * HOUR, default=None)
    booking.result = (name, day, hour, dice)
    d.say("done", "done")


class Played(unittest.TestCase):
    def setUp(self):
        self.world = World()

    def hears(self, heard, script=booking, **options):
        before = len(self.world.said)
        play(self.world, Options("booking", **options), heard, script)
        return self.world.said[before:]

    def form(self):
        return json.loads(self.world.stored)

    def test_a_script_is_run_to_its_end_over_many_runs(self):
        self.assertEqual(self.hears(wrote("oi")), ["name?"])
        self.assertEqual(self.hears(wrote(" Ana ")), ["hello Ana", "day?"])
        dice = self.form()["steps"][1]["value"]
        self.assertEqual(self.hears(wrote("DOMINGO")), ["hour?"])
        self.assertEqual(self.hears(Tapped("hour:10")), ["done"])
        self.assertEqual(booking.result, ("Ana", Choice("sun", "Domingo"), Choice("10", "10h"), dice))
        self.assertEqual((self.world.stored, self.world.timer, self.world.ends), (None, None, 1))

    def test_the_stored_form_is_the_one_that_all_sdks_share(self):
        self.hears(wrote("oi"))
        self.hears(wrote("Ana"))
        form = self.form()
        form["steps"][1]["value"] = 0.5
        self.assertEqual(
            form,
            {
                "v": 1,
                "name": "booking",
                "began": 1_000,
                "steps": [
                    {"at": "name", "is": "ask", "value": "Ana"},
                    {"at": "dice", "is": "once", "value": 0.5},
                    {"at": "hello", "is": "say"},
                ],
                "open": {
                    "at": "day",
                    "is": "buttons",
                    "asked": 1_000,
                    "until": 1_000 + 24 * HOUR * 1000,
                    "tries": 0,
                    "choices": [{"id": "sat", "title": "Sábado"}, {"id": "sun", "title": "Domingo"}],
                },
            },
        )
        self.assertEqual(json.loads(Record.read(self.world.stored).write()), self.form())

    def test_what_does_not_fit_uses_tries_and_then_people_take_over(self):
        self.hears(wrote("oi"))
        self.assertEqual(self.hears(Wordless()), ["Por favor, escreva sua resposta."])
        self.hears(wrote("Ana"))
        self.assertEqual(self.hears(wrote("segunda")), ["Por favor, escolha uma das opções.", "day?"])
        # An older question's button costs nothing.
        self.assertEqual(self.hears(Tapped("week:sat")), ["day?"])
        self.assertEqual(self.form()["open"]["tries"], 1)
        self.hears(Wordless())
        self.assertEqual(self.hears(wrote("hm")), ["Vou chamar alguém para te ajudar melhor."])
        self.assertEqual(self.world.notes, [("team", "O cliente não conseguiu responder: day.")])
        self.assertIsNone(self.world.stored)

    def test_a_check_says_what_is_wrong_and_converts(self):
        def table(d):
            table.people = d.ask("people", "how many?", check=number, tries=5)
            table.age = d.ask("age", "how old?", check=int)

        def number(said):
            if not said.isdigit():
                raise Again("Just the number.")
            return int(said)

        self.hears(wrote("oi"), table)
        self.assertEqual(self.hears(wrote("many"), table), ["Just the number."])
        self.assertEqual(self.hears(wrote("8"), table), ["how old?"])
        self.assertEqual(self.hears(wrote("old"), table), ["Por favor, escreva sua resposta.", "how old?"])
        self.hears(wrote("30"), table)
        self.assertEqual((table.people, table.age), (8, 30))

    def test_words_in_the_middle(self):
        self.hears(wrote("oi"))
        self.assertEqual(self.hears(wrote("Cancelar")), ["Tudo bem, cancelado."])
        self.assertIsNone(self.world.stored)
        self.hears(wrote("oi"))
        self.assertEqual(self.hears(wrote("HUMANO"), person_words=lambda: ["humano"]), ["Já chamo alguém."])
        self.assertEqual(self.world.notes, [("team", "Pediu uma pessoa no meio da conversa: name.")])
        # A choice of that name is an answer.
        sure = lambda d: d.say("end", d.ask_buttons("sure", "?", {"no": "Cancelar"}).id)
        self.hears(wrote("oi"), sure)
        self.assertEqual(self.hears(wrote("cancelar"), sure), ["no"])

    def test_time_is_up(self):
        self.hears(wrote("oi"))
        self.assertEqual(self.hears(TIMER), [], "too early: an older question's")
        self.assertIsNotNone(self.world.stored)
        self.world.clock = self.world.timer
        self.assertIn("É só escrever para recomeçar", self.hears(TIMER)[0])
        self.assertEqual((self.world.stored, self.hears(TIMER)), (None, []))
        # With a default the script goes on, and remembers.
        for answer in (wrote("oi"), wrote("Ana"), wrote("1")):
            self.hears(answer)
        self.world.clock = self.world.timer
        self.assertEqual(self.hears(TIMER), ["done"])
        self.assertIsNone(booking.result[2])
        # A message after the time, whose timer was not heard: the dialog begins anew.
        self.hears(wrote("oi"))
        self.world.clock = self.world.timer + 1
        self.assertEqual(self.hears(wrote("Ana")), ["name?"])

    def test_a_person_spoke(self):
        self.hears(wrote("oi"))
        self.world.who = People(speak=True, wrote=2_000)
        self.assertEqual((self.hears(wrote("Ana")), self.world.stored), ([], None))
        self.world.who = People(wrote=2_000)
        self.world.clock = 3_000
        self.assertEqual(self.hears(wrote("Ana")), ["name?"])
        self.assertEqual(self.hears(wrote("Ana")), ["hello Ana", "day?"])

    def test_a_changed_script_is_named(self):
        def renamed(d):
            d.ask("name", "name?")
            d.once("dice", lambda: 1)
            d.say("hello", "hello")
            d.ask("date", "date?")

        def shorter(d):
            d.ask("name", "name?")

        table = [
            (renamed, 'dialog changed: step 4 was buttons "day", is now ask "date"'),
            (shorter, 'dialog changed: step 2 was once "dice" is not in the script any more'),
            (lambda d: d.say("name", "x"), 'dialog changed: step 1 was ask "name", is now say "name"'),
        ]
        for script, why in table:
            self.setUp()
            self.hears(wrote("oi"))
            self.hears(wrote("Ana"))
            self.assertEqual(self.hears(wrote("domingo"), script), ["Vou chamar alguém para continuar com você."])
            self.assertEqual((self.world.errors, self.world.notes), ([why], [("team", why)]))
            self.assertIsNone(self.world.stored)
        self.hears(wrote("oi"))
        self.hears(wrote("Ana"))
        self.assertEqual(self.hears(wrote("oi"), renamed, on_change="restart"), ["name?"])

    def test_what_cannot_be_read_is_a_change(self):
        for stored in (b"[", b'{"v":2}', b'{"v":1,"name":"booking","began":1,"steps":[],"open":null}', b"[]"):
            self.setUp()
            self.world.stored = stored
            self.assertEqual(self.hears(wrote("oi")), ["Vou chamar alguém para continuar com você."], stored)

    def test_a_step_needs_a_name_of_its_own(self):
        def twice(d):
            d.say("hello", "one")
            d.say("hello", "two")

        with self.assertRaisesRegex(ValueError, "two steps called 'hello'"):
            self.hears(wrote("oi"), twice)

    def test_a_hand_off_in_the_middle_still_sends(self):
        def script(d):
            name = d.ask("name", "name?")
            d.say("bye", "bye")
            d.hand_off("app", f"it is {name}")

        self.hears(wrote("oi"), script)
        self.assertEqual(self.hears(wrote("Ana"), script), ["bye"])
        self.assertEqual((self.world.notes, self.world.stored), ([("app", "it is Ana")], None))

    def test_a_script_that_catches_everything_is_paused_nevertheless(self):
        def stubborn(d):
            try:
                d.ask("name", "name?")
            except Exception:
                d.say("never", "never")

        def shameless(d):
            try:
                d.ask("name", "name?")
            except BaseException:
                pass

        for script in (stubborn, shameless):
            self.setUp()
            self.assertEqual(self.hears(wrote("oi"), script), ["name?"])
            self.assertIsNotNone(self.world.stored)

    def test_an_error_of_the_script_is_its_own(self):
        with self.assertRaises(ZeroDivisionError):
            self.hears(wrote("oi"), lambda d: 1 // 0)

    def test_a_person_takes_over_while_the_script_speaks(self):
        self.world.who = People(speak=True)
        self.assertEqual((self.hears(wrote("oi")), self.world.stored), ([], None))

    def test_in_random_conversations_no_answer_is_lost_and_nothing_is_said_twice(self):
        for seed in range(300):
            dice = random.Random(seed)
            kinds = [dice.choice(["ask", "buttons", "list", "say", "once"]) for _ in range(dice.randrange(1, 9))]
            got = {}

            def script(d):
                got.clear()
                for at, kind in enumerate(kinds):
                    name = f"s{at}"
                    if kind == "ask":
                        got[name] = d.ask(name, f"?{name}", tries=99)
                    elif kind == "buttons":
                        got[name] = d.ask_buttons(name, f"?{name}", {"a": "Um", "b": "Dois"}, tries=99).id
                    elif kind == "list":
                        got[name] = d.ask_list(name, f"?{name}", "see", {"a": "Um", "b": "Dois"}, tries=99).id
                    elif kind == "say":
                        d.say(name, f"!{name}")
                    else:
                        got[name] = d.once(name, lambda: dice.random())

            world = self.world = World()
            given = {}
            self.hears(wrote("oi"), script)
            for _ in range(200):
                if world.stored is None:
                    break
                world.clock += dice.randrange(1, 60_000)
                open = self.form()["open"]
                choosing = open["is"] != "ask"
                roll = dice.random()
                if roll < 0.2:
                    self.hears(Wordless(), script)
                elif roll < 0.3:
                    self.hears(TIMER, script)
                elif roll < 0.4:
                    self.hears(Tapped("elsewhere:a"), script)
                elif choosing:
                    given[open["at"]] = id = dice.choice("ab")
                    typed = wrote({"a": "um", "b": "2"}[id])
                    self.hears(dice.choice([typed, Tapped(f"{open['at']}:{id}")]), script)
                else:
                    given[open["at"]] = words = f"answer {dice.random()}"
                    self.hears(wrote(words), script)
            self.assertIsNone(world.stored, seed)
            answers = {name: value for name, value in got.items() if isinstance(value, str)}
            self.assertEqual(answers, given, seed)
            for at, kind in enumerate(kinds):
                if kind == "say":
                    self.assertEqual(world.said.count(f"!s{at}"), 1, seed)
            self.assertEqual(world.notes, [], seed)


class Answers(unittest.TestCase):
    def test_a_tap_a_title_or_a_number_chooses(self):
        titles = ["Sábado", "Às 3", "2"]
        open = Open("day", "buttons", 0, 1, 0, [Choice(f"id{at}", title) for at, title in enumerate(titles)])
        table = [
            (wrote("Sábado"), "Sábado"),
            (wrote("  SABADO\n"), "Sábado"),
            (wrote("sa\u0301bado"), "Sábado"),
            (wrote("1"), "Sábado"),
            (wrote("2"), "2"),
            (wrote("3"), "2"),
            (Tapped("day:id1"), "Às 3"),
        ]
        for said, title in table:
            self.assertEqual(fits(said, open), Answer(Choice(f"id{titles.index(title)}", title)), said)
        for text in ("0", "4", "-1", "²", "sábado, por favor", "", "9" * 5_000):
            self.assertEqual(fits(wrote(text), open), CHOOSES_NOTHING, text[:20])
        self.assertEqual(fits(Wordless(), open), CHOOSES_NOTHING)
        self.assertEqual(fits(Tapped("week:id1"), open), ELSEWHERE)

    def test_words_answer_a_question_without_choices(self):
        open = Open("name", "ask", 0, 1)
        self.assertEqual(fits(Wrote("Souza", "Ana\nSouza\n"), open), Answer("Ana\nSouza"))
        self.assertEqual(fits(Wordless(), open), SAYS_NOTHING)

    def test_the_whole_message_is_a_word(self):
        for said, expected in [("CANCELAR ", True), ("salir", True), ("não quero cancelar", False), ("", False)]:
            self.assertEqual(is_one_of(wrote(said), ["cancelar", "Salir"]), expected, said)
        self.assertFalse(is_one_of(Tapped("cancelar"), ["cancelar"]))


if __name__ == "__main__":
    unittest.main()
