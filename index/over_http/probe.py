"""Is it the same model that answers? A few fixed texts tell, by the vectors that they get.

A server shows a name, not its weights. Two of them, or one on two days, are taken for the same
model if each text gets nearly the same vector. Measured with all-MiniLM-L6-v2, the least cosine
of a text with itself was: in another batch 1.0000, float16 .9999, bfloat16 .9999, weights of 8 bits
.9993; weights of 6 bits .990, all weights moved by 3 % .980, cut at 128 tokens .94.
"""

import numpy as np

from index.encoder import Vectors

_SAME = 0.999  # cosine

# The first goes with every request, so that each reply proves whose it is. The last is about as
# long as a passage, for models that are cut at different lengths.
PROBE: tuple[str, ...] = (
    "Le vieux phare guide les marins depuis 1887.",
    "The bakery on Mill Street opens at seven, except on Mondays.",
    "Combien coûte l’abonnement annuel à la médiathèque ?",
    "Exports of machine tools fell by 4.2 % in the third quarter of 2024.",
    """\
Le conseil municipal a voté mardi soir, par vingt-trois voix contre quatre, la rénovation du pont de
la Tannerie, fermé aux voitures depuis la crue de novembre. Les travaux, estimés à 3,6 millions
d’euros, dureront quatorze mois ; une passerelle en bois permettra aux piétons et aux cyclistes de
traverser. La région en paiera le tiers, le département un quart. Plusieurs commerçants du quai
craignent pour leur clientèle et demandent une navette gratuite le samedi, jour de marché. Le maire
a promis une réponse avant l’été, après une réunion publique prévue le 12 mars dans l’ancienne école
des filles, où les plans seront exposés pendant deux semaines.""",
)


def same(vectors: Vectors, others: Vectors) -> bool:
    """Tell whether two arrays ``float32 (n, dimension)`` of unit vectors are of one model."""
    return vectors.shape == others.shape and bool(
        (np.einsum("nd,nd->n", vectors, others) >= _SAME).all()
    )
