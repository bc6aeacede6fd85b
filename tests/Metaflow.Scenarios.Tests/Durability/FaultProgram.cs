using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Metaflow.Scenarios.Tests.Durability;

/// <summary>The program that runs a flow, numbers its writes, and does something to one of them.</summary>
internal static class FaultProgram
{
    private const int CannotTrace = 77;

    private static readonly string File = Path.Combine(
        AppContext.BaseDirectory.Replace("Metaflow.Scenarios.Tests", "Metaflow.Faults", StringComparison.Ordinal), "Metaflow.Faults");

    private static readonly Lazy<bool> Works = new(Probe);

    /// <summary>Skips a test where no program can be traced.</summary>
    public static void SkipWhereImpossible()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "Writes are traced on Linux on x64.");
        Assert.SkipUnless(Works.Value, "The system lets no process trace those that it started (ptrace, seccomp).");
    }

    /// <summary>Returns how to start a flow so that something is done to one of its writes.</summary>
    /// <param name="root">The folder whose changes count.</param>
    /// <param name="at">The number of the write, from 1; 0 for none.</param>
    /// <param name="fault">What is done to it.</param>
    /// <param name="log">The file to write the calls to.</param>
    public static ProcessStartInfo Start(string root, int at, string fault, string? log = null)
        => new(
            File,
            [
                "--root", root, "--at", at.ToString(CultureInfo.InvariantCulture), "--do", fault,
                .. log is null ? Array.Empty<string>() : ["--log", log], "--", FlowsProgram.File,
            ]);

    private static bool Probe()
    {
        using var process = Process.Start(File, ["--root", "/nowhere", "--", "true"]);
        process.WaitForExit();
        return process.ExitCode != CannotTrace;
    }
}
