"""Northbridge, an invented city: six services, what was announced, and what really happened."""

from innoeval.simulate.northbridge.contact import contact
from innoeval.simulate.northbridge.ideas import ideas
from innoeval.simulate.northbridge.libraries import libraries
from innoeval.simulate.northbridge.permits import permits
from innoeval.simulate.northbridge.repairs import repairs
from innoeval.simulate.northbridge.service import Service
from innoeval.simulate.northbridge.staff import staff

__all__ = ["Service", "services"]


def services() -> tuple[Service, ...]:
    """Every service of the city; the same at every call.

    Examples
    --------
    >>> [service.name for service in services()]
    ['permits', 'repairs', 'ideas', 'libraries', 'contact', 'staff']
    """
    return (permits(), repairs(), ideas(), libraries(), contact(), staff())
