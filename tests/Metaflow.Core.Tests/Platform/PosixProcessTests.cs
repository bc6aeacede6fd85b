using System.Diagnostics;
using Metaflow.Platform;

namespace Metaflow.Core.Tests.Platform;

public sealed class PosixProcessTests
{
    [Fact]
    public async Task A_process_that_is_signalled_ends()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var process = Process.Start("sleep", "60");

        Assert.True(PosixProcess.Signal(process.Id, PosixProcess.SigTerm));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(128 + PosixProcess.SigTerm, process.ExitCode);
        Assert.False(PosixProcess.Signal(process.Id, PosixProcess.SigTerm));
    }

    [Fact]
    public async Task A_group_is_signalled_as_a_whole()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "'setsid' is a program of Linux.");
        using var leader = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", "sleep 60 & echo $!; wait"])
        {
            RedirectStandardOutput = true,
        })!;
        var child = int.Parse(
            (await leader.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!,
            System.Globalization.CultureInfo.InvariantCulture);

        Assert.True(PosixProcess.SignalGroup(leader.Id, PosixProcess.SigKill));
        await leader.WaitForExitAsync(TestContext.Current.CancellationToken);

        // The output ends when the last process that holds it has ended.
        Assert.Null(await leader.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.NotEqual(leader.Id, child);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void No_group_but_a_processes_own_can_be_signalled(int processId)
        => Assert.False(PosixProcess.SignalGroup(processId, PosixProcess.SigTerm));
}
