"""The zoo in the texts that its page shows, made off the interface thread."""

from __future__ import annotations

from maistudio.challenges.challenge import Challenge, Entry, Standing
from maistudio.challenges.columns import COLUMNS
from maistudio.gui.panels.facts import Fact, Group
from maistudio.gui.zoo.cards import Card, Gallery, Network, Shelf
from maistudio.jobs.zoo import STATUS_TEXT, TOLERANCE, Zoo, ZooRow, ZooShelf, off_text
from maistudio.tflite.text import amount_text, bytes_text, count_text
from maistudio.zoo.rows import BASIS_TEXT, Basis, Status

ABSENT = "–"
BASIS_WORD = {Basis.FACT: "fact", Basis.TEXT: "report's text", Basis.INFERENCE: "reconstruction"}
UNMEASURED = "not measured yet"
_EMPTY = ("", "-")
_LABELS = {"size_kb": "Size, KB", "size_mb": "Size, MB", "mos": "Opinion score", "psnr": "PSNR, dB"}


def read_gallery(zoo: Zoo, missing: str, command: str) -> Gallery:
    """The zoo in texts."""
    return Gallery(tuple(_shelf(shelf) for shelf in zoo.shelves), missing, command)


def short_title(challenge: Challenge) -> str:
    """A challenge in a few words: "Quantized SR 2021"."""
    task = challenge.task.removeprefix("image ").replace("super-resolution", "SR")
    return f"{task[:1].upper()}{task[1:]} {challenge.year}"


def _shelf(shelf: ZooShelf) -> Shelf:
    challenge = shelf.challenge
    cards = tuple(_card(challenge, row) for row in shelf.rows)
    return Shelf(challenge.id, short_title(challenge), challenge.title, cards)


def _card(challenge: Challenge, zoo_row: ZooRow) -> Card:
    row, built = zoo_row.row, zoo_row.built
    bars = built.drawing if built else ()
    place, place_tip = _place(zoo_row)
    words = "" if bars else UNMEASURED if row.status is Status.BUILT else _sentence(STATUS_TEXT[row.status])
    network = None
    if row.status is Status.BUILT:
        _, height, width, _ = challenge.model.input
        network = Network(row.name, row.form, height, width, row.multiple, row.fitting(1))
    basis = f"{BASIS_WORD[row.basis]} ({row.basis.value})" if row.basis else ""
    return Card(
        team=row.team,
        name=row.name,
        place=place,
        place_tip=place_tip,
        basis=basis,
        words=words,
        unbuilt="" if network else _sentence(STATUS_TEXT[row.status]),
        bars=bars,
        numbers=_numbers(challenge, zoo_row),
        groups=_groups(challenge, zoo_row),
        network=network,
        searched=f"{row.team} {row.name} {row.architecture} {basis} {words}".casefold(),
    )


def _place(zoo_row: ZooRow) -> tuple[str, str]:
    """Its place in the ranking, short and in words."""
    row = zoo_row.row
    if row.entry is None:
        return "not in the table", "described in the report, but not in its table"
    if row.entry.standing is Standing.BASELINE:
        return "baseline", "baseline"
    if row.place is None:
        return ABSENT, "outside the ranking"
    return ordinal(row.place), f"{ordinal(row.place)} in the ranking"


def ordinal(number: int) -> str:
    """ "1st", "2nd", "11th"."""
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"


def _numbers(challenge: Challenge, zoo_row: ZooRow) -> tuple[tuple[str, str], ...]:
    entry = zoo_row.row.entry
    unit = challenge.runtime_unit.split()[0]
    built = bytes_text(zoo_row.built.size_bytes) if zoo_row.built else ABSENT
    return (
        ("Reported", reported_size(entry)),
        ("Built", built),
        ("PSNR", _cell(entry, "psnr")),
        (f"{challenge.device.accelerator}, {unit}", _cell(entry, "accelerator_ms")),
    )


