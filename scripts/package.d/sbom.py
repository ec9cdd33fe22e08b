"""Adds the Java runtime to the bill of materials that Maven has made of the libraries: sbom.py BOM RELEASE."""
import json
import sys

bom = json.load(open(sys.argv[1], encoding="utf-8"))
release = {}
for line in open(sys.argv[2], encoding="utf-8"):
    name, _, value = line.strip().partition("=")
    release[name] = value.strip('"')
bom.setdefault("components", []).append({
    "type": "platform",
    "bom-ref": "java-runtime",
    "name": "OpenJDK runtime",
    "version": release["JAVA_VERSION"],
    "description": "modules: " + release.get("MODULES", ""),
    "licenses": [{"expression": "GPL-2.0-only WITH Classpath-exception-2.0"}],
})
json.dump(bom, sys.stdout, indent=2, sort_keys=True)
print()
