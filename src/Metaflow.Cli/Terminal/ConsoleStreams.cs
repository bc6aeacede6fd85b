using System.Text;
using Metaflow.Settings;

namespace Metaflow.Cli.Terminal;

/// <summary>Where a command writes, and what it knows of its surroundings. Tests hand in their own.</summary>
public sealed record ConsoleStreams
{
    private const int WidthWithoutTerminal = 100;

    /// <summary>Gets the stream of payload and of a run's lines.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Gets the stream of messages for people and of errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Gets a value indicating whether <see cref="Out"/> is a terminal. The default is <see langword="false"/>.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Gets a value indicating whether <see cref="Error"/> is a terminal. The default is <see langword="false"/>.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Gets the function that says how many columns the terminal has now. The default is 100 for ever.</summary>
    public Func<int> Width { get; init; } = static () => WidthWithoutTerminal;

    /// <summary>Gets the environment's variables. The default is none.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the clock, its timers and the local time zone. The default is the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets the folder that relative paths are relative to. The default is the process's.</summary>
    /// <exception cref="Errors.ConfigurationException">MF2047: the process's was removed, or cannot be entered.</exception>
    public string WorkingFolder { get => field ?? throw GivenTexts.NoWorkingFolder(); init; } = GivenTexts.FindWorkingFolder()!;

    /// <summary>Gets a value indicating whether colours and a status line may be written: to a terminal, and neither <c>NO_COLOR</c>,
    /// <c>CI</c> nor <c>TERM=dumb</c> is set.</summary>
    public bool IsRich => OutputIsTerminal && AllowsColor;

    /// <summary>Gets a value indicating whether errors may be coloured.</summary>
    public bool ErrorIsRich => ErrorIsTerminal && AllowsColor;

    /// <summary>Gets a value indicating whether one of the streams of <see cref="Watched"/> could not take a text.</summary>
    internal bool HasLostText => VisibleWriter.Watched(Out) is { HasFailed: true } || VisibleWriter.Watched(Error) is { HasFailed: true };

    /// <summary>Gets why <see cref="Out"/> of <see cref="Watched"/> could not take a text, where <see cref="Error"/> can still be told; else <see langword="null"/>.</summary>
    internal IOException? TellableLoss => VisibleWriter.Watched(Out) is { Fault: { } fault } && VisibleWriter.Watched(Error) is not { HasFailed: true } ? fault : null;

    private bool AllowsColor => !IsSet("NO_COLOR") && !IsSet("CI") && !(Environment.TryGetValue("TERM", out var terminal) && terminal == "dumb");

    /// <summary>Returns the streams of this process.</summary>
    /// <returns>The standard streams, in UTF-8 without a mark.</returns>
    public static ConsoleStreams OfProcess() => new()
    {
        Out = Open(Console.OpenStandardOutput()),
        Error = Open(Console.OpenStandardError()),
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Width = Console.IsOutputRedirected ? static () => WidthWithoutTerminal : WindowWidth,
        Environment = SettingsLoader.ProcessEnvironment(),
    };

    /// <summary>Returns the same streams, watched for failures, and safe from what texts hold.</summary>
    internal ConsoleStreams Watched() => this with
    {
        Out = new VisibleWriter(new WatchedWriter(Out, mayBeClosed: false)),
        Error = new VisibleWriter(new WatchedWriter(Error, mayBeClosed: true)),
    };

    // A line must be on the screen when it happened: no buffer survives a write.
    private static StreamWriter Open(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : WidthWithoutTerminal;
        }
        catch (IOException)
        {
            return WidthWithoutTerminal;
        }
    }

    private bool IsSet(string variable) => Environment.TryGetValue(variable, out var value) && value.Length > 0;
}
