import pytest

from segdesk.core.private_paths import without_folders


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (
            'File "/home/ada l/venv/lib/python3.11/site-packages/numpy/a.py", line 3',
            'File "…/numpy/a.py", line 3',
        ),
        ('File "/home/ada/src/segdesk/gui/a.py", line 3', 'File "…/segdesk/gui/a.py"'),
        (r"No such file: 'C:\Users\Ada\Patients\x.png'", "No such file: '…/x.png'"),
        ("The results are in /data/ada/out/x.", "The results are in …/x."),
        ("/mnt/a/b.png was not opened", "…/b.png was not opened"),
        ("Saved to C:/Users/ada/x.pth: done", "Saved to …/x.pth: done"),
        ("3/4 of it, and/or 1 / 2; https://a.org/b/c", None),
    ],
)
def test_without_folders_hides_where_files_lie_when_a_report_is_made(told, shown):
    found = without_folders(told)

    assert (shown or told) in found
    assert "ada" not in found.casefold()
