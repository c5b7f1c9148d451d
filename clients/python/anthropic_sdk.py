import json

import anthropic
from checks import (
    MALFORMED_KEY,
    SLOWLY,
    TOOL_ASK,
    TOOL_DESCRIPTION,
    TOOL_INPUT,
    TOOL_NAME,
    TOOL_RESULT,
    TOOL_SCHEMA,
    UNKNOWN_KEY,
    assert_greeted,
    check,
    error_of,
    error_of_async,
    run_checks,
)

client = anthropic.Anthropic()
MODEL = "claude-sonnet-5"
SAID = "Hello from Python"
MESSAGES = [{"role": "user", "content": SAID}]
HELLO = {"model": MODEL, "max_tokens": 512, "system": "Be brief.", "messages": MESSAGES}
TOOL = {"name": TOOL_NAME, "description": TOOL_DESCRIPTION, "input_schema": TOOL_SCHEMA}
ASK_MESSAGES = [{"role": "user", "content": TOOL_ASK}]
ASK = {"model": MODEL, "max_tokens": 512, "tools": [TOOL], "messages": ASK_MESSAGES}
THINKING = {**HELLO, "max_tokens": 2048, "thinking": {"type": "enabled", "budget_tokens": 1024}}


def assert_usage(usage):
    assert usage.input_tokens > 0 and usage.output_tokens > 0, usage


def assert_answer(message, said):
    assert message.stop_reason == "end_turn"
    assert_greeted(message.content[-1].text, said)
    assert_usage(message.usage)


def assert_call(message):
    assert message.stop_reason == "tool_use"
    [call] = [block for block in message.content if block.type == "tool_use"]
    assert call.name == TOOL_NAME
    assert call.input == TOOL_INPUT
    return call


def with_result(message):
    """The request with the tool's result at its end."""
    result = {"type": "tool_result", "tool_use_id": assert_call(message).id, "content": TOOL_RESULT}
    turns = [{"role": "assistant", "content": message.content}, {"role": "user", "content": [result]}]
    return {**ASK, "messages": [*ASK_MESSAGES, *turns]}


@check
def left_early():
    slow = {**HELLO, "messages": [{"role": "user", "content": SLOWLY}]}
    with client.messages.stream(**slow) as stream:
        for _ in range(3):
            next(stream)


@check
def create():
    message = client.messages.create(**HELLO)
    assert message.model == MODEL
    assert_answer(message, SAID)
    assert message._request_id
    short = client.messages.create(**{**HELLO, "max_tokens": 5})
    assert short.stop_reason == "max_tokens"
    assert short.usage.output_tokens == 5
    stopped = client.messages.create(**HELLO, stop_sequences=["Hello"])
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "Hello")


@check
def streamed():
    whole = client.messages.create(**HELLO)
    events = list(client.messages.create(**HELLO, stream=True))
    assert events[0].type == "message_start"
    assert events[-1].type == "message_stop"
    deltas = [event.delta.text for event in events if event.type == "content_block_delta"]
    assert len(deltas) > 5
    assert "".join(deltas) == whole.content[0].text


@check
def stream_helper():
    with client.messages.stream(**HELLO) as stream:
        text = "".join(stream.text_stream)
        message = stream.get_final_message()
        assert stream.request_id
    assert_answer(message, SAID)
    assert message.content[0].text == text


@check
def thinking():
    message = client.messages.create(**THINKING)
    assert message.content[0].type == "thinking"
    assert message.content[0].thinking and message.content[0].signature
    assert_answer(message, SAID)
    turns = [{"role": "assistant", "content": message.content}, {"role": "user", "content": "And again"}]
    assert_answer(client.messages.create(**{**THINKING, "messages": [*MESSAGES, *turns]}), "And again")
    with client.messages.stream(**THINKING) as stream:
        streamed_message = stream.get_final_message()
    assert streamed_message.content[0].thinking == message.content[0].thinking
    assert streamed_message.content[0].signature


@check
def tools():
    first = client.messages.create(**ASK)
    assert_answer(client.messages.create(**with_result(first)), TOOL_RESULT)


