using System.Text;
using Metaflow.Commands;
using Metaflow.Settings;

namespace Metaflow.Cli.Terminal;

/// <summary>The console of this process. Entry points take it; everything else is handed streams.</summary>
internal static class ProcessConsole
{
    /// <summary>Opens the console.</summary>
    /// <returns>The standard streams, in UTF-8 without a mark.</returns>
    public static ConsoleStreams Open() => new()
    {
        Out = Open(Console.OpenStandardOutput()),
        Error = Open(Console.OpenStandardError()),
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        ReadLine = Console.ReadLine,
        Width = Console.IsOutputRedirected
            ? static () => ConsoleStreams.WidthWithoutTerminal
            : static () => WindowSize(static () => Console.WindowWidth, ConsoleStreams.WidthWithoutTerminal),
        Height = Console.IsOutputRedirected
            ? static () => ConsoleStreams.HeightWithoutTerminal
            : static () => WindowSize(static () => Console.WindowHeight, ConsoleStreams.HeightWithoutTerminal),
        Environment = SettingsLoader.ProcessEnvironment(),
    };

    // A line must be on the screen when it happened: no buffer survives a write.
    private static StreamWriter Open(Stream stream)
        => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    private static int WindowSize(Func<int> ask, int otherwise)
    {
        try
        {
            return ask() is > 0 and var size ? size : otherwise;
        }
        catch (IOException)
        {
            return otherwise;
        }
    }
}
