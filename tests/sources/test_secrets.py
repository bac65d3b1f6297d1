"""No address shows its credentials, however badly it is written."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

import innoeval as ie
from innoeval.errors import SourceError
from innoeval.sources.portals import store

SECRET = "hunter2SECRET"  # noqa: S105 - not one


@pytest.mark.parametrize(
    "address",
    [
        f"postgres://reader:{SECRET}@127.0.0.1:1/city",
        f"postgres://reader:a/b{SECRET}@127.0.0.1:1/city",
        f"postgres://reader:a#b{SECRET}@127.0.0.1:1/city",
        f"postgres://reader:a?b{SECRET}@127.0.0.1:1/city",
        f"postgres://reader:a@b{SECRET}@127.0.0.1:1/city",
        f"postgres://reader:[{SECRET}@127.0.0.1:1/city",
        f"postgres://reader:{SECRET}@127.0.0.1:port/city",
        f"postgres://?host=127.0.0.1&port=1&user=reader&password={SECRET}",
        f"host=127.0.0.1 user=nobody password={SECRET}",
        f"unheard_of://reader:{SECRET}@host/city?pwd={SECRET}&uid=reader",
        f"sqlite://reader:{SECRET}@/city.db",
        f"http://reader:a/b{SECRET}@127.0.0.1:1/requests.csv",
        f"http://127.0.0.1:port/requests.csv?code={SECRET}&jwt={SECRET}&pw={SECRET}",
    ],
)
def test_no_address_shows_its_credentials(address: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        ie.records(address, unit="ward", opened="opened", folder=tmp_path)
    said = "".join(traceback.format_exception(caught.value)[-1:])
    assert "hunter2" not in said
    assert "reader" not in said


def test_what_is_no_secret_stays_and_addresses_are_never_mixed_up() -> None:
    """Parameters that are left out of what is shown may still choose the rows."""
    address = "https://host/resource/abcd-1234.json?authority={}&passengers=4"
    assert "authority=Leeds" in store.plain(address.format("Leeds"))
    one, other = (
        store._name(f"https://host/resource/abcd-1234.json?ward_key={ward}") for ward in (1, 2)
    )
    assert one != other