@check
def tools_streamed():
    with client.messages.stream(**ASK) as stream:
        written = "".join(event.partial_json for event in stream if event.type == "input_json")
        first = stream.get_final_message()
    assert json.loads(written) == TOOL_INPUT
    with client.messages.stream(**with_result(first)) as stream:
        assert_answer(stream.get_final_message(), TOOL_RESULT)


@check
def tool_runner():
    cities = []

    @anthropic.beta_tool
    def get_weather(city: str) -> str:
        """The weather of a city.

        Args:
            city: The city's name.
        """
        cities.append(city)
        return TOOL_RESULT

    runner = client.beta.messages.tool_runner(
        model=MODEL, max_tokens=512, tools=[get_weather], messages=ASK_MESSAGES
    )
    assert_answer(runner.until_done(), TOOL_RESULT)
    assert cities == ["Ottawa"]


@check
def count_tokens():
    body = {key: value for key, value in HELLO.items() if key != "max_tokens"}
    counted = client.messages.count_tokens(**body)
    assert counted.input_tokens == client.messages.create(**HELLO).usage.input_tokens


@check
def models():
    assert "demo" in [model.id for model in client.models.list(limit=1000)]
    assert client.models.retrieve("demo").type == "model"
    assert isinstance(error_of(lambda: client.models.retrieve("no-such-model")), anthropic.NotFoundError)


@check
def wrong_keys():
    for key in (UNKNOWN_KEY, MALFORMED_KEY):
        stranger = anthropic.Anthropic(api_key=key)
        for call in (
            lambda: stranger.messages.create(**HELLO),
            lambda: stranger.messages.create(**HELLO, stream=True),
            lambda: stranger.messages.count_tokens(model=MODEL, messages=MESSAGES),
            lambda: stranger.models.list(),
        ):
            error = error_of(call)
            assert isinstance(error, anthropic.AuthenticationError), repr(error)
            assert error.body["error"]["type"] == "authentication_error"
            assert error.request_id


@check
def wrong_requests():
    error = error_of(lambda: client.messages.create(**{**HELLO, "model": "no-such-model"}))
    assert isinstance(error, anthropic.NotFoundError), repr(error)
    error = error_of(lambda: client.messages.create(**{**HELLO, "max_tokens": 0}))
    assert isinstance(error, anthropic.BadRequestError), repr(error)
    assert "max_tokens" in error.body["error"]["message"]


@check
async def asynchronous():
    async with anthropic.AsyncAnthropic() as aclient:
        message = await aclient.messages.create(**HELLO)
        assert_answer(message, SAID)
        async with aclient.messages.stream(**HELLO) as stream:
            text = "".join([piece async for piece in stream.text_stream])
        assert text == message.content[0].text
        async with aclient.messages.stream(**ASK) as stream:
            first = await stream.get_final_message()
        assert_answer(await aclient.messages.create(**with_result(first)), TOOL_RESULT)
        assert "demo" in [model.id async for model in aclient.models.list(limit=1000)]


@check
async def asynchronous_tool_runner():
    @anthropic.beta_async_tool
    async def get_weather(city: str) -> str:
        """The weather of a city.

        Args:
            city: The city's name.
        """
        return f"{city}: {TOOL_RESULT}"

    async with anthropic.AsyncAnthropic() as aclient:
        runner = aclient.beta.messages.tool_runner(
            model=MODEL, max_tokens=512, tools=[get_weather], messages=ASK_MESSAGES
        )
        assert_answer(await runner.until_done(), TOOL_RESULT)


@check
async def asynchronous_errors():
    async with anthropic.AsyncAnthropic(api_key=UNKNOWN_KEY) as stranger:
        error = await error_of_async(stranger.messages.create(**HELLO))
        assert isinstance(error, anthropic.AuthenticationError), repr(error)
    async with anthropic.AsyncAnthropic() as aclient:
        error = await error_of_async(aclient.messages.create(**{**HELLO, "model": "no-such-model"}))
        assert isinstance(error, anthropic.NotFoundError), repr(error)


run_checks()
