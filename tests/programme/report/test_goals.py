from tocsin.programme.report.shape import Document


def test_every_goal_stands_with_its_actions(document: Document) -> None:
    goals = document["roadmap"]["goals"]
    assert [goal["id"] for goal in goals] == ["G1", "G2", "G3", "G4", "G5"]
    assert all(goal["nodes"] and {node["kind"] for node in goal["nodes"]} == {"action"} for goal in goals)


def test_lines_of_effort_hold_workstreams_before_their_tasks(document: Document) -> None:
    enterprise = next(line for line in document["roadmap"]["lines"] if line["id"] == "ENT")
    kinds = [node["kind"] for node in enterprise["nodes"]]
    assert kinds[0] == "workstream" and "task" in kinds


def test_marks_and_states_are_said(document: Document) -> None:
    nodes = {node["id"]: node for line in document["roadmap"]["lines"] for node in line["nodes"]}
    assert nodes["ENT-1.1"]["mark"] == "read"
    assert nodes["ENT-1.1"]["note"] == "Led by Cybersecurity Coalition. Done on 28 July 2017."
    assert nodes["IOT-1.1"]["mark"] == "recalled"
    assert nodes["IOT-1.1"]["note"] == "Led by NIST. State and due date are not known."


def test_what_is_not_known_is_said_with_its_source(document: Document) -> None:
    unknown = document["roadmap"]["unknown"]
    assert unknown and all(line.endswith(")") for line in unknown)


def test_a_goal_shows_the_figures_that_tell_whether_it_helps(document: Document) -> None:
    (first, *_) = document["roadmap"]["goals"]
    assert any(line.startswith("How many of a thousand subscribers are infected:") for line in first["shown_by"])
