namespace Metaflow.Cli.Terminal;

/// <summary>The signs of the view of a run: those of Unicode, and others where a terminal knows ASCII only.</summary>
internal sealed record TerminalSigns
{
    /// <summary>The signs of a terminal that shows UTF-8.</summary>
    public static readonly TerminalSigns Unicode = new();

    /// <summary>The signs of any other terminal.</summary>
    public static readonly TerminalSigns Ascii = new()
    {
        Success = "+",
        Failure = "x",
        Warning = "!",
        Retry = "~",
        Stop = "#",
        Bar = "#",
        BarHead = ">",
        BarRest = "-",
        Column = "|",
        Ellipsis = "~",
        Spinner = @"|/-\",
    };

    /// <summary>Gets what stands before something that succeeded.</summary>
    public string Success { get; init; } = "✓";

    /// <summary>Gets what stands before something that failed.</summary>
    public string Failure { get; init; } = "✗";

    /// <summary>Gets what stands before something that needs attention.</summary>
    public string Warning { get; init; } = "!";

    /// <summary>Gets what stands before something that is tried again.</summary>
    public string Retry { get; init; } = "↻";

    /// <summary>Gets what stands before something that was stopped.</summary>
    public string Stop { get; init; } = "■";

    /// <summary>Gets the part of a bar that is done.</summary>
    public string Bar { get; init; } = "━";

    /// <summary>Gets the end of that part.</summary>
    public string BarHead { get; init; } = "╸";

    /// <summary>Gets the part of a bar that is not done; a colour tells it from the other where there are colours.</summary>
    public string BarRest { get; init; } = "━";

    /// <summary>Gets the same where there are no colours.</summary>
    public string PlainBarRest { get; init; } = "─";

    /// <summary>Gets what stands between the name of a task and what it printed.</summary>
    public string Column { get; init; } = "│";

    /// <summary>Gets the sign that something was cut, of one column.</summary>
    public string Ellipsis { get; init; } = "…";

    /// <summary>Gets the signs that take turns before something that works.</summary>
    public string Spinner { get; init; } = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

    /// <summary>Returns the signs that a terminal knows, with bars that can be read in its colours.</summary>
    /// <param name="isUnicode">Whether it shows UTF-8.</param>
    /// <param name="hasColors">Whether it shows colours.</param>
    public static TerminalSigns Of(bool isUnicode, bool hasColors)
        => isUnicode ? hasColors ? Unicode : Unicode with { BarRest = Unicode.PlainBarRest } : Ascii;
}
