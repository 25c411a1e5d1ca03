"""The sentences of `content/texts/`, the table of them, and the code that says them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from handlers.sentences import SENTENCES

ROOT = Path(__file__).parents[1]
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
    """A key named in the code stands in the table, which stops a start without that sentence."""
    assert said() - SENTENCES.keys() == set()


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
        for key in SENTENCES.keys() - words
        if key.removeprefix("choice.") not in words and not key.startswith(tables)
    }
    assert left == set()


def given() -> Iterator[tuple[str, set[str]]]:
    """Each sentence said anywhere, with the names of what is given to fill in there."""
    for function in nodes():
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Attribute(attr="say"), args=args, keywords=filled):
                    names = {keyword.arg for keyword in filled if keyword.arg}
                    for arg in args[:2]:
                        yield from ((key, names) for key in keys(arg, function))
                case _:
                    pass


def keys(arg: ast.expr, function: ast.AST) -> set[str]:
    """The sentences an argument may name: written there, assigned before, or by a beginning."""
    match arg:
        case ast.IfExp(body=body, orelse=orelse):
            return keys(body, function) | keys(orelse, function)
        case ast.Name(id=name):
            return {
                key
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
                for key in literals(node.value)
                if "." in key
            }
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
            return {key for key in SENTENCES if key.startswith(start)} - said()
        case _:
            return {key for key in literals(arg) if "." in key}


def test_every_place_is_filled_in() -> None:
    """Whoever says a sentence gives all the {places} the table promises to its translators."""
    said_with = list(given())
    with_places = {key for key, places in SENTENCES.items() if places}
    assert with_places <= {key for key, _ in said_with}
    assert [key for key, names in said_with if not SENTENCES[key] <= names] == []
