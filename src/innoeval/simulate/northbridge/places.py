"""Names of places and teams in the city."""

DISTRICTS: tuple[str, ...] = (
    "Abbey", "Ashfield", "Brook", "Canal", "Castle", "Docks", "Eastgate", "Fairview",
    "Foundry", "Greenhill", "Harbour", "Highfield", "Kingsway", "Lakeside", "Market", "Meadow",
    "Mill", "Northgate", "Orchard", "Parkside", "Quarry", "Riverside", "Southgate", "Westgate",
)  # fmt: skip

#: Libraries of the city and of the boroughs around it.
LIBRARIES: tuple[str, ...] = (
    "Abbey", "Ashfield", "Brook", "Canal", "Castle", "Central", "Docks", "Eastgate",
    "Fairview", "Foundry", "Greenhill", "Harbour", "Highfield", "Hillcrest", "Kingsway", "Lakeside",
    "Market", "Meadow", "Mill", "Northgate", "Old Town", "Orchard", "Parkside", "Priory",
    "Quarry", "Riverside", "Southgate", "Station", "Weir", "Westgate",
)  # fmt: skip

TEAMS: tuple[str, ...] = (
    "Adult care", "Archives", "Benefits", "Building control", "Burials", "Catering",
    "Child care", "Cleaning", "Communications", "Customer desk", "Economic growth", "Elections",
    "Energy", "Finance", "Fleet", "Food safety", "Highways", "Home help", "Housing advice",
    "Human resources", "IT support", "Legal", "Libraries", "Licensing", "Lighting", "Museums",
    "Noise control", "Parking", "Parks", "Planning", "Procurement", "Registry", "School meals",
    "Sports", "Tax", "Waste",
)  # fmt: skip
