"""The proof of work that callers without an account give when many share their network."""

from hashlib import sha256
from itertools import count

import pytest

from chalicelib.kernel.proof_of_work import BITS, is_valid

KEY, PROOF = "proof-of-work-00000000000000000000000000000008", "256"
"""The web client finds the same (web/tests/shared/proof.test.ts)."""

NEARLY = "53918"
"""Its digest begins with one zero bit too few."""


def test_first_number_whose_digest_begins_with_zeros_is_a_proof() -> None:
    for number in count():
        bits = f"{int.from_bytes(sha256(f'{KEY} {number}'.encode()).digest(), 'big'):0256b}"
        assert is_valid(KEY, str(number)) == (bits[:BITS] == "0" * BITS)
        if is_valid(KEY, str(number)):
            assert str(number) == PROOF
            return


def test_proof_with_exactly_enough_zeros_is_accepted() -> None:
    assert is_valid(KEY, "461955")


@pytest.mark.parametrize("proof", ["", "255", NEARLY, "-1", "0x100", "256 ", "١", "9" * 100])
def test_anything_else_is_no_proof(proof: str) -> None:
    assert not is_valid(KEY, proof)


def test_proof_is_for_one_key() -> None:
    assert not is_valid(f"{KEY}9", PROOF)
