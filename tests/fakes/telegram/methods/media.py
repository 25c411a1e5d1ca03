"""Messages with files: uploaded, or sent again by the id the platform gave."""

from collections.abc import Callable

from tests.fakes.telegram.access import find_chat, find_replied, find_thread, place
from tests.fakes.telegram.args import Args, text_field
from tests.fakes.telegram.errors import ApiError, Json, refuse
from tests.fakes.telegram.files import StoredFile, described
from tests.fakes.telegram.methods.sending import caption_of, deliver
from tests.fakes.telegram.pictures import check_photo
from tests.fakes.telegram.text import is_blank, styled, tidy
from tests.fakes.telegram.units import units
from tests.fakes.telegram.world import World

_NOUNS = {
    "photo": "Photo",
    "document": "Document",
    "video": "Video",
    "voice": "VoiceNote",
    "audio": "Audio",
    "animation": "Animation",
}
_ALBUM_KINDS = frozenset({"photo", "video", "document", "audio"})


def taken_file(world: World, args: Args, kind: str, value: str, name: str) -> StoredFile | None:
    """The file a value stands for: an upload of this call, or an id; None when there is none."""
    if value.startswith("attach://"):
        name = value.removeprefix("attach://")
    elif value:
        return _known_file(world, kind, value)
    upload = args.files.get(name)
    if upload is None:
        return None
    if not upload.data:
        raise refuse("file must be non-empty")
    if kind == "photo":
        check_photo(upload.data, world.limits)
    elif len(upload.data) > world.limits.upload:
        raise ApiError(413, "Request Entity Too Large")
    return world.files.add(kind, upload.data, name=upload.name, mime=upload.mime)


def _known_file(world: World, kind: str, file_id: str) -> StoredFile:
    stored = world.files.get(file_id)
    if stored is None:
        raise refuse("Wrong file identifier/HTTP URL specified")
    if stored.kind != kind:
        raise refuse(f"can't use file of type {_NOUNS.get(stored.kind)} as {_NOUNS[kind]}")
    return stored


def _sender(kind: str) -> Callable[[World, Args], object]:
    def send(world: World, args: Args) -> Json:
        stored = taken_file(world, args, kind, args.text(kind), kind)
        if stored is None:
            raise refuse(f"there is no {kind} in the request")
        return deliver(
            world, args, described(world.files, kind, stored) | caption_of(world, args)
        ).raw

    return send


def send_media_group(world: World, args: Args) -> list[Json]:
    """An album: two to ten messages that share a group id."""
    args.required("media")
    media = args.json("media", "Can't parse media JSON object")
    if not isinstance(media, list):
        raise refuse("Expected an Array of InputMedia")
    items = [_album_item(world, args, item) for item in media]
    if not items:
        raise refuse("There are no messages to send")
    if not world.limits.album_least <= len(items) <= world.limits.album_most:
        raise refuse("Wrong number of messages in the album")
    kinds = {kind for kind, _ in items}
    if len(kinds) > 1 and kinds != {"photo", "video"}:
        raise refuse("Can't use the media of the specified type in the album")
    chat = find_chat(world, args, "write")
    thread = find_thread(world, chat, args)
    where = place(thread, find_replied(chat, args))
    world.pacer.send(chat, args.method, len(items), paid=args.flag("allow_paid_broadcast"))
    group = {"media_group_id": str(world.random.getrandbits(60))}
    return [world.post(chat, world.bot, {**where, **group, **item}, None).raw for _, item in items]


def _album_item(world: World, args: Args, item: object) -> tuple[str, Json]:
    if not isinstance(item, dict):
        raise refuse("Can't parse InputMedia: Expected an Object")
    kind = text_field(item, "type", required=True)
    if kind not in _ALBUM_KINDS:
        what = "can't be used in sendMediaGroup" if kind == "animation" else "is unsupported"
        raise refuse(f'Can\'t parse InputMedia: Type "{kind}" {what}')
    stored = taken_file(world, args, kind, text_field(item, "media"), "")
    if stored is None:
        raise refuse("Can't parse InputMedia: Media not found")
    caption, entities = styled(
        text_field(item, "caption"),
        text_field(item, "parse_mode"),
        item.get("caption_entities"),
        world.limits.raw_text,
    )
    content = described(world.files, kind, stored)
    if not is_blank(caption):
        caption, entities = tidy(caption, entities)
        if units(caption) > world.limits.caption:
            raise refuse("Message caption is too long")
        content["caption"] = caption
        if entities:
            content["caption_entities"] = entities
    return kind, content


METHODS: dict[str, Callable[[World, Args], object]] = {
    **{f"send{kind}": _sender(kind) for kind in _NOUNS},
    "sendmediagroup": send_media_group,
}
