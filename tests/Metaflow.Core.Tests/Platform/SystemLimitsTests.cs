using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Core.Tests.Platform;

public sealed class SystemLimitsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("metaflow-limits-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_open_files_of_this_process_count_against_its_limit()
    {
        var before = SystemLimits.Files()!;
        var files = Enumerable.Range(0, 300).Select(static _ => File.OpenRead("/dev/null")).ToList();
        var after = SystemLimits.Files()!;
        files.ForEach(static file => file.Dispose());

        // Other tests of this process may close some meanwhile.
        Assert.InRange(before.Used, 10, before.Limit);
        Assert.InRange(after.Used, before.Used + 200, after.Limit);
        Assert.Equal("ulimit -n", before.Setting);
    }

    [Fact]
    public void Files_are_those_of_the_limit_less_those_that_are_open()
    {
        Write(
            "proc/self/limits",
            "Limit  Soft Limit  Hard Limit  Units\nMax processes  unlimited  unlimited  processes\n"
                + "Max open files            256                  256                  files     \n");
        Write("proc/self/fd/0", "");
        Write("proc/self/fd/1", "");

        Assert.Equal(new SystemLimit(256, 2, "ulimit -n"), SystemLimits.Files(_root));
        Assert.Equal(254, SystemLimits.Files(_root)!.Free);
        Write("proc/self/limits", "Max open files            unlimited            unlimited            files     \n");
        Assert.Null(SystemLimits.Files(_root));
    }

    [Fact]
    public void Threads_of_all_processes_of_the_user_count()
    {
        Write("proc/self/limits", "Max processes             80                   80                   processes \n");
        Status("self", 65534, 4);
        Status("10", 65534, 4);
        Status("11", 65534, 30);
        Status("12", 1000, 500);
        Write("proc/sys/status", "Uid:\t65534\t1\nThreads:\t9\n");

        Assert.Equal(new SystemLimit(80, 34, "ulimit -u"), SystemLimits.Threads(_root, isPrivileged: false));
        Assert.Null(SystemLimits.Threads(_root, isPrivileged: true));
    }

    [Theory]
    [InlineData("9:name=systemd:/a/b\n8:pids:/a/b\n7:cpuset:/\n", "sys/fs/cgroup/pids/a")]
    [InlineData("0::/a/b\n", "sys/fs/cgroup/a")]
    [InlineData("0::/\n", "sys/fs/cgroup")]
    public void The_limit_of_the_container_counts_wherever_it_is_set(string groups, string folder)
    {
        Write("proc/self/cgroup", groups);
        Write($"{folder}/pids.max", "100\n");
        Write($"{folder}/pids.current", "98\n");
        Write("proc/self/limits", "Max processes             80                   80                   processes \n");
        Status("self", 1, 4);
        Status("10", 1, 4);

        Assert.Equal(new SystemLimit(100, 98, "pids.max of the container"), SystemLimits.Threads(_root, isPrivileged: false));
        Write($"{folder}/pids.max", "max\n");
        Assert.Equal("ulimit -u", SystemLimits.Threads(_root, isPrivileged: false)?.Setting);
    }

    [Fact]
    public void Where_the_system_says_nothing_there_is_no_limit()
    {
        Assert.Null(SystemLimits.Files(_root));
        Assert.Null(SystemLimits.Threads(_root, isPrivileged: false));
    }

    public static TheoryData<Exception> FaultsOfLimits =>
    [
        new InsufficientMemoryException(),
        new FileNotFoundException("Could not load file or assembly 'System.Linq'."),
        new TypeInitializationException("Some.Type", new FileNotFoundException("System.Numerics")),
        new TaskSchedulerException(new InsufficientMemoryException()),
        new AggregateException(new InvalidOperationException(), new IOException("Too many open files")),
    ];

    [Theory]
    [MemberData(nameof(FaultsOfLimits), DisableDiscoveryEnumeration = true)]
    public void What_fails_at_a_limit_is_told_as_the_limit_rather_than_as_a_bug(Exception fault)
    {
        var full = new SystemLimit(80, 72, "ulimit -n");
        var wide = new SystemLimit(20_000, 72, "ulimit -n");

        Assert.Equal(ErrorCodes.SystemLimitReached, LimitReached.Of(fault, () => full, () => null)?.Code);
        Assert.Equal(ErrorCodes.SystemLimitReached, LimitReached.Of(fault, () => wide, () => new SystemLimit(80, 79, "ulimit -u"))?.Code);
        Assert.Contains("72 are in use", LimitReached.Of(fault, () => full, () => null)!.Message, StringComparison.Ordinal);
        Assert.Null(LimitReached.Of(fault, () => wide, () => null));
        Assert.Equal(ErrorCodes.InternalFault, InternalException.Of(fault).Code);
    }

    [Fact]
    public void A_fault_of_another_kind_stays_a_bug_at_a_limit_too()
        => Assert.Null(LimitReached.Of(
            new InvalidOperationException(), static () => new SystemLimit(80, 80, "ulimit -n"), static () => null));

    private void Status(string process, int user, int threads)
        => Write($"proc/{process}/status", $"Name:\tx\nUid:\t{user}\t{user}\t{user}\t{user}\nThreads:\t{threads}\n");

    private void Write(string name, string text)
    {
        var path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
