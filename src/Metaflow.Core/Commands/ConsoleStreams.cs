using Metaflow.Settings;

namespace Metaflow.Commands;

/// <summary>The output of a command, and the facts about its environment. Tests pass their own.</summary>
public sealed record ConsoleStreams
{
    /// <summary>How many columns a page has where there is no terminal.</summary>
    internal const int WidthWithoutTerminal = 100;

    /// <summary>How many rows are presumed where there is no terminal.</summary>
    internal const int HeightWithoutTerminal = 24;

    /// <summary>Gets the stream of payload and of a run's lines.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Gets the stream of messages for people and of errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Gets a value indicating whether <see cref="Out"/> is a terminal. The default is <see langword="false"/>.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Gets a value indicating whether <see cref="Error"/> is a terminal. The default is <see langword="false"/>.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Gets the function that says how many columns the terminal has now. The default is always 100.</summary>
    public Func<int> Width { get; init; } = static () => WidthWithoutTerminal;

    /// <summary>Gets the function that says how many rows the terminal has now. The default is 24 for ever.</summary>
    public Func<int> Height { get; init; } = static () => HeightWithoutTerminal;

    /// <summary>Gets the function that reads a line that the user types; <see langword="null"/> is the end. The default reads
    /// nothing.</summary>
    public Func<string?> ReadLine { get; init; } = static () => null;

    /// <summary>Gets the environment variables. None by default.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the clock, its timers and the local time zone. The default is the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets the folder to which relative paths are relative. The default is the working folder of the process.</summary>
    /// <exception cref="Errors.ConfigurationException">MF2047: the working folder was removed, or cannot be entered.</exception>
    public string WorkingFolder { get => field ?? throw GivenTexts.NoWorkingFolder(); init; } = GivenTexts.FindWorkingFolder()!;

    /// <summary>Gets a value indicating whether colours may be written: to a terminal, and neither <c>NO_COLOR</c>,
    /// <c>CI</c> nor <c>TERM=dumb</c> is set.</summary>
    public bool IsRich => OutputIsTerminal && AllowsColor;

    /// <summary>Gets a value indicating whether errors may be coloured.</summary>
    public bool ErrorIsRich => ErrorIsTerminal && AllowsColor;

    /// <summary>Gets a value indicating whether lines that were written may be painted anew: <see cref="Out"/> is a terminal, and neither
    /// <c>CI</c> nor <c>TERM=dumb</c> is set. Without colours where <c>NO_COLOR</c> is set.</summary>
    public bool IsLive => OutputIsTerminal && !IsSet("CI") && !IsDumb;

    /// <summary>Gets a value indicating whether the same holds for <see cref="Error"/>.</summary>
    internal bool ErrorIsLive => ErrorIsTerminal && !IsSet("CI") && !IsDumb;

    /// <summary>Gets a value indicating whether signs beyond ASCII are shown: the locale (<c>LC_ALL</c>, <c>LC_CTYPE</c>, <c>LANG</c>)
    /// names no encoding but UTF-8.</summary>
    public bool IsUnicode
    {
        get
        {
            var locale = Text("LC_ALL") ?? Text("LC_CTYPE") ?? Text("LANG") ?? "";
            var dot = locale.IndexOf('.', StringComparison.Ordinal);
            return dot < 0 || locale[(dot + 1)..].Split('@')[0].ToUpperInvariant() is "UTF-8" or "UTF8";
        }
    }

    private bool AllowsColor => !IsSet("NO_COLOR") && !IsSet("CI") && !IsDumb;

    private bool IsDumb => Text("TERM") == "dumb";

    private bool IsSet(string variable) => Text(variable) is not null;

    private string? Text(string variable) => Environment.TryGetValue(variable, out var value) && value.Length > 0 ? value : null;
}
