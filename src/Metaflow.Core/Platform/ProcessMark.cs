using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Metaflow.Platform;

/// <summary>Tells processes apart that had the same id one after the other: by when each was started.</summary>
internal static class ProcessMark
{
    private const string BootFile = "/proc/sys/kernel/random/boot_id";
    private const int StartTimeField = 19;

    /// <summary>Returns the mark of a process.</summary>
    /// <param name="processId">Its id.</param>
    /// <returns>The mark, which no other process of this machine ever has; <see langword="null"/> when there is no such
    /// process.</returns>
    public static string? Of(int processId)
    {
        try
        {
            return processId <= 0 ? null : OperatingSystem.IsLinux() ? FromProc(processId) : FromSystem(processId);
        }
        catch (Exception error) when (FileFaults.IsFileError(error)
            || error is ArgumentException or InvalidOperationException or Win32Exception or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Returns true if a process still lives.</summary>
    /// <param name="processId">Its id.</param>
    /// <param name="mark">Its mark.</param>
    /// <returns>Whether it does; one that ended and was not waited for yet does not.</returns>
    public static bool Lives(int processId, string? mark) => mark is not null && Of(processId) == mark;

    // The clock's changes do not touch the ticks since the start of the system, and the system's own id tells its starts apart.
    private static string? FromProc(int processId)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : $"{File.ReadAllText(BootFile).Trim()}/{fields[StartTimeField]}";
    }

    private static string FromSystem(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
    }
}
