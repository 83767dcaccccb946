"""Configs as text, read and written as literals: nothing in them is executed.

A dumped mmengine config is a list of `NAME = value` lines. They are parsed with `ast`
and only literals, `dict(...)` and names assigned further up are understood; everything
else is code, and refused with its line.
"""

import ast
import math
from collections.abc import Mapping
from pathlib import Path
from types import EllipsisType
from typing import Any

from segdesk.core.errors import ConfigError, UnsafeFileError
from segdesk.core.language import tr
from segdesk.engine.config.types import TRUST_HINT, check_types

_MAX_CHARS = 4_000_000
_WIDTH = 88


def read_config(
    source: str | Path, name: str = tr("The checkpoint's config")
) -> dict[str, Any]:
    """Read a dumped config and execute nothing in it.

    Parameters
    ----------
    source
        The text, or the file that holds it.
    name
        What a text is called in an error.

    Returns
    -------
    config
        Plain dicts, lists, tuples and values by name.

    Raises
    ------
    UnsafeFileError
        The text holds code, or names a type outside the mmseg stack. The user may
        trust the file, and then `read_trusted` reads it.
    ConfigError
        The file cannot be read, or is not Python at all.
    """
    if isinstance(source, Path):
        name, text = source.name, _text_of(source)
    else:
        text = source
    try:
        module = ast.parse(text)
        config = _Reader().module(module)
    except _NotLiteralError as error:
        raise UnsafeFileError(
            tr("{name} was not read.", name=name),
            cause=tr(
                "Line {line} is code, not a value: {excerpt} Nothing in it "
                "was executed.",
                line=error.line,
                excerpt=error.excerpt,
            ),
            hint=TRUST_HINT,
        ) from error
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        line = (
            tr(" (line {line})", line=error.lineno)
            if isinstance(error, SyntaxError)
            else ""
        )
        raise ConfigError(
            tr("{name} was not read.", name=name),
            cause=tr("It is not a Python config{line}.", line=line),
            hint=tr("Choose the config.py that the training wrote into its folder."),
            detail=str(error),
        ) from error
    if "_base_" in config:
        raise UnsafeFileError(
            tr("{name} was not read.", name=name),
            cause=tr("It builds on other files (_base_), which have to be executed."),
            hint=TRUST_HINT,
        )
    check_types(config, name)
    return config


def read_trusted(path: Path) -> dict[str, Any]:
    """Execute a config as Python and return what it makes.

    Only for configs that ship with a package, and for a file that the user chose to
    trust; never in the window's process.

    Raises
    ------
    ConfigError
        The config does not run.
    """
    from mmengine import Config

    from segdesk.engine.bootstrap import prepare

    prepare()
    _text_of(path)
    try:
        config = Config.fromfile(path, import_custom_modules=False)
    except (
        ImportError,
        OSError,
        SyntaxError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        ArithmeticError,
        AssertionError,
        RuntimeError,
    ) as error:
        raise ConfigError(
            tr("{name} was not read.", name=path.name),
            cause=tr(
                "It ended with {name}: {error}", name=type(error).__name__, error=error
            ),
            hint=tr("Mend the config, or choose a dumped one."),
            detail=str(error),
        ) from error
    return dict(plain(config.to_dict()))


