"""LiteLLM's library as a client, with its provider of each protocol."""

import json

import litellm
from step import FUNCTION, KEY, MODEL, PROMPT, STREAMS, URL, lay_stone, run_chosen, until_answered

litellm.telemetry = False
litellm.suppress_debug_info = True
# By Responses it streams only models that it knows, and doubles the arguments of calls where it feigns a stream.
litellm.register_model({MODEL: {"litellm_provider": "openai", "mode": "chat", "supports_native_streaming": True}})


def ask_with(model, base):
    messages = [{"role": "user", "content": PROMPT}]
    tools = [{"type": "function", "function": FUNCTION}]

    def ask():
        call = {"model": model, "messages": messages, "tools": tools, "api_base": base, "api_key": KEY, "max_tokens": 2000}
        if STREAMS:
            answer = litellm.stream_chunk_builder(list(litellm.completion(stream=True, num_retries=2, **call)), messages=messages)
        else:
            answer = litellm.completion(**call)
        message = answer.choices[0].message
        if not message.tool_calls:
            return message.content
        messages.append(message.model_dump(exclude_none=True))
        for made in message.tool_calls:
            content = lay_stone(**json.loads(made.function.arguments))
            messages.append({"role": "tool", "tool_call_id": made.id, "content": content})

    until_answered(ask)


run_chosen(
    {
        "openai-chat": lambda: ask_with(f"openai/{MODEL}", f"{URL}/v1"),
        "openai-responses": lambda: ask_with(f"openai/responses/{MODEL}", f"{URL}/v1"),
        "anthropic-messages": lambda: ask_with(f"anthropic/{MODEL}", URL),
        "gemini": lambda: ask_with(f"gemini/{MODEL}", f"{URL}/v1beta"),
    }
)
