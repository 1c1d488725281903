#!/usr/bin/env python3
"""Fails when a file includes a module that its CMakeLists.txt does not name, directly or through what it names.

usage: check_layers.py ROOT

The layers are the DEPS of medley/*/CMakeLists.txt (design: ARCHITECTURE.md). What stands right of an arrow may include what
stands left of it, transitively; nothing else may, and there are no cycles. Programs under apps/ may include every module.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
INCLUDE = re.compile(r'^\s*#\s*include\s+"medley/(\w+)/', re.M)
SUFFIXES = {".h", ".cpp"}


def declared_dependencies():
    modules = {}
    for listing in sorted((ROOT / "medley").glob("*/CMakeLists.txt")):
        call = re.search(r"medley_module\(\s*(\w+)(.*?)\)", listing.read_text(), re.S)
        if not call:
            sys.exit(f"{listing}: no medley_module(...)")
        if call[1] != listing.parent.name:
            sys.exit(f"{listing}: names the module '{call[1]}', its folder is '{listing.parent.name}'")
        deps = re.search(r"\bDEPS\s+([\w\s]+?)(?=\b(?:LIBS|LABELS)\b|$)", call[2], re.S)
        modules[call[1]] = set(deps[1].split()) if deps else set()
    return modules


def reachable(modules, start):
    seen, stack = set(), [(start, (start,))]
    while stack:
        module, path = stack.pop()
        for dep in modules[module]:
            if dep not in modules:
                sys.exit(f"{module} depends on '{dep}', which is no folder of medley/")
            if dep in path:
                sys.exit("cycle: " + " -> ".join(path + (dep,)))
            if dep not in seen:
                seen.add(dep)
                stack.append((dep, path + (dep,)))
    return seen


def main():
    modules = declared_dependencies()
    problems = []
    for module in modules:
        allowed = reachable(modules, module) | {module}
        for path in sorted((ROOT / "medley" / module).rglob("*")):
            if path.suffix not in SUFFIXES:
                continue
            for included in INCLUDE.findall(path.read_text()):
                if included not in allowed:
                    problems.append(f"{path.relative_to(ROOT)}: {module} must not include {included}")
    folders = {path.name for path in (ROOT / "medley").iterdir() if path.is_dir()}
    problems += [f"medley/{name}: no CMakeLists.txt" for name in sorted(folders - set(modules))]
    print("\n".join(problems) if problems else f"{len(modules)} modules, layers hold")
    sys.exit(bool(problems))


main()
