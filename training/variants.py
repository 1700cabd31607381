"""Variants of the bank's sentences that no reader coded, for the larger encoder to speak about and the small one to learn from.

Words are swapped for near ones, and halves of two sentences joined: augmentation for distillation after Jiao et al. (2020),
with the base encoder's own word vectors. They need not be good English, nor mean what their sentence meant: they are coded
by what the teachers say of them, not by the code of the sentence they come from.
"""

import re
from collections import Counter

import numpy as np
from encoder_training import BASE
from retrain import SEED
from safetensors.numpy import load_file

SWAPPED, JOINED = 2, 1  # variants of each kind for each sentence
SWAP_SHARE = 0.3  # of the words that have near ones
NEAREST, LEAST_ALIKE = 12, 0.35  # how many near words, and how near
LEAST_OFTEN, KEPT_COMMON = 3, 60  # a word is swapped for one the bank has so often; the commonest are never swapped
_LONGEST, _SHORTEST_HALF = 400, 12  # letters
_WORD = re.compile(r"[A-Za-z]+")
_CUT = re.compile(r"(?<=[,;:]) | (?=(?:and|but|because|so|when|after|until|while|which|who|that) )")


def write_variants(sentences: list[str]) -> list[str]:
    """Sentences with words swapped, and halves of two joined; none of them one of `sentences`, and none twice."""
    chance, near = np.random.default_rng(SEED), find_near_words(sentences)
    halves = [half for sentence in sentences if (half := _cut(sentence, chance))]
    swapped = [_swap(sentence, near, chance) for sentence in sentences for _ in range(SWAPPED)]
    pairs = chance.integers(len(halves), size=(JOINED * len(sentences), 2))
    joined = [f"{halves[first][0]} {halves[second][1]}" for first, second in pairs]
    joined = [_swap(sentence, near, chance) if chance.random() < 0.5 else sentence for sentence in joined]
    known = set(sentences)
    return [variant for variant in dict.fromkeys(swapped + joined) if variant not in known and len(variant) < _LONGEST]


def find_near_words(sentences: list[str]) -> dict[str, list[str]]:
    """For each whole word of the bank that the base encoder knows, the words whose vectors point its way."""
    often = Counter(word.lower() for sentence in sentences for word in _WORD.findall(sentence))
    common = {word for word, _ in often.most_common(KEPT_COMMON)}
    pieces = {piece: row for row, piece in enumerate((BASE / "vocab.txt").read_text(encoding="utf-8").splitlines())}
    words = [word for word, times in often.items() if times >= LEAST_OFTEN and len(word) > 2 and word in pieces]
    weights = load_file(BASE / "model.safetensors")
    (vectors,) = (table for name, table in weights.items() if name.endswith("word_embeddings.weight"))
    vectors = vectors[[pieces[word] for word in words]]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -1)
    near = {}
    for word, row in zip(words, alike, strict=True):
        if word not in common:
            near[word] = [words[place] for place in np.argsort(-row)[:NEAREST] if row[place] > LEAST_ALIKE]
    return {word: others for word, others in near.items() if others}


def _swap(sentence: str, near: dict[str, list[str]], chance: np.random.Generator) -> str:
    def choose(found: re.Match) -> str:
        word = found.group()
        others = near.get(word.lower())
        if not others or chance.random() > SWAP_SHARE:
            return word
        other = others[chance.integers(len(others))]
        return other.capitalize() if word.istitle() else other

    return _WORD.sub(choose, sentence)


def _cut(sentence: str, chance: np.random.Generator) -> tuple[str, str] | None:
    places = [cut.start() for cut in _CUT.finditer(sentence)]
    places = [place for place in places if _SHORTEST_HALF < place < len(sentence) - _SHORTEST_HALF]
    if not places:
        return None
    place = places[chance.integers(len(places))]
    return sentence[:place].rstrip(), sentence[place:].lstrip()
