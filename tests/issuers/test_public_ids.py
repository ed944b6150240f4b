"""Names that the outside sees."""

import base58

from issuers.public_ids import LENGTH, new_public_id


def test_ids_are_22_letters_of_128_bits_and_all_different():
    made = {new_public_id() for _ in range(5000)}

    assert len(made) == 5000
    assert {len(text) for text in made} == {LENGTH}
    assert {len(base58.b58decode(text)) for text in made} == {16}


def test_ids_begin_with_every_letter_they_can():
    assert len({new_public_id()[0] for _ in range(5000)}) > 20
