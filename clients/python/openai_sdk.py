import json

import openai
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

client = openai.OpenAI()
MODEL = "gpt-4o"
SAID = "Hello from Python"
MESSAGES = [{"role": "user", "content": SAID}]
ASK = [{"role": "user", "content": TOOL_ASK}]
FUNCTION = {"name": TOOL_NAME, "description": TOOL_DESCRIPTION, "parameters": TOOL_SCHEMA}
CHAT_TOOLS = [{"type": "function", "function": FUNCTION}]
RESPONSE_TOOLS = [{"type": "function", **FUNCTION, "strict": True}]
PROMPTS = ["first prompt", "second prompt"]


def assert_chat_usage(usage):
    assert usage.prompt_tokens > 0 and usage.completion_tokens > 0, usage
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens, usage


def assert_response_usage(usage):
    assert usage.input_tokens > 0 and usage.output_tokens > 0, usage
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens, usage


def assert_chat_answer(answer, said):
    assert answer.choices[0].finish_reason == "stop"
    assert_greeted(answer.choices[0].message.content, said)
    assert_chat_usage(answer.usage)


def assert_chat_call(answer):
    assert answer.choices[0].finish_reason == "tool_calls"
    [call] = answer.choices[0].message.tool_calls
    assert call.function.name == TOOL_NAME
    assert json.loads(call.function.arguments) == TOOL_INPUT
    return call


def with_chat_result(answer):
    """The conversation with the tool's result at its end."""
    result = {"role": "tool", "tool_call_id": assert_chat_call(answer).id, "content": TOOL_RESULT}
    return [*ASK, answer.choices[0].message, result]


def assert_response_call(answer):
    [call] = [item for item in answer.output if item.type == "function_call"]
    assert call.name == TOOL_NAME
    assert json.loads(call.arguments) == TOOL_INPUT
    return call


@check
def left_early():
    messages = [{"role": "user", "content": SLOWLY}]
    for stream in (
        client.chat.completions.create(model=MODEL, messages=messages, stream=True),
        client.responses.create(model=MODEL, input=SLOWLY, stream=True),
        client.completions.create(model=MODEL, prompt=SLOWLY, stream=True, max_tokens=256),
    ):
        for _ in range(3):
            next(stream)
        stream.close()


@check
def chat():
    answer = client.chat.completions.create(model=MODEL, messages=MESSAGES)
    assert answer.model == MODEL
    assert_chat_answer(answer, SAID)
    assert answer._request_id
    short = client.chat.completions.create(model=MODEL, messages=MESSAGES, max_tokens=5)
    assert short.choices[0].finish_reason == "length"
    assert short.usage.completion_tokens == 5


@check
def chat_streamed():
    whole = client.chat.completions.create(model=MODEL, messages=MESSAGES)
    chunks = list(client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True))
    assert len(chunks) > 5
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == whole.choices[0].message.content
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert all(chunk.usage is None for chunk in chunks)


@check
def chat_streamed_with_usage():
    options = {"include_usage": True}
    chunks = list(
        client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True, stream_options=options)
    )
    assert chunks[-1].choices == []
    assert_chat_usage(chunks[-1].usage)


@check
def chat_stream_helper():
    with client.chat.completions.stream(model=MODEL, messages=MESSAGES) as stream:
        text = "".join(event.delta for event in stream if event.type == "content.delta")
        answer = stream.get_final_completion()
    assert_greeted(text, SAID)
    assert answer.choices[0].message.content == text


@check
def chat_tools():
    first = client.chat.completions.create(model=MODEL, messages=ASK, tools=CHAT_TOOLS)
    second = client.chat.completions.create(model=MODEL, messages=with_chat_result(first), tools=CHAT_TOOLS)
    assert_chat_answer(second, TOOL_RESULT)


@check
def chat_tools_streamed():
    with client.chat.completions.stream(model=MODEL, messages=ASK, tools=CHAT_TOOLS) as stream:
        assert_chat_call(stream.get_final_completion())


@check
def chat_parsed():
    import pydantic

    class Reply(pydantic.BaseModel):
        answer: str
        certain: bool

    answer = client.chat.completions.parse(model=MODEL, messages=MESSAGES, response_format=Reply)
    assert isinstance(answer.choices[0].message.parsed, Reply)


@check
def responses():
    answer = client.responses.create(model=MODEL, input=SAID, instructions="Be brief.")
    assert answer.status == "completed"
    assert answer.model == MODEL
    assert_greeted(answer.output_text, SAID)
    assert_response_usage(answer.usage)
    assert answer._request_id


@check
def responses_streamed():
    whole = client.responses.create(model=MODEL, input=SAID)
    events = list(client.responses.create(model=MODEL, input=SAID, stream=True))
    assert events[0].type == "response.created"
    assert events[-1].type == "response.completed"
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert len(deltas) > 5
    assert "".join(deltas) == whole.output_text
    assert_response_usage(events[-1].response.usage)


