import os

from openai import OpenAI

client = OpenAI(
    api_key=os.environ["QUATARLY_API_KEY"],
    base_url=os.environ["OPENAI_BASE_URL"],
)

response = client.chat.completions.create(
    model="claude-sonnet-4-6-thinking",
    messages=[{"role": "user", "content": "Summarise the last decade of AI progress."}],
    max_tokens=1024,
)
assert "demo" in response.choices[0].message.content
assert response.usage.total_tokens > 0
