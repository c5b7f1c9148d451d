import os

from openai import OpenAI

client = OpenAI(
    api_key=os.environ["QUATARLY_API_KEY"],
    base_url=os.environ["OPENAI_BASE_URL"],
)

with client.chat.completions.stream(
    model="gpt-5.3-codex",
    messages=[{"role": "user", "content": "Write a sorting algorithm."}],
) as stream:
    # The document reads stream.text_stream, which this SDK does not have.
    assert not hasattr(stream, "text_stream")
    text = "".join(event.delta for event in stream if event.type == "content.delta")
assert "demo" in text
