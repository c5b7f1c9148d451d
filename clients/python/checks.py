"""What the scripts share: running checks, and the one tool that all of them offer."""

import asyncio
import inspect
import os
import sys
import traceback

UNKNOWN_KEY = os.environ["QUOIN_TEST_UNKNOWN_KEY"]
MALFORMED_KEY = "not-a-key"

TOOL_NAME = "get_weather"
TOOL_DESCRIPTION = "The weather of a city"
TOOL_SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOL_ASK = 'Use get_weather for "Ottawa".'
TOOL_INPUT = {"city": "Ottawa"}
TOOL_RESULT = "18 degrees and sunny"

# What the demo upstream answers at a readable pace: time to leave before the end.
SLOWLY = "Tell it slowly"

_checks = []


def check(function):
    """Registers a check; a plain function or a coroutine function without parameters."""
    _checks.append(function)
    return function


def run_checks():
    """Runs every check; failures are printed and the process exits with 1, success prints nothing."""
    failed = False
    for function in _checks:
        try:
            outcome = function()
            if inspect.iscoroutine(outcome):
                asyncio.run(outcome)
        except BaseException:
            failed = True
            print(f"FAILED {function.__name__}", file=sys.stderr)
            traceback.print_exc()
    sys.exit(1 if failed else 0)


def error_of(call):
    """The error that a call ends with; the check fails when it succeeds."""
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError("the call succeeded, and an error was expected")


async def error_of_async(awaitable):
    """The error that an awaitable ends with; the check fails when it succeeds."""
    try:
        await awaitable
    except Exception as error:
        return error
    raise AssertionError("the call succeeded, and an error was expected")


def assert_greeted(text, said):
    """The demo upstream says what it is and repeats the user."""
    assert "demo" in text and said in text, text