def reported_size(entry: Entry | None) -> str:
    """The size as the report prints it, with its unit."""
    if entry is not None and entry.text("size_mb"):
        return _cell(entry, "size_mb", "MB")
    return _cell(entry, "size_kb", "KB")


def _cell(entry: Entry | None, column: str, unit: str = "") -> str:
    """A cell as printed, its number with the unit."""
    if entry is None or entry.text(column) in _EMPTY:
        return ABSENT
    return f"{entry.text(column)} {unit}" if unit and entry.value(column) is not None else entry.text(column)


def _groups(challenge: Challenge, zoo_row: ZooRow) -> tuple[Group, ...]:
    made = (
        ("What it is", _what(zoo_row)),
        ("Built beside reported", _sizes(zoo_row)),
        ("Reported", _reported(challenge, zoo_row)),
    )
    return tuple(Group(title, facts) for title, facts in made if facts)


def _what(zoo_row: ZooRow) -> tuple[Fact, ...]:
    row = zoo_row.row
    if row.basis is None:
        told = (("Network", STATUS_TEXT[row.status]), ("Source", row.source))
        return tuple(Fact(label, _sentence(text), wrap=True) for label, text in told if text)
    return (
        Fact("Network", _sentence(row.architecture), wrap=True),
        Fact("Basis", f"{row.basis.value}: {BASIS_TEXT[row.basis]}", wrap=True),
        Fact("Source", _sentence(row.source), wrap=True),
    )


def _sizes(zoo_row: ZooRow) -> tuple[Fact, ...]:
    row, built = zoo_row.row, zoo_row.built
    if row.basis is None:
        return ()
    if built is None:
        return (Fact("Built size", UNMEASURED, aside=True), Fact("Reported size", reported_size(row.entry)))
    facts = [
        Fact("Built size", f"{bytes_text(built.size_bytes)} as {built.form}"),
        Fact("Reported size", reported_size(row.entry)),
        Fact("Off by", off_text(zoo_row).removesuffix(" *"), tip="The built file's size against the reported one"),
    ]
    if row.misses:
        facts.append(Fact("Why", _sentence(row.misses), wrap=True))
    elif zoo_row.off is not None and abs(zoo_row.off) > TOLERANCE:
        facts.append(Fact("Why", "not known", aside=True))
    facts += [
        Fact("Trained parameters", count_text(built.parameters), tip="A file may hold fixed ones too"),
        Fact("MACs", amount_text(built.macs), tip="Multiply-accumulates of one run at the challenge's input size"),
        Fact("Ops", count_text(built.ops)),
    ]
    return tuple(facts)


def _reported(challenge: Challenge, zoo_row: ZooRow) -> tuple[Fact, ...]:
    """Every cell of the report's tables; the same column of another table only where the first lacks it."""
    found: dict[str, str] = {}
    for entry in (zoo_row.row.entry, *zoo_row.also):
        for column, cell in entry.cells.items() if entry else ():
            if cell.text not in _EMPTY and column != "team" and COLUMNS[column].kind != "note":
                found.setdefault(column, cell.text)
    entry = zoo_row.row.entry
    facts = [Fact("Place", _place(zoo_row)[1])] if entry is not None else []
    facts += [
        Fact(_label(challenge, column), text, wrap=COLUMNS[column].kind == "words") for column, text in found.items()
    ]
    if entry is not None and entry.note:
        facts.append(Fact("Note", _sentence(entry.note), wrap=True))
    return tuple(facts)


def _label(challenge: Challenge, column: str) -> str:
    if column in ("cpu_ms", "accelerator_ms"):
        return f"{challenge.runtime_name(column)}, {challenge.runtime_unit}"
    return _LABELS.get(column, COLUMNS[column].heading)


def _sentence(text: str) -> str:
    """With a capital, unless it begins with a name such as "xlsr.py"."""
    return text[:1].upper() + text[1:] if text.partition(" ")[0].rstrip(",:;").isalpha() else text
