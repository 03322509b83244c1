#!/usr/bin/env python3
"""Computes the hashes of src/test/resources/vectors without Java and without SQL: check-vectors.py [DIRECTORY]"""
import hashlib, json, pathlib, struct, sys

directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1] / "resources/vectors")
COLUMNS = {
    "job_history": "source organization_id epoch seq job_type job_id job_name change_kind changed_fields enabled last_status"
    " previous_status last_run next_run observed_at recorded_at attempt payload_digest raw_digest",
    "poll_receipt": "source seq attempt started_at finished_at outcome reason period api_version program_version clock_offset"
    " organizations jobs changes rejected organization_digest not_complete lists_digest",
    "ledger_note": "seq noted_at kind organization_id note content actor",
}


def sha256(data):
    return "\\x" + hashlib.sha256(data).hexdigest()


def content(name, value):
    if isinstance(value, str) and value.startswith("\\x"):
        return bytes.fromhex(value[2:])
    if isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, list):
        value = ",".join(value)
    if name in ("period", "clock_offset"):
        value = value.removesuffix(" milliseconds")
    return str(value).encode()


def f(name, value):
    return b"\xff\xff\xff\xff" if value is None else struct.pack(">i", len(content(name, value))) + content(name, value)


def check(what, computed, expected):
    if computed != expected:
        sys.exit(f"{what}: computed {computed}, expected {expected}")


def rows(table):
    return json.loads((directory / f"{table}.json").read_text("utf-8"))


checked = 0
for table, columns in COLUMNS.items():
    previous = "\\x" + "00" * 32
    for row in rows(table):
        what = f"{table} {row['seq']}"
        names = columns.split()
        # A receipt of a server that does not say who it is has no bytes of these two.
        if row.get("installation_id") is not None or row.get("product_version") is not None:
            names += ["installation_id", "product_version"]
        # One of a share has those of the server in any case, so that nothing can pass for them.
        if row.get("share") is not None:
            names = names[:18] + ["installation_id", "product_version", "share", "shares"]
        check(what, row["prev_hash"], previous)
        item = b"".join(f(name, row[name]) for name in ["prev_hash", *names])
        check(what, sha256(f"jobtrail/{table}/1".encode() + item), row["hash"])
        for name in ("payload", "raw"):
            if row.get(name) is not None:
                check(f"{what} {name}", sha256(content("", row["salt"]) + row[name].encode()), row[name + "_digest"])
        previous = row["hash"]
        checked += 1
for row in rows("organization_list"):
    check("organization_list", sha256(b"".join(f("", one) for one in row["organization_ids"])), row["digest"])
    checked += 1
for seal in rows("seal"):
    hashes = [content("", row["hash"]) for row in rows("job_history") if row["seq"] in seal["rows"]]
    check("seal", hashlib.sha256(b"".join(hashes)).hexdigest(), seal["jobsDigest"])
    checked += 1
print(f"{checked} vectors checked")
