"""How near the tags come to two readers, on the sample records, which they coded. `--write` keeps the rates for reports."""

import json
import sys
from pathlib import Path

import nearmiss_kit as nk
from nearmiss_kit.tagging.measured import MEASURED

GOLD = Path(__file__).parent.parent / "tests" / "gold" / "sample_codes.jsonl"


def main() -> None:
    """Print precision, recall and F1 by family and code."""
    records, gold = nk.load_records(nk.shipped("sample_records")), nk.load_gold(GOLD)
    lexicon = nk.load_lexicon(nk.shipped("lexicons"))
    scores = nk.score_tags(nk.tag_records(records, lexicon), gold)
    if "--write" in sys.argv:
        overall = scores.iloc[0]
        facts = {
            "lexicon": lexicon.version,
            "records": int(gold["record_id"].nunique()),
            "sentences": len(gold),
            "precision": round(float(overall["precision"]), 3),
            "recall": round(float(overall["recall"]), 3),
        }
        MEASURED.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8", newline="\n")
    print(scores.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
