namespace Metaflow.Cli.Terminal;

/// <summary>The few control sequences that the views write.</summary>
internal static class AnsiText
{
    public const string Dim = "\e[2m";
    public const string Bold = "\e[1m";
    public const string Red = "\e[31m";
    public const string Green = "\e[32m";
    public const string Cyan = "\e[36m";
    public const string Reset = "\e[0m";

    /// <summary>To the first column, and erase the line.</summary>
    public const string EraseLine = "\r\e[2K";

    /// <summary>Long lines are cut by the terminal rather than broken, so that the status stays one line.</summary>
    public const string WrapOff = "\e[?7l";

    public const string WrapOn = "\e[?7h";

    public static string Colored(string color, string text) => color.Length == 0 || text.Length == 0 ? text : color + text + Reset;
}
