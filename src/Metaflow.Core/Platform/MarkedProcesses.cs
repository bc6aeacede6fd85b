using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Metaflow.Platform;

/// <summary>Finds processes by a text in the environment that they were started with, and ends them. Linux only: elsewhere nothing is
/// found.</summary>
internal static class MarkedProcesses
{
    private const int MostRounds = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns the processes with a text in their environment, this one left out.</summary>
    /// <param name="text">The text: <c>NAME=</c> and the value's beginning.</param>
    /// <returns>Their ids. Processes of other users are not seen, nor those that ended.</returns>
    public static IReadOnlyList<int> Find(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var found = new List<int>();
        if (!OperatingSystem.IsLinux())
        {
            return found;
        }

        // A variable stands at the beginning, or after the end of another.
        var first = Encoding.UTF8.GetBytes(text);
        byte[] later = [0, .. first];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && id != Environment.ProcessId
                && Environ(folder) is { } environment
                && (environment.AsSpan().StartsWith(first) || environment.AsSpan().IndexOf(later) >= 0))
            {
                found.Add(id);
            }
        }

        return found;
    }

    /// <summary>Ends the processes with a text in their environment, this one left out, until there is none: they may start others
    /// meanwhile.</summary>
    /// <param name="text">The text: <c>NAME=</c> and the value's beginning.</param>
    /// <returns>The ids of those that live on after two hundred rounds: the system does not let them end.</returns>
    public static IReadOnlyList<int> End(string text)
    {
        for (var round = 0; ; round++)
        {
            var left = Find(text);
            if (left.Count == 0 || round == MostRounds)
            {
                return left;
            }

            foreach (var id in left)
            {
                PosixProcess.Signal(id, PosixProcess.SigKill);
            }

            WaitFor(left[0]);
        }
    }

    // Until it has ended, or a moment.
    private static void WaitFor(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.WaitForExit(Pause);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // It ended meanwhile.
        }
    }

    private static byte[]? Environ(string folder)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, "environ"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is another user's.
            return null;
        }
    }
}
