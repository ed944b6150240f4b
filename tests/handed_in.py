"""Work as learners hand it in, and files good and bad."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image

from issuers.tenancy import across_issuers
from recipients import submitting
from recipients.models import Submission

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def docx(main=WORD, extra=None, **options):
    """The least that word processors call a document."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        types = f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("word/document.xml", "<w:document/>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return made.getvalue()


def odt():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<office/>")
    return made.getvalue()


def pdf(**root):
    document = pikepdf.new()
    document.add_blank_page()
    for key, value in root.items():
        document.Root[f"/{key}"] = value
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def acting_pdf():
    """A script that runs when it is opened, one behind a link, and a program inside."""
    document = pikepdf.new()
    page = document.add_blank_page()
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('Canary')")
    document.Root.OpenAction = script
    note = {"Type": pikepdf.Name.Annot, "Subtype": pikepdf.Name.Link, "Rect": [0, 0, 9, 9]}
    acting = [pikepdf.Dictionary(**note, A=script)]
    acting.append(pikepdf.Dictionary(**note, A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="javascript:Canary")))
    acting.append(pikepdf.Dictionary(**note, A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="Canary.exe")))
    page.obj.Annots = document.make_indirect(pikepdf.Array(acting))
    document.attachments["Canary.exe"] = b"MZ Canary"
    made = io.BytesIO()
    document.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return made.getvalue()


def bombed_pdf():
    document = pikepdf.new()
    page = document.add_blank_page()
    packed = zlib.compress(b"\0" * 200_000_000, 9)
    page.obj.Contents = pikepdf.Stream(document, packed, Filter=pikepdf.Name.FlateDecode)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def locked_pdf():
    document = pikepdf.new()
    document.add_blank_page()
    made = io.BytesIO()
    document.save(made, encryption=pikepdf.Encryption(owner="a", user="b"))
    return made.getvalue()


def png(size=(120, 90), colour="teal"):
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "PNG")
    return made.getvalue()


def lying_docx():
    """A part whose list says 40 bytes and which unpacks to a megabyte."""
    honest = docx(extra={"word/media.bin": b"\0" * 1_000_000})
    size = struct.pack("<I", 1_000_000)
    return honest.replace(size, struct.pack("<I", 40))


def begin(version, user, **told):
    """A draft."""
    with across_issuers("a test"):
        told = {"name": "Amal Student", "route": "A recorded lesson", **told}
        return submitting.start(version.achievement, user, **told)


def handed_in(version, user, **told):
    """Work with one public link and one private text, handed in."""
    draft = begin(version, user, **told)
    with across_issuers("a test"):
        submitting.add(draft, "link", name="The lesson", url="https://example.org/lesson", public=True)
        submitting.add(draft, "text", name="What came of it", text="Secret thoughts.", public=False)
        submitting.submit(draft)
        return Submission.objects.listed().get(pk=draft.pk)


def seen(work):
    with across_issuers("a test looks"):
        return Submission.objects.listed().select_related("credential", "user").get(pk=work.pk)
