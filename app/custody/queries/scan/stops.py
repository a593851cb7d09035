"""The STOP of the scan card: quarantined, recalled, on hold or void, and three things to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScanStop:
    """Why a scan ends in STOP: a stable word, one sentence, and what to do, in order."""

    code: str
    sentence: str
    acts: tuple[str, str, str]


def quarantined(what: str, who: str) -> ScanStop:
    """Something nobody has decided about yet. `who` decides."""
    acts = ("Leave it where it is, or put it into quarantine.", f"Ask {who}.", "Scan another one.")
    return ScanStop("quarantined", f"This {what} is in quarantine. Do not use it.", acts)


def recalled(what: str) -> ScanStop:
    """Something that was called back."""
    acts = (
        "Put it into quarantine, away from the patient.",
        "Call the cell laboratory, {telephone}.",
        "Do not use it.",
    )
    return ScanStop("recalled", f"This {what} was recalled. Do not use it.", acts)


def rejected(what: str) -> ScanStop:
    """Something QA decided against."""
    acts = ("Put it where rejected things are kept.", "Ask QA what becomes of it.", "Scan another one.")
    return ScanStop("rejected", f"This {what} was rejected. Do not use it.", acts)


def on_hold(what: str) -> ScanStop:
    """A bag of a lot or course that stands still."""
    acts = ("Put it back into its place.", "Call the cell laboratory, {telephone}.", "QA lifts the hold, nobody else.")
    return ScanStop("on_hold", f"This {what} is on hold. Do not use it.", acts)


def expired(what: str) -> ScanStop:
    """Past its last use."""
    acts = ("Put it aside.", "Call the cell laboratory, {telephone}.", "Scan another one.")
    return ScanStop("expired", f"This {what} has expired. Do not use it.", acts)


def void_band() -> ScanStop:
    """A wristband that was replaced."""
    acts = ("Take it off the patient.", "Ask the patient who they are.", "Put the new wristband on and scan that.")
    return ScanStop("void_label", "This wristband was replaced and is void. Do not use it.", acts)


def void_print(code: str, number: int, applied: list[int]) -> ScanStop:
    """A print that was replaced, spoiled or destroyed."""
    now = f"print {applied[0]:02} is the current one" if applied else "no other print is applied yet"
    acts = (
        "Do not use what carries this label.",
        "Call the cell laboratory, {telephone}.",
        "Have this label destroyed before a witness.",
    )
    return ScanStop("void_label", f"Print {number:02} of label {code} is void: {now}.", acts)
