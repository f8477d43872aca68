"""The makes of printers that the model can be: what differs between their firmwares and bodies.

Chosen by the id of a device profile, so that a hall can rehearse with the very printer it has;
every value is from the makers' manuals as hardware facts 2.2-2.4 quote them, none from the
profiles of the product. What no manual says is marked *assumed*.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.printing.model.charset import Charset


class Dialect(StrEnum):
    """Whose firmware the model speaks as."""

    EPSON = "epson"
    """TM-T88IV and later, Chinese model: has ASB and GS ( H; ESC i and ESC m are partial."""
    GENERIC = "generic"
    """Cheap Chinese mechanism: DLE EOT and GS r only; ESC i is full, ESC m is half."""
    STAR = "star"
    """Star line mode: ESC ACK SOH, ASB of nine bytes, ETB counter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """One family of printers."""

    id: str
    dialect: Dialect
    paper_mm: int = 80
    dots: int = 0
    """Printable dots, 0 for what the paper's width usually has."""
    charset: Charset | None = None
    """None: GB18030 for Epson, else GBK."""
    real_time: frozenset[int] = frozenset({1, 2, 3, 4})
    """The n of `DLE EOT n` that are answered."""
    asb: bool = False
    """GS a."""
    process_id: bool = False
    """GS ( H."""
    qr: frozenset[str] = frozenset({"gsk"})
    """`gsk` GS ( k, `masung` 13 50 48, `star` ESC GS y."""
    esc_i: str = "partial"
    esc_m: str = "partial"
    cut_parameter: bool = False
    """ESC i and ESC m take a byte: `1B 69 00` (MASUNG PrintCmd)."""
    last_glyph: int = 0xFE
    """Largest c2 of `FS 2 FE c2`, 0 where there are no user glyphs."""
    knife: bool = True
    """False for a tear bar: who feeds past it with something printed has it torn off."""
    presenter: str = ""
    """What holds a cut slip until it is taken: `masung`, `custom`, `cashino`, `citizen`, or
    nothing."""
    drawer: bool = False
    """Pin 3 of a drawer connector reads HIGH with nothing plugged in (Epson)."""
    name: bytes = b"POS-MODEL"
    """GS I 67."""
    maker: bytes = b"GENERIC"


EPSON = Make(
    id="epson",
    dialect=Dialect.EPSON,
    asb=True,
    process_id=True,
    drawer=True,
    name=b"TM-T88IV-CN",
    maker=b"EPSON",
)
GENERIC = Make(
    id="generic",
    dialect=Dialect.GENERIC,
    real_time=frozenset({1, 2, 3, 4, 5}),
    presenter="masung",
    esc_i="full",
)
_PLAIN = replace(GENERIC, presenter="", real_time=frozenset({1, 2, 3, 4}))
_MASUNG = replace(_PLAIN, cut_parameter=True, last_glyph=0, maker=b"MASUNG")
_SPRT = replace(
    _PLAIN, paper_mm=58, charset=Charset.GB2312, qr=frozenset(), last_glyph=0, maker=b"SPRT"
)
_ALL = (
    EPSON,
    GENERIC,
    replace(EPSON, id="epson_tm_cn"),
    # 180 dpi in truth: 512 dots on 72 mm; shown narrower here, at 203 dpi.
    replace(
        EPSON,
        id="epson_tm_t88iii",
        dots=512,
        charset=Charset.GB2312,
        process_id=False,
        name=b"TM-T88III",
    ),
    replace(_PLAIN, id="generic_58_gbk", paper_mm=58, qr=frozenset()),
    replace(_PLAIN, id="generic_80_gbk"),
    replace(_PLAIN, id="raster_80", charset=Charset.NONE, qr=frozenset(), last_glyph=0),
    replace(_MASUNG, id="masung_ep", real_time=frozenset({1, 2, 3, 4, 5}), presenter="masung"),
    replace(_MASUNG, id="masung_t500", qr=frozenset({"masung"})),
    replace(_SPRT, id="sprt_rmd", knife=False),
    replace(_SPRT, id="sprt_rme"),
    replace(
        _PLAIN,
        id="snbc_bt_t080",
        charset=Charset.GB18030,
        asb=True,
        last_glyph=0xB4,
        maker=b"SNBC",
        name=b"BT-T080",
    ),
    # Custom answers DLE EOT 20; its Chinese font is an option and GS ( k is not sure (facts 2.2).
    replace(
        _PLAIN,
        id="custom_kpm_vkp",
        real_time=frozenset({20}),
        qr=frozenset(),
        presenter="custom",
        last_glyph=0,
        maker=b"CUSTOM",
    ),
    replace(_PLAIN, id="cashino_kp", presenter="cashino", maker=b"CASHINO"),
    replace(_PLAIN, id="citizen_pmu", asb=True, presenter="citizen", maker=b"CITIZEN"),
    Make(
        id="star_line",
        dialect=Dialect.STAR,
        charset=Charset.GB2312,
        real_time=frozenset(),
        qr=frozenset({"star"}),
        last_glyph=0,
        maker=b"STAR",
    ),
)
MAKES = {make.id: make for make in _ALL}
"""Id of a device profile → the printer."""
