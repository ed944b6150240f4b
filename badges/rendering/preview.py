"""A page of a PDF as a picture, by the same file that people print."""

import io

import pypdfium2


def page_image(pdf: bytes, *, width: int) -> bytes:
    """PNG of the first page, `width` pixels wide."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        picture = page.render(scale=width / page.get_width()).to_pil()
    finally:
        document.close()
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
