"""One function, many engines: the same events by digest, also when a worker dies on the way."""

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from dask.distributed import Client, LocalCluster, WorkerPlugin

from geo.tracks import definitions, engine, places, synthetic

PLACES = synthetic.invented_places(40)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Positions of some forty ships, noise and shared numbers included."""
    path = tmp_path_factory.mktemp("positions") / "synthetic.parquet"
    noise = synthetic.Noise(shared=0.1)
    synthetic.positions(120_000, path, 4, days=10, places=PLACES, noise=noise)
    return path


def run(path, **options):
    return engine.run(
        [path],
        places=places.from_frame(PLACES),
        definitions=definitions.load("gfw"),
        **options,
    )


@pytest.fixture(scope="module")
def embedded(path):
    found = run(path, threads=1)
    assert all(found.events[kind].num_rows for kind in ("tracks", "gaps", "calls", "voyages"))
    return engine.digest(found)


@pytest.fixture
def client(tmp_path):
    """A cluster of two processes on this machine, with nothing listening for people."""
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory=tmp_path,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def test_the_digest_tells_results_apart(path, embedded):
    fewer = engine.run(
        [path], places=places.from_frame(PLACES[:5]), definitions=definitions.load("gfw")
    )
    assert engine.digest(fewer) != embedded


@pytest.mark.parametrize("threads", [2, 4])
def test_threads_of_the_embedded_engine_give_the_same(path, embedded, threads):
    assert engine.digest(run(path, threads=threads)) == embedded


def test_a_pool_of_threads_gives_the_same(path, embedded):
    with ThreadPoolExecutor(2) as pool:
        assert engine.digest(run(path, executor=pool)) == embedded


def test_a_pool_of_spawned_processes_gives_the_same(path, embedded):
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert engine.digest(run(path, executor=pool)) == embedded


def test_dask_gives_the_same(path, embedded, client):
    assert engine.digest(run(path, executor=client.get_executor(retries=3, pure=False))) == embedded


def test_dask_gives_the_same_when_a_worker_is_killed_in_mid_job(path, embedded, client, tmp_path):
    died = tmp_path / "died"

    class Dies(WorkerPlugin):
        """Kills the first worker that has finished one piece and begins the next."""

        def setup(self, worker):
            self.worker, self.finished = worker.name, 0

        def transition(self, _key, start, finish, **_more):
            self.finished += (start, finish) == ("executing", "memory")
            if self.finished and finish == "executing" and not died.exists():
                died.touch()
                os.kill(os.getpid(), signal.SIGKILL)

    before = set(client.run(os.getpid).values())
    client.register_plugin(Dies())
    found = run(path, executor=client.get_executor(retries=3, pure=False))
    assert died.exists()
    assert before - set(client.run(os.getpid).values()), "no worker died"
    assert engine.digest(found) == embedded
