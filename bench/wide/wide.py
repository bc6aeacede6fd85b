import os

from metaflow import FlowSpec, step


class WideFlow(FlowSpec):
    """A hundred small tasks and a last one that fails while WIDE_FAILS is set: what a resume costs."""

    @step
    def start(self):
        self.numbers = list(range(100))
        self.next(self.work, foreach="numbers")

    @step
    def work(self):
        self.square = self.input * self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.sum = sum(each.square for each in inputs)
        self.next(self.end)

    @step
    def end(self):
        if "WIDE_FAILS" in os.environ:
            raise ValueError("not yet")
        print(self.sum)


if __name__ == "__main__":
    WideFlow()
