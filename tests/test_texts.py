"""The sentences of `content/texts/` and the code that says them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from bot.content import load_content

ROOT = Path(__file__).parents[1]
TEXTS = load_content(ROOT / "content").texts["vi"]
TREES = [
    ast.parse(path.read_text("utf-8"))
    for package in ("handlers", "bot")
    for path in (ROOT / package).rglob("*.py")
]


def nodes() -> Iterator[ast.AST]:
    """Every node of the program."""
    for tree in TREES:
        yield from ast.walk(tree)


def literals(node: ast.expr) -> tuple[str, ...]:
    """The strings an argument may be: one, or either branch of an `if`."""
    match node:
        case ast.Constant(value=str(text)):
            return (text,)
        case ast.IfExp(body=body, orelse=orelse):
            return (*literals(body), *literals(orelse))
        case _:
            return ()


def said() -> set[str]:
    """The keys the program names when it says or offers something."""
    found: set[str] = set()
    for node in nodes():
        match node:
            case ast.Call(func=ast.Attribute(attr="say"), args=args):
                found |= {key for arg in args[:2] for key in literals(arg) if "." in key}
            case ast.Call(func=ast.Attribute(attr="choice"), args=[key]):
                found |= {f"choice.{name}" for name in literals(key)}
            case ast.Call(func=ast.Attribute(attr="choice"), args=[_, key]):
                found |= set(literals(key))
            case _:
                pass
    return found


def test_every_sentence_the_program_says_is_written() -> None:
    """A key named in the code stands in the texts, so that no citizen meets a gap."""
    assert said() - TEXTS.keys() == set()


def test_no_sentence_is_left_over() -> None:
    """A sentence nobody says any more is deleted, so that nobody translates it in vain."""
    words = {node.value for node in nodes() if isinstance(node, ast.Constant)}
    beginnings = tuple(
        str(node.values[0].value)
        for node in nodes()
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)
    )
    tables = tuple(start for start in beginnings if start.endswith(".") and start != "choice.")
    left = {
        key
        for key in TEXTS.keys() - words
        if key.removeprefix("choice.") not in words and not key.startswith(tables)
    }
    assert left == set()
