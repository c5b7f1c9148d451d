"""Prints every place of PowerShell files that the tree-sitter grammar cannot read."""
import sys

import tree_sitter
import tree_sitter_powershell

parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
failed = False


def visit(name, node):
    global failed
    if node.is_error or node.is_missing:
        failed = True
        print("%s:%d: %r" % (name, node.start_point[0] + 1, node.text[:80]))
    if node.has_error:
        for child in node.children:
            visit(name, child)


for name in sys.argv[1:]:
    with open(name, "rb") as stream:
        visit(name, parser.parse(stream.read()).root_node)
sys.exit(1 if failed else 0)
