"""dnstap's messages, as far as they are read: https://github.com/dnstap/dnstap.pb.

The few fields that matter are described here and decoded by protobuf itself; what else a message holds is passed over.
"""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

CLIENT_QUERY, CLIENT_RESPONSE = 5, 6
_INTEGER, _LONG, _FIXED, _BYTES, _MESSAGE = 13, 4, 7, 12, 11
_FIELDS = {
    "type": (1, _INTEGER),
    "query_address": (4, _BYTES),
    "response_address": (5, _BYTES),
    "query_port": (6, _INTEGER),
    "response_port": (7, _INTEGER),
    "query_time_sec": (8, _LONG),
    "query_time_nsec": (9, _FIXED),
    "query_message": (10, _BYTES),
    "response_time_sec": (12, _LONG),
    "response_time_nsec": (13, _FIXED),
    "response_message": (14, _BYTES),
}


def _decoder() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="tocsin/dnstap.proto", package="tocsin", syntax="proto2")
    message = file.message_type.add(name="DnstapMessage")
    for name, (number, kind) in _FIELDS.items():
        message.field.add(name=name, number=number, type=kind, label=1)
    outer = file.message_type.add(name="Dnstap")
    outer.field.add(name="message", number=14, type=_MESSAGE, label=1, type_name=".tocsin.DnstapMessage")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tocsin.Dnstap"))


_Dnstap = _decoder()


def exchange(frame: bytes) -> Any | None:
    """What a client asked or was answered; None for what the server asked others. Raises ValueError for no dnstap."""
    try:
        found = _Dnstap.FromString(frame).message
    except DecodeError:
        raise ValueError("it is no message of dnstap") from None
    return found if found.type in (CLIENT_QUERY, CLIENT_RESPONSE) else None
