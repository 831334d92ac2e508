"""Folding and table files, shared by the parts of the generator."""

import re
import unicodedata

# Letters that have no decomposition; the same as in NameFolding.cs, which the tests hold this against.
_LETTERS = str.maketrans({
    "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "đ": "d", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i",
    "ə": "a",
})
_APOSTROPHES = "'’‘ʼ`ʻ"


def fold(name):
    """The folded form of NameFolding.cs: lower case, no diacritics, no possessives, no leading article."""
    text = re.sub(rf"(?<=.)[{_APOSTROPHES}][sS](?!\w)", "", name)
    text = re.sub(rf"[{_APOSTROPHES}.]", "", text)
    text = unicodedata.normalize("NFKD", text.lower()).translate(_LETTERS)
    text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    text = " ".join(re.findall(r"[^\W_]+", text))
    return text.removeprefix("the ")


def slug(name):
    """The id that a name gives; only ASCII letters and digits are kept, so that ids stay plain in a URL."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")


def read_table(path):
    """Rows of a tab-separated file as dictionaries; the first line that is no comment names the columns."""
    columns = None
    rows = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            cells = line.split("\t")
            if columns is None:
                columns = cells
                continue
            if len(cells) > len(columns):
                raise ValueError(f"{path.name}: more cells than columns: {line}")
            rows.append(dict(zip(columns, cells + [""] * (len(columns) - len(cells)))))
    return rows


def split(cell):
    return [part for part in cell.split("|") if part]


def write_table(path, columns, rows, note):
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        out.write(f"# {note}\n")
        out.write("\t".join(columns) + "\n")
        for row in rows:
            cells = [str(row.get(column, "") or "") for column in columns]
            if any("\t" in cell or "\n" in cell for cell in cells):
                raise ValueError(f"a cell breaks the line: {cells}")
            out.write("\t".join(cells).rstrip("\t") + "\n")


def distinct(names, taken=()):
    """The names in their order without those that fold to an earlier one or to one of the taken."""
    seen = {fold(name) for name in taken} | {""}
    kept = []
    for name in names:
        folded = fold(name)
        if folded not in seen:
            seen.add(folded)
            kept.append(name)
    return kept


def read_countries(data, here):
    """Country facts: the 2012 list brought up to date by countries.tsv. Keyed by ISO code."""
    facts = {row["iso"]: row for row in read_table(here / "countries.tsv")}
    countries = {}
    with open(data / "gazetteer" / "countryInfo_2012.txt", encoding="utf-8") as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            # Serbia and Montenegro, and the Netherlands Antilles, were gone already in 2012.
            if line.startswith("#") or len(cells) < 17 or cells[0] in ("CS", "AN"):
                continue
            fact = facts.pop(cells[0], {})
            name = fact.get("name") or cells[4]
            capital = fact.get("capital", "")
            countries[cells[0]] = {
                "iso": cells[0], "iso3": cells[1], "name": name, "id": slug(name),
                "population": int(cells[7] or 0), "geonames": cells[16].strip(),
                "adjectives": split(fact.get("adjectives", "")),
                "aliases": distinct(split(fact.get("aliases", "")) + [cells[4]], [name]),
                "capitals": [] if capital == "-" else split(capital) or [cells[5].strip()],
            }
    if facts:
        raise ValueError(f"countries.tsv: unknown codes {sorted(facts)}")
    return countries
