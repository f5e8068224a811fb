"""A plugin: counts words. It has a bug: try a text without words."""

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import host


class Transformer(exports.Transformer):
    def summary(self) -> str:
        return "counts words; --set longest=N warns about longer ones"

    def transform(self, text: str) -> str:
        if "\0" in text:
            raise Err("not a text: it contains a NUL")
        words = text.split()
        longest = host.setting("longest")
        for word in words:
            if longest is not None and len(word) > int(longest):
                host.log(host.Level.WARNING, f"a long word: {word}")
        letters = sum(len(word) for word in words)
        return f"{len(words)} words of {letters / len(words):.1f} letters"
