"""Syntax: one WIT text in, AST nodes with spans out."""
