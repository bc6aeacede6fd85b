using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Logs;

namespace Metaflow.Cli.Commands;

/// <summary>The options that say which logs a command works on.</summary>
internal static class LogOptions
{
    private const string Stdout = "stdout";
    private const string Stderr = "stderr";
    private const string Both = "both";
    private const string Attempt = "attempt";

    /// <summary>Returns the options.</summary>
    /// <param name="verb">What the command does, as <c>Print</c>.</param>
    public static IReadOnlyList<OptionSpecification> All(string verb) =>
    [
        new() { Name = Stdout, Opposite = "no-stdout", Description = $"{verb} only the standard output." },
        new() { Name = Stderr, Opposite = "no-stderr", Description = $"{verb} only the standard error." },
        new() { Name = Both, Opposite = "no-both", Description = $"{verb} both.", Default = Both },
        new() { Name = Attempt, ValueName = "integer", Description = $"{verb} the logs of this attempt, from 0. By default the latest." },
    ];

    /// <summary>Returns the streams that are asked for; both unless one alone is.</summary>
    public static IReadOnlyList<LogKind> Streams(ParsedCommandLine line)
        => line.Flag(Stdout) == line.Flag(Stderr)
            ? [LogKind.Stdout, LogKind.Stderr]
            : [line.Flag(Stdout) ? LogKind.Stdout : LogKind.Stderr];

    /// <summary>Returns the attempt that is asked for, or <see langword="null"/> for the latest.</summary>
    /// <exception cref="Errors.ConfigurationException">MF2004: it is no number from 0 on.</exception>
    public static int? AttemptOf(ParsedCommandLine line) => line.Text(Attempt) is null ? null : line.WholeNumber(Attempt, 0, minimum: 0);

    /// <summary>Returns a stream's name.</summary>
    public static string NameOf(LogKind stream) => stream == LogKind.Stdout ? Stdout : Stderr;
}
