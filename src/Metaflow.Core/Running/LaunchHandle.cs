using System.Globalization;

namespace Metaflow.Running;

/// <summary>By what a launcher finds a running task again: <c>local:4711/…</c>, <c>slurm:42</c>. The run's journal keeps it as
/// text.</summary>
/// <param name="Launcher">The name of the launcher. It contains no colon.</param>
/// <param name="Id">What the launcher knows the task by: its own text, of one line.</param>
public sealed record LaunchHandle(string Launcher, string Id)
{
    /// <summary>The name of the launcher of processes on this machine.</summary>
    public const string Local = "local";

    /// <summary>Gets the id of the process that runs the task, where it is one of this machine; <see langword="null"/> otherwise.</summary>
    public int? ProcessId
        => Launcher == Local && int.TryParse(Id.Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>Gets what tells the process from others that had its id, as <see cref="OfProcess"/> was given it; <see langword="null"/>
    /// where there is none.</summary>
    internal string? ProcessMark
        => Id.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 && slash < Id.Length - 1 ? Id[(slash + 1)..] : null;

    /// <summary>Makes the handle of a process on this machine.</summary>
    /// <param name="processId">The process's id.</param>
    /// <param name="mark">What tells it from other processes of that id; <see langword="null"/> when it must not be ended, or has
    /// ended.</param>
    /// <returns>The handle.</returns>
    public static LaunchHandle OfProcess(int processId, string? mark)
        => new(Local, string.Create(CultureInfo.InvariantCulture, $"{processId}/{mark}"));

    /// <summary>Reads a handle.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="FormatException">It names no launcher.</exception>
    public static LaunchHandle Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.IndexOf(':', StringComparison.Ordinal) is var colon and > 0
            ? new LaunchHandle(text[..colon], text[(colon + 1)..])
            : throw new FormatException($"'{text}' names no launcher.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Launcher}:{Id}";
}
