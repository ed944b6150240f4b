"""Cut the bundled fonts out of npm packages: `python scripts/cut_fonts.py FOLDER_OF_PACKED_TGZ`.

Kept: what names need (kerning, ligatures, marks, figures). Written as TrueType, because decoding woff2 costs a worker up to
2.4 s for one Japanese face. Sources and cuts are listed in badges/rendering/fonts/README.md.
"""

import io
import sys
import tarfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parents[1] / "badges" / "rendering" / "fonts"


def encodable(codec, *rows):
    """Characters of a two-byte character set, from the given lead bytes."""
    found = set()
    for lead in rows:
        for trail in range(0x40, 0x100):
            try:
                found.add(ord(bytes([lead, trail]).decode(codec)))
            except (UnicodeDecodeError, TypeError):
                continue
    return found


KANA = {*range(0x3000, 0x3100), *range(0xFF01, 0xFF61), 0x2010, 0x2014, 0x2015, 0x2026}
LATIN = {
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),
    *range(0x1E00, 0x1F00),
    *range(0x2010, 0x2028),
    0x20AC,
    0x2116,
    0x2122,
}
GREEK_CYRILLIC = {*range(0x370, 0x530), *range(0x1F00, 0x2000), *range(0x300, 0x370), *range(0x1C80, 0x1C90)}
# Every face has the space: Pango sets the one between two words in the face of the word before it, or prints a box.
SPACES = {0x20, 0xA0}
CUTS = {
    "noto-serif-500": ("noto-serif", "NotoSerif_500Medium", LATIN | GREEK_CYRILLIC),
    "noto-sans-500": ("noto-sans", "NotoSans_500Medium", LATIN | GREEK_CYRILLIC),
    "noto-sans-hebrew-500": ("noto-sans-hebrew", "NotoSansHebrew_500Medium", None),
    "noto-serif-hebrew-500": ("noto-serif-hebrew", "NotoSerifHebrew_500Medium", None),
    "noto-sans-thai-500": ("noto-sans-thai", "NotoSansThai_500Medium", None),
    # JIS X 0208 with its kana: every name of the everyday and the names list.
    "noto-sans-jp-500": ("noto-sans-jp", "NotoSansJP_500Medium", encodable("shift_jis", *range(0x81, 0xF0)) | KANA),
    # GB 2312, levels 1 and 2.
    "noto-sans-sc-500": ("noto-sans-sc", "NotoSansSC_500Medium", encodable("gb2312", *range(0xA1, 0xF8)) | KANA),
    # Big5 level 1, the 5,401 common ones.
    "noto-sans-tc-500": ("noto-sans-tc", "NotoSansTC_500Medium", encodable("big5", *range(0xA1, 0xC7)) | KANA),
    # Every modern Hangul syllable.
    "noto-sans-kr-500": ("noto-sans-kr", "NotoSansKR_500Medium", {*range(0xAC00, 0xD7A4), *range(0x3130, 0x3190)}),
    "noto-emoji-500": ("noto-emoji", "NotoEmoji_500Medium", None),
}


def options():
    chosen = subset.Options()
    chosen.layout_features = []
    chosen.layout_features += [
        "kern",
        "liga",
        "clig",
        "ccmp",
        "locl",
        "mark",
        "mkmk",
        "rlig",
        "calt",
        "init",
        "medi",
        "fina",
    ]
    chosen.hinting = False
    chosen.notdef_outline = True
    chosen.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    chosen.drop_tables += ["DSIG", "vhea", "vmtx", "VORG", "BASE", "MVAR", "STAT"]
    return chosen


def cut(packages, name, package, file_name, codes):
    archive = next(packages.glob(f"*google-fonts-{package}-[0-9]*.tgz"))
    with tarfile.open(archive) as tar:
        member = next(m for m in tar.getmembers() if m.name.endswith(f"/{file_name}.ttf"))
        font = TTFont(io.BytesIO(tar.extractfile(member).read()))
    cutter = subset.Subsetter(options())
    cutter.populate(unicodes=SPACES | (codes if codes is not None else set(font.getBestCmap())))
    cutter.subset(font)
    font.save(TARGET / f"{name}.ttf")
    print(f"{name}: {len(font.getBestCmap()):,} characters, {(TARGET / f'{name}.ttf').stat().st_size:,} bytes")


def main():
    packages = Path(sys.argv[1])
    TARGET.mkdir(exist_ok=True)
    for name, (package, file_name, codes) in CUTS.items():
        cut(packages, name, package, file_name, codes)


if __name__ == "__main__":
    main()
