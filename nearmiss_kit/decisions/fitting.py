"""How one code is corrected by decisions: a small logistic regression that starts from what the shipped layer says.

The shipped log odds are the offset, and each weight is drawn to 0 by a ridge (le Cessie and van Houwelingen 1992): the
likeliest weights where the shipped layer is what one expects beforehand, so that few decisions change little.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import expit

from nearmiss_kit.tagging.local import LearnedCode
from nearmiss_kit.tagging.word_weights import list_whole_words, read_words, soften_length

LEAST_DECISIONS = 20  # about a code, before it may be corrected
LEAST_PEOPLE = 3  # for a code, and for every word: what stands with fewer could be one person's own words
MOST_FOLDS = 5  # with more people than this, people are left out in so many groups
SPREAD = 0.25  # log odds by which a weight is expected to differ from the shipped one: as those of words differ among themselves
_DIGITS = 4  # weights are kept to so many places: processors differ in the last ones


@dataclass(frozen=True)
class Example:
    """A sentence somebody read for a code: whose record, its words, the shipped log odds, whether it holds, whether decided.

    `decided` is False where the reader left it unmarked in a record that was read for the code.
    """

    person: str
    sentence: str
    odds: float
    holds: bool
    decided: bool


def learn_code(code: str, examples: Sequence[Example], vocabulary: Collection[str]) -> LearnedCode:
    """What can be learned of one code. Words outside `vocabulary` (that of the shipped layer) never get a weight."""
    decided = [example for example in examples if example.decided]
    people = len({example.person for example in decided})
    counts = (len(decided), people, len(examples) - len(decided))
    if why := _say_lacking(decided, people):
        return LearnedCode(code, *counts, None, None, why, 0.0, {})
    words = choose_words(decided, vocabulary)
    features, odds, holds = _lay_out(examples, words), *_list_outcomes(examples)
    shipped, corrected = _compare_on_left_out(features, odds, holds, _split_people(examples))
    if not is_surely_less(corrected - shipped, [example.person for example in examples]):
        why, weights = "for people left out while learning it was not surely better", np.zeros(len(words) + 1)
    else:
        weights = np.round(fit_weights(features, odds, holds), _DIGITS)
    learned = {word: float(weight) for word, weight in zip(words, weights[1:], strict=True) if weight}
    return LearnedCode(code, *counts, float(shipped.mean()), float(corrected.mean()), why, float(weights[0]), learned)


def _say_lacking(decided: Sequence[Example], people: int) -> str:
    if len(decided) < LEAST_DECISIONS:
        return f"at least {LEAST_DECISIONS} decisions are needed"
    if people < LEAST_PEOPLE:
        return f"decisions about at least {LEAST_PEOPLE} people are needed"
    if len({example.holds for example in decided}) < 2:
        return "decisions of both kinds are needed, that it holds and that it does not"
    return ""


def choose_words(decided: Sequence[Example], vocabulary: Collection[str]) -> list[str]:
    """The words that may get a weight: in the vocabulary, and in decided sentences of at least LEAST_PEOPLE people."""
    people: dict[str, set[str]] = {}
    for example in decided:
        for word in list_whole_words(read_words(example.sentence)):
            people.setdefault(word, set()).add(example.person)
    return sorted(word for word, whose in people.items() if len(whose) >= LEAST_PEOPLE and word in vocabulary)


def fit_weights(features: csr_array, odds: np.ndarray, holds: np.ndarray) -> np.ndarray:
    """The weights of shape (features,) that make the decisions likeliest, beside the shipped `odds` and the ridge."""

    def cost(weights: np.ndarray) -> tuple[float, np.ndarray]:
        found = odds + features @ weights
        missed = expit(found) - holds
        drawn = weights / SPREAD**2
        return _log_loss(found, holds).sum() + weights @ drawn / 2, features.T @ missed + drawn

    return minimize(cost, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B").x


def _log_loss(odds: np.ndarray, holds: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, odds) - holds * odds


def _compare_on_left_out(
    features: csr_array, odds: np.ndarray, holds: np.ndarray, folds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The log loss of each example, as shipped and corrected by weights that were learned without its person."""
    corrected = odds.copy()
    for fold in np.unique(folds):
        left_out = folds == fold
        corrected[left_out] += features[left_out] @ fit_weights(features[~left_out], odds[~left_out], holds[~left_out])
    return _log_loss(odds, holds), _log_loss(corrected, holds)


def is_surely_less(change: np.ndarray, people: Sequence[str]) -> bool:
    """Whether the sum of a change is below 0 by more than its standard error (Breiman et al. 1984), people being what varies."""
    _, whose = np.unique(people, return_inverse=True)
    by_person = np.bincount(whose, weights=change)
    return bool(by_person.sum() < -np.sqrt(len(by_person)) * by_person.std(ddof=1))


def _split_people(examples: Sequence[Example]) -> np.ndarray:
    """For each example the number of its fold; all of a person's are in one."""
    people = sorted({example.person for example in examples})
    fold = {person: place % (len(people) if len(people) <= MOST_FOLDS else MOST_FOLDS) for place, person in enumerate(people)}
    return np.array([fold[example.person] for example in examples])


def _lay_out(examples: Sequence[Example], words: Sequence[str]) -> csr_array:
    """Shape (examples, 1 + words): 1, and for each word that stands in the sentence how much any word weighs in it."""
    columns, starts, cells, values = {word: place for place, word in enumerate(words, 1)}, [0], [], []
    for example in examples:
        read = read_words(example.sentence)
        found = [0, *(columns[word] for word in list_whole_words(read) if word in columns)]
        cells += found
        values += [1.0, *[soften_length(len(read))] * (len(found) - 1)]
        starts.append(len(cells))
    return csr_array((values, cells, starts), shape=(len(examples), 1 + len(words)))


def _list_outcomes(examples: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([example.odds for example in examples]), np.array([float(example.holds) for example in examples])
