"""The scenario runner and what it is made of."""