@check
def responses_stream_helper():
    with client.responses.stream(model=MODEL, input=SAID) as stream:
        answer = stream.get_final_response()
    assert_greeted(answer.output_text, SAID)


@check
def responses_tools():
    first = client.responses.create(model=MODEL, input=ASK, tools=RESPONSE_TOOLS)
    call = assert_response_call(first)
    result = {"type": "function_call_output", "call_id": call.call_id, "output": TOOL_RESULT}
    history = [*ASK, *first.output, result]
    second = client.responses.create(model=MODEL, input=history, tools=RESPONSE_TOOLS)
    assert_greeted(second.output_text, TOOL_RESULT)


@check
def responses_tools_streamed():
    with client.responses.stream(model=MODEL, input=ASK, tools=RESPONSE_TOOLS) as stream:
        assert_response_call(stream.get_final_response())


@check
def completions():
    answer = client.completions.create(model=MODEL, prompt=SAID, max_tokens=256)
    assert answer.choices[0].finish_reason == "stop"
    assert_greeted(answer.choices[0].text, SAID)
    assert_chat_usage(answer.usage)
    several = client.completions.create(model=MODEL, prompt=PROMPTS, max_tokens=256)
    assert [choice.index for choice in several.choices] == [0, 1]
    for choice, said in zip(several.choices, PROMPTS, strict=True):
        assert_greeted(choice.text, said)


@check
def completions_streamed():
    texts = ["", ""]
    for chunk in client.completions.create(model=MODEL, prompt=PROMPTS, max_tokens=256, stream=True):
        for choice in chunk.choices:
            texts[choice.index] += choice.text
    for text, said in zip(texts, PROMPTS, strict=True):
        assert_greeted(text, said)


@check
def models():
    assert "demo" in [model.id for model in client.models.list()]
    assert client.models.retrieve("demo").object == "model"
    assert isinstance(error_of(lambda: client.models.retrieve("no-such-model")), openai.NotFoundError)


@check
def wrong_keys():
    for key in (UNKNOWN_KEY, MALFORMED_KEY):
        stranger = openai.OpenAI(api_key=key)
        for call in (
            lambda: stranger.chat.completions.create(model=MODEL, messages=MESSAGES),
            lambda: stranger.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True),
            lambda: stranger.responses.create(model=MODEL, input=SAID),
            lambda: stranger.completions.create(model=MODEL, prompt=SAID),
            lambda: stranger.models.list(),
        ):
            error = error_of(call)
            assert isinstance(error, openai.AuthenticationError), repr(error)
            assert error.code == "invalid_api_key"
            assert error.request_id


@check
def wrong_requests():
    error = error_of(lambda: client.chat.completions.create(model="no-such-model", messages=MESSAGES))
    assert isinstance(error, openai.NotFoundError), repr(error)
    assert error.code == "model_not_found"
    error = error_of(lambda: client.chat.completions.create(model=MODEL, messages=MESSAGES, n=0))
    assert isinstance(error, openai.BadRequestError), repr(error)
    assert error.param == "n", repr(error)


@check
async def asynchronous_chat():
    async with openai.AsyncOpenAI() as aclient:
        answer = await aclient.chat.completions.create(model=MODEL, messages=MESSAGES)
        assert_chat_answer(answer, SAID)
        text = ""
        async for chunk in await aclient.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True):
            text += chunk.choices[0].delta.content or ""
        assert text == answer.choices[0].message.content
        async with aclient.chat.completions.stream(model=MODEL, messages=ASK, tools=CHAT_TOOLS) as stream:
            first = await stream.get_final_completion()
        second = await aclient.chat.completions.create(
            model=MODEL, messages=with_chat_result(first), tools=CHAT_TOOLS
        )
        assert_chat_answer(second, TOOL_RESULT)


@check
async def asynchronous_responses_and_completions():
    async with openai.AsyncOpenAI() as aclient:
        assert_greeted((await aclient.responses.create(model=MODEL, input=SAID)).output_text, SAID)
        async with aclient.responses.stream(model=MODEL, input=ASK, tools=RESPONSE_TOOLS) as stream:
            assert_response_call(await stream.get_final_response())
        text = ""
        async for chunk in await aclient.completions.create(model=MODEL, prompt=SAID, stream=True):
            text += "".join(choice.text for choice in chunk.choices)
        assert text
        assert "demo" in [model.id async for model in aclient.models.list()]


@check
async def asynchronous_errors():
    async with openai.AsyncOpenAI(api_key=UNKNOWN_KEY) as stranger:
        error = await error_of_async(stranger.chat.completions.create(model=MODEL, messages=MESSAGES))
        assert isinstance(error, openai.AuthenticationError), repr(error)
    async with openai.AsyncOpenAI() as aclient:
        error = await error_of_async(aclient.responses.create(model="no-such-model", input=SAID))
        assert isinstance(error, openai.NotFoundError), repr(error)


run_checks()
