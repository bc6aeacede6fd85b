using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Scheduling;

/// <summary>The file that a user wants a run's id in.</summary>
/// <param name="Name">Its name as the user wrote it, or <see langword="null"/> when none is wanted.</param>
/// <param name="WorkingFolder">What a relative name is relative to.</param>
internal sealed record RunIdFile(string? Name, string WorkingFolder)
{
    private string? FullName => Name is null ? null : UserPath.Of(Name, WorkingFolder);

    /// <summary>Checks it before there is a run: a typing error leaves none behind.</summary>
    /// <exception cref="ConfigurationException">MF2093: there is no such folder, or the name is that of a folder. The exit code is
    /// 2.</exception>
    public void Check()
    {
        if (FullName is { } path && Path.GetDirectoryName(path) is { } folder && (!Directory.Exists(folder) || Directory.Exists(path)))
        {
            throw NotWritten(
                Directory.Exists(folder) ? $"'{path}' is a folder." : $"There is no folder '{folder}'.", null, ExitCodes.Usage);
        }
    }

    /// <summary>Writes a run's id.</summary>
    /// <param name="runId">The id.</param>
    /// <exception cref="ConfigurationException">MF2093: it could not be written.</exception>
    public void Write(string runId)
    {
        try
        {
            if (FullName is { } path)
            {
                File.WriteAllText(path, runId);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(error.Message, error, ExitCodes.Failure);
        }
    }

    private ConfigurationException NotWritten(string why, Exception? cause, int exitCode) => new(
        ErrorCodes.RunIdFileNotWritten,
        $"The run's id could not be written to '{Name}'.",
        why,
        "Give --run-id-file a path in an existing folder that you can write to.",
        cause)
    { ExitCode = exitCode };
}
