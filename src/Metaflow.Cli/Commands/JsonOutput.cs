using System.Globalization;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;

namespace Metaflow.Cli.Commands;

/// <summary>The form of every listing that programs read.</summary>
internal static class JsonOutput
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>Gets the option that asks for it.</summary>
    public static OptionSpecification Option { get; } = new() { Name = "json", Description = "Print JSON, for programs." };

    /// <summary>Returns whether a command line asks for it.</summary>
    public static bool IsWanted(CommandContext context) => context.Line.Flag(Option.Name);

    /// <summary>Prints data to the output stream.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="data">Texts, numbers, booleans, <see langword="null"/>, lists and dictionaries of them.</param>
    public static void Write(CommandContext context, object? data) => context.Streams.Out.Write(PythonJson.Write(data) + "\n");

    /// <summary>Prints data on one line, where each line is an object of its own.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="data">As of <see cref="Write"/>.</param>
    public static void WriteLine(CommandContext context, object? data) => context.Streams.Out.Write(PythonJson.WriteLine(data) + "\n");

    /// <summary>Returns a time as JSON has it: UTC, to the microsecond.</summary>
    public static string? Time(DateTimeOffset? at) => at?.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
