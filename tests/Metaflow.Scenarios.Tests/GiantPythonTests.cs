using Metaflow.Client;

namespace Metaflow.Scenarios.Tests;

/// <summary>Values of more than 2 GiB, between the languages. They take 12 GiB of memory and minutes, and run with the long
/// tests.</summary>
public sealed class GiantPythonTests : IDisposable
{
    private const string Seen = "300000000 0.5 149999999.5 3221225472 7";
    private const long LeastMemory = 12L << 30;
    private const long LeastDisk = 8L << 30;

    private const string Reader = """
        from metaflow import Flow, namespace
        namespace(None)
        start = Flow("GiantFlow").latest_run["start"].task
        numbers = start["numbers"].data
        print(len(numbers), numbers[1], numbers[-1], end=" ")
        del numbers
        model = start["model"].data
        print(len(model), model[-1])
        """;

    private const string Writer = """
        import numpy
        from metaflow import FlowSpec, step

        class GiantFlow(FlowSpec):
            @step
            def start(self):
                self.numbers = numpy.arange(300_000_000) * 0.5
                self.model = bytes((3 << 30) - 1) + b"\x07"
                self.next(self.end)

            @step
            def end(self):
                raise ValueError("for C#")

        if __name__ == "__main__":
            GiantFlow()
        """;

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Python_reads_them()
    {
        Require();
        (await _place.RunAsync("GiantFlow", "run")).Succeeded();

        var read = (await PythonReference.RunWithAsync("numpy", _place, "-c", Reader)).Succeeded();

        Assert.Equal(Seen, read.Output.Trim());
    }

    [Fact]
    public async Task Those_of_Python_are_read_here()
    {
        Require();
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "flow.py"), Writer, TestContext.Current.CancellationToken);
        var written = await PythonReference.RunWithAsync("numpy", _place, "flow.py", "--datastore=local", "run");
        Assert.Contains("for C#", written.All, StringComparison.Ordinal);

        (await _place.RunAsync("GiantFlow", "resume")).Succeeded();

        Assert.Equal(Seen, _place.Client().Flow("GiantFlow").LatestRun!.Step("end").Task!.Stdout.Trim());
    }

    private void Require()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1", "It is one of the long tests: 'eng/test.sh --all'.");
        PythonReference.SkipWhereMissing();
        Assert.SkipUnless(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >= LeastMemory, "It needs 12 GiB of memory.");
        Assert.SkipUnless(new DriveInfo(_place.Folder).AvailableFreeSpace >= LeastDisk, "It needs 8 GiB of disk.");
    }
}
