import os

from openai import OpenAI

client = OpenAI(
    api_key=os.environ["OPENAI_API_KEY"],
    base_url=os.environ["OPENAI_BASE_URL"],
)

response = client.chat.completions.create(
    model="claude-sonnet-4-6-thinking",
    messages=[{"role": "user", "content": "Summarise the last decade of AI progress."}],
    max_tokens=1024,
)
assert "demo" in response.choices[0].message.content
assert response.usage.total_tokens > 0

with client.chat.completions.stream(
    model="gpt-5.3-codex",
    messages=[{"role": "user", "content": "Write a sorting algorithm."}],
) as stream:
    # The document reads stream.text_stream, which this SDK does not have: not-as-printed.json.
    assert not hasattr(stream, "text_stream")
    text = "".join(event.delta for event in stream if event.type == "content.delta")
assert "demo" in text
