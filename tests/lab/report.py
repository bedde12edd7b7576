"""What the lab asks of a report of ikewalk check.

report.py FILE verdict TUNNEL: checkpoint and cause of the tunnel with this name.
report.py FILE status SOURCE: fails unless the sources of kind status were read, and this one understood.
"""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)

if sys.argv[2] == "verdict":
    verdicts = {tunnel["name"]: tunnel["verdict"] for tunnel in report["tunnels"]}
    if sys.argv[3] not in verdicts:
        sys.exit(f"none: the tunnels are {sorted(verdicts)}")
    verdict = verdicts[sys.argv[3]]
    print(verdict["checkpoint"], verdict["cause"] or "-")
else:
    status = {source["name"]: source for source in report["sources"] if source["kind"] == "status"}
    problems = [f"{name}: {source['problem']}" for name, source in status.items() if source["problem"]]
    if problems:
        sys.exit("; ".join(problems))
    if sys.argv[3] not in status or status[sys.argv[3]]["recognised"] == 0:
        sys.exit(f"{sys.argv[3]} is not understood; read were {sorted(status)}")
