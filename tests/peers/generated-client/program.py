"""What an application does with Jackfield, through nothing but a client generated from a host's /openapi.json.

    openapi-python-client generate --url http://127.0.0.1:8080/openapi.json --output-path jackfield_client --meta none
    python3 program.py

Every call names its answer's type: what was asked for, or a `Problem` with a stable code. The environment says where the host
is, who calls and what to connect; one line of JSON on standard output says what happened.
"""

import json
import os
from http import HTTPStatus

from jackfield_client import AuthenticatedClient
from jackfield_client.api.api_keys import create_api_key
from jackfield_client.api.connect_sessions import create_connect_session, get_connect_session
from jackfield_client.api.connections import (
    create_connection,
    delete_connection,
    get_connection,
    get_connection_permissions,
    get_connection_timeline,
    list_connection_uses,
    list_connections,
    put_connection_use,
    rename_connection,
    verify_connection,
)
from jackfield_client.api.leases import lease_credential
from jackfield_client.api.tenants import create_tenant
from jackfield_client.models import (
    Connection,
    FieldsCredential,
    LeaseRequest,
    NewApiKey,
    NewConnection,
    NewConnectionFields,
    NewConnectSession,
    NewName,
    NewTenant,
    NewUse,
    Permission,
    Problem,
    Status,
)

URL = os.environ["JACKFIELD_URL"]
RETURN_URL = "https://app.example.com/connected"


def speak(key):
    """A client with a key. A status that the description does not have raises, as it would be a fault of the host."""
    return AuthenticatedClient(URL, token=key, raise_on_unexpected_status=True)


def done(answer):
    """What was asked for; a refusal ends the program, with what the host says to do about it."""
    if isinstance(answer.parsed, Problem):
        raise SystemExit(f"{answer.parsed.code}: {answer.parsed.detail}")
    return answer.parsed


def refused(answer):
    """A refusal that was expected, as a program decides by it: its status and its code."""
    assert isinstance(answer.parsed, Problem), answer
    assert answer.parsed.status == answer.status_code, answer
    return {"status": answer.status_code.value, "code": answer.parsed.code, "detail": answer.parsed.detail}


def set_up(operator):
    """The operator's part: a tenant, and a key that speaks for it."""
    wanted = NewTenant(name=os.environ["TENANT_NAME"], return_urls=[RETURN_URL])
    tenant = done(create_tenant.sync_detailed(client=operator, body=wanted))
    permissions = [Permission.CONNECT, Permission.READ, Permission.LEASE]
    wanted = NewApiKey(name="application", tenant=tenant.id, permissions=permissions)
    return tenant, done(create_api_key.sync_detailed(client=operator, body=wanted))


def connect(client, name):
    """A connection, asked for twice under one key, as after an answer that was lost: it is made once."""
    fields = {"base_url": os.environ["SERVICE_URL"], "token": os.environ["SERVICE_TOKEN"]}
    fields |= {"verify_path": "/me", "account_pointer": "/id"}
    fields = NewConnectionFields.from_dict(fields)
    wanted = NewConnection(connector="api-token", method="header", end_user="user-42", name=name, fields=fields)
    first, again = (
        create_connection.sync_detailed(client=client, body=wanted, idempotency_key=f"connect-{name}") for _ in range(2)
    )
    assert first.status_code == HTTPStatus.CREATED and done(first) == done(again)
    return done(first), again.headers["idempotency-replayed"] == "true"


def list_all(client):
    """Every connection, a page at a time."""
    found, cursor = [], {}
    while True:
        page = done(list_connections.sync_detailed(client=client, end_user="user-42", limit=1, **cursor))
        found += page.items
        if page.next_ is None:
            return found
        cursor = {"cursor": page.next_}


def rename(client, id, name):
    """A change of what was read, and of nothing newer; the second one comes too late."""
    read = get_connection.sync_detailed(client=client, id=id)
    condition = {"if_match": read.headers["etag"]}
    renamed = done(rename_connection.sync_detailed(client=client, id=id, body=NewName(name=name), **condition))
    late = rename_connection.sync_detailed(client=client, id=id, body=NewName(name="Too late"), **condition)
    unchanged = get_connection.sync_detailed(client=client, id=id, if_none_match=read.headers["etag"])
    assert isinstance(renamed, Connection) and unchanged.status_code == HTTPStatus.OK
    return renamed, refused(late)


def use(client, id):
    """What an application does with a connection once it is there."""
    verified = done(verify_connection.sync_detailed(client=client, id=id))
    permissions = done(get_connection_permissions.sync_detailed(client=client, id=id))
    lease = done(lease_credential.sync_detailed(client=client, id=id, body=LeaseRequest(min_valid=30)))
    assert isinstance(lease.credential, FieldsCredential), lease
    timeline = done(get_connection_timeline.sync_detailed(client=client, id=id))
    return {
        "accepted": verified.status == Status.ACTIVE and verified.verification.failure is None,
        "limited": permissions.limited,
        "note": permissions.note,
        "actions": {action.id: action.allowed for action in permissions.actions},
        "token": lease.credential.fields["token"],
        "timeline": [event.kind for event in timeline.items],
    }


def remove(client, id):
    """What is in use is not deleted, but by who insists; afterwards it is not there."""
    body = NewUse(label="Monthly invoices", url="https://app.example.com/flows/7")
    noted = put_connection_use.sync_detailed(client=client, id=id, reference="flow/7", body=body)
    assert noted.status_code == HTTPStatus.CREATED and done(noted).reference == "flow/7"
    uses = [one.label for one in done(list_connection_uses.sync_detailed(client=client, id=id)).items]
    kept = refused(delete_connection.sync_detailed(client=client, id=id))
    deletion = done(delete_connection.sync_detailed(client=client, id=id, force=True))
    gone = refused(get_connection.sync_detailed(client=client, id=id))
    return {"uses": uses, "kept": kept, "revocation": deletion.revocation.outcome, "gone": gone}


def invite(client):
    """A link for a person who is to connect something; where that stands is asked later."""
    wanted = NewConnectSession(connector="api-token", end_user="user-42", return_url=RETURN_URL, actions=["read"])
    made = done(create_connect_session.sync_detailed(client=client, body=wanted))
    shown = done(get_connect_session.sync_detailed(client=client, id=made.id))
    return {"id": made.id, "link": made.url, "stage": shown.stage.at, "lives": (made.expires_at - made.created_at).seconds}


def main():
    tenant, key = set_up(speak(os.environ["JACKFIELD_API_KEY"]))
    client = speak(key.key)
    first, replayed = connect(client, "Reporting")
    second, _ = connect(client, "Payroll")
    assert first.status == Status.ACTIVE, first
    listed = [connection.id for connection in list_all(client)]
    renamed, late = rename(client, first.id, "Reporting 2026")
    told = {"tenant": tenant.id, "key": key.id, "replayed": replayed, "first": first.id, "second": second.id}
    told |= {"account": first.account.id, "listed": listed, "renamed": renamed.name, "late": late}
    told |= {"used": use(client, first.id), "removed": remove(client, second.id), "session": invite(client)}
    print(json.dumps(told))


main()
