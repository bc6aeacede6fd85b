from metaflow import FlowSpec, step


class ThreeStepsFlow(FlowSpec):
    """Three steps that hand one number on: what the framework itself costs."""

    @step
    def start(self):
        self.number = 1
        self.next(self.middle)

    @step
    def middle(self):
        self.number += 1
        self.next(self.end)

    @step
    def end(self):
        print(self.number)


if __name__ == "__main__":
    ThreeStepsFlow()
