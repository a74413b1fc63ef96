# SPDX-License-Identifier: Apache-2.0
# Runs the test functions of modules in MicroPython: on_micropython.py PATHS -- MODULE...
#
# PATHS: folders to import from. A test with properties is called with each of its examples, which
# come through standard input, a line each: its name, a blank, a dict. Prints one line a test,
# "ok module.test" or "FAILED module.test", each failure with its traceback, and at the end
# "N passed, M failed". Exit status 1 on a failure.

import sys


def read_examples():
    examples = {}
    for line in sys.stdin:
        name, _, arguments = line.partition(" ")
        examples.setdefault(name, []).append(arguments)
    return examples


# Call a test: once, or with each example.
def call(test, examples):
    if examples is None:
        test()
        return
    for arguments in examples:
        try:
            test(**eval(arguments))
        except Exception:
            print("with", arguments.strip())
            raise


def run_module(name, examples):
    module = __import__(name)
    passed = 0
    failed = 0
    for attribute in sorted(dir(module)):
        test = getattr(module, attribute)
        if not attribute.startswith("test_") or not callable(test):
            continue
        try:
            call(test, examples.get(attribute))
        except Exception as error:
            failed += 1
            print(f"FAILED {name}.{attribute}")
            sys.print_exception(error, sys.stdout)
        else:
            passed += 1
            print(f"ok {name}.{attribute}")
    return passed, failed


def main(arguments):
    split = arguments.index("--")
    sys.path[:0] = arguments[:split]
    examples = read_examples()
    passed = 0
    failed = 0
    for name in arguments[split + 1 :]:
        counts = run_module(name, examples)
        passed += counts[0]
        failed += counts[1]
    print(f"{passed} passed, {failed} failed")
    if failed:
        sys.exit(1)


main(sys.argv[1:])
