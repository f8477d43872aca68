"""Paper 小票: from a slip to bytes on a printer, and the proof that it was printed."""
