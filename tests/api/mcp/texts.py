"""Texts that the tools are tried on, one in each language."""

FRENCH = """\
Le moulin de Kerloas

Le moulin de Kerloas a été restauré en 2019 par la commune de Plouvien. Les travaux ont coûté \
240 000 euros et ont duré quatorze mois. « Nous voulions entendre la roue tourner de nouveau », \
raconte la maire, Soizic Le Goff. Le moulin est ouvert aux visiteurs d’avril à octobre.
"""
ENGLISH = """\
The ferry of Loch Arden

The ferry of Loch Arden stopped running in 1974, when the bridge was opened. It carried eleven \
cars at a time and crossed the loch in nine minutes. The last ferryman, Hamish Rowan, kept its \
brass bell, which now hangs in the village hall.
"""
