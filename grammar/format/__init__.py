"""The one canonical layout of `.promo` text, from text with its comments or from an AST alone."""

from grammar.format.formatter import Formatted as Formatted
from grammar.format.formatter import format_text as format_text
from grammar.format.printer import print_declaration as print_declaration
from grammar.format.printer import print_file as print_file

__all__ = ["Formatted", "format_text", "print_declaration", "print_file"]
