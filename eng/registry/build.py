#!/usr/bin/env python3
"""Makes the generated part of the bundled registry; see docs/registry.md.

usage: build.py DATA OUT
  DATA  folder with gazetteer/ (GeoNames) and actors/ (PETRARCH dictionaries)
  OUT   src/Aggregator.Domain/Registry/Data, which holds the curated files that this reads
"""

import pathlib
import sys

import actors
import places


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    data, out = map(pathlib.Path, arguments)
    here = pathlib.Path(__file__).parent
    for name, build in (("places", places.build), ("actors", actors.build)):
        generated, curated = build(data, here, out)
        print(f"{name}.tsv: {generated} rows; {name}-curated.tsv: {curated}")


if __name__ == "__main__":
    main(sys.argv[1:])
