"""Runs cases through the Python editor: reads [{format, text, edits}], writes [{text} or {line, says}]."""
import importlib.util
import json
import sys

spec = importlib.util.spec_from_file_location("editor", sys.argv[1])
editor = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(editor)


def judge(case):
    try:
        return {"text": editor.edit_file(case["text"], case, "mark", "posix")}
    except editor.Unreadable as cause:
        return {"line": editor.line_of(case["text"], cause.offset), "says": str(cause)}


cases = json.loads(sys.stdin.buffer.read().decode("utf-8"))
sys.stdout.write(json.dumps([judge(case) for case in cases]))
