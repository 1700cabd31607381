"""Which terms may stand in a sentence, seen from its words and pairs of neighbours for all terms at once, a bit for each."""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from itertools import chain, pairwise
from operator import or_

from nearmiss_kit.tagging.patterns import WordPattern, Words

Key = int | tuple[int, int]  # a word, or two in a row
Keys = frozenset[Key]  # a list of keys, of which one at least stands wherever a term does
_RARE_WORDS = 2  # lists of words that are looked at for all terms at once, beside one list with pairs


class Sieve:
    """Terms, each by the patterns of its parts, and lists of keys that it needs; `expect` is how often a key is expected.

    A word's row of bits has a stretch for each of the rarest lists: a term's bit is set where the word is in its list there, or
    where it has no such list. The rows of a sentence's words laid over each other show every term at once. What passes is held
    against the term's other lists.
    """

    def __init__(self, terms: Sequence[tuple[WordPattern, ...]], words: int, expect: Callable[[Key], float]) -> None:
        self._size, self._expect = len(terms), expect
        self._bits = [0] * (words + 1)  # by number of the word
        self._pair_bits: dict[Key, int] = {}
        self._lacking = 0  # bits of terms that lack a list
        self._others = [self._add_term(number, parts) for number, parts in enumerate(terms)]
        same: dict[int, int] = {}
        self._pair_bits = {pair: same.setdefault(bits, bits) for pair, bits in self._pair_bits.items()}
        self._all = (1 << self._size) - 1

    def list_possible(self, words: Words) -> list[int]:
        """The numbers of the terms that may stand among the words of a sentence."""
        bits = reduce(or_, map(self._bits.__getitem__, words), self._lacking)
        pairs = reduce(or_, filter(None, map(self._pair_bits.get, pairwise(words))), bits >> _RARE_WORDS * self._size)
        passed = bits & (bits >> self._size) & pairs & self._all
        if not passed:
            return []
        lacks = {*words, *pairwise(words)}.isdisjoint
        return [number for number in _list_bits(passed) if not any(map(lacks, self._others[number]))]

    def _add_term(self, number: int, parts: tuple[WordPattern, ...]) -> list[Keys]:
        """Set the bits of a term; its other lists are left over."""
        needed = [runs for part in parts for runs in part.list_needed()]
        pairs = [frozenset(runs) for part in parts for runs in part.list_needed_pairs()]
        words = self._sort({frozenset(map(self._choose_word, runs)) for runs in needed})
        mixed = self._sort({*(frozenset(map(self._choose_key, runs)) for runs in needed), *pairs}.difference(words))
        stretches = [*(words[place : place + 1] for place in range(_RARE_WORDS)), mixed[:1]]
        for place, lists in enumerate(stretches):
            bit = 1 << (place * self._size + number)
            if not lists:
                self._lacking |= bit
            for key in chain.from_iterable(lists):
                if isinstance(key, int):
                    self._bits[key] |= bit
                else:
                    self._pair_bits[key] = self._pair_bits.get(key, 0) | 1 << number
        return [*words[_RARE_WORDS:], *mixed[1:]]

    def _choose_key(self, words: Words) -> Key:
        """The word or pair of neighbours in a run of words that is expected least."""
        return min(chain(words, pairwise(words)), key=self._expect) if len(words) > 1 else words[0]

    def _choose_word(self, words: Words) -> int:
        return min(words, key=self._expect)

    def _sort(self, lists: set[Keys]) -> list[Keys]:
        return sorted(lists, key=lambda keys: (sum(map(self._expect, keys)), sorted(map(str, keys))))


def _list_bits(bits: int) -> Iterator[int]:
    while bits:
        highest = bits.bit_length() - 1
        yield highest
        bits ^= 1 << highest
