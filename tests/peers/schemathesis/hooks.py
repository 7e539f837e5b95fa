"""Requests that name what exists, the caller's own and another tenant's; no answer may show what is another's.

On the environment, as JSON: in `KNOWN` ids, end users and cursors of both tenants, in `ENDED` those of them that a DELETE may
name, in `FOREIGN` texts that only the other tenant may see.
"""

import json
import os
import re
import zlib

import schemathesis

KNOWN = json.loads(os.environ.get("KNOWN", "{}"))
ENDED = json.loads(os.environ.get("ENDED", "{}"))
FOREIGN = json.loads(os.environ.get("FOREIGN", "[]"))
ID = re.compile(r"^([a-z]+)_[0-7][0-9A-HJKMNP-TV-Z]{25}$")


def chosen(names, name, value):
    """A known value of that kind in two of three cases, always the same for the same value; else the value itself.

    One that is known already, from an answer, stays only where it is among those that may be named here.
    """
    if not isinstance(value, str):
        return value
    found = ID.match(value)
    kind = found.group(1) if found else name
    candidates = names.get(kind, [])
    number = zlib.crc32(value.encode("utf-8", "replace"))
    kept = value in KNOWN.get(kind, []) and value not in candidates
    if not candidates or (number % 3 == 0 and not kept):
        return value
    return candidates[(number // 3) % len(candidates)]


def walked(names, name, value):
    if isinstance(value, dict):
        return {key: walked(names, key, member) for key, member in value.items()}
    if isinstance(value, list):
        return [walked(names, name, member) for member in value]
    return chosen(names, name, value)


@schemathesis.hook
def before_call(context, case, kwargs):
    names = ENDED if case.method.upper() == "DELETE" else KNOWN
    for place in ("path_parameters", "query", "headers"):
        given = getattr(case, place)
        if given:
            for key in list(given):
                if key.lower() != "authorization":
                    given[key] = chosen(names, key.lower(), given[key])
    if isinstance(case.body, (dict, list)):
        case.body = walked(names, "", case.body)


@schemathesis.check
def shows_nothing_of_another_tenant(context, response, case):
    asked = response.request.url + str(response.request.headers) + repr(response.request.body)
    told = str(response.headers) + response.content.decode("utf-8", "replace")
    seen = [text for text in FOREIGN if text in told and text not in asked]
    assert not seen, f"another tenant's {seen} in an answer"
