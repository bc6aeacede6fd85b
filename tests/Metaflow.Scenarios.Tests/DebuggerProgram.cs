using System.Diagnostics;
using System.Reflection;

namespace Metaflow.Scenarios.Tests;

/// <summary>The debugger of the tests, which starts a program as an editor's does.</summary>
internal static class DebuggerProgram
{
    private static readonly string File = Path.Combine(
        AppContext.BaseDirectory.Replace("Metaflow.Scenarios.Tests", "Metaflow.Debugger", StringComparison.Ordinal), "Metaflow.Debugger");

    private static readonly string Sources = typeof(DebuggerProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static one => one.Key == "Flows").Value!;

    /// <summary>Skips a test where no debugger can work.</summary>
    public static void SkipWhereImpossible()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the debugger of the tests works on Linux");
        var library = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "libmscordbi.so");
        Assert.SkipUnless(System.IO.File.Exists(library), $"the runtime has no '{library}'");
        Assert.SkipUnless(System.IO.File.Exists("/proc/1/task/1/children"), "the system does not list the children of a process");
        Assert.SkipUnless(CanReadMemoryOfChild(), "the system lets no process read the memory of those that it started (ptrace)");
    }

    /// <summary>Gets how to debug the program of the scenarios' flows.</summary>
    /// <param name="file">The file of a flow.</param>
    /// <param name="text">What only the line with the breakpoint contains.</param>
    public static ProcessStartInfo Debug(string file, string text)
    {
        var lines = System.IO.File.ReadAllLines(Path.Combine(Sources, file));
        var line = Assert.Single(Enumerable.Range(1, lines.Length), number => lines[number - 1].Contains(text, StringComparison.Ordinal));
        return new ProcessStartInfo(File, ["--break", $"{file}:{line}", "--", FlowsProgram.File]);
    }

    private static bool CanReadMemoryOfChild()
    {
        using var child = Process.Start("sleep", "60");
        try
        {
            using var memory = System.IO.File.OpenHandle($"/proc/{child.Id}/mem");
            return true;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            return false;
        }
        finally
        {
            child.Kill();
            child.WaitForExit();
        }
    }
}
