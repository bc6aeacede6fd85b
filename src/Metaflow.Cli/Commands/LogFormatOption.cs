using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Settings;

namespace Metaflow.Cli.Commands;

/// <summary>The option that chooses how a run is shown.</summary>
internal static class LogFormatOption
{
    private const string Name = "log-format";
    private const string Auto = "auto";
    private const string Json = "json";

    private static readonly Dictionary<string, Func<ConsoleStreams, IRunView>> Views = new(StringComparer.Ordinal)
    {
        [Auto] = static streams => streams.IsLive ? new TerminalRunView(streams) : new PlainRunView(streams),
        ["rich"] = static streams => new TerminalRunView(streams),
        ["metaflow"] = static streams => new PlainRunView(streams),
        [Json] = static streams => new JsonRunView(streams),
    };

    /// <summary>Gets the option.</summary>
    public static OptionSpecification Option { get; } = new()
    {
        Name = Name,
        ValueName = "format",
        Choices = [.. Views.Keys],
        Default = Auto,
        Description =
            "How the run is shown: 'rich' with live lines, 'metaflow' as Python Metaflow prints it, 'json' for programs. "
                + "'auto' is 'rich' on a terminal.",
    };

    /// <summary>Checks what the setting says.</summary>
    /// <param name="context">The command's context.</param>
    /// <exception cref="ConfigurationException">MF2004: the setting names no format.</exception>
    public static void Check(FlowContext context) => Chosen(context);

    /// <summary>Returns the view that was asked for; it is disposed when the run has ended.</summary>
    /// <param name="context">The command's context.</param>
    public static IRunView Open(FlowContext context) => Views[Chosen(context)](context.Streams);

    /// <summary>Returns whether standard output is to hold JSON alone.</summary>
    /// <param name="context">The command's context.</param>
    public static bool IsJson(FlowContext context) => Chosen(context) == Json;

    // The command line was checked when it was parsed.
    private static string Chosen(FlowContext context) => context.Line.Text(Name)
        ?? SettingReader.Of(context.Settings).Choice(SettingNames.LogFormat, Option.Choices, "It says how runs are shown.");
}
