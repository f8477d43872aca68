"""Proofs of hallqueue, in the same tree as the packages they are about. Not part of the wheel."""
