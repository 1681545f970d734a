import pytest

from tocsin.programme.report._look import DARK, FONTS, LIGHT, TOKENS, custom_properties, in_colour, token

TEXT = ("ink", "quiet", "accent", "urgent")
MARKS = ("beacon", "flood", "comb", "told")


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("side", [LIGHT, DARK])
@pytest.mark.parametrize(("names", "least"), [(TEXT, 4.5), (MARKS, 3.0)])
def test_contrast_is_enough_in_light_and_dark(side: int, names: tuple[str, ...], least: float) -> None:
    paper = TOKENS["paper"][side]
    assert {name: contrast(TOKENS[name][side], paper) >= least for name in names} == dict.fromkeys(names, True)


def test_every_token_stands_in_the_style_and_can_be_replaced() -> None:
    for name, colours in TOKENS.items():
        assert f"--{name}:{colours[DARK]};" in custom_properties(DARK)
        assert in_colour(token(name), LIGHT) == colours[LIGHT]


def test_a_colour_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        token("pink")


def test_the_fonts_come_with_their_licence() -> None:
    assert (FONTS / "OFL.txt").read_text(encoding="utf-8").count("Reserved Font Name") >= 2
    assert {file.name for file in FONTS.glob("*.otf")} == {
        "SourceSans3-Regular.otf",
        "SourceSans3-Semibold.otf",
        "SourceCodePro-Regular.otf",
    }
