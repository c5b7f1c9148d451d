"""What PowerShell's grammar finds in a script: the strings that are assigned, and the here-strings, as JSON."""

import json
import sys

import tree_sitter
import tree_sitter_powershell

tree = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language())).parse(sys.stdin.buffer.read())
if tree.root_node.has_error:
    sys.exit("the grammar cannot read it")

assigned = {}
here_strings = []


def visit(node):
    if node.type == "assignment_expression":
        left, *_, right = (child.text.decode() for child in node.named_children)
        assigned[left] = right.strip('"')
    if node.type == "verbatim_here_string_characters":
        here_strings.append(node.text.decode()[2:-2].strip("\r\n"))
    for child in node.children:
        visit(child)


visit(tree.root_node)
print(json.dumps({"assigned": assigned, "here_strings": here_strings}))
