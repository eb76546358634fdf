#!/bin/sh
# What the interop runner's container starts: routes through the simulator, then one side of a test.
set -eu

/setup.sh

if [ "${ROLE:-}" = client ]; then
  # The simulator says on this port that it is there.
  /wait-for-it.sh sim:57832 -s -t 30
fi

exec env JAVA_HOME=/opt/java/openjdk /sluice/tools/sluice interop
