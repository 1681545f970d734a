"""Questions and answers of EVE become one row, as the vocabulary has it.

Suricata writes a question when it sees it and the answer when that comes, so a question waits for its answer: they
belong together by flow and DNS id, the first to the first where there are several. The 131,072 questions that came last
wait; what has waited longer, and what waits at the end of the file, stands without an answer. An answer whose question
is not there stands alone.

Version 1 (Suricata up to 4.0) has an event for each record of an answer; they are put together when they stand within
one block of the file or in two that follow each other. Version 2 has one event with all of them, one by one or grouped
by type. Version 3 (Suricata 8) has the questions in a list, of which the first counts.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.telemetry._columns import Field, replaced
from tocsin.telemetry._eve import ENDS, GROUPED, TIME, Column, member, swapped
from tocsin.telemetry._lists import answers, smallest
from tocsin.telemetry._texts import name
from tocsin.telemetry._values import TEXT, Values, integer, lower, short

MOST_WAITING = 1 << 17
_NAMED = pa.array(["A", "AAAA", "CNAME", "DNAME", "MX", "NS", "PTR"])
_ANSWERS = pa.array(["answer", "response"])
_RESOLVERS = pa.array([53])

FIELDS = (
    TIME,
    *ENDS,
    Field("dns.type", "kind", lower, "text", required=True),
    Field("dns.version", "version", integer(0, 99), "a version"),
    Field("dns.id", "id", integer(0, 65535), "an id"),
    Field("dns.rrname", "query", name, "a name", lenient=True),
    Field("dns.rrtype", "query_type", short, "short printable text"),
    Field("dns.rcode", "response_code", short, "short printable text"),
)


def messages(found: pa.Table, rows: pa.Table) -> pa.Table:
    """What ``FIELDS`` made of events, with their questions and answers, whichever version they are of."""
    is_answer = pc.is_in(rows["kind"], _ANSWERS)
    rows = replaced(rows, "query", _text(pc.coalesce(rows["query"], _question(found, "rrname"))))
    rows = replaced(rows, "query_type", pc.coalesce(rows["query_type"], _question(found, "rrtype")))
    lists, ttl = _answers(found)
    key = _joined(rows["uid"], rows["id"].cast(TEXT))
    columns = {
        "answers": lists,
        "ttl_seconds": ttl,
        "key": key,
        "is_answer": is_answer,
        "is_piece": pc.and_(is_answer, pc.and_(pc.is_null(rows["version"]), pc.is_valid(key))),
    }
    for column, values in columns.items():
        rows = rows.append_column(column, values)
    # A message without a question asks for nothing.
    rows = rows.filter(pc.or_(pc.is_valid(rows["query"]), rows["is_answer"]))
    return _turned(rows).combine_chunks()


def settled(waiting: pa.Table | None, new: pa.Table) -> tuple[pa.Table, pa.Table]:
    """What is complete among messages that wait and new ones, and what waits on."""
    waiting = new[:0] if waiting is None else waiting
    together = pa.concat_tables([waiting, new])
    pieces = together.filter(together["is_piece"])
    begun = pc.is_in(pieces["key"], waiting.filter(waiting["is_piece"])["key"].combine_chunks())
    replies = together.filter(pc.and_(together["is_answer"], pc.invert(together["is_piece"])))
    replies = pa.concat_tables([replies, _whole(pieces.filter(begun))])
    questions = together.filter(pc.invert(together["is_answer"]))
    done, unanswered = _paired(questions, replies)
    surplus = max(0, unanswered.num_rows - MOST_WAITING)
    done = pa.concat_tables([done, unanswered[:surplus]])
    return _named(done), pa.concat_tables([unanswered[surplus:], pieces.filter(pc.invert(begun))])


def ended(waiting: pa.Table) -> pa.Table:
    """What still waits when no more comes."""
    pieces = waiting.filter(waiting["is_piece"])
    done, unanswered = _paired(waiting.filter(pc.invert(waiting["is_answer"])), _whole(pieces))
    return _named(pa.concat_tables([done, unanswered]))


def _paired(questions: pa.Table, replies: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Replies with the times and ends of their questions, and the questions that have none."""
    asked, answered = _each(questions["key"], "question"), _each(replies["key"], "reply")
    place = pc.index_in(answered, asked)
    known = pc.is_valid(place)
    own = pc.take(questions, place)
    for column in ("time", "initiator", "initiator_port", "responder", "responder_port"):
        replies = replaced(replies, column, pc.if_else(known, own[column], replies[column]))
    # What a reply in pieces names is the first of its records, not what was asked for.
    renamed = pc.and_(known, pc.or_(replies["is_piece"], pc.is_null(replies["query"])))
    for column in ("query", "query_type"):
        replies = replaced(replies, column, pc.if_else(renamed, own[column], replies[column]))
    return replies, questions.filter(pc.invert(pc.is_in(asked, answered)))


