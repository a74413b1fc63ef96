# SPDX-License-Identifier: Apache-2.0
# Splitting of a command line into arguments, after msh_split().

from rtos_side.finsh.arguments import first_word, split, to_text


def test_blanks_and_tabs_separate_arguments():
    assert split(b"  list \t thread  ") == ([b"list", b"thread"], False)
    assert split(b"") == ([], False)
    assert split(b"   ") == ([], False)


def test_quotes_keep_blanks():
    assert split(b'echo "a b" c') == ([b"echo", b"a b", b"c"], False)
    assert split(b'echo ""') == ([b"echo", b""], False)


def test_an_escaped_quote_stays_in_the_argument_with_its_backslash():
    assert split(b'echo "a\\"b" c') == ([b"echo", b'a\\"b', b"c"], False)


def test_a_backslash_before_anything_else_is_itself():
    assert split(b'echo "a\\\\b"') == ([b"echo", b"a\\\\b"], False)


def test_an_open_quote_runs_to_the_end_of_the_line():
    assert split(b'echo "a b ') == ([b"echo", b"a b "], False)


def test_a_quote_in_the_middle_of_a_word_is_a_character():
    assert split(b'a"b c"d') == ([b'a"b', b'c"d'], False)


def test_a_word_may_follow_a_string_without_a_blank():
    assert split(b'"a"b') == ([b"a", b"b"], False)


def test_eight_arguments_are_enough():
    eight = [b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"h"]
    assert split(b"a b c d e f g h") == (eight, False)
    assert split(b"a b c d e f g h i") == (eight, True)


def test_a_blank_after_the_eighth_argument_counts_as_a_ninth():
    assert split(b"a b c d e f g h ")[1] is True


def test_first_word():
    assert first_word(b"  help me") == b"help"
    assert first_word(b"help") == b"help"
    assert first_word(b"  ") == b""


def test_text_of_an_argument():
    assert to_text(b"caf\xc3\xa9") == "caf\u00e9"
    assert to_text(b"a\xffb") == "a?b"
