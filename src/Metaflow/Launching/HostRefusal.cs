using Metaflow.Errors;

namespace Metaflow.Launching;

/// <summary>Tells a process in which the host of .NET could not start the program from one that a signal ended: both end with numbers above
/// 128, of which the runtime keeps no more.</summary>
/// <remarks>The host writes why to the error stream before any code of the program runs, and the program writes nothing. The numbers are
/// those of https://github.com/dotnet/runtime/blob/main/docs/design/features/host-error-codes.md, of which Unix keeps the lowest
/// byte.</remarks>
internal sealed class HostRefusal
{
    private const int FirstCode = unchecked((int)0x80008081);
    private const int LastCode = unchecked((int)0x800080A7);
    private const int LowestByte = 0xFF;
    private const int MostLines = 20;

    // The host has no translations.
    private static readonly string[] Reasons =
    [
        "The specified deps.json", "The specified runtimeconfig.json", "The application to execute does not exist",
        "Invalid runtimeconfig.json", "Error initializing the dependency resolver",
        "An assembly specified in the application dependencies manifest",
        "Failed to parse file", "Failed to create CoreCLR", "GC heap initialization failed", "You must install or update .NET",
        "You must install .NET", "A fatal error occurred.", "A fatal error was encountered", "Could not resolve CoreCLR",
        "Failed to load the dll", "The required library",
    ];

    private readonly List<string> _lines = [];
    private bool _hasOutput;

    /// <summary>Takes a line that the process wrote.</summary>
    /// <param name="text">The line.</param>
    /// <param name="isError">Whether to the error stream.</param>
    public void Note(string text, bool isError)
    {
        _hasOutput |= !isError;
        if (isError && _lines.Count < MostLines && text.Trim() is { Length: > 0 } line)
        {
            _lines.Add(line);
        }
    }

    /// <summary>Says why the host did not start the program.</summary>
    /// <param name="exitCode">The exit code, as the runtime gives it.</param>
    /// <param name="request">What was started.</param>
    /// <returns>The error; <see langword="null"/> if the process ended in another way.</returns>
    public LaunchException? Of(int exitCode, LaunchRequest request)
    {
        var isOfHost = exitCode is >= FirstCode and <= LastCode or >= (FirstCode & LowestByte) and <= (LastCode & LowestByte);
        var first = _lines.FindIndex(static line => Array.Exists(Reasons, reason => line.StartsWith(reason, StringComparison.Ordinal)));
        if (!isOfHost || _hasOutput || first < 0)
        {
            return null;
        }

        var said = string.Join(' ', _lines);
        return new LaunchException(
            ErrorCodes.RuntimeRefused,
            $"The .NET runtime did not start the program of task '{request.Task.WithoutFlow}', and ended with code {exitCode}.",
            $"It wrote: {said.TrimEnd('.')}.",
            request.Program.Environment is null
                ? "Build the program again, install the version of .NET that it needs, or see that the machine has free memory."
                : "A file of the program or of the step's packages was removed or changed after the run began. Run 'environment resolve' "
                    + "to put it back, and resume the run.")
        { Pathspec = request.Task.ToString() };
    }
}
