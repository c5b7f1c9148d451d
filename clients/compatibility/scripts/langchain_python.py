"""LangChain for Python with the integration of each protocol."""

from langchain_core.messages import HumanMessage, ToolMessage
from step import FUNCTION, KEY, MODEL, PROMPT, STREAMS, URL, lay_stone, run_chosen, until_answered


def whole(model, messages):
    if not STREAMS:
        return model.invoke(messages)
    total = None
    for chunk in model.stream(messages):
        total = chunk if total is None else total + chunk
    return total


def ask_with(chat_model):
    model = chat_model.bind_tools([{"type": "function", "function": FUNCTION}])
    messages = [HumanMessage(PROMPT)]

    def ask():
        message = whole(model, messages)
        if not message.tool_calls:
            return str(message.text)
        messages.append(message)
        for made in message.tool_calls:
            messages.append(ToolMessage(tool_call_id=made["id"], content=lay_stone(**made["args"])))

    until_answered(ask)


def openai(**more):
    from langchain_openai import ChatOpenAI

    ask_with(ChatOpenAI(model=MODEL, api_key=KEY, base_url=f"{URL}/v1", **more))


def anthropic():
    from langchain_anthropic import ChatAnthropic

    ask_with(ChatAnthropic(model=MODEL, api_key=KEY, base_url=URL, max_tokens=2000))


def gemini():
    from langchain_google_genai import ChatGoogleGenerativeAI

    ask_with(ChatGoogleGenerativeAI(model=MODEL, google_api_key=KEY, base_url=URL))


run_chosen(
    {
        "openai-chat": openai,
        "openai-responses": lambda: openai(use_responses_api=True),
        "anthropic-messages": anthropic,
        "gemini": gemini,
    }
)
