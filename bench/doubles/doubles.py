import numpy

from metaflow import FlowSpec, step


class DoublesFlow(FlowSpec):
    """Two steps that hand 256 MiB of random doubles on: what storing and loading a large array costs, process starts included."""

    @step
    def start(self):
        self.data = numpy.random.default_rng().random(1 << 25)
        self.next(self.end)

    @step
    def end(self):
        print(len(self.data))


if __name__ == "__main__":
    DoublesFlow()
