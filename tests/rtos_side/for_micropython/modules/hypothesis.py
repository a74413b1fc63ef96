# SPDX-License-Identifier: Apache-2.0
# What modules with properties import of Hypothesis, for MicroPython: the examples are drawn by the
# real one in CPython and sent over (drawn_examples.py), so a strategy is nothing here.


# Stands for every strategy, and for whatever is made out of one.
class Nothing:
    def __call__(self, *_arguments, **_named):
        return self

    def __getattr__(self, _name):
        return self


strategies = Nothing()


# Leave the function as it is: the runner calls it with each example.
def given(*_strategies, **_named):
    return lambda function: function


def settings(**_settings):
    return lambda function: function
