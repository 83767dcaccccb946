"""Numbers as people type them into a field: `640/2`, `1,024`, `(3+1)*8`."""

import ast
import operator
from collections.abc import Callable, Mapping

_MOST_LETTERS = 60
_LARGEST = 1e12
_TWO: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def value_of(text: str) -> float | None:
    """Return what a typed sum comes to; None when it is none.

    Takes numbers, `+ - * /`, `×`, `÷` and brackets. A comma parts thousands.
    """
    text = text.strip().replace("×", "*").replace("÷", "/").replace("–", "-")
    text = text.replace(",", "").replace("\u00a0", "").replace("\u202f", "")
    if not text or len(text) > _MOST_LETTERS:
        return None
    try:
        value = _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return value if abs(value) <= _LARGEST else None


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(
            number, bool
        ):
            return float(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _TWO:
            return _TWO[type(op)](_value(left), _value(right))
        case _:
            msg = "only numbers and the four rules of arithmetic"
            raise ValueError(msg)
