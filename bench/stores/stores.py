import os

from metaflow import FlowSpec, Parameter, step


class LargeFlow(FlowSpec):
    """Two steps that hand a large value on: 256 MiB of random doubles, or 1 GiB of text in lines."""

    kind = Parameter("kind", default="doubles")
    only_makes = Parameter("only-makes", default=False, type=bool)

    @step
    def start(self):
        if self.kind == "doubles":
            import numpy

            value = numpy.random.default_rng().random(1 << 25)
        else:
            rest = "x" * 91
            value = ["%09d%s" % (i, rest) for i in range(10_737_418)]

        self.value = None if self.only_makes else value
        self.next(self.end)

    @step
    def end(self):
        print(0 if self.only_makes else len(self.value))


class SmallFlow(FlowSpec):
    """Ten tasks that store 2,000 small values each."""

    @step
    def start(self):
        self.parts = list(range(10))
        self.next(self.work, foreach="parts")

    @step
    def work(self):
        first = self.input * 2000
        for i in range(2000):
            setattr(self, "value%d" % i, (first + i) * 7919)

        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        print("stored")


class FanFlow(FlowSpec):
    """Forty small tasks and their join."""

    @step
    def start(self):
        self.numbers = list(range(40))
        self.next(self.work, foreach="numbers")

    @step
    def work(self):
        self.square = self.input * self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.sum = sum(item.square for item in inputs)
        self.next(self.end)

    @step
    def end(self):
        print(self.sum)


class DataFlow(FlowSpec):
    """A step that keeps 2,000 objects of 1 to 10 KB of its own and reads them again, or only makes them."""

    only_makes = Parameter("only-makes", default=False, type=bool)

    @step
    def start(self):
        import random

        from metaflow import S3

        source = random.Random(1)
        puts = [("small/%d" % i, source.randbytes(source.randrange(1000, 10000))) for i in range(2000)]
        self.bytes = 0
        if not self.only_makes:
            with S3(run=self) as s3:
                s3.put_many(puts)
                self.bytes = sum(one.size for one in s3.get_many([key for key, _ in puts]))

        self.next(self.end)

    @step
    def end(self):
        print(self.bytes)


if __name__ == "__main__":
    {"small": SmallFlow, "fan": FanFlow, "data": DataFlow}.get(os.environ.get("STORES_FLOW"), LargeFlow)()
