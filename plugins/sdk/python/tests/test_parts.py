"""What needs no host: times, texts, refusals, failures, events."""

import unittest
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

from ponte_sdk import _events, _failure, _refused, _time, reply, texts
from ponte_sdk.state import conversation


class Times(unittest.TestCase):
    def test_instants_are_exact_to_the_millisecond(self):
        for millis in (0, 1, 999, 1_795_525_200_123, 253_402_300_799_999):
            self.assertEqual(_time.millis(_time.moment(millis)), millis)
        self.assertEqual(_time.moment(1_795_525_200_000), datetime(2026, 11, 24, 13, tzinfo=timezone.utc))
        with self.assertRaisesRegex(ValueError, "has no zone"):
            _time.millis(datetime(2026, 11, 24))

    def test_durations_do_not_end_early(self):
        table = [(30, 30), (0.2, 1), (timedelta(days=3), 259_200), (timedelta(milliseconds=1), 1), (0, 0), (1e12, 2**32 - 1)]
        for duration, expected in table:
            self.assertEqual(_time.seconds(duration), expected, duration)
        with self.assertRaisesRegex(ValueError, "negative"):
            _time.seconds(-1)


class Texts(unittest.TestCase):
    def test_known_places_are_filled_once(self):
        table = [
            ("", ""),
            ("{a}{b}{a}", "1{a}1"),
            ("keep {unknown} and {", "keep {unknown} and {"),
            ("{{a}}", "{1}"),
            ("} {a", "} {a"),
        ]
        for text, expected in table:
            self.assertEqual(texts.fill(text, a=1, b="{a}"), expected, text)


class Refusals(unittest.TestCase):
    def test_every_case_of_the_contract_has_an_exception(self):
        def case(name, value=None):
            return type(f"Refusal_{name}", (), {"value": value})()

        table = [
            (case("Denied", "send"), _refused.Denied, "denied", "`send`"),
            (case("Invalid", SimpleNamespace(field="to", why="nobody")), _refused.InvalidField, "invalid", "to: nobody"),
            (case("WindowClosed"), _refused.WindowClosed, "window-closed", "a template may be sent"),
            (case("OwnedByPerson"), _refused.OwnedByPerson, "owned-by-person", "person"),
            (case("Template", "paused"), _refused.TemplateProblem, "template", "paused"),
            (case("NoConsent"), _refused.NoConsent, "no-consent", "consented"),
            (case("Quota", 1_795_525_200_000), _refused.QuotaSpent, "quota", "2026-11-24 13:00"),
            (case("Budget"), _refused.BudgetSpent, "budget", "budget"),
            (case("RunLimit", 100), _refused.RunLimit, "run-limit", "100"),
            (case("Other", "so it is"), _refused.OtherRefusal, "other", "so it is"),
        ]
        for wire, kind, reason, words in table:
            error = _refused.refused(wire)
            self.assertIs(type(error), kind)
            self.assertEqual(error.reason, reason)
            self.assertIn(words, str(error))

    def test_without_a_contact_there_is_nobody_to_answer(self):
        with self.assertRaises(_refused.InvalidField):
            reply("oi")

    def test_outside_the_sandbox_the_host_is_missing_in_words(self):
        with self.assertRaisesRegex(RuntimeError, "in the sandbox only"):
            conversation.get("key")


class Failures(unittest.TestCase):
    def test_a_story_says_what_and_where(self):
        def inner():
            raise KeyError("dois")

        try:
            inner()
        except KeyError as error:
            lines = _failure.story(error).splitlines()
        self.assertEqual(lines[0], "KeyError: 'dois'")
        self.assertRegex(lines[1], r"test_parts\.py:\d+ in test_a_story")
        self.assertRegex(lines[2], r"test_parts\.py:\d+ in inner$")
        self.assertEqual(len(lines), 3)

    def test_a_cause_is_told_and_length_is_bounded(self):
        def deep(depth):
            if depth == 0:
                raise ValueError("x" * 5_000)
            deep(depth - 1)

        try:
            try:
                deep(50)
            except ValueError as error:
                raise LookupError("no room") from error
        except LookupError as error:
            story = _failure.story(error)
        self.assertIn("LookupError: no room", story)
        self.assertIn("after ValueError: xxx", story)
        self.assertLess(len(story), 4_000)

    def test_wide_excepts_swallow_no_wish(self):
        with self.assertRaises(_failure.Retry) as caught:
            try:
                _failure.retry(timedelta(minutes=1))
            except Exception:
                self.fail("swallowed")
        self.assertEqual(caught.exception.after, 60)


class Events(unittest.TestCase):
    def test_an_events_short_ways(self):
        at = _time.moment(0)

        def event(body):
            return _events.Event("id", at, "1", "c", body)

        text = event(_events.Message("m", _events.Text("oi")))
        tap = event(_events.Message("m", _events.Choice("yes", "Sim")))
        timer = event(_events.Timer("reminder", ""))
        self.assertEqual([it.text for it in (text, tap, timer)], ["oi", None, None])
        self.assertEqual([it.tapped and it.tapped.id for it in (text, tap, timer)], [None, "yes", None])
        self.assertEqual([it.timer and it.timer.name for it in (text, tap, timer)], [None, None, "reminder"])
        self.assertIsNone(timer.message)


if __name__ == "__main__":
    unittest.main()
