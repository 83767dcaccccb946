"""Where the bundled program starts.

A data loader's worker, the fork server and the resource tracker are this program
again, with arguments of their own; they end in the first line and import nothing of
SegDesk's window.
"""

import multiprocessing

if __name__ == "__main__":
    multiprocessing.freeze_support()

    from segdesk.__main__ import main

    main()
