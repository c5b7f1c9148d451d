import os

import anthropic

client = anthropic.Anthropic(
    api_key=os.environ["ANTHROPIC_API_KEY"],
    base_url=os.environ["ANTHROPIC_BASE_URL"],
)

message = client.messages.create(
    model="claude-sonnet-4-20250514",
    max_tokens=1024,
    messages=[{"role": "user", "content": "Explain quantum computing"}],
)
assert "demo" in message.content[0].text
assert message.stop_reason == "end_turn"
assert message.usage.input_tokens > 0 and message.usage.output_tokens > 0
