"""The reference page and the browser's types are made from the Structs and never stale."""

from __future__ import annotations

import msgspec
import msgspec.inspect as mi
import pytest

from server.kit.contract import board, reference, screens, views
from server.kit.contract.messages import MESSAGES
from server.kit.contract.reasons import REASONS


class Sample(msgspec.Struct):
    one: str | None
    many: tuple[int, ...]
    either: tuple[str | None, ...]
    table: dict[str, bool]


STRUCTS = (
    *MESSAGES,
    *reference.structs_of(board),
    *reference.structs_of(views),
    *reference.structs_of(screens),
)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (reference.MARKDOWN, reference.markdown()),
        (reference.TYPESCRIPT, reference.typescript()),
    ],
    ids=["contract.md", "contract.d.ts"],
)
def test_the_written_file_is_fresh(path, text):
    assert path.read_text(encoding="utf-8") == text, f"run: {reference.AGAIN}"


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda s: s.__name__)
def test_every_struct_and_field_is_in_both(struct):
    page, types = reference.markdown(), reference.typescript()

    assert f"export interface {struct.__name__} {{" in types
    assert f"### {getattr(struct, 'TYPE', struct.__name__)}\n" in page
    for field in reference.fields_of(struct):
        assert f"| `{field.name}` | " in page
        assert f"  readonly {field.name}: " in types


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda s: s.__name__)
def test_every_struct_says_what_it_promises(struct):
    assert struct.__doc__
    assert struct.__doc__.partition("\n")[0].rstrip().endswith(".")


def test_every_refusal_is_in_both():
    page, types = reference.markdown(), reference.typescript()

    for code, reason in REASONS.items():
        assert f"| `{code}` | {reason.status} | " in page
        assert f'| "{code}"' in types


def test_json_words_stand_for_pythons_in_the_reference():
    for struct in STRUCTS:
        for field in reference.fields_of(struct):
            assert not {"None", "True", "False"} & set(field.doc.replace(".", " ").split())


def test_types_are_translated():
    assert [reference.ts_type(f.type) for f in reference.fields_of(Sample)] == [
        "string | null",
        "readonly number[]",
        "readonly (string | null)[]",
        "Readonly<Record<string, boolean>>",
    ]


def test_a_type_nobody_thought_of_stops_the_generator():
    with pytest.raises(TypeError, match="no TypeScript"):
        reference.ts_type(mi.BytesType())
