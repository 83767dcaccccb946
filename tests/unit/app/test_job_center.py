from segdesk.app.job_center import JobCenter, JobStatus
from segdesk.jobs.events import Cancelled, Failed, Progress


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_job_center_tells_rate_and_time_left_when_progress_is_reported():
    clock = Clock()
    center = JobCenter(clock)
    row = center.open("Batch", "stack", None)
    clock.now = 10
    center.report(row, Progress(5, 20, "images"))
    job = center.get(row)
    assert job.fraction == 0.25
    assert job.rate(clock.now) == 0.5
    assert job.seconds_left(clock.now) == 30


def test_job_center_runs_the_cancel_once_when_a_job_is_stopped():
    center = JobCenter(Clock())
    stops = []
    row = center.open("Train", "chart-line-up", lambda: stops.append(1))
    center.cancel(row)
    assert center.get(row).status is JobStatus.STOPPING
    center.close(row, Cancelled("checkpoint at iteration 40"))
    assert stops == [1]
    assert center.get(row).kept == "checkpoint at iteration 40"
    assert not center.can_cancel(row)


def test_job_center_keeps_a_fleeting_row_only_when_it_failed():
    center = JobCenter(Clock())
    gone = center.open("Predict a", "play", None, fleeting=True)
    stays = center.open("Predict b", "play", None, fleeting=True)
    center.close(gone, Cancelled())
    center.close(stays, Failed(kind="X", message="b was not predicted."))
    assert [job.id for job in center.jobs()] == [stays]
