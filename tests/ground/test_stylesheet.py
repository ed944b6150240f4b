"""The style sheet that browsers get: one file, with every part, in the order of the layers."""

import os
import re

from django.contrib.staticfiles.finders import find
from django.core.management import call_command

from credentials_site import stylesheet


def test_sheet_is_found_whole():
    served = open(find("css/laurel.css"), encoding="utf-8").read()

    assert "@import" not in served
    for part in stylesheet.parts()[1:]:
        assert re.sub(r'url\("\.\.?/.*?"\)', "", part.read_text())[-200:] in re.sub(r'url\("\.\.?/.*?"\)', "", served)


def test_every_file_of_styles_is_in_the_sheet():
    written = set(stylesheet.SOURCE.parent.rglob("*.css"))

    # The front page links the sample institutions' colours itself.
    assert {file.name for file in written - set(stylesheet.parts())} == {"sample-brands.css"}


def test_part_imports_nothing_itself():
    assert [part.name for part in stylesheet.parts()[1:] if "@import" in part.read_text()] == []


def test_addresses_still_lead_to_their_files(tmp_path):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.css").write_text('a { b: url("../img/x.svg"); c: url("data:,y"); }')
    (tmp_path / "all.css").write_text('@layer x;\n@import url("pages/a.css");\nlast')

    assert stylesheet.whole(tmp_path / "all.css") == (
        '@layer x;\na { b: url("pages/../img/x.svg"); c: url("data:,y"); }\nlast'
    )


def test_edit_is_seen_and_a_lost_folder_made_again(tmp_path, monkeypatch):
    (tmp_path / "a.css").write_text("one")
    (tmp_path / "all.css").write_text('@import url("a.css");')
    monkeypatch.setattr(stylesheet.parts, "__defaults__", (tmp_path / "all.css",))
    monkeypatch.setattr(stylesheet.whole, "__defaults__", (tmp_path / "all.css",))
    finder = stylesheet.StylesheetFinder()
    first = finder.find("css/laurel.css")
    assert open(first).read() == "one"

    (tmp_path / "a.css").write_text("two")
    os.utime(tmp_path / "a.css", (4e9, 4e9))
    assert open(finder.find("css/laurel.css")).read() == "two"

    os.unlink(first)
    assert open(finder.find("css/laurel.css")).read() == "two"


def test_collected_sheet_leads_to_hashed_fonts(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    (sheet,) = tmp_path.glob("css/laurel.*.css")
    fonts = re.findall(r'url\("?([^")]+woff2)"?\)', sheet.read_text())
    assert "@import" not in sheet.read_text()
    assert fonts
    assert all((sheet.parent / font).exists() and re.search(r"\.[0-9a-f]{12}\.woff2$", font) for font in fonts)
