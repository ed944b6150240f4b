"""What is put on the desk: files, or text that is a credential, a link, a number, or many lines of links and numbers."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from issuers.forms.fields import AddressField, FilesField
from verification.foreign.envelopes import envelope
from verification.picking import Entry, Listed, read_list
from verification.receipts import File

FILE_MOST = 10 * 1024 * 1024
TEXT_MOST = 1024 * 1024
LINES_MOST = 200
FILES_MOST = 20
# Why there is no result (verification.sandbox), in words, and the HTTP status of that.
NOT_EXAMINED = {
    "too_slow": (
        _("Reading this took longer than any credential does, so it was stopped. Honest software makes none like it."),
        422,
    ),
    "too_big": (
        _("This unpacks to more than any credential is. At most 256 KB of text and 1.5 MB of picture are read."),
        413,
    ),
    "crashed": (_("This could not be read to its end: the file is damaged, or made to break readers."), 422),
    "busy": (_("Many people are checking something just now. Try again in a minute."), 503),
}
FORMATS = _("PDF, PNG, SVG, JSON, a VC-JWT as text, or a photo (JPEG, WebP) of a QR code")


class DeskForm(forms.Form):
    """What to check. After cleaning, exactly one of `content`, `listed` and `several` is set."""

    file = FilesField(
        label=_("Drop certificates or badges here"),
        required=False,
        help_text=format_lazy(
            _("{formats}. Up to 20 files, 10 MB together. A picture from the clipboard works too."), formats=FORMATS
        ),
        accept=".pdf,.png,.jpg,.jpeg,.webp,.svg,.json,.jsonld,.jwt,.txt,application/json",
    )
    q = forms.CharField(
        label=_("Or paste a link, a number, or many of them"),
        required=False,
        max_length=TEXT_MOST,
        strip=True,
        help_text=_(
            "One a line, up to 200. A credential’s own text works too, and so does a whole CV: we pick out the links."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "class": "mono", "autocomplete": "off", "spellcheck": "false"}),
    )
    address = AddressField(
        label=_("Email address of the person"),
        required=False,
        help_text=_("To check that it was issued to them. It is compared here and not kept."),
    )

    content: bytes | None = None
    listed: Listed | None = None
    several: tuple[File, ...] = ()

    def clean_file(self) -> list[UploadedFile]:
        """Not more files than are looked at while somebody waits, and not more bytes."""
        files: list[UploadedFile] = self.cleaned_data["file"]
        if len(files) > FILES_MOST:
            raise forms.ValidationError(
                _("You chose %(count)s files; %(most)s at once can be checked. Hand in the rest afterwards.")
                % {"count": len(files), "most": FILES_MOST}
            )
        if len(files) == 1 and not files[0].size:
            raise forms.ValidationError(_("The file is empty: it has 0 bytes. It may not have been copied to its end."))
        size = sum(file.size or 0 for file in files)
        if size > FILE_MOST:
            said = ngettext(
                "The file has %(size)s MB; at most 10 MB are read.",
                "The files have %(size)s MB together; at most 10 MB are read at once.",
                len(files),
            )
            raise forms.ValidationError(said % {"size": round(size / 1024 / 1024, 1)}, code="too_large")
        return files

    def clean(self) -> None:
        """Decide what it is."""
        files, text = self.cleaned_data.get("file"), self.cleaned_data.get("q", "")
        if self.errors:
            return
        if bool(files) == bool(text):
            both = _("There is a file and a text: check one of them, then the other.")
            self.add_error(None if files else "q", both if files else _("Choose a file, or paste a link or number."))
        elif files and len(files) > 1:
            self.several = tuple(File(file.name or "", file.read()) for file in files)
        else:
            self._take(files[0] if files else None, text)
        if self.cleaned_data.get("address") and (self.several or (self.listed and not self.single)):
            self.add_error("address", _("An address belongs to one person: check one credential with it at a time."))

    def _take(self, file: UploadedFile | None, text: str) -> None:
        """One document, or links and numbers."""
        content = file.read() if file else text.encode()
        kind = envelope(content)
        if kind:
            self.content = content
        elif file:
            self._list_in(file, content)
        else:
            self._take_list(text, "q")

    def _list_in(self, file: UploadedFile, content: bytes) -> None:
        """A text file of links counts as a pasted list."""
        try:
            text = content.decode() if len(content) <= TEXT_MOST and not content.lstrip().startswith(b"<") else ""
        except UnicodeDecodeError:
            text = ""
        if "\x00" in text or not read_list(text).entries:
            hint = self._hint(content)
            self.add_error("file", forms.ValidationError([self._refused(), *hint], code="wrong_type"))
        else:
            self._take_list(text, "file")

    def _refused(self) -> forms.ValidationError:
        return forms.ValidationError(
            _("This kind of file cannot hold a credential. These can: %(formats)s.") % {"formats": FORMATS},
            code="wrong_type",
        )

    def _hint(self, content: bytes) -> list[forms.ValidationError]:
        if content[4:8] == b"ftyp":
            return [
                forms.ValidationError(_("This looks like a HEIC photo. Send it as JPEG: sharing it by mail does that."))
            ]
        return []

    def _take_list(self, text: str, name: str) -> None:
        listed = read_list(text)
        count = len(listed.entries)
        if not count:
            self.add_error(
                name,
                _("No link and no number of a credential is in this. A number has 22 letters and digits."),
            )
        elif count > LINES_MOST:
            said = ngettext("%(count)s link", "%(count)s different links and numbers", count) % {"count": count}
            self.add_error(
                name,
                _("That are %(said)s; %(most)s at once can be checked. Send the rest as a second list.")
                % {"said": said, "most": LINES_MOST},
            )
        else:
            self.listed = listed

    @property
    def single(self) -> Entry | None:
        """The one link or number, where nothing else was given."""
        entries = self.listed.entries if self.listed else ()
        return entries[0] if len(entries) == 1 and not (self.listed and self.listed.left_out) else None

    @property
    def source(self) -> str:
        """What the reader calls it: the name of the file, or the link."""
        files = self.cleaned_data.get("file")
        return (files[0].name or "")[:120] if files else (self.single.given[:300] if self.single else "")

    def refuse(self, code: str) -> int:
        """Say why it could not be examined; the HTTP status of that."""
        said, status = NOT_EXAMINED[code]
        self.add_error("file" if self.cleaned_data.get("file") else "q", said)
        return status

    @property
    def status(self) -> int:
        """The HTTP status of what is wrong."""
        codes = {error.code for errors in self.errors.as_data().values() for error in errors}
        if codes & {"too_large", "max_length"}:
            return 413
        return 415 if "wrong_type" in codes else 422
