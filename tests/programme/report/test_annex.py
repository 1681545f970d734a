from tocsin.programme.report.shape import Document


def test_a_definition_is_the_measures_own_docstring(document: Document) -> None:
    rate = next(part for part in document["annex"]["definitions"] if part["name"] == "infection_rate")
    assert [heading for heading, _ in rate["paragraphs"]] == ["Says", "Formula", "Needs", "Misleads when", "Learn more"]


def test_coverage_has_a_row_for_each_day_and_sensor(document: Document) -> None:
    rows = document["annex"]["coverage"]["rows"]
    assert [row[:3] for row in rows] == [
        ["2018-12-21", "edge", "192.168.1.0/24"],
        ["2018-12-22", "edge", "192.168.1.0/24"],
    ]


def test_data_is_named_without_the_folder_it_lay_in(document: Document) -> None:
    (line,) = document["annex"]["data"]
    assert line.startswith("conn.log, read as zeek_conn, sensor edge") and "/var/log" not in line
