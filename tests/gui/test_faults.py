import subprocess
import sys
import textwrap

from segdesk.gui.faults import FaultWatch


def test_faults_are_told_at_the_next_start_when_a_library_ended_the_program(tmp_path):
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            textwrap.dedent(
                """
                import faulthandler, sys
                from pathlib import Path
                from segdesk.gui.faults import FaultWatch
                watch = FaultWatch(Path(sys.argv[1]))
                faulthandler._sigsegv()
                """
            ),
            str(tmp_path),
        ],
        check=False,
    )
    assert ended.returncode != 0

    watch = FaultWatch(tmp_path)
    shown = []
    notice = watch.notice(shown.append)
    assert "Segmentation fault" in notice.detail
    assert FaultWatch(tmp_path).notice(shown.append) is None  # a second window
    notice.verbs[0].run()
    assert shown == [tmp_path]
    watch.close()
    assert not list(tmp_path.iterdir())

    again = FaultWatch(tmp_path)
    assert again.notice(shown.append) is None
    again.close()
