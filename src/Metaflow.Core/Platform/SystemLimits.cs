using System.Globalization;

namespace Metaflow.Platform;

/// <summary>How much this process may have of something, and how much is taken.</summary>
/// <remarks>No structure: code for sequences of one would have to be compiled in each process that launches tasks.</remarks>
/// <param name="Limit">The most there may be.</param>
/// <param name="Used">How many there are.</param>
/// <param name="Setting">What sets the limit, such as <c>ulimit -n</c>.</param>
internal sealed record SystemLimit(int Limit, int Used, string Setting)
{
    /// <summary>Gets how many may still be made.</summary>
    public int Free => Math.Max(0, Limit - Used);
}

/// <summary>The limits that the system sets this process. Linux only: elsewhere nothing is said.</summary>
internal static class SystemLimits
{
    // To count the threads of a user takes a look at every process. A higher limit is of the kind that nobody set on purpose.
    private const int HighestCounted = 10_000;
    private const string System = "/";

    /// <summary>Returns the limit of open files of this process.</summary>
    /// <returns>The limit; none is free when it cannot be read for want of a file. <see langword="null"/> where there is no limit, or the
    /// system does not say.</returns>
    public static SystemLimit? Files() => Files(System);

    /// <summary>Returns the limit of processes and threads that leaves the fewest: that of the user, or of the container.</summary>
    /// <returns>The limit. <see langword="null"/> where there is none, none below 10,000 for the user, or the system does not
    /// say.</returns>
    public static SystemLimit? Threads() => Threads(System, Environment.IsPrivilegedProcess);

    /// <summary>Reads the limit of open files.</summary>
    /// <param name="root">The folder that has <c>proc</c>.</param>
    /// <returns>The limit.</returns>
    internal static SystemLimit? Files(string root)
    {
        const string Setting = "ulimit -n";
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            return Of(root, "Max open files") is { } limit
                ? new SystemLimit(limit, Directory.EnumerateFileSystemEntries(Path.Combine(root, "proc/self/fd")).Count(), Setting)
                : null;
        }
        catch (IOException error) when (FileFaults.Of(error) is FileFault.NoDescriptor)
        {
            return new SystemLimit(0, 0, Setting);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            return null;
        }
    }

    /// <summary>Reads the limits of processes and threads.</summary>
    /// <param name="root">The folder that has <c>proc</c> and <c>sys</c>.</param>
    /// <param name="isPrivileged">Whether the user's limit does not hold.</param>
    /// <returns>The limit that leaves the fewest.</returns>
    internal static SystemLimit? Threads(string root, bool isPrivileged)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            var ofUser = isPrivileged ? null : OfUser(root);
            return OfContainer(root).Append(ofUser).OfType<SystemLimit>().MinBy(static limit => limit.Free);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            return null;
        }
    }

    private static SystemLimit? OfUser(string root)
    {
        if (Of(root, "Max processes") is not ({ } limit and < HighestCounted) || Status(Path.Combine(root, "proc/self")) is not { } self)
        {
            return null;
        }

        // Threads count, and those of all processes of the user.
        var used = Directory.EnumerateDirectories(Path.Combine(root, "proc"))
            .Where(static folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Select(Status).Where(status => status?.User == self.User).Sum(static status => status!.Value.Threads);
        return new SystemLimit(limit, used, "ulimit -u");
    }

    /// <summary>The groups of the container, or of the service, that this process is in: each of them may set a limit.</summary>
    private static IEnumerable<SystemLimit?> OfContainer(string root)
    {
        foreach (var line in Lines(Path.Combine(root, "proc/self/cgroup")))
        {
            var parts = line.Split(':', 3);
            if (parts.Length < 3 || (parts[1].Length > 0 && parts[1] != "pids"))
            {
                continue;
            }

            var top = Path.Combine(root, parts[1].Length > 0 ? "sys/fs/cgroup/pids" : "sys/fs/cgroup");
            for (var group = parts[2].Trim('/'); ; group = Path.GetDirectoryName(group) ?? "")
            {
                yield return OfGroup(Path.Combine(top, group));
                if (group.Length == 0)
                {
                    break;
                }
            }
        }
    }

    private static SystemLimit? OfGroup(string folder)
        => Number(Lines(Path.Combine(folder, "pids.max")).FirstOrDefault()) is { } limit
            && Number(Lines(Path.Combine(folder, "pids.current")).FirstOrDefault()) is { } used
            ? new SystemLimit(limit, used, "pids.max of the container")
            : null;

    private static int? Of(string root, string name)
        => Lines(Path.Combine(root, "proc/self/limits")).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? Number(line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])
            : null;

    private static (int User, int Threads)? Status(string folder)
    {
        int? user = null, threads = null;
        foreach (var line in Lines(Path.Combine(folder, "status")))
        {
            user ??= Field(line, "Uid:");
            threads ??= Field(line, "Threads:");
        }

        return user is { } id && threads is { } count ? (id, count) : null;
    }

    private static int? Field(string line, string name)
        => line.StartsWith(name, StringComparison.Ordinal)
            ? Number(line[name.Length..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[0])
            : null;

    private static string[] Lines(string file)
    {
        try
        {
            // Most groups have no limit, and an exception costs more than a look.
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception error)
            when (error is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException || IsGone(error))
        {
            return [];
        }
    }

    // A process that ended while its file was read: ESRCH.
    private static bool IsGone(Exception error) => error is IOException { HResult: 3 };

    private static int? Number(string? text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
