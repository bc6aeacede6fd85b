using System.Globalization;

namespace Metaflow.Core.Tests.Storage;

/// <summary>What tests of values of more than 2 GiB need.</summary>
internal static class GiantValues
{
    private const long MostBeside = 64 << 20;

    /// <summary>Skips the test where it is not wanted, or memory is short.</summary>
    /// <param name="memory">How many GiB of memory it needs.</param>
    public static void Require(int memory)
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1", "It is one of the long tests: 'eng/test.sh --all'.");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It measures memory as Linux tells it.");
        var available = File.ReadLines("/proc/meminfo").First(static line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        var kilobytes = long.Parse(available.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        Assert.SkipUnless(kilobytes >> 20 >= memory, $"It needs {memory} GiB of memory.");
    }

    /// <summary>Reads a value, and compares what the process allocated meanwhile with the value's bytes.</summary>
    public static T Measured<T>(Func<T> read, long bytes)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var before = GC.GetTotalAllocatedBytes();
        var value = read();
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, bytes, bytes + MostBeside);
        return value;
    }

    /// <summary>Reads a value, and compares the memory that the process had at most meanwhile with the value's bytes.</summary>
    /// <remarks>Requests allocate more than a reader of files, and give it back.</remarks>
    public static T MeasuredAtMost<T>(Func<T> read, long bytes)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        File.WriteAllText("/proc/self/clear_refs", "5");
        var before = Status("VmRSS:");
        var value = read();
        Assert.InRange(Status("VmHWM:") - before, bytes / 2, bytes + MostBeside);
        return value;
    }

    private static long Status(string name)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
