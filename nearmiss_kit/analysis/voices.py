"""Whose voice is missing: themes that records speak of without a word from the person, the family, or others."""

import pandas as pd

from nearmiss_kit.analysis.themes import select_counted
from nearmiss_kit.tagging.lexicon import Lexicon
from nearmiss_kit.tagging.voice import VOICES

VOICE_COLUMNS = ("family", "code", "name", "service", "voice", "records_voiced", "records_with", "missing")
ALL_SERVICES = ""
_NAMED_VOICES = tuple(voice for voice in VOICES if voice != "other")


def count_voices(records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    """For every theme that was found, at each service and at all, the records in which each voice speaks of it.

    One row is one theme, one service (ALL_SERVICES for all of them) and one voice: `records_voiced` out of the
    `records_with` the theme there; `missing` is True where nobody with this voice speaks of it. Themes in the lexicon's
    order, services in order of name, the person's voice first.
    """
    counted = select_counted(tags)[["record_id", "family", "code", "voice"]].merge(
        records[["record_id", "service"]], on="record_id"
    )
    counted = pd.concat([counted.assign(service=ALL_SERVICES), counted[counted["service"].str.strip() != ""]])
    place = ["family", "code", "service"]
    found = counted.groupby(place)["record_id"].nunique()
    voiced = counted.groupby([*place, "voice"])["record_id"].nunique()
    rows = []
    for code in lexicon.codes:
        services = sorted(found[code.family, code.code].index) if (code.family, code.code) in found.index.droplevel(2) else []
        for service in services:
            records_with = int(found[code.family, code.code, service])
            for voice in _NAMED_VOICES:
                number = int(voiced.get((code.family, code.code, service, voice), 0))
                rows.append((code.family, code.code, code.name, service, voice, number, records_with, number == 0))
    return pd.DataFrame(rows, columns=list(VOICE_COLUMNS))
