"""The Claude Agent SDK for Python: Claude Code as a library."""

import asyncio
import sys

from claude_agent_sdk import ClaudeAgentOptions, ResultMessage, query
from step import MODEL, PROMPT


async def main():
    options = ClaudeAgentOptions(model=MODEL, permission_mode="bypassPermissions")
    failed = False
    async for message in query(prompt=PROMPT, options=options):
        if isinstance(message, ResultMessage):
            print(message.result or message.subtype)
            failed = message.is_error
    return 1 if failed else 0


try:
    sys.exit(asyncio.run(main()))
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