def _each(keys: Column, without: str) -> Values:
    """Keys, told apart by how many of the same stand before; those that are null match nothing."""
    encoded: Any = keys.fill_null(pa.scalar(without)).combine_chunks().dictionary_encode()
    codes = encoded.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    in_order = codes[order]
    before = np.empty(len(codes), np.int64)
    before[order] = np.arange(len(codes)) - np.searchsorted(in_order, in_order)
    found: Values = _joined(encoded.cast(TEXT), pa.array(before).cast(TEXT))
    return found


def _whole(pieces: pa.Table) -> pa.Table:
    """Answers of which each record is an event, put together."""
    whole: dict[str, dict[str, Any]] = {}
    for row in pieces.to_pylist():
        first = whole.setdefault(row["key"], row)
        if first is not row:
            first["answers"] += row["answers"]
            first["ttl_seconds"] = min(
                (t for t in (first["ttl_seconds"], row["ttl_seconds"]) if t is not None), default=None
            )
    return pa.Table.from_pylist(list(whole.values()), schema=pieces.schema)


def _named(rows: pa.Table) -> pa.Table:
    return rows.filter(pc.is_valid(rows["query"]))


def _question(found: pa.Table, of: str) -> Column:
    queries: Any = member(found, "dns.queries")
    is_blank = pc.equal(pc.list_value_length(queries), pa.scalar(0))
    queries = pc.if_else(is_blank, pa.scalar(None, queries.type), queries)
    of_first: Column = pc.struct_field(pc.list_element(queries, 0), of)
    return of_first


def _answers(found: pa.Table) -> tuple[Values, Values]:
    """Addresses and names that were answered, and the smallest time to live."""
    rows = found.num_rows
    single, ttl = member(found, "dns.rdata"), member(found, "dns.ttl")
    records = member(found, "dns.answers").combine_chunks()
    inside: Any = pc.list_flatten(records)
    parents: Any = pc.list_parent_indices(records)
    fits: Any = pc.is_in(pc.struct_field(inside, "rrtype"), _NAMED)
    alone: Any = pc.is_in(member(found, "dns.rrtype"), _NAMED)
    numbers = np.arange(rows)
    texts: list[tuple[Any, Any]] = [(pc.struct_field(inside, "rdata").filter(fits), parents.filter(fits).to_numpy())]
    texts += [(single.filter(alone).combine_chunks(), numbers[alone.to_numpy()])]
    # Suricata can be told to write both.
    grouped_only = pc.invert(pc.is_in(pa.array(numbers), parents))
    for group in GROUPED:
        lists: Any = member(found, f"dns.grouped.{group}").combine_chunks()
        lists = pc.if_else(grouped_only, lists, pa.scalar(None, lists.type))
        texts += [(pc.list_flatten(lists), pc.list_parent_indices(lists).to_numpy())]
    seconds = [(pc.struct_field(inside, "ttl"), parents.to_numpy()), (ttl.combine_chunks(), numbers)]
    return answers(_lists(texts, rows)), smallest(_lists(seconds, rows))


def _lists(parts: Iterable[tuple[Values, "np.ndarray[Any, Any]"]], rows: int) -> Values:
    """Lists of the values of each row, given with the numbers of their rows."""
    values = pa.concat_arrays([part for part, _ in parts])
    numbers = np.concatenate([of_rows for _, of_rows in parts])
    kept = values.is_valid().to_numpy(zero_copy_only=False)
    order = pa.array(np.argsort(numbers[kept], kind="stable"), pa.int64())
    ends = np.cumsum(np.bincount(numbers[kept], minlength=rows))
    return pa.ListArray.from_arrays(
        pa.array(np.concatenate(([0], ends)), pa.int32()), values.filter(pa.array(kept)).take(order)
    )


def _turned(rows: pa.Table) -> pa.Table:
    """Older versions write an answer as it was sent, from the resolver; its sides change places."""
    from_port, to_port = (pc.is_in(rows[f"{side}_port"], _RESOLVERS) for side in ("initiator", "responder"))
    return swapped(rows, pc.and_(rows["is_answer"], pc.and_not(from_port, to_port)))


def _joined(*keys: Any) -> Any:
    return pc.binary_join_element_wise(*keys, pa.scalar(" "))


def _text(values: Column) -> Column:
    return pa.chunked_array([name(chunk) for chunk in values.chunks], TEXT)
