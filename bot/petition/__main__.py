"""``python -m bot.petition``: draws one petition, read from standard input; started by `apart`."""

import os
import sys

from bot.petition.apart import Drawn, Order
from bot.petition.pdf import draw_pdf
from bot.petition.word import draw_docx
from handlers.petition import rows


def draw(order: Order) -> Drawn:
    """The documents of an order."""
    paper, title = tuple(rows(order.petition, order.form)), order.form.title
    return Drawn(pdf=draw_pdf(paper, title), docx=draw_docx(paper, title))


if __name__ == "__main__":
    os.nice(10)  # whoever waits for an answer comes first
    drawn = draw(Order.model_validate_json(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(drawn.model_dump_json().encode())
