using System.Net;
using Metaflow.Python.Conda.Channels;

namespace Metaflow.Python.Conda.Programs;

/// <summary>How a program of the conda family is used.</summary>
internal sealed record CondaProgramOptions
{
    /// <summary>Gets the program's name: <c>micromamba</c>, <c>mamba</c> or <c>conda</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the variables that it starts with. Their <c>PATH</c> says where it is looked for.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Gets what names of channels stand for.</summary>
    public required ChannelOptions Channels { get; init; }

    /// <summary>Gets user and password by host. The default is none.</summary>
    public IReadOnlyDictionary<string, NetworkCredential> Access { get; init; } = new Dictionary<string, NetworkCredential>();

    /// <summary>Gets the clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Returns where the program is.</summary>
    /// <returns>The absolute path; <see langword="null"/> if no folder of <c>PATH</c> has it.</returns>
    public string? Find()
    {
        var file = OperatingSystem.IsWindows() ? Name + ".exe" : Name;
        return (Variables.GetValueOrDefault("PATH") ?? "").Split(Path.PathSeparator)

            // A relative folder would have another program for each folder that the user is in.
            .Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, file)).FirstOrDefault(IsProgram);
    }

    private static bool IsProgram(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Execute) != 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
