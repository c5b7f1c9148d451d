import json

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
from google import genai
from google.genai import errors, types

client = genai.Client()
MODEL = "gemini-2.5-flash"
SAID = "Hello from Python"
DECLARATION = types.FunctionDeclaration(
    name=TOOL_NAME, description=TOOL_DESCRIPTION, parameters_json_schema=TOOL_SCHEMA
)
TOOLS = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[DECLARATION])])
ASK = types.Content(role="user", parts=[types.Part(text=TOOL_ASK)])


def assert_usage(usage):
    assert usage.prompt_token_count > 0 and usage.candidates_token_count > 0, usage
    thoughts = usage.thoughts_token_count or 0
    assert usage.total_token_count == usage.prompt_token_count + usage.candidates_token_count + thoughts


def assert_answer(answer, said):
    assert_greeted(answer.text, said)
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert_usage(answer.usage_metadata)


def assert_call(answer):
    [call] = answer.function_calls
    assert call.name == TOOL_NAME
    assert call.args == TOOL_INPUT
    return call


def with_result(answer):
    """The conversation with the function's result at its end."""
    call = assert_call(answer)
    response = types.FunctionResponse(id=call.id, name=call.name, response={"output": TOOL_RESULT})
    result = types.Content(role="user", parts=[types.Part(function_response=response)])
    return [ASK, answer.candidates[0].content, result]


def text_of(chunks):
    return "".join(chunk.text or "" for chunk in chunks)


@check
def left_early():
    stream = client.models.generate_content_stream(model=MODEL, contents=SLOWLY)
    for _ in range(3):
        next(stream)
    stream.close()


@check
def generate():
    config = types.GenerateContentConfig(system_instruction="Be brief.", temperature=0)
    answer = client.models.generate_content(model=MODEL, contents=SAID, config=config)
    assert_answer(answer, SAID)
    short = client.models.generate_content(
        model=MODEL, contents=SAID, config=types.GenerateContentConfig(max_output_tokens=5)
    )
    assert short.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS
    assert short.usage_metadata.candidates_token_count == 5


@check
def generate_streamed():
    whole = client.models.generate_content(model=MODEL, contents=SAID)
    chunks = list(client.models.generate_content_stream(model=MODEL, contents=SAID))
    assert len(chunks) > 2
    assert text_of(chunks) == whole.text
    assert chunks[-1].candidates[0].finish_reason == types.FinishReason.STOP
    assert_usage(chunks[-1].usage_metadata)


@check
def thinking():
    config = types.GenerateContentConfig(
        thinking_config=types.ThinkingConfig(include_thoughts=True, thinking_budget=1024)
    )
    answer = client.models.generate_content(model=MODEL, contents=SAID, config=config)
    assert [part.text for part in answer.candidates[0].content.parts if part.thought]
    assert answer.usage_metadata.thoughts_token_count > 0
    assert_answer(answer, SAID)


@check
def functions():
    first = client.models.generate_content(model=MODEL, contents=ASK, config=TOOLS)
    second = client.models.generate_content(model=MODEL, contents=with_result(first), config=TOOLS)
    assert_answer(second, TOOL_RESULT)


@check
def functions_streamed():
    chunks = list(client.models.generate_content_stream(model=MODEL, contents=ASK, config=TOOLS))
    [answer] = [chunk for chunk in chunks if chunk.function_calls]
    assert_call(answer)


@check
def chat_of_several_turns():
    chat = client.chats.create(model=MODEL)
    assert_answer(chat.send_message(SAID), SAID)
    assert_greeted(text_of(chat.send_message_stream("And again")), "And again")
    said = [turn.parts[0].text for turn in chat.get_history() if turn.role == "user"]
    assert said == [SAID, "And again"]


@check
def json_answer():
    schema = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]}
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=schema)
    answer = client.models.generate_content(model=MODEL, contents=SAID, config=config)
    assert isinstance(json.loads(answer.text)["city"], str)


@check
def count_tokens():
    counted = client.models.count_tokens(model=MODEL, contents=SAID)
    answer = client.models.generate_content(model=MODEL, contents=SAID)
    assert counted.total_tokens == answer.usage_metadata.prompt_token_count


@check
def models():
    assert "models/demo" in [model.name for model in client.models.list()]
    demo = client.models.get(model="demo")
    assert demo.name == "models/demo"
    assert demo.input_token_limit > 0


@check
def wrong_keys():
    for key in (UNKNOWN_KEY, MALFORMED_KEY):
        stranger = genai.Client(api_key=key)
        for call in (
            lambda: stranger.models.generate_content(model=MODEL, contents=SAID),
            lambda: list(stranger.models.generate_content_stream(model=MODEL, contents=SAID)),
            lambda: stranger.models.count_tokens(model=MODEL, contents=SAID),
            lambda: stranger.models.list(),
        ):
            error = error_of(call)
            assert isinstance(error, errors.ClientError), repr(error)
            assert (error.code, error.status) == (401, "UNAUTHENTICATED")


@check
def wrong_requests():
    error = error_of(lambda: client.models.generate_content(model="no-such-model", contents=SAID))
    assert isinstance(error, errors.ClientError), repr(error)
    assert (error.code, error.status) == (404, "NOT_FOUND")
    config = types.GenerateContentConfig(max_output_tokens=-1)
    error = error_of(lambda: client.models.generate_content(model=MODEL, contents=SAID, config=config))
    assert (error.code, error.status) == (400, "INVALID_ARGUMENT")
    assert "maxOutputTokens" in error.message


@check
async def asynchronous():
    aclient = genai.Client().aio
    answer = await aclient.models.generate_content(model=MODEL, contents=SAID)
    assert_answer(answer, SAID)
    stream = await aclient.models.generate_content_stream(model=MODEL, contents=SAID)
    assert text_of([chunk async for chunk in stream]) == answer.text
    first = await aclient.models.generate_content(model=MODEL, contents=ASK, config=TOOLS)
    second = await aclient.models.generate_content(model=MODEL, contents=with_result(first), config=TOOLS)
    assert_answer(second, TOOL_RESULT)
    assert (await aclient.models.count_tokens(model=MODEL, contents=SAID)).total_tokens > 0
    assert "models/demo" in [model.name async for model in await aclient.models.list()]
    error = await error_of_async(aclient.models.generate_content(model="no-such-model", contents=SAID))
    assert error.code == 404, repr(error)
    await aclient.aclose()


@check
async def asynchronous_wrong_key():
    stranger = genai.Client(api_key=UNKNOWN_KEY).aio
    error = await error_of_async(stranger.models.generate_content(model=MODEL, contents=SAID))
    assert (error.code, error.status) == (401, "UNAUTHENTICATED"), repr(error)
    await stranger.aclose()


run_checks()
