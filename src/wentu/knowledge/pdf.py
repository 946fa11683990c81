"""The child that reads a PDF: bytes on standard input, text on standard output."""

from __future__ import annotations

import sys

MEMORY_BYTES = 1_500_000_000
CPU_S = 60
MAX_PAGES = 2_000


def main() -> int:
    _bound()
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
        pages = (document[i].get_textpage().get_text_bounded() for i in range(min(len(document), MAX_PAGES)))
        sys.stdout.buffer.write("\n".join(pages).encode("utf-8", "replace"))
    except pypdfium2.PdfiumError:
        return 1
    return 0


def _bound() -> None:
    """Memory and processor time of this process, where the system has such limits."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))


if __name__ == "__main__":
    sys.exit(main())