def plain(value: Any) -> Any:  # noqa: ANN401 - configs are untyped
    """Return a config as plain dicts, lists and tuples, without mmengine's classes."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    return value


def write_config(config: Mapping[str, Any]) -> str:
    """Return a config as text that `read_config` and mmengine read back the same.

    Equal configs give equal text.

    Raises
    ------
    ConfigError
        A value has no literal form: a class, a function, an array.
    """
    lines = []
    for name, value in config.items():
        if not name.isidentifier():
            raise _unwritable(tr("{name!r} cannot be the name of a setting", name=name))
        lines.append(f"{name} = {_dump(value, '', len(name) + 3)}\n")
    return "".join(lines)


# ---------------------------------------------------------------- reading


class _NotLiteralError(Exception):
    def __init__(self, node: ast.AST) -> None:
        super().__init__()
        self.line = getattr(node, "lineno", 1)
        code = ast.unparse(node)
        self.excerpt = code if len(code) <= 60 else f"{code[:57]}..."


class _Reader:
    """Evaluates the few node types a dumped config is made of."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {}

    def module(self, module: ast.Module) -> dict[str, Any]:
        for index, statement in enumerate(module.body):
            if index == 0 and _is_docstring(statement):
                continue
            if not (
                isinstance(statement, ast.Assign)
                and len(statement.targets) == 1
                and isinstance(statement.targets[0], ast.Name)
            ):
                raise _NotLiteralError(statement)
            self._names[statement.targets[0].id] = self.value(statement.value)
        return self._names

    def value(self, node: ast.expr) -> Any:  # noqa: ANN401 - a literal
        match node:
            case ast.Constant(value=value) if not isinstance(value, EllipsisType):
                return value
            case ast.Tuple(elts=items):
                return tuple(self.value(item) for item in items)
            case ast.List(elts=items):
                return [self.value(item) for item in items]
            case ast.Set(elts=items):
                return {self.value(item) for item in items}
            case ast.Dict(keys=keys, values=values):
                return self._dict(node, keys, values)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                return self._signed(node, sign, operand)
            case ast.Call(func=ast.Name(id=called), args=args, keywords=keywords):
                return self._call(node, called, args, keywords)
            case ast.Name(id=name) if name in self._names:
                return plain(self._names[name])
        raise _NotLiteralError(node)

    def _dict(
        self, node: ast.expr, keys: list[ast.expr | None], values: list[ast.expr]
    ) -> dict[Any, Any]:
        found = {}
        for key, value in zip(keys, values, strict=True):
            if key is None:
                raise _NotLiteralError(node)
            found[self.value(key)] = self.value(value)
        return found

    def _signed(self, node: ast.expr, sign: ast.unaryop, operand: ast.expr) -> Any:  # noqa: ANN401
        number = self.value(operand)
        if not isinstance(number, int | float | complex):
            raise _NotLiteralError(node)
        return -number if isinstance(sign, ast.USub) else +number

    def _call(
        self,
        node: ast.expr,
        called: str,
        args: list[ast.expr],
        keywords: list[ast.keyword],
    ) -> Any:  # noqa: ANN401 - a dict, a set or a float
        """Read dict(a=1), dict({...}), set(), set([...]) and float("inf")."""
        if called == "dict" and len(args) <= 1:
            base = self.value(args[0]) if args else {}
            if isinstance(base, dict) and all(word.arg for word in keywords):
                return base | {word.arg: self.value(word.value) for word in keywords}
        if called == "set" and len(args) <= 1 and not keywords:
            return set(self.value(args[0])) if args else set()
        if called == "float" and len(args) == 1 and not keywords:
            text = self.value(args[0])
            if isinstance(text, str):
                return float(text)
        raise _NotLiteralError(node)


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _text_of(path: Path) -> str:
    try:
        size = path.stat().st_size
        text = path.read_text(encoding="utf-8-sig") if size <= _MAX_CHARS else None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            tr("{name} was not read.", name=path.name),
            cause=str(error),
            hint=tr("Choose the config.py that the training wrote into its folder."),
        ) from error
    if text is None:
        raise ConfigError(
            tr("{name} was not read.", name=path.name),
            cause=tr(
                "It has {size:,} bytes; a config has at most {max_chars:,}.",
                size=size,
                max_chars=_MAX_CHARS,
            ),
            hint=tr("Choose the config.py that the training wrote into its folder."),
        )
    return text


# ---------------------------------------------------------------- writing


def _dump(value: Any, indent: str, used: int) -> str:  # noqa: ANN401 - a literal
    """Return a value on one line where it fits, else one item to a line."""
    flat = _flat(value)
    is_box = isinstance(value, Mapping | list | tuple) and len(value) > 0
    if not is_box or len(indent) + used + len(flat) <= _WIDTH:
        return flat
    inner = indent + "    "
    if isinstance(value, Mapping):
        worded = _is_worded(value)
        opened, closed = ("dict(", ")") if worded else ("{", "}")
        heads = [f"{key}=" if worded else f"{_flat(key)}: " for key in value]
        items = list(value.values())
    else:
        opened, closed = ("[", "]") if isinstance(value, list) else ("(", ")")
        heads = [""] * len(value)
        items = list(value)
    lines = [
        f"{inner}{head}{_dump(item, inner, len(head) + 1)},\n"
        for head, item in zip(heads, items, strict=True)
    ]
    return f"{opened}\n{''.join(lines)}{indent}{closed}"


def _flat(value: Any) -> str:  # noqa: ANN401 - a literal
    if isinstance(value, Mapping):
        if _is_worded(value):
            return f"dict({', '.join(f'{k}={_flat(v)}' for k, v in value.items())})"
        return f"{{{', '.join(f'{_flat(k)}: {_flat(v)}' for k, v in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flat, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_flat, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, set | frozenset):
        return f"set([{', '.join(sorted(map(_flat, value)))}])"
    return _atom(value)


def _atom(value: Any) -> str:  # noqa: ANN401 - a literal
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, Path):
        return repr(str(value))
    if value is None or type(value) in {bool, int, float, complex, str, bytes}:
        return repr(value)
    if isinstance(value, str | int | float):
        return repr(value.item() if hasattr(value, "item") else value)
    raise _unwritable(tr("{value!r} has no literal form", value=value))


def _is_worded(value: Mapping[Any, Any]) -> bool:
    from keyword import iskeyword

    return all(
        isinstance(key, str) and key.isidentifier() and not iskeyword(key)
        for key in value
    )


def _unwritable(cause: str) -> ConfigError:
    return ConfigError(
        tr("The config was not written."),
        cause=tr("{words}.", words=cause),
        hint=tr("Use plain values: numbers, texts, lists and dicts."),
    )
