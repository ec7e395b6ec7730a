"""The errors of the `ml` package.

Every error a caller may want to handle derives from `MlError`; bad arguments of a programmer stay `ValueError`.
"""

from __future__ import annotations


class MlError(Exception):
    """Base of everything `ml` raises on purpose."""


class InvalidCatalogueError(MlError):
    """The catalogue cannot carry a simulation, for example because it is empty."""


class InvalidListenersError(MlError):
    """The simulated listeners do not form one population."""


class NoInteractionsError(MlError):
    """No play is left to learn from."""


class InconsistentInputError(MlError):
    """Two inputs disagree, for example plays of tracks that the track table does not know."""


class EvaluationError(MlError):
    """The plays cannot be split into a past to learn from and a future to test on."""


class NotFittedError(MlError):
    """A model was asked for scores before it was fitted."""


class TrainingDivergedError(MlError):
    """Training ended in numbers that are not finite."""


class TimesError(MlError):
    """Times of a question that cannot all hold, or that have no period before them."""


class ModelFileError(MlError):
    """A model file is absent, damaged, or of another format."""
