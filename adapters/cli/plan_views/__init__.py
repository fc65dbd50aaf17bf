"""A plan for its readers: text for a terminal, Markdown for a pull request, pictures as Mermaid and SVG."""
