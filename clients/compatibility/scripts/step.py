"""What the scripts of this folder share: the case they are asked, and the one tool that they bring."""

import os
import sys
from pathlib import Path

PROTOCOL, CASE = sys.argv[1:3]
URL, KEY, MODEL, PROMPT = (os.environ[f"QUOIN_{name}"] for name in ("URL", "KEY", "MODEL", "PROMPT"))
STREAMS = CASE != "answer"
STEPS_MAX = 4

NAME = "lay_stone"
DESCRIPTION = "writes a file"
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "content": {"type": "string"}},
    "required": ["name", "content"],
    "additionalProperties": False,
}
FUNCTION = {"name": NAME, "description": DESCRIPTION, "parameters": SCHEMA}


def lay_stone(name, content):
    Path(name).write_text(content)
    return "laid"


def until_answered(ask):
    """Asks until an answer has no call; `ask` gives the text, or None when it has run a call."""
    for _ in range(STEPS_MAX):
        text = ask()
        if text is not None:
            print(text)
            return
    raise RuntimeError(f"no answer in {STEPS_MAX} steps")


def run_chosen(by_protocol):
    """Runs what PROTOCOL names, and shows an error as a user's own program would."""
    try:
        by_protocol[PROTOCOL]()
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")
