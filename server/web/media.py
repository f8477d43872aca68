"""Files of the 宣传 region: how a large one arrives, and how screens and staff get it."""

from __future__ import annotations

from typing import IO, cast

from flask import Blueprint, Request, Response, g, send_from_directory

from server.kit.contract.reasons import Refused
from server.store.media_files import Arriving
from server.web.auth import bearer, require_device, require_staff
from server.web.services import services

bp = Blueprint("media", __name__)


class HallRequest(Request):
    """A request whose file, where a page has prepared for one, goes to its place as it comes.

    Werkzeug would keep it in the system's folder for temporary files, which may lie in memory.
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        arriving: Arriving | None = g.get("arriving")
        if arriving is None or arriving.begun:
            return super()._get_file_stream(
                total_content_length, content_type, filename, content_length
            )
        arriving.begun = True
        return cast("IO[bytes]", arriving)


@bp.get("/media/<digest>")
def media_file(digest: str) -> Response:
    """A file by its SHA-256, for devices and staff; other names are not reachable.

    Raises:
        Refused: `device_unknown`, `sign_in_required`, `not_found`.
    """
    if bearer():
        require_device()
    else:
        require_staff()
    hall = services()
    path = hall.media.path(digest)
    mimes = {m.digest: m.mime for m in hall.read(lambda r: r.config.shown.media)}
    if path is None or digest not in mimes:
        raise Refused("not_found", what="这个文件")
    response = send_from_directory(
        path.parent.resolve(), path.name, mimetype=mimes[digest], conditional=True
    )
    # The name is the content's hash: whoever has it may keep it. Not a proxy: it asks for a sign-in.
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
