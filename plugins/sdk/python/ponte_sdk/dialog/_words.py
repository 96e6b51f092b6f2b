"""What a dialog says by itself, where the package has no words of its own. The same in every SDK."""

from __future__ import annotations

import re
from typing import List

_COLUMNS = {"pt": 0, "es": 1, "en": 2}

_TEXTS = {
    "dialog-choose": (
        "Por favor, escolha uma das opções.",
        "Por favor, elige una de las opciones.",
        "Please choose one of the options.",
    ),
    "dialog-write": (
        "Por favor, escreva sua resposta.",
        "Por favor, escribe tu respuesta.",
        "Please write your answer.",
    ),
    "dialog-cancelled": ("Tudo bem, cancelado.", "De acuerdo, cancelado.", "All right, cancelled."),
    "dialog-timeout": (
        "Como não tive resposta, encerrei por aqui. É só escrever para recomeçar.",
        "Como no tuve respuesta, lo dejo aquí. Escribe para empezar de nuevo.",
        "I had no answer, so I stop here. Write to start again.",
    ),
    "dialog-gave-up": (
        "Vou chamar alguém para te ajudar melhor.",
        "Voy a llamar a alguien para ayudarte mejor.",
        "I will call somebody who can help you better.",
    ),
    "dialog-changed": (
        "Vou chamar alguém para continuar com você.",
        "Voy a llamar a alguien para seguir contigo.",
        "I will call somebody to go on with you.",
    ),
    "dialog-handing-over": ("Já chamo alguém.", "Ya llamo a alguien.", "I am calling somebody."),
    # Notes for the people who take over. {step}: the question's name in the script
    "dialog-note-gave-up": (
        "O cliente não conseguiu responder: {step}.",
        "El cliente no logró responder: {step}.",
        "The customer did not understand: {step}.",
    ),
    "dialog-note-person": (
        "Pediu uma pessoa no meio da conversa: {step}.",
        "Pidió una persona en medio de la conversación: {step}.",
        "Asked for a person in the middle of: {step}.",
    ),
}

_CANCEL = (("cancelar", "sair", "deixa"), ("cancelar", "salir"), ("cancel", "quit"))


def _column(language: str) -> int:
    return _COLUMNS.get(re.split("[-_]", language)[0], 0)


def own_text(key: str, language: str) -> str:
    """The SDK's own text."""
    return _TEXTS[key][_column(language)]


def cancel_words(language: str) -> List[str]:
    """Whole messages that end a dialog, unless the author says otherwise."""
    return list(_CANCEL[_column(language)])
