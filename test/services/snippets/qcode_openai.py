import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ["ANTHROPIC_BASE_URL"] + "/openai/v1",
    api_key=os.environ["QCODE_API_KEY"],
)
messages = [{"role": "user", "content": "Hello"}]
chat = client.chat.completions.create(model="gpt-5", messages=messages)
assert "demo" in chat.choices[0].message.content
response = client.responses.create(model="gpt-5.3-codex", input="Hello")
assert "demo" in response.output_text
