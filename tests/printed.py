"""What a certificate says, whatever its bytes: WeasyPrint writes the moment and names of its own choice into each file."""

import io

import pikepdf
import pypdfium2


def content(pdf):
    """The attached credential and the text of the page."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        attached = document.attachments["credential.json"].get_file().read_bytes()
    page = pypdfium2.PdfDocument(pdf)[0]
    return attached, page.get_textpage().get_text_bounded()
