"""The official SDKs for Python: a whole answer, or a stream with a loop of tools."""

import json

import anthropic
import openai
from google import genai
from google.genai import types
from step import DESCRIPTION, FUNCTION, KEY, MODEL, NAME, PROMPT, SCHEMA, STREAMS, URL, lay_stone, run_chosen, until_answered


def chat():
    client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY)
    messages = [{"role": "user", "content": PROMPT}]
    call = {"model": MODEL, "tools": [{"type": "function", "function": FUNCTION}]}

    def ask():
        if STREAMS:
            with client.chat.completions.stream(messages=messages, **call) as stream:
                message = stream.get_final_completion().choices[0].message
        else:
            message = client.chat.completions.create(messages=messages, **call).choices[0].message
        if not message.tool_calls:
            return message.content
        calls = [
            {"id": made.id, "type": "function", "function": {"name": made.function.name, "arguments": made.function.arguments}}
            for made in message.tool_calls
        ]
        messages.append({"role": "assistant", "content": message.content, "tool_calls": calls})
        for made in message.tool_calls:
            content = lay_stone(**json.loads(made.function.arguments))
            messages.append({"role": "tool", "tool_call_id": made.id, "content": content})

    until_answered(ask)


def stream_response(client, **call):
    with client.responses.stream(**call) as stream:
        for event in stream:
            # It is not raised, and get_final_response() says only that no end came.
            if event.type == "response.failed":
                raise RuntimeError(event.response.error.message)
        return stream.get_final_response()


def responses():
    client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY)
    history = [{"role": "user", "content": PROMPT}]
    tools = [{"type": "function", "strict": True, **FUNCTION}]
    call = {"model": MODEL, "tools": tools, "store": False, "include": ["reasoning.encrypted_content"]}

    def ask():
        if STREAMS:
            response = stream_response(client, input=history, **call)
        else:
            response = client.responses.create(input=history, **call)
        calls = [item for item in response.output if item.type == "function_call"]
        if not calls:
            return response.output_text
        for item in response.output:
            history.append(item.model_dump(exclude_none=True, exclude={"parsed_arguments"}))
        for made in calls:
            output = lay_stone(**json.loads(made.arguments))
            history.append({"type": "function_call_output", "call_id": made.call_id, "output": output})

    until_answered(ask)


def messages_api():
    client = anthropic.Anthropic(base_url=URL, api_key=KEY)
    messages = [{"role": "user", "content": PROMPT}]
    tools = [{"name": NAME, "description": DESCRIPTION, "input_schema": SCHEMA}]
    call = {"model": MODEL, "max_tokens": 2000, "tools": tools}

    def ask():
        if STREAMS:
            with client.messages.stream(messages=messages, **call) as stream:
                message = stream.get_final_message()
        else:
            message = client.messages.create(messages=messages, **call)
        calls = [block for block in message.content if block.type == "tool_use"]
        if not calls:
            return next(block.text for block in message.content if block.type == "text")
        messages.append({"role": "assistant", "content": message.content})
        results = [{"type": "tool_result", "tool_use_id": made.id, "content": lay_stone(**made.input)} for made in calls]
        messages.append({"role": "user", "content": results})

    until_answered(ask)


def gemini():
    client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=URL))
    contents = [types.Content(role="user", parts=[types.Part(text=PROMPT)])]
    declaration = types.FunctionDeclaration(name=NAME, description=DESCRIPTION, parameters_json_schema=SCHEMA)
    config = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[declaration])])
    call = {"model": MODEL, "config": config}

    def ask():
        if STREAMS:
            chunks = list(client.models.generate_content_stream(contents=contents, **call))
        else:
            chunks = [client.models.generate_content(contents=contents, **call)]
        parts = [
            part
            for chunk in chunks
            for candidate in chunk.candidates or []
            for part in (candidate.content.parts if candidate.content else None) or []
        ]
        calls = [part.function_call for part in parts if part.function_call]
        if not calls:
            return "".join(part.text or "" for part in parts if not part.thought)
        contents.append(types.Content(role="model", parts=parts))
        answers = []
        for made in calls:
            answer = types.FunctionResponse(id=made.id, name=made.name, response={"output": lay_stone(**made.args)})
            answers.append(types.Part(function_response=answer))
        contents.append(types.Content(role="user", parts=answers))

    until_answered(ask)


run_chosen({"openai-chat": chat, "openai-responses": responses, "anthropic-messages": messages_api, "gemini": gemini})
