using System.Diagnostics;
using System.Text;
using Metaflow.Python.Tests.Conda.Channels;
using Metaflow.Python.Tests.Conda.Solving.Oracle;

namespace Metaflow.Python.Tests.Conda.Solving;

/// <summary>Prints how long a request takes on a large channel.</summary>
public sealed class SolverFiguresTests(ITestOutputHelper output)
{
    private const int Names = 5_000;
    private const int Versions = 20;

    [Fact]
    public async Task A_channel_of_100000_records_is_solved_in_seconds()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1", "It is one of the long tests: 'eng/test.sh --all'.");
        using var bench = new SolverBench();
        var channel = bench.Channel();
        var length = await WriteAsync(channel.Write(), TestContext.Current.CancellationToken);
        string[] specs = [.. Enumerable.Range(0, 8).Select(static number => $"p{4_999 - (number * 3)}")];
        var solved = 0;
        for (var round = 0; round < 3; round++)
        {
            GC.Collect();
            var allocated = GC.GetTotalAllocatedBytes();
            using var peak = new PeakMemory();
            var processor = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            solved = (await bench.SolveAsync(bench.Request([channel], specs))).Count;
            Print(
                $"{(round == 0 ? "cold" : "warm")}: {watch.ElapsedMilliseconds} ms, of which the processor worked "
                    + $"{(Environment.CpuUsage.TotalTime - processor).TotalMilliseconds:F0} ms, {solved} packages, "
                    + $"{(GC.GetTotalAllocatedBytes() - allocated) >> 20} MB allocated, at most {peak.Stop() >> 20} MB more in use; "
                    + $"the list has {length >> 20} MB");
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60));
        }

        using var oracle = OracleProcess.Start(Path.Combine(bench.Folder, "oracle"));
        var answer = oracle.Solve(new OracleQuestion(specs, [channel.Path], "linux-64", []));
        Print($"oracle: {answer.Milliseconds} ms, {answer.Records?.Count} packages {answer.Error}");
        Assert.Equal(answer.Records!.Count, solved);
    }

    private void Print(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("METAFLOW_TEST_RECORD") is { Length: > 0 } record)
        {
            File.AppendAllText(record + ".figures", line + "\n");
        }
    }

    private static async Task<long> WriteAsync(ChannelFolder channel, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var path = Path.Combine(channel.Path, "linux-64", "repodata.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false));
        await writer.WriteAsync("{\"info\":{\"subdir\":\"linux-64\"},\"packages\":{},\"packages.conda\":{".AsMemory(), cancellationToken);
        for (var name = 0; name < Names; name++)
        {
            for (var version = 0; version < Versions; version++)
            {
                var stem = $"p{name}-1.{version}-h{random.Next(0x10000):x4}_0";
                var depends = string.Join(',', Enumerable.Range(0, Math.Min(4, name)).Select(_ => random.Next(name)).Distinct()
                    .Select(other => $"\"p{other} >=1.{random.Next(version + 1)},<2.0a0\""));
                await writer.WriteAsync(
                    $$"""
                    {{(name + version == 0 ? "" : ",")}}"{{stem}}.conda":{"build":"{{stem[(stem.LastIndexOf('-') + 1)..]}}",
                    "build_number":0,"depends":[{{depends}}],"license":"MIT","md5":"{{name:x16}}{{version:x16}}","name":"p{{name}}",
                    "sha256":"{{name:x32}}{{version:x32}}","size":12345,"subdir":"linux-64","timestamp":{{1_600_000_000_000 + version}},
                    "version":"1.{{version}}"}
                    """.AsMemory(),
                    cancellationToken);
            }
        }

        await writer.WriteAsync("},\"removed\":[],\"repodata_version\":1}".AsMemory(), cancellationToken);
        await writer.FlushAsync(cancellationToken);
        return writer.BaseStream.Length;
    }

    /// <summary>Looks again and again how much memory the process has in use.</summary>
    private sealed class PeakMemory : IDisposable
    {
        private readonly long _start = Environment.WorkingSet;
        private readonly Timer _timer;
        private long _peak;

        public PeakMemory() => _timer = new Timer(_ => _peak = Math.Max(_peak, Environment.WorkingSet), null, 0, 20);

        public long Stop() => Math.Max(_peak, Environment.WorkingSet) - _start;

        public void Dispose() => _timer.Dispose();
    }
}
