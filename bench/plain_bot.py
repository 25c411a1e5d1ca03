"""The bot compared with: python-telegram-bot as its own examples build one, nothing more.

A ConversationHandler with the questions of our shortest form, a PicklePersistence, polling, and
the client that comes with it. Each tap is answered, each answer gets the next question.

`python -m bench.plain_bot BASE_URL TOKEN PICKLE`
"""

import sys
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

NOTICE = (
    "Xin chào ông/bà. Đây là kênh tiếp nhận phản ánh, kiến nghị và câu hỏi. Trước khi bắt đầu, xin "
    "đọc thông báo về dữ liệu cá nhân: nội dung và tệp ông/bà gửi được lưu 5 năm để ghi nhận, "
    "chuyển đúng đơn vị và trả lời. Ông/bà có quyền xem, sửa, xóa, rút đồng ý, khiếu nại. "
    "Khẩn cấp: gọi 112, 113, 114, 115. Ông/bà có đồng ý không?"
)
# What each question is called, its words, and its buttons; the first one answers /start.
QUESTIONS = (
    ("consent", NOTICE, ("Đồng ý", "Không đồng ý", "English")),
    ("menu", "Ông/bà cần gì?", ("Gửi ý kiến", "Hồ sơ của tôi", "Dữ liệu", "Ngôn ngữ", "Trợ giúp")),
    (
        "topic",
        "Việc của ông/bà thuộc lĩnh vực nào?",
        ("Việc khác", "Bồi thường", "Sổ đỏ", "Học phí", "Người có công", "Miền núi", "Về menu"),
    ),
    ("what", "Xin kể sự việc hoặc điều ông/bà muốn hỏi.", ("Quay lại", "Hủy")),
    ("more", "Đã ghi. Còn gì nữa không?", ("Xong", "Quay lại", "Hủy")),
    ("commune", "Việc này ở xã, phường nào?", ("Quay lại", "Hủy")),
    ("papers", "Mời gửi ảnh, giấy tờ, nếu có.", ("Bỏ qua", "Quay lại", "Hủy")),
    ("review", "Xin xem lại trước khi gửi.", ("Gửi", "Sửa nội dung", "Sửa xã", "Quay lại", "Hủy")),
)
SENT = "Đã ghi nhận ý kiến của ông/bà. Mã hồ sơ: PA-{number}. Hạn trả lời: 10 ngày làm việc."
# The buttons of the same citizens as in `citizens.SCRIPT`.
LABELS = {
    "agree": "Đồng ý",
    "new": "Gửi ý kiến",
    "topic:khac": "Việc khác",
    "send": "Gửi",
}

Context = ContextTypes.DEFAULT_TYPE
Handler = Callable[[Update, Context], Coroutine[Any, Any, int]]


def _ask(state: int) -> Handler:
    """A handler that keeps the answer to the question before and asks that of *state*."""

    async def handle(update: Update, context: Context) -> int:
        await _keep(update, context, state)
        _, words, labels = QUESTIONS[state]
        rows = [[InlineKeyboardButton(label, callback_data=label)] for label in labels]
        if update.effective_message:
            await update.effective_message.reply_text(
                words, reply_markup=InlineKeyboardMarkup(rows)
            )
        return state

    return handle


async def _send(update: Update, context: Context) -> int:
    await _keep(update, context, len(QUESTIONS))
    number = context.bot_data["number"] = context.bot_data.get("number", 0) + 1
    if update.effective_message:
        await update.effective_message.reply_text(SENT.format(number=number))
    return ConversationHandler.END


async def _keep(update: Update, context: Context, state: int) -> None:
    if update.callback_query:
        await update.callback_query.answer()
    if state and context.user_data is not None and update.effective_message:
        answered = update.callback_query.data if update.callback_query else None
        context.user_data[QUESTIONS[state - 1][0]] = answered or update.effective_message.text


def _application(
    base_url: str, token: str, pickle: str
) -> "Application[Any, Any, Any, Any, Any, Any]":
    handlers: list[Handler] = [*(_ask(n) for n in range(1, len(QUESTIONS))), _send]
    conversation: ConversationHandler[Context] = ConversationHandler(
        entry_points=[CommandHandler("start", _ask(0))],
        states={
            state: [
                CallbackQueryHandler(handler),
                MessageHandler(filters.TEXT & ~filters.COMMAND, handler),
            ]
            for state, handler in enumerate(handlers)
        },
        fallbacks=[CommandHandler("start", _ask(0))],
        name="conversation",
        persistent=True,
    )
    kept = PicklePersistence(filepath=pickle)
    application = ApplicationBuilder().token(token).base_url(base_url).persistence(kept).build()
    application.add_handler(conversation)
    return application


def main() -> None:
    """Serve until stopped."""
    base_url, token, pickle = sys.argv[1:]
    _application(base_url, token, pickle).run_polling(allowed_updates=Update.ALL_TYPES)


if __name__ == "__main__":
    main()
