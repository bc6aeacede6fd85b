using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Metaflow.Scenarios.Tests;

/// <summary>Looks at the processes of this machine.</summary>
internal static partial class ProcessTable
{
    /// <summary>Returns the process ids that flows printed as <c>child 123</c>.</summary>
    public static IReadOnlyList<int> ChildrenNamedIn(string output)
        => [.. Child().Matches(output).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];

    /// <summary>Asserts that processes are gone, within a moment that the system needs to bury them.</summary>
    public static void AssertEnded(IReadOnlyList<int> ids)
    {
        Assert.NotEmpty(ids);
        WaitUntil(() => !ids.Any(IsAlive));
        Assert.DoesNotContain(ids, IsAlive);
    }

    public static bool IsAlive(int id)
    {
        try
        {
            // The third field is the state; Z is a process that ended and was not waited for yet.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Returns the ids of the tasks' processes that a run printed as <c>(pid 123)</c>.</summary>
    public static IReadOnlyList<int> TasksNamedIn(string output)
        => [.. TaskProcess().Matches(output).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Distinct()];

    /// <summary>Asserts that no process works in a folder any more: tasks, what they started, and processes that waited for a
    /// task.</summary>
    public static void AssertNoneIn(string folder)
    {
        WaitUntil(() => In(folder).Count == 0);
        Assert.Empty(In(folder));
    }

    // A busy machine takes many seconds to end a process.
    private static void WaitUntil(Func<bool> isSo)
    {
        for (var began = Stopwatch.StartNew(); !isSo() && began.Elapsed < TimeSpan.FromMinutes(2);)
        {
            Thread.Sleep(20);
        }
    }

    private static IReadOnlyList<int> In(string folder) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(id => FolderOf(id) == folder && IsAlive(id)),
    ];

    private static string? FolderOf(int id)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{id}/cwd", returnFinalTarget: false)?.FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\(pid (\d+)\)")]
    private static partial Regex TaskProcess();

    [GeneratedRegex(@"child (\d+)")]
    private static partial Regex Child();
}
