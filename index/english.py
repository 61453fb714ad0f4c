"""English words that carry no meaning by themselves."""

# Question words and auxiliaries belong here; "may" does not, since it is a month too.
# Contractions stand without their apostrophe, as the analyzer leaves them.
_STOP_WORDS = """
a about above after again against all also although am among an and another any are arent as at be
became because been before being below between both but by can cannot cant could couldnt d did
didnt do does doesnt doing dont down during each either etc ever every few for from further had
hadnt has hasnt have havent having he her here hers herself him himself his how however i if in
into is isnt it its itself just let ll m many me might more most much must my myself neither no
nor not of off on once one only or other our ours ourselves out over own per re s same shall she
should shouldnt since so some such t than that the their theirs them themselves then there these
they this those though through thus to too under until up upon us ve very via was wasnt we were
werent what whatever when whenever where whether which while who whom whose why will with within
without wont would wouldnt yet you your yours yourself yourselves
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

# In capitals these are names: "the US", "the WHO", "IT services".
ACRONYMS = frozenset({"IT", "US", "WHO"})
