"""Why a picture that somebody sent is not taken. Pure; raised by everything that decodes one."""


class ImageRefused(Exception):
    """Why a picture is not taken. Codes, with their params:

    `empty`; `too-large` (megabytes); `unsupported` (found, formats); `too-many-pixels` (megapixels);
    `too-small` (width, height, least); `odd-shape` (width, height); `animated` (frames); `damaged`.
    Of drawings (badges.rendering.svg_rebuilding): `svg-too-large` (kilobytes); `svg-not-plain` (found: doctype, encoding);
    `svg-broken`; `svg-too-much` (what, most); `svg-number` (found); `svg-no-size`; `svg-circle`; `svg-text`;
    `svg-picture`; `svg-empty`; `svg-too-slow`.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    @property
    def status(self) -> int:
        """The HTTP status that fits."""
        return {"too-large": 413, "svg-too-large": 413, "unsupported": 415, "misnamed": 415}.get(self.code, 422)
