using System.Globalization;

namespace Metaflow.Faults;

/// <summary>What to do to the writes of a program.</summary>
/// <param name="Root">Only calls that change something below this folder count.</param>
/// <param name="Log">The file to write the calls to, or <see langword="null"/>.</param>
/// <param name="At">The number of the call to do something to, from 1; 0 for none.</param>
/// <param name="Fault">What is done to it.</param>
/// <param name="Command">The program and its arguments.</param>
internal sealed record FaultArguments(string Root, string? Log, int At, FaultKind Fault, string[] Command)
{
    /// <summary>The exit code that says that nothing can be traced here.</summary>
    public const int CannotTrace = 77;

    public static FaultArguments Parse(string[] arguments)
    {
        var end = Array.IndexOf(arguments, "--");
        var options = arguments[..end].Chunk(2).ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal);
        return new FaultArguments(
            options["--root"],
            options.GetValueOrDefault("--log"),
            int.Parse(options.GetValueOrDefault("--at", "0"), CultureInfo.InvariantCulture),
            Enum.Parse<FaultKind>(options.GetValueOrDefault("--do", "None"), ignoreCase: true),
            arguments[(end + 1)..]);
    }
}

/// <summary>What is done to a call.</summary>
internal enum FaultKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The process that makes the call is killed before it takes effect.</summary>
    Kill,

    /// <summary>The disk is full for this call.</summary>
    Full,

    /// <summary>The disk is full from this call on.</summary>
    StaysFull,

    /// <summary>The disk fails at this call.</summary>
    Fails,

    /// <summary>Half of the bytes are written; the disk is full for the next call. A call that writes no bytes is not changed.</summary>
    Short,
}
